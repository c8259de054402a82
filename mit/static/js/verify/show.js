// A verdict as a page: the answer in words, sign and colour, each finding, what to compare with the paper.
// Everything is put in as text; the signs are cloned out of the page's own templates.
import { bangkokDay } from "./days.js";
import { dayText, instantText, leadingReason, say } from "./words.js";

const PARTS_OF_HS = [4, 6, 8, 11];

/** Return an element with a class and children (texts or elements). */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const cloned = (id) => document.getElementById(id).content.cloneNode(true);
const inLanguage = (lang, text) => Object.assign(element("span", "", text), { lang });

export class Showing {
  constructor(language, words) {
    this.language = language;
    this.words = words;
  }

  t(key, params = {}) {
    return say(key, this.language, this.words, params);
  }

  longDay(on) {
    const [year, month, day] = on.split("-").map(Number);
    const name = this.words[this.language].long_months[month - 1];
    return this.language === "th" ? `${day} ${name} พ.ศ. ${year + 543}` : `${day} ${name} ${year}`;
  }

  /** Return the whole answer as one element. */
  answer(verdict, now) {
    const parts = [this.panel(verdict, now)];
    if (verdict.notice_details.length) parts.push(this.notices(verdict.notice_details));
    if (verdict.verdict !== "VALID") parts.push(this.next(verdict));
    const columns = element("div", verdict.certificate ? "columns columns-two" : "columns", this.checks(verdict));
    if (verdict.certificate) columns.append(this.compare(verdict.certificate));
    return element("div", "sheet", ...parts, columns);
  }

  panel(verdict, now) {
    const reason = `web.reason_${leadingReason(verdict)}`;
    const known = Object.hasOwn(this.words[this.language].sentences, reason) ? reason : "web.reason_other";
    const title = element("h2", "answer-word", this.t(`verify.word_${verdict.verdict}`));
    title.id = "answer";
    const when = verdict.as_of === bangkokDay(now) ? "web.as_of_today" : "web.as_of";
    const knownAt = this.t("web.known_at", { instant: instantText(Date.parse(verdict.known_at), this.language, this.words) });
    const words = element("div", "answer-words", title, element("p", "answer-reason", this.t(known)));
    if (verdict.certificate) words.append(element("p", "answer-number", verdict.certificate.number));
    const day = this.t(when, { day: dayText(verdict.as_of, this.language, this.words) });
    words.append(element("p", "answer-when", day, " ", element("span", "answer-known", knownAt)));
    const panel = element("section", `answer answer-${verdict.verdict}`, cloned(`sign-${verdict.verdict}`), words);
    panel.setAttribute("aria-labelledby", "answer");
    return panel;
  }

  notices(notices) {
    const lines = notices.map(({ detail }) => element("li", "", detail[this.language]));
    return element("section", "notices", element("ul", "", ...lines));
  }

  next(verdict) {
    const parts = [element("h3", "", this.t("verify.label_next"))];
    if (verdict.verdict === "CANNOT_TELL") parts.push(element("p", "", this.t("web.meaning_CANNOT_TELL")));
    return element("section", "next", ...parts, element("p", "", verdict.advice[this.language]), cloned("call"));
  }

  checks(verdict) {
    const isChecked = ({ outcome }) => outcome !== "not_checked";
    const inOrder = [...verdict.findings.filter(isChecked), ...verdict.findings.filter((one) => !isChecked(one))];
    const rows = inOrder.map((finding) => this.finding(finding));
    return element("section", "checks", element("h3", "", this.t("offline.checks")), element("ul", "findings", ...rows));
  }

  finding({ check, outcome, detail }) {
    const name = element("span", "finding-name", this.t(`verify.check_${check}`));
    const said = element("span", "finding-outcome", this.t(`verify.outcome_${outcome}`));
    const words = element("div", "", element("p", "finding-head", name, " ", said), element("p", "finding-detail", detail[this.language]));
    return element("li", `finding finding-${outcome}`, cloned(`outcome-${outcome}`), words);
  }

  compare(certificate) {
    const { holder, issued_on: issuedOn, expires_on: expiresOn, status } = certificate;
    const names = [inLanguage("th", holder.name_th)];
    if (holder.name_en) names.push(element("br"), inLanguage("en", holder.name_en));
    const number = this.fact("number", certificate.number, "fact-number");
    const count = this.fact("products", String(certificate.product_count));
    const before = element("dl", "facts", number, this.fact("holder", element("span", "", ...names)));
    if (holder.juristic_number) before.append(this.fact("juristic_number", shownTaxNumber(holder.juristic_number), "digits"));
    before.append(count);
    const after = element("dl", "facts", this.fact("issued_on", this.longDay(issuedOn)), this.fact("expires_on", this.longDay(expiresOn)));
    if (status) after.append(this.fact("status", this.t(`verify.state_${status}`)));
    const products = element("ol", "products", ...certificate.products.map((entry) => this.product(entry)));
    const hint = element("p", "hint", this.t("offline.compare_hint"));
    return element("section", "compare", element("h3", "", this.t("verify.compare")), hint, before, products, after);
  }

  fact(label, value, className = "") {
    return element("div", "", element("dt", "", this.t(`verify.label_${label}`)), element("dd", className, value));
  }

  product(entry) {
    const name = element("p", "product-name", inLanguage("th", entry.product_th));
    if (entry.product_en) name.append(" ", inLanguage("en", entry.product_en));
    const facts = element("dl", "product-facts");
    if (entry.brand) facts.append(element("div", "", element("dt", "", this.t("offline.brand")), element("dd", "", entry.brand)));
    if (entry.models.length) facts.append(this.fact("model", entry.models.join(", ")));
    for (const span of entry.ranges) {
      facts.append(element("div", "", element("dt", "", this.t("offline.ranges")), element("dd", "", rangeText(span))));
    }
    facts.append(this.fact("hs_code", shownHsCode(entry.hs_code), "digits"));
    return element("li", "product", ...(name.textContent.trim() ? [name] : []), facts);
  }
}

const shownTaxNumber = (n) => [n[0], n.slice(1, 3), n[3], n.slice(4, 7), n.slice(7, 12), n[12]].join("-");

function shownHsCode(digits) {
  return PARTS_OF_HS.map((end, at) => digits.slice(PARTS_OF_HS[at - 1] ?? 0, end)).filter(Boolean).join(".");
}

/** Return a range as `1.5 ≤ property < 400 unit`; an open end is left out. */
function rangeText({ property, unit, from, to, from_included: fromIncluded, to_included: toIncluded }) {
  const low = from === null ? "" : `${from} ${fromIncluded ? "≤" : "<"} `;
  const high = to === null ? "" : ` ${toIncluded ? "≤" : "<"} ${to}`;
  return `${low}${property}${high} ${unit}`.trim();
}
