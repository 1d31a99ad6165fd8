"""A network of any layers as a picture: neurons while they are few, and a field of shades where they are many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import htpy as h

from fwdpass.figures.draw import png, terms
from fwdpass.figures.draw.heat import SHARP
from fwdpass.figures.draw.svg import ACCENT, FIGURES, INK, MUTED, NEGATIVE, PAPER, WASH
from fwdpass.figures.kinds import Column, Grid, Layered, State
from fwdpass.numerals.writing import cells, text

svg, g, rect, circle, line, path, text_, tspan, title, image = map(
    h.Element, ("svg", "g", "rect", "circle", "line", "path", "text", "tspan", "title", "image")
)

PITCH, RADIUS, FIELD = 34, 11, 120
"""Room from neuron to neuron, half a neuron, and the side of a field of shades."""
GAP, MARGIN, HEAD, FOOT = 76, 12, 34, 58
NUMBERS = 70
"""Room for a neuron's value beside it."""
DEEP = 3
"""Columns that a phone is wide enough for; a picture of more scrolls."""


@dataclass(frozen=True)
class Place:
    """Where a column stands: its left, its width, the middle of its height."""

    column: Column
    x: int
    width: int
    middle: int

    @property
    def half(self) -> int:
        """Half the height."""
        return self.column.n * PITCH // 2 if self.column.heat is None else FIELD // 2

    def neuron(self, i: int) -> int:
        """How far down a neuron stands."""
        return self.middle - self.half + PITCH * i + PITCH // 2


def draw(figure: Layered) -> h.Element:
    """Draw the picture."""
    places, width, height = _places(figure)
    return svg(
        class_="fp-deep" if len(places) > DEEP else None,
        viewBox=f"0 0 {width} {height}",
        width=str(width),
        role="img",
        aria_label=summary(figure),
        font_size="13",
        text_anchor="middle",
    )[
        title["The network"],
        rect(class_="fp-paper", width="100%", height="100%", rx="6", fill=PAPER),
        [_between(a, b, W) for (a, b), W in zip(pairwise(places), figure.weights, strict=True)],
        [_column(place) for place in places],
    ]


def summary(figure: Layered) -> str:
    """Say in a few sentences what the picture shows."""
    return "The network. " + " ".join(f"{column.axis}: {said(column)}." for column in figure.columns)


def said(column: Column) -> str:
    """Say what a layer is: how many neurons, what they do to their sums, and how many of them are alive."""
    parts = [terms.count(column.n, "neuron" if column.said else "input")]
    if column.said:
        parts.append(column.said)
    if column.counts is not None:
        parts += [f"{text(n)} {state.value}" for n, state in zip(column.counts, State, strict=True) if n]
    return ", ".join(parts)


def legend(figure: Layered) -> list[h.Element]:
    """Explain what the picture has of shades, lines and rims."""
    shaded = any(column.values for column in figure.columns)
    lined = any(W is not None for W in figure.weights)
    stated = any(column.states and column.heat is None for column in figure.columns)
    said = {
        "lines: weights, thicker is larger, dashed is negative": lined,
        "shades: what a neuron passes on, the more solid the larger": shaded,
        "grey rim: dead, or exactly zero": stated,
    }
    return [h.li[words] for words, shown in said.items() if shown]


def _places(figure: Layered) -> tuple[list[Place], int, int]:
    """Set the columns side by side, all around one middle."""
    tallest = max(FIELD, *(PITCH * column.n for column in figure.columns if column.heat is None), 0)
    middle = HEAD + tallest // 2
    places, x = [], MARGIN
    for column in figure.columns:
        width = FIELD if column.heat is not None else 2 * RADIUS + (NUMBERS if column.values else 0)
        width = max(width, 64)
        places.append(Place(column, x, width, middle))
        x += width + GAP
    return places, x - GAP + MARGIN, HEAD + tallest + FOOT


def _column(place: Place) -> h.Node:
    column, centre = place.column, place.x + place.width // 2
    below = place.middle + place.half + 18
    return [
        _name(column, centre, place.middle - place.half - 12),
        _field(place) if column.heat is not None else [*_neurons(place)],
        text_(x=centre, y=below, fill=INK)[terms.count(column.n, "neuron" if column.said else "input")],
        text_(x=centre, y=below + 16, fill=MUTED, font_size="12")[column.said] if column.said else None,
        text_(x=centre, y=below + 31, fill=MUTED, font_size="12")[_alive(column)],
    ]


def _name(column: Column, x: int, y: int) -> h.Element:
    axis, index = column.axis[0], column.axis[1:]
    return text_(x=x, y=y, fill=INK)[
        tspan(font_family=FIGURES, font_style="italic", font_size="16")[axis],
        tspan(dy="3", font_size="11")[index] if index else None,
    ]


def _alive(column: Column) -> str:
    return "" if column.counts is None else f"{text(column.counts[0])} alive"


def _field(place: Place) -> h.Node:
    heat = place.column.heat
    if heat is None:
        return None
    x, y = place.x + (place.width - FIELD) // 2, place.middle - FIELD // 2
    box = {"x": str(x), "y": str(y), "width": str(FIELD), "height": str(FIELD)}
    shades = image(box, href=png.data_url(heat), preserveAspectRatio="none", style=SHARP)
    return [rect(box, fill=PAPER), shades, rect(box, fill="none", stroke=INK, stroke_width="1.5", rx="2")]


def _neurons(place: Place) -> Iterator[h.Node]:
    column = place.column
    shown = cells(column.values)
    largest = max(map(abs, column.values), default=Fraction(0))
    x = place.x + place.width // 2 - (NUMBERS // 2 if shown else 0)
    for i in range(column.n):
        y = place.neuron(i)
        alive = not column.states or column.states[i] is State.ALIVE
        ink = (ACCENT if column.said else INK) if alive else MUTED
        at = {"cx": str(x), "cy": str(y), "r": str(RADIUS)}
        yield circle(at, fill=PAPER, stroke=ink, stroke_width="2")
        if column.values and column.values[i]:
            share = text(abs(column.values[i]) / largest, ".2f", "code")
            yield circle(at, fill=NEGATIVE if column.values[i] < 0 else ACCENT, fill_opacity=share)
        if shown:
            colour = MUTED if not column.values[i] else NEGATIVE if column.values[i] < 0 else INK
            yield text_(
                x=x + RADIUS + 6, y=y + 5, fill=colour, text_anchor="start", font_family=FIGURES, font_size="15",
                stroke=PAPER, stroke_width="4", stroke_linejoin="round", paint_order="stroke",
            )[shown[i]]  # fmt: skip


def _between(a: Place, b: Place, W: Grid | None) -> h.Node:
    """Draw the weights of a layer: lines from neuron to neuron, or a band that says how many there are."""
    if W is None:
        return _band(a, b)
    largest = max(abs(w) for row in W for w in row) or Fraction(1)
    start, end = _right(a), _left(b)
    return [
        g(stroke, class_=f"fp-edges fp-{kind}", stroke_opacity="0.8")[
            [
                line(
                    x1=str(start), y1=str(a.neuron(i)), x2=str(end), y2=str(b.neuron(j)),
                    stroke_width=text(Fraction(1, 2) + 3 * abs(w) / largest, ".1f", "code"),
                )
                for i, row in enumerate(W)
                for j, w in enumerate(row)
                if w * sign > 0
            ]
        ]
        for kind, sign, stroke in _SIGNS
    ]  # fmt: skip


_SIGNS: tuple[tuple[str, int, dict[str, str]], ...] = (
    ("positive", 1, {"stroke": ACCENT}),
    ("negative", -1, {"stroke": NEGATIVE, "stroke-dasharray": "6 4"}),
)


def _band(a: Place, b: Place) -> list[h.Element]:
    start, end = _right(a) + 4, _left(b) - 4
    shape = f"M{start} {a.middle - a.half}L{end} {b.middle - b.half}V{b.middle + b.half}L{start} {a.middle + a.half}Z"
    middle = (start + end) // 2
    return [
        path(d=shape, fill=WASH),
        text_(x=middle, y=a.middle, fill=INK, font_family=FIGURES, font_size="12.5")[
            f"{text(a.column.n)} × {text(b.column.n)}"
        ],
        text_(x=middle, y=a.middle + 16, fill=MUTED, font_size="12")["weights"],
    ]


def _right(place: Place) -> int:
    """Where lines leave a column: beyond the values that stand beside its neurons."""
    if place.column.heat is not None:
        return place.x + place.width // 2 + FIELD // 2
    return place.x + place.width // 2 + (NUMBERS // 2 + 18 if place.column.values else RADIUS)


def _left(place: Place) -> int:
    if place.column.heat is not None:
        return place.x + place.width // 2 - FIELD // 2
    return place.x + place.width // 2 - (NUMBERS // 2 if place.column.values else 0) - RADIUS
