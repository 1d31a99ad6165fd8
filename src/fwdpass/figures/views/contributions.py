"""What each hidden neuron sends on: its value times its row of weights."""

from __future__ import annotations

from dataclasses import dataclass

from fwdpass.errors import misfit
from fwdpass.figures.kinds import Contributions
from fwdpass.figures.views.base import View, axis_names, matrix_of, settled, vector_of
from fwdpass.nn import Array


@dataclass(frozen=True, repr=False)
class ContributionsView(View):
    """The rows, and which of them contribute."""

    figure: Contributions
    rows: tuple[int, ...]
    """The rows that pass something on: those whose neuron is not zero."""


def contributions(h: Array, W2: Array, *axes: str) -> ContributionsView:
    """Show ``h @ W2`` row by row: each neuron's value times its row, and the column sums.

    ``h`` has shape (n_hidden,), ``W2`` (n_hidden, n_out). Raises ShapeError where they do not
    fit.

    >>> from fwdpass import lesson
    >>> sent = contributions(lesson.h, lesson.W2, "h", "y")
    >>> sent
         value    y0     y1    y2     y3
    h0     0.0  0.00   0.00  0.00   0.00  passes nothing on
    h1     0.0  0.00   0.00  0.00   0.00  passes nothing on
    h2     0.5  0.10  -0.20  0.05  -0.25
    sum         0.10  -0.20  0.05  -0.25
    >>> sent.rows
    (2,)
    """
    values, weights = settled(h), settled(W2)
    if values.ndim != 1 or weights.ndim != 2 or len(values) != len(weights):
        raise misfit(values.shape, weights.shape)
    rows, columns = axis_names(weights.shape, axes)
    figure = Contributions(
        values=vector_of(values, rows),
        weights=matrix_of(weights, rows, columns),
        sent=matrix_of(values[:, None] * weights, rows, columns),
        total=vector_of(values @ weights, columns),
    )
    return ContributionsView(figure, tuple(i for i, value in enumerate(values) if value))
