"""An image as squares, each as light as its number, and the number in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import htpy as h
from markupsafe import Markup
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures import layout, words
from fwdpass.figures.base import Figure, Rows, rows, settled
from fwdpass.figures.marks import MUTED, rect, svg, text_
from fwdpass.figures.words import cells
from fwdpass.figures.written import once
from fwdpass.numerals import exact
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium, text

SIDE = 56
"""A pixel's side: large enough to read what is in it."""


@dataclass(frozen=True, repr=False)
class Pixels(Figure):
    """An image: how light each pixel is, from 0, black, to ``white``."""

    entries: Rows
    white: Fraction = Fraction(1)

    def plain(self, medium: Medium) -> str:
        """Draw the numbers, a line for each row."""
        texts = cells(self.entries, medium=medium)
        return layout.columns(texts, ">" * len(texts[0]))

    def latex(self) -> str:
        """Draw a matrix of the numbers."""
        return text([list(row) for row in self.entries], medium="latex")

    def html(self) -> h.Element:
        """Draw a figure that has the picture alone."""
        return h.figure(".fp-pixels")[self.picture()]

    def picture(self) -> h.Element:
        """Draw the picture. Black and white are what they are, in the dark too, so each has a rim."""
        height, width = (n * SIDE + 2 for n in (len(self.entries), len(self.entries[0])))
        return svg(
            viewBox=f"-1 -1 {width} {height}",
            width=str(width),
            role="img",
            aria_label=self.summary(),
            font_size="15",
            text_anchor="middle",
        )[self._squares()]

    def summary(self) -> str:
        """Say what the picture shows, row by row.

        >>> Pixels(((Fraction(1), Fraction(0)),)).summary()
        'A picture of one row and two columns of pixels. Row by row: 1, 0.'
        """
        shape = len(self.entries), len(self.entries[0])
        listed = "; ".join(", ".join(row) for row in cells(self.entries))
        return f"A picture of {words.size(shape)} of pixels. Row by row: {listed}."

    def _squares(self) -> Iterator[Markup]:
        shown = cells(self.entries)
        for i, row in enumerate(self.entries):
            for j, light in enumerate(row):
                yield _square(j * SIDE, i * SIDE, light / self.white, shown[i][j])


@lru_cache(maxsize=1024)  # a pixel is one of two in the pictures of every input
def _square(x: int, y: int, light: Fraction, said: str) -> Markup:
    grey = text(light, ".0%", "code")
    look = {"width": str(SIDE), "height": str(SIDE), "fill": f"rgb({grey} {grey} {grey})", "stroke": MUTED}
    ink = "#000" if 2 * light > 1 else "#fff"
    square = rect({"x": str(x), "y": str(y), **look})
    number = text_(x=str(x + SIDE // 2), y=str(y + SIDE // 2 + 5), fill=ink)[said]
    return Markup("").join(map(once, (square, number)))


@checked
def pixels(image: ArrayLike, white: int = 1) -> Pixels:
    """Show an image: the larger a number, the lighter its pixel.

    Parameters
    ----------
    image : array_like
        Shape (rows, columns); a number says how light its pixel is, up to ``white``.
    white : int
        The number of the lightest pixel.

    Returns
    -------
    Pixels
        A figure.

    Raises
    ------
    ShapeError
        For another shape, and for a number that is darker than black or lighter than white.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> pixels(lesson.image)
    1  0
    1  1
    >>> pixels([[0, 255]])
    Traceback (most recent call last):
    fwdpass.errors.ShapeError: a pixel is a number from 0, black, to 1, white: say what is white, as in white=255
    """
    numbers = settled(image)
    if numbers.ndim != 2 or not numbers.size:
        raise ShapeError(f"an image has rows and columns of pixels, and this one has shape {numbers.shape}")
    lightest = whitest(white)
    if not all(0 <= v <= lightest for v in numbers.flat):
        said = "255" if lightest == 1 else "…"
        raise ShapeError(f"a pixel is a number from 0, black, to {white}, white: say what is white, as in white={said}")
    return Pixels(rows(numbers), lightest)


def whitest(white: Any) -> Fraction:
    """Take the number of the lightest pixel. Raises :class:`~fwdpass.errors.ShapeError` where it is no lighter than 0.

    >>> whitest(255)
    Fraction(255, 1)
    """
    lightest = exact.settle(white)
    if lightest <= 0:
        raise ShapeError(f"white is lighter than black, which is 0, and got white={white!r}")
    return lightest
