"""A mutant is the book with one thing changed: a number, a shape, an operation, a literal of a page."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Literal, get_args

from fwdpass import nn
from fwdpass.page import Lesson, Program

Kind = Literal[
    "parameter", "pixel", "shape", "operation", "one home", "cell literal", "cell operator", "quick check", "data"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which a report has them."""


@dataclass(frozen=True)
class Book:
    """What is read: the pages' programs, the lesson they share, and the folder in which their cells run."""

    folder: Path
    lesson: Lesson
    programs: Mapping[str, Program]


@dataclass(frozen=True)
class Mutant:
    """One change of a book.

    ``lesson`` is the script that the pages import, ``programs`` the pages whose own cells or
    expressions differ, and ``functions`` the code that functions of :mod:`fwdpass.nn` get.
    ``script`` and ``package`` name the operations that changed in the one and in the other.
    Where ``page`` is given, no other page can know of the change, and ``code`` is the line of it that changed.
    ``files`` are files beside the pages, by their paths below the book's folder, with what is in them.
    """

    name: str
    kind: Kind
    lesson: Lesson
    programs: Mapping[str, Program] = field(default_factory=lambda: MappingProxyType({}))
    functions: Mapping[str, CodeType] = field(default_factory=lambda: MappingProxyType({}))
    script: frozenset[str] = frozenset()
    package: frozenset[str] = frozenset()
    page: str = ""
    code: str = ""
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def pages(self, book: Book) -> dict[str, Program]:
        """Give the programs that have to be read again."""
        names = [self.page] if self.page else list(book.programs)
        return {name: self.programs.get(name, book.programs[name]) for name in names}

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let functions of :mod:`fwdpass.nn` be the mutant's for the length of a ``with`` block.

        Their code is exchanged, not their names, so that whoever imported them has the mutant's, too. What figures
        keep of their results is forgotten before and after.
        """
        with ExitStack() as undo:
            if self.functions:
                _forget()
                undo.callback(_forget)
            for name, code in self.functions.items():
                function = getattr(nn, name)
                undo.callback(setattr, function, "__code__", function.__code__)
                function.__code__ = code
            yield


def _forget() -> None:
    """Empty the caches of figures, whose keys say what a function was given, and not which function it was."""
    for name, module in [*sys.modules.items()]:
        if name.startswith("fwdpass.figures"):
            for value in vars(module).values():
                getattr(value, "cache_clear", _nothing)()


def _nothing() -> None:
    """Do nothing: there is no cache."""
