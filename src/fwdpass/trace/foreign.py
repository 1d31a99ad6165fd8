"""Arrays of other libraries, by the names that these give them: looked at through NumPy, and never imported."""

from __future__ import annotations

import sys
from typing import Any

from fwdpass.trace.arrays import ends, entries
from fwdpass.trace.limits import Limits
from fwdpass.trace.record import Array, LargeArray

_ARRAYS = {"torch": ("Tensor",), "jaxlib": ("ArrayImpl",), "pandas": ("DataFrame", "Series", "Index")}
"""The classes that are arrays, by the library that has them."""
_SHORT = frozenset(("bfloat16", "float8_e4m3fn", "float8_e5m2"))


def is_foreign(kind: type) -> bool:
    """Whether objects of a type are arrays of another library."""
    return "numpy" in sys.modules and any(
        base.__name__ in _ARRAYS.get(base.__module__.partition(".")[0], ()) for base in kind.__mro__
    )


def foreign(value: Any, limits: Limits) -> tuple[Any, str]:
    """Give an array of NumPy with the same numbers, or the corners of a large frame, and its dtype in words."""
    numpy: Any = sys.modules["numpy"]
    if hasattr(value, "detach"):  # PyTorch: no gradient is followed, and nothing is copied
        bare, dtype = value.detach(), described(value)[1]
        # NumPy has no type for these numbers; each of them is one of float32's, too.
        return (bare.float() if dtype in _SHORT else bare).numpy(), dtype
    if not hasattr(value, "iloc"):
        return numpy.asarray(value), str(value.dtype)
    dtypes = value.dtypes
    named = (
        dtypes if value.ndim == 1 else ", ".join(f"{name} {kind}" for name, kind in [*dtypes.items()][: limits.items])
    )
    if value.size <= limits.entries:
        return value.to_numpy(), str(named)
    _, index = ends(value.shape, limits.edge)
    return value.iloc[tuple(axis.ravel() for axis in index)].to_numpy(), str(named)


def described(value: Any) -> tuple[tuple[int, ...], str]:
    """Give the shape and the dtype of an array, whose numbers may be out of reach."""
    return tuple(int(n) for n in value.shape), str(value.dtype).removeprefix("torch.")


def array_of(array: Any, value: Any, dtype: str, limits: Limits) -> Array | LargeArray:
    """Give the fact that a trace has of it: all of its entries, or its corners."""
    shape, kind = tuple(int(n) for n in value.shape), type(value).__name__.removesuffix("Impl")
    size = 1
    for n in shape:
        size *= n
    if size <= limits.entries:
        return Array(dtype, shape, entries(array, limits.text), kind)
    edge, index = ends(shape, limits.edge)
    corners = array[index] if array.shape == shape else array
    return LargeArray(dtype, shape, int(array.nbytes), edge, entries(corners, limits.text), kind)
