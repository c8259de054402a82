// Asks the page's own verifier many questions in one go; the same function runs in Node and in a browser.
// Question: {text, trust, lists, now, on}; `files` holds trust files and lists as base64 by name.

export async function judgeAll({ judge, readBundle, Refusal }, { files, questions, words }) {
  const bytes = (name) => Uint8Array.from(atob(files[name]), (sign) => sign.charCodeAt(0));
  const held = new Map();
  const answers = [];
  for (const { text, trust, lists, now, on } of questions) {
    const place = JSON.stringify([trust, lists]);
    try {
      if (!held.has(place)) held.set(place, trust && (await readBundle(bytes(trust), lists.map(bytes))));
      const verdict = await judge(text, held.get(place), { now: Date.parse(now), on, words });
      answers.push(verdict);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answers.push({ verdict: "REFUSED", reasons: [error.code], notices: [] });
    }
  }
  return answers;
}

// In Node: the folder of the verifier's modules as argument, the questions on standard input.
if (typeof process !== "undefined" && process.argv?.[2]) {
  const { readFileSync } = await import("node:fs");
  const { pathToFileURL } = await import("node:url");
  const verifier = await import(pathToFileURL(`${process.argv[2]}/judge.js`));
  const answers = await judgeAll(verifier, JSON.parse(readFileSync(0, "utf8")));
  process.stdout.write(JSON.stringify(answers));
}
