"""Read a page as a build does, to its end or to the cell that fails, and tell its steps apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fwdpass.errors import PageError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Cell, Entry, Lesson, Program, Reading


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


def reread(program: Program, lesson: Lesson, arithmetic: Arithmetic, folder: Path) -> Read:
    """Read a page. As in a build, a number that fails is told and the page goes on; a cell that fails ends it."""
    try:
        reading = Reading(program.page, folder=folder, lesson=lesson, arithmetic=arithmetic, drawn=False, strict=False)
    except Exception as error:  # noqa: BLE001 - the lesson is a script: it may raise anything
        stopped = Failure(program.steps[0].line, f"{lesson.module} stopped: {type(error).__name__}: {error}")
        return Read(program.page, (stopped,), 1)
    failed: dict[int, Failure] = {}
    reached = len(program.steps)
    taken = 0
    try:
        while taken < len(program.steps):
            try:
                reading.run(Program(program.page, program.steps[taken:]))
                taken = len(program.steps)
            except PageError as error:
                taken = len(reading.program.steps)
                failed[taken - 1] = Failure(error.line, str(error))
                if isinstance(program.steps[taken - 1], Cell):  # what it should have made is missing below it
                    reached = min(reached, taken)
    finally:
        reading.close()
    return Read(program.page, told_apart(program, reading.ledger.entries, failed), reached)


def told_apart(
    program: Program, entries: tuple[Entry, ...], failed: dict[int, Failure]
) -> tuple[tuple[Entry, ...] | Failure, ...]:
    """Give each step the entries that it made: a cell's are those that stand together and have its source."""
    steps: list[tuple[Entry, ...] | Failure] = []
    at = 0
    for index, step in enumerate(program.steps):
        if index in failed:
            steps.append(failed[index])
            continue
        first = at
        if not isinstance(step, Cell):
            at += 1
        else:
            while at < len(entries) and (entries[at].line, entries[at].source) == (step.line, step.source):
                at += 1
        steps.append(entries[first:at])
    return tuple(steps)
