// Status lists and their dated histories, in every form that is published; the newest of each kind counts.
// The rules are those of mit/verify/published_lists.py, mit/credential/status_list.py and token_list.py.
import { readCbor } from "./cbor.js";
import { CREDENTIAL_TYP, PURPOSES } from "./credential.js";
import { LAST_SECOND } from "./days.js";
import { demandSigned, keyNamed, mayVouch } from "./keys.js";
import { SLOTS_IN_A_LIST } from "./qr.js";
import { readHistory, wholeAt } from "./shapes.js";
import { isCose, openTokenList, parseToken } from "./signature.js";
import { Refusal, demand, fromBase64url, isObject, orElse, readCanonical, utf8 } from "./spelling.js";

const HISTORY_TYP = "mit-status-history+jwt";
const MALFORMED = "status_list_malformed";
const MOST_LISTS = 64;
const ADDRESS = /^[^ \t\n\r\f\v]{1,300}\/status\/(revocation|suspension|token)\/(0|[1-9][0-9]{0,3})$/u;
const VALUE_OF_PURPOSE = { revocation: 1, suspension: 2 };

/** Return what `packed` inflates to; nothing larger than `mostBytes` is ever held. */
async function inflated(packed, format, mostBytes) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const pieces = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      demand(size <= mostBytes, MALFORMED);
      pieces.push(next.value);
    }
  } catch {
    reader.cancel().catch(() => {});
    throw new Refusal(MALFORMED);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

function epoch(value) {
  demand(Number.isSafeInteger(value) && value >= 0 && value <= LAST_SECOND, MALFORMED);
  return value * 1000;
}

function place(address, kinds) {
  const match = ADDRESS.exec(typeof address === "string" ? address : "");
  demand(match !== null && kinds.includes(match[1]), MALFORMED);
  return { kind: match[1], listNumber: Number(match[2]) };
}

/** Return a bitstring list: first slot in the highest bit. */
async function readBitstring(payload) {
  const document = orElse(MALFORMED, () => readCanonical(payload));
  const subject = isObject(document) ? document.credentialSubject : undefined;
  const { kind, listNumber } = place(document?.id, PURPOSES);
  demand(isObject(subject) && subject.statusPurpose === kind, MALFORMED);
  const encoded = subject.encodedList;
  demand(typeof encoded === "string" && encoded.startsWith("u"), MALFORMED);
  const least = SLOTS_IN_A_LIST / 8;
  const bits = await inflated(fromBase64url(encoded.slice(1), MALFORMED), "gzip", MOST_LISTS * least);
  demand(bits.length >= least, MALFORMED);
  const isSet = (index) => Boolean(bits[index >> 3] & (0x80 >> (index & 7)));
  return [{ purpose: kind, listNumber, isSet, issuedAt: epoch(document.iat), expiresAt: epoch(document.exp) }];
}

/** Return a token list as one list of bits for each purpose: first slot in the lowest bits. */
async function readTokenList(payload) {
  const claims = orElse(MALFORMED, () => readCbor(payload));
  const list = claims instanceof Map ? claims.get(65_533) : undefined;
  demand(list instanceof Map && Number.isSafeInteger(claims.get(65_534)), MALFORMED);
  const { listNumber } = place(claims.get(2), ["token"]);
  demand(list.get("bits") === 2 && list.get("lst") instanceof Uint8Array, MALFORMED);
  const least = SLOTS_IN_A_LIST / 4;
  const packed = await inflated(list.get("lst"), "deflate", MOST_LISTS * least);
  demand(packed.length >= least && packed.length % 2 === 0, MALFORMED);
  demand(packed.every((byte) => (byte & (byte >> 1) & 0x55) === 0), MALFORMED); // the value 3 is nobody's
  const [issuedAt, expiresAt] = [epoch(claims.get(6)), epoch(claims.get(4))];
  return PURPOSES.map((purpose) => {
    const isSet = (index) => ((packed[index >> 2] >> (2 * (index & 3))) & 3) === VALUE_OF_PURPOSE[purpose];
    return { purpose, listNumber, isSet, issuedAt, expiresAt };
  });
}

function readHistoryList(payload) {
  const document = readCanonical(payload);
  demand(isObject(document) && document.format === "mit-status-history/1", "trust_malformed");
  const slots = document.slots;
  demand(isObject(slots), "trust_malformed");
  const changes = new Map();
  for (const name of Object.keys(slots)) {
    demand(/^(0|[1-9][0-9]{0,5})$/.test(name) && Number(name) < SLOTS_IN_A_LIST, "trust_malformed");
    changes.set(Number(name), readHistory(slots[name]));
  }
  const seconds = wholeAt(document, "iat");
  demand(seconds <= LAST_SECOND, "trust_malformed");
  return { listNumber: wholeAt(document, "list_number"), knownAt: seconds * 1000, changes };
}

function typeOf(text) {
  try {
    const header = readCanonical(fromBase64url(text.split(".")[0].slice(0, 2_000), "token_base64url"));
    return isObject(header) ? header.typ : "";
  } catch {
    return "";
  }
}

/** Pieces that were read, the newest of each kind. */
export class Shelf {
  constructor() {
    this.bits = new Map();
    this.histories = new Map();
  }

  /** Put a published piece of any form here, after its signature and every shape were checked. */
  async read(piece, keys) {
    if (isCose(piece)) {
      const envelope = openTokenList(piece);
      await demandSigned(keys.get(envelope.kid), envelope);
      return this.#putBits(await readTokenList(envelope.payload), keys.get(envelope.kid));
    }
    const text = utf8(piece, "trust_malformed");
    const isHistory = typeOf(text) === HISTORY_TYP;
    const token = parseToken(text, isHistory ? HISTORY_TYP : CREDENTIAL_TYP);
    const key = keyNamed(keys, token.header.kid);
    await demandSigned(key, token);
    return isHistory ? this.#putHistory(readHistoryList(token.payload), key) : this.#putBits(await readBitstring(token.payload), key);
  }

  #putBits(lists, key) {
    for (const list of lists) {
      demand(mayVouch(key, list.issuedAt), "trust_signature");
      const held = this.bits.get(`${list.purpose}/${list.listNumber}`);
      if (!held || held.issuedAt <= list.issuedAt) this.bits.set(`${list.purpose}/${list.listNumber}`, list);
    }
  }

  #putHistory(history, key) {
    demand(mayVouch(key, history.knownAt), "trust_signature");
    const held = this.histories.get(history.listNumber);
    if (!held || held.knownAt <= history.knownAt) this.histories.set(history.listNumber, history);
  }

  /** Return what is known of a list, or null where one of its purposes is missing. */
  list(listNumber) {
    const [revocation, suspension] = PURPOSES.map((purpose) => this.bits.get(`${purpose}/${listNumber}`));
    if (!revocation || !suspension) return null;
    return {
      revocation, suspension,
      knownAt: Math.min(revocation.issuedAt, suspension.issuedAt),
      expiresAt: Math.min(revocation.expiresAt, suspension.expiresAt),
      history: this.histories.get(listNumber) ?? null,
    };
  }
}
