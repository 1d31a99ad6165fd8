"""The command ``fwdpass trace``: run a script, and write down what every expression in it was worth."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fwdpass.errors import FwdpassError, TraceError
from fwdpass.trace.form import dump
from fwdpass.trace.limits import Limits
from fwdpass.trace.record import Trace
from fwdpass.trace.run import Script, traced
from fwdpass.views.panel import page
from fwdpass.views.trace import lines, script_of

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
    asked = _parser().parse_args(argv)
    try:
        script = script_of(Path(asked.script), asked.arguments)
        trace = _traced(script, Limits(first=asked.first), to_file=asked.out is not None)
        _write(FORMATS[asked.format](trace), asked.out)
    except FwdpassError as error:
        sys.stderr.write(f"fwdpass: {error}\n")
        return 2
    except BrokenPipeError:
        return 1
    return trace.ended.status


def _traced(script: Script, limits: Limits, *, to_file: bool) -> Trace:
    """Run a script; its own output goes where the trace does not."""
    process = os.getpid()
    with _progress(script):
        trace = traced(script, limits, sys.stdout if to_file else sys.stderr)
    sys.stdout.flush()
    if os.getpid() != process:
        # A fork that the script has made ends where the script ends: there is one trace.
        os._exit(trace.ended.status)
    error = script.error
    if isinstance(error, SystemExit):
        if error.code is not None and not isinstance(error.code, int):
            sys.stderr.write(f"{error.code}\n")
    elif error is not None:
        traceback.print_exception(error)
    if trace.ended.how == "interrupted":
        sys.stderr.write(f"fwdpass: {trace.ended.sentence} The trace has what there was until then.\n")
    return trace


def _write(written: str, out: Path | None) -> None:
    """Write to a file, all of it or nothing, or to standard output."""
    if out is None:
        sys.stdout.write(written)
        sys.stdout.flush()
        return
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        raise TraceError(f"cannot write {str(out)!r}: {error.strerror}") from None
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - a descriptor is no path
            file.write(written)
        os.chmod(beside, 0o666 & ~_umask())  # noqa: PTH101
        os.replace(beside, out)  # noqa: PTH105
    except OSError as error:
        raise TraceError(f"cannot write {str(out)!r}: {error.strerror}") from None
    finally:
        Path(beside).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _progress(script: Script) -> Iterator[None]:
    """Tell a terminal, after a while, which line a script is at."""
    if not sys.stderr.isatty():
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
    parser.add_argument("script", metavar="SCRIPT", help="the script to run")
    parser.add_argument("arguments", metavar="ARGS", nargs="*", help="what the script gets in sys.argv, after --")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write the trace (text)")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT", help="the file to write; without it, standard output")
    parser.add_argument(
        "--first", type=_count, default=Limits().first, metavar="N",
        help=f"how many visits of a line are kept from its first on ({Limits().first})",
    )  # fmt: skip
    return parser


def _count(given: str) -> int:
    number = int(given)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one")
    return number
