"""A matrix product with every dot product written out, and every step of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from itertools import islice
from math import prod

import htpy as h
import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from fwdpass import numerals
from fwdpass.errors import ShapeError, misfit
from fwdpass.figures import layout, parts, words
from fwdpass.figures.base import SHOWN, Figure, Name, Row, axis_names, fitting, names, row, settled
from fwdpass.figures.called import called
from fwdpass.figures.dot import Dot, Sum, dot, dot_of, written
from fwdpass.figures.matrix import Matrix, Vector, tabled, vector_of
from fwdpass.figures.words import ended
from fwdpass.figures.written import once
from fwdpass.nn import Array
from fwdpass.numerals import exact
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium

WORKED = SHOWN**2
"""Dot products that are written out at most: as many as a result that is shown has entries."""
FOLDED = 16
"""Dot products that stand on a page openly; more are folded away."""
OPEN = 64
"""Terms that stand on a page openly, of all the dot products together."""
PAPER = 6
"""Steps that fit on a sheet of paper side by side; what has more is left out there, since its sums stand above it."""
SIGN = 1.5
"""Ems that the sign before a matrix takes."""

stepped = h.Element("fp-product")
"""The element that goes through a product a step at a time; without scripts it is what is in it."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Product(Figure):
    """A matrix product: the first of ``n`` dot products, each with the names of its entry."""

    names: tuple[tuple[Name, ...], ...]
    dots: tuple[Dot, ...]
    n: int
    result: Vector | Matrix
    left: Vector | Matrix
    right: Vector | Matrix
    bias: Vector | None

    def __hash__(self) -> int:
        return hash((self.left, self.result))  # all else takes longer, and seldom tells two of them apart

    def plain(self, medium: Medium) -> str:
        """Draw a line for each dot product, and a matrix above them if that is the result."""
        lines = [
            [f"{', '.join(map(str, names))}:", sum_.line(medium), f"= {sum_.value}"]
            for names, sum_ in zip(self.names, written(self.dots[:FOLDED], medium), strict=False)
        ]
        shown = layout.columns(lines, "<<<", gap=" ")
        if self.n > len(lines):
            shown += f"\n… and {words.count(self.n - len(lines), 'more dot product')}"
        if isinstance(self.result, Matrix):
            return f"{self.result.plain(medium)}\n\n{shown}"
        return shown

    def latex(self) -> str:
        """Draw an equation for each dot product."""
        equations = []
        for entry, sum_ in zip(self.names, written(self.dots[:FOLDED], "latex"), strict=False):
            first, *further = sum_.lines()
            lines = [rf"{', '.join(map(layout.indexed, entry))}\colon\; & {first}", *(f"& {line}" for line in further)]
            equations.append(rf"{layout.ROW.join(lines)} &&= {sum_.value}")
        return layout.environment("aligned", ended(equations, self.n, rf"&\;\;{layout.VDOTS}"))

    def html(self) -> h.Element:
        """Draw the matrices side by side, the dot products, and their steps; many dot products are folded away."""
        many = self.n > FOLDED or self.n * self.dots[0].n > OPEN
        return self.folded(words.count(self.n, "dot product").capitalize() if many else "")

    def folded(self, summary: str) -> h.Element:
        """Draw the product with its dot products folded away under a summary, if there is one."""
        sides = [("", self.left), ("·", self.right)]
        if self.bias is not None:
            sides.append(("+", self.bias))
        return stepped(".fp-worked")[
            _equation(*sides, ("=", self._headed)),
            h.div(".fp-live"),
            h.details[h.summary[summary], self.table()] if summary else self.table(),
            self._steps(),
        ]

    def table(self, said: str = "A dot product for each entry of the result", of: str = "") -> h.Element:
        """Draw a dot product for each entry; ``said`` is the table's caption, for whoever does not see it.

        ``of`` is the axis of the neurons whose sums these are, for a script that looks for the sum of a neuron.
        """
        return sums(self.names, self.dots, self.n, said, of=of, which="" if of else self._which)

    @property
    def _headed(self) -> Vector | Matrix:
        """The result; neurons are named over it where it is what they are worth: the sums of outputs, with a bias."""
        if isinstance(self.result, Matrix) or (self.bias is not None and self.result.axis == "y_hat"):
            return self.result
        return replace(self.result, heard=self._which)

    @property
    def _which(self) -> str:
        """What an entry of a vector is the sum of: before the bias and what follows, it is not yet the neuron's."""
        if isinstance(self.result, Matrix):
            return ""
        return "column " if isinstance(self.left, Vector) else "row "

    def _steps(self) -> h.Element:
        """Draw each step of each sum: what it adds, and the running sum after it."""
        worked_out = written(self.dots, "text")
        added = self._added()
        total = numerals.text(len(added))
        heads = [
            h.th(scope="col")[h.small(".fp-how")[f"step {numerals.text(k)} of {total}"], " ", name]
            for k, name in enumerate(added, 1)
        ]
        rows = [
            h.tr[
                _entry(self.names[i], self._which),
                (
                    h.td(class_=parts.sign(value))[h.small(".fp-how")[how], " ", h.span[text]]
                    for how, value, text in zip(steps(sum_), sum_.dot.sums, sum_.sums, strict=True)
                ),
            ]
            for i, sum_ in enumerate(worked_out)
        ]
        drawn = h.table(".fp-steps")[
            h.caption["What each step adds, and the running sum after it"],
            h.thead[h.tr[h.th(scope="col")["entry"], heads]],
            h.tbody[rows],
            _more(self.n - len(self.dots), numerals.text(len(added) + 1)),
        ]
        wide = "fp-wide" if len(added) > PAPER else None
        return h.details(class_=wide)[h.summary["Step by step, with running sums"], parts.scroll("Step by step", drawn)]

    def _added(self) -> list[h.Node]:
        """Name the steps: by the axis that is summed over, and at the end the bias."""
        axis = self.left.axis if isinstance(self.left, Vector) else self.left.axes[1]
        first = self.dots[0]
        shared = [parts.named(name) for name in names(axis, len(first.left))]
        return [*ended(shared, first.n, "the rest"), *([] if first.bias is None else ["bias"])]


_TERMS = h.td(".fp-terms")


def sums(
    entries: Sequence[tuple[Name, ...]],
    dots: Sequence[Dot],
    n: int,
    said: str,
    key: int | None = None,
    *,
    of: str = "",
    which: str = "",
) -> h.Element:
    """Draw a table of ``n`` dot products, as many of them as there are here, each with the names of its entry.

    ``said`` is its caption, for whoever does not see it. With a ``key``, which names the values as a group, each of
    them can be followed. ``of`` is the axis of the neurons whose sums these are, and ``which`` stands before a name.
    """
    rows = [
        (h.tr(data_of=str(Name(of, entry[-1].index))) if of else h.tr)[
            _entry(entry, which),
            _TERMS[sum_.nodes()],
            parts.cell(sum_.dot.value, sum_.value, key is not None),
        ]
        for entry, sum_ in zip(entries, written(dots, "text"), strict=True)
    ]
    return h.table(".fp-product", data_g=key)[
        h.caption(".fp-sr")[said],
        parts.columns("entry", "dot product", "value"),
        h.tbody[rows],
        _more(n - len(rows), "3"),
    ]


@lru_cache(maxsize=1024)
def _entry(entry: tuple[Name, ...], which: str = "") -> Markup:
    return once(parts.head([which, parts.joined([parts.named(name) for name in entry], ", ")]))


def _more(more: int, width: str) -> h.Element | None:
    if not more:
        return None
    return h.tfoot[h.tr[h.td(colspan=width)[f"… and {words.count(more, 'more dot product')}"]]]


def steps(sum_: Sum) -> list[str]:
    """Say what each step of a sum adds."""
    added = [f"{t.left} × {t.right} = {p}" for t, p in zip(sum_.terms, sum_.products, strict=False)]
    rest = sum_.dot.n - len(added)
    if rest:
        added.append(f"{words.count(rest, 'more product')}: {sum_.products[len(added)]}")
    return added if sum_.bias is None else [*added, f"bias {sum_.products[-1]}"]


def _equation(*sides: tuple[str, Vector | Matrix]) -> h.Element:
    """Set matrices in a line, each together with the sign before it."""
    return h.div(".fp-equation")[
        (
            h.div(".fp-side")[[h.span(".fp-op")[sign], side.boxed("", SIGN)] if sign else side.html()]
            for sign, side in sides
        )
    ]


# View -----------------------------------------------------------------------------------------------------------------


@checked
def product(left: ArrayLike, right: ArrayLike, *axes: str, bias: ArrayLike | None = None) -> Product | Dot:
    """Show ``left @ right + bias``, a dot product for each entry of the result.

    Parameters
    ----------
    left : array_like
        Shape (n,) or (m, n).
    right : array_like
        Shape (n, p) or (n,).
    *axes : str
        Names of the axes, in the order in which they appear: rows of a matrix on the left, the axis that they share,
        columns of a matrix on the right. A name says whose sum it is, and not what becomes of it.
    bias : array_like, optional
        Shape (p,), or a number: what is added to the last axis of the result.

    Returns
    -------
    Product or Dot
        A figure; that of a dot product where each side is a vector. Of many dot products, some are written out and
        the others counted.

    Raises
    ------
    ShapeError
        Where the shapes do not fit, and where a side is no vector or matrix.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> product(lesson.x, lesson.W1, "x", "h")
    h0: 1 × 0.2 + 0 × (-0.3) + 1 × 0.1 + 1 × (-0.4) = -0.1
    h1: 1 × (-0.5) + 0 × 0.4 + 1 × 0.3 + 1 × 0.2    = 0.0
    h2: 1 × 0.1 + 0 × (-0.2) + 1 × 0.5 + 1 × (-0.1) = 0.5
    """
    if np.ndim(left) == np.ndim(right) == 1 and np.shape(left) == np.shape(right):
        return dot(left, right, bias)
    made, names = worked(left, right, axes, bias), called(left, right, bias)
    whole = " @ ".join(names[:2]) + (f" + {names[2]}" if bias is not None else "")
    return replace(
        made,
        left=replace(made.left, called=names[0]),
        right=replace(made.right, called=names[1]),
        bias=None if made.bias is None else replace(made.bias, called=names[2]),
        result=replace(made.result, called=whole if all(names[: 2 + (bias is not None)]) else ""),
    )


def worked(left: ArrayLike, right: ArrayLike, axes: tuple[str, ...], bias: ArrayLike | None = None) -> Product:
    """Work a product out: the figure of :func:`product`, unless both are vectors."""
    P, Q = exact.grid(left), exact.grid(right)
    if not {P.ndim, Q.ndim} <= {1, 2} or not P.size or not Q.size:
        raise ShapeError(
            f"cannot write out {P.shape} @ {Q.shape}: each side is a vector or a matrix, and holds at least one number"
        )
    if P.shape[-1] != Q.shape[0]:
        raise misfit(P.shape, Q.shape)
    outer = P.shape[:-1] + Q.shape[1:]
    named = axis_names((*P.shape, *Q.shape[1:]), axes)
    kept = named[: P.ndim - 1] + named[P.ndim :]
    biases = None if bias is None else _spread(bias, outer)

    # A big product has more entries than anyone reads: rows and columns are made exact when they
    # are asked for, and once.
    @cache
    def left_row(i: int) -> Row:
        return row(P.reshape(-1, P.shape[-1])[i])

    @cache
    def right_column(j: int) -> Row:
        return row(Q.reshape(Q.shape[0], -1)[:, j])

    @cache
    def entry(index: tuple[int, ...]) -> Dot:
        i, j = index[0] if P.ndim == 2 else 0, index[-1] if Q.ndim == 2 else 0
        return dot_of(left_row(i), right_column(j), None if biases is None else biases[index])

    # Of a matrix, the entries that its table shows; of a vector, more of them, since each has a line.
    shown = [*islice(np.ndindex(outer if len(outer) == 1 else tuple(map(fitting, outer))), WORKED)]
    return Product(
        names=tuple(tuple(map(Name, kept, index)) for index in shown),
        dots=tuple(map(entry, shown)),
        n=prod(outer),
        result=_result(outer, kept, lambda *index: entry(index).value),
        left=tabled(P, *named[: P.ndim]),
        right=tabled(Q, *named[P.ndim - 1 :]),
        bias=None if bias is None else vector_of(np.broadcast_to(settled(bias), outer[-1:]), kept[-1]),
    )


def _result(outer: tuple[int, ...], axes: tuple[str, ...], value: Callable[..., Fraction]) -> Vector | Matrix:
    """Tabulate what fits of the result."""
    shown = [range(fitting(n)) for n in outer]
    if len(outer) == 1:
        return Vector(axes[0], tuple(map(value, shown[0])), outer[0])
    entries = tuple(tuple(value(i, j) for j in shown[1]) for i in shown[0])
    return Matrix((axes[0], axes[1]), entries, (outer[0], outer[1]))


def _spread(bias: ArrayLike, outer: tuple[int, ...]) -> Array:
    """Give each entry of the result its bias."""
    b = settled(bias)
    if b.shape not in ((), outer[-1:]):
        raise ShapeError(
            f"a product of shape {outer} takes a bias of shape {outer[-1:]}, one for each entry "
            f"of its last axis, and got {b.shape}"
        )
    return np.broadcast_to(b, outer)
