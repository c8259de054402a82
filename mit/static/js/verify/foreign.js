// The warning at an address that is not ours: in both languages, the host sign by sign, never a link.
import { digitsIn } from "./qr.js";
import { element } from "./show.js";
import { Refusal } from "./spelling.js";
import { LANGUAGES, say } from "./words.js";

/** Return the digits that a foreign address carries, as ours would; empty where it carries none. */
export function digitsOf(text) {
  try {
    return digitsIn(text);
  } catch (error) {
    if (error instanceof Refusal) return "";
    throw error;
  }
}

function block(language, words, { reason, genuine, inside }) {
  const t = (key) => say(`scan.${key}`, language, words, { genuine });
  const lines = [t(`why_${reason}`), ...(inside ? [t(`inside_${inside}`)] : [])];
  const advice = ["advice_leave", "advice_number", "advice_report"].map((key) => element("li", "", t(key)));
  const made = element("div", "warning-words", element("h2", "", t("warning_title")), ...lines.map((line) => element("p", "", line)), element("ul", "", ...advice));
  made.lang = language;
  return made;
}

/**
 * Return what a warning says about `address` (of address.js), the page's language first.
 *
 * `inside` is the verdict on what the address carries, or empty; `genuine` our own address.
 */
export function warningWords(address, { first, words, genuine, inside }) {
  const host = element("p", "foreign-host", element("span", "", address.before), element("strong", "", address.owner));
  host.dir = "ltr";
  host.translate = false;
  const order = [first, ...LANGUAGES.filter((language) => language !== first)];
  return [host, ...order.map((language) => block(language, words, { reason: address.reason, genuine, inside }))];
}
