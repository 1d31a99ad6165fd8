"""What a page does under the finger: a script and a style sheet each, joined into one of either kind.

``NAME.js`` and ``NAME.css`` stand beside this file. They are classic scripts, since a browser runs no module from a
folder on disk, and each has a scope of its own, so that none of them need know the others' names. Whatever they show
was executed and formatted by Python: no script here computes with a number of the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent

SCRIPT, STYLE = "fwdpass.js", "fwdpass-elements.css"
"""The files that a site has of them."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BEHIND = re.compile(r" // .*$")
"""A comment behind a line of a script. No string of ours holds two strokes between blanks."""


def script(name: str = "*") -> str:
    """Join the scripts, each in a block of its own; comments stay here, for those who write them."""
    return '"use strict";\n' + "".join(f"{{\n{code(source)}}}\n" for source in _sources(name, "js"))


def sheet(name: str = "*") -> str:
    """Join the style sheets, without their comments."""
    lines = (line.strip() for source in _sources(name, "css") for line in _COMMENT.sub("", source).splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def _sources(name: str, kind: str) -> Iterator[str]:
    """Read the files of a kind, in the order of their names, or only the one of a name."""
    for path in sorted(FOLDER.glob(f"{name}.{kind}")):
        yield path.read_text("utf-8")


def code(source: str) -> str:
    """Keep what a browser needs. No template literal of ours spans lines, so that none loses its blanks."""
    lines = (_BEHIND.sub("", line).strip() for line in source.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
