// The numbered checks; each looks at one question and answers with one finding.
// The rules are those of mit/verify/checks.py and showing.py, word for word; the contract decides.
import { bangkokDay, utcText } from "./days.js";
import { signatureCounts } from "./keys.js";

export const CHECKS = ["signature", "key", "integrity", "in_force", "status", "freshness", "log", "coverage"];
const HOUR_MS = 3600_000;
const FRESH_FOR_MS = 24 * HOUR_MS;
const USABLE_FOR_MS = 7 * 24 * HOUR_MS;
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const STOPS = ["suspended", "revoked", "superseded", "withdrawn"];
const FINAL = ["revoked", "superseded", "withdrawn", "expired"];
const CHANGE_REASONS = [
  "issued", "criteria_not_met", "wrong_information", "mark_misused", "under_investigation", "investigation_closed",
  "suspended_in_error", "issued_in_error", "key_compromised", "holder_asked", "holder_ceased", "replaced",
];

/** Return a finding; `params` fill its sentence: days as texts, instants as `{at}`, reasons of changes as `{because}`. */
export const finding = (check, outcome, reason, params = {}, wording = "") => ({ check, outcome, reason, params, wording, hint: null });
export const pass = (check, params, wording) => finding(check, "pass", "ok", params, wording);
const notChecked = (check, reason) => finding(check, "not_checked", reason);
const day = (on) => ({ on });
const instant = (at) => ({ at });

/** Return exactly one finding for each check, in order; a check never reached says so. */
export function inOrder(findings) {
  const unasked = { log: "no_log", coverage: "not_asked" };
  return CHECKS.map((check) => findings.findLast((one) => one.check === check) ?? notChecked(check, unasked[check] ?? "not_reached"));
}

export function checkKey(key, content, record) {
  if (!key) return finding("key", "unknown", "unknown_key");
  if (!content) return null;
  const reason = signatureCounts(key.dates, content.issuedOn, record?.signedAt ?? null);
  if (reason === "key_compromised") {
    return finding("key", "fail", reason, { compromised_at: instant(key.dates.compromisedAt) });
  }
  return finding("key", reason === "ok" ? "pass" : "fail", reason, { issued_on: day(content.issuedOn) });
}

export function checkIntegrity(key, content, record) {
  if (!content || !key) return null;
  if (!record) return notChecked("integrity", "no_record");
  const isSame = record.number === content.number && record.kid === key.kid && record.credentialSha256 === content.credentialSha256;
  return isSame ? pass("integrity") : finding("integrity", "fail", "altered");
}

export function checkInForce(content, on, today) {
  const days = { issued_on: day(content.issuedOn), expires_on: day(content.expiresOn) };
  if (on < content.issuedOn) return finding("in_force", "fail", "not_yet_in_force", days);
  if (on > content.expiresOn) return finding("in_force", "fail", "expired", days);
  if (on > today) return finding("in_force", "unknown", "future_date", days);
  return pass("in_force", days);
}

// Status ------------------------------------------------------------------------------------------

/** Return the history of a slot; one that never changed is active from its issue on.  Null where none may be used. */
function historyOf(list, slot, issuedOn) {
  if (!list.history || list.history.knownAt < list.knownAt) return null;
  const own = list.history.changes.get(slot.index);
  return own?.length ? own : [{ on: issuedOn, state: "active", reason: "" }];
}

/** Return what is known of a certificate's status, or null; the newer knowledge counts. */
export function statusKnown(trust, content) {
  const record = trust.records.get(content.number);
  const list = trust.shelf.list(content.slot.listNumber);
  if (record && (!list || list.knownAt <= trust.knownAt)) {
    return { knownAt: trust.knownAt, history: record.history, isRevoked: false, isSuspended: false, expiresAt: null };
  }
  if (!list) return null;
  return {
    knownAt: list.knownAt,
    history: historyOf(list, content.slot, content.issuedOn),
    isRevoked: list.revocation.isSet(content.slot.index),
    isSuspended: list.suspension.isSet(content.slot.index),
    expiresAt: list.expiresAt,
  };
}

/** Return the change that decides the state on a day; what a final state ended stays ended. */
function changeOn(history, on) {
  let deciding = null;
  for (const change of [...history].sort((a, b) => (a.on < b.on ? -1 : Number(a.on > b.on)))) {
    if (change.on > on || (deciding && FINAL.includes(deciding.state))) break;
    deciding = change;
  }
  return deciding;
}

function byBits(known, on) {
  if (on < bangkokDay(known.knownAt)) return null;
  if (known.isRevoked) return finding("status", "fail", "revoked", {}, "revoked_listed");
  if (known.isSuspended) return finding("status", "fail", "suspended", {}, "suspended_listed");
  return known.history === null ? pass("status") : null;
}

function byHistory(known, on, record) {
  const change = changeOn(known.history, on);
  if (!change) return null;
  const reason = change.state;
  if (!STOPS.includes(reason)) return reason === "active" ? pass("status") : null;
  const since = { since_on: day(change.on) };
  if (reason === "superseded" && record?.supersededBy) {
    return finding("status", "fail", reason, { ...since, superseded_by: record.supersededBy }, "superseded_by");
  }
  if (reason === "superseded" || !CHANGE_REASONS.includes(change.reason)) return finding("status", "fail", reason, since);
  return finding("status", "fail", reason, { ...since, because: { because: change.reason } }, `${reason}_because`);
}

export function checkStatus(known, on, today, record) {
  const isFuture = on > today;
  const open = isFuture ? notChecked("status", "future_date") : finding("status", "unknown", "no_status");
  if (!known) return open;
  const found = byBits(known, on) ?? (known.history && byHistory(known, isFuture ? today : on, record));
  if (!found) return open;
  return isFuture && (found.outcome === "pass" || found.reason === "suspended") ? open : found;
}

export function checkFreshness(known, now) {
  if (!known) return null;
  const at = { known_at: instant(known.knownAt) };
  const age = now - known.knownAt;
  if (age < -CLOCK_TOLERANCE_MS) return finding("freshness", "unknown", "clock_wrong", at);
  const isOver = known.expiresAt !== null && now > known.expiresAt;
  if (age > USABLE_FOR_MS || isOver) return finding("freshness", "unknown", "stale", at);
  return age <= FRESH_FOR_MS ? pass("freshness") : pass("freshness", at, "aged");
}

// Notices, and what may be compared with the paper --------------------------------------------------

function laterNotices(known, content, on, today) {
  if (!known?.history) return [];
  const later = known.history.filter((change) => on < change.on && change.on <= today);
  const final = later.find((change) => FINAL.includes(change.state));
  if (final) return [{ code: `later_${final.state}`, params: { since_on: day(final.on) } }];
  const isStill = later.length > 0 && today <= content.expiresOn && changeOn(known.history, today)?.state === "suspended";
  return isStill ? [{ code: "later_suspended", params: { since_on: day(later.at(-1).on) } }] : [];
}

/** Return what to know beside the answer, in the order in which it matters. */
export function noticesOf(key, content, known, findings, { on, today }) {
  if (!content || !key) return [];
  const found = [];
  if (findings.some((one) => one.wording === "aged")) found.push({ code: "stale", params: { known_at: instant(known.knownAt) } });
  found.push(...laterNotices(known, content, on, today));
  if (on <= content.expiresOn && content.expiresOn < today) {
    found.push({ code: "since_expired", params: { expires_on: day(content.expiresOn) } });
  }
  const isKeyGood = findings.some(({ check, outcome }) => check === "key" && outcome === "pass");
  if (isKeyGood && key.dates.compromisedAt !== null) found.push({ code: "key_since_compromised", params: {} });
  if (key.isSample) found.push({ code: "sample", params: {} });
  return found;
}

function statusShown(content, known, findings, on) {
  const found = findings.find(({ check }) => check === "status");
  if (!found || !known) return null;
  if (found.outcome === "fail" && found.reason !== "suspended") return found.reason;
  if (on > content.expiresOn) return "expired";
  if (found.outcome === "pass") return "active";
  return found.outcome === "fail" ? found.reason : null;
}

/** Return what the signature vouches for; null where it does not. */
export function certificateShown(content, record, known, findings, on) {
  const isUnvouched = findings.some(({ check, outcome }) => outcome === "fail" && ["signature", "key", "integrity"].includes(check));
  if (!content || isUnvouched) return null;
  return {
    number: content.number,
    holder: { name_th: content.nameTh, name_en: content.nameEn, juristic_number: content.juristicNumber },
    products: content.products,
    product_count: content.productCount,
    issued_on: content.issuedOn,
    expires_on: content.expiresOn,
    status: statusShown(content, known, findings, on),
    supersedes: record?.supersedes ?? null,
    superseded_by: record?.supersededBy ?? null,
  };
}

const plain = (value) => (typeof value === "string" ? value : (value.on ?? utcText(value.at)));

/** Return the params of a notice for machines: days and instants as texts. */
export const plainParams = (params) => Object.fromEntries(Object.entries(params).map(([name, value]) => [name, plain(value)]));
