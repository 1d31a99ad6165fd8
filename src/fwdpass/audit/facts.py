"""What a build knows about a page, and what the audit holds the page against.

A mark in a page proves nothing. It is a hint, and counts only as far as the page says what is written here: so nobody
gains anything by forging one, and there is no secret to keep.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from fwdpass.page.ledger import Entry, Ledger

VERSION = 1


@dataclass(frozen=True)
class Passage:
    """A text with executed parts, such as an alternative text; in its skeleton, something stands for each of those."""

    text: str
    skeleton: str
    line: int


@dataclass(frozen=True)
class Formula:
    """A formula: its LaTeX, how its author wrote it, and the numbers in that which stand for values."""

    text: str
    line: str
    typed: tuple[str, ...]
    at: int = 0
    """The line of the page on which it starts, where that is known."""

    def beside(self, other: Formula | None) -> Formula:
        """Give one formula for two that read the same: what is typed in either is typed."""
        if other is None or other.typed == self.typed:
            return self
        return Formula(self.text, self.line, (*self.typed, *other.typed), self.at if self.typed else other.at)


@dataclass(frozen=True)
class Typed:
    """A number that was typed, and the author's reason for it."""

    text: str
    reason: str
    line: int


@dataclass
class Facts:
    """What the build knows about one page."""

    source: str = ""
    """The file that the page was written in, relative to the book."""
    included: list[str] = field(default_factory=list)
    """Files of the book whose text is a part of the page: included ones, and those of tables."""
    file: str = ""
    """The file of its HTML, relative to the site, where that is not its name with ``.html``."""
    ledger: Ledger | None = None
    passages: list[Passage] = field(default_factory=list)
    formulas: dict[str, Formula] = field(default_factory=dict)
    """Digest of a formula's MathML → what it was made of."""
    outputs: list[str] = field(default_factory=list)
    """Digests of what the page's cells show, and of what the build itself adds to the page."""
    listings: list[str] = field(default_factory=list)
    """Digests of the code that the page shows because it ran."""
    starts: list[str] = field(default_factory=list)
    """Digests of listings of a single line with the number that its author gave it, which no other line confirms."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Anchor → the number that Sphinx gave to a section, an equation or a figure; or that an entry of a bibliography is
    there."""
    cited: list[str] = field(default_factory=list)
    """Digests of the entries of bibliographies, as they stand there, and as a link says them."""
    counted: list[str] = field(default_factory=list)
    """Digests of the signatures that Sphinx wrote."""
    minutes: list[str] = field(default_factory=list)
    """What MyST counted: the words and minutes of the page, once for each place that they stand in."""
    typed: list[Typed] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Identifiers of the page's code."""
    translated: dict[str, str] = field(default_factory=dict)
    """Passage in the book's language → the passage as its author wrote it, by which its line is found."""
    digits: str = ""
    """Digest of all the digits of the page's article, in order, as it was built."""
    held: bool = True
    """Whether the build has read the page; of one that MyST-NB ran alone, the cells are taken as they are."""

    def as_json(self) -> dict[str, Any]:
        """Give the facts as plain data, those that there are."""
        data = {name: value for name, value in vars(self).items() if value and name not in ("ledger", "held")}
        for name in ("passages", "typed"):
            if name in data:
                data[name] = [asdict(entry) for entry in data[name]]
        if self.formulas:
            data["formulas"] = {name: asdict(entry) for name, entry in self.formulas.items()}
        if self.ledger is not None:
            data["entries"] = self.ledger.as_json()["entries"]
            data["level"] = str(self.ledger.level)
        return data if self.held else data | {"held": False}

    @classmethod
    def from_json(cls, page: str, data: dict[str, Any]) -> Facts:
        """Take what :meth:`as_json` gave."""
        plain = {
            name: data[name]
            for name in (
                "source",
                "included",
                "file",
                "outputs",
                "listings",
                "starts",
                "numbers",
                "cited",
                "counted",
                "minutes",
                "names",
                "translated",
                "digits",
                "held",
            )
            if name in data
        }
        return cls(
            **plain,
            ledger=Ledger(page, tuple(map(Entry.from_json, data["entries"]))) if "entries" in data else None,
            passages=[Passage(**entry) for entry in data.get("passages", ())],
            typed=[Typed(**entry) for entry in data.get("typed", ())],
            formulas={
                name: Formula(entry["text"], entry["line"], tuple(entry["typed"]), entry["at"])
                for name, entry in data.get("formulas", {}).items()
            },
        )
