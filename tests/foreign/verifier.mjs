// A verifier written from docs/credential.md alone, step by step, with nothing but Node: WebCrypto for
// ECDSA, zlib for lists. It shares no code with the service; tests/vectors holds the two together.
import { webcrypto } from "node:crypto";
import { createHash } from "node:crypto";
import { gunzipSync, inflateSync } from "node:zlib";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HOUR = 3600_000, DAY = 24 * HOUR;
const LISTED = 131_072;

export class Refused extends Error {}
const demand = (so, code) => { if (!so) throw new Refused(code); };

// --- bytes and spellings

const ascii = (text) => new TextEncoder().encode(text);
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

function fromBase64url(text, code) {
  demand(/^[A-Za-z0-9_-]+$/.test(text), code);
  const data = Buffer.from(text, "base64url");
  demand(data.toString("base64url") === text, code); // one spelling
  return new Uint8Array(data);
}

function canonical(value) {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") { demand(Number.isSafeInteger(value), "json"); return String(value); }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function readJson(data, code) {
  let document, text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    document = JSON.parse(text);
    demand(canonical(document) === text, code);
  } catch { throw new Refused(code); }
  return document;
}

// --- strict CBOR: definite lengths, shortest heads, keys in order

function readCbor(data, code) {
  let at = 0;
  const head = () => {
    demand(at < data.length, code);
    const first = data[at++], more = first & 31;
    if (more < 24) return [first >> 5, more];
    demand(more < 28, code);
    const size = 1 << (more - 24);
    demand(at + size <= data.length, code);
    let value = 0n;
    for (let n = 0; n < size; n++) value = (value << 8n) | BigInt(data[at++]);
    demand(value >= [24n, 256n, 65_536n, 4_294_967_296n][more - 24] && value <= 2n ** 53n, code);
    return [first >> 5, Number(value)];
  };
  const item = () => {
    const [major, length] = head();
    if (major === 0) return length;
    if (major === 1) return -1 - length;
    if (major === 2 || major === 3) {
      demand(at + length <= data.length, code);
      const bytes = data.slice(at, at += length);
      if (major === 2) return bytes;
      try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes); } catch { throw new Refused(code); }
    }
    if (major === 4) return Array.from({ length }, item);
    demand(major === 5, code);
    const map = new Map();
    let before = null;
    for (let n = 0; n < length; n++) {
      const begin = at, key = item(), spelled = data.slice(begin, at);
      demand(before === null || Buffer.compare(before, spelled) < 0, code);
      before = spelled;
      map.set(key, item());
    }
    return map;
  };
  const value = item();
  demand(at === data.length, code);
  return value;
}

const bytesHead = (n) => Uint8Array.from(n < 24 ? [0x40 + n] : n < 256 ? [0x58, n] : n < 65_536 ? [0x59, n >> 8, n & 255]
  : [0x5a, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);

// --- signatures: raw r and s, low s alone

async function isSigned(jwk, data, signature) {
  if (signature.length !== 64) return false;
  const [r, s] = [0, 32].map((at) => BigInt(`0x${Buffer.from(signature.slice(at, at + 32)).toString("hex")}`));
  if (!(0n < r && r < ORDER && 0n < s && s <= ORDER / 2n)) return false;
  const { kty, crv, x, y } = jwk;
  const key = await webcrypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return webcrypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, data);
}

function parseJws(text, typ, code = "unreadable") {
  const parts = text.split(".");
  demand(parts.length === 3 && parts.every(Boolean), code);
  const header = readJson(fromBase64url(parts[0], code), code);
  const names = Object.keys(header);
  demand(names.every((name) => ["alg", "cty", "iss", "kid", "typ"].includes(name) && typeof header[name] === "string"), code);
  demand(header.alg === "ES256" && header.kid && header.typ === typ, code);
  const signature = fromBase64url(parts[2], code);
  demand(signature.length === 64, code);
  return { header, payload: fromBase64url(parts[1], code), signed: ascii(`${parts[0]}.${parts[1]}`), signature };
}

// COSE_Sign1 by position: tag 18, the given protected header, no other header, payload, signature.
function openSign1(data, before, after, code) {
  const size = before.length + 2 + after.length;
  const begin = join([0xd2, 0x84], bytesHead(size), before);
  demand(same(data.slice(0, begin.length), begin), code);
  const kid = (data[begin.length] << 8) | data[begin.length + 1];
  const tail = join(after, [0xa0]);
  let at = begin.length + 2;
  demand(kid > 0 && same(data.slice(at, at + tail.length), tail), code);
  at += tail.length;
  const end = data.length - 66;
  const length = [1, 2, 3, 5].map((head) => end - at - head).find((n) => n >= 0 && same(bytesHead(n), data.slice(at, end - n)));
  demand(length !== undefined && data[end] === 0x58 && data[end + 1] === 0x40, code);
  const protectedHeader = join(before, [kid >> 8, kid & 255], after);
  return { kid, protectedHeader, payload: data.slice(end - length, end), signature: data.slice(-64) };
}

const toBeSigned = ({ protectedHeader, payload }, aad) => join([0x84, 0x6a], ascii("Signature1"), bytesHead(protectedHeader.length),
  protectedHeader, bytesHead(aad.length), aad, bytesHead(payload.length), payload);

// --- days

const bangkokDay = (instant) => new Date(instant + 7 * HOUR).toISOString().slice(0, 10);
const dayOf = (days) => new Date(Date.UTC(2020, 0, 1) + days * DAY).toISOString().slice(0, 10);

// --- the QR

function thaiText(value) {
  if (value instanceof Uint8Array && value.length) {
    demand(value.every((b) => (b >= 0x20 && b <= 0x7e) || (b >= 0xa1 && b <= 0xda) || (b >= 0xdf && b <= 0xfb)), "unreadable");
    return new TextDecoder("windows-874").decode(value);
  }
  demand(typeof value === "string" && value, "unreadable");
  demand(/[^\x20-\x7e\u0e01-\u0e3a\u0e3f-\u0e5b]/u.test(value), "unreadable"); // else it would have fitted
  return value;
}

function isJuristic(value) {
  const digits = String(value).padStart(13, "0");
  if (!Number.isSafeInteger(value) || value < 0 || digits.length !== 13 || /^[1-8]/.test(digits)) return false;
  const sum = [...digits].slice(0, 12).reduce((total, digit, at) => total + Number(digit) * (13 - at), 0);
  return (11 - (sum % 11)) % 10 === Number(digits[12]);
}

const isWhole = (value, most) => Number.isSafeInteger(value) && value >= 0 && value <= most;

function readClaims(payload) {
  const code = "unreadable", map = readCbor(payload, code);
  demand(map instanceof Map && [...map.keys()].every((key) => isWhole(key, 8) && key > 0), code);
  demand([1, 3, 4, 5, 6, 7, 8].every((key) => map.has(key)), code);
  const [year, running] = map.get(1), [list, index] = map.get(6), issued = map.get(4), expires = map.get(5);
  demand(map.get(1).length === 2 && isWhole(year, 499) && isWhole(running, 9_999_999) && running > 0, code);
  demand(map.get(6).length === 2 && isWhole(list, 9_999) && isWhole(index, LISTED - 1), code);
  demand(isWhole(issued, 100_000) && isWhole(expires, 100_000) && issued <= expires, code);
  demand(!map.has(2) || isJuristic(map.get(2)), code);
  thaiText(map.get(3));
  const lines = map.get(7);
  demand(Array.isArray(lines) && lines.length >= 1 && lines.length <= 200, code);
  if (lines.length === 1 && typeof lines[0] === "number") demand(isWhole(lines[0], 200) && lines[0] > 0, code);
  else for (const line of lines) {
    demand(Array.isArray(line) && line.length === 2 && isWhole(line[1], 99_999_999_999), code);
    thaiText(line[0]);
  }
  const digest = map.get(8);
  demand(digest instanceof Uint8Array && digest.length === 32, code);
  return {
    number: `MIT-${2500 + year}-${String(running).padStart(7, "0")}`, list, index,
    issuedOn: dayOf(issued), expiresOn: dayOf(expires), sha256: Buffer.from(digest).toString("hex"),
  };
}

async function openQr(text, keys) {
  const digits = /^(?:https?:\/\/\S+\/v[/#])?([0-9]+)$/.exec(text)?.[1] ?? "";
  demand(digits && digits.length <= 1_200 && digits[0] !== "0", "unreadable");
  const hex = BigInt(digits).toString(16);
  const data = new Uint8Array(Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex"));
  const opened = openSign1(data, [0xa2, 1, 0x26, 4, 0x42], [], "unreadable");
  const key = keys.find((one) => one.jwk.mit_kid === opened.kid);
  demand(key, "unknown_key");
  demand(await isSigned(key.jwk, toBeSigned(opened, ascii("MIT-QR-v1")), opened.signature), "bad_signature");
  return { key, ...readClaims(opened.payload) };
}

// --- the credential

async function openCredential(text, keys) {
  const token = parseJws(text, "vc+jwt");
  const key = keys.find((one) => one.jwk.kid === token.header.kid);
  demand(key, "unknown_key");
  demand(await isSigned(key.jwk, token.signed, token.signature), "bad_signature");
  const document = readJson(token.payload, "unreadable");
  const own = document.credentialSubject?.mitCertificate, status = document.credentialStatus;
  demand(own && Array.isArray(status) && status.length === 2, "unreadable");
  demand(document.validFrom === `${own.issued_on}T00:00:00+07:00` && document.validUntil === `${own.expires_on}T23:59:59+07:00`, "unreadable");
  const places = status.map((entry, at) => {
    const purpose = ["revocation", "suspension"][at];
    const list = new RegExp(`/status/${purpose}/(0|[1-9][0-9]{0,3})$`).exec(entry.statusListCredential)?.[1];
    demand(entry.statusPurpose === purpose && list && /^(0|[1-9][0-9]{0,5})$/.test(entry.statusListIndex), "unreadable");
    return `${list} ${entry.statusListIndex}`;
  });
  demand(places[0] === places[1] && Number(status[0].statusListIndex) < LISTED, "unreadable");
  const [list, index] = places[0].split(" ").map(Number);
  return { key, number: own.number.slice(0, -2), list, index, issuedOn: own.issued_on, expiresOn: own.expires_on, sha256: sha256(text) };
}

// --- keys, trust file, lists

function wasActive(key, on) {
  const begun = (day) => day !== null && day <= on;
  return begun(key.active_from_on) && !begun(key.verify_only_from_on) && !begun(key.retired_from_on);
}

async function readTrust(data) {
  const text = Buffer.from(data).toString("utf8").replace(/\n$/, "");
  const { signature, trust } = readJson(ascii(text), "trust_malformed");
  const at = Date.parse(trust.issued_at);
  const [head, tail] = signature.split("..");
  const token = parseJws(`${head}.${Buffer.from(canonical(trust)).toString("base64url")}.${tail}`, "mit-trust+jws", "trust_malformed");
  const signer = trust.keys.find((one) => one.jwk.kid === token.header.kid);
  demand(signer && signer.compromised_from_at === null && wasActive(signer, bangkokDay(at)), "trust_signature");
  demand(await isSigned(signer.jwk, token.signed, token.signature), "trust_signature");
  const known = { at, keys: trust.keys, records: trust.certificates, bits: new Map(), histories: new Map() };
  for (const list of trust.status_lists) await readList(ascii(list), known, { signature: "trust_signature", malformed: "trust_malformed" });
  return known;
}

const FILE_CODES = { signature: "status_file_signature", malformed: "status_file_malformed" };

async function readList(data, known, codes = FILE_CODES) {
  const isCwt = data[0] === 0xd2 && data[1] === 0x84;
  const text = Buffer.from(data).toString("latin1").trim();
  let opened, key, signed;
  if (isCwt) {
    const type = "application/statuslist+cwt";
    opened = openSign1(data, [0xa3, 1, 0x26, 4, 0x42], join([0x10, 0x78, type.length], ascii(type)), codes.malformed);
    key = known.keys.find((one) => one.jwk.mit_kid === opened.kid);
    signed = toBeSigned(opened, []);
  } else {
    let typ;
    try { typ = JSON.parse(Buffer.from(text.split(".")[0], "base64url")).typ; } catch { throw new Refused(codes.malformed); }
    opened = parseJws(text, typ === "mit-status-history+jwt" ? typ : "vc+jwt", codes.malformed);
    key = known.keys.find((one) => one.jwk.kid === opened.header.kid);
    signed = opened.signed;
  }
  demand(key && key.compromised_from_at === null && await isSigned(key.jwk, signed, opened.signature), codes.signature);
  const at = isCwt ? readTokenList(opened.payload, known, codes.malformed) : readJwtList(opened, known, codes.malformed);
  demand(wasActive(key, bangkokDay(at)), codes.signature);
}

function keep(map, place, piece) {
  if (!map.has(place) || map.get(place).at <= piece.at) map.set(place, piece);
}

function readTokenList(payload, known, code) {
  const claims = readCbor(payload, code), list = claims.get(65_533);
  const number = /\/status\/token\/(0|[1-9][0-9]{0,3})$/.exec(claims.get(2))?.[1];
  demand(number && list.get("bits") === 2, code);
  const packed = inflateSync(list.get("lst"), { maxOutputLength: 64 * 32_768 });
  demand(packed.length >= 32_768, code);
  const at = claims.get(6) * 1000, ends = claims.get(4) * 1000;
  const value = (index) => (packed[index >> 2] >> (2 * (index & 3))) & 3;
  keep(known.bits, `${number} revocation`, { at, ends, isSet: (index) => value(index) === 1 });
  keep(known.bits, `${number} suspension`, { at, ends, isSet: (index) => value(index) === 2 });
  return at;
}

function readJwtList({ header, payload }, known, code) {
  const document = readJson(payload, code), at = document.iat * 1000;
  if (header.typ === "mit-status-history+jwt") {
    keep(known.histories, String(document.list_number), { at, slots: document.slots });
    return at;
  }
  const { statusPurpose: purpose, encodedList } = document.credentialSubject;
  const [, said, number] = /\/status\/(revocation|suspension)\/(0|[1-9][0-9]{0,3})$/.exec(document.id) ?? [];
  demand(said && said === purpose && encodedList[0] === "u", code);
  const bits = gunzipSync(fromBase64url(encodedList.slice(1), code), { maxOutputLength: 64 * 16_384 });
  demand(bits.length >= 16_384, code);
  keep(known.bits, `${number} ${purpose}`, { at, ends: document.exp * 1000, isSet: (index) => Boolean(bits[index >> 3] & (0x80 >> (index & 7))) });
  return at;
}

// --- the verdict

function statusOf(known, shown, record) {
  const [revocation, suspension] = ["revocation", "suspension"].map((purpose) => known.bits.get(`${shown.list} ${purpose}`));
  const listedAt = revocation && suspension ? Math.min(revocation.at, suspension.at) : null;
  if (record && (listedAt === null || listedAt <= known.at)) return { at: known.at, ends: null, history: record.history };
  if (listedAt === null) return null;
  const published = known.histories.get(String(shown.list));
  const history = published && published.at >= listedAt ? published.slots[shown.index] ?? [{ on: shown.issuedOn, state: "active" }] : null;
  return { at: listedAt, ends: Math.min(revocation.ends, suspension.ends), history, revoked: revocation.isSet(shown.index), suspended: suspension.isSet(shown.index) };
}

function changeOn(history, on) {
  let deciding = null;
  for (const change of [...history].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))) {
    if (change.on > on || (deciding && ["revoked", "superseded", "withdrawn"].includes(deciding.state))) break;
    deciding = change;
  }
  return deciding;
}

function statusReason(status, on, today) {
  const isFuture = on > today, unknown = isFuture ? null : ["unknown", "no_status"];
  if (!status) return unknown;
  let state = null;
  if (on >= bangkokDay(status.at)) state = status.revoked ? "revoked" : status.suspended ? "suspended" : status.history ? null : "active";
  if (state === null && status.history) state = changeOn(status.history, isFuture ? today : on)?.state ?? null;
  if (state === null) return unknown;
  if (state === "active" || (isFuture && state === "suspended")) return null;
  return ["fail", state];
}

function judge(shown, known, on, now) {
  const today = bangkokDay(now), record = known.records.find((one) => one.number.slice(0, -2) === shown.number);
  const found = [];
  const { key } = shown, signedAt = record?.signed_at ? Date.parse(record.signed_at) : null;
  if (key.compromised_from_at !== null && (signedAt === null || signedAt >= Date.parse(key.compromised_from_at))) found.push(["fail", "key_compromised"]);
  else if (!wasActive(key, shown.issuedOn)) found.push(["fail", "key_not_active"]);
  if (record && (record.credential_sha256 !== shown.sha256 || record.kid !== key.jwk.mit_kid)) found.push(["fail", "altered"]);
  if (on < shown.issuedOn) found.push(["fail", "not_yet_in_force"]);
  else if (on > shown.expiresOn) found.push(["fail", "expired"]);
  else if (on > today) found.push(["unknown", "future_date"]);
  const status = statusOf(known, shown, record);
  if (on >= shown.issuedOn) found.push(statusReason(status, on, today));
  if (status) {
    const age = now - status.at;
    if (age < -5 * 60_000) found.push(["unknown", "clock_wrong"]);
    else if (age > 7 * DAY || (status.ends !== null && now > status.ends)) found.push(["unknown", "stale"]);
  }
  const counted = found.filter(Boolean);
  const verdict = counted.some(([outcome]) => outcome === "fail") ? "NOT_VALID" : counted.length ? "CANNOT_TELL" : "VALID";
  return { verdict, reasons: counted.map(([, reason]) => reason) };
}

// Answers what was shown by a trust file and lists fetched since; throws Refused where one of those is no good.
export async function verify({ shown, isCredential, trust, status, on, now }) {
  const known = await readTrust(trust);
  for (const list of status) {
    try { await readList(list, known); } catch (error) {
      throw error instanceof Refused ? error : new Refused(FILE_CODES.malformed);
    }
  }
  let opened;
  try {
    opened = isCredential ? await openCredential(shown, known.keys) : await openQr(shown, known.keys);
  } catch (error) {
    const reason = error instanceof Refused ? error.message : "unreadable";
    return { verdict: reason === "bad_signature" ? "NOT_VALID" : "CANNOT_TELL", reasons: [reason] };
  }
  return judge(opened, known, on ?? bangkokDay(now), now);
}
