"""What a ``.keras`` file describes and holds, looked at before Keras makes it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks.formats.archives import checked
from fwdpass.networks.formats.common import LIMITS, Limits, first_line, library

_SAFE = {"Sequential", "InputLayer", "Dense", "Activation", "ReLU", "LeakyReLU", "Softmax", "Dropout", "Flatten"}
"""Classes that a file may name: an allow-list, since Keras makes whatever a file asks for."""
_ENTRIES = {"metadata.json", "config.json", "model.weights.h5"}


def check(path: Path, limits: Limits = LIMITS) -> None:
    """Refuse a file that has more than plain layers, or numbers that are elsewhere, or not there."""
    with checked(path, limits) as archive:
        if strange := next((name for name in archive.namelist() if name not in _ENTRIES), None):
            raise ModelError(f"{path} holds {strange}, which a stack of layers has no use for")
        try:
            config = json.loads(archive.read("config.json"))
            _allow(config, path, limits)
            weights = archive.read("model.weights.h5")
        except ModelError:
            raise
        except (
            KeyError,
            ValueError,
            RecursionError,
            RuntimeError,
            NotImplementedError,
            zipfile.BadZipFile,
            OSError,
        ) as e:
            raise ModelError(f"{path} is no file of Keras's: {first_line(e)}") from None
    h5py = library("h5py", "keras")
    try:
        with h5py.File(io.BytesIO(weights), "r") as file:
            _check_numbers(file, h5py, path, set())
    except ModelError:
        raise
    except (KeyError, ValueError, RuntimeError, OSError, RecursionError) as error:
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
    if not isinstance(config, dict) or config.get("class_name") != "Sequential":
        raise ModelError(f"{path} holds no Sequential model")
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
        kind = node.get("class_name")
        inner = node.get("config")
        name = str(inner.get("name", name)) if isinstance(inner, dict) else name
        if kind is not None and kind not in _SAFE and not _harmless(node):
            raise ModelError(f"{path}: {name} is a {kind}, which is no layer that can be read, and is not loaded")
        if node.get("registered_name") not in (None, kind) or str(node.get("module", "keras")).split(".")[0] != "keras":
            raise ModelError(f"{path}: {name} comes from {node.get('module')!r}, beyond Keras, and is not loaded")
        for value in node.values():
            _refuse_foreign(value, path, name)
    elif isinstance(node, list):
        for value in node:
            _refuse_foreign(value, path, name)


def _harmless(node: dict[str, Any]) -> bool:
    """What prepares a layer and is not used here: a way to fill it with numbers, a type."""
    return str(node.get("module", "")) in {"keras.initializers", "keras"} and node.get("class_name") in {
        "GlorotUniform", "Zeros", "Ones", "HeUniform", "HeNormal", "GlorotNormal", "RandomNormal", "RandomUniform",
        "Constant", "DTypePolicy",
    }  # fmt: skip
