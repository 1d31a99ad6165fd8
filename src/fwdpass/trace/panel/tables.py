"""What an expression was worth, as HTML, with how it came about; each number of it can be followed by its place."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

import htpy as h

from fwdpass import numerals
from fwdpass.figures import parts
from fwdpass.figures.base import Name
from fwdpass.figures.dot import Dot, written
from fwdpass.figures.product import sums
from fwdpass.figures.states import NOTHING, States
from fwdpass.figures.words import cells, ended
from fwdpass.trace.panel import sentences
from fwdpass.trace.panel.facts import Again, Dots, Entrywise, How, InWords, Numbers, Total, Worth

WIDE = 20
"""Ems of its small print that a panel has room for on a phone; what may be wider scrolls."""
FACTORS = 6.5
"""Ems that the factors beside a matrix take."""
DOTS = "A dot product for each entry"


def made(worth: Worth, how: How | None, anchor: str) -> h.Node:
    """Show a value, and how it came about, if that is known."""
    if not isinstance(worth, Numbers):
        return value(worth, anchor)
    match how:
        case None:
            return _numbers(worth)
        case Dots() if len(worth.shape) == 1:
            return sums(how.names, how.dots, how.n, DOTS, worth.key, which=how.which)
        case Dots():
            said = "every entry worked out" if len(how.dots) == how.n else "entries worked out"
            table = sums(how.names, how.dots, how.n, DOTS)
            return [_numbers(worth), h.details(".fp-sums")[h.summary[said], table]]
        case Dot():
            [worked] = written((how,), "text")
            return h.p(".fp-dot")[worked.nodes(), " = ", _cell_of(worth, worked.value)]
        case States():
            return how.table(worth.key)
        case Entrywise():
            return _numbers(worth, _entrywise(how))
        case Total():
            return _total(how, worth)
    assert_never(how)


def value(worth: Worth | None, anchor: str) -> h.Node:
    """Show a value by itself."""
    match worth:
        case Numbers():
            return _numbers(worth)
        case Again():
            before, line, after = sentences.again(worth)
            return h.p(".fp-value")[before, h.a(href=f"#{anchor}{worth.line}")[line], after]
        case InWords(said):
            return h.p(".fp-value")[h.code[said]]
        case None:
            return None


def short(worth: Worth | None) -> h.Node:
    """Say a value in a line."""
    match worth:
        case None:
            return "?"
        case InWords(said):
            return said
        case Numbers(shape=shape) if len(shape) < 2 and worth.rows and len(worth.rows[0]) == (shape or (1,))[0]:
            texts = _texts(worth)[0]
            return f"[{', '.join(texts)}]" if shape else texts[0]
    return f"an array of shape {numerals.text(worth.shape)}"


def single(number: Numbers) -> h.Element:
    """Write a single number, which can be followed, in a line."""
    return _cell_of(number, _texts(number)[0][0])


# How it came about ----------------------------------------------------------------------------------------------------


def _total(how: Total, worth: Numbers) -> h.Element:
    texts = cells(how.entries)
    total = parts.joined([parts.number(v, numerals.signed(t)) for v, t in zip(how.entries, texts, strict=True)], " + ")
    divided = ["(", total, f") ÷ {numerals.text(len(texts))}"] if how.mean else total
    return h.p(".fp-dot")[divided, " = ", single(worth)]


def _entrywise(how: Entrywise) -> list[h.Node]:
    """Say above each entry what it was made from."""
    left, right = cells(how.left), cells(how.right)
    if how.sign == "**":
        return [[_closed(a), h.sup[b], " ="] for a, b in zip(left, right, strict=True)]
    return [f"{a} {how.sign} {_closed(b)} =" for a, b in zip(left, right, strict=True)]


def _closed(text: str) -> str:
    """Put a number in parentheses where an operation before it, or a power, would take a part of it only."""
    return f"({text})" if "×" in text else numerals.signed(text)


# Numbers --------------------------------------------------------------------------------------------------------------


def _numbers(worth: Numbers, how: Sequence[h.Node] = ()) -> h.Node:
    if not worth.rows or not worth.rows[0]:
        return h.p(".fp-value")[f"an array of shape {numerals.text(worth.shape)}"]
    if not worth.shape:
        before = [how[0], " "] if how else None
        return h.p(".fp-value")[before, single(worth)]
    return _matrix(worth, how)


def _matrix(worth: Numbers, how: Sequence[h.Node]) -> h.Element:
    """Show a vector or a matrix, and beside its rows what they are multiplied by."""
    *_, columns = worth.shape
    axes = worth.axes or tuple("ijk"[: len(worth.shape)])
    texts = _texts(worth)
    vector = len(worth.shape) == 1
    factors = cells(worth.factors) if worth.factors else []
    # A row that is multiplied by zero is marked, since it adds nothing.
    rows = [
        h.tr(class_="fp-nothing" if worth.factors and not worth.factors[i] else None)[
            None if vector else parts.head(parts.named(Name(axes[0], i))),
            ended([parts.cell(v, t, True) for v, t in zip(row, texts[i], strict=True)], columns, h.td["…"]),
            h.th(".fp-factor")[_factored(worth.factors[i], factors[i])] if worth.factors else None,
        ]
        for i, row in enumerate(worth.rows)
    ]
    dots = h.tr[parts.head("⋮"), parts.dots(len(worth.rows[0]), columns)]
    heads = parts.heads(axes[-1], len(worth.rows[0]), columns)
    table = h.table(class_=["fp-matrix", {"fp-vector": vector}], data_g=worth.key)[
        h.thead[
            h.tr[None if vector else h.td, heads, h.td if worth.factors else None],
            h.tr[(h.td(".fp-how")[made] for made in how)] if how else None,
        ],
        h.tbody[rows if vector else ended(rows, worth.shape[0], dots)],
    ]
    # What stands above a column, and says how it came about, may be twice as wide as the numbers in it.
    across = parts.ems([["=" * (2 * len(t) + 4) for t in row] for row in texts] if how else texts)
    across += (0 if vector else parts.HEADS) + (FACTORS if worth.factors else 0)
    return parts.scroll("Numbers", table) if across > WIDE else table


def _factored(factor: Fraction, text: str) -> h.Node:
    return [f"× {numerals.signed(text)}", None if factor else [" ", h.small(".fp-aside")[NOTHING]]]


def _texts(worth: Numbers) -> list[list[str]]:
    """Write the entries with one number of places; where some are no numbers, each by itself."""
    if all(isinstance(entry, Fraction) for row in worth.rows for entry in row):
        texts: list[list[str]] = cells(worth.rows)
        return texts
    return [[cells([e])[0] if isinstance(e, Fraction) else e for e in row] for row in worth.rows]


def _cell_of(worth: Numbers, text: str) -> h.Element:
    return h.span(data_g=worth.key)[h.span(class_=["fp-v", parts.sign(worth.rows[0][0])])[text]]
