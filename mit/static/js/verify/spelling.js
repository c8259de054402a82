// Bytes and texts in their one spelling: base64url, canonical JSON (RFC 8785), UTF-8, SHA-256.
// The rules are those of mit/credential/base64url.py and canonical_json.py; tests hold both together.

/** What cannot be read, with the stable code of the reason; nothing of it is used. */
export class Refusal extends Error {
  constructor(code, params = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

/** Refuse with `code` unless `isSo`. */
export function demand(isSo, code, params) {
  if (!isSo) throw new Refusal(code, params);
}

/** Return what `read` returns; a refusal of any kind becomes one with `code`. */
export function orElse(code, read) {
  try {
    return read();
  } catch (error) {
    throw new Refusal(code, error instanceof Refusal ? error.params : {});
  }
}

export const ascii = (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
export const isSame = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Return `parts` one behind the other. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Return the SHA-256 of `bytes`. */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Return the text of `bytes`, which must be UTF-8; a byte order mark is a sign like any other. */
export function utf8(bytes, code) {
  return orElse(code, () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}

// base64url ---------------------------------------------------------------------------------------

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...ALPHABET].map((sign, value) => [sign, value]));

/** Return the bytes that `text` spells: no padding, no foreign sign, unused bits zero. */
export function fromBase64url(text, code) {
  demand(text.length % 4 !== 1, code);
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0, bits = 0, at = 0;
  for (const sign of text) {
    const value = VALUES.get(sign);
    demand(value !== undefined, code);
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) bytes[at++] = (held >> (bits -= 8)) & 0xff;
  }
  demand((held & ((1 << bits) - 1)) === 0, code);
  return bytes;
}

/** Return `bytes` as base64url without padding. */
export function toBase64url(bytes) {
  const signs = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    signs.push(ALPHABET[a >> 2], ALPHABET[((a & 3) << 4) | ((b ?? 0) >> 4)]);
    if (b !== undefined) signs.push(ALPHABET[((b & 15) << 2) | ((c ?? 0) >> 6)]);
    if (c !== undefined) signs.push(ALPHABET[c & 63]);
  }
  return signs.join("");
}

// canonical JSON ----------------------------------------------------------------------------------

const DEEPEST = 400;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Order texts by code points, as RFC 8785 readers of ASCII names and Python do. */
function byCodePoints(one, other) {
  const [a, b] = [[...one], [...other]];
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    if (a[at] !== b[at]) return a[at].codePointAt(0) - b[at].codePointAt(0);
  }
  return a.length - b.length;
}

function spelledText(text) {
  demand(!LONE_SURROGATE.test(text), "json_not_canonical");
  return JSON.stringify(text);
}

/** Return the one spelling of a document: sorted members, no spaces, whole numbers only. */
export function canonical(value, depth = 0) {
  demand(depth < DEEPEST, "json_malformed");
  if (typeof value === "string") return spelledText(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    demand(Number.isSafeInteger(value), "json_malformed");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(",")}]`;
  const names = Object.keys(value).sort(byCodePoints);
  return `{${names.map((name) => `${spelledText(name)}:${canonical(value[name], depth + 1)}`).join(",")}}`;
}

/** Return the document that `bytes` spell in the one spelling. */
export function readCanonical(bytes, mostBytes = 4_000_000) {
  demand(bytes.length <= mostBytes, "json_too_long");
  const text = utf8(bytes, "json_malformed");
  const document = orElse("json_malformed", () => JSON.parse(text));
  demand(canonical(document) === text, "json_not_canonical");
  return document;
}

/** Say whether `value` is a JSON object, no list and not null. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Say whether the members of `document` are exactly `names`. */
export function hasExactly(document, names) {
  const own = Object.keys(document);
  return own.length === names.length && names.every((name) => Object.hasOwn(document, name));
}
