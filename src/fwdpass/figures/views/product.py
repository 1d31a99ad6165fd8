"""A matrix product with every dot product written out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import islice
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError, misfit
from fwdpass.figures.kinds import WORKED, Dot, Matrix, Name, Product, Row, Vector
from fwdpass.figures.views.base import View, axis_names, fitting, row, settled, tabled, vector_of
from fwdpass.nn import Array, neuron
from fwdpass.numerals import exact


def dot(x: ArrayLike, w: ArrayLike, b: Any = None) -> View:
    """Show one dot product, and the bias if there is one.

    ``x`` and ``w`` have shape (n,). Raises ShapeError where they differ.

    >>> from fwdpass import lesson
    >>> dot(lesson.x, lesson.W1[:, 0], lesson.b1[0])
    1 × 0.2 + 0 × (-0.3) + 1 × 0.1 + 1 × (-0.4) + 0.1 = 0
    """
    P, Q = settled(x), settled(w)
    if P.ndim != 1 or P.shape != Q.shape or not P.size:
        raise ShapeError(f"a dot product pairs two vectors of the same length: {P.shape} met {Q.shape}")
    return View(_dot(row(P), row(Q), b))


def product(left: ArrayLike, right: ArrayLike, *axes: str, bias: ArrayLike | None = None) -> View:
    """Show ``left @ right + bias``, one line for each entry of the result.

    ``left`` is (n,) or (m, n), ``right`` (n, p) or (n,), ``bias`` (p,). The axes are named in
    the order in which they appear: rows of a matrix on the left, the axis that they share,
    columns of a matrix on the right. A name says whose sum it is, and not what becomes of it.
    Raises ShapeError where the shapes do not fit.

    >>> from fwdpass import lesson
    >>> product(lesson.x, lesson.W1, "x", "h")
    h0: 1 × 0.2 + 0 × (-0.3) + 1 × 0.1 + 1 × (-0.4) = -0.1
    h1: 1 × (-0.5) + 0 × 0.4 + 1 × 0.3 + 1 × 0.2    = 0.0
    h2: 1 × 0.1 + 0 × (-0.2) + 1 × 0.5 + 1 × (-0.1) = 0.5
    """
    if np.ndim(left) == np.ndim(right) == 1 and np.shape(left) == np.shape(right):
        return dot(left, right, bias)
    return View(worked(left, right, axes, bias))


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
        return _dot(left_row(i), right_column(j), None if biases is None else biases[index])

    # Of a matrix, the entries that its table shows; of a vector, more of them, since each has a line.
    written = [*islice(np.ndindex(outer if len(outer) == 1 else tuple(map(fitting, outer))), WORKED)]
    return Product(
        names=tuple(tuple(map(Name, kept, index)) for index in written),
        dots=tuple(map(entry, written)),
        n=prod(outer),
        result=_result(outer, kept, lambda *index: entry(index).value),
        left=tabled(P, *named[: P.ndim]),
        right=tabled(Q, *named[P.ndim - 1 :]),
        bias=None if bias is None else _bias(settled(bias), outer, kept[-1]),
    )


def _bias(bias: Array, outer: tuple[int, ...], axis: str) -> Vector:
    """Show a bias as what is added: an entry for each of the result's last axis."""
    return vector_of(np.broadcast_to(bias, outer[-1:]), axis)


def _result(outer: tuple[int, ...], axes: tuple[str, ...], value: Callable[..., Fraction]) -> Vector | Matrix:
    """Tabulate what fits of the result."""
    shown = [range(fitting(n)) for n in outer]
    if len(outer) == 1:
        return Vector(axes[0], tuple(map(value, shown[0])), outer[0])
    entries = tuple(tuple(value(i, j) for j in shown[1]) for i in shown[0])
    return Matrix((axes[0], axes[1]), entries, (outer[0], outer[1]))


def _dot(left: Row, right: Row, bias: Any) -> Dot:
    b = None if bias is None else exact.settle(bias)
    value = neuron(np.array(left, dtype=object), np.array(right, dtype=object), b or 0)
    kept = fitting(len(left))
    return Dot(left[:kept], right[:kept], len(left), b, exact.settle(value))


def _spread(bias: ArrayLike, outer: tuple[int, ...]) -> Array:
    """Give each entry of the result its bias."""
    b = settled(bias)
    if b.shape not in ((), outer[-1:]):
        raise ShapeError(
            f"a product of shape {outer} takes a bias of shape {outer[-1:]}, one for each entry "
            f"of its last axis, and got {b.shape}"
        )
    return np.broadcast_to(b, outer)
