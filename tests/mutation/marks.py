"""Mutants of quick checks: another option is marked as the right one.

The answer of a quick check is computed, and which option is right is decided by comparing values. No change of the
lesson makes the two differ where both are computed from it; a mark on a wrong option does, and has to end the build.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fwdpass.page import Question
from tests.mutation.mutant import Book, Mutant
from tests.mutation.reread import reread


def of_marks(book: Book) -> Iterator[Mutant]:
    """Mark a wrong option of each quick check that is put, the first that a reader is offered."""
    for page, program in book.programs.items():
        if not any(isinstance(step, Question) for step in program.steps):
            continue
        for told in reread(program, book.lesson, book.folder).told:
            step = program.steps[told.step]
            if not isinstance(step, Question) or told.right is None:
                continue
            wrong = next(part for part in told.parts if part not in (0, told.right)) - 1
            options = tuple(replace(option, right=place == wrong) for place, option in enumerate(step.options))
            steps = (*program.steps[: told.step], replace(step, options=options), *program.steps[told.step + 1 :])
            yield Mutant(
                f"{page}.md:{step.line}: {options[wrong].expression.source} marked as right",
                "quick check",
                book.lesson,
                programs={page: replace(program, steps=steps)},
                page=page,
                code=step.answer,
            )
