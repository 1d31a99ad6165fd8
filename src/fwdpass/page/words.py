"""The words that a reading of a page tells: those of the case that holds, with the numbers in their places."""

from __future__ import annotations

import re

from fwdpass.page.ledger import Ledger, Told
from fwdpass.page.program import Choice, Program

_NUMBER = re.compile(r"\{n\}`([^`]+)`|\\n\{((?:[^{}]|\{[^{}]*\})*)\}")
"""A number in Markdown: in a role, or in a hole."""


def words(program: Program, told: Told, ledger: Ledger) -> str:
    """Give the words of the case that was told, as Markdown, with the text of each number in its place.

    Nothing, where no case was. The words of cases within it stand there as they were written, all of them.
    """
    choice = program.steps[told.step]
    if told.case is None or not isinstance(choice, Choice):
        return ""
    start = told.step + 1 + sum(choice.parts[: told.case])
    here = range(start, start + choice.parts[told.case])
    texts = {entry.source: entry.text for entry in ledger.entries if entry.kind == "number" and entry.step in here}

    def filled(number: re.Match[str]) -> str:
        written = (number[1] or number[2]).strip()
        return texts.get(written) or texts.get(re.sub(r"\s*:\s*(?=[^:]*$)", ":", written), number[0])

    return _NUMBER.sub(filled, choice.cases[told.case].said)
