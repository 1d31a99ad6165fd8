"""What an instrumented script calls while it runs: begins visits, keeps values, notices what changed.

To which visit a value belongs is told by the frame that it is computed in, so that recursion and generators, which
interleave, keep apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any
from weakref import ref

from fwdpass.trace.changes import Changes
from fwdpass.trace.failures import Failures
from fwdpass.trace.limits import Limits
from fwdpass.trace.plan import HOOK, Plan
from fwdpass.trace.turns import Loops, Turns
from fwdpass.trace.values import Store
from fwdpass.trace.visits import BegunLoop, Frame, Log, Open, is_generator

_getframe = sys._getframe
_METHODS = (
    "again", "before", "caught", "chunk", "closed", "delegating", "done", "ended", "entered", "enters", "fell", "gone",
    "leave", "left", "more", "one", "opened", "over", "passed", "pieces", "plain", "rest", "resumed", "returns",
    "spent", "turn", "turns", "unbound", "walrus", "was", "yielding",
)  # fmt: skip
"""The methods that an instrumented script calls, by the names that instrumenting writes."""


def _second(_: object, value: Any) -> Any:
    return value


class Recorder:
    """Records a run of an instrumented script; ``flush`` hands over what it printed, to the ``current`` visit."""

    def __init__(self, plan: Plan, limits: Limits, flush: Callable[[], None]) -> None:
        self.plan = plan
        self.limits = limits
        self.store = Store(limits)
        self.store.prepare()
        self.runs = [0] * len(plan.statements)
        self.loops = Loops(plan, limits, self.runs)
        self.callees: dict[int, int] = {}
        self.log = Log(plan, limits.visits, flush)
        self.failures = Failures(plan, self.log, self.store, limits.text)
        self._changes = Changes(self.store, self.log.module, plan)
        self._tests = [0] * len(plan.loops)

    # The functions that the script calls ------------------------------------------------------------------------------

    def hooks(self) -> dict[str, Any]:
        """Give what stands in the place of the constants of an instrumented script."""
        # The script has no name for any of this: constants of its code are replaced by these objects, by the names that
        # instrumenting has given to the places. A counter or a flag has its number in its name.
        found: dict[str, Any] = {name: getattr(self, name) for name in _METHODS}
        found |= {"begin": self._begin(), "starts": self._starts(), "callee": self._callee(), **self._keepers()}
        found |= {"assigned": self._assigned(busy=False), "assigned busy": self._assigned(busy=True)}
        found |= {"NameError": NameError}
        found |= {f"count {i}": counter.ask for i, counter in enumerate(self.loops.counters)}
        found |= {f"flag {i}": flag for i, flag in enumerate(self.loops.flags)}
        return {HOOK + name: hook for name, hook in found.items()}

    # Statements -------------------------------------------------------------------------------------------------------

    def _begin(self) -> Callable[[int], None]:
        """Make the function that begins a visit of a statement."""
        # What is called for every statement of the script is a closure: names of its own are found faster than
        # attributes.
        log, runs, getframe = self.log, self.runs, _getframe
        frames, module, begin_in = log.frames, log.module, log.begin

        def begin(statement: int) -> None:
            runs[statement] += 1
            begin_in(statement, frames.setdefault(id(getframe(1)), module))

        return begin

    def _starts(self) -> Callable[[int, int], None]:
        """Make the function that begins a visit in the module or in a class: it sees what the names are it writes."""
        log, runs, getframe, looks, learn = self.log, self.runs, _getframe, self.plan.names, self._changes.learn
        frames, module, begin_in = log.frames, log.module, log.begin

        def starts(statement: int, look: int) -> None:
            caller = getframe(1)
            runs[statement] += 1
            frame = frames.setdefault(id(caller), module)
            begin_in(statement, frame)
            if frame is module:
                learn(frame, looks[look].hows, caller.f_globals)
            elif type(space := caller.f_locals) is dict:
                learn(frame, looks[look].hows, space)

        return starts

    def _space(self, caller: FrameType, frame: Frame) -> dict[str, Any] | None:
        """Give the names of the module or of a class; a class may have a namespace of its own, which would notice."""
        space = caller.f_globals if frame is self.log.module else caller.f_locals
        return space if type(space) is dict else None

    def was(self, look: int, worth: Any) -> None:
        """See what a function's name is worth before a statement writes it."""
        frame = self.log.frame(_getframe(1))
        for name in self.plan.names[look].hows:
            frame.known[name] = self.store.keep(worth)
            frame.unknown.discard(name)

    def unbound(self, look: int) -> None:
        """Note that a function's name has no value before a statement gives it one."""
        frame = self.log.frame(_getframe(1))
        for name in self.plan.names[look].hows:
            frame.known.pop(name, None)
            frame.unknown.discard(name)

    def caught(self, statement: int) -> None:
        """Begin a handler; keep what it caught, at the operation that raised it."""
        caller, error = _getframe(1), sys.exc_info()[1]
        if error is not None:
            self.log.hand_over()
            self.failures.attach(error, caller.f_code.co_filename)
        self.runs[statement] += 1
        frame = self.log.frame(caller)
        self.log.begin(statement, frame)
        # What the statement that failed has changed before it did is not known.
        frame.known.clear()
        frame.unknown.update(self.plan.written)
        if frame is self.log.module:
            self._changes.learn_all(caller.f_globals)

    # Calls and classes ------------------------------------------------------------------------------------------------

    def entered(self, statement: int, look: int, *values: Any) -> None:
        """Begin a call of a function, with its arguments."""
        self.runs[statement] += 1
        frame = self.log.enter(_getframe(1), self.runs[statement])
        visit = self.log.begin(statement, frame)
        if visit is not self.log.over:
            known, changes, ways = frame.known, visit.changes, self.store.ways
            for (name, how), value in zip(self.plan.names[look].hows.items(), values, strict=True):
                known[name] = kept = ways[type(value)](value)
                changes.append((name, None, kept, how, True))

    def fell(self) -> None:
        """Remember the call that an exception leaves."""
        self.log.fall(_getframe(1), sys.exc_info()[1])

    def leave(self) -> None:
        """End a call, in whatever way: the visit that called goes on."""
        self.log.leave(_getframe(1))

    def returns(self, worth: Any) -> Any:
        """End the call of a lambda, with what it gives."""
        self.log.leave(_getframe(1))
        return worth

    def opened(self) -> None:
        """Begin the body of a class."""
        self.log.enter(_getframe(1), 0, deeper=0)

    def closed(self) -> None:
        """End the body of a class."""
        self.log.leave(_getframe(1))

    def yielding(self, worth: Any = None) -> Any:
        """Let a generator wait: what is printed until it goes on is not its own."""
        self.log.hand_over()
        self.log.current = self.log.around(_getframe(1))[0].visit
        return worth

    def delegating(self, worth: Any) -> Any:
        """Let a generator pass on what another one yields."""
        caller = _getframe(1)
        self.log.hand_over()
        self.log.frame(caller).delegating = True
        self.log.current = self.log.around(caller)[0].visit
        return worth

    def resumed(self, worth: Any) -> Any:
        """Let a generator go on, with what it was sent."""
        self.log.hand_over()
        frame = self.log.frame(_getframe(1))
        frame.delegating = False
        if self.log.current.frame is not frame:
            frame.waiting = self.log.current
        self.log.current = frame.visit
        return worth

    # Values -----------------------------------------------------------------------------------------------------------

    def _keepers(self) -> dict[str, Callable[[int, Any], Any]]:
        """Make the functions that keep values: they are called most, so their names are close at hand.

        ``value`` is for functions, ``top`` for the module, ``inner`` for comprehensions, which have frames of their
        own.
        """
        log, ways, most = self.log, self.store.ways, self.limits.values + 1
        frames, visits, find, module, getframe = log.frames, log.visits, log.find, log.module, _getframe
        statements = [node.statement for node in self.plan.nodes]

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
            frame, statement = getframe(1), statements[node]
            known = log.asked == (id(frame), statement, len(visits))
            values = (log.found if known else find(frame, statement)).values
            if len(values) < most:
                values.append((node, ways[type(worth)](worth)))
            return worth

        return {"value": value, "top": top, "inner": inner}

    def _callee(self) -> Callable[[int, Any], Any]:
        callees, ways = self.callees, self.store.ways

        def callee(node: int, function: Any) -> Any:
            if node not in callees:
                callees[node] = ways[type(function)](function)
            return function

        return callee

    def walrus(self, node: int, sure: int, worth: Any) -> Any:
        """Keep a value that has got a name within an expression."""
        caller, spot = _getframe(1), self.plan.nodes[node]
        visit = self.log.find(caller, spot.statement)
        if visit is not self.log.over:
            kept = self._keep(visit, node, worth)
            self._changes.note(visit.frame, visit, spot.label, kept, "assigned", sure=sure)
        return worth

    def before(self, node: int, worth: Any) -> None:
        """Keep what a name was worth before ``a += b``."""
        frame = self.log.frame(_getframe(1))
        frame.known[self.plan.nodes[node].label] = self._keep(frame.visit, node, worth)

    def _keep(self, visit: Open, node: int, worth: Any) -> int:
        kept = self.store.keep(worth)
        if len(visit.values) <= self.limits.values:
            visit.values.append((node, kept))
        return kept

    # Changes ----------------------------------------------------------------------------------------------------------

    def _assigned(self, *, busy: bool) -> Callable[[int, int, str, Any], Any]:
        """Make the function that keeps a value for its name and, unless it is a literal, for the expression.

        Where the expression is ``busy``, other names may have changed, too. What the name was is known: it was looked
        up when the visit began.
        """
        frames, module, over, getframe = self.log.frames, self.log.module, self.log.over, _getframe
        most, ways, changes = self.limits.values, self.store.ways, self._changes

        def assigned(node: int, recorded: int, name: str, worth: Any) -> Any:
            caller = getframe(1)
            frame = frames.get(id(caller)) or module
            visit = frame.visit
            kept = ways[type(worth)](worth)
            if recorded and len(visit.values) <= most:
                visit.values.append((node, kept))
            if visit is not over:
                visit.changes.append((name, frame.known.get(name), kept, "assigned", True))
                changes.knows(frame, name, kept)
                if busy and frame is module:
                    changes.look_around(caller.f_globals, visit, (name,))
            return worth

        return assigned

    def done(self, look: int, *values: Any) -> None:
        """Look at names after a statement: those that it wrote, and those whose objects it may have changed."""
        caller = _getframe(1)
        frame = self.log.frame(caller)
        visit = frame.visit
        if visit is self.log.over:
            return
        names, note, ways = self.plan.names[look], self._changes.note, self.store.ways
        for name, value in self._found(caller, frame, look, values):
            note(frame, visit, name, ways[type(value)](value), names.hows[name], sure=names.sure)
        if names.busy and frame is self.log.module:
            self._changes.look_around(caller.f_globals, visit, names.hows)

    def _found(self, caller: FrameType, frame: Frame, look: int, values: tuple[Any, ...]) -> list[tuple[str, Any]]:
        """Give the names that are looked at which have a value, with that; a function hands its own over."""
        hows = self.plan.names[look].hows
        if values:
            return list(zip(hows, values, strict=True))
        space = self._space(caller, frame) if hows and not caller.f_code.co_flags & 1 else None
        return [] if space is None else [(name, space[name]) for name in hows if name in space]

    def gone(self, look: int) -> None:
        """Note names that were deleted."""
        frame = self.log.frame(_getframe(1))
        for name in self.plan.names[look].hows:
            self._changes.gone(frame, name)

    # Loops ------------------------------------------------------------------------------------------------------------

    def enters(self, loop: int) -> None:
        """Begin a loop that takes no values."""
        self._enter(loop, self.log.frame(_getframe(1)))

    def _enter(self, loop: int, frame: Frame) -> BegunLoop:
        around = frame.loops.get(self.plan.loops[loop].around)
        entry = frame.loops[loop] = BegunLoop(loop, around)
        return entry

    def turns(self, loop: int, values: Any) -> Any:
        """Take a loop in pieces, as :meth:`~fwdpass.trace.turns.Loops.turns` does."""
        caller = _getframe(1)
        frame = self.log.frame(caller)
        if frame is self.log.module and self.plan.loops[loop].busy and frame.visit is not self.log.over:
            self._changes.look_around(caller.f_globals, frame.visit, {})
        taken = self.loops.turns(loop, values)
        if isinstance(taken, Turns):
            # The loop holds it: when it is left, in whatever way, what was looped over is let go.
            entry = self._enter(loop, frame)
            entry.pieces, entry.begun = ref(taken), frame.visit
        return taken

    def plain(self, loop: int) -> bool:
        """Say whether the next piece runs unrecorded."""
        caller = _getframe(1)
        frame = self.log.frame(caller)
        entry = frame.loops[loop]
        counted = entry.pieces().counted
        if counted is None:
            if entry.gap is not None:
                self._resume(caller, frame, entry)
            return False
        self._gap(caller, frame, entry, counted)
        return True

    def chunk(self, loop: int) -> Any:
        """Give the next piece of a loop; in one that is recorded, what is printed where a value is taken is the loop's.

        The values come through C alone, so no traceback that passes has a frame of ours.
        """
        entry = self.log.frame(_getframe(1)).loops[loop]
        piece = entry.pieces()
        if piece.counted is not None or type(piece.chunk) is range or entry.begun is None:
            return piece.chunk
        log, begun = self.log, entry.begun

        def taking() -> bool:
            log.hand_over()
            log.current = begun
            return True

        return map(_second, iter(taking, False), piece.chunk)

    def turn(self, loop: int) -> None:
        """Begin a turn of a ``for``, which has taken its value."""
        frame = self.log.frame(_getframe(1))
        statement = self.plan.loops[loop].turns
        frame.loops[loop].turn += 1
        self.runs[statement] += 1
        self.log.begin(statement, frame)

    def more(self, loop: int) -> bool:
        """Begin a turn of a ``while``, if another one is to be recorded, with its test."""
        frame = self.log.frame(_getframe(1))
        self._tests[loop] += 1
        entry = frame.loops[loop]
        entry.more = self._tests[loop] <= self.limits.first
        if entry.more:
            entry.turn += 1
            statement = self.plan.loops[loop].turns
            self.runs[statement] += 1
            self.log.begin(statement, frame)
        return entry.more

    def spent(self, loop: int) -> bool:
        """Say whether a ``while`` stopped only because enough turns are recorded; else its test was false."""
        caller = _getframe(1)
        frame = self.log.frame(caller)
        entry = frame.loops[loop]
        if entry.more:
            entry.turn -= 1
            if frame is self.log.module and self.plan.loops[loop].busy and frame.visit is not self.log.over:
                self._changes.look_around(caller.f_globals, frame.visit, {})
        return not entry.more

    def rest(self, loop: int) -> Any:
        """Give what a ``while`` runs over for the turns that are not recorded."""
        caller = _getframe(1)
        frame = self.log.frame(caller)
        entry = frame.loops[loop]
        # The test that is false is not the beginning of a turn.
        passed, counted = self.loops.rest(loop, entry)
        self._gap(caller, frame, entry, counted)
        return passed

    def ended(self, loop: int) -> None:
        """Note that the test of a ``while`` was false."""
        self.log.frame(_getframe(1)).loops[loop].ended = True

    def over(self, loop: int) -> bool:
        """Say whether a ``while`` has ended because its test was false, and not by a ``break``."""
        return self.log.frame(_getframe(1)).loops[loop].ended

    def passed(self, loop: int) -> None:
        """Count a turn of an ``async for`` that is not recorded."""
        caller = _getframe(1)
        frame = self.log.frame(caller)
        entry = frame.loops[loop]
        if entry.gap is None:
            turns = entry.passed = [0]
            self._gap(caller, frame, entry, lambda: turns[0])
        entry.passed[0] += 1

    def pieces(self, index: int, values: Any) -> Any:
        """Take what a comprehension runs over in two pieces, and count those of its turns that are not recorded."""
        node, statement, _ = self.plan.flags[index]
        taken, counted = self.loops.pieces(index, values)
        caller = _getframe(1)
        frame = self.log.frames.get(id(caller))
        same = frame is not None and frame.visit.statement == statement
        visit = frame.visit if frame is not None and same else self.log.find(caller, statement)
        if visit is not self.log.over:
            visit.skipped = [*visit.skipped, (node, counted)]
        return taken

    def _gap(self, caller: FrameType, frame: Frame, entry: BegunLoop, counted: Callable[[], int]) -> None:
        """Begin the visit that stands for turns which are not recorded."""
        if entry.gap is not None and (first := entry.gap.gap) is not None:
            entry.gap.gap = lambda: first() + counted()
            return
        loop = self.plan.loops[entry.loop]
        visit = self.log.begin(loop.statement, frame)
        if visit is self.log.over:
            return
        visit.entry, visit.turn, visit.gap, visit.ghost = entry, entry.turn + 1, counted, True
        entry.gap = visit
        if frame is self.log.module:
            self._changes.learn(frame, self.plan.names[loop.look].hows, caller.f_globals)
            self._changes.learn_all(caller.f_globals)
        if is_generator(caller):
            # What is printed counts to whoever waits for it.
            self.log.current = self.log.around(caller)[0].visit

    def _resume(self, caller: FrameType, frame: Frame, entry: BegunLoop) -> None:
        """End a gap before the last turns, which are recorded; see in the module what it has changed."""
        hows = self.plan.names[self.plan.loops[entry.loop].look].hows
        if frame is self.log.module:
            space = caller.f_globals
            self._left(caller, frame, entry, {name: space[name] for name in hows if name in space})
        else:
            self._close(entry)
            for name in hows:
                frame.known.pop(name, None)
            frame.unknown.update(hows)

    def _close(self, entry: BegunLoop) -> Open | None:
        """End a gap, and give its visit."""
        gap, entry.gap = entry.gap, None
        if gap is None or gap.gap is None:
            return None
        self.log.hand_over()
        entry.turn += gap.gap()
        gap.closed = True
        return gap

    def left(self, statement: int, loop: int, look: int, *values: Any) -> None:
        """Look at names after a loop or a block: in the visit of its last turns, if they are not recorded."""
        caller = _getframe(1)
        frame = self.log.frame(caller)
        self._left(caller, frame, self._after(statement, loop, frame), dict(self._found(caller, frame, look, values)))

    def again(self, statement: int, loop: int) -> None:
        """Begin a look after a loop, for names of a function of which some have no value."""
        frame = self.log.frame(_getframe(1))
        entry = self._after(statement, loop, frame)
        if entry is not None and (gap := self._close(entry)) is not None:
            self.log.current = frame.visit = gap

    def one(self, look: int, worth: Any) -> None:
        """Look at one name of those."""
        frame = self.log.frame(_getframe(1))
        if frame.visit is not self.log.over:
            self._changes.found(frame, frame.visit, dict.fromkeys(self.plan.names[look].hows, worth))

    def _after(self, statement: int, loop: int, frame: Frame) -> BegunLoop | None:
        """Give the loop whose gap is open; where there is none, begin a visit, kept if it has something to say."""
        entry = frame.loops.get(loop)
        if entry is not None and entry.gap is not None:
            return entry
        visit = self.log.begin(statement, frame)
        if visit is not self.log.over:
            visit.ghost = visit.left = True
            if entry is not None:
                visit.entry, visit.turn = entry.around, entry.within
        return None

    def _left(self, caller: FrameType, frame: Frame, entry: BegunLoop | None, found: Mapping[str, Any]) -> None:
        visit = frame.visit if entry is None else self._close(entry)
        if visit is None or visit is self.log.over:
            return
        self.log.current = frame.visit = visit
        self._changes.found(frame, visit, found)
        if frame is self.log.module:
            self._changes.look_around(caller.f_globals, visit, found)

    # Afterwards -------------------------------------------------------------------------------------------------------

    def line(self) -> int:
        """Give the line that was recorded last."""
        statement = self.log.current.statement
        return self.plan.statements[statement].raw[0] if statement >= 0 else 0
