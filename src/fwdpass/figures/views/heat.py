"""A matrix of any size as shades, with its corner in numbers."""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np

from fwdpass.errors import ShapeError
from fwdpass.figures.kinds import Heat, Weights
from fwdpass.figures.views.base import View, axis_names, matrix_of
from fwdpass.nn import Array
from fwdpass.numerals import exact

POINTS = 128
"""Points that a picture of shades has along either side, at most."""


def heat(array: Any, *axes: str) -> View:
    """Show a matrix as shades, the more solid the larger a number, whatever its sign: for those too large to read.

    ``array`` has shape (n, m), and the names come in the order of its axes. Where there are many rows or columns, a
    point stands for several numbers and shows the largest, whatever its sign. Raises ShapeError for other shapes.

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
    return View(Weights(shades(floats), corner, lowest, mean, highest))


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
