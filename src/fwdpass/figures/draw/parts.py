"""What figures in HTML are made of: vectors and matrices as tables, heads, and cells that tell a sign."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import htpy as h
from markupsafe import Markup, escape

from fwdpass import numerals
from fwdpass.figures.draw import terms
from fwdpass.figures.draw.terms import GLYPHS, MEANINGS, ended
from fwdpass.figures.kinds import Matrix, Name, Row, State, Vector
from fwdpass.numerals.writing import cells

PHONE = 18
"""Ems of text that the narrowest phone has room for; what may be wider scrolls."""
HEADS = 2
"""Ems that the names of rows take."""


def array(figure: Vector | Matrix, label: str = "", before: float = 0) -> h.Element:
    """Draw a vector or a matrix, whichever it is; where a phone may be too narrow for it, it scrolls by itself.

    ``before`` is the room, in ems, that something on its left takes.
    """
    if isinstance(figure, Vector):
        drawn, across = vector(figure), ems([cells(figure.entries)])
    else:
        drawn, across = matrix(figure), HEADS + ems(cells(figure.entries))
    return scroll(label or figure.caption or _said(figure), drawn) if before + across > PHONE else drawn


def _said(figure: Vector | Matrix) -> str:
    """Say what it is, for whoever does not see it."""
    if isinstance(figure, Vector):
        return f"A vector of {terms.count(figure.n, 'number')}"
    return f"A matrix of {terms.size(figure.shape)}"


def ems(texts: Sequence[Sequence[str]]) -> float:
    """Give about how wide columns of numbers are, in whichever font a reader has.

    >>> ems([["0.2", "-0.25", "1"], ["-0.3", "0.4", "0"]])
    9.5
    """
    return sum(max(2.3, *map(_ems, column)) for column in zip(*texts, strict=True))


def _ems(text: str) -> float:
    return 0.7 * len(text) - 0.35 * text.count(".") + 0.8


def vector(figure: Vector) -> h.Element:
    """Draw a row of numbers, a name over each."""
    whole = len(figure.entries) == figure.n
    return h.table(".fp-matrix.fp-vector")[
        _caption(figure.caption, _said(figure), whole),
        h.thead[h.tr[heads(figure.axis, len(figure.entries), figure.n)]],
        h.tbody[h.tr[row(figure.entries, cells(figure.entries), figure.n)]],
    ]


def matrix(figure: Matrix) -> h.Element:
    """Draw rows and columns of numbers, a name for each."""
    rows, columns = figure.shape
    shown = len(figure.entries), len(figure.entries[0])
    body = [
        h.tr[head(named(name)), row(values, texts, columns)]
        for name, values, texts in zip(
            terms.names(figure.axes[0], shown[0]), figure.entries, cells(figure.entries), strict=True
        )
    ]
    return h.table(".fp-matrix")[
        _caption(figure.caption, _said(figure), shown == figure.shape),
        h.thead[h.tr[h.td, heads(figure.axes[1], shown[1], columns)]],
        h.tbody[ended(body, rows, h.tr[head("⋮"), dots(shown[1], columns)])],
    ]


def _caption(name: str, said: str, whole: bool) -> h.Element:
    """Name a matrix. What the eye sees anyway is said to a screen reader only."""
    if name:
        return h.caption[name]
    return h.caption(".fp-sr")[said] if whole else h.caption[said]


def row(values: Row, texts: Sequence[str], n: int) -> list[h.Element]:
    """Draw the entries of a row, and a mark for those that are not shown."""
    return ended([cell(v, t) for v, t in zip(values, texts, strict=True)], n, h.td["…"])


def dots(shown: int, n: int) -> list[h.Element]:
    """Draw the row that stands for those that are not shown."""
    return ended([h.td["⋮"]] * shown, n, h.td["⋱"])


def columns(*names: str) -> h.Element:
    """Draw the head of a table whose columns have these names."""
    return h.thead[h.tr[(h.th(scope="col")[name] for name in names)]]


def heads(axis: str, shown: int, n: int) -> list[h.Element]:
    """Draw the names of an axis as the heads of columns."""
    named_ = [h.th(scope="col")[named(name)] for name in terms.names(axis, shown)]
    return ended(named_, n, h.th(scope="col")["…"])


def head(name: h.Node) -> h.Element:
    """Draw the head of a row."""
    return h.th(scope="row")[name]


@lru_cache(maxsize=1024)
def named(name: Name) -> Markup:
    """Write the name of a place: a letter and a number below it. Written down once, since most tables have the same."""
    if len(name.axis) > 1:
        return escape(terms.plain(name))
    return Markup(h.fragment[h.var[name.axis], h.sub[numerals.text(name.index)]])  # noqa: S704 - by htpy


def cell(value: Fraction, text: str) -> h.Element:
    """Draw an entry of a table."""
    return h.td(class_=sign(value))[text]


def number(value: Fraction, text: str) -> h.Node:
    """Write a number in a line: an element of its own, whatever its sign."""
    return h.span(class_=sign(value))[text]


def sign(value: Fraction) -> str | None:
    """Give the class that tells a sign."""
    return "fp-neg" if value < 0 else None if value else "fp-zero"


def state(state: State) -> h.Element:
    """Show a state by a glyph and in words."""
    return h.td(class_=f"fp-{state.value}")[
        h.span(".fp-glyph", aria_hidden="true")[GLYPHS[state]], " ", MEANINGS[state]
    ]


def joined(items: Sequence[h.Node], mark: str) -> list[h.Node]:
    """Put a mark between items."""
    return [node for item in items for node in (mark, item)][1:]


def scroll(label: str, wide: h.Element) -> h.Element:
    """Let what may be wider than a phone scroll by itself, by keyboard too.

    A group, not a region: two equal views on a page would be two landmarks of one name.
    """
    return h.div(".fp-scroll", tabindex="0", role="group", aria_label=label)[wide]
