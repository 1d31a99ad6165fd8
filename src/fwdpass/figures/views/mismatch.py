"""An expression whose shapes do not go together: what NumPy made of it, and why."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from fwdpass.errors import ExpressionError, ShapeError
from fwdpass.figures.kinds import Axis, Mismatch, Operand, Shape, Step
from fwdpass.figures.views.base import View
from fwdpass.figures.views.shapes import BINARY, Evaluation, parsed, shape


def mismatch(expression: str, *fits: str, namespace: Mapping[str, Any] | None = None) -> View:
    """Show why operands do not go together: the axes that disagree, NumPy's own answer, and what would fit.

    ``expression`` has an operator between its operands, and is executed; so is each of ``fits``, what was meant.
    Without any, transposes and exchanged operands are tried. Names are looked up where the function is called, or in
    ``namespace``. Raises ShapeError where nothing is wrong, or where what is to fit does not, and ExpressionError for
    what cannot be read.

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
        frame = sys._getframe(1)
        namespace = {**frame.f_globals, **frame.f_locals}
    step, message, _ = _executed(expression, namespace)
    pairs = tuple(_disagreeing(step))
    if not message and not pairs and not fits:
        raise ShapeError(
            f"nothing is wrong with the shapes of {expression}: say what was meant, as a second expression"
        )
    return View(Mismatch(step, pairs, message, tuple(_fitting(expression, fits, namespace))))


def _executed(expression: str, namespace: Mapping[str, Any]) -> tuple[Step, str, ast.BinOp]:
    """Execute an expression, and give what NumPy said if it refused."""
    tree = parsed(expression)
    if not isinstance(tree, ast.BinOp) or type(tree.op) not in BINARY:
        raise ExpressionError(f"{expression!r} has no operator between operands, such as W1 @ x")
    evaluation = Evaluation(expression.strip(), namespace)
    left, right = evaluation.value(tree.left), evaluation.value(tree.right)
    sign, function = BINARY[type(tree.op)]
    operands = Operand(evaluation.text(tree.left), shape(left)), Operand(evaluation.text(tree.right), shape(right))
    result, message = _answer(function, left, right)
    return Step(expression.strip(), "binary", operands, result, sign), message, tree


def _answer(function: Callable[[Any, Any], Any], left: Any, right: Any) -> tuple[Shape, str]:
    try:
        return shape(function(left, right)), ""
    except ValueError as error:
        return (), f"{type(error).__name__}: {str(error).strip()}"


def _disagreeing(step: Step) -> Iterator[tuple[Axis, Axis]]:
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


def _fitting(expression: str, fits: tuple[str, ...], namespace: Mapping[str, Any]) -> Iterator[Step]:
    """Execute what is said to fit; or else try what might."""
    for fit in fits:
        step, message, _ = _executed(fit, namespace)
        if message or any(True for _ in _disagreeing(step)):
            raise ShapeError(f"{fit} does not fit either: {message or 'it broadcasts'}")
        yield step
    if fits:
        return
    _, _, tree = _executed(expression, namespace)
    for fit in dict.fromkeys(_attempts(tree)):
        step, message, _ = _executed(fit, namespace)
        if not message and not any(True for _ in _disagreeing(step)):
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
