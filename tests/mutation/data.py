"""Mutants of data: numbers in the files that a page's cells read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutation.mutant import Book, Mutant
from tests.mutation.values import STEP, decimal

FEW = 4
"""Numbers under one key that are all changed."""
SHARE = Fraction(3, 8)
"""What is left of a decimal."""
SUFFIXES = frozenset((".json", ".toml"))
_KEY = re.compile(r'(?m)([\w-]+)"?\s*[=:]\s')
_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)")
_COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")


def of_data(book: Book) -> Iterator[Mutant]:
    """Give a mutant for the numbers under every key of each file that a page names.

    A key's numbers are entries of one array, or fields of one kind of record, and travel together: of more than
    :data:`FEW`, the first and the last are enough.
    """
    for path in sorted(book.folder.rglob("*")):
        name = path.relative_to(book.folder).as_posix()
        if path.suffix not in SUFFIXES or name.startswith("_build/"):
            continue
        for page, program in book.programs.items():
            if any(name in step.source for step in program.steps):
                text = path.read_text("utf-8")
                for key, start, end in ends(text):
                    old, new = text[start:end], _moved(text[start:end])
                    line = text.count("\n", 0, start) + 1
                    yield Mutant(
                        f"{name}:{line}: {old} → {new} in {key}",
                        "data",
                        book.lesson,
                        page=page,
                        code=f"{name}: {key}",
                        files={name: text[:start] + new + text[end:]},
                    )


def ends(text: str) -> list[tuple[str, int, int]]:
    """Find the numbers under every key, or the first and the last of many: the key, and where each stands.

    >>> ends('{"x": [1, 0], "day": "2026-11-22"}')
    [('x', 7, 8), ('x', 10, 11), ('day', 22, 26)]
    """
    comments = [found.span() for found in _COMMENT.finditer(text)]
    keys = [(found.start(), found[1]) for found in _KEY.finditer(text)]
    under: dict[str, list[tuple[int, int]]] = {}
    for found in _NUMBER.finditer(text):
        above = [key for start, key in keys if start < found.start()]
        if above and not any(start <= found.start() < end for start, end in comments):
            under.setdefault(above[-1], []).append(found.span())
    some = {key: places if len(places) <= FEW else [places[0], places[-1]] for key, places in under.items()}
    return [(key, *place) for key, places in some.items() for place in places]


def _moved(written: str) -> str:
    """Give another number: a whole number gets one more; a decimal becomes a share, so that it may be the smallest."""
    if written.lstrip("-").isdigit():
        return str(int(written) + 1)
    return decimal(Fraction(written) * SHARE or STEP)


@contextmanager
def in_place(folder: Path, mutant: Mutant) -> Iterator[Path]:
    """Give a folder in which a mutant's files stand among the book's own."""
    if not mutant.files:
        yield folder
        return
    with TemporaryDirectory() as other:
        _mirrored(folder, Path(other), mutant.files)
        yield Path(other)


def _mirrored(folder: Path, other: Path, files: Mapping[str, str]) -> None:
    """Link to everything, but for the files that differ."""
    here = {name.partition("/")[0] for name in files}
    for entry in folder.iterdir():
        if entry.name not in here:
            (other / entry.name).symlink_to(entry)
    for first in here:
        if first in files:
            (other / first).write_text(files[first], "utf-8")
        else:
            (other / first).mkdir()
            below = {name.partition("/")[2]: text for name, text in files.items() if name.startswith(f"{first}/")}
            _mirrored(folder / first, other / first, below)
