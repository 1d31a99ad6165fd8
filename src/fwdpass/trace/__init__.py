r"""Run a script once, and keep the value of every expression.

The syntax tree of the script is instrumented: each expression is evaluated once, as ever, and its value is copied then
and there. Nothing else about the run changes: not its output, its exceptions, its exit status, nor what it leaves.

>>> from fwdpass.trace import traced_source
>>> trace = traced_source("a = [1]\nb = a\nb.append(a[0] + 1)")
>>> [(change.name, change.how) for change in trace.visits[-1].changes]
[('b', 'changed'), ('a', 'changed')]
>>> trace.ended.sentence
'It ran to its end.'
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fwdpass.trace.limits import Limits
from fwdpass.trace.record import Trace
from fwdpass.trace.run import traced
from fwdpass.trace.scripts import Script

__all__ = ["Limits", "Script", "Trace", "traced", "traced_source"]


def traced_source(source: str, name: str = "script.py", limits: Limits | None = None) -> Trace:
    """Run a script that is given as text; give its trace."""
    return traced(Script(source, f"<{name}>"), limits)


class _CallableModule(ModuleType):
    """Lets ``fp.trace`` be both: the function that readers call, and the package that its parts are imported from."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from fwdpass.trace.view import trace  # needs NumPy, as the package does not

        return trace(*arguments, **options)


if not TYPE_CHECKING:
    sys.modules[__name__].__class__ = _CallableModule
