"""The record of a reading: every number that a page shows, with its place and its value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any, Literal

from fwdpass.numerals.writing import Medium
from fwdpass.page.level import Level

Kind = Literal["number", "result", "print", "error", "claim", "case"]


@dataclass(frozen=True)
class Entry:
    """One thing that the page shows: where, from what, and as which text.

    ``kind`` is ``number`` for an expression in a sentence or a formula, and ``result``,
    ``print`` or ``error`` for what a cell shows. The text of a ``claim`` is ``true``, ``false``,
    or why it is neither; that of a ``case`` that is told is its predicate, or ``otherwise``.
    ``exact`` is the value as a rational, in lowest terms, or a list of those; empty where the entry
    is no number. ``medium`` is what a number's text is written in.
    """

    line: int
    kind: Kind
    source: str
    text: str
    exact: str = ""
    medium: Medium = "text"
    rounded: bool = False
    """Whether a floating-point number was found where exact arithmetic was asked for."""
    step: int = -1
    """Which step of the page's program made it: its place among the steps, by which a page marks its numbers."""
    level: Level = Level.EXACT
    """How sure the page is of it, when it has been read to its end."""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Entry:
        """Take what :meth:`as_json` gave."""
        return cls(**{**data, "level": Level.of(data.get("level", "exact"))})

    digits: int | None = None
    """How many of the digits of a stable number are significant, where they can be counted."""
    reason: str = ""
    """Why it is executed and no more, where its author says so."""

    def as_json(self) -> dict[str, Any]:
        """Give the entry as plain data."""
        data = asdict(self)
        del data["rounded"]  # its level says so
        if self.digits is None:
            del data["digits"]
        if not self.reason:
            del data["reason"]
        return data | {"level": str(self.level)}


@dataclass(frozen=True)
class Told:
    """Which case of a choice a reading told, or how it put a question.

    ``step`` is the place of the choice or question among the steps of the program. ``case`` is that of the case among
    its cases, or of what a question was put for among all that it may be put for: nothing for a phrase that does not
    stand there, or a question that is left out. ``parts`` are the parts that stand on the page.
    """

    step: int
    line: int
    case: int | None
    parts: tuple[int, ...] = ()
    right: int | None = None
    """Which of the parts of a question is the right option."""


@dataclass(frozen=True)
class Ledger:
    """A page's entries, in the order in which they were read."""

    page: str
    entries: tuple[Entry, ...]
    told: tuple[Told, ...] = ()
    """The choices that were come to, in order."""

    @property
    def level(self) -> Level:
        """The level of the page: the least of its entries'."""
        return min((entry.level for entry in self.entries), default=Level.EXACT)

    def differences(self, other: Ledger) -> Iterator[tuple[Entry | None, Entry | None]]:
        """Give the pairs of entries in which this reading of a page and another differ."""
        for mine, theirs in zip_longest(self.entries, other.entries):
            if mine is None or theirs is None or mine.text != theirs.text:
                yield mine, theirs

    def as_json(self) -> dict[str, Any]:
        """Give the ledger as plain data, for a file beside the page."""
        return {"page": self.page, "entries": [entry.as_json() for entry in self.entries]}
