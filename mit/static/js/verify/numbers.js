// Numbers that people write: certificates, tax numbers, HS codes; check characters.
// The rules are those of mit/values/identifiers.py.
import { demand } from "./spelling.js";

const LONGEST_TYPED = 80;
const SHOWN_OF_A_FAULT = 40;
const SEPARATORS = /[\s\x1c-\x1f\x85\-‐‑‒–—―−_./]+/g;
const CERTIFICATE = /^(?:MIT)?(2[4-9][0-9]{2})([0-9]{7})([0-9A-Z])$/;
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const WHITE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const AROUND = new RegExp(`^${WHITE}+|${WHITE}+$`, "gu");

/** Return `text` without the white space around it. */
export const stripped = (text) => text.replace(AROUND, "");

/** Return how many signs `text` has, those beyond the first plane as one each. */
export const lengthOf = (text) => (text.length > LONGEST_TYPED ? [...text].length : text.length);

/** Return the value of a decimal digit of any script: those of one script stand in a row of ten. */
function digitValue(sign) {
  let zero = sign.codePointAt(0);
  while (zero > 0 && sign.codePointAt(0) - zero < 10 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((sign.codePointAt(0) - zero) % 10);
}

/** Return `text` in upper case, with full-width and Thai digits made plain and separators gone. */
function plainLetters(text) {
  const folded = text.normalize("NFKC").replace(/\p{Cf}/gu, "").replace(/\p{Nd}/gu, digitValue);
  return folded.replace(SEPARATORS, "").toUpperCase();
}

/** Return the ISO 7064 MOD 37,36 check character of `body`. */
function checkCharacter(body) {
  let check = 18;
  for (const sign of body) check = ((((check || 36) * 2) % 37) + SIGNS.indexOf(sign)) % 36;
  return SIGNS[(((1 - (((check || 36) * 2) % 37)) % 36) + 36) % 36];
}

/** Return the printed form of a number, `MIT-2569-0012345-B`; null outside its bounds. */
export function certificateNumber(yearBe, running) {
  if (yearBe < 2500 || yearBe > 2999 || running < 1 || running > 9_999_999) return null;
  const [year, run] = [String(yearBe), String(running).padStart(7, "0")];
  return `MIT-${year}-${run}-${checkCharacter(`MIT${year}${run}`)}`;
}

/** Return the printed form of the number that a person typed. */
export function readCertificateNumber(text) {
  const shown = { text: [...text].slice(0, SHOWN_OF_A_FAULT).join("") };
  const letters = lengthOf(stripped(text)) <= LONGEST_TYPED ? plainLetters(text) : "";
  const match = CERTIFICATE.exec(letters);
  demand(match !== null, "certificate_number_malformed", shown);
  const number = certificateNumber(Number(match[1]), Number(match[2]));
  demand(number !== null, "certificate_number_malformed", shown);
  demand(number.endsWith(match[3]), "certificate_number_check", shown);
  return number;
}

/** Say whether `text` is a certificate number in its printed form. */
export function isCertificateNumber(text) {
  try {
    return readCertificateNumber(text) === text;
  } catch {
    return false;
  }
}

/** Say whether 13 digits are a juristic number: no citizen number, and the check digit fits. */
export function isJuristicNumber(digits) {
  if (!/^0[0-9]{12}$/.test(digits)) return false;
  const total = [...digits.slice(0, 12)].reduce((sum, digit, at) => sum + (13 - at) * Number(digit), 0);
  return String((11 - (total % 11)) % 10) === digits[12];
}

/** Say whether `text` is an HS code: 6, 8 or 11 digits. */
export const isHsCode = (text) => typeof text === "string" && /^([0-9]{6}|[0-9]{8}|[0-9]{11})$/.test(text);

/** Return the HS code that a whole number stands for; chapters 1 to 9 lost their leading zero. Null for none. */
export function hsCodeOf(value) {
  const digits = Number.isSafeInteger(value) && value > 0 && value < 1e11 ? String(value) : "";
  const whole = [5, 7, 10].includes(digits.length) ? `0${digits}` : digits;
  return isHsCode(whole) ? whole : null;
}
