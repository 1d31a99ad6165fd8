"""A network, and every image of black and white pixels that it can be shown."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures.kinds import Flip, Picture, Pixels
from fwdpass.figures.views.base import View, grid, row, settled
from fwdpass.networks.views.network import network_of
from fwdpass.nn import Array, mse
from fwdpass.numerals.exact import settle

PIXELS = 6
"""Pixels that an image may have: each more doubles the pictures that are run."""


def flip(
    image: ArrayLike, W1: Array, b1: Array, W2: Array, b2: Array, answer: Callable[[Array], Array] = np.transpose
) -> View:
    r"""Show what the network makes of an image, and of every other image that flipping its pixels gives.

    ``image`` has shape (rows, columns), and its pixels are black or white; the rest is as for
    :func:`fwdpass.network`, and ``answer`` makes of an image what the network should answer.
    Raises ShapeError for an image of greys, and for too many pixels.

    >>> from fwdpass.lesson import W1, W2, b1, b2
    >>> every = repr(flip([[1, 0], [1, 1]], W1, b1, W2, b2)).splitlines()
    >>> print(every[-1], every[-6], sep="\n")
    1 1 1 1       -0.3        0.3        0.3     ○●●   0.03   0.13  -0.16  -0.09  1 1 1 1  1.0579
    1 0 1 0        0.4       -0.3        0.6     ●○●   0.24  -0.22   0.12  -0.26  1 1 0 0  0.5370
    """
    given = settled(image)
    if given.ndim != 2 or not given.size or not all(v in (0, 1) for v in given.flat):
        raise ShapeError(f"pixels can be flipped where an image is ones and zeros, and this is {given.tolist()}")
    if given.size > PIXELS:
        raise ShapeError(f"an image of {given.size} pixels has too many others: {PIXELS} pixels are the most")

    def picture(pixels: tuple[Fraction, ...]) -> Picture:
        flipped = np.array(pixels, dtype=object).reshape(given.shape)
        x, target = flipped.flatten(), settled(answer(flipped)).flatten()
        network = network_of(x, W1, b1, W2, b2)
        loss = settle(mse(np.array(network.y_hat, dtype=object), target))
        return Picture(Pixels(grid(flipped)), network, row(target), loss)

    pictures = tuple(map(picture, product((Fraction(0), Fraction(1)), repeat=given.size)))
    shown = next(i for i, p in enumerate(pictures) if p.image.entries == grid(given))
    return View(Flip(pictures, shown))
