"""Measure what a page that follows its reader costs: ``nox -s bench -- live``, of the book that nox has built.

What is sent: its record, the patches of its pictures, and Python for browsers, as servers send them, archives as they
are and the rest compressed. With ``--browser``, what it takes in Chromium: the processor's seconds from the choice of
Python to the first patch, with an empty cache and with a full one, and for a change on each page; and the memory of the
page. Fails where one is beyond its budget.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RECORD, PATCHES, PYTHON = 6_000, 30_000, 7_100_000
"""Bytes at most of a record, of a page's patches, and of Python, of which Brotli would send nearly a megabyte less."""
COLD, WARM, CHANGE, MEMORY = 9.0, 5.5, 0.5, 300.0
"""Seconds of the processor at most to the first patch and for a change, and megabytes of a page's process."""
SITE = Path(__file__).parents[1] / "docs" / "_build" / "html"
CHANGES = 5
"""How many changes are made on each page: their mean counts."""


def sent(path: Path) -> int:
    """Give how many bytes a server sends of a file."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".zip" else len(gzip.compress(content, 9))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and lets a browser keep them."""

    def end_headers(self) -> None:
        """Say how long a file may be kept."""
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on this computer; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


class Spent:
    """What the pages of a browser have spent."""

    def __init__(self, browser: Browser) -> None:
        self._line = browser.new_browser_cdp_session()

    def _renderers(self) -> list[dict[str, Any]]:
        told = self._line.send("SystemInfo.getProcessInfo")["processInfo"]
        return [one for one in told if one["type"] == "renderer"]

    def seconds(self) -> float:
        """Give the processor's seconds of all pages."""
        return float(sum(one["cpuTime"] for one in self._renderers()))

    def megabytes(self) -> float:
        """Give the memory of the largest page."""
        found = [0]
        for one in self._renderers():
            try:
                status = Path(f"/proc/{one['id']}/status").read_text("utf-8")
            except OSError:
                continue
            found += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
        return max(found) / 1000


def change(page: Page) -> None:
    """Press the first of the buttons that make a number larger, and wait until the page has followed."""
    page.evaluate(
        """() => new Promise((resolve) => {
          const control = document.querySelector(".fp-follow");
          addEventListener("fwdpass:changed", () => resolve(), { once: true });
          control.querySelector("button[value=up]").click();
        })"""
    )


def started(page: Page, url: str) -> None:
    """Open a page, start Python, and make a first change."""
    page.goto(url)
    page.get_by_role("button", name="Change the numbers").click()
    page.get_by_role("button", name="Start Python").click()
    page.locator(".fp-change fieldset:not([disabled])").first.wait_for(state="attached")
    page.wait_for_function("() => !document.querySelector('.fp-change fieldset').disabled")
    change(page)


def measured(site: Path, pages: list[str]) -> list[str]:
    """Print what pages take in a browser; give what is beyond its budget."""
    from playwright.sync_api import sync_playwright

    over = []
    with sync_playwright() as playwright, served(site) as url, TemporaryDirectory() as profile:
        program = os.environ.get("FWDPASS_CHROMIUM") or None
        # With a profile, as a reader's browser has one, where it keeps what it has compiled.
        context = playwright.chromium.launch_persistent_context(profile, executable_path=program, args=["--no-sandbox"])
        assert context.browser is not None
        spent = Spent(context.browser)
        for how, most in (("cold", COLD), ("warm", WARM)):
            page = context.new_page()
            page.set_default_timeout(300_000)
            page.goto("about:blank")
            before = spent.seconds()
            started(page, f"{url}/{pages[0]}.html")
            took = spent.seconds() - before
            print(f"{how} start, {pages[0]:<13} {took:>15.1f} s")
            over += [f"{how} start"] * (took > most)
            page.close()
        for name in pages:
            page = context.new_page()
            page.set_default_timeout(300_000)
            started(page, f"{url}/{name}.html")
            before = spent.seconds()
            for _ in range(CHANGES):
                change(page)
            took = (spent.seconds() - before) / CHANGES
            most = spent.megabytes()
            page.get_by_role("button", name="Back to the book").click()
            page.wait_for_function("() => document.querySelector('.fp-back').hidden")
            page.wait_for_timeout(1000)
            after = spent.megabytes()
            print(f"{name:<24} change {took:>6.2f} s   memory {most:>4.0f} MB, back at the book {after:>4.0f} MB")
            over += [f"a change of {name}"] * (took > CHANGE) + [f"memory of {name}"] * (most > MEMORY)
            page.close()
        context.close()
    return over


def sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """Give of each page that follows its readers how many bytes its record takes, and the patches of its pictures."""
    records = sorted(path for path in folder.rglob("*.json") if path.with_suffix(".js").exists())
    named = {path.relative_to(folder).with_suffix("").as_posix(): path for path in records}
    return {name: (sent(path), sent(path.with_suffix(".js"))) for name, path in named.items()}


def too_large(found: dict[str, tuple[int, int]]) -> list[str]:
    """Name the pages of which something is beyond its budget."""
    return [name for name, (record, patches) in found.items() if record > RECORD or patches > PATCHES]


def main() -> int:
    """Print a line for each page, and one for Python."""
    parser = argparse.ArgumentParser(prog="python benchmarks/live.py", description=__doc__)
    parser.add_argument("site", type=Path, nargs="?", default=SITE, help="the site (the book, as nox builds it)")
    parser.add_argument("--browser", action="store_true", help="measure time and memory in Chromium, too")
    parser.add_argument("--page", action="append", default=[], help="a page to measure there (all of them)")
    asked = parser.parse_args()
    folder = asked.site / "_live"
    found = sizes(folder)
    for name, (record, patches) in found.items():
        print(f"{name:<24} record {record:>7,}   patches {patches:>7,}")
    over = too_large(found)
    python = sum(map(sent, (folder / "python").glob("*")))
    print(f"{'Python and NumPy':<24} {python:>14,}" if python else "no Python for browsers in this site")
    over += ["Python"] * (python > PYTHON)
    if asked.browser and not python:
        parser.error(f"{asked.site} has no Python for browsers: FWDPASS_LIVE=1 nox -s docs builds the book with it")
    if asked.browser:
        over += measured(asked.site, asked.page or list(found))
    if over:
        print(f"beyond the budget: {', '.join(over)}", file=sys.stderr)
    return bool(over)


if __name__ == "__main__":
    raise SystemExit(main())
