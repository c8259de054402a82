// Strict CBOR (RFC 8949 section 4.2.1): shortest heads, definite lengths, keys in order, none twice.
// Only what our claims are made of: whole numbers, bytes, text, lists and maps.
import { Refusal, demand, utf8 } from "./spelling.js";

const NOT_CBOR = "qr_claims_cbor";
const NOT_CANONICAL = "qr_claims_not_canonical";
const DEEPEST = 16;
const LEAST = [24n, 256n, 65_536n, 4_294_967_296n];

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(length) {
    demand(length <= this.bytes.length - this.at, NOT_CBOR);
    return this.bytes.subarray(this.at, (this.at += length));
  }

  /** Return major type and argument of the next head; numbers beyond 2^53 stay BigInt, so no check takes them. */
  head() {
    const first = this.take(1)[0];
    const more = first & 31;
    if (more < 24) return [first >> 5, more];
    demand(more < 28, NOT_CBOR);
    const value = this.take(1 << (more - 24)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    demand(value >= LEAST[more - 24], NOT_CANONICAL);
    return [first >> 5, value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value];
  }

  item(depth) {
    demand(depth < DEEPEST, NOT_CBOR);
    const [major, argument] = this.head();
    if (major === 0) return argument;
    if (major === 1) return typeof argument === "bigint" ? -1n - argument : -1 - argument;
    if (major === 2) return this.take(argument).slice();
    if (major === 3) return utf8(this.take(argument), NOT_CBOR);
    demand(argument <= this.bytes.length - this.at, NOT_CBOR); // each entry takes a byte at least
    if (major === 4) return Array.from({ length: Number(argument) }, () => this.item(depth + 1));
    demand(major === 5, NOT_CBOR);
    return this.map(argument, depth);
  }

  map(size, depth) {
    const members = new Map();
    let before = null;
    for (let n = 0; n < size; n++) {
      const begin = this.at;
      const name = this.item(depth + 1);
      demand(typeof name === "number" || typeof name === "string", NOT_CBOR);
      const spelled = this.bytes.subarray(begin, this.at);
      demand(before === null || isBefore(before, spelled), NOT_CANONICAL);
      before = spelled;
      members.set(name, this.item(depth + 1));
    }
    return members;
  }
}

/** Say whether a key's spelling stands in front of another's: the shorter one, then byte by byte. */
function isBefore(one, other) {
  if (one.length !== other.length) return one.length < other.length;
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return at >= 0 && one[at] < other[at];
}

/** Return the value in `bytes`; a map as a Map. */
export function readCbor(bytes) {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (reader.at !== bytes.length) throw new Refusal(NOT_CANONICAL);
  return value;
}

/** Return the shortest head of a byte string of `length` bytes. */
export function bytesHead(length) {
  if (length < 24) return Uint8Array.of(0x40 + length);
  if (length < 0x100) return Uint8Array.of(0x58, length);
  if (length < 0x10000) return Uint8Array.of(0x59, length >> 8, length & 255);
  return Uint8Array.of(0x5a, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255);
}
