// Python in a worker: it is fetched and started when this module is, and reads the page again for each state that it is sent.
// What it answers was computed and formatted by the package; this file passes it on.
const asked = globalThis.fetch;
let loaded = 0;
// Whatever comes, Python's own files too, is counted as it comes. A copy is: of the response that the network gave, and of
// no other, a browser keeps what it has compiled, so that Python starts sooner the next time.
const count = async (body) => {
  const reader = body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    loaded += piece.value.byteLength;
    postMessage({ loaded });
  }
};
globalThis.fetch = async (...what) => {
  const response = await asked(...what);
  if (!response.ok) throw new Error(`${response.status}: ${response.url}`);
  if (response.body) count(response.clone().body).catch(() => {}); // whoever reads the response is told of a fault
  return response;
};
const bytes = async (name) => new Uint8Array(await (await fetch(new URL(name, import.meta.url))).arrayBuffer());

// What Python does at first: each archive has its folder, and most are packed as one.
export const UNPACK = `
import sys
from io import BytesIO
from zipfile import ZipFile
site = next(one for one in sys.path if one.endswith("site-packages"))
for archive, folder in zip(globals().pop("_archives"), (site, site, "/book")):
    files = ZipFile(BytesIO(archive.to_py()))
    if files.namelist() == ["files.zip"]:  # which are packed as one
        files = ZipFile(BytesIO(files.read("files.zip")))
    files.extractall(folder)
del archive, files
`;
// Then it reads the page, and answers what is asked.
export const START = `
import json, sys
from functools import partial
from pathlib import Path
from fwdpass.live.reader import Reader, asked
reader = Reader(json.loads(globals().pop("_record")), globals().pop("_page"), Path("/book"), _alive)
for module in list(sys.modules.values()):
    if (file := getattr(module, "__file__", None) or "").endswith(".so"):
        Path(file).unlink(missing_ok=True)  # it is loaded, and stays so: its file takes memory, too
partial(asked, reader)
`;
const start = async ({ page, record, files }) => {
  const { loadPyodide } = await import("./pyodide.mjs");
  const indexURL = new URL("./", import.meta.url).href;
  const text = async (address) => (await fetch(address)).text();
  const [python, html, json, numpy, packages, book] = await Promise.all([
    loadPyodide({ indexURL, packageBaseUrl: indexURL }),
    text(page),
    text(record),
    ...files.map(bytes),
  ]);
  postMessage({ starts: true });
  python.globals.set("_archives", [numpy, packages, book]);
  python.globals.set("_record", json);
  python.globals.set("_page", html);
  python.globals.set("_alive", () => postMessage({ alive: true }));
  python.runPython(UNPACK);
  return python.runPython(START);
};

// A browser that is asked for more than there is gives back first, at once, what the start and answers have left.
const collect = () => {
  try {
    new ArrayBuffer(2 ** 34);
  } catch {} // as it should
};

let answers = 0;
let answer;
globalThis.onmessage = async ({ data }) => {
  try {
    answer ??= start(data);
    const ask = await answer;
    if (data.question) {
      postMessage({ id: data.id, answer: ask(data.question) });
      answers += 1;
      if (answers % 10 === 0) collect(); // each time would take too long
    } else {
      collect();
      postMessage({ ready: true });
    }
  } catch (error) {
    postMessage({ id: data.id, broken: String(error?.message ?? error) });
  }
};
