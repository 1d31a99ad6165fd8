"""The cell magic ``%%trace``: a notebook's cell, run once, with the value of every expression in it."""

from __future__ import annotations

import argparse
import ast
import re
from itertools import count
from typing import Any

from fwdpass.errors import TraceError

_NUMBERS = count(1)
_MAGIC = re.compile(r"\s*([%!]\S*)")


def load_ipython_extension(shell: Any) -> None:
    """Let a notebook have ``%%trace``, after ``%load_ext fwdpass``.

    The cell runs in the notebook's own names, and what it gives is what ``fp.trace`` gives. ``%%trace --first N`` says
    how many visits of a line are kept; what follows the options is in ``sys.argv``.
    """

    def trace(line: str, cell: str) -> Any:
        """Run a cell, and show for each line the value of every expression in it."""
        from fwdpass.trace.limits import Limits
        from fwdpass.trace.run import traced
        from fwdpass.trace.scripts import Script
        from fwdpass.trace.view import TraceView

        first, arguments = _asked(line)
        _check(cell)
        name = f"<traced cell {next(_NUMBERS)}>"  # each cell its own, for tracebacks and inspect.getsource
        script = Script(cell, name, [name, *arguments])
        script.namespace = shell.user_ns
        view = TraceView(traced(script, Limits(first=first)))
        if script.error is not None and not isinstance(script.error, SystemExit):
            # The notebook shows the exception as it always does; the trace, which says what led to it, before that.
            print(view)  # noqa: T201 - a cell that fails has no value to show
            raise script.error
        return view

    shell.register_magic_function(trace, "cell", "trace")


class Refused(TraceError):
    """What was asked cannot be traced; a notebook shows the sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Give what IPython shows of an exception that has this method."""
        return [f"TraceError: {self}"]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise Refused(f"%%trace: {message}")


def _asked(line: str) -> tuple[int, list[str]]:
    """Take the line of the magic apart: the options of the command that mean something in a notebook, and the rest."""
    from fwdpass.commands import count as whole
    from fwdpass.trace.limits import Limits

    parser = _Parser(prog="%%trace", add_help=False)
    parser.add_argument("--first", type=whole, default=Limits().first)
    words = line.split()
    end = words.index("--") if "--" in words else len(words)
    asked, rest = parser.parse_known_args(words[:end])
    unknown = next((word for word in rest if word.startswith("-")), None)
    if unknown is not None:
        raise Refused(f"%%trace has no option {unknown}: it has --first N, and what is the cell's own stands after --")
    return asked.first, [*rest, *words[end + 1 :]]


def _check(cell: str) -> None:
    """Refuse what only a notebook runs, as what it is. Raises :class:`~fwdpass.errors.TraceError`."""
    try:
        compile(cell, "<cell>", "exec", dont_inherit=True)
    except SyntaxError:
        for number, line in enumerate(cell.splitlines(), 1):
            if found := _MAGIC.match(line):
                raise Refused(
                    f"line {number} of the cell has {found[1]!r}, which is IPython's, and only Python can be traced: "
                    "put it into a cell of its own"
                ) from None
        try:
            compile(cell, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError:
            return  # Python says what is wrong
        raise Refused(
            "the cell awaits outside of a function, which only a notebook can do: put it into an async function, "
            "and await that in a cell of its own"
        ) from None
