"""Mutants of shapes: the lesson rewritten for another picture, or for more or fewer hidden neurons."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from fwdpass.errors import FwdpassError
from fwdpass.page import Lesson
from tests.mutation.mutant import Mutant
from tests.mutation.values import decimal, numbers, put

ARRAYS = ("image", "W1", "b1", "W2", "b2")
PICTURES = ((2, 3), (3, 2), (3, 3), (1, 3), (1, 2))
"""Rows and columns that the picture gets."""
WIDTHS = (5, 4, 2, 1)
"""Numbers of hidden neurons. Four makes the weights of a 2×2 picture square, which hides a transposed matrix."""


Write = Callable[[str, Fraction], str]
"""Writes an entry of the array that it is told."""


def of_shapes(lesson: Lesson) -> Iterator[Mutant]:
    """Give a mutant for every other picture, and for every other hidden width.

    Entries that both shapes have keep their numbers; new ones get a number each that looks like
    nothing else. The outputs are as many as the pixels, since the target is the picture, flipped.
    """
    rows, columns, hidden = sizes(lesson)
    for n in WIDTHS:
        if n != hidden:
            yield Mutant(f"hidden width {hidden} → {n}", "shape", resized(lesson, rows, columns, n))
    for m, n in PICTURES:
        if (m, n) != (rows, columns):
            yield Mutant(f"picture {rows}×{columns} → {m}×{n}", "shape", resized(lesson, m, n, hidden))


def sizes(lesson: Lesson) -> tuple[int, int, int]:
    """Give the picture's rows and columns, and the number of hidden neurons."""
    arrays = stated(lesson.source)
    if missing := [name for name in ARRAYS if name not in arrays]:
        raise FwdpassError(
            f"{lesson.module} states no array {missing[0]}, so its shape cannot be changed: "
            f"a lesson states {', '.join(ARRAYS)}, each as NAME = np.array([…])"
        )
    rows, columns = (max(places) + 1 for places in zip(*arrays["image"], strict=True))
    return rows, columns, len(arrays["b1"])


def stated(source: str) -> dict[str, dict[tuple[int, ...], Fraction]]:
    """Give the numbers of the arrays that a script states, by name and index.

    >>> stated("b = np.array([0.5, -2])")
    {'b': {(0,): Fraction(1, 2), (1,): Fraction(-2, 1)}}
    """
    arrays: dict[str, dict[tuple[int, ...], Fraction]] = {}
    for place in numbers(source):
        arrays.setdefault(place.array, {})[place.index] = place.value
    return arrays


def resized(lesson: Lesson, rows: int, columns: int, hidden: int) -> Lesson:
    """Rewrite the arrays for a picture of ``rows`` by ``columns`` pixels and ``hidden`` neurons."""
    pixels = rows * columns
    shapes = ((rows, columns), (pixels, hidden), (hidden,), (hidden, pixels), (pixels,))
    source = lesson.source
    before = stated(source)
    for name, shape in zip(ARRAYS, shapes, strict=True):
        start, end = _place(source, name)
        source = put(source, start, end, _written(name, before[name], shape))
    return replace(lesson, source=source)


def written_over(source: str, arrays: Mapping[str, Mapping[tuple[int, ...], Fraction]], write: Write) -> str:
    """Give a lesson's source with other numbers in its arrays, each written by a function of its array and value."""
    for name, entries in arrays.items():
        start, end = _place(source, name)
        source = put(source, start, end, _listed(entries, (), name, write))
    return source


def _listed(entries: Mapping[tuple[int, ...], Fraction], index: tuple[int, ...], name: str, write: Write) -> str:
    """Write an array, or a part of it, as lists within lists."""
    if index in entries:
        return write(name, entries[index])
    depth = len(index)
    n = max(place[depth] for place in entries if place[:depth] == index) + 1
    return f"[{', '.join(_listed(entries, (*index, i), name, write) for i in range(n))}]"


def _place(source: str, name: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Find the list that an array is made of."""
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign([ast.Name(target)], ast.Call(_, [ast.List() as entries])) if target == name:
                return (entries.lineno, entries.col_offset), (entries.end_lineno or 0, entries.end_col_offset or 0)
    raise FwdpassError(f"no array {name} in the lesson")


def _written(name: str, before: Mapping[tuple[int, ...], Fraction], shape: tuple[int, ...]) -> str:
    def entry(*index: int) -> str:
        i, j = index[0], index[-1]
        if name == "image":
            return str(before.get(index, (i + 2 * j) % 3 and 1))
        new = Fraction((7 * i + 5 * j + 3 * ARRAYS.index(name)) % 19 - 9, 10)
        return decimal(before.get(index, new))

    if len(shape) == 1:
        return f"[{', '.join(map(entry, range(shape[0])))}]"
    rows = (f"[{', '.join(entry(i, j) for j in range(shape[1]))}]" for i in range(shape[0]))
    return f"[{', '.join(rows)}]"
