"""How every command speaks, writes and ends: a sentence where something is wrong, whole files or none, no traceback."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from fwdpass.errors import FwdpassError


def ended(run: Callable[[], int], wrong: int = 1) -> int:
    """Run a command; give its exit status: ``wrong`` where it could not do what was asked, 130 after Ctrl-C."""
    try:
        try:
            status = run()
        finally:  # also where argparse has said all
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:  # whoever read it has enough
        _let_go()
    except KeyboardInterrupt:
        complain("interrupted")
        return 130
    except FwdpassError as error:
        complain(error)
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename is not None else error)
    else:
        return status
    return wrong


def _let_go() -> None:
    """Let what is still to be written go nowhere: Python would try again as it ends, and complain."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(said: str, *, to_stderr: bool = False) -> None:
    """Write to standard output, or error, in whatever encoding it has; where it is closed, nobody listens."""
    stream: TextIO | None = sys.stderr if to_stderr else sys.stdout
    if stream is None:
        return
    try:
        stream.write(said)
    except UnicodeEncodeError:
        stream.write(said.encode(stream.encoding, "backslashreplace").decode(stream.encoding))


def complain(said: object) -> None:
    """Say what is wrong."""
    say(f"fwdpass: {said}\n", to_stderr=True)


# Files ----------------------------------------------------------------------------------------------------------------


def path(given: str) -> Path:
    """Take a path from the command line."""
    if not given:
        raise argparse.ArgumentTypeError("the name is empty")
    return Path(given)


def count(given: str, least: int = 1) -> int:
    """Take a whole number from the command line, of one at least."""
    try:
        number = int(given)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"a whole number of {least} at least, and got {given!r}")
    return number


def check_output(out: Path) -> None:
    """Refuse a place that nothing can be written to, before there is something to write."""
    if str(out) == "-":
        raise FwdpassError("cannot write '-': name a file")
    if out.is_dir():
        raise FwdpassError(f"cannot write {str(out)!r}: that is a folder, and what is written is a file")
    if not out.parent.is_dir():
        raise FwdpassError(f"cannot write {str(out)!r}: there is no folder {str(out.parent)!r}")
    if not os.access(out if out.exists() and not out.is_file() else out.parent, os.W_OK):
        raise FwdpassError(f"cannot write {str(out)!r}: permission denied")


def write_whole(out: Path, text: str) -> None:
    """Write a file beside its place, and move it there when it is whole; a device or a pipe takes it as it comes.

    What no encoding has, half of a surrogate pair, is written as JSON and Python write it.
    """
    try:
        if out.exists() and not out.is_file():
            _write(out, text)
            return
        out = out.resolve()  # a link stays, and what it leads to is replaced
        beside = out.with_name(f".fwdpass.{secrets.token_hex(4)}")
        beside.touch(exist_ok=False)
        try:
            _write(beside, text)
            beside.replace(out)
        finally:
            beside.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FwdpassError(f"cannot write {str(out)!r}: {error.strerror or error}") from None


def _write(out: Path, text: str) -> None:
    out.write_text(text, "utf-8", "backslashreplace", "\n")
