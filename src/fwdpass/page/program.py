"""What a page asks for, in order: cells to run, expressions to place, claims to judge, each with its line."""

from __future__ import annotations

from dataclasses import dataclass

from fwdpass.numerals.writing import Medium


@dataclass(frozen=True)
class Cell:
    """A code cell: its source, the line on which its code starts, and its tags."""

    source: str
    line: int
    tags: frozenset[str] = frozenset()
    script: str = ""
    """The module that a directive runs, where the author wrote the directive trace and no cell."""

    @property
    def called(self) -> str:
        """What a sentence about it calls it."""
        return f"trace: {self.script}" if self.script else "the cell"

    @property
    def hidden(self) -> bool:
        """Whether a reader of the page does not see the code."""
        return not self.tags.isdisjoint(("remove-cell", "remove-input"))

    @property
    def may_raise(self) -> bool:
        """Whether the cell is there to show an error."""
        return "raises-exception" in self.tags


@dataclass(frozen=True)
class Expression:
    """A number in a sentence, a formula or a caption: what is computed, and how it is written."""

    source: str
    line: int
    spec: str = ""
    medium: Medium = "text"


@dataclass(frozen=True)
class Claim:
    """A predicate that a sentence of the page depends on."""

    source: str
    line: int


Step = Cell | Expression | Claim


@dataclass(frozen=True)
class Program:
    """A page as a program: its name and its steps, in the order in which they ran."""

    page: str
    steps: tuple[Step, ...]
