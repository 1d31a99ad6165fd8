"""The command: build the book for every picture, and compare each page with the one that follows its reader."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from fwdpass.commands import ended, path, say
from fwdpass.errors import FwdpassError
from fwdpass.page import Lesson
from fwdpass.page.pictures import pictures
from tests.lessons.build import build
from tests.lessons.made import Made
from tests.live.equality import compare, quiet

ARRAY = "image"
"""What the book's conf.py lets a reader touch."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status: 0, or 1 where a page is not what a build gives."""
    parser = argparse.ArgumentParser(prog="python -m tests.live", description=__doc__)
    parser.add_argument("docs", type=path, nargs="?", default=Path("docs"), help="the book's folder (docs)")
    parser.add_argument("--into", type=Path, default=Path("docs/_build/live"), help="where books are built")
    parser.add_argument("--picture", "-p", action="append", default=[], help="a picture, such as 0110 (all of them)")
    asked = parser.parse_args(argv)
    return ended(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    shown, every = pictures(Lesson.of(), ARRAY)
    chosen = asked.picture or [name for name in every if name != shown]
    if strange := [name for name in chosen if name not in every or name == shown]:
        raise FwdpassError(f"{strange[0]!r} is no other picture of the lesson: they are {', '.join(every)}")
    shutil.rmtree(asked.into, ignore_errors=True)
    book = asked.into / "book"
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "-q", "-b", "html", "-d", f"{book}.doctrees"]
    subprocess.run([*command, str(asked.docs), str(book)], check=True)
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
        browser.close()
    return 1 if apart else 0
