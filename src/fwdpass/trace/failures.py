"""Where an exception came from: the operation, and what its operands were."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from fwdpass.trace.objects import message
from fwdpass.trace.record import Failure
from fwdpass.trace.visits import COMPREHENSIONS

if TYPE_CHECKING:
    from fwdpass.trace.recorder import Recorder
    from fwdpass.trace.visits import Open


def attach(recorder: Recorder, error: BaseException, filename: str) -> Open | None:
    """Keep an exception with the visit in which it was raised; give that visit."""
    own = [each for each in _traceback(error) if each.tb_frame.f_code.co_filename == filename]
    if not own:
        return None
    at = own[-1]
    node = _node(recorder, at)
    visit = _visit(recorder, at.tb_frame, at.tb_lineno, node)
    if visit is None or (visit.failure is not None and visit.failure.line == at.tb_lineno):
        return visit
    operands = () if node is None else tuple(_operands(recorder, visit, node, at.tb_frame))
    said = message(error)[: recorder.limits.text]
    visit.failure = Failure(type(error).__name__, said, at.tb_lineno, node, operands)
    return visit


def _traceback(error: BaseException) -> Iterator[TracebackType]:
    at = error.__traceback__
    while at is not None:
        yield at
        at = at.tb_next


def _node(recorder: Recorder, at: TracebackType) -> int | None:
    """Find the expression whose instruction failed, by its place."""
    places = list(at.tb_frame.f_code.co_positions())
    if at.tb_lasti < 0 or at.tb_lasti // 2 >= len(places):
        return None
    line, end_line, start, end = places[at.tb_lasti // 2]
    found = [i for i, node in enumerate(recorder.plan.nodes) if node.raw == (line, start, end_line, end)]
    return found[0] if found else None


def _visit(recorder: Recorder, frame: FrameType, line: int, node: int | None) -> Open | None:
    """Give the visit of the statement that failed: the one that is recorded, or a new one."""
    statements = recorder.plan.statements
    asked = None if node is None else recorder.plan.nodes[node].statement
    known = recorder.frames.get(id(frame))
    if known is not None and known.visit.statement >= 0:
        spot = statements[known.visit.statement]
        if (asked == known.visit.statement and _is_recent(recorder, known.visit, frame)) or (
            asked is None and spot.raw[0] <= line <= spot.raw[2]
        ):
            return known.visit
    if asked is None:
        asked = next(
            (i for i, spot in reversed(list(enumerate(statements))) if spot.raw[0] <= line <= spot.raw[2]), None
        )
    if asked is None:
        return None
    if recorder.current.statement == asked and frame.f_code.co_name in COMPREHENSIONS:
        return recorder.current
    return recorder.unseen(asked, known or recorder.module)


def _is_recent(recorder: Recorder, visit: Open, frame: FrameType) -> bool:
    """Whether a visit is of what runs now, not of a recorded turn before: whether its names are still worth that."""
    for node, kept in visit.values:
        spot = recorder.plan.nodes[node]
        if spot.kind == "Name" and spot.label in frame.f_locals:
            return recorder.store.keep(frame.f_locals[spot.label]) == kept
    return True


def _operands(recorder: Recorder, visit: Open, node: int, frame: FrameType) -> Iterator[tuple[int, int]]:
    """Give what the operands of an expression were: as recorded, or else by their names."""
    nodes = recorder.plan.nodes
    recorded = dict(visit.values)
    for child, spot in enumerate(nodes):
        if spot.parent != node:
            continue
        if child in recorded:
            yield child, recorded[child]
        elif spot.kind == "Name":
            value: Any = frame.f_locals.get(spot.label, frame.f_globals.get(spot.label, _NOTHING))
            if value is not _NOTHING:
                yield child, recorder.store.keep(value)


_NOTHING = object()
