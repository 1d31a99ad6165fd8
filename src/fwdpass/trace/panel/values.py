"""What a recorded array or number is worth, exactly: an array of fractions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from fwdpass.figures.base import SHOWN, Shape
from fwdpass.nn import Array
from fwdpass.numerals.exact import SIGNIFICANT, settle
from fwdpass.trace.panel.facts import Cell
from fwdpass.trace.record import Array as SmallArray
from fwdpass.trace.record import Entries, Entry, LargeArray, Number, Thing, Trace, Value

_FRACTION = re.compile(r"-?\d+(?:/\d+)?")
_FLOATS: dict[str, Any] = {"float32": np.float32, "float16": np.float16}
"""Floats that have fewer digits than Python's, whose copies in a trace look as if they had as many."""


@dataclass(frozen=True, eq=False)
class KeptNumbers:
    """An array of numbers, or the beginning of each of its axes, as a trace kept it; a number is one without axes."""

    shape: Shape
    entries: Array
    """As they were recorded; they are settled as far as they are needed."""
    dtype: str

    @cached_property
    def exact(self) -> Array | None:
        """All of the numbers, exact; None where some are missing, or are no numbers."""
        if self.entries.shape != self.shape:
            return None
        settled = np.empty(self.shape, dtype=object)
        for index, entry in np.ndenumerate(self.entries):
            cell = _cell(entry, self.dtype)
            if isinstance(cell, str):
                return None
            settled[index] = cell
        return settled

    @property
    def digits(self) -> int:
        """How many significant digits of its numbers are not rounding noise; 0 where all are exact."""
        if self.dtype in _FLOATS:
            return int(np.finfo(self.dtype).precision)
        return SIGNIFICANT if any(isinstance(entry, float) for entry in self.entries.flat) else 0

    def rows(self, most: int = SHOWN) -> Iterator[tuple[Cell, ...]]:
        """Give the rows that are shown, at most so many of each axis; of more than two axes, none."""
        if len(self.shape) <= 2:
            shown: tuple[Any, ...] = (*map(slice, self.fits(most)), ...)  # the dots: of a number, an array without axes
            corner = self.entries[shown]
            for row in corner.reshape(-1, corner.shape[-1] if corner.shape else 1):
                yield tuple(_cell(entry, self.dtype) for entry in row.tolist())

    def fits(self, most: int = SHOWN) -> Shape:
        """Say how many entries of each axis are shown: all, or so many that a mark for the rest fits, too."""
        fitting = (n if n <= most else most - 1 for n in self.shape)
        return tuple(map(min, fitting, self.entries.shape))


def kept(value: Value) -> KeptNumbers | None:
    """Give a value as an array of numbers, or nothing where it is something else."""
    match value:
        case Number(bool() | None | complex()):
            return None
        case Number(number, dtype):
            return KeptNumbers((), _array((), [number]), dtype)
        case Thing("Fraction", written):
            return KeptNumbers((), _array((), [written]), "object")
        case SmallArray(dtype, shape, entries):
            return KeptNumbers(shape, _array(shape, _flat(entries)), dtype)
        case LargeArray():
            return _beginning(value)
    return None


def _beginning(value: LargeArray) -> KeptNumbers:
    """Take the first corner of an array of which there are only corners."""
    edges = tuple(min(n, 2 * value.edge) for n in value.shape)
    corners = _array(edges, _flat(value.corners))
    first = tuple(slice(value.edge if n > 2 * value.edge else n) for n in value.shape)
    return KeptNumbers(value.shape, corners[first], value.dtype)


def _flat(entries: Entries) -> list[Entry]:
    if not isinstance(entries, tuple):
        return [entries]
    return [entry for part in entries for entry in _flat(part)]


def _array(shape: Shape, entries: list[Entry]) -> Array:
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array.reshape(shape)


def _cell(value: Entry, dtype: str) -> Cell:
    """Settle a number; a fraction is written out where it is no float's, and the rest is words."""
    match value:
        case bool() | None | complex():
            return str(value)
        case int() | float():
            return settle(_FLOATS.get(dtype, type(value))(value)) if isfinite(value) else str(value)
    try:
        return settle(Fraction(value))
    except ValueError:
        return value


def in_floats(trace: Trace) -> Trace:
    """Take the fractions of a trace as the floats that they stand for in a page's exact reading: it shows the same."""
    return replace(trace, values=tuple(map(_in_floats, trace.values)))


def _in_floats(value: Value) -> Value:
    match value:
        case Thing("Fraction", written):
            return Number(float(Fraction(written)), "float64")
        case SmallArray("object", entries=entries) if _fractions(entries):
            return replace(value, dtype="float64", entries=_floats(entries))
        case LargeArray("object", corners=corners) if _fractions(corners):
            return replace(value, dtype="float64", corners=_floats(corners))
    return value


def _fractions(entries: Entries) -> bool:
    """Say whether all entries are whole numbers or fractions, and some of them fractions."""
    flat = _flat(entries)
    written = [entry for entry in flat if isinstance(entry, str)]
    return bool(written) and all(type(e) is int or (isinstance(e, str) and _FRACTION.fullmatch(e)) for e in flat)


def _floats(entries: Entries) -> Entries:
    if isinstance(entries, tuple):
        return tuple(map(_floats, entries))
    return float(Fraction(entries)) if isinstance(entries, str | int) else entries
