"""A lesson is the source of the module that states a chapter's numbers; a reading may replace it."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import linecache
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.abc import InspectLoader
from pathlib import Path
from types import CodeType, ModuleType

from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic, Rounding, compile_source, with_rationals


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
        if spec is None or not (source := _source(spec)):
            raise FwdpassError(f"no source to read for the module {module!r}: is it there, and is it Python?")
        return cls(source, module)

    def load(self, arithmetic: Arithmetic | Rounding) -> ModuleType:
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


def _source(spec: importlib.machinery.ModuleSpec) -> str | None:
    """Give the source of a module, from its loader or, where that knows none, such as pytest's, from its file."""
    if isinstance(spec.loader, InspectLoader):
        return spec.loader.get_source(spec.name)
    file = Path(spec.origin or "")
    return importlib.util.decode_source(file.read_bytes()) if spec.has_location and file.suffix == ".py" else None


def broken(error: BaseException, sources: Iterable[str], folder: Path | None) -> tuple[Path, int, str] | None:
    """Say where a module of the author's own cannot be read: its file, the line, and why. Nothing for other errors."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [(frame.filename, frame.lineno or 1) for frame in reversed(frames)]
    if isinstance(error, SyntaxError):
        places.insert(0, (error.filename or "", error.lineno or 1))
    with searched(folder):
        for name in sorted({*imported(sources), "fwdpass.lesson"}):
            line = next((line for file, line in places if file == f"<{name}>"), 0)
            spec = importlib.util.find_spec(name) if line else None
            if spec is not None and spec.origin:
                said = error.msg if isinstance(error, SyntaxError) else str(error)
                return Path(spec.origin), line, f"{type(error).__name__}: {said}, so no page can import {name}"
    return None


def own_modules(sources: Iterable[str], folder: Path | None) -> list[Lesson]:
    """Give the author's own modules that a page imports: their decimals are as much the page's as its cells' are.

    Each comes behind those that it imports. The lesson is the first, where the page imports anything of this package.
    What is installed, Python's own library and the rest of this package keep their floats. A module that is the same
    in every arithmetic is left out: all readings share it, and what it has computed.
    """
    found: dict[str, Lesson] = {}

    def add(names: Iterable[str]) -> None:
        for name in sorted(names):
            if name not in found and is_own(name) and not _is_plain(name):
                source = Lesson.of(name)
                found[name] = source  # known from here on: modules may import each other
                add(_imported(source.source))
                found[name] = found.pop(name)

    with searched(folder):
        asked = imported(sources)
        add(asked)
        # what a page or its modules import of this package may import the lesson, and nothing else does
        everything = asked.union(*(_imported(one.source) for one in found.values()))
        lesson = [Lesson.of()] if any(name.partition(".")[0] == "fwdpass" for name in everything) else []
        return [*lesson, *found.values()]


def beside(sources: Iterable[str], folder: Path) -> dict[str, str]:
    """Give the sources of the modules in a folder that a page needs, those that other modules import among them.

    By the names of their files, in the order of these.
    """
    found: dict[str, str] = {}
    waiting = imported(sources)
    with searched(folder):
        while waiting:
            name = waiting.pop()
            source = folder / f"{name}.py"
            if source.name not in found and source.is_file() and is_own(name):
                found[source.name] = source.read_text("utf-8")
                waiting |= set(_imported(found[source.name]))
    return dict(sorted(found.items()))


def imported(sources: Iterable[str]) -> set[str]:
    """Give the names of the modules that cells import."""
    return {name for source in sources for name in _imported(source)}


def _is_plain(name: str, above: frozenset[str] = frozenset()) -> bool:
    """Say whether a module is the same in every arithmetic: it has no decimals, and imports none.

    Modules of this package count as having some, since the lesson is one of them.
    """
    source = Lesson.of(name).source
    if any(
        isinstance(node, ast.Constant) and type(node.value) is float
        for node in ast.walk(ast.parse(source, f"<{name}>"))
    ):
        return False
    names = set(_imported(source)) - above
    above |= {name, *names}
    return all(_is_plain(each, above) if is_own(each) else each.partition(".")[0] != "fwdpass" for each in names)


@lru_cache(maxsize=1024)  # of cells, too, whose page is read again for each change of its numbers
def _imported(source: str) -> tuple[str, ...]:
    return tuple(_found(source))


def _found(source: str) -> Iterator[str]:
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


def is_own(name: str) -> bool:
    """Say whether a module is one of the author's: no part of Python, of this package, or of what is installed."""
    if name.partition(".")[0] in _NOT_OWN or name in sys.builtin_module_names:
        return False
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False  # running the cell will say so
    origin = Path(spec.origin).resolve() if spec is not None and spec.origin and spec.has_location else None
    return origin is not None and origin.suffix == ".py" and not any(map(origin.is_relative_to, _libraries()))


_NOT_OWN = frozenset(("fwdpass", *sys.stdlib_module_names))


@lru_cache(maxsize=1)
def _libraries() -> tuple[Path, ...]:
    """Give where Python's library is, and what is installed: to find that out loads how Python itself was made."""
    places = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple(Path(sysconfig.get_path(name)).resolve() for name in places)


@contextmanager
def searched(folder: Path | None) -> Iterator[None]:
    """Let modules beside the page be found first, as they are where its cells run."""
    before = list(sys.path)
    if folder is not None:
        sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = before


@lru_cache(maxsize=8)
def _compiled(source: str, filename: str, arithmetic: Arithmetic | Rounding) -> CodeType:
    """Compile a lesson once for all the pages that import it."""
    return compile_source(source, filename, "exec", arithmetic)


class _SourceLoader(InspectLoader):
    """Load a module from a text, so that whoever asks the module for its code gets this one."""

    def __init__(self, source: str, arithmetic: Arithmetic | Rounding) -> None:
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
