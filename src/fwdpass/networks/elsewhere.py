"""The forward pass on the arrays of other libraries, which stay arrays of those libraries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from fwdpass.errors import NetworkError
from fwdpass.networks.run import Layers, check_shape

Kept = dict[tuple[str, str, str], list[tuple[Any, Any]]]
"""A network's parameters as arrays of another library, by the kind of array."""


def namespace(x: Any) -> Any:
    """Give the functions for an array's kind: its library, or None for what NumPy takes.

    By what the array says of itself, not by a list of libraries. PyTorch and older versions of CuPy say nothing, and
    Dask answers to NumPy's.
    """
    if isinstance(x, np.ndarray | np.generic):
        return None
    if hasattr(x, "__array_namespace__"):
        return x.__array_namespace__()
    match type(x).__module__.partition(".")[0]:
        case "torch" | "cupy" as name:
            return sys.modules[name]
        case "dask" if hasattr(x, "map_blocks"):
            return np
    return None


def steps(layers: Layers, xp: Any, x: Any, kept: Kept) -> Iterator[tuple[Any, Any]]:
    """Run the network layer by layer. Its numbers follow the input: its library, its device, its type of float.

    ``kept`` is where its parameters are kept for the next input of this kind.
    """
    check_shape(layers, tuple(x.shape))
    if "complex" in str(x.dtype):
        raise NetworkError(f"the input is an array of {x.dtype}, and the forward pass takes real numbers")
    if layers[0].W.dtype == object:
        raise NetworkError("exact rationals go with NumPy's arrays alone: take net.astype(float) for this input")
    h = x
    for layer, (W, b) in zip(layers, _parameters(layers, xp, x, kept), strict=True):
        if xp is not np and W.dtype != h.dtype:
            h = xp.asarray(h, dtype=W.dtype)
        z = h @ W + b
        h = layer.activation.elsewhere(xp, z)
        yield z, h


def _parameters(layers: Layers, xp: Any, x: Any, kept: Kept) -> list[tuple[Any, Any]]:
    """Take all parameters along, and keep them for the next input of this kind, on a device perhaps.

    With PyTorch only: what JAX makes while it compiles must not outlive that.
    """
    kind = (xp.__name__, str(x.dtype), str(getattr(x, "device", "")))
    if kind in kept:
        return kept[kind]
    made = [(_like(xp, layer.W, x), _like(xp, layer.b, x)) for layer in layers]
    if xp.__name__ == "torch":
        kept.clear()  # one kind at a time: memory on a device is scarce
        kept[kind] = made
    return made


def _like(xp: Any, parameter: Any, x: Any) -> Any:
    """Take a parameter into the input's library. These do not mix types of float, as NumPy does: the input's wins."""
    if xp is np:  # Dask takes it as it is, and computes later
        return parameter
    dtype = x.dtype if "float" in str(x.dtype) else None
    if xp.__name__ == "cupy":  # whose older versions are not told a device: they use the current one
        with x.device:
            return xp.asarray(parameter, dtype=dtype)
    return xp.asarray(parameter.copy(), dtype=dtype, device=getattr(x, "device", None))
