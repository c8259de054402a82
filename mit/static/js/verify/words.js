// A verdict in words, Thai and English.  The sentences are the catalogue's, as the server gives them:
// `{th: {sentences: {key: text}, months: [12 short names]}, en: {…}}`; none stands here.
import { bangkokMinute } from "./days.js";

export const LANGUAGES = ["th", "en"];
const BE_OFFSET_YEARS = 543;
/** Signs that a page could obey instead of showing them: controls, directions, lone surrogates. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Return a day as people read it: `25 พ.ย. 2569`, `25 Nov 2026`. */
export function dayText(on, language, words) {
  const [year, month, day] = on.split("-").map(Number);
  return `${day} ${words[language].months[month - 1]} ${language === "th" ? year + BE_OFFSET_YEARS : year}`;
}

/** Return an instant as day and time in Bangkok. */
export function instantText(at, language, words) {
  const { day, clock } = bangkokMinute(at);
  return `${dayText(day, language, words)} ${clock}${language === "th" ? " น." : ""}`;
}

function shown(value, language, words) {
  if (typeof value === "string") return [...value].map((sign) => (UNPRINTABLE.test(sign) ? "\ufffd" : sign)).join("");
  if (value.on !== undefined) return dayText(value.on, language, words);
  if (value.at !== undefined) return instantText(value.at, language, words);
  if (value.because !== undefined) return say(`verify.because_${value.because}`, language, words);
  return String(value);
}

/** Return the sentence of a key with its places filled. */
export function say(key, language, words, params = {}) {
  const sentence = words[language].sentences[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(params, name) ? shown(params[name], language, words) : place));
}

/** Say whether both languages have a sentence of this key. */
const knows = (key, words) => LANGUAGES.every((language) => Object.hasOwn(words[language].sentences, key));

function findingText(finding, language, words) {
  const sentence = say(`verify.${finding.check}_${finding.wording || finding.reason}`, language, words, finding.params);
  const hint = finding.hint && `errors.${finding.hint.code}`;
  return hint && knows(hint, words) ? `${sentence} ${say(hint, language, words, finding.hint.params)}` : sentence;
}

/** Return the reason to act on: the first failure, else the first unknown, else `ok`. */
export function leadingReason(verdict) {
  const found = ["fail", "unknown"].map((outcome) => verdict.findings.find((one) => one.outcome === outcome));
  return found.find(Boolean)?.reason ?? "ok";
}

const inBoth = (write) => Object.fromEntries(LANGUAGES.map((language) => [language, write(language)]));

/** Return `verdict` with its sentences in both languages, as the service writes them. */
export function withWords(verdict, words) {
  return {
    ...verdict,
    findings: verdict.findings.map((one) => ({
      check: one.check, outcome: one.outcome, reason: one.reason, detail: inBoth((language) => findingText(one, language, words)),
    })),
    answer: inBoth((language) => say(`verify.answer_${verdict.verdict}`, language, words, { as_of: { on: verdict.as_of } })),
    advice: inBoth((language) => say(`verify.advice_${leadingReason(verdict)}`, language, words)),
    notice_details: verdict.notice_details.map(({ params, ...notice }) => ({
      ...notice, detail: inBoth((language) => say(`verify.notice_${notice.code}`, language, words, params)),
    })),
  };
}
