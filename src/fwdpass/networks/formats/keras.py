"""Keras: dense layers, each taking what the one before it gives; kernels are stored (in, out), as here."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Layer, Network, activations
from fwdpass.networks.formats.chain import Affine, Operation, Passed, Scaling, layers_of
from fwdpass.networks.formats.common import LIMITS, Limits, first_line, known, library
from fwdpass.networks.formats.format import Asked, Format, Opened
from fwdpass.networks.formats.keras_file import check
from fwdpass.networks.formulas import Array
from fwdpass.numerals import arguments


def from_keras(model: Any) -> Network:
    """Take the network out of a ``Sequential``, or of a functional model that is a chain.

    GELU is taken in the form, and leaky ReLU with the slope, in which Keras computes them: ``"gelu"`` is the exact one,
    and ``"leaky_relu"`` has another slope than a layer ``LeakyReLU()``.

    Parameters
    ----------
    model : Model
        A model that has been built.

    Returns
    -------
    Network
        A network with the same answers.

    Raises
    ------
    ModelError
        For a model that is no chain of plain layers.
    """
    return opened(model).network


def opened(model: Any, limits: Limits = LIMITS) -> Opened:
    """Take the network out of a model, with what runs it."""
    chain = list(_chain(model))
    operations = [made for one in chain for made in _operations(one)]
    if not any(isinstance(one, Affine) for one in operations):
        raise ModelError(f"{model.name} has no dense layers: and there is nothing to make a network of")
    shape = model.input_shape[1:]
    width = int(np.prod(shape)) if all(shape) else None
    dtype = np.result_type(*(one.W for one in operations if isinstance(one, Affine)))
    net, notes = layers_of(operations, model.name, limits, width=width, dtype=dtype)
    computes = sorted({str(one.compute_dtype) for one in chain if hasattr(one, "compute_dtype")}, key=_coarse)
    return Opened(net, "A Keras model", "Keras", lambda x: _run(model, x), computes[0] if computes else "", notes)


def _coarse(dtype: str) -> int:
    return {"float16": 0, "bfloat16": 0, "float32": 1, "float64": 2}.get(dtype, 3)


def _run(model: Any, x: Array) -> Array:
    """Run the model itself on one row, in the shape that it takes."""
    ops = library("keras", "keras").ops
    shape = tuple(n or -1 for n in model.input_shape[1:])
    rows = np.asarray(x).astype(_taken(model)).reshape(1, *shape)
    y: Array = np.asarray(ops.convert_to_numpy(ops.cast(model(rows, training=False), "float64")))
    return y.reshape(-1)


def _taken(model: Any) -> str:
    dtype = str(getattr(model.inputs[0], "dtype", "float32"))
    return dtype if dtype in ("float16", "float32", "float64") else "float32"


def _chain(model: Any) -> Iterator[Any]:
    """Give a model's layers in the order of computation, where each takes what the one before it gives."""
    kind = _kind(model)
    if kind not in ("Sequential", "Functional"):
        raise ModelError(
            f"{type(model).__name__} has layers that need not be a chain: what is read is a Sequential, or a "
            "functional model in which each layer takes what the one before it gives"
        )
    if not model.built:
        raise ModelError(f"{model.name} was not built, so its layers have no weights: give it an Input")
    layers = model.layers if kind == "Sequential" else _functional(model)
    for one in layers:
        if _kind(one) in ("Sequential", "Functional"):
            yield from _chain(one)
        elif _kind(one) != "InputLayer":
            yield one


def _functional(model: Any) -> Iterator[Any]:
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ModelError(
            f"{model.name}: {type(model).__name__} has layers that need not be a chain: it takes {len(model.inputs)} "
            f"inputs and gives {len(model.outputs)} outputs, and a network here one each"
        )
    at = model.inputs[0]
    for one in model.operations:
        if _kind(one) == "InputLayer":
            continue
        try:
            taken = one.input
        except (AttributeError, ValueError):
            taken = None
        if taken is not at:
            raise ModelError(
                f"{one.name}: {type(one).__name__} joins branches, or is used twice: in a chain, each layer takes what "
                "the one before it gives, and nothing else"
            )
        at = one.output
        yield one
    if model.outputs[0] is not at:
        raise ModelError(f"{model.name}: its output is not that of its last layer, {one.name}")


def _kind(thing: Any) -> str:
    """Name the class, if it is Keras's own: one of another's with that name may compute anything."""
    kind = type(thing)
    return kind.__name__ if _home(kind) == "keras" else f"{kind.__name__} of {kind.__module__}"


def _home(thing: Any) -> str:
    return str(getattr(thing, "__module__", "")).partition(".")[0]


_PASSING = (
    "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout1D", "ActivityRegularization",
    "Identity",
)  # fmt: skip
"""Layers that do something in training alone."""
_ACTIVATIONS = {"Activation", "ReLU", "LeakyReLU", "ELU", "Softmax"}


def _operations(one: Any) -> list[Operation]:
    """Read a layer as operations on a row."""
    kind, name = _kind(one), one.name
    match kind:
        case "Dense":
            return _dense(one)
        case "Flatten" if not _rearranges(one):
            return []
        case "Reshape":
            return []
        case "Rescaling":
            return [Scaling(name, np.asarray(one.scale, float), np.asarray(one.offset, float))]
        case "Normalization" if not one.invert:
            mean, variance = (np.asarray(_numpy(part), np.float64).reshape(-1) for part in (one.mean, one.variance))
            factor = 1 / np.maximum(np.sqrt(variance), 1e-7)
            return [Scaling(name, factor, -mean * factor, int(one.count_params()))]
        case "BatchNormalization" if _last_axis(one):
            return [_batch_norm(one)]
        case "LayerNormalization" if _last_axis(one) and not getattr(one, "rms_scaling", False):
            made: list[Operation] = [Passed(name, f"standardize({one.epsilon})")]
            scale, shift = (None if p is None else _numpy(p) for p in (one.gamma, one.beta))
            return [*made, Scaling(name, scale, shift, int(one.count_params()))] if one.count_params() else made
        case _ if kind in _PASSING:
            return []
        case _ if kind in _ACTIVATIONS:
            return [Passed(name, _of(one, kind, one))]
    raise ModelError(f"{name}: {kind} is no layer that can be read{_why(kind)}")


def _why(kind: str) -> str:
    """Say what stays out, and what would do; never that a kind is read which is not."""
    if "Conv" in kind or "Pool" in kind:
        return ": it goes over an image place by place, and a layer here is one matrix: read the dense layers alone"
    if kind in ("LSTM", "GRU", "SimpleRNN", "Bidirectional"):
        return ": it goes through its layer many times, and a network here once"
    if "Attention" in kind:
        return ": attention multiplies inputs by inputs, and a layer here multiplies them by weights"
    if kind == "Embedding":
        return ": it looks rows up in a table, which is no product with weights"
    if kind == "Flatten":
        return " with data_format='channels_first', which puts the numbers of a row in another order"
    if kind in ("BatchNormalization", "LayerNormalization", "Normalization"):
        return " over another axis than the last, or turned round"
    known_ = ", ".join(["Dense", *sorted(_ACTIVATIONS), "BatchNormalization", "LayerNormalization", "Normalization"])
    return f": there are {known_}, Rescaling, and Flatten, Reshape and Dropout, which leave a row as it is"


def _numpy(variable: Any) -> Array:
    """Take a variable's numbers; NumPy has no bfloat16, whose every number is a float32, too."""
    ops = library("keras", "keras").ops
    dtype = "float32" if "float16" in str(variable.dtype) else variable.dtype
    found: Array = np.asarray(ops.convert_to_numpy(ops.cast(variable, dtype)))
    return found


def _last_axis(one: Any) -> bool:
    axis = one.axis if isinstance(one.axis, list | tuple) else [one.axis]
    shape = one.input.shape
    return len(axis) == 1 and axis[0] in (-1, len(shape) - 1) and all(n == 1 for n in shape[1:-1])


def _batch_norm(one: Any) -> Scaling:
    """Fold the moving statistics: when predicting, a batch norm is a factor and a shift for each entry."""
    mean, variance = (_numpy(part).astype(np.float64) for part in (one.moving_mean, one.moving_variance))
    factor = (1.0 if one.gamma is None else _numpy(one.gamma)) / np.sqrt(variance + one.epsilon)
    shift = (0.0 if one.beta is None else _numpy(one.beta)) - mean * factor
    return Scaling(one.name, factor, shift, int(one.count_params()))


def _dense(dense: Any) -> list[Operation]:
    if getattr(dense, "quantization_mode", None) or getattr(dense, "lora_enabled", False):
        raise ModelError(
            f"{dense.name} has weights that are quantized, or adapted by LoRA: its kernel is not all of it"
        )
    shape = dense.input.shape
    if any(n != 1 for n in shape[1:-1]):
        raise ModelError(
            f"{dense.name} multiplies each of several rows within a row, of shape {tuple(shape[1:])}: a layer here "
            "takes a row as a whole"
        )
    arrays = [known(np.asarray(w)) for w in dense.get_weights()]
    act = _activation(dense, dense.activation)
    return [Affine(dense.name, arrays[0], arrays[1] if dense.use_bias else None), Passed(dense.name, act)]


def _rearranges(flatten: Any) -> bool:
    """Say whether it turns an image round first: then a row is no longer what was given."""
    return getattr(flatten, "data_format", None) == "channels_first" and len(flatten.input.shape) > 2


def _of(one: Any, kind: str, place: Any) -> str:
    match kind:
        case "Activation":
            return _activation(one, one.activation)
        case "ReLU" if one.max_value is None and not one.threshold:
            return f"leaky relu({float(one.negative_slope)})" if one.negative_slope else "relu"
        case "ReLU" if one.max_value == 6 and not one.threshold and not one.negative_slope:
            return "relu6"
        case "LeakyReLU":
            return f"leaky relu({float(one.negative_slope)})"
        case "ELU":
            return f"elu({float(one.alpha)})"
        case "Softmax" if one.axis in (-1, len(place.input.shape) - 1):
            return "softmax"
    raise ModelError(f"{place.name}: {kind} is no layer that can be read with these options, {_options(one)}")


def _options(one: Any) -> str:
    said = ("max_value", "negative_slope", "threshold", "axis")
    return ", ".join(f"{name}={getattr(one, name)!r}" for name in said if hasattr(one, name))


def _activation(one: Any, function: Any) -> str:
    if (kind := _kind(function)) in _ACTIVATIONS:
        return _of(function, kind, one)
    name = getattr(function, "__name__", type(function).__name__)
    if _home(function) != "keras":
        raise ModelError(
            f"{one.name}: its activation {name!r} comes from {_home(function)!r}, and Keras's own alone are known here"
        )
    options = {key: _default(function, key) for key in ("approximate", "negative_slope", "alpha")}
    act = activations.read("keras", name, {key: value for key, value in options.items() if value is not None})
    if act is None:
        known_ = ", ".join(activations.known("keras"))
        raise ModelError(f"{one.name}: Keras's activation {name!r} is not known here: there are {known_}")
    return str(act)


def _default(function: Any, parameter: str) -> Any:
    """Give what Keras takes where a layer says nothing; versions may differ. GELU is exact, and not in keras.ops."""
    found = inspect.signature(function).parameters.get(parameter)
    return None if found is None else found.default


@arguments.checked
def to_keras(net: Network) -> Any:
    """Make a ``Sequential`` with the network's numbers, in its type of float.

    Parameters
    ----------
    net : Network
        The network.

    Returns
    -------
    Sequential
        A ``Dense`` for each layer, and its activation.
    """
    keras = _keras()
    net = net.astype(float) if net.dtype == object else net
    layers: list[Any] = [keras.layers.Input((net.sizes[0],), dtype=str(net.dtype))]
    for i, one in enumerate(net):
        layers += _written(keras, one, net.title(i), str(net.dtype))
    model = keras.Sequential(layers)
    dense = [one for one in model.layers if type(one).__name__ == "Dense"]
    for one, ours in zip(dense, net, strict=True):
        one.set_weights([ours.W, ours.b] if ours.biased else [ours.W])
    return model


def _written(keras: Any, layer: Layer, title: str, dtype: str) -> list[Any]:
    """Make a layer, and another for an activation whose number Keras would otherwise choose."""
    act, numbered = layer.activation, {"leaky relu": "LeakyReLU", "elu": "ELU"}
    spelt = activations.written("keras", act)
    if spelt is None or spelt[1].get("approximate"):
        raise ModelError(f"{title}: {act} is not written for Keras")
    own = act.row in numbered
    made = keras.layers.Dense(
        layer.W.shape[1], activation="linear" if own else spelt[0], use_bias=layer.biased, dtype=dtype
    )
    return [made, getattr(keras.layers, numbered[act.row])(act.number, dtype=dtype)] if own else [made]


def _keras() -> Any:
    """Import Keras, with whichever of its backends is installed: it would ask for TensorFlow, and fail without."""
    if "KERAS_BACKEND" not in os.environ and find_spec("tensorflow") is None:
        there = (name for name in ("torch", "jax") if find_spec(name) is not None)
        os.environ["KERAS_BACKEND"] = next(there, "numpy")
    return library("keras", "keras")


def open_file(path: Path, asked: Asked) -> Opened:
    """Read a ``.keras`` or ``.h5`` file, once it is known to have plain layers alone, and the numbers that it says."""
    check(path, asked.limits)
    keras = _keras()
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError, RuntimeError, AttributeError) as error:
        raise ModelError(f"{path} cannot be read by Keras: {first_line(error)}") from None
    return opened(model, asked.limits)


FORMAT = Format(
    "a Keras model", (".keras",), open_file,
    lambda network, path: to_keras(network).save(path), extra="keras", complete=True,
)  # fmt: skip
OLDER = Format("a Keras model in HDF5", (".h5", ".hdf5"), open_file, extra="keras", complete=True)
