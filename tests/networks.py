"""Networks for tests of formats and libraries: of any sizes, with weights that are as long as floats can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import fwdpass as fp

ACTIVATIONS = ("relu", "leaky relu(0.2)", "sigmoid", "tanh", "gelu", "gelu tanh", "softmax")


def network(*sizes: int, acts: Sequence[str] | None = None, dtype: Any = np.float64, seed: int = 0) -> fp.Network:
    """Make a network with ReLU between its layers, or what is asked for."""
    rng = np.random.default_rng(seed)
    chosen = acts or ["relu"] * (len(sizes) - 2) + ["identity"]
    pairs = zip(sizes[:-1], sizes[1:], chosen, strict=True)
    layers = [fp.Layer(rng.normal(size=(n, m)) / n**0.5, rng.normal(size=m), act) for n, m, act in pairs]
    return fp.Network(*layers).astype(dtype)


def every(dtype: Any = np.float64) -> fp.Network:
    """A network with every activation."""
    return network(6, 7, 6, 5, 6, 4, 5, 3, acts=ACTIVATIONS, dtype=dtype)


def rows(n: int, columns: int, seed: int = 1) -> Any:
    """A batch."""
    return np.random.default_rng(seed).normal(size=(n, columns))


def same(a: fp.Network, b: fp.Network) -> bool:
    """Whether two networks have the same numbers, types and activations; names may differ."""
    return len(a) == len(b) and all(
        p.W.dtype == q.W.dtype
        and p.W.tobytes() == q.W.tobytes()
        and p.b.tobytes() == q.b.tobytes()
        and p.activation == q.activation
        for p, q in zip(a, b, strict=True)
    )
