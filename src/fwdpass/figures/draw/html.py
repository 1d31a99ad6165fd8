"""Figures as HTML values: real tables, with classes that a style sheet may use and need not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

import htpy as h

from fwdpass import numerals
from fwdpass.figures.draw import heat, layered, mismatch, parts, picture, pixels, sums, terms
from fwdpass.figures.draw.terms import NOTHING, ended
from fwdpass.figures.kinds import (
    Collapsed,
    Contributions,
    Dot,
    Figure,
    Flip,
    Layered,
    Matrix,
    Mismatch,
    Name,
    Network,
    Output,
    Pixels,
    Product,
    Shapes,
    State,
    States,
    Table,
    Vector,
    Weights,
)
from fwdpass.numerals.writing import cells


def draw(figure: Figure) -> h.Element:
    """Build a figure's element."""
    match figure:
        case Vector() | Matrix():
            return parts.array(figure)
        case Dot():
            return sums.dot(figure)
        case Product():
            return sums.product(figure)
        case Shapes():
            return _shapes(figure)
        case Mismatch():
            return mismatch.draw(figure)
        case States():
            return _states(figure)
        case Network():
            return picture.network(figure)
        case Flip():
            return picture.flip(figure)
        case Collapsed():
            return sums.collapsed(figure)
        case Contributions():
            return _contributions(figure)
        case Output():
            return h.pre(".fp-run")[figure.stdout]
        case Pixels():
            return h.figure(".fp-pixels")[pixels.draw(figure)]
        case Table():
            return _texts(figure)
        case Weights():
            return h.div[h.figure(".fp-heat")[heat.draw(figure)], parts.array(figure.corner)]
        case Layered():
            drawn = parts.scroll("The network as a picture", layered.draw(figure))
            return h.figure(".fp-network")[drawn, h.figcaption[h.ul(".fp-legend")[layered.legend(figure)]]]
    assert_never(figure)


# Tables of facts --------------------------------------------------------------------------------


def _shapes(figure: Shapes) -> h.Element:
    rows = [
        h.tr[
            parts.head(_code(step.expression)),
            h.td[_unbroken(terms.shapes(step))],
            h.td[terms.words(step)],
        ]
        for step in figure.steps
    ]
    return parts.scroll(
        "Shapes, step by step",
        h.table(".fp-shapes")[
            h.caption(".fp-sr")["Each step of the expression, in order of evaluation"],
            parts.columns("expression", "shapes", "what happens"),
            h.tbody[rows],
        ],
    )


def _texts(figure: Table) -> h.Element:
    sides = [None, *(_side([row[i] for row in figure.rows]) for i in range(1, len(figure.heads)))]
    rows = [
        h.tr[
            parts.head(_entry(head)),
            (h.td(class_=side)[_entry(entry)] for entry, side in zip(entries, sides[1:], strict=True)),
        ]
        for head, *entries in figure.rows
    ]
    return parts.scroll(
        figure.about,
        h.table(".fp-texts")[
            h.caption(".fp-sr")[figure.about],
            h.thead[
                h.tr[
                    (
                        h.th(scope="col", class_=side)[_marked(head)]
                        for head, side in zip(figure.heads, sides, strict=True)
                    )
                ]
            ],
            h.tbody[rows],
        ],
    )


_NUMBER = re.compile("[+−-]?[0-9][0-9.]*%?")


def _side(column: Sequence[str]) -> str | None:
    """Set a column of numbers alone flush right, as in every other table."""
    return "fp-numbers" if all(map(_NUMBER.fullmatch, column)) else None


_WHOLE = re.compile("`[^` ]*`|(?=.{1,16}$)(?:`[^`]*`|[^`A-Za-z]*)")
"""A word of code, or a short piece of code or numbers: not to be broken."""


def _entry(entry: str) -> h.Node:
    said, _, note = entry.partition("\n")
    shown = h.span(".fp-shape")[_marked(said)] if _WHOLE.fullmatch(said) else _marked(said)
    return [shown, [" ", h.small(".fp-aside")[_marked(note)]] if note else None]


def _marked(said: str) -> h.Node:
    """Set what stands between backticks as code; blanks in a row are kept."""
    pieces = said.replace("  ", "\N{NO-BREAK SPACE} ").split("`")
    return [_code(piece) if i % 2 else piece for i, piece in enumerate(pieces) if piece]


_TORN = re.compile(r"(\S*[-?)\]}]\S+)")
"""Words of code that a browser would break, after a hyphen or between brackets."""


def _code(code: str) -> h.Element:
    """Set code that breaks between its words only."""
    return h.code[(h.span(".fp-word")[word] if i % 2 else word for i, word in enumerate(_TORN.split(code)) if word)]


def _unbroken(shapes: str) -> list[h.Node]:
    """Let a line end before the arrow only."""
    given, arrow, result = shapes.rpartition("→")
    halves = [given.strip(), arrow + result] if arrow else [result]
    return parts.joined([h.span(".fp-shape")[half] for half in halves], " ")


def _states(figure: States) -> h.Element:
    rows = [
        h.tr[parts.head(parts.named(name)), parts.cell(z, z_text), parts.state(State.of(z)), parts.cell(passed, h_text)]
        for name, z, z_text, passed, h_text in zip(
            terms.names(figure.axis, len(figure.z)),
            figure.z,
            cells(figure.z),
            figure.h,
            cells(figure.h),
            strict=True,
        )
    ]
    rest = h.tr[parts.head("⋮"), h.td(colspan="3")[f"{terms.count(figure.n, 'neuron')} in all"]]
    return h.table(".fp-states")[
        h.caption(".fp-sr")["What ReLU makes of each neuron's sum"],
        parts.columns("neuron", "sum", "state", "passes on"),
        h.tbody[ended(rows, figure.n, rest)],
    ]


def _contributions(figure: Contributions) -> h.Element:
    rows, columns = figure.weights.shape
    total = figure.total.entries
    texts = cells([*figure.sent.entries, total])
    body = [
        _contribution(figure, i, name, texts[i])
        for i, name in enumerate(terms.names(figure.values.axis, len(figure.values.entries)))
    ]
    heads = parts.heads(figure.total.axis, len(total), columns)
    rest = h.tr[parts.head("⋮"), h.td, parts.dots(len(total), columns)]
    return parts.scroll(
        "What each row contributes",
        h.table(".fp-contributions")[
            h.caption(".fp-sr")["Each neuron's value times its row of weights, and the sum"],
            h.thead[h.tr[h.th(scope="col")["neuron"], h.th(scope="col")["value"], heads]],
            h.tbody[ended(body, rows, rest)],
            h.tfoot[h.tr[parts.head("sum"), h.td, parts.row(total, texts[-1], columns)]],
        ],
    )


def _contribution(figure: Contributions, i: int, name: Name, sent: Sequence[str]) -> h.Element:
    """Show one row; how each entry came about stands before it, in small print."""
    value, shown = figure.values.entries[i], cells(figure.values.entries)[i]
    weights = [numerals.signed(w) for w in cells(figure.weights.entries)[i]]
    entries = [
        h.td(class_=parts.sign(v))[h.small(".fp-how")[f"{numerals.signed(shown)} × {w}\N{NO-BREAK SPACE}="], " ", t]
        for v, w, t in zip(figure.sent.entries[i], weights, sent, strict=True)
    ]
    return h.tr(class_=None if value else "fp-nothing")[
        parts.head([parts.named(name), None if value else [" ", h.small(".fp-note")[NOTHING]]]),
        parts.cell(value, shown),
        ended(entries, figure.weights.shape[1], h.td["…"]),
    ]
