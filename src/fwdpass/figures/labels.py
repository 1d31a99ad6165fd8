"""Where the weights of a diagram are written: on their edges, and clear of all else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

THICK = 2
"""Half of the thickest edge."""
SPOTS = 80
"""An edge's label may stand at the points that divide the edge into so many parts."""

LONG = 6
"""Characters from which a label is long."""


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
        # Within the line's own extent, it misses a box that lies wholly on one side of it: the distance of the box's
        # middle, and the reach of its corners, both times twice the line's length.
        across, down = self.x2 - self.x1, self.y2 - self.y1
        middle = across * (top + bottom - 2 * self.y1) - down * (left + right - 2 * self.x1)
        return abs(middle) <= across * (bottom - top) + abs(down) * (right - left)

    def near(self, other: Line) -> bool:
        """Say whether two edges share a neuron."""
        return self[:2] == other[:2] or self[2:] == other[2:]


class LabelSpot(NamedTuple):
    """A place for an edge's label, and the other edges that run through it."""

    box: Box
    crossed: tuple[int, ...]


class Placed(NamedTuple):
    """The label of an edge, by its number: it stands there always, or when a neuron of its edge is chosen."""

    edge: int
    box: Box
    always: bool


@lru_cache(maxsize=64)
def place(lines: tuple[Line, ...], letters: tuple[int, ...], taken: tuple[Box, ...], size: int) -> list[Placed]:
    """Find a spot for each label, of so many letters, so that nobody can take it for another edge's.

    A label stands on its edge and clear of ``taken``, of the other edges, and of the other labels. In a crowd not every
    label finds such a spot. One that does not is for when a neuron is chosen, and only its edges are shown: it is clear
    of what shares a neuron with its edge. One that does not even find that is left out: the matrix has it.

    The spots depend neither on the input of a network nor on its weights, and are found once for all that are as long.
    """
    edges = range(len(lines))
    spots = [_spots(lines, i, letters[i], taken, size) for i in edges]
    alone = {i: [spot.box for spot in spots[i] if not spot.crossed] for i in edges}
    # First the labels that always stand there: each is clear of all edges and of all other labels.
    found = dict(_spread(alone, lambda _i, _j: True))

    def near(i: int, j: int) -> bool:
        return i != j and lines[i].near(lines[j])

    def disturbed(i: int, spot: LabelSpot) -> bool:
        labels = (j for j in found if spot.box.meets(found[j]))
        return any(near(i, j) for j in (*spot.crossed, *labels))

    # Then those for when a neuron is chosen: they need to be clear of what is shown at that time.
    crowded = {i: [spot.box for spot in spots[i] if not disturbed(i, spot)] for i in edges if i not in found}
    late = dict(_spread(crowded, near))
    return sorted(
        [*(Placed(i, box, True) for i, box in found.items()), *(Placed(i, box, False) for i, box in late.items())]
    )


def _spots(lines: tuple[Line, ...], i: int, letters: int, taken: tuple[Box, ...], size: int) -> list[LabelSpot]:
    """Go along an edge, and give each box for its label that is clear of what is taken."""
    # A digit is half as wide as it is high; a long number needs room where the reader's font is a wider one, too.
    line, half = lines[i], 2 + (size * letters // 4 if letters <= LONG else size * letters // 3)
    spots = []
    for part in range(1, SPOTS):
        x, y = line.x1 + (line.x2 - line.x1) * part // SPOTS, line.y1 + (line.y2 - line.y1) * part // SPOTS
        box = Box(x - half, y - size // 2, x + half, y + size // 2)
        if not any(box.meets(other) for other in taken):
            spots.append(LabelSpot(box, tuple(j for j, other in enumerate(lines) if j != i and other.crosses(box))))
    return spots


def _spread(free: dict[int, list[Box]], apart: Callable[[int, int], bool]) -> Iterator[tuple[int, Box]]:
    """Give each edge one of its free boxes; those that have the fewest choose first, and take the one in the middle.

    Labels of edges that are to be ``apart`` do not overlap.
    """
    free = dict(free)
    while free:
        i = min(free, key=lambda i: (len(free[i]), i))
        boxes = free.pop(i)
        if boxes:
            box = boxes[len(boxes) // 2]
            yield i, box
            free = {j: [b for b in rest if not (apart(i, j) and b.meets(box))] for j, rest in free.items()}
