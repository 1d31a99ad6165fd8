"""Two linear layers, folded into one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import htpy as h
from numpy.typing import ArrayLike

from fwdpass.figures import layout, words
from fwdpass.figures.base import Figure, settled, summed
from fwdpass.figures.matrix import matrix_of, vector_of
from fwdpass.figures.product import Product, worked
from fwdpass.nn import Array, collapse
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Collapsed(Figure):
    """Two linear layers, and the one that does the same: two products with their names."""

    weights: Product
    """How the weights of the layers make the weights of the one."""
    biases: Product
    W_eff: Array = field(compare=False)
    """The weights of the one layer, exact: shape (n_in, n_out)."""
    b_eff: Array = field(compare=False)
    """The bias of the one layer, exact: shape (n_out,)."""

    def plain(self, medium: Medium) -> str:
        """Draw the results, each under its equation."""
        W_eff, b_eff = self.weights.result.plain(medium), self.biases.result.plain(medium)
        return f"W1 · W2 = W_eff\n{W_eff}\n\nb1 · W2 + b2 = b_eff\n{b_eff}"

    def latex(self) -> str:
        """Draw two equations."""
        W1, W2, W_eff = (one.latex() for one in (self.weights.left, self.weights.right, self.weights.result))
        b1, b2, b_eff = (one.latex() if one else "" for one in (self.biases.left, self.biases.bias, self.biases.result))
        sides = [
            [r"\mathbf{W}_{\text{eff}}", rf"{W1} \cdot {W2}", W_eff],
            [r"\mathbf{b}_{\text{eff}}", rf"{b1} \cdot {W2} + {b2}", b_eff],
        ]
        fit = all(layout.wide(" = ".join(equation)) <= layout.LINE for equation in sides)
        equals = " = " if fit else rf"{layout.ROW}&= "
        return layout.environment("aligned", [f"{name} &= {worked}{equals}{value}" for name, worked, value in sides])

    def html(self) -> h.Element:
        """Draw two products, with every dot product folded away."""
        return h.div(".fp-collapsed")[
            (
                one.folded(f"Every entry worked out: {words.count(one.n, 'dot product')}")
                for one in (self.weights, self.biases)
            )
        ]


# View -----------------------------------------------------------------------------------------------------------------


@checked
def collapsed(W1: ArrayLike, b1: ArrayLike, W2: ArrayLike, b2: ArrayLike) -> Collapsed:
    """Show that layers without ReLU between them are one.

    Parameters
    ----------
    W1, W2 : array_like
        Weights, of shapes (n_in, n_hidden) and (n_hidden, n_out).
    b1, b2 : array_like
        Biases, of shapes (n_hidden,) and (n_out,).

    Returns
    -------
    Collapsed
        A figure; its ``W_eff`` (n_in, n_out) and ``b_eff`` (n_out,) are the one layer, exact.

    Raises
    ------
    ShapeError
        Where the shapes do not fit.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> collapsed(lesson.W1, lesson.b1, lesson.W2, lesson.b2)
    W1 · W2 = W_eff
           ŷ0     ŷ1     ŷ2     ŷ3
    x0   0.13  -0.33   0.24  -0.13
    x1  -0.17   0.34  -0.26   0.15
    x2   0.10  -0.07   0.00  -0.18
    x3  -0.16   0.22  -0.23   0.05
    <BLANKLINE>
    b1 · W2 + b2 = b_eff
      ŷ0    ŷ1     ŷ2     ŷ3
    0.04  0.03  -0.03  -0.01
    """
    first, bias, second, last = map(settled, (W1, b1, W2, b2))
    collapse(first, bias, second, last)  # refuses what does not fit
    W_eff, b_eff = summed(first, second), summed(bias, second, last)
    W2_ = matrix_of(second, "h", "y_hat", caption="W2")
    return Collapsed(
        weights=replace(
            worked(first, second, ("x", "h", "y_hat")),
            left=matrix_of(first, "x", "h", caption="W1"),
            right=W2_,
            result=matrix_of(W_eff, "x", "y_hat", caption="W_eff"),
        ),
        biases=replace(
            worked(bias, second, ("h", "y_hat"), last),
            left=vector_of(bias, "h", caption="b1"),
            right=W2_,
            bias=vector_of(last, "y_hat", caption="b2"),
            result=vector_of(b_eff, "y_hat", caption="b_eff"),
        ),
        W_eff=W_eff,
        b_eff=b_eff,
    )
