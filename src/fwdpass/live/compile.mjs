// Compiles the archives in a folder with Python for browsers, by that Python itself: node compile.mjs FOLDER compiled.py ARCHIVE...
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, program, ...archives] = process.argv.slice(2);
const at = resolve(folder);
const { loadPyodide } = await import(pathToFileURL(join(at, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: `${at}/`, env: { PYTHONHASHSEED: "0" } });
python.runPython(readFileSync(program, "utf-8"));
for (const name of archives) {
  python.FS.writeFile("/archive.zip", readFileSync(join(at, name)));
  // Python's own library is imported from its archive, and what else there is from the folder of packages.
  python.globals.set("name", name);
  python.runPython(`
import sys
own, packages = (next(one for one in sys.path if one.endswith(end)) for end in (".zip", "site-packages"))
compile_archive("/archive.zip", own if name == "python_stdlib.zip" else packages)
`);
  writeFileSync(join(at, name), python.FS.readFile("/archive.zip"));
}
