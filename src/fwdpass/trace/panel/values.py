"""What a recorded value is worth, exactly: an array of fractions, or a few words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from fwdpass.figures.base import Shape, fitting
from fwdpass.nn import Array
from fwdpass.numerals.exact import settle
from fwdpass.trace.panel.kinds import Entry
from fwdpass.trace.record import Array as Kept
from fwdpass.trace.record import Entries, LargeArray, Mapping, Named, Number, Sequence, Text, Thing, Trace, Value
from fwdpass.trace.record import Entry as KeptEntry

_FRACTION = re.compile(r"-?\d+(?:/\d+)?")

LONG = 120
"""Characters of a value in words."""


@dataclass(frozen=True)
class Grid:
    """An array, or what is kept of it: its beginning along each axis. A number is an array without axes."""

    shape: Shape
    entries: Array

    @property
    def exact(self) -> bool:
        """Whether all of it is here, and every entry is a number."""
        return self.entries.shape == self.shape and all(isinstance(entry, Fraction) for entry in self.entries.flat)

    def rows(self) -> Iterator[tuple[Entry, ...]]:
        """Give the rows that are shown: of long ones the beginning, of more than two axes none."""
        match self.entries.ndim:
            case 0:
                yield _listed_row(self.entries.reshape(1))
            case 1:
                yield _listed_row(self.entries[: self._fits(0)])
            case 2:
                for row in self.entries[: self._fits(0)]:
                    yield _listed_row(row[: self._fits(1)])

    def places(self) -> Iterator[tuple[int, ...]]:
        """Give the indices of the entries that are shown, in order."""
        if self.entries.ndim <= 2:
            yield from np.ndindex(tuple(map(self._fits, range(self.entries.ndim))))

    def _fits(self, axis: int) -> int:
        here: int = self.entries.shape[axis]
        return min(fitting(self.shape[axis]), here)


def _listed_row(row: Array) -> tuple[Entry, ...]:
    listed: list[Entry] = row.tolist()
    return tuple(listed)


def grid_of(value: Value) -> Grid | None:
    """Give a value as an array of numbers, or nothing where it is something else."""
    match value:
        case Number(bool() | None | complex()):
            return None
        case Number(number):
            return Grid((), _array((), [_entry(number)]))
        case Thing("Fraction", written):
            return Grid((), _array((), [_entry(written)]))
        case Kept(_, shape, entries):
            return Grid(shape, _array(shape, map(_entry, _flat(entries))))
        case LargeArray():
            return _beginning(value)
    return None


def _beginning(value: LargeArray) -> Grid:
    """Take the first corner of an array of which there are only corners."""
    kept = tuple(min(n, 2 * value.edge) for n in value.shape)
    corners = _array(kept, map(_entry, _flat(value.corners)))
    first = tuple(slice(value.edge if n > 2 * value.edge else n) for n in value.shape)
    return Grid(value.shape, corners[first])


def _flat(entries: Entries) -> list[Any]:
    if not isinstance(entries, tuple):
        return [entries]
    return [entry for part in entries for entry in _flat(part)]


def _array(shape: Shape, entries: Any) -> Array:
    array = np.empty(shape, dtype=object)
    for index, entry in zip(np.ndindex(shape), entries, strict=True):
        array[index] = entry
    return array


def _entry(value: KeptEntry) -> Entry:
    """Settle a number; a fraction is written out where it is no float's, and the rest is words."""
    match value:
        case bool() | None | complex():
            return str(value)
        case int() | float():
            return settle(value) if isfinite(value) else str(value)
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
        case Kept("object", entries=entries) if _fractions(entries):
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


def words(trace: Trace, value: int, depth: int = 0) -> str:
    """Say what a value is that is no array, in one line."""
    match kept := trace.values[value]:
        case Number(number):
            said = str(number)
        case Text(written, length, kind):
            said = repr(written) if kind == "str" else f"b{written!r}"
            if length > len(written):
                said += "…"
        case Sequence(kind, length, items):
            said = _listed([_inner(trace, item, depth) for item in items], length, kind)
        case Mapping(_, length, pairs):
            shown = [f"{_inner(trace, k, depth)}: {_inner(trace, v, depth)}" for k, v in pairs]
            said = f"{{{', '.join(shown)}{', …' if length > len(pairs) else ''}}}"
        case Named(kind, name):
            said = f"{kind} {name}"
        case Thing(kind, written):
            said = written or kind
        case _:
            said = type(kept).__name__
    return said if len(said) <= LONG else f"{said[: LONG - 1]}…"


def _inner(trace: Trace, value: int, depth: int) -> str:
    from fwdpass.numerals.writing import text

    grid = grid_of(trace.values[value])
    if grid is None:
        return words(trace, value, depth + 1) if depth < 2 else "…"
    if not grid.exact or grid.entries.size > 16:
        return f"array {text(grid.shape)}"
    return text(grid.entries if grid.shape else grid.entries[()])


_BRACKETS = {"list": "[]", "tuple": "()", "set": "{}"}


def _listed(items: list[str], length: int, kind: str) -> str:
    opening, closing = _BRACKETS.get(kind, f"{kind}[]")[:-1], _BRACKETS.get(kind, "[]")[-1]
    more = ", …" if length > len(items) else "," if kind == "tuple" and length == 1 else ""
    return f"{opening}{', '.join(items)}{more}{closing}"
