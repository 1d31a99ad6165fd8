"""An expression, evaluated a step at a time, and the shape of every step."""

from __future__ import annotations

import ast
import builtins
import operator
import sys
from collections.abc import Callable, Iterator, Mapping
from numbers import Number
from typing import Any

import numpy as np

from fwdpass import nn
from fwdpass.errors import ExpressionError, ShapeError, misfit
from fwdpass.figures.kinds import Operand, Operation, Shape, Shapes, Step
from fwdpass.figures.views.base import View

BINARY: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.MatMult: ("@", operator.matmul),
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.Pow: ("**", operator.pow),
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def shapes(expression: str, namespace: Mapping[str, Any] | None = None) -> View:
    """Show every step of an expression: what goes in, what comes out, in words.

    Names are looked up where the function is called, or in ``namespace``. Raises ShapeError
    for the earliest step that does not fit, and ExpressionError for what cannot be read.

    >>> from fwdpass.lesson import W1, b1, x
    >>> shapes("x @ W1 + b1")
    x            (4,)                  given: four numbers
    W1           (4, 3)                given: four rows and three columns
    x @ W1       (4,) @ (4, 3) → (3,)  three dot products, one for each column of W1
    b1           (3,)                  given: three numbers
    x @ W1 + b1  (3,) + (3,) → (3,)    three sums, entry by entry
    """
    if namespace is None:
        frame = sys._getframe(1)
        namespace = {**frame.f_globals, **frame.f_locals}
    tree = parsed(expression)
    evaluation = Evaluation(expression.strip(), namespace)
    evaluation.value(tree)
    return View(Shapes(tuple(evaluation.steps)))


def parsed(expression: str) -> ast.expr:
    """Read an expression. Raises ExpressionError for what Python cannot read."""
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"cannot read {expression!r}: {error.msg}") from None


class Evaluation:
    """Evaluate a tree from its leaves, each node once, and keep a step for each."""

    def __init__(self, source: str, namespace: Mapping[str, Any]) -> None:
        self._source = source
        self._namespace = namespace
        self.steps: list[Step] = []

    def value(self, node: ast.expr) -> Any:
        """Give what a part of the expression is worth."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._name(name)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp() if type(node.op) in _UNARY:
                value = self.value(node.operand)
                result = _UNARY[type(node.op)](value)
                if not isinstance(node.operand, ast.Constant):
                    self._keep(node, "sign", [(node.operand, value)], result)
                return result
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                value = self.value(node.value)
                result = self._try(node, operator.getitem, value, self._index(node.slice))
                return self._keep(node, "pick", [(node.value, value)], result)
            case ast.Call():
                return self._call(node)
            case ast.List(elts=items):
                return [self.value(item) for item in items]
            case ast.Tuple(elts=items):
                return tuple(self.value(item) for item in items)
        raise ExpressionError(
            f"shapes cannot follow {self.text(node)!r}: it reads names, @ + - * / **, .T, indices and calls"
        )

    def _name(self, name: str) -> Any:
        if name in self._namespace:
            value = self._namespace[name]
        elif hasattr(builtins, name):
            return getattr(builtins, name)
        else:
            raise ExpressionError(f"there is no {name} here, in {self._source!r}")
        known = any(s.operation == "name" and s.expression == name for s in self.steps)
        if not known and _has_shape(value):
            self.steps.append(Step(name, "name", (), shape(value)))
        return value

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if type(node.op) not in BINARY:
            raise ExpressionError(f"shapes cannot follow the operator in {self.text(node)!r}")
        sign, function = BINARY[type(node.op)]
        if sign == "@" and not _multiply(shape(left), shape(right)):
            raise ShapeError(f"in {self.text(node)}: {misfit(shape(left), shape(right))}")
        if sign != "@" and not _broadcast(shape(left), shape(right)):
            raise ShapeError(
                f"in {self.text(node)}: cannot take {shape(left)} {sign} {shape(right)} entry "
                "by entry: from the last axis backwards, sizes must be equal, or one of them 1"
            )
        result = function(left, right)
        given = [(node.left, left), (node.right, right)]
        return self._keep(node, "binary", given, result, sign)

    def _attribute(self, node: ast.Attribute) -> Any:
        value = self.value(node.value)
        try:
            result = getattr(value, node.attr)
        except AttributeError as error:
            raise ExpressionError(f"in {self.text(node)}: {error}") from None
        if node.attr == "T":
            self._keep(node, "transpose", [(node.value, value)], result)
        return result

    def _call(self, node: ast.Call) -> Any:
        function = self.value(node.func)
        if any(k.arg is None for k in node.keywords):
            raise ExpressionError(f"shapes cannot follow ** in the call {self.text(node)!r}")
        arguments = [self.value(a) for a in node.args]
        named = {str(k.arg): self.value(k.value) for k in node.keywords}
        result = self._try(node, function, *arguments, **named)
        entrywise = isinstance(function, np.ufunc) or function is nn.relu
        name = self.text(node.func).rpartition(".")[2] if entrywise else ""
        owner = getattr(function, "__self__", None)
        if isinstance(node.func, ast.Attribute) and isinstance(owner, np.ndarray):
            given = [(node.func.value, owner)]
        else:
            given = [*_unpacked(node.args, arguments)]
        return self._keep(node, "call", given, result, name)

    def _index(self, node: ast.expr) -> Any:
        """Indices are not steps of their own."""
        quiet = Evaluation(self._source, self._namespace)
        match node:
            case ast.Slice(lower, upper, step):
                return slice(*(n and quiet.value(n) for n in (lower, upper, step)))
            case ast.Tuple(elts=items):
                return tuple(self._index(item) for item in items)
        return quiet.value(node)

    def _try(self, node: ast.expr, function: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except (ValueError, IndexError, TypeError) as error:
            raise ShapeError(f"in {self.text(node)}: {error}") from None

    def _keep(
        self,
        node: ast.expr,
        operation: Operation,
        given: list[tuple[ast.expr, Any]],
        result: Any,
        sign: str = "",
    ) -> Any:
        """Keep a step, if it gives numbers; other results have no shape to show."""
        if _has_shape(result):
            operands = tuple(Operand(self.text(n), shape(v)) for n, v in given if _has_shape(v))
            step = Step(self.text(node), operation, operands, shape(result), sign)
            self.steps.append(step)
        return result

    def text(self, node: ast.expr) -> str:
        """Give a part of the expression as it was written."""
        written = ast.get_source_segment(self._source, node) or ast.unparse(node)
        return " ".join(written.split())


def _unpacked(nodes: list[ast.expr], values: list[Any]) -> Iterator[tuple[ast.expr, Any]]:
    """Take the arrays out of a list of arguments, as in ``np.concatenate([a, b])``."""
    for node, value in zip(nodes, values, strict=True):
        if isinstance(node, ast.List | ast.Tuple):
            yield from zip(node.elts, value, strict=True)
        else:
            yield node, value


def _has_shape(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | Number)


def shape(value: Any) -> Shape:
    """Give the shape of a value, whole numbers all."""
    return tuple(np.shape(value))


def _multiply(left: Shape, right: Shape) -> bool:
    if not left or not right:
        return False
    inner = right[-2] if len(right) > 1 else right[0]
    return left[-1] == inner and _broadcast(left[:-2], right[:-2])


def _broadcast(left: Shape, right: Shape) -> bool:
    pairs = zip(reversed(left), reversed(right), strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs)
