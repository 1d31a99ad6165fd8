"""Read a page for a lesson as a build does, say where the build would end, and which cases it told."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing import get_context

from fwdpass.errors import PageError
from fwdpass.page import Cell, Choice, Ledger, Program, SideBySide, Told
from tests.lessons.made import Made
from tests.lessons.meanings import meaning
from tests.lessons.net import Net
from tests.mutation.account import label
from tests.mutation.mutant import Book
from tests.mutation.oracle import Oracle


@dataclass(frozen=True)
class Stopped:
    """A line at which a build ends, and why.

    Two kinds of lines would not end a build, and are wrong: by ``words``, one that says something else than the
    recomputation, and by ``case``, words that are told and not true, or true and not told.
    """

    page: str
    line: int
    by: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """What became of a page for one lesson: to its end, if nothing stopped it."""

    page: str
    lesson: str
    kind: str
    stops: tuple[Stopped, ...]
    told: tuple[Told, ...]
    """The choices that were come to, each with the case that was told."""


class _Lost(Exception):
    """A cell has failed: a build executes nothing below it."""


def read_one(book: Book, page: str, made: Made) -> Outcome:
    """Read one page as a build does, and hold what it says against the recomputation."""
    program = book.programs[page]
    faults: list[PageError] = []
    try:
        reading = SideBySide(page, program.cells, folder=book.folder, lesson=made.lesson, drawn=False, asks=True)
    except Exception as error:  # noqa: BLE001 - the lesson is a script: it may raise anything
        stop = Stopped(page, 1, "lesson", f"{made.lesson.module} stopped: {type(error).__name__}: {error}")
        return Outcome(page, made.name, made.kind, (stop,), ())

    def failed(error: PageError) -> None:
        faults.append(error)
        if isinstance(program.steps[reading.step], Cell):
            raise _Lost

    with suppress(_Lost), closing(reading):
        reading.run(program, failed)
    stops = [Stopped(page, error.line, error.kind, str(error)) for error in faults]
    ledger = reading.ledger
    known = {stop.line for stop in stops}
    stops += misstated(program, ledger, Oracle.of(made.lesson.source), known)
    stops += mistold(program, ledger.told, Net.of(made.lesson))
    return Outcome(page, made.name, made.kind, tuple(stops), ledger.told)


def misstated(program: Program, ledger: Ledger, oracle: Oracle, known: AbstractSet[int]) -> Iterator[Stopped]:
    """Hold what a page says against the recomputation, except on lines where the build ends anyway."""
    truths = oracle.texts(program, ledger.told)
    shown = [entry for entry in ledger.entries if entry.kind in ("number", "result")]
    steps = [entry.step for entry in shown]
    for entry in shown:
        truth = truths.get(entry.step)
        if truth not in (None, entry.text) and steps.count(entry.step) == 1 and entry.line not in known:
            said = f"{label(entry.source)}: it says {entry.text}, and recomputed it is {truth}"
            yield Stopped(program.page, entry.line, "words", said)


def mistold(program: Program, told: Sequence[Told], net: Net) -> Iterator[Stopped]:
    """Hold each case that was told, or was not, against what its words mean."""
    for one in told:
        choice = program.steps[one.step]
        if not isinstance(choice, Choice):
            continue
        for place, case in enumerate(choice.cases):
            holds = meaning(program.page, case.said) if case.source else None
            if holds is not None and holds(net) != (place == one.case):
                verb = "are told, and are not true" if place == one.case else "are true, and are not told"
                said = f"{case.source}: the words {' '.join(case.said.split())!r} {verb}"
                yield Stopped(program.page, case.line, "case", said)


def reads_lesson(program: Program, lesson: str) -> bool:
    """Say whether a page can depend on the lesson at all: one that never names it is the same for every one."""
    package, _, child = lesson.rpartition(".")
    sources = [step.source for step in program.steps if isinstance(step, Cell)]
    return any(lesson in source or (package in source and child in source) for source in sources)


_shared: tuple[Book, Sequence[tuple[str, Made]]]
"""What the processes of a pool inherit."""


def read_all(book: Book, lessons: Sequence[Made], jobs: int = 1) -> Iterator[Outcome]:
    """Read every page for every lesson, with so many processes; the outcomes come in order, page by page.

    A page that reads no lesson is read for the first alone.
    """
    global _shared
    work = [
        (page, made)
        for page, program in book.programs.items()
        for made in (lessons if reads_lesson(program, book.lesson.module) else lessons[:1])
    ]
    if jobs == 1:
        yield from (read_one(book, page, made) for page, made in work)
        return
    _shared = book, work
    with warnings.catch_warnings():
        # OpenBLAS keeps threads, and Python warns of a fork beside threads; none of them holds a lock of ours
        warnings.simplefilter("ignore", DeprecationWarning)
        # Ctrl-C is for the command, which ends its processes
        with get_context("fork").Pool(jobs, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
            yield from pool.imap(_read, range(len(work)), chunksize=4)


def _read(index: int) -> Outcome:
    book, work = _shared
    return read_one(book, *work[index])
