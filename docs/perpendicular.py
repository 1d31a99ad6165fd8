"""What a layer can never answer: the direction in which all its answers are the same."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from fwdpass.errors import ShapeError
from fwdpass.nn import Array
from fwdpass.numerals.exact import rational


def normal(W: Any) -> Array:
    """Give a direction that weights ``W`` (n_in, n_out) never move an answer in: their product with it vanishes.

    There is one wherever a layer has more outputs than inputs. Found by Gauss and Jordan's elimination in rationals;
    its entries are the smallest whole numbers in their proportion. Raises ShapeError where there is none.

    >>> [str(entry) for entry in normal([[1.0, 0.5]])]
    ['-1', '2']
    """
    rows = rational(np.asarray(W))
    if rows.ndim != 2:
        raise ShapeError(f"weights are a matrix, and these have shape {rows.shape}")
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        found = next((i for i in range(len(pivots), len(rows)) if rows[i, column]), None)
        if found is None:
            return _whole(_direction(rows, pivots, column))
        top = len(pivots)
        rows[[top, found]] = rows[[found, top]]
        rows[top] /= rows[top, column]
        for i in range(len(rows)):
            if i != top:
                rows[i] -= rows[top] * rows[i, column]
        pivots.append(column)
    raise ShapeError(f"weights of shape {rows.shape} reach every direction of their {rows.shape[1]} outputs")


def _direction(rows: Array, pivots: list[int], free: int) -> Array:
    """Let the free entry be one; every row that was solved then says what its own has to be."""
    n = np.full(rows.shape[1], Fraction(0), dtype=object)
    n[free] = Fraction(1)
    for i, pivot in enumerate(pivots):
        n[pivot] = -rows[i, free]
    return n


def _whole(n: Array) -> Array:
    """Multiply by what all denominators have in common, and divide by what all numerators have."""
    n = n * lcm(*(entry.denominator for entry in n))
    return n / gcd(*(entry.numerator for entry in n))
