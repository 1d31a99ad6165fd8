"""What a layer may do to its sums: each activation as it is stable, for NumPy's arrays in place and for any others."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwdpass.errors import NetworkError
from fwdpass.nn import relu

Array = NDArray[Any]


@dataclass(frozen=True)
class Activation:
    """An activation function, by its name; ``str`` gives it back as :class:`~fwdpass.Layer` takes it.

    >>> from fwdpass.networks.activations import activation
    >>> print(activation("tanh"))
    tanh
    """

    name: str
    meaning: str = field(compare=False)
    """What it does to a sum, in a few words."""
    source: str = field(compare=False)
    """Where it, or the form in which it is computed, comes from."""
    in_place: Callable[[Array], Any] = field(compare=False, repr=False)
    """Overwrite an array of floats, and give it."""
    elsewhere: Callable[[Any, Any], Any] = field(compare=False, repr=False)
    """The same for the arrays of any namespace: a new array."""
    slope: Fraction | None = None
    """By what a negative sum is multiplied; None where the function has no rational values."""
    rowwise: bool = field(default=False, compare=False)
    """Whether an entry depends on its whole row."""

    def __str__(self) -> str:
        return self.name

    @property
    def rational(self) -> bool:
        """Whether a rational number stays one."""
        return self.slope is not None

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return activation, (self.name,)


def activation(given: str | Activation) -> Activation:
    """Find an activation by its name, in any library's spelling.

    >>> [str(activation(name)) for name in ("ReLU", "leaky_relu", "LeakyReLU(0.2)", "linear", "gelu_tanh")]
    ['relu', 'leaky relu(0.01)', 'leaky relu(0.2)', 'identity', 'gelu tanh']
    """
    if isinstance(given, Activation):
        return given
    if isinstance(given, str):
        named = re.fullmatch(r"([a-z]+)(?:\((.+)\))?", re.sub(r"[\s_-]", "", given.lower().replace("e-", "e~")))
        if named and named[1] == "leakyrelu":
            return leaky_relu(named[2].replace("~", "-") if named[2] else "0.01")
        if named and not named[2] and named[1] in _SPELLINGS:
            return _SPELLINGS[named[1]]
    raise NetworkError(
        f"there is no activation {given!r}: there are {', '.join(ACTIVATIONS)} and leaky relu, "
        "or leaky relu(0.2) with its slope"
    )


def leaky_relu(slope: Any) -> Activation:
    """Keep what is positive, and multiply the rest by a slope, the decimal that was written.

    >>> print(leaky_relu(0.2))
    leaky relu(0.2)
    """
    try:
        exact = Fraction(Decimal(str(slope)))
    except (InvalidOperation, ValueError, OverflowError):
        raise NetworkError(f"a leaky ReLU's slope is a finite number, and {slope!r} is none") from None
    tilt = float(exact)

    def in_place(z: Array) -> Array:
        by: Any = exact if z.dtype.kind == "O" else z.dtype.type(tilt)
        tilted: Array = np.multiply(z, by, out=z, where=z <= 0)
        return tilted

    return Activation(
        f"leaky relu({Decimal(str(slope))})",
        "keeps what is positive; of the rest, a part",
        "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, ICML 2013",
        in_place,
        lambda xp, z: xp.where(z > 0, z, z * tilt),
        slope=exact,
    )


# In place, for NumPy ------------------------------------------------------------------------------


BLOCK = 2048
"""Entries that are taken together: NumPy is several times as fast on two long rows as on a row and a single number."""
_ZEROS = {np.dtype(kind): np.zeros(BLOCK, kind) for kind in ("f2", "f4", "f8", np.longdouble)}
_ZERO = {dtype: np.zeros((), dtype) for dtype in _ZEROS}


def _relu(z: Array) -> Array:
    """:func:`fwdpass.nn.relu`, bit for bit, without a new array."""
    if z.dtype not in _ZEROS:
        return relu(z)
    if z.size < BLOCK or not z.flags.c_contiguous:
        return np.maximum(_ZERO[z.dtype], z, out=z)
    zeros, flat = _ZEROS[z.dtype], z.reshape(-1)
    whole = len(flat) // BLOCK * BLOCK
    blocks, rest = flat[:whole].reshape(-1, BLOCK), flat[whole:]
    np.maximum(zeros, blocks, out=blocks)
    np.maximum(zeros[: len(rest)], rest, out=rest)
    return z


def _sigmoid(z: Array) -> Array:
    """Never take the exponential of a positive number: it would overflow."""
    e = np.abs(z)
    np.negative(e, out=e)
    np.exp(e, out=e)
    above = np.where(z < 0, e, np.ones((), z.dtype))
    e += 1
    return np.divide(above, e, out=z)


def _softmax(z: Array) -> Array:
    """Take the largest of each row away first: the quotients stay, and nothing overflows."""
    z -= z.max(axis=-1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=-1, keepdims=True)
    return z


def _gelu(z: Array) -> Array:
    z *= (1 + _erf(z * z.dtype.type(math.sqrt(0.5)))) / 2
    return z


def _gelu_tanh(z: Array) -> Array:
    inner = z * z
    inner *= _CUBE
    inner += 1
    inner *= z
    inner *= _SCALE
    np.tanh(inner, out=inner)
    inner += 1
    inner /= 2
    z *= inner
    return z


_SCALE, _CUBE = math.sqrt(2 / math.pi), 0.044715
_entrywise_erf = np.frompyfunc(math.erf, 1, 1)


def _erf(z: Array) -> Array:
    """NumPy has no error function; Python's is right to the last place, and slow."""
    erf: Array = np.asarray(_entrywise_erf(z), dtype=z.dtype)
    return erf


# For the arrays of others -------------------------------------------------------------------------


def _sigmoid_of(xp: Any, z: Any) -> Any:
    e = xp.exp(-xp.abs(z))
    return xp.where(z < 0, e / (1 + e), 1 / (1 + e))


def _softmax_of(xp: Any, z: Any) -> Any:
    largest = getattr(xp, "amax", None) or xp.max  # PyTorch's max gives places, too
    e = xp.exp(z - largest(z, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def _gelu_of(xp: Any, z: Any) -> Any:
    return z * ((1 + _erf_of(xp, z * math.sqrt(0.5))) / 2)


def _gelu_tanh_of(xp: Any, z: Any) -> Any:
    return z * ((1 + xp.tanh(_SCALE * z * (1 + _CUBE * z * z))) / 2)


_ERF_HOMES = {"jax": "jax.scipy.special", "cupy": "cupyx.scipy.special"}


def _erf_of(xp: Any, z: Any) -> Any:
    """The array API has no error function: take the library's own, wherever it keeps it."""
    root = xp.__name__.partition(".")[0]
    home = importlib.import_module(_ERF_HOMES[root]) if root in _ERF_HOMES else xp
    if hasattr(home, "erf"):
        return home.erf(z)
    if hasattr(z, "map_blocks"):
        return z.map_blocks(_erf, dtype=z.dtype)
    return xp.asarray(_erf(np.asarray(z)))


ACTIVATIONS = {
    made.name: made
    for made in (
        Activation("identity", "passes every sum on", "", lambda z: z, lambda _, z: z, slope=Fraction(1)),
        Activation(
            "relu",
            "keeps what is positive, clamps the rest to zero",
            "Nair & Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
            _relu,
            lambda xp, z: xp.where(z > 0, z, z * 0) if xp.__name__ == "torch" else xp.maximum(z, xp.zeros_like(z)),
            slope=Fraction(0),
        ),
        Activation(
            "sigmoid",
            "squeezes every sum between zero and one",
            "the two forms by the sign of z: Blanchard, Higham & Higham, Accurately computing the log-sum-exp and "
            "softmax functions, IMA J. Numer. Anal. 41, 2021",
            _sigmoid,
            _sigmoid_of,
        ),
        Activation(
            "tanh",
            "squeezes every sum between minus one and one",
            "LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998",
            lambda z: np.tanh(z, out=z),
            lambda xp, z: xp.tanh(z),
        ),
        Activation(
            "softmax",
            "makes shares of a row, which add up to one",
            "shifted by the largest: Blanchard, Higham & Higham, Accurately computing the log-sum-exp and softmax "
            "functions, IMA J. Numer. Anal. 41, 2021",
            _softmax,
            _softmax_of,
            rowwise=True,
        ),
        Activation(
            "gelu",
            "weighs every sum by the normal distribution",
            "Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415",
            _gelu,
            _gelu_of,
        ),
        Activation(
            "gelu tanh",
            "GELU by its formula with tanh",
            "Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415, section 2",
            _gelu_tanh,
            _gelu_tanh_of,
        ),
    )
}
_SPELLINGS = {name.replace(" ", ""): made for name, made in ACTIVATIONS.items()} | {
    "linear": ACTIVATIONS["identity"],
    "none": ACTIVATIONS["identity"],
    "logistic": ACTIVATIONS["sigmoid"],
}
