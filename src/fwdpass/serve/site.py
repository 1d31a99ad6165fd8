"""The pages as they are now, for the browsers of this computer, and a line of events to each page that is open."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fwdpass.errors import FwdpassError

HOST = "127.0.0.1"
OWN = "/_fwdpass/"
"""Where this server has what is not the book's."""
EVENTS, SCRIPT, STYLE = f"{OWN}events", f"{OWN}serve.js", f"{OWN}serve.css"
KEPT = 15.0
"""Seconds after which a line that nothing was said on says that it is there."""
_UNBUILT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Not built</title></head>
<body><main><h1>This book is not built</h1><p>It will be here as soon as it is.</p></main></body></html>
"""


@dataclass
class Shown:
    """A page: its HTML, and the patches that have changed it since a browser had to take it whole.

    ``within`` is how many of them the HTML has in it already.
    """

    html: str
    built: int = 0
    patches: list[dict[str, str]] = field(default_factory=list)
    within: int = 0


@dataclass(frozen=True)
class Notice:
    """What is said in every open page; on those in ``old``, what stands is not what the sources say.

    Those in ``ready`` can take a change of the numbers place by place.
    """

    doing: str = ""
    faults: tuple[str, ...] = ()
    old: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()

    def on(self, page: str) -> dict[str, Any]:
        """Give what one page shows of it."""
        return {"doing": self.doing, "faults": [*self.faults], "old": page in self.old, "ready": page in self.ready}


class Site:
    """What there is to see; threads of the server wait for it to change."""

    def __init__(self, folder: Path, opened: Callable[[str], None]) -> None:
        self.folder = folder
        self.run = secrets.token_hex(4)
        self.news = Condition()
        self.notice = Notice()
        self.ended = False
        self._opened = opened
        self._reloads = 0
        self._pages: dict[str, Shown] = {}
        self._names: dict[str, str] = {}
        self._open: Counter[str] = Counter()

    @property
    def epoch(self) -> str:
        """Name the book as a whole: another name, and an open page has to be loaded again."""
        return f"{self.run}.{self._reloads}"

    @property
    def open(self) -> set[str]:
        """Give the pages that are open in a browser."""
        return {page for page, count in self._open.items() if count > 0}

    @property
    def pages(self) -> set[str]:
        """Give the pages that there are."""
        return {*self._pages}

    def build(self, files: Mapping[str, str]) -> None:
        """Show the book that was built; ``files`` are those of its pages."""
        with self.news:
            self._reloads += 1
            self._names = {file: page for page, file in files.items()}
            self._pages = {page: Shown(self._html(page)) for page in files}
            self.news.notify_all()

    def rewrite(self, pages: Iterable[str], same: Collection[str] = ()) -> None:
        """Show what was written of pages anew; of those that are the ``same`` with their patches, nothing changes."""
        with self.news:
            for page in pages:
                shown, html = self._pages[page], self._html(page)
                if page in same:
                    shown.html, shown.within = html, len(shown.patches)
                elif html != shown.html or shown.within != len(shown.patches):
                    self._pages[page] = Shown(html, shown.built + 1)
            self.news.notify_all()

    def patch(self, page: str, patch: dict[str, str]) -> None:
        """Change places of a page."""
        with self.news:
            self._pages[page].patches.append(patch)
            self.news.notify_all()

    def say(self, notice: Notice) -> None:
        """Say something in every open page."""
        with self.news:
            self.notice = notice
            self.news.notify_all()

    def end(self) -> None:
        """Let every line end."""
        with self.news:
            self.ended = True
            self.news.notify_all()

    def page_of(self, path: str) -> str | None:
        """Give the page at an address, if there is one."""
        file = unquote(path).lstrip("/")
        return self._names.get(f"{file}index.html" if not file or file.endswith("/") else file)

    def html_of(self, page: str) -> str:
        """Give a page with the script that keeps it up to date."""
        with self.news:
            shown = self._pages[page]
            return scripted(shown.html, page=page, epoch=self.epoch, built=str(shown.built), at=str(shown.within))

    def events(self, page: str, epoch: str, built: int, at: int) -> Generator[tuple[str, dict[str, Any]], None, None]:
        """Say what a page in a browser lacks: where it is, and what is to be done. As long as the page is open."""
        told: dict[str, Any] = {}
        with self.news:
            self._open[page] += 1
        self._opened(page)
        try:
            while not self.ended:
                with self.news:  # and nothing is written as long as it is locked
                    said = self._lacking(page, epoch, built, at, told)
                    if not said and not self.news.wait(KEPT):
                        said = [("", {})]
                for place, what in said:
                    yield place, what
                    told = what.get("notice", told)
                    at += "patch" in what
                    if not what.keys().isdisjoint(("reload", "swap")):
                        return  # and the page, when it has the new one, asks for a line of its own
        finally:
            with self.news:
                self._open[page] -= 1

    def _lacking(
        self, page: str, epoch: str, built: int, at: int, told: dict[str, Any]
    ) -> list[tuple[str, dict[str, Any]]]:
        """Say what a page lacks that has the book, the writing and the patches which it says, and this notice."""
        shown, notice = self._pages.get(page), self.notice.on(page)
        if epoch != self.epoch:
            return [("", {"reload": True})]
        if shown is not None and shown.built != built:
            return [("", {"swap": True})]
        patches = shown.patches[at:] if shown is not None else []
        said: list[tuple[str, dict[str, Any]]] = [
            (f"{built}.{number}", {"patch": patch}) for number, patch in enumerate(patches, at + 1)
        ]
        return said if notice == told else [*said, (f"{built}.{at + len(patches)}", {"notice": notice})]

    def _html(self, page: str) -> str:
        file = next(file for file, name in self._names.items() if name == page)
        return (self.folder / file).read_text("utf-8")


def scripted(html: str, **facts: str) -> str:
    """Put our script and style sheet before any other of a page."""
    given = " ".join(f'data-{name}="{escape(value)}"' for name, value in facts.items())
    ours = f'<link rel="stylesheet" href="{STYLE}"><script defer src="{SCRIPT}" {given}></script>'
    first = html.find("<script")
    at = first if 0 <= first < html.find("</head>") else html.find("</head>")
    return f"{html[:at]}{ours}{html[at:]}"


class _Handler(SimpleHTTPRequestHandler):
    """Answers this computer alone."""

    def __init__(self, *given: Any, site: Site) -> None:
        self._site = site
        super().__init__(*given, directory=str(site.folder))

    def do_GET(self) -> None:
        """Give a page, an event line, or a file of the site."""
        if urlsplit(f"//{self.headers.get('Host')}").hostname not in (HOST, "localhost"):  # a name that leads here
            self.send_error(HTTPStatus.FORBIDDEN, "This server is for the pages of this computer")
            return
        asked = urlsplit(self.path)
        page = self._site.page_of(asked.path)
        if asked.path == EVENTS:
            self._stream({name: values[-1] for name, values in parse_qs(asked.query).items()})
        elif asked.path in (SCRIPT, STYLE):
            kind = "text/javascript" if asked.path == SCRIPT else "text/css"
            self._answer(Path(__file__).with_name(Path(asked.path).name).read_text("utf-8"), kind)
        elif page is not None:
            self._answer(self._site.html_of(page), "text/html")
        elif asked.path in ("/", "/index.html"):
            self._answer(scripted(_UNBUILT, page="", epoch=self._site.epoch, built="0", at="0"), "text/html")
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Let the browser ask again each time: what a file says changes all day long."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _answer(self, said: str, kind: str) -> None:
        body = said.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, asked: Mapping[str, str]) -> None:
        built, _, at = (self.headers.get("Last-Event-ID") or f"{asked.get('built', 0)}.{asked.get('at', 0)}").partition(
            "."
        )
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        events = self._site.events(asked.get("page", ""), asked.get("epoch", ""), int(built), int(at))
        with closing(events), suppress(OSError):  # the page was closed
            for place, said in events:
                told = f"id: {place}\n" if place else ""
                self.wfile.write(f"{told}data: {json.dumps(said)}\n\n".encode())
                self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal is for what happens to the book."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # Windows would let two servers have one port

    def handle_error(self, *_: Any) -> None:
        """Say nothing of browsers that have gone."""


def start(site: Site, port: int) -> str:
    """Start the server; give its address.

    Raises FwdpassError where the port is taken.
    """
    try:
        server = _Server((HOST, port), partial(_Handler, site=site))
    except (OSError, OverflowError) as error:
        raise FwdpassError(
            f"cannot serve at port {port}: {getattr(error, 'strerror', None) or error}; name another with --port, "
            "or 0 for one that is free"
        ) from None
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{HOST}:{server.server_port}/"
