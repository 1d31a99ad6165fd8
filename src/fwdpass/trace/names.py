"""Functions, classes and modules by their names, and what a library says that they do."""

from __future__ import annotations

import re
import types
from typing import Any

from fwdpass.trace.record import Named

_SIGNATURE = re.compile(r"[\w.]+\(")
_BETWEEN = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)")
_LONGEST = 200


class Reference:
    """A library's function, class or module, not asked for its name yet."""

    __slots__ = ("_to",)

    def __init__(self, to: Any) -> None:
        self._to = to

    def read(self, _limit: int) -> Named:
        """Ask for its name, and what it says that it does."""
        return named(self._to, summary(documentation(self._to)))


def full_name(kind: type) -> str:
    """Give a class's name, with the classes around it, but not the functions."""
    return type.__dict__["__qualname__"].__get__(kind).rpartition("<locals>.")[2]  # type: ignore[no-any-return]


def named(value: Any, said: str = "") -> Named:
    """Name a function, a class or a module, with what is said of it."""
    match value:
        case types.ModuleType():
            return Named("module", _str(value, "__name__"), "", said)
        case type():
            return Named("class", full_name(value), _module(value), said)
        case types.MethodType():
            return Named("method", _str(value.__func__, "__qualname__"), _module(value.__func__), said)
        case types.BuiltinFunctionType() if not isinstance(value.__self__, (types.ModuleType, type(None))):
            owner = value.__self__ if isinstance(value.__self__, type) else type(value.__self__)
            return Named("method", f"{full_name(owner)}.{value.__name__}", _module(owner), said)
        case types.MethodDescriptorType() | types.WrapperDescriptorType() | types.ClassMethodDescriptorType():
            return Named("method", value.__qualname__, _module(value.__objclass__), said)
        case _:
            name = _str(value, "__qualname__") or _str(value, "__name__")
            return Named("function", name, _module(value), said)


def _str(value: Any, attribute: str) -> str:
    found = getattr(value, attribute, "")
    return found if isinstance(found, str) else ""


def _module(value: Any) -> str:
    found = _str(value, "__module__")
    # numpy._core.fromnumeric is where it happens to live.
    return found.partition("._")[0]


def documentation(value: Any) -> str:
    """Give what a library says of something of its own."""
    of = getattr(value, "__func__", value) if isinstance(value, types.MethodType) else value
    if isinstance(of, types.ModuleType) or _module(of) == "__main__":
        return ""
    return _str(of, "__doc__")


def summary(written: str) -> str:
    """Give the first sentence of a documentation; a signature before it is passed over."""
    rest = written[:4000]
    while rest:
        paragraph, *others = _BETWEEN.split(rest, 1)
        rest = others[0] if others else ""
        said = " ".join(paragraph.split())
        if said and not _SIGNATURE.match(said):
            found = _SENTENCE.match(said)
            return (found[1] if found else said)[:_LONGEST]
    return ""
