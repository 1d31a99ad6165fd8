"""What a page has from steps that were executed and no more: which names, and for which reason.

An author may declare of a cell or a number that it ran, and that nothing else can be said of it: a time, a download, a
GPU. What such a cell has made is known here by name, and so is what reads it, through the page's own functions, too.
"""

from __future__ import annotations

import ast
import hashlib
import pickle
import re
from collections.abc import Iterable, Iterator, Mapping
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from fwdpass.page.ipython import without_quiet_magics

_NAME = re.compile(r"[^\W\d]\w*")
Contents = dict[str, tuple[Any, str]]
"""Name → its value, which is kept so that no other takes its address, and a digest of what is in it."""


class Declared:
    """The names that declared cells have made, each with the reason."""

    def __init__(self) -> None:
        self._why: dict[str, str] = {}

    def add(self, names: Iterable[str], why: str, namespace: Mapping[str, Any]) -> None:
        """Note the names that a cell has made or changed; what it has imported of a library is as it ever was."""
        self._why |= {name: why for name in names if not _is_imported(namespace.get(name))}

    def held(self, namespace: Mapping[str, Any]) -> dict[str, Any]:
        """Give the values of these names."""
        return {name: namespace.get(name) for name in self._why}

    def forget(self, names: Iterable[str]) -> None:
        """Drop names that a cell has made anew of something else."""
        for name in tuple(names):
            self._why.pop(name, None)

    def __bool__(self) -> bool:
        return bool(self._why)

    def reason(self, source: str, namespace: Mapping[str, Any]) -> str:
        """Give the reason of a name that a cell or an expression reads, itself or by what it calls; or nothing."""
        seen: set[str] = set()
        asked = list(_names(source))
        while asked:
            name = asked.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self._why:
                return self._why[name]
            asked += _read_by(namespace.get(name))
        return ""


def contents(namespace: Mapping[str, Any]) -> Contents:
    """Give what is in each name of a page, to be compared when a cell has run."""
    return {name: (value, _digest(value)) for name, value in namespace.items() if not name.startswith("__")}


def changed(before: Contents, namespace: Mapping[str, Any], source: str) -> set[str]:
    """Find the names that a cell has made or changed; of what nobody can compare, those that it reads.

    >>> held = {"a": [1], "b": [1], "c": 2}
    >>> before = contents(held)
    >>> held["a"].append(2)
    >>> held["d"] = held["b"]
    >>> sorted(changed(before, held, "a.append(2); d = b"))
    ['a', 'd']
    """
    read = set(_names(source))
    found = set()
    for name, (value, digest) in contents(namespace).items():
        known = before.get(name)
        if known is None or known[0] is not value or known[1] != digest or (digest == "?" and name in read):
            found.add(name)
    return found


def _digest(value: Any) -> str:
    """Say what is in a value; nothing for what holds no data of its own, a question mark for what cannot be written."""
    if isinstance(value, FunctionType | type) and value.__module__ == "__main__":
        return "?" if isinstance(value, type) or value.__closure__ or vars(value) else ""
    if isinstance(value, FunctionType | ModuleType | type):
        return ""
    try:
        return hashlib.sha256(pickle.dumps(value)).hexdigest()
    except Exception:
        return "?"


def _names(source: str) -> Iterator[str]:
    """Find the names that a source reads; of one that is no Python, every word."""
    try:
        tree = ast.parse(without_quiet_magics(source))
    except SyntaxError:
        yield from _NAME.findall(source)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _is_imported(value: Any) -> bool:
    if isinstance(value, ModuleType):
        return True
    return isinstance(value, FunctionType | BuiltinFunctionType | type) and value.__module__ != "__main__"


def _read_by(value: Any) -> list[str]:
    """Give the names that a function of the page reads when it is called, or the methods of a class of the page."""
    if isinstance(value, FunctionType):
        inner = [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
        return [*_globals(value.__code__), *(name for one in inner for name in _read_by(one))]
    made_here = value if isinstance(value, type) else type(value)
    if made_here.__module__ == "__main__":
        return [name for method in vars(made_here).values() for name in _read_by(getattr(method, "fget", method))]
    return []


def _is_filled(cell: Any) -> bool:
    try:
        return isinstance(cell.cell_contents, FunctionType)
    except ValueError:
        return False


def _globals(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _globals(one)
