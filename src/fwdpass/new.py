"""Make a book of one page: ``fwdpass new FOLDER``."""

from __future__ import annotations

import argparse
import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from fwdpass.commands import path, say, write_whole
from fwdpass.errors import FwdpassError
from fwdpass.numerals.scan import numbers
from fwdpass.page.notebook import escaped

CONF = """\
# What Sphinx needs to know of the book: https://www.sphinx-doc.org/en/master/usage/configuration.html
project = {title!r}
author = copyright = ""  # your name, which the foot of a page says
html_show_copyright = bool(author)
html_title = project
language = "en"

extensions = ["myst_nb", "fwdpass.sphinxext"]
myst_enable_extensions = ["dollarmath"]  # $…$ and $$…$$ are formulas
exclude_patterns = ["_build"]

html_theme = "sphinx_book_theme"
html_math_renderer = "mathml"  # formulas need no scripts, and no other host

fwdpass_check = "error"  # a typed number ends the build; "warn" says so and goes on
"""
TYPED = "fwdpass_exceptions = 1  # the title has a number, which nothing computes\n"

PAGE = """\
---
file_format: mystnb
kernelspec:
  name: python3
---

# {heading}

```{{code-cell}} python3
import statistics

heights = [1.62, 1.75, 1.81, 1.69]  # metres
mean = statistics.mean(heights)
tallest = max(heights)
above = (tallest - mean) * 100  # in centimetres
```

The mean height of {{n}}`len(heights):count person/people` is {{n}}`mean:.2f` metres.
{{claim}}`The tallest is above the mean :: tallest > mean`, by {{n}}`above:.0f` centimetres:

$$
\\n{{tallest}} - \\n{{mean}} = \\n{{tallest - mean}}
$$

Change a height, build the book again, and every sentence follows.
"""


def main(argv: Sequence[str]) -> int:
    """Make the book, and say how it is built.

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
        Where a file of the book is there already.
    """
    parser = argparse.ArgumentParser(
        prog="fwdpass new",
        description="Make a book of one page, whose numbers are computed while it is built. Nothing is overwritten.",
    )
    parser.add_argument("folder", type=path, metavar="FOLDER", help="where the book is to be; made if it is not there")
    parser.add_argument("--title", help="the book's title (the folder's name, if there is none)")
    asked = parser.parse_args(argv)
    folder: Path = asked.folder
    make(folder, " ".join((asked.title or "").split()) or _title(folder))
    say(
        f"A book of one page is in {str(folder)!r}. Build it, and open what was built:\n\n"
        f"    python -m sphinx -W {_quoted(folder)} {_quoted(folder / '_build')}\n"
        f"    {_quoted(folder / '_build' / 'index.html')}\n"
    )
    return 0


def make(folder: Path, title: str) -> None:
    """Write the files of a book.

    Parameters
    ----------
    folder
        Where; it is made if it is not there.
    title
        The title of the book and of its page.

    Raises
    ------
    FwdpassError
        Where one of them is there already, or the folder cannot be made.
    """
    typed = any(numbers(title))
    files = {
        "conf.py": CONF.format(title=title) + TYPED * typed,
        "index.md": PAGE.format(title=title, heading=_typed(title) if typed else escaped(title)),
    }
    if folder.exists() and not folder.is_dir():
        raise FwdpassError(f"cannot make a book in {str(folder)!r}: that is a file; name a folder, or one to be made")
    there = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise FwdpassError(
            f"there is a book in {str(folder)!r} already, with {' and '.join(there)}, and nothing is overwritten: "
            "name another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FwdpassError(
            f"cannot make a book in {str(folder)!r}: {error.strerror or error}; name another folder"
        ) from None
    for name, text in files.items():
        write_whole(folder / name, text)


def _title(folder: Path) -> str:
    """Make a title of the folder's name."""
    words = "".join(c if c.isalpha() else " " for c in folder.resolve().name).split()
    return " ".join(words).capitalize() or "A book"


def _typed(title: str) -> str:
    """Write a title with a number as one that was typed; around it are more backticks than in it."""
    fence = "`" * (max(map(len, re.findall("`+", title)), default=0) + 1)
    return f"{{typed}}{fence}{title} | the title{fence}"


def _quoted(file: Path) -> str:
    """Write a path as the shell takes it."""
    if os.name == "nt":
        return f'"{file}"' if " " in str(file) else str(file)
    return shlex.quote(str(file))
