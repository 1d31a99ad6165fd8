"""What the drawings in SVG are made of: elements, colours, and the glyphs of a neuron's states.

Colours are the variables of fwdpass.css, with fallbacks for a notebook, and never the only sign of anything: a negative
weight has a minus and dashes, an edge that carries nothing is dotted, a neuron's state is a glyph.
"""

from __future__ import annotations

from functools import cache, lru_cache

import htpy as h
from markupsafe import Markup

from fwdpass.figures.states import State
from fwdpass.figures.written import once

svg, g, rect, circle, line, path, text_, tspan, title, desc, image = map(
    h.Element, ("svg", "g", "rect", "circle", "line", "path", "text", "tspan", "title", "desc", "image")
)

INK, PAPER, WASH = "var(--fp-ink, #1f2430)", "var(--fp-paper, #fff)", "var(--fp-wash, #e2eff1)"
MUTED, ACCENT = "var(--fp-muted, #59606e)", "var(--fp-accent, #0b5f73)"
NEGATIVE = "var(--fp-neg, #9c3f0e)"
FIGURES = "var(--fp-math, serif)"
"""The face of the numbers in tables and formulas: as wide on every computer."""
_LETTER, _INDEX = tspan(font_family=FIGURES, font_style="italic", font_size="16"), tspan(dy="3", font_size="11")
SHARP = "image-rendering: pixelated"
"""A point stays a square, in a notebook, too. As an attribute of its own, SVG 1.1 does not know the value."""


@cache
def sheet() -> Markup:
    """Draw the paper that a picture stands on."""
    return once(rect(class_="fp-paper", width="100%", height="100%", rx="6", fill=PAPER))


def axis_letter(axis: str) -> h.Element:
    """Write the letter of an axis, as in a formula."""
    return _LETTER[axis]


def index_below(index: str) -> h.Element:
    """Write an index below the letter before it."""
    return _INDEX[index]


@lru_cache(maxsize=1024)  # the same in the pictures of all inputs that leave the neuron as it is
def glyph(state: State, x: int, y: int) -> Markup:
    """Draw ● ◐ ○ as shapes: not every font has them."""
    ink = ACCENT if state is State.ALIVE else MUTED
    fill = ink if state is State.ALIVE else PAPER
    rim = circle(cx=str(x), cy=str(y), r="5", stroke=ink, stroke_width="1.5", fill=fill)
    half = ink if state is State.BOUNDARY else "none"
    return Markup("").join(map(once, (rim, path(d=f"M{x} {y - 5}A5 5 0 0 0 {x} {y + 5}Z", fill=half))))


def icon(shape: h.Node, width: int) -> h.Element:
    """Set a shape in a line of a legend."""
    return svg(viewBox=f"0 0 {width} 14", width=str(width), height="14", aria_hidden="true")[shape]
