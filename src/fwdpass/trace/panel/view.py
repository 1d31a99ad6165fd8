"""A trace in, a panel out: what happened at each line of the script, in the order of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fwdpass.errors import ScriptError, misfit
from fwdpass.figures.written import written
from fwdpass.trace.panel import document, html
from fwdpass.trace.panel import text as paneltext
from fwdpass.trace.panel.blocks import LINES, block_of, blocks_of, lines_of
from fwdpass.trace.panel.budget import Budget
from fwdpass.trace.panel.facts import Block, Moment, Panel
from fwdpass.trace.panel.runs import Runs
from fwdpass.trace.panel.steps import EXPRESSIONS, Axes, Steps
from fwdpass.trace.record import Array, Failure, LargeArray, Named, Trace
from fwdpass.trace.words import Wording

ORDER = 1_000
"""Stops on the way through the script."""


@dataclass(frozen=True, repr=False)
class PanelView:
    """A panel that a terminal, a notebook and a page can show."""

    panel: Panel

    def __repr__(self) -> str:
        return paneltext.draw(self.panel)

    def _repr_html_(self) -> str:
        return written(html.draw(self.panel))


def page(trace: Trace, axes: Axes | None = None) -> str:
    """Give the panel of a trace as an HTML file that needs no other: it works from a disk, on a phone and on paper."""
    return document.draw(panel_of(trace, axes))


def panel_of(
    trace: Trace,
    axes: Axes | None = None,
    notes: Sequence[str] = (),
    *,
    opened: str = "",
    anchor: str = "L",
    raises: bool | None = None,
) -> Panel:
    """Make the panel of a trace.

    Parameters
    ----------
    trace
        The run.
    axes
        Names for the axes of arrays, by the names of the arrays.
    notes
        The lines that have an author's note, each by the beginning of its code.
    opened
        The line that is open from the start, by the beginning of its code; unless it is given, the line that failed.
    anchor
        What the names of lines in links start with.
    raises
        Whether the script is meant to fail; None where that does not matter.

    Raises
    ------
    ScriptError
        Where a note's code is on no line, or on several; where the script fails and is not meant to, or the other way
        round.
    """
    if raises is not None:
        _check(trace, raises=raises)
    blocks = list(blocks_of(trace))
    noted = {block_of(blocks, note) for note in notes}
    first = block_of(blocks, opened) if opened else _stopped(trace, blocks)
    runs = Runs(trace, blocks)
    budget = Budget([0.5**run.rank for run in runs.chosen])
    steps = Steps(trace, axes or {}, budget)
    maker = _Maker(trace, steps, budget)
    made: list[list[Moment]] = [[] for _ in blocks]
    order = []
    for run in runs.chosen:
        moment = maker.moment(run.visit, runs.label(run.visit))
        if moment is not None and moment.says:
            order.append((run.block, len(made[run.block])))
            made[run.block].append(replace(moment, gap=run.gap))
    return Panel(
        trace.script,
        tuple(
            replace(block, moments=tuple(made[i]), rest=runs.rest(i), noted=i in noted, opened=i == first)
            for i, block in enumerate(blocks)
        ),
        tuple(order[:ORDER]),
        steps.sources,
        "" if trace.ended.how == "finished" else trace.ended.sentence,
        anchor,
        max(0, len(lines_of(trace)) - LINES),
        tuple((n, what) for what, n in budget.left_out.items() if n),
    )


def _check(trace: Trace, *, raises: bool) -> None:
    failed = trace.ended.status != 0
    if failed and not raises:
        said = trace.ended.sentence.rstrip(".")
        raise ScriptError(f"{trace.script} failed: {said}. If it is meant to, give it the option raises-exception")
    if raises and not failed:
        raise ScriptError(f"{trace.script} has the option raises-exception, and did not fail")


def _stopped(trace: Trace, blocks: Sequence[Block]) -> int | None:
    """Find the block that ended the run."""
    if trace.ended.visit is None:
        return None
    line = trace.statements[trace.visits[trace.ended.visit].statement].place.line
    return next((i for i, block in enumerate(blocks) if line <= block.last), None)


class _Maker:
    """Makes the moments of a panel."""

    def __init__(self, trace: Trace, steps: Steps, budget: Budget) -> None:
        self._trace = trace
        self._steps = steps
        self._budget = budget
        self._printed = _printed(trace)
        self._words = Wording(trace)

    def moment(self, index: int, label: str) -> Moment | None:
        """Make the moment of a visit; None where there is no room for it."""
        visit = self._trace.visits[index]
        # What a moment costs is known before it is made: its expressions, and two values for each change.
        nodes = {node for node, value in visit.values if not isinstance(self._trace.values[value], Named)}
        if not self._budget.moment(min(len(nodes), EXPRESSIONS) + 2 * len(visit.changes)):
            return None
        self._steps.begin(index, label if self._trace.statements[visit.statement].runs > 1 else "")
        evaluations = tuple(self._steps.evaluations())
        shifts = tuple(self._steps.shifts())
        printed, written = self._printed.get(index, ("", 0))
        printed = self._budget.cut(printed)
        said = self._budget.cut(_failure(self._trace, visit.failure))
        skipped = tuple(self._words.unrecorded(node, turns) for node, turns in visit.skipped)
        return Moment(
            label, evaluations, shifts, printed, written - len(printed), said, self._steps.cut, skipped=skipped
        )


def _failure(trace: Trace, failure: Failure | None) -> str:
    """Give an exception in words; of a product whose shapes do not fit, say first why."""
    if failure is None:
        return ""
    said = f"{failure.type}: {failure.message}" if failure.message else failure.type
    label = "" if failure.node is None else trace.nodes[failure.node].label
    match [trace.values[value] for _, value in failure.operands]:
        case [Array() | LargeArray() as left, Array() | LargeArray() as right] if (
            failure.type == "ValueError" and label.startswith("@")
        ):
            return f"{misfit(left.shape, right.shape)}. In NumPy's words: {said}"
    return said


def _printed(trace: Trace) -> Mapping[int, tuple[str, int]]:
    """Give what each visit printed, and what was printed while it waited: by functions that it called, in order."""
    found: dict[int, tuple[str, int]] = {}
    taken = [0] * len(trace.visits)
    for visit, characters, waiting in trace.pieces:
        said = trace.visits[visit].printed[taken[visit] : taken[visit] + characters]
        taken[visit] += characters
        for at in (visit, *waiting):
            before, written = found.get(at, ("", 0))
            # What follows a piece that was not kept is not shown either.
            room = trace.limits.printed - written if len(before) == written else 0
            found[at] = before + said[: max(0, room)], written + characters
    return found
