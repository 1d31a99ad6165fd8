"""The turns of loops and comprehensions: which are recorded, and how many are not.

What runs unrecorded costs next to nothing, for it is counted by iterators that are C all through.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, compress, islice, repeat
from operator import length_hint
from typing import Any

from fwdpass.trace.limits import Limits
from fwdpass.trace.plan import Plan

_HEAP = 1 << 9
"""The flag of types that are not C's own (``Py_TPFLAGS_HEAPTYPE``)."""
_MANY = 2**62
_KINDS: tuple[Any, ...] = (range(0), [], (), "", b"", {}, {}.values(), {}.items(), set(), reversed([]))
_SIZED = tuple(type(iter(each)) for each in _KINDS)
"""Iterators that know how many items they still have."""


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


class Loops:
    """What is known of a script's loops, comprehensions and functions while it runs; ``runs`` counts its statements."""

    def __init__(self, plan: Plan, limits: Limits, runs: list[int]) -> None:
        self.counters = [Counter(limits.first) for _ in range(plan.counters)]
        self.flags = [Flag() for _ in range(plan.flags)]
        self._plan = plan
        self._limits = limits
        self._runs = runs
        self._taken = [0] * plan.flags
        self._unrecorded = [0] * len(plan.loops)
        self._running = [0] * len(plan.loops)
        self._passed: list[tuple[int, Any]] = []

    def turns(self, loop: int, values: Any) -> Any:
        """Take a loop in pieces; what cannot be looped over is handed back, for Python to say so."""
        if type(values) is range:
            return Turns(self._ranges(loop, values))
        return Turns(self._pieces(loop, iter(values))) if _can_be_looped_over(values) else values

    def _recorded(self, loop: int) -> int:
        """Give how many of a loop's next turns are still to be recorded."""
        return max(0, self._limits.first - self._runs[self._plan.loops[loop].turns])

    def _tail(self, loop: int, left: int) -> int:
        """Give how many of a loop's last turns are to be recorded."""
        enough = self._limits.first + 2 * self._limits.last
        return min(self._limits.last, left) if self._runs[self._plan.loops[loop].turns] < enough else 0

    def _ranges(self, loop: int, whole: range) -> Iterator[tuple[Any, bool]]:
        """Cut a range: of all that is looped over, only ranges are as fast in pieces."""
        rest = self._recorded(loop)
        if rest:
            yield whole[:rest], False
        left = whole[rest:]
        if left:
            tail = self._tail(loop, len(left))
            middle = left[: len(left) - tail]
            if middle:
                self._running[loop] += 1
                yield middle, True
                self._running[loop] -= 1
                self._unrecorded[loop] += len(middle)
            if tail:
                yield left[len(middle) :], False

    def _pieces(self, loop: int, source: Any) -> Iterator[tuple[Any, bool]]:
        length = _length(source)
        source = _once(source)
        rest = self._recorded(loop)
        if rest:
            yield islice(source, rest), False
        if length is not None and length > rest:
            tail = self._tail(loop, length - rest)
            if middle := length - rest - tail:
                # What is left early is not counted to its end.
                self._running[loop] += 1
                yield islice(source, middle), True
                self._running[loop] -= 1
                self._unrecorded[loop] += middle
            if tail:
                yield islice(source, tail), False
        passed = repeat(True, _MANY)
        self._passed.append((loop, passed))
        yield compress(source, passed), True

    def pieces(self, index: int, values: Any) -> Any:
        """Take what a comprehension runs over in two pieces: with its flag up, and down."""
        return self._flagged(index, iter(values)) if _can_be_looped_over(values) else values

    def _flagged(self, index: int, source: Any) -> Iterator[Any]:
        source = _once(source)
        flag, rest = self.flags[index], self._limits.first - self._taken[index]
        if rest > 0:
            flag.up = True
            passed = repeat(True, _MANY)
            yield compress(islice(source, rest), passed)
            self._taken[index] += _MANY - length_hint(passed)
        flag.up = False
        yield source

    def uncounted(self, loop: int) -> None:
        """Note that a loop ran oftener than anybody counted."""
        self._running[loop] += 1

    def counted(self) -> list[tuple[int, bool]]:
        """Give how often each loop, function and lambda ran unrecorded, and whether it may have been oftener."""
        for loop, passed in self._passed:
            self._unrecorded[loop] += _MANY - length_hint(passed)
        self._passed.clear()
        for index, loop_ in enumerate(self._plan.loops):
            if loop_.counter is not None:
                self._unrecorded[index] = max(0, self.counters[loop_.counter].asked() - self._limits.first)
        return [(often, running > 0) for often, running in zip(self._unrecorded, self._running, strict=True)]


def _can_be_looped_over(values: Any) -> bool:
    kind = type(values)
    return hasattr(kind, "__iter__") or hasattr(kind, "__getitem__")


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
