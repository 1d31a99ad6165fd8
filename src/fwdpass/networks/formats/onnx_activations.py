"""Activations of an ONNX graph: a node of their own, or several nodes that do together what one does.

Where branches leave a row and join again, as in x * Sigmoid(x), the part between is held against the table of
activations, number by number.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import activations, formulas
from fwdpass.networks.activations import Activation
from fwdpass.networks.formats import onnx_ops
from fwdpass.networks.formats.onnx_graph import BATCH, NodeValue, OnnxGraph, lead
from fwdpass.networks.formulas import Array


def shortest(number: Any) -> str:
    """Give the decimal that was written: the file holds a float32."""
    return str(np.float32(number))


_DEFAULTS: dict[str, dict[str, Any]] = {
    "LeakyRelu": {"alpha": 0.01},
    "Elu": {"alpha": 1.0},
    "Celu": {"alpha": 1.0},
    "Gelu": {"approximate": "none"},
    "HardSigmoid": {"alpha": 0.2, "beta": 0.5},
    "Swish": {"alpha": 1.0},
    "Selu": {"alpha": formulas.SELU_ALPHA, "gamma": formulas.SELU_SCALE},
}
"""What ONNX takes where a node says nothing."""
_CLIPPED: dict[tuple[float | None, float | None], str] = {
    (0.0, 6.0): "relu6",
    (-1.0, 1.0): "hard tanh",
    (0.0, None): "relu",
}
"""What a Clip is, by its bounds."""


def one_node(value: NodeValue, graph: OnnxGraph) -> Activation | None:
    """Find a node's activation by its name and options."""
    kind, options = value.kind, {**_DEFAULTS.get(value.kind, {}), **value.options}
    if kind in ("Softmax", "LogSoftmax"):
        _check_axis(value, graph.opset)
        options["axis"] = -1
    if kind == "Clip":
        low, high = (_bound(value, place, name) for place, name in ((1, "min"), (2, "max")))
        named = _CLIPPED.get((low, high))
        return None if named is None else activations.activation(named)
    if kind == "PRelu":
        slope = value.inputs[1]
        if isinstance(slope, np.ndarray) and slope.size and np.all(slope == slope.flat[0]):
            return activations.leaky_relu(str(slope.flat[0]))
        raise ModelError(f"{value.name}: PRelu has a slope for each neuron, and an activation here has one for all")
    for option in ("alpha",):
        if option in options and kind in ("LeakyRelu", "Elu", "Celu"):
            options[option] = _decimal(options[option], graph)
    return activations.read("onnx", kind, options)


def _decimal(number: Any, graph: OnnxGraph) -> str:
    """Write an option: its float32 as the decimal that was meant, or exactly, where the program takes it as double."""
    return repr(float(np.float32(number))) if graph.dtype == "float64" else shortest(number)


def _bound(value: NodeValue, place: int, name: str) -> float | None:
    found = value.inputs[place] if len(value.inputs) > place else value.options.get(name)
    return None if found is None or isinstance(found, NodeValue) else float(np.asarray(found).reshape(-1)[0])


def _check_axis(value: NodeValue, opset: int) -> None:
    """Refuse shares of anything but the whole row. Before opset 13, an axis meant all from there on."""
    dims = value.values[0].dims
    axis = value.options.get("axis", -1 if opset >= 13 else 1)
    if dims is None:
        if axis in (-1, 1):
            return
        raise ModelError(f"{value.name}: {value.kind} is over axis {axis}, and whether that is the row is not said")
    at = axis % len(dims) if dims else 0
    taken = dims[at : at + 1] if opset >= 13 else dims[at:]
    row = value.values[0].width
    if at < lead(dims) or (row is not None and None not in taken and prod(n or 0 for n in taken) != row):
        raise ModelError(
            f"{value.name}: {value.kind} makes shares over axis {axis} of an array of shape "
            f"{tuple('n' if n == BATCH else n for n in dims)}, which is not the row: over the last axis it is read"
        )


# Where branches join ---------------------------------------------------------------------------------

_DEEP = 24
"""Nodes that are tried at most as a part of one activation."""


def several_nodes(value: NodeValue, start: NodeValue) -> tuple[Activation, NodeValue] | None:
    """Find an activation that is written as several nodes, and what it is an activation of.

    Each value that everything passes through is tried as its beginning, the nearest first.
    """
    part: list[NodeValue] = []
    front = {value.at: value}
    while len(part) < _DEEP:
        last = front.pop(max(front))
        if last is start or last.kind not in onnx_ops.ENTRYWISE:
            return None
        if any(isinstance(one, np.ndarray) and one.size > 1 for one in last.inputs) and last.kind[:6] != "Reduce":
            return None  # a bias: an activation has no numbers of its own for each neuron
        part.append(last)
        front |= {one.at: one for one in last.values}
        if not front:
            return None
        if len(front) == 1 and (act := _like(part, base := next(iter(front.values())))):
            return act, base
    return None


def _like(part: list[NodeValue], base: NodeValue) -> Activation | None:
    """Find the activation that a part is: they agree on numbers of every size, also about the part's own constants."""
    width = base.width or 5
    scalars = {float(a.flat[0]) for v in part for a in v.inputs if isinstance(a, np.ndarray) and a.size == 1}
    if width * 64 > 2**20:
        return None
    z = _probes(width, scalars)
    with np.errstate(all="ignore"):
        try:
            theirs = _worked(part, base, z)
        except (ValueError, IndexError, TypeError):
            return None
        for act in _candidates(scalars):
            ours = act.function(np, z, act.number)
            if np.shape(ours) == np.shape(theirs) and _near(ours, theirs, z):
                return act
    return None


def _probes(width: int, scalars: set[float]) -> Array:
    rng = np.random.default_rng(0)
    special = [0.0, 1.0, -1.0, *(s * f + d for s in sorted(scalars)[:8] for f in (1, -1, 2) for d in (-0.5, 0.0, 0.5))]
    rows = [rng.normal(size=(24, width)) * 3, rng.normal(size=(8, width)) * 50]
    rows.append(np.resize(np.array(special), (max(1, -(-len(special) // width)), width)))
    return np.concatenate(rows)


def _worked(part: list[NodeValue], base: NodeValue, z: Array) -> Array:
    worth: dict[int, Array] = {id(base): z}
    for value in sorted(part, key=lambda one: one.at):
        given = [worth[id(one)] if isinstance(one, NodeValue) else one for one in value.inputs if one is not None]
        worth[id(value)] = onnx_ops.ENTRYWISE[value.kind](given, value.options)
    return worth[id(max(part, key=lambda one: one.at))]


def _candidates(scalars: set[float]) -> Iterator[Activation]:
    yield from (act for act in activations.ACTIVATIONS.values() if act.name != "identity")
    for number in sorted(scalars):
        if 0 < abs(number) <= 10:
            for name in ("leaky relu", "elu", "celu", "standardize"):
                if number > 0 or name == "leaky relu":
                    yield activations.activation(f"{name}({shortest(number)})")


def _near(ours: Array, theirs: Array, z: Array) -> bool:
    """Say whether both are the same but for constants that were rounded to float32."""
    sane = np.isfinite(theirs)
    if sane.mean() < 0.5:
        return False
    scale = 1 + np.abs(z) + np.abs(ours)
    return bool(np.all((np.abs(ours - theirs) <= 2e-6 * scale)[sane]))
