"""Visits and frames, while they are being recorded."""

from __future__ import annotations

from typing import Any

COMPREHENSIONS = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))
"""The names of frames that belong to a statement around them."""


class Open:
    """A visit that is being recorded."""

    __slots__ = ("changes", "failure", "frame", "ghost", "printed", "statement", "values", "written")

    def __init__(self, statement: int, frame: Frame) -> None:
        self.statement = statement
        self.frame = frame
        self.values: list[tuple[int, int]] = []
        self.changes: list[tuple[str, int | None, int | None, str]] = []
        self.printed: list[str] | None = None
        self.written = 0
        self.failure: Any = None
        self.ghost = False


class Frame:
    """A call, a class's body, or the module, while it runs."""

    __slots__ = ("caller", "depth", "known", "live", "loops", "number", "scope", "visit")

    def __init__(self, number: int, scope: str, depth: int, caller: Open | None) -> None:
        self.number = number
        self.scope = scope
        self.depth = depth
        self.caller = caller
        self.known: dict[str, int] = {}
        self.live: dict[str, None] = {}
        self.loops: dict[int, Any] = {}
        self.visit: Open = Open(-1, self)
