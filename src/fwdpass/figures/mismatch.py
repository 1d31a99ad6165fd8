"""An expression whose shapes do not go together: what NumPy made of it, and why."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

import htpy as h

from fwdpass.errors import ExpressionError, ShapeError
from fwdpass.figures import layout, parts
from fwdpass.figures.base import SHOWN, Figure, Shape
from fwdpass.figures.marks import rect, svg
from fwdpass.figures.shapes import BINARY, Evaluated, Evaluator, Operand, arrow, parsed, shape
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium, text

SIDE, GAP = 16, 4
"""A square of an axis, and the room beside it."""

# Data and drawings ----------------------------------------------------------------------------------------------------


class Axis(NamedTuple):
    """One axis of an operand, its place from the end: ``Axis("W1", 1, 3)`` is the last; no length means no axis.

    >>> str(Axis("W1", 1, 3)), str(Axis("x", 1, 4, first=True)), str(Axis("b1", 2, None))
    ('the last axis of W1', 'the only axis of x', 'no axis of b1')
    """

    operand: str
    place: int
    length: int | None
    first: bool = False
    """Whether it is the only axis, or the one that stands first."""

    def __str__(self) -> str:
        if self.length is None:
            return f"no axis of {self.operand}"
        where = ("only" if self.first else "last") if self.place == 1 else "first" if self.first else "last but one"
        return f"the {where} axis of {self.operand}"

    @property
    def long(self) -> str:
        """How long it is, in digits."""
        return "\N{EM DASH}" if self.length is None else text(self.length)


@dataclass(frozen=True, repr=False)
class Mismatch(Figure):
    """Two operands that do not go together, what NumPy said or did, and what would fit."""

    tried: Evaluated
    """Its result is the shape that came out, where NumPy went through with it."""
    pairs: tuple[tuple[Axis, Axis], ...]
    """The axes that disagree."""
    message: str
    """What NumPy said; nothing, where it went through with it."""
    fits: tuple[Evaluated, ...]

    @property
    def outcome(self) -> str:
        """What NumPy made of the operands.

        >>> turned = Evaluated("W2 @ W1", "binary", (Operand("W2", (3, 4)), Operand("W1", (4, 3))), (3, 3), "@")
        >>> Mismatch(turned, (), "", ()).outcome
        'accepted: the result has shape (3, 3)'
        """
        if self.message:
            return "refused"
        how = "silently stretched" if self.pairs else "accepted"
        return f"{how}: the result has shape {text(self.tried.result)}"

    def plain(self, medium: Medium) -> str:  # noqa: ARG002 - shapes have no signs
        """Draw a line for what was tried, one for each axis that disagrees, and one for each that would fit."""
        lines = [f"{self.tried.expression}  {self.tried.given}: {self.outcome}"]
        axes = [axis for pair in self.pairs for axis in pair]
        bars = [[f"  {axis}", axis.long, "■" * min(axis.length or 0, SHOWN)] for axis in axes]
        fits = [[f"fits: {fit.expression}", fit.shapes] for fit in self.fits]
        lines += [layout.columns(rows, alignment) for rows, alignment in ((bars, "<><"), (fits, "<<")) if rows]
        if self.message:
            lines.insert(1 + bool(bars), self.message)
        return "\n".join(lines)

    def latex(self) -> str:
        """Draw an array with the same rows, and below it what NumPy said."""
        rows = [[f"`{self.tried.expression}`", arrow(self.tried.given), self.outcome]]
        rows += [["", axis.long, str(axis)] for pair in self.pairs for axis in pair]
        rows += [[f"`{fit.expression}`", arrow(fit.shapes), "fits"] for fit in self.fits]
        drawn = layout.table(rows)
        if not self.message:
            return drawn
        return layout.environment("array}{l", [drawn, *layout.broken([(layout.code, self.message)])])

    def html(self) -> h.Element:
        """Draw what was asked, where it goes wrong, what NumPy made of it, and what would fit."""
        fits = (h.li["fits: ", h.code[fit.expression], " ", h.span(".fp-shape")[fit.shapes]] for fit in self.fits)
        return h.div(class_=["fp-mismatch", {"fp-refused": bool(self.message)}])[
            h.p[h.code[self.tried.expression], " ", h.span(".fp-shape")[self.tried.given], " ", h.strong[self.outcome]],
            self._axes() if self.pairs else None,
            h.p(".fp-refusal")[h.code[self.message]] if self.message else None,
            h.ul[fits] if self.fits else None,
        ]

    def _axes(self) -> h.Element:
        """Draw the axes that disagree, below each other, pair by pair."""
        return h.table(".fp-axes")[
            h.caption(".fp-sr")["Axes that should be equally long, and are not"],
            parts.columns("axis", "length", "places"),
            (
                h.tbody[(h.tr[parts.head(str(axis)), h.td[axis.long], h.td[_squares(axis, pair)]] for axis in pair)]
                for pair in self.pairs
            ),
        ]


def _squares(axis: Axis, pair: tuple[Axis, Axis]) -> h.Element:
    """Draw an axis: full squares where both axes have a place, and those beyond, which find no partner, open."""
    shared = min(one.length or 0 for one in pair)
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


# View -----------------------------------------------------------------------------------------------------------------


@checked
def mismatch(expression: str, *fits: str, namespace: Mapping[str, Any] | None = None) -> Mismatch:
    """Show why operands do not go together: the axes that disagree, NumPy's own answer, and what would fit.

    Parameters
    ----------
    expression : str
        An operator between operands, such as ``"W1 @ x"``. It is executed.
    *fits : str
        What was meant, executed too; without any, transposes and exchanged operands are tried.
    namespace : mapping, optional
        Where names are looked up; by default, where the function is called.

    Returns
    -------
    Mismatch
        A figure.

    Raises
    ------
    ShapeError
        Where nothing is wrong with the shapes, and where what is said to fit does not.
    ExpressionError
        For what cannot be read.

    Examples
    --------
    >>> from fwdpass.lesson import W1, x
    >>> mismatch("W1 @ x")
    W1 @ x  (4, 3) @ (4,): refused
      the last axis of W1  3  ■■■
      the only axis of x   4  ■■■■
    ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \
(n?,k),(k,m?)->(n?,m?) (size 4 is different from 3)
    fits: x @ W1    (4,) @ (4, 3) → (3,)
    fits: W1.T @ x  (3, 4) @ (4,) → (3,)
    """
    if namespace is None:
        frame = sys._getframe(2)  # that of the caller: between them, the arguments are checked
        namespace = {**frame.f_globals, **frame.f_locals}
    tried, message = _executed(expression, namespace)
    pairs = tuple(_disagreeing(tried))
    if not message and not pairs and not fits:
        raise ShapeError(
            f"nothing is wrong with the shapes of {expression}: say what was meant, as a second expression"
        )
    return Mismatch(tried, pairs, message, tuple(_fitting(expression, fits, namespace)))


def _executed(expression: str, namespace: Mapping[str, Any]) -> tuple[Evaluated, str]:
    """Execute an expression, and give what NumPy said if it refused."""
    tree = _operation(expression)
    evaluation = Evaluator(expression.strip(), namespace)
    left, right = evaluation.value(tree.left), evaluation.value(tree.right)
    sign, function = BINARY[type(tree.op)]
    operands = Operand(evaluation.text(tree.left), shape(left)), Operand(evaluation.text(tree.right), shape(right))
    result, message = _answer(function, left, right)
    return Evaluated(expression.strip(), "binary", operands, result, sign), message


def _operation(expression: str) -> ast.BinOp:
    """Read operands and the operator between them."""
    tree = parsed(expression)
    if not isinstance(tree, ast.BinOp) or type(tree.op) not in BINARY:
        raise ExpressionError(f"{expression!r} has no operator between operands, such as W1 @ x")
    return tree


def _answer(function: Callable[[Any, Any], Any], left: Any, right: Any) -> tuple[Shape, str]:
    try:
        return shape(function(left, right)), ""
    except ValueError as error:
        return (), f"{type(error).__name__}: {str(error).strip()}"


def _disagreeing(step: Evaluated) -> Iterator[tuple[Axis, Axis]]:
    """Give the axes that should be equal and are not."""
    left, right = step.operands
    if step.operator == "@":
        if left.shape and right.shape:
            pair = _axis(left, 1), _axis(right, min(2, len(right.shape)))
            if pair[0].length != pair[1].length:
                yield pair
        return
    for place, lengths in enumerate(zip_longest(left.shape[::-1], right.shape[::-1]), 1):
        if lengths[0] != lengths[1] and left.shape and right.shape:
            yield _axis(left, place), _axis(right, place)


def _axis(operand: Operand, place: int) -> Axis:
    n = len(operand.shape)
    return Axis(operand.text, place, operand.shape[-place] if place <= n else None, place == n)


def _fitting(expression: str, fits: tuple[str, ...], namespace: Mapping[str, Any]) -> Iterator[Evaluated]:
    """Execute what is said to fit; or else try what might."""
    for fit in fits:
        step, message = _executed(fit, namespace)
        if message or [*_disagreeing(step)]:
            raise ShapeError(f"{fit} does not fit either: {message or 'it broadcasts'}")
        yield step
    if fits:
        return
    # Attempts may come twice: exchanged, x @ x is what it was.
    for fit in dict.fromkeys(_attempts(_operation(expression))):
        step, message = _executed(fit, namespace)
        if not message and not [*_disagreeing(step)]:
            yield step


def _attempts(tree: ast.BinOp) -> Iterator[str]:
    """Exchange operands, and turn one of them."""
    left, right = tree.left, tree.right
    for a, b in ((right, left), (_turned(left), right), (left, _turned(right))):
        yield ast.unparse(ast.BinOp(a, tree.op, b))


def _turned(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())
