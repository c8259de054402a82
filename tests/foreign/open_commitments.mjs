// Opens commitments with nothing but Node, written from docs/credential.md: reads {"token", "opening"} from
// standard input and tells, for each opened product, whether the certificate commits to its sheet.
import { createHash } from "node:crypto";

let text = "";
for await (const piece of process.stdin) text += piece;
const { token, opening } = JSON.parse(text);

function canonical(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

const payload = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf-8"));
const answers = opening.products.map((product) => {
  const stated = payload.credentialSubject.assessment[product.index - 1].mitCommitment;
  const content = { sheet: product.sheet };
  if (product.supplier_certificates) content.supplier_certificates = product.supplier_certificates;
  const hash = createHash("sha256");
  hash.update("MIT-cost-sheet-commitment-v1\n", "ascii");
  hash.update(Buffer.from(product.salt, "hex"));
  hash.update(canonical(content), "utf-8");
  return { index: product.index, same: stated.method === "mit-cost-sheet-v1" && hash.digest("hex") === stated.value };
});
process.stdout.write(JSON.stringify(answers));
