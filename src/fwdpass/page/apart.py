"""Where floating point says something else than exact arithmetic does, which a page then follows.

It compares nothing: it says what differs, and whether that tells of the arithmetic, which no page may print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fwdpass.page.program import Expression, Step
from fwdpass.page.verdict import short

_ARITHMETIC = [re.compile(told) for told in (r"\bFraction\b", r"\bobject\b", r"'O'", r"\d/\d")]
"""What a text has in it that tells of the arithmetic, and not only of the page's numbers."""
_ASKING = re.compile(r"\b(?:isinstance|type|dtype|issubdtype|is_integer|repr|hex)\b")
"""What code has in it that asks for the arithmetic."""


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


def tells_arithmetic(apart: Apart, step: Step) -> bool:
    """Say whether two texts of a step differ in what they tell of the arithmetic, and not only in what came of it."""
    if _ASKING.search(step.source):
        return True
    wanted = isinstance(step, Expression) and step.spec == "fraction"
    return not wanted and any(told.search(apart.exact) and not told.search(apart.rounded) for told in _ARITHMETIC)
