"""The network as a picture: nodes with values, edges with weights, all coordinates whole.

Colours are the variables of fwdpass.css, with fallbacks for a notebook, and never the only sign
of anything: a negative weight has a minus and dashes, an edge that carries nothing is dotted, a
neuron's state is a glyph. It is narrow enough for a phone; a wide page enlarges it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import htpy as h

from fwdpass.figures.draw import places, terms
from fwdpass.figures.draw.places import LABELLED, NODES, RADIUS, WIDTH, Edge, Kind, Label, Node
from fwdpass.figures.kinds import Network, Row, State
from fwdpass.numerals.writing import cells, text

svg, g, rect, circle, line, path, text_, tspan, title, desc = map(
    h.Element,
    ("svg", "g", "rect", "circle", "line", "path", "text", "tspan", "title", "desc"),
)

INK, PAPER, WASH = "var(--fp-ink, #1f2430)", "var(--fp-paper, #fff)", "var(--fp-wash, #e2eff1)"
MUTED, ACCENT = "var(--fp-muted, #59606e)", "var(--fp-accent, #0b5f73)"
NEGATIVE = "var(--fp-neg, #9c3f0e)"
FIGURES = "var(--fp-math, serif)"
"""The face of the numbers in tables and formulas: as wide on every computer."""


def draw(figure: Network) -> h.Element:
    """Draw the picture."""
    (xs, hs, ys), height = places.layers(figure)
    edges = places.edges(figure)
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
        [_labels(written(layer)) for layer in edges],
    ]


def written(layer: Sequence[Edge]) -> list[Label]:
    """Place the weights of a layer that are to be read in the picture."""
    return places.place(layer) if len(layer) <= LABELLED else []


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
    edges = places.edges(figure)
    kinds = {edge.kind for layer in edges for edge in layer} | ({*_MEANINGS} if whole else set())
    states = {State.of(z) for z in figure.z1[:NODES]} | ({*State} if whole else set())
    lines = [h.li[_sample(kind), " ", said] for kind, said in _MEANINGS.items() if kind in kinds]
    glyphs = [h.li[_icon(_glyph(state, 7, 7), 14), " ", terms.MEANINGS[state]] for state in State if state in states]
    crowded = any(sum(label.always for label in written(layer)) < len(layer) for layer in edges)
    return [*lines, *glyphs, *([h.li["weights that there is no room to write: thicker is larger"]] * crowded)]


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
    return line(ends, _STROKES[edge.kind], class_=f"fp-{edge.kind}", stroke_width=width, data_edge=_ends(edge))


def _labels(labels: Sequence[Label]) -> h.Node:
    """Write the weights, on paper: a dot of a line would turn 0.3 into 0:3."""
    if not labels:
        return None
    return g(_WRITING, font_family=FIGURES, font_size=str(labels[0].size), stroke_width="8")[map(_weight, labels)]


def _weight(label: Label) -> h.Element:
    return text_(
        x=(label.box.left + label.box.right) // 2,
        y=label.box.bottom - 2,
        fill=_STROKES[label.edge.kind]["stroke"],
        font_weight="400" if label.edge.kind == "idle" else "600",
        visibility=None if label.always else "hidden",
        data_edge=_ends(label.edge),
    )[label.edge.shown]


def _ends(edge: Edge) -> str:
    return f"{terms.plain(edge.source.name)} {terms.plain(edge.target.name)}"


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
        yield _name(node)


def _hidden(nodes: Sequence[Node], figure: Network) -> Iterator[h.Node]:
    z, b = cells(figure.z1), cells(figure.b1)
    for i, node in enumerate(nodes):
        yield _value(node)
        yield _name(node, 7)
        yield _note(node, 13, f"bias {b[i]}")
        yield _note(node, 26, f"sum {z[i]}")


def _outputs(nodes: Sequence[Node], figure: Network) -> Iterator[h.Node]:
    b = cells(figure.b2)
    for i, node in enumerate(nodes):
        yield _value(node)
        yield _name(node)
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


def _name(node: Node, aside: int = 0) -> h.Element:
    index = tspan(dy="3", font_size="11")[text(node.name.index)]
    axis = tspan(font_family=FIGURES, font_style="italic", font_size="16")[node.name.axis]
    return _text(node.x + aside, node.y - RADIUS - 8, [axis, index])


def _note(node: Node, below: int, said: str) -> h.Element:
    half = 1 + 33 * len(said) // 10
    return _text(min(node.x, WIDTH - half), node.y + RADIUS + below, said, fill=MUTED, font_size="12")


def _rest(nodes: Sequence[Node], n: int) -> h.Node:
    if n == len(nodes):
        return None
    pitch = nodes[-1].y - nodes[-2].y
    said = f"… {text(n - len(nodes))} more"
    half = 1 + 4 * len(said)
    return _text(min(max(nodes[-1].x, half), WIDTH - half), nodes[-1].y + pitch, said, fill=MUTED)


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
