"""One layer: a matrix of weights, a bias for each column, an activation; held read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fwdpass.errors import NetworkError, NumeralError, ShapeError
from fwdpass.networks.activations import Activation, activation
from fwdpass.networks.formulas import Array
from fwdpass.numerals import exact


@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    """A layer ``activation(x @ W + b)``: ``W`` (n_in, n_out), ``b`` (n_out,), which may be left out.

    The arrays are copied and made read-only. Whole numbers become floats; exact rationals stay what they are.
    ``parameters`` says how many numbers the layer was given, where that is not the size of its arrays: a layer that
    shares its weights with one before it has none of its own.
    Raises ShapeError for what is no layer, and NetworkError for weights that are no finite numbers.

    >>> import fwdpass as fp
    >>> fp.Layer(fp.lesson.W1, fp.lesson.b1, "relu")
    Layer(weights (4, 3), bias (3,), relu)
    """

    W: Array
    b: Array
    activation: Activation
    name: str
    biased: bool
    """Whether it was given a bias; without one, ``b`` is zeros."""
    parameters: int
    """How many numbers the layer has: its weights, and a bias for each neuron where it was given one."""

    def __init__(
        self,
        W: Any,
        b: Any = None,
        activation: str | Activation = "identity",
        name: str = "",
        *,
        dtype: Any = None,
        parameters: int | None = None,
    ) -> None:
        weights, bias = _arrays(W, b, name or "the layer", dtype)
        count = weights.size + (0 if b is None else bias.size) if parameters is None else parameters
        values = (weights, bias, _named(activation), name, b is not None, count)
        for key, value in zip(_FIELDS, values, strict=True):
            object.__setattr__(self, key, value)

    def __repr__(self) -> str:
        named = f"{self.name!r}, " if self.name else ""
        bias = f"bias {self.b.shape}" if self.biased else "no bias"
        return f"Layer({named}weights {self.W.shape}, {bias}, {self.activation})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer):
            return NotImplemented
        same = (self.activation, self.name, self.W.dtype) == (other.activation, other.name, other.W.dtype)
        return same and np.array_equal(self.W, other.W) and np.array_equal(self.b, other.b)

    def __hash__(self) -> int:
        return hash((self.W.shape, self.activation, self.name))

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return _again, (self.W, self.b if self.biased else None, self.activation, self.name, self.parameters)

    def astype(self, dtype: Any) -> Layer:
        """Give the same layer with numbers of another type."""
        bias = self.b if self.biased else None
        return Layer(self.W, bias, self.activation, self.name, dtype=dtype, parameters=self.parameters)

    @property
    def exact(self) -> bool:
        """Whether its numbers are exact rationals, not floats."""
        return self.W.dtype == object


_FIELDS = ("W", "b", "activation", "name", "biased", "parameters")
_named = activation


def _again(W: Array, b: Array | None, activation: Activation, name: str, parameters: int) -> Layer:
    """Make a pickled layer again."""
    return Layer(W, b, activation, name, parameters=parameters)


def title(index: int, name: str) -> str:
    """Name a layer for a person: by its number, counted from 1, and its name where it has one.

    >>> title(0, "fc1")
    'layer 1 (fc1)'
    """
    return f"layer {index + 1} ({name})" if name else f"layer {index + 1}"


def check(title: str, W: Any, b: Any = None, activation: str | Activation = "identity") -> None:
    """Raise what is wrong with a layer, in a sentence that calls it by this title."""
    _arrays(W, b, title, None)
    _named(activation)


def _arrays(W: Any, b: Any, name: str, dtype: Any) -> tuple[Array, Array]:
    """Copy the arrays, in one type for both; a view of the caller's would change with it."""
    weights = _numbers(W, f"the weights of {name}")
    if weights.ndim != 2:
        raise ShapeError(
            f"{name}: a layer's weights are a matrix, a row for each input and a column for each neuron, "
            f"and got shape {weights.shape}"
        )
    if not weights.size:
        raise ShapeError(f"{name}: a layer needs at least one input and one neuron, and got weights {weights.shape}")
    bias = np.zeros(weights.shape[1:], weights.dtype) if b is None else _numbers(b, f"the bias of {name}")
    if bias.shape != weights.shape[1:]:
        raise ShapeError(f"{name}: {unbiased(weights.shape, bias.shape)}")
    common = np.result_type(weights, bias) if dtype is None else _type(dtype)
    return _frozen(weights, common), _frozen(bias, common)


def _type(given: Any) -> np.dtype[Any]:
    """Take a type for a network's numbers."""
    dtype: np.dtype[Any] | None
    try:
        dtype = np.dtype(given)
    except (TypeError, ValueError, SyntaxError):  # the latter for texts with commas, which NumPy reads as Python
        dtype = None
    if dtype is None or dtype.kind not in ("f", "O") or dtype.subdtype is not None:
        raise NetworkError(
            f"the numbers of a network are of a type of float, or object, for exact rationals, and got {given!r}: "
            "write float, 'float32', or numpy.float16"
        )
    return dtype


def unbiased(weights: tuple[int, ...], bias: tuple[int, ...]) -> str:
    """Say that a bias does not fit on weights."""
    return f"a layer of weights {weights} needs a bias of shape {weights[1:]}, one for each column, and got {bias}"


def _frozen(array: Array, dtype: np.dtype[Any]) -> Array:
    """Copy in C order, for matrix products that read along rows."""
    if dtype.kind == "O" and array.dtype.kind != "O":
        array = exact.rational(array)
    with np.errstate(over="ignore"):
        kept = np.array(array, dtype=dtype, order="C")
    if dtype.kind == "f" and not np.isfinite(kept).all():
        largest = max(map(abs, array.flat))
        raise NetworkError(f"a number of {float(largest):.3g} is too large for {dtype}: take a wider type of float")
    kept.flags.writeable = False
    return kept


def _numbers(given: Any, what: str) -> Array:
    """Take anything array-like as an array of finite floats, or of exact rationals."""
    if hasattr(given, "detach"):  # a parameter of PyTorch, which knows its gradient
        given = given.detach().cpu()
    try:
        array = exact.grid(given)
    except (NumeralError, TypeError, RuntimeError) as error:
        raise NetworkError(f"{what}: {error}") from None
    match array.dtype.kind:
        case "f":
            if not np.isfinite(array).all():
                place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
                raise NetworkError(f"{what} hold {array[place]} at {place}: a network's numbers are finite")
            return array
        case "i" | "u" | "b":
            return array.astype(np.float64)
        case "O":
            try:
                return exact.grid(exact.rational(array))
            except NumeralError as error:
                raise NetworkError(f"{what}: {error}") from None
    raise NetworkError(f"{what} are numbers, and got an array of {array.dtype}")
