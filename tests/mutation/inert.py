"""Find what nothing moves, and what moves nothing; each is a fault, unless a reason explains it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fwdpass.errors import FwdpassError
from fwdpass.page import Cell, Choice, Claim, Expression, Lesson, Program, Question
from tests.mutation.account import Account, label
from tests.mutation.mutant import Book, Mutant
from tests.mutation.reread import Pair

STATED = frozenset(("parameter", "pixel", "shape", "operation", "cell literal", "quick check"))
"""Kinds of mutants that have to move something: what is stated on a page or in the lesson is stated for a reason.

The plus before a zero may as well be a minus, a file may keep more than a page shows, and an operation may be in a
home without being shown from there: the report has those that move nothing, and they are no faults.
"""


@dataclass(frozen=True)
class Place:
    """Something that a page shows or claims, and the indices of the mutants that it answers to.

    It answers by moving, or by ending the build; or it would move, if the build had not ended above it.
    ``reads_lesson`` says whether its value is computed from the lesson's names; then ``by_lesson`` must not be empty: a
    number that reads the loss, and follows only a literal of the page's own, is a typed number in disguise.
    """

    page: str
    step: int
    line: int
    kind: str
    source: str
    text: str
    reads_lesson: bool
    movers: frozenset[int]
    refusers: frozenset[int]
    by_lesson: frozenset[int]

    @property
    def inert(self) -> bool:
        """Whether no mutant that ought to move it does."""
        if self.reads_lesson and self.kind != "claim":
            return not self.by_lesson
        return not self.movers | self.refusers


@dataclass(frozen=True)
class Reasons:
    """Why some places are inert, and some literals idle: by page, and expression or line of code."""

    inert: Mapping[tuple[str, str], str]
    idle: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, path: Path) -> Reasons:
        """Read a file of reasons; one that is not there has none."""
        if not path.exists():
            return cls({}, {})
        try:
            data = tomllib.loads(path.read_text("utf-8"))
            tables = {name: data.pop(name, []) for name in ("inert", "idle")}
            inert = {(row["page"], one): row["reason"] for row in tables["inert"] for one in _each(row["expression"])}
            idle = {(row["page"], one): row["reason"] for row in tables["idle"] for one in _each(row["code"])}
        except tomllib.TOMLDecodeError as error:
            raise FwdpassError(f"{path} is not TOML: {error}") from None
        except (KeyError, TypeError):
            raise FwdpassError(
                f"{path} has an entry without its three keys: [[inert]] has page, expression and reason, "
                "[[idle]] has page, code and reason"
            ) from None
        if data:
            raise FwdpassError(f"{path} has a table {next(iter(data))!r}; there are [[inert]] and [[idle]]")
        return cls(inert, idle)


def _each(written: str | list[str]) -> list[str]:
    """Take what one reason is for: a text, or a list of them."""
    return [written] if isinstance(written, str) else written


def places(
    book: Book, mutants: Sequence[Mutant], accounts: Sequence[Account], before: Mapping[str, Pair]
) -> list[Place]:
    """Gather what every place of the book answered to."""
    moved: dict[tuple[str, int], set[int]] = {}
    refused: dict[tuple[str, int], set[int]] = {}
    for number, account in enumerate(accounts):
        for verdict in account.verdicts:
            for place in verdict.moved | verdict.beyond:
                moved.setdefault((verdict.page, place), set()).add(number)
            for place in verdict.refused:
                refused.setdefault((verdict.page, place), set()).add(number)
    of_mark = {number for number, mutant in enumerate(mutants) if mutant.kind == "quick check"}
    of_page = {number for number, mutant in enumerate(mutants) if mutant.page}
    found = []
    for name, program in book.programs.items():
        reads = readers(program, book.lesson)
        for index, step in enumerate(program.steps):
            entries = before[name].shown.entries(index)
            if not entries:
                continue
            movers, refusers = moved.get((name, index), set()), refused.get((name, index), set())
            if not isinstance(step, Question):  # a wrong mark says nothing of the numbers that stand in the question
                movers, refusers = movers - of_mark, refusers - of_mark
            source = entries[0].source if not isinstance(step, Cell) else label(step.source)
            kind = entries[0].kind
            text = "claimed" if isinstance(step, Claim) else entries[0].text
            sets = map(frozenset, (movers, refusers, (movers | refusers) - of_page))
            found.append(Place(name, index, step.line, kind, source, text, index in reads, *sets))
    return found


def readers(program: Program, lesson: Lesson) -> frozenset[int]:
    """Give the steps whose value is computed from the lesson: they read its names, or names made from these."""
    tainted: set[str] = set()
    found = set()
    for index, step in enumerate(program.steps):
        if isinstance(step, Expression | Claim | Choice | Question):
            reads = _reads(ast.parse(step.source), tainted)
        else:
            reads = [_taint(statement, tainted, lesson) for statement in ast.parse(step.source).body].count(True) > 0
        if reads:
            found.add(index)
    return frozenset(found)


def _taint(statement: ast.stmt, tainted: set[str], lesson: Lesson) -> bool:
    """Follow one statement: what it binds is tainted if it reads something that is."""
    package, _, child = lesson.module.rpartition(".")
    match statement:
        case ast.ImportFrom(module=module, names=[ast.alias("*")]) if module == lesson.module:
            stored = (node for node in ast.walk(ast.parse(lesson.source)) if isinstance(node, ast.Name))
            tainted.update(node.id for node in stored if isinstance(node.ctx, ast.Store))
            return True
        case ast.ImportFrom(module=module, names=names) if module == lesson.module:
            tainted.update(alias.asname or alias.name for alias in names)
            return True
        case ast.ImportFrom(module=module, names=names) if module == package:
            tainted.update(alias.asname or alias.name for alias in names if alias.name == child)
            return False
    bound = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound -= _local(statement)
    if isinstance(statement, ast.FunctionDef):
        bound = {statement.name}
    if _reads(statement, tainted):
        tainted.update(bound)
        return True
    if isinstance(statement, ast.Assign | ast.FunctionDef):
        tainted.difference_update(bound)
    return False


def _reads(tree: ast.AST, tainted: set[str]) -> bool:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    own = _local(tree)
    return any(node.id in tainted - own for node in names if isinstance(node.ctx, ast.Load))


def _local(tree: ast.AST) -> set[str]:
    """Give the names that comprehensions bind for themselves."""
    targets = [node.target for node in ast.walk(tree) if isinstance(node, ast.comprehension)]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def faults(
    found: Sequence[Place], mutants: Sequence[Mutant], accounts: Sequence[Account], reasons: Reasons
) -> Iterator[str]:
    """Give a sentence for every inert place and idle mutant without a reason, and for every reason without either."""
    unused = dict.fromkeys(reasons.inert)
    for place in found:
        if place.inert:
            unused.pop((place.page, place.source), None)
            if (place.page, place.source) not in reasons.inert:
                yield f"{place.page}.md:{place.line}: {place.source}: {_why(place)}"
    for page, expression in unused:
        yield f"{page}.md: {expression}: a reason says that nothing moves it, and something does, or it is not there"
    stale = dict.fromkeys(reasons.idle)
    for mutant, account in zip(mutants, accounts, strict=True):
        if mutant.kind in STATED and not account.moved and not account.stops:
            stale.pop((mutant.page, mutant.code), None)
            if (mutant.page, mutant.code) not in reasons.idle:
                yield f"{mutant.name}: the change moves nothing, and nothing fails"
    for page, code in stale:
        yield f"{page}.md: {code}: a reason says that its literals move nothing, and they do, or are not there"


def _why(place: Place) -> str:
    if place.kind == "claim":
        return "no mutant makes the claim false, so nobody knows that it can fail"
    if place.movers:
        return (
            f"it reads the lesson, and no change of the lesson moves it from {place.text}, only a literal of the page"
        )
    return f"no mutant moves it from {' '.join(place.text.split())}, so it may as well have been typed"
