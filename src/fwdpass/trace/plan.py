"""What instrumenting finds out about a script: its statements, its expressions, and which names to look at."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

Raw = tuple[int, int, int, int]
"""A place as Python has it: line, column in bytes, end of line, end column."""

HOOK = "\0fwdpass:"
"""How the constants begin in whose place the compiled code gets the recorder's functions.

A constant has no name: nothing shows in ``locals()``, ``dir()`` or ``globals()`` of the script.
"""


@dataclass(slots=True)
class Spot:
    """A statement or an expression to be recorded."""

    raw: Raw
    kind: str
    parent: int | None
    statement: int = 0
    label: str = ""
    shown: Raw | None = None


@dataclass(slots=True)
class Names:
    """Names to look at after a statement, each with how that changes it; "" where it may have been in place."""

    hows: dict[str, str]
    busy: bool


@dataclass(slots=True)
class Loop:
    """A loop, a function or a lambda: what runs in it without being recorded, once it ran often enough.

    ``exact`` are the statements that run once in each turn, ``perhaps`` those that may.
    """

    turns: int
    counter: int | None = None
    exact: list[int] = field(default_factory=list)
    perhaps: list[int] = field(default_factory=list)


@dataclass
class Plan:
    """What the recorder has to know about an instrumented script."""

    first: int
    too_deep: bool = False
    """Whether the script is nested so deeply that there was no room for the recorder's calls."""
    statements: list[Spot] = field(default_factory=list)
    nodes: list[Spot] = field(default_factory=list)
    names: list[Names] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    callees: dict[int, list[str]] = field(default_factory=dict)
    """Calls of functions that are known by their names, a module's before that of the function in it."""
    counters: int = 0
    flags: int = 0

    def statement(self, kind: str, raw: Raw, parent: int | None) -> int:
        """Enter a statement; give its index."""
        self.statements.append(Spot(raw, kind, parent))
        return len(self.statements) - 1

    def look(self, hows: dict[str, str], *, busy: bool) -> int:
        """Enter names to look at; give their index."""
        self.names.append(Names(hows, busy))
        return len(self.names) - 1

    def loop(self, turns: int, counter: int | None = None) -> int:
        """Enter a loop; give its index."""
        self.loops.append(Loop(turns, counter))
        return len(self.loops) - 1

    def flag(self) -> int:
        """Enter a comprehension; give its index."""
        self.flags += 1
        return self.flags - 1

    def count(self) -> int:
        """Enter a counter; give its index."""
        self.counters += 1
        return self.counters - 1


def raw(node: ast.AST) -> Raw:
    """Give a node's place as Python has it."""
    at = node
    return at.lineno, at.col_offset, at.end_lineno, at.end_col_offset  # type: ignore[attr-defined]
