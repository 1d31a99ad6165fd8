"""A network of any layers as a figure, with an input in it or without."""

from __future__ import annotations

from typing import Any

import numpy as np

from fwdpass.errors import NetworkError, ShapeError
from fwdpass.figures.base import Row, fitting, row, rows, settled
from fwdpass.figures.heat import field
from fwdpass.figures.layered import Column, Layered
from fwdpass.figures.states import State
from fwdpass.networks import Network, Step
from fwdpass.nn import Array

FEW = 12
"""Neurons that are drawn one by one; a layer of more is a field of shades."""
LINES = 120
"""Weights of a layer that are drawn one by one."""
CLASSIC = 6
"""Neurons of a layer up to which a picture has room for every weight."""
EXACT = 300_000
"""Parameters up to which a network is run in exact rationals without being asked: a second's work."""


def layered(net: Network, x: Any = None) -> Layered:
    """Draw any network; ``x`` has shape (n_in,)."""
    sizes = net.sizes
    # Only few weights are drawn one by one; the others are a band, which says how many there are.
    weights = tuple(rows(layer.W) if max(layer.W.shape) <= FEW and layer.W.size <= LINES else None for layer in net)
    biases = [(), *(row(layer.b) if len(layer.b) <= FEW else () for layer in net)]
    if x is None:
        columns = [
            _column(axis, n, said, b, None, None)
            for axis, n, said, b in zip(axes(net), sizes, _said(net), biases, strict=True)
        ]
    else:
        given = np.asarray(x)
        if given.ndim != 1:
            raise ShapeError(
                f"a picture shows one input, a vector, and got shape {given.shape}: pick a row of the batch"
            )
        steps = worth(net, given)
        values = [given, *(step.h for step in steps)]
        # Dead and alive are words about ReLU: of any other activation, the sums are not judged.
        sums = [None, *(step.z if la.activation.name == "relu" else None for step, la in zip(steps, net, strict=True))]
        columns = [
            _column(axis, n, said, b, value, z)
            for axis, n, said, b, value, z in zip(axes(net), sizes, _said(net), biases, values, sums, strict=True)
        ]
    return Layered(tuple(columns), weights)


def classic(net: Network) -> bool:
    """Say whether a network is of the kind that the lesson's is: its picture has room for every number."""
    return [layer.activation.name for layer in net] == ["relu", "identity"] and max(net.sizes) <= CLASSIC


def places(axis: str) -> str:
    """Name the places on an axis whose own name ends with a number: the eleventh of h1 is h1_10."""
    return f"{axis}_" if axis[1:] else "y_hat" if axis == "ŷ" else axis


def axes(net: Network) -> list[str]:
    """Name the input, the hidden layers and the output.

    >>> axes(Network(([[1.0]], [0.0]), ([[1.0]], [0.0])))
    ['x', 'h', 'ŷ']
    """
    hidden = len(net) - 1
    return ["x", *("h" if hidden == 1 else f"h{i}" for i in range(1, hidden + 1)), "ŷ"]


def runs_exactly(net: Network) -> bool:
    """Say whether a network has rationals to be run in, and is not too large for it."""
    return net.rational and net.parameters <= EXACT


def worth(net: Network, x: Array) -> tuple[Step, ...]:
    """Run the network as exactly as it can be: in rationals while it has some, and is not too large."""
    if runs_exactly(net):
        return net.forward(x, steps=True, exact=True)
    if net.dtype == object:
        net = net.astype(float)
    try:
        return net.forward(x, steps=True)
    except TypeError:
        raise NetworkError(f"the input, an array of {x.dtype}, does not go through this network") from None


def states(z: Array) -> list[State]:
    """Decide what ReLU makes of each sum."""
    return [State.of(v) for v in settled(z)]


def _said(net: Network) -> list[str]:
    return ["", *(str(layer.activation) for layer in net)]


def _column(axis: str, n: int, said: str, biases: Row, values: Array | None, z: Array | None) -> Column:
    found = [] if z is None else states(z)
    counts = (
        sum(s is State.ALIVE for s in found),
        sum(s is State.BOUNDARY for s in found),
        sum(s is State.DEAD for s in found),
    )
    few = n <= FEW
    floats = np.zeros(n) if values is None else np.asarray(values, dtype=np.float64)
    return Column(
        axis,
        places(axis),
        n,
        said,
        () if values is None else row(values[: n if few else fitting(n)]),
        tuple(found[:FEW]),
        None if z is None else counts,
        None if few else field(floats),
        biases,
    )
