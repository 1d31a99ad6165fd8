"""Shapes that do not go together: the axes that disagree, a row of squares each, and NumPy's own answer."""

from __future__ import annotations

import htpy as h

from fwdpass.figures.draw import parts, terms
from fwdpass.figures.kinds import SHOWN, Axis, Mismatch

svg, rect = map(h.Element, ("svg", "rect"))

SIDE, GAP = 16, 4


def draw(figure: Mismatch) -> h.Element:
    """Draw what was asked, where it goes wrong, what NumPy made of it, and what would fit."""
    given, _, _ = terms.shapes(figure.step).partition(" →")
    return h.div(class_=["fp-mismatch", {"fp-refused": bool(figure.message)}])[
        h.p[h.code[figure.step.expression], " ", h.span(".fp-shape")[given], " ", h.strong[terms.outcome(figure)]],
        _axes(figure) if figure.pairs else None,
        h.p(".fp-refusal")[h.code[figure.message]] if figure.message else None,
        h.ul[
            (h.li["fits: ", h.code[fit.expression], " ", h.span(".fp-shape")[terms.shapes(fit)]] for fit in figure.fits)
        ]
        if figure.fits
        else None,
    ]


def _axes(figure: Mismatch) -> h.Element:
    """Draw the axes that disagree, below each other, pair by pair."""
    return h.table(".fp-axes")[
        h.caption(".fp-sr")["Axes that should be equally long, and are not"],
        parts.columns("axis", "length", "places"),
        (h.tbody[(_axis(one, pair) for one in pair)] for pair in figure.pairs),
    ]


def _axis(axis: Axis, pair: tuple[Axis, Axis]) -> h.Element:
    shared = min(one.length or 0 for one in pair)
    return h.tr[parts.head(terms.axis(axis)), h.td[terms.length(axis)], h.td[_squares(axis, shared)]]


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
