"""Which of a line's runs are shown, what each is called, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fwdpass import numerals
from fwdpass.figures.words import count
from fwdpass.trace.panel.facts import Block
from fwdpass.trace.panel.sentences import ONLY
from fwdpass.trace.record import Trace, Visit
from fwdpass.trace.words import Wording

MOMENTS = 10
"""Runs of a line that are shown: a loop's beginning, its first turns, those that were not recorded, and the last."""
START, CALL, DEFINITION = ONLY
_DEFINED = frozenset(("FunctionDef", "AsyncFunctionDef", "ClassDef"))


@dataclass(frozen=True)
class ShownVisit:
    """A visit that is shown: at which block, how many come before it there, and what was not recorded before it."""

    visit: int
    block: int
    rank: int
    gap: str


class Runs:
    """Chooses the visits of a trace that are shown."""

    def __init__(self, trace: Trace, blocks: Sequence[Block]) -> None:
        self._trace = trace
        self._words = Wording(trace)
        self._block_of = {line: i for i, block in enumerate(blocks) for line in range(block.first, block.last + 1)}
        self._shown: list[list[int]] = [[] for _ in blocks]
        self._unshown = [0] * len(blocks)
        self.chosen = [*self._choose()]
        """In the order of the run."""

    def _choose(self) -> Iterator[ShownVisit]:
        waiting: list[list[int]] = [[] for _ in self._shown]
        """For each block, the gaps since the run of it that is shown last."""
        for index, visit in enumerate(self._trace.visits):
            block = self._block_of.get(self._trace.statements[visit.statement].place.line)
            if visit.gap:
                for i in {self._block_of.get(line) for line in self._lines_in(visit.statement)} - {None, block}:
                    waiting[i].append(index)  # type: ignore[index]
            if block is None or not _says(visit):
                continue
            if len(self._shown[block]) >= MOMENTS:
                self._unshown[block] += visit.gap or 1
                continue
            gap = "; ".join(self._words.label(self._trace.visits[at]) for at in waiting[block])
            waiting[block].clear()
            yield ShownVisit(index, block, len(self._shown[block]), gap)
            self._shown[block].append(index)
        self._left = waiting

    def _lines_in(self, loop: int) -> Iterator[int]:
        """Give the lines of the statements in a loop's body."""
        for i, statement in enumerate(self._trace.statements):
            around = statement.parent
            while around is not None and around != loop:
                around = self._trace.statements[around].parent
            if around == loop and i != loop:
                yield statement.place.line

    def rest(self, block: int) -> tuple[str, ...]:
        """Say what came after the last run of a block that is shown."""
        if self._unshown[block]:
            least = "at least " if self._left[block] else ""  # in turns that were not recorded, there may be others
            return (f"… and {least}{count(self._unshown[block], 'more run')}",)
        if not self._shown[block]:
            return ()
        return tuple(self._words.label(self._trace.visits[at]) for at in self._left[block])

    def label(self, index: int) -> str:
        """Say which of the runs of its line a visit is."""
        visit = self._trace.visits[index]
        statement = self._trace.statements[visit.statement]
        if said := self._words.label(visit):
            return said
        if statement.kind in _DEFINED:
            return DEFINITION
        if statement.kind in ("arguments", "lambda"):
            return CALL
        return START if statement.runs <= 1 else f"one of {numerals.text(statement.runs)} runs"


def _says(visit: Visit) -> bool:
    return bool(visit.values or visit.changes or visit.written or visit.failure)
