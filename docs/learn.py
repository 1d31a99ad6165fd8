"""Training a network to flip pictures, in whole numbers: the same weights on every computer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

ONE = 10_000
"""While it learns, a weight of one is so many."""
SHOWN = 100
"""When it has learned, so many: hundredths are left."""
STEPS = 4000
"""How often all pictures are looked at."""
SLOW = 8
"""A step is the mean slope over the pictures, divided by this."""


@cache
def trained(shape: tuple[int, int], hidden: int) -> tuple[Whole, Whole, Whole, Whole]:
    """Learn to flip all black and white pictures of a shape: W1, b1, W2 and b2, in hundredths.

    Plain gradient descent on the mean squared error, with every picture in every step.

    >>> W1, b1, W2, b2 = trained((2, 2), 4)
    >>> W1.shape, b1.shape, W2.shape, b2.shape, W1.dtype.kind
    ((4, 4), (4,), (4, 4), (4,), 'i')
    """
    pixels = shape[0] * shape[1]
    pictures = np.array([*product([0, 1], repeat=pixels)])
    targets = ONE * np.array([picture.reshape(shape).T.flatten() for picture in pictures])
    n, draw = SLOW * len(pictures), _draws()
    W1 = np.array([next(draw) for _ in range(pixels * hidden)]).reshape(pixels, hidden)
    W2 = np.array([next(draw) for _ in range(hidden * pixels)]).reshape(hidden, pixels)
    b1, b2 = np.full(hidden, ONE // 10), np.zeros(pixels, np.int64)
    for _ in range(STEPS):
        z1 = pictures @ W1 + b1
        h = np.maximum(0, z1)
        errors = h @ W2 // ONE + b2 - targets
        back = errors @ W2.T // ONE * (z1 > 0)  # ReLU stops what a dead neuron would learn
        W2 -= h.T @ errors // ONE // n
        b2 -= errors.sum(axis=0) // n
        W1 -= pictures.T @ back // n
        b1 -= back.sum(axis=0) // n
    return _kept(W1), _kept(b1), _kept(W2), _kept(b2)


def _kept(fine: Whole) -> Whole:
    """Round to what is shown; nobody can change it for the next page."""
    unit = ONE // SHOWN
    coarse: Whole = (fine + unit // 2) // unit
    coarse.flags.writeable = False
    return coarse


def _draws() -> Iterator[int]:
    """Draw numbers from minus a half to a half, by the generator of Park, Miller and Stockmeyer (1993)."""
    state = 1
    while True:
        state = state * 48271 % (2**31 - 1)
        yield (state % (2 * ONE + 1) - ONE) // 2
