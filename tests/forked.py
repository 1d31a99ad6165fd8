"""Many small builds: each in a process of its own, forked from one that has imported Sphinx and its extensions.

To import them takes four fifths of the time of a page or two. Whoever forks has imported them and done nothing else: it
has read no configuration and built no page, so that a build here is what :func:`fwdpass.testing.build` makes of it. A
test holds the two against each other.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from fwdpass import testing
from fwdpass.testing import Built

IMPORTED = (
    "sphinx.cmd.build", "sphinx.ext.mathjax", "myst_nb.sphinx_ext", "myst_nb.ext.glue.domain", "math_core",
    "selectolax.lexbor", "sphinx_design.extension", "tinycss2",
)  # fmt: skip
"""What a build imports, besides the extensions that Sphinx always loads."""
ROOMS = ("audit", "figures", "page", "sphinxext", "theme", "trace")
"""Rooms of the package that a build imports, whole. No build imports the lesson, unless a page does."""


def build(source: Path, into: Path, *options: str) -> Built:
    """Build a book as :func:`fwdpass.testing.build` does, in a process that has less to import."""
    if not hasattr(os, "fork"):
        return testing.build(source, into, *options)
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    html, doctrees = into / "html", into / "doctrees"
    streams = [into.with_name(f"{into.name}-{stream}.txt") for stream in ("stdout", "stderr")]
    into.parent.mkdir(parents=True, exist_ok=True)
    arguments = ["-n", "-W", "-q", "-b", "html", "-d", str(doctrees), *options, str(source), str(html)]
    asked = {
        "arguments": arguments,
        "folder": str(Path.cwd()),
        "environment": dict(os.environ),
        "streams": [os.devnull, *map(str, streams)],
    }
    server.stdin.write(f"{json.dumps(asked)}\n")
    server.stdin.flush()
    status = int(server.stdout.readline())
    messages = "".join(stream.read_text("utf-8") for stream in streams)
    for stream in streams:
        stream.unlink()
    return Built(status, messages, html, doctrees)


@cache
def _server() -> subprocess.Popen[str]:
    """Start the process that forks; it ends when nobody writes to it any more."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=Path(__file__).parent.parent,
    )
    atexit.register(server.communicate)
    return server


def serve() -> None:
    """Import what a build imports, and fork one for each line of standard input."""
    for name in IMPORTED:
        import_module(name)
    from sphinx.application import builtin_extensions

    rooms = [import_module(f"fwdpass.{room}") for room in ROOMS]
    inside = [found.name for room in rooms for found in walk_packages(room.__path__, f"{room.__name__}.")]
    for name in (*builtin_extensions, *inside):
        import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _build(json.loads(line))
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)  # noqa: T201 - the answer


def _build(asked: Any) -> None:
    """Be a build: with streams, a folder and an environment of its own. Does not return."""
    import sphinx
    from sphinx.cmd.build import main

    for stream, name in enumerate(asked["streams"]):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC if stream else os.O_RDONLY), stream)
    for name in os.environ.keys() - asked["environment"].keys():
        del os.environ[name]
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.path[0] = asked["folder"]  # as it is for python -m
    # In place: whoever keeps a page's state apart has the list.
    sys.argv[:] = [str(Path(sphinx.__file__).with_name("__main__.py")), *asked["arguments"]]
    status = 1
    try:
        status = main(asked["arguments"])
    except SystemExit as error:  # what Python does with it
        status = error.code if isinstance(error.code, int) else 1
        if isinstance(error.code, str):
            sys.stderr.write(f"{error.code}\n")
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
