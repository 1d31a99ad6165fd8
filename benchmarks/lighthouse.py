"""How a phone on a slow line meets a built book: Lighthouse's mobile preset, the median of some runs, page by page.

`nox -s lighthouse` runs it. The book is served from this computer, compressed, below the path that it has on its host.
Fails where the chapter falls short: its scores depend on how busy this computer is, so no test does this.
"""

from __future__ import annotations

import argparse
import gzip
import json
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
    print(f"{'page':24} perf a11y best  seo    FCP    LCP  TBT    CLS      bytes  requests")
    short = []
    with serve(asked.html) as url:
        for page in asked.pages:
            runs = [figures(report(asked.lighthouse, f"{url}/{page}.html")) for _ in range(asked.runs)]
            found = {name: median(run[name] for run in runs) for name in runs[0]}
            print(line(page, found), flush=True)
            if page == CHAPTER and not is_good(found):
                short.append(page)
    if short:
        print(f"{CHAPTER}: every score must be {PERFECT}, and the first load at most {WEIGHT} bytes", file=sys.stderr)
    return len(short)


def is_good(found: dict[str, float]) -> bool:
    return all(found[name] >= PERFECT for name in CATEGORIES) and found["bytes"] <= WEIGHT


def line(page: str, found: dict[str, float]) -> str:
    scores = "".join(f"{found[name]:5.0f}" for name in CATEGORIES)
    fcp, lcp, tbt, cls = (found[name] for name in METRICS)
    times = f"{fcp / 1000:6.2f} {lcp / 1000:6.2f} {tbt:4.0f} {cls:6.3f}"
    return f"{page:24}{scores} {times} {found['bytes']:10.0f} {found['requests']:9.0f}"


def figures(said: dict[str, Any]) -> dict[str, float]:
    """Take from a report what is compared."""
    found = {name: round(100 * said["categories"][name]["score"]) for name in CATEGORIES}
    requests = said["audits"]["network-requests"]["details"]["items"]
    return {
        **found,
        **{name: said["audits"][name]["numericValue"] for name in METRICS},
        "bytes": sum(request.get("transferSize", 0) for request in requests),
        "requests": len(requests),
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


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder below ROOT, compressed."""
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
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
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
