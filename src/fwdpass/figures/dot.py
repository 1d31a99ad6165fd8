"""A dot product, written out as a sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import Any

import htpy as h
import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures import layout, parts
from fwdpass.figures.base import Figure, Row, fitting, row, settled, summed
from fwdpass.figures.words import cells, ended
from fwdpass.figures.written import once
from fwdpass.numerals import exact
from fwdpass.numerals.arguments import Numbers, checked
from fwdpass.numerals.writing import Medium, signed

TERMS = layout.LINE - 25
"""Letters of a sum in a line of LaTeX; beside it stand what it is the sum of, and what it comes to."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Dot(Figure):
    """A dot product: the first of ``n`` pairs that are multiplied, and a bias if there is one."""

    left: Row
    right: Row
    n: int
    bias: Fraction | None
    value: Fraction

    @property
    def products(self) -> Row:
        """What each step adds: a pair's product, what the pairs that are not shown come to, the bias.

        >>> Dot((Fraction(2),), (Fraction(3),), 2, Fraction(1), Fraction(27)).products
        (Fraction(6, 1), Fraction(20, 1), Fraction(1, 1))
        """
        shown = tuple(p * q for p, q in zip(self.left, self.right, strict=True))
        rest = () if len(shown) == self.n else (self.value - sum(shown) - (self.bias or 0),)
        return (*shown, *rest, *(() if self.bias is None else (self.bias,)))

    @property
    def sums(self) -> Row:
        """The running sum after each step; the last is the value.

        >>> Dot((Fraction(2),), (Fraction(3),), 2, Fraction(1), Fraction(27)).sums
        (Fraction(6, 1), Fraction(26, 1), Fraction(27, 1))
        """
        return (*tuple(accumulate(self.products))[:-1], self.value)

    def plain(self, medium: Medium) -> str:
        """Draw an equation in a line."""
        [sum_] = written((self,), medium)
        return f"{sum_.line(medium)} = {sum_.value}"

    def latex(self) -> str:
        """Draw an equation."""
        [sum_] = written((self,), "latex")
        *before, last = sum_.lines()
        if not before:
            return f"{last} = {sum_.value}"
        return layout.environment("aligned", [*(f"& {line}" for line in before), f"& {last} = {sum_.value}"])

    def html(self) -> h.Element:
        """Draw an equation that breaks between its terms."""
        [sum_] = written((self,), "text")
        return h.div(".fp-dot")[sum_.nodes(), " = ", parts.number(self.value, sum_.value)]


@dataclass(frozen=True)
class Term:
    """One product of a sum: its factors as texts, in parentheses where negative, and as numbers."""

    left: str
    right: str
    factors: tuple[Fraction, Fraction]


_MORE = once(h.span(".fp-term")["…"])


# The terms of the sums of one input are those of another, but for a few.


@lru_cache(maxsize=1024)
def _bias(bias: str, sign: str | None) -> Markup:
    return once(h.span(".fp-term.fp-bias")[h.span(class_=sign)[bias]])


@lru_cache(maxsize=1024)
def _term(left: str, right: str, *signs: str | None) -> Markup:
    """Write a term in HTML, given the classes that tell the signs of its factors."""
    first, second = (h.span(class_=sign)[factor] for sign, factor in zip(signs, (left, right), strict=True))
    return once(h.span(class_=["fp-term", {parts.ZERO: parts.ZERO in signs}])[first, " × ", second])


@dataclass(frozen=True)
class Sum:
    """A dot product in texts."""

    dot: Dot
    terms: tuple[Term, ...]
    bias: str | None
    """In parentheses where negative."""
    value: str
    products: tuple[str, ...]
    """What each step adds; signs without parentheses."""
    sums: tuple[str, ...]
    """The running sum after each step."""

    def line(self, medium: Medium) -> str:
        """Write the terms in a line of text or LaTeX, with a mark for those that are not shown."""
        return " + ".join(self._summands(medium))

    def lines(self) -> list[str]:
        """Write the terms in as many lines of LaTeX as they need on paper."""
        lines = [""]
        for term in self._summands("latex"):
            line = f"{lines[-1]} + {term}" if lines[-1] else term
            if layout.wide(line) > TERMS and lines[-1]:
                lines.append(rf"\quad {{}} + {term}")
            else:
                lines[-1] = line
        return lines

    def _summands(self, medium: Medium) -> list[str]:
        times, dots = (r"\times", layout.CDOTS) if medium == "latex" else ("×", "…")
        shown = [f"{term.left} {times} {term.right}" for term in self.terms]
        return [*ended(shown, self.dot.n, dots), *([] if self.bias is None else [self.bias])]

    def nodes(self) -> Markup:
        """Write the terms in HTML, those that add nothing marked."""
        shown = [_term(term.left, term.right, *map(parts.sign, term.factors)) for term in self.terms]
        shown = ended(shown, self.dot.n, _MORE)
        if self.bias is not None and self.dot.bias is not None:
            shown.append(_bias(self.bias, parts.sign(self.dot.bias)))
        return Markup(" + ".join(shown))  # noqa: S704 - of elements


def written(dots: Sequence[Dot], medium: Medium) -> list[Sum]:
    """Write dot products as sums; each array that they are made of has one number of places in all of them."""
    lefts = cells([dot.left for dot in dots], medium=medium)
    rights = cells([dot.right for dot in dots], medium=medium)
    biases = iter(cells([dot.bias for dot in dots if dot.bias is not None], medium=medium))
    values = cells([dot.value for dot in dots], medium=medium)
    products = cells([dot.products for dot in dots], medium=medium)
    sums = cells([dot.sums for dot in dots], medium=medium)
    return [
        Sum(
            dot,
            tuple(map(Term, map(signed, lefts[i]), map(signed, rights[i]), zip(dot.left, dot.right, strict=True))),
            None if dot.bias is None else signed(next(biases)),
            values[i],
            tuple(products[i]),
            # The last sum is the value, and reads as it does in the column of values.
            (*sums[i][:-1], values[i]),
        )
        for i, dot in enumerate(dots)
    ]


# View -----------------------------------------------------------------------------------------------------------------


@checked
def dot(x: ArrayLike, w: ArrayLike, b: Numbers | None = None) -> Dot:
    """Show one dot product as a sum, and the bias if there is one.

    Parameters
    ----------
    x, w : array_like
        Vectors of the same shape, (n,).
    b : number, optional
        What is added at the end.

    Returns
    -------
    Dot
        A figure; a long sum is cut, and has a mark for the terms that are left out.

    Raises
    ------
    ShapeError
        Where the shapes differ, or are no vectors.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> dot(lesson.x, lesson.W1[:, 0], lesson.b1[0])
    1 × 0.2 + 0 × (-0.3) + 1 × 0.1 + 1 × (-0.4) + 0.1 = 0
    """
    left, right = settled(x), settled(w)
    if left.ndim != 1 or left.shape != right.shape or not left.size:
        raise ShapeError(f"a dot product pairs two vectors of the same length: {left.shape} met {right.shape}")
    return dot_of(row(left), row(right), b)


def dot_of(left: Row, right: Row, bias: Any) -> Dot:
    """Work a dot product out, and keep as many of its pairs as a figure shows."""
    settled_bias = None if bias is None else exact.settle(bias)
    value = summed(np.array(left, dtype=object), np.array(right, dtype=object), settled_bias or 0)
    kept = fitting(len(left))
    return Dot(left[:kept], right[:kept], len(left), settled_bias, exact.settle(value))
