// Calls a function of one of the page's modules with each list of arguments from standard input: its module's file
// and name as arguments.  Answers with the list of what it returned.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const module = await import(pathToFileURL(process.argv[2]));
const called = JSON.parse(readFileSync(0, "utf8")).map((given) => module[process.argv[3]](...given));
process.stdout.write(JSON.stringify(called));
