"""What reading a page exactly has proved: how many numbers, digits and claims. It counts what a ledger has."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fwdpass.page.ledger import Ledger

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Certificate:
    """What reading a page exactly has proved.

    ``numbers`` are the expressions that the page places and ``cells`` the cells that show something; all of it says
    what exact arithmetic says. ``claims`` were decided exactly, the cases that are told among them. ``digits`` counts
    those of the numbers whose exact value is a rational: each is the right digit, by the rule of
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
        cells = {entry.line for entry in ledger.entries if entry.kind not in ("number", "claim", "case")}
        exact = (entry.text for entry in ledger.entries if entry.kind == "number" and entry.exact)
        digits = sum(len(_DIGIT.findall(text)) for text in exact)
        return cls(kinds.count("number"), len(cells), kinds.count("claim") + kinds.count("case"), digits)
