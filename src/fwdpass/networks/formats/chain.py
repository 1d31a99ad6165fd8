"""From a program's operations on a row to layers: what folds into weights is folded, and said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from fwdpass.errors import FwdpassError, ModelError
from fwdpass.networks import Activation, Network
from fwdpass.networks.activations import activation
from fwdpass.networks.formats.common import Limits, layer, network
from fwdpass.networks.formulas import Array


class Affine(NamedTuple):
    """A matrix product, and a bias: ``row @ W + b``."""

    name: str
    W: Array
    """(in, out)."""
    b: Array | None = None
    parameters: int | None = None
    """How many numbers the library counts for it; None for as many as the arrays have."""


class Scaling(NamedTuple):
    """A factor and a shift for each entry: ``row * factor + shift``; a bias by itself, a scaler, a batch norm."""

    name: str
    factor: Array | None
    """(n,), or a single number; None for 1."""
    shift: Array | None
    """(n,), or a single number; None for 0."""
    parameters: int = 0


class Passed(NamedTuple):
    """An activation function."""

    name: str
    activation: str | Activation


Operation = Affine | Scaling | Passed


@dataclass
class _Layer:
    """A layer that is being put together."""

    name: str
    W: Array
    b: Array | None
    parameters: int
    activation: Activation = field(default_factory=lambda: activation("identity"))

    @property
    def linear(self) -> bool:
        """Whether nothing follows its sums yet."""
        return self.activation.name == "identity"


def layers_of(
    operations: Iterable[Operation], what: str, limits: Limits, *, width: int | None = None, dtype: Any = None
) -> tuple[Network, list[str]]:
    """Make a network of operations in their order; give it, and a sentence for whatever it was folded from.

    ``width`` is how many numbers a row has, where that is known; ``dtype`` is the type of float of the program.
    A factor and a shift go into the weights before them, or into those behind them; an activation that follows no
    weights gets a layer that passes its inputs on. Neither changes what is computed, but for rounding.
    """
    made = _Assembly(what, limits, width)
    for operation in operations:
        made.take(operation)
        limits.check_layers(len(made.layers), what)
    made.end()
    net = network((layer(*_folded(one, dtype), one.name, one.parameters) for one in made.layers), what)
    return net, made.notes


def _folded(one: _Layer, dtype: Any) -> tuple[Array, Array | None, Activation]:
    kind = one.W.dtype if dtype is None else np.dtype(dtype)
    return one.W.astype(kind), None if one.b is None else one.b.astype(kind), one.activation


class _Assembly:
    """The layers so far, and a factor and a shift that wait for the next weights."""

    def __init__(self, what: str, limits: Limits, width: int | None) -> None:
        self.layers: list[_Layer] = []
        self.notes: list[str] = []
        self._what, self._limits, self._width, self._bytes = what, limits, width, 0
        self._waiting: Scaling | None = None

    def take(self, operation: Operation) -> None:
        """Take the next operation."""
        match operation:
            case Affine():
                self._affine(operation)
            case Scaling():
                self._entrywise(operation)
            case Passed():
                self._passed(operation)

    def end(self) -> None:
        """Make a layer of what still waits; there has to be one in the end."""
        if self._waiting is not None:
            self._stand_in(self._waiting.name)
        if not self.layers:
            raise ModelError(f"{self._what} has no weights: there is nothing to make a network of")

    def _affine(self, given: Affine) -> None:
        W, b, waits = given.W, given.b, self._waiting
        if W.ndim != 2:
            raise ModelError(f"{given.name}: a layer's weights are a matrix, and got shape {W.shape}")
        # an array may be the weights of many layers: each is a copy
        self._bytes += W.nbytes
        self._limits.check_bytes(self._bytes, self._what)
        count = W.size + (0 if b is None else b.size) if given.parameters is None else given.parameters
        if waits is not None:
            count += waits.parameters
            before = W.astype(np.float64)
            if waits.shift is not None:
                moved = _wide(waits.shift, len(W), waits.name) @ before
                b = moved if b is None else b + moved
            if waits.factor is not None:
                W = _wide(waits.factor, len(W), waits.name)[:, None] * before
            self.notes.append(_said(waits.name, given.name))
            self._waiting = None
        self.layers.append(_Layer(given.name, W, b, count))
        self._width = W.shape[1]

    def _entrywise(self, given: Scaling) -> None:
        last = self.layers[-1] if self.layers else None
        if last is None or not last.linear or self._waiting is not None:
            self._waiting = _after(self._waiting, given)
            return
        n = last.W.shape[1]
        if given.factor is None and last.b is None and given.shift is not None:
            last.b = _wide(given.shift, n, given.name).astype(last.W.dtype)  # it is the bias, by itself
        else:
            if given.factor is not None:
                factor = _wide(given.factor, n, given.name)
                last.W = last.W.astype(np.float64) * factor
                last.b = None if last.b is None else last.b * factor
            if given.shift is not None:
                shift = _wide(given.shift, n, given.name)
                last.b = shift if last.b is None else last.b + shift
            self.notes.append(_said(given.name, last.name))
        last.parameters += given.parameters

    def _passed(self, given: Passed) -> None:
        try:
            act = activation(given.activation)
        except FwdpassError as error:
            raise ModelError(f"{given.name}: {error}") from None
        if act.name == "identity":
            return
        if self._waiting is not None or not self.layers or not self.layers[-1].linear:
            self._stand_in(given.name)
        self.layers[-1].activation = act

    def _stand_in(self, name: str) -> None:
        """Add a layer without weights of its own: a matrix with nothing beside its diagonal."""
        waits, self._waiting = self._waiting, None
        sizes = [len(a) for a in (waits or ())[1:3] if isinstance(a, np.ndarray) and a.size > 1]
        n = self._width or next(iter(sizes), None)
        if n is None:
            raise ModelError(f"{name} follows no weights, and the model does not say how many numbers it takes")
        self._bytes += 8 * n * n
        self._limits.check_bytes(self._bytes, self._what)
        factor = None if waits is None else waits.factor
        W = np.diag(np.ones(n) if factor is None else _wide(factor, n, name))
        b = None if waits is None or waits.shift is None else _wide(waits.shift, n, name)
        self.layers.append(_Layer(name, W, b, 0 if waits is None else waits.parameters))
        self._width = n
        self.notes.append(
            f"{name} follows no weights: its layer takes each number by itself, by a matrix with nothing beside its "
            "diagonal, which has no parameters of its own."
        )


def _wide(array: Array, n: int, name: str) -> Array:
    """Take numbers for each of ``n`` entries; a single one is for all of them."""
    flat = np.asarray(array, np.float64).reshape(-1)
    if flat.size not in (1, n):
        raise ModelError(f"{name} has {flat.size} numbers, and there are {n} entries: one for each, or a single one")
    return np.broadcast_to(flat, (n,))


def _after(before: Scaling | None, given: Scaling) -> Scaling:
    """Make one of two: first the one before, then the one given."""
    if before is None:
        return given
    name = before.name if before.name == given.name else f"{before.name} and {given.name}"
    factor, shift = before.factor, before.shift
    if given.factor is not None:
        factor = given.factor if factor is None else _product(factor, given.factor, name)
        shift = None if shift is None else _product(shift, given.factor, name)
    if given.shift is not None:
        shift = given.shift if shift is None else _sum(shift, given.shift, name)
    return Scaling(name, factor, shift, before.parameters + given.parameters)


def _product(one: Array, other: Array, name: str) -> Array:
    n = max(np.size(one), np.size(other))
    return _wide(one, n, name) * _wide(other, n, name)


def _sum(one: Array, other: Array, name: str) -> Array:
    n = max(np.size(one), np.size(other))
    return _wide(one, n, name) + _wide(other, n, name)


def _said(name: str, into: str) -> str:
    return f"Folded into {into}: {name}; what stands there is not in the file, but worked out of it."
