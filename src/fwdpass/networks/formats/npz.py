"""Networks in NumPy's own archives: an array for each ``W1``, ``b1``, ``W2``, …, and the activations by name."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Network
from fwdpass.networks.activations import Array
from fwdpass.networks.formats.archives import checked, read_npy
from fwdpass.networks.formats.common import LIMITS, Activations, Limits, Order, stacked

KEY = "activations"


def load(path: Path, activations: Activations = None, limits: Limits = LIMITS, order: Order = None) -> Network:
    """Read a network: weights and biases under the names of PyTorch, Keras, scikit-learn or this book."""
    arrays = read(path, limits)
    said = arrays.pop(KEY, None)
    if activations is None and said is not None:
        if said.dtype.kind != "U" or said.ndim != 1:
            raise ModelError(f"{path}: {KEY} is a list of names, and holds {said.dtype} of shape {said.shape}")
        activations = [str(name) for name in said]
    return stacked(arrays, activations, str(path), limits, order)


def read(path: Path, limits: Limits = LIMITS) -> dict[str, Array]:
    """Read the arrays of an archive, each only if its bytes are there."""
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
            try:
                with archive.open(info) as file:
                    arrays[name] = read_npy(file, info.file_size, f"{path}: {name}")
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, OSError) as error:
                raise ModelError(f"{path}: {name} cannot be unpacked: {error}") from None
    return arrays


def save(network: Network, path: Path) -> None:
    """Write a network: ``W1``, ``b1``, … as they are, and what each layer does to its sums."""
    arrays: dict[str, Array] = {}
    for i, layer in enumerate(network, 1):
        arrays |= {f"W{i}": layer.W, f"b{i}": layer.b}
    names = np.array([str(layer.activation) for layer in network])
    np.savez(path, **arrays, **{KEY: names})  # type: ignore[arg-type]
