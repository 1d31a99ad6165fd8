"""Read a page side by side in floating point and with exact rationals: it says what the latter say.

Three readings are told apart here. The *exact* one has the last word. Where it has none, the page is *stable*, if the
further readings (:mod:`fwdpass.page.steady`) show the same digits, or else *executed*, as floating point says. Each
step is taken in all of them, and the ledger gets one entry of it, with its level. How cells and expressions are run is
not known here (:mod:`fwdpass.page.reading`), nor how it is decided that digits are stable (:mod:`fwdpass.page.stable`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import log10
from pathlib import Path
from types import FrameType

import numpy as np

from fwdpass.errors import PageError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.numerals.writing import text
from fwdpass.page.apart import Apart, is_rounding, tells_arithmetic
from fwdpass.page.declared import Declared
from fwdpass.page.leaving import DIGIT, left, left_exact, may_be_rounded, read_exactly
from fwdpass.page.ledger import Entry, Ledger, Told
from fwdpass.page.lesson import Lesson, own_modules
from fwdpass.page.level import Level
from fwdpass.page.named import Equation
from fwdpass.page.outputs import Output
from fwdpass.page.program import Cell, Choice, Claim, Expression, Program, Question, Step, walk
from fwdpass.page.reading import TIMEOUT, Reading, summary
from fwdpass.page.script import Script
from fwdpass.page.shell import STRICT, Strictness, in_words, limited
from fwdpass.page.stable import Judged, Stable, believed, vanishes
from fwdpass.page.steady import Steady
from fwdpass.page.verdict import short
from fwdpass.page.world import Source

PATIENCE = 10.0
"""Seconds that a cell may compute in fractions, on a page that may do without; more where it computes longer anyway."""
LONG = 2**17
"""Bits of a number that will have twice as many in the next round: a few rounds more, and it fits into no computer."""
_RAW = re.compile(r":\.\d+e$")
"""The format that shows a floating-point number as it is: there, rounding is what the page is about."""


class SideBySide:
    """A page, read a step at a time in floating point and exactly, as a build reads it.

    What stands on the page is what exact arithmetic says: a number's text, the case that is told, and what a cell
    shows, which is drawn from floating point as long as that says the same. So rounding decides nothing.
    ``apart`` is where it would have.

    ``cells`` are the sources of the page's cells, from which its author's own modules are known. A step that a build
    refuses raises :class:`~fwdpass.errors.PageError`: what fails in either arithmetic, a claim that is not true, a
    number that has left exact arithmetic, and a text that tells of the arithmetic.

    Unless the page has to be exact, by ``least``, what cannot be read exactly is no fault. A number or a claim of this
    kind is executed, and the rest stays exact. Below a cell that cannot be read exactly, nobody knows what the names
    are worth in fractions, so from there on the page is read in floating point alone. ``why`` says what it was.

    With ``stable``, what is not exact is read again in processes that round otherwise, which are started when there is
    such a thing. A number that all of them show is stable; one whose author asks for more digits than are stable is
    refused, and so is a claim that rounding decides.

    With ``alone``, its author asks for no more than that it is executed: it is read in floating point, and in nothing
    else, so that it takes no longer than it does anywhere. ``reason`` is the author's.

    A cell or a number of which the author says so is executed and no more, whatever the page has to be, and so is what
    reads a name that such a cell has made. The rest of the page is as it was.

    With ``asks``, each expression is asked whether it says the same whatever it reads, for another lesson, too.
    """

    def __init__(
        self,
        page: str,
        cells: Iterable[str] = (),
        *,
        folder: Path | None = None,
        lesson: Lesson | None = None,
        timeout: float = TIMEOUT,
        drawn: bool = True,
        least: Level = Level.EXACT,
        stable: bool = False,
        alone: bool = False,
        allowed: Strictness = STRICT,
        asks: bool = False,
        reason: str = "",
    ) -> None:
        self._page = page
        self._drawn = drawn
        self._least = least
        self._alone = False
        begin = partial(Stable, page, tuple(cells), folder=folder, timeout=timeout)
        self._others = Steady(begin, stable and least < Level.EXACT and not alone, self._lower_below_stable)
        self._reached = Level.EXECUTED
        self._judged: Judged | None = None
        self._declared = Declared()
        self._reason = reason if alone else ""
        self._of_all = self._reason
        self._entries: list[Entry] = []
        self._why: list[tuple[int, str, str]] = []
        self._goes_on = False
        self._asks = asks or lesson is None  # who reads a page again for another lesson knows its expressions already
        self._asked: set[str] = set()
        self._steps: list[Step] = []
        self.apart: list[Apart] = []
        self._float = Reading(page, folder=folder, lesson=lesson, timeout=timeout, drawn=drawn, allowed=allowed)
        self._float.asks = self._asks
        try:
            self._exact = Reading(
                page, folder=folder, lesson=lesson, arithmetic=Arithmetic.EXACT, timeout=timeout, drawn=False,
                own=() if alone else own_modules(cells, folder), beside=True, allowed=allowed,
            )  # fmt: skip
        except BaseException:
            self._float.close()
            raise
        if alone:
            said = "the author of the page asks for no more than that it is executed"
            self._why.append((1, f"{said}: {reason}" if reason else said, ""))
            self._go_on_alone()

    @property
    def program(self) -> Program:
        """The steps that were taken so far, and those that were passed over."""
        return Program(self._page, tuple(self._steps))

    @property
    def step(self) -> int:
        """The place among the page's steps of the one that was taken last."""
        return self._float.step

    @property
    def opened(self) -> frozenset[Path]:
        """The files that the page has read so far, but for those of libraries."""
        return self._float.opened | self._exact.opened

    @property
    def why(self) -> list[tuple[int, str]]:
        """What kept the page from being exact: lines and sentences, one for each cause."""
        first = {cause or (line, said): (line, said) for line, said, cause in reversed(self._why)}
        return [one for one in dict.fromkeys((line, said) for line, said, _ in self._why) if one in first.values()]

    @property
    def taken(self) -> tuple[Source, ...]:
        """The files that cells which no reader sees have opened, and what else they have asked."""
        return tuple(self._float.taken)

    @property
    def size(self) -> int:
        """How many entries the ledger has so far."""
        return len(self._entries)

    @property
    def ledger(self) -> Ledger:
        """What the page says."""
        return Ledger(self._page, tuple(self._entries), self._float.ledger.told)

    @property
    def rounded(self) -> Ledger:
        """What floating point alone says."""
        return self._float.ledger

    def close(self) -> None:
        """End the reading, exactly and in floating point."""
        self._others.close()
        self._exact.close()
        self._float.close()

    def run(self, program: Program, failed: Callable[[PageError], None] | None = None) -> Ledger:
        """Take the steps of a program, without those of cases that are not told; give the ledger.

        With ``failed``, a step that is refused is handed to it, and the reading goes on.
        """
        self._goes_on = failed is not None
        walk(program, self, failed)
        self._steps[:] = program.steps  # those of cases that are not told among them
        return self.ledger

    def entered(self) -> AbstractContextManager[None]:
        """Be in the page's world for several steps: floating point then need not enter it, and leave it, for each."""
        return self._float.entered()

    def cell(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell; give what it shows."""
        self._steps.append(cell)
        with self._kept():
            if self._declares(cell):
                return self._executed(cell)
            self._others.follow("cell", cell)
            started = time.process_time()
            try:
                with self._float.renewing(self._declared):
                    rounded = self._float.cell(cell)
            except PageError:
                if (
                    self._goes_on and not self._alone
                ):  # the names that it made in spite of it are known below, exactly, too
                    with suppress(PageError):
                        self._exact.cell(cell)
                else:
                    self._exact.skip()
                raise
            if self._alone:
                self._compare(cell, rounded)
                return rounded
            try:
                with read_exactly(), self._patience(cell, time.process_time() - started):
                    exact = self._exact.cell(cell)
            except PageError as error:
                self._lower(error)
                self._go_on_alone()
                self._compare(cell, rounded)
                return rounded
            mine, theirs = ([summary(output) for output in outputs] for outputs in (rounded, exact))
            if mine == theirs:
                # where a page has to be exact, floats are its subject, and it says so by printing them
                if (
                    self._least < Level.EXACT
                    and any(map(may_be_rounded, exact))
                    and (name := self._exact.floating(cell.source))
                ):
                    self._lower(left(f"{cell.called} shows something and reads {name}", cell.line))
                    self._compare(cell, rounded)
                return rounded
            where = cell.called if cell.script else "what the cell shows"
            said, right = ("".join(said for _, said in shown) for shown in (mine, theirs))
            try:
                self._follow(Apart(self.step, cell.line, where, said, right))
            except PageError as error:
                self._lower(error)
                self._compare(cell, rounded)
                return rounded
            return tuple(map(self._exact.drawn, exact)) if self._drawn else exact

    def _declares(self, step: Cell | Expression | Claim | Choice | Question) -> bool:
        """Note that a step is executed and no more, if its author says so of it or of what it reads."""
        said = step.executed if isinstance(step, Cell | Expression) else ""
        reason = said or self._float.reason(self._declared, step.source)
        if not reason or self._of_all:
            return False
        self._reason = reason
        if said:
            self._why.append((step.line, f"its author says that it is executed, and no more: {reason}", ""))
        return True

    def _executed(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell in floating point alone, and let exact arithmetic take over what it has made."""
        self._others.follow("cell", cell)
        before = self._float.contents()
        try:
            shown = self._float.cell(cell)
        finally:
            self._exact.skip()
        made = self._float.changed(before, cell.source)
        self._exact.take_over(made | (before.keys() - self._float.contents().keys()), self._float)
        self._float.declare(self._declared, made, self._reason)
        return shown

    @contextmanager
    def _patience(self, cell: Cell, took: float) -> Iterator[None]:
        """Give a cell no more time in fractions than is worth waiting for, where the page may do without them.

        What a loop repeats has more digits in each round, and is not done in a lifetime. Only computing counts, so that
        a page is as exact on a busy computer as on an idle one.
        """
        allowed = max(PATIENCE, 2 * took) if self._least < Level.EXACT else 0
        grown: list[str] = []
        with limited(allowed, computing=True, hopeless=partial(_noted_growth, grown)) as late:
            try:
                yield
            except PageError:
                if not late:  # else that is why, whatever the cell has made of it
                    raise
        if late:
            said = f"{cell.called} {grown[0] if grown else f'computed for more than {in_words(late[0])}'}"
            raise PageError(said, line=cell.line, kind="cell")

    def number(self, expression: Expression) -> str:
        """Evaluate an expression; give the text that stands in its place."""
        self._steps.append(expression)
        with self._kept():
            try:
                said = self._float.number(expression)
            except PageError:
                self._exact.skip()
                raise
            right = said
            if self._declares(expression):
                self._exact.skip()
                right = self._seen(expression, said)
            else:
                exact = not self._alone
                if exact:
                    try:
                        right = self._exactly(expression, said)
                    except PageError as error:
                        self._lower(error)
                        exact = False
                if not exact:
                    right = self._steadily(expression, said)
        if self._is_constant(expression):
            raise PageError(
                f"{expression.written} is {short(right)} whatever the values are that it reads, so it is a typed "
                "number: name what it follows from",
                line=expression.line,
                kind="number",
            )
        return right

    def _steadily(self, expression: Expression, said: str) -> str:
        """Give the text of an expression that is not exact, in the digits that readings share which round otherwise."""
        value = self._float.value
        with self._others.asked() as others:
            if others is not None:
                self._judged = others.number(expression, value, said)
                self._reached = Level.STABLE
                return self._judged.text
        return self._seen(expression, said)

    def _seen(self, expression: Expression, said: str) -> str:
        """Give the text of a number that is executed and no more; one that is not zero is not shown as zero."""
        value = self._float.value
        if not expression.spec and vanishes(value, said):
            self._judged = Judged(text(believed(value), "", expression.medium), None)
            return self._judged.text
        return said

    def _compare(self, cell: Cell, outputs: Iterable[Output]) -> None:
        """Say of a cell below exact arithmetic whether it shows the same, however it is rounded."""
        said = "".join(said for _, said in map(summary, outputs))
        with self._others.asked() as others:
            if others is None or not said:
                return
            if others.shown(said):
                self._reached = Level.STABLE
            else:
                self._lower_below_stable(f"{cell.called} shows digits that depend on how results are rounded")

    def _lower_below_stable(self, said: str) -> None:
        """Let the step that is being taken be executed and no more, or refuse it where that is too little."""
        line = self._steps[-1].line
        self._reached = Level.EXECUTED
        if self._least > Level.EXECUTED:
            raise PageError(said, line=line, kind="stable")
        self._why.append((line, said, ""))

    def _exactly(self, expression: Expression, said: str) -> str:
        """Give the text of an expression in fractions; ``said`` is what floating point says."""
        with read_exactly():
            right = self._exact.number(expression)
        source = expression.written
        if self._exact.last.rounded and not _RAW.search(source):
            raise left_exact(self._exact, self._steps, expression)
        made = self._least < Level.EXACT and isinstance(self._exact.value, str)
        if made and DIGIT.search(right) and (name := self._exact.floating()):
            raise left(f"{source} is a text, and the page has {name}", expression.line)
        if said != right:
            self._follow(Apart(self.step, expression.line, source, said, right))
        return right

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Keep the entries of the step that the block takes: exact ones, unless floating point has the last word."""
        rounded, exact, lowered = self._float.size, self._exact.size, len(self._why)
        self._judge_anew()
        try:
            yield
        finally:
            if self._alone or self._reason or len(self._why) > lowered:
                known = {"level": self._reached, "reason": self._reason}
                made = [replace(one, exact="", **known) for one in self._float.since(rounded)]  # type: ignore[arg-type]
                if self._judged is not None:
                    made = [replace(one, text=self._judged.text, digits=self._judged.digits) for one in made]
            else:
                made = list(self._exact.since(exact))
            self._entries += made

    def _judge_anew(self) -> None:
        self._reached, self._judged, self._reason = Level.EXECUTED, None, self._of_all

    def _lower(self, error: PageError) -> None:
        """Let a step be stable or executed, since it cannot be read exactly, or refuse it where it has to be."""
        if self._least is Level.EXACT:
            raise error
        self._why.append((error.line, str(error), error.cause))

    def _go_on_alone(self) -> None:
        """Read the rest of the page in floating point."""
        self._alone = True
        self._float.decide()

    @property
    def _deciding(self) -> Reading:
        """The reading that judges claims and chooses cases."""
        return self._float if self._alone else self._exact

    def hold(self, equation: Equation, line: int) -> None:
        """Refuse an equation whose sides differ: see :meth:`Reading.hold`."""
        self._deciding.hold(equation, line)

    def check(self, expression: str, script: Script, *, claimed: bool) -> None:
        """Refuse an expression about a script that reads the page's values in its place: as ``Script.check`` does."""
        self._deciding.check(expression, script, claimed=claimed)

    def claim(self, claim: Claim) -> None:
        """Judge a claim."""
        self._steps.append(claim)
        with self._kept():
            self._float.claim(claim)
            declared = self._declares(claim)
            lowered = len(self._why)
            if declared and not self._alone:
                self._exact.claim(claim)  # it knows what the cell has made, and refuses what is not true
            elif not self._alone:
                self._judge(claim)
            if not declared and (self._alone or len(self._why) > lowered):
                with self._others.asked() as others:
                    if others is not None:
                        others.verdict(claim.source, claim.line, self._float.last.text)
                        self._reached = Level.STABLE
        if self._deciding.last.text == "true" and self._is_constant(claim):
            raise PageError(
                f"{claim.source} is true whatever the values are that it reads, so it claims nothing",
                line=claim.line,
                kind="claim",
            )

    def _judge(self, claim: Claim) -> None:
        """Judge a claim in fractions, or in floating point where these cannot decide it."""
        try:
            self._exact.claim(claim)
        except PageError as error:
            if not self._exact.last.text.startswith("raises"):
                raise
            if self._float.last.text != "true":
                raise
            self._lower(error)
            return
        if side := self._exact.float_in(claim.source):
            self._lower(
                PageError(
                    f"{claim.source}: {side} is a floating-point number, so nothing was decided exactly",
                    line=claim.line,
                    kind="exact",
                )
            )

    def _is_constant(self, step: Expression | Claim) -> bool:
        """Ask of each expression once whether it is the same, whatever it reads."""
        if not self._asks or step.source in self._asked:
            return False
        self._asked.add(step.source)
        return self._deciding.depends_on_nothing(step)

    def choose(self, choice: Choice) -> Told:
        """Tell one of the cases, or none of a phrase that is optional; say which."""
        self._steps.append(choice)
        with self._kept():
            declared = self._declares(choice)
            if self._alone:
                told = self._float.choose(choice)
                if not declared:
                    self._decided_steadily(choice)
                self._others.follow("choose", choice, told)
                return told
            try:
                told = self._exact.choose(choice)
            except PageError:
                self._float.skip()
                raise
            try:
                if not declared and (
                    side := next(
                        filter(None, (self._exact.float_in(case.source) for case in choice.cases if case.source)), ""
                    )
                ):
                    self._lower(left(f"a case is told by {side}", choice.line))
                    self._decided_steadily(choice)
            except PageError:
                self._float.skip()
                raise
            self._others.follow("choose", choice, told)
            return self._float.choose(choice, told)

    def _decided_steadily(self, choice: Choice) -> None:
        """Refuse a choice that rounding decides."""
        with self._others.asked() as others:
            if others is not None:
                for case in choice.cases:
                    if case.source:
                        others.verdict(case.source, case.line, self._float.verdict(case.source, case.line))
                self._reached = Level.STABLE

    def ask(self, question: Question) -> Told:
        """Put a question, or leave it out; say which of its parts stand on the page."""
        self._steps.append(question)
        with self._kept():
            self._declares(question)
            if self._alone:
                told = self._float.ask(question)
                self._others.follow("ask", question, told)
                return told
            try:
                told = self._exact.ask(question)
            except PageError:
                self._float.ask(question, Told(self.step, question.line, None))
                raise
            self._others.follow("ask", question, told)
            return self._float.ask(question, told)

    def asked(self) -> None:
        """Forget what the last question was put for."""
        self._others.follow("asked")
        self._float.asked()
        if not self._alone:
            self._exact.asked()

    def replace(self, at: int, step: Choice | Question) -> None:
        """Put a choice or a question in its place again, when it is known how many steps each of its parts has."""
        self._steps[at] = step

    def pass_over(self, step: Step) -> None:
        """Keep a step of a case that is not told."""
        self._steps.append(step)
        self.skip(1)

    def skip(self, steps: int) -> None:
        """Pass over steps that are not taken."""
        self._float.skip(steps)
        self._exact.skip(steps)

    def _follow(self, apart: Apart) -> None:
        """Note that the page follows exact arithmetic, unless the texts differ in what they tell of the arithmetic."""
        if self._declared and not is_rounding(apart):
            said = f"{apart}: a cell that is executed and no more has changed it, and not by a name that the page knows"
            raise PageError(said, line=apart.line, kind="exact")
        if tells_arithmetic(apart, self._steps[-1]):
            said = f"{apart}: it tells which arithmetic it was computed in, and not only what came of it"
            raise PageError(said, line=apart.line, kind="exact")
        self.apart.append(apart)


def _noted_growth(noted: list[str], frame: FrameType | None) -> bool:
    """Say whether something that is computed with has grown beyond all use, and note a sentence about it."""
    while frame is not None:
        for value in tuple(frame.f_locals.values()):
            one = value.flat[0] if isinstance(value, np.ndarray) and value.dtype == object and value.size else value
            if isinstance(one, Fraction) and one.denominator.bit_length() > LONG:
                noted.append(f"makes a fraction of more than {int(LONG * log10(2)):,} digits")
                return True
        frame = frame.f_back
    return False


def certify(
    program: Program, lesson: Lesson | None = None, folder: Path | None = None
) -> tuple[Ledger, list[PageError]]:
    """Read a page as a build does, for a lesson; give the ledger of what it says, and the faults that end the build.

    Parameters
    ----------
    program : Program
        The page.
    lesson : Lesson, optional
        Another lesson than the one that is installed.
    folder : Path, optional
        Where the page's cells find files and modules.

    Returns
    -------
    Ledger
        What the page says.
    list of PageError
        The faults, in the order of the page; none where all is well.
    """
    reading = SideBySide(program.page, program.cells, folder=folder, lesson=lesson, drawn=False)
    faults: list[PageError] = []
    try:
        return reading.run(program, faults.append), faults
    finally:
        reading.close()
