"""A script in blocks: the lines of a statement stay together, and so do those between statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fwdpass.errors import ScriptError
from fwdpass.numerals.letters import counted
from fwdpass.trace.panel.facts import Block
from fwdpass.trace.record import Trace

LINES = 400
"""Lines of a script that are shown; of one that is longer, the beginning is."""
WIDE = 1_000
"""Characters of a line that are shown."""


def lines_of(trace: Trace) -> list[str]:
    """Give the lines of a script, without the empty ones at its end."""
    lines = [line.rstrip("\n") for line in trace.lines]
    while lines and not lines[-1]:
        lines.pop()
    return [line if len(line) <= WIDE else f"{line[: WIDE - 1]}…" for line in lines]


def blocks_of(trace: Trace) -> Iterator[Block]:
    """Divide the lines that are shown."""
    lines = lines_of(trace)[:LINES]
    last: dict[int, int] = {}
    for statement in trace.statements:
        start, end = statement.place.line, statement.place.end_line
        last[start] = max(end, last.get(start, 0))
    at = 1
    while at <= len(lines):
        end = at
        if at in last:
            # a statement may begin on the line where another ends
            while (further := max(last.get(i, 0) for i in range(at, end + 1))) > end:
                end = further
            end = min(end, len(lines))
        else:
            while end < len(lines) and end + 1 not in last:
                end += 1
        yield Block(at, tuple(lines[at - 1 : end]))
        at = end + 1


def block_of(blocks: Sequence[Block], code: str) -> int:
    """Find the block that has a line; see :func:`line_of`."""
    line = line_of([line for block in blocks for line in block.lines], code)
    return next(i for i, block in enumerate(blocks) if line <= block.last)


def line_of(lines: Sequence[str], code: str) -> int:
    """Give the number of the line that is this code, or starts with it; blanks do not matter.

    Raises
    ------
    ScriptError
        Where there is no such line, or where there are several.

    Examples
    --------
    >>> line_of(["a = 1", "ab = 2"], "a ="), line_of(["a", "ab"], "a")
    (1, 1)
    """
    wanted = " ".join(code.split())
    folded = [" ".join(line.split()) for line in lines]
    starts = [at for at, line in enumerate(folded, 1) if wanted and line.startswith(wanted)]
    found = [at for at in starts if folded[at - 1] == wanted] or starts
    if not found:
        raise ScriptError(f"no line of the script starts with {code!r}: write the line, or the beginning of it")
    if len(found) > 1:
        raise ScriptError(
            f"{counted(len(found), 'line')} of the script start with {code!r}: write as much of the line as it "
            "takes to tell them apart"
        )
    return found[0]
