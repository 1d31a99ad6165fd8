"""How far two computations of a network may be apart by rounding alone.

The bound is a running error analysis: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition,
SIAM 2002, sections 3.1 and 3.3. A sum of n products is off by at most γₙ = n u / (1 − n u) times the sum of their
sizes, where u is half the distance from 1 to the next number; what comes in with an error hands it on, times the
sizes of the weights, and an activation lets it grow by its largest slope.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fwdpass.networks.formulas import Array
from fwdpass.networks.layer import Layer

_FUNCTION = 8
"""Units of rounding that a library's exp, tanh or erf may be off, with what is multiplied and added around it."""
_MEANING = {"float16": 2.0**-11, "bfloat16": 2.0**-8, "float32": 2.0**-24, "float64": 2.0**-53}


def unit(dtype: str) -> float:
    """Give u, half the distance from 1 to the next number of a type; an unknown one is taken as NumPy has it.

    >>> unit("float32") == 2.0**-24
    True
    """
    return _MEANING.get(dtype) or float(np.finfo(dtype).eps) / 2


def bound(layers: Sequence[Layer], x: Array, *types: str) -> Array:
    """Give how far computations of a row in these types of float may be apart, for each output: (n_out,).

    >>> layer = Layer([[1.0], [1.0]], [1.0])
    >>> float(bound([layer], np.array([1.0, 2.0]), "float64", "float64").max()) < 1e-14
    True
    """
    total: Array = sum((_error(layers, x, unit(one)) for one in types), np.zeros(layers[-1].W.shape[1]))
    return total


def _error(layers: Sequence[Layer], x: Array, u: float) -> Array:
    """Bound the error of one computation, against exact arithmetic."""
    h = np.asarray(x, np.float64)
    error = u * np.abs(h)  # it may have been rounded to the type
    with np.errstate(all="ignore"):
        for layer in layers:
            act, sizes = layer.activation, np.abs(layer.W.astype(np.float64))
            z = h @ layer.W.astype(np.float64) + layer.b.astype(np.float64)
            # n products and a bias, and weights that may have been rounded, or folded together, themselves
            n = len(sizes) + 4
            gamma = n * u / (1 - n * u) if n * u < 0.5 else n * u
            error = error @ sizes + gamma * (np.abs(h) @ sizes + np.abs(layer.b.astype(np.float64)))
            steep = act.steep(z, act.number) if callable(act.steep) else act.steep
            if act.rowwise:
                error = np.full_like(error, error.max())
            h = act.function(np, z, act.number)
            units = 1 if act.slope is not None else _FUNCTION
            error = error * steep + units * u * (np.abs(h) + (0 if act.slope is not None else np.abs(z) * steep))
    found: Array = error
    return found
