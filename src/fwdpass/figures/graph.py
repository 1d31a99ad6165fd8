"""Lines and points in a plane, over two axes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import count, pairwise
from math import ceil, floor
from typing import Any

import htpy as h

from fwdpass.errors import ShapeError
from fwdpass.figures import layout, words
from fwdpass.figures.base import Figure, settled
from fwdpass.figures.marks import (
    ACCENT,
    FIGURES,
    INK,
    MUTED,
    PAPER,
    axis_letter,
    circle,
    g,
    line,
    path,
    sheet,
    svg,
    text_,
)
from fwdpass.numerals import text
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium, cells

WIDTH, HEIGHT = 340, 240
"""The picture's size: a phone has room for it."""
LEFT, RIGHT, TOP, BOTTOM = 52, 24, 26, 34
"""Room around the plane for the numbers and names of its axes."""
TICKS = 6
"""Numbers on an axis at most."""
APART = 26
"""Room between points that have their names on one level."""
DOT = 8
"""Half as wide as a point, with its rim and some air."""
LETTER, ABOVE, BELOW = 7.5, 10, 4
"""About how wide a letter of a name is, and how far it reaches above and below its line."""

Coordinates = tuple[Fraction, Fraction]
Box = tuple[float, float, float, float]
"""The left, upper, right and lower edge of what is drawn."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A point with its name; one that is not ``filled`` is a ring."""

    name: str
    at: Coordinates
    filled: bool


@dataclass(frozen=True, repr=False)
class Graph(Figure):
    """Lines and points over two axes."""

    axes: tuple[str, str]
    lines: tuple[tuple[str, tuple[Coordinates, ...]], ...]
    points: tuple[Point, ...]

    def plain(self, medium: Medium) -> str:
        """Draw a row for each line and each point, with its places."""
        told = [*self.lines]
        told += [(point.name + ("" if point.filled else " (open)"), (point.at,)) for point in self.points]
        rows = [[name, " → ".join(_pair(place, medium) for place in places)] for name, places in told]
        return layout.columns([["", f"({self.axes[0]}, {self.axes[1]})"], *rows], "<<")

    def latex(self) -> str:
        """Draw an equation for each line and each point."""
        told = [*self.lines, *((point.name, (point.at,)) for point in self.points)]
        written = [(name, r" \to ".join(_pair(place, "latex") for place in places)) for name, places in told]
        return layout.environment("aligned", [rf"{layout.roman(name)}\colon\; & {places}" for name, places in written])

    def html(self) -> h.Element:
        """Draw the plane."""
        return h.figure(".fp-graph")[
            svg(
                viewBox=f"0 0 {WIDTH} {HEIGHT}", width=str(WIDTH), role="img", aria_label=self.summary(), font_size="13"
            )[sheet(), self._grid(), self._lines(), self._points()]
        ]

    def summary(self) -> str:
        """Say what is drawn, and where."""
        told = [
            f"A line, {name}, from {' to '.join(_pair(p, 'text') for p in corners)}." for name, corners in self.lines
        ]
        told += [
            f"{'A point' if point.filled else 'A ring'}, {point.name}, at {_pair(point.at, 'text')}."
            for point in self.points
        ]
        return f"A plane with {self.axes[0]} to the right and {self.axes[1]} upwards. {' '.join(told)}"

    # Scales

    @cached_property
    def _scales(self) -> tuple[list[Fraction], list[Fraction]]:
        return self._ticks(0), self._ticks(1)

    def _ticks(self, axis: int) -> list[Fraction]:
        """Choose round numbers around everything that is drawn.

        >>> [str(tick) for tick in graph("x", "y", points={"p": (-0.3, 1)})._ticks(1)]
        ['0', '1/5', '2/5', '3/5', '4/5', '1']
        """
        places = [place for _, corners in self.lines for place in corners] + [point.at for point in self.points]
        values = [place[axis] for place in places] + [Fraction(0)]
        low, high = min(values), max(values)
        if low == high:
            high = low + 1
        step = next(step for step in _round_numbers(high - low) if ceil(high / step) - floor(low / step) < TICKS)
        return [step * n for n in range(floor(low / step), ceil(high / step) + 1)]

    def _to(self, place: Coordinates) -> tuple[int, int]:
        """Find where a place is in the picture."""
        xs, ys = self._scales
        across = (place[0] - xs[0]) / (xs[-1] - xs[0])
        up = (place[1] - ys[0]) / (ys[-1] - ys[0])
        return LEFT + round(across * (WIDTH - LEFT - RIGHT)), HEIGHT - BOTTOM - round(up * (HEIGHT - TOP - BOTTOM))

    # Parts

    def _grid(self) -> Iterator[h.Node]:
        xs, ys = self._scales
        for x, shown in zip(xs, cells(xs), strict=True):
            (at, top), (_, bottom) = self._to((x, ys[-1])), self._to((x, ys[0]))
            yield _rule(at, top, at, bottom, strong=not x)
            yield text_(x=str(at), y=str(bottom + 17), fill=MUTED, font_family=FIGURES, text_anchor="middle")[shown]
        for y, shown in zip(ys, cells(ys), strict=True):
            (left, at), (right, _) = self._to((xs[0], y)), self._to((xs[-1], y))
            yield _rule(left, at, right, at, strong=not y)
            yield text_(x=str(left - 7), y=str(at + 4), fill=MUTED, font_family=FIGURES, text_anchor="end")[shown]
        yield text_(x=str(WIDTH - 4), y=str(HEIGHT - 4), fill=INK, text_anchor="end")[axis_letter(self.axes[0])]
        yield text_(x=str(LEFT), y=str(TOP - 10), fill=INK, text_anchor="middle")[axis_letter(self.axes[1])]

    def _lines(self) -> Iterator[h.Node]:
        """Draw the lines, and the name of each where it covers no point and no other name, if there is such a place."""
        taken: list[Box] = [
            (x - DOT, y - DOT, x + DOT, y + DOT) for x, y in (self._to(point.at) for point in self.points)
        ]
        taken += [_box(*placed, point.name, "middle") for point, placed in zip(self.points, self._names(), strict=True)]
        for name, corners in self.lines:
            places = [self._to(place) for place in corners]
            drawn = "L".join(f"{x} {y}" for x, y in places)
            yield path(d=f"M{drawn}", fill="none", stroke=ACCENT, stroke_width="2.5")
            ways = [*_beside(places)]
            free = (way for way in ways if not any(_overlap(_box(way[0], way[1], name, way[2]), one) for one in taken))
            x, y, anchor = next(free, ways[0])
            taken.append(_box(x, y, name, anchor))
            yield _written(x, y, name, ACCENT, anchor)

    def _points(self) -> Iterator[h.Node]:
        """Draw the points with their names."""
        for point, (at, level) in zip(self.points, self._names(), strict=True):
            x, y = self._to(point.at)
            yield circle(cx=str(x), cy=str(y), r="6", stroke=INK, stroke_width="2", fill=INK if point.filled else PAPER)
            yield _written(at, level, point.name, INK, "middle")

    def _names(self) -> list[tuple[int, int]]:
        """Place the names of points; where several are close, each above that of the one before."""
        placed: list[tuple[int, int]] = []
        boxes: list[Box] = []
        for point in self.points:
            x, y = self._to(point.at)
            level = y - 12
            while any(abs(x - other) < APART and abs(level - height) < 14 for other, height in placed) or any(
                _overlap(_box(x, level, point.name, "middle"), box) for box in boxes
            ):
                level -= 14
            placed.append((x, level))
            boxes.append(_box(x, level, point.name, "middle"))
        return placed


def _beside(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Give where the name of a line may stand: at its start or end, above it and below."""
    (x, y), (end, height) = places[0], places[-1]
    yield x + 4, max(y, TOP) - 8, "start"
    yield end - 4, max(height, TOP) - 8, "end"
    yield end - 4, height + 18, "end"
    yield x + 4, y + 18, "start"


def _box(x: float, y: float, said: str, anchor: str) -> Box:
    """Give about where a text stands."""
    wide = LETTER * len(said)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    return left, y - ABOVE, left + wide, y + BELOW


def _overlap(one: Box, other: Box) -> bool:
    """Say whether two boxes cover something of each other.

    >>> _overlap((0, 0, 10, 10), (9, 9, 20, 20)), _overlap((0, 0, 10, 10), (10, 0, 20, 10))
    (True, False)
    """
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _rule(x1: int, y1: int, x2: int, y2: int, *, strong: bool) -> h.Element:
    ends = {"x1": str(x1), "y1": str(y1), "x2": str(x2), "y2": str(y2)}
    return line(ends, stroke=MUTED, stroke_width="1.5" if strong else "0.5")


def _written(x: int, y: int, said: str, fill: str, anchor: str) -> h.Element:
    """Write a name, with a rim in the colour of the paper, so that lines behind it do not disturb."""
    return g(stroke=PAPER, stroke_width="4", stroke_linejoin="round", paint_order="stroke")[
        text_(x=str(x), y=str(y), fill=fill, text_anchor=anchor)[said]
    ]


def _round_numbers(span: Fraction) -> Iterator[Fraction]:
    """Give one, two, five, ten and so on, from far below a span upwards."""
    power = -4
    while Fraction(10) ** (power + 5) < span:
        power += 1
    return (Fraction(10) ** n * step for n in count(power - 3) for step in (1, 2, 5))


def _pair(place: Coordinates, medium: Medium) -> str:
    return f"({', '.join(text(value, medium=medium) for value in place)})"


# View -----------------------------------------------------------------------------------------------------------------


@checked
def graph(
    *axes: str,
    lines: Mapping[str, Sequence[Any]] | None = None,
    points: Mapping[str, Any] | None = None,
    rings: Collection[str] = (),
) -> Graph:
    """Show lines and points in a plane.

    Parameters
    ----------
    *axes : str
        The names of the axis to the right, and of the one upwards.
    lines : mapping, optional
        The corners of each line, by its name.
    points : mapping, optional
        Where each point is, by its name: how far to the right, and how far up.
    rings : collection of str
        The names of points that are not filled.

    Returns
    -------
    Graph
        A figure; the origin is always in it.

    Raises
    ------
    ShapeError
        For another number of axes, for places that are no pairs, and for a line that leads nowhere.

    Examples
    --------
    >>> graph("z", "h", lines={"ReLU": [(-1, 0), (0, 0), (1, 1)]}, points={"h0": (0.5, 0.5)})
          (z, h)
    ReLU  (-1, 0) → (0, 0) → (1, 1)
    h0    (0.5, 0.5)
    """
    if len(axes) != 2:
        raise ShapeError(f"a plane has two axes, and got {words.count(len(axes), 'name')} for them")
    drawn = tuple((name, tuple(map(_place, corners))) for name, corners in (lines or {}).items())
    for name, corners in drawn:
        if not [*pairwise(corners)]:
            raise ShapeError(f"a line goes from corner to corner, and {name} has {words.count(len(corners), 'corner')}")
    marked = tuple(Point(name, _place(at), name not in rings) for name, at in (points or {}).items())
    if others := [name for name in rings if name not in (points or {})]:
        raise ShapeError(f"a ring is one of the points, and there is no point {others[0]}")
    return Graph((axes[0], axes[1]), drawn, marked)


def _place(at: Any) -> Coordinates:
    pair = settled(at)
    if pair.shape != (2,):
        raise ShapeError(f"a place in a plane is a pair of numbers, and this one has shape {pair.shape}")
    return pair[0], pair[1]
