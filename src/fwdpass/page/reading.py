"""Read a page: run its program for a lesson and an arithmetic, and keep the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from numbers import Number
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import FwdpassError, PageError
from fwdpass.figures.base import Figure, settled
from fwdpass.numerals.exact import Arithmetic, settle
from fwdpass.numerals.writing import Medium, text
from fwdpass.page.expression import check_hidden
from fwdpass.page.ledger import Entry, Kind, Ledger
from fwdpass.page.lesson import Lesson, own_modules
from fwdpass.page.program import Cell, Claim, Expression, Program, Step
from fwdpass.page.shell import Output, Printed, Raised, Shell, Shown
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
    what cells show is kept as text only. Raises
    :class:`~fwdpass.errors.PageError` at the step that fails; the page is then lost.

    Whether a claim is true is decided by exact arithmetic alone: in floating point, a sum that
    vanishes may end on either side. Unless ``strict``, a claim that is not true is recorded, and
    the reading goes on.
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
    ) -> None:
        self._page = page
        self._strict = strict
        self._decides = arithmetic is Arithmetic.EXACT
        if lesson is None and arithmetic is not Arithmetic.FLOAT64:
            lesson = Lesson.of()
        lessons = [*own, *([lesson] if lesson is not None else [])]
        replaced = {each.module: each.load(arithmetic) for each in lessons}
        self._world = World(folder, replaced)
        self._shell = Shell(page, arithmetic, timeout, drawn)
        self._steps: list[Step] = []
        self._entries: list[Entry] = []

    @property
    def program(self) -> Program:
        """The steps that were taken so far."""
        return Program(self._page, tuple(self._steps))

    @property
    def size(self) -> int:
        """How many entries the ledger has so far."""
        return len(self._entries)

    @property
    def ledger(self) -> Ledger:
        """What they showed."""
        return Ledger(self._page, tuple(self._entries))

    def cell(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell; give what it shows."""
        self._steps.append(cell)
        if cell.hidden:
            check_hidden(cell)
        with self._world.entered():
            outputs = self._shell.run(cell)
        for output in outputs:
            kind, said = _summary(output)
            self._entries.append(Entry(cell.line, kind, cell.source, said))
        return outputs

    def close(self) -> None:
        """End the reading: what the page had of the process is given back."""
        self._world.close()

    def run(self, program: Program) -> Ledger:
        """Take all the steps of a program at once; give the ledger."""
        with self._world.entered():
            for step in program.steps:
                match step:
                    case Cell():
                        self.cell(step)
                    case Expression():
                        self.number(step)
                    case Claim():
                        self.claim(step)
        return self.ledger

    def number(self, expression: Expression) -> str:
        """Evaluate an expression; give the text that stands in its place."""
        self._steps.append(expression)
        value, said = self.preview(expression)
        rounded = self._decides and _is_rounded(value)
        exact = "" if rounded else _exact(value)
        entry = Entry(expression.line, "number", _as_typed(expression), said, exact, expression.medium, rounded)
        self._entries.append(entry)
        return said

    def preview(self, expression: Expression) -> tuple[Any, str]:
        """Give the value of an expression, and its text, without a place on the page."""
        with self._world.visited():
            try:
                value = self._shell.value(expression.source, f"<{self._page}, line {expression.line}>")
                return value, _written(value, expression.spec, expression.medium)
            except Exception as error:
                raise PageError(f"{expression.source}: {_cause(error)}", line=expression.line, kind="number") from None

    def claim(self, claim: Claim) -> None:
        """Judge a claim, and record the verdict."""
        self._steps.append(claim)
        with self._world.visited():
            try:
                verdict = _verdict(self._shell.value(claim.source, f"<{self._page}, line {claim.line}>"))
            except Exception as error:
                verdict = f"raises {_cause(error)}"
        self._entries.append(Entry(claim.line, "claim", claim.source, verdict))
        if verdict != "true" and self._strict and self._decides:
            said = "the claim is false" if verdict == "false" else f"the claim {verdict}"
            raise PageError(f"{claim.source}: {said}", line=claim.line, kind="claim")


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
    own = own_modules(program, folder) if arithmetic is Arithmetic.EXACT else ()
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


def _verdict(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    said = text(value, medium="code") if isinstance(value, Number) else type(value).__name__
    return f"is worth {said}, not true or false"


def _as_typed(expression: Expression) -> str:
    return f"{expression.source}:{expression.spec}" if expression.spec else expression.source


def _summary(output: Output) -> tuple[Kind, str]:
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
