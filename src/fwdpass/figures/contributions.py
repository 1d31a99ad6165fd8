"""What each hidden neuron sends on: its value times its row of weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import htpy as h
from numpy.typing import ArrayLike

from fwdpass.errors import misfit
from fwdpass.figures import layout, parts
from fwdpass.figures.base import Figure, Name, axis_names, names, settled, summed
from fwdpass.figures.matrix import Matrix, Vector, matrix_of, vector_of
from fwdpass.figures.states import NOTHING
from fwdpass.figures.words import cells, ended
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium, signed

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Contributions(Figure):
    """What each neuron sends on: its value times its row of weights; and the sum of all that."""

    values: Vector
    weights: Matrix
    sent: Matrix
    total: Vector
    rows: tuple[int, ...]
    """The rows that pass something on: those whose neuron is not zero."""

    def plain(self, medium: Medium) -> str:
        """Draw a line for each neuron, and the sum."""
        rows, columns = self.weights.shape
        sent, total = self.sent.entries, self.total.entries
        values = cells(self.values.entries, medium=medium)
        texts = cells([*sent, total], medium=medium)
        heads = layout.heads(self.total.axis, len(total), columns)
        notes = ["" if v else NOTHING for v in self.values.entries]
        lines = [
            [str(name), values[i], *ended(texts[i], columns, "…"), notes[i]]
            for i, name in enumerate(names(self.values.axis, len(values)))
        ]
        last = ["sum", "", *ended(texts[-1], columns, "…"), ""]
        table = [["", "value", *heads, ""], *ended(lines, rows, ["…"]), last]
        return layout.columns(table, "<>" + ">" * len(heads) + "<")

    def latex(self) -> str:
        """Draw an equation for each neuron, and the sum."""
        rows, columns = self.weights.shape
        values = cells(self.values.entries, medium="latex")
        sent, weights = (
            [layout.bracket(ended(row, columns, layout.CDOTS)) for row in cells(entries, medium="latex")]
            for entries in ((*self.sent.entries, self.total.entries), self.weights.entries)
        )
        lines = []
        for i, value in enumerate(values):
            told = "" if self.values.entries[i] else rf" && {layout.roman(NOTHING)}"
            worked = rf"{signed(value)} \times {weights[i]}"
            fit = layout.wide(rf"{worked} = {sent[i]}") <= layout.LINE
            lines.append(rf"& {worked} {'' if fit else layout.ROW}&&= {sent[i]}{told}")
        total = rf"& {layout.roman('sum')} &&= {sent[-1]}"
        return layout.environment("aligned", [*ended(lines, rows, rf"& {layout.VDOTS}"), total])

    def html(self) -> h.Element:
        """Draw a table with a row for each neuron, and the sum at its foot."""
        rows, columns = self.weights.shape
        total = self.total.entries
        texts = cells([*self.sent.entries, total])
        body = [
            self._row(i, name, texts[i]) for i, name in enumerate(names(self.values.axis, len(self.values.entries)))
        ]
        heads = parts.heads(self.total.axis, len(total), columns)
        rest = h.tr[parts.head("⋮"), h.td, parts.dots(len(total), columns)]
        return parts.scroll(
            "What each row contributes",
            h.table(".fp-contributions")[
                h.caption(".fp-sr")["Each neuron's value times its row of weights, and the sum"],
                h.thead[h.tr[h.th(scope="col")["neuron"], h.th(scope="col")["value"], heads]],
                h.tbody[ended(body, rows, rest)],
                h.tfoot[h.tr[parts.head("sum"), h.td, parts.row(total, texts[-1], columns)]],
            ],
        )

    def _row(self, i: int, name: Name, sent: Sequence[str]) -> h.Element:
        """Draw what one neuron sends on; how each entry came about stands before it, in small print."""
        value, shown = self.values.entries[i], cells(self.values.entries)[i]
        weights = [signed(w) for w in cells(self.weights.entries)[i]]
        entries = [
            h.td(class_=parts.sign(v))[h.small(".fp-how")[f"{signed(shown)} × {w}\N{NO-BREAK SPACE}="], " ", t]
            for v, w, t in zip(self.sent.entries[i], weights, sent, strict=True)
        ]
        return h.tr(class_=None if value else "fp-nothing")[
            parts.head([parts.named(name), None if value else [" ", h.small(".fp-note")[NOTHING]]]),
            parts.cell(value, shown),
            ended(entries, self.weights.shape[1], h.td["…"]),
        ]


# View -----------------------------------------------------------------------------------------------------------------


@checked
def contributions(h: ArrayLike, W2: ArrayLike, *axes: str) -> Contributions:
    """Show ``h @ W2`` row by row: each neuron's value times its row of weights, and the sums of the columns.

    Parameters
    ----------
    h : array_like
        What the neurons pass on, of shape (n_hidden,).
    W2 : array_like
        Weights, of shape (n_hidden, n_out).
    *axes : str
        What rows and columns are called.

    Returns
    -------
    Contributions
        A figure; its ``rows`` are the indices of the neurons that pass something on.

    Raises
    ------
    ShapeError
        Where the shapes do not fit.

    Examples
    --------
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
    return Contributions(
        values=vector_of(values, rows),
        weights=matrix_of(weights, rows, columns),
        sent=matrix_of(values[:, None] * weights, rows, columns),
        total=vector_of(summed(values, weights), columns),
        rows=tuple(i for i, value in enumerate(values) if value),
    )
