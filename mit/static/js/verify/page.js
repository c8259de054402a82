// The page that verifies without network: what was typed, pasted, opened or scanned is judged on this device.
// No sentence stands here: they come from the catalogue beside this file, in the page's language.
import { Refusal, judge } from "./judge.js";
import { forgetBundle, heldBundle, refreshed } from "./knowledge.js";
import { element, Showing } from "./show.js";
import { readTypedDay } from "./typed_day.js";
import { instantText } from "./words.js";

const MINUTE_MS = 60_000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS;
const REFRESH_EVERY_MS = 15 * MINUTE_MS;
const LARGEST_FILE_BYTES = 2_000_000;
/** Refusals after which a person may decide to trust this site anew. */
const MAY_BEGIN_ANEW = ["trust_unknown_signer", "trust_key_missing", "trust_older", "trust_of_another_service"];

const at = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const words = await (await fetch(new URL("./catalogue.json", import.meta.url))).json();
const showing = new Showing(language, words);
let state = { bundle: null, isOnline: navigator.onLine, refused: "" };
let asked = null;

// What is known, and how old it is ----------------------------------------------------------------

function ageText(age) {
  if (age < -5 * MINUTE_MS) return showing.t("offline.age_wrong");
  if (age < MINUTE_MS) return showing.t("offline.age_now");
  const [unit, size] = age < HOUR_MS ? ["minutes", MINUTE_MS] : age < 2 * DAY_MS ? ["hours", HOUR_MS] : ["days", DAY_MS];
  const count = Math.floor(age / size);
  return showing.t(`offline.age_${count === 1 ? unit.slice(0, -1) : unit}`, { count: String(count) });
}

function standing(bundle, now) {
  if (!bundle) return "none";
  const age = now - bundle.knownAt;
  if (age < -5 * MINUTE_MS) return "wrong";
  return age <= DAY_MS ? "fresh" : age <= 7 * DAY_MS ? "aged" : "old";
}

function showState() {
  const now = Date.now();
  const { bundle, isOnline, refused } = state;
  const how = standing(bundle, now);
  const age = bundle ? ageText(now - bundle.knownAt) : "";
  const since = bundle ? ` (${instantText(bundle.knownAt, language, words)})` : "";
  at("knowledge").dataset.standing = how;
  at("age").textContent = bundle ? `${age}${since}` : showing.t("offline.none");
  at("standing").textContent = showing.t(`offline.standing_${how}`);
  at("network").textContent = showing.t(isOnline ? "offline.online" : "offline.no_network");
  at("refused").hidden = !refused;
  at("refused").textContent = refused ? showing.t(`offline.refused_${MAY_BEGIN_ANEW.includes(refused) ? refused : "malformed"}`) : "";
  at("anew").hidden = !MAY_BEGIN_ANEW.includes(refused);
  for (const link of document.querySelectorAll("[data-online]")) link.hidden = !isOnline;
}

async function refresh() {
  state = await refreshed(state.bundle);
  showState();
  if (asked) await answer(asked, { isMoved: false });
}

async function beginAnew() {
  await forgetBundle();
  state.bundle = null;
  await refresh();
}

// What is asked -----------------------------------------------------------------------------------

function readDay() {
  const typed = at("on").value.trim();
  at("on-error").hidden = true;
  if (!typed) return null;
  try {
    return readTypedDay(typed, words);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    at("on-error").hidden = false;
    at("on").focus();
    return undefined;
  }
}

/** Return where the service answers the same question: it asks the register. */
function onlineAddress(text, verdict, on) {
  const number = verdict.certificate?.number ?? (text.length <= 4_000 ? text : "");
  const query = new URLSearchParams({ ...(number ? { number } : {}), ...(on ? { on } : {}), lang: language });
  return `/verify?${query}`;
}

async function answer(question, { isMoved = true } = {}) {
  asked = question;
  const now = Date.now();
  const verdict = await judge(question.text, state.bundle, { now, on: question.on, words, publicUrl: at("content").dataset.publicUrl });
  const place = at("result");
  const link = element("a", "button", showing.t("offline.ask_online"));
  link.href = onlineAddress(question.text, verdict, question.on);
  link.dataset.online = "";
  link.hidden = !state.isOnline;
  place.replaceChildren(showing.answer(verdict, now), element("p", "online-way", link));
  at("content").dataset.verdict = verdict.verdict;
  at("content").dataset.reasons = verdict.reasons.join(" ");
  place.hidden = false;
  if (isMoved) {
    place.focus();
    place.scrollIntoView();
  }
}

async function submit(event) {
  event.preventDefault();
  const on = readDay();
  const text = at("text").value;
  at("text-error").hidden = text.trim() !== "";
  if (on === undefined) return;
  if (text.trim()) await answer({ text, on });
  else at("text").focus();
}

async function openFile() {
  const [file] = at("file").files;
  const on = readDay();
  if (!file || on === undefined) return;
  const isPaper = file.name.toLowerCase().endsWith(".pdf") || file.type.startsWith("image/");
  const isTaken = !isPaper && file.size <= LARGEST_FILE_BYTES;
  at("file-error").hidden = isTaken;
  if (isTaken) await answer({ text: await file.text(), on });
}

/** Return the question in this page's address: it was opened by a scan while there was no network. */
function questionOfAddress() {
  const { pathname, hash, searchParams } = new URL(location.href);
  if (pathname === "/offline") return null;
  const text = pathname === "/verify" ? searchParams.get("number") : pathname + (pathname === "/v" ? hash : "");
  if (!text) return null;
  at("on").value = searchParams.get("on") ?? "";
  const on = readDay();
  return on === undefined ? null : { text, on };
}

// Beginning ---------------------------------------------------------------------------------------

/** Keep this page on the device; without a worker it works as long as it stays open. */
async function install() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/verifier-worker.js", { scope: "/", updateViaCache: "none" });
    await navigator.serviceWorker.ready;
    const kept = await caches.open("mit-language");
    await kept.put("/offline", new Response(language));
    at("kept").hidden = false;
    await navigator.storage?.persist?.();
  } catch {
    at("kept").hidden = true; // a private window keeps nothing; the page still answers
  }
}

at("ask").addEventListener("submit", submit);
at("file").addEventListener("change", openFile);
at("anew").addEventListener("click", beginAnew);
at("refresh").addEventListener("click", refresh);
window.addEventListener("online", refresh);
window.addEventListener("offline", () => {
  state.isOnline = false;
  showState();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
setInterval(() => (document.visibilityState === "visible" ? refresh() : undefined), REFRESH_EVERY_MS);
setInterval(showState, MINUTE_MS);

state.bundle = await heldBundle();
showState();
const first = questionOfAddress();
if (first) await answer(first);
await refresh();
await install();
at("content").dataset.ready = "yes";
