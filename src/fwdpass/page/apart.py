"""Where floating point says something else than exact arithmetic does, which a page then follows.

It compares nothing: it says what differs, and whether that tells of the arithmetic, which no page may print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from fwdpass.page.program import Expression, Step
from fwdpass.page.verdict import short

_ARITHMETIC = [re.compile(told) for told in (r"\bFraction\b", r"\bobject\b", r"'O'", r"\d/\d")]
"""What a text has in it that tells of the arithmetic, and not only of the page's numbers."""
_ASKING = re.compile(r"\b(?:isinstance|type|dtype|issubdtype|is_integer|repr|hex)\b")
"""What code has in it that asks for the arithmetic."""


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Apart:
    """A place at which floating point says something else than exact arithmetic, which the page follows."""

    step: int
    line: int
    source: str
    rounded: str
    exact: str

    def __str__(self) -> str:
        return (
            f"{self.source}: it is {short(self.rounded)} in floating point and {short(self.exact)} in exact arithmetic"
        )


def is_rounding(apart: Apart) -> bool:
    """Say whether the texts differ as rounding makes them: the same words, and numbers that are nearly the same.

    >>> is_rounding(Apart(1, 1, "x", "0.12 or −3", "0.13 or −3")), is_rounding(Apart(1, 1, "x", "0.12", "4"))
    (True, False)
    """
    mine, theirs = (_NUMBER.sub(" ", said).split() for said in (apart.rounded, apart.exact))
    numbers = [[float(one) for one in _NUMBER.findall(said)] for said in (apart.rounded, apart.exact)]
    return mine == theirs and all(
        abs(one - other) <= max(0.02, abs(one) / 10) for one, other in zip_longest(*numbers, fillvalue=float("inf"))
    )


def tells_arithmetic(apart: Apart, step: Step) -> bool:
    """Say whether two texts of a step differ in what they tell of the arithmetic, and not only in what came of it."""
    if _ASKING.search(step.source):
        return True
    wanted = isinstance(step, Expression) and step.spec == "fraction"
    return not wanted and any(told.search(apart.exact) and not told.search(apart.rounded) for told in _ARITHMETIC)
