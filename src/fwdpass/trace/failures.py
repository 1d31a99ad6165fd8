"""Where an exception came from: the operation, and what its operands were."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

from fwdpass.trace.objects import message
from fwdpass.trace.plan import Plan
from fwdpass.trace.record import Failure
from fwdpass.trace.values import Store
from fwdpass.trace.visits import COMPREHENSIONS, RECENT, Log, Open


class Failures:
    """Finds the visit in which an exception was raised, and keeps it there."""

    def __init__(self, plan: Plan, log: Log, store: Store, text: int) -> None:
        self._plan = plan
        self._log = log
        self._store = store
        self._text = text

    def attach(self, error: BaseException, filename: str) -> Open | None:
        """Keep an exception with the visit in which it was raised; give that visit."""
        if id(error) != self._log.falling:
            self._log.fallen.clear()
        own = [each for each in _traceback(error) if each.tb_frame.f_code.co_filename == filename]
        if not own:
            return None
        at = own[-1]
        node = self._node(at)
        visit = self._visit(at, node)
        if visit is None or (visit.failure is not None and visit.failure.line == at.tb_lineno):
            return visit
        operands = () if node is None else tuple(self._operands(visit, node, at.tb_frame))
        said = message(error)[: self._text]
        visit.failure = Failure(type(error).__name__, said, at.tb_lineno, node, operands)
        return visit

    def _node(self, at: TracebackType) -> int | None:
        """Find the expression whose instruction failed, by its place."""
        places = list(at.tb_frame.f_code.co_positions())
        if at.tb_lasti < 0 or at.tb_lasti // 2 >= len(places):
            return None
        line, end_line, start, end = places[at.tb_lasti // 2]
        found = [i for i, node in enumerate(self._plan.nodes) if node.raw == (line, start, end_line, end)]
        return found[0] if found else None

    def _visit(self, at: TracebackType, node: int | None) -> Open | None:
        """Give the visit of the statement that failed: the one that is recorded, or a new one."""
        log, frame, line = self._log, at.tb_frame, at.tb_lineno
        statement = None if node is None else self._plan.nodes[node].statement
        if statement is None:
            there = ((i, spot.raw) for i, spot in enumerate(self._plan.statements))
            statement = max((i for i, raw in there if raw[0] <= line <= raw[2]), default=None)
        if statement is None:
            return None
        if frame.f_code.co_name in COMPREHENSIONS:  # a frame of its own, within a statement
            near = log.find(frame, statement)
            return near if near is not log.over else log.unseen(statement, log.current.frame)
        known = log.frames.get(id(frame)) or log.fallen.get(id(frame)) or log.unrecorded(frame)
        for visit in reversed(log.visits[-RECENT:]):
            if visit.frame is known and visit.gap is not None:
                break  # it failed in a turn that was not recorded
            if visit.frame is known and visit.statement == statement and not visit.left:
                return visit
        return log.unseen(statement, known)

    def _operands(self, visit: Open, node: int, frame: FrameType) -> Iterator[tuple[int, int]]:
        """Give what the operands of an expression were: as recorded, or else by their names."""
        recorded = dict(visit.values)
        for child, spot in enumerate(self._plan.nodes):
            if spot.parent != node:
                continue
            if child in recorded:
                yield child, recorded[child]
            elif spot.kind == "Name":
                value: Any = frame.f_locals.get(spot.label, frame.f_globals.get(spot.label, _NOTHING))
                if value is not _NOTHING:
                    yield child, self._store.keep(value)


def _traceback(error: BaseException) -> Iterator[TracebackType]:
    at = error.__traceback__
    while at is not None:
        yield at
        at = at.tb_next


_NOTHING: Any = object()
