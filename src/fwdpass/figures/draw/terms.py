"""What the media share: names, worked sums, and the words for shapes and states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TypeVar, assert_never

from fwdpass import numerals
from fwdpass.figures.kinds import Axis, Dot, Mismatch, Name, Network, Operand, Shape, State, Step
from fwdpass.numerals.writing import Medium, cells, signed

T = TypeVar("T")

FOLDED = 16
"""Dot products that stand on a page openly; more are folded away."""

GLYPHS = {State.ALIVE: "●", State.BOUNDARY: "◐", State.DEAD: "○"}
MEANINGS = {
    State.ALIVE: "alive: positive, passed on",
    State.BOUNDARY: "boundary: exactly zero",
    State.DEAD: "dead: negative, clamped to zero",
}
NOTHING = "passes nothing on"


def names(axis: str, n: int) -> tuple[Name, ...]:
    """Name the places of an axis."""
    return tuple(Name(axis, i) for i in range(n))


def ended(items: Sequence[T], n: int, mark: T) -> list[T]:
    """Put a mark after items that are not all of the ``n`` there are.

    >>> ended("ab", 2, "…"), ended("ab", 784, "…")
    (['a', 'b'], ['a', 'b', '…'])
    """
    return [*items] if len(items) == n else [*items, mark]


def plain(name: Name) -> str:
    """Write a name as code does.

    >>> plain(Name("h", 0))
    'h0'
    """
    return f"{name.axis}{numerals.text(name.index)}"


@dataclass(frozen=True)
class Term:
    """One product of a sum: its factors as texts, the right one in parentheses if negative."""

    left: str
    right: str
    factors: tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Sum:
    """A dot product in texts."""

    terms: tuple[Term, ...]
    bias: str | None
    value: str
    dot: Dot
    products: tuple[str, ...]
    sums: tuple[str, ...]


def worked(dots: Sequence[Dot], medium: Medium) -> list[Sum]:
    """Write sums out, with one number of places for each array that they are made of."""
    lefts = cells([d.left for d in dots], medium=medium)
    rights = cells([d.right for d in dots], medium=medium)
    biases = cells([d.bias for d in dots if d.bias is not None], medium=medium)
    values = cells([d.value for d in dots], medium=medium)
    products = cells([d.products for d in dots], medium=medium)
    sums = cells([d.sums for d in dots], medium=medium)
    return [
        Sum(
            tuple(
                Term(signed(p), signed(q), pair)
                for p, q, pair in zip(ps, qs, zip(d.left, d.right, strict=True), strict=True)
            ),
            signed(biases[i]) if d.bias is not None else None,
            values[i],
            d,
            tuple(products[i]),
            (*sums[i][:-1], values[i]),
        )
        for i, (d, ps, qs) in enumerate(zip(dots, lefts, rights, strict=True))
    ]


def count(n: int, one: str, many: str = "") -> str:
    """Count in words, and in digits where a word would be no help.

    >>> count(3, "dot product"), count(784, "number")
    ('three dot products', '784 numbers')
    """
    spec = f"count {one}/{many or one + 's'}"
    if n <= 100:
        return numerals.text(n, spec)
    return f"{numerals.text(n)} {many or one + 's'}"


def pictured(network: Network) -> list[str]:
    """Name what is told of each picture of a network: sums, states and outputs."""
    sums = [f"sum of {plain(name)}" for name in names("h", len(network.z1))]
    return [*sums, "states", *map(plain, names("y", len(network.y_hat)))]


def size(shape: Shape) -> str:
    """Say how much a shape holds.

    >>> size((4,)), size((4, 3)), size(())
    ('four numbers', 'four rows and three columns', 'one number')
    """
    match shape:
        case ():
            return "one number"
        case (n,):
            return count(n, "number")
        case (rows, columns):
            return f"{count(rows, 'row')} and {count(columns, 'column')}"
    return f"{count(prod(shape), 'number')} along {count(len(shape), 'axis', 'axes')}"


def shapes(step: Step) -> str:
    """Write a step's shapes: what went in, an arrow, what came out.

    >>> from fwdpass.figures.kinds import Operand
    >>> pair = Operand("x", (4,)), Operand("W1", (4, 3))
    >>> shapes(Step("x @ W1", "binary", pair, (3,), "@"))
    '(4,) @ (4, 3) → (3,)'
    """
    result = numerals.text(step.result)
    if step.operation == "name":
        return result
    given = [numerals.text(o.shape) for o in step.operands]
    joint = f" {step.operator} " if step.operation == "binary" else ", "
    return f"{joint.join(given)} → {result}"


def words(step: Step) -> str:
    """Say what a step does, from its operation and its shapes."""
    match step.operation:
        case "name":
            return f"given: {size(step.result)}"
        case "binary" if step.operator == "@":
            return _multiplied(step.operands[0], step.operands[1], step.result)
        case "binary":
            return _entrywise(step)
        case "sign" if step.result == ():
            return "one number with its sign turned"
        case "sign":
            return f"{size(step.result)}, the sign of each turned"
        case "transpose" if len(step.result) < 2:
            return "unchanged: a single axis has nothing to swap with"
        case "transpose":
            return "transposed: rows become columns"
        case "pick":
            return f"{size(step.result)} picked from {step.operands[0].text}"
        case "call":
            return _called(step)
    assert_never(step.operation)


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


def outcome(figure: Mismatch) -> str:
    """Say what NumPy made of operands that do not go together.

    >>> from fwdpass.figures.kinds import Operand
    >>> turned = Step("W2 @ W1", "binary", (Operand("W2", (3, 4)), Operand("W1", (4, 3))), (3, 3), "@")
    >>> outcome(Mismatch(turned, (), "", ()))
    'accepted: the result has shape (3, 3)'
    """
    if figure.message:
        return "refused"
    how = "stretched without a word" if figure.pairs else "accepted"
    return f"{how}: the result has shape {numerals.text(figure.step.result)}"


def axis(one: Axis) -> str:
    """Name an axis by where it stands.

    >>> axis(Axis("W1", 1, 3)), axis(Axis("x", 1, 4, first=True)), axis(Axis("b1", 2, None))
    ('the last axis of W1', 'the only axis of x', 'no axis of b1')
    """
    if one.length is None:
        return f"no axis of {one.operand}"
    where = ("only" if one.first else "last") if one.place == 1 else "first" if one.first else "last but one"
    return f"the {where} axis of {one.operand}"


def length(one: Axis) -> str:
    """Write how long an axis is."""
    return "\N{EM DASH}" if one.length is None else numerals.text(one.length)


_ENTRYWISE = {"+": "sum", "-": "difference", "*": "product", "/": "quotient", "**": "power"}


def _entrywise(step: Step) -> str:
    noun = _ENTRYWISE[step.operator]
    if step.result == ():
        return f"one {noun}"
    said = f"{count(prod(step.result), noun)}, entry by entry"
    for operand in step.operands:
        if operand.shape == ():
            said += f"; {operand.text}, one number, is used for all"
        elif operand.shape != step.result:
            said += f"; {operand.text} is stretched to {numerals.text(step.result)}"
    return said


def _called(step: Step) -> str:
    given = [o.shape for o in step.operands if o.shape != ()]
    if step.operator and step.result != ():
        return f"{step.operator} of {count(prod(step.result), 'number')}, entry by entry"
    if not given:
        return f"gives {size(step.result)}"
    if step.result == ():
        return f"one number from {count(sum(map(prod, given)), 'number')}"
    if step.result == given[0]:
        return f"{size(step.result)}: the shape is kept"
    if len(given) == 1 and prod(step.result) == prod(given[0]):
        return f"the same {count(prod(step.result), 'number')} in another shape"
    return f"gives {size(step.result)}"
