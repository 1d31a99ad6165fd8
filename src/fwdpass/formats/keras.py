"""Keras: a ``Sequential`` of dense layers; kernels are stored (in, out), as here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.formats.archives import checked
from fwdpass.formats.common import LIMITS, Limits, first_line, layer, library, network
from fwdpass.layers import Layer, Network

_SAFE = {"Sequential", "InputLayer", "Dense", "Activation", "ReLU", "LeakyReLU", "Softmax", "Dropout", "Flatten"}
"""Classes that a file may name: an allow-list, since Keras makes whatever a file asks for."""
_PLAIN = {"linear", "relu", "sigmoid", "tanh", "softmax"}


def from_keras(model: Any) -> Network:
    """Take the network out of a ``Sequential`` of dense layers and activations."""
    layers: list[Layer] = []
    for one in getattr(model, "layers", ()):
        kind = type(one).__name__
        if kind == "Dense":
            arrays = [np.asarray(w) for w in one.get_weights()]
            bias = arrays[1] if one.use_bias else None
            layers.append(layer(arrays[0], bias, _activation(one, one.activation), one.name))
        elif kind in ("InputLayer", "Flatten", "Dropout"):
            continue
        else:
            act = _of(one, kind)
            if not layers or layers[-1].activation.name != "identity":
                raise ModelError(f"{one.name}: {kind} does not follow a dense layer")
            last = layers.pop()
            layers.append(layer(last.W, last.b, act, last.name))
    if not layers:
        raise ModelError(f"{type(model).__name__} has no dense layers: from_keras takes a Sequential that was built")
    return network(layers, getattr(model, "name", "the model"))


def _of(one: Any, kind: str) -> str:
    match kind:
        case "Activation":
            return _activation(one, one.activation)
        case "ReLU" if one.max_value is None and not one.negative_slope and not one.threshold:
            return "relu"
        case "LeakyReLU":
            return f"leaky relu({float(one.negative_slope)})"
        case "Softmax" if one.axis in (-1, 1):
            return "softmax"
    raise ModelError(
        f"{one.name}: {kind} is no layer that can be read: there are Dense, Activation, ReLU, LeakyReLU and Softmax, "
        "and Flatten and Dropout, which change nothing here"
    )


def _activation(one: Any, function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    if name in _PLAIN:
        return "identity" if name == "linear" else name
    if name == "gelu":
        raise ModelError(
            f"{one.name}: Keras's gelu does not say which form it takes: name it tanh, relu, …, or convert"
        )
    raise ModelError(f"{one.name}: Keras's activation {name!r} is not known here")


def to_keras(net: Network) -> Any:
    """Make a ``Sequential`` with the network's numbers, in its type of float."""
    keras = library("keras", "keras")
    net = net.astype(float) if net.dtype == object else net
    layers = [keras.layers.Input((net.sizes[0],), dtype=str(net.dtype))]
    for i, one in enumerate(net):
        act = one.activation.name
        plain = {"identity": "linear"}.get(act, act)
        layers.append(
            keras.layers.Dense(one.W.shape[1], activation=plain if plain in _PLAIN else "linear", dtype=str(net.dtype))
        )
        if plain not in _PLAIN:
            if one.activation.slope is None:
                raise ModelError(f"{net.title(i)}: {act} is not written for Keras")
            layers.append(keras.layers.LeakyReLU(float(one.activation.slope), dtype=str(net.dtype)))
    model = keras.Sequential(layers)
    dense = [one for one in model.layers if type(one).__name__ == "Dense"]
    for one, ours in zip(dense, net, strict=True):
        one.set_weights([ours.W, ours.b])
    return model


def load(path: Path, limits: Limits = LIMITS) -> Network:
    """Read a ``.keras`` file, once its description is known to name nothing but plain layers."""
    with checked(path, limits) as archive:
        try:
            info = archive.getinfo("config.json")
            limits.check_bytes(info.file_size, f"{path}: config.json")
            config = json.loads(archive.read(info))
        except (KeyError, ValueError, RecursionError, OSError) as error:
            raise ModelError(f"{path} is no file of Keras's: {error}") from None
    _allow(config, path, limits)
    keras = library("keras", "keras")
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError, RuntimeError, AttributeError) as error:
        raise ModelError(f"{path} cannot be read by Keras: {first_line(error)}") from None
    return from_keras(model)


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
