"""What a page may change in the process it runs in, kept apart from everybody else's.

Cells share the process with Sphinx and with the other pages. Each page has a world of its own:
working directory, environment, print options, random state, and the lesson that it imports. A
world is entered for each step and left after it, and keeps what the page changed. Only the random
generators, which nobody else in a build draws from, stay the page's until the world is closed.
"""

from __future__ import annotations

import decimal
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from numbers import Number
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from fwdpass.numerals.writing import text

_ABSENT = ModuleType("absent")


def _shown(value: Any) -> str:
    return text(value, medium="code") if isinstance(value, Number) else repr(value)


def _set_environment(values: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(values)


def _set_list(target: list[str]) -> Callable[[list[str]], None]:
    return lambda values: target.__setitem__(slice(None), values)


_SLICES: tuple[tuple[Callable[[], Any], Callable[[Any], Any]], ...] = (
    (os.getcwd, os.chdir),
    (lambda: dict(os.environ), _set_environment),
    (lambda: list(sys.path), _set_list(sys.path)),
    (lambda: list(sys.argv), _set_list(sys.argv)),
    (np.get_printoptions, lambda options: np.set_printoptions(**options)),
    (np.geterr, lambda errors: np.seterr(**errors)),
    (lambda: decimal.getcontext().copy(), decimal.setcontext),
)
"""What is kept apart: how to take each piece of state, and how to put it back."""
_GENERATORS: tuple[tuple[Callable[[], Any], Callable[[Any], Any]], ...] = (
    (np.random.get_state, np.random.set_state),
    (random.getstate, random.setstate),
)
"""The same for what takes as long as a whole step of a page."""


class World:
    """One page's state of the process.

    It starts in ``folder``, with the random generators seeded, arrays printed as numerals, and
    the modules of ``replaced`` in the place of those on disk. A world ``beside`` another one, with which it takes
    turns, has generators of its own whenever it is entered.
    """

    def __init__(self, folder: Path | None, replaced: Mapping[str, ModuleType], beside: bool = False) -> None:
        self._replaced = replaced
        self._beside = beside
        self._inside = False
        self._state = _take()
        self._generators = [take() for take, _ in _GENERATORS]
        random.seed(0)
        np.random.seed(0)
        if beside:
            self._generators = self._exchanged()
        with self.entered():
            if folder is not None:
                os.chdir(folder)
                sys.path.insert(0, str(folder))  # as it is for a script or a notebook in that folder
            np.set_printoptions(formatter={"float_kind": _shown, "object": _shown})

    def close(self) -> None:
        """Give the random generators back, when the page has run."""
        if not self._beside:
            self._exchanged()

    def _exchanged(self) -> list[Any]:
        """Put the generators that were kept in the place of those in use, and give these."""
        used = [take() for take, _ in _GENERATORS]
        for (_, put), value in zip(_GENERATORS, self._generators, strict=True):
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
        try:
            with _modules(self._replaced), self._drawing():
                yield
        finally:
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
            with _modules(self._replaced):
                yield
        finally:
            for i, value in outer:
                _SLICES[i][1](value)


def _take() -> tuple[Any, ...]:
    return tuple(take() for take, _ in _SLICES)


def _put(state: tuple[Any, ...], over: tuple[Any, ...]) -> None:
    for (_, put), value, before in zip(_SLICES, state, over, strict=True):
        if not _same(value, before):
            put(value)


def _same(a: Any, b: Any) -> bool:
    """Compare pieces of state; those that hold arrays or contexts count as different."""
    return type(a) in (str, dict, list) and bool(a == b)


@contextmanager
def _modules(replaced: Mapping[str, ModuleType]) -> Iterator[None]:
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
