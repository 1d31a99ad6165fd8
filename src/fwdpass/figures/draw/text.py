"""Figures as plain text: aligned columns, for a terminal, a doctest and an alternative text."""

from __future__ import annotations

from typing import assert_never

from fwdpass import numerals
from fwdpass.figures.draw import heat, layered, terms
from fwdpass.figures.draw.terms import FOLDED, GLYPHS, MEANINGS, NOTHING, Sum, ended, plain
from fwdpass.figures.kinds import (
    SHOWN,
    Collapsed,
    Column,
    Contributions,
    Dot,
    Figure,
    Flip,
    Layered,
    Matrix,
    Mismatch,
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
from fwdpass.numerals.writing import Medium, cells


def draw(figure: Figure, medium: Medium = "code") -> str:
    """Write a figure in lines of text."""
    match figure:
        case Vector():
            return _vector(figure, medium)
        case Matrix():
            return _matrix(figure, medium)
        case Dot():
            return " = ".join(_sum(terms.worked((figure,), medium)[0]))
        case Product():
            return _product(figure, medium)
        case Shapes():
            lines = [[s.expression, terms.shapes(s), terms.words(s)] for s in figure.steps]
            return _table(lines, "<<<")
        case Mismatch():
            return _mismatch(figure)
        case States():
            return _states(figure, medium)
        case Network():
            return _network(figure, medium)
        case Flip():
            return _flip(figure, medium)
        case Collapsed():
            W_eff, b_eff = _matrix(figure.W_eff, medium), _vector(figure.b_eff, medium)
            return f"W1 · W2 = W_eff\n{W_eff}\n\nb1 · W2 + b2 = b_eff\n{b_eff}"
        case Contributions():
            return _contributions(figure, medium)
        case Output():
            return figure.stdout.rstrip("\n")
        case Pixels():
            texts = cells(figure.entries, medium=medium)
            return _table(texts, ">" * len(texts[0]))
        case Table():
            rows = [[entry.replace("\n", "  ") for entry in line] for line in (figure.heads, *figure.rows)]
            return _table(rows, "<" * len(figure.heads))
        case Weights():
            return f"{_matrix(figure.corner, medium)}\n{heat.summary(figure, medium)}"
        case Layered():
            columns = (
                "\n".join([f"{column.axis}: {layered.said(column)}", *_values(column, medium)])
                for column in figure.columns
            )
            return "\n\n".join(columns)
    assert_never(figure)


def _values(column: Column, medium: Medium) -> list[str]:
    return [_vector(Vector(column.places, column.values, column.n), medium)] if column.values else []


def _vector(figure: Vector, medium: Medium) -> str:
    texts = cells(figure.entries, medium=medium)
    heads = _heads(figure.axis, len(texts), figure.n)
    table = _table([heads, ended(texts, figure.n, "…")], ">" * len(heads))
    return table if len(texts) == figure.n else f"{table}\n({terms.size((figure.n,))} in all)"


def _matrix(figure: Matrix, medium: Medium) -> str:
    rows, columns = figure.shape
    texts = cells(figure.entries, medium=medium)
    heads = _heads(figure.axes[1], len(texts[0]), columns)
    lines = [
        [plain(name), *ended(row, columns, "…")]
        for name, row in zip(terms.names(figure.axes[0], len(texts)), texts, strict=True)
    ]
    table = _table([["", *heads], *ended(lines, rows, ["…"])], "<" + ">" * len(heads))
    whole = (len(texts), len(texts[0])) == figure.shape
    return table if whole else f"{table}\n({terms.size(figure.shape)} in all)"


def _sum(worked: Sum) -> tuple[str, str]:
    products = [f"{t.left} × {t.right}" for t in worked.terms]
    bias = [] if worked.bias is None else [worked.bias]
    return " + ".join([*ended(products, worked.dot.n, "…"), *bias]), worked.value


def _product(figure: Product, medium: Medium) -> str:
    sums = map(_sum, terms.worked(figure.dots[:FOLDED], medium))
    lines = [
        [f"{', '.join(map(plain, names))}:", left, f"= {value}"]
        for names, (left, value) in zip(figure.names, sums, strict=False)
    ]
    shown = _table(lines, "<<<", gap=" ")
    if figure.n > len(lines):
        shown += f"\n… and {terms.count(figure.n - len(lines), 'more dot product')}"
    if isinstance(figure.result, Matrix):
        return f"{_matrix(figure.result, medium)}\n\n{shown}"
    return shown


def _mismatch(figure: Mismatch) -> str:
    given, _, _ = terms.shapes(figure.step).partition(" →")
    lines = [f"{figure.step.expression}  {given}: {terms.outcome(figure)}"]
    axes = [one for pair in figure.pairs for one in pair]
    bars = [[f"  {terms.axis(one)}", terms.length(one), "■" * min(one.length or 0, SHOWN)] for one in axes]
    fits = [[f"fits: {fit.expression}", terms.shapes(fit)] for fit in figure.fits]
    lines += [_table(rows, alignment) for rows, alignment in ((bars, "<><"), (fits, "<<")) if rows]
    if figure.message:
        lines.insert(1 + bool(bars), figure.message)
    return "\n".join(lines)


def _states(figure: States, medium: Medium) -> str:
    z, h = cells(figure.z, medium=medium), cells(figure.h, medium=medium)
    lines = [
        [plain(name), z[i], GLYPHS[state], MEANINGS[state], h[i]]
        for i, name in enumerate(terms.names(figure.axis, len(z)))
        for state in [State.of(figure.z[i])]
    ]
    heads = ["", "sum", "", "state", "passes on"]
    return _table([heads, *ended(lines, figure.n, ["…"])], "<><<>")


def _network(figure: Network, medium: Medium) -> str:
    x, h, y = figure.sizes
    parts = {
        "x: the input": _vector(Vector("x", figure.x, x), medium),
        "h: the hidden neurons": _states(States("h", figure.z1, figure.h, h), medium),
        "y: the output": _vector(Vector("y", figure.y_hat, y), medium),
    }
    return "\n\n".join(f"{title}\n{body}" for title, body in parts.items())


def _flip(figure: Flip, medium: Medium) -> str:
    """Show the picture in question, and below it a line for each there is."""
    shown = figure.pictures[figure.shown].network
    heads = ["pixels", *terms.pictured(shown), "target", "loss"]
    lines = []
    for picture in figure.pictures:
        network = picture.network
        lines.append(
            [
                " ".join(cells(network.x, medium=medium)),
                *cells(network.z1, medium=medium),
                "".join(GLYPHS[State.of(z)] for z in network.z1),
                *cells(network.y_hat, medium=medium),
                " ".join(cells(picture.target, medium=medium)),
                numerals.text(picture.loss, ".4f", medium),
            ]
        )
    return f"{_network(shown, medium)}\n\nevery picture\n" + _table([heads, *lines], "<" + ">" * (len(heads) - 1))


def _contributions(figure: Contributions, medium: Medium) -> str:
    rows, columns = figure.weights.shape
    sent, total = figure.sent.entries, figure.total.entries
    values = cells(figure.values.entries, medium=medium)
    texts = cells([*sent, total], medium=medium)
    heads = _heads(figure.total.axis, len(total), columns)
    notes = ["" if v else NOTHING for v in figure.values.entries]
    lines = [
        [plain(name), values[i], *ended(texts[i], columns, "…"), notes[i]]
        for i, name in enumerate(terms.names(figure.values.axis, len(values)))
    ]
    last = ["sum", "", *ended(texts[-1], columns, "…"), ""]
    table = [["", "value", *heads, ""], *ended(lines, rows, ["…"]), last]
    return _table(table, "<>" + ">" * len(heads) + "<")


def _heads(axis: str, shown: int, n: int) -> list[str]:
    return ended([plain(name) for name in terms.names(axis, shown)], n, "…")


def _table(lines: list[list[str]], alignment: str, gap: str = "  ") -> str:
    """Align columns, and end no line in blanks."""
    full = [[*line, *[""] * (len(alignment) - len(line))] for line in lines]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    return "\n".join(
        gap.join(f"{cell:{side}{width}}" for cell, side, width in zip(line, alignment, widths, strict=True)).rstrip()
        for line in full
    )
