// The page behind `/v#<digits>`: what stands behind `#` is judged here and sent nowhere.
// Fetched are this page's own parts and the signed bundle, the same for every certificate; no address of a
// request is ever made from the digits.  No sentence stands here: they come from the catalogue beside.
import { judge } from "./judge.js";
import { heldBundle, refreshed } from "./knowledge.js";
import { Showing } from "./show.js";
import { instantText } from "./words.js";

const LONGEST = 20_000;

const at = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const words = await (await fetch(new URL("./catalogue.json", import.meta.url))).json();
const showing = new Showing(language, words);
let state = { bundle: null, isOnline: navigator.onLine, refused: "" };

function tell(key, params) {
  at("state").textContent = showing.t(`offline.${key}`, params);
  at("state").hidden = false;
}

/** Return what the address holds behind its `#`; the letters that a browser escapes are put back. */
function asked() {
  const behind = location.hash.slice(1, LONGEST);
  try {
    return decodeURIComponent(behind).trim();
  } catch {
    return behind.trim();
  }
}

/** A run of digits is a QR code's; whatever else stands there is read as what it is. */
const presented = (text) => (/^[0-9]+$/.test(text) ? `${location.origin}/v/${text}` : text);

async function answer() {
  const text = asked();
  for (const link of document.querySelectorAll("a.switch")) link.hash = location.hash;
  at("result").hidden = true;
  at("room").classList.toggle("answer-room", text !== "");
  if (!text) {
    delete at("content").dataset.verdict;
    tell("private_nothing");
    return;
  }
  const now = Date.now();
  const verdict = await judge(presented(text), state.bundle, { now, words });
  at("result").replaceChildren(showing.answer(verdict, now));
  at("result").hidden = false;
  at("content").dataset.verdict = verdict.verdict;
  at("content").dataset.reasons = verdict.reasons.join(" ");
  if (state.bundle) tell("private_known", { instant: instantText(state.bundle.knownAt, language, words) });
  else tell("none");
}

window.addEventListener("hashchange", answer);
state.bundle = await heldBundle();
if (state.bundle) await answer();
state = await refreshed(state.bundle);
await answer();
if (asked()) at("result").focus();
at("content").dataset.ready = "yes";
