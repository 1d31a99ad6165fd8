"""Paths of Windows: what the book writes of a file has slashes, and a drive's letter is no line number."""

from __future__ import annotations

import ast
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace
from typing import Any

import pytest

import fwdpass
from fwdpass.serve.desk import Desk
from fwdpass.serve.holder import _WARNING

SOURCES = sorted(Path(fwdpass.__file__).parent.rglob("*.py"))


def written(node: ast.AST) -> list[ast.expr]:
    """Give the expressions of which a node writes the text."""
    if isinstance(node, ast.FormattedValue):
        return [node.value]
    return node.args if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "str" else []


def texts_of_relative_paths(source: str) -> list[int]:
    """Give the lines on which a relative path is written with the separators of the computer."""
    said = [one for node in ast.walk(ast.parse(source)) for one in written(node)]
    return sorted(
        one.lineno
        for one in said
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "relative_to"
    )


def test_a_relative_path_is_written_with_slashes() -> None:
    sources = {file.name: source for file in SOURCES if "relative_to" in (source := file.read_text("utf-8"))}
    assert len(sources) > 9
    assert [name for name, source in sources.items() if texts_of_relative_paths(source)] == []


def test_a_path_that_is_written_otherwise_is_noticed() -> None:
    assert texts_of_relative_paths('a = f"{path.relative_to(root)}"\nb = str(path.relative_to(root))') == [1, 2]
    assert texts_of_relative_paths('a = f"{path.relative_to(root).as_posix()}"\nb = path.relative_to(root)') == []


@pytest.mark.parametrize(
    ("path", "called"),
    [(r"C:\book\parts\page.md", "parts/page.md"), (r"c:\BOOK\page.md", "page.md"), (r"D:\other\page.md", "page.md")],
)
def test_a_page_is_called_by_its_place_in_the_book_on_any_drive(path: str, called: str) -> None:
    desk: Any = SimpleNamespace(source=PureWindowsPath(r"C:\book"))
    there: Any = PureWindowsPath(path)
    assert Desk._called(desk, there) == called


@pytest.mark.parametrize(
    ("said", "file", "line"),
    [
        (r"C:\book\page.md:12: WARNING: it is so", r"C:\book\page.md", "12"),
        (r"C:\book\page.md: WARNING: it is so", r"C:\book\page.md", None),
        (r"\\host\share\page.md:3: ERROR: it is so", r"\\host\share\page.md", "3"),
        ("WARNING: it is so", None, None),
    ],
)
def test_the_letter_of_a_drive_is_no_line(said: str, file: str | None, line: str | None) -> None:
    match = _WARNING.match(said)
    assert match is not None
    assert (match["file"], match["line"], match["said"]) == (file, line, "it is so")
