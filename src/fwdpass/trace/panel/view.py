"""A trace in, a panel out: which lines belong together, and what happened at each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fwdpass.errors import ScriptError, misfit
from fwdpass.numerals.writing import text
from fwdpass.trace.panel import document, html
from fwdpass.trace.panel import text as paneltext
from fwdpass.trace.panel.kinds import Block, Moment, Panel, Shift
from fwdpass.trace.panel.steps import Axes, Steps
from fwdpass.trace.record import Array, Change, Failure, LargeArray, Trace


@dataclass(frozen=True, repr=False)
class PanelView:
    """A panel that a terminal, a notebook and a page can show."""

    panel: Panel

    def __repr__(self) -> str:
        return paneltext.draw(self.panel)

    def _repr_html_(self) -> str:
        return "".join(html.draw(self.panel).iter_chunks())


def page(trace: Trace, axes: Axes | None = None) -> str:
    """Give the panel of a trace as an HTML file that needs no other: it works from a disk, on a phone and on paper."""
    return document.draw(panel_of(trace, axes))


LINES = 400
"""Lines of a script that are shown; of one that is longer, the beginning is."""
MOMENTS = 8
"""Runs of a line that are shown."""
ORDER = 1_000
"""Stops on the way through the script."""


_DEFINED = frozenset(("FunctionDef", "AsyncFunctionDef", "ClassDef"))


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

    ``axes`` names the axes of arrays, by their names; ``notes`` are the lines that have an author's note, and
    ``opened`` the line that is open from the start, by the beginning of their code; unless it is given, that is the
    line that failed. ``anchor`` is what their names in links start with. ``raises`` says whether the script is meant
    to fail. Raises :class:`~fwdpass.errors.ScriptError` where the code is on no line, or on several, and where the
    script fails and is not meant to, or the other way round.
    """
    if raises is not None:
        _check(trace, raises=raises)
    maker = _Maker(trace, Steps(trace, axes or {}))
    blocks = list(_blocks(trace))
    noted = {_block_of(blocks, note) for note in notes}
    first = _block_of(blocks, opened) if opened else _stopped(trace, blocks)
    shown = [
        replace(block, moments=tuple(maker.moments(block)), noted=i in noted, opened=i == first)
        for i, block in enumerate(blocks)
    ]
    return Panel(
        trace.script,
        tuple(shown),
        tuple(maker.order(blocks)),
        tuple(maker.steps.sources),
        "" if trace.ended.how == "finished" else trace.ended.sentence,
        anchor,
        max(0, len(_lines(trace)) - LINES),
    )


def _check(trace: Trace, *, raises: bool) -> None:
    failed = trace.ended.status != 0
    if failed and not raises:
        said = trace.ended.sentence.rstrip(".")
        raise ScriptError(f"{trace.script} failed: {said}. If it is meant to, give it the option raises-exception")
    if raises and not failed:
        raise ScriptError(f"{trace.script} has the option raises-exception, and did not fail")


def _lines(trace: Trace) -> list[str]:
    lines = [line.rstrip("\n") for line in trace.lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _blocks(trace: Trace) -> Iterator[Block]:
    """Divide the script: what a statement spans stays together, and so does what is between statements."""
    lines = _lines(trace)[:LINES]
    last: dict[int, int] = {}
    often: set[int] = set()
    for statement in trace.statements:
        start, end = statement.place.line, statement.place.end_line
        last[start] = max(end, last.get(start, 0))
        if statement.runs > MOMENTS or statement.more:
            often.add(start)
    at = 1
    while at <= len(lines):
        end = at
        if at in last:
            while (further := max(last.get(i, 0) for i in range(at, end + 1))) > end:
                end = further
            end = min(end, len(lines))
        else:
            while end < len(lines) and end + 1 not in last:
                end += 1
        yield Block(at, tuple(lines[at - 1 : end]), more=at in often)
        at = end + 1


def _block_of(blocks: Sequence[Block], code: str) -> int:
    """Find the block that has a line."""
    line = line_of([line for block in blocks for line in block.lines], code)
    return next(i for i, block in enumerate(blocks) if line <= block.last)


def _stopped(trace: Trace, blocks: Sequence[Block]) -> int | None:
    """Find the block that ended the run."""
    if trace.ended.visit is None:
        return None
    line = trace.statements[trace.visits[trace.ended.visit].statement].place.line
    return next((i for i, block in enumerate(blocks) if line <= block.last), None)


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


def line_of(lines: Sequence[str], code: str) -> int:
    """Give the number of the line that is this code, or starts with it; blanks do not matter.

    Raises :class:`~fwdpass.errors.ScriptError` where there is none, or where there are several.

    >>> line_of(["a = 1", "ab = 2"], "a ="), line_of(["a", "ab"], "a")
    (1, 1)
    """
    wanted = " ".join(code.split())
    folded = [" ".join(line.split()) for line in lines]
    starts = [at for at, line in enumerate(folded, 1) if wanted and line.startswith(wanted)]
    found = [at for at in starts if folded[at - 1] == wanted] or starts
    if not found:
        raise ScriptError(f"no line of the script starts with {code!r}: write the line, or the beginning of it")
    if len(found) > 1:
        raise ScriptError(
            f"{text(len(found), 'count line')} of the script start with {code!r}: write as much of the line as it "
            "takes to tell them apart"
        )
    return found[0]


@dataclass
class _Maker:
    """Goes through the visits once, in order, and keeps what each block shows."""

    trace: Trace
    steps: Steps
    _made: dict[int, list[tuple[int, Moment]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._printed = _printed(self.trace)
        ran: dict[int, int] = {}
        for index, visit in enumerate(self.trace.visits):
            line = self.trace.statements[visit.statement].place.line
            at = ran.setdefault(visit.statement, 0)
            ran[visit.statement] += 1
            made = self._made.setdefault(line, [])
            if line <= LINES and len(made) < MOMENTS:
                moment = self._moment(index, at)
                if moment.says:
                    made.append((index, moment))

    def moments(self, block: Block) -> list[Moment]:
        """Give what happened at a block, from its first run on."""
        return [moment for _, moment in self._of(block)]

    def order(self, blocks: Sequence[Block]) -> list[tuple[int, int]]:
        """Give the blocks and moments in the order in which they ran."""
        stops = [(visit, (i, at)) for i, block in enumerate(blocks) for at, (visit, _) in enumerate(self._of(block))]
        return [stop for _, stop in sorted(stops)][:ORDER]

    def _of(self, block: Block) -> list[tuple[int, Moment]]:
        found = [pair for line in range(block.first, block.last + 1) for pair in self._made.get(line, ())]
        return sorted(found, key=lambda pair: pair[0])[:MOMENTS]

    def _moment(self, index: int, at: int) -> Moment:
        visit = self.trace.visits[index]
        steps = tuple(self.steps.of(index))
        shifts = tuple(self._shift(index, at, change) for at, change in enumerate(visit.changes))
        printed, written = self._printed.get(index, ("", 0))
        said = _failure(self.trace, visit.failure)
        return Moment(self._label(index, at), steps, shifts, printed, written - len(printed), said, visit.cut)

    def _label(self, index: int, at: int) -> str:
        """Say which of the runs of a statement this is; other runs at the same place may be calls, or turns."""
        statement = self.trace.statements[self.trace.visits[index].statement]
        if statement.runs <= 1 and not statement.more:
            return "the definition" if statement.kind in _DEFINED else "the start"
        word = {"iteration": "turn", "arguments": "call"}.get(statement.kind, "run")
        known = f"more than {text(statement.runs)}" if statement.more else text(statement.runs)
        return f"{word} {text(at + 1)} of {known}"

    def _shift(self, visit: int, at: int, change: Change) -> Shift:
        return Shift(change.name, *self.steps.shifted(visit, at), change.how)


def _printed(trace: Trace) -> Mapping[int, tuple[str, int]]:
    """Give what each visit printed, and what the functions printed that it called, in order."""
    found: dict[int, tuple[str, int]] = {}
    for index, visit in enumerate(trace.visits):
        if not visit.written:
            continue
        at: int | None = index
        while at is not None:
            said, written = found.get(at, ("", 0))
            room = max(0, trace.limits.printed - len(said))
            found[at] = said + visit.printed[:room], written + visit.written
            at = trace.visits[at].caller
    return found
