"""A script, run as a reader would run it, and what it printed."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.abc import InspectLoader
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

import htpy as h
import numpy as np

from fwdpass.errors import ScriptError
from fwdpass.figures import layout
from fwdpass.figures.base import Figure
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium

# NumPy's print options as a new interpreter has them: a page may have set others.
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


@dataclass(frozen=True, repr=False)
class Output(Figure):
    """What a script printed; its text is the same in every medium."""

    script: str
    stdout: str

    def plain(self, medium: Medium) -> str:  # noqa: ARG002 - printed minus signs stay what they are
        """Give what was printed, without the last line break."""
        return self.stdout.rstrip("\n")

    def latex(self) -> str:
        """Draw each line as code."""
        return layout.listing(self.stdout.rstrip("\n").split("\n"))

    def html(self) -> h.Element:
        """Draw a preformatted block."""
        return h.pre(".fp-run")[self.stdout]


@checked
def run(module: ModuleType) -> Output:
    """Run a module's source as a script, and show what it printed.

    The script starts from nothing: a fresh namespace, and NumPy's own print options.

    Parameters
    ----------
    module : module
        A module that has source.

    Returns
    -------
    Output
        A figure of what the script wrote to standard output.

    Raises
    ------
    ScriptError
        Where the script raises, or exits with a status that means failure.

    Examples
    --------
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
    return Output(name, printed.getvalue())


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
    """Say at which line of the script an error came up: the innermost of its own, whatever was called from there."""
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{name} stopped at line {line}: {type(error).__name__}: {error}"
