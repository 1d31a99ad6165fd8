"""How a value came about, worked out: only where its parts, put together again, give the value that was recorded.

What a script calls ``+`` need not be an addition of numbers as people know it: whole numbers of eight bits overflow,
a class may define its own, and the last digits of a float are noise. So nothing is worked out on the strength of a
name. Each figure is evaluated here, in exact arithmetic, from the very numbers that it shows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import prod

import numpy as np

from fwdpass.figures.base import SHOWN, Name, Row, fitting
from fwdpass.figures.dot import Dot
from fwdpass.figures.product import WORKED
from fwdpass.figures.states import States
from fwdpass.nn import Array, relu
from fwdpass.trace.panel.facts import Dots, Entrywise, How, Total
from fwdpass.trace.panel.values import KeptNumbers


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    """Raise to a power: exactly where that is a small whole number, else as floats do it, and noise is allowed for."""
    if exponent.denominator == 1 and abs(exponent) <= 64:
        return Fraction(base ** int(exponent))
    return Fraction(float(base) ** float(exponent))


Arithmetic = Callable[[Fraction, Fraction], Fraction]
SIGNS: dict[str, tuple[str, Arithmetic]] = {
    # operator, and NumPy's function of the same meaning: the sign that is shown, and what it does
    "+": ("+", operator.add), "add": ("+", operator.add),
    "-": ("\N{MINUS SIGN}", operator.sub), "subtract": ("\N{MINUS SIGN}", operator.sub),
    "*": ("×", operator.mul), "multiply": ("×", operator.mul),
    "/": ("÷", operator.truediv), "divide": ("÷", operator.truediv), "true_divide": ("÷", operator.truediv),
    "**": ("**", _power), "power": ("**", _power),
}  # fmt: skip
PRODUCTS = frozenset(("@", "dot", "matmul"))
TOTALS = {"sum": False, "mean": True, "average": True}
"""Sums of all that there is, and whether they are divided by how many there are."""

VISIBLE = Fraction(1, 200_000)
"""By how much the parts of a figure may miss its result: a twentieth of what four decimal places can show."""


@dataclass(frozen=True)
class Operation:
    """What was done: by the operator's sign or the function's name, to these operands, with this result."""

    called: str
    operands: tuple[KeptNumbers, ...]
    result: KeptNumbers
    axes: tuple[str, ...] = ()
    """Names for the axes of the result."""


def worked(operation: Operation, most: int = WORKED) -> How | None:
    """Work an operation out, or give None where that is not known, or does not come to the recorded result.

    Parameters
    ----------
    operation
        What was done.
    most
        How many dot products may be written out.
    """
    given = [operand.exact for operand in operation.operands]
    out = operation.result.exact
    if out is None or not out.size:
        return None
    operands = [array for array in given if array is not None and array.size]
    if len(operands) != len(given):
        return None
    near = _Near(max(kept.digits for kept in (operation.result, *operation.operands)))
    called = operation.called
    match operands:
        case [left, right] if called in PRODUCTS:
            return _product(left, right, out, operation.axes, near, most)
        case [left, right] if called in SIGNS and out.ndim < 2 and out.size <= SHOWN:
            return _entrywise(called, left, right, out, near)
        case [zero, z] if called == "maximum" and _is_zero(zero):
            return _states(z, out, operation.axes)
        case [z, zero] if called == "maximum" and _is_zero(zero):
            return _states(z, out, operation.axes)
        case [z] if called == "relu":
            return _states(z, out, operation.axes)
        case [entries] if called in TOTALS and out.ndim == 0 and entries.ndim and entries.size <= SHOWN:
            return _total(entries, out, near, mean=TOTALS[called])
    return None


@dataclass(frozen=True)
class _Near:
    """Whether two numbers are the same, but for the noise of floats with so many digits; with none, there is none."""

    digits: int

    def __call__(self, made: Fraction, recorded: Fraction, *parts: Fraction) -> bool:
        if not self.digits:
            return made == recorded
        largest = max(abs(part) for part in (recorded, *parts))
        return bool(abs(made - recorded) <= min(largest / 10 ** (self.digits - 2), VISIBLE))


def _is_zero(array: Array) -> bool:
    return array.ndim == 0 and not array[()]


def _row(array: Array) -> Row:
    return tuple(array.ravel().tolist())


def _entrywise(called: str, left: Array, right: Array, out: Array, near: _Near) -> Entrywise | None:
    sign, arithmetic = SIGNS[called]
    try:
        sides = [_row(np.broadcast_to(side, out.shape)) for side in (left, right)]
        for p, q, recorded in zip(*sides, _row(out), strict=True):
            if not near(arithmetic(p, q), recorded, p, q):
                return None
    except (ArithmeticError, ValueError, TypeError):  # a division by zero, a power that is no real number
        return None
    return Entrywise(sign, *sides)


def _total(entries: Array, out: Array, near: _Near, *, mean: bool) -> Total | None:
    summed = sum(_row(entries), Fraction(0))
    made = summed / entries.size if mean else summed
    return Total(_row(entries), mean) if near(made, _row(out)[0], *_row(entries)) else None


def _states(z: Array, out: Array, axes: Sequence[str]) -> States | None:
    if z.ndim != 1 or z.shape != out.shape or _row(relu(z)) != _row(out):
        return None
    shown = fitting(len(z))
    return States(axes[0] if axes else "i", _row(z[:shown]), _row(out[:shown]), len(z))


def _product(left: Array, right: Array, out: Array, axes: tuple[str, ...], near: _Near, most: int) -> How | None:
    """Write out the dot products of the entries that are shown; each must come to the entry that was recorded."""
    if not {left.ndim, right.ndim} <= {1, 2} or left.shape[-1] != right.shape[0]:
        return None
    outer = left.shape[:-1] + right.shape[1:]
    if out.shape != outer:
        return None
    rows, columns = left.reshape(-1, left.shape[-1]), right.reshape(right.shape[0], -1)
    # Of a matrix, the entries that its table shows; of a vector, more of them, since each has a line.
    shown = np.ndindex(outer if len(outer) == 1 else tuple(map(fitting, outer)))
    places = list(islice(shown, min(most, WORKED)))
    dots = []
    # A vector has no index on its side of the product; as a matrix of one row or column, it has zero.
    for place in places:
        row, column = place[: left.ndim - 1] or (0,), place[left.ndim - 1 :] or (0,)
        value: Fraction = out.item(place)
        dot = _dot(_row(rows[row]), _row(columns[:, column[0]]), value, near)
        if dot is None:
            return None
        dots.append(dot)
    if not outer:
        return dots[0] if dots else None
    named = axes or tuple("ij"[: len(outer)])
    names = tuple(tuple(map(Name, named, place)) for place in places)
    which = "" if not axes or left.ndim == right.ndim else "column " if left.ndim == 1 else "row "
    return Dots(names, tuple(dots), prod(outer), which) if dots else None


def _dot(left: Row, right: Row, value: Fraction, near: _Near) -> Dot | None:
    products = [p * q for p, q in zip(left, right, strict=True)]
    if not near(sum(products, Fraction(0)), value, *products):
        return None
    shown = fitting(len(left))
    return Dot(left[:shown], right[:shown], len(left), None, value)
