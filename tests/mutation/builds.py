"""Build mutants with Sphinx, really and wholly, each in a fork of a process that has built the book already.

The one module below :mod:`fwdpass.sphinxext` that knows Sphinx: a build is what it holds the readings against.
"""

from __future__ import annotations

import gc
import io
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Ledger, Lesson, Program
from tests.mutation.account import Account
from tests.mutation.mutant import Book, Mutant
from tests.mutation.reread import Read

_PLACE = re.compile(r"(?P<page>[^/\s:]+)\.md:(?P<line>\d+): WARNING: (?P<said>.*?)(?: \[[\w.]+\])?$", re.MULTILINE)


@dataclass(frozen=True)
class Built:
    """What a build of a mutant gave: its pages' ledgers, and the places of its faults; CPU and wall seconds."""

    ledgers: dict[str, Ledger]
    stops: frozenset[tuple[str, int]]
    messages: str
    cpu: float
    wall: float


@dataclass
class Site:
    """A book's folder, built once; its process is what the mutants' builds start from."""

    source: Path
    into: Path
    heard: io.StringIO = field(default_factory=io.StringIO)
    _open: ExitStack = field(default_factory=ExitStack)
    _running: dict[Connection, tuple[int, Any]] = field(default_factory=dict)

    def close(self) -> None:
        """End the builds that still run, and take back what Sphinx has registered in this process."""
        for _, process in self._running.values():
            process.terminate()
            process.join()
        self._open.close()

    def start(self) -> Book:
        """Build the book as it is, and give what its pages ran; raises FwdpassError where that fails."""
        self._open.enter_context(patch_docutils(str(self.source)))
        self._open.enter_context(docutils_namespace())
        try:
            self.app = Sphinx(
                self.source, self.source, self.into / "html", self.into / "doctrees", "html",
                status=None, warning=self.heard, freshenv=True,
                # nobody looks at a mutant: what counts is what its pages say
                confoverrides={"fwdpass_audit": False, "fwdpass_notebooks": False, "fwdpass_live": {}},
            )  # fmt: skip
            if "fwdpass.theme" in self.app.extensions:
                self.app.config.fwdpass_one_stylesheet = False
            self.app.build(force_all=True)
        except SystemExit as error:
            raise FwdpassError(f"the book itself does not build: {self._said()}{error}") from None
        except Exception as error:  # noqa: BLE001 - Sphinx raises what it likes
            raise FwdpassError(f"the book itself does not build: {type(error).__name__}: {error}") from None
        if self.app.statuscode or self._said():
            raise FwdpassError(f"the book itself does not build without a warning: {self._said()}")
        kept = _records(self.app)
        programs = {name: record.program for name, record in sorted(kept.items()) if record.program is not None}
        if not programs:
            raise FwdpassError(f"{self.source} has no page with cells, so there is nothing to change")
        return Book(self.source, Lesson.of(), programs)

    def built(self, book: Book, mutants: Sequence[Mutant], jobs: int) -> Iterator[tuple[int, Built]]:
        """Build mutants, several at a time, and give each with its index as it is ready."""
        context = get_context("fork")
        gc.collect()
        gc.freeze()  # a fork that collects garbage copies all the memory that it was to share
        left = list(enumerate(mutants))
        running = self._running
        while left or running:
            while left and len(running) < jobs:
                index, mutant = left.pop(0)
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=self._child, args=(book, mutant, index, theirs))
                # Ctrl-C amid a fork would be lost in its callbacks, and end the child before it can ignore it.
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
                try:
                    process.start()
                finally:
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                theirs.close()
                running[ours] = index, process
            for ready in wait(list(running)):
                assert isinstance(ready, Connection)
                index, process = running.pop(ready)
                try:
                    answer = ready.recv()
                except EOFError:
                    raise FwdpassError(f"the build of {mutants[index].name!r} ended without an answer") from None
                process.join()
                if not isinstance(answer, Built):
                    raise FwdpassError(f"the build of {mutants[index].name!r} ended with {answer}")
                yield index, answer

    def _child(self, book: Book, mutant: Mutant, index: int, answer: Connection) -> None:
        """Build one mutant, in a process of its own, which nobody uses again."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which ends this
        gc.disable()  # it is short-lived, and docutils makes garbage that costs a third of the time to look through
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            self._build(book, mutant, self.into / f"mutant{index}")
            kept = _records(self.app)
            ledgers = {name: record.ledger for name, record in kept.items() if record.ledger is not None}
            said = self._said()
            stops = frozenset((match["page"], int(match["line"])) for match in _PLACE.finditer(said))
            spent = time.process_time() - cpu, time.perf_counter() - wall
            answer.send(Built(ledgers, stops, said, *spent))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent says it
            answer.send(f"{type(error).__name__}: {error}")
        answer.close()
        shutil.rmtree(self.into / f"mutant{index}", ignore_errors=True)
        sys.stdout.flush()
        os._exit(0)

    def _build(self, book: Book, mutant: Mutant, into: Path) -> None:
        app = self.app
        self.heard.truncate(0)
        self.heard.seek(0)
        module = mutant.lesson.load(Arithmetic.FLOAT64)
        package, _, child = mutant.lesson.module.rpartition(".")
        sys.modules[mutant.lesson.module] = module
        setattr(sys.modules[package], child, module)
        shutil.copytree(self.into / "html", into / "html")
        shutil.copytree(self.into / "doctrees", into / "doctrees")
        app.outdir = app.builder.outdir = type(app.outdir)(into / "html")
        app.doctreedir = app.builder.doctreedir = type(app.doctreedir)(into / "doctrees")
        pages = sorted(mutant.pages(book))
        app.connect("env-get-outdated", lambda *_: pages)
        app.connect("source-read", lambda _, name, content: _rewrite(book, mutant, name, content), priority=1)
        with mutant.installed(), suppress(SystemExit):  # then the faults are told, and nothing is written
            app.build(filenames=[Path(app.env.doc2path(page)) for page in pages])

    def _said(self) -> str:
        return re.sub(r"\x1b\[[\d;]*m", "", self.heard.getvalue())


def _records(app: Sphinx) -> dict[str, Any]:
    kept: dict[str, Any] = vars(app.env).get("fwdpass_records", {})
    return kept


def _rewrite(book: Book, mutant: Mutant, page: str, content: list[str]) -> None:
    """Put a mutant's cells and expressions where the page's own stand."""
    if (new := mutant.programs.get(page)) is None:
        return
    content[0] = rewritten(content[0], book.programs[page], new)


def rewritten(text: str, old: Program, new: Program) -> str:
    """Give a page's source with the steps of another program, which differ in their sources alone."""
    lines = text.split("\n")
    for before, after in zip(old.steps, new.steps, strict=True):
        if before.source != after.source:
            first = before.line - 1
            n = before.source.count("\n") + 1
            block = "\n".join(lines[first : first + n])
            lines[first : first + n] = block.replace(before.source, after.source).split("\n")
    return "\n".join(lines)


def agree(mutant: Mutant, account: Account, built: Built, exact: Mapping[str, Read]) -> list[str]:
    """Say where a build and a reading of a mutant differ: in the places that fail, or in a text."""
    found = []
    for page, read in exact.items():
        stops = [stop for stop in account.stops if stop.page == page]
        here, there = sorted({stop.line for stop in stops}), sorted(line for name, line in built.stops if name == page)
        if here != there:
            found.append(f"{mutant.name}: {page}.md: a build fails in lines {there}, and reading it in lines {here}")
        elif not stops:
            mine = [entry.text for step in range(len(read.steps)) for entry in read.entries(step)]
            real = [entry.text for entry in built.ledgers[page].entries]
            found += [
                f"{mutant.name}: {page}.md: a build says {b!r}, and reading it {a!r}"
                for a, b in zip_longest(mine, real)
                if a != b
            ]
    return found
