"""Make the trace out of what was recorded: columns in characters, visits by their numbers, runs counted to the end."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import reduce

from fwdpass.trace.limits import Limits
from fwdpass.trace.plan import Raw
from fwdpass.trace.record import Change, Ended, Node, Place, Statement, Trace, Visit
from fwdpass.trace.recorder import Recorder
from fwdpass.trace.visits import Open


def finish(script: str, source: str, recorder: Recorder, ended: Ended, failed: Open | None, written: int) -> Trace:
    """Freeze a recording."""
    for node, (module, *names) in recorder.plan.callees.items():
        if not recorder.runs[recorder.plan.nodes[node].statement]:
            continue  # to ask a module for what nobody asked it for may import it
        try:
            function = reduce(getattr, names, sys.modules[module])
        except (AttributeError, KeyError):  # it failed there, too
            continue
        recorder.callees[node] = recorder.store.keep(function)
    kept = [visit for visit in recorder.visits if visit.changes or not visit.ghost]
    number = {id(visit): index for index, visit in enumerate(kept)}
    places = Places(source)
    if failed is not None:
        ended = replace(ended, visit=number.get(id(failed)))
    return Trace(
        script=script,
        source=source,
        statements=_statements(recorder, places),
        nodes=tuple(
            Node(places.place(spot.shown or spot.raw), spot.kind, spot.parent, spot.statement, spot.label,
                 recorder.callees.get(index))
            for index, spot in enumerate(recorder.plan.nodes)
        ),
        values=recorder.store.finished(),
        visits=tuple(_visit(visit, number, recorder.limits) for visit in kept),
        ended=ended,
        written=written,
        limits=recorder.limits,
    )  # fmt: skip


def refused(script: str, source: str, ended: Ended, limits: Limits) -> Trace:
    """Give the trace of a script that did not begin."""
    return Trace(script, source, (), (), (), (), ended, 0, limits)


class Places:
    """Python's places, which count bytes, as places that count characters."""

    def __init__(self, source: str) -> None:
        self._lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def place(self, raw: Raw) -> Place:
        """Give a place."""
        line, column, end_line, end = raw
        return Place(line, self._characters(line, column), end_line, self._characters(end_line, end))

    def _characters(self, line: int, column: int) -> int:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return column if text.isascii() else len(text.encode()[:column].decode(errors="replace"))


def _statements(recorder: Recorder, places: Places) -> tuple[Statement, ...]:
    plan = recorder.plan
    runs, more = list(recorder.runs), [recorder.exceeded] * len(plan.statements)
    for loop, (turns, oftener) in zip(plan.loops, recorder.loops.counted(), strict=True):
        if turns or oftener:
            for statement in (loop.turns, *loop.exact):
                runs[statement] += turns
                more[statement] |= oftener
            for statement in loop.perhaps:
                more[statement] = True
    return tuple(
        Statement(places.place(spot.raw), spot.kind, spot.parent, runs[i], more[i])
        for i, spot in enumerate(plan.statements)
    )


def _visit(visit: Open, number: dict[int, int], limits: Limits) -> Visit:
    changes = tuple(Change(name, before, after, how) for name, before, after, how in visit.changes)  # type: ignore[arg-type]
    return Visit(
        statement=visit.statement,
        scope=visit.frame.scope,
        frame=visit.frame.number,
        depth=visit.frame.depth,
        caller=None if visit.frame.caller is None else number.get(id(visit.frame.caller)),
        values=tuple(visit.values[: limits.values]),
        changes=changes,
        printed="".join(visit.printed or ())[: limits.printed],
        written=visit.written,
        failure=visit.failure,
        cut=len(visit.values) > limits.values,
    )
