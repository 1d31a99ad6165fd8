"""On which line of its file something on a page stands.

MyST knows the line of the block around it, and MyST-NB, where a cell begins. From there the lines of the file are
searched for what is written. Nothing here runs or renders anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fwdpass.page.lines import CELL, NOTEBOOK


class LineNumbers:
    """The lines of a page, and those on which its cells begin.

    Parameters
    ----------
    path : Path, optional
        The page's file.
    cells : sequence
        The cells of the page's notebook, those of text among them.
    cell_line : callable
        Gives the line of a cell, by its index, as MyST-NB counts lines.
    """

    def __init__(self, path: Path | None, cells: Sequence[Any], cell_line: Callable[[int], int]) -> None:
        self._notebook = path is not None and path.suffix == NOTEBOOK
        self._lines = path.read_text("utf-8").splitlines() if path and not self._notebook else []
        self._cells = cells
        self._cell_line = cell_line

    def of_code(self, index: int, source: str) -> int:
        """Give the line of a cell's first line of code: MyST-NB knows that of its fence."""
        return _seek(self._lines, source, self._cell_line(index) - 1) + 1

    def of(self, written: str, start: int) -> int:
        """Give the line at or below ``start`` on which something is written; ``start`` where it is on none."""
        if not self._notebook:
            return line_of(written, start, self._lines)
        cell, within = divmod(start, CELL)
        lines = self._cells[cell - 1].source.splitlines() if 0 < cell <= len(self._cells) else []
        return cell * CELL + line_of(written, max(within, 1), lines)

    def true(self, line: int) -> int:
        """Undo two slips of MyST-NB's in the line of a block.

        It counts lines of text from one twice, and does not count the blank lines that it drops above a text.
        """
        line -= 1
        above = [i for i in range(len(self._cells)) if self._cell_line(i) <= line]
        if not above or self._cells[above[-1]].cell_type != "markdown":
            return line
        nominal = self._cell_line(above[-1]) - 1
        return line + _seek(self._lines, self._cells[above[-1]].source, nominal) - nominal


def line_of(written: str, start: int, lines: Sequence[str]) -> int:
    """Give the line at or below ``start`` on which something is written; ``start`` where it is on none."""
    return next((number for number, line in enumerate(lines[start - 1 :], start) if written in line), start)


def first_line(written: str) -> str:
    """Give the first line of what an author wrote, by which it is found on the page."""
    lines = written.strip().splitlines()
    return lines[0].strip() if lines else ""


def _seek(lines: Sequence[str], source: str, start: int) -> int:
    """Find the line (from zero) at or after ``start`` where a source begins."""
    first = source.splitlines()[0].strip() if source.strip() else ""
    return next((i for i in range(start, len(lines)) if lines[i].strip() == first), start)
