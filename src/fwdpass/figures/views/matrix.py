"""A matrix or a vector with the names of its rows and columns."""

from __future__ import annotations

from numpy.typing import ArrayLike

from fwdpass.figures.views.base import View, tabled


def matrix(array: ArrayLike, *axes: str) -> View:
    """Show a vector or a matrix; each axis that is named numbers its places.

    ``array`` has shape (n,) or (n, m), and the names come in the order of its axes. Raises
    ShapeError for other shapes.

    >>> from fwdpass import lesson
    >>> matrix(lesson.W1, "x", "h")
          h0    h1    h2
    x0   0.2  -0.5   0.1
    x1  -0.3   0.4  -0.2
    x2   0.1   0.3   0.5
    x3  -0.4   0.2  -0.1
    """
    return View(tabled(array, *axes))
