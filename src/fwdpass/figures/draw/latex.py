"""Figures as bare LaTeX, for a formula on a page; no dollars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import assert_never

from fwdpass.figures.draw import terms
from fwdpass.figures.draw.terms import MEANINGS, NOTHING, Sum, ended
from fwdpass.figures.kinds import (
    Collapsed,
    Contributions,
    Dot,
    Figure,
    Flip,
    Layered,
    Matrix,
    Mismatch,
    Name,
    Network,
    Output,
    Pixels,
    Product,
    Shapes,
    State,
    States,
    Table,
    Vector,
    Weights,
)
from fwdpass.numerals.writing import cells, signed, text

CDOTS, VDOTS = r"\cdots", r"\vdots"
_SPECIAL = re.compile(r"[\\{}$&#%_^~]")
_ESCAPES = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


def draw(figure: Figure) -> str:
    """Write a figure as mathematics."""
    match figure:
        case Vector():
            return _vector(figure)
        case Matrix():
            return _matrix(figure)
        case Dot():
            left, value = _sum(terms.worked((figure,), "latex")[0])
            return f"{left} = {value}"
        case Product():
            return _product(figure)
        case Shapes():
            return _shapes(figure)
        case Mismatch():
            return _mismatch(figure)
        case States():
            return _states(figure)
        case Network():
            return _network(figure)
        case Flip():
            return _network(figure.pictures[figure.shown].network)
        case Collapsed():
            return _collapsed(figure)
        case Contributions():
            return _contributions(figure)
        case Output():
            lines = figure.stdout.rstrip("\n").split("\n")
            return _lines("array}{l", ([rf"\texttt{{{escape(line)}}}"] for line in lines))
        case Pixels():
            return text([list(row) for row in figure.entries], medium="latex")
        case Table():
            rows = [[_marked(entry) for entry in row] for row in (figure.heads, *figure.rows)]
            return _lines(f"array}}{{{'l' * len(figure.heads)}", rows)
        case Weights():
            return _matrix(figure.corner)
        case Layered():
            return _layered(figure)
    assert_never(figure)


def escape(plain: str) -> str:
    r"""Protect what LaTeX would read as a command.

    >>> escape("y_hat")
    'y\\_hat'
    """
    return _SPECIAL.sub(lambda m: _ESCAPES.get(m[0], "\\" + m[0]), plain)


def _name(name: Name) -> str:
    if len(name.axis) > 1:
        return _words(terms.plain(name))
    return f"{name.axis}_{{{text(name.index)}}}"


def _vector(figure: Vector) -> str:
    return _bracket(ended(cells(figure.entries, medium="latex"), figure.n, CDOTS))


def _matrix(figure: Matrix) -> str:
    rows, columns = figure.shape
    lines = [ended(row, columns, CDOTS) for row in cells(figure.entries, medium="latex")]
    return _bracket(*ended(lines, rows, [VDOTS]))


def _bracket(*rows: Sequence[str]) -> str:
    return _lines("bmatrix", rows)


def _sum(worked: Sum) -> tuple[str, str]:
    products = [rf"{t.left} \times {t.right}" for t in worked.terms]
    bias = [] if worked.bias is None else [worked.bias]
    return " + ".join([*ended(products, worked.dot.n, CDOTS), *bias]), worked.value


def _product(figure: Product) -> str:
    sums = map(_sum, terms.worked(figure.dots, "latex"))
    lines = [
        rf"{', '.join(map(_name, names))}\colon\; & {left} &&= {value}"
        for names, (left, value) in zip(figure.names, sums, strict=True)
    ]
    return _lines("aligned", ended(lines, figure.n, rf"&\;\;{VDOTS}"))


def _shapes(figure: Shapes) -> str:
    lines = (
        [rf"\texttt{{{escape(s.expression)}}}", _arrow(terms.shapes(s)), _words(terms.words(s))] for s in figure.steps
    )
    return _lines("array}{lll", lines)


def _mismatch(figure: Mismatch) -> str:
    step = figure.step
    given, _, _ = terms.shapes(step).partition(" →")
    rows = [[rf"\texttt{{{escape(step.expression)}}}", _arrow(given), _words(terms.outcome(figure))]]
    rows += [["", terms.length(one), _words(terms.axis(one))] for pair in figure.pairs for one in pair]
    rows += [
        [rf"\texttt{{{escape(fit.expression)}}}", _arrow(terms.shapes(fit)), _words("fits")] for fit in figure.fits
    ]
    if figure.message:
        rows.append([rf"\texttt{{{escape(figure.message)}}}"])
    return _lines("array}{lll", rows)


def _arrow(shapes: str) -> str:
    return shapes.replace("@", r"\mathbin{@}").replace("→", r"\to").replace("**", r"\mathbin{{*}{*}}")


def _words(said: str) -> str:
    return rf"\text{{{escape(said)}}}"


def _marked(said: str) -> str:
    """Set what stands between backticks as code; a note goes on in the same line."""
    parts = said.replace("\n", " ").split("`")
    return "".join(rf"\texttt{{{escape(part)}}}" if i % 2 else _words(part) for i, part in enumerate(parts) if part)


def _states(figure: States) -> str:
    z, h = cells(figure.z, medium="latex"), cells(figure.h, medium="latex")
    lines = (
        [
            _name(name),
            rf"= \max(0, {z[i]})",
            f"= {h[i]}",
            _words(MEANINGS[State.of(figure.z[i])]),
        ]
        for i, name in enumerate(terms.names(figure.axis, len(z)))
    )
    aligned = [rf"{a} &{b} {c} &&{d}" for a, b, c, d in lines]
    return _lines("aligned", ended(aligned, figure.n, rf"& {VDOTS}"))


def _network(figure: Network) -> str:
    x, h, y = figure.sizes
    vectors = {
        "x": Vector("x", figure.x, x),
        "z": Vector("z", figure.z1, h),
        "h": Vector("h", figure.h, h),
        "y": Vector("y", figure.y_hat, y),
    }
    return r" \;\to\; ".join(rf"\mathbf{{{name}}} = {_vector(vector)}" for name, vector in vectors.items())


def _layered(figure: Layered) -> str:
    """Write the sizes; with an input, what each layer passes on."""
    parts = [
        rf"\mathbf{{{_axis(c.axis)}}}"
        + (f" = {_vector(Vector(c.axis, c.values, c.n))}" if c.values else rf" \in \mathbb{{R}}^{{{text(c.n)}}}")
        for c in figure.columns
    ]
    return r" \;\to\; ".join(parts)


def _axis(name: str) -> str:
    return f"{name[0]}_{{{name[1:]}}}" if name[1:] else name


def _collapsed(figure: Collapsed) -> str:
    weights, biases = figure.weight_sums, figure.bias_sums
    W1, W2, W_eff = map(draw, (weights.left, weights.right, figure.W_eff))
    b1, b2, b_eff = (draw(one) if one else "" for one in (biases.left, biases.bias, figure.b_eff))
    return _lines(
        "aligned",
        [
            rf"\mathbf{{W}}_{{\text{{eff}}}} &= {W1} \cdot {W2} = {W_eff}",
            rf"\mathbf{{b}}_{{\text{{eff}}}} &= {b1} \cdot {W2} + {b2} = {b_eff}",
        ],
    )


def _contributions(figure: Contributions) -> str:
    rows, columns = figure.weights.shape
    values = cells(figure.values.entries, medium="latex")
    sent, weights = (
        [_bracket(ended(row, columns, CDOTS)) for row in cells(entries, medium="latex")]
        for entries in ((*figure.sent.entries, figure.total.entries), figure.weights.entries)
    )
    lines = [
        rf"& {signed(values[i])} \times {weights[i]} &&= {sent[i]}"
        + ("" if figure.values.entries[i] else rf" && {_words(NOTHING)}")
        for i in range(len(values))
    ]
    total = rf"& {_words('sum')} &&= {sent[-1]}"
    return _lines("aligned", [*ended(lines, rows, rf"& {VDOTS}"), total])


def _lines(kind: str, lines: Iterable[str | Sequence[str]]) -> str:
    body = r" \\ ".join(line if isinstance(line, str) else " & ".join(line) for line in lines)
    return rf"\begin{{{kind}}} {body} \end{{{kind.partition('}')[0]}}}"
