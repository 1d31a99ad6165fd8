"""Show a book while it is written: ``fwdpass serve BOOK``."""

from __future__ import annotations

import argparse
import sysconfig
import webbrowser
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from fwdpass.commands import count, path, say
from fwdpass.errors import FwdpassError, LibraryError
from fwdpass.serve.desk import Desk, watch
from fwdpass.serve.site import start

PORT = 8000
PACKAGE = Path(__file__).resolve().parents[1]


def main(argv: Sequence[str]) -> int:
    """Serve a book until somebody presses Ctrl-C.

    Parameters
    ----------
    argv
        What stands behind the command's name.

    Returns
    -------
    int
        The exit status.

    Raises
    ------
    FwdpassError
        Where there is no book, or the port is taken.
    """
    asked = _parser().parse_args(argv)
    source = asked.book.resolve()
    if not (source / "conf.py").is_file():
        raise FwdpassError(
            f"no book in {str(asked.book)!r}: there is no conf.py; name the folder of one, or make it with fwdpass new"
        )
    for name in ("sphinx", "watchfiles"):
        if find_spec(name) is None:
            raise LibraryError(f"fwdpass serve needs {name}: pip install 'fwdpass[book,serve]'")
    out = (asked.out or source / "_build" / "serve").resolve()
    folders = {source, *(folder.resolve() for folder in asked.watch)}
    if not PACKAGE.is_relative_to(sysconfig.get_path("purelib")):
        folders.add(PACKAGE)  # installed so that it can be changed
    desk = Desk(source, out, folders, whole=asked.whole)
    address = start(desk.site, asked.port)
    out.mkdir(parents=True, exist_ok=True)
    Thread(target=watch, args=(folders, lambda paths: desk.events.put(("changed", paths))), daemon=True).start()
    say(f"fwdpass: {address} has the book; Ctrl-C ends it\n")
    if asked.open_browser:
        webbrowser.open(address)
    try:
        desk.run()
    except KeyboardInterrupt:
        say("\nfwdpass: the book is no longer served\n")
    finally:
        desk.end()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fwdpass serve",
        description="Build a book, and show it on this computer while it is written. A number changed in a module or a "
        "word changed in a page is in the open page at once; what needs a whole build says so. Ctrl-C ends it.",
    )
    parser.add_argument("book", type=path, metavar="BOOK", help="the folder of the book, with its conf.py")
    parser.add_argument(
        "--port",
        type=lambda given: count(given, 0),
        default=PORT,
        help=f"where it is served ({PORT}; 0: one that is free)",
    )
    parser.add_argument("--open-browser", action="store_true", help="open the first page in a browser")
    parser.add_argument("--out", type=path, metavar="DIR", help="what is built (BOOK/_build/serve)")
    parser.add_argument("--watch", type=path, metavar="DIR", action="append", default=[], help="a folder to watch, too")
    parser.add_argument(
        "--whole", action="store_true", help="build the whole book at each change, as where no process can be forked"
    )
    return parser
