"""Objects as they are at a moment, copied, bounded, each distinct one once.

No code of the script runs for it: no ``__repr__``, no property, no ``__len__`` of its own. NumPy is looked up where the
script has imported it, never imported. The work on an array does not grow with the array.
"""

from __future__ import annotations

import sys
import types
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import islice
from pathlib import PosixPath, PurePosixPath, PureWindowsPath, WindowsPath
from typing import Any

from fwdpass.trace.names import documentation, full_name, named, summary
from fwdpass.trace.record import (
    Array,
    Entries,
    Entry,
    LargeArray,
    Limits,
    Mapping,
    Named,
    Number,
    Sequence,
    Text,
    Thing,
    Value,
)

_CORNERS = 64
"""How many corners of an array are kept at most; with many axes, fewer places of each."""
_BITS = 2048
"""Whole numbers longer than this are not copied."""
_PLAIN: dict[type, Callable[[Any], str]] = {
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
_OPEN = frozenset((types.SimpleNamespace,))
"""Types of the standard library whose attributes are the script's."""
_NAMED = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
    type,
)


class Later:
    """An array whose bytes are copied, and not yet read."""

    __slots__ = ("data", "dtype", "shape")

    def __init__(self, dtype: Any, shape: tuple[int, ...], data: bytes) -> None:
        self.dtype = dtype
        self.shape = shape
        self.data = data


class LaterLarge:
    """A large array whose corners are copied, and not yet read."""

    __slots__ = ("corners", "dtype", "edge", "name", "nbytes", "shape")

    def __init__(self, dtype: Any, shape: tuple[int, ...], corners: Any, edge: int, nbytes: int, name: str) -> None:
        self.dtype = dtype
        self.shape = shape
        self.corners = corners
        self.edge = edge
        self.nbytes = nbytes
        self.name = name


class Reference:
    """A library's function, class or module, not asked for its name yet."""

    __slots__ = ("_to",)

    def __init__(self, to: Any) -> None:
        self._to = to

    def named(self) -> Named:
        """Ask for its name, and what it says that it does."""
        return replace(named(self._to), summary=summary(documentation(self._to)))


class Store:
    """Keeps values, and answers with their indices."""

    def __init__(self, limits: Limits) -> None:
        self.table: list[Value | Later | LaterLarge | Reference] = []
        self._limits = limits
        self._bytes = 64 * limits.entries
        self._known: dict[Any, int] = {}
        self._how: dict[type, Callable[[Any], int]] = {
            int: self._whole,
            float: self._float,
            bool: self._number,
            type(None): self._number,
            complex: self._float,
            str: self._text,
            bytes: self._text,
            bytearray: self._text,
            list: self._sequence,
            tuple: self._sequence,
            deque: self._sequence,
            set: self._set,
            frozenset: self._set,
            dict: self._mapping,
        }
        self._depth = 0
        self._corners: dict[tuple[int, ...], tuple[int, Any]] = {}

    def keep(self, value: Any) -> int:
        """Copy a value as it is now; give its index."""
        kind = type(value)
        how = self._how.get(kind)
        if how is None:
            how = self._how[kind] = self._way(kind)
        return how(value)

    def _way(self, kind: type) -> Callable[[Any], int]:
        """Decide how values of a type are copied."""
        if kind in _PLAIN:
            return self._plain
        numpy: Any = sys.modules.get("numpy")
        if numpy is not None and hasattr(numpy, "ndarray"):
            if issubclass(kind, numpy.ndarray):
                return self._ndarray if kind is numpy.ndarray else self._array
            if issubclass(kind, numpy.generic):
                return self._scalar
            if issubclass(kind, numpy.ufunc) or full_name(kind) == "_ArrayFunctionDispatcher":
                return self._named
            if issubclass(kind, numpy.dtype):
                return lambda value: self._put(Thing("dtype", str(value)))
        if issubclass(kind, _NAMED):
            return self._named
        if issubclass(kind, Enum):
            return self._member
        if issubclass(kind, BaseException):
            return self._exception
        if issubclass(kind, (list, tuple, deque)):
            return self._sequence
        if issubclass(kind, dict):
            return self._mapping
        if kind.__module__ == "__main__" or kind in _OPEN:
            return self._thing
        # A library's objects have insides that differ from run to run: locks, numbers of processes.
        kept: list[int] = []

        def by_its_type(value: Any) -> int:
            if not kept:
                kept.append(self._put(Thing(full_name(type(value)))))
            return kept[0]

        return by_its_type

    def _put(self, value: Value, key: Any = None) -> int:
        key = value if key is None else key
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.table)
            self.table.append(value)
        return found

    # Numbers and texts ------------------------------------------------------------------------------------------------

    def _number(self, value: Any) -> int:
        found = self._known.get((type(value), value))
        return self._put(Number(value, type(value).__name__), (type(value), value)) if found is None else found

    def _whole(self, value: int) -> int:
        found = self._known.get((int, value))
        if found is not None:
            return found
        if value.bit_length() > _BITS:
            return self._put(Thing("int", f"a whole number of {value.bit_length()} bits"))
        return self._put(Number(value, "int"), (int, value))

    def _float(self, value: Any) -> int:
        # By its text: 0.0 == -0.0, and nan is equal to nothing.
        kind = type(value)
        key = (kind, repr(value))
        found = self._known.get(key)
        return self._put(Number(value, kind.__name__), key) if found is None else found

    def _text(self, value: Any) -> int:
        cut = value[: self._limits.text]
        key = (type(value), bytes(cut) if type(value) is bytearray else cut, len(value))
        found = self._known.get(key)
        if found is not None:
            return found
        shown = cut if isinstance(cut, str) else bytes(cut).decode("latin-1")
        return self._put(Text(shown, len(value), type(value).__name__), key)

    def _plain(self, value: Any) -> int:
        kind = type(value)
        if kind is Fraction and max(value.numerator.bit_length(), value.denominator.bit_length()) > _BITS:
            return self._put(Thing("Fraction"))
        return self._put(Thing(kind.__name__, _PLAIN[kind](value)[: self._limits.text]))

    # Arrays -----------------------------------------------------------------------------------------------------------

    def _scalar(self, value: Any) -> int:
        key = (type(value), value.tobytes())
        found = self._known.get(key)
        if found is not None and not value.dtype.hasobject:
            return found
        dtype = value.dtype
        name = "str" if dtype.kind == "U" else dtype.name
        if dtype.kind in "SU":
            shown = _entry(value.item(), self._limits.text)
            return self._put(Text(str(shown), len(value), name + "_"), key)
        if dtype.kind in "biufc":
            return self._put(Number(_exact(value), name), key)
        return self._put(Thing(name, str(value)[: self._limits.text]))

    def _ndarray(self, value: Any) -> int:
        """Copy an array of NumPy's own class: the way that most arrays go, so it is short.

        Only the bytes are copied; the numbers are read from them when the run is over.
        """
        if value.size > self._limits.entries or value.nbytes > self._bytes or value.dtype.hasobject:
            return self._array(value)
        dtype, shape, data = key = (value.dtype, value.shape, value.tobytes())
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.table)
            self.table.append(Later(dtype, shape, data))
        return found

    def _read(self, later: Later | LaterLarge) -> Array | LargeArray:
        if isinstance(later, LaterLarge):
            entries = self._entries(later.corners)
            return LargeArray(str(later.dtype), later.shape, later.nbytes, later.edge, entries, later.name)
        numpy: Any = sys.modules["numpy"]
        array = numpy.frombuffer(later.data, later.dtype).reshape(later.shape) if later.data else None
        entries = self._entries(numpy.zeros(later.shape, later.dtype) if array is None else array)
        return Array(str(later.dtype), later.shape, entries)

    def _array(self, value: Any) -> int:
        numpy: Any = sys.modules["numpy"]
        kind = type(value)
        name = kind.__name__
        bare = value if kind is numpy.ndarray else numpy.ndarray.view(value, numpy.ndarray)
        dtype = bare.dtype
        masked = issubclass(kind, numpy.ma.MaskedArray) if "numpy.ma" in sys.modules else False
        if bare.size <= self._limits.entries and bare.nbytes <= self._bytes:
            entries = self._entries(value if masked else bare)
            key = (name, dtype.str, bare.shape, _identity(entries))
            return self._put(Array(str(dtype), bare.shape, entries, name), key)
        return self._large(bare, name)

    def _large(self, array: Any, name: str) -> int:
        """Copy the corners of an array; as of a small one, only the bytes, where it has numbers."""
        shape, dtype = array.shape, array.dtype
        edge, index = self._corners.get(shape) or self._corners.setdefault(shape, self._ends(shape))
        corners = array[index]
        if dtype.kind in "biufc":
            key = (name, dtype, shape, corners.tobytes())
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = len(self.table)
                self.table.append(LaterLarge(dtype, shape, corners, edge, array.nbytes, name))
            return found
        entries = self._entries(corners)
        large = LargeArray(str(dtype), shape, array.nbytes, edge, entries, name)
        return self._put(large, (name, dtype.str, shape, _identity(entries)))

    def _ends(self, shape: tuple[int, ...]) -> tuple[int, Any]:
        """Give how many places of each axis are kept at its ends, and the index of these."""
        numpy: Any = sys.modules["numpy"]
        edge = min(self._limits.edge, _edge(len(shape)))
        if not edge:
            return 0, (slice(0, 0),) * len(shape)
        ends = ([*range(edge), *range(n - edge, n)] if n > 2 * edge else list(range(n)) for n in shape)
        return edge, numpy.ix_(*ends)

    def _entries(self, array: Any) -> Entries:
        """Give an array's entries as the numbers that they are written as: of 0.1 in float32, 0.1."""
        if array.dtype.kind == "f" and array.dtype.itemsize < 8:
            return _tuples(array.tolist(), array.ndim, lambda entry: entry if entry is None else float(str(_f(array, entry))))
        if array.dtype.kind in "biufc" and array.dtype.itemsize <= 16 and array.dtype.char not in "gG":
            return _tuples(array.tolist(), array.ndim, None)
        return _tuples(array.tolist(), array.ndim, lambda entry: _entry(entry, self._limits.text))

    # Containers -------------------------------------------------------------------------------------------------------

    def _many(self, values: Iterable[Any]) -> tuple[int, ...]:
        self._depth += 1
        try:
            return tuple(self.keep(value) for value in values)
        finally:
            self._depth -= 1

    def _sequence(self, value: Any) -> int:
        base, name = _base(value, (list, tuple, deque)), type(value).__name__
        length = base.__len__(value)
        if self._depth >= self._limits.depth:
            return self._put(Sequence(name, length, ()))
        return self._put(Sequence(name, length, self._many(islice(base.__iter__(value), self._limits.items))))

    def _set(self, value: Any) -> int:
        """Copy a set, sorted by what its items are: their own order depends on the hash seed."""
        name = type(value).__name__
        # To be sorted, all have to be looked at.
        if len(value) > 8 * self._limits.items or self._depth >= self._limits.depth:
            return self._put(Sequence(name, len(value), ()))
        fresh = Store(self._limits)
        fresh._depth = self._depth + 1
        keys = sorted((repr(fresh.resolved(fresh.keep(item))), i) for i, item in enumerate(value))
        items = list(value)
        return self._put(
            Sequence(name, len(items), self._many(items[i] for _, i in keys[: self._limits.items]))
        )

    def resolved(self, index: int) -> Any:
        """Give a value with its items in the place of their indices: comparable with another store's."""
        match self.table[index]:
            case Later() | LaterLarge() as later:
                return self._read(later)
            case Reference() as reference:
                return reference.named()
            case Sequence(type=name, length=length, items=items):
                return (name, length, tuple(map(self.resolved, items)))
            case Mapping(type=name, length=length, items=pairs):
                return (name, length, tuple((self.resolved(k), self.resolved(v)) for k, v in pairs))
            case Thing(type=name, text=text, fields=fields):
                return (name, text, tuple((field, self.resolved(v)) for field, v in fields))
            case value:
                return value

    def _mapping(self, value: Any) -> int:
        name, length = type(value).__name__, dict.__len__(value)
        if self._depth >= self._limits.depth:
            return self._put(Mapping(name, length, ()))
        pairs = list(islice(dict.items(value), self._limits.items))
        keys, values = self._many(key for key, _ in pairs), self._many(item for _, item in pairs)
        return self._put(Mapping(name, length, tuple(zip(keys, values, strict=True))))

    # Everything else --------------------------------------------------------------------------------------------------

    def _named(self, value: Any) -> int:
        """Keep a function, a class or a module: a library's by itself, to be asked for its name when the run is over.

        What the script has made is asked now, and not held: it may hold other things that would live on with it.
        """
        if type(value) is types.BuiltinFunctionType and not isinstance(value.__self__, types.ModuleType):
            owner = value.__self__ if isinstance(value.__self__, type) else type(value.__self__)
            method = owner.__dict__.get(value.__name__)
            if not isinstance(method, (types.MethodDescriptorType, types.ClassMethodDescriptorType)):
                return self._put(named(value))
            value = method
        elif type(value) is types.MethodType or getattr(value, "__module__", "") == "__main__":
            return self._put(named(value))
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = len(self.table)
            self.table.append(Reference(value))
        return found

    def finished(self) -> tuple[Value, ...]:
        """Give all values; what libraries say of their functions is read only now."""
        for index, value in enumerate(self.table):
            if isinstance(value, (Later, LaterLarge)):
                self.table[index] = self._read(value)
            elif isinstance(value, Reference):
                self.table[index] = value.named()
        return tuple(self.table)  # type: ignore[arg-type]

    def _member(self, value: Any) -> int:
        name = object.__getattribute__(value, "__dict__").get("_name_")
        return self._put(Thing(full_name(type(value)), name if isinstance(name, str) else ""))

    def _exception(self, value: Any) -> int:
        return self._put(Thing(full_name(type(value)), message(value)[: self._limits.text]))

    def _thing(self, value: Any) -> int:
        name = full_name(type(value))
        if self._depth >= self._limits.depth:
            return self._put(Thing(name))
        fields = list(islice(_attributes(value), self._limits.items))
        kept = self._many(field for _, field in fields)
        return self._put(Thing(name, "", tuple((field, i) for (field, _), i in zip(fields, kept, strict=True))))


def message(error: BaseException) -> str:
    """Give an exception's message without running the script's code: a ``__str__`` of its own is not called."""
    saying = type(error).__str__
    if not isinstance(saying, types.FunctionType) or saying.__module__.partition(".")[0] in {"numpy", "subprocess"}:
        try:
            return str(error)
        except Exception:  # noqa: BLE001 - an argument of the exception has a __str__ that fails
            return ""
    return next((part for part in error.args if type(part) is str), "")


def _identity(entries: Entries) -> str:
    """Tell entries apart that are equal and not the same: 0.0 and -0.0, 1 and True."""
    return repr(entries)


def _f(array: Any, entry: float) -> Any:
    return array.dtype.type(entry)


def _exact(scalar: Any) -> Any:
    """Give a scalar of NumPy as the number of Python that is written alike."""
    dtype = scalar.dtype
    if dtype.kind == "f" and dtype.itemsize < 8:
        return float(str(scalar))
    value = scalar.item()
    return value if isinstance(value, (bool, int, float, complex)) and not hasattr(value, "dtype") else complex(value)


def _edge(axes: int) -> int:
    """How many places at an end of an axis are kept, so that all corners together stay few."""
    return next((edge for edge in (3, 2, 1) if (2 * edge) ** axes <= _CORNERS), 0)


def _tuples(nested: Any, axes: int, each: Callable[[Any], Entry] | None) -> Entries:
    if not axes:
        return each(nested) if each else nested  # type: ignore[no-any-return]
    if axes == 1:
        return tuple(map(each, nested)) if each else tuple(nested)
    return tuple(_tuples(row, axes - 1, each) for row in nested)


def _entry(entry: Any, limit: int) -> Entry:
    """Give what stands in an array of texts, dates, or objects."""
    kind = type(entry)
    if kind is int and entry.bit_length() > _BITS:
        return "int"
    if kind in (bool, int, float, complex, type(None)):
        return entry  # type: ignore[no-any-return]
    if kind is str:
        return entry[:limit]  # type: ignore[no-any-return]
    if kind is bytes:
        return entry[:limit].decode("latin-1")  # type: ignore[no-any-return]
    if kind in _PLAIN:
        return _PLAIN[kind](entry)[:limit]
    if hasattr(kind, "dtype"):  # long double
        return str(entry)[:limit]
    return kind.__name__


def _base(value: Any, bases: tuple[type, ...]) -> Any:
    """Give the builtin type whose methods see the items, whatever a subclass overrides."""
    return next(base for base in bases if isinstance(value, base))


def _attributes(value: Any) -> Iterable[tuple[str, Any]]:
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
