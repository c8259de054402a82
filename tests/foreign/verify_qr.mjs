// Reads {"jwks", "digits": [...]} from standard input and verifies each QR with nothing but
// WebCrypto, as a browser would: digits -> bytes -> COSE_Sign1 by position -> ECDSA P-256.
import { webcrypto } from "node:crypto";

const AAD = new TextEncoder().encode("MIT-QR-v1");

function toBytes(digits) {
  let hex = BigInt(digits).toString(16);
  if (hex.length % 2) hex = "0" + hex;
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

function join(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { joined.set(part, at); at += part.length; }
  return joined;
}

function head(major, length) {
  if (length < 24) return Uint8Array.of(major + length);
  if (length < 256) return Uint8Array.of(major + 24, length);
  return Uint8Array.of(major + 25, length >> 8, length & 255);
}

async function verify(digits, keys) {
  const data = toBytes(digits);
  const protectedHeader = data.slice(3, 10);
  const kid = (data[8] << 8) | data[9];
  const jwk = keys.find((key) => key.mit_kid === kid);
  if (!jwk) return { ok: false, reason: "unknown_key" };
  let at = 11;
  const first = data[at++];
  let length = first - 0x40;
  if (first === 0x58) length = data[at++];
  if (first === 0x59) { length = (data[at] << 8) | data[at + 1]; at += 2; }
  const payload = data.slice(at, at + length);
  const signature = data.slice(at + length + 2);
  const label = new TextEncoder().encode("Signature1");
  const signed = join(
    Uint8Array.of(0x84), head(0x60, label.length), label, head(0x40, protectedHeader.length), protectedHeader,
    head(0x40, AAD.length), AAD, head(0x40, payload.length), payload,
  );
  const { kty, crv, x, y } = jwk;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await webcrypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  const ok = await webcrypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed);
  return { ok, kid, payload: Buffer.from(payload).toString("hex") };
}

let text = "";
for await (const piece of process.stdin) text += piece;
const { jwks, digits, names } = JSON.parse(text);
const thai = new TextDecoder("windows-874", { fatal: true });
process.stdout.write(JSON.stringify({
  verified: await Promise.all(digits.map((one) => verify(one, jwks.keys))),
  names: (names ?? []).map((hex) => thai.decode(Buffer.from(hex, "hex"))),
}));
