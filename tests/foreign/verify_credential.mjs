// Reads {"jwks", "tokens": [{"token", "typ"}]} from standard input and tells, for each token, whether
// npm jose verifies it from the key set, and which thumbprint it computes for each key.
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet } from "jose";

let text = "";
for await (const piece of process.stdin) text += piece;
const { jwks, tokens } = JSON.parse(text);
const keys = createLocalJWKSet(jwks);

const verified = [];
for (const { token, typ } of tokens) {
  try {
    const { payload, protectedHeader } = await compactVerify(token, keys, { algorithms: ["ES256"] });
    const document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    verified.push({ ok: protectedHeader.typ === typ, kid: protectedHeader.kid, id: document.id });
  } catch (error) {
    verified.push({ ok: false, code: error.code ?? String(error) });
  }
}
const thumbprints = await Promise.all(jwks.keys.map((key) => calculateJwkThumbprint(key, "sha256")));
process.stdout.write(JSON.stringify({ verified, thumbprints }));
