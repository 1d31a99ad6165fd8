"""Run a script as Python would, with a recorder listening, and give the trace of the run, however it ended."""

from __future__ import annotations

import ast
import io
import linecache
import sys
import threading
import tokenize
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, TracebackType
from typing import IO, Any

from fwdpass.trace.finish import finish, refused
from fwdpass.trace.limits import Limits
from fwdpass.trace.objects import message
from fwdpass.trace.plan import Plan
from fwdpass.trace.record import Ended, Trace
from fwdpass.trace.recorder import Recorder
from fwdpass.trace.screen import Screen
from fwdpass.trace.statements import instrument
from fwdpass.trace.visits import Open

_OURS = str(Path(__file__).parent)


class Script:
    """A script to be run: where it is, what it says, and what it is called with.

    After a run, ``error`` is the exception that ended it, with the script's part of the traceback, and ``namespace``
    what its names were worth at the end. A namespace that is there before the run is the one that it runs in.
    """

    def __init__(self, source: str, filename: str, argv: list[str] | None = None, path: str | None = None) -> None:
        self.source = source
        self.filename = filename
        self.argv = argv if argv is not None else [filename]
        self.path = path
        self.transform: Callable[[Any], Any] | None = None
        """Applied to the instrumented tree: a page's exact reading has decimals read as fractions that way."""
        self.error: BaseException | None = None
        self.namespace: dict[str, Any] = {}
        self.at: Callable[[], int] = int
        """Gives the line that runs, or was recorded last."""

    @classmethod
    def read(cls, path: Path, arguments: list[str] | None = None) -> Script:
        """Read a script as Python does, in the encoding that it declares."""
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        source = io.TextIOWrapper(io.BytesIO(data), encoding).read()
        return cls(source, str(path), [str(path), *(arguments or [])], str(path.resolve().parent))


def traced(script: Script, limits: Limits | None = None, onward: IO[str] | None = None) -> Trace:
    """Run a script once; give its trace. What it prints goes ``onward``, if anywhere.

    Whatever the script does, this returns: a trace says in ``ended`` how the run ended.
    """
    limits = limits or Limits()
    name = Path(script.filename).name
    try:
        code, plan = compiled(script, limits)
    except (SyntaxError, ValueError) as error:
        script.error = error
        return refused(name, script.source, Ended("refused", _refusal(error), 1), limits)
    return Run(script, code, plan, limits, onward).trace(name)


def compiled(script: Script, limits: Limits) -> tuple[CodeType, Plan]:
    """Compile a script twice: as it is, for Python to say what is wrong with it, and instrumented."""
    plain = compile(script.source, script.filename, "exec", dont_inherit=True)
    with _deep(), warnings.catch_warnings():
        # The first compilation has given these; the second would warn of ours.
        warnings.simplefilter("ignore")
        try:
            made, plan = instrument(ast.parse(script.source, script.filename), script.source, limits.first)
            if script.transform is not None:
                made = script.transform(made)
            return compile(made, script.filename, "exec", dont_inherit=True), plan
        except (RecursionError, SyntaxError, MemoryError):
            # Nested as deeply as Python just allows: then it runs, and nothing is recorded.
            return plain, Plan(limits.first, too_deep=True)


class Run:
    """One run of a script."""

    def __init__(self, script: Script, code: CodeType, plan: Plan, limits: Limits, onward: IO[str] | None) -> None:
        self._script = script
        self.screen = Screen(self._said, onward)
        self._recorder = Recorder(plan, limits, self.screen.flush)
        self._log = self._recorder.log
        script.at = self._recorder.line
        self.code = hooked(code, self._recorder.hooks())
        self._limits = limits
        self._written = 0

    def trace(self, name: str) -> Trace:
        """Run the script, and give its trace."""
        script = self._script
        if script.namespace:
            surroundings = _lines_of(script)
        else:
            module = _module(script)
            script.namespace = vars(module)
            surroundings = _as_main(script, module)
        with surroundings, _stdout(self.screen):
            try:
                exec(self.code, script.namespace)
            except BaseException as error:
                script.error = _cleaned(error)
            _finish_threads()
            self._log.hand_over()
        ended, failed = self._ended(script.error)
        if self._recorder.plan.too_deep:
            ended = replace(ended, sentence=f"{ended.sentence} Nothing was recorded: it is nested too deeply.")
        return finish(name, script.source, self._recorder, ended, failed, self._written)

    def _said(self, text: str) -> None:
        """Keep what was printed, with the visit that printed it."""
        visit = self._log.current
        visit.written += len(text)
        self._written += len(text)
        room = self._limits.printed - (visit.written - len(text))
        if room > 0:
            visit.printed = [*(visit.printed or ()), text[:room]]

    def _ended(self, error: BaseException | None) -> tuple[Ended, Open | None]:
        if error is None:
            return Ended("finished", "It ran to its end.", 0), None
        line = _line(error, self._script.filename)
        at = f" at line {line}" if line else ""
        if isinstance(error, SystemExit):
            status = error.code if isinstance(error.code, int) else int(error.code is not None)
            return Ended("exited", f"It exited with status {status}{at}.", status), None
        failed = self._recorder.failures.attach(error, self._script.filename)
        if isinstance(error, KeyboardInterrupt):
            return Ended("interrupted", f"It was interrupted{at}.", 130), failed
        return Ended("raised", _sentence(error, at), 1), failed


def hooked(code: CodeType, hooks: dict[str, Any]) -> CodeType:
    """Put the recorder's functions into the places that are kept for them in compiled code."""
    constants = tuple(
        hooked(each, hooks) if isinstance(each, CodeType) else hooks.get(each, each) if type(each) is str else each
        for each in code.co_consts
    )
    return code.replace(co_consts=constants)


# What a script finds around it ----------------------------------------------------------------------------------------


def _module(script: Script) -> types.ModuleType:
    """Make the module that Python would make for a script."""
    module = types.ModuleType("__main__")
    module.__dict__.update(
        __loader__=SourceFileLoader("__main__", script.filename),
        __spec__=None,
        **({"__annotations__": {}} if sys.version_info < (3, 14) else {}),
        __builtins__=sys.modules["builtins"],
        __file__=script.filename,
        __cached__=None,
    )
    return module


@contextmanager
def _as_main(script: Script, module: types.ModuleType) -> Iterator[None]:
    """Let a script be the main module, with its arguments, its folder, and its lines for tracebacks."""
    before = sys.modules.get("__main__"), sys.argv, sys.path
    sys.modules["__main__"] = module
    sys.argv = script.argv
    sys.path = [script.path, *before[2]] if script.path is not None else list(before[2])
    try:
        with _lines_of(script):
            yield
    finally:
        main, sys.argv, sys.path = before
        if main is not None:
            sys.modules["__main__"] = main


@contextmanager
def _lines_of(script: Script) -> Iterator[None]:
    """Let tracebacks find the lines of a script, wherever they came from."""
    lines = script.source.splitlines(keepends=True)
    linecache.cache[script.filename] = (len(script.source), None, lines, script.filename)
    yield


@contextmanager
def _stdout(screen: Any) -> Iterator[None]:
    before = sys.stdout
    sys.stdout = screen
    try:
        yield
    finally:
        sys.stdout = before


@contextmanager
def _deep() -> Iterator[None]:
    """Let Python recurse deeper: a chain of a thousand ``elif`` is a tree a thousand deep."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 10_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _finish_threads() -> None:
    """Wait for the script's threads, as Python does before it ends."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon and thread is not threading.current_thread():
            thread.join()


# How it ended ---------------------------------------------------------------------------------------------------------


def _cleaned(error: BaseException) -> BaseException:
    """Take our own calls out of the traceback of an exception, and of those that led to it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            waiting += [each.__cause__, each.__context__]
            each.__traceback__ = _without_ours(each.__traceback__)
    return error


def _without_ours(at: TracebackType | None) -> TracebackType | None:
    kept: list[TracebackType] = []
    while at is not None:
        if not at.tb_frame.f_code.co_filename.startswith(_OURS):
            kept.append(at)
        at = at.tb_next
    following = None
    for each in reversed(kept):
        each.tb_next = following
        following = each
    return following


def _line(error: BaseException, filename: str) -> int:
    line, at = 0, error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == filename:
            line = at.tb_lineno
        at = at.tb_next
    return line


def _sentence(error: BaseException, at: str) -> str:
    said = message(error)
    return f"It stopped{at}: {type(error).__name__}{': ' if said else ''}{said}"


def _refusal(error: SyntaxError | ValueError) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        return f"It is no Python: {error.msg}, at line {error.lineno}."
    return f"It is no Python: {error}."
