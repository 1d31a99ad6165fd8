"""What every figure has in common: it keeps exact numbers, and shows itself in a terminal, a notebook and a page."""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from math import lcm
from pathlib import Path
from typing import Any

import htpy as h
import numpy as np

from fwdpass import elements
from fwdpass.errors import ShapeError
from fwdpass.figures.written import written
from fwdpass.nn import Array
from fwdpass.numerals import exact, text
from fwdpass.numerals.arguments import Numbers, checked
from fwdpass.numerals.writing import Medium

SHOWN = 12
"""Rows, columns or terms that a figure holds at most; what is longer is cut, and says so."""

LETTERS = {"y_hat": "ŷ"}
"""What is written for an axis whose name in code is no letter."""

Row = tuple[Fraction, ...]
Rows = tuple[Row, ...]
Shape = tuple[int, ...]


@dataclass(frozen=True, repr=False)
class Figure(ABC):
    """Facts that can be drawn: numbers are exact, and become text only in a drawing.

    A kind of figure is a frozen dataclass made with ``repr=False``, since its ``repr`` is its drawing as text. Equal
    figures have equal drawings, so each is drawn once for all pages that show the same.
    """

    @abstractmethod
    def plain(self, medium: Medium) -> str:
        """Draw in lines of text, with the minus sign of a medium: ``"text"`` for prose, ``"code"`` for a terminal."""

    @abstractmethod
    def latex(self) -> str:
        """Draw in LaTeX without dollars, for a formula around it."""

    @abstractmethod
    def html(self) -> h.Element:
        """Draw as an element of HTML that is complete without scripts."""

    def text(self, medium: Medium = "text") -> str:
        """Draw in a medium of :mod:`fwdpass.numerals.writing`: text, code or LaTeX."""
        return self.latex() if medium == "latex" else self.plain(medium)

    def __repr__(self) -> str:
        return _said(self)

    def _repr_html_(self) -> str:
        drawn = _html(self)
        return f"{drawn}{_alive()}" if _ANSWERS.search(drawn) and _in_jupyter() else drawn

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


_ANSWERS = re.compile("<fp-(?:product|network)")


def _in_jupyter() -> bool:
    """Say whether this runs in a notebook, where nobody but the figure itself brings its style and its script."""
    interactive = sys.modules.get("IPython")
    return interactive is not None and hasattr(interactive.get_ipython(), "kernel")


@cache
def _alive() -> str:
    """Give what a figure looks like and does under the finger; a second one of a notebook changes nothing."""
    names = ("product", "network")
    style = (Path(__file__).parent / "fwdpass.css").read_text("utf-8") + "".join(map(elements.sheet, ("later", *names)))
    script = "".join(map(elements.script, names))
    return f"<style>{style}</style><script>(() => {{ {script} }})();</script>"


@lru_cache(maxsize=256)  # a page of a few dozen figures is read for each picture of the lesson
def _html(figure: Figure) -> str:
    return written(figure.html())


@lru_cache(maxsize=256)
def _said(figure: Figure) -> str:
    return figure.plain("code")


@dataclass(frozen=True)
class Name:
    """One place on an axis: ``Name("h", 0)`` is the neuron h0, and so does code write it; a word keeps its distance.

    >>> str(Name("h", 0)), str(Name("y_hat", 0)), str(Name("picture", 0))
    ('h0', 'ŷ0', 'picture 0')
    """

    axis: str
    index: int

    @property
    def letter(self) -> str:
        """The axis as people write it: a prediction has a hat."""
        return LETTERS.get(self.axis, self.axis)

    def __str__(self) -> str:
        return _coded(self.letter, self.index)


@lru_cache(maxsize=1024)
def _coded(letter: str, index: int) -> str:
    word = letter.isalpha() and len(letter) > 2
    return f"{letter}{' ' * word}{text(index)}"


def names(axis: str, n: int) -> tuple[Name, ...]:
    """Name the first ``n`` places of an axis."""
    return tuple(Name(axis, i) for i in range(n))


def axis_names(shape: Shape, axes: tuple[str, ...]) -> tuple[str, ...]:
    """Name the axes: those without a name are i, j and k.

    >>> axis_names((4, 3), ("x",))
    ('x', 'j')
    """
    if len(axes) > len(shape):
        raise ShapeError(
            f"{len(axes)} names, {', '.join(axes)}, for {len(shape)} axes of {shape}: "
            "one name for each axis, in the order in which they appear"
        )
    return (*axes, *"ijk"[len(axes) : len(shape)])


@checked
def settled(value: Numbers) -> Array:
    """Take every number as what it stands for (:func:`fwdpass.numerals.exact.settle`): an object array of Fractions."""
    array = exact.grid(value)
    out = np.empty(array.size, dtype=object)
    out[:] = list(map(exact.settle, array.flat))
    return out.reshape(array.shape)


def summed(left: Array, right: Array, bias: Any = 0) -> Any:
    """Give ``left @ right + bias`` of settled numbers; a sum that vanishes but for their rounding is zero.

    Settling keeps 12 digits of a float. Where some number has as many, as a third has, a sum may be off by a one in
    the last of them, on the scale of its terms: a third and a third and a third, less one, is nothing.

    >>> thirds = settled([1 / 3, 1 / 3, 1 / 3])
    >>> summed(thirds, settled([1, 1, 1]), settled(-1)[()]), sum(thirds) - 1
    (Fraction(0, 1), Fraction(-1, 1000000000000))
    """
    (lefts, one), (rights, other), (biases, last) = map(_whole, (left, right, bias))
    # Over one denominator, as people add: to sum fractions one by one takes ten times as long.
    sums = np.array(lefts @ rights * last + biases * (one * other), dtype=object)
    scale = np.array(abs(lefts) @ abs(rights) * last + abs(biases) * (one * other), dtype=object)
    near = [at for at in np.ndindex(sums.shape) if sums[at] and abs(sums[at]) * 10**exact.SIGNIFICANT <= scale[at]]
    if near and any(_is_cut(number) for side in (left, right, bias) for number in np.ravel(side)):
        for at in near:
            sums[at] = 0
    given = np.empty(sums.size, dtype=object)
    given[:] = [Fraction(int(sum_), one * other * last) for sum_ in sums.flat]
    return given.reshape(sums.shape)[()]


def _whole(numbers: Any) -> tuple[Array, int]:
    """Give exact numbers as integers over one denominator, and that."""
    array = np.asarray(numbers, dtype=object)
    over = lcm(*(number.denominator for number in array.flat))
    whole = np.empty(array.size, dtype=object)
    whole[:] = [int(number.numerator) * (over // number.denominator) for number in array.flat]
    return whole.reshape(array.shape), over


def _is_cut(number: Any) -> bool:
    """Say whether a number has all the digits that settling leaves, so that it may have had more."""
    places = Fraction(number) * 10**60  # more than any float that is worth settling has
    return places.denominator == 1 and len(str(abs(places.numerator)).rstrip("0")) >= exact.SIGNIFICANT


def row(array: Any) -> Row:
    """Keep a vector as facts."""
    return tuple(settled(array))


def rows(array: Any) -> Rows:
    """Keep a matrix as facts."""
    return tuple(tuple(r) for r in settled(array))


def fitting(n: int) -> int:
    """How many of ``n`` a figure holds: all, or so many that a mark for the rest fits too."""
    return n if n <= SHOWN else SHOWN - 1
