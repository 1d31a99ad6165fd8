"""A panel as plain text: every line that ran, and under it what its expressions were worth."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from fwdpass import numerals
from fwdpass.figures.states import State, States
from fwdpass.figures.words import cells
from fwdpass.numerals.writing import Medium
from fwdpass.trace.panel import sentences
from fwdpass.trace.panel.facts import Again, Block, Evaluation, InWords, Moment, Numbers, Panel, Worth, walk


def draw(panel: Panel, medium: Medium = "code") -> str:
    """Write a panel in lines of text: the script's own, and indented below each, what happened there."""
    width = len(str(panel.blocks[-1].last)) if panel.blocks else 1
    lines = [line for block in panel.blocks for line in _block(block, width, medium)]
    below = (sentences.more_lines(panel), sentences.left_out(panel), sentences.unexplained(panel), panel.ended)
    return "\n".join([*lines, *filter(None, below)])


def _block(block: Block, width: int, medium: Medium) -> Iterator[str]:
    for number, line in enumerate(block.lines, block.first):
        yield f"{number:{width}}  {line}".rstrip()
    margin = " " * (width + 4)
    for moment in block.moments:
        if moment.gap:
            yield margin + moment.gap
        if len(block.moments) > 1:
            yield margin + moment.label
        yield from (f"{margin}{line}".rstrip() for line in _moment(moment, medium))
    yield from (margin + said for said in block.rest)


def _moment(moment: Moment, medium: Medium) -> Iterator[str]:
    shown = {each.worth.key: each.code for each in moment.evaluations if isinstance(each.worth, Numbers)}
    yield from (_evaluation(each, medium) for each in walk(moment.evaluations))
    yield from moment.skipped
    for shift in moment.shifts:
        before = f"{_said(shift.before, medium)} → " if shift.before else ""
        same = shown.get(shift.after.key) if isinstance(shift.after, Numbers) else None
        after = same or (_said(shift.after, medium) if shift.after else "deleted")
        yield f"{shift.name}: {before}{after}"
    yield from (f"| {line}" for line in moment.printed.splitlines())
    if moment.failure:
        yield moment.failure


def _evaluation(evaluation: Evaluation, medium: Medium) -> str:
    said = f"{evaluation.code} = {_said(evaluation.worth, medium)}"
    if isinstance(evaluation.how, States):
        said += f" ({', '.join(State.of(z).value for z in evaluation.how.z)})"
    return said


def _said(worth: Worth, medium: Medium) -> str:
    match worth:
        case InWords(said):
            return said
        case Again():
            return "".join(sentences.again(worth))
    if not worth.rows:
        return f"array {numerals.text(worth.shape)}"
    if not all(isinstance(entry, Fraction) for row in worth.rows for entry in row):
        rows = [[str(entry) for entry in row] for row in worth.rows]
        if not worth.shape:
            return rows[0][0]
        return f"[{', '.join(' '.join(row) for row in rows)}]"
    texts = [f"[{', '.join(row)}]" for row in cells(worth.rows, medium)]
    match len(worth.shape):
        case 0:
            said = texts[0][1:-1]
        case 1:
            said = texts[0]
        case _:
            said = f"[{', '.join(texts)}]"
    whole = (len(worth.rows), len(worth.rows[0]))[2 - len(worth.shape) :] == worth.shape
    return said if whole else f"{said} … {numerals.text(worth.shape)}"
