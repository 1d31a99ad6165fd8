"""What a panel is made of: a script, and for each of its lines what every expression was worth, as frozen facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from fwdpass.figures.base import Row, Shape
from fwdpass.figures.dot import Dot
from fwdpass.figures.product import Product
from fwdpass.figures.states import States

Entry = Fraction | str
"""A number, exact, or a text for what is none."""


@dataclass(frozen=True)
class Numbers:
    """A number, a vector or the top left of a matrix; ``key`` names it, so that a number in it can be followed.

    A number has one row of one entry, a vector one row; of more than two axes only the shape is kept.
    """

    key: int
    shape: Shape
    axes: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    factors: Row = ()
    """What each row of a matrix is multiplied by, where a vector meets it."""


@dataclass(frozen=True)
class Words:
    """Any other value, in words."""

    said: str


Worth = Numbers | Words


@dataclass(frozen=True)
class Entrywise:
    """An operation, entry by entry: what each entry was made from; a single number is used for all."""

    sign: str
    left: Row
    right: Row


@dataclass(frozen=True)
class Average:
    """The mean of some numbers."""

    entries: Row


How = Product | Dot | States | Entrywise | Average
"""How a value came about, worked out."""


@dataclass(frozen=True)
class Step:
    """A sub-expression that was evaluated, under it those that it was made from, in order of evaluation."""

    code: str
    worth: Worth
    parts: tuple[Step, ...] = ()
    shapes: str = ""
    """The shapes that went in and the shape that came out, where there were several."""
    how: How | None = None
    about: tuple[str, str] = ("", "")
    """A function of a library, and what it does, in the first sentence of its own documentation."""


@dataclass(frozen=True)
class Shift:
    """A name, and its value before and after; None is: no value."""

    name: str
    before: Worth | None
    after: Worth | None
    how: str


@dataclass(frozen=True)
class Moment:
    """A line, run once; of what it printed, ``unseen`` characters are not here.

    ``label`` says which of its runs it was.
    """

    label: str
    steps: tuple[Step, ...]
    shifts: tuple[Shift, ...]
    printed: str = ""
    unseen: int = 0
    failure: str = ""
    cut: bool = False

    @property
    def says(self) -> bool:
        """Whether anything happened that can be shown."""
        return bool(self.steps or self.shifts or self.printed or self.failure)


@dataclass(frozen=True)
class Block:
    """Lines of the script that belong together, from number ``first``: a statement, or what is between statements.

    ``moments`` are its first runs; ``more`` says that there were others.
    """

    first: int
    lines: tuple[str, ...]
    moments: tuple[Moment, ...] = ()
    more: bool = False
    noted: bool = False
    opened: bool = False

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.first + len(self.lines) - 1


Ref = tuple[int, int]
"""A number that is shown: the key of its :class:`Numbers`, and its place among their entries, row by row."""


@dataclass(frozen=True)
class Panel:
    """A script, line by line.

    ``order`` has the blocks (indices) in the order in which they ran, each with the moment. ``sources`` says of each
    number which numbers it was made from. ``anchor`` starts the names that lines have in links.
    """

    script: str
    blocks: tuple[Block, ...]
    order: tuple[tuple[int, int], ...]
    sources: tuple[tuple[Ref, tuple[Ref, ...]], ...]
    ended: str = ""
    anchor: str = "L"
    left_out: int = 0
    """Lines at the end that are not shown."""

    @property
    def notes(self) -> int:
        """How many statements have an author's note."""
        return sum(block.noted for block in self.blocks)

    @property
    def unexplained(self) -> int:
        """How many statements ran and have no author's note."""
        return sum(bool(block.moments) and not block.noted for block in self.blocks)


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Give steps and their parts, in order of evaluation."""
    for step in steps:
        yield from walk(step.parts)
        yield step
