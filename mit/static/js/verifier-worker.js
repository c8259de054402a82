// Keeps the offline page and the scanner on the device, and nothing else: no verdict, no page of anybody, no answer of the
// service.  `RELEASE` ({name, pages, files}) stands in front of this file when it is served; its name changes
// with every byte of what is kept.
const CACHE = `mit-offline-${RELEASE.name}`;
const OURS = /^mit-offline-/;
const FILES = new Set(RELEASE.files);
const LANGUAGES = RELEASE.pages["/offline"];
/** Addresses that a scan or a typed number leads to; without network this page answers in their place. */
const QUESTIONS = /^\/(v\/.*|v|c\/[^/]+|verify)$/s;

async function keepAll() {
  const cache = await caches.open(CACHE);
  const addresses = [...Object.values(RELEASE.pages).flatMap(Object.values), ...RELEASE.files];
  // Nobody is signed in for these: what is kept is what a stranger sees.
  const requests = addresses.map((address) => new Request(address, { credentials: "omit", cache: "no-cache", redirect: "error" }));
  await cache.addAll(requests);
}

async function dropOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => OURS.test(name) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function language(url) {
  const asked = url.searchParams.get("lang");
  if (Object.hasOwn(LANGUAGES, asked ?? "")) return asked;
  const kept = await caches.match("/offline", { cacheName: "mit-language" });
  const chosen = kept ? await kept.text() : navigator.language.slice(0, 2);
  return Object.hasOwn(LANGUAGES, chosen) ? chosen : "th";
}

async function kept(address, request) {
  const found = await caches.match(address, { cacheName: CACHE, ignoreVary: true });
  return found ?? fetch(request);
}

const keptPage = async (page, url, request) => kept(RELEASE.pages[page][await language(url)], request);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepAll());
});
self.addEventListener("activate", (event) => event.waitUntil(dropOlder()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (Object.hasOwn(RELEASE.pages, url.pathname)) event.respondWith(keptPage(url.pathname, url, request));
    else if (QUESTIONS.test(url.pathname)) event.respondWith(fetch(request).catch(() => keptPage("/offline", url, request)));
  } else if (FILES.has(url.pathname + url.search)) {
    event.respondWith(kept(url.pathname + url.search, request));
  }
});
