// The verifier of a page or a script without network.  It asks nobody and remembers nothing.
//
//   import { judge, readBundle } from "./judge.js";
//   const bundle = await readBundle(bytes);             // the signed trust file, as fetched (Uint8Array)
//   const verdict = await judge(text, bundle, { now, on, words });
//
//   text    what was scanned, typed or read from a `.jwt`: QR text, its digits, a certificate number, the
//           address of a certificate's page, or a credential.
//   bundle  null where nothing is known yet: every signature then comes from an unknown key.
//   now     instant in milliseconds, Date.now() unless given.       on  Bangkok day "YYYY-MM-DD", today unless given.
//   words   the sentences of words.js; without them the verdict has codes alone.
//   publicUrl  the address of the service; with it, one that was shown and is not ours gets its notice.
//
// The answer is the JSON verdict of the contract, member for member that of `mit verify TEXT --trust BUNDLE`:
// {verdict, reasons, notices, findings, certificate, as_of, known_at, …}.  A bundle that is no good throws a
// Refusal with a code `trust_…` (`status_file_…` for lists fetched beside it) and must not be used at all.
import { readAddress, spelledOut } from "./address.js";
import {
  certificateShown, checkFreshness, checkInForce, checkIntegrity, checkKey, checkStatus, finding, inOrder, noticesOf,
  pass, plainParams, statusKnown,
} from "./checks.js";
import { readCredential } from "./credential.js";
import { bangkokDay, isDay, utcText } from "./days.js";
import { keyNamed } from "./keys.js";
import { stripped } from "./numbers.js";
import { readClaims } from "./qr.js";
import { readShown } from "./shown.js";
import { isSignedBy } from "./signature.js";
import { Refusal } from "./spelling.js";
import { addLists, readTrust } from "./trust.js";
import { withWords } from "./words.js";

export { Refusal } from "./spelling.js";
export { whyNotInPlaceOf } from "./trust.js";

/** Return what a signed trust file and lists fetched beside it (bytes each) say, to judge by. */
export async function readBundle(bytes, lists = []) {
  return addLists(await readTrust(bytes), lists);
}

const NOTHING_KNOWN = { keys: new Map(), records: new Map(), shelf: { list: () => null } };

/** Return the verdict on what was shown, by what `bundle` knows. */
export async function judge(text, bundle, { now = Date.now(), on = null, words = null, publicUrl = "" } = {}) {
  if (on !== null && !isDay(on)) throw new RangeError("on is not a day YYYY-MM-DD");
  const trust = bundle ?? { ...NOTHING_KNOWN, knownAt: now };
  const today = bangkokDay(now);
  const shown = readShown(text);
  const judged = await judgeShown(shown, trust, { now, today, on: on ?? today });
  const verdict = withAddress(judged, shown, text, publicUrl);
  return words ? withWords(verdict, words) : verdict;
}

/** Add what is to be known where something of ours was shown inside an address that is not. */
function withAddress(verdict, { kind }, text, publicUrl) {
  const address = publicUrl && ["qr", "number"].includes(kind) ? readAddress(text, publicUrl) : null;
  if (address?.whose !== "foreign") return verdict;
  const scheme = spelledOut(stripped(text).split(":")[0].toLowerCase());
  const params = { address: `${scheme}://${address.before}${address.owner}`, genuine: publicUrl };
  return {
    ...verdict,
    notices: [...verdict.notices, "foreign_host"],
    notice_details: [...verdict.notice_details, { code: "foreign_host", ...params, params }],
  };
}

async function judgeShown(shown, trust, question) {
  if (shown.kind === "unreadable") return refusal(unreadable(shown.hint), trust, question);
  if (shown.kind === "number") {
    return refusal(finding("integrity", "unknown", "unreachable", { number: shown.number }), trust, question);
  }
  return judgeOpened(await open(shown, trust), trust, question);
}

/** Check 1, the signature; nothing of the content is read before it is good. */
async function open(shown, trust) {
  const isQr = shown.kind === "qr";
  const { signed, signature, payload } = isQr ? shown.envelope : shown.token;
  const key = isQr ? trust.keys.get(shown.envelope.kid) : keyNamed(trust.keys, shown.token.header.kid);
  if (!key) return { finding: finding("signature", "not_checked", "unknown_key") };
  if (!(await isSignedBy(key.key, signed, signature))) return { finding: finding("signature", "fail", "bad_signature"), key };
  try {
    const content = isQr ? readClaims(payload) : await readCredential(payload, shown.text);
    return { finding: pass("signature"), key, content };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { finding: unreadable(error), key };
  }
}

function judgeOpened({ finding: first, key, content }, trust, question) {
  const { now, on, today } = question;
  const record = content && trust.records.get(content.number);
  const findings = [first, checkKey(key, content, record), checkIntegrity(key, content, record)];
  const known = content ? statusKnown(trust, content) : null;
  if (content) {
    findings.push(checkInForce(content, on, today));
    if (on >= content.issuedOn) findings.push(checkStatus(known, on, today, record));
    findings.push(checkFreshness(known, now));
  }
  const asked = findings.filter(Boolean);
  const notices = noticesOf(key, content, known, asked, question);
  const certificate = certificateShown(content, record, known, asked, on);
  return answer(inOrder(asked), notices, certificate, question, known?.knownAt ?? trust.knownAt);
}

const unreadable = (hint) => ({ ...finding("signature", "unknown", "unreadable"), hint: { code: hint.code, params: hint.params } });
const refusal = (only, trust, question) => answer(inOrder([only]), [], null, question, trust.knownAt);

/** Put the verdict together: any failure is NOT_VALID, else anything unknown CANNOT_TELL. */
function answer(findings, notices, certificate, { on }, knownAt) {
  const outcomes = new Set(findings.map(({ outcome }) => outcome));
  return {
    verdict: outcomes.has("fail") ? "NOT_VALID" : outcomes.has("unknown") ? "CANNOT_TELL" : "VALID",
    reasons: findings.filter(({ outcome }) => ["fail", "unknown"].includes(outcome)).map(({ reason }) => reason),
    notices: notices.map(({ code }) => code),
    findings,
    certificate,
    as_of: on,
    known_at: utcText(knownAt),
    notice_details: notices.map(({ code, params }) => ({ code, ...plainParams(params), params })),
  };
}
