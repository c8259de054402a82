// Days are texts `YYYY-MM-DD` (they sort as they follow), instants milliseconds since 1970.

const BANGKOK_MS = 7 * 3600_000;
const DAY_MS = 24 * 3600_000;
/** 9999-12-31T23:59:59Z; later instants cannot be held. */
export const LAST_SECOND = 253_402_300_799;
const ISO_DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

/** Return the calendar day in Bangkok of an instant. */
export const bangkokDay = (at) => new Date(at + BANGKOK_MS).toISOString().slice(0, 10);

/** Return day, hour and minute in Bangkok of an instant. */
export function bangkokMinute(at) {
  const text = new Date(at + BANGKOK_MS).toISOString();
  return { day: text.slice(0, 10), clock: text.slice(11, 16) };
}

/** Return an instant as UTC with whole seconds and `Z`. */
export const utcText = (at) => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Say whether `text` is a day that exists, in the common era. */
export function isDay(text) {
  if (typeof text !== "string" || !ISO_DAY.test(text) || text < "0001") return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

/** Return the instant that `text` writes as UTC with whole seconds, or null. */
export function readInstant(text) {
  if (typeof text !== "string" || !INSTANT.test(text)) return null;
  const at = Date.parse(text);
  return !Number.isNaN(at) && utcText(at) === text && isDay(text.slice(0, 10)) ? at : null;
}

/** Return the day that lies `days` after `first`. */
export const dayAfter = (first, days) => new Date(Date.parse(`${first}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
