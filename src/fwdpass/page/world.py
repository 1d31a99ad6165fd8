"""What a page may change in the process it runs in, kept apart from everybody else's.

Cells share the process with Sphinx and with the other pages. Each page has a world of its own:
working directory, environment, print options, random state, and the lesson that it imports. A
world is entered for each step and left after it, and keeps what the page changed.
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

from fwdpass.numerals import text

_ABSENT = ModuleType("absent")


def _shown(value: Any) -> str:
    return text(value, medium="code") if isinstance(value, Number) else repr(value)


def _set_environment(values: Mapping[str, str]) -> None:
    if dict(os.environ) != values:
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
    (np.random.get_state, np.random.set_state),
    (random.getstate, random.setstate),
    (lambda: decimal.getcontext().copy(), decimal.setcontext),
)
"""What is kept apart: how to take each piece of state, and how to put it back."""


class World:
    """One page's state of the process.

    It starts in ``folder``, with the random generators seeded, arrays printed as numerals, and
    the modules of ``replaced`` in the place of those on disk.
    """

    def __init__(self, folder: Path | None, replaced: Mapping[str, ModuleType]) -> None:
        self._replaced = replaced
        with self._kept():
            if folder is not None:
                os.chdir(folder)
            random.seed(0)
            np.random.seed(0)
            np.set_printoptions(formatter={"float_kind": _shown, "object": _shown})
            self._state = _take()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be in this world for the length of a ``with`` block."""
        with self._kept(), _modules(self._replaced):
            _put(self._state)
            try:
                yield
            finally:
                self._state = _take()

    @staticmethod
    @contextmanager
    def _kept() -> Iterator[None]:
        outer = _take()
        try:
            yield
        finally:
            _put(outer)


def _take() -> tuple[Any, ...]:
    return tuple(take() for take, _ in _SLICES)


def _put(state: tuple[Any, ...]) -> None:
    for (_, put), value in zip(_SLICES, state, strict=True):
        put(value)


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
