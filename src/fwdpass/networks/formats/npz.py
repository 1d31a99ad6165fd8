"""Networks in NumPy's own archives: an array for each ``W1``, ``b1``, ``W2``, …, and the activations by name."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Network
from fwdpass.networks.formats.archives import checked, read_npy
from fwdpass.networks.formats.common import LIMITS, Limits
from fwdpass.networks.formats.format import Asked, Format, Opened
from fwdpass.networks.formats.named import IN_OUT, check, stacked
from fwdpass.networks.formulas import Array

KEY = "activations"
"""The array that says what each layer does to its sums: with it, a file is one that this package wrote."""


def open_file(path: Path, asked: Asked) -> Opened:
    """Read a network: weights and biases under the names of PyTorch, Keras, scikit-learn or this book."""
    declared = read(path, asked.limits, header=True)
    said = None
    if declared.pop(KEY, None) is not None:
        said = read(path, asked.limits, only=KEY)[KEY]
    if said is not None and (said.dtype.kind != "U" or said.ndim != 1):
        raise ModelError(f"{path}: {KEY} is a list of names, and holds {said.dtype} of shape {said.shape}")
    if asked.activations is None and said is not None:
        asked = replace(asked, activations=[str(name) for name in said])
    layout = None if said is None else IN_OUT
    check(declared, str(path), asked, layout)  # by their shapes alone, before there is anything in memory
    arrays = read(path, asked.limits)
    arrays.pop(KEY, None)
    net, notes = stacked(arrays, str(path), asked, layout)
    return Opened(net, FORMAT.title, notes=notes)


def read(path: Path, limits: Limits = LIMITS, *, header: bool = False, only: str | None = None) -> dict[str, Array]:
    """Read the arrays of an archive, each only if its bytes are there; or ``only`` one; or of each the ``header``."""
    with checked(path, limits) as archive:
        infos = archive.infolist()
        limits.check_layers(len(infos) // 3, str(path))
        arrays: dict[str, Array] = {}
        for info in infos:
            name = info.filename.removesuffix(".npy")
            if name == info.filename:
                raise ModelError(f"{path}: {info.filename} is no array of NumPy's; what else is in there?")
            if name in arrays:
                raise ModelError(f"{path} holds {name} twice, and which one is meant is not known")
            if only not in (None, name):
                continue
            try:
                with archive.open(info) as file:
                    arrays[name] = read_npy(file, info.file_size, f"{path}: {name}", header=header)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, OSError) as error:
                raise ModelError(f"{path}: {name} cannot be unpacked: {error}") from None
    return arrays


def save(network: Network, path: Path) -> None:
    """Write a network: ``W1``, ``b1``, … as they are, and what each layer does to its sums."""
    arrays: dict[str, Array] = {}
    for i, layer in enumerate(network, 1):
        arrays |= {f"W{i}": layer.W, **({f"b{i}": layer.b} if layer.biased else {})}
    names = np.array([str(layer.activation) for layer in network])
    np.savez(path, **arrays, **{KEY: names})  # type: ignore[arg-type]


FORMAT = Format("a NumPy archive", (".npz",), open_file, save)
