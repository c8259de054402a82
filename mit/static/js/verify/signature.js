// ES256 in its one spelling (raw r and s, low s alone), and the three envelopes that carry it.
// Nothing of a payload is read before its signature is good; the algorithm belongs to the key.
import { bytesHead } from "./cbor.js";
import { ascii, demand, fromBase64url, isObject, isSame, joined, readCanonical, Refusal } from "./spelling.js";

/** Order of the group of P-256 (SP 800-186 section 3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
export const SIGNATURE_BYTES = 64;
const ES256 = { name: "ECDSA", hash: "SHA-256" };

const asNumber = (bytes) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function isLowS(signature) {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const [r, s] = [asNumber(signature.subarray(0, 32)), asNumber(signature.subarray(32))];
  return r > 0n && r < ORDER && s > 0n && s <= ORDER / 2n;
}

/** Say whether `key` (a CryptoKey on P-256) made `signature` over `bytes`. */
export async function isSignedBy(key, bytes, signature) {
  return isLowS(signature) && crypto.subtle.verify(ES256, key, signature, bytes);
}

// JWS, compact ------------------------------------------------------------------------------------

const MOST_CHARACTERS = 2_000_000;
const LONGEST_HEADER = 1_024;
const HEADER_MEMBERS = ["alg", "cty", "iss", "kid", "typ"];

function readHeader(part, typ) {
  demand(part.length <= LONGEST_HEADER, "token_header");
  const bytes = fromBase64url(part, "token_base64url");
  let header;
  try {
    header = readCanonical(bytes);
  } catch {
    throw new Refusal("token_header");
  }
  demand(isObject(header), "token_header");
  demand(["alg", "kid", "typ"].every((name) => Object.hasOwn(header, name)), "token_header");
  for (const [name, value] of Object.entries(header)) {
    demand(HEADER_MEMBERS.includes(name) && typeof value === "string", "token_header");
  }
  demand(header.typ === typ, "token_type");
  demand(header.alg === "ES256", "token_algorithm");
  return header;
}

/** Return the parts of a compact token of the type `typ`; its signature is not checked here. */
export function parseToken(text, typ, mostCharacters = MOST_CHARACTERS) {
  demand(text.length <= mostCharacters, "token_too_long");
  const parts = text.split(".");
  demand(parts.length === 3 && parts.every(Boolean), "token_shape");
  const header = readHeader(parts[0], typ);
  const payload = fromBase64url(parts[1], "token_base64url");
  const signature = fromBase64url(parts[2], "token_base64url");
  demand(signature.length === SIGNATURE_BYTES, "token_signature");
  return { header, payload, signature, signed: ascii(`${parts[0]}.${parts[1]}`) };
}

// COSE_Sign1, read by position --------------------------------------------------------------------

const TAG_AND_ARRAY = [0xd2, 0x84];
const SIGNATURE_HEAD = [0x58, 0x40];
const LARGEST_PAYLOAD = 1_024;
const CONTEXT = joined([0x84, 0x6a], ascii("Signature1"));
const QR_AAD = ascii("MIT-QR-v1");
const QR_HEAD = [...TAG_AND_ARRAY, 0x47, 0xa2, 0x01, 0x26, 0x04, 0x42];
const QR_PAYLOAD_AT = QR_HEAD.length + 3;

const startsWith = (bytes, head) => head.every((byte, at) => bytes[at] === byte);

function payloadPlace(bytes) {
  const first = bytes[QR_PAYLOAD_AT] ?? 0;
  const extra = { 0x58: 1, 0x59: 2 }[first] ?? 0;
  const begin = QR_PAYLOAD_AT + 1 + extra;
  const length = extra ? Number(asNumber(bytes.subarray(QR_PAYLOAD_AT + 1, begin))) : first - 0x40;
  demand(length >= 0 && length <= LARGEST_PAYLOAD, "qr_length");
  demand(isSame(bytes.subarray(QR_PAYLOAD_AT, begin), bytesHead(length)), "qr_length");
  return [begin, begin + length];
}

/** Return the parts of a QR's envelope: `{kid, payload, signature, signed}`. */
export function openQr(bytes) {
  demand(startsWith(bytes, TAG_AND_ARRAY), "qr_shape");
  demand(startsWith(bytes, QR_HEAD) && bytes[QR_PAYLOAD_AT - 1] === 0xa0, "qr_header");
  const kidAt = QR_HEAD.length;
  const kid = (bytes[kidAt] << 8) | bytes[kidAt + 1];
  demand(kid > 0, "qr_key_id");
  const [begin, end] = payloadPlace(bytes);
  demand(bytes.length === end + 2 + SIGNATURE_BYTES, "qr_length");
  demand(startsWith(bytes.subarray(end), SIGNATURE_HEAD), "qr_length");
  const payload = bytes.subarray(begin, end);
  const header = bytes.subarray(2, kidAt + 2);
  const aad = joined([0x40 + QR_AAD.length], QR_AAD);
  const signed = joined(CONTEXT, header, aad, bytesHead(payload.length), payload);
  return { kid, payload, signature: bytes.subarray(end + 2), signed };
}

const MEDIA_TYPE = ascii("application/statuslist+cwt");
const LIST_BEFORE = [0xa3, 0x01, 0x26, 0x04, 0x42];
const LIST_AFTER = joined([0x10, 0x78, MEDIA_TYPE.length], MEDIA_TYPE, [0xa0]);
const LIST_PROTECTED = LIST_BEFORE.length + 2 + LIST_AFTER.length - 1;
const LIST_HEAD = [...TAG_AND_ARRAY, ...bytesHead(LIST_PROTECTED), ...LIST_BEFORE];
const LIST_PAYLOAD_AT = LIST_HEAD.length + 2 + LIST_AFTER.length;
const MOST_LIST_BYTES = 2_000_000;

/** Say whether `bytes` begin like a COSE_Sign1 of ours: a token list, beside the texts. */
export const isCose = (bytes) => startsWith(bytes, TAG_AND_ARRAY);

/** Return the parts of a token list's envelope, as `openQr` does. */
export function openTokenList(bytes) {
  demand(bytes.length <= MOST_LIST_BYTES, "token_too_long");
  demand(startsWith(bytes, LIST_HEAD.slice(0, LIST_HEAD.length - LIST_BEFORE.length)), "status_cwt_shape");
  demand(bytes.length > LIST_PAYLOAD_AT, "status_cwt_shape");
  const kidAt = LIST_HEAD.length;
  const kid = (bytes[kidAt] << 8) | bytes[kidAt + 1];
  demand(kid > 0 && startsWith(bytes, LIST_HEAD), "token_header");
  demand(isSame(bytes.subarray(kidAt + 2, LIST_PAYLOAD_AT), LIST_AFTER), "token_header");
  const end = bytes.length - SIGNATURE_BYTES - 2;
  const begin = LIST_PAYLOAD_AT + 1 + ({ 0x58: 1, 0x59: 2, 0x5a: 4 }[bytes[LIST_PAYLOAD_AT]] ?? 0);
  const head = bytesHead(Math.max(0, end - begin));
  demand(isSame(bytes.subarray(LIST_PAYLOAD_AT, begin), head), "status_cwt_shape");
  demand(startsWith(bytes.subarray(end), SIGNATURE_HEAD), "status_cwt_shape");
  const payload = bytes.subarray(begin, end);
  const signed = joined(CONTEXT, bytes.subarray(2, LIST_PAYLOAD_AT - 1), [0x40], head, payload);
  return { kid, payload, signature: bytes.subarray(end + 2), signed };
}
