// Reads {"jwks", "token", "typ", "issuer", "instants"} from standard input and tells, for each instant,
// what npm jose makes of a dealer's letter as of then, by the registered claims alone.
import { createLocalJWKSet, jwtVerify } from "jose";

let text = "";
for await (const piece of process.stdin) text += piece;
const { jwks, token, typ, issuer, instants } = JSON.parse(text);
const keys = createLocalJWKSet(jwks);

const found = [];
for (const instant of instants) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ["ES256"], typ, issuer, currentDate: new Date(instant),
    });
    found.push({ ok: true, number: payload.jti, dealer: payload.dealer.juristic_number });
  } catch (error) {
    found.push({ ok: false, code: error.code ?? String(error), claim: error.claim ?? null });
  }
}
process.stdout.write(JSON.stringify(found));
