"""Read a page for a lesson as a build does, and say where the build would end."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context

from fwdpass.page import Program
from tests.lessons.made import Made
from tests.mutation.mutant import Book
from tests.mutation.reread import reread


@dataclass(frozen=True)
class Stopped:
    """A line at which a build ends, and why."""

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


def read_one(book: Book, page: str, made: Made) -> Outcome:
    """Read one page in floating point and exactly, and hold the two against each other."""
    found = reread(book.programs[page], made.lesson, book.folder).stops
    stops = tuple(Stopped(page, stop.line, stop.by, stop.message) for _, stop in sorted(found.items()))
    return Outcome(page, made.name, made.kind, stops)


def reads_lesson(program: Program, lesson: str) -> bool:
    """Say whether a page can depend on the lesson at all: one that never names it is the same for every one."""
    package, _, child = lesson.rpartition(".")
    return any(lesson in step.source or (package in step.source and child in step.source) for step in program.steps)


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
