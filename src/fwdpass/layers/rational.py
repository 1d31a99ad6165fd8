"""The forward pass in exact rationals, by whole numbers over one denominator: much faster than fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fwdpass import exact
from fwdpass.errors import NetworkError, NumeralError
from fwdpass.layers import run
from fwdpass.layers.activations import Array

if TYPE_CHECKING:
    from fwdpass.layers.layer import Layer
    from fwdpass.layers.network import Network


class Scaled(NamedTuple):
    """An array of rationals as whole numbers over one denominator."""

    whole: Array
    over: int

    @classmethod
    def of(cls, numbers: Any) -> Scaled:
        """Find the denominator that all have in common."""
        fractions: Array = exact.rational(np.asarray(numbers))
        over = lcm(*{f.denominator for f in fractions.flat})
        return cls(_filled(fractions.shape, [f.numerator * (over // f.denominator) for f in fractions.flat]), over)

    def fractions(self) -> Array:
        """Give the rationals back."""
        return _filled(self.whole.shape, [Fraction(whole, self.over) for whole in self.whole.flat])

    def shortened(self) -> Scaled:
        """Divide by what all have in common, so that the numbers do not grow without need."""
        common = reduce(gcd, self.whole.flat, self.over)
        return self if common == 1 else Scaled(self.whole // common, self.over // common)


def _filled(shape: tuple[int, ...], entries: list[Any]) -> Array:
    """An object array: NumPy would look for a type of its own."""
    out = np.empty(len(entries), dtype=object)
    out[:] = entries
    return out.reshape(shape)


def steps(network: Network, x: Any) -> Iterator[tuple[Array, Array]]:
    """Run the network layer by layer, exactly; give the sums of each, and what its activation made of them."""
    for index, layer in enumerate(network):
        if not layer.activation.rational:
            raise NetworkError(
                f"{network.title(index)} has no exact value: {layer.activation} of a rational number is not rational"
            )
    try:
        h = Scaled.of(run.array(network, x))
    except NumeralError as error:
        raise NetworkError(f"the input: {error}") from None
    for layer in network:
        z, h = _step(layer, h)
        yield z.fractions(), h.fractions()


def _step(layer: Layer, h: Scaled) -> tuple[Scaled, Scaled]:
    W, b = Scaled.of(layer.W), Scaled.of(layer.b)
    over = lcm(h.over * W.over, b.over)
    z = Scaled(h.whole @ W.whole * (over // (h.over * W.over)) + b.whole * (over // b.over), over).shortened()
    slope = layer.activation.slope or Fraction(0)
    kept = np.where(z.whole > 0, z.whole * slope.denominator, z.whole * slope.numerator)
    return z, Scaled(kept, z.over * slope.denominator).shortened()
