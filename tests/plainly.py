"""Run a script without the tracer, and keep what can be told of the run: what a traced run has to agree with."""

from __future__ import annotations

import asyncio
import io
import linecache
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import TracebackType
from typing import Any

from fwdpass.trace import Limits, Script, Trace, traced
from fwdpass.trace.values import Store


@dataclass
class Outcome:
    """What a run printed, how it ended, where an exception passed through, and what was left in its names."""

    stdout: str
    stderr: str
    ended: str
    lines: list[tuple[str, int]]
    names: dict[str, Any]


@contextmanager
def outside_a_loop() -> Iterator[None]:
    """Let a script run a loop of its own: in a process with a browser's, Python allows no second one beside it."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


def plainly(path: Path) -> Outcome:
    """Run a script as ``python script.py`` would, in this process."""
    source = path.read_text(encoding="utf-8")
    module = types.ModuleType("__main__")
    vars(module).update(
        __loader__=SourceFileLoader("__main__", str(path)),
        __spec__=None,
        **({"__annotations__": {}} if sys.version_info < (3, 14) else {}),
        __builtins__=sys.modules["builtins"],
        __file__=str(path),
        __cached__=None,
    )
    printed = io.BytesIO()
    screen = io.TextIOWrapper(printed, encoding="utf-8", newline="")
    said = io.StringIO()
    before = sys.modules["__main__"], sys.argv, sys.path, sys.stdout, sys.stdin
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    error: BaseException | None = None
    sys.modules["__main__"], sys.argv, sys.stdout, sys.stdin = module, [str(path)], screen, io.StringIO()
    sys.path = [str(path.parent), *sys.path]
    try:
        with redirect_stderr(said), outside_a_loop():
            exec(compile(source, str(path), "exec", dont_inherit=True), vars(module))
    except BaseException as raised:  # noqa: BLE001 - a script may end in any way
        error = raised
    finally:
        sys.modules["__main__"], sys.argv, sys.path, sys.stdout, sys.stdin = before
    screen.flush()
    return outcome(printed.getvalue().decode(), said.getvalue(), error, vars(module), path)


def with_tracer(path: Path, limits: Limits | None = None) -> tuple[Outcome, Trace]:
    """Run a script with the tracer; give what can be told of the run, and its trace."""
    script = Script.read(path)
    script.lives_on = True
    printed, said, before = io.StringIO(newline=""), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO()
    try:
        with redirect_stderr(said), outside_a_loop():
            trace = traced(script, limits, printed)
    finally:
        sys.stdin = before
    return outcome(printed.getvalue(), said.getvalue(), script.error, script.namespace, path), trace


def outcome(stdout: str, stderr: str, error: BaseException | None, namespace: dict[str, Any], path: Path) -> Outcome:
    """Take down what a run has left behind."""
    store = Store(Limits(items=200, depth=6))
    names = {name: store.resolved(store.keep(value)) for name, value in namespace.items() if name != "__builtins__"}
    return Outcome(stdout, stderr, _sentence(error), list(_lines(error.__traceback__ if error else None, path)), names)


def _sentence(error: BaseException | None) -> str:
    said = []
    while error is not None:
        said.append(f"{type(error).__name__}: {error}{getattr(error, 'code', '')}")
        error = error.__cause__ or error.__context__
    return "\n".join(said)


def _lines(at: TracebackType | None, path: Path) -> Iterator[tuple[str, int]]:
    """Give the lines that an exception passed; of one that repeats, as where recursion has no end, the first."""
    before = None
    while at is not None:
        if at.tb_frame.f_code.co_filename == str(path):
            here = at.tb_frame.f_code.co_name, at.tb_lineno
            if here != before:
                yield here
            before = here
        at = at.tb_next
