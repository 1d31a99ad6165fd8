"""An expression, evaluated a step at a time, and the shape of every step."""

from __future__ import annotations

import ast
import builtins
import operator
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from numbers import Number
from typing import Any, Literal, NamedTuple, assert_never

import htpy as h
import numpy as np

from fwdpass import nn
from fwdpass.errors import ExpressionError, ShapeError, misfit
from fwdpass.figures import layout, parts
from fwdpass.figures.base import Figure, Shape
from fwdpass.figures.words import count, size
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium, text

# Data -----------------------------------------------------------------------------------------------------------------

Operation = Literal["name", "binary", "sign", "transpose", "pick", "call"]


class Operand(NamedTuple):
    """What went into an operation: its text in the expression, and its shape."""

    text: str
    shape: Shape


@dataclass(frozen=True)
class Evaluated:
    """One sub-expression, evaluated: what went in and what came out.

    >>> pair = Operand("x", (4,)), Operand("W1", (4, 3))
    >>> product = Evaluated("x @ W1", "binary", pair, (3,), "@")
    >>> product.shapes, product.words
    ('(4,) @ (4, 3) → (3,)', 'three dot products, one for each column of W1')
    """

    expression: str
    operation: Operation
    operands: tuple[Operand, ...]
    result: Shape
    operator: str = ""
    """The sign between two operands, or the word for what a call does to each entry."""

    @property
    def given(self) -> str:
        """The shapes that went in; nothing for a name."""
        joint = f" {self.operator} " if self.operation == "binary" else ", "
        return joint.join(text(operand.shape) for operand in self.operands)

    @property
    def shapes(self) -> str:
        """What went in, an arrow, what came out."""
        result = text(self.result)
        return result if self.operation == "name" else f"{self.given} → {result}"

    @property
    def words(self) -> str:
        """What the operation does, from its kind and its shapes."""
        match self.operation:
            case "name":
                return f"given: {size(self.result)}"
            case "binary" if self.operator == "@":
                return _multiplied(self.operands[0], self.operands[1], self.result)
            case "binary":
                return self._entrywise()
            case "sign" if self.result == ():
                return "one number with its sign turned"
            case "sign":
                return f"{size(self.result)}, the sign of each turned"
            case "transpose" if len(self.result) < 2:
                return "unchanged: a single axis has nothing to swap with"
            case "transpose":
                return "transposed: rows become columns"
            case "pick":
                return f"{size(self.result)} picked from {self.operands[0].text}"
            case "call":
                return self._called()
        assert_never(self.operation)

    def _entrywise(self) -> str:
        noun = _NOUNS[self.operator]
        if self.result == ():
            return f"one {noun}"
        said = f"{count(prod(self.result), noun)}, entry by entry"
        for operand in self.operands:
            if operand.shape == ():
                said += f"; {operand.text}, one number, is used for all"
            elif operand.shape != self.result:
                said += f"; {operand.text} is stretched to {text(self.result)}"
        return said

    def _called(self) -> str:
        given = [operand.shape for operand in self.operands if operand.shape != ()]
        if self.operator and self.result != ():
            return f"{self.operator} of {count(prod(self.result), 'number')}, entry by entry"
        if not given:
            return f"gives {size(self.result)}"
        if self.result == ():
            return f"one number from {count(sum(map(prod, given)), 'number')}"
        if self.result == given[0]:
            return f"{size(self.result)}: the shape is kept"
        if len(given) == 1 and prod(self.result) == prod(given[0]):
            return f"the same {count(prod(self.result), 'number')} in another shape"
        return f"gives {size(self.result)}"


_NOUNS = {"+": "sum", "-": "difference", "*": "product", "/": "quotient", "**": "power"}


def _multiplied(left: Operand, right: Operand, result: Shape) -> str:
    dots = count(prod(result), "dot product")
    match len(left.shape), len(right.shape):
        case 1, 1:
            return "one dot product: a single number"
        case 1, 2:
            return f"{dots}, one for each column of {right.text}"
        case 2, 1:
            return f"{dots}, one for each row of {left.text}"
        case 2, 2:
            return f"{dots}, one for each row of {left.text} and column of {right.text}"
    return f"{dots}, in a stack of matrix products"


# Drawings -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Shapes(Figure):
    """An expression's steps in the order in which Python takes them."""

    steps: tuple[Evaluated, ...]
    called: tuple[str, ...] = ()
    """What each step is called, if its author says so."""

    def plain(self, medium: Medium) -> str:  # noqa: ARG002 - shapes have no signs
        """Draw a line for each step."""
        lines = [
            [step.expression, *called, step.shapes, step.words]
            for step, called in zip(self.steps, self._called, strict=True)
        ]
        return layout.columns(lines, "<" * len(lines[0]))

    @property
    def _called(self) -> list[list[str]]:
        """What stands in the column of names, a list for each step: nothing, where there are no names."""
        return [[name] for name in self.called] or [[] for _ in self.steps]

    def latex(self) -> str:
        """Draw an array with a row for each step."""
        lines = [
            [f"`{step.expression}`", *called, arrow(step.shapes), step.words]
            for step, called in zip(self.steps, self._called, strict=True)
        ]
        return layout.table(lines)

    def html(self) -> h.Element:
        """Draw a table with a row for each step."""
        rows = [
            h.tr[
                parts.head(parts.code(step.expression)),
                [h.td[name] for name in called],
                h.td[_unbroken(step.shapes)],
                h.td[step.words],
            ]
            for step, called in zip(self.steps, self._called, strict=True)
        ]
        heads = ["expression", *(["what it is"] if self.called else []), "shapes", "what happens"]
        return parts.scroll(
            "Shapes, step by step",
            h.table(".fp-shapes")[
                h.caption(".fp-sr")["Each step of the expression, in order of evaluation"],
                parts.columns(*heads),
                h.tbody[rows],
            ],
        )


def arrow(shapes: str) -> layout.Unbroken:
    """Write shapes in LaTeX."""
    return layout.Unbroken(shapes.replace("@", r"\mathbin{@}").replace("→", r"\to").replace("**", r"\mathbin{{*}{*}}"))


def _unbroken(shapes: str) -> list[h.Node]:
    """Let a line end before the arrow only."""
    given, arrow, result = shapes.rpartition("→")
    halves = [given.strip(), arrow + result] if arrow else [result]
    return parts.joined([h.span(".fp-shape")[half] for half in halves], " ")


# View -----------------------------------------------------------------------------------------------------------------

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


@checked
def shapes(
    expression: str, namespace: Mapping[str, Any] | None = None, *, called: Mapping[str, str] | None = None
) -> Shapes:
    """Show every step of an expression: what goes in, what comes out, in words.

    Parameters
    ----------
    expression : str
        Names, ``@ + - * / **``, ``.T``, indices and calls. It is executed.
    namespace : mapping, optional
        Where names are looked up; by default, where the function is called.
    called : mapping, optional
        What steps are called, by the part of the expression: ``{"x": "input"}``. It makes a column of its own.

    Returns
    -------
    Shapes
        A figure with a row for each step.

    Raises
    ------
    ShapeError
        For the earliest step that does not fit.
    ExpressionError
        For what cannot be read, and for a name given to what is no step.

    Examples
    --------
    >>> from fwdpass.lesson import W1, b1, x
    >>> shapes("x @ W1 + b1")
    x            (4,)                  given: four numbers
    W1           (4, 3)                given: four rows and three columns
    x @ W1       (4,) @ (4, 3) → (3,)  three dot products, one for each column of W1
    b1           (3,)                  given: three numbers
    x @ W1 + b1  (3,) + (3,) → (3,)    three sums, entry by entry
    """
    if namespace is None:
        frame = sys._getframe(2)  # that of the caller: between them, the arguments are checked
        namespace = {**frame.f_globals, **frame.f_locals}
    tree = parsed(expression)
    evaluation = Evaluator(expression.strip(), namespace)
    evaluation.value(tree)
    steps = tuple(evaluation.steps)
    if not called:
        return Shapes(steps)
    if others := [part for part in called if part not in {step.expression for step in steps}]:
        raise ExpressionError(
            f"{others[0]!r} is no step of {expression.strip()!r}: name what is one, such as {steps[-1].expression!r}"
        )
    return Shapes(steps, tuple(called.get(step.expression, "") for step in steps))


def parsed(expression: str) -> ast.expr:
    """Read an expression. Raises ExpressionError for what Python cannot read."""
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"cannot read {expression!r}: {error.msg}") from None


class Evaluator:
    """Evaluate a tree from its leaves, each node once, and keep a step for each."""

    def __init__(self, source: str, namespace: Mapping[str, Any]) -> None:
        self._source = source
        self._namespace = namespace
        self.steps: list[Evaluated] = []

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
        # A name that occurs again is the same step.
        known = any(s.operation == "name" and s.expression == name for s in self.steps)
        if not known and _has_shape(value):
            self.steps.append(Evaluated(name, "name", (), shape(value)))
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
        """Leave indices alone: they are not steps of their own."""
        quiet = Evaluator(self._source, self._namespace)
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
            step = Evaluated(self.text(node), operation, operands, shape(result), sign)
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
