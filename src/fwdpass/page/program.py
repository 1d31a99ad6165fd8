"""What a page asks for, in order: cells to run, expressions to place, claims to judge, cases to choose from.

The steps of a program stand one after the other, those of every case among them: behind a :class:`Choice` come the
steps of its first case, then those of its second. Which of them are taken depends on the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, Protocol

from fwdpass.errors import PageError
from fwdpass.numerals.writing import Medium
from fwdpass.page.ledger import Told


@dataclass(frozen=True)
class Cell:
    """A code cell: its source, the line on which its code starts, and its tags."""

    source: str
    line: int
    tags: frozenset[str] = frozenset()
    script: str = ""
    """The module that a directive runs, where the author wrote the directive trace and no cell."""
    timeout: float | None = None
    """Seconds that the cell may run, where its author says so."""
    executed: str = ""
    """Why it is executed and no more, where its author says so."""

    @property
    def called(self) -> str:
        """What a sentence about it calls it."""
        return f"trace: {self.script}" if self.script else "the cell"

    @property
    def hidden(self) -> bool:
        """Whether a reader of the page does not see the code."""
        return not self.tags.isdisjoint(("remove-cell", "remove-input"))

    @property
    def may_raise(self) -> bool:
        """Whether the cell is there to show an error."""
        return "raises-exception" in self.tags


@dataclass(frozen=True)
class Expression:
    """A number in a sentence, a formula or a caption: what is computed, and how it is written."""

    source: str
    line: int
    spec: str = ""
    medium: Medium = "text"
    executed: str = ""
    """Why it is executed and no more, where its author says so."""

    @property
    def written(self) -> str:
        """The expression with its format, as an author writes it."""
        return f"{self.source}:{self.spec}" if self.spec else self.source


@dataclass(frozen=True)
class Claim:
    """A predicate that a sentence of the page depends on, and the sentence, as Markdown."""

    source: str
    line: int
    said: str = ""


@dataclass(frozen=True)
class Case:
    """One way to say something: the predicate under which it is said, and the words, as Markdown.

    Without a predicate it is the *otherwise*, for when none of the others holds. ``steps`` is how many steps of the
    program are the case's own; they follow those of the cases before it.
    """

    source: str
    line: int
    said: str = ""
    steps: int = 0


@dataclass(frozen=True)
class Choice:
    """Cases of which exactly one is told, or none where a phrase is ``optional``."""

    cases: tuple[Case, ...]
    line: int
    optional: bool = False

    @property
    def source(self) -> str:
        """The predicates, as one expression of Python: a tuple of them."""
        return f"({''.join(f'{case.source}, ' for case in self.cases if case.source)})"

    @property
    def parts(self) -> tuple[int, ...]:
        """How many steps each case has."""
        return tuple(case.steps for case in self.cases)

    def source_of(self, told: int) -> str:
        """Give a predicate that is true where this case is told: of the otherwise, that no other case holds."""
        others = [case.source for case in self.cases if case.source]
        return self.cases[told].source or " and ".join(f"not ({source})" for source in others)


@dataclass(frozen=True)
class Option:
    """One option of a question: what is read, whether its author says that it is right, and how many steps it has."""

    expression: Expression
    right: bool = False
    steps: int = 0


@dataclass(frozen=True)
class Question:
    """A quick check: the answer, and options of which some are put, or none if too few of them differ.

    Its steps are those of what is asked, of each option, and of what stands there if the question is left out.
    ``each`` says for what the question may be put, as in ``j in range(len(b1))``: for the one that comes first of those
    for which enough options differ. ``most`` options are put.
    """

    answer: str
    line: int
    options: tuple[Option, ...]
    each: str = ""
    most: int = 4
    asked: int = 0
    otherwise: int = 0

    @property
    def source(self) -> str:
        """What is read to put the question, as one expression of Python."""
        read = ", ".join((self.answer, *(option.expression.source for option in self.options)))
        return f"[({read}) for {self.each}]" if self.each else f"({read})"

    @property
    def parts(self) -> tuple[int, ...]:
        """How many steps each part has: the question, every option, and what stands in the place of all of it."""
        return (self.asked, *(option.steps for option in self.options), self.otherwise)


Step = Cell | Expression | Claim | Choice | Question


@dataclass(frozen=True)
class Program:
    """A page as a program: its name and its steps, in the order in which they stand on the page."""

    page: str
    steps: tuple[Step, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The sources of the page's cells."""
        return tuple(step.source for step in self.steps if isinstance(step, Cell))

    def taken(self, told: Iterable[Told]) -> tuple[Step, ...]:
        """Give the steps that a reading has taken, without those of cases that it has not told."""
        taken: list[Step] = []
        parts = {one.step: one.parts for one in told}

        def through(at: int, end: int) -> None:
            while at < end:
                step, here = self.steps[at], at
                taken.append(step)
                at += 1
                if isinstance(step, Choice | Question):
                    ends = list(accumulate(step.parts, initial=at))
                    for part, (start, at) in enumerate(pairwise(ends)):
                        if part in parts.get(here, ()):
                            through(start, at)

        through(0, len(self.steps))
        return tuple(taken)


def moved(step: Step, below: int, by: int) -> Step:
    """Give a step as it is when lines have come below a line of the page, or have gone."""

    def at(line: int) -> int:
        return line + by if line > below else line

    match step:
        case Choice():
            step = replace(step, cases=tuple(replace(case, line=at(case.line)) for case in step.cases))
        case Question():
            asked = ((option, option.expression) for option in step.options)
            options = (replace(option, expression=replace(one, line=at(one.line))) for option, one in asked)
            step = replace(step, options=tuple(options))
    return replace(step, line=at(step.line))


class Taker(Protocol):
    """Whoever takes the steps of a page, one by one."""

    def cell(self, cell: Cell, /) -> Any:
        """Run a cell."""

    def number(self, expression: Expression, /) -> Any:
        """Evaluate an expression."""

    def claim(self, claim: Claim, /) -> Any:
        """Judge a claim."""

    def choose(self, choice: Choice, /) -> Told:
        """Say which case is told."""

    def ask(self, question: Question, /) -> Told:
        """Say which parts of a question stand on the page, and bind what it is put for."""

    def asked(self) -> None:
        """Forget what the last question was put for."""

    def skip(self, steps: int, /) -> None:
        """Pass over steps that are not taken."""


def walk(program: Program, taker: Taker, failed: Callable[[PageError], None] | None = None) -> None:
    """Take the steps of a program in order, without those of cases that are not told, and of options that are not put.

    Where ``failed`` is given, a step that fails is handed to it, and the walk goes on; of a choice or a question that
    fails, no part is told.
    """
    steps = program.steps

    def through(at: int, end: int) -> None:
        while at < end:
            step, at = steps[at], at + 1
            parts: tuple[int, ...] = ()
            try:
                match step:
                    case Cell():
                        taker.cell(step)
                    case Expression():
                        taker.number(step)
                    case Claim():
                        taker.claim(step)
                    case Choice():
                        parts = taker.choose(step).parts
                    case Question():
                        parts = taker.ask(step).parts
            except PageError as error:
                if failed is None:
                    raise
                failed(error)
            if isinstance(step, Choice | Question):
                ends = list(accumulate(step.parts, initial=at))
                for part, (start, at) in enumerate(pairwise(ends)):
                    if part in parts:
                        through(start, at)
                    else:
                        taker.skip(at - start)
            if isinstance(step, Question):
                taker.asked()

    through(0, len(steps))
