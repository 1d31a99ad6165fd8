"""Account for a mutant: what depends on the change is right, and nothing else moved."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from fwdpass.page import Claim, Entry, Expression, Program
from fwdpass.page.program import Step
from tests.mutation.data import in_place
from tests.mutation.mutant import Book, Mutant
from tests.mutation.oracle import Oracle
from tests.mutation.reread import Pair, Stop, reread

Entries = tuple[Entry, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of one page: indices of its steps, and a sentence for each fault."""

    page: str
    moved: frozenset[int] = frozenset()
    deeper: frozenset[int] = frozenset()
    """Numbers that moved below the digits that are shown."""
    refused: frozenset[int] = frozenset()
    """Steps at which the build fails."""
    unread: frozenset[int] = frozenset()
    """Steps that it does not reach, below a cell that failed."""
    beyond: frozenset[int] = frozenset()
    """Those of them that would have moved, if it had gone on."""
    stops: tuple[Stop, ...] = ()
    """Where the build fails, and what it says."""
    numbers: int = 0
    recomputed: int = 0
    """How many of the numbers were held against the recomputation."""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """What became of a mutant, and what it took, in CPU seconds: to read it both ways, and to judge it."""

    verdicts: tuple[Verdict, ...]
    reading: float
    certifying: float

    @property
    def faults(self) -> tuple[str, ...]:
        """Give a sentence for each fault."""
        return tuple(fault for verdict in self.verdicts for fault in verdict.faults)

    @property
    def moved(self) -> int:
        """How many places of the book moved."""
        return sum(len(verdict.moved) for verdict in self.verdicts)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Where the build fails."""
        return tuple(stop for verdict in self.verdicts for stop in verdict.stops)


def originals(book: Book) -> dict[str, Pair]:
    """Read the book as it is, both ways."""
    return {name: reread(program, book.lesson, book.folder) for name, program in book.programs.items()}


def account(book: Book, mutant: Mutant, before: Mapping[str, Pair]) -> Account:
    """Read a mutant's pages, certify them, and judge each."""
    pages = mutant.pages(book)
    with mutant.installed(), in_place(book.folder, mutant) as folder:
        start = time.process_time()
        after = {name: reread(page, mutant.lesson, folder) for name, page in pages.items()}
        between = time.process_time()
    oracle = Oracle.of(mutant.lesson.source, mutant.script, mutant.package)
    verdicts = tuple(
        judge(page, before[name], after[name], oracle.texts(page, after[name].told)) for name, page in pages.items()
    )
    return Account(verdicts, between - start, time.process_time() - between)


def judge(program: Program, before: Pair, after: Pair, truth: Mapping[int, str]) -> Verdict:
    """Hold a page's reading against the exact one, and against what was recomputed (texts by step).

    A text must have moved if and only if the exact one did. Where the build goes on, and there is a recomputed text,
    it must be that one.
    """
    moved, deeper, refused, unread, beyond = set(), set(), set(), set(), set()
    stops, faults = [], []
    numbers = recomputed = 0
    for index, step in enumerate(program.steps):
        where = f"{program.page}.md:{step.line}: {label(step.source)}"
        entries, exact = after.shown.entries(index), after.exact.entries(index)
        stop = after.stops.get(index)
        if stop is not None:
            refused.add(index)
            stops.append(stop)
        elif index >= min(after.shown.reached, after.exact.reached):
            unread.add(index)
            if _alive(step, entries, exact, before.shown.entries(index)):
                beyond.add(index)
        if isinstance(step, Claim) or index in unread or (stop is not None and stop.by in ("reading", "exact")):
            continue
        said, right = texts(entries), texts(exact)
        old, old_right = texts(before.shown.entries(index)), texts(before.exact.entries(index))
        if (said != old) != (right != old_right):
            if right != old_right:
                faults.append(f"{where} still shows {_quoted(said)}, although it depends on the change")
            else:
                faults.append(f"{where} moved to {_quoted(said)}, although it does not depend on the change")
            continue
        if stop is not None:
            continue
        if said != old:
            moved.add(index)
        elif _values(exact) != _values(before.exact.entries(index)):
            deeper.add(index)
            if _values(entries) == _values(before.shown.entries(index)):
                faults.append(f"{where} still has all the digits of {_quoted(said)}, although it depends on the change")
        numbers += isinstance(step, Expression)
        if index in truth and len(said) == 1:
            recomputed += isinstance(step, Expression)
            if said[0] != truth[index]:
                faults.append(f"{where} shows {_quoted(said)}, and recomputed it is {truth[index]}")
    return Verdict(
        program.page,
        moved=frozenset(moved),
        deeper=frozenset(deeper),
        refused=frozenset(refused),
        unread=frozenset(unread),
        beyond=frozenset(beyond),
        stops=tuple(stops),
        numbers=numbers,
        recomputed=recomputed,
        faults=tuple(faults),
    )


def _alive(step: Step, entries: Entries, exact: Entries, old: Entries) -> bool:
    """Say whether what no build reaches would have moved; that a name is missing there says nothing."""
    if isinstance(step, Claim):
        return texts(exact) == ("false",)
    return bool(entries) and texts(entries) != texts(old)


def texts(entries: Entries) -> tuple[str, ...]:
    """Give what entries say."""
    return tuple(entry.text for entry in entries)


def _values(entries: Entries) -> tuple[str, ...]:
    return tuple(entry.exact for entry in entries)


def label(source: str) -> str:
    r"""Name a step by its expression, or by a cell's last line.

    >>> label("y = 2 * x\ny.sum()")
    'y.sum()'
    """
    lines = source.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _quoted(texts: tuple[str, ...]) -> str:
    return " and ".join(" ".join(text.split()) for text in texts) or "nothing"
