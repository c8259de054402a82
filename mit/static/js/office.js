// What the signed-in pages can do better with a script; every one of them works without.
// No sentence stands here: what people read comes from the page, in its language.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  Radios,
  SkipLink,
  Tabs,
  createAll,
} from "./govuk-frontend-6.3.0.min.js";

// The error summary comes last: where several want to be spoken first, it is.
const COMPONENTS = [Button, CharacterCount, Checkboxes, FileUpload, NotificationBanner, Radios, SkipLink, Tabs, ErrorSummary];
const AUTOSAVE_AFTER_MS = 1500;
const KEYS_OFF = "mit-keys-off";

/** Wake everything below `scope`: at the start, and what htmx or an upload put into the page. */
function wake(scope) {
  for (const component of COMPONENTS) createAll(component, undefined, scope);
  for (const comma of scope.querySelectorAll(".govuk-file-upload-button > [id$='-comma']")) dropComma(comma);
  for (const form of scope.querySelectorAll("form[data-guard], form[data-autosave]")) guard(form);
  for (const form of scope.querySelectorAll("form[data-autosave]")) autosave(form);
  for (const form of scope.querySelectorAll("form[data-progress]")) progress(form);
  for (const note of scope.querySelectorAll("[data-keys-note]")) explainKeys(note);
}

/** Take the unseen comma out of a file button: its name has to hold what is seen on it (WCAG 2.5.3). */
function dropComma(comma) {
  const button = comma.parentElement;
  button.setAttribute("aria-labelledby", button.getAttribute("aria-labelledby").replace(` ${comma.id} `, " "));
  comma.replaceWith(" ");
}

// Unsaved changes ---------------------------------------------------------------------------------

const unsaved = new Set();

/** Remember that a form was changed, until it is sent or saved. */
function guard(form) {
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("change", () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

/** Let the browser ask, in its own words, before what was typed is lost. */
function askBeforeLeaving(event) {
  for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
  if (unsaved.size) event.preventDefault();
}

// Autosave ----------------------------------------------------------------------------------------

/**
 * Send a form's fields (files left out) to the address in `data-autosave` when typing pauses.
 *
 * The answer may be JSON `{"fields": {name: value}}`: new values of hidden fields, such as the version
 * that was saved.  `[data-autosave-status]` says how it went, in the words of its own data attributes.
 */
function autosave(form) {
  const status = form.querySelector("[data-autosave-status]");
  const tell = (state) => {
    if (status) status.textContent = status.dataset[state] || "";
  };
  let timer = 0;
  let running = false;
  let again = false;

  async function save() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    tell("saving");
    try {
      tell(await send());
    } catch {
      tell("failed");
    }
    running = false;
    if (again) {
      again = false;
      save();
    }
  }

  async function send() {
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    unsaved.delete(form);
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json", "X-Autosave": "1" },
      redirect: "manual",
    }).catch(() => null);
    if (!answer || !answer.ok) {
      unsaved.add(form);
      return answer && answer.status === 409 ? "conflict" : "failed";
    }
    if ((answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      for (const [name, value] of Object.entries((await answer.json()).fields || {})) {
        const field = form.elements.namedItem(name);
        if (field && field.type === "hidden") field.value = value;
      }
    }
    return unsaved.has(form) ? "saving" : "saved";
  }

  const later = (event) => {
    if (event.target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(save, AUTOSAVE_AFTER_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => clearTimeout(timer));
}

// Upload with progress ----------------------------------------------------------------------------

/** Send a form with its files and show how far it is; then show the page that answers. */
function progress(form) {
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    if (event.defaultPrevented || !files.length) return;
    event.preventDefault();
    const place = form.querySelector("[data-progress-place]");
    const bar = place?.querySelector("progress");
    const request = new XMLHttpRequest();
    const data = new FormData(form, event.submitter);
    place?.removeAttribute("hidden");
    request.upload.addEventListener("progress", (step) => {
      if (bar && step.lengthComputable) bar.value = step.loaded / step.total;
    });
    request.addEventListener("load", () => showAnswer(request));
    request.addEventListener("error", () => {
      place?.setAttribute("hidden", "");
      const failed = form.querySelector("[data-progress-failed]");
      failed?.removeAttribute("hidden");
      failed?.focus();
    });
    request.open("POST", form.action);
    request.send(data);
  });
}

/** Put the page that answered in the place of this one, as the browser would have. */
function showAnswer(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  document.title = page.title;
  document.body.replaceChildren(...page.body.children);
  for (const script of document.body.querySelectorAll("script")) script.remove();
  if (request.responseURL !== location.href) history.pushState(null, "", request.responseURL);
  unsaved.clear();
  scrollTo(0, 0);
  wake(document.body);
  globalThis.htmx?.process(document.body);
  (document.querySelector(".govuk-error-summary") || document.querySelector("main"))?.focus();
}

// Keys in tables ----------------------------------------------------------------------------------

const areKeysOff = () => localStorage.getItem(KEYS_OFF) === "1";

/** Show which keys there are, with a button that turns them off for good (WCAG 2.1.4). */
function explainKeys(note) {
  const button = note.querySelector("button");
  const show = () => {
    note.dataset.off = areKeysOff() ? "1" : "";
    note.querySelector("[data-keys-words]").hidden = areKeysOff();
    button.textContent = areKeysOff() ? button.dataset.on : button.dataset.off;
  };
  button.addEventListener("click", () => {
    localStorage.setItem(KEYS_OFF, areKeysOff() ? "" : "1");
    show();
  });
  note.hidden = false;
  show();
}

/** j and k walk through the rows of the page's first such table, / goes to its search; Enter opens. */
function pressKey(event) {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || areKeysOff()) return;
  const table = document.querySelector("table[data-keys]");
  if (!table) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "j" || event.key === "k") {
    const links = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
    const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = here < 0 ? 0 : here + (event.key === "j" ? 1 : -1);
    links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
  }
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
wake(document);
addEventListener("beforeunload", askBeforeLeaving);
addEventListener("popstate", () => location.reload());
document.addEventListener("keydown", pressKey);
document.addEventListener("htmx:afterSwap", (event) => wake(event.detail.target));
