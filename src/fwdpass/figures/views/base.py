"""What every view has in common: it holds a figure and shows itself in each medium."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from fwdpass.errors import ShapeError
from fwdpass.figures.draw import html, latex, text
from fwdpass.figures.kinds import SHOWN, Figure, Grid, Matrix, Row, Vector
from fwdpass.nn import Array
from fwdpass.numerals import exact
from fwdpass.numerals.writing import Medium


@dataclass(frozen=True, repr=False)
class View:
    """A figure that a terminal, a notebook and a page can show."""

    figure: Figure

    def __repr__(self) -> str:
        return text.draw(self.figure)

    def _repr_html_(self) -> str:
        return _html(self.figure)

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def latex(self) -> str:
        """Give LaTeX without dollars, for a formula around it."""
        return latex.draw(self.figure)

    def text(self, medium: Medium = "text") -> str:
        """Give the figure in a medium of :mod:`fwdpass.numerals.writing`: text, code or LaTeX."""
        return self.latex() if medium == "latex" else text.draw(self.figure, medium)


@lru_cache(maxsize=128)
def _html(figure: Figure) -> str:
    """Draw a figure once for all the pages that show it."""
    return str(html.draw(figure))


def settled(value: Any) -> Array:
    """Take every number as what it stands for: an object array of Fractions."""
    array = exact.grid(value)
    out = np.empty(array.shape, dtype=object)
    for index, entry in np.ndenumerate(array):
        out[index] = exact.settle(entry)
    return out


def row(array: Any) -> Row:
    """Keep a vector as facts."""
    return tuple(settled(array))


def grid(array: Any) -> Grid:
    """Keep a matrix as facts."""
    return tuple(tuple(r) for r in settled(array))


def fitting(n: int) -> int:
    """How many of ``n`` a figure holds: all, or so many that a mark for the rest fits too."""
    return n if n <= SHOWN else SHOWN - 1


def vector_of(array: Array, axis: str, caption: str = "") -> Vector:
    """Make the figure of a vector."""
    n = len(array)
    return Vector(axis, row(array[: fitting(n)]), n, caption)


def matrix_of(array: Array, rows: str, columns: str, caption: str = "") -> Matrix:
    """Make the figure of a matrix."""
    n, m = array.shape
    return Matrix((rows, columns), grid(array[: fitting(n), : fitting(m)]), (n, m), caption)


def tabled(array: Any, *axes: str) -> Vector | Matrix:
    """Make the figure of a vector or a matrix, whichever it is."""
    numbers = exact.grid(array)
    if numbers.ndim not in (1, 2) or not numbers.size:
        raise ShapeError(
            f"cannot show shape {numbers.shape} as a table: it takes one axis (a vector) "
            "or two (a matrix), and at least one number"
        )
    named = axis_names(numbers.shape, axes)
    if len(named) == 1:
        return vector_of(numbers, named[0])
    return matrix_of(numbers, named[0], named[1])


def axis_names(shape: tuple[int, ...], axes: tuple[str, ...]) -> tuple[str, ...]:
    """Name the axes: those without a name are i, j and k.

    >>> axis_names((4, 3), ("x",))
    ('x', 'j')
    """
    if len(axes) > len(shape):
        raise ShapeError(
            f"{len(axes)} names, {', '.join(axes)}, for {len(shape)} axes of {shape}: "
            "one name for each axis, in the order in which they appear"
        )
    return (*axes, *"ijk"[len(axes) : len(shape)])
