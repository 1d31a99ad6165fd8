"""An input for a network, out of a file: one row, or a batch of which one is picked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks.formats import archives, npz
from fwdpass.networks.formats.common import first_line, present
from fwdpass.nn import Array

ENDINGS = (".npy", ".npz", ".csv", ".txt", ".json")
_KINDS = {"O": "what is no number", "U": "text", "S": "text", "c": "complex numbers"}
_TEXT = 2**26
"""Bytes of a text that are read at most."""


def read(path: Path, row: int, n_in: int) -> Array:
    """Read an input of ``n_in`` numbers; of a batch, the row that was asked for."""
    present(path)
    array = _array(path)
    if array.dtype.kind not in "fiub":
        raise ModelError(f"{path} holds {_KINDS.get(array.dtype.kind, array.dtype)}, and an input is of numbers")
    array = array.astype(np.float64) if array.dtype.kind in "iub" else array
    if array.size == n_in:
        array = array.reshape(1, n_in)
    elif array.ndim < 2 or np.prod(array.shape[1:]) != n_in:
        raise ModelError(f"{path} has shape {array.shape}, and the network takes {n_in} numbers, or rows of so many")
    if not -len(array) <= row < len(array):
        rows = "1 row" if len(array) == 1 else f"{len(array)} rows"
        raise ModelError(f"{path} has {rows}, counted from 0, and there is no row {row}")
    picked: Array = array[row].reshape(n_in)
    if not np.isfinite(picked).all():
        raise ModelError(f"{path}: the input has entries that are no finite numbers")
    return picked


def _array(path: Path) -> Array:
    archives.refuse_pickle(path)
    match path.suffix.lower():
        case ".npy":
            with path.open("rb") as file:
                return archives.read_npy(file, path.stat().st_size, str(path))
        case ".npz":
            arrays = npz.read(path)
            if len(arrays) != 1:
                raise ModelError(f"{path} holds {', '.join(arrays) or 'nothing'}: an input is a single array")
            return arrays.popitem()[1]
        case ".csv" | ".txt" | ".json":
            if path.stat().st_size > _TEXT:
                raise ModelError(f"{path} has {path.stat().st_size} bytes, and at most {_TEXT} are read as text")
            return _parsed(path)
    raise ModelError(f"{path}: an input is read from {', '.join(ENDINGS)}")


def _parsed(path: Path) -> Array:
    try:
        text = path.read_text("utf-8-sig")  # spreadsheets put a mark in front
        return _listed(text) if path.suffix.lower() == ".json" else _table(text)
    except UnicodeDecodeError:
        why = "it is no text in UTF-8"
    except (ValueError, RecursionError) as error:
        why = first_line(error)
    raise ModelError(f"{path} is no table of numbers: {why}") from None


def _listed(text: str) -> Array:
    found: Any = json.loads(text, parse_int=float)  # a whole number may have any number of digits
    try:
        array: Array = np.asarray(found)
    except ValueError:
        raise ValueError("its rows are not of one length") from None
    return array


def _table(text: str) -> Array:
    rows: list[list[float]] = []
    for at, line in enumerate(text.splitlines(), 1):
        if line.strip():
            rows.append([_number(cell.strip(), at) for cell in _cells(line)])
            if len(rows[-1]) != len(rows[0]):
                raise ValueError(f"line {at} has {len(rows[-1])} of them, and the first has {len(rows[0])}")
    return np.array(rows)


def _cells(line: str) -> list[str]:
    return line.rstrip().removesuffix(",").split(",") if "," in line else line.split()


def _number(cell: str, at: int) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(
            f"in line {at} stands {cell!r}; lines have numbers alone, no names, with commas or spaces between them"
        ) from None
