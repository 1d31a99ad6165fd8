"""A vector or a matrix, with the names of its rows and columns."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any

import htpy as h
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures import layout, parts, words
from fwdpass.figures.base import Figure, Row, Rows, axis_names, fitting, names, row, rows
from fwdpass.figures.called import called
from fwdpass.figures.words import cells, ended
from fwdpass.nn import Array
from fwdpass.numerals import exact
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium

MANY = 9
"""Columns that stand closer than fewer do."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Bracketed(Figure):
    """What a vector and a matrix have in common: brackets, and a box that scrolls where a phone is too narrow."""

    @abstractmethod
    def table(self) -> h.Element:
        """Draw the table without a box around it."""

    @property
    @abstractmethod
    def ems(self) -> float:
        """About how wide the table is, in ems."""

    @property
    @abstractmethod
    def said(self) -> str:
        """What it is, for whoever does not see it."""

    def html(self) -> h.Element:
        """Draw a table."""
        return self.boxed("")

    def boxed(self, label: str, before: float = 0) -> h.Element:
        """Draw a table; where a phone may be too narrow for it, it scrolls in a box, which ``label`` names.

        ``before`` is the room, in ems, that something on its left takes.
        """
        drawn = self.table()
        return parts.scroll(label or self.said, drawn) if before + self.ems > parts.PHONE else drawn


@dataclass(frozen=True, repr=False)
class Vector(Bracketed):
    """A row of numbers, a name over each: the first of ``n``."""

    axis: str
    entries: Row
    n: int
    caption: str = ""
    called: str = ""
    heard: str = ""
    """What the axis counts, where its names are not those of the numbers: said before the names, which are not seen."""

    def plain(self, medium: Medium) -> str:
        """Draw two lines: names and numbers."""
        texts = cells(self.entries, medium=medium)
        heads = layout.heads(self.axis, len(texts), self.n)
        table = layout.columns([heads, ended(texts, self.n, "…")], ">" * len(heads))
        return table if len(texts) == self.n else f"{table}\n({words.size((self.n,))} in all)"

    def latex(self) -> str:
        """Draw a matrix of one row."""
        return layout.bracket(ended(cells(self.entries, medium="latex"), self.n, layout.CDOTS))

    def table(self) -> h.Element:
        """Draw a table of one row."""
        shown = len(self.entries)
        return h.table(class_=["fp-matrix fp-vector", _many(shown, self.n)])[
            _caption(self.caption, self._counted, shown == self.n),
            h.thead[h.tr[parts.heads(self.axis, shown, self.n, self.heard)]],
            h.tbody[h.tr[parts.row(self.entries, cells(self.entries), self.n)]],
        ]

    @property
    def ems(self) -> float:
        """About how wide the table is, in ems."""
        return parts.ems([cells(self.entries)])

    @property
    def said(self) -> str:
        """Its caption, or how many numbers it has."""
        return self.caption or self._counted

    @property
    def _counted(self) -> str:
        size = words.count(self.n, "number")
        return f"{self.called}, {size}" if self.called else f"A vector of {size}"


@dataclass(frozen=True, repr=False)
class Matrix(Bracketed):
    """Rows and columns of numbers, a name for each: the top left of ``shape``."""

    axes: tuple[str, str]
    entries: Rows
    shape: tuple[int, int]
    caption: str = ""
    called: str = ""

    def plain(self, medium: Medium) -> str:
        """Draw a line for each row, its name before it, and the names of columns above."""
        rows, columns = self.shape
        texts = cells(self.entries, medium=medium)
        heads = layout.heads(self.axes[1], len(texts[0]), columns)
        lines = [
            [str(name), *ended(row, columns, "…")]
            for name, row in zip(names(self.axes[0], len(texts)), texts, strict=True)
        ]
        table = layout.columns([["", *heads], *ended(lines, rows, ["…"])], "<" + ">" * len(heads))
        whole = (len(texts), len(texts[0])) == self.shape
        return table if whole else f"{table}\n({words.size(self.shape)} in all)"

    def latex(self) -> str:
        """Draw a matrix."""
        rows, columns = self.shape
        lines = [ended(row, columns, layout.CDOTS) for row in cells(self.entries, medium="latex")]
        return layout.bracket(*ended(lines, rows, [layout.VDOTS]))

    def table(self) -> h.Element:
        """Draw a table with a head for each row and column."""
        rows, columns = self.shape
        shown = len(self.entries), len(self.entries[0])
        body = [
            h.tr[parts.head(parts.named(name)), parts.row(values, texts, columns)]
            for name, values, texts in zip(
                names(self.axes[0], shown[0]), self.entries, cells(self.entries), strict=True
            )
        ]
        return h.table(class_=["fp-matrix", _many(shown[1], columns)])[
            _caption(self.caption, self._counted, shown == self.shape),
            h.thead[h.tr[h.td, parts.heads(self.axes[1], shown[1], columns)]],
            h.tbody[ended(body, rows, h.tr[parts.head("⋮"), parts.dots(shown[1], columns)])],
        ]

    @property
    def ems(self) -> float:
        """About how wide the table is, in ems."""
        return parts.HEADS + parts.ems(cells(self.entries))

    @property
    def said(self) -> str:
        """Its caption, or how many rows and columns it has."""
        return self.caption or self._counted

    @property
    def _counted(self) -> str:
        size = words.size(self.shape)
        return f"{self.called}, {size}" if self.called else f"A matrix of {size}"


def _many(shown: int, n: int) -> dict[str, bool]:
    """Mark a table of many columns, that for those which are not shown among them."""
    return {"fp-many": shown + (shown < n) >= MANY}


def _caption(name: str, said: str, whole: bool) -> h.Element:
    """Name a matrix. What the eye sees anyway is said to a screen reader only."""
    if name:
        return h.caption[name]
    return h.caption(".fp-sr")[said] if whole else h.caption[said]


# Views ----------------------------------------------------------------------------------------------------------------


@checked
def matrix(array: ArrayLike, *axes: str) -> Vector | Matrix:
    """Show a vector or a matrix; each axis that is named numbers its places.

    Parameters
    ----------
    array : array_like
        Shape (n,) or (n, m), and not empty.
    *axes : str
        The names of the axes, in order; an axis without one is called i or j.

    Returns
    -------
    Vector or Matrix
        A figure; a long axis is cut, and the figure says how long it is.

    Raises
    ------
    ShapeError
        For another shape, and for more names than axes.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> matrix(lesson.W1, "x", "h")
          h0    h1    h2
    x0   0.2  -0.5   0.1
    x1  -0.3   0.4  -0.2
    x2   0.1   0.3   0.5
    x3  -0.4   0.2  -0.1
    """
    return replace(tabled(array, *axes), called=called(array)[0])


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


def vector_of(array: Array, axis: str, caption: str = "") -> Vector:
    """Make the figure of a vector."""
    n = len(array)
    return Vector(axis, row(array[: fitting(n)]), n, caption)


def matrix_of(array: Array, rows_: str, columns: str, caption: str = "") -> Matrix:
    """Make the figure of a matrix."""
    n, m = array.shape
    return Matrix((rows_, columns), rows(array[: fitting(n), : fitting(m)]), (n, m), caption)
