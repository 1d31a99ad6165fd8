"""Check a book that knows nothing of this package: ``fwdpass check BOOK``.

A book is a folder of Jupyter notebooks and MyST pages, as MyST-NB and Jupyter Book take them, or one such file. What
its cells show is taken from the outputs that a notebook has stored; a page of MyST has none, and is run if it is asked
for.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fwdpass.audit.prose import Finding, findings
from fwdpass.audit.told import Page, Piece, outputs
from fwdpass.commands import check_output, path, say, write_whole
from fwdpass.errors import FwdpassError, PageError
from fwdpass.numerals.letters import capital, counted
from fwdpass.page.program import Cell
from fwdpass.page.reading import Reading, summary
from fwdpass.page.shell import Strictness

_FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{code-cell\}[^\n]*\n(?P<code>.*?)^(?P=fence)[`:]*[ \t]*$", re.MULTILINE | re.DOTALL
)
_OPTIONS = re.compile(r"\A(?:---\n.*?^---\n|(?::[\w-]+:[^\n]*\n)+)", re.MULTILINE | re.DOTALL)
_KNOWN = re.compile(r"raises-exception|skip-execution")
_FRONT = re.compile(r"\A---\n.*?^---\n", re.MULTILINE | re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
_PARTS = frozenset((".ipynb_checkpoints", "_build", "node_modules"))


@dataclass(frozen=True)
class Checked:
    """What was found in one file of a book."""

    file: Path
    found: list[Finding]
    wrong: str = ""
    """Why its cells were not run to the end."""


def main(argv: Sequence[str]) -> int:
    """Check a book, and list what was found.

    Parameters
    ----------
    argv
        What stands behind the command's name.

    Returns
    -------
    int
        The exit status, which is not zero where a number contradicts what a cell shows.

    Raises
    ------
    FwdpassError
        Where there is no book.
    """
    asked = _parser().parse_args(argv)
    if asked.fix is not None:
        check_output(asked.fix)
    checked = [_checked(file, asked.execute) for file in _files(asked.book)]
    for one in checked:
        if one.wrong:
            say(f"fwdpass: {one.file}: {one.wrong}\n", to_stderr=True)
    ranked = sorted(
        ((finding, one.file) for one in checked for finding in one.found),
        key=lambda pair: (pair[0].how == "same", -pair[0].rank),
    )
    against = [pair for pair in ranked if pair[0].how != "same"]
    for finding, file in ranked if asked.all else against:
        say(f"{file}:{finding.typed.line}: {finding}\n")
    same = len(ranked) - len(against)
    say(
        f"{capital(counted(len(against), 'number'))} contradicting an output, {counted(same, 'number')} saying the same"
        f"{'' if asked.all else ' (--all lists them)'}, in {counted(len(checked), 'file')}\n"
    )
    if asked.fix is not None:
        write_whole(asked.fix, "".join(_diff(one) for one in checked))
    return 1 if against else 0


def check(file: Path, *, execute: bool = False) -> Checked:
    """Compare the numbers in a file's prose with what its cells show.

    Parameters
    ----------
    file
        A notebook, or a page of MyST.
    execute
        Whether its cells are run, and their stored outputs left aside.

    Returns
    -------
    Checked
        What was found.

    Raises
    ------
    FwdpassError
        Where the file cannot be read.
    """
    try:
        source = file.read_text("utf-8")
        page, cells = _notebook(source) if file.suffix == ".ipynb" else _myst(source)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FwdpassError(f"cannot read {str(file)!r}: {error}") from None
    wrong = ""
    if execute:
        page.outputs, wrong = _run(file, cells)
    return Checked(file, findings(page), wrong)


def _checked(file: Path, execute: bool) -> Checked:
    """Check one file of many: one that is none of a book's is said, and the others are checked."""
    try:
        return check(file, execute=execute)
    except FwdpassError as error:
        return Checked(file, [], str(error))


def _notebook(source: str) -> tuple[Page, list[Cell]]:
    """Take a notebook apart; its lines are those of the file, where a piece of text is found there."""
    page, cells = Page(), list[Cell]()
    at = 0
    notebook = json.loads(source)
    for cell in notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]:
        said = "".join(cell.get("source", cell.get("input", "")))
        first = said.split("\n", 1)[0]
        quoted = json.dumps(first, ensure_ascii=False)[:-1]
        if first and (place := source.find(quoted, at + 1)) >= 0:
            at = place
        line = source.count("\n", 0, at) + 1
        if cell["cell_type"] == "markdown":
            page.prose.append(Piece(line, said, len(cells)))
        elif cell["cell_type"] == "code":
            page.code.append(said)
            cells.append(Cell(said, line, frozenset(cell.get("metadata", {}).get("tags", ()))))
            for shown in cell.get("outputs", ()):
                page.outputs += outputs(_shown(shown), line, said, len(cells))
    return page, cells


def _shown(output: Any) -> str:
    """Give the text of a stored output; an error, a picture and a log show no result."""
    if output.get("output_type") == "stream":
        return "".join(output.get("text", "")) if output.get("name") != "stderr" else ""
    data = output.get("data", {})
    if "text/plain" in data:
        return "".join(data["text/plain"])
    return _TAGS.sub(" ", "".join(data.get("text/html", "")))


def _myst(source: str) -> tuple[Page, list[Cell]]:
    """Take a page of MyST apart: its cells, and the prose between them."""
    page, cells = Page(), list[Cell]()
    front = _FRONT.match(source)
    at = front.end() if front else 0
    for match in _FENCE.finditer(source):
        if match.start() < at:
            continue
        page.prose.append(Piece(source.count("\n", 0, at) + 1, source[at : match.start()], len(cells)))
        code = match["code"]
        options = _OPTIONS.match(code)
        start = match.start("code") + (options.end() if options else 0)
        cell = source[start : match.end("code")]
        page.code.append(cell)
        tags = frozenset(_KNOWN.findall(options[0])) if options else frozenset()
        cells.append(Cell(cell, source.count("\n", 0, start) + 1, tags))
        at = match.end()
    page.prose.append(Piece(source.count("\n", 0, at) + 1, source[at:], len(cells)))
    return page, cells


def _run(file: Path, cells: list[Cell]) -> tuple[list[Any], str]:
    """Run the cells of a page, as Jupyter does; give what they show, and why they were not all run."""
    folder = file.parent.resolve()
    reading = Reading(file.stem, folder=folder, drawn=False, allowed=Strictness(False, False, True))
    shown: list[Any] = []
    try:
        for number, cell in enumerate(cells, start=1):
            if "skip-execution" not in cell.tags:
                for output in reading.cell(cell):
                    shown += outputs(summary(output)[1], cell.line, cell.source, number)
    except PageError as error:
        return shown, f"line {error.line}: {error}; cells below it were not run"
    finally:
        reading.close()
    return shown, ""


def _files(book: Path) -> Iterator[Path]:
    """Find the pages of a book."""
    if book.is_file():
        yield book
        return
    if not book.is_dir():
        raise FwdpassError(f"there is no book {str(book)!r}: name a folder of .md and .ipynb files, or one of these")
    found = [
        file
        for file in sorted(book.rglob("*"))
        if file.suffix in (".md", ".ipynb")
        and file.is_file()
        and not any(part in _PARTS or part.startswith(".") for part in file.relative_to(book).parts)
    ]
    if not found:
        raise FwdpassError(f"there are no .md or .ipynb files in {str(book)!r}, so no book")
    yield from found


def _diff(checked: Checked) -> str:
    """Give the proposals for a file, as a patch."""
    with suppress(OSError):
        before = checked.file.read_text("utf-8").splitlines(keepends=True)
        after = list(before)
        for finding in checked.found:
            for typed in (finding.typed, *finding.again):
                at = typed.line - 1
                if finding.proposal and at < len(after) and after[at].count(typed.written) == 1:
                    after[at] = after[at].replace(typed.written, finding.proposal)
        return "".join(difflib.unified_diff(before, after, f"a/{checked.file}", f"b/{checked.file}"))
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fwdpass check",
        description="Find numbers in the prose of a book that contradict what its cells show: rounded wrongly, with a "
        "digit wrong, or from an earlier run. The book needs no change, and nothing of this package. Exit status 1 "
        "means that there is one.",
    )
    parser.add_argument("book", type=path, metavar="BOOK", help="a folder of .md and .ipynb files, or one of these")
    parser.add_argument("--execute", action="store_true", help="run the cells, instead of taking the stored outputs")
    parser.add_argument("--all", action="store_true", help="list the numbers that say the same as an output, too")
    parser.add_argument("--fix", type=path, metavar="FILE", help="write the proposals to FILE, as a patch")
    return parser
