// Whose address a scanned or pasted text holds: ours to the letter, somebody else's, or none.
// The rules are those of mit/verify/address.py, which says why; tests/vectors/hosts.json holds both together.
const LONGEST = 20_000;
const MOST_SHOWN = 60;
const EDGES = /^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g;
const SCHEME = /^(https?):[\\/]*(.*)$/is;
const OTHER_SCHEME = /^([a-z][a-z0-9+.-]{0,40}):\/\/+(.*)$/is;
const NO_SCHEME = /^()[\\/]{2,}(.*)$/s;
const WHITE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BARE = new RegExp(`^()((?:[^\\\\/?#${WHITE}])+\\.[^\\\\/?#${WHITE}.]{2,}\\.?(?::[0-9]+)?[\\\\/].*)$`, "su");
const HOST = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s;
const PATHS = /^(?:\/v[/#][0-9]+\/?(?:[?#][!-~]*)?|\/c\/[A-Za-z0-9.-]{1,60}\/?(?:[?#][!-~]*)?|\/d\/[A-Za-z0-9._~-]{1,200}\/?(?:[?#][!-~]*)?)$/;
const PLAIN = /^[!-[\]-~]*$/;
const NUMBERS = /^(?:\[.*|[0-9.]+)$/s;
const PORTS = { http: "80", https: "443" };

const lower = (text) => text.replace(/[A-Z]/g, (sign) => sign.toLowerCase());

/** Return `text` with each sign that is not a plain one of an address as its number, `<U+202E>`. */
export const spelledOut = (text) =>
  [...text].map((sign) => (sign >= "!" && sign <= "~" ? sign : `<U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`)).join("");

/** Return the parts that a browser would find, backslashes and dropped signs included; null for no address. */
function split(text) {
  const plain = text.replace(/[\t\n\r]/g, "");
  const found = SCHEME.exec(plain) ?? OTHER_SCHEME.exec(plain) ?? NO_SCHEME.exec(plain) ?? BARE.exec(plain);
  if (!found) return null;
  const scheme = found[1].toLowerCase();
  const [, authority, path] = /^([^\\/?#]*)(.*)$/s.exec(found[2]);
  const at = authority.lastIndexOf("@");
  const [, host, port = ""] = HOST.exec(authority.slice(at + 1)) ?? [null, authority.slice(at + 1)];
  return { scheme, hasUser: at >= 0, host: lower(host), port: port === PORTS[scheme] ? "" : port, path };
}

function whyForeign(plain, parts, ours) {
  if (parts.host !== ours.host) return whyAnotherHost(parts, ours);
  if (parts.hasUser) return "user";
  if (parts.port !== ours.port) return "port";
  if (parts.scheme !== ours.scheme) return "scheme";
  if (!PLAIN.test(plain)) return "signs";
  return PATHS.test(parts.path) ? "" : "path";
}

function whyAnotherHost({ host, hasUser }, ours) {
  if (hasUser) return "user";
  if (!PLAIN.test(host) || host.includes("xn--") || host.includes("%")) return "letters";
  const squeezed = (text) => text.replace(/[.-]/g, "");
  return squeezed(host).includes(squeezed(ours.host)) ? "inside" : "host";
}

function labelsOfOwner(labels) {
  const isRooted = labels.length > 1 && labels.at(-1) === "";
  const names = isRooted ? labels.slice(0, -1) : labels;
  const isCountry = names.length > 2 && [...names.at(-1)].length === 2 && [...names.at(-2)].length <= 3;
  return (isCountry ? 3 : 2) + (isRooted ? 1 : 0);
}

const endOf = (text) => (text.length <= MOST_SHOWN ? text : `…${text.slice(-MOST_SHOWN)}`);

/** Return the host in two pieces: what anybody may write in front, and what was registered. */
function shown({ host, port }) {
  const labels = host.split(".");
  const cut = NUMBERS.test(host) ? 0 : Math.max(labels.length - labelsOfOwner(labels), 0);
  const before = labels.slice(0, cut).map((label) => `${spelledOut(label)}.`).join("");
  return { before: endOf(before), owner: endOf(spelledOut(labels.slice(cut).join(".") + (port ? `:${port}` : ""))) };
}

/**
 * Return whose address `text` holds, where `publicUrl` is ours: `{whose, reason, before, owner, path}`.
 *
 * `whose` is "ours", "foreign" or "none"; `before` and `owner` are safe to show; `path` leads on our own host.
 */
export function readAddress(text, publicUrl) {
  const none = { whose: "none", reason: "", before: "", owner: "", path: "" };
  const plain = text.replace(EDGES, "");
  const parts = [...plain].length > LONGEST ? null : split(plain);
  const ours = split(publicUrl);
  if (!parts || !ours) return none;
  const reason = whyForeign(plain, parts, ours);
  if (!reason) return { ...none, whose: "ours", path: parts.path };
  return { ...none, whose: "foreign", reason, ...shown(parts) };
}
