"""Decimals as written become exact rationals, and NumPy's own operators work on them.

A float literal is the nearest fraction that a computer can store; the decimal that a person wrote is the number.
Arrays of ``Fraction`` (``dtype=object``) pass through ``@``, ``+``, ``*``,
``np.maximum``, ``np.mean`` and comparisons unchanged, so the same code gives the exact result.
"""

from __future__ import annotations

import ast
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import isfinite
from types import CodeType
from typing import Any

import numpy as np

from fwdpass.errors import NumeralError
from fwdpass.numerals.arguments import Numbers, checked
from fwdpass.numerals.nudging import with_nudges

SIGNIFICANT = 12
"""Digits of a float that are believed; the rest is rounding noise."""


class Arithmetic(Enum):
    """What a page's decimals are read as."""

    FLOAT64 = "float64"
    EXACT = "exact"


class Rounding(Enum):
    """How else floating point may round: see ``fwdpass.numerals.nudging``, within which such code runs."""

    NUDGED = "nudged"


def rational(value: Any) -> Any:
    """Take every number as the decimal that was written: a Fraction, or an object array of them.

    Integers and Fractions pass; a float is its shortest decimal, as ``repr`` gives it.

    Parameters
    ----------
    value : number or array_like
        What is to be taken so.

    Returns
    -------
    Fraction or Array
        The number, or an object array of numbers.

    Examples
    --------
    >>> rational(0.1), rational(0.1) + rational(0.2) == rational(0.3)
    (Fraction(1, 10), True)
    """
    if isinstance(value, np.ndarray | list | tuple):
        array = grid(value)
        out = np.empty(array.shape, dtype=object)
        for index, entry in np.ndenumerate(array):
            out[index] = _fraction(entry)
        return out
    return _fraction(value)


def grid(value: Any) -> np.ndarray[Any, Any]:
    """Take a value as an array. Raises :class:`~fwdpass.errors.NumeralError` where its rows differ in length."""
    try:
        return np.asarray(value)
    except ValueError:
        raise NumeralError(f"{value!r} has no shape: its rows differ in length") from None


def settle(value: Any) -> Fraction:
    """Give the number that a computed value stands for.

    A float is rounded to :data:`SIGNIFICANT` significant digits (a float32 to those that it has), and what is
    nearer to nothing than a one in the last of as many places is nothing. So rounding noise says what exact
    arithmetic says. A Fraction keeps its value, however small: there is no noise in it.

    Parameters
    ----------
    value : number
        What was computed.

    Returns
    -------
    Fraction
        What is shown of it.

    Examples
    --------
    >>> settle(0.1 + 0.2), settle(-2.8e-17), settle(Fraction(1, 3))
    (Fraction(3, 10), Fraction(0, 1), Fraction(1, 3))
    >>> settle(1 / 3), settle(np.float32(1 / 3))
    (Fraction(333333333333, 1000000000000), Fraction(333333, 1000000))
    >>> smallest = 10**SIGNIFICANT
    >>> settle(1 / smallest), settle(1 / (smallest + 1)), settle(Fraction(1, smallest + 1)) == 0
    (Fraction(1, 1000000000000), Fraction(0, 1), False)
    """
    if type(value) is Fraction:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    digits = _believed(value)
    exact = _fraction(value)
    if digits and exact.denominator != 1:
        exact = Fraction(Decimal(f"{float(value):.{digits - 1}e}"))
    noise = 10**digits  # one part of so many
    return exact if not digits or abs(exact.numerator) * noise >= exact.denominator else Fraction(0)


@checked
def agree(a: Numbers, b: Numbers) -> bool:
    """Say whether a result and another are the same numbers, shapes included.

    Exact operands must be equal. Floats may differ by rounding: by a one in the last of :data:`SIGNIFICANT` decimal
    places, times the largest entry where that is more than one. With a float32 among them, the places are as many as
    its significant digits. For the same sum in another order ends in another last digit, and a sum that vanishes ends
    in noise.

    Parameters
    ----------
    a, b : array_like
        The results, in floats or exact.

    Returns
    -------
    bool
        Whether they are the same.

    Examples
    --------
    >>> agree(0.1 + 0.2, 0.3), agree(rational(0.1) + rational(0.2), rational(0.3))
    (True, True)
    >>> agree(0.2 + 0.1 - 0.4 + 0.1, 0)
    True
    >>> agree([1.0, 2.0], [1.0, 2.5])
    False
    >>> last = Fraction(1, 10**SIGNIFICANT)
    >>> agree(1.0, 1 + last), agree(1.0, 1 + 2 * last), agree([0.0, 50.0], [50 * last, 50])
    (True, False, True)
    >>> agree(np.float32(1), 1 + Fraction(1, 10**6)), agree(np.float32(1), 1 + Fraction(2, 10**6))
    (True, False)
    """
    ours, others = grid(a), grid(b)
    left, right = rational(ours), rational(others)
    if left.shape != right.shape:
        return False
    digits = [d for v in (*ours.flat, *others.flat) if (d := _believed(v))]
    scale = max((1, *(abs(v) for v in (*left.flat, *right.flat))))
    allowed = scale / Fraction(10 ** min(digits)) if digits else 0
    return all(abs(p - q) <= allowed for p, q in zip(left.flat, right.flat, strict=True))


def compile_source(source: str, filename: str, mode: str, arithmetic: Arithmetic | Rounding) -> CodeType:
    """Compile Python source, its float literals read in the given arithmetic.

    >>> eval(compile_source("0.1 + 0.2", "<sum>", "eval", Arithmetic.EXACT))
    Fraction(3, 10)
    """
    return compile_tree(ast.parse(source, filename, mode), source, filename, arithmetic)


def compile_tree(
    tree: ast.AST, source: str, filename: str, arithmetic: Arithmetic | Rounding, flags: int = 0
) -> CodeType:
    """Compile a tree that was parsed from ``source``."""
    if arithmetic is Arithmetic.EXACT:
        tree = with_rationals(tree, source)
    elif arithmetic is Rounding.NUDGED:
        tree = with_nudges(tree)
    mode = "eval" if isinstance(tree, ast.Expression) else "exec"
    code: CodeType = compile(tree, filename, mode, flags=flags)  # type: ignore[call-overload]
    return code


def with_rationals(tree: ast.AST, source: str) -> ast.AST:
    """Replace the float literals of a tree that was parsed from ``source`` by exact fractions."""
    exact: ast.AST = ast.fix_missing_locations(_Rationals(source).visit(tree))
    return exact


class _Rationals(ast.NodeTransformer):
    """Replace each float literal by the Fraction of the decimal in the source."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines(keepends=True)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if type(node.value) is not float or not isfinite(node.value):
            return node
        written = self._written(node) or repr(node.value)
        decimal = ast.copy_location(ast.Constant(written.replace("_", "")), node)
        return ast.copy_location(ast.Call(_fraction_name(), [decimal], []), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Inside an f-string, take the shortest decimal: places are not reliable before 3.12."""
        outer, self._lines = self._lines, []
        node = self.generic_visit(node)  # type: ignore[assignment]
        self._lines = outer
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.MatchValue:
        """Leave a pattern alone: it may hold literals only."""
        return node

    def _written(self, node: ast.Constant) -> str:
        """Give the literal as it was written; ``ast.get_source_segment`` would split the whole source for each.

        Nothing, where a form feed or the like makes other lines of the source than Python counted.
        """
        line = self._lines[node.lineno - 1] if node.lineno <= len(self._lines) else ""
        written = line.encode()[node.col_offset : node.end_col_offset].decode(errors="replace")
        try:
            return written if float(written) == node.value else ""
        except ValueError:
            return ""


def _fraction_name() -> ast.expr:
    """Name the class without a name that the namespace would have to hold."""
    load = ast.Load()
    fractions = ast.Call(ast.Name("__import__", load), [ast.Constant("fractions")], [])
    return ast.Attribute(fractions, "Fraction", load)


def _believed(value: Any) -> int:
    """How many significant digits of a number are not rounding noise; 0 where all are exact."""
    match value:
        case float():  # and NumPy's float64, which is one
            return SIGNIFICANT
        case np.floating():
            return min(SIGNIFICANT, np.finfo(type(value)).precision)
    return 0


def _fraction(value: Any) -> Fraction:
    match value:
        case Fraction():
            return value
        case bool() | np.bool_():
            pass
        case int() | np.integer():
            return Fraction(int(value))
        case float() | np.floating() if isfinite(value):
            # str, not repr: NumPy's float32 keeps its own shortest decimal this way
            return Fraction(Decimal(str(value)))
        case np.ndarray() if value.ndim == 0:
            return _fraction(value[()])
    raise NumeralError(f"cannot take {value!r} ({type(value).__name__}) as an exact number")
