"""Run one page's Python: a namespace, its cells, and what they show.

A small shell of our own, so that a page can be read wherever there is Python and NumPy. A cell
shows what it prints, what it hands to ``display``, and what its last expression is worth.
"""

from __future__ import annotations

import ast
import base64
import io
import linecache
import os
import re
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Number
from types import CodeType
from typing import Any, NoReturn

import numpy as np

from fwdpass.errors import FwdpassError, PageError
from fwdpass.numerals.exact import Arithmetic, Rounding, compile_source, compile_tree
from fwdpass.numerals.writing import text
from fwdpass.page.program import Cell

_REPRS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
}
_BOUND = "_put_for"
"""The name that a value has while it is bound to others."""
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")


@dataclass
class Printed:
    """What a cell wrote to standard output."""

    text: str


@dataclass(frozen=True)
class Shown:
    """A value that a cell shows: a text for each MIME type that it can be drawn in."""

    data: Mapping[str, str]
    value: Any = field(default=None, compare=False, repr=False)

    def drawn(self) -> Shown:
        """Draw the value in every MIME type that it knows, where only its text was wanted at first."""
        return Shown(mime_bundle(self.value))


@dataclass(frozen=True)
class Raised:
    """The error that a cell was there to show."""

    name: str
    message: str


Output = Printed | Shown | Raised


class Shell:
    """A namespace, and the arithmetic in which its decimals are read."""

    def __init__(self, page: str, arithmetic: Arithmetic | Rounding, timeout: float, drawn: bool) -> None:
        self._page = page
        self._drawn = drawn
        self._arithmetic = arithmetic
        self._timeout = timeout
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__doc__": None}

    def run(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell and give what it shows; a fault is a :class:`~fwdpass.errors.PageError` with its line."""
        screen = _Screen(self._drawn)
        self.namespace["display"] = screen.display
        filename = f"<{self._page}, line {cell.line}>"
        linecache.cache[filename] = (
            len(cell.source), None, cell.source.splitlines(keepends=True), filename
        )  # fmt: skip
        raised: BaseException | None = None
        with _captured(screen) as caught, _limited(self._timeout) as late:
            try:
                result = self._execute(cell.source, filename)
                if result is not None:
                    screen.display(result)
            except (Exception, SystemExit) as error:
                raised = error
        if late:  # whoever caught it: no cell is meant to end so
            line = cell.line + (_line_of(raised, filename) - 1 if raised is not None else 0)
            raise PageError(f"{cell.called} ran for more than {late[0]:g} seconds", line=line, kind="cell")
        self._judge(cell, filename, raised, caught, screen)
        if raised is not None:
            screen.outputs.append(Raised(type(raised).__name__, str(raised)))
        return tuple(screen.outputs)

    def value(self, source: str, filename: str) -> Any:
        """Give what an expression is worth in the page's namespace."""
        return eval(_expression(source, filename, self._arithmetic), self.namespace)

    def bind(self, target: str, value: Any) -> None:
        """Bind a name, or the names of a tuple, to a value."""
        self.namespace[_BOUND] = value
        exec(f"{target} = {_BOUND}", self.namespace)
        del self.namespace[_BOUND]

    def _execute(self, source: str, filename: str) -> Any:
        statements, expression = _compiled(source, filename, self._arithmetic)
        exec(statements, self.namespace)
        if expression is None:
            return None
        result = eval(expression, self.namespace)
        return None if source.rstrip().endswith(";") else result

    def _judge(
        self,
        cell: Cell,
        filename: str,
        raised: BaseException | None,
        caught: list[warnings.WarningMessage],
        screen: _Screen,
    ) -> None:
        """Refuse a cell that did what the page does not say."""
        line = cell.line
        if raised is not None and not cell.may_raise:
            line += _line_of(raised, filename) - 1
            said = f"trace: {raised}" if cell.script and isinstance(raised, FwdpassError) else None
            raise PageError(said or f"{cell.called} raised {_sentence(raised)}", line=line, kind="cell")
        if raised is None and cell.may_raise:
            raise PageError("the cell is tagged raises-exception and raised nothing", line=line, kind="cell")
        if caught:
            first = caught[0]
            if first.filename == filename:
                line += first.lineno - 1
            raise PageError(
                f"{cell.called} warned {first.category.__name__}: {first.message}",
                line=line,
                kind="cell",
            )
        if written := screen.stderr.getvalue().strip():
            raise PageError(
                f"{cell.called} wrote to standard error: {written.splitlines()[-1]}",
                line=line,
                kind="cell",
            )
        for shown in screen.outputs:
            said = shown.data.get("text/plain", "") if isinstance(shown, Shown) else str(shown)
            if found := _ADDRESS.search(said):
                raise PageError(
                    f"{cell.called} shows an address in memory ({found[0]}), which differs on every "
                    "run; show the object's value instead",
                    line=line,
                    kind="cell",
                )


@lru_cache(maxsize=4096)
def _compiled(source: str, filename: str, arithmetic: Arithmetic | Rounding) -> tuple[CodeType, CodeType | None]:
    """Compile a cell: its statements, and its last expression, if it ends in one.

    A page that is read again and again, as mutation does, is compiled once.
    """
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    expression = ast.Expression(last.value) if isinstance(last, ast.Expr) else None
    return (
        compile_tree(tree, source, filename, arithmetic),
        compile_tree(expression, source, filename, arithmetic) if expression is not None else None,
    )


@lru_cache(maxsize=4096)
def _expression(source: str, filename: str, arithmetic: Arithmetic | Rounding) -> CodeType:
    return compile_source(source, filename, "eval", arithmetic)


@dataclass
class _Screen:
    """What a running cell has shown so far, in order."""

    drawn: bool
    outputs: list[Output] = field(default_factory=list)
    stderr: io.StringIO = field(default_factory=io.StringIO)

    def display(self, *values: Any) -> None:
        """Show values, each as it can be drawn best."""
        draw = mime_bundle if self.drawn else _text_only
        self.outputs.extend(Shown(draw(value), None if self.drawn else value) for value in values)

    def write(self, written: str) -> int:
        match self.outputs:
            case [*_, Printed() as last]:
                last.text += written
            case _:
                self.outputs.append(Printed(written))
        return len(written)


class _Stdout(io.TextIOBase):
    """Standard output that lands on the screen."""

    def __init__(self, screen: _Screen) -> None:
        self._screen = screen

    def writable(self) -> bool:
        return True

    def write(self, written: str, /) -> int:
        return self._screen.write(written)


def mime_bundle(value: Any) -> dict[str, str]:
    """Draw a value in every MIME type that it knows; numbers and arrays by the numerals.

    >>> mime_bundle(np.float64(0.1) + 0.2)
    {'text/plain': '0.3'}
    """
    data = {"text/plain": plain(value)}
    for mime, name in _REPRS.items():
        method = getattr(value, name, None)
        drawn = method() if callable(method) and not isinstance(value, type) else None
        if isinstance(drawn, bytes):
            drawn = base64.b64encode(drawn).decode("ascii")
        if isinstance(drawn, str):
            data[mime] = drawn
    return data


def _text_only(value: Any) -> dict[str, str]:
    return {"text/plain": plain(value)}


def plain(value: Any) -> str:
    """Write a value as a cell shows it: numbers and arrays by the numerals, anything else by its own ``repr``."""
    number = isinstance(value, Number) and not isinstance(value, bool | complex)
    array = isinstance(value, np.ndarray) and value.dtype.kind in "iufO" and value.ndim > 0
    if number or array:
        return text(value, medium="code")
    if isinstance(value, np.bool_) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
        return repr(value.tolist())
    if isinstance(value, tuple | list) and any(isinstance(v, Number | np.ndarray) for v in value):
        inner = ", ".join(map(plain, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


@contextmanager
def _captured(screen: _Screen) -> Iterator[list[warnings.WarningMessage]]:
    stdin, sys.stdin = sys.stdin, io.StringIO()
    leave, os._exit = os._exit, _leave  # which would end the build, with whatever status it says
    try:
        with (
            redirect_stdout(_Stdout(screen)),
            redirect_stderr(screen.stderr),
            warnings.catch_warnings(record=True) as caught,
        ):
            _warn_as_python_does()
            yield caught
    finally:
        sys.stdin, os._exit = stdin, leave


def _leave(status: int) -> NoReturn:
    """Leave the cell, not the process."""
    raise SystemExit(f"os._exit({status}), which would have ended the build, not only the cell")


def _warn_as_python_does() -> None:
    """Hear the warnings that a reader's own Python would print, and no others."""
    warnings.simplefilter("always")
    for quiet in (
        DeprecationWarning,
        ImportWarning,
        PendingDeprecationWarning,
        ResourceWarning,
    ):
        warnings.simplefilter("ignore", quiet)
    warnings.filterwarnings("always", category=DeprecationWarning, module="__main__")


@contextmanager
def _limited(seconds: float) -> Iterator[list[float]]:
    """Stop a cell that runs too long, where the system has an alarm clock; give a list that is empty until then."""
    alarm = getattr(signal, "SIGALRM", None)
    late: list[float] = []
    if alarm is None or threading.current_thread() is not threading.main_thread():
        yield late
        return

    def ring(*_: object) -> None:
        late.append(seconds)
        raise TimeoutError(f"it ran for more than {seconds:g} seconds")

    before = signal.signal(alarm, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield late
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(alarm, before)


def _line_of(error: BaseException, filename: str) -> int:
    """Give the line within the cell on which it failed, counted from one."""
    if isinstance(error, SyntaxError) and error.filename == filename:
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 1 for f in reversed(frames) if f.filename == filename), 1)


def _sentence(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(str(said).split())}".rstrip(": ")
