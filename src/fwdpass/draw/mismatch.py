"""Shapes that do not go together: the axes that disagree, a row of squares each, and NumPy's own answer."""

from __future__ import annotations

import htpy as h

from fwdpass.draw import parts, terms
from fwdpass.figure import SHOWN, Axis, Mismatch

svg, rect = map(h.Element, ("svg", "rect"))

SIDE, GAP = 16, 4


def draw(figure: Mismatch) -> h.Element:
    """Draw what was asked, where it goes wrong, what NumPy made of it, and what would fit."""
    given, _, _ = terms.shapes(figure.step).partition(" →")
    return h.div(".fp-mismatch", class_={"fp-refused": bool(figure.message)})[
        h.p[h.code[figure.step.expression], " ", h.span(".fp-shape")[given], " ", h.strong[terms.outcome(figure)]],
        [_pair(*pair) for pair in figure.pairs],
        h.p(".fp-refusal")[h.code[figure.message]] if figure.message else None,
        h.ul[
            (h.li["fits: ", h.code[fit.expression], " ", h.span(".fp-shape")[terms.shapes(fit)]] for fit in figure.fits)
        ]
        if figure.fits
        else None,
    ]


def _pair(left: Axis, right: Axis) -> h.Element:
    shared = min(left.length or 0, right.length or 0)
    rows = [
        h.tr[
            parts.head(terms.axis(one)),
            h.td[terms.length(one)],
            h.td[_squares(one, shared)],
        ]
        for one in (left, right)
    ]
    return h.table(".fp-axes")[
        h.caption(".fp-sr")["Axes that should be equally long, and are not"],
        parts.columns("axis", "length", "places"),
        h.tbody[rows],
    ]


def _squares(axis: Axis, shared: int) -> h.Element:
    """Draw an axis: full squares where both axes have a place, and those beyond, which find no partner, open."""
    shown = min(axis.length or 0, SHOWN)
    width = max(shown, 1) * (SIDE + GAP)
    return svg(viewBox=f"0 0 {width} {SIDE}", width=str(width), height=str(SIDE), aria_hidden="true")[
        (
            rect(
                class_="fp-paired" if i < shared else "fp-alone",
                x=str(i * (SIDE + GAP) + 1), y="1", width=str(SIDE - 2), height=str(SIDE - 2), rx="2",
                fill="currentColor" if i < shared else "none", stroke="currentColor",
                stroke_dasharray=None if i < shared else "3 2",
            )
            for i in range(shown)
        )
    ]  # fmt: skip
