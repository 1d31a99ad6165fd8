"""The network as a picture: nodes with values, edges with weights, all coordinates whole.

Colours are the variables of fwdpass.css, with fallbacks for a notebook, and never the only sign
of anything: a negative weight has a minus and dashes, an edge that carries nothing is dotted, a
neuron's state is a glyph. It is narrow enough for a phone; a wide page enlarges it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

import htpy as h

from fwdpass.draw import terms
from fwdpass.figure import Grid, Name, Network, Row, State
from fwdpass.numerals import cells, text

svg, g, rect, circle, line, path, text_, tspan, title, desc = map(
    h.Element,
    ("svg", "g", "rect", "circle", "line", "path", "text", "tspan", "title", "desc"),
)

INK, PAPER, WASH = "var(--fp-ink, #1f2430)", "var(--fp-paper, #fff)", "var(--fp-wash, #e2eff1)"
MUTED, ACCENT = "var(--fp-muted, #59606e)", "var(--fp-accent, #0b5f73)"
NEGATIVE = "var(--fp-neg, #9c3f0e)"
FIGURES = "var(--fp-math, serif)"
"""The face of the numbers in tables and formulas: as wide on every computer."""

WIDTH, COLUMNS, RADIUS = 400, (52, 200, 348), 22
OUTER, HIDDEN = 84, 108
"""Room from node to node: a hidden neuron has a name above and two notes below."""
NODES = 8
"""Nodes that a layer shows; of a longer one, the first and a count of the rest."""
LABELLED = 30
"""Edges of a layer that get their weight written; more would hide each other."""

Kind = Literal["positive", "negative", "idle"]
Live = Callable[[int, int], bool]


@dataclass(frozen=True)
class Node:
    """A neuron's place, name and value."""

    name: Name
    value: Fraction
    shown: str
    x: int
    y: int


@dataclass(frozen=True)
class Edge:
    """A weight between two nodes; idle where nothing gets through."""

    source: Node
    target: Node
    shown: str
    kind: Kind
    width: Fraction


class Box(NamedTuple):
    """What a text covers."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Box) -> bool:
        """Say whether two boxes overlap.

        >>> Box(0, 0, 9, 9).meets(Box(8, 8, 20, 20)), Box(0, 0, 9, 9).meets(Box(9, 0, 20, 9))
        (True, False)
        """
        beside = self.right <= other.left or other.right <= self.left
        above = self.bottom <= other.top or other.bottom <= self.top
        return not (beside or above)


def draw(figure: Network) -> h.Element:
    """Draw the picture."""
    (xs, hs, ys), height = _layers(figure)
    edges = _edges(figure)
    taken = [_around(node) for node in (*xs, *hs, *ys)]
    return svg(
        viewBox=f"0 0 {WIDTH} {height}",
        width=str(WIDTH),
        role="img",
        aria_label=summary(figure),
        font_size="13",
    )[
        title["The network, with an input in it"],
        desc["Each edge carries a weight; a neuron adds up what arrives, and its bias."],
        rect(class_="fp-paper", width="100%", height="100%", rx="6", fill=PAPER),
        _lines([*edges[0], *edges[1]]),
        g[_neurons((xs, hs, ys), figure)],
        g(_WRITING)[
            _inputs(xs),
            _hidden(hs, figure),
            _outputs(ys, figure),
            [_rest(layer, n) for layer, n in zip((xs, hs, ys), figure.sizes, strict=True)],
        ],
        _labels([label for layer in edges if len(layer) <= LABELLED for label in place(layer, taken)]),
    ]


def summary(figure: Network) -> str:
    """Say in a few sentences what the picture shows."""
    states = [f" ({State.of(z).value})" for z in figure.z1]
    x, hidden, y = figure.sizes
    parts = [
        f"{terms.count(x, 'input')}: {_listed('x', figure.x, x)}",
        f"{terms.count(hidden, 'hidden neuron')}: {_listed('h', figure.h, hidden, states)}",
        f"{terms.count(y, 'output')}: {_listed('y', figure.y_hat, y)}",
    ]
    return ". ".join(["The network", *(part[0].upper() + part[1:] for part in parts)]) + "."


def _listed(axis: str, row: Row, n: int, notes: Sequence[str] = ()) -> str:
    shown = cells(row)
    named = [
        f"{terms.plain(name)} = {shown[i]}{notes[i] if notes else ''}"
        for i, name in enumerate(terms.names(axis, len(row)))
    ]
    return ", ".join(terms.ended(named, n, "…"))


_MEANINGS: dict[Kind, str] = {
    "positive": "positive weight",
    "negative": "negative weight",
    "idle": "carries nothing to the output, for this input",
}


def legend(figure: Network, whole: bool = False) -> list[h.Element]:
    """Explain the lines and glyphs that a picture has; the ``whole`` of it, where the input will change."""
    edges = _edges(figure)
    kinds = {edge.kind for layer in edges for edge in layer} | ({*_MEANINGS} if whole else set())
    states = {State.of(z) for z in figure.z1[:NODES]} | ({*State} if whole else set())
    lines = [h.li[_sample(kind), " ", said] for kind, said in _MEANINGS.items() if kind in kinds]
    glyphs = [h.li[_icon(_glyph(state, 7, 7), 14), " ", terms.MEANINGS[state]] for state in State if state in states]
    crowded = any(len(layer) > LABELLED for layer in edges)
    return [*lines, *glyphs, *([h.li["weights that are too many to write: thicker is larger"]] * crowded)]


# Where things are -------------------------------------------------------------------------------


def _layers(figure: Network) -> tuple[list[list[Node]], int]:
    """Place the neurons, and find the height that they need."""
    slots = [min(n, NODES) + (n > NODES) for n in figure.sizes]
    height = max(OUTER * slots[0], HIDDEN * slots[1], OUTER * slots[2])
    rows = figure.x, figure.h, figure.y_hat
    return [_layer("xhy"[i], rows[i][:NODES], COLUMNS[i], height, slots[i]) for i in range(3)], height


def _layer(axis: str, row: Row, x: int, height: int, slots: int) -> list[Node]:
    """Spread a layer over the height, each neuron in the middle of its share."""
    named = zip(terms.names(axis, len(row)), row, cells(row), strict=True)
    return [
        Node(name, value, shown, x, height * (2 * i + 1) // (2 * slots)) for i, (name, value, shown) in enumerate(named)
    ]


def _edges(figure: Network) -> tuple[list[Edge], list[Edge]]:
    """Find the edges of both layers; what is not passed on makes an edge idle, at either end."""
    (xs, hs, ys), _ = _layers(figure)
    alive = [State.of(z) is State.ALIVE for z in figure.z1]
    return (
        _between(xs, hs, figure.W1, lambda i, j: bool(figure.x[i]) and alive[j]),
        _between(hs, ys, figure.W2, lambda i, _: alive[i]),
    )


def _between(sources: Sequence[Node], targets: Sequence[Node], W: Grid, live: Live) -> list[Edge]:
    shown = cells(W)
    largest = max(abs(w) for row in W for w in row) or Fraction(1)
    return [
        Edge(s, t, shown[i][j], _kind(W[i][j], live(i, j)), 1 + 3 * abs(W[i][j]) / largest)
        for i, s in enumerate(sources)
        for j, t in enumerate(targets)
    ]


def _kind(weight: Fraction, live: bool) -> Kind:
    if not (weight and live):
        return "idle"
    return "negative" if weight < 0 else "positive"


def place(edges: Sequence[Edge], taken: Sequence[Box] = ()) -> Iterator[tuple[Edge, Box]]:
    """Find a spot for each label: along its edge, staggered by source, clear of all others.

    A label that finds none is left out: the matrix has it.
    """
    boxes = [*taken]
    last = max((edge.source.name.index for edge in edges), default=0) or 1
    for edge in edges:
        for x, y in _along(edge, wanted=22 + 32 * edge.source.name.index // last):
            half = 3 + 7 * len(edge.shown) // 2
            box = Box(x - half, y - 7, x + half, y + 7)
            if not any(box.meets(other) for other in boxes):
                boxes.append(box)
                yield edge, box
                break


def _along(edge: Edge, wanted: int) -> Iterator[tuple[int, int]]:
    """Go through the points of an edge, in eightieths of its length, from the wanted one outwards."""
    a, b = edge.source, edge.target
    for t in sorted(range(18, 65), key=lambda t: abs(t - wanted)):
        yield a.x + (b.x - a.x) * t // 80, a.y + (b.y - a.y) * t // 80


def _around(node: Node) -> Box:
    """A neuron with what is written around it: a hidden one has a name above and two notes."""
    width, above, below = {"x": (RADIUS, RADIUS, RADIUS), "h": (38, 43, 53), "y": (32, RADIUS, 38)}[node.name.axis]
    return Box(node.x - width, node.y - above, node.x + width, node.y + below)


# Marks ------------------------------------------------------------------------------------------

_STROKES: dict[Kind, dict[str, str]] = {
    "idle": {"stroke": MUTED, "stroke-dasharray": "0.1 5", "stroke-linecap": "round"},
    "positive": {"stroke": ACCENT},
    "negative": {"stroke": NEGATIVE, "stroke-dasharray": "7 4"},
}
"""How each kind of edge is drawn."""


def _lines(edges: Sequence[Edge]) -> h.Element:
    """Draw the edges, thin over thick: in one order, whatever the input, so that pictures differ in attributes only."""
    return g(".fp-edges")[map(_line, sorted(edges, key=lambda edge: -edge.width))]


def _line(edge: Edge) -> h.Element:
    ends = {"x1": edge.source.x, "y1": edge.source.y, "x2": edge.target.x, "y2": edge.target.y}
    width = "1.5" if edge.kind == "idle" else text(edge.width, ".1f", "code")
    names = f"{terms.plain(edge.source.name)} {terms.plain(edge.target.name)}"
    return line(ends, _STROKES[edge.kind], class_=f"fp-{edge.kind}", stroke_width=width, data_edge=names)


def _labels(placed: Sequence[tuple[Edge, Box]]) -> h.Node:
    """Write the weights, each on a piece of paper: a dot of a line would turn 0.3 into 0:3."""
    papers = (f"M{b.left} {b.top}H{b.right}V{b.bottom}H{b.left}Z" for _, b in placed)
    return g(text_anchor="middle", font_family=FIGURES, font_size="15")[
        path(fill=PAPER, d="".join(papers)),
        (
            text_(
                x=(box.left + box.right) // 2,
                y=box.top + 12,
                fill=_STROKES[edge.kind]["stroke"],
                font_weight="400" if edge.kind == "idle" else "600",
            )[edge.shown]
            for edge, box in placed
        ),
    ]


def _neurons(layers: Sequence[Sequence[Node]], figure: Network) -> Iterator[h.Node]:
    xs, hs, ys = layers
    for node in xs:
        yield _circle(node, INK if node.value else MUTED)
    for node, z in zip(hs, figure.z1, strict=False):
        state = State.of(z)
        alive = state is State.ALIVE
        yield _circle(node, ACCENT if alive else MUTED, fill=WASH if alive else PAPER)
        yield _glyph(state, node.x - 11, node.y - RADIUS - 12)
    for node in ys:
        yield _circle(node, INK)


def _inputs(nodes: Sequence[Node]) -> Iterator[h.Node]:
    for node in nodes:
        yield _value(node)
        yield _label(node.x - RADIUS - 6, node.y + 4, node.name, "end")


def _hidden(nodes: Sequence[Node], figure: Network) -> Iterator[h.Node]:
    z, b = cells(figure.z1), cells(figure.b1)
    for i, node in enumerate(nodes):
        yield _value(node)
        yield _label(node.x + 7, node.y - RADIUS - 8, node.name, "middle")
        yield _note(node, 13, f"bias {b[i]}")
        yield _note(node, 26, f"sum {z[i]}")


def _outputs(nodes: Sequence[Node], figure: Network) -> Iterator[h.Node]:
    b = cells(figure.b2)
    for i, node in enumerate(nodes):
        yield _value(node)
        yield _label(node.x + RADIUS + 6, node.y + 4, node.name, "start")
        yield _note(node, 13, f"bias {b[i]}")


def _circle(node: Node, stroke: str, fill: str = PAPER) -> h.Element:
    return circle(
        cx=str(node.x), cy=str(node.y), r=str(RADIUS), fill=fill, stroke=stroke, stroke_width="2",
        data_node=terms.plain(node.name),
    )  # fmt: skip


def _value(node: Node) -> h.Element:
    size = "16" if len(node.shown) <= 4 else "14" if len(node.shown) == 5 else "11.5"
    fill = INK if node.value else MUTED
    return _text(node.x, node.y + 5, node.shown, fill=fill, stroke="none", font_family=FIGURES, font_size=size)


def _label(x: int, y: int, name: Name, anchor: str) -> h.Element:
    index = tspan(dy="3", font_size="11")[text(name.index)]
    axis = tspan(font_family=FIGURES, font_style="italic", font_size="16")[name.axis]
    return _text(x, y, [axis, index], text_anchor=anchor)


def _note(node: Node, below: int, said: str) -> h.Element:
    return _text(node.x, node.y + RADIUS + below, said, fill=MUTED, font_size="12")


def _rest(nodes: Sequence[Node], n: int) -> h.Node:
    if n == len(nodes):
        return None
    pitch = nodes[-1].y - nodes[-2].y
    return _text(nodes[-1].x, nodes[-1].y + pitch, f"… {text(n - len(nodes))} more", fill=MUTED)


_WRITING = {
    "fill": INK,
    "text-anchor": "middle",
    "stroke": PAPER,
    "stroke-width": "4",
    "stroke-linejoin": "round",
    "paint-order": "stroke",
}
"""A text has a rim in the colour of the paper, so that lines behind it do not disturb."""


def _text(x: int, y: int, said: h.Node, **attributes: str) -> h.Element:
    return text_(x=x, y=y, **attributes)[said]


def _glyph(state: State, x: int, y: int) -> h.Node:
    """Draw ● ◐ ○ as shapes: not every font has them."""
    ink = ACCENT if state is State.ALIVE else MUTED
    fill = ink if state is State.ALIVE else PAPER
    rim = circle(cx=str(x), cy=str(y), r="5", stroke=ink, stroke_width="1.5", fill=fill)
    half = ink if state is State.BOUNDARY else "none"
    return [rim, path(d=f"M{x} {y - 5}A5 5 0 0 0 {x} {y + 5}Z", fill=half)]


def _sample(kind: Kind) -> h.Element:
    width = "1.5" if kind == "idle" else "3"
    return _icon(line(_STROKES[kind], x1="2", y1="7", x2="38", y2="7", stroke_width=width), 40)


def _icon(shape: h.Node, width: int) -> h.Element:
    return svg(viewBox=f"0 0 {width} 14", width=str(width), height="14", aria_hidden="true")[shape]
