"""How a phone on a slow line meets a built book: Lighthouse's mobile preset, the median of some runs, page by page.

`nox -s lighthouse` runs it. The book is served from this computer, compressed, below the path that it has on its host.
A plain page is measured in turn with the chapter: the chapter's words in paragraphs, with its style sheet and nothing
else. So a slow computer, on which any page scores less, is told from a page that asks too much. Fails where the chapter
falls short; no test does this, since figures of time are for benchmarks.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
CHAPTER, PERFECT, WEIGHT = "matrix-multiplication", 100, 150_000
PLAIN = "plain"
"""The name of the plain page."""
PARAGRAPH = 60
"""Words of its paragraphs."""
LONG = 50
"""Milliseconds after which a task holds up a finger."""
MOST_WORK = 6
"""How many times the work of the plain page the chapter's may be, until something is opened."""
OWN = ("/fwdpass", "/book.js")
"""How the addresses of our own scripts begin, below the folder that they are in."""
ROOT = "/fwdpass"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
COMPRESSIBLE = (".html", ".css", ".js", ".svg", ".json", ".xml", ".txt")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("html", type=Path, help="the built book")
    parser.add_argument("lighthouse", help="the program")
    parser.add_argument("pages", nargs="*", default=[CHAPTER])
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(argv)
    print(f"{'page':24} perf a11y best  seo    FCP    LCP  TBT    CLS      bytes  requests  script  work")
    pages = [PLAIN, *asked.pages]
    with serve(asked.html) as url:
        runs = [
            {page: figures(report(asked.lighthouse, f"{url}/{page}.html")) for page in pages} for _ in range(asked.runs)
        ]
    found = {page: {name: median(run[page][name] for run in runs) for name in runs[0][page]} for page in pages}
    for page in pages:
        print(line(page, found[page], found[PLAIN]), flush=True)
    wrong = shortcomings(found[CHAPTER], found[PLAIN]) if CHAPTER in found else []
    for sentence in wrong:
        print(f"{CHAPTER}: {sentence}", file=sys.stderr)
    return len(wrong)


def shortcomings(found: dict[str, float], plain: dict[str, float]) -> list[str]:
    """Say what a page lacks, beside a plain page of the same run.

    >>> fine = dict.fromkeys(CATEGORIES, 100) | {"bytes": 9, "work": 300, "script": 0}
    >>> shortcomings(fine | {"performance": 96}, fine)
    ['performance is 96, of at least 100']
    >>> shortcomings(fine | {"performance": 96}, fine | {"performance": 96})  # this computer is slow
    []
    """
    least = dict.fromkeys(CATEGORIES, PERFECT) | {"performance": min(PERFECT, plain["performance"])}
    said = [
        f"{name} is {found[name]:.0f}, of at least {least[name]:.0f}" for name in least if found[name] < least[name]
    ]
    if found["bytes"] > WEIGHT:
        said.append(f"the first load is {found['bytes']:.0f} bytes, of at most {WEIGHT}")
    if found["work"] > MOST_WORK * plain["work"]:
        said.append(f"it is {found['work'] / plain['work']:.1f} times the work of a plain page, of at most {MOST_WORK}")
    if found["script"] > LONG:
        said.append(f"a script of ours takes {found['script']:.0f} ms, of at most {LONG}")
    return said


def line(page: str, found: dict[str, float], plain: dict[str, float]) -> str:
    scores = "".join(f"{found[name]:5.0f}" for name in CATEGORIES)
    fcp, lcp, tbt, cls = (found[name] for name in METRICS)
    times = f"{fcp / 1000:6.2f} {lcp / 1000:6.2f} {tbt:4.0f} {cls:6.3f}"
    work = f"{found['script']:6.0f} {found['work'] / plain['work']:5.1f}"
    return f"{page:24}{scores} {times} {found['bytes']:10.0f} {found['requests']:9.0f} {work}"


def figures(said: dict[str, Any]) -> dict[str, float]:
    """Take from a report what is compared.

    What a script of ours takes is all of it, which is more than its longest task: the browser's tests hold that none
    lays the page out, and what a frame lays out after it is nobody's task.
    """
    found = {name: round(100 * said["categories"][name]["score"]) for name in CATEGORIES}
    requests = said["audits"]["network-requests"]["details"]["items"]
    scripts = said["audits"]["bootup-time"]["details"]["items"]
    own = [
        one["scripting"] + one["scriptParseCompile"]
        for one in scripts
        if any(f"_static{name}" in one["url"] for name in OWN)
    ]
    return {
        **found,
        **{name: said["audits"][name]["numericValue"] for name in METRICS},
        "bytes": sum(request.get("transferSize", 0) for request in requests),
        "requests": len(requests),
        "work": said["audits"]["mainthread-work-breakdown"]["numericValue"],
        "script": max(own, default=0),
    }


def report(program: str, url: str) -> dict[str, Any]:
    """Run Lighthouse once; its default is the mobile preset."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [program, url, "--quiet", "--output=json", f"--output-path={path}", f"--chrome-flags={FLAGS}"]
        subprocess.run([*command, f"--only-categories={','.join(CATEGORIES)}"], check=True)
        data = json.loads(path.read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def plain(html: str) -> str:
    """Make a plain page of a page of the book: its style sheets, and the words of its article in paragraphs.

    >>> plain('<article><script>1</script><h1>Two <b>words</b></h1></article>').partition("<main>")[-1]
    '<h1>Plain</h1><p>Two words</main></body></html>'
    """
    head = "".join(re.findall(r'<link rel="(?:stylesheet|icon)"[^>]*>', html))
    article = html.partition("<article")[2].partition("</article>")[0]
    shown = re.sub(r"<(script|noscript|style)\b.*?</\1>", " ", f"<article{article}", flags=re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", shown).split()
    texts = (" ".join(words[at : at + PARAGRAPH]) for at in range(0, len(words), PARAGRAPH))
    about = '<meta name="viewport" content="width=device-width"><meta name="description" content="Words.">'
    body = f"<body><main><h1>Plain</h1>{''.join(f'<p>{text}' for text in texts)}</main></body>"
    return f'<!DOCTYPE html><html lang="en"><head>{about}<title>Plain</title>{head}</head>{body}</html>'


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder below ROOT, compressed, with the plain page in it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Compressed, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{ROOT}"
    finally:
        server.shutdown()
        server.server_close()


class _Compressed(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path.removeprefix(ROOT)))
        if path.name == f"{PLAIN}.html":
            body = plain(path.with_name(f"{CHAPTER}.html").read_text("utf-8")).encode()
        elif path.is_file():
            body = path.read_bytes()
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")  # as on GitHub Pages
        if path.suffix in COMPRESSIBLE:
            body = gzip.compress(body, 9)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing between the lines of the table."""


if __name__ == "__main__":
    sys.exit(main())
