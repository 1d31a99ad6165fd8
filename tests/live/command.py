"""The command: build the book for what readers change, and compare each page with the one that follows its reader."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Browser, sync_playwright

from fwdpass.commands import ended, path, say
from fwdpass.errors import FwdpassError
from fwdpass.live.runtime import NUMPY
from fwdpass.page import Lesson
from fwdpass.page.pictures import pictures
from tests.browser.conftest import serve
from tests.lessons.build import build
from tests.lessons.made import SEED, Made
from tests.live.changes import CELLS, LINES, Changed, cells, lines, shapes, weights
from tests.live.equality import compare, compare_changed, quiet
from tests.live.node import read_in_node

ARRAY = "image"
"""What the book's conf.py lets a reader touch."""

WANTED = (
    "calendar", "csv", "datetime", "decimal", "fractions", "graphlib", "pprint", "random", "statistics", "timeit",
    "numpy.char", "numpy.ma", "numpy.polynomial", "numpy.random", "numpy.rec", "numpy.strings",
)  # fmt: skip
"""Of Python's library and of NumPy, what a reader may want in a cell, beside what pages import."""
_WITHOUT = {"_ssl.py", "ssl.py"}
"""What Python's library asks for as it starts, and does without: a browser has no sockets."""
_WANTING = (
    {"script": f"import {', '.join(WANTED)}\ndatetime.datetime.strptime('', '')"},
    {"cells": {"0": "1 /"}},  # what tells faults
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status: 0, or 1 where a page is not what a build gives."""
    parser = argparse.ArgumentParser(prog="python -m tests.live", description=__doc__)
    parser.add_argument("docs", type=path, nargs="?", default=Path("docs"), help="the book's folder (docs)")
    parser.add_argument("--into", type=Path, default=Path("docs/_build/live"), help="where books are built")
    parser.add_argument("--picture", "-p", action="append", default=[], help="a picture, such as 0110 (all of them)")
    counts = (("weights", 20), ("pairs", 3), ("shapes", 2), ("lines", len(LINES)), ("cells", len(CELLS)))
    for name, count in counts:
        parser.add_argument(f"--{name}", type=int, default=None, help=f"how many {name} to change ({count})")
    parser.add_argument("--seed", type=int, default=SEED, help="by which numbers are chosen")
    parser.add_argument("--modules", action="store_true", help="list the files of Python's library that pages import")
    asked = parser.parse_args(argv)
    asked.chosen = asked.picture or any(getattr(asked, name) is not None for name, _ in counts)
    for name, count in counts:
        if getattr(asked, name) is None:
            setattr(asked, name, 0 if asked.chosen else count)
    return ended(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    shown, every = pictures(Lesson.of(), ARRAY)
    changes = [
        *weights(Lesson.of(), asked.weights, asked.seed),
        *weights(Lesson.of(), asked.pairs, asked.seed, together=2),
        *shapes(Lesson.of(), asked.shapes),
        *lines(Lesson.of(), asked.lines),
        *cells(Lesson.of(), asked.cells),
    ]
    chosen = asked.picture or ([] if asked.chosen else [name for name in every if name != shown])
    if strange := [name for name in chosen if name not in every or name == shown]:
        raise FwdpassError(f"{strange[0]!r} is no other picture of the lesson: they are {', '.join(every)}")
    shutil.rmtree(asked.into, ignore_errors=True)
    book = asked.into / "book"
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "-q", "-b", "html", "-d", f"{book}.doctrees"]
    subprocess.run([*command, str(asked.docs), str(book)], check=True)
    if asked.modules:
        say("".join(f"{name}\n" for name in imported(book)))
        return 0
    apart = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("FWDPASS_CHROMIUM") or None, args=["--no-sandbox"]
        )
        with quiet(browser) as context:
            for name in chosen:
                built = build(asked.docs, Made(f"picture {name}", "picture", every[name]), asked.into)
                found = [*map(str, compare(context, book, built, name))]
                pages = len([*built.glob("*.html")])
                say(f"picture {name}: {pages - len(found)} of {pages} pages are what a build gives\n")
                for one in found:
                    say(f"  {one}\n")
                apart += len(found)
                shutil.rmtree(built)
        apart += _compare_changed(asked, browser, book, changes)
        browser.close()
    return 1 if apart else 0


def _compare_changed(asked: argparse.Namespace, browser: Browser, book: Path, changes: Sequence[Changed]) -> int:
    """Compare the pages that Python reads again in the browser; give how many are apart."""
    if not (book / "_live" / "python").is_dir():
        say("No Python for browsers is part of the site, so no numbers were changed: FWDPASS_RUNTIME names none\n")
        return 0
    built = {}
    for change in changes:
        try:
            docs = change.docs(asked.docs, asked.into)
            built[change.made.name] = change, build(docs, change.made, asked.into)
        except FwdpassError:
            say(f"{change.made.name}: a build refuses it\n")
    equal: Counter[str] = Counter()
    apart = compared = 0
    with quiet(browser) as context, serve(book) as site, ExitStack() as others:
        sites = {name: (change, others.enter_context(serve(folder)).url) for name, (change, folder) in built.items()}
        for name, found in compare_changed(context, site.url, book, sites):
            compared += 1
            equal[name] += found is None
            apart += found is not None
            if found is not None:
                say(f"  {name}: {found}\n")
    for name in built:
        say(f"{name}: {equal[name]} pages are what a build gives\n")
    say(f"{compared - apart} of {compared} pages that Python has read again are what a build gives\n")
    say(f"{len(built)} of {len(changes)} changes were built; a build refuses the others, whose claims are false\n")
    if changes and not compared:
        raise FwdpassError("nothing was compared: a build refuses every change")
    return apart


def imported(book: Path) -> list[str]:
    """List the files of Python's library and of NumPy that the pages of a site import, as their archives have them."""
    pages = [record.stem for record in (book / "_live").glob("*.json")]
    _, origins = read_in_node(book, {page: [{"numbers": {}}, *_WANTING] for page in pages})
    found = set()
    for origin in origins:
        for root in ("/lib/python314.zip/", "/lib/python3.14/site-packages/"):
            if origin.startswith(root):
                name = origin.removeprefix(root)
                found |= {name} if root.endswith(".zip/") or name.startswith("numpy") else set()
    with ZipFile(book / "_live" / "python" / NUMPY) as whole:
        found |= {name for name in whole.namelist() if _may_be_needed(name)}
    return sorted(found - _WITHOUT)


def _may_be_needed(name: str) -> bool:
    """Say whether a file of NumPy is kept though no page imports it: what NumPy loads late, and its licence."""
    late = name.startswith(("numpy/_core/", "numpy/fft/", "numpy/lib/", "numpy/linalg/"))
    return (late and name.endswith(".py") and "/tests/" not in name) or ".dist-info/licenses/" in name
