"""The command ``fwdpass trace``: run a script, and write down what every expression in it was worth."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from fwdpass.commands import check_output, complain, count, ended, path, say, write_whole
from fwdpass.errors import TraceError
from fwdpass.trace.form import dump
from fwdpass.trace.limits import Limits
from fwdpass.trace.panel.view import page
from fwdpass.trace.record import Trace
from fwdpass.trace.run import Script, traced
from fwdpass.trace.view import lines, script_of

FORMATS: dict[str, Callable[[Trace], str]] = {
    "text": lambda trace: "".join(f"{line}\n" for line in lines(trace, "code")),
    "json": dump,
    "html": page,
}
"""How a trace can be written."""
_PATIENCE = 1.0
"""After so many seconds, a terminal is told how far the script is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give the exit status of the script that it ran, or 2 where there was none to run."""
    return ended(lambda: _run(_parser().parse_args(argv)), wrong=2)


def _run(asked: argparse.Namespace) -> int:
    out = _place(asked.out, asked.script)
    trace = _traced(_found(asked.script, asked.arguments), Limits(first=asked.first), to_file=out is not None)
    written = FORMATS[asked.format](trace)
    if out is None:
        say(written)
    else:
        write_whole(out, written)
    return trace.ended.status


def _found(place: Path, arguments: list[str]) -> Script:
    if place.is_dir():
        raise TraceError(f"{str(place)!r} is a folder, and a script is a file")
    if not place.exists():
        raise TraceError(f"there is no script {str(place)!r}")
    return script_of(place, arguments)


def _place(out: Path | None, script: Path) -> Path | None:
    """Say where the trace goes, before the script runs: it may run long, and go to another folder."""
    if out is None:
        return None
    check_output(out)
    if out.exists() and script.exists() and out.samefile(script):
        raise TraceError(f"cannot write {str(out)!r}: that is the script itself")
    return out.absolute()


def _traced(script: Script, limits: Limits, *, to_file: bool) -> Trace:
    """Run a script; its own output goes where the trace does not."""
    process = os.getpid()
    with _progress(script):
        trace = traced(script, limits, sys.stdout if to_file else sys.stderr)
    if sys.stdout is not None:
        with suppress(OSError):  # whoever was to read it is gone, and the trace is still to be written
            sys.stdout.flush()
    if os.getpid() != process:
        # A fork that the script has made ends where the script ends: there is one trace.
        os._exit(trace.ended.status)
    error = script.error
    if trace.ended.how == "refused" and error is not None:
        error.__traceback__ = None  # no line of the script ran, so it would be of ours
    if isinstance(error, SystemExit):
        if error.code is not None and not isinstance(error.code, int):
            say(f"{error.code}\n", to_stderr=True)
    elif error is not None:
        traceback.print_exception(error)
    if trace.ended.how == "interrupted":
        complain(f"{trace.ended.sentence} The trace has what there was until then.")
    return trace


@contextmanager
def _progress(script: Script) -> Iterator[None]:
    """Tell a terminal, after a while, which line a script is at."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()

    def tell() -> None:
        seconds = 0
        while not done.wait(_PATIENCE):
            seconds += 1
            sys.stderr.write(
                f"\r\x1b[Kfwdpass: {seconds} s, at line {script.at()}; Ctrl-C ends it, and keeps its trace"
            )
            sys.stderr.flush()
        if seconds:
            sys.stderr.write("\r\x1b[K")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fwdpass trace",
        description="Run a Python script once, as `python SCRIPT ARGS` would, and write down, line by line, what every "
        "expression in it was worth, what changed, and what was printed. Of what is repeated, the first and the last "
        "turns are kept; of large arrays, shape, dtype and corners.",
        epilog="The script's own output goes to standard output if the trace goes to a file (-o), else to standard "
        "error. The exit status is the script's: 0, or what it exits with, 1 if it raises or is no Python, 130 if it "
        "is interrupted; 2 means that there was nothing to run, or that the trace could not be written.",
    )
    parser.add_argument("script", type=path, metavar="SCRIPT", help="the script to run")
    parser.add_argument(
        "arguments", metavar="ARGS", nargs="*", default=[], help="what the script gets in sys.argv, after --"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write the trace (text)")
    parser.add_argument("-o", "--out", type=path, metavar="OUT", help="the file to write; without it, standard output")
    parser.add_argument(
        "--first", type=count, default=Limits().first, metavar="N",
        help=f"how many visits of a line are kept from its first on ({Limits().first})",
    )  # fmt: skip
    return parser
