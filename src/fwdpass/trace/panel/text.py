"""A panel as plain text: every line that ran, and under it what its expressions were worth."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from fwdpass import numerals
from fwdpass.figures import words
from fwdpass.figures.states import State, States
from fwdpass.numerals.writing import Medium
from fwdpass.trace.panel.kinds import Block, Moment, Numbers, Panel, Step, Worth, walk


def draw(panel: Panel, medium: Medium = "code") -> str:
    """Write a panel in lines of text: the script's own, and indented below each, what happened there."""
    width = len(str(panel.blocks[-1].last)) if panel.blocks else 1
    lines = [line for block in panel.blocks for line in _block(block, width, medium)]
    if panel.left_out:
        lines.append(f"… and {words.count(panel.left_out, 'more line')}")
    if panel.notes:
        lines.append(words.count(panel.unexplained, "line") + " without explanation")
    return "\n".join([*lines, *([panel.ended] if panel.ended else [])])


def _block(block: Block, width: int, medium: Medium) -> Iterator[str]:
    for number, line in enumerate(block.lines, block.first):
        yield f"{number:{width}}  {line}".rstrip()
    margin = " " * (width + 4)
    for moment in block.moments:
        if len(block.moments) > 1:
            yield margin + moment.label
        yield from (f"{margin}{line}".rstrip() for line in _moment(moment, medium))


def _moment(moment: Moment, medium: Medium) -> Iterator[str]:
    shown = {step.worth.key: step.code for step in moment.steps if isinstance(step.worth, Numbers)}
    yield from (_step(step, medium) for step in walk(moment.steps))
    for shift in moment.shifts:
        before = f"{_said(shift.before, medium)} → " if shift.before else ""
        same = shown.get(shift.after.key) if isinstance(shift.after, Numbers) else None
        after = same or (_said(shift.after, medium) if shift.after else "deleted")
        yield f"{shift.name}: {before}{after}"
    yield from (f"| {line}" for line in moment.printed.splitlines())
    if moment.failure:
        yield moment.failure


def _step(step: Step, medium: Medium) -> str:
    said = f"{step.code} = {_said(step.worth, medium)}"
    if isinstance(step.how, States):
        said += f" ({', '.join(State.of(z).value for z in step.how.z)})"
    return said


def _said(worth: Worth, medium: Medium) -> str:
    if not isinstance(worth, Numbers):
        return worth.said
    if not worth.rows:
        return f"array {numerals.text(worth.shape)}"
    if not all(isinstance(entry, Fraction) for row in worth.rows for entry in row):
        rows = [[str(entry) for entry in row] for row in worth.rows]
        if not worth.shape:
            return rows[0][0]
        return f"[{', '.join(' '.join(row) for row in rows)}]"
    match len(worth.shape):
        case 0:
            said = numerals.text(worth.rows[0][0], medium=medium)
        case 1:
            said = numerals.text(list(worth.rows[0]), medium=medium)
        case _:
            said = numerals.text([list(row) for row in worth.rows], medium=medium)
    whole = (len(worth.rows), len(worth.rows[0]))[2 - len(worth.shape) :] == worth.shape
    return said if whole else f"{said} … {numerals.text(worth.shape)}"
