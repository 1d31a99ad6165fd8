"""Arrays and numbers, copied without work that grows with them, and read when the run is over.

NumPy is looked up where the script has imported it, never imported.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from fwdpass.trace.objects import BITS, PLAIN, plain_text
from fwdpass.trace.record import Array, Entries, Entry, LargeArray, Number

NUMBERS = "biufc"
"""The kinds of dtypes whose bytes are all that there is to an entry."""
_CORNERS = 64
"""How many corners of an array are kept at most; with many axes, fewer places of each."""


Copy = tuple[int, tuple[int, ...], bytes]
"""An array whose bytes are copied, and not yet read: the number of its dtype, its shape, the bytes.

A bare tuple: it is made while the script runs, and an object of a class takes ten times as long.
"""


def read_copy(copy: Copy, dtype: Any, name: str, limit: int) -> Array:
    """Read the numbers."""
    numpy: Any = sys.modules["numpy"]
    _, shape, data = copy
    array = numpy.frombuffer(data, dtype) if data else numpy.zeros(shape, dtype)
    return Array(name, shape, entries(array.reshape(shape), limit))


class LaterNumber:
    """A number of NumPy's, which nobody can change, and which is not yet read."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def read(self, _limit: int) -> Number:
        """Read it."""
        return Number(exact_number(self.value), self.value.dtype.name)


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

    def read(self, limit: int) -> LargeArray:
        """Read the numbers."""
        read = entries(self.corners, limit)
        return LargeArray(str(self.dtype), self.shape, self.nbytes, self.edge, read, self.name)


def ends(shape: tuple[int, ...], most: int) -> tuple[int, Any]:
    """Give how many places of each axis are kept at its ends, at most so many, and the index of these."""
    numpy: Any = sys.modules["numpy"]
    edge = min(most, next((edge for edge in (3, 2, 1) if (2 * edge) ** len(shape) <= _CORNERS), 0))
    if not edge:
        return 0, (slice(0, 0),) * len(shape)
    places = ([*range(edge), *range(n - edge, n)] if n > 2 * edge else list(range(n)) for n in shape)
    return edge, numpy.ix_(*places)


def entries(array: Any, limit: int) -> Entries:
    """Give an array's entries as the numbers that they are written as: of 0.1 in float32, 0.1."""
    dtype = array.dtype
    if dtype.kind == "f" and dtype.itemsize < 8:
        return _tuples(array.tolist(), array.ndim, lambda entry: entry and float(str(dtype.type(entry))))
    if dtype.kind in NUMBERS and dtype.char not in "gG":
        return _tuples(array.tolist(), array.ndim, None)
    return _tuples(array.tolist(), array.ndim, lambda entry: entry_of(entry, limit))


def identity(read: Entries) -> str:
    """Tell entries apart that are equal and not the same: 0.0 and -0.0, 1 and True."""
    return repr(read)


def exact_number(scalar: Any) -> Any:
    """Give a scalar of NumPy as the number of Python that is written alike."""
    dtype = scalar.dtype
    if dtype.kind == "f" and dtype.itemsize < 8:
        return float(str(scalar))
    value = scalar.item()
    return value if isinstance(value, (bool, int, float, complex)) and not hasattr(value, "dtype") else complex(value)


def _tuples(nested: Any, axes: int, each: Callable[[Any], Entry] | None) -> Entries:
    if not axes:
        return each(nested) if each else nested
    if axes == 1:
        return tuple(map(each, nested)) if each else tuple(nested)
    return tuple(_tuples(row, axes - 1, each) for row in nested)


def entry_of(entry: Any, limit: int) -> Entry:
    """Give what stands in an array of texts, dates, or objects."""
    kind = type(entry)
    if kind is int and entry.bit_length() > BITS:
        return "int"
    if kind in (bool, int, float, complex, type(None)):
        return entry  # type: ignore[no-any-return]
    if kind is str:
        return entry[:limit]  # type: ignore[no-any-return]
    if kind is bytes:
        return entry[:limit].decode("latin-1")  # type: ignore[no-any-return]
    if kind in PLAIN:
        return plain_text(entry, limit)
    if kind is tuple:  # an entry of a structured array
        return f"({', '.join(str(entry_of(part, limit)) for part in entry)})"[:limit]
    if hasattr(kind, "dtype"):  # long double
        return str(entry)[:limit]
    return kind.__name__
