"""A matrix that is too large to write out, as shades."""

from __future__ import annotations

import htpy as h

from fwdpass import numerals
from fwdpass.figures.draw import png, terms
from fwdpass.figures.kinds import Heat, Weights
from fwdpass.numerals.writing import Medium

svg, image = map(h.Element, ("svg", "image"))

LONG = 640
"""How wide or high the picture is drawn, at most, in pixels."""
SHARP = "image-rendering: pixelated"
"""A point stays a square, in a notebook, too. As an attribute of its own, SVG 1.1 does not know the value."""


def draw(figure: Weights) -> h.Node:
    """Draw the picture, and say how to read it."""
    heat = figure.heat
    return [
        shades(heat, f"A matrix of {terms.size(figure.corner.shape)} as shades. {summary(figure)}"),
        h.figcaption[
            h.span(".fp-swatch.fp-swatch-pos", aria_hidden="true"), " positive, ",
            h.span(".fp-swatch.fp-swatch-neg", aria_hidden="true"),
            " negative; the farther from zero, the more solid. ",
            summary(figure),
        ],
    ]  # fmt: skip


def shades(heat: Heat, said: str, long: int = LONG) -> h.Element:
    """Draw the shades alone, and say what they are to those who do not see them."""
    scale = max(1, long // max(heat.rows, heat.columns))
    width, height = heat.columns * scale, heat.rows * scale
    return svg(class_="fp-shades", viewBox=f"0 0 {width} {height}", width=str(width), role="img", aria_label=said)[
        image(href=png.data_url(heat), style=SHARP, width=str(width), height=str(height))
    ]


def summary(figure: Weights, medium: Medium = "text") -> str:
    """Say how large the numbers are, and for how many of them a point stands."""
    lowest, mean, highest = (numerals.text(v, medium=medium) for v in (figure.smallest, figure.mean, figure.biggest))
    rows, columns = figure.heat.block
    said = f"From {lowest} to {highest}, on average {mean}."
    if rows * columns > 1:
        said += (
            f" A point stands for {terms.count(rows, 'row')} by {terms.count(columns, 'column')}, "
            "and shows the number that is farthest from zero."
        )
    return said
