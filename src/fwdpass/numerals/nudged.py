"""Values that are rounded otherwise: their floats are nudged at random in their last binary digits.

How a value is nudged depends on nothing but the value and the seed: it is rounded to a coarser grid, up or down, as a
digest of its binary digits says; of a pair of seeds, each rounds up what the other rounds down. So a reading is as
consistent as a computer's own arithmetic: the same sum gives the same result, and what picks a value, such as ``max``
or ``sorted``, leaves it alone. What is exact stays: whole numbers, and what needs few binary digits, such as a half.

:mod:`fwdpass.numerals.nudging` says why, and compiles programs whose results are nudged.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

_GRID = 2
"""Binary digits at the end that are rounded away."""
_LAST, _FIRST = 2**_GRID - 1, 2**63
_MIXED = 0x9E3779B97F4A7C15
"""An odd number by which the digits are multiplied, so that the first of the product depend on all of them."""
_LARGE = 1e308
"""Numbers beyond it could be rounded up to infinity, and stay."""
_BLOCK = 8192
"""Entries of an array that are rounded at a time."""
READINGS = 3
"""Seeds in a row that make a set. The last of these nudges nothing, and decides against what rounding has decided: of
what another seed has rounded to the same, it alone knows that it was not."""
_PLAIN = frozenset((int, bool, str, bytes, type, range, slice, set, frozenset))
_LISTED = 10_000
"""Entries of a list that are looked at, at most: a result that has more is an array."""
_DEPTH = 4


class _Bits(NamedTuple):
    """What a float's bits are calculated with: numbers of their own width, as arrays, which NumPy need not convert."""

    kind: Any
    mixed: Any
    shift: Any
    last: Any
    kept: Any
    large: float

    @classmethod
    def of(cls, kind: Any, mixed: int) -> _Bits:
        width = 8 * np.dtype(kind).itemsize
        signed = mixed - 2**width if mixed >> (width - 1) else mixed
        large = _LARGE if kind is np.int64 else float(np.finfo(np.float32).max) / 2
        given = [np.array(one, kind) for one in (signed, width - 1, _LAST, ~_LAST)]
        return cls(kind, given[0], given[1], given[2], given[3], large)


class Nudges:
    """One way to round: which floats are taken.

    Parameters
    ----------
    seed
        Which way; each whole number is another.

    Examples
    --------
    >>> ways = [Nudges(seed).nudged(0.1) for seed in range(8)]
    >>> {round(way, 15) for way in ways}, len(set(ways)) > 2
    ({0.1}, True)
    >>> Nudges(1).nudged(0.5), Nudges(1).nudged(3.0)
    (0.5, 3.0)
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        less = seed % 2 == 0
        self._contrary = seed % READINGS == 0
        mixed = (_MIXED * (2 * ((seed - 1) // READINGS) + 1)) % 2**64
        self._mixed = -mixed % 2**64 if less else mixed  # of the opposite, the first digit is the other
        self._of_32 = _Bits.of(np.int32, (-(mixed >> 32 | 1) if less else mixed >> 32 | 1) % 2**32)
        self._of_64 = _Bits.of(np.int64, self._mixed)
        self._bits = memoryview(bytearray(8)).cast("Q")
        self._of_bits = self._bits.cast("B").cast("d")

    def nudged(self, value: Any, depth: int = 0) -> Any:
        """Give a value with its floats nudged: arrays and lists in place, anything else as a new value."""
        kind = type(value)
        if kind is np.ndarray:
            return self._array(value)
        if kind is float:
            return self._float(value)
        if kind in _PLAIN or value is None:
            return value
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return self._scalar(value)
        if kind is complex:
            return complex(self._float(value.real), self._float(value.imag))
        if depth < _DEPTH and kind in (list, dict, tuple) and len(value) <= _LISTED:
            return self._container(value, depth + 1)
        return self._foreign(value, depth)

    def _float(self, value: float) -> float:
        if self._contrary or not -_LARGE < value < _LARGE:
            return value
        self._of_bits[0] = value
        bits = self._bits[0]
        if not bits & _LAST:
            return value
        up = bits * self._mixed & _FIRST
        self._bits[0] = (bits + _LAST if up else bits) & ~_LAST
        return self._of_bits[0]

    def _array(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if self._contrary or array.dtype.char not in "fdFD" or not array.dtype.isnative or not array.size:
            return array
        if array.flags.writeable:
            self._round(np.asarray(array))
            return array
        taken = self._taken(array)
        if taken is None or type(array) is not np.ndarray:
            return array
        taken.flags.writeable = False
        return taken

    def _taken(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
        """Give an array's nudged values, or nothing where all of them are taken already."""
        if self._contrary:
            return None
        taken = np.array(array)
        self._round(taken)
        return None if np.array_equal(taken, array, equal_nan=True) else taken

    def _round(self, floats: np.ndarray[Any, Any]) -> None:
        """Round the floats of an array in place, by their bits; zeros at the end stay, and what is no number does."""
        if floats.dtype.kind == "c":
            self._round(floats.real)
            self._round(floats.imag)
            return
        if floats.size > _BLOCK and floats.flags.c_contiguous:
            flat = floats.reshape(-1)  # in pieces that a processor keeps at hand
            for start in range(0, floats.size, _BLOCK):
                self._round(flat[start : start + _BLOCK])
            return
        of = self._of_32 if floats.dtype.itemsize == 4 else self._of_64
        bits = floats.view(of.kind)
        if not bits.ndim:
            floats, bits = floats[None], bits[None]
        up = bits * of.mixed
        np.right_shift(up, of.shift, up)  # all digits are the first one
        np.bitwise_and(up, of.last, up)
        np.add(up, bits, up)
        if np.vdot(floats, floats) < math.inf:
            np.bitwise_and(up, of.kept, bits)
        else:  # what is large, or no number, stays
            np.bitwise_and(up, of.kept, bits, where=np.abs(floats) < of.large)

    def _scalar(self, value: np.generic) -> np.generic:
        if type(value) is np.float64:
            return np.float64(self._float(float(value)))
        if isinstance(value, np.float32 | np.complexfloating):
            taken = self._array(np.array([value]))
            found: np.generic = taken[0]
            return found
        return value

    def _container(self, value: Any, depth: int) -> Any:
        match value:
            case list():
                for place, entry in enumerate(value):
                    if (other := self.nudged(entry, depth)) is not entry:
                        value[place] = other
            case dict():
                if "__builtins__" in value:  # a module's names
                    return value
                for name, entry in value.items():
                    if (other := self.nudged(entry, depth)) is not entry:
                        value[name] = other  # no key is new, so the loop goes on
            case tuple():
                others = tuple(self.nudged(entry, depth) for entry in value)
                if any(a is not b for a, b in zip(others, value, strict=True)):
                    return others
        return value

    def _foreign(self, value: Any, depth: int) -> Any:
        """Nudge what other libraries hold arrays in, where it is known how."""
        library = type(value).__module__.partition(".")[0]
        if library == "pandas":
            return self._pandas(value)
        if library == "torch" and type(value).__name__ == "Tensor" and value.device.type == "cpu":
            self._array(value.detach().numpy())
        elif library == "xarray" and isinstance(getattr(value, "data", None), np.ndarray):
            self._array(value.data)
        elif isinstance(value, tuple) and hasattr(value, "_fields") and depth < _DEPTH:  # a named one
            others = [self.nudged(entry, depth + 1) for entry in value]
            if any(a is not b for a, b in zip(others, value, strict=True)):
                return _remade(value, others)
        return value

    def _pandas(self, value: Any) -> Any:
        """Give a table or a column with its floats nudged; itself, where all are taken already."""
        if type(value).__name__ == "Series" and value.dtype.kind == "f" and isinstance(value.dtype, np.dtype):
            taken = self._taken(value.to_numpy())
            return value if taken is None else type(value)(taken, index=value.index, name=value.name)
        if type(value).__name__ == "DataFrame":
            columns = [
                (place, taken)
                for place, kind in enumerate(value.dtypes)
                if isinstance(kind, np.dtype) and kind.kind == "f" and len(value)
                if (taken := self._taken(value.iloc[:, place].to_numpy())) is not None
            ]
            if columns:
                value = value.copy()
                for place, taken in columns:
                    value.isetitem(place, taken)
        return value


def _remade(value: Any, others: list[Any]) -> Any:
    """Make a named tuple anew; one whose class takes something else, as SciPy's, stays."""
    try:
        return type(value)(*others)
    except TypeError:
        return value
