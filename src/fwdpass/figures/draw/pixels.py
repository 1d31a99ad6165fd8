"""A picture of pixels: a square for each, as light as its number, and the number in it."""

from __future__ import annotations

from collections.abc import Iterator

import htpy as h

from fwdpass.figures.draw import terms
from fwdpass.figures.kinds import Pixels
from fwdpass.numerals.writing import cells, text

svg, rect, text_ = map(h.Element, ("svg", "rect", "text"))

SIDE = 56
"""A pixel's side: large enough to read what is in it."""


def draw(figure: Pixels) -> h.Element:
    """Draw the picture. Black and white are what they are, in the dark too, so each has a rim."""
    rows, columns = len(figure.entries), len(figure.entries[0])
    return svg(
        viewBox=f"-1 -1 {columns * SIDE + 2} {rows * SIDE + 2}",
        width=str(columns * SIDE + 2),
        role="img",
        aria_label=summary(figure),
        font_size="15",
        text_anchor="middle",
    )[_squares(figure)]


def summary(figure: Pixels) -> str:
    """Say what the picture shows, row by row.

    >>> from fractions import Fraction
    >>> summary(Pixels(((Fraction(1), Fraction(0)),)))
    'A picture of one row and two columns of pixels. Row by row: 1, 0.'
    """
    shape = len(figure.entries), len(figure.entries[0])
    rows = "; ".join(", ".join(row) for row in cells(figure.entries))
    return f"A picture of {terms.size(shape)} of pixels. Row by row: {rows}."


def _squares(figure: Pixels) -> Iterator[h.Element]:
    shown = cells(figure.entries)
    for i, row in enumerate(figure.entries):
        for j, light in enumerate(row):
            x, y = j * SIDE, i * SIDE
            grey = text(light / figure.white, ".0%", "code")
            yield rect(
                x=str(x), y=str(y), width=str(SIDE), height=str(SIDE),
                fill=f"rgb({grey} {grey} {grey})", stroke="var(--fp-muted, #59606e)",
            )  # fmt: skip
            yield text_(
                x=str(x + SIDE // 2), y=str(y + SIDE // 2 + 5), fill="#000" if 2 * light > figure.white else "#fff"
            )[shown[i][j]]
