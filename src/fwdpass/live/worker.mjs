// Python in a worker: it is fetched and started when this module is, and reads the page again for each state that it is sent.
// What it answers was computed and formatted by the package; this file passes it on.
const asked = globalThis.fetch;
let loaded = 0;
// Whatever comes, Python's own files too, is counted as it comes.
globalThis.fetch = async (...what) => {
  const response = await asked(...what);
  if (!response.ok) throw new Error(`${response.status}: ${response.url}`);
  const counted = new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      postMessage({ loaded });
      controller.enqueue(chunk);
    },
  });
  const { status, headers } = response;
  return response.body ? new Response(response.body.pipeThrough(counted), { status, headers }) : response;
};
const SITE = "/lib/python3.14/site-packages";
const bytes = async (name) => new Uint8Array(await (await fetch(new URL(name, import.meta.url))).arrayBuffer());

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
  python.unpackArchive(numpy, "zip", { extractDir: SITE });
  python.unpackArchive(packages, "zip", { extractDir: SITE });
  python.unpackArchive(book, "zip", { extractDir: "/book" });
  python.globals.set("_record", json);
  python.globals.set("_page", html);
  python.globals.set("_alive", () => postMessage({ alive: true }));
  return python.runPython(`
import json, sys
from functools import partial
from pathlib import Path
from fwdpass.live.reader import Reader, asked
reader = Reader(json.loads(globals().pop("_record")), globals().pop("_page"), Path("/book"), _alive)
for module in list(sys.modules.values()):
    if (file := getattr(module, "__file__", None) or "").endswith(".so"):
        Path(file).unlink(missing_ok=True)  # it is loaded, and stays so: its file takes memory, too
partial(asked, reader)
`);
};

let answer;
onmessage = async ({ data }) => {
  try {
    answer ??= start(data);
    const ask = await answer;
    if (data.question) postMessage({ id: data.id, answer: ask(data.question) });
    else postMessage({ ready: true });
  } catch (error) {
    postMessage({ id: data.id, broken: String(error?.message ?? error) });
  }
};
