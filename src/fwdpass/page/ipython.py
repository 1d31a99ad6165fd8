"""IPython behind a page's shell, where it is installed: its syntax and magics, and its ways to show a value.

Nothing here is needed to read a page of plain Python. IPython is imported when a cell asks for it, by its name: it is
no requirement of this package.
"""

from __future__ import annotations

import base64
import builtins
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol

Plain = Callable[[Any], str]
_QUIET = re.compile(r"^[ \t]*%(?:matplotlib|config|load_ext|autoreload)\b[^\n]*$", re.MULTILINE)
"""Magics that change how something looks, and nothing that is computed."""
_INLINE = "module://matplotlib_inline.backend_inline"


class Screen(Protocol):
    """Where a cell shows what it shows."""

    drawn: bool
    formatted: Any

    def publish(self, data: Mapping[str, Any], metadata: Mapping[str, Any], name: str, update: bool) -> None:
        """Show what is drawn already; an update takes the place of what has the name."""

    def clear(self) -> None:
        """Forget what was shown."""


@lru_cache(maxsize=1)
def _has_inline() -> bool:
    return importlib.util.find_spec("matplotlib_inline") is not None


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Say whether there is an IPython to ask."""
    return importlib.util.find_spec("IPython") is not None


def is_awake() -> bool:
    """Say whether somebody has imported IPython, so that a cell may have shown something by it."""
    return "IPython" in sys.modules


@lru_cache(maxsize=256)
def as_python(source: str) -> str:
    """Write a cell with magics, commands and questions as the calls of Python that they stand for."""
    syntax: Any = import_module("IPython.core.inputtransformer2")
    written: str = syntax.TransformerManager().transform_cell(source)
    return written


def without_quiet_magics(source: str) -> str:
    r"""Leave out the magics that change no value, line by line.

    >>> without_quiet_magics("%matplotlib inline\na = 1")
    'pass\na = 1'
    """
    return _QUIET.sub("pass", source)


@contextmanager
def attached(namespace: dict[str, Any], screen: Screen, plain: Plain) -> Iterator[None]:
    """Let IPython's functions mean this namespace and this screen for the length of a ``with`` block."""
    shared: Any = import_module("IPython.core.interactiveshell").InteractiveShell
    shell = _shell()
    before = shared._instance, vars(builtins).get("get_ipython")
    shell.page = screen, plain
    shell.user_module, shell.user_ns = shell.prepare_user_module(None, namespace)
    shared._instance = shell
    vars(builtins)["get_ipython"] = lambda: shell
    try:
        if _has_inline():
            os.environ.setdefault("MPLBACKEND", _INLINE)  # the page's own environment
            _draw_inline()
        yield
        if "matplotlib_inline.backend_inline" in sys.modules:
            shell.events.trigger("post_execute")  # figures that nobody has shown yet
    finally:
        namespace.pop("__builtin__", None)
        shared._instance = before[0]
        if before[1] is None:
            del vars(builtins)["get_ipython"]
        else:
            vars(builtins)["get_ipython"] = before[1]


def display(*values: Any, **options: Any) -> Any:
    """Show values by IPython's own function."""
    shown: Any = import_module("IPython.display")
    return shown.display(*values, **options)


def drawn(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a value by IPython's display protocol, in the shell that is attached: by MIME type, with its metadata.

    Nothing comes of a value that has shown itself.
    """
    data, metadata = _shell().display_formatter.format(value)
    return encoded(data), metadata


def encoded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Write what is binary as notebooks do."""
    return {
        mime: base64.b64encode(one).decode("ascii") if isinstance(one, bytes) else one for mime, one in data.items()
    }


def _draw_inline() -> None:
    """Let Matplotlib, once a page has imported it, draw into the page and not into a window."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None and matplotlib.rcParams._get("backend") != _INLINE:
        _shell().enable_matplotlib("inline")
        matplotlib.rcParams["backend"] = _INLINE


@lru_cache(maxsize=1)
def _shell() -> Any:
    """Make the one shell of this process, and leave the process as it was."""
    core: Any = import_module("IPython.core.interactiveshell")

    class Publisher(core.DisplayPublisher):  # type: ignore[misc]
        def publish(
            self, data: Any, metadata: Any = None, *_: Any, transient: Any = None, update: bool = False, **__: Any
        ) -> None:
            screen, _plain = self.shell.page
            screen.publish(encoded(data), metadata or {}, (transient or {}).get("display_id", ""), update)

        def clear_output(self, wait: bool = False) -> None:
            self.shell.page[0].clear()

    class Hook(core.DisplayHook):  # type: ignore[misc]
        def __call__(self, result: Any = None) -> None:
            if result is not None:
                data, metadata = drawn(result)
                if data:
                    self.shell.page[0].publish(data, metadata, "", False)

    class Formatter(core.DisplayFormatter):  # type: ignore[misc]
        def format(self, obj: Any, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
            screen, plain = self.parent.page
            if self.ipython_display_formatter(obj):
                return {}, {}
            if not screen.drawn:
                screen.formatted = obj
                return {"text/plain": plain(obj)}, {}
            data, metadata = super().format(obj, include, exclude)
            return {**data, "text/plain": plain(obj)}, metadata

    class PageShell(core.InteractiveShell):  # type: ignore[misc]
        display_pub_class = Publisher
        displayhook_class = Hook
        page: tuple[Any, Any] = (None, repr)

        def init_display_formatter(self) -> None:
            self.display_formatter = Formatter(parent=self)
            self.configurables.append(self.display_formatter)

        def enable_gui(self, gui: Any = None) -> None:
            """Open no window."""

        def showtraceback(self, *_: Any, **__: Any) -> None:
            raise sys.exc_info()[1] or RuntimeError("no error to show")

    config: Any = import_module("traitlets.config").Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.colors = "nocolor"
    kept: Sequence[tuple[dict[str, Any], str]] = (
        (sys.modules, "__main__"), (vars(sys), "displayhook"), (vars(sys), "excepthook"),
        (vars(builtins), "display"), (vars(builtins), "__IPYTHON__"),
    )  # fmt: skip
    before = [owner.get(name) for owner, name in kept]
    path = list(sys.path)
    made = PageShell(config=config)
    sys.path[:] = path
    for (owner, name), value in zip(kept, before, strict=True):
        if value is None:
            owner.pop(name, None)
        else:
            owner[name] = value
    return made
