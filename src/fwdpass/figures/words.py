"""The words that the drawings share: counts, sizes, and the mark after what is not all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any, TypeVar

from fwdpass import numerals
from fwdpass.figures.base import Shape
from fwdpass.numerals.writing import LANGUAGE, Medium

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
    if (facts := _facts(array)) is not None:
        return _thawed(_written(facts, medium, LANGUAGE.get()))
    return _told(array, numerals.cells(array, medium=medium), medium)


# A book writes the same rows again and again: those of the weights in the picture of each input, and all of a page in
# each of its readings. Only fractions are kept by their values: a float may equal one, and reads otherwise.


class _Ratio(tuple[int, int]):
    """A fraction as two integers: to find it among others takes a tenth of the time."""

    __slots__ = ()


def _facts(array: Any) -> Any:
    """Give fractions, nested as they are, as tuples of ratios; nothing, where something else is among them."""
    if type(array) is Fraction:
        return _Ratio(array.as_integer_ratio())
    if not isinstance(array, tuple | list):
        return None
    facts = tuple(map(_facts, array))
    return None if None in facts else facts


@lru_cache(maxsize=1024)
def _written(facts: Any, medium: Medium, _language: str) -> Any:
    array = _fractions(facts)
    return _told(array, numerals.cells(array, medium=medium), medium)


def _fractions(facts: Any) -> Any:
    return Fraction(*facts) if isinstance(facts, _Ratio) else list(map(_fractions, facts))


def _thawed(texts: Any) -> Any:
    return list(map(_thawed, texts)) if isinstance(texts, list) else texts


def _told(value: Any, shown: Any, medium: Medium) -> Any:
    if isinstance(shown, list):
        return [_told(entry, text, medium) for entry, text in zip(value, shown, strict=True)]
    return shown if _DIGIT.search(shown) or not value else numerals.text(value, ".1e", medium)
