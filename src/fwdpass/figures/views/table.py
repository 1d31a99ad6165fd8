"""A table of texts, for what no other view shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fwdpass.errors import ShapeError
from fwdpass.figures.kinds import Table
from fwdpass.figures.views.base import View
from fwdpass.numerals.writing import text


def table(about: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> View:
    """Show rows of texts under their heads; the leftmost text of a row names it.

    What stands between backticks is code, and what follows a line break is a note. ``about`` says what the table is,
    to those who do not see it. Raises :class:`~fwdpass.errors.ShapeError` for a row that is longer or shorter than
    the heads.

    >>> table("The sums", ["neuron", "sum"], [["`h[0]`", "0.0"], ["`h[1]`", "−0.1"]])
    neuron  sum
    `h[0]`  0.0
    `h[1]`  −0.1
    """
    lines = tuple(tuple(row) for row in rows)
    for line in lines:
        if len(line) != len(heads):
            raise ShapeError(
                f"the row {', '.join(line)!r} has {text(len(line), 'count entry/entries')} under "
                f"{text(len(heads), 'count head')}: every row has an entry for each head"
            )
    return View(Table(about, tuple(heads), lines))
