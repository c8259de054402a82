// What a full credential (`vc+jwt`) says, read back from its signed bytes, each member's kind demanded.
// The rules are those of mit/credential/vc.py and coverage.py.
import { isDay } from "./days.js";
import { isCertificateNumber, isHsCode } from "./numbers.js";
import { SLOTS_IN_A_LIST } from "./qr.js";
import { Refusal, demand, hasExactly, hex, isObject, orElse, readCanonical, sha256 } from "./spelling.js";

export const CREDENTIAL_TYP = "vc+jwt";
export const PURPOSES = ["revocation", "suspension"];
const MALFORMED = "credential_malformed";
const LARGEST_LIST = 9_999;
const ENTRY_MEMBERS = ["product_th", "product_en", "brand", "models", "hs_code", "ranges"];
const RANGE_MEMBERS = ["property", "unit", "from", "to", "from_included", "to_included"];
const DECIMAL = /^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/;

const own = (document, name) => (isObject(document) && Object.hasOwn(document, name) ? document[name] : undefined);

function textAt(document, name) {
  const value = own(document, name);
  demand(typeof value === "string", MALFORMED, { where: name });
  return value;
}

function memberAt(document, name) {
  const value = own(document, name);
  demand(isObject(value), MALFORMED, { where: name });
  return value;
}

// Coverage ----------------------------------------------------------------------------------------

/** Return a decimal text as millionths, to be compared without rounding. */
function millionths(text) {
  const [whole, part = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + part.padEnd(6, "0"));
  return text.startsWith("-") ? -value : value;
}

function isRange(span) {
  if (!isObject(span) || !hasExactly(span, RANGE_MEMBERS)) return false;
  const ends = [span.from, span.to].filter((end) => end !== null);
  const isShaped =
    typeof span.property === "string" && typeof span.unit === "string" &&
    typeof span.from_included === "boolean" && typeof span.to_included === "boolean" &&
    ends.length > 0 && ends.every((end) => typeof end === "string" && DECIMAL.test(end));
  if (!isShaped || ends.length < 2) return isShaped;
  const [low, high] = ends.map(millionths);
  return low < high || (low === high && span.from_included && span.to_included);
}

/** Return a coverage entry with its members in the order in which answers are read. */
function readCoverage(entry, where) {
  demand(hasExactly(entry, ENTRY_MEMBERS), MALFORMED, { where });
  const isText = (value) => typeof value === "string";
  demand([entry.product_th, entry.product_en, entry.brand].every(isText), MALFORMED, { where });
  demand(Array.isArray(entry.models) && entry.models.every((model) => isText(model) && model), MALFORMED, { where });
  demand(isHsCode(entry.hs_code), MALFORMED, { where });
  demand(Array.isArray(entry.ranges) && entry.ranges.every(isRange), MALFORMED, { where });
  const inOrder = (document, names) => Object.fromEntries(names.map((name) => [name, document[name]]));
  return { ...inOrder(entry, ENTRY_MEMBERS), ranges: entry.ranges.map((span) => inOrder(span, RANGE_MEMBERS)) };
}

function readProducts(subject) {
  const assessments = own(subject, "assessment");
  demand(Array.isArray(assessments) && assessments.length > 0, MALFORMED, { where: "assessment" });
  return assessments.map((one, at) => readCoverage(memberAt(one, "mitCoverage"), `assessment[${at + 1}].mitCoverage`));
}

// The rest ----------------------------------------------------------------------------------------

function whole(text, most) {
  const isSo = /^(0|[1-9][0-9]{0,5})$/.test(text) && Number(text) <= most;
  demand(isSo, MALFORMED, { where: "credentialStatus" });
  return Number(text);
}

const behind = (text, mark) => (text.includes(mark) ? text.slice(text.lastIndexOf(mark) + mark.length) : text);

/** Return the place in the status lists: both entries name the same. */
function readSlot(document) {
  const entries = own(document, "credentialStatus");
  demand(Array.isArray(entries) && entries.length === PURPOSES.length, MALFORMED, { where: "credentialStatus" });
  const slots = PURPOSES.map((purpose, at) => {
    const list = behind(textAt(entries[at], "statusListCredential"), `/status/${purpose}/`);
    const index = textAt(entries[at], "statusListIndex");
    demand(textAt(entries[at], "statusPurpose") === purpose, MALFORMED, { where: "statusPurpose" });
    return { listNumber: whole(list, LARGEST_LIST), index: whole(index, SLOTS_IN_A_LIST - 1) };
  });
  const isOne = slots.every(({ listNumber, index }) => listNumber === slots[0].listNumber && index === slots[0].index);
  demand(isOne, MALFORMED, { where: "credentialStatus" });
  return slots[0];
}

function readDays(document, certificate) {
  const [issuedOn, expiresOn] = ["issued_on", "expires_on"].map((name) => {
    const day = textAt(certificate, name);
    demand(isDay(day), MALFORMED, { where: name });
    return day;
  });
  demand(textAt(document, "validFrom") === `${issuedOn}T00:00:00+07:00`, MALFORMED, { where: "validFrom" });
  demand(textAt(document, "validUntil") === `${expiresOn}T23:59:59+07:00`, MALFORMED, { where: "validUntil" });
  demand(issuedOn <= expiresOn, MALFORMED, { where: "expires_on" });
  return { issuedOn, expiresOn };
}

/** Return what a credential says **whose signature is good**; `text` is the whole token. */
export async function readCredential(payload, text) {
  const document = orElse(MALFORMED, () => readCanonical(payload));
  if (!isObject(document)) throw new Refusal(MALFORMED, { where: "credentialSubject" });
  const subject = memberAt(document, "credentialSubject");
  const certificate = memberAt(subject, "mitCertificate");
  const holder = memberAt(certificate, "holder");
  const days = readDays(document, certificate);
  const number = textAt(certificate, "number");
  demand(isCertificateNumber(number), MALFORMED, { where: "number" });
  const nameTh = textAt(holder, "name_th");
  const nameEn = textAt(holder, "name_en") || null;
  const hasNone = [undefined, null, "", false, 0].includes(own(holder, "juristic_number"));
  const juristicNumber = hasNone ? null : textAt(holder, "juristic_number");
  const products = readProducts(subject);
  const slot = readSlot(document);
  textAt(memberAt(document, "issuer"), "id");
  const credentialSha256 = hex(await sha256(new TextEncoder().encode(text)));
  return { number, nameTh, nameEn, juristicNumber, products, productCount: products.length, ...days, slot, credentialSha256 };
}
