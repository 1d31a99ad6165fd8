"""What a trace says of a script is true: held against the run that Python's own ``sys.settrace`` tells of.

The programs are what is taught: networks as functions and as classes, k-means, principal components, gradient descent,
sorting, recursion, generators, closures, classes, exceptions. Each is run twice, with the tracer and without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from fwdpass.trace import Limits, Script, traced
from fwdpass.trace.changes import Changes
from fwdpass.trace.form import dump
from fwdpass.trace.panel.view import page
from fwdpass.trace.recorder import Recorder
from fwdpass.trace.turns import Loops
from fwdpass.trace.view import TraceView
from fwdpass.trace.visits import BegunLoop, Log
from tests.judge import Judge, TextJudge, Truth, programs
from tests.pages import PageJudge, judged_page, moments
from tests.traces import read

REPERTOIRE = dict(programs(Path(__file__).parents[1] / "repertoire"))
TRUTHS: dict[str, Truth] = {}
SIZES: dict[str, int] = {}
"""How large the pages of the programs are, in bytes."""
MEDIAN, LARGEST = 150_000, 2_000_000


@cache
def judged(source: str, limits: Limits | None) -> tuple[Judge, TextJudge, PageJudge]:
    """Hold the trace of a script, as JSON, as text and as a page, against its true run."""
    return tuple(judges(source, limits))  # type: ignore[return-value]


def judges(source: str, limits: Limits | None = None) -> Iterator[Judge | TextJudge | PageJudge]:
    trace = traced(Script(source, "judged.py"), limits)
    if source not in TRUTHS:
        TRUTHS[source] = Truth(source)
    judge = Judge(read(dump(trace)), TRUTHS[source])
    yield judge
    yield TextJudge(judge, TraceView(trace).text("code"))
    html = page(trace)
    if limits is None:
        SIZES[source] = len(html.encode())
    yield judged_page(html, source, TRUTHS[source])


def test_the_repertoire_is_large_enough() -> None:
    assert len(REPERTOIRE) >= 60


@pytest.mark.parametrize("name", REPERTOIRE)
@pytest.mark.parametrize("limits", [None, Limits(first=2, last=1)], ids=["usual", "few"])
def test_nothing_that_is_said_of_a_run_is_false(name: str, limits: Limits | None) -> None:
    judge, text, html = judged(REPERTOIRE[name], limits)
    assert judge.faults == []
    assert text.faults == []
    assert html.faults == []
    assert judge.checked["before"] + judge.checked["after"] > 4
    assert text.checked >= len(judge.trace.visits)
    assert html.checked["before"] + html.checked["after"] + html.checked["printed"] > 2


def test_every_kind_of_claim_is_judged_and_pages_are_small() -> None:
    found = [judged(source, None) for source in REPERTOIRE.values()]
    for checked in ([each[0].checked for each in found], [each[2].checked for each in found]):
        assert all(sum(each[kind] for each in checked) > 100 for kind in checked[0])
    assert len(SIZES) == len(REPERTOIRE)
    assert median(SIZES.values()) <= MEDIAN
    assert max(SIZES.values()) <= LARGEST


# The judge can find against a trace -----------------------------------------------------------------------------------


def nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


def instead(of: type[Any], name: str, make: Callable[[Any], Any]) -> tuple[type[Any], str, Callable[[Any], Any]]:
    return of, name, make


def forgetting(close: Any) -> Any:
    """Count the turns of a gap, and go on as if there had been none."""

    def closed(self: Recorder, entry: BegunLoop) -> Any:
        turn = entry.turn
        gap = close(self, entry)
        entry.turn = turn
        return gap

    return closed


def certain(note: Any) -> Any:
    """Claim that what was seen last is what it was."""
    return lambda self, frame, visit, name, kept, how, **_: note(self, frame, visit, name, kept, how)


MUTANTS = {
    "a gap has no length": instead(Recorder, "_close", forgetting),
    "a gap is a turn longer": instead(
        Loops, "count", lambda count: lambda self, loop, counted: count(self, loop, lambda: counted() + 1)
    ),
    "what it was is what was seen last": instead(Changes, "learn", lambda _: nothing),
    "what a function's name was is what was seen last": instead(Recorder, "was", lambda _: nothing),
    "what was seen last is certain": instead(Changes, "_is_certain", lambda _: lambda *_: True),
    "every name was known": instead(Changes, "note", certain),
    "a gap changes nothing": instead(Changes, "found", lambda _: nothing),
    "a call goes on where it ended": instead(Log, "leave", lambda _: nothing),
    "a frame stays the one that prints": instead(
        Log, "leave", lambda leave: lambda self, at: self.frames.pop(id(at), None)
    ),
    "a generator prints what its reader prints": instead(Recorder, "yielding", lambda _: lambda self, *worth: worth[0]),
    "the last visit has called": instead(Log, "calling", lambda _: lambda self, at: self.current),
    "the visit before has called": instead(Log, "is_at", lambda _: lambda self, visit, line: True),
    "all calls are as deep": instead(
        Log, "enter", lambda enter: lambda self, at, call, deeper=1: enter(self, at, call, 0)
    ),
    "calls are counted from nothing": instead(
        Log, "enter", lambda enter: lambda self, at, call, deeper=1: enter(self, at, max(call - 1, 0), deeper)
    ),
    "what is printed goes to the next visit": instead(Log, "hand_over", lambda _: nothing),
    "turns that are not recorded are not counted": instead(
        Loops, "counted", lambda _: lambda self: [0] * len(self._plan.loops)
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_recorder_that_lies_is_found_out(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of, name, make = MUTANTS[mutant]
    monkeypatch.setattr(of, name, make(getattr(of, name)))
    for source in REPERTOIRE.values():
        try:
            if any(judge.faults for judge in judges(source)):
                return
        except (AssertionError, IndexError, KeyError, ValueError):
            return
    pytest.fail("nobody noticed")


PROGRAM = """\
def halved(n):
    print("halving", n)
    return n / 2
total = 1
for i in range(9):
    total += i
    if i % 4 == 0:
        half = halved(i)
xs = [1, 2]
ys = xs
ys.append(3)
"""
FALSE_PAGES = {
    "a turn": ("turn 3 of 9", "turn 4 of 9"),
    "how many turns": ("turn 3 of 9", "turn 3 of 8"),
    "a call": ("call 2 of 3", "call 3 of 3"),
    "how many calls": ("call 2 of 3", "call 2 of 4"),
    "the length of a gap": ("turn 7 of 9, not recorded", "turns 7 to 8 of 9, not recorded"),
    "a value before": ('before</p><p class="fp-value"><code>[1, 2]', 'before</p><p class="fp-value"><code>[1, 4]'),
    "a value after": ("</code> = [1, 2, 3]", "</code> = [1, 2, 4]"),
    "a name": ("<code>ys</code> = [1, 2]", "<code>yz</code> = [1, 2]"),
    "what was printed": ("halving 4", "halving 8"),
    "where it was printed": ('<pre class="fp-run">halving 0', '<pre class="fp-run">halving 8\nhalving 0'),
    "the order": ('"order":"1.0 4.0', '"order":"4.0 9.0 1.0'),
}


@pytest.mark.parametrize("claim", FALSE_PAGES)
def test_a_page_that_lies_is_found_out(claim: str) -> None:
    old, new = FALSE_PAGES[claim]
    html, truth = page(traced(Script(PROGRAM, "judged.py"))), Truth(PROGRAM)
    assert judged_page(html, PROGRAM, truth).faults == []
    assert old in html
    assert judged_page(html.replace(old, new, 1), PROGRAM, truth).faults


@pytest.mark.parametrize(
    "source",
    ["a = 1\nb = 5\nb = (b := a + 1)\n", "n = 0\nwhile True:\n    n += 1\n    if n > 9:\n        break\nprint(n)\n"],
)
def test_a_page_says_what_a_name_was_before_its_line(source: str) -> None:
    assert judged_page(page(traced(Script(source, "judged.py"))), source, Truth(source)).faults == []


OUTPUT = """\
def told(n):
    print("told", n)
    return n
def counting():
    print("one")
    yield 1
    print("two")
    yield 2
print(told(3))
numbers = counting()
print(next(numbers))
print("between")
print(next(numbers))
"""


def test_a_page_shows_what_was_printed_while_a_line_waited_and_in_that_order() -> None:
    trace = traced(Script(OUTPUT, "judged.py"))
    html = page(trace)
    assert judged_page(html, OUTPUT, Truth(OUTPUT)).faults == []
    assert page(read(dump(trace))) == html
    shown = {(each.line, each.printed) for each in moments(html.partition("</h1>")[2].partition("</main>")[0])[0]}
    assert {(9, "told 3\n3"), (11, "one\n1"), (13, "two\n2")} <= shown
    assert page(replace(trace, output=())) != html
