"""Visits and frames while they are being recorded, and which of them is running.

A frame is known by its ``id``, not held: objects of the script live no longer than they would. Whoever enters a frame
takes it out again when it is left, in whatever way, so that another frame with the same ``id`` is not taken for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import CO_GENERATOR
from itertools import count
from types import FrameType
from typing import Any

from fwdpass.trace.plan import Plan

COMPREHENSIONS = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))
"""The names of frames that belong to a statement around them."""
RECENT = 200
"""How many visits are searched, from the last one back, for the one that a value or a call belongs to."""


class Open:
    """A visit that is being recorded. What most visits have not is an attribute of the class."""

    printed: list[str] | None = None
    written = 0
    failure: Any = None
    ghost = False
    """Whether it is kept only if something is to be said of it."""
    left = False
    """Whether it is the look at what a loop or a block has left behind."""
    entry: BegunLoop | None = None
    turn = 0
    gap: Callable[[], int] | None = None
    """Of a visit that stands for turns that are not recorded: how many there were until now."""
    closed = False
    """Whether such turns have come to an end, not been left by an exception."""
    skipped: Sequence[tuple[int, Callable[[], int]]] = ()

    def __init__(self, statement: int, frame: Frame) -> None:
        self.statement = statement
        self.frame = frame
        self.values: list[tuple[int, int]] = []
        self.changes: list[tuple[str, int | None, int | None, str, bool]] = []


class BegunLoop:
    """A loop that was begun, in a frame: ``turn`` is the number of the turn that runs, or ran last."""

    more = True
    """Of a ``while``: whether the turn that was to begin is recorded."""
    ended = False
    """Of a ``while``: whether its test was false in a turn that is not recorded."""
    gap: Open | None = None
    """The visit that stands for the turns which run now, and are not recorded."""
    begun: Open | None = None
    """Of a ``for``: the visit of the loop itself, in which its values are taken."""
    pieces: Any = None
    """A weak reference: the loop itself holds what it runs over, and lets go of it when it is left."""

    def __init__(self, loop: int, around: BegunLoop | None) -> None:
        self.loop = loop
        self.around = around
        self.turn = 0
        self.within: int = around.turn if around is not None else 0
        self.passed = [0]

    @property
    def turns(self) -> int:
        """How many turns there were until now."""
        return self.turn + (self.gap.gap() if self.gap is not None and self.gap.gap is not None else 0)


class Frame:
    """A call, a class's body, or the module, while it runs; whoever makes it begins a ``visit`` in it."""

    __slots__ = (
        "call", "caller", "delegating", "depth", "known", "loops", "number", "scope", "unknown", "visit", "waiting",
    )  # fmt: skip

    visit: Open
    waiting: Open | None
    """The visit that waits for the frame: the caller, or whoever made a generator go on."""

    def __init__(self, number: int, scope: str, depth: int, caller: Open | None, call: int = 0) -> None:
        self.number = number
        self.scope = scope
        self.depth = depth
        self.caller = self.waiting = caller
        self.call = call
        self.delegating = False
        self.known: dict[str, int] = {}
        self.unknown: set[str] = set()
        """Names that may have got a value which nobody looked at, and are not looked up again before they get one."""
        self.loops: dict[int, BegunLoop] = {}


class Log:
    """The visits of a run, its frames, and the visit that is running: ``current`` has what is printed now."""

    def __init__(self, plan: Plan, most: int, flush: Callable[[], None]) -> None:
        self.visits: list[Open] = []
        self.frames: dict[int, Frame] = {}
        self.module = Frame(0, "<module>", 0, None)
        self.current = self.module.visit = Open(-1, self.module)
        self.over = Open(-1, self.module)
        """Takes what belongs to no visit any more, once there are enough of them."""
        self.pieces: list[tuple[Open, int, tuple[Open, ...]]] = []
        """What was printed, piece by piece: in which visit, how many characters, and which visits waited for it."""
        self.exceeded = False
        self.falling = 0
        self.fallen: dict[int, Frame] = {}
        """The frames that the last exception has left, which its traceback still knows; ``falling`` is its ``id``."""
        self._statements = plan.statements
        self._loops = [spot.loop for spot in plan.statements]
        self._withs = any(spot.kind in ("With", "AsyncWith") for spot in plan.statements)
        self._numbers = count(1)
        self._most = most
        self._flush = flush
        self.asked: tuple[int, int, int] | None = None
        """The last question that ``find`` was asked, with how many visits there were; ``found`` is the answer."""
        self.found = self.over

    def hand_over(self) -> None:
        """Give what was printed to the visit that printed it."""
        try:  # noqa: SIM105 - suppress() would cost more than what it is for
            self._flush()
        except (ValueError, OSError):  # the script has closed its output, or its reader has gone
            pass

    def said(self, characters: int) -> Open:
        """Note that so much was printed; give the visit that printed it."""
        visit, waiting = self.current, [self.current]
        while (at := waiting[-1].frame.waiting) is not None and at not in waiting:
            waiting.append(at)
        piece = (visit, characters, tuple(waiting[1:]))
        if self.pieces and self.pieces[-1][::2] == piece[::2]:
            piece = (visit, characters + self.pieces.pop()[1], piece[2])
        self.pieces.append(piece)
        return visit

    def end(self) -> None:
        """End the module: what is called from now on, nobody in the script has called."""
        for key in [key for key, frame in self.frames.items() if frame is self.module]:
            del self.frames[key]
        self.current = self.module.visit = Open(-1, self.module)

    def begin(self, statement: int, frame: Frame) -> Open:
        """Begin a visit in a frame."""
        # As `hand_over` does, which is one call more.
        try:  # noqa: SIM105
            self._flush()
        except (ValueError, OSError):
            pass
        if len(self.visits) >= self._most:
            self.exceeded = True
            self.over.statement = statement
            frame.visit = self.current = self.over
            return self.over
        self.current = frame.visit = visit = Open(statement, frame)
        self.visits.append(visit)
        loop = self._loops[statement]
        if loop >= 0 and (entry := frame.loops.get(loop)) is not None:
            visit.entry = entry
            visit.turn = entry.turn
        return visit

    def unseen(self, statement: int, frame: Frame) -> Open:
        """Begin a visit of a statement that ran unrecorded, and failed: in the turn that was counted last."""
        visit = Open(statement, frame)
        visit.entry = entry = frame.loops.get(self._loops[statement])
        visit.turn = entry.turns if entry is not None else 0
        self.visits.append(visit)
        return visit

    # Frames -----------------------------------------------------------------------------------------------------------

    def frame(self, at: FrameType) -> Frame:
        """Give the recorded frame that Python's is."""
        return self.frames.get(id(at)) or self.module

    def enter(self, at: FrameType, call: int, deeper: int = 1) -> Frame:
        """Begin a frame that Python has begun."""
        calling = self.calling(at)
        frame = Frame(next(self._numbers), at.f_code.co_qualname, calling.frame.depth + deeper, calling, call)
        frame.visit = calling
        self.frames[id(at)] = frame
        return frame

    def unrecorded(self, at: FrameType) -> Frame:
        """Give a frame that is over and was not recorded: of a call, or else the module."""
        if at.f_code.co_name == "<module>":
            return self.module
        calling = self.around(at)[0].visit
        return Frame(next(self._numbers), at.f_code.co_qualname, calling.frame.depth + 1, calling)

    def fall(self, at: FrameType, error: BaseException | None) -> None:
        """Remember a frame that is being left by an exception."""
        if id(error) != self.falling:
            self.falling = id(error)
            self.fallen.clear()
        if (frame := self.frames.get(id(at))) is not None:
            self.fallen[id(at)] = frame

    def leave(self, at: FrameType) -> None:
        """Let a frame go that Python leaves: what is printed from now on belongs to the visit that waits for it."""
        self.hand_over()
        frame = self.frames.pop(id(at), None)
        if frame is not None and frame.waiting is not None and is_generator(at):
            self.current = frame.waiting
        else:
            self.current = self.around(at)[0].visit

    def around(self, at: FrameType) -> tuple[Frame, FrameType | None]:
        """Give the nearest recorded frame around one of Python's, as it is recorded and as Python has it.

        A generator that only passes on what another one yields waits itself, and is passed over; so is one whose turns
        are not recorded, since it yields without telling.
        """
        outer = at.f_back
        while outer is not None:
            found = self.frames.get(id(outer))
            if found is not None and not (found.delegating or (is_generator(outer) and found.visit.gap is not None)):
                return found, outer
            outer = outer.f_back
        return self.module, None

    def calling(self, at: FrameType) -> Open:
        """Give the visit that has called a frame.

        It is the one that runs in the frame around it, unless that frame is at the line of another statement: at the
        head of a loop, whose next value is asked for after its body, or of a ``with``, at its end.
        """
        frame, outer = at.f_back, None
        known = None
        while frame is not None and known is None:
            known, outer = self.frames.get(id(frame)), frame
            frame = frame.f_back
        if known is None or outer is None:
            return self.module.visit
        visit = known.visit
        if visit.gap is not None or not (known.loops or self._withs):
            return visit
        line = outer.f_lineno  # Python searches a table for it: not to be asked for in vain
        if self.is_at(visit, line):
            return visit
        near = (each for each in reversed(self.visits[-RECENT:]) if each.frame is known and not each.left)
        return next((each for each in near if self.is_at(each, line)), visit)

    def is_at(self, visit: Open, line: int) -> bool:
        """Whether the statement of a visit, or its head, has a line."""
        if visit.statement < 0:
            return False
        first, _, last, _ = self._statements[visit.statement].raw
        return first <= line <= last

    def find(self, frame: FrameType, statement: int) -> Open:
        """Give the visit to which a value belongs that is computed in a frame of its own, as in a comprehension.

        Its statement may be running in a frame around; or, if a generator is used later, it ran some time ago. Until
        another visit begins, the answer for a frame stays what it was.
        """
        asked = id(frame), statement, len(self.visits)
        if asked != self.asked:
            self.asked, self.found = None if self.exceeded else asked, self._search(frame, statement) or self.over
        return self.found

    def _search(self, frame: FrameType | None, statement: int) -> Open | None:
        for _ in range(50):
            if frame is None:
                break
            known = self.frames.get(id(frame)) if frame.f_code.co_name not in COMPREHENSIONS else None
            if known is not None:
                if known.visit.statement == statement:
                    return known.visit
                if known is self.module:
                    break
            frame = frame.f_back
        return next((visit for visit in reversed(self.visits[-RECENT:]) if visit.statement == statement), None)


def is_generator(at: FrameType) -> bool:
    """Whether a frame is a generator's."""
    return bool(at.f_code.co_flags & CO_GENERATOR)
