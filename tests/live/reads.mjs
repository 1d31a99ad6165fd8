// Read pages of a site in Node, by the Python that the site has for browsers: node reads.mjs SITE QUESTIONS
// QUESTIONS is JSON: page → states. What is printed is JSON: page → an answer for each, and the files that were imported.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [site, asked] = process.argv.slice(2);
const folder = resolve(site, "_live");
const bytes = (name) => new Uint8Array(readFileSync(join(folder, "python", name)));
const text = (...path) => readFileSync(join(...path), "utf-8");
const { loadPyodide } = await import(pathToFileURL(join(folder, "python", "pyodide.mjs")));
const python = await loadPyodide({ indexURL: join(folder, "python/"), stdout: () => {} });
const SITE = "/lib/python3.14/site-packages";
python.unpackArchive(bytes("numpy.zip"), "zip", { extractDir: SITE });
python.unpackArchive(bytes("packages.zip"), "zip", { extractDir: SITE });
python.unpackArchive(bytes("book.zip"), "zip", { extractDir: "/book" });
python.runPython(`
import json, sys
from pathlib import Path
from fwdpass.live.reader import Reader, asked
def answer(record, page, states):
    reader = Reader(json.loads(record), page, Path("/book"))
    return json.dumps([json.loads(asked(reader, json.dumps({"state": state}))) for state in json.loads(states)])
def imported():
    return json.dumps(sorted({str(module.__spec__.origin or "") for module in sys.modules.values() if getattr(module, "__spec__", None)}))
`);
const answer = python.globals.get("answer");
const answers = {};
for (const [page, states] of Object.entries(JSON.parse(readFileSync(asked, "utf-8"))))
  answers[page] = JSON.parse(answer(text(folder, `${page}.json`), text(site, `${page}.html`), JSON.stringify(states)));
console.log(JSON.stringify({ answers, imported: JSON.parse(python.globals.get("imported")()) }));
