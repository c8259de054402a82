// What was shown: a QR's text or digits, a certificate number, a credential; anything else is unreadable.
// The rules are those of mit/verify/presentation.py; nothing is believed here.
import { CREDENTIAL_TYP } from "./credential.js";
import { lengthOf, readCertificateNumber, stripped } from "./numbers.js";
import { digitsIn, fromDigits } from "./qr.js";
import { openQr, parseToken } from "./signature.js";
import { Refusal, demand } from "./spelling.js";

const MOST_CHARACTERS = 2_000_000;
const FEWEST_QR_DIGITS = 40;
const LONGEST_NUMBER = 80;
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/;
const PAGE_ADDRESS =
  /^(?:https?:\/\/[^/?# \t\n\r\f\v]{1,255}(?:\/[^?# \t\n\r\f\v]{0,255})?)?\/c\/([^/?# \t\n\r\f\v]{1,60}?)(?:\.jwt)?\/?(?:[?#][^ \t\n\r\f\v]{0,255})?$/u;

function typedNumber(text) {
  demand(lengthOf(text) <= LONGEST_NUMBER, "certificate_number_malformed", { text: [...text].slice(0, 40).join("") });
  return { kind: "number", number: readCertificateNumber(text) };
}

function looksLikeQr(plain) {
  if (plain.includes("/v/") || plain.includes("/v#")) return true;
  const digits = plain.length >= FEWEST_QR_DIGITS ? (plain.match(/\p{Nd}/gu) ?? []).length : 0;
  return digits > Math.floor(lengthOf(plain) / 2);
}

function read(plain) {
  demand(plain !== "", "presentation_empty");
  demand(plain.length <= 2 * MOST_CHARACTERS && lengthOf(plain) <= MOST_CHARACTERS, "presentation_too_long");
  if (TOKEN.test(plain)) return { kind: "credential", text: plain, token: parseToken(plain, CREDENTIAL_TYP) };
  const page = PAGE_ADDRESS.exec(plain);
  if (page) return typedNumber(page[1]);
  if (looksLikeQr(plain)) return { kind: "qr", envelope: openQr(fromDigits(digitsIn(plain))) };
  return typedNumber(plain);
}

/** Return what `text` shows: `{kind: "qr" | "credential" | "number" | "unreadable", …}`. */
export function readShown(text) {
  try {
    return read(stripped(text));
  } catch (error) {
    if (error instanceof Refusal) return { kind: "unreadable", hint: error };
    throw error;
  }
}
