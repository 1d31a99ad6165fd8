"""Networks in safetensors files, read by that library; the activations stand in the file's metadata."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks import Network
from fwdpass.networks.formats.archives import refuse_pickle
from fwdpass.networks.formats.common import known, library
from fwdpass.networks.formats.format import Asked, Format, Opened
from fwdpass.networks.formats.named import stacked

KEY = "fwdpass.activations"
_HEADER = 2**22
"""Bytes of a header that are read at most: enough for thousands of arrays."""


def open_file(path: Path, asked: Asked) -> Opened:
    """Read a network: weights and biases under PyTorch's names, stored (out, in), or Keras's, stored (in, out)."""
    with path.open("rb") as file:
        start = file.read(9)
    if start[8:] != b"{":  # a header of 640 bytes begins with the bytes of a pickle
        refuse_pickle(path)
    header = int.from_bytes(start[:8], "little")
    asked.limits.check_bytes(path.stat().st_size, str(path))
    if header > _HEADER:
        raise ModelError(
            f"{path} declares a header of {header} bytes, and at most {_HEADER} are read: "
            "this is no safetensors file, or one of no such network"
        )
    opened = library("safetensors", "safetensors")
    try:
        with opened.safe_open(path, framework="numpy") as file:
            asked.limits.check_layers(len(file.keys()) // 2, str(path))
            said = (file.metadata() or {}).get(KEY)
            arrays = {name: _tensor(file, name, path) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (opened.SafetensorError, OSError) as error:
        raise ModelError(f"{path} is no safetensors file that can be read: {error}") from None
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
