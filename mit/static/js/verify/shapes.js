// Members of a signed JSON document, read strictly; a wrong one refuses the whole document.
import { isDay, readInstant } from "./days.js";
import { demand, hasExactly, isObject } from "./spelling.js";

const MALFORMED = "trust_malformed";
const STATES = ["prepared", "active", "suspended", "revoked", "superseded", "withdrawn", "expired"];

/** Return a member of its own, whatever it is. */
const own = (document, name) => (Object.hasOwn(document, name) ? document[name] : undefined);

/** Return a member that is so by `isSo`. */
export function at(document, name, isSo) {
  const value = own(document, name);
  demand(isSo(value), MALFORMED);
  return value;
}

export const isText = (value) => typeof value === "string";
const isDigest = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);
const orNull = (isSo) => (value) => value === null || isSo(value);

export const textAt = (document, name) => at(document, name, isText);
export const listAt = (document, name) => at(document, name, Array.isArray);
export const wholeAt = (document, name) => at(document, name, (value) => Number.isSafeInteger(value) && value >= 0);
export const digestAt = (document, name) => at(document, name, isDigest);
export const digestOrNullAt = (document, name) => at(document, name, orNull(isDigest));
export const dayOrNullAt = (document, name) => at(document, name, orNull(isDay));

/** Return an instant in milliseconds. */
export const instantAt = (document, name) => readInstant(at(document, name, (value) => readInstant(value) !== null));

/** Return an instant in milliseconds, or null where the member is null. */
export function instantOrNullAt(document, name) {
  return at(document, name, orNull((value) => readInstant(value) !== null)) === null ? null : instantAt(document, name);
}

/** Return a dated status history, its days in order. */
export function readHistory(entries) {
  demand(Array.isArray(entries), MALFORMED);
  const changes = entries.map((change) => {
    demand(isObject(change) && hasExactly(change, ["on", "state", "reason"]), MALFORMED);
    demand(isDay(change.on) && STATES.includes(change.state) && isText(change.reason), MALFORMED);
    return change;
  });
  demand(changes.every((change, n) => n === 0 || changes[n - 1].on <= change.on), MALFORMED);
  return changes;
}
