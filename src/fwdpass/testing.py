"""What the tests of a book need: a real build, and what its pages say. For other authors' books, too."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from fwdpass.page import Ledger, Program


@dataclass(frozen=True)
class Built:
    """A finished build: its exit status, what it said, and where it put the pages."""

    status: int
    messages: str
    html: Path
    doctrees: Path

    def pages(self) -> dict[str, str]:
        """Give the HTML of every page, by its path below the site's root."""
        found = sorted(self.html.rglob("*.html"))
        return {path.relative_to(self.html).as_posix(): path.read_text("utf-8") for path in found}

    def said(self, page: str) -> str:
        """Give the text of a page's article as a reader without pictures has it."""
        return article_text((self.html / page).read_text("utf-8"))

    def readings(self) -> dict[str, tuple[Program, Ledger]]:
        """Give the program and the ledger of every page that has cells."""
        # the file is the one that this build has just written
        env = pickle.loads((self.doctrees / "environment.pickle").read_bytes())  # noqa: S301
        return {
            name: (kept.program, kept.ledger) for name, kept in env.fwdpass_records.items() if kept.program is not None
        }


def build(source: Path, into: Path, *options: str, env: Mapping[str, str] | None = None) -> Built:
    """Build a book with Sphinx, in a process of its own, as ``nox -s docs`` does: strictly.

    ``into`` receives ``html`` and ``doctrees``; building into it again is a warm build.
    ``options`` go to sphinx-build, and ``env`` is added to the environment.

    Parameters
    ----------
    source : Path
        The book's folder.
    into : Path
        Receives ``html`` and ``doctrees``. Building into it again is a warm build.
    *options : str
        Go to sphinx-build.
    env : mapping, optional
        Is added to the environment.

    Returns
    -------
    Built
        What Sphinx said, and what it made.
    """
    html, doctrees = into / "html", into / "doctrees"
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "-q", "-b", "html", "-d", str(doctrees)]
    done = subprocess.run(  # noqa: S603
        [*command, *options, str(source), str(html)],
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Built(done.returncode, done.stdout + done.stderr, html, doctrees)


def article_text(html: str) -> str:
    """Give the words of a page's article, white space folded, in the order of the page.

    Parameters
    ----------
    html : str
        The page.

    Returns
    -------
    str
        Its words.

    Examples
    --------
    >>> article_text("<nav>Home</nav><article><h1>Loss</h1><p>It is <b>0.5</b>.</p></article>")
    'Loss It is 0.5.'
    """
    start, end = html.find("<article"), html.rfind("</article>")
    parser = _Words()
    parser.feed(html[start:end] if start >= 0 else html)
    return re.sub(r"\s+", " ", "".join(parser.words)).strip()


class _Words(HTMLParser):
    """Collects text; a block's end is a space, an inline element's is not."""

    _INLINE = frozenset(("a", "b", "code", "em", "i", "mn", "mo", "mi", "span", "strong", "sub", "sup"))

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.words.append(" ")
