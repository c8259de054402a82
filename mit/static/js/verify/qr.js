// From a QR's text to its claims: address, decimal digits, envelope, strict CBOR, one spelling at each step.
// The rules are those of mit/credential/qr_text.py and text.py.
import { readCbor } from "./cbor.js";
import { dayAfter } from "./days.js";
import { certificateNumber, hsCodeOf, isJuristicNumber, lengthOf, stripped } from "./numbers.js";
import { Refusal, demand, hex } from "./spelling.js";

const EPOCH = "2020-01-01";
const MOST_DIGITS = 1_200;
const LONGEST_TEXT = 8_000;
const LATEST_DAY = 65_535;
const LARGEST_LIST = 9_999;
const YEAR_OFFSET_BE = 2500;
export const SLOTS_IN_A_LIST = 131_072;
const MOST_PRODUCTS = 200;
const ADDRESS =
  /^(?:https?:\/\/[^/?# \t\n\r\f\v]{1,255}(?:\/[^?# \t\n\r\f\v]{0,255})?)?\/v[/#]([0-9]+)\/?(?:[?#][^ \t\n\r\f\v]{0,255})?$/u;

/** Return the digits in a scanned text: a whole address, its path, or the digits alone; the host is not looked at. */
export function digitsIn(text) {
  const plain = lengthOf(text) <= LONGEST_TEXT ? stripped(text) : "";
  if (/^[0-9]+$/.test(plain)) return plain;
  const match = ADDRESS.exec(plain);
  demand(match !== null, "qr_text_not_ours");
  return match[1];
}

/** Return the bytes of an envelope written as decimal digits. */
export function fromDigits(digits) {
  demand(digits.length <= MOST_DIGITS, "qr_digits_too_many", { most: MOST_DIGITS });
  demand(/^[0-9]+$/.test(digits), "qr_digits");
  demand(digits[0] !== "0", "qr_leading_zero");
  const text = BigInt(digits).toString(16);
  const even = text.length % 2 ? `0${text}` : text;
  return Uint8Array.from(even.match(/../g), (pair) => Number.parseInt(pair, 16));
}

// Texts -------------------------------------------------------------------------------------------

const isThaiByte = (byte) =>
  (byte >= 0x20 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xda) || (byte >= 0xdf && byte <= 0xfb);
const fitsThaiBytes = (code) => code <= 0x7e ? isThaiByte(code) : code >= 0xe01 && code <= 0xe5b && isThaiByte(code - 0xd60);
const FORBIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u{d800}-\u{dfff}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\uffff]/u;

function readText(value) {
  if (value instanceof Uint8Array && value.length) {
    demand(value.every(isThaiByte), "qr_text_bytes");
    return String.fromCodePoint(...Array.from(value, (byte) => (byte <= 0x7e ? byte : byte + 0xd60)));
  }
  demand(typeof value === "string" && value !== "", "qr_text_kind");
  demand(![...value].every((sign) => fitsThaiBytes(sign.codePointAt(0))), "qr_text_spelling");
  demand(!FORBIDDEN.test(value), "qr_text_sign");
  return value;
}

// Claims ------------------------------------------------------------------------------------------

const isWhole = (value) => Number.isSafeInteger(value) && value >= 0;

function pair(value, code) {
  demand(Array.isArray(value) && value.length === 2 && value.every(isWhole), code);
  return value;
}

function readJuristic(value) {
  demand(isWhole(value) && value < 1e13, "qr_claims_juristic");
  const digits = String(value).padStart(13, "0");
  demand(isJuristicNumber(digits), "qr_claims_juristic");
  return digits;
}

function readLine(value) {
  demand(Array.isArray(value) && value.length === 2 && typeof value[1] === "number", "qr_claims_lines");
  const model = readText(value[0]);
  const hsCode = hsCodeOf(value[1]);
  demand(hsCode !== null, "qr_claims_lines");
  return { product_th: "", product_en: "", brand: "", models: [model], hs_code: hsCode, ranges: [] };
}

/** Return the products in key 7: lines, or none and their count. */
function readProducts(value) {
  demand(Array.isArray(value) && value.length >= 1 && value.length <= MOST_PRODUCTS, "qr_claims_lines");
  if (value.length === 1 && typeof value[0] === "number") {
    demand(value[0] >= 1 && value[0] <= MOST_PRODUCTS, "qr_claims_lines");
    return { products: [], count: value[0] };
  }
  const products = value.map(readLine);
  return { products, count: products.length };
}

function readNumber(value) {
  const [year, running] = pair(value, "qr_claims_number");
  const number = certificateNumber(year + YEAR_OFFSET_BE, running);
  demand(number !== null, "qr_claims_number");
  return number;
}

function readDates(first, last) {
  demand(isWhole(first) && isWhole(last) && first <= last && last <= LATEST_DAY, "qr_claims_dates");
  return [dayAfter(EPOCH, first), dayAfter(EPOCH, last)];
}

/** Return what the payload of a QR says **whose signature is good**. */
export function readClaims(payload) {
  const members = readCbor(payload);
  if (!(members instanceof Map)) throw new Refusal("qr_claims_members");
  const names = [...members.keys()].filter((name) => name !== 2).join();
  demand(names === "1,3,4,5,6,7,8", "qr_claims_members");
  const { products, count } = readProducts(members.get(7));
  const [issuedOn, expiresOn] = readDates(members.get(4), members.get(5));
  const number = readNumber(members.get(1));
  const juristicNumber = members.has(2) ? readJuristic(members.get(2)) : null;
  const nameTh = readText(members.get(3));
  const [listNumber, index] = pair(members.get(6), "qr_claims_slot");
  demand(listNumber <= LARGEST_LIST && index < SLOTS_IN_A_LIST, "qr_claims_slot");
  const digest = members.get(8);
  demand(digest instanceof Uint8Array && digest.length === 32, "qr_claims_digest");
  return {
    number, nameTh, nameEn: null, juristicNumber, products, productCount: count,
    issuedOn, expiresOn, slot: { listNumber, index }, credentialSha256: hex(digest),
  };
}
