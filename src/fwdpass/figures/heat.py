"""A matrix of any size as shades, with its corner in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import htpy as h
import numpy as np

from fwdpass import numerals
from fwdpass.errors import ShapeError
from fwdpass.figures import png, words
from fwdpass.figures.base import Figure, axis_names
from fwdpass.figures.marks import SHARP, image, svg
from fwdpass.figures.matrix import Matrix, matrix_of
from fwdpass.nn import Array
from fwdpass.numerals import exact
from fwdpass.numerals.arguments import Numbers, checked
from fwdpass.numerals.writing import Medium

POINTS = 128
"""Points that a picture of shades has along either side, at most."""
LONG = 640
"""How wide or high the picture is drawn, at most, in pixels."""
SQUARE = 30
"""How wide a point is drawn, at most, in pixels: a field of eight by eight need not fill a screen."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heat:
    """Many numbers as shades: a level for each point, from -127 to 127, against the largest number that there is."""

    rows: int
    columns: int
    levels: tuple[int, ...]
    """Row by row; a point stands for ``block`` numbers, and shows the one that is farthest from zero."""
    block: tuple[int, int]
    largest: Fraction

    def url(self) -> str:
        """Give the shades as a picture in a URL."""
        return png.data_url(self.rows, self.columns, self.levels)

    def html(self, said: str, long: int = LONG) -> h.Element:
        """Draw the shades alone, and say what they are to those who do not see them."""
        scale = min(SQUARE, max(1, long // max(self.rows, self.columns)))
        width, height = self.columns * scale, self.rows * scale
        return svg(class_="fp-shades", viewBox=f"0 0 {width} {height}", width=str(width), role="img", aria_label=said)[
            image(href=self.url(), style=SHARP, width=str(width), height=str(height))
        ]


@dataclass(frozen=True, repr=False)
class Weights(Figure):
    """A matrix that is too large to write out: all of it as shades, and its top left in numbers."""

    heat: Heat
    corner: Matrix
    smallest: Fraction
    mean: Fraction
    biggest: Fraction

    def plain(self, medium: Medium) -> str:
        """Draw the corner, and the summary below it."""
        return f"{self.corner.plain(medium)}\n{self.summary(medium)}"

    def latex(self) -> str:
        """Draw the corner."""
        return self.corner.latex()

    def html(self) -> h.Element:
        """Draw the shades, and the corner below them."""
        return h.div[h.figure(".fp-heat")[self.shades()], self.corner.html()]

    def shades(self) -> h.Node:
        """Draw the shades, and say how to read them."""
        return [
            self.heat.html(f"A matrix of {words.size(self.corner.shape)} as shades. {self.summary()}"),
            h.figcaption[
                h.span(".fp-swatch.fp-swatch-pos", aria_hidden="true"), " positive, ",
                h.span(".fp-swatch.fp-swatch-neg", aria_hidden="true"),
                " negative; the farther from zero, the more solid. ",
                self.summary(),
            ],
        ]  # fmt: skip

    def summary(self, medium: Medium = "text") -> str:
        """Say how large the numbers are, and for how many of them a point stands."""
        lowest, mean, highest = (numerals.text(v, medium=medium) for v in (self.smallest, self.mean, self.biggest))
        rows, columns = self.heat.block
        said = f"From {lowest} to {highest}, on average {mean}."
        if rows * columns > 1:
            said += (
                f" A point stands for {words.count(rows, 'row')} by {words.count(columns, 'column')}, "
                "and shows the number that is farthest from zero."
            )
        return said


# View -----------------------------------------------------------------------------------------------------------------


@checked
def heat(array: Numbers, *axes: str) -> Weights:
    """Show a matrix as shades, the more solid the larger a number, whatever its sign: for those too large to read.

    Parameters
    ----------
    array : array_like
        Shape (n, m), of finite numbers. Where there are many rows or columns, a point stands for several numbers and
        shows the largest, whatever its sign.
    *axes : str
        What rows and columns are called.

    Returns
    -------
    Weights
        A figure of shades, with the top left in numbers.

    Raises
    ------
    ShapeError
        For another shape, and for infinities and NaN.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> heat(lesson.W1, "x", "h")
          h0    h1    h2
    x0   0.2  -0.5   0.1
    x1  -0.3   0.4  -0.2
    x2   0.1   0.3   0.5
    x3  -0.4   0.2  -0.1
    From -0.5 to 0.5, on average 0.025.
    """
    numbers = exact.grid(array)
    if numbers.ndim != 2 or not numbers.size:
        raise ShapeError(f"shades are for a matrix, and got shape {numbers.shape}")
    floats = numbers.astype(np.float64)
    if not np.isfinite(floats).all():
        raise ShapeError("shades are for finite numbers, and some are infinite or missing")
    lowest, mean, highest = (exact.settle(v) for v in (floats.min(), float(floats.mean()), floats.max()))
    named = axis_names(numbers.shape, axes)
    corner = matrix_of(numbers, named[0], named[1])
    return Weights(shades(floats), corner, lowest, mean, highest)


def shades(matrix: Array, points: int = POINTS) -> Heat:
    """Give each point of a matrix a level; several numbers share one where there are too many."""
    rows, columns = (-(-n // points) for n in matrix.shape)
    extended = np.pad(matrix, [(0, -n % block) for n, block in zip(matrix.shape, (rows, columns), strict=True)])
    n, m = extended.shape[0] // rows, extended.shape[1] // columns
    blocks = extended.reshape(n, rows, m, columns)
    high, low = blocks.max(axis=(1, 3)), blocks.min(axis=(1, 3))
    farthest = np.where(high >= -low, high, low)
    largest = float(np.abs(farthest).max())
    levels = np.rint(farthest * (127 / largest)) if largest else np.zeros_like(farthest)
    return Heat(n, m, tuple(int(level) for level in levels.flat), (rows, columns), exact.settle(largest))


def field(values: Array) -> Heat:
    """Lay a vector out in rows, as square as it can be: 784 numbers are 28 rows of 28."""
    columns = isqrt(len(values) - 1) + 1
    rows = -(-len(values) // columns)
    return shades(np.pad(values, (0, rows * columns - len(values))).reshape(rows, columns))
