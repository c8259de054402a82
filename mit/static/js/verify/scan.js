// The page that takes a certificate in every way: camera, picture, scanner, typed number, file.  Each text is looked
// at on this device first; only an address of ours is followed.  No sentence stands here.
import { readAddress } from "./address.js";
import { Camera, whyNot } from "./camera.js";
import { digitsOf, warningWords } from "./foreign.js";
import { judge } from "./judge.js";
import { leadBurstsInto } from "./key_burst.js";
import { heldBundle, refreshed } from "./knowledge.js";
import { digitsIn } from "./qr.js";
import { textsIn, textsOfPicture } from "./reading.js";
import { Showing } from "./show.js";
import { readShown } from "./shown.js";
import { asTyped } from "./thai_keys.js";

const PAYMENT = /^0002010[12]/;
const at = (id) => document.getElementById(id);
const main = at("content");
const { publicUrl, detector, wasm } = main.dataset;
const places = { detector, wasm };
const language = document.documentElement.lang;
const words = await (await fetch(new URL("./catalogue.json", import.meta.url))).json();
const showing = new Showing(language, words);
let bundle = null;

function tell(id, key, params) {
  const said = key ? showing.t(`scan.${key}`, params) : "";
  if (at(id).textContent !== said) at(id).textContent = said;
  at(id).hidden = !key;
}

function reveal(id) {
  for (const place of ["warning", "result"]) at(place).hidden = place !== id;
  at(id).focus();
  at(id).scrollIntoView();
}

// What was found ----------------------------------------------------------------------------------

async function judged(text) {
  bundle ??= (await refreshed(null)).bundle;
  return judge(text, bundle, { words, publicUrl });
}

async function judgeHere(text) {
  const verdict = await judged(text);
  at("result").replaceChildren(showing.answer(verdict, Date.now()));
  reveal("result");
  main.dataset.verdict = verdict.verdict;
  main.dataset.reasons = verdict.reasons.join(" ");
}

async function warn(text, address) {
  const digits = digitsOf(text);
  const inside = digits && (await judged(digits)).verdict;
  main.dataset.foreign = address.reason;
  at("warning-words").replaceChildren(...warningWords(address, { first: language, words, genuine: publicUrl, inside }));
  reveal("warning");
}

/** Follow an address on our own host; without network the answer is given here. */
async function open(path, text) {
  if (!navigator.onLine) return judgeHere(text);
  const url = new URL(path, location.origin);
  url.searchParams.set("lang", language);
  location.assign(url);
}

/** Do what a text asks for; return false where it is nothing of ours. */
async function found(text) {
  const address = readAddress(text, publicUrl);
  if (address.whose === "foreign") await warn(text, address);
  else if (address.whose === "ours") await open(address.path, text);
  else {
    const { kind } = readShown(text);
    if (kind === "unreadable") return false;
    if (kind === "qr") await open(`/v/${digitsIn(text)}`, text);
    else if (kind === "number") await open(`/verify?${new URLSearchParams({ number: text })}`, text);
    else await judgeHere(text);
  }
  return true;
}

/** Take the texts of one look: ours before others; say what else it was. */
async function foundAmong(texts, place) {
  const ours = new Set(texts.filter((text) => readAddress(text, publicUrl).whose === "ours"));
  if (ours.size > 1) return tell(place, "many");
  for (const text of ours.size ? ours : texts) if (await found(text)) return tell(place, "");
  if (texts.length) tell(place, PAYMENT.test(texts[0]) ? "payment" : "nothing_of_ours");
}

// The camera --------------------------------------------------------------------------------------

const camera = new Camera(at("video"), { look, tell: cameraTold });

async function look(video) {
  const texts = await textsIn(video, places).catch(() => null);
  if (texts === null) {
    tell("camera-state", "reader_missing");
    camera.stop();
    return true;
  }
  const isForUs = texts.some((text) => readAddress(text, publicUrl).whose !== "none" || readShown(text).kind !== "unreadable");
  if (isForUs) camera.stop();
  await foundAmong(texts, "camera-state");
  return isForUs;
}

function cameraTold(what) {
  if (what === "slow") tell("camera-state", "camera_slow");
  else showCamera(false);
}

function showCamera(isOn) {
  at("view").hidden = !isOn;
  at("start").hidden = isOn;
  at("torch").setAttribute("aria-pressed", "false");
}

async function begin(how) {
  tell("camera-state", "camera_opening");
  if (!navigator.mediaDevices) return tell("camera-state", isSecureContext ? "camera_none" : "camera_insecure");
  showCamera(true);
  try {
    await how();
    at("torch").hidden = !camera.hasTorch;
    at("switch").hidden = (await camera.all()).length < 2;
    if (camera.stream) tell("camera-state", "camera_on");
  } catch (error) {
    camera.end();
    showCamera(false);
    tell("camera-state", `camera_${whyNot(error)}`);
  }
}

async function light() {
  const isOn = at("torch").getAttribute("aria-pressed") !== "true";
  await camera.light(isOn).then(() => at("torch").setAttribute("aria-pressed", String(isOn)), () => (at("torch").hidden = true));
}

function stop() {
  camera.stop();
  tell("camera-state", "");
}

// Pictures and files ------------------------------------------------------------------------------

async function takePicture(file) {
  tell("picture-state", "picture_reading");
  const texts = await textsOfPicture(file, places).catch(() => undefined);
  if (texts?.length) return foundAmong(texts, "picture-state");
  tell("picture-state", texts === undefined ? "reader_missing" : texts ? "picture_empty" : "picture_wrong");
}

async function take(file) {
  if (file.type.startsWith("image/")) return takePicture(file);
  if (!navigator.onLine) return file.name.toLowerCase().endsWith(".jwt") ? judgeHere(await file.text()) : tell("picture-state", "file_online");
  const carried = new DataTransfer();
  carried.items.add(file);
  at("file").files = carried.files;
  at("send").requestSubmit();
}

function dropped(event) {
  const [file] = event.dataTransfer.files;
  const text = event.dataTransfer.getData("text");
  if (!file && !text) return;
  event.preventDefault();
  if (file) take(file);
  else foundAmong([text], "picture-state");
}

function pasted(event) {
  const [file] = event.clipboardData?.files ?? [];
  if (!file) return;
  event.preventDefault();
  take(file);
}

// Typed and scanned by hand -----------------------------------------------------------------------

async function submit(event) {
  const text = asTyped(at("number").value);
  const { whose } = readAddress(text, publicUrl);
  if (navigator.onLine && whose === "none") {
    at("number").value = text;
    return;
  }
  event.preventDefault();
  if (text.trim() && !(await found(text))) await judgeHere(text);
  at("number").value = "";
}

function typed() {
  const text = asTyped(at("number").value);
  tell("thai", text === at("number").value ? "" : "thai_keys", { text: text.slice(0, 60) });
}

at("start").addEventListener("click", () => begin(() => camera.start()));
at("stop").addEventListener("click", stop);
at("switch").addEventListener("click", () => begin(() => camera.next()));
at("torch").addEventListener("click", light);
at("ask").addEventListener("submit", submit);
at("number").addEventListener("input", typed);
for (const id of ["photo", "picture"]) at(id).addEventListener("change", () => at(id).files[0] && takePicture(at(id).files[0]));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", dropped);
document.addEventListener("paste", pasted);
document.addEventListener("visibilitychange", () => document.hidden && stop());
window.addEventListener("pagehide", stop);
leadBurstsInto(at("number"));

if (matchMedia("(pointer: fine)").matches) at("number").focus({ preventScroll: true });
bundle = await heldBundle();
main.dataset.ready = "yes";
({ bundle } = await refreshed(bundle));
