"""Scripts as Python finds them: a file, a folder, a module by its name, the cells of a notebook, or text."""

from __future__ import annotations

import io
import json
import re
import sys
import tokenize
import types
from collections.abc import Callable
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fwdpass.errors import TraceError
from fwdpass.trace.record import Trace

_MAGIC = re.compile(r"\s*(?:[%!?]|\S+\?\??\s*$)")
"""A line of a notebook that is IPython's, and no Python."""


class Script:
    """A script to be run: where it is, what it says, and what it is called with.

    A namespace that is there before the run is the one that it runs in. Otherwise the script is a main module of its
    own, and what it leaves behind ends as with Python, unless it ``lives_on``: then, after the run, ``error`` is the
    exception that ended it, with the script's part of the traceback, and ``namespace`` has what its names were worth.
    """

    transform: Callable[[Any], Any] | None = None
    """Applied to the instrumented tree: a page's exact reading has decimals read as fractions that way."""
    spec: ModuleSpec | None = None
    """Of a module that is run by its name, or a folder: how it was found."""
    lives_on = False
    alone = False
    """Whether the process ends with the script: then it is told the exceptions, and what waits for its end runs."""
    reports: Callable[[BaseException], None] | None = None
    """Told of the exception that ended the script, before what it leaves behind ends."""
    leaves: Callable[[Trace], None] | None = None
    """Told of the trace where the script ends the process at once, by ``os._exit``."""

    def __init__(self, source: str, filename: str, argv: list[str] | None = None, path: str | None = None) -> None:
        self.source = source
        self.filename = filename
        self.file: str | None = filename
        self.argv = argv if argv is not None else [filename]
        self.path = path
        self.error: BaseException | None = None
        self.namespace: dict[str, Any] = {}
        self.at: Callable[[], int] = int
        """Gives the line that runs, or was recorded last."""

    @property
    def name(self) -> str:
        """What the script is called: the name of its file."""
        return Path(self.filename).name

    @classmethod
    def read(cls, path: Path, arguments: list[str] | None = None) -> Script:
        """Read a script as Python does: a file in the encoding that it declares, a folder with ``__main__.py``.

        Of a notebook, the code cells are read, one after the other. Raises
        :class:`~fwdpass.errors.TraceError` for a notebook or a folder that is none.

        Parameters
        ----------
        path : Path
            A file, a folder, or a notebook.
        arguments : list of str, optional
            What the script finds in ``sys.argv``, after its own name.

        Returns
        -------
        Script
            The script, ready to be run.

        Raises
        ------
        TraceError
            For a notebook or a folder that is none.
        """
        if path.is_dir():
            return _folder(path, arguments or [])
        if path.suffix == ".ipynb":
            return _notebook(path, arguments or [])
        whole = str(path.absolute())
        return cls(_decoded(path), whole, [str(path), *(arguments or [])], str(path.resolve().parent))

    @classmethod
    def named(cls, module: str, arguments: list[str] | None = None) -> Script:
        """Find a module by its name, as ``python -m`` does: a package's is its ``__main__``.

        Parameters
        ----------
        module : str
            The module's name, with dots.
        arguments : list of str, optional
            What the script finds in ``sys.argv``, after its own name.

        Returns
        -------
        Script
            The script, ready to be run.

        Raises
        ------
        TraceError
            Where there is no such module, or none in Python.
        """
        here = str(Path.cwd())
        sys.path.insert(0, here)
        try:
            spec = _spec(module)
            if spec.submodule_search_locations is not None:
                spec = _spec(f"{module}.__main__", f"{module!r} is a package without __main__, which cannot be run")
        finally:
            sys.path.remove(here)
        source = spec.loader.get_source(spec.name) if isinstance(spec.loader, InspectLoader) else None
        if source is None or spec.origin is None:
            raise TraceError(f"{module} has no source to trace: is it a Python module?")
        script = cls(source, spec.origin, [spec.origin, *(arguments or [])], here)
        script.spec = spec
        return script

    def module(self) -> types.ModuleType:
        """Make the module that Python would make for it."""
        module = types.ModuleType("__main__")
        spec = self.spec
        module.__dict__.update(
            __loader__=SourceFileLoader("__main__", self.filename) if spec is None else spec.loader,
            __spec__=spec,
            **({"__annotations__": {}} if sys.version_info < (3, 14) else {}),
            __builtins__=sys.modules["builtins"],
            **({} if self.file is None else {"__file__": self.file}),
            __cached__=None if spec is None else spec.cached,
            **({} if spec is None else {"__package__": spec.parent}),
        )
        return module


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return io.TextIOWrapper(io.BytesIO(data), encoding).read()


def _spec(module: str, otherwise: str = "") -> ModuleSpec:
    try:
        spec = find_spec(module)
    except (ImportError, AttributeError, ValueError) as error:  # a package around it that is none, a relative name
        raise TraceError(f"there is no module {module!r}: {error}") from None
    if spec is None:
        raise TraceError(otherwise or f"there is no module {module!r}: name it as in an import, from this folder")
    return spec


def _folder(path: Path, arguments: list[str]) -> Script:
    """Read the ``__main__.py`` of a folder, which is run as the folder's own."""
    main = path.absolute() / "__main__.py"
    if not main.is_file():
        raise TraceError(f"{str(path)!r} is a folder, and has no __main__.py to run; a script is a file")
    script = Script(_decoded(main), str(main), [str(path), *arguments], str(path.absolute()))
    loader = SourceFileLoader("__main__", str(main))
    script.spec = ModuleSpec("__main__", loader, origin=str(main))
    script.spec.has_location = True
    return script


def _notebook(path: Path, arguments: list[str]) -> Script:
    """Join a notebook's code cells. A line that only a notebook understands is refused: it may be what matters."""
    try:
        document = json.loads(path.read_text("utf-8"))
        cells = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError) as error:
        raise TraceError(f"{str(path)!r} is no notebook that can be read: {error}") from None
    language = document.get("metadata", {}).get("language_info", {}).get("name", "python")
    if language != "python":
        raise TraceError(f"{str(path)!r} is written in {language}, and only Python can be traced")
    for number, source in enumerate(sources, 1):
        line = next((line for line in source.splitlines() if _MAGIC.match(line) and not _is_python(source)), None)
        if line is not None:
            raise TraceError(
                f"{str(path)!r} has {line.strip()!r} in code cell {number}, which only a notebook understands: take "
                "it out, or trace the cell there, with %%trace"
            )
    source = "\n".join(f"# Code cell {number}\n{source.rstrip()}\n" for number, source in enumerate(sources, 1))
    script = Script(source, str(path.absolute()), [str(path), *arguments], str(path.resolve().parent))
    script.file = None
    return script


def _is_python(source: str) -> bool:
    """Whether a cell is Python all through: ``%`` may begin a line within brackets."""
    try:
        compile(source, "<cell>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
