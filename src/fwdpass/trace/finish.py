"""Make the trace out of what was recorded: columns in characters, visits by their numbers, runs counted to the end."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import reduce

from fwdpass.trace.limits import Limits
from fwdpass.trace.plan import Raw
from fwdpass.trace.record import Change, Ended, Loop, Node, Piece, Place, Statement, Trace, Visit, in_order
from fwdpass.trace.recorder import Recorder
from fwdpass.trace.visits import BegunLoop, Open


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
    for visit in recorder.log.visits:
        for _, before, after, *_ in visit.changes:
            if before is not None and after is not None:
                recorder.store.tell_apart(before, after)
    kept = _kept(recorder.log.visits)
    number = {id(visit): index for index, visit in enumerate(kept)}
    entries = _entries(kept)
    entry = {id(each): index for index, each in enumerate(entries)}
    places = Places(source)
    if failed is not None:
        ended = replace(ended, visit=number.get(id(failed)))
    return Trace(
        script=script,
        source=source,
        statements=_statements(recorder, places, ended),
        nodes=tuple(
            Node(places.place(spot.shown or spot.raw), spot.kind, spot.parent, spot.statement, spot.label,
                 recorder.callees.get(index))
            for index, spot in enumerate(recorder.plan.nodes)
        ),
        values=recorder.store.finished(),
        loops=tuple(
            Loop(recorder.plan.loops[each.loop].statement, each.turns, entry.get(id(each.around)), each.within)
            for each in entries
        ),
        visits=tuple(_visit(visit, number, entry, recorder.limits) for visit in kept),
        ended=ended,
        written=written,
        limits=recorder.limits,
        output=_output(recorder.log.pieces, kept, number),
    )  # fmt: skip


def _output(
    pieces: list[tuple[Open, int, tuple[Open, ...]]], kept: list[Open], number: dict[int, int]
) -> tuple[Piece, ...]:
    """Give what was printed, piece by piece; nothing where it can be told from the visits, and so mostly is."""
    output = tuple(
        (number[id(visit)], characters, tuple(number[id(each)] for each in waiting if id(each) in number))
        for visit, characters, waiting in pieces
        if id(visit) in number
    )
    usual = in_order([(visit.written, number.get(id(visit.frame.caller))) for visit in kept])
    return () if output == usual else output


def _kept(visits: list[Open]) -> list[Open]:
    """Leave out what stands for nothing: gaps without turns, looks that have seen nothing."""
    called = {id(visit.frame.caller) for visit in visits}
    return [
        visit
        for visit in visits
        if not visit.ghost or visit.changes or visit.written or visit.failure or id(visit) in called
        or (visit.gap is not None and visit.gap())
    ]  # fmt: skip


def _entries(visits: list[Open]) -> list[BegunLoop]:
    """Give the loops, as they were begun, that visits are in, each after the one around it."""
    found: dict[int, BegunLoop] = {}

    def add(entry: BegunLoop | None) -> None:
        if entry is not None and id(entry) not in found:
            add(entry.around)
            found[id(entry)] = entry

    for visit in visits:
        add(visit.entry)
    return list(found.values())


def refused(script: str, source: str, ended: Ended, limits: Limits) -> Trace:
    """Give the trace of a script that did not begin."""
    return Trace(script, source, (), (), (), (), (), ended, 0, limits)


class Places:
    """Python's places, which count bytes, as places that count characters."""

    def __init__(self, source: str) -> None:
        self._lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._ascii = source.isascii()

    def place(self, raw: Raw) -> Place:
        """Give a place."""
        if self._ascii:
            return Place(*raw)
        line, column, end_line, end = raw
        return Place(line, self._characters(line, column), end_line, self._characters(end_line, end))

    def _characters(self, line: int, column: int) -> int:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return len(text.encode()[:column].decode(errors="replace"))


def _statements(recorder: Recorder, places: Places, ended: Ended) -> tuple[Statement, ...]:
    plan, runs = recorder.plan, list(recorder.runs)
    more = [recorder.log.exceeded] * len(plan.statements)
    # Turns that an exception has ended, or the end of the run, did not come to all of their statements.
    broken = {visit.entry.loop for visit in recorder.log.visits if visit.gap and visit.entry and not visit.closed}
    raising = plan.catches or ended.how != "finished"
    for index, (loop, turns) in enumerate(zip(plan.loops, recorder.loops.counted(), strict=True)):
        if not turns:
            continue
        runs[loop.turns] += turns
        whole = loop.counter is None or not raising
        for statement in loop.exact:
            if whole:
                runs[statement] += turns - (index in broken)
            more[statement] |= not whole or index in broken
        for statement in loop.perhaps:
            more[statement] = True
    for flag, counted in recorder.loops.skipped:
        for statement in plan.flags[flag][2] if counted() else ():
            more[statement] = True
    return tuple(
        Statement(places.place(spot.raw), spot.kind, spot.parent, runs[i], more[i])
        for i, spot in enumerate(plan.statements)
    )


def _visit(visit: Open, number: dict[int, int], entry: dict[int, int], limits: Limits) -> Visit:
    turns = 0 if visit.gap is None else visit.gap()
    within, turn = visit.entry, visit.turn
    if visit.gap is not None and not turns and within is not None:
        # No turn was left: it is the end of the loop that something is said of.
        visit.left, turn, within = True, within.within, within.around
    skipped: dict[int, int] = {}
    for node, counted in visit.skipped:
        skipped[node] = skipped.get(node, 0) + counted()
    return Visit(
        statement=visit.statement,
        scope=visit.frame.scope,
        frame=visit.frame.number,
        depth=visit.frame.depth,
        caller=None if visit.frame.caller is None else number.get(id(visit.frame.caller)),
        values=tuple(visit.values[: limits.values]),
        changes=tuple(
            Change(name, None if visit.left else before, after, how, claimed and not visit.left)  # type: ignore[arg-type]
            for name, before, after, how, claimed in visit.changes
        ),
        printed="".join(visit.printed or ())[: limits.printed],
        written=visit.written,
        failure=visit.failure,
        cut=len(visit.values) > limits.values,
        call=visit.frame.call,
        loop=entry.get(id(within)),
        turn=turn,
        gap=turns,
        left=visit.left,
        skipped=tuple((node, often) for node, often in skipped.items() if often),
    )
