"""Read a page: run its program for a lesson and an arithmetic, and keep the ledger."""

from __future__ import annotations

import ast
import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout, suppress
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwdpass.errors import ArgumentError, FwdpassError, NumeralError, PageError
from fwdpass.figures.base import Figure, settled
from fwdpass.numerals.exact import Arithmetic, Rounding, agree, settle
from fwdpass.numerals.writing import Medium, text
from fwdpass.page.constant import is_constant
from fwdpass.page.declared import Contents, Declared, changed, contents
from fwdpass.page.expression import check_hidden
from fwdpass.page.hidden import check_spliced
from fwdpass.page.ipython import without_quiet_magics
from fwdpass.page.ledger import Entry, Kind, Ledger, Told
from fwdpass.page.lesson import Lesson, own_modules, searched
from fwdpass.page.named import Equation
from fwdpass.page.outputs import Output, Printed, Raised, Shown, without_addresses
from fwdpass.page.program import Cell, Choice, Claim, Expression, Program, Question, walk
from fwdpass.page.question import Each, Read, put, right_of
from fwdpass.page.script import Script
from fwdpass.page.shell import STRICT, Shell, Strictness, limited, meant
from fwdpass.page.verdict import decide, refused, sides, values
from fwdpass.page.verdict import verdict as decided
from fwdpass.page.world import Source, World, modules

LISTED = 64
"""Entries of an array whose exact values the ledger keeps, at most."""
LONGEST = 4096
"""Bits of a numerator or denominator that it keeps, at most."""
TIMEOUT = 60.0
"""Seconds that a cell may run."""
LEAVING = 2.0
"""Seconds that the search for what left exact arithmetic may take."""


class Reading:
    """One run of a page, a step at a time.

    ``folder`` is where the page's cells run. Without ``lesson`` they import the modules that
    are on disk; ``own`` are further modules that take the place of those on disk. Unless ``drawn``,
    what cells show is kept as text only. ``beside`` says that another reading takes turns with this one. Raises
    :class:`~fwdpass.errors.PageError` at the step that fails; after a cell, the page is then lost.

    Whether a claim is true is decided by exact arithmetic alone: in floating point, a sum that
    vanishes may end on either side. Unless ``strict``, a claim that is not true is recorded, and
    the reading goes on. A choice is decided in whatever arithmetic the page is read, except for those that another
    reading has ``told``.
    """

    def __init__(
        self,
        page: str,
        *,
        folder: Path | None = None,
        lesson: Lesson | None = None,
        arithmetic: Arithmetic | Rounding = Arithmetic.FLOAT64,
        timeout: float = TIMEOUT,
        drawn: bool = True,
        strict: bool = True,
        own: Iterable[Lesson] = (),
        beside: bool = False,
        told: Iterable[Told] = (),
        allowed: Strictness = STRICT,
    ) -> None:
        self._page = page
        self._strict = strict
        self._exact = self._decides = arithmetic is Arithmetic.EXACT
        others = [each for each in own if lesson is None or each.module != lesson.module]
        lessons = [*([lesson] if lesson is not None else []), *others]
        replaced: dict[str, ModuleType] = {}
        for each in lessons:  # one may import those before it
            with searched(folder), modules(replaced):
                replaced[each.module] = each.load(arithmetic)
        self._world = World(folder, replaced, beside, apart=allowed.jupyter)
        self._shell = Shell(page, arithmetic, timeout, drawn, allowed)
        self._step = -1
        self.value: Any = None  # of the number that was placed last
        self.asks = False  # what cells that nobody sees make their numbers of
        self.taken: list[Source] = []
        self._spliced: set[str] = set()
        self._entries: list[Entry] = []
        self._told: list[Told] = []
        self._as_told = {one.step: one for one in told}
        self._bound: list[dict[str, Any]] = []
        self._asked_for: list[tuple[str, ...]] = []

    @property
    def step(self) -> int:
        """The place among the page's steps of the one that was taken last."""
        return self._step

    @property
    def size(self) -> int:
        """How many entries the ledger has so far."""
        return len(self._entries)

    @property
    def last(self) -> Entry:
        """The entry that was made last."""
        return self._entries[-1]

    def since(self, size: int) -> tuple[Entry, ...]:
        """Give the entries that were made since there were so many."""
        return tuple(self._entries[size:])

    def decide(self) -> None:
        """Let this reading judge claims, since no exact one does."""
        self._decides = True

    @property
    def ledger(self) -> Ledger:
        """What the steps that were taken so far showed."""
        return Ledger(self._page, tuple(self._entries), tuple(self._told))

    def entered(self) -> AbstractContextManager[None]:
        """Be in the page's world for several steps, which then need not enter it one by one."""
        return self._world.entered()

    def cell(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell; give what it shows."""
        self._step += 1
        with self._world.entered():
            outputs = self._run_hidden(cell) if cell.hidden else self._shell.run(cell)
        for output in outputs:
            kind, said = summary(output)
            self._entries.append(Entry(cell.line, kind, cell.source, said, step=self._step))
        return outputs

    def _run_hidden(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell whose code no reader sees; it makes no number of what nobody sees either."""
        check_hidden(cell)
        if not self.asks:
            return self._shell.run(cell)
        before = dict(self._shell.namespace)
        taken: list[Source] = []
        with self._world.noting(self._at(cell.line), taken):
            outputs = self._shell.run(cell)
        self.taken += (replace(one, line=cell.line + one.line - 1) for one in taken)
        check_spliced(cell, before, self._shell.namespace, self._spliced)
        return outputs

    def drawn(self, output: Output) -> Output:
        """Draw what a cell has shown, where only its text was wanted at first."""
        with self._world.entered():
            return output.drawn() if isinstance(output, Shown) else output

    def close(self) -> None:
        """End the reading: what the page had of the process is given back."""
        self._shell.close()
        self._world.close()

    @property
    def opened(self) -> frozenset[Path]:
        """The files that the page has read so far, but for those of libraries."""
        return self._world.opened

    def run(self, program: Program, failed: Callable[[PageError], None] | None = None) -> Ledger:
        """Take the steps of a program, without those of cases that are not told; give the ledger.

        With ``failed``, a step that fails is handed to it, and the reading goes on.
        """
        with self._world.entered():
            walk(program, self, failed)
        return self.ledger

    def number(self, expression: Expression) -> str:
        """Evaluate an expression; give the text that stands in its place."""
        self._step += 1
        taken: list[Source] = []
        with self._world.noting(self._at(expression.line), taken) if self.asks else nullcontext():
            value, said = self.preview(expression)
        self.taken += (replace(one, line=expression.line, taker=expression.written) for one in taken)
        self.value = value
        rounded = self._exact and is_rounded(value)
        exact = "" if rounded else _exact(value)
        entry = Entry(
            expression.line, "number", expression.written, said, exact, expression.medium, rounded, self._step
        )
        self._entries.append(entry)
        return said

    def preview(self, expression: Expression) -> tuple[Any, str]:
        """Give the value of an expression, and its text, without a place on the page."""
        with self._world.visited():
            try:
                value = self._shell.value(expression.source, self._at(expression.line))
                return value, _written(value, expression.spec, expression.medium)
            except Exception as error:
                raise PageError(
                    f"{expression.source}: {_cause(error, self._shell.namespace)}", line=expression.line, kind="number"
                ) from None

    def claim(self, claim: Claim) -> None:
        """Judge a claim, and record the verdict."""
        self._step += 1
        said = self.verdict(claim.source, claim.line)
        self._entries.append(Entry(claim.line, "claim", claim.source, said, step=self._step))
        if said != "true" and self._strict and self._decides:
            with self._world.visited():
                raise PageError(refused(claim, said, self._shell.namespace), line=claim.line, kind="claim")

    def choose(self, choice: Choice, told: Told | None = None) -> Told:
        """Tell one of the cases, or none of a phrase that is optional; say which.

        ``told`` is what another reading has chosen.
        """
        self._step += 1
        told = told or self._as_told.get(self._step)
        if told is None:
            verdicts = [self.verdict(case.source, case.line) for case in choice.cases if case.source]
            chosen = decide(choice, verdicts)
            if isinstance(chosen, str):
                with self._world.visited():
                    named = values([case.source for case in choice.cases if case.source], self._shell.namespace)
                raise PageError(f"{chosen}{named}", line=choice.line, kind="claim")
            told = Told(self._step, choice.line, chosen, () if chosen is None else (chosen,))
        self._told.append(told)
        if told.case is not None:
            one = choice.cases[told.case]
            held = choice.source_of(told.case)
            self._entries.append(Entry(one.line, "case", held, one.source or "otherwise", step=self._step))
        return told

    def ask(self, question: Question, told: Told | None = None) -> Told:
        """Put a question, or leave it out; say which of its parts stand on the page.

        What it is put for is bound until it has been :meth:`asked`. ``told`` is how another reading has put it.
        """
        self._step += 1
        told = told or self._as_told.get(self._step)
        each = Each.of(question.each) if question.each else None
        names = each.names if each is not None else ()
        self._bound.append({name: self._shell.namespace[name] for name in names if name in self._shell.namespace})
        self._asked_for.append(names)
        with self._world.visited():
            if told is None:
                told = self._put(question, each)
            elif each is not None and told.case is not None:
                self._shell.bind(each.target, self._all(each, question.line)[told.case])
        self._told.append(told)
        if told.right is not None:
            said = f"{question.options[told.right - 1].expression.source} == {question.answer}"
            self._entries.append(Entry(question.line, "claim", said, "true", step=self._step))
        return told

    def asked(self) -> None:
        """Forget what the last question was put for: its names are again what the page had made of them."""
        before = self._bound.pop()
        for name in self._asked_for.pop():
            self._shell.namespace.pop(name, None)
        self._shell.namespace.update(before)

    def skip(self, steps: int = 1) -> None:
        """Pass over steps that are not taken, as those of a case that is not told."""
        self._step += steps

    def _put(self, question: Question, each: Each | None) -> Told:
        """Find the first thing for which enough options differ, and say how the question is put."""
        marked = next((place for place, option in enumerate(question.options) if option.right), None)
        for case, value in enumerate(self._all(each, question.line) if each is not None else [None]):
            if each is not None:
                self._shell.bind(each.target, value)
            answer = Read(*self.preview(Expression(question.answer, question.line)))
            options = [self._computed(option.expression) for option in question.options]
            right = right_of(answer, options, marked)
            if isinstance(right, str):
                named = values([question.answer], self._shell.namespace)
                raise PageError(f"{question.answer}: {right}{named}", line=question.line, kind="claim")
            if kept := put(options, right, question.most):
                return Told(self._step, question.line, case, (0, *(1 + place for place in kept)), 1 + right)
        return Told(self._step, question.line, None, (len(question.options) + 1,))

    def _computed(self, expression: Expression) -> Read | None:
        """Read an option; nothing comes of a mistake that NumPy refuses, or that leads beyond the end of an array."""
        try:
            value = self._shell.value(expression.source, self._at(expression.line))
        except (ValueError, IndexError):
            return None
        except Exception as error:
            raise PageError(
                f"{expression.source}: {_cause(error, self._shell.namespace)}", line=expression.line, kind="number"
            ) from None
        return Read(value, self.preview(expression)[1])

    def _all(self, each: Each, line: int) -> list[Any]:
        """Give everything that a question may be put for."""
        try:
            found: list[Any] = self._shell.value(each.source, self._at(line))
        except Exception as error:
            raise PageError(f"{each.source}: {_cause(error, self._shell.namespace)}", line=line, kind="claim") from None
        return found

    def depends_on_nothing(self, step: Expression | Claim) -> bool:
        """Say whether a step says the same, whatever the values are that it reads."""
        with self._world.visited():
            return is_constant(step.source, self._shell.namespace, predicate=isinstance(step, Claim))

    def float_in(self, source: str) -> str:
        """Give a side of a comparison in a predicate that is a floating-point number, or nothing."""
        with self._world.visited():
            return self._first_rounded(sides(source), "<a side of a comparison>")

    def _first_rounded(self, parts: Iterable[ast.expr], called: str) -> str:
        for node in parts:
            try:
                value = self._shell.value(ast.unparse(node), called)
            except Exception:  # noqa: S112 - what a comprehension binds has no value here
                continue
            if is_rounded(value):
                return ast.unparse(node)
        return ""

    def contents(self) -> Contents:
        """Give what is in each name of the page, to be compared when a cell has run."""
        return contents(self._shell.namespace)

    def changed(self, before: Contents, source: str) -> set[str]:
        """Find the names that a cell has made or changed since."""
        return changed(before, self._shell.namespace, source)

    def declare(self, declared: Declared, names: Iterable[str], why: str) -> None:
        """Note the names that a declared cell has made."""
        declared.add(names, why, self._shell.namespace)

    def reason(self, declared: Declared, source: str) -> str:
        """Say why what a source reads was executed and no more; nothing where it reads nothing of the kind."""
        return declared.reason(source, self._shell.namespace) if declared else ""

    @contextmanager
    def renewing(self, declared: Declared) -> Iterator[None]:
        """Let a cell run that reads nothing declared: names that it makes anew are declared no longer."""
        held = self._shell.namespace
        before = declared.held(held)
        yield
        declared.forget(name for name, value in before.items() if held.get(name) is not value)

    def take_over(self, names: set[str], other: Reading) -> None:
        """Let names have the values that they have in another reading, and be gone where they are gone there."""
        theirs = other._shell.namespace
        for name in names:
            if name in theirs:
                self._shell.namespace[name] = theirs[name]
            else:
                self._shell.namespace.pop(name, None)

    def floating(self, source: str = "", *, within: bool = False) -> str:
        """Give a name of the page that has a floating-point value, of those that a cell reads or of all; or nothing.

        With ``within``, it may be that of a list or the like which has one in it.
        """
        held = self._shell.namespace
        tree = ast.walk(ast.parse(without_quiet_magics(source)))
        names = {node.id for node in tree if isinstance(node, ast.Name)} if source else held
        found = (name for name in names if name in held and is_rounded(held[name]))
        inside = (name for name in names if within and name in held and _has_rounded(held[name]))
        return next(chain(found, inside), "")

    def leaving(self, source: str) -> str:
        """Give the innermost part of an expression that is a floating-point number, or nothing."""
        with self._world.visited(), redirect_stdout(io.StringIO()), limited(LEAVING):
            return self._first_rounded(_inner_first(ast.parse(source, mode="eval").body), "<a part of an expression>")

    def hold(self, equation: Equation, line: int) -> None:
        """Refuse an equation whose sides differ, as far as the page knows what stands on them.

        Parameters
        ----------
        equation
            What the page says to be equal; of the ways to read a side, meant is the one that fits.
        line
            Where it stands.

        Raises
        ------
        PageError
            Where the page can evaluate each side, and they differ.
        """
        left, right = equation.left, equation.right
        with self._world.visited(), np.errstate(all="ignore"):
            known = self._numbers(left.spellings, line)
            values = self._numbers(right.spellings, line) if known else []
            pairs = [(one, other) for one in known for other in values]
            if not pairs or any(one.size == other.size and agree(one.ravel(), other.ravel()) for one, other in pairs):
                return
            # an entry is no array: where a name may be read in two ways, it is the one that fits
            alike = [pair for pair in pairs if pair[0].shape == pair[1].shape]
            if not alike and not equation.formula:
                return
            one, other = (_written(value[()], "", "text") for value in (alike or pairs)[0])
        raise PageError(
            f"{left.shown} is {one}, and {right.shown} stands beside it, which is {other}: "
            "show the value that the name has, or name what has this value",
            line=line,
            kind="number",
        )

    def _numbers(self, sources: Iterable[str], line: int) -> list[NDArray[Any]]:
        """Evaluate what the page knows, and keep what is made of numbers."""
        found = []
        for source in sources:
            with warnings.catch_warnings(), suppress(Exception):  # the page has no such name, or it is no number
                warnings.simplefilter("ignore")
                value = np.asarray(self._shell.value(source, self._at(line)))
                if value.size and agree(value, value):
                    found.append(value)
        return found

    def check(self, expression: str, script: Script, *, claimed: bool) -> None:
        """Refuse an expression about a script that reads the page's values in its place: as ``Script.check`` does."""
        with self._world.visited():
            script.check(expression, self._shell.namespace, claimed=claimed)

    def _at(self, line: int) -> str:
        return f"<{self._page}, line {line}>"

    def verdict(self, source: str, line: int) -> str:
        """Say what a predicate is worth, without a place on the page: ``true``, ``false``, or why it is neither."""
        with self._world.visited():
            try:
                return decided(self._shell.value(source, self._at(line)))
            except Exception as error:
                return f"raises {_cause(error, self._shell.namespace)}"


def read(
    program: Program,
    lesson: Lesson | None = None,
    arithmetic: Arithmetic | Rounding = Arithmetic.FLOAT64,
    folder: Path | None = None,
    *,
    strict: bool = True,
    told: Iterable[Told] = (),
) -> Ledger:
    """Run a page's program from its start, and give its ledger; the arguments are those of :class:`Reading`.

    Parameters
    ----------
    program : Program
        The page.
    lesson, arithmetic, folder, strict, told
        As for :class:`Reading`.

    Returns
    -------
    Ledger
        What the page says.

    Raises
    ------
    PageError
        At a fault, where the reading is strict.

    Examples
    --------
    >>> cells = Cell("from fwdpass.lesson import b1", line=1), Expression("b1[0]", line=2)
    >>> read(Program("page", cells)).entries[0].text
    '0.1'
    """
    own = own_modules(program.cells, folder) if arithmetic is not Arithmetic.FLOAT64 else ()
    reading = Reading(
        program.page,
        folder=folder,
        lesson=lesson,
        arithmetic=arithmetic,
        drawn=False,
        strict=strict,
        own=own,
        told=told,
    )
    try:
        return reading.run(program)
    finally:
        reading.close()


def _has_rounded(value: Any) -> bool:
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else ()
    return any(map(is_rounded, entries))


def _inner_first(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        yield from _inner_first(child)
    if isinstance(node, ast.expr) and not isinstance(node, ast.Constant | ast.Slice | ast.Starred):
        yield node


def _written(value: Any, spec: str, medium: Medium) -> str:
    if isinstance(value, Figure):
        return value.text(medium)
    return text(value, spec, medium)


def summary(output: Output) -> tuple[Kind, str]:
    """Say what a cell shows as the ledger has it: the kind, and the text."""
    match output:
        case Printed(said):
            return "print", said
        case Shown():
            return "result", without_addresses(output.text)
        case Raised(name, message):
            return "error", f"{name}: {message}"


def _exact(value: Any) -> str:
    """Write a value as rationals, unless it is none, such as NaN, or too long for anybody."""
    with suppress(NumeralError, ArgumentError):
        return _rationals(value)
    return ""


def _rationals(value: Any) -> str:
    if isinstance(value, int | float | Fraction | np.integer | np.floating):
        value = np.array(settle(value), dtype=object)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iufO" or value.size > LISTED:
        return ""
    exact = settled(value)
    if any(max(entry.numerator.bit_length(), entry.denominator.bit_length()) > LONGEST for entry in exact.flat):
        return ""
    return _listed(exact.tolist())


def _listed(values: Any) -> str:
    return f"[{', '.join(map(_listed, values))}]" if isinstance(values, list) else str(values)


def is_rounded(value: Any) -> bool:
    """Say whether a value is a floating-point number, or an array of those."""
    if isinstance(value, np.ndarray):
        # NaN among fractions is none of them
        return value.dtype.kind in "fc" or (
            value.dtype.kind == "O" and any(isinstance(one, float) for one in value.flat)
        )
    return isinstance(value, float | complex | np.inexact) or hasattr(value, "nominal_value")


def _cause(error: Exception, names: Iterable[str] = ()) -> str:
    if isinstance(error, FwdpassError):
        return str(error)
    if isinstance(error, NameError):
        return f"{type(error).__name__}: {error}{meant(error, names)}"
    return f"{type(error).__name__}: {error}"
