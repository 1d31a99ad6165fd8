"""Measure what a page that follows its reader costs: ``nox -s bench -- live``, of the book that nox has built.

What is sent: its record, the patches of its pictures, and Python for browsers, as servers send them, archives as they
are and the rest compressed. With ``--browser``, what it takes in Chromium: the processor's seconds from the choice of
Python to the first patch, with an empty cache and with a full one, and for a change on each page; and the memory of the
page. Fails where one is beyond its budget.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

RECORD, PATCHES, PYTHON = 6_000, 30_000, 7_100_000
"""Bytes at most of a record, of a page's patches, and of Python, of which Brotli would send nearly a megabyte less."""
COLD, WARM, CHANGE, MEMORY = 9.0, 5.5, 0.5, 300.0
"""Seconds of the processor at most to the first patch and for a change, and megabytes of a page's process."""
SITE = Path(__file__).parents[1] / "docs" / "_build" / "html"
CHANGES = 12
"""How many changes are made on each page, without a pause: their mean counts, and the most memory after any of them."""


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


class Chromium:
    """A browser that is asked over a pipe, and told to watch nothing.

    Playwright watches what pages fetch, and the browser then keeps all of it in the page's process: some twenty
    megabytes, which no reader's browser has.
    """

    def __init__(self, profile: str) -> None:
        import fcntl  # which not every system has

        reads, self._write = os.pipe()
        self._read, writes = os.pipe()
        command = [program(), "--headless", "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        above = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in (reads, writes)]
        actions = [
            (os.POSIX_SPAWN_DUP2, one, to) for one, to in zip(above, (3, 4), strict=True)
        ]  # where it expects them
        silent = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        self._process = os.posix_spawnp(command[0], command, os.environ, file_actions=[*actions, silent])
        for one in (reads, writes, *above):
            os.close(one)
        self._rest = b""
        self._serial = 0

    def ask(self, method: str, line: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Ask the browser, or a page that ``line`` leads to; give the answer."""
        self._serial += 1
        question = {"id": self._serial, "method": method, "params": parameters} | ({"sessionId": line} if line else {})
        os.write(self._write, json.dumps(question).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                more = os.read(self._read, 1 << 16)
                if not more:
                    raise RuntimeError(f"{program()} has ended")
                self._rest += more
            said, _, self._rest = self._rest.partition(b"\0")
            answer: dict[str, Any] = json.loads(said)
            if answer.get("id") != self._serial:
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            return dict(answer["result"])

    def close(self) -> None:
        """End it."""
        self.ask("Browser.close")
        os.waitpid(self._process, 0)

    def _renderers(self) -> list[dict[str, Any]]:
        return [one for one in self.ask("SystemInfo.getProcessInfo")["processInfo"] if one["type"] == "renderer"]

    def seconds(self) -> dict[int, float]:
        """Give the processor's seconds of each process of pages."""
        return {one["id"]: one["cpuTime"] for one in self._renderers()}

    def since(self, before: dict[int, float]) -> float:
        """Give the processor's seconds that pages have taken since, those left out that are no more."""
        return sum(now - before.get(one, 0.0) for one, now in self.seconds().items())

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


def program() -> str:
    """Give the path of Chromium: the one that is named, or Playwright's."""
    if named := os.environ.get("FWDPASS_CHROMIUM"):
        return named
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


class Page:
    """A page of a browser."""

    def __init__(self, browser: Chromium) -> None:
        self._browser = browser
        self._target = browser.ask("Target.createTarget", url="about:blank", width=1280, height=720)["targetId"]
        self._line = browser.ask("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]

    def run(self, script: str) -> Any:
        """Run a script in the page, wait for what it promises, and give that."""
        answer = self._browser.ask(
            "Runtime.evaluate", self._line, expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]["exception"].get("description", answer)))
        return answer["result"].get("value")

    def open(self, url: str) -> None:
        """Go to an address, and wait until all of it is there."""
        self._browser.ask("Page.navigate", self._line, url=url)
        while not self.run(f"location.href === {json.dumps(url)} && document.readyState === 'complete'"):
            time.sleep(0.01)

    def start(self) -> None:
        """Start Python, and make a first change."""
        self.press("Change the numbers")
        self.until("document.querySelector('.fp-begin')")
        self.press("Start Python")
        self.until("document.querySelector('.fp-change fieldset:not([disabled])')")
        self.change()

    def press(self, name: str) -> None:
        """Press a button of the box that follows its reader."""
        buttons = "[...document.querySelectorAll('.fp-follow button')]"
        self.until(f"{buttons}.some((one) => one.textContent.trim() === {json.dumps(name)} && !one.hidden)")
        self.run(f"{buttons}.find((one) => one.textContent.trim() === {json.dumps(name)}).click()")

    def change(self) -> None:
        """Press the first of the buttons that make a number larger, and wait until the page has followed."""
        self.run(
            """new Promise((resolve) => {
              addEventListener("fwdpass:changed", () => resolve(), { once: true });
              document.querySelector(".fp-follow button[value=up]").click();
            })"""
        )

    def until(self, condition: str) -> None:
        """Wait until something is so; asking costs the page nothing that could be measured."""
        for _ in range(6000):
            if self.run(f"Boolean({condition})"):
                return
            time.sleep(0.05)
        raise RuntimeError(f"it never came that {condition}: {self.run('document.body.innerText')[:1000]}")

    def close(self) -> None:
        """Close it."""
        self._browser.ask("Target.closeTarget", targetId=self._target)


def measured(site: Path, pages: list[str]) -> list[str]:
    """Print what pages take in a browser; give what is beyond its budget."""
    over = []
    # With a profile, as a reader's browser has one, where it keeps what it has compiled.
    with served(site) as url, TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Chromium(profile)
        for how, most in (("cold", COLD), ("warm", WARM)):
            page = Page(browser)
            before = browser.seconds()
            page.open(f"{url}/{pages[0]}.html")
            page.start()
            took = browser.since(before)
            print(f"{how} start, {pages[0]:<13} {took:>15.1f} s")
            over += [f"{how} start"] * (took > most)
            page.close()
        for name in pages:
            page = Page(browser)
            page.open(f"{url}/{name}.html")
            page.start()
            before = browser.seconds()
            most = 0.0
            for _ in range(CHANGES):
                page.change()
                most = max(most, browser.megabytes())
            took = browser.since(before) / CHANGES
            page.press("Back to the book")
            page.until("document.querySelector('.fp-back').hidden")
            time.sleep(1)
            after = browser.megabytes()
            print(f"{name:<24} change {took:>6.2f} s   memory {most:>4.0f} MB, back at the book {after:>4.0f} MB")
            over += [f"a change of {name}"] * (took > CHANGE) + [f"memory of {name}"] * (most > MEMORY)
            page.close()
        browser.close()
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
