// Runs tests/vectors/index.json through verifier.mjs and tells verdict and reasons of each vector, but
// of the PDFs: Node has no reader of them. Argument: the folder of the vectors.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Refused, verify } from "./verifier.mjs";

const folder = process.argv[2];
const bytes = (name) => new Uint8Array(readFileSync(join(folder, name)));
const { vectors } = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));

const answers = [];
for (const { file, kind, shown, trust, status, on, now } of vectors) {
  if (kind === "pdf") { answers.push(null); continue; }
  const isList = ["bitstring", "token", "history"].includes(kind);
  try {
    answers.push(await verify({
      shown: Buffer.from(bytes(shown ?? file)).toString("utf8").trim(),
      isCredential: (shown ?? file).startsWith("credential/"),
      trust: bytes(trust),
      status: [...status, ...(isList ? [file] : [])].map(bytes),
      on,
      now: Date.parse(now),
    }));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    answers.push({ verdict: "REFUSED", reasons: [error.message] });
  }
}
process.stdout.write(JSON.stringify(answers));
