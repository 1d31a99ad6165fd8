"""What instrumenting finds out about a script: its statements, its expressions, and which names to look at."""

from __future__ import annotations

import ast
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

Raw = tuple[int, int, int, int]
"""A place as Python has it: line, column in bytes, end of line, end column."""

HOOK = "\0fwdpass:"
"""How the constants begin in whose place the compiled code gets the recorder's functions.

A constant has no name: nothing shows in ``locals()``, ``dir()`` or ``globals()`` of the script.
"""


@dataclass(slots=True)
class Spot:
    """A statement or an expression to be recorded; ``loop`` is the loop around a statement in its scope, or -1."""

    raw: Raw
    kind: str
    parent: int | None
    statement: int = 0
    label: str = ""
    shown: Raw | None = None
    loop: int = -1


@dataclass(slots=True)
class Watched:
    """Names to look at after a statement, each with how that changes it; "" where it may have been in place.

    ``busy`` says whether other names may have changed, too, and ``sure`` how well it is known what these names were:
    2, they were looked up when the visit began; 1, when the loop began whose turn it is; 0, they were not.
    """

    hows: dict[str, str]
    busy: bool
    sure: int = 2


@dataclass(slots=True)
class Body:
    """A loop, a function or a lambda: what runs in it without being recorded, once it ran often enough.

    ``turns`` is the statement that runs at the beginning of each turn, ``statement`` the loop itself. ``exact`` are
    the statements that run once in each turn, ``perhaps`` those that may. ``busy`` says whether what the loop runs
    over may change an object where it is computed, ``look`` has the names that the loop writes, and ``around`` is the
    loop around it in the same scope, or -1.
    """

    turns: int
    statement: int
    counter: int | None = None
    exact: list[int] = field(default_factory=list)
    perhaps: list[int] = field(default_factory=list)
    busy: bool = False
    look: int = -1
    around: int = -1


@dataclass
class Plan:
    """What the recorder has to know about an instrumented script."""

    first: int
    too_deep: bool = False
    """Whether the script is nested so deeply that there was no room for the recorder's calls."""
    statements: list[Spot] = field(default_factory=list)
    nodes: list[Spot] = field(default_factory=list)
    names: list[Watched] = field(default_factory=list)
    loops: list[Body] = field(default_factory=list)
    callees: dict[int, list[str]] = field(default_factory=dict)
    """Calls of functions that are known by their names, a module's before that of the function in it."""
    counters: int = 0
    flags: list[tuple[int, int, list[int]]] = field(default_factory=list)
    """The comprehensions, each with its node, its statement, and the lambdas in it."""
    shared: list[str] = field(default_factory=list)
    """The module's names that functions declare to be global: they may change in any call."""
    elsewhere: frozenset[str] = frozenset()
    """Names that may get a value where no statement of their own scope says so."""
    written: frozenset[str] = frozenset()
    """All names that get a value anywhere."""
    wild: bool = False
    """Whether any operation may run code of the script: it has classes or generators."""
    harmless: AbstractSet[str] = frozenset()
    """The functions, Python's and the script's, that are known to change nothing in place."""
    catches: bool = False
    """Whether an exception may be caught, by the script or by what it calls: then a call may have ended anywhere."""

    def statement(self, kind: str, raw: Raw, parent: int | None, loop: int = -1) -> int:
        """Enter a statement; give its index."""
        self.statements.append(Spot(raw, kind, parent, loop=loop))
        return len(self.statements) - 1

    def look(self, hows: dict[str, str], *, busy: bool, sure: int = 2) -> int:
        """Enter names to look at; give their index."""
        self.names.append(Watched(hows, busy, sure))
        return len(self.names) - 1

    def loop(self, turns: int, statement: int, counter: int | None = None) -> int:
        """Enter a loop; give its index."""
        self.loops.append(Body(turns, statement, counter))
        return len(self.loops) - 1

    def flag(self, node: int, statement: int) -> int:
        """Enter a comprehension; give its index."""
        self.flags.append((node, statement, []))
        return len(self.flags) - 1

    def count(self) -> int:
        """Enter a counter; give its index."""
        self.counters += 1
        return self.counters - 1


def raw(node: ast.AST) -> Raw:
    """Give a node's place as Python has it."""
    at = node
    return at.lineno, at.col_offset, at.end_lineno, at.end_col_offset  # type: ignore[attr-defined]
