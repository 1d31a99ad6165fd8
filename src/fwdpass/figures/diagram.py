"""A network of two layers with an input in it: nodes with values, edges with weights, and every sum below.

The picture is narrow enough for a phone, and a wide page enlarges it; all its coordinates are whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal, NamedTuple

import htpy as h
from htpy import Element
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures import labels, parts, words
from fwdpass.figures.base import Figure, Name, Row, Rows, fitting, names, row, rows, settled, summed
from fwdpass.figures.labels import Box, Line
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
)
from fwdpass.figures.matrix import Vector
from fwdpass.figures.product import Product, worked
from fwdpass.figures.states import MEANINGS, State, States
from fwdpass.figures.words import cells
from fwdpass.nn import forward, relu
from fwdpass.numerals.writing import Medium, text

WIDTH, COLUMNS, RADIUS = 400, (26, 197, 368), 22
"""How wide the picture is, and where its layers stand, if every value fits into a circle."""
OUTER, HIDDEN = 96, 124
"""Room from node to node: each has a name above, an output a note below, and a hidden neuron two."""
NODES = 9
"""Nodes that a layer shows: as many as a picture of three by three has pixels; of more, the first and a count."""
ASIDE = 16
"""How far a note below a neuron may stick out on either side."""
FITS = 7
"""Characters of a value that a circle has room for."""
LABELLED = 30
"""Edges of a layer that get their weight written; of more, too few would find room."""
SIZES = 14, 12
"""How large labels are, and how large where they would not find room."""

AXES = "x", "h", "y_hat"
"""What the neurons of each layer are named by."""

EdgeKind = Literal["positive", "negative", "idle"]

touched = h.Element("fp-network")
"""The element whose neurons, and whose pixels, can be chosen; without scripts it is what is in it."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Diagram(Figure):
    """A network of two layers with an input in it: the first neurons of each layer."""

    x: Row
    W1: Rows
    b1: Row
    z1: Row
    h: Row
    W2: Rows
    b2: Row
    y_hat: Row
    sizes: tuple[int, int, int]
    """How many neurons each layer really has."""
    sums: tuple[Product, Product]
    """Each neuron's sum, written out, a layer after the other."""

    @property
    def notes(self) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        """What is written below each hidden neuron, and below each output."""
        z1, b1, b2 = map(cells, (self.z1, self.b1, self.b2))
        return [(f"bias {b}", f"sum {z}") for b, z in zip(b1, z1, strict=True)], [(f"bias {b}",) for b in b2]

    @property
    def states(self) -> tuple[State, ...]:
        """What ReLU makes of the sum of each hidden neuron that is shown."""
        return tuple(map(State.of, self.z1))

    def plain(self, medium: Medium) -> str:
        """Draw a table for each layer."""
        x, hidden, y = self.sizes
        tables: dict[str, Figure] = {
            "x: the input": Vector("x", self.x, x),
            "h: the hidden neurons": States("h", self.z1, self.h, hidden),
            "ŷ: the prediction": Vector("y_hat", self.y_hat, y),
        }
        return "\n\n".join(f"{name}\n{table.plain(medium)}" for name, table in tables.items())

    def latex(self) -> str:
        """Draw the vectors, and an arrow from each to the next."""
        x, hidden, y = self.sizes
        vectors = {
            r"\mathbf{x}": Vector("x", self.x, x),
            r"\mathbf{z}": Vector("z", self.z1, hidden),
            r"\mathbf{h}": Vector("h", self.h, hidden),
            r"\hat{\mathbf{y}}": Vector("y_hat", self.y_hat, y),
        }
        return r" \;\to\; ".join(f"{letter} = {vector.latex()}" for letter, vector in vectors.items())

    def html(self) -> Element:
        """Draw the picture, with the sums in it folded away."""
        return touched[self.drawn(), h.div(".fp-live"), self.folded()]

    def drawn(self, rooms: Rooms | None = None) -> Element:
        """Draw the picture with its legend.

        Where the input will change, ``rooms`` are those that the values of every input need, and the legend is whole.
        """
        placed = plan(self, rooms or Rooms.of([self]))
        return h.figure(".fp-network")[
            parts.scroll("The network as a picture", picture(self, placed)),
            h.figcaption[h.ul(".fp-legend")[legend(self, placed, whole=rooms is not None)]],
        ]

    def folded(self) -> Element:
        """Draw the sums of both layers, folded away."""
        return h.details(".fp-worked")[
            h.summary["Every sum in the picture"],
            self.sums[0].table("The sums of the hidden neurons, before ReLU", of="h"),
            self.sums[1].table("The sums of the outputs", of="y_hat"),
        ]


# Geometry -------------------------------------------------------------------------------------------------------------


class Rooms(NamedTuple):
    """Half the width of a neuron in each layer: a circle's, or more where a value or a note is too long for one."""

    x: int = RADIUS
    h: int = RADIUS
    y: int = RADIUS

    @classmethod
    def of(cls, figures: Iterable[Diagram]) -> Rooms:
        """Find the room that the values of all these figures need.

        >>> Rooms(x=31).columns, Rooms(x=31).width
        ((35, 215, 386), 418)
        """
        x, hidden, y = RADIUS, RADIUS, RADIUS
        for figure in figures:
            x = max(x, _half(figure.x))
            hidden = max(hidden, _half(figure.h), _below(figure.notes[0]))
            y = max(y, _half(figure.y_hat), _below(figure.notes[1]))
        return cls(x, hidden, y)

    @property
    def columns(self) -> tuple[int, ...]:
        """Where the middles of the layers are; between neurons there is as much room as ever."""
        before = accumulate((2 * (half - RADIUS) for half in self), initial=0)
        return tuple(x + wider + half - RADIUS for x, wider, half in zip(COLUMNS, before, self, strict=False))

    @property
    def width(self) -> int:
        """How wide the picture is."""
        return WIDTH + sum(2 * (half - RADIUS) for half in self)


def _half(values: Row) -> int:
    """Give half the width that neurons need for their values."""
    longest = max(map(len, cells(values[:NODES])))
    return RADIUS if longest <= FITS else _roomy(longest)


def _roomy(letters: int) -> int:
    """Give half the width of a neuron for a value that is not made smaller, whatever font a reader has."""
    return 10 + 9 * letters // 2


def _below(notes: Sequence[Sequence[str]]) -> int:
    """Give half the width that neurons need for what is written below them, which may be wider than they are."""
    return max(_half_note(note) for each in notes[:NODES] for note in each) - ASIDE


@dataclass(frozen=True)
class Node:
    """A neuron's place, name and value; ``half`` is half its width."""

    name: Name
    value: Fraction
    shown: str
    x: int
    y: int
    half: int = RADIUS


@dataclass(frozen=True)
class Edge:
    """A weight between two nodes; idle where nothing gets through."""

    source: Node
    target: Node
    shown: str
    kind: EdgeKind
    width: Fraction

    @property
    def line(self) -> Line:
        """Where the edge runs."""
        return Line(self.source.x, self.source.y, self.target.x, self.target.y)

    @property
    def ends(self) -> str:
        """The names of its neurons, for a script that marks what belongs to a neuron."""
        return f"{self.source.name} {self.target.name}"


@dataclass(frozen=True)
class Label:
    """A weight and where it stands: always, or when a neuron of its edge is chosen."""

    edge: Edge
    box: Box
    size: int
    always: bool


@dataclass(frozen=True)
class Plan:
    """Where everything in the picture is."""

    width: int
    height: int
    layers: tuple[list[Node], ...]
    edges: tuple[list[Edge], ...]
    labels: tuple[list[Label], ...]
    """The weights that are to be read, layer by layer."""


def plan(figure: Diagram, rooms: Rooms) -> Plan:
    """Place the neurons, find their edges, and place the weights on them."""
    slots = [min(n, NODES) + (n > NODES) for n in figure.sizes]
    height = max(OUTER * slots[0], HIDDEN * slots[1], OUTER * slots[2])
    shown = figure.x[:NODES], figure.h[:NODES], figure.y_hat[:NODES]
    xs, hs, ys = layers = tuple(
        _layer(AXES[i], shown[i], slots[i], rooms.columns[i], rooms[i], height) for i in range(3)
    )
    # What is not passed on makes an edge idle, at either end.
    alive = [state is State.ALIVE for state in figure.states]
    edges = (
        _between(xs, hs, figure.W1, lambda i, j: bool(figure.x[i]) and alive[j]),
        _between(hs, ys, figure.W2, lambda i, _: alive[i]),
    )
    return Plan(rooms.width, height, layers, edges, tuple(written(layer) for layer in edges))


def _layer(axis: str, values: Row, slots: int, x: int, half: int, height: int) -> list[Node]:
    """Spread a layer over the height, each neuron in the middle of its share."""
    named = zip(names(axis, len(values)), values, cells(values), strict=True)
    return [
        Node(name, value, shown, x, height * (2 * i + 1) // (2 * slots), half)
        for i, (name, value, shown) in enumerate(named)
    ]


def _between(sources: Sequence[Node], targets: Sequence[Node], W: Rows, live: Callable[[int, int], bool]) -> list[Edge]:
    shown = cells(W)
    largest = max(abs(w) for row in W for w in row) or Fraction(1)
    return [
        Edge(s, t, shown[i][j], _kind(W[i][j], live(i, j)), 1 + 3 * abs(W[i][j]) / largest)
        for i, s in enumerate(sources)
        for j, t in enumerate(targets)
    ]


def _kind(weight: Fraction, live: bool) -> EdgeKind:
    if not (weight and live):
        return "idle"
    return "negative" if weight < 0 else "positive"


def written(layer: Sequence[Edge]) -> list[Label]:
    """Place the weights of a layer that are to be read in the picture; smaller, where they would not find room."""
    if len(layer) > LABELLED:
        return []
    lines, texts = tuple(edge.line for edge in layer), tuple(edge.shown for edge in layer)
    nodes = {node.name: node for edge in layer for node in (edge.source, edge.target)}.values()
    taken = tuple(box for node in nodes for box in around(node))
    found: list[Label] = []
    for size in SIZES:
        placed = labels.place(lines, texts, taken, size)
        found = [Label(layer[i], box, size, always) for i, box, always in placed]
        if sum(label.always for label in found) == len(layer):
            break
    return found


def around(node: Node) -> list[Box]:
    """Find what a neuron covers, and what is written around it: a name above it, and notes below."""
    name, below = {"x": (10, 0), "h": (20, 31), "y_hat": (10, 16)}[node.name.axis]
    notes = node.half + ASIDE
    x, top, bottom = node.x, node.y - RADIUS, node.y + RADIUS
    return [
        Box(x - node.half, top, x + node.half, bottom),
        Box(x - name, top - 21, x + name, top),
        *([Box(x - notes, bottom, x + notes, bottom + below)] if below else []),
    ]


# The picture ----------------------------------------------------------------------------------------------------------


def picture(figure: Diagram, placed: Plan) -> Element:
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


def summary(figure: Diagram) -> str:
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


def legend(figure: Diagram, placed: Plan, *, whole: bool = False) -> list[h.Element]:
    """Explain the lines and glyphs that a picture has; the ``whole`` of it, where the input will change."""
    kinds = {edge.kind for layer in placed.edges for edge in layer} | ({*_MEANINGS} if whole else set())
    states = {*figure.states[:NODES]} | ({*State} if whole else set())
    lines = [h.li[_sample(kind), " ", said] for kind, said in _MEANINGS.items() if kind in kinds]
    glyphs = [h.li[icon(glyph(state, 7, 7), 14), " ", MEANINGS[state]] for state in State if state in states]
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


def _line(edge: Edge) -> Element:
    ends = dict(zip(Line._fields, edge.line, strict=True))
    width = "1.5" if edge.kind == "idle" else text(edge.width, ".1f", "code")
    return line(ends, _STROKES[edge.kind], class_=f"fp-{edge.kind}", stroke_width=width, data_edge=edge.ends)


def _labels(placed: Sequence[Label]) -> h.Node:
    """Write the weights, on paper: a dot of a line would turn 0.3 into 0:3."""
    if not placed:
        return None
    return g(_WRITING, font_family=FIGURES, font_size=str(placed[0].size), stroke_width="8")[map(_weight, placed)]


def _weight(label: Label) -> Element:
    return text_(
        x=(label.box.left + label.box.right) // 2,
        y=label.box.bottom - 2,
        fill=_STROKES[label.edge.kind]["stroke"],
        font_weight="400" if label.edge.kind == "idle" else "600",
        visibility=None if label.always else "hidden",
        data_edge=label.edge.ends,
    )[label.edge.shown]


def _neurons(layers: Sequence[Sequence[Node]], figure: Diagram) -> Iterator[h.Node]:
    xs, hs, ys = layers
    for node in xs:
        yield _neuron(node, INK if node.value else MUTED)
    for node, state in zip(hs, figure.states, strict=False):
        alive = state is State.ALIVE
        yield _neuron(node, ACCENT if alive else MUTED, fill=WASH if alive else PAPER)
        yield glyph(state, node.x - 11, node.y - RADIUS - 12)
    for node in ys:
        yield _neuron(node, INK)


def _inputs(nodes: Sequence[Node]) -> Iterator[h.Node]:
    for node in nodes:
        yield _value(node)
        yield _name(node)


def _noted(nodes: Sequence[Node], notes: Sequence[Sequence[str]], width: int, *, aside: int = 0) -> Iterator[h.Node]:
    for node, said in zip(nodes, notes, strict=False):
        yield _value(node)
        yield _name(node, aside)
        yield [_note(node, 13 * (i + 1), note, width) for i, note in enumerate(said)]


def _neuron(node: Node, stroke: str, fill: str = PAPER) -> Element:
    """Draw a neuron: a circle, or a pill where the values of its layer are long."""
    look = {"fill": fill, "stroke": stroke, "stroke-width": "2", "data-node": str(node.name)}
    if node.half == RADIUS:
        return circle({"cx": str(node.x), "cy": str(node.y), "r": str(RADIUS), **look})
    at = {"x": str(node.x - node.half), "y": str(node.y - RADIUS)}
    return rect({**at, "width": str(2 * node.half), "height": str(2 * RADIUS), "rx": str(RADIUS), **look})


def _value(node: Node) -> Element:
    small = len(node.shown) > 5 and node.half < _roomy(len(node.shown))
    size = "16" if len(node.shown) <= 4 else "11.5" if small else "14"
    fill = INK if node.value else MUTED
    return _text(node.x, node.y + 5, node.shown, fill=fill, stroke="none", font_family=FIGURES, font_size=size)


def _name(node: Node, aside: int = 0) -> Element:
    named = [axis_letter(node.name.letter), index_below(text(node.name.index))]
    return _text(node.x + aside, node.y - RADIUS - 8, named)


def _note(node: Node, below: int, said: str, width: int) -> Element:
    x = min(node.x, width - _half_note(said))
    return _text(x, node.y + RADIUS + below, said, fill=MUTED, font_size="12")


def _half_note(said: str) -> int:
    """Give half the width of a note."""
    return 1 + 33 * len(said) // 10


def _rest(nodes: Sequence[Node], n: int, width: int) -> h.Node:
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


def _text(x: int, y: int, said: h.Node, **attributes: str) -> Element:
    return text_(x=x, y=y, **attributes)[said]


def _sample(kind: EdgeKind) -> Element:
    width = "1.5" if kind == "idle" else "3"
    return icon(line(_STROKES[kind], x1="2", y1="7", x2="38", y2="7", stroke_width=width), 40)


# View -----------------------------------------------------------------------------------------------------------------


def diagram(*arrays: ArrayLike) -> Diagram:
    """Run a network of two layers on an input, and keep every number of it, exactly.

    The arrays are those of :func:`fwdpass.network`: x, W1, b1, W2 and b2.
    """
    x, W1, b1, W2, b2 = given = [settled(array) for array in arrays]
    if x.ndim != 1:
        raise ShapeError(f"a picture shows one input, a vector, and got shape {x.shape}: pick a row of the batch")
    forward(*given)  # refuses what does not fit
    z1 = summed(x, W1, b1)
    h = relu(z1)
    y_hat = summed(h, W2, b2)
    i, j, k = (fitting(len(a)) for a in (x, h, y_hat))
    return Diagram(
        x=row(x[:i]),
        W1=rows(W1[:i, :j]),
        b1=row(b1[:j]),
        z1=row(z1[:j]),
        h=row(h[:j]),
        W2=rows(W2[:j, :k]),
        b2=row(b2[:k]),
        y_hat=row(y_hat[:k]),
        sizes=(len(x), len(h), len(y_hat)),
        sums=(worked(x, W1, ("x", "z"), b1), worked(h, W2, ("h", "y_hat"), b2)),
    )
