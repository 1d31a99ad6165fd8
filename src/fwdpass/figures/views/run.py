"""A script, run as a reader would run it, and what it printed."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from importlib.abc import InspectLoader
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

import numpy as np

from fwdpass.errors import ScriptError
from fwdpass.figures.kinds import Output
from fwdpass.figures.views.base import View

_PRINTING: dict[str, Any] = {
    "edgeitems": 3,
    "floatmode": "maxprec",
    "formatter": None,
    "infstr": "inf",
    "legacy": False,
    "linewidth": 75,
    "nanstr": "nan",
    "precision": 8,
    "sign": "-",
    "suppress": False,
    "threshold": 1000,
}


def run(module: ModuleType) -> View:
    """Run a module's source as a script, and show what it printed.

    The script starts from nothing: a fresh namespace, NumPy's own print options. Raises
    ScriptError if it raises or exits with a status that means failure.

    >>> from fwdpass import lesson
    >>> run(lesson)
    x            1.0 0.0 1.0 1.0
    z1           0.0 -0.1 0.5
    h            0.0 0.0 0.5
    prediction   0.1 -0.1 -0.05 -0.25
    target       1.0 1.0 0.0 1.0
    loss         0.89625
    """
    name = module.__name__
    loader = module.__spec__ and module.__spec__.loader
    code = loader.get_code(name) if isinstance(loader, InspectLoader) else None
    if code is None:
        raise ScriptError(f"{name} has no source to run: is it a Python module?")
    namespace = {"__name__": "__main__"}
    printed = io.StringIO()
    with redirect_stdout(printed), np.printoptions(**_PRINTING):
        try:
            exec(code, namespace)  # noqa: S102 - a page's script is executed: that is what it is for
        except SystemExit as end:
            if end.code:
                raise ScriptError(f"{name} ended with status {end.code}, not with zero") from None
        except Exception as error:
            raise ScriptError(_sentence(name, code.co_filename, error)) from error
    return View(Output(name, printed.getvalue()))


def unrun(name: str) -> ModuleType:
    """Find a module, as an import would, and leave it to others to run its source; it may fail, and need not end.

    >>> unrun("fwdpass.lesson").__spec__.origin.endswith("lesson.py")
    True
    """
    spec = find_spec(name)
    if spec is None:
        raise ScriptError(f"there is no module {name!r}")
    return module_from_spec(spec)


def _sentence(name: str, filename: str, error: Exception) -> str:
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{name} stopped at line {line}: {type(error).__name__}: {error}"
