"""Mutants of the script alone: each operation of it changed, in every way in which such a line goes wrong.

=================  ==================================================================================
``a @ W + b``      without the bias, with its sign or the product's exchanged, with one bias for all
``maximum(0, z)``  left out, leaky, the smaller, from one; the entry that is largest, for all of them
``mean``           a sum, the largest
``(a - b) ** 2``   another power, the other sign, the size in the place of the square
``.T``             left out; put where there was none
``.flatten()``     read backwards, and column by column
``show("z1", z1)`` any other array of the script, printed under the name
=================  ==================================================================================
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Cell, Lesson, Program, read
from tests.mutation.values import put

ARRAYS = ("x", "z1", "h", "y_hat", "target", "mse")
"""What the script computes, and may be taken for one another."""


@dataclass(frozen=True)
class Changed:
    """The lesson with one operation of the script changed: on which line, and into what."""

    line: int
    change: str
    lesson: Lesson


def of_script(lesson: Lesson) -> Iterator[Changed]:
    """Give the script with each of its operations changed, one at a time."""
    tree = ast.parse(lesson.source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr):
            continue
        for new in dict.fromkeys(_instead(node)):
            start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
            old = " ".join((ast.get_source_segment(lesson.source, node) or "").split())
            source = put(lesson.source, start, end, f"({new})" if isinstance(node, ast.BinOp) else new)
            yield Changed(node.lineno, f"{old} → {new}", replace(lesson, source=source))


@dataclass(frozen=True)
class Note:
    """What a page says beside a line of the script: the line's code, and the first and last line of the page."""

    code: str
    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last


def notes(page: str) -> tuple[Note, ...]:
    """Find the notes in the source of a page."""
    found = re.finditer(r"^:::\{line\} (.*)\n(?:.*\n)*?:::$", page, re.MULTILINE)
    lines = ((match[1].strip(), page.count("\n", 0, match.start()) + 1, match[0].count("\n")) for match in found)
    return tuple(Note(code, first, first + length) for code, first, length in lines)


def about(program: Program, noted: Iterable[Note]) -> Program:
    """Keep of a program what stands in notes, and the cells that make the names for it."""
    noted = list(noted)
    wanted = [any(step.line in note for note in noted) for step in program.steps]
    names = {name for step, here in zip(program.steps, wanted, strict=True) if here for name in _names(step.source)}
    last = max(at for at, here in enumerate(wanted) if here)
    for at in reversed(range(len(program.steps))):
        step = program.steps[at]
        if isinstance(step, Cell) and at < last and not (step.script or step.may_raise):
            wanted[at] = not names.isdisjoint(_made(step.source))
            names |= set(_names(step.source)) if wanted[at] else set()
    return Program(program.page, tuple(step for step, here in zip(program.steps, wanted, strict=True) if here))


def answers(program: Program, lesson: Lesson | None, folder: Path) -> dict[tuple[int, str], tuple[str, ...]]:
    """Ask every sentence for a lesson: line and kind → whether each claim is true, and which cases are told."""
    ledger = read(program, lesson, Arithmetic.EXACT, folder, strict=False)
    said: dict[tuple[int, str], tuple[str, ...]] = {}
    for entry in ledger.entries:
        if entry.kind in ("claim", "case"):
            said[entry.line, entry.kind] = (*said.get((entry.line, entry.kind), ()), entry.text)
    return said


def _names(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _made(source: str) -> Iterator[str]:
    """Give the names that a cell makes: what it binds, imports and defines."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(name, ast.Store()) | ast.FunctionDef(name):
                yield name
            case ast.Import(names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in names)


def _instead(node: ast.AST) -> Iterator[str]:
    """Give what else could stand in the place of an expression."""
    match node:
        case ast.BinOp(ast.BinOp(op=ast.MatMult()) as product, ast.Add(), bias):
            a, b = ast.unparse(product), ast.unparse(bias)
            yield from (a, f"{a} - {b}", f"{b} - {a}", f"{a} + {b}[0]", f"{a} + {b}[::-1]", f"({a}) * {b}")
        case ast.BinOp(a, ast.MatMult(), W):
            left, right = ast.unparse(a), ast.unparse(W)
            yield from (
                f"-{left} @ {right}",
                f"{left} @ {right}[::-1]",
                f"{left}[::-1] @ {right}",
                f"abs({left} @ {right})",
            )
            yield from (f"{other} @ {right}" for other in ARRAYS if other != left)
        case ast.Call(ast.Attribute(attr="maximum"), [_, summed]):
            z = ast.unparse(summed)
            yield from (z, f"np.maximum({z} / 100, {z})", f"np.minimum(0, {z})", f"np.maximum(1, {z})", f"abs({z})")
            yield from (f"np.maximum(0, -{z})", f"np.maximum({z}, np.max({z}))", f"np.maximum(0, {z}[::-1])")
        case ast.Call(ast.Attribute(ast.Name("np"), "mean"), [inner]):
            yield from (f"np.{other}({ast.unparse(inner)})" for other in ("sum", "max", "min"))
        case ast.BinOp(ast.BinOp(a, ast.Sub(), b) as difference, ast.Pow(), _):
            between, left, right = map(ast.unparse, (difference, a, b))
            yield from (f"abs({between})", between, f"({between}) ** 4", f"({left} + {right}) ** 2", f"({left}) ** 2")
        case ast.Attribute(array, "T"):
            yield from (ast.unparse(array), f"{ast.unparse(array)}[::-1]", f"{ast.unparse(node)}.T")
        case ast.Call(ast.Attribute(array, "flatten"), []):
            read = ast.unparse(array)
            yield from (f"{read}.T.flatten()", f"{read}.flatten()[::-1]", f"(1 - {read}).flatten()", f"{read}[0]")
        case ast.Call(ast.Name("show"), [_, ast.Name(shown)]):
            name = ast.unparse(node).split(",")[0]
            yield from (f"{name}, {other})" for other in ARRAYS if other != shown)
        case ast.BinOp(ast.Call(ast.Name("round")) as rounded, ast.Add(), zero):
            yield from (f"{ast.unparse(rounded)} - {ast.unparse(zero)}", f"-({ast.unparse(rounded)})", "float(v) * 2")
