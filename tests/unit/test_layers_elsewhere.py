"""Arrays of any library with the array API pass through as themselves."""

from __future__ import annotations

import math
import sys
from types import ModuleType
from typing import Any

import array_api_strict as xp
import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import NetworkError, ShapeError
from tests.networks import ACTIVATIONS, network, rows


@pytest.mark.parametrize("act", ["identity", *ACTIVATIONS])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_an_array_of_the_standard_stays_one(act: str, kind: str) -> None:
    net, X = network(6, 5, 4, acts=[act, act]), rows(9, 6).astype(kind)
    y = net.forward(xp.asarray(X))
    assert type(y) is type(xp.asarray(X))
    assert y.dtype == getattr(xp, kind)
    assert np.abs(np.asarray(y) - net.forward(X)).max() <= 64 * np.finfo(kind).eps
    steps = net.forward(xp.asarray(X), steps=True)
    assert [step.z.shape for step in steps] == [(9, 5), (9, 4)]


def test_whole_numbers_become_floats_of_the_networks() -> None:
    net = network(3, 2)
    y = net.forward(xp.asarray([1, 2, 3]))
    assert y.dtype == xp.float64
    assert np.allclose(np.asarray(y), net.forward([1, 2, 3]))


def test_one_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"layer 1: cannot multiply \(4,\) @ \(3, 2\)"):
        network(3, 2).forward(xp.ones(4))


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(NetworkError, match=r"array of .*complex128, and the forward pass takes real numbers"):
        network(3, 2).forward(xp.ones(3, dtype=xp.complex128))


# Arrays that refuse to become NumPy's, as CuPy's do ------------------------------------------------------------------


class Device:
    """A device that can be made the current one."""

    entered = 0

    def __enter__(self) -> None:
        Device.entered += 1

    def __exit__(self, *_: object) -> None:
        """Leave it."""


class Far:
    """An array somewhere else: of the standard, strictly, and it mixes with numbers of Python's alone."""

    device = Device()

    def __init__(self, inner: Any) -> None:
        self._inner, self.shape, self.dtype = inner, inner.shape, np.dtype(str(inner.dtype).rpartition(".")[2])

    def __array__(self, *_: object, **__: object) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()`")

    def __array_ufunc__(self, *_: object, **__: object) -> Any:
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")

    def get(self) -> Any:
        """Fetch it, as NumPy's."""
        return np.asarray(self._inner)


def near(value: Any) -> Any:
    """What is wrapped; NumPy's arrays are refused."""
    if isinstance(value, np.ndarray | np.generic):
        raise TypeError(f"Unsupported type {type(value)}")
    return value._inner if isinstance(value, Far) else value


def wrapped(function: Any) -> Any:
    """Let a function of the standard take arrays that are far away."""
    return lambda *given, **options: Far(function(*map(near, given), **options))


for operator in ("matmul", "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "gt", "lt", "neg"):
    setattr(Far, f"__{operator}__", wrapped(getattr(type(xp.ones(1)), f"__{operator}__")))


class Standard(Far):
    """One that says where its functions are, as newer versions do."""

    def __array_namespace__(self) -> Any:
        return sys.modules["cupy"]


def asarray(a: Any, dtype: Any = None, order: Any = None, *, blocking: bool = False) -> Far:
    """Bring an array there: not told to which device."""
    assert isinstance(a, np.ndarray | Far)
    assert (order, blocking) == (None, False)
    kind = None if dtype is None else getattr(xp, np.dtype(dtype).name)
    return Far(xp.asarray(a._inner if isinstance(a, Far) else np.array(a), dtype=kind))


@pytest.fixture(params=[Far, Standard])
def far(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make an array there, of the newer kind and the older."""
    cupy, special = ModuleType("cupy"), ModuleType("cupyx.scipy.special")
    names = ("abs", "exp", "where", "maximum", "zeros_like", "tanh", "sum", "max")
    vars(cupy).update({name: wrapped(getattr(xp, name)) for name in names}, asarray=asarray)
    erf = np.frompyfunc(math.erf, 1, 1)
    vars(special).update(erf=lambda z: Far(xp.asarray(erf(z.get()).astype(z.dtype))))
    for name, module in (
        ("cupy", cupy),
        ("cupyx", special),
        ("cupyx.scipy", special),
        ("cupyx.scipy.special", special),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    for kind in (Far, Standard):
        monkeypatch.setattr(kind, "__module__", "cupy")
    return lambda array: request.param(xp.asarray(array))


@pytest.mark.parametrize("act", ["identity", *ACTIVATIONS])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_an_array_that_does_not_become_numpys_passes_through(far: Any, act: str, kind: str) -> None:
    net, X = network(6, 5, 4, acts=[act, act]), rows(9, 6).astype(kind)
    entered = Device.entered
    y = net.forward(far(X))
    assert isinstance(y, Far)
    assert y.dtype == kind
    assert np.abs(y.get() - net.forward(X)).max() <= 64 * np.finfo(kind).eps
    assert Device.entered == entered + 4  # weights and biases go where the input is
    assert [step.h.shape for step in net.forward(far(X[0]), steps=True)] == [(5,), (4,)]


def test_whole_numbers_far_away_become_floats(far: Any) -> None:
    y = network(3, 2).forward(far(np.array([1, 2, 3])))
    assert isinstance(y, Far)
    assert y.dtype == np.float64


def test_what_needs_numpys_arrays_says_so(far: Any) -> None:
    net = network(3, 2)
    with pytest.raises(NetworkError, match=r"the input: Implicit conversion to a NumPy array is not allowed.*get\(\)"):
        net.forward(far(np.ones(3)), exact=True)
    with pytest.raises(NetworkError, match="the weights of the layer: Implicit conversion"):
        fp.Layer(far(np.ones((3, 2))))
    with pytest.raises(ShapeError, match=r"layer 1: cannot multiply \(4,\) @ \(3, 2\)"):
        net.forward(far(np.ones(4)))
