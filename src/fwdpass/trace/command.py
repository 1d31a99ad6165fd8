"""The command ``fwdpass trace``: run a script, and write down the value of every expression in it."""

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
from fwdpass.trace.run import traced
from fwdpass.trace.scripts import Script
from fwdpass.trace.view import lines, script_of

FORMATS: dict[str, Callable[[Trace], str]] = {
    "text": lambda trace: "".join(f"{line}\n" for line in lines(trace, "code")),
    "json": dump,
    "html": page,
}
"""How a trace can be written."""
_ENDINGS = {".html": "html", ".htm": "html", ".json": "json"}
_PATIENCE = 1.0
"""After so many seconds, a terminal is told how far the script is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give the exit status of the script that it ran, or 2 where there was none to run."""
    given = list(sys.argv[1:] if argv is None else argv)
    # What follows -- is the script's, whatever it looks like.
    end = given.index("--") if "--" in given else len(given)
    return ended(lambda: _run(_asked(given[:end], given[end + 1 :])), wrong=2)


def _asked(given: list[str], arguments: list[str]) -> argparse.Namespace:
    """Take the command line apart; options may stand before the script and after it."""
    parser = _parser()
    asked = parser.parse_intermixed_args(given)
    if asked.module is None and not asked.words:
        parser.error("the following arguments are required: SCRIPT, or -m MODULE")
    try:
        asked.script = None if asked.module is not None else path(asked.words.pop(0))
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument SCRIPT: {error}")
    asked.arguments = [*asked.words, *arguments]
    if asked.format is None:
        asked.format = _ENDINGS.get(asked.out.suffix.lower(), "text") if asked.out is not None else "text"
    return asked


def _run(asked: argparse.Namespace) -> int:
    out = _place(asked.out, asked.script)

    def write(trace: Trace) -> None:
        written = FORMATS[asked.format](trace)
        if out is None:
            say(written)
        else:
            write_whole(out, written)

    script = _found(asked)
    trace = _traced(script, Limits(first=asked.first), write, to_file=out is not None)
    write(trace)
    return trace.ended.status


def _found(asked: argparse.Namespace) -> Script:
    if asked.script is None:
        return Script.named(asked.module, asked.arguments)
    if not asked.script.exists():
        raise TraceError(f"there is no script {str(asked.script)!r}")
    return script_of(asked.script, asked.arguments)


def _place(out: Path | None, script: Path | None) -> Path | None:
    """Say where the trace goes, before the script runs: it may run long, and go to another folder."""
    if out is None:
        return None
    check_output(out)
    if script is not None and out.exists() and script.exists() and out.samefile(script):
        raise TraceError(f"cannot write {str(out)!r}: that is the script itself")
    return out.absolute()


def _traced(script: Script, limits: Limits, write: Callable[[Trace], None], *, to_file: bool) -> Trace:
    """Run a script; its own output goes where the trace does not."""
    process = os.getpid()

    def leave(trace: Trace) -> None:
        write(trace)
        if not to_file:
            sys.stdout.flush()  # there is only the trace in it

    script.alone, script.reports, script.leaves = True, _report, leave
    with _progress(script):
        trace = traced(script, limits, sys.stdout if to_file else sys.stderr)
    if sys.stdout is not None:
        with suppress(OSError):  # whoever was to read it is gone, and the trace is still to be written
            sys.stdout.flush()
    if os.getpid() != process:
        # A fork that the script has made ends where the script ends: there is one trace.
        os._exit(trace.ended.status)
    if trace.ended.how == "interrupted":
        complain(f"{trace.ended.sentence} The trace has what there was until then.")
    return trace


def _report(error: BaseException) -> None:
    """Say of an exception what Python says where it ends a script."""
    if not isinstance(error, SystemExit):
        traceback.print_exception(error)
    elif error.code is not None and not isinstance(error.code, int):
        say(f"{error.code}\n", to_stderr=True)


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
        usage="%(prog)s [-h] [--format FORMAT] [-o OUT] [--first N] (SCRIPT | -m MODULE) [ARGS] [-- ARGS]",
        description="Run a Python script once, as `python SCRIPT ARGS` would, and write down, line by line, the value "
        "of every expression in it, what changed, and what was printed. Of what is repeated, the first and the last "
        "turns are kept; of large arrays, shape, dtype and corners.",
        epilog="The script's own output goes to standard output if the trace goes to a file (-o), else to standard "
        "error. The exit status is the script's: 0, or what it exits with, 1 if it raises or is no Python, 130 if it "
        "is interrupted; 2 means that there was nothing to run, or that the trace could not be written.",
    )
    parser.add_argument(
        "words", metavar="SCRIPT [ARGS]", nargs="*",
        help="the script to run: a file, a folder with __main__.py, or a notebook, whose code cells are run in order; "
        "and what it gets in sys.argv. After -- come arguments that begin with a dash",
    )  # fmt: skip
    parser.add_argument("-m", dest="module", metavar="MODULE", help="run a module by its name, as `python -m` does")
    parser.add_argument(
        "--format", choices=FORMATS, metavar="FORMAT",
        help=f"how to write the trace: {', '.join(FORMATS)}; without it, what the name OUT ends with, or text",
    )  # fmt: skip
    parser.add_argument("-o", "--out", type=path, metavar="OUT", help="the file to write; without it, standard output")
    parser.add_argument(
        "--first", type=count, default=Limits().first, metavar="N",
        help=f"how many visits of a line are kept from its first on ({Limits().first})",
    )  # fmt: skip
    return parser
