"""Run one page's Python: a namespace and its cells.

A small shell of our own, so that a page can be read wherever there is Python and NumPy. A cell
shows what it prints, what it hands to ``display``, and what its last expression is worth: :mod:`fwdpass.page.outputs`.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import linecache
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from fwdpass.errors import FwdpassError, PageError
from fwdpass.numerals.exact import Arithmetic, Rounding, compile_source, compile_tree
from fwdpass.page import ipython
from fwdpass.page.outputs import CellScreen, Output, Raised, Stdout, address_in, plain, with_no_addresses
from fwdpass.page.program import Cell

_BOUND = "_put_for"
"""The name that a value has while it is bound to others."""


@dataclass(frozen=True)
class Strictness:
    """What a page's cells may do besides what they compute."""

    addresses: bool = True
    """Whether an address in memory is refused; otherwise it is shown without its digits, which differ on every run."""
    warnings: bool = True
    """Whether a warning, or a line on standard error, is refused; otherwise it is shown."""
    jupyter: bool = False
    """Whether IPython is there from the start, if it is installed; otherwise it comes when a cell has its syntax."""


STRICT = Strictness()


class Shell:
    """A namespace, and the arithmetic in which its decimals are read."""

    def __init__(
        self,
        page: str,
        arithmetic: Arithmetic | Rounding,
        timeout: float,
        drawn: bool,
        strict: Strictness = STRICT,
    ) -> None:
        self._page = page
        self._drawn = drawn
        self._arithmetic = arithmetic
        self._timeout = timeout
        self._strict = strict
        self._loop: asyncio.AbstractEventLoop | None = None
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__doc__": None}

    def run(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell and give what it shows; a fault is a :class:`~fwdpass.errors.PageError` with its line."""
        screen = CellScreen(self._drawn)
        source = self._as_python(cell)
        self.namespace["display"] = screen.display
        filename = f"<{self._page}, line {cell.line}>"
        linecache.cache[filename] = (
            len(cell.source), None, cell.source.splitlines(keepends=True), filename
        )  # fmt: skip
        raised: BaseException | None = None
        seconds = self._timeout if cell.timeout is None else cell.timeout
        with _captured(screen, self._strict.warnings) as caught, limited(seconds) as late:
            try:
                with self._attached(screen):
                    result = self._execute(source, filename)
                    if result is not None:
                        screen.display(result)
            except (Exception, SystemExit) as error:
                raised = error
        if late:  # whoever caught it: no cell is meant to end so
            line = cell.line + (_line_of(raised, filename) - 1 if raised is not None else 0)
            raise PageError(f"{cell.called} ran for more than {in_words(late[0])}", line=line, kind="cell")
        self._judge(cell, filename, raised, caught, screen)
        if raised is not None:
            screen.outputs.append(Raised(type(raised).__name__, str(raised)))
        if self._strict.addresses:
            return tuple(screen.outputs)
        return tuple(map(with_no_addresses, screen.outputs))

    def close(self) -> None:
        """End what cells have begun and left to go on."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _attached(self, screen: CellScreen) -> AbstractContextManager[None]:
        """Let IPython, where anybody has imported it, show things on this screen."""
        if not (ipython.is_awake() or (self._strict.jupyter and ipython.is_installed())):
            return nullcontext()
        return ipython.attached(self.namespace, screen, plain)

    def _as_python(self, cell: Cell) -> str:
        """Give a cell's source; where it has magics or commands, what they stand for in Python.

        Raises :class:`~fwdpass.errors.PageError` for what needs IPython where there is none, and for what no other
        arithmetic can follow.
        """
        if is_python(cell.source):
            return cell.source
        if self._arithmetic is not Arithmetic.FLOAT64:
            source = ipython.without_quiet_magics(cell.source)
            if not is_python(source):
                raise PageError("the cell has a magic or a command, which runs once", line=cell.line, kind="cell")
            return source
        if not ipython.is_installed():
            return cell.source  # compiling it says where it is no Python
        source = ipython.as_python(cell.source)
        return source if is_python(source) else cell.source

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
        self._evaluated(statements)
        if expression is None:
            return None
        result = self._evaluated(expression)
        return None if source.rstrip().endswith(";") else result

    def _evaluated(self, code: CodeType) -> Any:
        """Run code; where it awaits something at its top, in the page's own event loop."""
        result = eval(code, self.namespace)
        if not code.co_flags & inspect.CO_COROUTINE:
            return result
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(result)

    def _judge(
        self,
        cell: Cell,
        filename: str,
        raised: BaseException | None,
        caught: list[warnings.WarningMessage],
        screen: CellScreen,
    ) -> None:
        """Refuse a cell that did what the page does not say."""
        line = cell.line
        if raised is not None and not cell.may_raise:
            line += _line_of(raised, filename) - 1
            said = f"trace: {raised}" if cell.script and isinstance(raised, FwdpassError) else None
            hint = meant(raised, self.namespace) if isinstance(raised, NameError) else ""
            raise PageError(said or f"{cell.called} raised {_sentence(raised)}{hint}", line=line, kind="cell")
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
        for found in filter(None, map(address_in, screen.outputs)) if self._strict.addresses else ():
            raise PageError(
                f"{cell.called} shows an address in memory ({found}), which differs on every "
                "run; show the object's value instead",
                line=line,
                kind="cell",
            )


@lru_cache(maxsize=4096)
def is_python(source: str) -> bool:
    """Say whether a cell is plain Python, as far as its syntax goes; it may await something."""
    try:
        compile(source, "<cell>", "exec", flags=ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return False
    return True


@lru_cache(maxsize=4096)
def _compiled(source: str, filename: str, arithmetic: Arithmetic | Rounding) -> tuple[CodeType, CodeType | None]:
    """Compile a cell: its statements, and its last expression, if it ends in one.

    A page that is read again and again, as mutation does, is compiled once.
    """
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    expression = ast.Expression(last.value) if isinstance(last, ast.Expr) else None
    return (
        compile_tree(tree, source, filename, arithmetic, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT),
        compile_tree(expression, source, filename, arithmetic, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if expression is not None
        else None,
    )


@lru_cache(maxsize=4096)
def _expression(source: str, filename: str, arithmetic: Arithmetic | Rounding) -> CodeType:
    return compile_source(source, filename, "eval", arithmetic)


@contextmanager
def _captured(screen: CellScreen, strict: bool) -> Iterator[list[warnings.WarningMessage]]:
    stdin, sys.stdin = sys.stdin, io.StringIO()
    leave, build = os._exit, os.getpid()

    def left(status: int) -> None:
        """Leave the cell, and not the process, unless the cell has forked it."""
        if os.getpid() != build:
            leave(status)
        raise SystemExit(f"os._exit({status}), which would have ended the build, not only the cell")

    os._exit = left  # type: ignore[assignment]
    errors = screen.stderr if strict else Stdout(screen)
    try:
        with (
            redirect_stdout(Stdout(screen)),
            redirect_stderr(errors),
            warnings.catch_warnings(record=strict) as caught,
        ):
            _warn_as_python_does()
            yield [] if caught is None else caught
    finally:
        sys.stdin, os._exit = stdin, leave


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


def in_words(seconds: float) -> str:
    """Say how many seconds."""
    return f"{seconds:g} {'second' if seconds == 1 else 'seconds'}"


_LOOK = 0.25
"""Seconds after which one looks again whether there is any hope."""


@contextmanager
def limited(
    seconds: float, *, computing: bool = False, hopeless: Callable[[FrameType | None], bool] | None = None
) -> Iterator[list[float]]:
    """Stop a cell that runs too long, where the system has an alarm clock; give a list that is empty until then.

    With ``computing``, only the time is counted in which a processor works for this process, which is the same however
    much else a computer does. A cell is stopped before its time where it is ``hopeless``, which is asked now and then
    about the frame that runs. Windows has no alarm; Python in a browser has the alarm, and no clock to set it by.
    """
    alarm = getattr(signal, "SIGPROF" if computing else "SIGALRM", None) if hasattr(signal, "setitimer") else None
    late: list[float] = []
    if alarm is None or seconds <= 0 or threading.current_thread() is not threading.main_thread():
        yield late
        return

    now, clock = (time.process_time, signal.ITIMER_PROF) if computing else (time.monotonic, signal.ITIMER_REAL)
    start = now()

    def ring(_signal: int, frame: FrameType | None) -> None:
        if hopeless is not None and now() - start < seconds and not hopeless(frame):
            return  # it rings again
        signal.setitimer(clock, 0)
        late.append(seconds)
        raise TimeoutError(f"it ran for more than {in_words(seconds)}")

    before = signal.signal(alarm, ring)
    signal.setitimer(clock, *((seconds,) if hopeless is None else (min(_LOOK, seconds), _LOOK)))
    try:
        yield late
    finally:
        signal.setitimer(clock, 0)
        signal.signal(alarm, before)


def _line_of(error: BaseException, filename: str) -> int:
    """Give the line within the cell on which it failed, counted from one."""
    if isinstance(error, SyntaxError) and error.filename == filename:
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 1 for f in reversed(frames) if f.filename == filename), 1)


def meant(error: NameError, names: Iterable[str]) -> str:
    """Say which of the page's names was meant by one that is not there, if one is like it.

    >>> meant(NameError("name 'yhat' is not defined", name="yhat"), ["y_hat", "x"])
    '; do you mean y_hat?'
    """
    from difflib import get_close_matches  # only for who has made a mistake

    known = [name for name in names if not name.startswith("_")]
    near = get_close_matches(error.name or "", known, n=1)
    return f"; do you mean {near[0]}?" if near else ""


def _sentence(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    if isinstance(error, EOFError):
        said = f"{said}, and nobody answers a build"
    return f"{type(error).__name__}: {' '.join(str(said).split())}".rstrip(": ")
