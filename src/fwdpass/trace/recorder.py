"""What an instrumented script calls while it runs: begins visits, keeps values, notices what changed.

To which visit a value belongs is told by the frame that it is computed in, so that recursion and generators, which
interleave, keep apart. A frame is known by its ``id``, not held: objects of the script live no longer than they would.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain, compress, count, islice, repeat
from operator import length_hint
from types import CodeType, FrameType
from typing import Any
from weakref import ref

from fwdpass.trace.plan import HOOK, Plan
from fwdpass.trace.record import Array, LargeArray, Limits, Mapping, Sequence, Thing
from fwdpass.trace.values import Later, LaterLarge, Store

_getframe = sys._getframe
_COMPREHENSIONS = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))
_HEAP = 1 << 9
"""The flag of types that are not C's own (``Py_TPFLAGS_HEAPTYPE``)."""
_MANY = sys.maxsize
_MUTABLE = (Later, LaterLarge, Array, LargeArray, Sequence, Mapping, Thing)
_LIVE = 24
"""How many names are looked at after a statement that may have changed what they refer to."""
_SIZED = tuple(
    type(iter(each)) for each in (range(0), [], (), "", b"", {}, {}.values(), {}.items(), set(), reversed([]))
)  # fmt: skip
"""Iterators that know how many items they still have."""


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

    __slots__ = ("caller", "code", "depth", "known", "live", "loops", "number", "scope", "visit")

    def __init__(self, number: int, scope: str, depth: int, caller: Open | None, code: CodeType | None) -> None:
        self.number = number
        self.scope = scope
        self.depth = depth
        self.caller = caller
        self.code = code
        self.known: dict[str, int] = {}
        self.live: dict[str, None] = {}
        self.loops: dict[int, Any] = {}
        self.visit: Open = Open(-1, self)


class Counter:
    """Says False so often, then True for ever, and knows how often it was asked."""

    def __init__(self, times: int) -> None:
        self._times = times
        self._no = repeat(False, times)
        self._yes = repeat(True, _MANY)
        self.ask = chain(self._no, self._yes).__next__

    def asked(self) -> int:
        """Give how often it was asked."""
        return self._times - length_hint(self._no) + _MANY - length_hint(self._yes)


class Flag:
    """Whether a comprehension is being recorded."""

    __slots__ = ("up",)

    def __init__(self) -> None:
        self.up = False


class Turns:
    """The turns of a loop in pieces: the first ones, which are recorded, most, which are not, and the last."""

    __slots__ = ("__weakref__", "_pieces", "chunk", "plain")

    def __init__(self, pieces: Iterator[tuple[Any, bool]]) -> None:
        self._pieces = pieces
        self.chunk: Any = ()
        self.plain = False

    def __iter__(self) -> Turns:
        return self

    def __next__(self) -> tuple[()]:
        self.chunk, self.plain = next(self._pieces)
        return ()


class Recorder:
    """Records a run of an instrumented script."""

    def __init__(self, plan: Plan, limits: Limits, flush: Callable[[], None]) -> None:
        self.plan = plan
        self.limits = limits
        self.store = Store(limits)
        self.visits: list[Open] = []
        self.runs = [0] * len(plan.statements)
        self.callees: dict[int, int] = {}
        self.uncounted: set[int] = set()
        self.counters = [Counter(limits.first) for _ in range(plan.counters)]
        self._flags = [Flag() for _ in range(plan.flags)]
        self._taken = [0] * plan.flags
        self.frames: dict[int, Frame] = {}
        self.module = Frame(0, "<module>", 0, None, None)
        self.current: Open = self.module.visit
        self.numbers = count(1)
        self._turns = [0] * len(plan.loops)
        self.unrecorded = [0] * len(plan.loops)
        self._counting: list[tuple[int, Any]] = []
        self._flush = flush
        self._over = Open(-1, self.module)
        self._over.values = [(0, 0)] * (limits.values + 1)

    # The functions that the script calls ------------------------------------------------------------------------------

    def hooks(self) -> dict[str, Any]:
        """Give what stands in the place of the constants of an instrumented script."""
        named = (
            "again", "done", "before", "gone", "entered", "opened", "turns", "chunk", "plain", "more",
            "spent", "caught", "walrus", "assigned", "pieces",
        )  # fmt: skip
        found = {HOOK + name: getattr(self, name) for name in named}
        found |= {HOOK + name: keeper for name, keeper in self._keepers().items()}
        found[HOOK + "begin"] = self._begin()
        found[HOOK + "callee"] = self._callee()
        found[HOOK + "NameError"] = NameError
        found |= {f"{HOOK}count {i}": counter.ask for i, counter in enumerate(self.counters)}
        found |= {f"{HOOK}flag {i}": flag for i, flag in enumerate(self._flags)}
        return found

    def _begin(self) -> Callable[[int], None]:
        """Make the function that begins a visit of a statement."""
        frames, runs, visits, most = self.frames, self.runs, self.visits, self.limits.visits
        flush, getframe = self._flush, _getframe

        def begin(statement: int) -> None:
            try:
                flush()
            except ValueError:  # the script has closed its output
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
        try:
            self._flush()
        except ValueError:
            pass

    def _exceed(self, frame: Frame, statement: int) -> None:
        """Record nothing any more: there are enough visits."""
        self.uncounted.add(-1)
        frame.visit = self.current = self._over
        self._over.statement = statement

    def again(self, statement: int) -> None:
        """Begin a visit after a loop, which is kept only if the loop has left something behind that is not known yet."""
        self.hand_over()
        frame = self.frames.get(id(_getframe(1))) or self.module
        if len(self.visits) >= self.limits.visits:
            return
        self.current = frame.visit = visit = Open(statement, frame)
        visit.ghost = True
        self.visits.append(visit)

    def _keepers(self) -> dict[str, Callable[[int, Any], Any]]:
        """Make the functions that keep values: they are called most, so their names are close at hand.

        ``value`` is for functions, ``top`` for the module, ``inner`` for comprehensions, which have frames of their
        own, and ``result`` for calls, after which the visit that prints is another one.
        """
        frames, keep, most, find = self.frames, self.store.keep, self.limits.values + 1, self._find
        statements = [node.statement for node in self.plan.nodes]
        getframe, module, hand_over = _getframe, self.module, self.hand_over

        def value(node: int, worth: Any) -> Any:
            values = frames[id(getframe(1))].visit.values
            if len(values) < most:
                values.append((node, keep(worth)))
            return worth

        def top(node: int, worth: Any) -> Any:
            values = module.visit.values
            if len(values) < most:
                values.append((node, keep(worth)))
            return worth

        def inner(node: int, worth: Any) -> Any:
            values = find(getframe(1), statements[node])[0].values
            if len(values) < most:
                values.append((node, keep(worth)))
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
                visit.values.append((node, keep(worth)))
            return worth

        return {"value": value, "top": top, "inner": inner, "result": result}

    def _callee(self) -> Callable[[int, Any], Any]:
        callees, keep = self.callees, self.store.keep

        def callee(node: int, function: Any) -> Any:
            if node not in callees:
                callees[node] = keep(function)
            return function

        return callee

    def _find(self, frame: FrameType | None, statement: int) -> tuple[Open, Open]:
        """Give the visit to which a value belongs that is computed in a frame of its own, as in a comprehension.

        And the visit that is running, which is another one where a generator expression is used later.
        """
        running = None
        for _ in range(50):
            if frame is None:
                break
            if frame.f_code.co_name not in _COMPREHENSIONS:
                known = self.frames.get(id(frame))
                if known is not None:
                    running = running or known.visit
                    if known.visit.statement == statement:
                        return known.visit, running
            frame = frame.f_back
        for visit in reversed(self.visits[-200:]):
            if visit.statement == statement:
                return visit, running or visit
        return self._over, running or self._over

    def walrus(self, node: int, worth: Any) -> Any:
        """Keep a value that gets a name within an expression."""
        frame = self.frames.get(id(_getframe(1)))
        visit, _ = self._find(_getframe(1), self.plan.nodes[node].statement)
        kept = self.store.keep(worth)
        if len(visit.values) <= self.limits.values:
            visit.values.append((node, kept))
        owner = frame or self.module
        self._note(owner, visit, self.plan.nodes[node].label, kept, "assigned")
        return worth

    def before(self, node: int, worth: Any) -> None:
        """Keep what a name was worth before ``a += b``."""
        frame = self.frames.get(id(_getframe(1))) or self.module
        kept = self.store.keep(worth)
        if len(frame.visit.values) <= self.limits.values:
            frame.visit.values.append((node, kept))
        frame.known[self.plan.nodes[node].label] = kept

    def done(self, look: int, *values: Any) -> None:
        """Look at names after a statement: those that it wrote, and those whose objects it may have changed."""
        caller = _getframe(1)
        frame = self.frames.get(id(caller)) or self.module
        visit = frame.visit
        self.current = visit
        if visit is self._over:
            return
        names = self.plan.names[look]
        if values:
            code = caller.f_code
            for (name, how), value in zip(names.hows.items(), values, strict=True):
                self._note(self._owner(code, frame, name), visit, name, self.store.keep(value), how)
        elif names.hows:
            space = caller.f_locals
            if type(space) is dict:
                for name, how in names.hows.items():
                    if name in space:
                        self._note(frame, visit, name, self.store.keep(space[name]), how)
        if names.busy:
            self._look_around(caller, visit, names.hows)

    def assigned(self, node: int, kept_too: int, look: int, worth: Any) -> Any:
        """Keep a value for an expression and for the name that it gets."""
        caller = _getframe(1)
        frame = self.frames.get(id(caller)) or self.module
        visit = frame.visit
        if visit is not self.current:
            self.hand_over()
            self.current = visit
        kept = self.store.keep(worth)
        if kept_too and len(visit.values) <= self.limits.values:
            visit.values.append((node, kept))
        if visit is self._over:
            return worth
        names = self.plan.names[look]
        for name in names.hows:
            owner = frame if frame is self.module else self._owner(caller.f_code, frame, name)
            self._note(owner, visit, name, kept, "assigned")
        if names.busy:
            self._look_around(caller, visit, names.hows)
        return worth

    def _owner(self, code: CodeType, frame: Frame, name: str) -> Frame:
        """Give the frame whose name it is: in a function, names may be the module's."""
        local = name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars
        return frame if local else self.module

    def _note(self, frame: Frame, visit: Open, name: str, kept: int, how: str) -> None:
        """Note what a name is worth now, where that is a change."""
        before = frame.known.get(name)
        if how in ("assigned", "passed"):
            if visit.ghost and before == kept:
                return
            visit.changes.append((name, before, kept, how))
        elif (before is not None and before != kept) or (how and isinstance(self.store.table[kept], (LaterLarge, LargeArray))):
            visit.changes.append((name, before, kept, "changed"))
        frame.known[name] = kept
        if frame is self.module:
            if isinstance(self.store.table[kept], _MUTABLE):
                frame.live.pop(name, None)
                frame.live[name] = None
            else:
                frame.live.pop(name, None)

    def _look_around(self, caller: FrameType, visit: Open, written: dict[str, str]) -> None:
        """See which other names of the module have changed: through an alias, a view, a method, a function."""
        space = caller.f_globals
        module = self.module
        if visit.frame is not module and not any(written.values()):
            return  # what a function changes of the module shows where it was called
        for name in list(islice(reversed(module.live), _LIVE)):
            if name in written and (visit.frame is module or written[name] != ""):
                continue
            if name not in space:
                continue
            kept = self.store.keep(space[name])
            before = module.known[name]
            if kept != before:
                visit.changes.append((name, before, kept, "changed"))
                module.known[name] = kept

    def gone(self, look: int) -> None:
        """Note names that were deleted."""
        caller = _getframe(1)
        frame = self.frames.get(id(caller)) or self.module
        for name in self.plan.names[look].hows:
            owner = self._owner(caller.f_code, frame, name) if frame is not self.module else frame
            frame.visit.changes.append((name, owner.known.pop(name, None), None, "deleted"))
            owner.live.pop(name, None)

    def entered(self, statement: int, look: int, *values: Any) -> int:
        """Begin a call of a function, with its arguments."""
        self.hand_over()
        self.runs[statement] += 1
        code = (caller := _getframe(1)).f_code
        calling = self.current
        frame = Frame(next(self.numbers), code.co_qualname, calling.frame.depth + 1, calling, code)
        self.frames[id(caller)] = frame
        if len(self.visits) >= self.limits.visits:
            self._exceed(frame, statement)
            return 0
        self.current = frame.visit = visit = Open(statement, frame)
        self.visits.append(visit)
        for (name, how), value in zip(self.plan.names[look].hows.items(), values, strict=True):
            self._note(frame, visit, name, self.store.keep(value), how)
        return 0

    def opened(self) -> None:
        """Begin the body of a class."""
        caller = _getframe(1)
        calling = self.current
        scope = caller.f_code.co_qualname
        self.frames[id(caller)] = Frame(next(self.numbers), scope, calling.frame.depth, calling, caller.f_code)

    # Loops ------------------------------------------------------------------------------------------------------------

    def turns(self, loop: int, values: Any) -> Any:
        """Take a loop in pieces; what cannot be looped over is handed back, for Python to say so."""
        kind = type(values)
        if not hasattr(kind, "__iter__") and not hasattr(kind, "__getitem__"):
            return values
        taken = Turns(self._pieces(loop, iter(values)))
        frame = self.frames.get(id(_getframe(1))) or self.module
        frame.loops[loop] = ref(taken)
        return taken

    def _pieces(self, loop: int, source: Any) -> Iterator[tuple[Any, bool]]:
        first, last = self.limits.first, self.limits.last
        length = _length(source)
        source = _once(source)
        statement = self.plan.loops[loop].turns
        rest = max(0, first - self.runs[statement])
        if rest:
            yield islice(source, rest), False
        if length is not None and length > rest:
            tail = min(last, length - rest) if self.runs[statement] < first + 2 * last else 0
            if middle := length - rest - tail:
                # What breaks off is not counted on.
                self.uncounted.add(loop)
                yield islice(source, middle), True
                self.uncounted.discard(loop)
                self.unrecorded[loop] += middle
            if tail:
                yield islice(source, tail), False
        passed = repeat(True, _MANY)
        self._counting.append((loop, passed))
        yield compress(source, passed), True

    def pieces(self, flag: int, values: Any) -> Any:
        """Take what a comprehension runs over in two pieces: with its flag up, and down."""
        kind = type(values)
        if not hasattr(kind, "__iter__") and not hasattr(kind, "__getitem__"):
            return values
        return self._flagged(flag, iter(values))

    def _flagged(self, index: int, source: Any) -> Iterator[Any]:
        source = _once(source)
        flag, rest = self._flags[index], self.limits.first - self._taken[index]
        if rest > 0:
            flag.up = True
            passed = repeat(True, _MANY)
            yield compress(islice(source, rest), passed)
            self._taken[index] += _MANY - length_hint(passed)
        flag.up = False
        yield source

    def chunk(self, loop: int) -> Any:
        """Give the next piece of a loop."""
        return self._piece(_getframe(1), loop).chunk

    def plain(self, loop: int) -> bool:
        """Say whether the next piece runs unrecorded."""
        return self._piece(_getframe(1), loop).plain

    def _piece(self, caller: FrameType, loop: int) -> Turns:
        frame = self.frames.get(id(caller)) or self.module
        found: Turns = frame.loops[loop]()
        return found

    def more(self, loop: int) -> bool:
        """Begin a turn of a ``while``, if another one is to be recorded."""
        frame = self.frames.get(id(_getframe(1))) or self.module
        self._turns[loop] += 1
        frame.loops[loop] = more = self._turns[loop] <= self.limits.first
        if more:
            statement = self.plan.loops[loop].turns
            self.hand_over()
            self.runs[statement] += 1
            self.current = frame.visit = visit = Open(statement, frame)
            self.visits.append(visit)
        return more

    def spent(self, loop: int) -> bool:
        """Say whether a ``while`` stopped only because enough turns are recorded."""
        frame = self.frames.get(id(_getframe(1))) or self.module
        if frame.loops[loop]:
            return False
        self.uncounted.add(loop)
        return True

    # Exceptions -------------------------------------------------------------------------------------------------------

    def caught(self, statement: int) -> None:
        """Begin a handler; keep what it caught, at the operation that raised it."""
        from fwdpass.trace.failures import attach

        error = sys.exc_info()[1]
        if error is not None:
            attach(self, error, _getframe(1).f_code.co_filename)
        self.runs[statement] += 1
        frame = self.frames.get(id(_getframe(1))) or self.module
        self.current = frame.visit = visit = Open(statement, frame)
        self.visits.append(visit)

    def unseen(self, statement: int, frame: Frame) -> Open:
        """Begin a visit of a statement that ran unrecorded, and failed."""
        visit = Open(statement, frame)
        self.visits.append(visit)
        return visit

    def line(self) -> int:
        """Give the line that was recorded last."""
        statement = self.current.statement
        return self.plan.statements[statement].raw[0] if statement >= 0 else 0

    def counted(self) -> dict[int, int]:
        """Give how many turns of each loop ran unrecorded."""
        for loop, passed in self._counting:
            self.unrecorded[loop] += _MANY - length_hint(passed)
        self._counting.clear()
        return dict(enumerate(self.unrecorded))


def _once(source: Any) -> Any:
    """Give an iterator that is not asked again where it ends: it might go on, or wait for a key."""
    kind = type(source)
    if kind in _SIZED:
        return source
    if kind.__flags__ & _HEAP:
        # Taken in pieces, an iterator is asked for its iterator again, and one of the script's own would notice.
        return chain(map(next, repeat(source)))
    return chain(source)


def _length(source: Any) -> int | None:
    """Give how many items an iterator will give, where it knows that for certain."""
    kind = type(source)
    if kind in _SIZED:
        return length_hint(source)
    if kind is enumerate:
        return _length(source.__reduce__()[1][0])
    if kind is zip:
        parts = [_length(part) for part in source.__reduce__()[1]]
        return None if None in parts else min((part for part in parts if part is not None), default=0)
    return None
