"""Run a script as Python would, with a recorder listening, and give the trace of the run, however it ended."""

from __future__ import annotations

import ast
import atexit
import gc
import linecache
import os
import sys
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import CodeType, TracebackType
from typing import IO, Any

from fwdpass.trace.finish import finish, refused
from fwdpass.trace.limits import Limits
from fwdpass.trace.objects import message
from fwdpass.trace.plan import Plan
from fwdpass.trace.record import Ended, Trace
from fwdpass.trace.recorder import Recorder
from fwdpass.trace.screen import ScriptOutput
from fwdpass.trace.scripts import Script
from fwdpass.trace.statements import instrument
from fwdpass.trace.visits import Open

_OURS = str(Path(__file__).parent)


class Left(BaseException):
    """A script has called ``os._exit`` where the process is to go on without it."""

    def __init__(self, status: int) -> None:
        self.status = status


def traced(script: Script, limits: Limits | None = None, onward: IO[str] | None = None) -> Trace:
    """Run a script once; give its trace. What it prints goes ``onward``, if anywhere.

    Whatever the script does, this returns: a trace says in ``ended`` how the run ended.

    Parameters
    ----------
    script : Script
        What is run.
    limits : Limits, optional
        How much of it is recorded.
    onward : file, optional
        Where what the script prints goes, besides the trace.

    Returns
    -------
    Trace
        What happened; ``ended`` says how the run ended.
    """
    limits = limits or Limits()
    try:
        code, plan = compiled(script, limits)
    except (SyntaxError, ValueError) as error:
        error.__traceback__ = None  # no line of the script ran, so it would be of ours
        script.error = error
        if script.reports is not None:
            script.reports(error)
        return refused(script.name, script.source, Ended("refused", _refusal(error), 1), limits)
    return Run(script, code, plan, limits, onward).trace()


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


Call = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]


@contextmanager
def _at_exit() -> Iterator[list[Call]]:
    """Note what a script asks to be called at its end; what others in this process have asked for is theirs."""
    asked: list[Call] = []
    register, unregister = atexit.register, atexit.unregister

    def noted(func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        asked.append((func, args, kwargs))
        return register(func, *args, **kwargs)

    def forgotten(func: Callable[..., Any], /) -> None:
        asked[:] = [call for call in asked if call[0] != func]
        unregister(func)

    atexit.register, atexit.unregister = noted, forgotten
    try:
        yield asked
    finally:
        atexit.register, atexit.unregister = register, unregister


def _call(asked: list[Call]) -> None:
    """Call what was asked for, the last first; one that fails does not keep the others from it."""
    while asked:
        func, args, kwargs = asked.pop()
        others = list(asked)
        atexit.unregister(func)  # Python is not to call it again
        asked[:] = others
        try:
            func(*args, **kwargs)
        except BaseException:
            sys.stderr.write(f"Exception ignored in atexit callback: {func!r}\n")
            traceback.print_exc()


class Run:
    """One run of a script."""

    def __init__(self, script: Script, code: CodeType, plan: Plan, limits: Limits, onward: IO[str] | None) -> None:
        self._script = script
        self.screen = ScriptOutput(self._said, onward)
        self._recorder = Recorder(plan, limits, self.screen.hand_over)
        self._log = self._recorder.log
        script.at = self._recorder.line
        self._plain = code
        self._limits = limits
        self._written = 0
        self._end: tuple[Ended, Open | None] = (Ended("finished", "It ran to its end.", 0), None)

    def code(self) -> CodeType:
        """Give the script's code, with this run's recorder in it."""
        return hooked(self._plain, self._recorder.hooks())

    def trace(self) -> Trace:
        """Run the script, and give its trace."""
        script = self._script
        with _stdout(self.screen):
            if script.namespace:
                keep_lines(script.filename, script.source)
                before, sys.argv = sys.argv, script.argv
                try:
                    self._run()
                finally:
                    sys.argv = before
            else:
                module = script.module()
                script.namespace = vars(module)
                with _as_main(script, module):
                    self._run()
                del module
                if not script.lives_on:
                    self._release()
            self._log.hand_over()
        finished = self._finished(*self._end)
        self._recorder.store.close()
        del self._script  # whose functions hold its code, which holds the recorder
        return finished

    def _run(self) -> None:
        script, running = self._script, set(threading.enumerate())
        with _leaving(self._leave), _at_exit() as at_exit:
            try:
                exec(self.code(), script.namespace)
            except BaseException as error:
                script.error = _cleaned(error)
            self._log.hand_over()
            self._end = self._ended(script.error)
            if script.error is not None and script.reports is not None:
                script.reports(script.error)
            self._log.end()
            _finish_threads(running)
            if script.alone:
                _call(at_exit)

    def _release(self) -> None:
        """Let go of what the script has left behind, as Python does at its end: files are closed, generators end."""
        self._script.error = None
        # The table of types has the script's classes, and through their methods everything else.
        self._recorder.store.forget()
        namespace, self._script.namespace = self._script.namespace, {}
        if self._recorder.plan.wild:
            # Classes and generators have something to say at their end, and find the names of the module then.
            del namespace
            gc.collect()
        else:
            namespace.clear()

    def _finished(self, ended: Ended, failed: Open | None = None) -> Trace:
        if self._recorder.plan.too_deep:
            ended = replace(ended, sentence=f"{ended.sentence} Nothing was recorded: it is nested too deeply.")
        script = self._script
        return finish(script.name, script.source, self._recorder, ended, failed, self._written)

    def _leave(self, status: int, line: int) -> None:
        """End as the script wants to, at once, but with its trace."""
        if self._script.leaves is None:
            raise Left(status)
        self._log.hand_over()
        self._script.leaves(self._finished(_left(status, line)))

    def _said(self, text: str) -> None:
        """Keep what was printed, with the visit that printed it."""
        visit = self._log.said(len(text))
        visit.written += len(text)
        self._written += len(text)
        room = self._limits.printed - (visit.written - len(text))
        if room > 0:
            visit.printed = [*(visit.printed or ()), text[:room]]

    def _ended(self, error: BaseException | None) -> tuple[Ended, Open | None]:
        if error is None:
            return self._end
        line = _line(error, self._script.filename)
        if isinstance(error, Left):
            return _left(error.status, line), None
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


@contextmanager
def _as_main(script: Script, module: types.ModuleType) -> Iterator[None]:
    """Let a script be the main module, with its arguments, its folder, and its lines for tracebacks."""
    before = sys.modules.get("__main__"), sys.argv, sys.path
    sys.modules["__main__"] = module
    sys.argv = script.argv
    sys.path = [script.path, *before[2]] if script.path is not None else list(before[2])
    lines = keep_lines(script.filename, script.source)
    try:
        yield
    finally:
        main, sys.argv, sys.path = before
        if main is not None:
            sys.modules["__main__"] = main
        if not script.lives_on and linecache.cache.get(script.filename) is lines:
            del linecache.cache[script.filename]


def keep_lines(filename: str, source: str) -> Any:
    """Let tracebacks and ``inspect`` find the lines of a script, wherever they came from."""
    lines = len(source), None, source.splitlines(keepends=True), filename
    linecache.cache[filename] = lines
    return lines


@contextmanager
def _leaving(leave: Callable[[int, int], None]) -> Iterator[None]:
    """Be told when the script ends the process at once; not when a fork of it does."""
    process, before = os.getpid(), os._exit

    def leaving(status: int) -> None:
        if os.getpid() == process:
            leave(int(status), sys._getframe(1).f_lineno)
        before(status)

    os._exit = leaving  # type: ignore[assignment]
    try:
        yield
    finally:
        os._exit = before


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


def _finish_threads(others: set[threading.Thread]) -> None:
    """Wait for the script's threads, as Python does before it ends; the others are not its own."""
    for thread in threading.enumerate():
        if thread not in others and not thread.daemon:
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


def _left(status: int, line: int) -> Ended:
    at = f" at line {line}" if line else ""
    return Ended("exited", f"It left at once with status {status}{at}, by os._exit.", status)


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
