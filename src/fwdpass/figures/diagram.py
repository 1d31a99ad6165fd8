"""A network of two layers with an input in it: nodes with values, edges with weights, and every sum below.

This is its data, the view that makes it from arrays, and how each medium has it; :mod:`fwdpass.figures.picture` draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import htpy as h
import numpy as np
from htpy import Element
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures import layout, parts
from fwdpass.figures.base import Figure, fitting, row, rows, settled, summed
from fwdpass.figures.matrix import Vector
from fwdpass.figures.picture import legend, picture
from fwdpass.figures.placed import Rooms, TwoLayers, plan
from fwdpass.figures.product import Product, worked
from fwdpass.figures.states import States
from fwdpass.nn import forward, relu
from fwdpass.numerals.writing import Medium

touched = h.Element("fp-network")
"""The element whose neurons, and whose pixels, can be chosen; without scripts it is what is in it."""


@dataclass(frozen=True, repr=False)
class Diagram(TwoLayers, Figure):
    """A network of two layers with an input in it, and its sums."""

    sums: tuple[Product, Product]
    """Each neuron's sum, written out, a layer after the other."""

    def __hash__(self) -> int:
        return hash((self.x, self.z1, self.y_hat))  # all else takes longer, and seldom tells two of them apart

    def plain(self, medium: Medium) -> str:
        """Draw a table for each layer."""
        x, hidden, y = self.sizes
        tables: dict[str, Figure] = {
            "x: the input": Vector("x", self.x, x),
            "h: the hidden neurons": States("h", self.z1, self.h, hidden),
            "ŷ: the prediction": Vector("y_hat", self.y_hat, y),
        }
        return "\n\n".join(f"{name}\n{table.plain(medium)}" for name, table in tables.items())

    def latex(self) -> str:
        """Draw the vectors, and an arrow from each to the next."""
        x, hidden, y = self.sizes
        vectors = {
            r"\mathbf{x}": Vector("x", self.x, x),
            r"\mathbf{z}": Vector("z", self.z1, hidden),
            r"\mathbf{h}": Vector("h", self.h, hidden),
            r"\hat{\mathbf{y}}": Vector("y_hat", self.y_hat, y),
        }
        return layout.chained([f"{letter} = {vector.latex()}" for letter, vector in vectors.items()], r"\to")

    def html(self) -> Element:
        """Draw the picture, with the sums in it folded away."""
        return touched[self.drawn(), h.div(".fp-live"), self.folded()]

    def drawn(self, rooms: Rooms | None = None) -> Element:
        """Draw the picture with its legend.

        Where the input will change, ``rooms`` are those that the values of every input need, and the legend is whole.
        """
        placed = plan(self, rooms or Rooms.of([self]))
        return h.figure(".fp-network")[
            parts.scroll("The network as a picture", picture(self, placed)),
            h.figcaption[h.ul(".fp-legend")[legend(self, placed, whole=rooms is not None)]],
        ]

    def folded(self) -> Element:
        """Draw the sums of both layers, folded away."""
        return h.details(".fp-worked")[
            h.summary["Every sum in the picture"],
            self.sums[0].table("The sums of the hidden neurons, before ReLU", of="h"),
            self.sums[1].table("The sums of the outputs", of="y_hat"),
        ]


def diagram(*arrays: ArrayLike) -> Diagram:
    """Run a network of two layers on an input, and keep every number of it, exactly.

    The arrays are those of :func:`fwdpass.network`: x, W1, b1, W2 and b2.
    """
    x, W1, b1, W2, b2 = given = [settled(array) for array in arrays]
    if x.ndim != 1:
        raise ShapeError(f"a picture shows one input, a vector, and got shape {x.shape}: pick a row of the batch")
    forward(*(np.zeros(array.shape) for array in given))  # refuses what does not fit
    z1 = summed(x, W1, b1)
    h = relu(z1)
    y_hat = summed(h, W2, b2)
    i, j, k = (fitting(len(a)) for a in (x, h, y_hat))
    return Diagram(
        x=row(x[:i]),
        W1=rows(W1[:i, :j]),
        b1=row(b1[:j]),
        z1=row(z1[:j]),
        h=row(h[:j]),
        W2=rows(W2[:j, :k]),
        b2=row(b2[:k]),
        y_hat=row(y_hat[:k]),
        sizes=(len(x), len(h), len(y_hat)),
        sums=(worked(x, W1, ("x", "z"), b1), worked(h, W2, ("h", "y_hat"), b2)),
    )
