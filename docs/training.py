"""Training in whole numbers: the same network on every computer, whatever the order of its sums."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

WHITE = 4
"""Pixels are sixteenths: a shift by so many bits divides by white."""
FINE = 16
"""While it learns, a weight of one is a one shifted by so many bits."""
COARSE = 6
"""When it has learned, by so many: what is left fits in a byte."""
SLOW = 6
"""A step is a gradient, shifted down by so many bits."""
EPOCHS = 40
"""Times that each image is looked at."""
SETTLED = 30
"""From this time on, images stay where they are, and steps are half as long."""
BATCH = 20
"""Images that are looked at together."""
AHEAD = 1 << 2 * COARSE + WHITE
"""What the right score is to be ahead by: one, as fine as the scores of a network that has learned."""


class Parameters(NamedTuple):
    """What a network has learned, in whole numbers."""

    W1: Whole
    """Shape (pixels, hidden)."""
    b1: Whole
    """Shape (hidden,)."""
    W2: Whole
    """Shape (hidden, digits)."""
    b2: Whole
    """Shape (digits,)."""


def train(images: Whole, labels: Whole, hidden: int) -> Parameters:
    """Learn to tell digits: ``images`` has shape (n, rows, columns), and ``labels`` (n,).

    A score is to be ahead of all others by one, or it is pushed up, and the strongest of the others down: the hinge
    loss of Crammer and Singer, with plain gradient descent. The images come in the order of the file, every
    other time a column further to the right or to the left, since a digit stays what it is when it moves.
    """
    # The loss: Crammer & Singer, On the algorithmic implementation of multiclass kernel-based vector machines, 2001.
    x, right, left = (moved.reshape(len(images), -1) for moved in (images, _moved(images, 1), _moved(images, -1)))
    p = _start(x.shape[1], hidden, int(labels.max()) + 1)
    targets = np.eye(len(p.b2), dtype=np.int64)[labels]
    for epoch in range(EPOCHS):
        settled = epoch >= SETTLED
        version = x if settled else (x, right, x, left)[epoch % 4]
        for start in range(0, len(x), BATCH):
            _step(p, version[start : start + BATCH], targets[start : start + BATCH], SLOW + settled)
    # An image keeps its sixteenths, so the sums are finer than the weights, and the biases are as fine as the sums.
    bits = COARSE, COARSE + WHITE, COARSE, 2 * COARSE + WHITE
    return Parameters(*(_rounded(array, kept) for array, kept in zip(p, bits, strict=True)))


def _moved(images: Whole, columns: int) -> Whole:
    """Move every image to the right, or to the left where negative; what leaves at one edge is gone."""
    moved = np.roll(images, columns, axis=2)
    moved[:, :, slice(columns) if columns > 0 else slice(columns, None)] = 0
    return moved


def _step(p: Parameters, x: Whole, targets: Whole, slow: int) -> None:
    """Move every parameter a little against its gradient, in place."""
    z1 = (_product(x, p.W1) >> WHITE) + p.b1
    h = np.maximum(0, z1)
    scores = (_product(h, p.W2) >> FINE) + p.b2
    own = (scores * targets).sum(axis=1, keepdims=True)
    others = np.where(targets, scores.min() - 1, scores)
    strongest = others == others.max(axis=1, keepdims=True)
    pull = np.where(strongest & (own - others < 1 << FINE), 1, 0)
    pull -= targets * pull.sum(axis=1, keepdims=True)
    back = _product(pull, p.W2.T) * (z1 > 0)
    p.W1[...] -= _product(x.T, back) >> WHITE + slow
    p.b1[...] -= back.sum(axis=0) >> slow
    p.W2[...] -= _product(h.T, pull) >> slow
    p.b2[...] -= (pull.sum(axis=0) << FINE) >> slow


def _product(a: Whole, b: Whole) -> Whole:
    """Multiply matrices of whole numbers, as floats: BLAS is several times faster than NumPy is with whole numbers.

    Every sum on the way stays below 2**53, so each is a whole number that a float holds, in whatever order.
    """
    return (a.astype(np.float64) @ b.astype(np.float64)).astype(np.int64)


def _start(pixels: int, hidden: int, digits: int) -> Parameters:
    """Start from small weights that look random, and no biases."""
    draw = _draws()
    W1 = np.array([next(draw) >> 3 for _ in range(pixels * hidden)]).reshape(pixels, hidden)
    W2 = np.array([next(draw) >> 2 for _ in range(hidden * digits)]).reshape(hidden, digits)
    return Parameters(W1, np.zeros(hidden, np.int64), W2, np.zeros(digits, np.int64))


def _draws() -> Iterator[int]:
    """Draw numbers from minus one to one, as :data:`FINE` as weights.

    Lehmer's generator with the multiplier of Park, Miller and Stockmeyer (1993). NumPy's own would do, but what it
    draws may change with its version.
    """
    state = 1
    while True:
        state = state * 48271 % (2**31 - 1)
        yield (state >> 31 - FINE - 1) - (1 << FINE)


def _rounded(fine: Whole, bits: int) -> Whole:
    """Keep so many bits of the fraction."""
    down = FINE - bits
    return (fine + (1 << down - 1) >> down) if down > 0 else fine << -down


def main(hidden: int = 32, held_out: int = 500) -> None:
    """Train on the digits of digits.npz, beside this file, and print how many of the others are read right."""
    with np.load(Path(__file__).with_name("digits.npz"), allow_pickle=False) as kept:
        images, labels = kept["images"].astype(np.int64), kept["labels"].astype(np.int64)
    W1, b1, W2, b2 = train(images[:-held_out], labels[:-held_out], hidden)
    unseen = images[-held_out:].reshape(held_out, -1)
    answers = (np.maximum(0, unseen @ W1 + b1) @ W2 + b2).argmax(axis=1)
    right = int((answers == labels[-held_out:]).sum())
    print(f"{hidden} hidden neurons read {right} of {held_out} digits right that they had not seen.")  # noqa: T201


if __name__ == "__main__":
    main()
