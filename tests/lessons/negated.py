"""Turn the predicate of each case round, one at a time: the law has to find it, or it finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fwdpass.page import Program
from tests.lessons.law import read_one
from tests.lessons.made import Made
from tests.lessons.meanings import choices
from tests.mutation.mutant import Book


def negations(program: Program) -> Iterator[tuple[str, Program]]:
    """Give a page once for each case with its predicate negated, and say which."""
    for index, choice in choices(program):
        for place, case in enumerate(choice.cases):
            if case.source:
                other = replace(case, source=f"not ({case.source})")
                cases = (*choice.cases[:place], other, *choice.cases[place + 1 :])
                steps = (*program.steps[:index], replace(choice, cases=cases), *program.steps[index + 1 :])
                yield f"{program.page}.md:{case.line}: {case.source}", replace(program, steps=steps)


def uncaught(book: Book, made: Made) -> list[str]:
    """Name the cases whose predicate can be negated without anything being found for a lesson."""
    found = []
    for page, program in book.programs.items():
        before = set(read_one(book, page, made).stops)
        for name, other in negations(program):
            if not set(read_one(replace(book, programs={page: other}), page, made).stops) - before:
                found.append(f"{name}: negated, it is not found")
    return found
