"""Sums written out: a dot product, a product with all of its dot products, and each of their steps."""

from __future__ import annotations

import htpy as h

from fwdpass import numerals
from fwdpass.figures.draw import parts, terms
from fwdpass.figures.draw.terms import FOLDED, Sum, ended
from fwdpass.figures.kinds import Collapsed, Dot, Matrix, Product, Vector

PAPER = 6
"""Steps that fit on a sheet of paper side by side; what has more is left out there, since its sums stand above it."""
SIGN = 1.5
"""Ems that the sign before a matrix takes."""
stepped = h.Element("fp-product")
"""The element that goes through a product a step at a time; without scripts it is what is in it."""


def dot(figure: Dot) -> h.Element:
    """Draw a dot product as a line."""
    worked = terms.worked((figure,), "text")[0]
    return h.div(".fp-dot")[terms_of(worked), " = ", parts.number(worked.dot.value, worked.value)]


def product(figure: Product, folded: str = "") -> h.Element:
    """Draw a product: its matrices side by side, its dot products, and their steps.

    Many dot products are folded away, or if there is something to call them by; the page has them, without any script.
    """
    sides = [("", figure.left), ("·", figure.right)]
    if figure.bias is not None:
        sides.append(("+", figure.bias))
    said = folded or (figure.n > FOLDED and terms.count(figure.n, "dot product").capitalize())
    return stepped(".fp-worked")[
        equation(*sides, ("=", figure.result)),
        h.div(".fp-live"),
        h.details[h.summary[said], table(figure)] if said else table(figure),
        _steps(figure),
    ]


def collapsed(figure: Collapsed) -> h.Element:
    """Draw layers and the layer that does the same, with every dot product folded away."""
    products = (figure.weight_sums, figure.bias_sums)
    return h.div(".fp-collapsed")[
        (product(one, f"Every entry worked out: {terms.count(one.n, 'dot product')}") for one in products)
    ]


def equation(*sides: tuple[str, Vector | Matrix]) -> h.Element:
    """Set matrices in a line, each together with the sign before it."""
    return h.div(".fp-equation")[
        (
            h.div(".fp-side")[[h.span(".fp-op")[sign], parts.array(side, before=SIGN)] if sign else parts.array(side)]
            for sign, side in sides
        )
    ]


def table(figure: Product, said: str = "A dot product for each entry of the result") -> h.Element:
    """Draw a dot product for each entry."""
    rows = [
        h.tr[
            _entry(figure, i),
            h.td(".fp-terms")[terms_of(sum_)],
            parts.cell(sum_.dot.value, sum_.value),
        ]
        for i, sum_ in enumerate(terms.worked(figure.dots, "text"))
    ]
    return h.table(".fp-product")[
        h.caption(".fp-sr")[said],
        parts.columns("entry", "dot product", "value"),
        h.tbody[rows],
        _more(figure, "3"),
    ]


def _steps(figure: Product) -> h.Element:
    """Draw each step of each sum: what it adds, and the running sum after it."""
    sums = terms.worked(figure.dots, "text")
    added = _steps_named(figure)
    total = numerals.text(len(added))
    heads = [
        h.th(scope="col")[h.small(".fp-how")[f"step {numerals.text(k)} of {total}"], " ", name]
        for k, name in enumerate(added, 1)
    ]
    rows = [
        h.tr[
            _entry(figure, i),
            (
                h.td(class_=parts.sign(value))[h.small(".fp-how")[how], " ", h.span[text]]
                for how, value, text in zip(_hows(sum_), sum_.dot.sums, sum_.sums, strict=True)
            ),
        ]
        for i, sum_ in enumerate(sums)
    ]
    drawn = h.table(".fp-steps")[
        h.caption["What each step adds, and the running sum after it"],
        h.thead[h.tr[h.th(scope="col")["entry"], heads]],
        h.tbody[rows],
        _more(figure, numerals.text(len(added) + 1)),
    ]
    wide = "fp-wide" if len(added) > PAPER else None
    return h.details(class_=wide)[h.summary["Step by step, with running sums"], parts.scroll("Step by step", drawn)]


def _steps_named(figure: Product) -> list[h.Node]:
    """Name the steps: by the axis that is summed over, and at the end the bias."""
    axis = figure.left.axis if isinstance(figure.left, Vector) else figure.left.axes[1]
    first = figure.dots[0]
    shared = [parts.named(name) for name in terms.names(axis, len(first.left))]
    return [*ended(shared, first.n, "the rest"), *([] if first.bias is None else ["bias"])]


def _hows(sum_: Sum) -> list[str]:
    """Say what each step adds."""
    pairs = [f"{t.left} × {t.right} = {p}" for t, p in zip(sum_.terms, sum_.products, strict=False)]
    rest = sum_.dot.n - len(pairs)
    if rest:
        pairs.append(f"{terms.count(rest, 'more product')}: {sum_.products[len(pairs)]}")
    return pairs if sum_.bias is None else [*pairs, f"bias {sum_.products[-1]}"]


def _entry(figure: Product, i: int) -> h.Element:
    return parts.head(parts.joined([parts.named(name) for name in figure.names[i]], ", "))


def _more(figure: Product, width: str) -> h.Element | None:
    more = figure.n - len(figure.dots)
    if not more:
        return None
    return h.tfoot[h.tr[h.td(colspan=width)[f"… and {terms.count(more, 'more dot product')}"]]]


def terms_of(worked: Sum) -> h.Node:
    """Write out the terms of a sum, those that add nothing marked."""
    shown: list[h.Node] = [
        h.span(class_=["fp-term", {"fp-zero": not (t.factors[0] and t.factors[1])}])[
            parts.number(t.factors[0], t.left), " × ", parts.number(t.factors[1], t.right)
        ]
        for t in worked.terms
    ]
    shown = ended(shown, worked.dot.n, h.span(".fp-term")["…"])
    if worked.bias is not None and worked.dot.bias is not None:
        shown.append(h.span(".fp-term.fp-bias")[parts.number(worked.dot.bias, worked.bias)])
    return parts.joined(shown, " + ")
