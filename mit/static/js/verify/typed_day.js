// The day that a person typed: ISO, day/month/year or a month's name; B.E. or C.E.; Thai digits.
// The rules are those of mit/values/thai_date.py.
import { isDay } from "./days.js";
import { stripped } from "./numbers.js";
import { Refusal, demand } from "./spelling.js";
import { LANGUAGES } from "./words.js";

const BE_OFFSET_YEARS = 543;
const FIRST_BE_YEAR_TYPED = 2400;
const FIRST_CONVERTIBLE_BE_YEAR = 2484;
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_FIRST = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const DAY_NAMED = /^(\d{1,2})\s*([^\p{Nd}\s]+?)\s*(พ\.?ศ\.?|ค\.?ศ\.?)?\s*(\d{4})$/u;

function monthNamed(name, words) {
  const bare = (text) => text.toLowerCase().replace(/\.+$/, "");
  for (const language of LANGUAGES) {
    for (const months of [words[language].long_months, words[language].months]) {
      const at = months.findIndex((month) => bare(month) === bare(name));
      if (at >= 0) return at + 1;
    }
  }
  throw new Refusal("day_malformed");
}

function taken(plain, words) {
  let match = ISO.exec(plain);
  if (match) return { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]), era: "" };
  match = DAY_FIRST.exec(plain);
  if (match) return { year: Number(match[3]), month: Number(match[2]), day: Number(match[1]), era: "" };
  match = DAY_NAMED.exec(plain);
  demand(match !== null, "day_malformed");
  return { year: Number(match[4]), month: monthNamed(match[2], words), day: Number(match[1]), era: (match[3] ?? "")[0] ?? "" };
}

/** Return the typed day as `YYYY-MM-DD`; refused with `day_malformed` or `day_year`. */
export function readTypedDay(text, words) {
  const plain = stripped(text).replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0xe50));
  const { year, month, day, era } = taken(plain, words);
  const isBe = era === "พ" || (era === "" && year >= FIRST_BE_YEAR_TYPED);
  demand(!isBe || year >= FIRST_CONVERTIBLE_BE_YEAR, "day_year");
  const [y, m, d] = [isBe ? year - BE_OFFSET_YEARS : year, month, day].map(String);
  const iso = `${y.padStart(4, "0")}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
  demand(isDay(iso), "day_malformed");
  return iso;
}
