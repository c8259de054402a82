// Whom and what a verifier without network relies on: the issuer's signed trust file, and which newer one
// may take its place.  The rules are those of mit/verify/trust_file.py and trust.py, and of ADR 22.
import { bangkokDay } from "./days.js";
import { hasEnded, keyNamed, mayVouch, readKey } from "./keys.js";
import { Shelf } from "./lists.js";
import { isCertificateNumber } from "./numbers.js";
import {
  at, dayOrNullAt, digestAt, digestOrNullAt, instantAt, instantOrNullAt, isText, listAt, readHistory, textAt, wholeAt,
} from "./shapes.js";
import { isSignedBy, parseToken } from "./signature.js";
import { Refusal, canonical, demand, isObject, hasExactly, readCanonical, toBase64url } from "./spelling.js";

const MALFORMED = "trust_malformed";
const FORMAT = "mit-trust/1";
const TYP = "mit-trust+jws";
/** Largest trust file that is read here, in bytes: what a telephone holds without trouble. */
const LIMIT_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

async function readKeys(document) {
  const keys = new Map();
  for (const entry of listAt(document, "keys")) {
    demand(isObject(entry), MALFORMED);
    const dates = {
      activeFrom: dayOrNullAt(entry, "active_from_on"),
      verifyOnlyFrom: dayOrNullAt(entry, "verify_only_from_on"),
      retiredFrom: dayOrNullAt(entry, "retired_from_on"),
      compromisedAt: instantOrNullAt(entry, "compromised_from_at"),
    };
    const key = await readKey(entry.jwk, dates);
    demand(!keys.has(key.kid), MALFORMED);
    keys.set(key.kid, key);
  }
  return keys;
}

/** Return the key that signed the file: one that the file lists, in use on its day and not compromised. */
async function readSigner(detached, document, keys, issuedAt) {
  const [head, ...rest] = detached.split("..");
  const payload = toBase64url(new TextEncoder().encode(canonical(document)));
  const token = parseToken(`${head}.${payload}.${rest.join("..")}`, TYP, 2 * LIMIT_BYTES);
  const key = keyNamed(keys, token.header.kid);
  const isGood = mayVouch(key, issuedAt) && (await isSignedBy(key.key, token.signed, token.signature));
  demand(isGood, "trust_signature");
  return key;
}

function readRecord(entry) {
  demand(isObject(entry), MALFORMED);
  const isNumber = (value) => isText(value) && isCertificateNumber(value);
  const isNumberOrNull = (value) => value === null || isNumber(value);
  digestOrNullAt(entry, "pdf_sha256");
  return {
    number: at(entry, "number", isNumber),
    kid: wholeAt(entry, "kid"),
    credentialSha256: digestAt(entry, "credential_sha256"),
    signedAt: instantOrNullAt(entry, "signed_at"),
    history: readHistory(entry.history),
    supersedes: at(entry, "supersedes", isNumberOrNull),
    supersededBy: at(entry, "superseded_by", isNumberOrNull),
  };
}

async function read(bytes) {
  const whole = bytes.at(-1) === NEWLINE ? bytes.subarray(0, -1) : bytes;
  const outer = readCanonical(whole, LIMIT_BYTES);
  demand(isObject(outer) && hasExactly(outer, ["signature", "trust"]) && isObject(outer.trust), MALFORMED);
  const document = outer.trust;
  const keys = await readKeys(document);
  const issuedAt = instantAt(document, "issued_at");
  const signer = await readSigner(textAt(outer, "signature"), document, keys, issuedAt);
  demand(document.format === FORMAT && typeof document.is_complete === "boolean", MALFORMED);
  const records = new Map();
  for (const entry of listAt(document, "certificates")) {
    const record = readRecord(entry);
    demand(!records.has(record.number), MALFORMED);
    records.set(record.number, record);
  }
  const shelf = new Shelf();
  for (const text of listAt(document, "status_lists")) {
    demand(isText(text) && /^[\x00-\x7f]*$/.test(text), MALFORMED);
    await shelf.read(new TextEncoder().encode(text), keys);
  }
  textAt(document, "public_url");
  return { keys, knownAt: issuedAt, records, shelf, signer, publicUrl: document.public_url };
}

/** Return what a trust file says, its signatures and every shape checked; see `readBundle` in judge.js. */
export async function readTrust(bytes) {
  try {
    return await read(bytes);
  } catch (error) {
    throw error instanceof Refusal && error.code.startsWith("trust_") ? error : new Refusal(MALFORMED);
  }
}

/** Read published lists and histories (bytes each) beside those of `trust`; the newer ones count. */
export async function addLists(trust, pieces) {
  for (const piece of pieces) {
    try {
      await trust.shelf.read(trimmed(piece), trust.keys);
    } catch (error) {
      const isUnsigned = error instanceof Refusal && error.code === "trust_signature";
      throw new Refusal(isUnsigned ? "status_file_signature" : "status_file_malformed");
    }
  }
  return trust;
}

/** Return a piece without the white space around it, where it is a text. */
function trimmed(piece) {
  if (piece[0] === 0xd2) return piece;
  const isWhite = (byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
  const first = piece.findIndex((byte) => !isWhite(byte));
  return first < 0 ? piece.subarray(0, 0) : piece.subarray(first, piece.findLastIndex((byte) => !isWhite(byte)) + 1);
}

/**
 * Return why `offered` may not take the place of `held`, or an empty text where it may.
 *
 * Only a key that is known already vouches for a newer list, and only while neither list calls it
 * compromised; a key that was only planned may have begun since.  Time never runs back, and what was
 * once known of a key is not forgotten: a missing key or a compromise taken back refuses the list.
 */
export function whyNotInPlaceOf(held, offered) {
  if (held.publicUrl !== offered.publicUrl) return "trust_of_another_service";
  if (offered.knownAt < held.knownAt) return "trust_older";
  const vouching = keyNamed(held.keys, offered.signer.thumbprint);
  const isUsable = vouching && vouching.dates.compromisedAt === null && !hasEnded(vouching.dates, bangkokDay(offered.knownAt));
  if (!isUsable) return "trust_unknown_signer";
  for (const key of held.keys.values()) {
    const now = offered.keys.get(key.kid);
    if (!now || now.thumbprint !== key.thumbprint) return "trust_key_missing";
    if (key.dates.compromisedAt !== null && now.dates.compromisedAt === null) return "trust_key_missing";
  }
  return "";
}
