"""The activation functions as they are stable: for the arrays of any library, and faster ones for NumPy's."""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwdpass.nn import relu as lesson_relu

Array = NDArray[Any]

# For the arrays of any library ---------------------------------------------------------------------
#
# Each takes a namespace ``xp`` (NumPy, PyTorch, jax.numpy, any with the array API), the sums ``z``, and the number
# of the activation where it has one: the slope of a leaky ReLU, the alpha of an ELU. It gives a new array.


def above_zero(xp: Any, z: Any) -> Any:
    """Keep what is positive; ``xp.maximum(z, 0)``, for libraries that want two arrays."""
    return xp.where(z > 0, z, z * 0)


def sigmoid(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Never take the exponential of a positive number: it would overflow."""
    e = xp.exp(-xp.abs(z))
    return xp.where(z < 0, e / (1 + e), 1 / (1 + e))


def softmax(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Take the largest of each row away first: the quotients stay, and nothing overflows."""
    e = xp.exp(z - _largest(xp, z))
    return e / xp.sum(e, axis=-1, keepdims=True)


def log_softmax(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Take the logarithm of the sum alone: that of a share which is nearly zero would be lost."""
    shifted = z - _largest(xp, z)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))


def _largest(xp: Any, z: Any) -> Any:
    largest = getattr(xp, "amax", None) or xp.max  # PyTorch's max gives places, too
    return largest(z, axis=-1, keepdims=True)


def standardize(xp: Any, z: Any, epsilon: float) -> Any:
    """Shift and scale each row to mean 0 and variance 1; ``epsilon`` keeps equal numbers from a division by 0."""
    centred = z - xp.mean(z, axis=-1, keepdims=True)
    return centred / xp.sqrt(xp.mean(centred * centred, axis=-1, keepdims=True) + epsilon)


def leaky_relu(xp: Any, z: Any, slope: float) -> Any:
    """Multiply what is negative by a slope."""
    return xp.where(z > 0, z, z * slope)


def elu(xp: Any, z: Any, alpha: float) -> Any:
    """Bend what is negative towards -alpha."""
    return xp.where(z > 0, z, alpha * xp.expm1(xp.where(z < 0, z, z * 0)))


def celu(xp: Any, z: Any, alpha: float) -> Any:
    """Bend what is negative towards -alpha, with slope one at zero."""
    return xp.where(z > 0, z, alpha * xp.expm1(xp.where(z < 0, z, z * 0) / alpha))


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
"""Klambauer et al., equation (14): the fixed point at mean 0 and variance 1."""


def selu(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Scale an ELU so that mean 0 and variance 1 stay."""
    return SELU_SCALE * elu(xp, z, SELU_ALPHA)


def silu(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Weigh each sum by its sigmoid."""
    return z * sigmoid(xp, z)


def softplus(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Compute the logarithm of 1 + exp(z), which does not overflow."""
    return xp.logaddexp(z, z * 0)


def log_sigmoid(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Compute the logarithm of the sigmoid, which is never that of zero."""
    return -xp.logaddexp(-z, z * 0)


def mish(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Weigh each sum by the tanh of its softplus."""
    return z * xp.tanh(softplus(xp, z))


def softsign(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Divide each sum by one more than its size."""
    return z / (1 + xp.abs(z))


def clipped(low: int, high: int) -> Any:
    """Make a function that keeps each sum between two numbers."""

    def clip(xp: Any, z: Any, _: float = 0.0) -> Any:
        kept = xp.where(z < low, z * 0 + low, z)
        return xp.where(kept > high, kept * 0 + high, kept)

    return clip


def hard_sigmoid(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Three straight lines in place of the sigmoid: 0, z/6 + 1/2, 1."""
    return clipped(0, 1)(xp, (z + 3) / 6)


def hard_silu(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Weigh each sum by its hard sigmoid."""
    return z * hard_sigmoid(xp, z)


def gelu(xp: Any, z: Any, _: float = 0.0) -> Any:
    """Weigh each sum by the share of the normal distribution that is below it."""
    return z * ((1 + _erf_of(xp, z * math.sqrt(0.5))) / 2)


def gelu_tanh(xp: Any, z: Any, _: float = 0.0) -> Any:
    """GELU by its formula with tanh."""
    return z * ((1 + xp.tanh(_SCALE * z * (1 + _CUBE * z * z))) / 2)


_SCALE, _CUBE = math.sqrt(2 / math.pi), 0.044715


def _erf_of(xp: Any, z: Any) -> Any:
    """Take the library's own error function, or Python's, entry by entry: the array API has none."""
    if xp.__name__ == "cupy":
        return importlib.import_module("cupyx.scipy.special").erf(z)
    if hasattr(xp, "erf"):
        return xp.erf(z)
    if hasattr(z, "map_blocks"):
        return z.map_blocks(erf, dtype=z.dtype)
    return xp.asarray(erf(np.asarray(z)))


_entrywise_erf = np.frompyfunc(math.erf, 1, 1)


def erf(z: Array) -> Array:
    """NumPy has no error function; Python's is right to the last place, and slow."""
    found: Array = np.asarray(_entrywise_erf(z), dtype=z.dtype)
    return found


# In place, for NumPy -------------------------------------------------------------------------------

BLOCK = 2048
"""Entries from which on two long rows are taken together: NumPy is faster on them than on a row and one number."""
LONG = 4 * BLOCK
"""Entries that one call takes: they stay in the cache, and the call costs little beside them."""
_ZEROS = {np.dtype(kind): np.zeros(LONG, kind) for kind in ("f2", "f4", "f8", np.longdouble)}
_ZERO = {dtype: np.zeros((), dtype) for dtype in _ZEROS}


def relu_in_place(z: Array) -> Array:
    """:func:`fwdpass.nn.relu`, bit for bit, without a new array."""
    if z.dtype not in _ZEROS:
        return lesson_relu(z)
    if z.size < BLOCK or not z.flags.c_contiguous:
        return np.maximum(_ZERO[z.dtype], z, out=z)
    zeros, flat = _ZEROS[z.dtype], z.reshape(-1)
    for start in range(0, z.size, LONG):
        part = flat[start : start + LONG]
        np.maximum(zeros[: part.size], part, out=part)
    return z


def tanh_in_place(z: Array) -> Array:
    """NumPy's own."""
    return np.tanh(z, out=z)


def sigmoid_in_place(z: Array) -> Array:
    """:func:`sigmoid`, with one new array instead of four."""
    e = np.abs(z)
    np.negative(e, out=e)
    np.exp(e, out=e)
    above = np.where(z < 0, e, np.ones((), z.dtype))
    e += 1
    return np.divide(above, e, out=z)


def softmax_in_place(z: Array) -> Array:
    """:func:`softmax`, without a new array."""
    z -= z.max(axis=-1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=-1, keepdims=True)
    return z


def gelu_tanh_in_place(z: Array) -> Array:
    """:func:`gelu_tanh`, with one new array."""
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
