// Compiles the style of the signed-in pages and copies what they run; writes what it was made of.
//
// Out: mit/static/css/office.css, mit/static/js/{htmx,govuk-frontend-…}.min.js, the reader of QR codes
// (mit/static/js/barcode-detector-….js and its zxing-reader-….wasm), their licences, and frontend/built.json with the hashes of sources and results, which tests/web/test_office_assets.py holds
// against the files without Node.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, "..", "mit", "static");
const modules = join(here, "node_modules");
const govuk = JSON.parse(readFileSync(join(modules, "govuk-frontend", "package.json"), "utf8"));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// The part of the public pages' style that both share: font faces and colours.
const own = readFileSync(join(assets, "css", "mit.css"), "utf8");
const faces = own.match(/^@font-face .*$/gm).join("\n");
const colours = own.match(/^:root \{[^}]*\}/m)[0];
const palette = [...colours.matchAll(/--([a-z-]+): (#[0-9a-f]+);/g)]
  .map(([, name, value]) => `$${name}: ${value};`)
  .join("\n");

const style = compile(join(here, "src", "office.scss"), {
  style: "compressed",
  charset: false,
  importers: [
    {
      canonicalize: (address) => (address === "mit:palette" ? new URL(address) : null),
      load: () => ({ contents: palette, syntax: "scss" }),
    },
  ],
});

// Some components take GOV.UK's palette directly, which cannot be configured: their colours become ours.
const colour = Object.fromEntries([...colours.matchAll(/--([a-z-]+): (#[0-9a-f]+);/g)].map(([, name, value]) => [name, value]));
const ours = {
  "#1d70b8": colour.petrol, "#d2e2f1": colour["petrol-pale"], "#f4f8fb": colour["petrol-pale"], "#0f385c": colour["petrol-deep"],
  "#0f7a52": colour.good, "#cfe4dc": colour["good-pale"], "#0b5c3e": colour.good, "#083d29": colour.good,
  "#ca3535": colour.bad, "#f4d7d7": colour["bad-pale"], "#982828": colour.bad, "#651b1b": colour.bad,
  "#0b0c0c": colour.ink, "#858686": "#8b9298", "#cecece": colour.line, "#f3f3f3": "#f1efe9",
  "#fde4d7": colour["unsure-pale"], "#ffee80": colour["unsure-pale"], "#7a3c1c": "#6b4400",
};
const css = style.css.replace(/#[0-9a-f]{6}\b/g, (value) => ours[value] ?? value);

const head = `/* GOV.UK Frontend ${govuk.version} (MIT, see govuk-frontend.LICENSE.txt), restyled: not GOV.UK's look, not its letter.
   Made by "make assets" from frontend/; do not edit by hand. */\n`;
mkdirSync(join(assets, "js"), { recursive: true });
writeFileSync(join(assets, "css", "office.css"), `${head}${faces}\n${css.trim()}\n`);

const withoutMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
const components = `govuk-frontend-${govuk.version}.min.js`;
writeFileSync(
  join(assets, "js", components),
  withoutMap(readFileSync(join(modules, "govuk-frontend", "dist", "govuk", "govuk-frontend.min.js"), "utf8")),
);
copyFileSync(join(modules, "htmx.org", "dist", "htmx.min.js"), join(assets, "js", "htmx.min.js"));
copyFileSync(join(modules, "htmx.org", "LICENSE"), join(assets, "js", "htmx.LICENSE.txt"));

// The scanner: one module with the names that it gives others.  Its own default fetches the wasm from a
// public host; that address is cut out, and scan.js says where ours lies.
const reader = join(modules, "barcode-detector");
const versionOf = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
const detector = `barcode-detector-${versionOf("barcode-detector")}.js`;
const wasm = `zxing-reader-${versionOf("zxing-wasm")}.wasm`;
const pairs = (list) => list.split(",").map((one) => one.trim().split(" as "));
const ponyfill = readFileSync(join(reader, "dist", "es", "ponyfill.js"), "utf8");
const shortNames = new Map(pairs(ponyfill.match(/import \{(.*?)\}/)[1]).map(([short, local = short]) => [local, short]));
const named = pairs(ponyfill.match(/export \{(.*?)\}/)[1]).map(([local, name]) => [shortNames.get(local), name]);
const engine = readFileSync(join(reader, "dist", "es", "zxing-exported.js"), "utf8");
const locals = new Map(pairs(engine.match(/export \{(.*?)\};\s*$/)[1]).map(([local, short]) => [short, local]));
const together = engine
  .replace(/`https:\/\/fastly\.jsdelivr\.net\/[^`]*`/, "t + e")
  .replace(/export \{.*?\};\s*$/, `export { ${named.map(([short, name]) => `${locals.get(short)} as ${name}`).join(", ")} };\n`);
if (together.includes("https:")) throw new Error("the scanner names an address of somebody else");
writeFileSync(join(assets, "js", detector), together);
copyFileSync(join(modules, "zxing-wasm", "dist", "reader", "zxing_reader.wasm"), join(assets, "js", wasm));
copyFileSync(join(reader, "LICENSE"), join(assets, "js", "barcode-detector.LICENSE.txt"));
copyFileSync(join(here, "zxing-cpp.LICENSE.txt"), join(assets, "js", "zxing-cpp.LICENSE.txt"));
for (const folder of ["css", "js"]) {
  copyFileSync(join(here, "govuk-frontend.LICENSE.txt"), join(assets, folder, "govuk-frontend.LICENSE.txt"));
}

const hashes = (folder, names) => Object.fromEntries(names.map((name) => [`${folder}${name}`, sha256(readFileSync(join(here, folder, name)))]));
const results = ["css/office.css", `js/${components}`, "js/htmx.min.js", `js/${detector}`, `js/${wasm}`];
const built = {
  sources: {
    ...hashes("", ["build.mjs", "package-lock.json", "package.json"]),
    ...hashes("src/", readdirSync(join(here, "src")).sort()),
    "mit.css: font faces and colours": sha256(`${faces}\n${colours}`),
  },
  results: Object.fromEntries(results.map((name) => [name, sha256(readFileSync(join(assets, name)))])),
};
writeFileSync(join(here, "built.json"), `${JSON.stringify(built, null, 2)}\n`);
