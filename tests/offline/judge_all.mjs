// Asks the page's own verifier many questions in one go; `judgeAll` runs in Node and in a browser alike.
// Question: {text, trust, lists, now, on, publicUrl}; `files` holds trust files and lists as base64 by name.

export async function judgeAll({ judge, readBundle, Refusal }, { files, questions, words }) {
  const bytes = (name) => Uint8Array.from(atob(files[name]), (sign) => sign.charCodeAt(0));
  const held = new Map();
  const answers = [];
  for (const { text, trust, lists, now, on, publicUrl } of questions) {
    const place = JSON.stringify([trust, lists]);
    try {
      if (!held.has(place)) held.set(place, trust && (await readBundle(bytes(trust), lists.map(bytes))));
      answers.push(await judge(text, held.get(place), { now: Date.parse(now), on, words, publicUrl }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answers.push({ verdict: "REFUSED", reasons: [error.code], notices: [] });
    }
  }
  return answers;
}

// In Node: the folder of the verifier's modules as argument, what is asked on standard input: `questions`,
// or `pairs` of trust files (may the second take the place of the first?), or `days` as people type them.
if (typeof process !== "undefined" && process.argv?.[2]) {
  const { readFileSync } = await import("node:fs");
  const { pathToFileURL } = await import("node:url");
  const module = (name) => import(pathToFileURL(`${process.argv[2]}/${name}.js`));
  const verifier = await module("judge");
  const asked = JSON.parse(readFileSync(0, "utf8"));
  const answers = [];
  for (const pair of asked.pairs ?? []) {
    const [held, offered] = await Promise.all(pair.map((data) => verifier.readBundle(new Uint8Array(Buffer.from(data, "base64")))));
    answers.push(verifier.whyNotInPlaceOf(held, offered));
  }
  const { readTypedDay } = await module("typed_day");
  for (const day of asked.days ?? []) {
    try {
      answers.push(readTypedDay(day, asked.words));
    } catch (error) {
      if (!(error instanceof verifier.Refusal)) throw error;
      answers.push(error.code);
    }
  }
  if (asked.questions) answers.push(...(await judgeAll(verifier, asked)));
  process.stdout.write(JSON.stringify(answers));
}
