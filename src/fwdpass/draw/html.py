"""Figures as HTML values: real tables, with classes that a style sheet may use and need not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

import htpy as h

from fwdpass import numerals
from fwdpass.draw import pixels, svg, terms
from fwdpass.draw.terms import FOLDED, GLYPHS, MEANINGS, NOTHING, Sum, ended
from fwdpass.figure import (
    Collapsed,
    Contributions,
    Dot,
    Figure,
    Matrix,
    Name,
    Network,
    Output,
    Pixels,
    Product,
    Row,
    Shapes,
    State,
    States,
    Table,
    Vector,
)
from fwdpass.numerals import cells


def draw(figure: Figure) -> h.Element:
    """Build a figure's element."""
    match figure:
        case Vector():
            return _vector(figure)
        case Matrix():
            return _matrix(figure)
        case Dot():
            return h.div(".fp-dot")[_sum(terms.worked((figure,), "text")[0])]
        case Product():
            return _product(figure)
        case Shapes():
            return _shapes(figure)
        case States():
            return _states(figure)
        case Network():
            return _network(figure)
        case Collapsed():
            return _collapsed(figure)
        case Contributions():
            return _contributions(figure)
        case Output():
            return h.pre(".fp-run")[figure.stdout]
        case Pixels():
            return h.figure(".fp-pixels")[pixels.draw(figure)]
        case Table():
            return _texts(figure)
    assert_never(figure)


# Matrices ---------------------------------------------------------------------------------------


def _vector(figure: Vector) -> h.Element:
    whole = len(figure.entries) == figure.n
    said = f"A vector of {terms.count(figure.n, 'number')}"
    return h.table(".fp-matrix.fp-vector")[
        _caption(figure.caption, said, whole),
        h.thead[h.tr[_heads(figure.axis, len(figure.entries), figure.n)]],
        h.tbody[h.tr[_row(figure.entries, cells(figure.entries), figure.n)]],
    ]


def _matrix(figure: Matrix) -> h.Element:
    rows, columns = figure.shape
    shown = len(figure.entries), len(figure.entries[0])
    body = [
        h.tr[_head(_name(name)), _row(values, texts, columns)]
        for name, values, texts in zip(
            terms.names(figure.axes[0], shown[0]), figure.entries, cells(figure.entries), strict=True
        )
    ]
    return h.table(".fp-matrix")[
        _caption(figure.caption, f"A matrix of {terms.size(figure.shape)}", shown == figure.shape),
        h.thead[h.tr[h.td, _heads(figure.axes[1], shown[1], columns)]],
        h.tbody[ended(body, rows, h.tr[_head("⋮"), _dots(shown[1], columns)])],
    ]


def _caption(name: str, said: str, whole: bool) -> h.Element:
    """Name a matrix. What the eye sees anyway is said to a screen reader only."""
    if name:
        return h.caption[name]
    return h.caption(".fp-sr")[said] if whole else h.caption[said]


def _row(values: Row, texts: Sequence[str], n: int) -> list[h.Element]:
    return ended([_cell(v, t) for v, t in zip(values, texts, strict=True)], n, h.td["…"])


def _dots(shown: int, n: int) -> list[h.Element]:
    return ended([h.td["⋮"]] * shown, n, h.td["⋱"])


# Sums -------------------------------------------------------------------------------------------


def _product(figure: Product) -> h.Element:
    if isinstance(figure.result, Vector):
        return h.div(".fp-worked")[_sums(figure)]
    return h.div(".fp-worked")[_matrix(figure.result), _folded(figure)]


def _folded(figure: Product) -> h.Element:
    """Fold many dot products away; the page has them, without any script."""
    if figure.n <= FOLDED:
        return _sums(figure)
    said = terms.count(figure.n, "dot product").capitalize()
    return h.details[h.summary[said], _sums(figure)]


def _sums(figure: Product) -> h.Element:
    rows = [
        h.tr[
            _head(_joined([_name(n) for n in names], ", ")),
            h.td(".fp-terms")[_terms(sum_)],
            _cell(sum_.dot.value, sum_.value),
        ]
        for names, sum_ in zip(figure.names, terms.worked(figure.dots, "text"), strict=True)
    ]
    more = figure.n - len(rows)
    said = f"… and {terms.count(more, 'more dot product')}"
    return h.table(".fp-product")[
        h.caption(".fp-sr")["A dot product for each entry of the result"],
        _columns("entry", "dot product", "value"),
        h.tbody[rows],
        h.tfoot[h.tr[h.td(colspan="3")[said]]] if more else None,
    ]


def _sum(worked: Sum) -> h.Node:
    return [_terms(worked), " = ", _number(worked.dot.value, worked.value)]


def _terms(worked: Sum) -> h.Node:
    shown: list[h.Node] = [
        h.span(class_=["fp-term", {"fp-zero": not (t.factors[0] and t.factors[1])}])[
            _number(t.factors[0], t.left), " × ", _number(t.factors[1], t.right)
        ]
        for t in worked.terms
    ]
    shown = ended(shown, worked.dot.n, "…")
    if worked.bias is not None and worked.dot.bias is not None:
        shown.append(h.span(".fp-term.fp-bias")[_number(worked.dot.bias, worked.bias)])
    return _joined(shown, " + ")


def _collapsed(figure: Collapsed) -> h.Element:
    W2 = _matrix(figure.W2)
    return h.div(".fp-collapsed")[
        _equation(("", _matrix(figure.W1)), ("·", W2), ("=", _matrix(figure.W_eff))),
        _worked_out(figure.weight_sums),
        _equation(("", _vector(figure.b1)), ("·", W2), ("+", _vector(figure.b2)), ("=", _vector(figure.b_eff))),
        _worked_out(figure.bias_sums),
    ]


def _equation(*sides: tuple[str, h.Element]) -> h.Element:
    """Set matrices in a line, each together with the sign before it."""
    return h.div(".fp-equation")[
        (h.div(".fp-side")[h.span(".fp-op")[sign] if sign else None, table] for sign, table in sides)
    ]


def _worked_out(figure: Product) -> h.Element:
    said = f"Every entry worked out: {terms.count(figure.n, 'dot product')}"
    return h.div(".fp-worked")[h.details[h.summary[said], _sums(figure)]]


# Tables of facts --------------------------------------------------------------------------------


def _shapes(figure: Shapes) -> h.Element:
    rows = [
        h.tr[
            _head(h.code[step.expression]),
            h.td[_unbroken(terms.shapes(step))],
            h.td[terms.words(step)],
        ]
        for step in figure.steps
    ]
    return _scroll(
        "Shapes, step by step",
        h.table(".fp-shapes")[
            h.caption(".fp-sr")["Each step of the expression, in order of evaluation"],
            _columns("expression", "shapes", "what happens"),
            h.tbody[rows],
        ],
    )


def _texts(figure: Table) -> h.Element:
    rows = [h.tr[_head(_entry(head)), (h.td[_entry(entry)] for entry in entries)] for head, *entries in figure.rows]
    return _scroll(
        figure.about,
        h.table(".fp-texts")[
            h.caption(".fp-sr")[figure.about],
            h.thead[h.tr[(h.th(scope="col")[_marked(head)] for head in figure.heads)]],
            h.tbody[rows],
        ],
    )


_WHOLE = re.compile("`[^`]*`|[^`A-Za-z]*")
"""Code alone, or numbers alone: not to be broken."""


def _entry(entry: str) -> h.Node:
    said, _, note = entry.partition("\n")
    shown = h.span(".fp-shape")[_marked(said)] if _WHOLE.fullmatch(said) else _marked(said)
    return [shown, [" ", h.small(".fp-aside")[_marked(note)]] if note else None]


def _marked(said: str) -> h.Node:
    """Set what stands between backticks as code; blanks in a row are kept."""
    parts = said.replace("  ", "\N{NO-BREAK SPACE} ").split("`")
    return [h.code[part] if i % 2 else part for i, part in enumerate(parts) if part]


def _unbroken(shapes: str) -> list[h.Node]:
    """Let a line end before the arrow only."""
    given, arrow, result = shapes.rpartition("→")
    parts = [given.strip(), arrow + result] if arrow else [result]
    return _joined([h.span(".fp-shape")[part] for part in parts], " ")


def _states(figure: States) -> h.Element:
    rows = [
        h.tr[_head(_name(name)), _cell(z, z_text), _state(State.of(z)), _cell(passed, h_text)]
        for name, z, z_text, passed, h_text in zip(
            terms.names(figure.axis, len(figure.z)),
            figure.z,
            cells(figure.z),
            figure.h,
            cells(figure.h),
            strict=True,
        )
    ]
    rest = h.tr[_head("⋮"), h.td(colspan="3")[f"{terms.count(figure.n, 'neuron')} in all"]]
    return h.table(".fp-states")[
        h.caption(".fp-sr")["What ReLU makes of each neuron's sum"],
        _columns("neuron", "sum", "state", "passes on"),
        h.tbody[ended(rows, figure.n, rest)],
    ]


def _state(state: State) -> h.Element:
    return h.td(class_=f"fp-{state.value}")[
        h.span(".fp-glyph", aria_hidden="true")[GLYPHS[state]], " ", MEANINGS[state]
    ]


def _contributions(figure: Contributions) -> h.Element:
    rows, columns = figure.weights.shape
    total = figure.total.entries
    texts = cells([*figure.sent.entries, total])
    body = [
        _contribution(figure, i, name, texts[i])
        for i, name in enumerate(terms.names(figure.values.axis, len(figure.values.entries)))
    ]
    heads = _heads(figure.total.axis, len(total), columns)
    rest = h.tr[_head("⋮"), h.td, _dots(len(total), columns)]
    return _scroll(
        "What each row contributes",
        h.table(".fp-contributions")[
            h.caption(".fp-sr")["Each neuron's value times its row of weights, and the sum"],
            h.thead[h.tr[h.th(scope="col")["neuron"], h.th(scope="col")["value"], heads]],
            h.tbody[ended(body, rows, rest)],
            h.tfoot[h.tr[_head("sum"), h.td, _row(total, texts[-1], columns)]],
        ],
    )


def _contribution(figure: Contributions, i: int, name: Name, sent: Sequence[str]) -> h.Element:
    """Show one row; how each entry came about stands before it, in small print."""
    value, shown = figure.values.entries[i], cells(figure.values.entries)[i]
    weights = [numerals.signed(w) for w in cells(figure.weights.entries)[i]]
    entries = [
        h.td(class_=_sign(v))[h.small(".fp-how")[f"{numerals.signed(shown)} × {w}\N{NO-BREAK SPACE}="], " ", t]
        for v, w, t in zip(figure.sent.entries[i], weights, sent, strict=True)
    ]
    return h.tr(class_=None if value else "fp-nothing")[
        _head([_name(name), None if value else [" ", h.small(".fp-note")[NOTHING]]]),
        _cell(value, shown),
        ended(entries, figure.weights.shape[1], h.td["…"]),
    ]


# The picture ------------------------------------------------------------------------------------


def _network(figure: Network) -> h.Element:
    return h.figure(".fp-network")[
        _scroll("The network as a picture", svg.draw(figure)),
        h.figcaption[h.ul(".fp-legend")[svg.legend(figure)]],
    ]


# Cells ------------------------------------------------------------------------------------------


def _columns(*names: str) -> h.Element:
    return h.thead[h.tr[(h.th(scope="col")[name] for name in names)]]


def _heads(axis: str, shown: int, n: int) -> list[h.Element]:
    heads = [h.th(scope="col")[_name(name)] for name in terms.names(axis, shown)]
    return ended(heads, n, h.th(scope="col")["…"])


def _head(name: h.Node) -> h.Element:
    return h.th(scope="row")[name]


def _name(name: Name) -> h.Node:
    if len(name.axis) > 1:
        return terms.plain(name)
    return [h.var[name.axis], h.sub[numerals.text(name.index)]]


def _cell(value: Fraction, text: str) -> h.Element:
    return h.td(class_=_sign(value))[text]


def _number(value: Fraction, text: str) -> h.Node:
    return text if value > 0 else h.span(class_=_sign(value))[text]


def _sign(value: Fraction) -> str | None:
    return "fp-neg" if value < 0 else None if value else "fp-zero"


def _joined(items: Sequence[h.Node], sign: str) -> list[h.Node]:
    return [node for item in items for node in (sign, item)][1:]


def _scroll(label: str, wide: h.Element) -> h.Element:
    """Let what may be wider than a phone scroll by itself, by keyboard too.

    A group, not a region: two equal views on a page would be two landmarks of one name.
    """
    return h.div(".fp-scroll", tabindex="0", role="group", aria_label=label)[wide]
