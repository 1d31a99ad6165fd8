"""Read all the mutants of a book, build a sample of them, and gather what is known then."""

from __future__ import annotations

import signal
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context

from fwdpass.numerals.exact import Arithmetic
from tests.mutation.account import Account, account, originals
from tests.mutation.data import of_data
from tests.mutation.forms import of_shapes
from tests.mutation.inert import Place, Reasons, faults, places
from tests.mutation.marks import of_marks
from tests.mutation.mutant import KINDS, Book, Mutant
from tests.mutation.operations import of_operations
from tests.mutation.oracle import Oracle
from tests.mutation.reread import Pair, Read, reread
from tests.mutation.values import of_cells, of_lesson

EVERY = 20
"""Mutants between two lines about the progress."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Cost:
    """Seconds that a mutant takes on average: of CPU for each part, and by the clock with so many processes.

    Of the mutants for which every page is read again; ``wall`` is the time of all mutants, each with as much of it as
    it had of the CPU.
    """

    reading: float
    certifying: float
    wall: float
    jobs: int

    @classmethod
    def of(cls, mutants: Sequence[Mutant], accounts: Sequence[Account], wall: float, jobs: int) -> Cost:
        """Take the averages."""
        whole = [one for mutant, one in zip(mutants, accounts, strict=True) if not mutant.page]
        reading, certifying = sum(one.reading for one in whole), sum(one.certifying for one in whole)
        share = (reading + certifying) / (sum(one.reading + one.certifying for one in accounts) or 1)
        n = max(1, len(whole))
        return cls(reading / n, certifying / n, wall * share / n, jobs)


@dataclass
class Survey:
    """A book, its mutants, and what became of each."""

    book: Book
    mutants: Sequence[Mutant]
    before: Mapping[str, Pair]
    accounts: Sequence[Account]
    places: Sequence[Place]
    reasons: Reasons
    faults: list[str]
    cost: Cost
    sample: list[tuple[Mutant, float, float]] = field(default_factory=list)
    """The mutants that were built, too, each with its CPU and wall seconds."""
    sample_wall: float = 0.0

    @property
    def numbers(self) -> int:
        """How many numbers were held against exact arithmetic, over all mutants."""
        return sum(verdict.numbers for account in self.accounts for verdict in account.verdicts)

    @property
    def recomputed(self) -> int:
        """How many of them were recomputed without NumPy, too."""
        return sum(verdict.recomputed for account in self.accounts for verdict in account.verdicts)


def mutants_of(book: Book) -> list[Mutant]:
    """Give every mutant of a book, in the order of :data:`~tests.mutation.mutant.KINDS`."""
    of_book = [*of_lesson(book.lesson), *of_shapes(book.lesson), *of_operations(book)]
    every = [*of_book, *of_cells(book), *of_marks(book), *of_data(book)]
    return sorted(every, key=lambda mutant: KINDS.index(mutant.kind))


def survey(book: Book, mutants: Sequence[Mutant], reasons: Reasons, jobs: int = 1, say: Say = lambda _: None) -> Survey:
    """Read all the mutants, hold each against exact arithmetic and the recomputation, and find what is inert."""
    before = originals(book)
    start = time.perf_counter()
    accounts: list[Account] = []
    for one in read_all(book, mutants, before, jobs):
        accounts.append(one)
        if len(accounts) % EVERY == 0 or len(accounts) == len(mutants):
            say(f"{len(accounts)} of {len(mutants)} mutants read")
    wall = time.perf_counter() - start
    cost = Cost.of(mutants, accounts, wall, jobs)
    found = places(book, mutants, accounts, before)
    wrong = list(_as_it_is(book, before))
    wrong += [f"{mutant.name}: {said}" for mutant, one in zip(mutants, accounts, strict=True) for said in one.faults]
    wrong += faults(found, mutants, accounts, reasons)
    return Survey(book, mutants, before, accounts, found, reasons, wrong, cost)


def sample_of(mutants: Sequence[Mutant], n: int) -> list[int]:
    """Choose mutants to build: the kinds take turns, and each offers its own evenly.

    A script that does not run cannot be imported, so no page of such a mutant can be built; and a build has the
    book's own files beside the pages, and the marks of its quick checks.
    """
    turns: list[list[int]] = []
    for kind in KINDS:
        of_kind = [i for i, mutant in enumerate(mutants) if mutant.kind == kind and _runs(mutant)]
        stride = max(1, len(of_kind) // max(1, -(-n // len(KINDS))))
        turns.append(of_kind[::stride] + [i for i in of_kind if i not in of_kind[::stride]])
    chosen = [turn[round_] for round_ in range(len(mutants)) for turn in turns if round_ < len(turn)]
    return sorted(chosen[:n])


def _runs(mutant: Mutant) -> bool:
    if mutant.files or mutant.kind == "quick check":
        return False
    try:
        mutant.lesson.load(Arithmetic.FLOAT64)
    except Exception:  # noqa: BLE001 - a script may raise anything
        return False
    return True


def _as_it_is(book: Book, before: Mapping[str, Pair]) -> Iterator[str]:
    """Hold the book as it is against the recomputation, before anything is changed."""
    oracle = Oracle.of(book.lesson.source)
    for name, program in book.programs.items():
        for index, truth in oracle.texts(program).items():
            entries = before[name].shown.entries(index)
            if len(entries) == 1 and entries[0].text != truth:
                line = program.steps[index].line
                yield f"{name}.md:{line}: {entries[0].source}: it shows {entries[0].text}, and recomputed it is {truth}"


_shared: tuple[Book, Sequence[Mutant], Mapping[str, Pair]]
"""What the processes of a pool inherit: programs and codes need not be sent to them."""


def read_all(book: Book, mutants: Sequence[Mutant], before: Mapping[str, Pair], jobs: int) -> Iterator[Account]:
    """Account for each mutant, in order, with so many processes."""
    global _shared
    if jobs == 1:
        yield from (account(book, mutant, before) for mutant in mutants)
        return
    _shared = book, mutants, before
    with warnings.catch_warnings():
        # OpenBLAS keeps threads, and Python warns of a fork beside threads; none of them holds a lock of ours
        warnings.simplefilter("ignore", DeprecationWarning)
        # Ctrl-C is for the command, which ends its processes
        with get_context("fork").Pool(jobs, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
            yield from pool.imap(_account, range(len(mutants)))


def _account(index: int) -> Account:
    book, mutants, before = _shared
    return account(book, mutants[index], before)


def exact_reading(book: Book, mutant: Mutant) -> dict[str, Read]:
    """Read a mutant exactly, for a build to be held against."""
    with mutant.installed():
        pages = mutant.pages(book)
        return {name: reread(page, mutant.lesson, book.folder).exact for name, page in pages.items()}
