// The issuer's public keys with the days their states follow from; strict, and never taken from what is shown.
// The rules are those of mit/credential/public_keys.py and mit/lifecycle/signing_key_states.py.
import { bangkokDay } from "./days.js";
import { ascii, canonical, demand, fromBase64url, isObject, Refusal, sha256, toBase64url } from "./spelling.js";
import { isSignedBy } from "./signature.js";

const LARGEST_KEY_ID = 65_535;
const P_256 = { name: "ECDSA", namedCurve: "P-256" };

/** Return a key of ours out of its JWK: `{kid, thumbprint, isSample, key, dates}`. */
export async function readKey(jwk, dates) {
  demand(isObject(jwk) && jwk.kty === "EC" && jwk.crv === "P-256", "key_not_p256");
  const { alg, mit_kid: kid, x, y } = jwk;
  demand(alg === "ES256" && Number.isSafeInteger(kid) && !Object.hasOwn(jwk, "d"), "key_malformed");
  for (const value of [x, y]) {
    demand(typeof value === "string" && fromBase64url(value, "key_malformed").length === 32, "key_malformed");
  }
  demand(kid >= 1 && kid <= LARGEST_KEY_ID, "key_id_range");
  const required = { crv: "P-256", kty: "EC", x, y };
  const thumbprint = toBase64url(await sha256(ascii(canonical(required))));
  demand(jwk.kid === thumbprint, "key_malformed");
  try {
    const key = await crypto.subtle.importKey("jwk", required, P_256, false, ["verify"]);
    return { kid, thumbprint, isSample: jwk.mit_sample === true, key, dates };
  } catch {
    throw new Refusal("key_malformed"); // not a point of the curve
  }
}

const hasBegun = (day, on) => day !== null && day <= on;

/** Say whether a key no longer signs on a day. */
export const hasEnded = (dates, on) => hasBegun(dates.verifyOnlyFrom, on) || hasBegun(dates.retiredFrom, on);

/** Say whether a key was in use for signing on a day, compromise apart. */
export const wasActive = (dates, on) => hasBegun(dates.activeFrom, on) && !hasEnded(dates, on);

/** Return `ok`, `key_compromised` or `key_not_active` for a good signature on something issued on a day. */
export function signatureCounts(dates, issuedOn, signedAt) {
  const compromised = dates.compromisedAt;
  if (compromised !== null && (signedAt === null || signedAt >= compromised)) return "key_compromised";
  return wasActive(dates, issuedOn) ? "ok" : "key_not_active";
}

/** Return the key of a thumbprint, or undefined. */
export const keyNamed = (keys, thumbprint) => [...keys.values()].find((key) => key.thumbprint === thumbprint);

/** Say whether `key` may vouch for a list signed at an instant: in use on that day and not compromised. */
export const mayVouch = (key, signedAt) =>
  key !== undefined && key.dates.compromisedAt === null && wasActive(key.dates, bangkokDay(signedAt));

/** Demand that `key` made this signature and was never compromised. */
export async function demandSigned(key, { signed, signature }) {
  const isGood = key !== undefined && key.dates.compromisedAt === null && (await isSignedBy(key.key, signed, signature));
  demand(isGood, "trust_signature");
}
