"""Recompute the book in lists and fractions: no NumPy, none of the package's arithmetic.

The lesson's quantities follow from the literals in its source, by formulas of this module's own.
From them, the assignments of a page's cells are followed as far as they are arithmetic, and every
expression that is worth a number, an array or a shape gets its text. What cannot be followed
(views, strings, floats on purpose) has no text here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from fwdpass.numerals.writing import Medium, text
from fwdpass.page import Cell, Choice, Claim, Expression, Program, Question, Told
from tests.mutation.forms import stated
from tests.mutation.plain import Table, Unknown, collect, evaluate

LESSON = "fwdpass.lesson"
UNFOLLOWED = (Unknown, ArithmeticError, LookupError, TypeError, ValueError)
"""What evaluating raises where this module does not follow a page."""


@dataclass(frozen=True)
class States:
    """Which neurons are alive, which dead, and which on the boundary."""

    z: tuple[Fraction, ...]

    @property
    def alive(self) -> tuple[int, ...]:
        """Neurons with a positive sum."""
        return tuple(i for i, z in enumerate(self.z) if z > 0)

    @property
    def boundary(self) -> tuple[int, ...]:
        """Neurons with a sum of zero."""
        return tuple(i for i, z in enumerate(self.z) if z == 0)

    @property
    def dead(self) -> tuple[int, ...]:
        """Neurons with a negative sum."""
        return tuple(i for i, z in enumerate(self.z) if z < 0)


@dataclass(frozen=True)
class Formulas:
    """The forward pass, an entry at a time, with some of its operations changed."""

    changed: frozenset[str] = frozenset()

    def layer(self, x: Table, W: Table, b: Table) -> Table:
        """Sum for each neuron its weighted inputs, and its bias."""
        sums = x @ (W.T if "transposed weights" in self.changed else W)
        return sums if "no bias" in self.changed else sums + b

    def neuron(self, x: Table, w: Table, b: Fraction) -> Fraction:
        """Give one neuron's sum."""
        total: Fraction = (x @ w).flat[0]
        return total if "no bias" in self.changed else total + b

    def relu(self, z: Any) -> Any:
        """Keep what is positive."""
        if "no ReLU" in self.changed:
            return z
        low = Fraction("ReLU from one" in self.changed)
        return z.map(lambda v: max(low, v)) if isinstance(z, Table) else max(low, z)

    def mse(self, y_hat: Table, target: Table) -> Fraction:
        """Give the mean of the squared errors."""
        if y_hat.shape != target.shape:
            raise Unknown
        total = sum(((y - t) ** 2 for y, t in zip(y_hat.flat, target.flat, strict=True)), Fraction(0))
        return total if "sum for mean" in self.changed else total / len(target.flat)

    def forward(self, x: Table, W1: Table, b1: Table, W2: Table, b2: Table) -> tuple[Table, Table, Table]:
        """Give z1, h and y_hat."""
        z1 = self.layer(x, W1, b1)
        h = self.relu(z1)
        return z1, h, self.layer(h, W2, b2)

    def collapse(self, W1: Table, b1: Table, W2: Table, b2: Table) -> tuple[Table, Table]:
        """Give W_eff and b_eff."""
        W_eff = W2 @ W1 if "transposed weights" in self.changed else W1 @ W2
        return W_eff, self.layer(b1, W2, b2)

    def states(self, x: Table, W1: Table, b1: Table, _axis: str = "") -> States:
        """Decide each neuron's state by its own sum."""
        columns = zip(W1.T.rows(), b1.flat, strict=True)
        return States(tuple(self.neuron(x, w, b) for w, b in columns))

    def agree(self, a: Any, b: Any) -> bool:
        """Say whether two results are the same numbers."""
        left, right = collect(a), collect(b)
        return (left.shape, left.flat) == (right.shape, right.flat)


@dataclass(frozen=True)
class Oracle:
    """What the lesson's names are worth, and the package's formulas for what pages do with them."""

    lesson: Mapping[str, Any]
    package: Formulas

    @classmethod
    def of(cls, source: str, script: frozenset[str] = frozenset(), package: frozenset[str] = frozenset()) -> Oracle:
        """Take the numbers from a lesson's source; everything else follows from them, or is unknown."""
        names: dict[str, Any] = {name: Table.of(entries) for name, entries in stated(source).items()}
        formulas = Formulas(script)
        try:
            image: Table = names["image"]
            names["x"] = Table((len(image.flat),), image.flat)
            names["target"] = Table((len(image.flat),), image.T.flat)
            parameters = names["W1"], names["b1"], names["W2"], names["b2"]
            names["z1"], names["h"], names["y_hat"] = formulas.forward(names["x"], *parameters)
            names["mse"] = formulas.mse(names["y_hat"], names["target"])
        except (KeyError, Unknown):
            pass
        return cls(names, Formulas(package))

    def texts(self, program: Program, told: Sequence[Told] = ()) -> dict[int, str]:
        """Give the text of every step that is worth something plain, by its index.

        ``told`` says which cases a reading told and how it put its questions: the steps of other parts are passed
        over, and what a question is put for is followed to where the question ends.
        """
        passed, asked = passed_over(program, told), {one.step: one for one in told}
        names: dict[str, Any] = {}
        outside: list[tuple[int, dict[str, Any]]] = []
        found: dict[int, str] = {}
        for index, step in enumerate(program.steps):
            while outside and outside[-1][0] == index:
                names = outside.pop()[1]
            if index in passed or isinstance(step, Choice):
                continue
            if isinstance(step, Question):
                outside.append((index + 1 + sum(step.parts), names))
                names = {**names}
                _put_for(step.each, asked.get(index), names)
                continue
            tree = ast.parse(step.source)
            if isinstance(step, Cell):
                self._follow(tree, names)
            last = tree.body[-1] if tree.body else None
            if not isinstance(last, ast.Expr) or isinstance(step, Claim):
                continue
            try:
                found[index] = _written(evaluate(last.value, names), step)
            except UNFOLLOWED:
                continue
        return found

    def _follow(self, cell: ast.Module, names: dict[str, Any]) -> None:
        """Take what a cell's statements bind, or forget the names that something unknown is bound to."""
        for statement in cell.body:
            bound = set(_bound(statement))
            try:
                new = dict(self._binding(statement, names))
            except UNFOLLOWED:
                new = {}
            for name in list(names) if "*" in bound and not new else bound:
                names.pop(name, None)
            names.update(new)

    def _binding(self, statement: ast.stmt, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        match statement:
            case ast.ImportFrom(module=module, names=[ast.alias("*")]) if module == LESSON:
                yield from self.lesson.items()
            case ast.ImportFrom(module=module, names=imported) if module == LESSON:
                yield from ((one.asname or one.name, self.lesson[one.name]) for one in imported)
            case ast.Import([ast.alias("numpy", name)]):
                yield name or "numpy", _Numpy(self.package)
            case ast.Import([ast.alias("fwdpass", name)]):
                yield name or "fwdpass", self.package
            case ast.Assign([ast.Name(name)], value):
                yield name, evaluate(value, names)
            case ast.Assign([ast.Tuple(targets)], value):
                values = evaluate(value, names)
                if not isinstance(values, tuple):
                    raise Unknown
                for target, each in zip(targets, values, strict=True):
                    if isinstance(target, ast.Name):
                        yield target.id, each


@dataclass(frozen=True)
class _Numpy:
    """What pages ask of NumPy."""

    formulas: Formulas

    def array(self, value: Any) -> Table:
        """Take lists as an array."""
        return collect(value)

    def maximum(self, low: Fraction, z: Any) -> Any:
        """Clamp from below."""
        return z.map(lambda v: max(low, v)) if isinstance(z, Table) else max(low, z)

    def mean(self, values: Table) -> Any:
        """Divide the sum of all entries by their number."""
        return values.mean()


def passed_over(program: Program, told: Sequence[Told]) -> set[int]:
    """Give the steps that nobody took: those of cases that were not told, and of options that were not put."""
    passed: set[int] = set()
    for one in told:
        step = program.steps[one.step]
        if isinstance(step, Choice | Question):
            ends = list(accumulate(step.parts, initial=one.step + 1))
            for part, (start, end) in enumerate(pairwise(ends)):
                if part not in one.parts:
                    passed.update(range(start, end))
    return passed


def _put_for(each: str, told: Told | None, names: dict[str, Any]) -> None:
    """Bind what a question is put for, or forget the name where nobody knows what that is."""
    if not each:
        return
    loop = ast.parse(f"[None for {each}]", mode="eval").body
    assert isinstance(loop, ast.ListComp)
    target, among = loop.generators[0].target, loop.generators[0].iter
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            names.pop(node.id, None)
    try:
        if told is not None and told.case is not None and isinstance(target, ast.Name):
            names[target.id] = list(evaluate(among, names))[told.case]
    except UNFOLLOWED:
        return


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Give the names that a statement binds; a function's own names are its own."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        match node:
            case ast.Name(name, ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name, asname):
                yield asname or name.partition(".")[0]


def _written(value: Any, step: Cell | Expression) -> str:
    """Format a value as the page does where the step stands."""
    spec = "" if isinstance(step, Cell) else step.spec
    medium: Medium = "code" if isinstance(step, Cell) else step.medium
    match value:
        case bool() if isinstance(step, Cell):
            return repr(value)
        case str() if isinstance(step, Expression):
            return value
        case Table():
            return text(value.nested(), spec, medium)
        case tuple() if isinstance(step, Cell) and not all(type(v) is int for v in value):
            raise Unknown
        case int() | Fraction() | tuple() if not isinstance(value, bool):
            return text(value, spec, medium)
    raise Unknown
