// Read pages of a site in Node, by the Python that the site has for browsers: node reads.mjs SITE QUESTIONS
// QUESTIONS is JSON: page → states. What is printed is JSON: page → an answer for each, and the files that were imported.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [site, asked] = process.argv.slice(2);
const folder = resolve(site, "_live");
const bytes = (name) => new Uint8Array(readFileSync(join(folder, "python", name)));
const text = (...path) => readFileSync(join(...path), "utf-8");
globalThis.postMessage = () => {}; // the worker's own, who starts Python as this does
const { START, UNPACK } = await import(pathToFileURL(join(folder, "python", "worker.mjs")));
const { loadPyodide } = await import(pathToFileURL(join(folder, "python", "pyodide.mjs")));
const python = await loadPyodide({ indexURL: join(folder, "python/"), stdout: () => {} });
python.globals.set("_archives", ["numpy.zip", "packages.zip", "book.zip"].map(bytes));
python.runPython(UNPACK);
python.runPython(`
import json
def answers(ask, states):
    return json.dumps([json.loads(ask(json.dumps({"state": state}))) for state in json.loads(states)])
def imported():
    return json.dumps(sorted({str(module.__spec__.origin or "") for module in sys.modules.values() if getattr(module, "__spec__", None)}))
`);
const all = python.globals.get("answers");
const answers = {};
for (const [page, states] of Object.entries(JSON.parse(readFileSync(asked, "utf-8")))) {
  python.globals.set("_record", text(folder, `${page}.json`));
  python.globals.set("_page", text(site, `${page}.html`));
  python.globals.set("_alive", () => {});
  answers[page] = JSON.parse(all(python.runPython(START), JSON.stringify(states)));
}
console.log(JSON.stringify({ answers, imported: JSON.parse(python.globals.get("imported")()) }));
