"""The cell magic ``%%trace``: a notebook's cell, run once, with what every expression in it was worth."""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Let a notebook have ``%%trace``, after ``%load_ext fwdpass``.

    The cell runs in the notebook's own names, and what it gives is what ``fp.trace`` gives.
    """

    def trace(line: str, cell: str) -> Any:
        """Run a cell, and show for each line what every expression in it was worth."""
        from fwdpass.trace.run import traced
        from fwdpass.trace.scripts import Script
        from fwdpass.trace.view import TraceView

        script = Script(cell, "<cell>", ["<cell>", *line.split()])
        script.namespace = shell.user_ns
        view = TraceView(traced(script))
        if script.error is not None and not isinstance(script.error, SystemExit):
            # The notebook shows the exception as it always does; the trace, which says what led to it, before that.
            print(view)  # noqa: T201 - a cell that fails has no value to show
            raise script.error
        return view

    shell.register_magic_function(trace, "cell", "trace")
