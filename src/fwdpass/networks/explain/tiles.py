"""What the neurons of a first layer look at: the weights of each, laid out as its inputs are."""

from __future__ import annotations

from math import isqrt

import htpy as h
import numpy as np

from fwdpass.figures import words
from fwdpass.figures.heat import shades
from fwdpass.networks import Layer
from fwdpass.nn import Array

LEAST, MOST = 7, 32
"""Inputs along a side from which, and up to which, a square of them is worth a look."""
ROW, TILES = 8, 24
"""Neurons side by side, and in all."""


def tiles(layer: Layer) -> h.Node:
    """Draw the weights of the first neurons as squares, if the inputs make one."""
    n, neurons = layer.W.shape
    side = isqrt(n)
    if side * side != n or not LEAST <= side <= MOST or neurons < ROW:
        return None
    shown = min(neurons, TILES) // ROW * ROW
    drawn = shades(mosaic(layer.W[:, :shown].astype(np.float64), side), points=ROW * (MOST + 1))
    said = (
        f"The weights of the first {words.count(shown, 'neuron')}, row by row: each square is one neuron, and each "
        "point in it the weight of an input, in the order in which the field of inputs has them above."
    )
    return h.figure(".fp-heat")[drawn.html(said), h.figcaption[said]]


def mosaic(W: Array, side: int) -> Array:
    """Lay columns of weights out as squares, with a line of nothing between them.

    >>> mosaic(np.arange(32.0).reshape(4, 8), 2).shape
    (2, 23)
    """
    rows = W.shape[1] // ROW
    squares = W.T.reshape(rows, ROW, side, side)
    squares = squares / np.maximum(np.abs(squares).max(axis=(2, 3), keepdims=True), np.finfo(float).tiny)
    framed = np.pad(squares, ((0, 0), (0, 0), (0, 1), (0, 1)))
    whole: Array = framed.transpose(0, 2, 1, 3).reshape(rows * (side + 1), ROW * (side + 1))[:-1, :-1]
    return whole
