"""Objects as they are at a moment, copied, bounded, each distinct one once.

No code of the script runs for it: no ``__repr__``, no property, no ``__len__`` of its own.
"""

from __future__ import annotations

import marshal
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from itertools import islice
from typing import Any

from fwdpass.trace.arrays import (
    NUMBERS,
    Copy,
    LaterLarge,
    LaterNumber,
    ends,
    entries,
    entry_of,
    identity,
    read_copy,
)  # fmt: skip
from fwdpass.trace.foreign import array_of, described, foreign, is_foreign
from fwdpass.trace.limits import Limits
from fwdpass.trace.names import Reference, full_name, named
from fwdpass.trace.objects import BITS, PLAIN, attributes, data, message, plain_text
from fwdpass.trace.record import Array, LargeArray, Mapping, Number, Sequence, Text, Thing, Value

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


_BOUND = (types.MethodType, types.MethodWrapperType)
"""Methods with their objects, which may be the script's."""
_FURTHER = 10_000
"""How many items of a list or a dictionary are looked at, to see whether they have changed."""
_WHOLE = 1 << 16
"""An array of so many bytes is looked at as a whole, to see whether it has changed."""


class _Ways(dict[type, Callable[[Any], int]]):
    """How values of each type are copied: decided when the first one comes."""

    def __init__(self, known: dict[type, Callable[[Any], int]], decide: Callable[[type], Callable[[Any], int]]) -> None:
        super().__init__(known)
        self._decide = decide

    def __missing__(self, kind: type) -> Callable[[Any], int]:
        self[kind] = way = self._decide(kind)
        return way


Bare = bool | int | float | complex | str | bytes | None
"""What is kept as it is while the script runs: nobody can change it."""


_NUMBERS = (bool, int, complex, type(None))
_LATER = (LaterLarge, LaterNumber, Reference)


class Store:
    """Keeps values, and answers with their indices.

    What is called most asks ``ways`` itself, by the type of a value: ``keep`` does the same, and is one call more. As
    little as can be is made while the script runs: the table has bare numbers and texts, and the bytes of arrays,
    until it is ``finished``.
    """

    def __init__(self, limits: Limits) -> None:
        self.table: list[Value | Bare | Copy | LaterLarge | LaterNumber | Reference] = []
        self._limits = limits
        self._few = limits.entries
        self._bytes = 64 * limits.entries
        self._text_limit = limits.text
        self._array_type: Any = None
        self._known: dict[Any, int] = {}
        self._floats: dict[float | str, int] = {}
        self._doubles: dict[float | str, int] = {}
        known: dict[type, Callable[[Any], int]] = {
            int: self._whole,
            float: self._float,
            bool: self._number,
            type(None): self._number,
            complex: self._complex,
            str: self._str,
            bytes: self._text,
            bytearray: self._text,
            list: self._sequence,
            tuple: self._sequence,
            deque: self._sequence,
            set: self._set,
            frozenset: self._set,
            dict: self._mapping,
            types.FunctionType: self._function,
        }
        self.ways = _Ways(known, self._way)
        self._depth = 0
        self._rests: dict[int, bytes] = {}
        """Of long lists and dictionaries, the items that are not kept."""
        self._corners: dict[tuple[int, ...], tuple[int, Any]] = {}
        self._dtypes: list[tuple[Any, str]] = []
        """The dtypes of the arrays that are copied, each at its number, with its name; equal ones share a number."""
        self._numbers: dict[int, int] = {}
        """The numbers of NumPy's own dtypes, which live for ever, by their ``id``: it takes long to compare them."""

    def prepare(self) -> None:
        """Decide how the usual values are copied before a run begins, so that it need not wait for that."""
        numpy = sys.modules.get("numpy")
        usual = [getattr(numpy, name, None) for name in ("ndarray", "float64", "int64", "bool", "ufunc")]
        for kind in (types.BuiltinFunctionType, types.GeneratorType, types.ModuleType, type, *usual):
            if isinstance(kind, type):
                self.ways[kind]

    def forget(self) -> None:
        """Let go of the script's types, which hold their functions, and these the names of the module."""
        for kind in [kind for kind in self.ways if kind.__module__ == "__main__"]:
            del self.ways[kind]

    def close(self) -> None:
        """Let go of whatever may hold code, once all values have been given.

        Code of the script holds the recorder, and with it these tables. Python finds no circle that goes through code:
        what is in one lives for ever.
        """
        for kind in [kind for kind in self.ways if kind.__module__ not in sys.builtin_module_names]:
            del self.ways[kind]
        for value in [value for value in self._known if callable(value)]:
            del self._known[value]
        for index in [index for index, kept in enumerate(self.table) if type(kept) is Reference]:
            self.table[index] = None

    def keep(self, value: Any) -> int:
        """Copy a value as it is now; give its index."""
        return self.ways[type(value)](value)

    def _way(self, kind: type) -> Callable[[Any], int]:
        """Decide how values of a type are copied."""
        if kind in PLAIN:
            return self._plain
        numpy: Any = sys.modules.get("numpy")
        if numpy is not None and hasattr(numpy, "ndarray"):
            self._array_type = numpy.ndarray
            if issubclass(kind, numpy.ndarray):
                return self._ndarray if kind is numpy.ndarray else self._array
            if kind is getattr(numpy, "float64", None):
                return self._double
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
        if issubclass(kind, tuple) and isinstance(getattr(kind, "_fields", None), tuple):
            return self._named_tuple
        if issubclass(kind, (list, tuple, deque)):
            return self._sequence
        if issubclass(kind, dict):
            return self._mapping
        if is_foreign(kind):
            return self._foreign
        if kind.__module__ == "__main__" or kind in _OPEN:
            return self._thing
        # A library's objects have insides that differ from run to run: locks, numbers of processes.
        kept: list[int] = []

        def by_its_type(value: Any) -> int:
            if not kept:
                kept.append(self._put(Thing(full_name(type(value)))))
            return kept[0]

        return by_its_type

    def _put(self, value: Value | Bare | Copy | LaterNumber, key: Any = None) -> int:
        key = value if key is None else key
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.table)
            self.table.append(value)
        return found

    # Numbers and texts ------------------------------------------------------------------------------------------------

    def _number(self, value: Any) -> int:
        found = self._known.get((type(value), value))
        return self._put(value, (type(value), value)) if found is None else found

    def _whole(self, value: int) -> int:
        found = self._known.get((int, value))
        if found is not None:
            return found
        if value.bit_length() > BITS:
            return self._put(Thing("int", f"a whole number of {value.bit_length()} bits"))
        return self._put(value, (int, value))

    def _float(self, value: float) -> int:
        found = self._floats.get(value)
        return self._new_float(self._floats, value, value) if found is None else found

    def _double(self, value: Any) -> int:
        """Keep a float64 of NumPy's: it is a float, too, and as such found faster."""
        plain = float.__float__(value)
        found = self._doubles.get(plain)
        return self._new_float(self._doubles, plain, value) if found is None else found

    def _new_float(self, known: dict[float | str, int], plain: float, value: float) -> int:
        # By its text where it has to be: 0.0 == -0.0, and nan is equal to nothing. So neither is ever found as it is.
        key = plain if plain and plain == plain else float.__repr__(plain)  # noqa: PLR0124 - nan is not
        found = known.get(key)
        if found is None:
            found = known[key] = len(self.table)
            self.table.append(value)
        return found

    def _complex(self, value: complex) -> int:
        return self._put(value, (complex, repr(value)))

    def _str(self, value: str) -> int:
        """Keep a text, as it is if it is not too long."""
        found = self._known.get(value)
        if found is None:
            return self._put(value) if len(value) <= self._text_limit else self._text(value)
        return found

    def _text(self, value: Any) -> int:
        cut = value[: self._limits.text]
        key = (type(value), bytes(cut) if type(value) is bytearray else cut, len(value))
        found = self._known.get(key)
        if found is not None:
            return found
        shown = cut if isinstance(cut, str) else bytes(cut).decode("latin-1")
        return self._put(Text(shown, len(value), type(value).__name__), key)

    def _plain(self, value: Any) -> int:
        return self._put(Thing(type(value).__name__, plain_text(value, self._limits.text)))

    # Arrays -----------------------------------------------------------------------------------------------------------

    def _scalar(self, value: Any) -> int:
        key = (type(value), value.tobytes())
        found = self._known.get(key)
        if found is not None and not value.dtype.hasobject:
            return found
        dtype = value.dtype
        if dtype.kind in NUMBERS:
            return self._put(LaterNumber(value), key)
        name = "str" if dtype.kind == "U" else dtype.name
        if dtype.kind in "SU":
            shown = entry_of(value.item(), self._limits.text)
            return self._put(Text(str(shown), len(value), name + "_"), key)
        return self._put(Thing(name, str(value)[: self._limits.text]))

    def _ndarray(self, value: Any) -> int:
        """Copy an array of NumPy's own class: the way that most arrays go, so it is short.

        Only the bytes are copied; the numbers are read from them when the run is over.
        """
        # Builtin dtypes exist once each, so their identity will do, and is quicker than their hash.
        number = self._numbers.get(id(value.dtype))
        if number is None or value.nbytes > self._few:
            return self._unusual(value)
        copy = number, value.shape, value.tobytes()
        found = self._known.get(copy)
        if found is None:
            found = self._known[copy] = len(self.table)
            self.table.append(copy)
        return found

    def _unusual(self, value: Any) -> int:
        """Copy an array that is not very small, or the first one of a dtype."""
        dtype = value.dtype
        if dtype.hasobject or value.size > self._limits.entries or value.nbytes > self._bytes:
            return self._array(value)
        number = self._known.setdefault(dtype, len(self._dtypes))
        if number == len(self._dtypes):
            self._dtypes.append((dtype, str(dtype)))
        if dtype.isbuiltin == 1:
            self._numbers[id(dtype)] = number
        return self._put((number, value.shape, value.tobytes()))

    def is_still(self, index: int, value: Any) -> bool:
        """Whether an array is like its copy: cheaper than to look up what its copy would be."""
        copy = self.table[index]
        return (
            type(copy) is tuple
            and type(value) is self._array_type
            and value.shape == copy[1]
            and value.tobytes() == copy[2]
            and self._numbers.get(id(value.dtype)) == copy[0]
        )

    def _array(self, value: Any) -> int:
        numpy: Any = sys.modules["numpy"]
        kind = type(value)
        name = kind.__name__
        bare = value if kind is numpy.ndarray else numpy.ndarray.view(value, numpy.ndarray)
        dtype = bare.dtype
        masked = issubclass(kind, numpy.ma.MaskedArray) if "numpy.ma" in sys.modules else False
        if bare.size <= self._limits.entries and bare.nbytes <= self._bytes:
            read = entries(value if masked else bare, self._limits.text)
            key = (name, dtype.str, bare.shape, identity(read))
            return self._put(Array(str(dtype), bare.shape, read, name), key)
        return self._large(bare, name)

    def _large(self, array: Any, name: str) -> int:
        """Copy the corners of an array; as of a small one, only the bytes, where it has numbers."""
        shape, dtype = array.shape, array.dtype
        edge, index = self._corners.get(shape) or self._corners.setdefault(shape, ends(shape, self._limits.edge))
        corners = array[index]
        if dtype.kind in NUMBERS:
            # Of one that is not very large, what is between the corners is looked at, too.
            between = hash(array.tobytes()) if array.nbytes <= _WHOLE else 0
            key = (name, dtype, shape, corners.tobytes(), between)
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = len(self.table)
                self.table.append(LaterLarge(dtype, shape, corners, edge, array.nbytes, name))
            return found
        read = entries(corners, self._limits.text)
        large = LargeArray(str(dtype), shape, array.nbytes, edge, read, name)
        return self._put(large, (name, dtype.str, shape, identity(read)))

    # Containers -------------------------------------------------------------------------------------------------------

    def _many(self, values: Iterable[Any]) -> tuple[int, ...]:
        self._depth += 1
        try:
            return tuple([self.ways[type(value)](value) for value in values])
        finally:
            self._depth -= 1

    def _sequence(self, value: Any) -> int:
        base, name = _base(value, (list, tuple, deque)), type(value).__name__
        length = base.__len__(value)
        if self._depth >= self._limits.depth:
            return self._put(Sequence(name, length, ()))
        kept = Sequence(name, length, self._many(islice(base.__iter__(value), self._limits.items)))
        if length <= self._limits.items:
            return self._put(kept)
        return self._with_rest(kept, list(islice(base.__iter__(value), self._limits.items, _FURTHER)))

    def _with_rest(self, kept: Sequence | Mapping, rest: list[Any]) -> int:
        """Keep what has more items than are kept; others further down make another value of it."""
        try:
            written = marshal.dumps(rest, 2)
        except ValueError:  # there are objects among them: which these are is all that is known
            return self._put(kept, (kept, *map(id, rest)))
        index = self._put(kept, (kept, written))
        self._rests[index] = written
        return index

    def tell_apart(self, before: int, after: int) -> None:
        """Show in two values of a long list, or of what has it in it, which item further down is another one."""
        match self.table[before], self.table[after]:
            # What is read back was written here.
            case (Sequence() as old, Sequence() as new) if before in self._rests and after in self._rests:
                pairs = zip(*(marshal.loads(self._rests[index]) for index in (before, after)), strict=False)  # noqa: S302
                found = next(((at, a, b) for at, (a, b) in enumerate(pairs) if repr(a) != repr(b)), None)
                if found is not None and old.type == new.type:
                    at = found[0] + self._limits.items
                    self.table[before] = replace(old, others=_joined(old.others, at, self.keep(found[1])))
                    self.table[after] = replace(new, others=_joined(new.others, at, self.keep(found[2])))
            case (Sequence() as old, Sequence() as new) if old.type == new.type:
                self._tell_apart(enumerate(old.items), enumerate(new.items))
            case (Mapping() as old, Mapping() as new) if old.type == new.type:
                self._tell_apart(old.items, new.items)
            case (Thing() as old, Thing() as new) if old.type == new.type:
                self._tell_apart(old.fields, new.fields)

    def _tell_apart(self, old: Iterable[tuple[Any, int]], new: Iterable[tuple[Any, int]]) -> None:
        """Tell apart what two containers have in the same places."""
        after = dict(new)
        for place, value in old:
            if after.get(place, value) != value:
                self.tell_apart(value, after[place])

    def _named_tuple(self, value: Any) -> int:
        """Keep a named tuple as what it is to its reader: an object with fields."""
        name, fields = type(value).__name__, type(value)._fields
        if self._depth >= self._limits.depth:
            return self._put(Thing(name))
        kept = self._many(islice(tuple.__iter__(value), self._limits.items))
        return self._put(Thing(name, "", tuple(zip(fields, kept, strict=False))))

    def _foreign(self, value: Any) -> int:
        """Keep an array of another library: its numbers through NumPy, with the library's own name for its type."""
        kind = type(value).__name__
        try:
            array, dtype = foreign(value, self._limits)
        except Exception:  # noqa: BLE001 - on a device, without a layout, not computed yet: whatever the library says
            shape, dtype = described(value) if hasattr(value, "dtype") else ((), "")
            return self._put(Thing(kind, f"{kind} {shape} {dtype}" if dtype else ""))
        return self._put(array_of(array, value, dtype, self._limits), None)

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
        return self._put(Sequence(name, len(items), self._many(items[i] for _, i in keys[: self._limits.items])))

    def resolved(self, index: int) -> Any:
        """Give a value with its items in the place of their indices: comparable with another store's."""
        match self.table[index]:
            case Sequence(type=name, length=length, items=items):
                return (name, length, tuple(map(self.resolved, items)))
            case Mapping(type=name, length=length, items=pairs):
                return (name, length, tuple((self.resolved(k), self.resolved(v)) for k, v in pairs))
            case Thing(type=name, text=text, fields=fields):
                return (name, text, tuple((field, self.resolved(v)) for field, v in fields))
            case other:
                return self._read(other)

    def _mapping(self, value: Any) -> int:
        name, length = type(value).__name__, dict.__len__(value)
        if self._depth >= self._limits.depth:
            return self._put(Mapping(name, length, ()))
        pairs = list(islice(dict.items(value), self._limits.items))
        keys, values = self._many(key for key, _ in pairs), self._many(item for _, item in pairs)
        kept = Mapping(name, length, tuple(zip(keys, values, strict=True)))
        if length <= self._limits.items:
            return self._put(kept)
        return self._with_rest(kept, list(islice(dict.items(value), self._limits.items, _FURTHER)))

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
        elif type(value) is type and value.__module__ == "__main__":
            return self._class(value)
        elif type(value) in _BOUND or getattr(value, "__module__", "") == "__main__":
            return self._put(named(value))
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = len(self.table)
            self.table.append(Reference(value))
        return found

    def _class(self, value: type) -> int:
        """Keep a class of the script, with its attributes that are no functions: they can change."""
        if self._depth >= self._limits.depth:
            return self._put(named(value))
        fields = list(islice(data(value), self._limits.items))
        kept = self._many(field for _, field in fields)
        return self._put(replace(named(value), fields=tuple(zip((name for name, _ in fields), kept, strict=True))))

    def _function(self, value: Any) -> int:
        """Keep a function; the script's own are called most."""
        if value.__module__ != "__main__":
            return self._named(value)
        key = types.FunctionType, value.__qualname__
        found = self._known.get(key)
        return self._put(named(value), key) if found is None else found

    def finished(self) -> tuple[Value, ...]:
        """Give all values; arrays are read only now, and libraries are asked only now about their functions."""
        return tuple(map(self._read, self.table))

    def _read(self, kept: Any) -> Value:
        """Make a record of what is in the table."""
        kind = type(kept)
        if kind is tuple:
            dtype, name = self._dtypes[kept[0]]
            return read_copy(kept, dtype, name, self._text_limit)
        if kind is str:
            return Text(kept, len(kept))
        if kind in _LATER:
            return kept.read(self._text_limit)  # type: ignore[no-any-return]
        if isinstance(kept, float):
            return Number(float(kept), kind.__name__)  # of NumPy's float64, too
        return Number(kept, kind.__name__) if kind in _NUMBERS else kept

    def _member(self, value: Any) -> int:
        name = object.__getattribute__(value, "__dict__").get("_name_")
        return self._put(Thing(full_name(type(value)), name if isinstance(name, str) else ""))

    def _exception(self, value: Any) -> int:
        return self._put(Thing(full_name(type(value)), message(value)[: self._limits.text]))

    def _thing(self, value: Any) -> int:
        name = full_name(type(value))
        if self._depth >= self._limits.depth:
            return self._put(Thing(name))
        fields = list(islice(attributes(value), self._limits.items))
        kept = self._many(field for _, field in fields)
        return self._put(Thing(name, "", tuple((field, i) for (field, _), i in zip(fields, kept, strict=True))))


def _joined(others: tuple[tuple[int, int], ...], at: int, value: int) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({**dict(others), at: value}.items()))


def _base(value: Any, bases: tuple[type, ...]) -> Any:
    """Give the builtin type whose methods see the items, whatever a subclass overrides."""
    return next(base for base in bases if isinstance(value, base))
