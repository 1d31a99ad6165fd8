"""The picture of a network: neurons with their values, edges with their weights, and what both are called, as SVG.

Where everything is, :mod:`fwdpass.figures.placed` has found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import htpy as h
from htpy import Element
from markupsafe import Markup

from fwdpass.figures import words
from fwdpass.figures.base import Name, Row, names
from fwdpass.figures.labels import Line
from fwdpass.figures.marks import (
    ACCENT,
    FIGURES,
    INK,
    MUTED,
    NEGATIVE,
    PAPER,
    WASH,
    axis_letter,
    circle,
    desc,
    g,
    glyph,
    icon,
    index_below,
    line,
    rect,
    sheet,
    svg,
    text_,
    title,
)  # fmt: skip
from fwdpass.figures.placed import (
    NODES,
    RADIUS,
    WIDTH,
    Edge,
    EdgeKind,
    Label,
    Neuron,
    Placement,
    TwoLayers,
    half_note,
    roomy,
)  # fmt: skip
from fwdpass.figures.states import MEANINGS, State
from fwdpass.figures.words import cells
from fwdpass.figures.written import once
from fwdpass.numerals.writing import text


def picture(figure: TwoLayers, placed: Placement) -> Element:
    """Draw the picture, and tell it in its name; one that is wider than a phone is not made smaller, but scrolls."""
    xs, hs, ys = placed.layers
    width = placed.width
    return svg(
        viewBox=f"0 0 {width} {placed.height}",
        width=str(width),
        style=None if width == WIDTH else f"min-width: {width * 9 // 10}px",
        role="img",
        aria_label=summary(figure),
        font_size="13",
    )[
        title["The network, with an input in it"],
        desc["Each edge carries a weight; a neuron adds up what arrives, and its bias."],
        sheet(),
        _lines([edge for layer in placed.edges for edge in layer]),
        g[_neurons((xs, hs, ys), figure)],
        g(_WRITING)[
            _inputs(xs),
            _noted(hs, figure.notes[0], width, aside=7),
            _noted(ys, figure.notes[1], width),
            [_rest(layer, n, width) for layer, n in zip(placed.layers, figure.sizes, strict=True)],
        ],
        [_labels(labels) for labels in placed.labels],
    ]


def summary(figure: TwoLayers) -> str:
    """Say in a few sentences what the picture shows."""
    states = [f" ({state.value})" for state in figure.states]
    x, hidden, y = figure.sizes
    told = [
        f"{words.count(x, 'input')}: {_listed('x', figure.x, x)}",
        f"{words.count(hidden, 'hidden neuron')}: {_listed('h', figure.h, hidden, states)}",
        f"{words.count(y, 'output')}: {_listed('y_hat', figure.y_hat, y)}",
    ]
    return ". ".join(["The network", *(sentence[0].upper() + sentence[1:] for sentence in told)]) + "."


def _listed(axis: str, values: Row, n: int, notes: Sequence[str] = ()) -> str:
    shown = cells(values)
    named = [f"{name} = {shown[i]}{notes[i] if notes else ''}" for i, name in enumerate(names(axis, len(values)))]
    return ", ".join(words.ended(named, n, "…"))


_MEANINGS: dict[EdgeKind, str] = {
    "positive": "positive weight",
    "negative": "negative weight",
    "idle": "carries nothing to the output, for this input",
}


def legend(figure: TwoLayers, placed: Placement, *, whole: bool = False) -> list[h.Element]:
    """Explain the lines and glyphs that a picture has; the ``whole`` of it, where the input will change."""
    kinds = {edge.kind for layer in placed.edges for edge in layer} | ({*_MEANINGS} if whole else set())
    states = {*figure.states[:NODES]} | ({*State} if whole else set())
    lines = [_sample(kind) for kind in _MEANINGS if kind in kinds]
    glyphs = [_explained(state) for state in State if state in states]
    crowded = any(
        sum(label.always for label in labels) < len(layer)
        for labels, layer in zip(placed.labels, placed.edges, strict=True)
    )
    return [*lines, *glyphs, *([h.li["weights that there is no room to write: thicker is larger"]] * crowded)]


_STROKES: dict[EdgeKind, dict[str, str]] = {
    "idle": {"stroke": MUTED, "stroke-dasharray": "0.1 5", "stroke-linecap": "round"},
    "positive": {"stroke": ACCENT},
    "negative": {"stroke": NEGATIVE, "stroke-dasharray": "7 4"},
}
"""How each kind of edge is drawn."""


def _lines(edges: Sequence[Edge]) -> Element:
    """Draw the edges, thin over thick: in one order, whatever the input, so that pictures differ in attributes only."""
    return g(".fp-edges")[map(_line, sorted(edges, key=lambda edge: -edge.width))]


def _line(edge: Edge) -> Markup:
    width = "1.5" if edge.kind == "idle" else text(edge.width, ".1f", "code")
    return _stroke(edge.line, edge.kind, width, edge.ends)


# The same lines, neurons and texts stand in the pictures of every input, and writing them takes longest.


@lru_cache(maxsize=1024)
def _stroke(where: Line, kind: EdgeKind, width: str, ends: str) -> Markup:
    at = dict(zip(Line._fields, where, strict=True))
    return once(line(at, _STROKES[kind], class_=f"fp-{kind}", stroke_width=width, data_edge=ends))


def _labels(placed: Sequence[Label]) -> h.Node:
    """Write the weights, on paper: a dot of a line would turn 0.3 into 0:3."""
    if not placed:
        return None
    return g(_WRITING, font_family=FIGURES, font_size=str(placed[0].size), stroke_width="8")[map(_weight, placed)]


def _weight(label: Label) -> Markup:
    x, y = (label.box.left + label.box.right) // 2, label.box.bottom - 2
    return _written(x, y, label.edge.kind, label.always, label.edge.ends, label.edge.shown)


@lru_cache(maxsize=1024)
def _written(x: int, y: int, kind: EdgeKind, always: bool, ends: str, said: str) -> Markup:
    drawn = text_(
        x=x,
        y=y,
        fill=_STROKES[kind]["stroke"],
        font_weight="400" if kind == "idle" else "600",
        visibility=None if always else "hidden",
        data_edge=ends,
    )
    return once(drawn[said])


def _neurons(layers: Sequence[Sequence[Neuron]], figure: TwoLayers) -> Iterator[h.Node]:
    xs, hs, ys = layers
    for node in xs:
        yield _neuron(node, INK if node.value else MUTED)
    for node, state in zip(hs, figure.states, strict=False):
        alive = state is State.ALIVE
        yield _neuron(node, ACCENT if alive else MUTED, fill=WASH if alive else PAPER)
        yield glyph(state, node.x - 11, node.y - RADIUS - 12)
    for node in ys:
        yield _neuron(node, INK)


def _inputs(nodes: Sequence[Neuron]) -> Iterator[h.Node]:
    for node in nodes:
        yield _value(node)
        yield _name(node)


def _noted(nodes: Sequence[Neuron], notes: Sequence[Sequence[str]], width: int, *, aside: int = 0) -> Iterator[h.Node]:
    for node, said in zip(nodes, notes, strict=False):
        yield _value(node)
        yield _name(node, aside)
        yield [_note(node, 13 * (i + 1), note, width) for i, note in enumerate(said)]


def _neuron(node: Neuron, stroke: str, fill: str = PAPER) -> Markup:
    return _shaped(node.name, node.x, node.y, node.half, stroke, fill)


@lru_cache(maxsize=1024)
def _shaped(name: Name, x: int, y: int, half: int, stroke: str, fill: str) -> Markup:
    """Draw a neuron: a circle, or a pill where the values of its layer are long."""
    look = {"fill": fill, "stroke": stroke, "stroke-width": "2", "data-node": str(name)}
    if half == RADIUS:
        return once(circle({"cx": str(x), "cy": str(y), "r": str(RADIUS), **look}))
    at = {"x": str(x - half), "y": str(y - RADIUS)}
    return once(rect({**at, "width": str(2 * half), "height": str(2 * RADIUS), "rx": str(RADIUS), **look}))


def _value(node: Neuron) -> Markup:
    small = len(node.shown) > 5 and node.half < roomy(len(node.shown))
    size = "16" if len(node.shown) <= 4 else "11.5" if small else "14"
    fill = INK if node.value else MUTED
    return _text(node.x, node.y + 5, node.shown, fill=fill, stroke="none", font_family=FIGURES, font_size=size)


def _name(node: Neuron, aside: int = 0) -> Markup:
    return _text(node.x + aside, node.y - RADIUS - 8, _named(node.name))


@lru_cache(maxsize=1024)
def _named(name: Name) -> Markup:
    return Markup("").join(map(once, (axis_letter(name.letter), index_below(text(name.index)))))


def _note(node: Neuron, below: int, said: str, width: int) -> Markup:
    x = min(node.x, width - half_note(said))
    return _text(x, node.y + RADIUS + below, said, fill=MUTED, font_size="12")


def _rest(nodes: Sequence[Neuron], n: int, width: int) -> h.Node:
    if n == len(nodes):
        return None
    pitch = nodes[-1].y - nodes[-2].y
    said = f"… {text(n - len(nodes))} more"
    half = 1 + 4 * len(said)
    return _text(min(max(nodes[-1].x, half), width - half), nodes[-1].y + pitch, said, fill=MUTED)


_WRITING = {
    "fill": INK,
    "text-anchor": "middle",
    "stroke": PAPER,
    "stroke-width": "4",
    "stroke-linejoin": "round",
    "paint-order": "stroke",
}
"""A text has a rim in the colour of the paper, so that lines behind it do not disturb."""


@lru_cache(maxsize=1024, typed=True)  # a text is another one than what is written already
def _text(x: int, y: int, said: str, **attributes: str) -> Markup:
    return once(text_(x=x, y=y, **attributes)[said])


@cache
def _sample(kind: EdgeKind) -> Element:
    width = "1.5" if kind == "idle" else "3"
    drawn = line(_STROKES[kind], x1="2", y1="7", x2="38", y2="7", stroke_width=width)
    return h.li[icon(drawn, 40), " ", _MEANINGS[kind]]


@cache
def _explained(state: State) -> Element:
    return h.li[icon(glyph(state, 7, 7), 14), " ", MEANINGS[state]]
