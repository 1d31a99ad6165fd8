// Compiles the archives in a folder with Python for browsers, by that Python itself: node compile.mjs FOLDER compiled.py LIBRARY NUMPY PACKAGES
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, program, library, numpy, packages] = process.argv.slice(2);
const at = resolve(folder);
const { loadPyodide } = await import(pathToFileURL(join(at, "pyodide.mjs")));
// Columns of the sources, which are not there, take a sixth.
const env = { PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1" };
const python = await loadPyodide({ indexURL: `${at}/`, env });
python.runPython(readFileSync(program, "utf-8"));
const archives = { "/library.zip": library, "/numpy.zip": numpy, "/packages.zip": packages };
for (const [file, name] of Object.entries(archives)) python.FS.writeFile(file, readFileSync(join(at, name)));
// Python's own library is imported from its archive, which has to stay as it is; whatever else there is, from the folder of packages.
python.runPython(`
import sys
own, site = (next(one for one in sys.path if one.endswith(end)) for end in (".zip", "site-packages"))
compile_archive("/library.zip", own)
for archive in ("/numpy.zip", "/packages.zip"):
    compile_archive(archive, site)
    pack_as_one(archive)
`);
for (const [file, name] of Object.entries(archives)) writeFileSync(join(at, name), python.FS.readFile(file));
