"""What objects are like, without running their code: their text, where it is safe, and their attributes."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import PosixPath, PurePosixPath, PureWindowsPath, WindowsPath
from typing import Any

BITS = 2048
"""Whole numbers longer than this are not copied."""
PLAIN: dict[type, Callable[[Any], str]] = {
    Fraction: str,
    Decimal: str,
    range: repr,
    date: str,
    datetime: str,
    time: str,
    timedelta: str,
    PosixPath: str,
    PurePosixPath: str,
    WindowsPath: str,
    PureWindowsPath: str,
    type(...): repr,
    type(NotImplemented): repr,
}
"""Types of the standard library whose text is short, says what the value is, and calls nobody else's code."""


def plain_text(value: Any, limit: int) -> str:
    """Give the text of a value of one of these types, or of as many characters of it."""
    if type(value) is Fraction and max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS:
        return ""
    return PLAIN[type(value)](value)[:limit]


def message(error: BaseException) -> str:
    """Give an exception's message without running the script's code: a ``__str__`` of its own is not called."""
    saying = type(error).__str__
    if not isinstance(saying, types.FunctionType) or saying.__module__.partition(".")[0] in {"numpy", "subprocess"}:
        try:
            return str(error)
        except Exception:  # noqa: BLE001 - an argument of the exception has a __str__ that fails
            return ""
    return next((part for part in error.args if type(part) is str), "")


_NO_DATA = (
    types.FunctionType, types.BuiltinFunctionType, types.MemberDescriptorType, types.GetSetDescriptorType,
    staticmethod, classmethod, property,
)  # fmt: skip


def data(kind: type) -> Iterator[tuple[str, Any]]:
    """Give a class's own attributes that are values: no methods, and nothing that Python has put there."""
    for name, held in list(islice(kind.__dict__.items(), 100)):
        if not (name.startswith("__") and name.endswith("__")) and not isinstance(held, _NO_DATA):
            yield name, held


def attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """Give an object's own attributes: those in its ``__dict__``, and its slots."""
    kind = type(value)
    holder = next((base.__dict__["__dict__"] for base in kind.__mro__ if "__dict__" in base.__dict__), None)
    if isinstance(holder, types.GetSetDescriptorType):
        own = holder.__get__(value)
        if isinstance(own, dict):
            yield from ((name, held) for name, held in list(islice(own.items(), 100)) if isinstance(name, str))
    for base in kind.__mro__:
        if kind.__module__ in {"builtins", "itertools", "functools"}:
            break
        for name, slot in list(base.__dict__.items()):
            if isinstance(slot, types.MemberDescriptorType):
                try:
                    yield name, slot.__get__(value)
                except AttributeError:
                    continue
