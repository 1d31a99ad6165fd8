"""What a trace says of a script is true: held against the run that Python's own ``sys.settrace`` tells of.

The programs are what is taught: networks as functions and as classes, k-means, principal components, gradient descent,
sorting, recursion, generators, closures, classes, exceptions. Each is run twice, with the tracer and without.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fwdpass.trace import Limits, Script, traced
from fwdpass.trace.changes import Changes
from fwdpass.trace.form import dump
from fwdpass.trace.recorder import Recorder
from fwdpass.trace.turns import Loops
from fwdpass.trace.view import TraceView
from fwdpass.trace.visits import Entry, Log
from tests.judge import Judge, TextJudge, Truth, programs
from tests.traces import read

REPERTOIRE = dict(programs(Path(__file__).parents[1] / "repertoire"))
TRUTHS: dict[str, Truth] = {}


def judged(source: str, limits: Limits | None = None) -> tuple[Judge, TextJudge]:
    """Hold the trace of a script, as JSON and as text, against its true run."""
    trace = traced(Script(source, "judged.py"), limits)
    if source not in TRUTHS:
        TRUTHS[source] = Truth(source)
    judge = Judge(read(dump(trace)), TRUTHS[source])
    return judge, TextJudge(judge, TraceView(trace).text("code"))


def test_the_repertoire_is_large_enough() -> None:
    assert len(REPERTOIRE) >= 60


@pytest.mark.parametrize("name", REPERTOIRE)
@pytest.mark.parametrize("limits", [None, Limits(first=2, last=1)], ids=["usual", "few"])
def test_nothing_that_is_said_of_a_run_is_false(name: str, limits: Limits | None) -> None:
    judge, text = judged(REPERTOIRE[name], limits)
    assert judge.faults == []
    assert text.faults == []
    assert judge.checked["before"] + judge.checked["after"] > 4
    assert text.checked >= len(judge.trace.visits)


def test_every_kind_of_claim_is_judged() -> None:
    checked = [judged(source)[0].checked for source in REPERTOIRE.values()]
    assert all(sum(each[kind] for each in checked) > 100 for kind in checked[0])


# The judge can find against a trace -----------------------------------------------------------------------------------


def nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


def instead(of: type[Any], name: str, make: Callable[[Any], Any]) -> tuple[type[Any], str, Callable[[Any], Any]]:
    return of, name, make


def forgetting(close: Any) -> Any:
    """Count the turns of a gap, and go on as if there had been none."""

    def closed(self: Recorder, entry: Entry) -> Any:
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
            judge, text = judged(source)
        except (AssertionError, IndexError, KeyError, ValueError):
            return
        if judge.faults or text.faults:
            return
    pytest.fail("nobody noticed")
