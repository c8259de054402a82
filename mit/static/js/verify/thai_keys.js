// A hand-held scanner types key by key.  Where the Thai keyboard (Kedmanee, TIS 820) is switched on, the keys of
// an address come as Thai letters; what the same keys give on the other keyboard is put back.
const LATIN = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?";
const THAI =
  "_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ" + "%+๑๒๓๔ู฿๕๖๗๘๙๐\"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ";
const KEYS = new Map([...THAI].map((sign, at) => [sign, LATIN[at]]));
const LOOKS_TYPED_HERE = /^(?:https?:\/\/\S+|[0-9]{40,}|MIT[0-9A-Z-]{8,})$/i;

/** Return what was meant, where `text` are Latin keys typed on the Thai keyboard; any other text as it is. */
export function asTyped(text) {
  if (!/[\u0e01-\u0e5b]/u.test(text)) return text;
  const put = [...text.trim()].map((sign) => KEYS.get(sign) ?? sign).join("");
  return LOOKS_TYPED_HERE.test(put) ? put : text;
}

/** Say whether `text` was typed with the Thai keyboard by mistake. */
export const isTypedInThai = (text) => asTyped(text) !== text;
