"""How soon a change of a file is in the page that is open: a number of the lesson, and a word of the page.

    nox -s bench -- serve                      the pages with most to do, five changes of each kind
    nox -s bench -- serve index                other pages
    nox -s bench -- serve --check              exit status 1 where a target is missed, or a page was loaded anew

A copy of the book is served by `fwdpass serve`, and shown in Chromium. Each change is written to its file, and the
clock runs until the page shows it: noticing, reading, sending and drawing. The CPU time is that of the process that
tried the change; it is what counts for the targets, since it hardly depends on what else the computer does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter
from typing import Any

from playwright.sync_api import Page, sync_playwright

from fwdpass.serve.desk import Desk, Holder, watch
from fwdpass.serve.site import start

ROOT = Path(__file__).resolve().parents[1]
NUMBER, WORD = 1.0, 2.0
"""Targets: seconds until a number of the lesson, or a word of the page, is in the open page."""
PAGES = ("matrix-multiplication", "neurons")
WEIGHTS = ("    [ 0.3, -0.5,", "    [ 0.25, -0.5,", "    [ 0.2, -0.5,")
"""A weight as the lesson has it, the last, or might have it."""
PATCHED = "n => Number(document.querySelector('.fp-serve').dataset.patches ?? 0) > n"
WORDS = ("First words.", "Second words.", "Other words.")


class Timed(Desk):
    """A desk that keeps what each change has cost."""

    def __init__(self, docs: Path, out: Path, source: Path) -> None:
        super().__init__(docs, out, [source])
        self.built = Event()
        self.cpu: list[float] = []

    def _answer(self, told: tuple[Holder, dict[str, Any] | None]) -> None:
        answer = told[1] or {}
        if "faults" in answer:
            print(f"the book is not read: {answer['faults']}", file=sys.stderr)
        order = self._holder.order if self._holder else None
        if "done" in answer and order is not None and order["files"]:
            self.cpu.append(answer["done"]["cpu"])
        super()._answer(told)
        if "built" in answer:
            self.built.set()


@dataclass
class Cost:
    """What changes of one kind have cost on a page, in seconds: by the clock, and of the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{median(self.wall):5.2f} s, {median(self.cpu):5.2f} s of CPU"


@contextmanager
def served(folder: Path) -> Iterator[tuple[Timed, str]]:
    """Serve a copy of the book, with a copy of the package, whose lesson is to be changed."""
    docs, source = folder / "docs", folder / "src"
    shutil.copytree(ROOT / "docs", docs, ignore=shutil.ignore_patterns("_build"))
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("*.md"):  # the book includes some of them
        shutil.copy(path, folder)
    os.environ["PYTHONPATH"] = str(source)
    desk = Timed(docs, folder / "out", source)
    address = start(desk.site, 0)
    Thread(target=watch, args=({docs, source}, lambda paths: desk.events.put(("changed", paths))), daemon=True).start()
    Thread(target=desk.run, daemon=True).start()
    try:
        desk.built.wait()
        yield desk, address
    finally:
        desk.end()


def change(desk: Timed, cost: Cost, file: Path, old: str, new: str, until: Callable[[], object]) -> None:
    """Change a file, and wait until the page shows it."""
    text = file.read_text("utf-8")
    assert text.count(old) == 1, (file, old)
    count, begun = len(desk.cpu), perf_counter()
    file.write_text(text.replace(old, new), "utf-8")
    until()
    cost.wall.append(perf_counter() - begun)
    cost.cpu.append(desk.cpu[count])


def measure(desk: Timed, page: Page, address: str, name: str, rounds: int) -> tuple[Cost, Cost, bool]:
    """Change the lesson and the page by turns; say, too, whether the page has stayed."""
    lesson = desk.source.parent / "src" / "fwdpass" / "lesson.py"
    words = desk.source / f"{name}.md"
    page.goto(f"{address}{name}.html")
    page.evaluate("window.stays = true")
    numbers, paragraphs = Cost(), Cost()
    there = lesson.read_text("utf-8")
    old_weight = next(one for one in WEIGHTS if one in there)  # as the page before has left it
    weights = sorted(WEIGHTS, key=lambda one: one == old_weight)
    old_words = ""
    for weight, said in [pair for pair, _ in zip(cycle(zip(weights, WORDS, strict=True)), range(rounds), strict=False)]:
        page.locator(".fp-serve[data-ready]").wait_for(state="attached")
        patches = page.evaluate("Number(document.querySelector('.fp-serve').dataset.patches ?? 0)")
        change(
            desk, numbers, lesson, old_weight, weight,
            partial(page.wait_for_function, PATCHED, arg=patches),
        )  # fmt: skip
        if not old_words:
            words.write_text(f"{words.read_text('utf-8')}\n{WORDS[-1]}\n", "utf-8")
            page.get_by_text(WORDS[-1]).wait_for()
            old_words = WORDS[-1]
        change(desk, paragraphs, words, old_words, said, page.get_by_text(said).wait_for)
        old_weight, old_words = weight, said
    return numbers, paragraphs, page.evaluate("window.stays === true")


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", default=PAGES)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="changes of each kind")
    parser.add_argument("--check", action="store_true", help="exit with status 1 where a target is missed")
    asked = parser.parse_args()
    met = True
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (desk, address), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=os.environ.get("FWDPASS_CHROMIUM"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        print(f"{'page':24}{'a number of the lesson':28}{'a word of the page':28}")
        for name in asked.pages:
            numbers, words, stayed = measure(desk, page, address, name, asked.rounds)
            print(f"{name:24}{numbers!s:28}{words!s:28}{'' if stayed else 'LOADED ANEW'}", flush=True)
            met = met and stayed and median(numbers.cpu) <= NUMBER and median(words.cpu) <= WORD
        browser.close()
    print(f"targets: a number in at most {NUMBER:.0f} s, a word in at most {WORD:.0f} s: {'met' if met else 'MISSED'}")
    return int(asked.check and not met)


if __name__ == "__main__":
    sys.exit(main())
