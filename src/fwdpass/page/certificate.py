"""The certificate of a page: read again with exact rationals, it must say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fwdpass.errors import PageError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page.ledger import Entry, Ledger
from fwdpass.page.program import Cell, Program
from fwdpass.page.reading import read

_RAW = re.compile(r":\.\d+e$")
"""The format that shows a floating-point number as it is: there, rounding is what the page is about."""
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Certificate:
    """What reading a page again has proved.

    ``numbers`` are the expressions that the page places and ``cells`` the cells that show something; all of it has the
    same text in floating point and in exact arithmetic. ``claims`` were decided exactly. ``digits`` counts those of
    the numbers whose exact value is a rational: each is the right digit, by the rule of
    :mod:`fwdpass.numerals.writing`.
    """

    numbers: int
    cells: int
    claims: int
    digits: int

    @classmethod
    def of(cls, ledger: Ledger) -> Certificate:
        """Count what an exact ledger has."""
        kinds = [entry.kind for entry in ledger.entries]
        cells = {entry.line for entry in ledger.entries if entry.kind not in ("number", "claim")}
        exact = (entry.text for entry in ledger.entries if entry.kind == "number" and entry.exact)
        digits = sum(len(_DIGIT.findall(text)) for text in exact)
        return cls(kinds.count("number"), len(cells), kinds.count("claim"), digits)


def certify(program: Program, ledger: Ledger, folder: Path | None = None) -> tuple[Ledger, list[PageError]]:
    """Read a page with exact rationals, and hold its ledger against that.

    Gives the exact ledger, and a fault for every place where they differ, or where the exact one is not exact.
    """
    try:
        exact = read(program, arithmetic=Arithmetic.EXACT, folder=folder, strict=False)
    except PageError as error:
        said = f"read with exact fractions, {error}; authors' pages say what exact arithmetic can do"
        return ledger, [PageError(said, line=error.line, kind="exact")]
    scripts = {step.source: step.called for step in program.steps if isinstance(step, Cell) and step.script}
    faults = [
        fault
        for mine, theirs in zip(ledger.entries, exact.entries, strict=True)
        if (fault := _fault(mine, theirs, scripts.get(mine.source, "what the cell shows")))
    ]
    return exact, faults


def _fault(mine: Entry, exact: Entry, shown: str) -> PageError | None:
    if exact.kind == "claim":
        if exact.text == "true":
            return None
        said = "the claim is false" if exact.text == "false" else f"the claim {exact.text}"
        return PageError(f"{exact.source}: {said}", line=mine.line, kind="claim")
    if exact.rounded and not _RAW.search(mine.source):
        said = "a step before it left exact arithmetic for floating point, so nobody knows that its digits are right"
        return PageError(f"{mine.source}: {said}", line=mine.line, kind="exact")
    if mine.text == exact.text:
        return None
    where = mine.source if mine.kind == "number" else shown
    return PageError(
        f"{where}: it is {_short(mine.text)} in floating point and {_short(exact.text)} in exact arithmetic, "
        "so its digits depend on rounding",
        line=mine.line,
        kind="exact",
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
