"""Arithmetic on tables of fractions, in plain Python: as much of NumPy's as the pages' cells use."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any


class Unknown(Exception):
    """Something that this module does not follow."""


@dataclass(frozen=True)
class Table:
    """An array: its shape, and its entries row by row."""

    shape: tuple[int, ...]
    flat: tuple[Any, ...]

    @classmethod
    def of(cls, entries: Mapping[tuple[int, ...], Any]) -> Table:
        """Take entries by their indices."""
        shape = tuple(max(places) + 1 for places in zip(*entries, strict=True))
        return cls(shape, tuple(entries[index] for index in product(*map(range, shape))))

    def at(self, *index: int) -> Any:
        """Give one entry."""
        place = 0
        for i, n in zip(index, self.shape, strict=True):
            place = place * n + i
        return self.flat[place]

    def map(self, function: Callable[[Any], Any]) -> Table:
        """Apply a function to every entry."""
        return Table(self.shape, tuple(map(function, self.flat)))

    def rows(self) -> tuple[Any, ...]:
        """Take the array apart along its first axis."""
        if len(self.shape) == 1:
            return self.flat
        size = prod(self.shape[1:])
        return tuple(Table(self.shape[1:], self.flat[i * size : (i + 1) * size]) for i in range(self.shape[0]))

    def nested(self) -> list[Any]:
        """Give lists of lists."""
        return [row.nested() if isinstance(row, Table) else row for row in self.rows()]

    @property
    def T(self) -> Table:
        """The transpose."""
        if len(self.shape) == 1:
            return self
        m, n = self.shape
        return Table((n, m), tuple(self.at(i, j) for j in range(n) for i in range(m)))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.flat)

    def sum(self) -> Any:
        """Add all entries up."""
        return sum(self.flat)

    def mean(self) -> Any:
        """Divide their sum by their number."""
        return Fraction(sum(self.flat)) / len(self.flat)

    def max(self) -> Any:
        """Give the largest."""
        return max(self.flat)

    def argmax(self) -> int:
        """Give the place of the largest, the first of several."""
        return self.flat.index(max(self.flat))

    def any(self) -> bool:
        """Say whether an entry is not zero."""
        return any(self.flat)

    def flatten(self) -> Table:
        """Put the rows one after another."""
        return Table((len(self.flat),), self.flat)

    def reshape(self, *shape: int) -> Table:
        """Give the entries another shape; -1 is as long as it takes."""
        known = prod(n for n in shape if n >= 0)
        full = tuple(len(self.flat) // known if n < 0 else n for n in shape)
        if prod(full) != len(self.flat):
            raise Unknown
        return Table(full, self.flat)

    def __len__(self) -> int:
        return self.shape[0]

    def __matmul__(self, other: Table) -> Table:
        left = self if self.ndim == 2 else Table((1, *self.shape), self.flat)
        right = other if other.ndim == 2 else Table((*other.shape, 1), other.flat)
        (m, n), (n_too, p) = left.shape, right.shape
        if n != n_too:
            raise Unknown
        sums = (sum(left.at(i, k) * right.at(k, j) for k in range(n)) for i in range(m) for j in range(p))
        outer = self.shape[:-1] + (other.shape[1:] if other.ndim == 2 else ())
        return Table(outer or (1,), tuple(sums))

    def __add__(self, other: Any) -> Table:
        total: Table = entrywise(operator.add, self, other)
        return total

    def __getitem__(self, index: Any) -> Any:
        every = index if isinstance(index, tuple) else (index,)
        if any(isinstance(i, Table) for i in every) or len([i for i in every if i is not None]) > self.ndim:
            raise Unknown
        shape: list[int] = []
        places: list[list[int]] = []
        axis = 0
        for i in (*every, *[slice(None)] * (self.ndim - len([i for i in every if i is not None]))):
            if i is None:
                shape.append(1)
                continue
            kept = range(self.shape[axis])[i]
            places.append([kept] if isinstance(kept, int) else list(kept))
            if not isinstance(kept, int):
                shape.append(len(kept))
            axis += 1
        entries = tuple(self.at(*where) for where in product(*places))
        return Table(tuple(shape), entries) if shape else entries[0]


def collect(value: Any) -> Table:
    """Take a number, an array, or lists of them as an array."""
    if isinstance(value, Table):
        return value
    if isinstance(value, list):
        parts = [collect(v) for v in value]
        shapes = {part.shape for part in parts}
        if len(shapes) != 1:
            raise Unknown
        return Table((len(parts), *shapes.pop()), tuple(v for part in parts for v in part.flat))
    if isinstance(value, int | Fraction):
        return Table((), (value,))
    raise Unknown


def entrywise(function: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Apply an operator entry by entry, the shapes broadcast as NumPy does."""
    if not isinstance(left, Table) and not isinstance(right, Table):
        return function(left, right)
    a, b = collect(left), collect(right)
    width = max(a.ndim, b.ndim)
    p, q = ((1,) * (width - t.ndim) + t.shape for t in (a, b))
    if any(m != n and 1 not in (m, n) for m, n in zip(p, q, strict=True)):
        raise Unknown
    shape = tuple(m if n == 1 else n for m, n in zip(p, q, strict=True))
    wide, wider = Table(p, a.flat), Table(q, b.flat)

    def entries() -> Iterator[Any]:
        for index in product(*map(range, shape)):
            here = [0 if n == 1 else i for i, n in zip(index, p, strict=True)]
            there = [0 if n == 1 else i for i, n in zip(index, q, strict=True)]
            yield function(wide.at(*here), wider.at(*there))

    return Table(shape, tuple(entries()))


_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: Fraction(a) / b,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "len": len,
    "range": range,
    "abs": lambda v: v.map(abs) if isinstance(v, Table) else abs(v),
    "bool": bool,
}
_METHODS = frozenset(
    (
        *("T", "shape", "size", "ndim", "sum", "mean", "max", "argmax", "any", "flatten", "reshape"),
        *("array", "maximum", "relu", "mse", "neuron", "forward", "collapse", "states", "agree"),
        *("z", "alive", "boundary", "dead"),
    )
)


def evaluate(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Give what an expression is worth. Raises Unknown for what is not plain arithmetic."""
    match node:
        case ast.Constant(float() as value):
            return Fraction(repr(value))
        case ast.Constant(value):
            return value
        case ast.Name(name):
            if name not in names:
                raise Unknown
            return names[name]
        case ast.Attribute(value, name) if name in _METHODS:
            return _attribute(evaluate(value, names), name)
        case ast.Subscript(value, index):
            return evaluate(value, names)[evaluate(index, names)]
        case ast.Slice(low, high, step):
            return slice(*(None if part is None else evaluate(part, names) for part in (low, high, step)))
        case ast.Tuple(entries):
            return tuple(evaluate(entry, names) for entry in entries)
        case ast.List(entries):
            return [evaluate(entry, names) for entry in entries]
        case ast.Call(ast.Name(name), arguments, []) if name in _FUNCTIONS and name not in names:
            return _FUNCTIONS[name](*(evaluate(argument, names) for argument in arguments))
        case ast.Call(ast.Attribute(value, "astype"), [ast.Name("int")], []):
            return evaluate(value, names).map(int)
        case ast.Call(ast.Attribute() as function, arguments, []):
            return evaluate(function, names)(*(evaluate(argument, names) for argument in arguments))
        case ast.ListComp(element, [ast.comprehension(ast.Name(name), each, [], 0)]):
            return [evaluate(element, {**names, name: value}) for value in evaluate(each, names)]
        case ast.IfExp(test, body, otherwise):
            return evaluate(body if evaluate(test, names) else otherwise, names)
        case ast.UnaryOp(op, value):
            return _signed(op, evaluate(value, names))
        case ast.BinOp(left, ast.MatMult(), right):
            return _product(evaluate(left, names), evaluate(right, names))
        case ast.BinOp(left, op, right) if type(op) in _BINARY:
            return entrywise(_BINARY[type(op)], evaluate(left, names), evaluate(right, names))
        case ast.Compare(left, [ast.In()], [right]):
            return evaluate(left, names) in evaluate(right, names)
        case ast.Compare(left, [op], [right]) if type(op) in _COMPARE:
            return entrywise(_COMPARE[type(op)], evaluate(left, names), evaluate(right, names))
    raise Unknown


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name)
    except AttributeError:
        raise Unknown from None


def _product(left: Any, right: Any) -> Any:
    if not isinstance(left, Table) or not isinstance(right, Table):
        raise Unknown
    result = left @ right
    return result.flat[0] if left.ndim == right.ndim == 1 else result


def _signed(op: ast.unaryop, value: Any) -> Any:
    match op:
        case ast.USub():
            return value.map(operator.neg) if isinstance(value, Table) else -value
        case ast.Not():
            return not value
    raise Unknown
