"""Keras: a ``Sequential`` of dense layers; kernels are stored (in, out), as here."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Layer, Network
from fwdpass.networks.formats.common import LIMITS, Limits, first_line, layer, library, network
from fwdpass.networks.formats.keras_file import check

_PLAIN = {"linear", "relu", "sigmoid", "tanh", "softmax"}
_WRITTEN = _PLAIN | {"gelu"}


def from_keras(model: Any) -> Network:
    """Take the network out of a ``Sequential`` of dense layers and activations.

    GELU is taken in the form, and leaky ReLU with the slope, in which Keras computes them: ``"gelu"`` is the exact one,
    and ``"leaky_relu"`` has another slope than a layer ``LeakyReLU()``.
    """
    if _kind(model) != "Sequential":
        raise ModelError(f"{type(model).__name__} has layers that need not be a chain: from_keras takes a Sequential")
    if not model.built:
        raise ModelError(f"{model.name} was not built, so its layers have no weights: give it an Input")
    layers: list[Layer] = []
    for one in model.layers:
        kind = _kind(one)
        if kind == "Dense":
            _check_plain(one)
            arrays = [np.asarray(w) for w in one.get_weights()]
            bias = arrays[1] if one.use_bias else None
            layers.append(layer(arrays[0], bias, _activation(one, one.activation), one.name))
        elif kind in ("InputLayer", "Dropout") or (kind == "Flatten" and not _rearranges(one)):
            continue
        else:
            act = _of(one, kind, one)
            if not layers or layers[-1].activation.name != "identity":
                raise ModelError(f"{one.name}: {kind} does not follow a dense layer")
            last = layers.pop()
            layers.append(layer(last.W, last.b, act, last.name))
    if not layers:
        raise ModelError(f"{model.name} has no dense layers: and there is nothing to make a network of")
    return network(layers, model.name)


def _kind(thing: Any) -> str:
    """Name the class, if it is Keras's own: one of another's with that name may compute anything."""
    kind = type(thing)
    return kind.__name__ if _home(kind) == "keras" else f"{kind.__name__} of {kind.__module__}"


def _home(thing: Any) -> str:
    return str(getattr(thing, "__module__", "")).partition(".")[0]


def _check_plain(dense: Any) -> None:
    if getattr(dense, "quantization_mode", None) or getattr(dense, "lora_enabled", False):
        raise ModelError(
            f"{dense.name} has weights that are quantized, or adapted by LoRA: its kernel is not all of it"
        )


def _rearranges(flatten: Any) -> bool:
    """Say whether it turns an image round first: then a row is no longer what was given."""
    return getattr(flatten, "data_format", None) == "channels_first" and len(flatten.input.shape) > 2


def _of(one: Any, kind: str, place: Any) -> str:
    match kind:
        case "Activation":
            return _activation(one, one.activation)
        case "ReLU" if one.max_value is None and not one.threshold:
            return f"leaky relu({float(one.negative_slope)})" if one.negative_slope else "relu"
        case "LeakyReLU":
            return f"leaky relu({float(one.negative_slope)})"
        case "Softmax" if one.axis in (-1, len(place.input.shape) - 1):
            return "softmax"
    raise ModelError(
        f"{place.name}: {kind} is no layer that can be read: there are Dense, Activation, ReLU, LeakyReLU and Softmax, "
        "and Flatten of rows as they are and Dropout, which change nothing here"
    )


def _activation(one: Any, function: Any) -> str:
    if (kind := _kind(function)) in ("ReLU", "LeakyReLU", "Softmax"):
        return _of(function, kind, one)
    name = getattr(function, "__name__", type(function).__name__)
    if _home(function) != "keras":
        raise ModelError(
            f"{one.name}: its activation {name!r} comes from {_home(function)!r}, and Keras's own alone are known here"
        )
    if name in _PLAIN:
        return "identity" if name == "linear" else name
    if name == "gelu":  # exact in keras.activations, and not in keras.ops
        return "gelu tanh" if _default(function, "approximate") else "gelu"
    if name == "leaky_relu":
        return f"leaky relu({float(_default(function, 'negative_slope'))})"
    raise ModelError(f"{one.name}: Keras's activation {name!r} is not known here")


def _default(function: Any, parameter: str) -> Any:
    """What Keras takes where a layer says nothing; its versions may differ."""
    return inspect.signature(function).parameters[parameter].default


def to_keras(net: Network) -> Any:
    """Make a ``Sequential`` with the network's numbers, in its type of float."""
    keras = library("keras", "keras")
    net = net.astype(float) if net.dtype == object else net
    layers = [keras.layers.Input((net.sizes[0],), dtype=str(net.dtype))]
    for i, one in enumerate(net):
        act = one.activation.name
        plain = {"identity": "linear"}.get(act, act)
        layers.append(
            keras.layers.Dense(
                one.W.shape[1], activation=plain if plain in _WRITTEN else "linear", dtype=str(net.dtype)
            )
        )
        if plain not in _WRITTEN:
            if one.activation.slope is None:
                raise ModelError(f"{net.title(i)}: {act} is not written for Keras")
            layers.append(keras.layers.LeakyReLU(float(one.activation.slope), dtype=str(net.dtype)))
    model = keras.Sequential(layers)
    dense = [one for one in model.layers if type(one).__name__ == "Dense"]
    for one, ours in zip(dense, net, strict=True):
        one.set_weights([ours.W, ours.b])
    return model


def load(path: Path, limits: Limits = LIMITS) -> Network:
    """Read a ``.keras`` file, once it is known to have plain layers alone, and no more numbers than it says."""
    check(path, limits)
    keras = library("keras", "keras")
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError, RuntimeError, AttributeError) as error:
        raise ModelError(f"{path} cannot be read by Keras: {first_line(error)}") from None
    return from_keras(model)
