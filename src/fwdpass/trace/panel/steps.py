"""What each expression of a line was worth, how it came about, and from which numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fwdpass import numerals
from fwdpass.figures.base import SHOWN, Row, Shape, fitting
from fwdpass.figures.dot import dot
from fwdpass.figures.product import worked
from fwdpass.figures.states import States
from fwdpass.nn import Array
from fwdpass.trace.panel.followed import made_of
from fwdpass.trace.panel.kinds import Average, Entrywise, How, Numbers, Ref, Step, Words, Worth
from fwdpass.trace.panel.operands import literal, written_in
from fwdpass.trace.panel.values import Grid, grid_of, words
from fwdpass.trace.record import Branch, Named, Node, Number, Place, Trace

Axes = Mapping[str, Sequence[str]]
"""Names of axes, by the name of an array."""

STEPS = 40
"""Sub-expressions of a line that are shown."""
_ASSIGNED = frozenset(("Assign", "AnnAssign"))
CODE = 60
"""Characters of an expression that are shown."""
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷", "**": "**"}


@dataclass(frozen=True)
class _Part:
    """A sub-expression while it is put together: what is shown of it, and what it was worth."""

    steps: tuple[Step, ...]
    at: tuple[int, int]
    grid: Grid | None = None
    numbers: Numbers | None = None

    @property
    def axes(self) -> tuple[str, ...]:
        return self.numbers.axes if self.numbers else ()


class Steps:
    """The steps of a trace's visits, in order; each number is given a key, and remembers what it was made from."""

    def __init__(self, trace: Trace, axes: Axes) -> None:
        self._trace = trace
        self._axes = axes
        self._grids: dict[int, Grid | None] = {}
        self._trees: dict[int, ast.expr | None] = {}
        self._keys = 0
        self._changed: dict[tuple[int, int], Numbers] = {}
        self._roots: dict[int, list[tuple[Branch, Numbers]]] = {}
        self._latest: dict[tuple[int, str], tuple[int, Numbers]] = {}
        self.sources: list[tuple[Ref, tuple[Ref, ...]]] = []

    def of(self, visit: int) -> Iterator[Step]:
        """Give the steps of a visit, a tree for each expression that stands by itself."""
        name = self._assigned(visit)
        self._left = STEPS
        self._once: set[int] = set()
        for branch in self._trace.tree(visit):
            part = self._part(visit, branch, name)
            if part.numbers is not None:
                self._roots.setdefault(visit, []).append((branch, part.numbers))
            yield from part.steps

    def shifted(self, visit: int, at: int) -> tuple[Worth | None, Worth | None]:
        """Give what a name was worth before and after a change.

        After it, it is the value of the expression that it was assigned, if it was one.
        """
        change = self._trace.visits[visit].changes[at]
        name = self._trace.visits[visit].frame, change.name
        axes = self._axes.get(change.name, ())
        before = None if change.before is None else self._worth(change.before, axes)
        if isinstance(before, Numbers) and (known := self._latest.get(name)) and known[0] == change.before:
            self._copied(before, known[1])
        if change.after is None:
            return before, None
        kind = self._trace.statements[self._trace.visits[visit].statement].kind
        root = self._root(visit)
        given = root[1] if root and kind in _ASSIGNED and root[0].value == change.after else None
        after = given or self._worth(change.after, axes)
        if isinstance(after, Numbers):
            if kind == "AugAssign" and root and isinstance(before, Numbers):
                self._made("+", [before, root[1]], after, self._grid(change.after))
            self._changed[visit, at] = after
            self._latest[name] = change.after, after
        return before, after

    def _root(self, visit: int) -> tuple[Branch, Numbers] | None:
        """Give the value on the right of an assignment: its expression ends where the statement does."""
        end = self._trace.statements[self._trace.visits[visit].statement].place
        for branch, numbers in reversed(self._roots.get(visit, [])):
            place = self._trace.nodes[branch.node].place
            rest = self._trace.text(Place(place.end_line, place.end_column, end.end_line, end.end_column))
            return (branch, numbers) if not rest.strip(") \n\\") else None
        return None

    def _assigned(self, visit: int) -> str:
        """The name that a statement gives a value to, if it is one name."""
        names = [change.name for change in self._trace.visits[visit].changes if change.how == "assigned"]
        return names[0] if len(names) == 1 else ""

    # Sub-expressions ------------------------------------------------------------------------------------------------

    def _part(self, visit: int, branch: Branch, name: str = "") -> _Part:
        """Put a sub-expression together, its operands first."""
        node = self._trace.nodes[branch.node]
        at = node.place.line, node.place.column
        parts = [self._part(visit, child) for child in branch.children]
        below = tuple(step for part in parts for step in part.steps)
        if self._is_silent(branch):
            # a method stands for the array that it belongs to
            owner = parts[0] if node.kind == "Attribute" and parts else _Part((), at)
            return _Part(below, at, owner.grid, owner.numbers)
        self._left -= 1
        self._once.add(branch.node)
        code, grid = self._code(branch.node), self._grid(branch.value)
        if grid is None:
            return _Part((Step(code, Words(words(self._trace, branch.value)), below),), at)
        operands = self._operands(branch.node, parts)
        origin = self._origin(visit, branch)
        axes = self._axes_of(node, operands, grid.shape, name) or (origin.axes if origin else ())
        numbers = self._numbers(grid, axes)
        if origin is not None:
            self._copied(numbers, origin)
        else:
            self._link(node, operands, numbers, grid)
        step = Step(
            code,
            numbers,
            self._weighted(node, operands, below),
            _shapes(node, operands, grid.shape),
            self._how(node, operands, numbers, grid),
            self._about(branch.node),
        )
        return _Part((step,), at, grid, numbers)

    def _is_silent(self, branch: Branch) -> bool:
        """Leave out what says nothing by itself: functions, modules, literals, calls for their effect, repetitions."""
        value = self._trace.values[branch.value]
        if isinstance(value, Named) or self._left <= 0 or branch.node in self._once:
            return True
        if isinstance(value, Number) and value.value is None:
            return True
        return literal(self._tree(branch.node)) is not None

    def _operands(self, node: int, parts: Sequence[_Part]) -> list[_Part]:
        """Give an operation's operands in order, with the literals among them, which are not recorded."""
        place = self._trace.nodes[node].place
        operands = [part for part in parts if part.grid is not None]
        for operand in written_in(self._tree(node)):
            number = literal(operand)
            if isinstance(number, int | float) and not isinstance(number, bool):
                column = operand.col_offset - 1 + (place.column if operand.lineno == 1 else 1)
                at = place.line + operand.lineno - 1, column
                operands.append(_Part((), at, grid_of(Number(number, type(number).__name__))))
        return sorted(operands, key=lambda part: part.at)

    def _axes_of(self, node: Node, operands: Sequence[_Part], shape: Shape, name: str) -> tuple[str, ...]:
        """Name the axes of a value: as the author says, else as its operands' are."""
        told = self._axes.get(name or (node.label if node.kind == "Name" else ""), ())
        if len(told) == len(shape) and told:
            return tuple(told)
        if node.label == "@" and len(operands) == 2 and all(part.axes for part in operands):
            left, right = operands
            named = left.axes[:-1] + right.axes[1:]
        elif node.kind == "Attribute" and node.label == "T" and operands:
            named = operands[0].axes[::-1]
        else:
            named = next((part.axes for part in operands if part.grid and part.grid.shape == shape), ())
        return named if len(named) == len(shape) else ()

    def _weighted(self, node: Node, operands: Sequence[_Part], below: tuple[Step, ...]) -> tuple[Step, ...]:
        """Say beside each row of a matrix what a vector multiplies it by."""
        if node.label != "@" or len(operands) != 2:
            return below
        left, right = operands
        if not (left.grid and left.grid.exact and len(left.grid.shape) == 1 and right.numbers):
            return below
        if len(right.numbers.shape) != 2:
            return below
        factors = tuple(left.grid.entries[: len(right.numbers.rows)])
        return tuple(
            replace(step, worth=replace(step.worth, factors=factors))
            if isinstance(step.worth, Numbers) and step.worth.key == right.numbers.key
            else step
            for step in below
        )

    def _how(self, node: Node, operands: Sequence[_Part], numbers: Numbers, grid: Grid) -> How | None:
        grids = [part.grid for part in operands if part.grid is not None]
        if not grid.exact or not grids or not all(g.exact and g.entries.size for g in grids):
            return None
        called = self._called(node)
        match [g.entries for g in grids]:
            case [left, right] if node.label == "@" and left.ndim == right.ndim == 1:
                return dot(left, right)
            case [left, right] if node.label == "@" and {left.ndim, right.ndim} <= {1, 2}:
                axes = (*operands[0].axes, *operands[1].axes[1:])
                return worked(left, right, axes if len(axes) == left.ndim + right.ndim - 1 else ())
            case [left, right] if node.kind == "BinOp" and node.label in _SIGNS and 0 < grid.entries.size <= SHOWN:
                if grid.entries.ndim < 2:
                    spread = np.broadcast_arrays(left, right)
                    return Entrywise(_SIGNS[node.label], *(_row(side) for side in spread))
            case [zero, z] if called == "maximum" and zero.ndim == 0 and not zero[()] and z.ndim == 1:
                return self._states(z, grid, numbers)
            case [z, zero] if called == "maximum" and zero.ndim == 0 and not zero[()] and z.ndim == 1:
                return self._states(z, grid, numbers)
            case [z] if called == "relu" and z.ndim == 1:
                return self._states(z, grid, numbers)
            case [entries] if called in ("mean", "average") and grid.shape == () and entries.size <= SHOWN:
                return Average(_row(entries.ravel()))
        return None

    def _states(self, z: Array, grid: Grid, numbers: Numbers) -> States:
        shown = fitting(len(z))
        axis = numbers.axes[0] if numbers.axes else "i"
        return States(axis, _row(z[:shown]), _row(grid.entries[:shown]), len(z))

    # Names of functions, and texts ----------------------------------------------------------------------------------

    def _called(self, node: Node) -> str:
        if node.callee is None:
            return ""
        callee = self._trace.values[node.callee]
        return callee.name.rpartition(".")[2] if isinstance(callee, Named) else ""

    def _about(self, node: int) -> tuple[str, str]:
        called = self._trace.nodes[node].callee
        callee = self._trace.values[called] if called is not None else None
        if not isinstance(callee, Named) or not callee.summary or callee.module == "builtins":
            return "", ""
        tree = self._tree(node)
        code = ast.unparse(tree.func) if isinstance(tree, ast.Call) else callee.name
        return (f".{callee.name.rpartition('.')[2]}" if callee.kind == "method" else code), callee.summary

    def _code(self, node: int) -> str:
        code = " ".join(self._trace.text(self._trace.nodes[node].place).split())
        if len(code) <= CODE:
            return code
        tree = self._tree(node)
        if isinstance(tree, ast.Call) and len(called := ast.unparse(tree.func)) < CODE:
            return f"{called}(…)"
        return f"{code[: CODE - 1]}…"

    def _tree(self, node: int) -> ast.expr | None:
        if node not in self._trees:
            try:
                written = f"({self._trace.text(self._trace.nodes[node].place)}\n)"
                self._trees[node] = ast.parse(written, mode="eval").body
            except (SyntaxError, ValueError):
                self._trees[node] = None
        return self._trees[node]

    # Values ---------------------------------------------------------------------------------------------------------

    def _grid(self, value: int) -> Grid | None:
        if value not in self._grids:
            self._grids[value] = grid_of(self._trace.values[value])
        return self._grids[value]

    def _worth(self, value: int, axes: Sequence[str]) -> Worth:
        grid = self._grid(value)
        if grid is None:
            return Words(words(self._trace, value))
        return self._numbers(grid, tuple(axes) if len(axes) == len(grid.shape) else ())

    def _numbers(self, grid: Grid, axes: tuple[str, ...]) -> Numbers:
        self._keys += 1
        return Numbers(self._keys - 1, grid.shape, axes, tuple(grid.rows()))

    # Where numbers come from ----------------------------------------------------------------------------------------

    def _origin(self, visit: int, branch: Branch) -> Numbers | None:
        """Give the numbers that a name was given where it was given them, if that is shown."""
        origin = self._trace.origin(visit, branch.at)
        return self._changed.get((origin.visit, origin.change)) if origin is not None else None

    def _link(self, node: Node, operands: Sequence[_Part], numbers: Numbers, grid: Grid) -> None:
        self._made(
            self._called(node) or node.label,
            [part.numbers for part in operands if part.grid is not None],
            numbers,
            grid,
            [part.grid.shape for part in operands if part.grid is not None],
        )

    def _made(
        self,
        operation: str,
        operands: Sequence[Numbers | None],
        numbers: Numbers,
        grid: Grid | None,
        shapes: Sequence[Shape] = (),
    ) -> None:
        """Note for each number which numbers it was made from; a literal is none of them."""
        if not any(operands) or grid is None:
            return
        shapes = shapes or [given.shape for given in operands if given is not None]
        for at, index in enumerate(grid.places()):
            made = made_of(operation, shapes, grid.shape, index)
            refs = (_ref(given, i) for operand, i in made if (given := operands[operand]) is not None)
            if found := tuple(ref for ref in refs if ref is not None):
                self.sources.append(((numbers.key, at), found))

    def _copied(self, numbers: Numbers, given: Numbers) -> None:
        for at in range(sum(map(len, numbers.rows))):
            self.sources.append(((numbers.key, at), ((given.key, at),)))


def _shapes(node: Node, operands: Sequence[_Part], out: Shape) -> str:
    """Give the shapes that went in and the shape that came out; of a function, those of the arrays that went in."""
    given = [part.grid.shape for part in operands if part.grid is not None]
    if node.kind == "Name" or not any(given):
        return ""
    if node.kind == "BinOp":
        return f"{f' {node.label} '.join(map(_shape, given))} → {_shape(out)}"
    return f"{', '.join(map(_shape, filter(None, given)))} → {_shape(out)}"


def _shape(shape: Shape) -> str:
    return numerals.text(shape) if shape else "a number"


def _ref(numbers: Numbers, index: tuple[int, ...]) -> Ref | None:
    """Give the place of an entry among those that are shown, if it is."""
    if len(index) != len(numbers.shape) or not numbers.rows:
        return None
    row, column = (0, *index)[-2:] if index else (0, 0)
    if row >= len(numbers.rows) or column >= len(numbers.rows[0]):
        return None
    return numbers.key, row * len(numbers.rows[0]) + column


def _row(array: Array) -> Row:
    return tuple(array.ravel().tolist())
