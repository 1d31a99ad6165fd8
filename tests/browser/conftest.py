"""One Chromium and one server for all browser tests; the book comes from tests/conftest.py, built once."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from fwdpass.testing import Built
from tests.book.conftest import build_book
from tests.browser import visit

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = sorted(page.stem for page in DOCS.glob("*.md"))
PAGES = [*WRITTEN, "404", "genindex", "search"]
"""What the book consists of, known before it is built; a test holds this list against the built book."""
ROOT = "/fwdpass"
"""Where the book is on its server, as on GitHub Pages; 404.html says it, so tests have it there, too."""
READERS = [(390, "light"), (1280, "dark")]
"""A phone in the light, a desk in the dark. A visit changes the light at its end, so that each sees both."""
MODES = ("light", "dark")
HEIGHT = 900
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Site:
    """A folder of pages, as a server and as files."""

    url: str
    folder: Path

    def page(self, name: str) -> str:
        return f"{self.url}/{name}.html"

    def file(self, name: str) -> str:
        return (self.folder / f"{name}.html").as_uri()


BLANK = 6
"""As many pages are kept to be used again: each is a process with a hundred megabytes or more."""


def clear(page: Page, width: int, mode: str) -> None:
    """Leave nothing on a page of what was there, nor of what was done to it.

    What a test has put before all scripts, or listens to, stays: such a test opens a page of its own.
    """
    page.evaluate("() => { try { sessionStorage.clear() } catch {} }")
    page.unroute_all()
    page.goto("about:blank")
    page.mouse.move(0, 0)
    page.emulate_media(media="null", color_scheme="dark" if mode == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": HEIGHT})


class Eyes:
    """The browser: a context for each kind of reader, and a memory for what was seen."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._contexts: dict[tuple[object, ...], BrowserContext] = {}
        self._blank: list[tuple[tuple[object, ...], Page]] = []
        self._visits: dict[tuple[object, ...], visit.Visit] = {}

    def context(self, width: int = 1280, mode: str = "light", *, scripts: bool = True) -> BrowserContext:
        key = (width, mode, scripts)
        if key not in self._contexts:
            self._contexts[key] = self.browser.new_context(
                viewport={"width": width, "height": HEIGHT},
                color_scheme="dark" if mode == "dark" else "light",
                java_script_enabled=scripts,
                reduced_motion="reduce",
            )
        return self._contexts[key]

    @contextmanager
    def page(self, width: int = 1280, mode: str = "light", *, scripts: bool = True) -> Iterator[Page]:
        """Give a page with nothing in it: one that was used before and is as it was, if there is one.

        A page of its own for each test is a process of its own, which reads every style sheet and script anew: that
        takes as long as opening the page.
        """
        key = (width, mode, scripts)
        kept = next((one for one in reversed(self._blank) if one[0] == key), None)
        if kept:
            self._blank.remove(kept)
        page = kept[1] if kept else self.context(*key[:2], scripts=scripts).new_page()
        try:
            yield page
            clear(page, width, mode)
        except BaseException:
            page.close()
            raise
        self._blank.append((key, page))
        if len(self._blank) > BLANK:
            self._blank.pop(0)[1].close()

    @contextmanager
    def open(self, url: str, width: int = 1280, mode: str = "light", *, scripts: bool = True) -> Iterator[Page]:
        with self.page(width, mode, scripts=scripts) as page:
            page.goto(url)
            page.evaluate(visit.LAID_OUT)
            yield page

    @contextmanager
    def listening(self, url: str) -> Iterator[tuple[Page, visit.Visit]]:
        """Open a page, and note what it asks for and says."""
        with self.page() as page, visit.listening(page, url) as found:
            page.goto(url)
            page.evaluate("document.fonts.ready.then(() => true)")
            yield page, found

    @contextmanager
    def still(self, url: str, *, motion: bool = False, permissions: tuple[str, ...] = ()) -> Iterator[Page]:
        """Open a page on which time stands still, but for `page.clock.run_for`.

        In a context of its own, since all pages of a context have one clock. A clock that is not stopped goes on by
        itself, and a slow computer finds a player two steps further.
        """
        context = self.browser.new_context(
            viewport={"width": 1280, "height": HEIGHT},
            reduced_motion="no-preference" if motion else "reduce",
            permissions=permissions,
        )
        try:
            page = context.new_page()
            page.clock.install(time=0)
            page.clock.pause_at(1000)
            page.goto(url)
            page.evaluate(visit.SIGN)
            page.clock.run_for(1000)
            yield page
        finally:
            context.close()

    def visit(self, url: str, width: int = 1280, mode: str = "light") -> visit.Visit:
        """Visit a page, or remember having been there."""
        key = (url, width, mode)
        if key not in self._visits:
            with self.page(width, mode) as page:
                self._visits[key] = visit.visit(page, url)
        return self._visits[key]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, Chrome, or Playwright's own: whichever is found."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def launch(playwright: Playwright) -> Browser:
    """Start a Chromium; where there is none, skip with a loud line, but never where CI=true."""
    found = os.environ.get("FWDPASS_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    try:
        return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
    except Error as error:
        sentence = f"NO BROWSER, so nothing was tested in one: {error.message.splitlines()[0]}"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)


@pytest.fixture(scope="session")
def eyes(browser: Browser) -> Eyes:
    return Eyes(browser)


@pytest.fixture(scope="session")
def site(book: Built) -> Iterator[Site]:
    """The built book, served from this computer."""
    with serve(book.html) as site:
        yield site


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A small book with an element of each kind, in sizes and numbers that the book does not have."""
    pages = {path.stem: path.read_text("utf-8") for path in (Path(__file__).parent / "bench").glob("*.md")}
    built = build_book(tmp_path_factory.mktemp("bench"), **pages)
    assert built.status == 0, built.messages
    with serve(built.html) as site:
        yield site


@contextmanager
def serve(folder: Path, handler: type[Quiet] | None = None) -> Iterator[Site]:
    """Serve a folder below ROOT for as long as a `with` lasts, and its 404.html, if it has one, elsewhere."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler or Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}{ROOT}", folder)
    finally:
        server.shutdown()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    """Gives what is in a folder."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(ROOT) if path.startswith(f"{ROOT}/") else "/nowhere")

    def send_error(self, code: int, *said: str | None) -> None:
        lost = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not lost.exists():
            super().send_error(code, *said)
            return
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(lost.read_bytes())

    def log_message(self, *_: object) -> None:
        """Say nothing: a request that fails is in the visit."""
