"""What a page may change in the process it runs in, kept apart from everybody else's.

Cells share the process with Sphinx and with the other pages. Each page has a world of its own:
working directory, environment, print options, random state, and the lesson that it imports. A
world is entered for each step and left after it, and keeps what the page changed. Only the random
generators, which nobody else in a build draws from, stay the page's until the world is closed.
"""

from __future__ import annotations

import copy
import decimal
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from numbers import Number
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from fwdpass.numerals.writing import text

_ABSENT = ModuleType("absent")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_LISTENING: list[Heard] = []
"""Who wants to know which files are opened: the worlds that are entered."""
_OUTSIDE = {
    "subprocess.Popen": "another program", "os.system": "another program", "os.posix_spawn": "another program",
    "os.exec": "another program", "socket.connect": "another host", "socket.getaddrinfo": "another host",
}  # fmt: skip
"""By which events a page asks what is no file, and what it asks then."""


@dataclass
class Heard:
    """What was opened, written and asked for, each with the line of the cell that did it."""

    cell: str = ""
    """The file name of the cell whose lines are noted, where they are."""
    opened: dict[str, int] = field(default_factory=dict)
    wrote: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)

    def line(self) -> int:
        """Give the line of the cell that is being run; nothing, while a module is imported, which does as it likes."""
        frame = sys._getframe(1) if self.cell else None
        while frame is not None and frame.f_code.co_filename != self.cell:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return 0
            frame = frame.f_back
        return frame.f_lineno if frame is not None else 0


@dataclass(frozen=True)
class Source:
    """What code that no reader sees has taken something from: a file, or what a page asked outside of it."""

    line: int
    file: str = ""
    asked: str = ""
    taker: str = "a cell whose code is not shown"


def _shown(value: Any) -> str:
    return text(value, medium="code") if isinstance(value, Number) else repr(value)


_VARIABLES: Mapping[Any, Any] = getattr(os.environ, "_data", os.environ)
"""The environment as Python stores it: a copy of ``os.environ`` decodes every variable, thousands of times a build."""


def _set_environment(values: Mapping[Any, Any]) -> None:
    """Change what differs: to set a variable is a call of the system."""
    now = dict(_VARIABLES)
    for name in now.keys() - values.keys():
        del os.environ[os.fsdecode(name)]
    for name, value in values.items():
        if now.get(name) != value:
            os.environ[os.fsdecode(name)] = os.fsdecode(value)


def _set_list(target: list[str]) -> Callable[[list[str]], None]:
    return lambda values: target.__setitem__(slice(None), values)


_SLICES: tuple[tuple[Callable[[], Any], Callable[[Any], Any]], ...] = (
    (os.getcwd, os.chdir),
    (lambda: dict(_VARIABLES), _set_environment),
    (lambda: list(sys.path), _set_list(sys.path)),
    (lambda: list(sys.argv), _set_list(sys.argv)),
    (np.get_printoptions, lambda options: np.set_printoptions(**options)),
    (np.geterr, lambda errors: np.seterr(**errors)),
    (lambda: decimal.getcontext().copy(), decimal.setcontext),
)
"""What is kept apart: how to take each piece of state, and how to put it back."""


class _Seeding:
    """Seeds NumPy's generator when it is imported: NumPy itself leaves that to whoever asks for it first.

    Until then, the state of the generator is the seed that it will get, or None for one that nobody knows.
    """

    def __init__(self) -> None:
        self.seed: int | None = None

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find ``numpy.random``, with a loader that seeds it; leave whatever else is imported to the other finders."""
        spec = PathFinder.find_spec(name, path, target) if name == _RANDOM else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Seeded(spec.loader.name, spec.loader.path)
        return spec

    def take(self) -> Any:
        """Give the state of the generator."""
        random = sys.modules.get(_RANDOM)
        return self.seed if random is None else random.get_state()

    def put(self, state: Any) -> None:
        """Let the generator go on from a state."""
        random = sys.modules.get(_RANDOM)  # as NumPy has no attribute of that name while it is being imported
        if random is None:
            self.seed = state
        elif isinstance(state, tuple):
            random.set_state(state)
        else:
            random.seed(state)


class _Seeded(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Run the module, and seed its generator."""
        super().exec_module(module)
        _SEEDING.put(_SEEDING.seed)


_RANDOM = "numpy.random"
_SEEDING = _Seeding()
_GENERATORS: tuple[tuple[Callable[[], Any], Callable[[Any], Any]], ...] = (
    (_SEEDING.take, _SEEDING.put),
    (random.getstate, random.setstate),
)
"""The same for what takes as long as a whole step of a page."""


class World:
    """One page's state of the process.

    It starts in ``folder``, with the random generators seeded, arrays printed as numerals, and
    the modules of ``replaced`` in the place of those on disk. A world ``beside`` another one, with which it takes
    turns, has generators of its own whenever it is entered. One that is ``apart`` has modules of its own, too, of
    those beside the page.
    """

    def __init__(
        self, folder: Path | None, replaced: Mapping[str, ModuleType], beside: bool = False, apart: bool = False
    ) -> None:
        self._replaced = replaced
        self._beside = beside
        self._inside = False
        self._state = _take()
        self._generators = [take() for take, _ in _GENERATORS]
        self._heard = Heard()
        self._folder = folder
        self._apart_modules: dict[str, ModuleType] | None = {} if apart else None
        self._imported = frozenset(sys.modules)
        self._settings = _settings()
        _listen()
        random.seed(0)
        _SEEDING.put(0)
        if beside:
            self._generators = self._exchanged()
        with self.entered():
            if folder is not None:
                os.chdir(folder)
                sys.path.insert(0, str(folder))  # as it is for a script or a notebook in that folder
            np.set_printoptions(formatter={"float_kind": _shown, "object": _shown})

    def close(self) -> None:
        """Give the random generators back, when the page has run, and let libraries forget what it has set."""
        if not self._beside:
            self._exchanged()
            _put_settings(self._settings)

    def _taken_out(self) -> dict[str, ModuleType]:
        """Take the modules beside the page that it has imported out of the process: another page runs them itself."""
        found: dict[str, ModuleType] = {}
        for name in set(sys.modules) - self._imported if self._folder is not None else ():
            file = getattr(sys.modules[name], "__file__", None)
            if file and _is_data(file) and Path(file).is_relative_to(self._folder or ""):
                found[name] = sys.modules.pop(name)
        return found

    @property
    def opened(self) -> frozenset[Path]:
        """The files that were read here, but for those of libraries."""
        return frozenset(Path(name) for name in self._heard.opened if _is_data(name) and Path(name).is_file())

    @contextmanager
    def noting(self, cell: str, sources: list[Source]) -> Iterator[None]:
        """Note what a cell takes from files that the page has not written, and from outside of it."""
        noted = Heard(cell)
        _LISTENING.append(noted)
        try:
            yield
        finally:
            _LISTENING.pop()
            self._heard.opened.update(noted.opened)
            self._heard.wrote |= noted.wrote
            for name, line in noted.opened.items():
                if line and _is_data(name) and name not in self._heard.wrote and Path(name).is_file():
                    sources.append(Source(line, name))
            sources += (Source(line, asked=what) for what, line in noted.asked.items() if line)

    def _exchanged(self) -> list[Any]:
        """Put the generators that were kept in the place of those in use, and give these."""
        used = [take() for take, _ in _GENERATORS]
        for (_, put), value, now in zip(_GENERATORS, self._generators, used, strict=True):
            if not _same(value, now):
                put(value)
        return used

    @contextmanager
    def _drawing(self) -> Iterator[None]:
        """Draw random numbers from this world's own generators, where another world takes turns with it."""
        if not self._beside:
            yield
            return
        self._generators = self._exchanged()
        try:
            yield
        finally:
            self._generators = self._exchanged()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be in this world for the length of a ``with`` block, which may hold another one."""
        if self._inside:
            yield
            return
        outer = _take()
        self._inside = True
        _put(self._state, over=outer)
        _LISTENING.append(self._heard)
        if self._apart_modules is not None:
            sys.modules.update(self._apart_modules)
        try:
            with modules(self._replaced), self._drawing():
                yield
        finally:
            _LISTENING.pop()
            if self._apart_modules is not None:
                self._apart_modules = self._taken_out()
            self._inside = False
            self._state = _take()
            _put(outer, over=self._state)
            self._apart = [i for i, (a, b) in enumerate(zip(outer, self._state, strict=True)) if not _same(a, b)]

    @contextmanager
    def visited(self) -> Iterator[None]:
        """Be in this world to look at it: nothing that the block changes is kept.

        Takes a tenth of the time of :meth:`entered`, as most of a world is like any other.
        """
        if self._inside:
            yield
            return
        outer = [(i, _SLICES[i][0]()) for i in self._apart]
        for i in self._apart:
            _SLICES[i][1](self._state[i])
        try:
            with modules(self._replaced):
                yield
        finally:
            for i, value in outer:
                _SLICES[i][1](value)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Give random generators back as they were."""
    kept = [take() for take, _ in _GENERATORS]
    try:
        yield
    finally:
        for (_, put), state in zip(_GENERATORS, kept, strict=True):
            put(state)


@lru_cache(maxsize=1)
def _listen() -> None:
    """Hear of every file that Python opens, and of NumPy's generators, from now on; Python does not stop listening."""
    sys.addaudithook(_hear)
    sys.meta_path.insert(0, _SEEDING)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _LISTENING or (event != "open" and event not in _OUTSIDE and event != "sqlite3.connect"):
        return
    heard = _LISTENING[-1]
    if event in _OUTSIDE:
        if heard.cell:
            heard.asked.setdefault(_OUTSIDE[event], heard.line())
        return
    name, mode, flags = arguments if event == "open" else (*arguments, "r", 0)
    if not isinstance(name, str | bytes | os.PathLike) or not isinstance(flags, int):
        return
    file = str(Path(os.fsdecode(name)).absolute())
    if flags & _WRITING or (isinstance(mode, str) and set(mode) & set("wax+")):
        heard.wrote.add(file)
    elif file not in heard.opened:
        heard.opened[file] = heard.line()


@lru_cache(maxsize=1)
def _elsewhere() -> tuple[str, ...]:
    """Give where files are that are nobody's data: of libraries, of the system, and of the page while it runs."""
    import sysconfig  # which loads how Python itself was made

    places = ("stdlib", "platstdlib", "purelib", "platlib")
    return (
        *{sys.prefix, sys.base_prefix, *filter(None, map(sysconfig.get_path, places))},
        str(Path(__file__).resolve().parents[1]), str(Path.home() / ".cache"), str(Path.home() / ".config"),
        "/dev", "/etc", "/proc", "/sys", "/usr",
    )  # fmt: skip


def _is_data(name: str) -> bool:
    """Say whether a file is one of an author's."""
    inside = "__pycache__" in name or any(name.startswith(f"{folder}{os.sep}") for folder in _elsewhere())
    return not inside


def _settings() -> dict[str, Any]:
    """Copy what libraries keep for the process as a whole, of those that are imported."""
    kept: dict[str, Any] = {}
    if (matplotlib := sys.modules.get("matplotlib")) is not None:
        kept["matplotlib"] = dict(matplotlib.rcParams)
    if (options := _pandas_options()) is not None:
        kept["pandas"] = copy.deepcopy(options)
    return kept


def _put_settings(kept: Mapping[str, Any]) -> None:
    """Put the settings back; a library that was imported in the meantime gets those that it comes with."""
    if (matplotlib := sys.modules.get("matplotlib")) is not None:
        dict.update(matplotlib.rcParams, kept.get("matplotlib", matplotlib.rcParamsOrig))
        if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
            pyplot.close("all")
    if (options := _pandas_options()) is not None:
        if "pandas" in kept:
            options.clear()
            options.update(copy.deepcopy(kept["pandas"]))
        elif (pandas := sys.modules.get("pandas")) is not None:  # gone, where an import of it was interrupted
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pandas.reset_option("all")


def _pandas_options() -> dict[str, Any] | None:
    """Find where pandas keeps its options, if it does so where it always has."""
    found = getattr(sys.modules.get("pandas._config.config"), "_global_config", None)
    return found if isinstance(found, dict) else None


def _take() -> tuple[Any, ...]:
    return tuple(take() for take, _ in _SLICES)


def _put(state: tuple[Any, ...], over: tuple[Any, ...]) -> None:
    for (_, put), value, before in zip(_SLICES, state, over, strict=True):
        if not _same(value, before):
            put(value)


def _same(a: Any, b: Any) -> bool:
    """Compare pieces of state; those that are contexts or hold arrays, but for a generator's, count as different."""
    if type(a) is tuple and type(b) is tuple:
        pairs = zip(a, b, strict=True)
        return all(np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y for x, y in pairs)
    return type(a) in (str, dict, list) and bool(a == b)


@contextmanager
def modules(replaced: Mapping[str, ModuleType]) -> Iterator[None]:
    """Put modules in place of others, in ``sys.modules`` and in the package that holds them."""
    before = {name: sys.modules.get(name, _ABSENT) for name in replaced}
    _place(replaced)
    try:
        yield
    finally:
        _place(before)


def _place(modules: Mapping[str, ModuleType]) -> None:
    for name, module in modules.items():
        package, _, child = name.rpartition(".")
        parent = sys.modules.get(package)
        if module is _ABSENT:
            sys.modules.pop(name, None)
            if parent is not None and hasattr(parent, child):
                delattr(parent, child)
        else:
            sys.modules[name] = module
            if parent is not None:
                setattr(parent, child, module)
