"""A lesson is the source of the module that states a chapter's numbers; a reading may replace it."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import linecache
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.abc import InspectLoader
from pathlib import Path
from types import CodeType, ModuleType

from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic, compile_source, with_rationals
from fwdpass.page.program import Cell, Program


@dataclass(frozen=True)
class Lesson:
    """The source of a module, which need not be the one on disk."""

    source: str
    module: str = "fwdpass.lesson"

    @classmethod
    def of(cls, module: str = "fwdpass.lesson") -> Lesson:
        """Take the module as it is on disk."""
        try:
            spec = importlib.util.find_spec(module)
        except ModuleNotFoundError as error:
            raise FwdpassError(f"no module named {error.name!r}, so no script {module}") from None
        loader = spec and spec.loader
        if not isinstance(loader, InspectLoader) or not (source := loader.get_source(module)):
            raise FwdpassError(f"no source to read for the module {module!r}: is it there, and is it Python?")
        return cls(source, module)

    def load(self, arithmetic: Arithmetic) -> ModuleType:
        """Run the source as the module, with its decimals read in this arithmetic."""
        loader = _SourceLoader(self.source, arithmetic)
        spec = importlib.machinery.ModuleSpec(self.module, loader)
        module = importlib.util.module_from_spec(spec)
        # a name and an entry of linecache, so that inspect finds this source, not the one on disk
        module.__file__ = f"<{self.module}>"
        lines = self.source.splitlines(keepends=True)
        linecache.cache[module.__file__] = len(self.source), None, lines, module.__file__
        loader.exec_module(module)
        return module


def own_modules(program: Program, folder: Path | None) -> list[Lesson]:
    """Give the author's own modules that a page imports: their decimals are as much the page's as its cells' are.

    What is installed, Python's own library and this package keep their floats.
    """
    names = {name for step in program.steps if isinstance(step, Cell) for name in _imported(step.source)}
    with _searched(folder):
        return [Lesson.of(name) for name in sorted(names) if _is_own(name)]


def _imported(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module


def _is_own(name: str) -> bool:
    if name.partition(".")[0] in _NOT_OWN or name in sys.builtin_module_names:
        return False
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False  # running the cell will say so
    origin = Path(spec.origin).resolve() if spec is not None and spec.origin and spec.has_location else None
    return origin is not None and origin.suffix == ".py" and not any(map(origin.is_relative_to, _LIBRARIES))


_NOT_OWN = frozenset(("fwdpass", *sys.stdlib_module_names))
_LIBRARIES = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib"))


@contextmanager
def _searched(folder: Path | None) -> Iterator[None]:
    """Let modules beside the page be found, as they are where its cells run."""
    before = list(sys.path)
    if folder is not None:
        sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path[:] = before


@lru_cache(maxsize=8)
def _compiled(source: str, filename: str, arithmetic: Arithmetic) -> CodeType:
    """Compile a lesson once for all the pages that import it."""
    return compile_source(source, filename, "exec", arithmetic)


class _SourceLoader(InspectLoader):
    """Load a module from a text, so that whoever asks the module for its code gets this one."""

    def __init__(self, source: str, arithmetic: Arithmetic) -> None:
        self._source = source
        self._arithmetic = arithmetic

    def get_source(self, fullname: str) -> str:
        return self._source

    def get_code(self, fullname: str) -> CodeType:
        return _compiled(self._source, f"<{fullname}>", self._arithmetic)

    def transform(self, tree: ast.AST) -> ast.AST:
        """Read the decimals of the source in this arithmetic, for whoever compiles it in another way."""
        return with_rationals(tree, self._source) if self._arithmetic is Arithmetic.EXACT else tree

    def is_package(self, fullname: str) -> bool:
        return False
