"""What a panel says in sentences, whatever it is written in."""

from __future__ import annotations

from collections.abc import Sequence

from fwdpass import numerals
from fwdpass.figures.words import count
from fwdpass.trace.panel.facts import Again, Moment, Panel

ONLY = ("the start", "the call", "the definition")
"""What the runs are called that say of themselves neither a turn nor a call."""
_MANY = {"part of an array": "parts of arrays", "run": "runs of lines"}


def again(worth: Again) -> tuple[str, str, str]:
    """Say where numbers stand already: what comes before the name of the line, its name, and what comes after."""
    after = f" ({worth.moment})" if worth.moment else ""
    return f"an array of shape {numerals.text(worth.shape)}, as on ", f"line {numerals.text(worth.line)}", after


def unexplained(panel: Panel) -> str:
    """Say how many lines have no note; nothing where the author wrote none at all."""
    if not panel.notes:
        return ""
    n = panel.unexplained
    said = f"{count(n, 'line')} without explanation" if n else "every line that ran is explained"
    return said[0].upper() + said[1:]


def which(moment: Moment) -> str:
    """Say which run of its line a moment is that has the line for itself; nothing where there was only one."""
    return "" if moment.label in ONLY else moment.label


def more_lines(panel: Panel) -> str:
    """Say how many lines are not shown."""
    return f"… and {count(panel.lines_left, 'more line')}" if panel.lines_left else ""


def more_printed(moment: Moment) -> str:
    """Say how much was printed that is not shown."""
    return f"… and {count(moment.unseen, 'more character')}" if moment.unseen else ""


def left_out(panel: Panel) -> str:
    """Say what would have made the panel too large."""
    counted = [count(n, one, _MANY.get(one, "")) for n, one in panel.left_out]
    return f"Left out, to keep this small: {listed(counted)}." if counted else ""


def listed(parts: Sequence[str]) -> str:
    """Join parts as a sentence does.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *some, last = parts
    return f"{', '.join(some)} and {last}" if some else last
