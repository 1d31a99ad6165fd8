"""Read a page: run its program for a lesson and an arithmetic, and keep the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import FwdpassError, PageError
from fwdpass.figures.base import Figure, settled
from fwdpass.numerals.exact import Arithmetic, settle
from fwdpass.numerals.writing import Medium, text
from fwdpass.page.expression import check_hidden
from fwdpass.page.ledger import Entry, Kind, Ledger, Told
from fwdpass.page.lesson import Lesson, own_modules
from fwdpass.page.program import Cell, Choice, Claim, Expression, Program, walk
from fwdpass.page.shell import Output, Printed, Raised, Shell, Shown
from fwdpass.page.verdict import decide, refused, values, verdict
from fwdpass.page.world import World

LISTED = 64
"""Entries of an array whose exact values the ledger keeps, at most."""
LONGEST = 4096
"""Bits of a numerator or denominator that it keeps, at most."""
TIMEOUT = 60.0
"""Seconds that a cell may run."""


class Reading:
    """One run of a page, a step at a time.

    ``folder`` is where the page's cells run. Without ``lesson`` they import the modules that
    are on disk; ``own`` are further modules that take the place of those on disk. Unless ``drawn``,
    what cells show is kept as text only. ``beside`` says that another reading takes turns with this one. Raises
    :class:`~fwdpass.errors.PageError` at the step that fails; after a cell, the page is then lost.

    Whether a claim is true is decided by exact arithmetic alone: in floating point, a sum that
    vanishes may end on either side. Unless ``strict``, a claim that is not true is recorded, and
    the reading goes on. A choice is decided in whatever arithmetic the page is read, unless somebody says
    what another reading has told.
    """

    def __init__(
        self,
        page: str,
        *,
        folder: Path | None = None,
        lesson: Lesson | None = None,
        arithmetic: Arithmetic = Arithmetic.FLOAT64,
        timeout: float = TIMEOUT,
        drawn: bool = True,
        strict: bool = True,
        own: Iterable[Lesson] = (),
        beside: bool = False,
    ) -> None:
        self._page = page
        self._strict = strict
        self._decides = arithmetic is Arithmetic.EXACT
        if lesson is None and arithmetic is not Arithmetic.FLOAT64:
            lesson = Lesson.of()
        lessons = [*own, *([lesson] if lesson is not None else [])]
        replaced = {each.module: each.load(arithmetic) for each in lessons}
        self._world = World(folder, replaced, beside)
        self._shell = Shell(page, arithmetic, timeout, drawn)
        self._step = -1
        self._entries: list[Entry] = []
        self._told: list[Told] = []

    @property
    def step(self) -> int:
        """The place among the page's steps of the one that was taken last."""
        return self._step

    @property
    def size(self) -> int:
        """How many entries the ledger has so far."""
        return len(self._entries)

    @property
    def last(self) -> Entry:
        """The entry that was made last."""
        return self._entries[-1]

    @property
    def ledger(self) -> Ledger:
        """What the steps that were taken so far showed."""
        return Ledger(self._page, tuple(self._entries), tuple(self._told))

    def entered(self) -> AbstractContextManager[None]:
        """Be in the page's world for several steps, which then need not enter it one by one."""
        return self._world.entered()

    def cell(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell; give what it shows."""
        self._step += 1
        if cell.hidden:
            check_hidden(cell)
        with self._world.entered():
            outputs = self._shell.run(cell)
        for output in outputs:
            kind, said = summary(output)
            self._entries.append(Entry(cell.line, kind, cell.source, said, step=self._step))
        return outputs

    def drawn(self, output: Output) -> Output:
        """Draw what a cell has shown, where only its text was wanted at first."""
        with self._world.entered():
            return output.drawn() if isinstance(output, Shown) else output

    def close(self) -> None:
        """End the reading: what the page had of the process is given back."""
        self._world.close()

    def run(self, program: Program, failed: Callable[[PageError], None] | None = None) -> Ledger:
        """Take the steps of a program, without those of cases that are not told; give the ledger.

        With ``failed``, a step that fails is handed to it, and the reading goes on.
        """
        with self._world.entered():
            walk(program, self, failed)
        return self.ledger

    def number(self, expression: Expression) -> str:
        """Evaluate an expression; give the text that stands in its place."""
        self._step += 1
        value, said = self.preview(expression)
        rounded = self._decides and _is_rounded(value)
        exact = "" if rounded else _exact(value)
        entry = Entry(
            expression.line, "number", expression.written, said, exact, expression.medium, rounded, self._step
        )
        self._entries.append(entry)
        return said

    def preview(self, expression: Expression) -> tuple[Any, str]:
        """Give the value of an expression, and its text, without a place on the page."""
        with self._world.visited():
            try:
                value = self._shell.value(expression.source, self._at(expression.line))
                return value, _written(value, expression.spec, expression.medium)
            except Exception as error:
                raise PageError(f"{expression.source}: {_cause(error)}", line=expression.line, kind="number") from None

    def claim(self, claim: Claim) -> None:
        """Judge a claim, and record the verdict."""
        self._step += 1
        said = self._verdict(claim.source, claim.line)
        self._entries.append(Entry(claim.line, "claim", claim.source, said, step=self._step))
        if said != "true" and self._strict and self._decides:
            with self._world.visited():
                raise PageError(refused(claim, said, self._shell.namespace), line=claim.line, kind="claim")

    def choose(self, choice: Choice, told: frozenset[int] | None = None) -> frozenset[int]:
        """Tell one of the cases, or none of a phrase that is optional; give the places of those that are told.

        ``told`` are those that another reading has chosen.
        """
        self._step += 1
        if told is None:
            verdicts = [self._verdict(case.source, case.line) for case in choice.cases if case.source]
            chosen = decide(choice, verdicts)
            if isinstance(chosen, str):
                with self._world.visited():
                    named = values([case.source for case in choice.cases if case.source], self._shell.namespace)
                raise PageError(f"{chosen}{named}", line=choice.line, kind="claim")
            told = frozenset() if chosen is None else frozenset((chosen,))
        case = min(told, default=None)
        self._told.append(Told(self._step, choice.line, case))
        if case is not None:
            one = choice.cases[case]
            self._entries.append(
                Entry(one.line, "case", choice.source_of(case), one.source or "otherwise", step=self._step)
            )
        return told

    def skip(self, steps: int = 1) -> None:
        """Pass over steps that are not taken, as those of a case that is not told."""
        self._step += steps

    def _at(self, line: int) -> str:
        return f"<{self._page}, line {line}>"

    def _verdict(self, source: str, line: int) -> str:
        with self._world.visited():
            try:
                return verdict(self._shell.value(source, self._at(line)))
            except Exception as error:
                return f"raises {_cause(error)}"


def read(
    program: Program,
    lesson: Lesson | None = None,
    arithmetic: Arithmetic = Arithmetic.FLOAT64,
    folder: Path | None = None,
    *,
    strict: bool = True,
) -> Ledger:
    """Run a page's program from its start, and give its ledger; the arguments are those of :class:`Reading`.

    >>> cells = Cell("from fwdpass.lesson import b1", line=1), Expression("b1[0]", line=2)
    >>> read(Program("page", cells)).entries[0].text
    '0.1'
    """
    own = own_modules(program.cells, folder) if arithmetic is Arithmetic.EXACT else ()
    reading = Reading(
        program.page, folder=folder, lesson=lesson, arithmetic=arithmetic, drawn=False, strict=strict, own=own
    )
    try:
        return reading.run(program)
    finally:
        reading.close()


def _written(value: Any, spec: str, medium: Medium) -> str:
    if isinstance(value, Figure):
        return value.text(medium)
    return text(value, spec, medium)


def summary(output: Output) -> tuple[Kind, str]:
    """Say what a cell shows as the ledger has it: the kind, and the text."""
    match output:
        case Printed(said):
            return "print", said
        case Shown(data):
            return "result", data["text/plain"]
        case Raised(name, message):
            return "error", f"{name}: {message}"


def _exact(value: Any) -> str:
    """Write a value as rationals, unless it is none, or too long for anybody."""
    if isinstance(value, int | float | Fraction | np.integer | np.floating):
        value = np.array(settle(value), dtype=object)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iufO" or value.size > LISTED:
        return ""
    exact = settled(value)
    if any(max(entry.numerator.bit_length(), entry.denominator.bit_length()) > LONGEST for entry in exact.flat):
        return ""
    return _listed(exact.tolist())


def _listed(values: Any) -> str:
    return f"[{', '.join(map(_listed, values))}]" if isinstance(values, list) else str(values)


def _is_rounded(value: Any) -> bool:
    return isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _cause(error: Exception) -> str:
    if isinstance(error, FwdpassError):
        return str(error)
    return f"{type(error).__name__}: {error}"
