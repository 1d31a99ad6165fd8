"""Real digits, and a network that has learned to read them, in whole numbers.

The images are scikit-learn's digits (_data/digits.txt says whose they are), small and grey. The network is trained when
it is asked for, once a process for each size. Its numbers are whole, and sums of whole numbers have no rounding in
them: every computer trains the same network, to the last bit.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training import AHEAD, Parameters, train

__all__ = ["AHEAD", "Digits", "Parameters", "load", "train", "trained"]


class Digits(NamedTuple):
    """Images, and the digits that they show; read-only, and whole numbers throughout.

    >>> seen, _ = load(500)
    >>> seen.images.shape[1:], int(seen.images.min()), int(seen.images.max())  # white is sixteen sixteenths
    ((8, 8), 0, 16)
    """

    images: NDArray[np.int64]
    """Shape (n, rows, columns), from black to white."""
    labels: NDArray[np.int64]
    """Shape (n,): the digit in each image."""


@cache
def load(held_out: int) -> tuple[Digits, Digits]:
    """Give the images to learn from, and so many from the end of the file that are held out, for testing.

    >>> seen, unseen = load(500)
    >>> seen.images.shape, unseen.images.shape
    ((1297, 8, 8), (500, 8, 8))
    >>> unseen.labels[:5].tolist()
    [0, 1, 2, 3, 4]
    """
    with np.load(Path(__file__).with_name("digits.npz"), allow_pickle=False) as kept:
        images, labels = _frozen(kept["images"]), _frozen(kept["labels"])
    return Digits(images[:-held_out], labels[:-held_out]), Digits(images[-held_out:], labels[-held_out:])


@cache
def trained(held_out: int, hidden: int) -> Parameters:
    """Train a network on all images but those that are held out.

    Its input is an image, row by row; the largest of its scores is its answer.

    >>> W1, b1, W2, b2 = trained(500, 32)
    >>> W1.shape, W2.shape, W1.dtype.kind
    ((64, 32), (32, 10), 'i')
    """
    seen, _ = load(held_out)
    return Parameters(*map(_frozen, train(seen.images, seen.labels, hidden)))


def _frozen(array: Any) -> NDArray[np.int64]:
    """Copy an array, so that no page can change it for the next."""
    kept = np.array(array, dtype=np.int64)
    kept.flags.writeable = False
    return kept
