"""What figures in HTML are made of: heads, cells that tell a sign, and boxes that scroll."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import htpy as h
from markupsafe import Markup, escape

from fwdpass import numerals
from fwdpass.figures.base import Name, Row, names
from fwdpass.figures.words import ended
from fwdpass.figures.written import once

PHONE = 16.9
"""Ems of text that the narrowest phone has room for; what may be wider scrolls."""
HEADS = 2
"""Ems that the names of rows take."""
ZERO = "fp-zero"
"""The class of a number that is zero, and of what it makes nothing of."""

_HEAD, _DOTS = h.th(scope="row"), once(h.td["…"])
_TORN = re.compile(r"(\S*[-?)\]}]\S+)")
"""Words of code that a browser would break, after a hyphen or between brackets."""


def ems(texts: Sequence[Sequence[str]]) -> float:
    """Give about how wide columns of numbers are, in whichever font a reader has.

    >>> ems([["0.2", "-0.25", "1"], ["-0.3", "0.4", "0"]])
    9.5
    """
    return sum(max(2.3, *map(_ems, column)) for column in zip(*texts, strict=True))


def _ems(text: str) -> float:
    return 0.7 * len(text) - 0.35 * text.count(".") + 0.8


def row(values: Row, texts: Sequence[str], n: int) -> list[Markup]:
    """Draw the entries of a row, and a mark for those that are not shown."""
    return ended([cell(v, t) for v, t in zip(values, texts, strict=True)], n, _DOTS)


def dots(shown: int, n: int) -> list[h.Element]:
    """Draw the row that stands for those that are not shown."""
    return ended([h.td["⋮"]] * shown, n, h.td["⋱"])


@lru_cache(maxsize=64)
def columns(*names: str) -> Markup:
    """Draw the head of a table whose columns have these names."""
    return once(h.thead[h.tr[(h.th(scope="col")[name] for name in names)]])


@lru_cache(maxsize=256)
def heads(axis: str, shown: int, n: int, heard: str = "") -> Markup:
    """Draw the names of an axis as the heads of columns; with ``heard`` before them, only for whoever listens."""
    named_ = (h.span(".fp-sr")[heard, named(name)] if heard else named(name) for name in names(axis, shown))
    return Markup("").join(once(h.th(scope="col")[each]) for each in ended([*named_], n, "…"))


def head(name: h.Node) -> h.Element:
    """Draw the head of a row."""
    return _HEAD[name]


@lru_cache(maxsize=1024)
def named(name: Name) -> Markup:
    """Write the name of a place: a letter and a number below it. Written down once, since most tables have the same."""
    if len(name.letter) > 1:
        return escape(str(name))
    return Markup(h.fragment[h.var[name.letter], h.sub[numerals.text(name.index)]])  # noqa: S704 - by htpy


def cell(value: Fraction | str, text: str, followed: bool = False) -> Markup:
    """Draw an entry of a table; one that is ``followed`` can be chosen where a script goes from number to number."""
    return _cell(followed, sign(value), text)


def number(value: Fraction, text: str) -> Markup:
    """Write a number in a line: an element of its own, whatever its sign."""
    return _number(sign(value), text)


# The same numbers stand in the tables of every input, and to make and write an element takes longer than all else.


@lru_cache(maxsize=1024)
def _cell(followed: bool, sign: str | None, text: str) -> Markup:
    return once(h.td(class_=[{"fp-v": followed}, sign])[text])


@lru_cache(maxsize=1024)
def _number(sign: str | None, text: str) -> Markup:
    return once(h.span(class_=sign)[text])


def sign(value: Fraction | str) -> str | None:
    """Give the class that tells a sign; words have none."""
    if isinstance(value, str):
        return None
    units = value.numerator  # to compare a fraction takes longer
    return "fp-neg" if units < 0 else None if units else ZERO


def joined(items: Sequence[h.Node], mark: str) -> list[h.Node]:
    """Put a mark between items."""
    return [node for item in items for node in (mark, item)][1:]


def scroll(label: str, wide: h.Element) -> h.Element:
    """Let what may be wider than a phone scroll by itself, by keyboard too.

    A group, not a region: two equal views on a page would be two landmarks of one name.
    """
    return h.div(".fp-scroll", tabindex="0", role="group", aria_label=label)[wide]


def code(said: str) -> h.Element:
    """Set code, which breaks between its words only."""
    return h.code[(h.span(".fp-word")[word] if i % 2 else word for i, word in enumerate(_TORN.split(said)) if word)]
