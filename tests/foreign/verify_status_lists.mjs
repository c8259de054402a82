// Reads {"bitstrings": [payload of a list credential], "credential": payload, "pairs": base64url of
// "lst", "asked": [indexes]} from standard input and tells what other people's libraries read in them:
// the bits by @digitalbazaar/vc-bitstring-status-list, the same bits by way of the credential that
// names the lists, and the two-bit values by @sd-jwt/jwt-status-list.
import { checkStatus, decodeList, statusTypeMatches } from "@digitalbazaar/vc-bitstring-status-list";
import { StatusList } from "@sd-jwt/jwt-status-list";

let text = "";
for await (const piece of process.stdin) text += piece;
const { bitstrings, credential, pairs, asked } = JSON.parse(text);

const lists = new Map(bitstrings.map((list) => [list.id, list]));
const bits = {};
for (const { credentialSubject: subject } of bitstrings) {
  const list = await decodeList(subject);
  bits[subject.statusPurpose] = { length: list.length, set: asked.filter((index) => list.getStatus(index)) };
}
const checked = await checkStatus({
  credential,
  documentLoader: async (url) => ({ document: lists.get(url) }),
  verifyBitstringStatusListCredential: false, // the signature is a JWS: npm jose checks that
  verifyMatchingIssuers: true,
});
const two = StatusList.decompressStatusList(pairs, 2);
process.stdout.write(JSON.stringify({
  bits,
  matches: statusTypeMatches({ credential }),
  checked: { verified: checked.verified, statuses: checked.results?.map((one) => one.status), error: String(checked.error ?? "") },
  values: asked.map((index) => two.getStatus(index)),
  total: two.statusList.length,
}));
