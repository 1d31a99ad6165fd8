"""A network of any layers as a picture: neurons while they are few, and a field of shades where they are many.

A network as small as the lesson's has a :class:`~fwdpass.figures.diagram.Diagram` instead: that has room for every
weight, bias and sum in the picture. Here a layer has room for its values alone, and a weight is a line without a
number; the sums stand below the picture. One drawing for both would be two under one name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import htpy as h

from fwdpass.figures import layout, parts, words
from fwdpass.figures.base import Figure, Name, Row, Rows
from fwdpass.figures.diagram import touched
from fwdpass.figures.dot import dot_of
from fwdpass.figures.heat import Heat
from fwdpass.figures.marks import (
    ACCENT,
    FIGURES,
    INK,
    MUTED,
    NEGATIVE,
    PAPER,
    SHARP,
    WASH,
    axis_letter,
    circle,
    g,
    image,
    index_below,
    line,
    path,
    rect,
    sheet,
    svg,
    text_,
    title,
)
from fwdpass.figures.matrix import Vector
from fwdpass.figures.product import sums
from fwdpass.figures.states import State
from fwdpass.figures.words import cells
from fwdpass.numerals import settle
from fwdpass.numerals.writing import Medium, signed, text

PITCH, RADIUS, FIELD = 34, 12, 120
"""Room from neuron to neuron, half a neuron, and the side of a field of shades."""
GAP, MARGIN, HEAD, FOOT = 76, 12, 34, 58
NUMBERS, FITS = 70, 7
"""Room for a neuron's value beside it, and how many characters of a value it is enough for."""
DEEP = 3
"""Columns that a phone is wide enough for; a picture of more scrolls."""
WIDE = 700
"""How wide a picture is that a page can show whole so that its writing can be read; a wider one can be enlarged."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A layer's neurons in a picture of any network: the first of ``n``, or all of them as shades."""

    axis: str
    places: str
    """The axis as it stands before the number of a neuron."""
    n: int
    activation: str
    """What the layer does to its sums; nothing for the input."""
    values: Row
    """What they pass on; empty where there is no input."""
    states: tuple[State, ...]
    """What the sums mean to ReLU; empty for another activation."""
    counts: tuple[int, int, int] | None
    """Of all neurons: alive, on the boundary, dead."""
    heat: Heat | None
    biases: Row
    """Those of the neurons that are drawn one by one; empty for the input."""

    def name(self, i: int) -> str:
        """Name a neuron, for a script that looks for it."""
        return str(Name(self.places, i))

    @property
    def summed(self) -> str:
        """What its sums are called, by their axis: z, where they go through an activation before they are passed on."""
        return self.places if self.activation == "identity" else "z" if self.axis == "ŷ" else f"z{self.places[1:]}"

    @property
    def counted(self) -> str:
        """How many neurons it has."""
        return words.count(self.n, "neuron" if self.activation else "input")

    @property
    def said(self) -> str:
        """What the layer is: how many neurons, what they do to their sums, and how many of them are alive."""
        told = [self.counted]
        if self.activation:
            told.append(self.activation)
        if self.counts is not None:
            told += [f"{text(n)} {state.value}" for n, state in zip(self.counts, State, strict=True) if n]
        return ", ".join(told)


@dataclass(frozen=True, repr=False)
class Layered(Figure):
    """A network of any layers, with an input in it or without."""

    columns: tuple[Column, ...]
    weights: tuple[Rows | None, ...]
    """The weights from each column to the next, where they are few enough to draw."""

    def plain(self, medium: Medium) -> str:
        """Draw for each layer what it is and, with an input, what it passes on."""
        told = []
        for column in self.columns:
            values = [Vector(column.places, column.values, column.n).plain(medium)] if column.values else []
            told.append("\n".join([f"{column.axis}: {column.said}", *values]))
        return "\n\n".join(told)

    def latex(self) -> str:
        """Draw the sizes; with an input, what each layer passes on."""
        formulas = [
            rf"\mathbf{{{_in_latex(column.axis)}}}"
            + (
                f" = {Vector(column.axis, column.values, column.n).latex()}"
                if column.values
                else rf" \in \mathbb{{R}}^{{{text(column.n)}}}"
            )
            for column in self.columns
        ]
        return layout.chained(formulas, r"\to")

    def html(self) -> h.Element:
        """Draw the picture with its legend; a wide one is shown whole, and at its own size in a box that scrolls."""
        standing, width, height = _standing(self)
        drawn = parts.scroll("The network as a picture", picture(self, standing, width, height))
        # Opened, it changes the style of what follows it: that takes no script.
        larger = h.details(".fp-larger")[h.summary["Enlarge the picture"]] if width > WIDE else None
        shown = h.figure(".fp-network", style=f"--fp-width: {width}px" if larger else None)[
            larger, drawn, h.figcaption[h.ul(".fp-legend")[legend(self)]]
        ]
        tables = [table for at in range(1, len(self.columns)) if (table := self.sums(at))]
        if not tables:
            return shown
        return touched[shown, h.div(".fp-live"), h.details(".fp-worked")[h.summary["Every sum in the picture"], tables]]

    def sums(self, at: int) -> h.Element | None:
        """Draw the sums of a column, where its neurons are drawn one by one.

        With the values that came in, or with the names of what comes in, where there is no input. Where what comes in
        is not drawn one by one, its number stands for it, beside what the neuron passes on.
        """
        column, before, W = self.columns[at], self.columns[at - 1], self.weights[at - 1]
        if column.heat is not None:
            return None
        named = [(Name(column.summed, i),) for i in range(column.n)]
        said = f"The sums of {column.axis}"
        if W is not None and before.values:
            dots = [dot_of(before.values, w, b) for w, b in zip(zip(*W, strict=True), column.biases, strict=True)]
            return sums(named, dots, len(dots), said, of=column.places)
        # Too many neurons come in to be drawn, and there is room for how many products there are.
        if W is None:
            named = [(Name(column.places, i),) for i in range(column.n)]
            terms: list[h.Node] = [words.count(before.n, "product")] * column.n
        else:
            incoming = [Name(before.places, i) for i in range(before.n)]
            # zip(*W) gives the columns of W: the weights that lead to one neuron each.
            terms = [
                parts.joined(
                    [
                        h.span(class_=["fp-term", {"fp-zero": not w}])[
                            parts.number(w, signed(t)), " ", parts.named(name)
                        ]
                        for w, t, name in zip(ws, texts, incoming, strict=True)
                    ],
                    " + ",
                )
                for ws, texts in zip(zip(*W, strict=True), zip(*cells(W), strict=True), strict=True)
            ]
        biases, values = cells(column.biases), cells(column.values) or [None] * column.n
        return h.table(".fp-product")[
            h.caption(".fp-sr")[said],
            parts.columns("entry", "sum", *(["value"] if column.values else [])),
            h.tbody[
                (
                    h.tr(data_of=column.name(i))[
                        parts.head(parts.named(named[i][0])),
                        h.td(".fp-terms")[
                            terms[i], " + ", h.span(".fp-term.fp-bias")[parts.number(bias, signed(biases[i]))]
                        ],
                        None if (shown := values[i]) is None else parts.cell(column.values[i], shown),
                    ]
                    for i, bias in enumerate(column.biases)
                )
            ],
        ]


def _in_latex(axis: str) -> str:
    return f"{axis[0]}_{{{axis[1:]}}}" if axis[1:] else r"\hat{y}" if axis == "ŷ" else axis


# The picture ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a column stands: its left, its width, the middle of its height."""

    column: Column
    x: int
    width: int
    middle: int
    numbers: int
    """Room for the values beside its neurons; none, where there are none."""

    @property
    def centre(self) -> int:
        """The middle of its width."""
        return self.x + self.width // 2

    @property
    def half(self) -> int:
        """Half its height."""
        return self.column.n * PITCH // 2 if self.column.heat is None else FIELD // 2

    @property
    def left(self) -> int:
        """Where lines reach it."""
        if self.column.heat is not None:
            return self.centre - FIELD // 2
        return self.centre - self.numbers // 2 - RADIUS

    @property
    def right(self) -> int:
        """Where lines leave it: beyond the values that stand beside its neurons."""
        if self.column.heat is not None:
            return self.centre + FIELD // 2
        return self.centre + (self.numbers // 2 + 18 if self.numbers else RADIUS)

    def neuron(self, i: int) -> int:
        """How far down a neuron stands."""
        return self.middle - self.half + PITCH * i + PITCH // 2


def picture(figure: Layered, standing: list[Standing], width: int, height: int) -> h.Element:
    """Draw the picture, and tell it in its name."""
    return svg(
        class_="fp-deep" if len(standing) > DEEP else None,
        viewBox=f"0 0 {width} {height}",
        width=str(width),
        role="img",
        aria_label="The network. " + " ".join(f"{column.axis}: {_told(column)}." for column in figure.columns),
        font_size="13",
        text_anchor="middle",
    )[
        title["The network"],
        sheet(),
        [_between(a, b, W) for (a, b), W in zip(pairwise(standing), figure.weights, strict=True)],
        [_column(place) for place in standing],
    ]


def _told(column: Column) -> str:
    """Say what a layer is, and what the neurons that are drawn one by one pass on."""
    if column.heat is not None or not column.values:
        return column.said
    shown = zip(range(column.n), cells(column.values), strict=True)
    return ", ".join([column.said, *(f"{Name(column.places, i)} = {value}" for i, value in shown)])


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
    return [h.li[sentence] for sentence, shown in said.items() if shown]


def _standing(figure: Layered) -> tuple[list[Standing], int, int]:
    """Set the columns side by side, all around one middle; give the width and the height of the picture, too."""
    tallest = max(FIELD, *(PITCH * column.n for column in figure.columns if column.heat is None), 0)
    middle = HEAD + tallest // 2
    standing, x = [], MARGIN
    for column in figure.columns:
        numbers = _numbers(column)
        width = FIELD if column.heat is not None else max(2 * RADIUS + numbers, 64)
        standing.append(Standing(column, x, width, middle, numbers))
        x += width + GAP
    return standing, x - GAP + MARGIN, HEAD + tallest + FOOT


def _numbers(column: Column) -> int:
    """Find the room for the values beside the neurons, in the widest font that a reader may have."""
    if column.heat is not None or not column.values:
        return 0
    longest = max(map(len, cells(column.values)))
    return NUMBERS if longest <= FITS else 10 + 48 * longest // 5


def _column(place: Standing) -> h.Node:
    column, centre = place.column, place.centre
    below = place.middle + place.half + 18
    alive = "" if column.counts is None else f"{text(column.counts[0])} alive"
    return [
        _name(column, centre, place.middle - place.half - 12),
        _field(place, column.heat) if column.heat is not None else [*_neurons(place)],
        text_(x=centre, y=below, fill=INK)[column.counted],
        text_(x=centre, y=below + 16, fill=MUTED, font_size="12")[column.activation]
        if column.activation not in ("", "identity")  # the word for nothing would raise a question
        else None,
        text_(x=centre, y=below + 31, fill=MUTED, font_size="12")[alive],
    ]


def _name(column: Column, x: int, y: int) -> h.Element:
    axis, index = column.axis[0], column.axis[1:]
    return text_(x=x, y=y, fill=INK)[axis_letter(axis), index_below(index) if index else None]


def _field(place: Standing, heat: Heat) -> h.Node:
    x, y = place.x + (place.width - FIELD) // 2, place.middle - FIELD // 2
    box = {"x": str(x), "y": str(y), "width": str(FIELD), "height": str(FIELD)}
    shades = image(box, href=heat.url(), preserveAspectRatio="none", style=SHARP)
    return [rect(box, fill=PAPER), shades, rect(box, fill="none", stroke=INK, stroke_width="1.5", rx="2")]


def _neurons(place: Standing) -> Iterator[h.Node]:
    column = place.column
    shown = cells(column.values)
    largest = max(map(abs, column.values), default=Fraction(0))
    x = place.centre - place.numbers // 2
    for i in range(column.n):
        y = place.neuron(i)
        alive = not column.states or column.states[i] is State.ALIVE
        ink = (ACCENT if column.activation else INK) if alive else MUTED
        at = {"cx": str(x), "cy": str(y), "r": str(RADIUS)}
        yield circle(at, fill=PAPER, stroke=ink, stroke_width="2", data_node=column.name(i))
        if column.values and column.values[i]:
            share = text(settle(float(abs(column.values[i]) / largest)), ".2f", "code")
            yield circle(at, fill=NEGATIVE if column.values[i] < 0 else ACCENT, fill_opacity=share)
        if shown:
            colour = MUTED if not column.values[i] else NEGATIVE if column.values[i] < 0 else INK
            yield text_(
                x=x + RADIUS + 6, y=y + 5, fill=colour, text_anchor="start", font_family=FIGURES, font_size="15",
                stroke=PAPER, stroke_width="4", stroke_linejoin="round", paint_order="stroke",
            )[shown[i]]  # fmt: skip


def _between(a: Standing, b: Standing, W: Rows | None) -> h.Node:
    """Draw the weights of a layer: lines from neuron to neuron, or a band that says how many there are."""
    if W is None:
        return _band(a, b)
    largest = max(abs(w) for row in W for w in row) or Fraction(1)
    # All lines of a sign are in one group, so that the stroke is said once.
    return [
        g(stroke, class_=f"fp-edges fp-{kind}", stroke_opacity="0.8")[
            [
                line(
                    x1=str(a.right), y1=str(a.neuron(i)), x2=str(b.left), y2=str(b.neuron(j)),
                    stroke_width=text(Fraction(1, 2) + 3 * abs(w) / largest, ".1f", "code"),
                    data_edge=f"{a.column.name(i)} {b.column.name(j)}",
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


def _band(a: Standing, b: Standing) -> list[h.Element]:
    start, end = a.right + 4, b.left - 4
    shape = f"M{start} {a.middle - a.half}L{end} {b.middle - b.half}V{b.middle + b.half}L{start} {a.middle + a.half}Z"
    middle = (start + end) // 2
    return [
        path(d=shape, fill=WASH),
        text_(x=middle, y=a.middle, fill=INK, font_family=FIGURES, font_size="12.5")[
            f"{text(a.column.n)} × {text(b.column.n)}"
        ],
        text_(x=middle, y=a.middle + 16, fill=MUTED, font_size="12")["weights"],
    ]
