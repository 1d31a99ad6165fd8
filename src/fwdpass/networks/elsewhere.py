"""The forward pass on the arrays of other libraries, which stay arrays of those libraries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from fwdpass.errors import NetworkError
from fwdpass.networks.run import _shape

if TYPE_CHECKING:
    from fwdpass.networks.network import Network


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


def steps(network: Network, xp: Any, x: Any) -> Iterator[tuple[Any, Any]]:
    """Run the network layer by layer. Its numbers follow the input: its library, its device, its type of float."""
    _shape(network, tuple(x.shape))
    if network.dtype == object:
        raise NetworkError("exact rationals go with NumPy's arrays alone: take net.astype(float) for this input")
    h = x
    for layer, (W, b) in zip(network, _parameters(network, xp, x), strict=True):
        if xp is not np and W.dtype != h.dtype:
            h = xp.asarray(h, dtype=W.dtype)
        z = h @ W + b
        h = layer.activation.elsewhere(xp, z)
        yield z, h


def _parameters(network: Network, xp: Any, x: Any) -> list[tuple[Any, Any]]:
    """Take all parameters along, and keep them for the next input of this kind, on a device perhaps.

    With PyTorch only: what JAX makes while it compiles must not outlive that.
    """
    kind = (xp.__name__, str(x.dtype), str(getattr(x, "device", "")))
    known, kept = network.__dict__.get("_elsewhere", (None, []))
    if known == kind:
        taken: list[tuple[Any, Any]] = kept
        return taken
    made = [(_like(xp, layer.W, x), _like(xp, layer.b, x)) for layer in network]
    if xp.__name__ == "torch":
        object.__setattr__(network, "_elsewhere", (kind, made))
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
