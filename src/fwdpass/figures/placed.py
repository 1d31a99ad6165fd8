"""Where everything in the picture of a network is: its neurons, the edges between them, and the weights on these.

It computes places from the numbers and from the lengths of their texts, and draws nothing. All coordinates are whole
numbers. The picture is narrow enough for a phone, and a wide page enlarges it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

from fwdpass.figures import labels
from fwdpass.figures.base import Name, Row, Rows, names
from fwdpass.figures.labels import Box, Line
from fwdpass.figures.states import State
from fwdpass.figures.words import cells

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


@dataclass(frozen=True, repr=False)
class TwoLayers:
    """The numbers of a network of two layers with an input in it: the first neurons of each layer."""

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

    @cached_property
    def notes(self) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        """What is written below each hidden neuron, and below each output."""
        z1, b1, b2 = map(cells, (self.z1, self.b1, self.b2))
        return [(f"bias {b}", f"sum {z}") for b, z in zip(b1, z1, strict=True)], [(f"bias {b}",) for b in b2]

    @property
    def states(self) -> tuple[State, ...]:
        """What ReLU makes of the sum of each hidden neuron that is shown."""
        return tuple(map(State.of, self.z1))


class Rooms(NamedTuple):
    """Half the width of a neuron in each layer: a circle's, or more where a value or a note is too long for one."""

    x: int = RADIUS
    h: int = RADIUS
    y: int = RADIUS

    @classmethod
    def of(cls, networks: Iterable[TwoLayers]) -> Rooms:
        """Find the room that the values of all these networks need.

        >>> Rooms(x=31).columns, Rooms(x=31).width
        ((35, 215, 386), 418)
        """
        x, hidden, y = RADIUS, RADIUS, RADIUS
        for figure in networks:
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
    return RADIUS if longest <= FITS else roomy(longest)


def roomy(letters: int) -> int:
    """Give half the width of a neuron for a value that is not made smaller, whatever font a reader has."""
    return 10 + 9 * letters // 2


def _below(notes: Sequence[Sequence[str]]) -> int:
    """Give half the width that neurons need for what is written below them, which may be wider than they are."""
    return max(half_note(note) for each in notes[:NODES] for note in each) - ASIDE


def half_note(said: str) -> int:
    """Give half the width of a note."""
    return 1 + 33 * len(said) // 10


@dataclass(frozen=True)
class Neuron:
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

    source: Neuron
    target: Neuron
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
class Placement:
    """Where everything in the picture is."""

    width: int
    height: int
    layers: tuple[list[Neuron], ...]
    edges: tuple[list[Edge], ...]
    labels: tuple[list[Label], ...]
    """The weights that are to be read, layer by layer."""


def plan(figure: TwoLayers, rooms: Rooms) -> Placement:
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
    return Placement(rooms.width, height, layers, edges, tuple(written(layer) for layer in edges))


def _layer(axis: str, values: Row, slots: int, x: int, half: int, height: int) -> list[Neuron]:
    """Spread a layer over the height, each neuron in the middle of its share."""
    named = zip(names(axis, len(values)), values, cells(values), strict=True)
    return [
        Neuron(name, value, shown, x, height * (2 * i + 1) // (2 * slots), half)
        for i, (name, value, shown) in enumerate(named)
    ]


def _between(
    sources: Sequence[Neuron], targets: Sequence[Neuron], W: Rows, live: Callable[[int, int], bool]
) -> list[Edge]:
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
    lines, letters = tuple(edge.line for edge in layer), tuple(len(edge.shown) for edge in layer)
    nodes = {node.name: node for edge in layer for node in (edge.source, edge.target)}.values()
    taken = tuple(box for node in nodes for box in around(node))
    found: list[Label] = []
    for size in SIZES:
        placed = labels.place(lines, letters, taken, size)
        found = [Label(layer[i], box, size, always) for i, box, always in placed]
        if sum(label.always for label in found) == len(layer):
            break
    return found


def around(node: Neuron) -> list[Box]:
    """Find what a neuron covers, and what is written around it: a name above it, and notes below."""
    name, below = {"x": (10, 0), "h": (20, 31), "y_hat": (10, 16)}[node.name.axis]
    notes = node.half + ASIDE
    x, top, bottom = node.x, node.y - RADIUS, node.y + RADIUS
    return [
        Box(x - node.half, top, x + node.half, bottom),
        Box(x - name, top - 21, x + name, top),
        *([Box(x - notes, bottom, x + notes, bottom + below)] if below else []),
    ]
