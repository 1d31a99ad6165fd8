"""Networks in safetensors files, read by that library; the activations stand in the file's metadata."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks import Network
from fwdpass.networks.formats.archives import beside, refuse_pickle
from fwdpass.networks.formats.common import Limits, first_line, known, library
from fwdpass.networks.formats.format import Asked, Format, Opened
from fwdpass.networks.formats.named import stacked

KEY = "fwdpass.activations"
INDEX = ".safetensors.index.json"
_PART = re.compile(r"-\d{5}-of-(\d{5})\.safetensors$")
_HEADER = 2**22
"""Bytes of a header that are read at most: enough for thousands of arrays."""


def open_file(path: Path, asked: Asked) -> Opened:
    """Read a network: weights and biases under PyTorch's names, stored (out, in), or Keras's, stored (in, out)."""
    if part := _PART.search(path.name):
        index = f"{path.name[: part.start()]}{INDEX}"
        raise ModelError(f"{path} is one of {int(part[1])} parts of a model: read its index, {index}, which names all")
    arrays, said = _read(path, asked.limits)
    return _opened(arrays, said, path, asked)


def open_index(path: Path, asked: Asked) -> Opened:
    """Read a network whose arrays are in several files beside an index, as large models are saved."""
    if path.stat().st_size > _HEADER:
        raise ModelError(f"{path} has {path.stat().st_size} bytes, and an index at most {_HEADER}")
    try:
        places = json.loads(path.read_text("utf-8"))["weight_map"]
        parts = sorted({str(part) for part in places.values()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is no index of safetensors files: {first_line(error)}") from None
    asked.limits.check_layers(len(places) // 2, str(path))
    arrays: dict[str, Any] = {}
    total = 0
    for part in parts:
        file = beside(path, part, str(path))
        total += file.stat().st_size
        asked.limits.check_bytes(total, f"{path} with the files beside it")
        arrays |= _read(file, asked.limits)[0]
    if missing := next((name for name in places if name not in arrays), None):
        raise ModelError(f"{path}: {missing} is not in {places[missing]}, where it should be")
    return _opened(arrays, None, path, asked)


def _read(path: Path, limits: Limits) -> tuple[dict[str, Any], str | None]:
    """Read the arrays of a file, and its activations, if it names them."""
    with path.open("rb") as file:
        start = file.read(9)
    if start[8:] != b"{":  # a header of 640 bytes begins with the bytes of a pickle
        refuse_pickle(path)
    header = int.from_bytes(start[:8], "little")
    limits.check_bytes(path.stat().st_size, str(path))
    if header > _HEADER:
        raise ModelError(
            f"{path} declares a header of {header} bytes, and at most {_HEADER} are read: "
            "this is no safetensors file, or one of no such network"
        )
    opened = library("safetensors", "safetensors")
    try:
        with opened.safe_open(path, framework="numpy") as file:
            limits.check_layers(len(file.keys()) // 2, str(path))
            said: str | None = (file.metadata() or {}).get(KEY)
            return {name: _tensor(file, name, path) for name in file.keys()}, said  # noqa: SIM118 - no mapping
    except (opened.SafetensorError, OSError) as error:
        raise ModelError(f"{path} is no safetensors file that can be read: {error}") from None


def _opened(arrays: dict[str, Any], said: str | None, path: Path, asked: Asked) -> Opened:
    if asked.activations is None and said is not None:
        asked = replace(asked, activations=_names(said, path))
    net, notes = stacked(arrays, str(path), asked)
    return Opened(net, FORMAT.title, notes=notes)


def _tensor(file: Any, name: str, path: Path) -> Any:
    try:
        return known(file.get_tensor(name))
    except (TypeError, ImportError) as error:  # bfloat16 and float8, without ml_dtypes
        raise ModelError(f"{path}: {name} is of a type that NumPy does not have: {error}") from None


def _names(said: str, path: Path) -> list[str]:
    try:
        names = json.loads(said)
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ModelError(f"{path}: its {KEY} is no list of names")
    return names


def save(network: Network, path: Path) -> None:
    """Write a network with PyTorch's names, stored (out, in): a state dict, and the activations beside it."""
    save_file = library("safetensors.numpy", "safetensors").save_file
    arrays: dict[str, Any] = {}
    for i, layer in enumerate(network):
        arrays |= {f"{i}.weight": layer.W.T.copy()}
        if layer.biased:
            arrays |= {f"{i}.bias": layer.b.copy()}
    save_file(arrays, path, metadata={KEY: json.dumps([str(layer.activation) for layer in network])})


FORMAT = Format("a safetensors file", (".safetensors",), open_file, save, extra="safetensors")
PARTS = Format("safetensors files and their index", (INDEX,), open_index, extra="safetensors")
