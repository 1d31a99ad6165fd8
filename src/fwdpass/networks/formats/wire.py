"""How many nodes and arrays an ONNX file declares, counted on the wire: a parser would make an object of each first."""

from __future__ import annotations

import mmap
from pathlib import Path

from fwdpass.errors import ModelError

_GRAPH, _NODE, _INITIALIZER = 7, 1, 5


def count_nodes(path: Path, enough: int) -> tuple[int, int]:
    """Count nodes and arrays of the graphs in a file, and stop when there are more than ``enough`` of either."""
    if not path.stat().st_size:
        raise ModelError(f"{path} is empty")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return count_in(data, enough, str(path))


def count_in(data: bytes | mmap.mmap, enough: int, what: str) -> tuple[int, int]:
    """Count nodes and arrays in the bytes of a file, as :func:`count_nodes` does.

    The wire format: https://protobuf.dev/programming-guides/encoding/
    """
    counts = {_NODE: 0, _INITIALIZER: 0}
    try:
        for field, start, end in _fields(data, 0, len(data)):
            if field == _GRAPH:
                for inner, _, _ in _fields(data, start, end):
                    counts[inner] = counts.get(inner, 0) + 1
                    if counts[inner] > enough * 3:
                        return counts[_NODE], counts[_INITIALIZER]
    except (IndexError, ValueError):
        raise ModelError(f"{what} is no ONNX file, or one that is cut short") from None
    return counts[_NODE], counts[_INITIALIZER]


def _fields(data: bytes | mmap.mmap, at: int, end: int):  # type: ignore[no-untyped-def]
    """Go through the fields of a message: their numbers, and where their contents are."""
    while at < end:
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                start = at
                _, at = _varint(data, at)
            case 1:
                start, at = at, at + 8
            case 2:
                size, start = _varint(data, at)
                at = start + size
            case 5:
                start, at = at, at + 4
            case _:
                raise ValueError(key)
        if at > end:
            raise ValueError(at)
        yield key >> 3, start, at


def _varint(data: bytes | mmap.mmap, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError(shift)
