"""Read a page as a build does, to its end or to the cell that fails, and tell its steps apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fwdpass.errors import PageError
from fwdpass.page import Cell, Entry, Lesson, Program, SideBySide, Told


@dataclass(frozen=True)
class Failure:
    """Where a build would have ended, and what it would have said."""

    line: int
    message: str


@dataclass(frozen=True)
class Read:
    """What each step of a page showed: its entries, or its failure.

    A build reads the first ``reached`` steps. What is below, a notebook would have run in spite of the cell that
    failed: nobody publishes it, but it tells whether a number hidden there is alive.
    """

    page: str
    steps: tuple[tuple[Entry, ...] | Failure, ...]
    reached: int

    def entries(self, step: int) -> tuple[Entry, ...]:
        """Give what a step showed."""
        shown = self.steps[step] if step < len(self.steps) else ()
        return () if isinstance(shown, Failure) else shown


@dataclass(frozen=True)
class Stop:
    """A place at which a build ends.

    ``by`` is ``reading`` for what fails as the page is read, and else the part of the page's certificate that refuses
    it: ``claim``, for cases, too; ``rounding`` for what left exact arithmetic; ``exact`` for what fails in it only.
    """

    page: str
    line: int
    by: str
    message: str

    def __str__(self) -> str:
        return f"{self.page}.md:{self.line}: {self.message}"


@dataclass(frozen=True)
class Pair:
    """A page as a build reads it: what it shows, what exact arithmetic says, and the steps at which the build ends.

    ``shown`` is what floating point says, except where the page follows exact arithmetic, since the two differ.
    """

    shown: Read
    exact: Read
    stops: Mapping[int, Stop]
    told: tuple[Told, ...] = ()
    """The cases that were told, and how questions were put."""


def reread(program: Program, lesson: Lesson, folder: Path) -> Pair:
    """Read a page. As in a build, a number that fails is told and the page goes on; a cell that fails ends it."""
    try:
        reading = SideBySide(program.page, program.cells, folder=folder, lesson=lesson, drawn=False)
    except Exception as error:  # noqa: BLE001 - the lesson is a script: it may raise anything
        stopped = Failure(program.steps[0].line, f"{lesson.module} stopped: {type(error).__name__}: {error}")
        read = Read(program.page, (stopped,), 1)
        return Pair(read, read, {0: Stop(program.page, stopped.line, "reading", stopped.message)})
    errors: dict[int, PageError] = {}
    try:
        reading.run(program, lambda error: errors.update({reading.step: error}))
    finally:
        reading.close()
    # what a cell that failed should have made is missing below it
    ends = (step + 1 for step in errors if isinstance(program.steps[step], Cell))
    reached = min(ends, default=len(program.steps))
    exact = _by_step(program, reading.ledger.entries)
    rounded = _by_step(program, reading.rounded.entries)
    failed = {step: Failure(error.line, str(error)) for step, error in errors.items() if not exact[step]}
    stops = {step: _stop(program.page, error, exact[step]) for step, error in errors.items() if step < reached}
    apart = {one.step for one in reading.apart}
    shown = [exact[step] if step in apart else rounded[step] for step in range(len(program.steps))]
    return Pair(
        Read(program.page, tuple(failed.get(step, one) for step, one in enumerate(shown)), reached),
        Read(program.page, tuple(failed.get(step, one) for step, one in enumerate(exact)), reached),
        stops,
        reading.ledger.told,
    )


def _stop(page: str, error: PageError, exact: tuple[Entry, ...]) -> Stop:
    by = error.kind if error.kind in ("claim", "exact") else "reading"
    return Stop(page, error.line, "rounding" if by == "exact" and exact else by, str(error))


def _by_step(program: Program, entries: tuple[Entry, ...]) -> list[tuple[Entry, ...]]:
    """Give each step of a program the entries that it made."""
    made: list[list[Entry]] = [[] for _ in program.steps]
    for entry in entries:
        made[entry.step].append(entry)
    return [tuple(each) for each in made]
