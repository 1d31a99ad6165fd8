"""Where things are in the picture of a network: neurons, the edges between them, and room for their weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

from fwdpass.figures.draw import terms
from fwdpass.figures.kinds import Grid, Name, Network, Row, State
from fwdpass.numerals.writing import cells

WIDTH, COLUMNS, RADIUS = 400, (26, 197, 368), 22
OUTER, HIDDEN = 96, 124
"""Room from node to node: each has a name above, an output a note below, and a hidden neuron two."""
NODES = 8
"""Nodes that a layer shows; of a longer one, the first and a count of the rest."""
LABELLED = 30
"""Edges of a layer that get their weight written; of more, too few would find room."""
SIZES = 14, 12
"""How large labels are, and how large where they would not find room."""
THICK = 2
"""Half of the thickest edge."""
SPOTS = 80
"""Points of an edge at which its label may stand."""

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


class Line(NamedTuple):
    """Where an edge runs, from left to right."""

    x1: int
    y1: int
    x2: int
    y2: int

    def crosses(self, box: Box) -> bool:
        """Say whether a line, as thick as they get, touches a box.

        >>> Line(0, 0, 90, 90).crosses(Box(40, 30, 60, 39)), Line(0, 0, 90, 90).crosses(Box(60, 10, 80, 40))
        (True, False)
        """
        left, top, right, bottom = box.left - THICK, box.top - THICK, box.right + THICK, box.bottom + THICK
        if right < self.x1 or self.x2 < left or bottom < min(self.y1, self.y2) or max(self.y1, self.y2) < top:
            return False
        across, down = self.x2 - self.x1, self.y2 - self.y1
        middle = across * (top + bottom - 2 * self.y1) - down * (left + right - 2 * self.x1)
        return abs(middle) <= across * (bottom - top) + abs(down) * (right - left)


@dataclass(frozen=True)
class Label:
    """A weight and where it stands: always, or when a neuron of its edge is chosen."""

    edge: Edge
    box: Box
    size: int
    always: bool


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


def place(edges: Sequence[Edge]) -> list[Label]:
    """Find a spot for each label, on its edge and clear of all else: neurons, what is written around them, the other
    edges, and the other labels, so that nobody can take it for another edge's.

    In a crowd not every label finds one. Such a label is for when a neuron is chosen, and only its edges are shown:
    it is clear of what shares a neuron with its edge. One that does not even find that is left out: the matrix has it.
    """
    lines = tuple(Line(e.source.x, e.source.y, e.target.x, e.target.y) for e in edges)
    nodes = {node.name: node for edge in edges for node in (edge.source, edge.target)}.values()
    taken = tuple(box for node in nodes for box in around(node))
    labels: list[Label] = []
    for size in SIZES:
        placed = _placed(lines, tuple(edge.shown for edge in edges), taken, size)
        labels = [Label(edges[i], box, size, always) for i, box, always in placed]
        if sum(label.always for label in labels) == len(edges):
            break
    return labels


@lru_cache(maxsize=64)
def _placed(
    lines: tuple[Line, ...], shown: tuple[str, ...], taken: tuple[Box, ...], size: int
) -> list[tuple[int, Box, bool]]:
    """Place labels, by the numbers of their edges: once for all inputs of a network, since these move none."""
    edges = range(len(lines))
    spots = [
        [box for box in _along(lines[i], shown[i], size) if not any(box.meets(other) for other in taken)] for i in edges
    ]
    crossed = {(i, box): [j for j in edges if j != i and lines[j].crosses(box)] for i in edges for box in spots[i]}
    alone = {i: [box for box in spots[i] if not crossed[i, box]] for i in edges}
    found = dict(_spread(alone, lambda _i, _j: True))

    def near(i: int, j: int) -> bool:
        return i != j and (lines[i][:2] == lines[j][:2] or lines[i][2:] == lines[j][2:])

    def disturbed(i: int, box: Box) -> bool:
        return any(near(i, j) for j in (*crossed[i, box], *(j for j in found if box.meets(found[j]))))

    crowded = {i: [box for box in spots[i] if not disturbed(i, box)] for i in edges if i not in found}
    late = dict(_spread(crowded, near))
    return sorted([*((i, box, True) for i, box in found.items()), *((i, box, False) for i, box in late.items())])


def _spread(free: dict[int, list[Box]], apart: Callable[[int, int], bool]) -> Iterator[tuple[int, Box]]:
    """Give each edge one of its free spots; those that have the fewest choose first, and take the one in the middle."""
    free = dict(free)
    while free:
        i = min(free, key=lambda i: (len(free[i]), i))
        boxes = free.pop(i)
        if boxes:
            box = boxes[len(boxes) // 2]
            yield i, box
            free = {j: [b for b in rest if not (apart(i, j) and b.meets(box))] for j, rest in free.items()}


def _along(line: Line, shown: str, size: int) -> Iterator[Box]:
    """Go along an edge, a box for its label at each point."""
    half = 2 + size * len(shown) // 4
    for t in range(1, SPOTS):
        x, y = line.x1 + (line.x2 - line.x1) * t // SPOTS, line.y1 + (line.y2 - line.y1) * t // SPOTS
        yield Box(x - half, y - size // 2, x + half, y + size // 2)


def around(node: Node) -> list[Box]:
    """Find what a neuron covers, and what is written around it: a name above it, and notes below."""
    name, notes, below = {"x": (10, 0, 0), "h": (20, 38, 31), "y": (10, 38, 16)}[node.name.axis]
    x, top, bottom = node.x, node.y - RADIUS, node.y + RADIUS
    return [
        Box(x - RADIUS, top, x + RADIUS, bottom),
        Box(x - name, top - 21, x + name, top),
        *([Box(x - notes, bottom, x + notes, bottom + below)] if notes else []),
    ]
