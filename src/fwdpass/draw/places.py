"""Where things are in the picture of a network: neurons, the edges between them, and room for their weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from fwdpass.draw import terms
from fwdpass.figure import Grid, Name, Network, Row, State
from fwdpass.numerals import cells

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


def layers(figure: Network) -> tuple[list[list[Node]], int]:
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


def edges(figure: Network) -> tuple[list[Edge], list[Edge]]:
    """Find the edges of both layers; what is not passed on makes an edge idle, at either end."""
    (xs, hs, ys), _ = layers(figure)
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


def around(node: Node) -> Box:
    """Find what a neuron covers, with what is written around it: a hidden one has a name above and two notes."""
    width, above, below = {"x": (RADIUS, RADIUS, RADIUS), "h": (38, 43, 53), "y": (32, RADIUS, 38)}[node.name.axis]
    return Box(node.x - width, node.y - above, node.x + width, node.y + below)
