"""The turns of loops and comprehensions: which are recorded, and how many are not.

What runs unrecorded costs next to nothing, and is counted all the same: by iterators that are C all through. The
trick is ``repeat(True, n)``, whose ``__length_hint__`` says how many are left: ``compress(values, counter)`` gives the
values as they are, and moves the counter on by one for each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain, compress, islice, repeat
from operator import length_hint
from typing import Any

from fwdpass.trace.limits import Limits
from fwdpass.trace.plan import Plan
from fwdpass.trace.visits import BegunLoop

_HEAP = 1 << 9
"""The flag of types that are not C's own (``Py_TPFLAGS_HEAPTYPE``)."""
_MANY = sys.maxsize
"""More turns than anybody waits for, and a length that C can keep, which has fewer bits in a browser."""
_KINDS: tuple[Any, ...] = (range(0), [], (), "", b"", {}, {}.values(), {}.items(), set(), reversed([]))
_SIZED = tuple(type(iter(each)) for each in _KINDS)
"""Iterators that know how many items they still have."""


class Counter:
    """Decides whether a function's call, or a turn, is recorded: ``ask`` says False for the first ones, then True.

    ``ask`` is called in the script's own code, each time. It is the ``__next__`` of a chain of two ``repeat`` objects,
    so it never enters Python code, and how often it was called can be told from what they have left.
    """

    def __init__(self, times: int) -> None:
        self._no = repeat(False, times)
        self._yes = repeat(True, _MANY)
        self.ask = chain(self._no, self._yes).__next__

    def beyond(self) -> int:
        """Give how often it has said True: how many calls were not recorded."""
        return _MANY - length_hint(self._yes)


class Flag:
    """Whether a comprehension is being recorded."""

    __slots__ = ("up",)

    def __init__(self) -> None:
        self.up = False


class Turns:
    """The iterator that an instrumented loop runs over: each item is a piece of the loop's own turns.

    The loop reads the piece that has come from ``chunk``; ``counted`` is there where the piece runs unrecorded, and
    says how many of its turns have begun.
    """

    __slots__ = ("__weakref__", "_pieces", "chunk", "counted")

    def __init__(self, pieces: Iterator[tuple[Any, Callable[[], int] | None]]) -> None:
        self._pieces = pieces
        self.chunk: Any = ()
        self.counted: Callable[[], int] | None = None

    def __iter__(self) -> Turns:
        return self

    def __next__(self) -> tuple[()]:
        self.chunk, self.counted = next(self._pieces)
        return ()


class Loops:
    """What is known of a script's loops, comprehensions and functions while it runs; ``runs`` counts its statements."""

    def __init__(self, plan: Plan, limits: Limits, runs: list[int]) -> None:
        self.counters = [Counter(limits.first) for _ in range(plan.counters)]
        self.flags = [Flag() for _ in plan.flags]
        self._plan = plan
        self._limits = limits
        self._runs = runs
        self._taken = [0] * len(plan.flags)
        self._passed: list[tuple[int, Callable[[], int]]] = []
        self.skipped: list[tuple[int, Callable[[], int]]] = []
        """The comprehensions that were begun, and how many of their turns were not recorded."""

    # Loops ------------------------------------------------------------------------------------------------------------

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

    def _ranges(self, loop: int, whole: range) -> Iterator[tuple[Any, Callable[[], int] | None]]:
        """Cut a range: its own iterator counts, and is as fast as it is."""
        rest = self._recorded(loop)
        if rest:
            yield whole[:rest], None
        left = whole[rest:]
        tail = self._tail(loop, len(left))
        if middle := left[: len(left) - tail]:
            chunk, length = iter(middle), len(middle)
            yield chunk, self.count(loop, lambda: length - length_hint(chunk))
        if tail:
            yield left[len(middle) :], None

    def _pieces(self, loop: int, source: Any) -> Iterator[tuple[Any, Callable[[], int] | None]]:
        length = _length(source)
        source = _once(source)
        rest = self._recorded(loop)
        if rest:
            yield islice(source, rest), None
        if length is not None and length > rest:
            tail = self._tail(loop, length - rest)
            if middle := length - rest - tail:
                passed, counted = _counter()
                yield compress(islice(source, middle), passed), self.count(loop, counted)
            if tail:
                yield islice(source, tail), None
        # What has no length, or has grown.
        passed, counted = _counter()
        yield compress(source, passed), self.count(loop, counted)

    def rest(self, loop: int, entry: BegunLoop) -> tuple[Any, Callable[[], int]]:
        """Give what a ``while`` runs over for the turns that are not recorded, and how many of them have begun.

        The test that is false comes last, and begins none.
        """
        passed = repeat((), _MANY)
        return passed, self.count(loop, lambda: _MANY - length_hint(passed) - entry.ended)

    def count(self, loop: int, counted: Callable[[], int]) -> Callable[[], int]:
        """Note where a loop's turns that are not recorded are counted."""
        self._passed.append((loop, counted))
        return counted

    # Comprehensions ---------------------------------------------------------------------------------------------------

    def pieces(self, index: int, values: Any) -> tuple[Any, Callable[[], int]]:
        """Take what a comprehension runs over in two pieces, with its flag up, and down; count those in the second."""
        passed, counted = _counter()
        if not _can_be_looped_over(values):
            return values, counted
        self.skipped.append((index, counted))
        return self._flagged(index, iter(values), passed), counted

    def _flagged(self, index: int, source: Any, uncounted: Any) -> Iterator[Any]:
        source = _once(source)
        flag, rest = self.flags[index], self._limits.first - self._taken[index]
        if rest > 0:
            flag.up = True
            passed, counted = _counter()
            yield compress(islice(source, rest), passed)
            self._taken[index] += counted()
        flag.up = False
        yield compress(source, uncounted)

    # Afterwards -------------------------------------------------------------------------------------------------------

    def counted(self) -> list[int]:
        """Give how often each loop, function and lambda ran unrecorded."""
        often = [0] * len(self._plan.loops)
        for loop, counted in self._passed:
            often[loop] += counted()
        for index, loop_ in enumerate(self._plan.loops):
            if loop_.counter is not None:
                often[index] += self.counters[loop_.counter].beyond()
        return often


def _counter() -> tuple[Any, Callable[[], int]]:
    """Give an iterator that is always true, and a function that says how far it has come."""
    passed = repeat(True, _MANY)
    return passed, lambda: _MANY - length_hint(passed)


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
