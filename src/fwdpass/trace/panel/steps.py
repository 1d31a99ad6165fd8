"""What each expression of a line was worth, how it came about, and from which numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from fwdpass import numerals
from fwdpass.figures.base import SHOWN, Shape, fitting
from fwdpass.figures.product import WORKED
from fwdpass.trace.panel.budget import REPEATED, Budget
from fwdpass.trace.panel.facts import Again, Dots, Evaluation, How, InWords, Numbers, Ref, Shift, Worth
from fwdpass.trace.panel.followed import made_of
from fwdpass.trace.panel.source import ScriptSource, literal
from fwdpass.trace.panel.values import KeptNumbers, kept
from fwdpass.trace.panel.worked import PRODUCTS, Operation, worked
from fwdpass.trace.record import Branch, Named, Node, Number, Place, Trace
from fwdpass.trace.words import Wording

Axes = Mapping[str, Sequence[str]]
"""Names of axes, by the name of an array."""

EXPRESSIONS = 40
"""Expressions of a line that are shown."""
LONG = 120
"""Characters of a value in words."""
_ASSIGNED = frozenset(("Assign", "AnnAssign"))


@dataclass(frozen=True)
class _Part:
    """An expression while it is put together: what is shown of it and of what it was made from, and its value."""

    shown: tuple[Evaluation, ...]
    at: tuple[int, int]
    """Its line and column, by which operands are brought in order."""
    kept: KeptNumbers | None = None
    numbers: Numbers | None = None
    """The numbers that stand for the value in the panel, here or at an earlier place."""

    @property
    def axes(self) -> tuple[str, ...]:
        return self.numbers.axes if self.numbers else ()


@dataclass(frozen=True)
class _Standing:
    """Numbers that stand in the panel already, and where."""

    numbers: Numbers
    line: int
    moment: str


class Steps:
    """Makes the evaluations of a trace's visits, which are asked for in the order of the run.

    Each number is given a key, and remembers which numbers it was made from: those of earlier visits included.
    """

    def __init__(self, trace: Trace, axes: Axes, budget: Budget) -> None:
        self._trace = trace
        self._axes = axes
        self._budget = budget
        self._source = ScriptSource(trace)
        self._words = Wording(trace)
        self._links = Links()
        self._kept: dict[int, KeptNumbers | None] = {}
        self._keys = 0
        self._changed: dict[tuple[int, int], Numbers] = {}
        """The numbers that a change (of a visit) gave to a name."""
        self._latest: dict[tuple[int, str], tuple[int, Numbers]] = {}
        """The value that a name of a frame was given last, and its numbers."""
        self._standing: dict[int, _Standing] = {}
        """Values that the panel shows already."""

    @property
    def sources(self) -> tuple[tuple[Ref, tuple[Ref, ...]], ...]:
        """For each number, those that it was made from."""
        return tuple(self._links.sources)

    def begin(self, visit: int, moment: str) -> None:
        """Turn to a visit; ``moment`` says which of the runs of its line it is, where there are several."""
        self._visit = visit
        self._moment = moment
        self._line = self._trace.statements[self._trace.visits[visit].statement].place.line
        self._roots: list[tuple[Branch, _Part]] = []
        self._once: set[int] = set()
        self.cut = self._trace.visits[visit].cut
        """Whether there are expressions of the visit that are not shown."""

    def evaluations(self) -> Iterator[Evaluation]:
        """Give what the visit evaluated, a tree for each expression that stands by itself."""
        name = self._assigned()
        for branch in self._trace.tree(self._visit):
            part = self._part(branch, name)
            if part.numbers is not None and self._value(branch.value) is not None:
                self._roots.append((branch, part))
            yield from part.shown

    def shifts(self) -> Iterator[Shift]:
        """Give what changed in the visit: names, and of objects and classes the fields, before and after."""
        for at, change in enumerate(self._trace.visits[self._visit].changes):
            for name, before, after in self._trace.parts(change):
                # an argument has had other values in other calls, which are none of its own
                yield self._shift(at, name, None if change.how == "passed" else before, after)

    def _shift(self, at: int, name: str, before: int | None, after: int | None) -> Shift:
        """Show a value before and after a change; after it, it is that of the expression that was assigned, if any."""
        visit = self._trace.visits[self._visit]
        axes = self._axes.get(name, ())
        old = None if before is None else self._part_of(before, axes)
        if old and old.numbers and (known := self._latest.get((visit.frame, name))) and known[0] == before:
            self._links.copied(old.numbers, known[1])
        if after is None:
            return Shift(name, self._worth(old), None)
        root = self._root()
        if root and self._trace.statements[visit.statement].kind in _ASSIGNED and root[0].value == after:
            new = root[1]
        else:
            new = self._part_of(after, axes)
        how = self._augmented(name, old, root[1] if root else None, new)
        if new.numbers is not None:
            if name == visit.changes[at].name:
                self._changed[self._visit, at] = new.numbers
            self._latest[visit.frame, name] = after, new.numbers
        return Shift(name, self._worth(old), self._worth(new), how)

    def _worth(self, part: _Part | None) -> Worth | None:
        return part.shown[-1].worth if part else None

    def _augmented(self, name: str, before: _Part | None, added: _Part | None, after: _Part) -> How | None:
        """Work out ``total += v``: what the name was worth before is the left operand, and ``v`` the right one."""
        sign, number = self._source.added(self._trace.visits[self._visit].statement, name)
        if number is not None:
            added = _Part((), (0, 0), _written(number))
        if not sign or before is None or added is None:
            return None
        operands = [before, added]
        self._link(sign, operands, after)
        return self._how(sign, operands, after.kept, ()) if after.kept and isinstance(after.numbers, Numbers) else None

    def _root(self) -> tuple[Branch, _Part] | None:
        """Give the value on the right of an assignment: its expression ends where the statement does."""
        end = self._trace.statements[self._trace.visits[self._visit].statement].place
        for branch, part in reversed(self._roots):
            place = self._trace.nodes[branch.node].place
            rest = self._trace.text(Place(place.end_line, place.end_column, end.end_line, end.end_column))
            if not rest.strip(") \n\\"):
                return branch, part
        return None

    def _assigned(self) -> str:
        """Give the name that a statement gives a value to, if it is one name."""
        names = [change.name for change in self._trace.visits[self._visit].changes if change.how == "assigned"]
        return names[0] if len(names) == 1 else ""

    # Expressions ----------------------------------------------------------------------------------------------------

    def _part(self, branch: Branch, name: str = "") -> _Part:
        """Put an expression together, its operands first."""
        node = self._trace.nodes[branch.node]
        at = node.place.line, node.place.column
        parts = [self._part(child) for child in branch.children]
        below = tuple(evaluation for part in parts for evaluation in part.shown)
        if self._is_silent(branch):
            # a method stands for the array that it belongs to
            owner = parts[0] if node.kind == "Attribute" and parts else _Part((), at)
            return replace(owner, shown=below, at=at)
        code, about = self._source.code(branch.node), self._source.about(branch.node)
        if len(self._once) >= EXPRESSIONS or not self._budget.expression(len(code) + len(about[1])):
            self.cut = True
            return _Part(below, at)
        self._once.add(branch.node)
        value = self._value(branch.value)
        if value is None:
            return _Part((Evaluation(code, self._said(branch.value), below, about=about),), at)
        operands = self._operands(branch.node, parts)
        origin = self._origin(branch)
        axes = self._axes_of(branch.node, operands, value.shape, name) or (origin.axes if origin else ())
        worth, numbers = self._shown(branch.value, value, axes)
        how = None
        if isinstance(worth, Numbers):
            part = _Part((), at, value, worth)
            if origin is not None:
                self._links.copied(worth, origin)
            else:
                operation = self._source.operation(branch.node)
                self._link(operation, operands, part)
                how = self._how(operation, operands, value, axes)
            if isinstance(how, Dots):
                below = self._weighted(operands, below)
        evaluation = Evaluation(code, worth, below, _shapes(node, operands, value.shape), how, about)
        return _Part((evaluation,), at, value, numbers)

    def _is_silent(self, branch: Branch) -> bool:
        """Leave out what says nothing by itself: functions, modules, literals, calls for their effect, repetitions."""
        value = self._trace.values[branch.value]
        if isinstance(value, Named) or branch.node in self._once:
            return True
        if isinstance(value, Number) and value.value is None:
            return True
        return literal(self._source.tree(branch.node)) is not None

    def _operands(self, node: int, parts: Sequence[_Part]) -> list[_Part]:
        """Give an operation's operands in order, with the literals among them, which are not recorded."""
        operands = [part for part in parts if part.kept is not None]
        operands += [_Part((), at, _written(number)) for at, number in self._source.literals(node)]
        return sorted(operands, key=lambda part: part.at)

    def _axes_of(self, at: int, operands: Sequence[_Part], shape: Shape, name: str) -> tuple[str, ...]:
        """Name the axes of a value: as the author says, else as its operands' are."""
        node = self._trace.nodes[at]
        told = self._axes.get(name or (node.label if node.kind == "Name" else ""), ())
        if len(told) == len(shape) and told:
            return tuple(told)
        if self._source.operation(at) in PRODUCTS and len(operands) == 2 and all(part.axes for part in operands):
            left, right = operands
            named = left.axes[:-1] + right.axes[1:]
        elif node.kind == "Attribute" and node.label == "T" and operands:
            named = operands[0].axes[::-1]
        else:
            named = next((part.axes for part in operands if part.kept and part.kept.shape == shape), ())
        return named if len(named) == len(shape) else ()

    def _weighted(self, operands: Sequence[_Part], below: tuple[Evaluation, ...]) -> tuple[Evaluation, ...]:
        """Say beside each row of a matrix what a vector multiplies it by."""
        left, right = operands
        if not (left.kept and len(left.kept.shape) == 1 and right.numbers and len(right.numbers.shape) == 2):
            return below
        vector = left.kept.exact
        if vector is None:
            return below
        factors = tuple(vector[: len(right.numbers.rows)])
        return tuple(
            replace(evaluation, worth=replace(evaluation.worth, factors=factors))
            if isinstance(evaluation.worth, Numbers) and evaluation.worth.key == right.numbers.key
            else evaluation
            for evaluation in below
        )

    def _how(self, operation: str, operands: Sequence[_Part], result: KeptNumbers, axes: tuple[str, ...]) -> How | None:
        """Work an operation out, as far as there is room for it."""
        given = tuple(part.kept for part in operands if part.kept is not None)
        most = WORKED
        if operation in PRODUCTS and len(given) == 2 and given[0].shape:
            shown = result.shape if len(result.shape) < 2 else tuple(map(fitting, result.shape))
            most = self._budget.dots(given[0].shape[-1], min(WORKED, prod(shown)))
        how = worked(Operation(operation, given, result, axes), most)
        # the lines of a vector's sums stand for its table
        is_short = isinstance(how, Dots) and len(result.shape) == 1 and len(how.dots) < fitting(how.n)
        return None if is_short else how

    # Values ---------------------------------------------------------------------------------------------------------

    def _value(self, value: int) -> KeptNumbers | None:
        if value not in self._kept:
            self._kept[value] = kept(self._trace.values[value])
        return self._kept[value]

    def _said(self, index: int) -> InWords:
        said = self._words.value(index)
        return InWords(said if len(said) <= LONG else f"{said[: LONG - 1]}…")

    def _part_of(self, index: int, axes: Sequence[str]) -> _Part:
        """Show a value that is not that of an expression."""
        value = self._value(index)
        self._budget.expression()
        if value is None:
            return _Part((Evaluation("", self._said(index)),), (0, 0))
        worth, numbers = self._shown(index, value, tuple(axes) if len(axes) == len(value.shape) else ())
        return _Part((Evaluation("", worth),), (0, 0), value, numbers)

    def _shown(self, index: int, value: KeptNumbers, axes: tuple[str, ...]) -> tuple[Worth, Numbers]:
        """Show numbers, or where the panel shows them already; give what stands there, and the numbers themselves."""
        known = self._standing.get(index)
        if known is not None and value.entries.size > REPEATED:
            return Again(known.numbers.key, value.shape, known.line, known.moment), known.numbers
        most = self._budget.corner(value.entries.shape) if len(value.shape) in (1, 2) else SHOWN
        numbers = Numbers(self._keys, value.shape, axes, tuple(value.rows(most)) if most else ())
        self._keys += 1
        if most:
            self._standing[index] = _Standing(numbers, self._line, self._moment)
        return numbers, numbers

    # Where numbers come from ----------------------------------------------------------------------------------------

    def _origin(self, branch: Branch) -> Numbers | None:
        """Give the numbers that a name was given where it was given them, if that is shown."""
        origin = self._trace.origin(self._visit, branch.at)
        return self._changed.get((origin.visit, origin.change)) if origin is not None else None

    def _link(self, operation: str, operands: Sequence[_Part], result: _Part) -> None:
        if result.numbers is not None and result.kept is not None:
            given = [(part.numbers, part.kept.shape) for part in operands if part.kept is not None]
            self._links.made(operation, given, result.numbers)


class Links:
    """Notes of each number which numbers it was made from."""

    def __init__(self) -> None:
        self.sources: list[tuple[Ref, tuple[Ref, ...]]] = []

    def made(self, operation: str, operands: Sequence[tuple[Numbers | None, Shape]], result: Numbers) -> None:
        """Note what the numbers that are shown of a result were made from; a literal is none of them."""
        if not any(numbers for numbers, _ in operands) or not result.rows:
            return
        shapes = [shape for _, shape in operands]
        for at, index in enumerate(_indices(result)):
            refs: list[Ref] = []
            for operand, place in made_of(operation, shapes, result.shape, index):
                numbers = operands[operand][0]
                ref = None if numbers is None else _ref(numbers, place)
                if ref is not None:
                    refs.append(ref)
            if refs:
                self.sources.append(((result.key, at), tuple(refs)))

    def copied(self, numbers: Numbers, given: Numbers) -> None:
        """Note that numbers are those of another place."""
        if numbers.key == given.key:
            return
        for at, index in enumerate(_indices(numbers)):
            ref = _ref(given, index)
            if ref is not None:
                self.sources.append(((numbers.key, at), (ref,)))


def _indices(numbers: Numbers) -> Iterator[tuple[int, ...]]:
    """Give the index of each number that is shown, in order."""
    for i, row in enumerate(numbers.rows):
        for j in range(len(row)):
            yield (i, j)[2 - len(numbers.shape) :]


def _ref(numbers: Numbers, index: tuple[int, ...]) -> Ref | None:
    """Give the place of an entry among those that are shown, if it is."""
    if len(index) != len(numbers.shape) or not numbers.rows:
        return None
    row, column = (0, 0, *index)[-2:]
    if row >= len(numbers.rows) or column >= len(numbers.rows[0]):
        return None
    return numbers.key, row * len(numbers.rows[0]) + column


def _written(number: float) -> KeptNumbers | None:
    return kept(Number(number, type(number).__name__))


def _shapes(node: Node, operands: Sequence[_Part], out: Shape) -> str:
    """Give the shapes that went in and the shape that came out; of a function, those of the arrays that went in."""
    given = [part.kept.shape for part in operands if part.kept is not None]
    if node.kind == "Name" or not any(given):
        return ""
    if node.kind == "BinOp":
        return f"{f' {node.label} '.join(map(_shape, given))} → {_shape(out)}"
    return f"{', '.join(map(_shape, filter(None, given)))} → {_shape(out)}"


def _shape(shape: Shape) -> str:
    return numerals.text(shape) if shape else "a number"
