"""An input for a network, out of a file: one row, or a batch of which one is picked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import FwdpassError, ModelError
from fwdpass.formats import archives, npz
from fwdpass.formats.common import present
from fwdpass.nn import Array

ENDINGS = (".npy", ".npz", ".csv", ".txt", ".json")
_TEXT = 2**26
"""Bytes of a text that are read at most."""


def read(path: Path, row: int, n_in: int) -> Array:
    """Read an input of ``n_in`` numbers; of a batch, the row that was asked for."""
    present(path)
    array = _array(path)
    if array.dtype.kind not in "fiub":
        raise ModelError(f"{path} holds {array.dtype}, and an input is of numbers")
    array = array.astype(np.float64) if array.dtype.kind in "iub" else array
    if array.size == n_in:
        picked = array.reshape(n_in)
    elif array.ndim > 1 and np.prod(array.shape[1:]) == n_in:
        if not -len(array) <= row < len(array):
            raise ModelError(f"{path} has {len(array)} rows, counted from 0, and there is no row {row}")
        picked = array[row].reshape(n_in)
    else:
        raise ModelError(f"{path} has shape {array.shape}, and the network takes {n_in} numbers, or rows of so many")
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
        text = path.read_text("utf-8")
        if path.suffix.lower() == ".json":
            found: Any = np.asarray(json.loads(text))
        else:
            found = np.array(
                [[float(cell) for cell in line.replace(",", " ").split()] for line in text.splitlines() if line.strip()]
            )
    except (ValueError, RecursionError, FwdpassError) as error:
        raise ModelError(f"{path} is no table of numbers: {error}") from None
    array: Array = found
    return array
