"""Where something stands in a notebook: MyST-NB counts ten thousand lines for each cell, and the lines within it.

A reader is told the cell and the line within it. A cell is counted from the top, those of text among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fwdpass.numerals.catalog import _
from fwdpass.numerals.writing import text

CELL = 10_000
NOTEBOOK = ".ipynb"
_LOCATION = re.compile(rf"({re.escape(NOTEBOOK)}):([0-9]{{5,}})\Z")


def told(line: int) -> str:
    """Say on which line something is; a line beyond those of any page of text is one of a notebook.

    >>> told(17), told(30_005)
    ('17', 'cell 3, line 5')
    """
    cell, within = divmod(line, CELL)
    return _("cell {cell}, line {line}").format(cell=text(cell), line=text(within)) if cell else text(line)


def number(written: str) -> int:
    """Give the number of a line that :func:`located` has written.

    >>> number("17"), number(" cell 3, line 5")
    (17, 30005)
    """
    *cell, line = map(int, re.findall("[0-9]+", written))
    return sum(cell) * CELL + line


def place(file: str, line: int) -> str:
    """Say in which file something is, and where.

    >>> place("index.md", 17), place("index.ipynb", 30_005)
    ('index.md:17', 'index.ipynb: cell 3, line 5')
    """
    return located(f"{file}:{line}")


def located(location: str) -> str:
    """Say where something is, of which MyST-NB gives the number of a line.

    >>> located("index.ipynb:30005"), located("index.ipynb:12"), located("index.md:12")
    ('index.ipynb: cell 3, line 5', 'index.ipynb:12', 'index.md:12')
    """
    return _LOCATION.sub(
        lambda found: f"{found[1]}: cell {int(found[2]) // CELL}, line {int(found[2]) % CELL}", location
    )


def numbered(source: str) -> Iterator[tuple[int, str]]:
    """Give the lines of a notebook's cells, each with its number as MyST-NB counts; what is no notebook has none."""
    try:
        cells = json.loads(source)["cells"]
        said = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return
    for cell, lines in enumerate(said, 1):
        for within, line in enumerate(lines.splitlines(), 1):
            yield cell * CELL + within, line
