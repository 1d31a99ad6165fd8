"""What a file of Keras's describes and holds, looked at before Keras makes it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks.formats.archives import checked, refuse_pickle
from fwdpass.networks.formats.common import LIMITS, Limits, first_line, library

_SAFE = {
    "Sequential", "Functional", "InputLayer", "Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Dropout",
    "Flatten", "Reshape", "Rescaling", "Normalization", "BatchNormalization", "LayerNormalization", "Identity",
    "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "__keras_tensor__",
}  # fmt: skip
"""Classes that a file may name: an allow-list, since Keras makes whatever a file asks for."""
_TRAINING = {
    # How a layer was filled with numbers, what held them small, what kept them in bounds: no forward pass uses it.
    "keras.initializers": {
        "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "IdentityInitializer",
        "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "OrthogonalInitializer", "RandomNormal", "RandomUniform",
        "TruncatedNormal", "VarianceScaling", "Zeros",
    },
    "keras.regularizers": {"L1", "L2", "L1L2", "OrthogonalRegularizer"},
    "keras.constraints": {"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"},
    "keras": {"DTypePolicy"},
}  # fmt: skip
_ENTRIES = {"metadata.json", "config.json", "model.weights.h5"}
_UNUSED = ("compile_config", "build_config", "training_config")
"""Parts of a description that nothing is made of here: how the model was trained, and by which optimizer."""
_DAMAGED = (
    KeyError, ValueError, TypeError, RecursionError, RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError,
)  # fmt: skip


def check(path: Path, limits: Limits = LIMITS) -> None:
    """Refuse a file that has more than plain layers, or numbers that are elsewhere, or not there."""
    if path.suffix.lower() == ".keras":
        _check_archive(path, limits)
    else:
        _check_hdf5(path, limits)


def _check_archive(path: Path, limits: Limits) -> None:
    with checked(path, limits) as archive:
        if strange := next((name for name in archive.namelist() if name not in _ENTRIES), None):
            raise ModelError(f"{path} holds {strange}, which a stack of layers has no use for")
        try:
            config = json.loads(archive.read("config.json"))
            _allow(config, path, limits)
            weights = archive.read("model.weights.h5")
        except ModelError:
            raise
        except _DAMAGED as error:
            raise ModelError(f"{path} is no file of Keras's: {first_line(error)}") from None
    _check_weights(io.BytesIO(weights), path)


def _check_hdf5(path: Path, limits: Limits) -> None:
    """Check a model in Keras's older format, one HDF5 file, whose description is an attribute."""
    refuse_pickle(path)
    limits.check_bytes(path.stat().st_size, str(path))
    h5py = library("h5py", "keras")
    try:
        with h5py.File(path, "r") as file:
            config = file.attrs.get("model_config")
        if config is None:
            raise ModelError(
                f"{path} holds weights alone, and no model: save the model, model.save('model.keras'), with its layers"
            )
        _allow(json.loads(config), path, limits)
    except ModelError:
        raise
    except _DAMAGED as error:
        raise ModelError(f"{path} is no file of Keras's: {first_line(error)}") from None
    _check_weights(path, path)


def _check_weights(source: Any, path: Path) -> None:
    h5py = library("h5py", "keras")
    try:
        with h5py.File(source, "r") as file:
            _check_numbers(file, h5py, path, set())
    except ModelError:
        raise
    except _DAMAGED as error:
        raise ModelError(f"{path}: its weights cannot be read: {first_line(error)}") from None


def _check_numbers(group: Any, h5py: Any, path: Path, seen: set[Any]) -> None:
    """Refuse links to other files, and arrays that declare more than is there; HDF5 allows either."""
    for name in group:
        what = f"{path}: {group.name}/{name}".replace("//", "/")
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ModelError(f"{what} is a link, perhaps to another file, and is not followed")
        item = group[name]
        place = h5py.h5o.get_info(item.id).addr
        if place in seen:
            raise ModelError(f"{what} has a place already: no layers share their numbers")
        seen.add(place)
        if isinstance(item, h5py.Group):
            _check_numbers(item, h5py, path, seen)
        elif isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
            raise ModelError(f"{what}: its numbers are in another file, which is not opened")
        elif isinstance(item, h5py.Dataset) and item.nbytes > item.id.get_storage_size():
            raise ModelError(
                f"{what} declares shape {item.shape}, {item.nbytes} bytes, and the file does not have so many"
            )


def _allow(config: Any, path: Path, limits: Limits) -> None:
    """Refuse a description that names a class or a module beyond the plain ones."""
    if not isinstance(config, dict) or config.get("class_name") not in ("Sequential", "Functional", "Model"):
        named = config.get("class_name") if isinstance(config, dict) else config
        raise ModelError(f"{path} holds {named}: what is read is a Sequential, or a functional model that is a chain")
    inner = config.get("config")
    layers = inner.get("layers") if isinstance(inner, dict) else None
    if not isinstance(layers, list):
        raise ModelError(f"{path} describes no layers")
    limits.check_layers(len(layers), str(path))
    for one in layers:
        _refuse_foreign(one, path, "a layer")
    _check_sizes(layers, path, limits)


def _check_sizes(layers: list[Any], path: Path, limits: Limits) -> None:
    """Refuse layers that are large: Keras makes them, and fills them with numbers, before it looks for those.

    A layer is counted as if it took the largest input that the file speaks of, in whatever place.
    """
    widest = max(_widths(layers), default=1)
    units = [
        one["config"].get("units") for one in layers if isinstance(one, dict) and isinstance(one.get("config"), dict)
    ]
    limits.check_bytes(4 * widest * sum(n for n in units if isinstance(n, int)), f"{path}: config.json")


def _widths(node: Any) -> Iterator[int]:
    """Give each number of units, and the size of each shape."""
    if isinstance(node, dict):
        for value in node.values():
            yield from _widths(value)
        if isinstance(node.get("units"), int):
            yield node["units"]
    elif isinstance(node, list):
        yield prod(n for n in node if isinstance(n, int) and n > 0)
        for value in node:
            yield from _widths(value)


def _refuse_foreign(node: Any, path: Path, name: str) -> None:
    if isinstance(node, dict):
        kind, inner = node.get("class_name"), node.get("config")
        name = str(inner.get("name", name)) if isinstance(inner, dict) else name
        module = str(node.get("module") or "keras")
        if node.get("registered_name") not in (None, kind) or module.split(".", maxsplit=1)[0] != "keras":
            raise ModelError(f"{path}: {name} comes from {node.get('module')!r}, beyond Keras, and is not loaded")
        if kind is not None and kind not in _SAFE and not _harmless(kind, module):
            raise ModelError(f"{path}: {name} is a {kind}, which is no layer that can be read, and is not loaded")
        for key, value in node.items():
            if key not in _UNUSED:
                _refuse_foreign(value, path, name)
    elif isinstance(node, list):
        for value in node:
            _refuse_foreign(value, path, name)


def _harmless(kind: Any, module: str) -> bool:
    """Say whether it prepares a layer and is not used here; older files do not say where it comes from."""
    return any(kind in kinds for home, kinds in _TRAINING.items() if module in ("keras", home))
