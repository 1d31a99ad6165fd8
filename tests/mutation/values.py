"""Mutants of numbers: each entry of the lesson's arrays, and each literal of a page's visible cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from fwdpass.errors import FwdpassError
from fwdpass.page import Cell, Lesson, Program
from tests.mutation.mutant import Book, Kind, Mutant

STEP = Fraction(37, 100)
"""What is added to a decimal: enough to be seen, and a sum of nothing that the lesson holds."""


@dataclass(frozen=True)
class Place:
    """Where a number stands in a source: lines from one, columns in UTF-8 bytes, as :mod:`ast` counts them."""

    start: tuple[int, int]
    end: tuple[int, int]
    value: Fraction
    decimal: bool
    array: str = ""
    index: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Name the entry as Python does: ``W1[0, 2]``."""
        return f"{self.array}[{', '.join(map(str, self.index))}]"

    def put(self, source: str, new: str) -> str:
        """Give the source with another text in this place."""
        return put(source, self.start, self.end, new)


def put(source: str, start: tuple[int, int], end: tuple[int, int], new: str) -> str:
    """Replace what stands between two places of a source.

    >>> put("a = 1, 2", (1, 4), (1, 5), "7")
    'a = 7, 2'
    """
    lines = source.encode().splitlines(keepends=True)
    offset = [sum(map(len, lines[: row - 1])) + column for row, column in (start, end)]
    whole = b"".join(lines)
    return (whole[: offset[0]] + new.encode() + whole[offset[1] :]).decode()


def numbers(source: str) -> Iterator[Place]:
    """Find the entries of every array that a script states with ``np.array`` at its top level.

    >>> [(place.name, str(place.value)) for place in numbers("b = np.array([0.5, -2])")]
    [('b[0]', '1/2'), ('b[1]', '-2')]
    """
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Attribute(attr="array"), [ast.List() as entries])):
                yield from _entries(entries, name, ())


def literals(source: str) -> Iterator[Place]:
    """Find the numbers that a cell's code holds, but for those inside an f-string, whose places are not kept.

    >>> [str(place.value) for place in literals("W[:, 0] * 0.5 + -1")]
    ['0', '1/2', '-1']
    """
    tree = ast.parse(source)
    formatted = {id(node) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for node in ast.walk(text)}
    found = [place for node in ast.walk(tree) if id(node) not in formatted and (place := _place(node)) is not None]
    signed = {place.end for place in found if place.value < 0}
    for place in sorted(found, key=lambda place: place.start):
        if place.value < 0 or place.end not in signed:  # the number in -1 is no place of its own
            yield place


def of_lesson(lesson: Lesson) -> Iterator[Mutant]:
    """Give a mutant for every number that the lesson states: pixels flipped, parameters moved by :data:`STEP`."""
    found = list(numbers(lesson.source))
    if not found:
        raise FwdpassError(f"{lesson.module} states no number to change: an array is written NAME = np.array([…])")
    decimals = {place.array for place in found if place.decimal}
    for place in found:
        pixel = place.array not in decimals
        new = str(1 - place.value) if pixel else decimal(place.value + STEP)
        old = str(place.value) if pixel else decimal(place.value)
        changed = replace(lesson, source=place.put(lesson.source, new))
        yield Mutant(f"{place.name}: {old} → {new}", "pixel" if pixel else "parameter", changed)


def of_cells(book: Book) -> Iterator[Mutant]:
    """Give a mutant for every literal, and for every plus and minus, in the cells that readers see.

    Whole numbers get one more, decimals :data:`STEP`; plus becomes minus, and minus plus. (A hidden cell may hold no
    number, and what it does with the lesson's is the lesson's mutants' business.)
    """
    for program in book.programs.values():
        for index, step in enumerate(program.steps):
            if isinstance(step, Cell) and not step.hidden:
                for place in literals(step.source):
                    new = decimal(place.value + STEP) if place.decimal else str(place.value + 1)
                    old = decimal(place.value) if place.decimal else str(place.value)
                    source = place.put(step.source, new)
                    yield _of_cell(book, program, index, "cell literal", f"{old} → {new}", place.start[0], source)
                for change, line, source in exchanged(step.source):
                    yield _of_cell(book, program, index, "cell operator", change, line, source)


def _of_cell(book: Book, program: Program, index: int, kind: Kind, change: str, line: int, source: str) -> Mutant:
    step = program.steps[index]
    if not isinstance(step, Cell):
        raise TypeError(f"step {index} of {program.page} is no cell")
    written = step.source.splitlines()[line - 1].strip()
    steps = (*program.steps[:index], replace(step, source=source), *program.steps[index + 1 :])
    return Mutant(
        f"{program.page}.md:{step.line + line - 1}: {change} in {written}",
        kind,
        book.lesson,
        programs={program.page: replace(program, steps=steps)},
        page=program.page,
        code=written,
    )


def exchanged(source: str) -> Iterator[tuple[str, int, str]]:
    """Exchange each plus and minus of a source: what was done, on which line, and the source that results.

    >>> list(exchanged("a + b"))
    [('+ → -', 1, 'a - b')]
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            plus = isinstance(node.op, ast.Add)
            node.op = ast.Sub() if plus else ast.Add()
            start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
            yield ("+ → -" if plus else "- → +"), node.lineno, put(source, start, end, ast.unparse(node))
            node.op = ast.Add() if plus else ast.Sub()


def _entries(node: ast.expr, name: str, index: tuple[int, ...]) -> Iterator[Place]:
    if isinstance(node, ast.List):
        for i, entry in enumerate(node.elts):
            yield from _entries(entry, name, (*index, i))
    elif (place := _place(node) or _quotient(node)) is not None:
        yield replace(place, array=name, index=index)


def _quotient(node: ast.AST) -> Place | None:
    """Take an entry such as ``0.2/3``, which no decimal states."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        over, under = _place(node.left), _place(node.right)
        if over is not None and under is not None and under.value:
            return replace(over, end=under.end, value=over.value / under.value)
    return None


def _place(node: ast.AST) -> Place | None:
    """Take a number, and the sign before it."""
    match node:
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)) if not isinstance(value, bool):
            number = -Fraction(repr(value))
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            number = Fraction(repr(value))
        case _:
            return None
    start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return Place(start, end, number, isinstance(value, float))


def decimal(value: Fraction) -> str:
    """Write a decimal of few places as Python reads it.

    >>> decimal(Fraction(-13, 100)), decimal(Fraction(0))
    ('-0.13', '0.0')
    """
    return repr(float(value))
