"""From which entries of its operands each entry of a result was made, for operations that say so by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from fwdpass.figures.base import Shape
from fwdpass.trace.panel.worked import PRODUCTS

Index = tuple[int, ...]
Made = Iterator[tuple[int, Index]]
"""Operands by number, each with an index into it."""

WIDE = 64
"""Entries that one entry may be made from; where there are more, nothing is said."""

ENTRYWISE = frozenset("+ - * / // % ** & | ^ == != < <= > >=".split()) | frozenset(
    "maximum minimum fmax fmin abs absolute exp log log1p expm1 sqrt square tanh sin cos sign round clip relu where "
    "add subtract multiply divide power negative float int".split()
)
RESHAPED = frozenset(("flatten", "ravel", "reshape", "copy", "astype", "array", "asarray"))
TRANSPOSED = frozenset(("T", "transpose"))


def made_of(operation: str, shapes: Sequence[Shape], out: Shape, index: Index) -> Made:
    """Give what an entry was made from, by the operation's sign or name; by default, by everything there was.

    >>> list(made_of("@", [(2,), (2, 3)], (3,), (1,)))
    [(0, (0,)), (0, (1,)), (1, (0, 1)), (1, (1, 1))]
    >>> list(made_of("+", [(3,), ()], (3,), (1,))), list(made_of("T", [(2, 3)], (3, 2), (0, 1)))
    ([(0, (1,)), (1, ())], [(0, (1, 0))])
    """
    if operation in PRODUCTS and _multiplies(shapes):
        yield from _multiplied(shapes[0], shapes[1], index)
    elif operation in ENTRYWISE and all(_spreads(shape, out) for shape in shapes):
        yield from ((i, _spread(shape, index)) for i, shape in enumerate(shapes))
    elif operation in TRANSPOSED and shapes and shapes[0] == out[::-1]:
        yield 0, index[::-1]
    elif operation in RESHAPED and shapes and prod(shapes[0]) == prod(out):
        yield 0, _index(_row_by_row(index, out), shapes[0])
    elif sum(map(prod, shapes)) <= WIDE:
        yield from ((i, each) for i, shape in enumerate(shapes) for each in product(*map(range, shape)))


def _multiplies(shapes: Sequence[Shape]) -> bool:
    return len(shapes) == 2 and all(len(s) in (1, 2) for s in shapes) and shapes[0][-1] == shapes[1][0] <= WIDE


def _multiplied(left: Shape, right: Shape, index: Index) -> Made:
    row, column = index[: len(left) - 1], index[len(left) - 1 :]
    yield from ((0, (*row, k)) for k in range(left[-1]))
    yield from ((1, (k, *column)) for k in range(right[0]))


def _spreads(shape: Shape, out: Shape) -> bool:
    """Say whether an operand is stretched to the result, as NumPy broadcasts."""
    return len(shape) <= len(out) and all(n in (1, m) for n, m in zip(shape[::-1], out[::-1], strict=False))


def _spread(shape: Shape, index: Index) -> Index:
    return tuple(0 if n == 1 else i for n, i in zip(shape, index[len(index) - len(shape) :], strict=True))


def _row_by_row(index: Index, shape: Shape) -> int:
    """Count the entries before an index, as they lie in memory: row by row."""
    at = 0
    for i, n in zip(index, shape, strict=True):
        at = at * n + i
    return at


def _index(place: int, shape: Shape) -> Index:
    """Give the index of the entry that has so many before it."""
    index: list[int] = []
    for n in reversed(shape):
        place, i = divmod(place, n)
        index.append(i)
    return tuple(reversed(index))
