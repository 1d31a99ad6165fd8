"""Run one page's Python: a namespace, its cells, and what they show.

A small shell of our own, so that a page can be read wherever there is Python and NumPy. A cell
shows what it prints, what it hands to ``display``, and what its last expression is worth.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import inspect
import io
import linecache
import os
import re
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import lru_cache
from numbers import Number
from types import CodeType
from typing import Any

import numpy as np

from fwdpass.errors import FwdpassError, PageError
from fwdpass.numerals.exact import Arithmetic, Rounding, compile_source, compile_tree
from fwdpass.numerals.world import is_masked
from fwdpass.numerals.writing import text
from fwdpass.page import ipython
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
_SOMEWHERE = "at 0x…"
_DRAWN = frozenset((*_REPRS, "application/javascript", "application/vnd.jupyter.widget-view+json"))
"""MIME types that a page shows in the place of the plain text."""


@dataclass
class Printed:
    """What a cell wrote to standard output."""

    text: str


@dataclass(frozen=True)
class Shown:
    """A value that a cell shows: a text for each MIME type that it can be drawn in."""

    data: Mapping[str, Any]
    value: Any = field(default=None, compare=False, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def drawn(self) -> Shown:
        """Draw the value in every MIME type that it knows, where only its text was wanted at first."""
        return self if self.metadata else Shown(mime_bundle(self.value))

    @property
    def text(self) -> str:
        """The plain text of the value, of one that is put aside for another place of the page, too."""
        texts = (said for mime, said in self.data.items() if mime.endswith("text/plain"))
        return str(next(texts, ""))


@dataclass(frozen=True)
class Raised:
    """The error that a cell was there to show."""

    name: str
    message: str


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


Output = Printed | Shown | Raised


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
        screen = _Screen(self._drawn)
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
        return tuple(map(_without_addresses, screen.outputs))

    def close(self) -> None:
        """End what cells have begun and left to go on."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _attached(self, screen: _Screen) -> AbstractContextManager[None]:
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
        screen: _Screen,
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
        for said in map(_read_by_eye, screen.outputs) if self._strict.addresses else ():
            if found := _ADDRESS.search(said):
                raise PageError(
                    f"{cell.called} shows an address in memory ({found[0]}), which differs on every "
                    "run; show the object's value instead",
                    line=line,
                    kind="cell",
                )


def _read_by_eye(output: Output) -> str:
    """Give the text of what a cell shows that stands on the page: of what is drawn, no text that stands behind it."""
    if not isinstance(output, Shown):
        return str(output)
    return "" if output.data.keys() & _DRAWN else output.text


def without_addresses(said: str) -> str:
    """Leave out the digits of addresses in memory, which differ on every run."""
    return _ADDRESS.sub(_SOMEWHERE, said)


def _without_addresses(output: Output) -> Output:
    match output:
        case Printed(said):
            return replace(output, text=without_addresses(said))
        case Shown({"text/plain": str(said), **data}):
            return replace(output, data={**data, "text/plain": without_addresses(said)})
    return output


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


@dataclass
class _Screen:
    """What a running cell has shown so far, in order."""

    drawn: bool
    outputs: list[Output] = field(default_factory=list)
    stderr: io.StringIO = field(default_factory=io.StringIO)
    named: dict[str, int] = field(default_factory=dict)
    """Outputs that may be updated, by their names."""
    formatted: Any = None
    """What IPython has just asked the text of, to be drawn later if it is wanted."""

    def display(self, *values: Any, **options: Any) -> Any:
        """Show values, each as it can be drawn best; with options, as IPython has them."""
        if options and ipython.is_installed():
            return ipython.display(*values, **options)
        for value in values:
            if not self.drawn:
                self.outputs.append(Shown(_text_only(value), value))
            elif ipython.is_awake() and not _is_ours(value):
                data, metadata = ipython.drawn(value)
                if data:
                    self.outputs.append(Shown(data, metadata=metadata))
            else:
                self.outputs.append(Shown(mime_bundle(value)))
        return None

    def publish(self, data: Mapping[str, Any], metadata: Mapping[str, Any], name: str, update: bool) -> None:
        """Show what IPython has drawn; an update takes the place of what has the name."""
        shown = Shown(dict(data), self.formatted, metadata)
        self.formatted = None
        if update and name in self.named:
            self.outputs[self.named[name]] = shown
            return
        if name:
            self.named[name] = len(self.outputs)
        self.outputs.append(shown)

    def clear(self) -> None:
        """Forget what was shown."""
        self.outputs.clear()
        self.named.clear()

    def write(self, written: str) -> int:
        written = written.replace("\r\n", "\n")  # as a terminal writes it, which commands run in
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


def _is_ours(value: Any) -> bool:
    """Say whether a value is drawn by the numerals, or by one of the package's own figures."""
    return isinstance(value, Number | np.ndarray | str) or type(value).__module__.partition(".")[0] == "fwdpass"


def _text_only(value: Any) -> dict[str, str]:
    return {"text/plain": plain(value)}


def plain(value: Any) -> str:
    """Write a value as a cell shows it: numbers and arrays by the numerals, anything else by its own ``repr``."""
    if is_masked(value):  # a masked entry is no number
        return repr(value)
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
def _captured(screen: _Screen, strict: bool) -> Iterator[list[warnings.WarningMessage]]:
    stdin, sys.stdin = sys.stdin, io.StringIO()
    leave, build = os._exit, os.getpid()

    def left(status: int) -> None:
        """Leave the cell, and not the process, unless the cell has forked it."""
        if os.getpid() != build:
            leave(status)
        raise SystemExit(f"os._exit({status}), which would have ended the build, not only the cell")

    os._exit = left  # type: ignore[assignment]
    errors = screen.stderr if strict else _Stdout(screen)
    try:
        with (
            redirect_stdout(_Stdout(screen)),
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


@contextmanager
def limited(seconds: float, *, computing: bool = False) -> Iterator[list[float]]:
    """Stop a cell that runs too long, where the system has an alarm clock; give a list that is empty until then.

    With ``computing``, only the time is counted in which a processor works for this process, which is the same however
    much else a computer does. Windows has no alarm; Python in a browser has the alarm, and no clock to set it by.
    """
    alarm = getattr(signal, "SIGPROF" if computing else "SIGALRM", None) if hasattr(signal, "setitimer") else None
    late: list[float] = []
    if alarm is None or seconds <= 0 or threading.current_thread() is not threading.main_thread():
        yield late
        return

    def ring(*_: object) -> None:
        late.append(seconds)
        raise TimeoutError(f"it ran for more than {in_words(seconds)}")

    clock = signal.ITIMER_PROF if computing else signal.ITIMER_REAL
    before = signal.signal(alarm, ring)
    signal.setitimer(clock, seconds)
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
