"""The words that the drawings share: counts, sizes, and the mark after what is not all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from typing import Any, TypeVar

from fwdpass import numerals
from fwdpass.figures.base import Shape
from fwdpass.numerals.writing import Medium

T = TypeVar("T")
_DIGIT = re.compile("[1-9]")


def ended(items: Sequence[T], n: int, mark: T) -> list[T]:
    """Put a mark after items that are not all of the ``n`` there are.

    >>> ended("ab", 2, "…"), ended("ab", 784, "…")
    (['a', 'b'], ['a', 'b', '…'])
    """
    return [*items] if len(items) == n else [*items, mark]


def count(n: int, one: str, many: str = "") -> str:
    """Count in words, and in digits where a word would be no help.

    >>> count(3, "dot product"), count(784, "number")
    ('three dot products', '784 numbers')
    """
    spec = f"count {one}/{many or one + 's'}"
    if n <= 100:
        return numerals.text(n, spec)
    return f"{numerals.text(n)} {many or one + 's'}"


def size(shape: Shape) -> str:
    """Say how much a shape holds.

    >>> size((4,)), size((4, 3)), size(())
    ('four numbers', 'four rows and three columns', 'one number')
    """
    match shape:
        case ():
            return "one number"
        case (n,):
            return count(n, "number")
        case (rows, columns):
            return f"{count(rows, 'row')} and {count(columns, 'column')}"
    return f"{count(prod(shape), 'number')} along {count(len(shape), 'axis', 'axes')}"


def cells(array: Any, medium: Medium = "text") -> Any:
    """Give the texts of an array's entries, nested as it is, all with the same places.

    A number that is not zero, and would look like it, is written as a power of ten.

    >>> from fractions import Fraction
    >>> cells([Fraction(1, 2), 0, Fraction(3, 10**7)])
    ['0.5000', '0.0000', '3.0 × 10⁻⁷']
    """
    return _told(array, numerals.cells(array, medium=medium), medium)


def _told(value: Any, shown: Any, medium: Medium) -> Any:
    if isinstance(shown, list):
        return [_told(entry, text, medium) for entry, text in zip(value, shown, strict=True)]
    return shown if _DIGIT.search(shown) or not value else numerals.text(value, ".1e", medium)
