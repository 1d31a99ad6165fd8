"""Two linear layers, folded into one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fwdpass.figures.kinds import Collapsed
from fwdpass.figures.views.base import View, matrix_of, settled, vector_of
from fwdpass.figures.views.product import worked
from fwdpass.nn import Array, collapse


@dataclass(frozen=True, repr=False)
class CollapsedView(View):
    """The two equations, and their results."""

    figure: Collapsed
    W_eff: Array = field(compare=False)
    """The weights of the one layer, exact: shape (n_in, n_out)."""
    b_eff: Array = field(compare=False)
    """The bias of the one layer, exact: shape (n_out,)."""


def collapsed(W1: Array, b1: Array, W2: Array, b2: Array) -> CollapsedView:
    """Show that layers without ReLU between them are one.

    ``W1`` has shape (n_in, n_hidden), ``b1`` (n_hidden,), ``W2`` (n_hidden, n_out), ``b2``
    (n_out,). Raises ShapeError where they do not fit.

    >>> from fwdpass import lesson
    >>> collapsed(lesson.W1, lesson.b1, lesson.W2, lesson.b2)
    W1 · W2 = W_eff
           y0     y1     y2     y3
    x0   0.13  -0.33   0.24  -0.13
    x1  -0.17   0.34  -0.26   0.15
    x2   0.10  -0.07   0.00  -0.18
    x3  -0.16   0.22  -0.23   0.05
    <BLANKLINE>
    b1 · W2 + b2 = b_eff
      y0    y1     y2     y3
    0.04  0.03  -0.03  -0.01
    """
    given = settled(W1), settled(b1), settled(W2), settled(b2)
    W_eff, b_eff = collapse(*given)
    weights = matrix_of(W_eff, "x", "y", caption="W_eff")
    bias = vector_of(b_eff, "y", caption="b_eff")
    W1_, b1_ = matrix_of(given[0], "x", "h", caption="W1"), vector_of(given[1], "h", caption="b1")
    W2_, b2_ = matrix_of(given[2], "h", "y", caption="W2"), vector_of(given[3], "y", caption="b2")
    figure = Collapsed(
        W_eff=weights,
        b_eff=bias,
        weight_sums=replace(worked(given[0], given[2], ("x", "h", "y")), left=W1_, right=W2_, result=weights),
        bias_sums=replace(worked(given[1], given[2], ("h", "y"), given[3]), left=b1_, right=W2_, bias=b2_, result=bias),
    )
    return CollapsedView(figure, W_eff, b_eff)
