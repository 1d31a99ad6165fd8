"""What an instrumented script calls while it runs: begins visits, keeps values, notices what changed.

To which visit a value belongs is told by the frame that it is computed in, so that recursion and generators, which
interleave, keep apart. A frame is known by its ``id``, not held: objects of the script live no longer than they would.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from types import FrameType
from typing import Any
from weakref import ref

from fwdpass.trace.changes import Changes
from fwdpass.trace.limits import Limits
from fwdpass.trace.plan import HOOK, Plan
from fwdpass.trace.turns import Loops, Turns
from fwdpass.trace.values import Store
from fwdpass.trace.visits import Frame, Open, search

_getframe = sys._getframe


class Recorder:
    """Records a run of an instrumented script; ``flush`` hands over what it printed, to the ``current`` visit."""

    def __init__(self, plan: Plan, limits: Limits, flush: Callable[[], None]) -> None:
        self.plan = plan
        self.limits = limits
        self.store = Store(limits)
        self.store.prepare()
        self.visits: list[Open] = []
        self.runs = [0] * len(plan.statements)
        self.loops = Loops(plan, limits, self.runs)
        self.callees: dict[int, int] = {}
        self.frames: dict[int, Frame] = {}
        self.module = Frame(0, "<module>", 0, None)
        self.current = self.module.visit = Open(-1, self.module)
        self.exceeded = False
        self._changes = Changes(self.store, self.module)
        self._turns = [0] * len(plan.loops)
        self._numbers = count(1)
        self._flush = flush
        self._asked = -1, -1, -1
        self._over = Open(-1, self.module)
        self._over.values = [(0, 0)] * (limits.values + 1)
        self._answer = self._over, self._over

    # The functions that the script calls ------------------------------------------------------------------------------

    def hooks(self) -> dict[str, Any]:
        """Give what stands in the place of the constants of an instrumented script."""
        named = "again before caught chunk done entered gone left more opened plain spent turns walrus".split()
        found: dict[str, Any] = {name: getattr(self, name) for name in named}
        found |= {"assigned": self._assigned(), "begin": self._begin(), "callee": self._callee(), **self._keepers()}
        found |= {"NameError": NameError, "pieces": self.loops.pieces}
        found |= {f"count {i}": counter.ask for i, counter in enumerate(self.loops.counters)}
        found |= {f"flag {i}": flag for i, flag in enumerate(self.loops.flags)}
        return {HOOK + name: hook for name, hook in found.items()}

    # Visits -----------------------------------------------------------------------------------------------------------

    def _begin(self) -> Callable[[int], None]:
        """Make the function that begins a visit of a statement."""
        frames, runs, visits, most = self.frames, self.runs, self.visits, self.limits.visits
        flush, getframe = self._flush, _getframe

        def begin(statement: int) -> None:
            try:  # noqa: SIM105 - suppress() would cost more than what it is for
                flush()
            except (ValueError, OSError):  # the script has closed its output, or its reader has gone
                pass
            runs[statement] += 1
            key = id(getframe(1))
            frame = frames.get(key)
            if frame is None:
                frame = frames[key] = self.module
            if len(visits) >= most:
                self._exceed(frame, statement)
                return
            self.current = frame.visit = visit = Open(statement, frame)
            visits.append(visit)

        return begin

    def hand_over(self) -> None:
        """Give what was printed to the visit that printed it."""
        try:  # noqa: SIM105
            self._flush()
        except (ValueError, OSError):
            pass

    def visit(self, statement: int, frame: Frame) -> Open:
        """Begin a visit in a frame."""
        try:  # noqa: SIM105
            self._flush()
        except (ValueError, OSError):
            pass
        if len(self.visits) >= self.limits.visits:
            return self._exceed(frame, statement)
        self.current = frame.visit = visit = Open(statement, frame)
        self.visits.append(visit)
        return visit

    def _exceed(self, frame: Frame, statement: int) -> Open:
        """Record nothing any more: there are enough visits."""
        self.exceeded = True
        frame.visit = self.current = self._over
        self._over.statement = statement
        return self._over

    def again(self, statement: int) -> None:
        """Begin a visit after a loop, which is kept only if the loop has left something behind that is not known."""
        self.visit(statement, self._frame(_getframe(1))).ghost = True

    def entered(self, statement: int, look: int, *values: Any) -> None:
        """Begin a call of a function, with its arguments."""
        self.runs[statement] += 1
        caller, calling = _getframe(1), self.current
        frame = Frame(next(self._numbers), caller.f_code.co_qualname, calling.frame.depth + 1, calling)
        visit = self.visit(statement, frame)
        self.frames[id(caller)] = frame
        if visit is not self._over:
            known, changes, ways = frame.known, visit.changes, self.store.ways
            for (name, how), value in zip(self.plan.names[look].hows.items(), values, strict=True):
                known[name] = kept = ways[type(value)](value)
                changes.append((name, None, kept, how))

    def opened(self) -> None:
        """Begin the body of a class."""
        caller, calling = _getframe(1), self.current
        frame = Frame(next(self._numbers), caller.f_code.co_qualname, calling.frame.depth, calling)
        frame.visit = calling
        self.frames[id(caller)] = frame

    def caught(self, statement: int) -> None:
        """Begin a handler; keep what it caught, at the operation that raised it."""
        from fwdpass.trace.failures import attach

        caller, error = _getframe(1), sys.exc_info()[1]
        if error is not None:
            attach(self, error, caller.f_code.co_filename)
        self.runs[statement] += 1
        self.visit(statement, self._frame(caller))

    def _frame(self, caller: FrameType) -> Frame:
        return self.frames.get(id(caller)) or self.module

    # Values -----------------------------------------------------------------------------------------------------------

    def _keepers(self) -> dict[str, Callable[[int, Any], Any]]:
        """Make the functions that keep values: they are called most, so their names are close at hand.

        ``value`` is for functions, ``top`` for the module, ``inner`` for comprehensions, which have frames of their
        own, and ``result`` for calls, after which the visit that prints is another one.
        """
        frames, ways, most, find = self.frames, self.store.ways, self.limits.values + 1, self._find
        statements = [node.statement for node in self.plan.nodes]
        getframe, module, hand_over = _getframe, self.module, self.hand_over

        def value(node: int, worth: Any) -> Any:
            values = frames[id(getframe(1))].visit.values
            if len(values) < most:
                values.append((node, ways[type(worth)](worth)))
            return worth

        def top(node: int, worth: Any) -> Any:
            values = module.visit.values
            if len(values) < most:
                values.append((node, ways[type(worth)](worth)))
            return worth

        def inner(node: int, worth: Any) -> Any:
            values = find(getframe(1), statements[node])[0].values
            if len(values) < most:
                values.append((node, ways[type(worth)](worth)))
            return worth

        def result(node: int, worth: Any) -> Any:
            frame = frames.get(id(getframe(1)))
            if frame is None or frame.visit.statement != statements[node]:
                visit, running = find(getframe(1), statements[node])
            else:
                visit = running = frame.visit
            if running is not self.current:
                # A function has returned that may have printed.
                hand_over()
                self.current = running
            if len(visit.values) < most:
                visit.values.append((node, ways[type(worth)](worth)))
            return worth

        return {"value": value, "top": top, "inner": inner, "result": result}

    def _callee(self) -> Callable[[int, Any], Any]:
        callees, ways = self.callees, self.store.ways

        def callee(node: int, function: Any) -> Any:
            if node not in callees:
                callees[node] = ways[type(function)](function)
            return function

        return callee

    def _find(self, frame: FrameType, statement: int) -> tuple[Open, Open]:
        """Give the visit to which a value belongs that is computed in a frame of its own, as in a comprehension.

        And the visit that is running, which is another one where a generator expression is used later. Until another
        visit begins, the answer for a frame stays what it was.
        """
        asked = id(frame), statement, len(self.visits)
        if asked != self._asked or self.exceeded:
            found, running = search(frame, statement, self.frames, self.visits)
            self._asked, self._answer = asked, (found or self._over, running or found or self._over)
        return self._answer

    def walrus(self, node: int, worth: Any) -> Any:
        """Keep a value that gets a name within an expression."""
        caller = _getframe(1)
        visit, _ = self._find(caller, self.plan.nodes[node].statement)
        kept = self._keep(visit, node, worth)
        self._changes.note(self._frame(caller), visit, self.plan.nodes[node].label, kept, "assigned")
        return worth

    def before(self, node: int, worth: Any) -> None:
        """Keep what a name was worth before ``a += b``."""
        frame = self._frame(_getframe(1))
        frame.known[self.plan.nodes[node].label] = self._keep(frame.visit, node, worth)

    def _keep(self, visit: Open, node: int, worth: Any) -> int:
        kept = self.store.keep(worth)
        if len(visit.values) <= self.limits.values:
            visit.values.append((node, kept))
        return kept

    # Changes ----------------------------------------------------------------------------------------------------------

    def _assigned(self) -> Callable[[int, int, int, Any], Any]:
        """Make the function that keeps a value for its name and, unless it is a literal, for the expression."""
        frames, module, over, looks, most = self.frames, self.module, self._over, self.plan.names, self.limits.values
        ways, changes, note, getframe = self.store.ways, self._changes, self._changes.note, _getframe

        def assigned(node: int, recorded: int, look: int, worth: Any) -> Any:
            caller = getframe(1)
            frame = frames.get(id(caller)) or module
            visit = frame.visit
            if visit is not self.current:
                self.hand_over()
                self.current = visit
            kept = ways[type(worth)](worth)
            if recorded and len(visit.values) <= most:
                visit.values.append((node, kept))
            if visit is not over:
                names = looks[look]
                for name in names.hows:
                    owner = frame if frame is module else changes.owner(caller.f_code, frame, name)
                    note(owner, visit, name, kept, "assigned")
                if names.busy:
                    changes.look_around(caller.f_globals, visit, names.hows)
            return worth

        return assigned

    def left(self, statement: int, look: int, *values: Any) -> None:
        """Look at names after a loop, in a visit of its own."""
        caller = _getframe(1)
        frame = self._frame(caller)
        self.visit(statement, frame).ghost = True
        self._look(caller, frame, look, values)

    def done(self, look: int, *values: Any) -> None:
        """Look at names after a statement: those that it wrote, and those whose objects it may have changed."""
        caller = _getframe(1)
        self._look(caller, self.frames.get(id(caller)) or self.module, look, values)

    def _look(self, caller: FrameType, frame: Frame, look: int, values: tuple[Any, ...]) -> None:
        self.current = visit = frame.visit
        if visit is self._over:
            return
        names, changes, ways = self.plan.names[look], self._changes, self.store.ways
        if values:
            local = changes.local(caller.f_code)
            for (name, how), value in zip(names.hows.items(), values, strict=True):
                changes.note(frame if name in local else self.module, visit, name, ways[type(value)](value), how)
        elif names.hows:
            space = caller.f_locals
            # A class's body may have a namespace of its own making, which would notice.
            for name in names.hows if type(space) is dict else ():
                if name in space:
                    changes.note(frame, visit, name, self.store.keep(space[name]), names.hows[name])
        if names.busy:
            changes.look_around(caller.f_globals, visit, names.hows)

    def gone(self, look: int) -> None:
        """Note names that were deleted."""
        caller = _getframe(1)
        for name in self.plan.names[look].hows:
            self._changes.gone(caller.f_code, self._frame(caller), name)

    # Loops ------------------------------------------------------------------------------------------------------------

    def turns(self, loop: int, values: Any) -> Any:
        """Take a loop in pieces, as :meth:`~fwdpass.trace.turns.Loops.turns` does."""
        taken = self.loops.turns(loop, values)
        if isinstance(taken, Turns):
            # The loop holds it: when it is left, in whatever way, what was looped over is let go.
            self._frame(_getframe(1)).loops[loop] = ref(taken)
        return taken

    def chunk(self, loop: int) -> Any:
        """Give the next piece of a loop."""
        return self._frame(_getframe(1)).loops[loop]().chunk

    def plain(self, loop: int) -> Any:
        """Say whether the next piece runs unrecorded."""
        return self._frame(_getframe(1)).loops[loop]().plain

    def more(self, loop: int) -> bool:
        """Begin a turn of a ``while``, if another one is to be recorded."""
        frame = self._frame(_getframe(1))
        self._turns[loop] += 1
        frame.loops[loop] = more = self._turns[loop] <= self.limits.first
        if more:
            statement = self.plan.loops[loop].turns
            self.runs[statement] += 1
            self.visit(statement, frame)
        return more

    def spent(self, loop: int) -> bool:
        """Say whether a ``while`` stopped only because enough turns are recorded."""
        more: bool = self._frame(_getframe(1)).loops[loop]
        if not more:
            self.loops.uncounted(loop)
        return not more

    # Afterwards -------------------------------------------------------------------------------------------------------

    def unseen(self, statement: int, frame: Frame) -> Open:
        """Begin a visit of a statement that ran unrecorded, and failed."""
        visit = Open(statement, frame)
        self.visits.append(visit)
        return visit

    def line(self) -> int:
        """Give the line that was recorded last."""
        statement = self.current.statement
        return self.plan.statements[statement].raw[0] if statement >= 0 else 0
