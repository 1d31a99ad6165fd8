"""What is said of a change, once: how many places follow it, and what a book wants to be said of it, too."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from fwdpass.numerals.exact import Arithmetic
from fwdpass.numerals.writing import text
from fwdpass.page.expression import HOLE, parse_expression
from fwdpass.page.lesson import Lesson
from fwdpass.page.program import Cell, Program
from fwdpass.page.reading import read
from fwdpass.page.record import DESCRIPTION, FOOT


def said_of(places: Iterable[str], says: str, lesson: Lesson) -> str:
    """Say how many places have changed, and a sentence whose holes are filled with a lesson's names."""
    count = len({*places} - {FOOT, DESCRIPTION})
    changed = f"{text(count)} {'place' if count == 1 else 'places'} changed"
    more = _filled(says, lesson)
    return f"{changed}; {more}." if more else f"{changed}."


@lru_cache(maxsize=64)
def _filled(says: str, lesson: Lesson) -> str:
    asked = [parse_expression(found, 1) for found in HOLE.findall(says)]
    program = Program("conf", (Cell(f"from {lesson.module} import *", 1), *asked))
    entries = iter(read(program, lesson, Arithmetic.EXACT).entries)
    return HOLE.sub(lambda _: next(entries).text, says)
