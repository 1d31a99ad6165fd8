"""Visits and frames, while they are being recorded."""

from __future__ import annotations

from types import FrameType
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
    """A call, a class's body, or the module, while it runs; whoever makes it begins a ``visit`` in it."""

    __slots__ = ("caller", "depth", "known", "loops", "number", "scope", "visit")

    visit: Open

    def __init__(self, number: int, scope: str, depth: int, caller: Open | None) -> None:
        self.number = number
        self.scope = scope
        self.depth = depth
        self.caller = caller
        self.known: dict[str, int] = {}
        self.loops: dict[int, Any] = {}


def search(
    frame: FrameType | None, statement: int, frames: dict[int, Frame], visits: list[Open]
) -> tuple[Open | None, Open | None]:
    """Give the visit of a statement that a frame's values belong to, and the visit that is running.

    A comprehension has a frame of its own, whose caller is what runs; the statement that it stands in may have ended.
    """
    running = None
    for _ in range(50):
        if frame is None:
            break
        if frame.f_code.co_name not in COMPREHENSIONS:
            known = frames.get(id(frame))
            if known is not None:
                running = running or known.visit
                if known.visit.statement == statement:
                    return known.visit, running
                if known.caller is None:  # the module, around which there is nothing
                    break
        frame = frame.f_back
    return next((visit for visit in reversed(visits[-200:]) if visit.statement == statement), None), running
