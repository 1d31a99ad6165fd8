"""What a panel is made of: a script, and for each of its lines the value of every expression, as frozen facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from fwdpass.figures.base import Name, Row, Shape
from fwdpass.figures.dot import Dot
from fwdpass.figures.states import States

# What an expression was worth -----------------------------------------------------------------------------------------

Cell = Fraction | str
"""A number, exact, or a text for what is none."""


@dataclass(frozen=True)
class Numbers:
    """A number, a vector, or the top left of a matrix.

    A number has one row of one cell, a vector one row. Of more than two axes, only the shape is kept.
    """

    key: int
    """Names these numbers within the panel, so that each can be followed."""
    shape: Shape
    axes: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    factors: Row = ()
    """What each row of a matrix is multiplied by, where a vector meets it."""


@dataclass(frozen=True)
class Again:
    """Numbers that the panel shows already: ``key`` is theirs, and they stand on ``line``."""

    key: int
    shape: Shape
    line: int
    moment: str = ""
    """Which of the runs of that line shows them, where it ran several times."""


@dataclass(frozen=True)
class InWords:
    """Any other value, in words."""

    said: str


Worth = Numbers | Again | InWords

# How it came about ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entrywise:
    """An operation, entry by entry: what each entry was made from; a single number is used for all."""

    sign: str
    left: Row
    right: Row


@dataclass(frozen=True)
class Total:
    """The sum of some numbers, or their mean."""

    entries: Row
    mean: bool


@dataclass(frozen=True)
class Dots:
    """A product of matrices: the first of its ``n`` dot products, each with the names of its entry's place."""

    names: tuple[tuple[Name, ...], ...]
    dots: tuple[Dot, ...]
    n: int
    which: str = ""
    """What stands before a name: what a neuron's weights make of its inputs is not yet the neuron's own sum."""


How = Dots | Dot | States | Entrywise | Total
"""How a value came about, worked out."""


@dataclass(frozen=True)
class Evaluation:
    """An expression that was evaluated, and under it those that it was made from, in order of evaluation."""

    code: str
    worth: Worth
    parts: tuple[Evaluation, ...] = ()
    shapes: str = ""
    """The shapes that went in and the shape that came out, where there were several."""
    how: How | None = None
    about: tuple[str, str] = ("", "")
    """A function of a library, and what it does, in the first sentence of its own documentation."""


def walk(evaluations: tuple[Evaluation, ...]) -> Iterator[Evaluation]:
    """Give evaluations and their parts, in order of evaluation."""
    for evaluation in evaluations:
        yield from walk(evaluation.parts)
        yield evaluation


# The script -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shift:
    """A name or a field, and its value before and after.

    ``before`` is None where there was no value, or where nobody looked; ``after`` where the name was deleted.
    ``how`` is what gave ``before`` its new value, where that can be worked out: ``total += 2`` is an addition.
    """

    name: str
    before: Worth | None
    after: Worth | None
    how: How | None = None


@dataclass(frozen=True)
class Moment:
    """A line, run once; ``label`` says which of its runs that was."""

    label: str
    evaluations: tuple[Evaluation, ...] = ()
    shifts: tuple[Shift, ...] = ()
    printed: str = ""
    unseen: int = 0
    """Characters that were printed and are not in ``printed``."""
    failure: str = ""
    cut: bool = False
    """Whether there were expressions that are not here."""
    gap: str = ""
    """What lies between the moment before and this one, and was not recorded."""
    skipped: tuple[str, ...] = ()
    """What was not recorded within the line itself: turns of its comprehensions."""

    @property
    def says(self) -> bool:
        """Whether anything happened that can be shown."""
        return bool(self.evaluations or self.shifts or self.printed or self.failure)


@dataclass(frozen=True)
class Block:
    """Lines of the script that belong together, from number ``first``: a statement, or what is between statements."""

    first: int
    lines: tuple[str, ...]
    moments: tuple[Moment, ...] = ()
    """Its first runs, and the last that were recorded."""
    rest: tuple[str, ...] = ()
    """What came after them: turns that were not recorded, runs that are not shown."""
    noted: bool = False
    opened: bool = False

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.first + len(self.lines) - 1


Ref = tuple[int, int]
"""A number that is shown: the key of its :class:`Numbers`, and its place among their cells, row by row."""


@dataclass(frozen=True)
class Panel:
    """A script, line by line."""

    script: str
    blocks: tuple[Block, ...]
    order: tuple[tuple[int, int], ...]
    """The blocks (indices) in the order in which they ran, each with the index of its moment."""
    sources: tuple[tuple[Ref, tuple[Ref, ...]], ...]
    """For each number, those that it was made from."""
    ended: str = ""
    anchor: str = "L"
    """What the names of lines in links start with."""
    lines_left: int = 0
    """Lines at the end of the script that are not shown."""
    left_out: tuple[tuple[int, str], ...] = ()
    """What would have made the panel too large, counted: (3, "run")."""

    @property
    def notes(self) -> int:
        """How many statements have an author's note."""
        return sum(block.noted for block in self.blocks)

    @property
    def unexplained(self) -> int:
        """How many statements ran and have no author's note."""
        return sum(bool(block.moments) and not block.noted for block in self.blocks)
