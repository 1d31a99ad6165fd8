"""The forward pass in exact rationals, by whole numbers over one denominator: much faster than fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import Any, NamedTuple

import numpy as np

from fwdpass.errors import NetworkError, NumeralError
from fwdpass.networks import run
from fwdpass.networks.formulas import Array
from fwdpass.networks.layer import Layer, title
from fwdpass.numerals import exact


class Scaled(NamedTuple):
    """An array of rationals as whole numbers over one denominator."""

    whole: Array
    over: int

    @classmethod
    def of(cls, numbers: Any) -> Scaled:
        """Find the denominator that all have in common."""
        array = np.asarray(numbers)
        if array.dtype.kind == "f" and array.size and np.isfinite(array).all():
            return cls.written(array)
        fractions: Array = exact.rational(array)
        over = lcm(*{f.denominator for f in fractions.flat})
        return cls(_filled(fractions.shape, [f.numerator * (over // f.denominator) for f in fractions.flat]), over)

    @classmethod
    def written(cls, floats: Array) -> Scaled:
        """Read floats off their shortest decimals, as ``numerals.rational`` does, in a third of the time."""
        texts = map(repr, floats.ravel().tolist()) if floats.dtype == np.float64 else map(str, floats.ravel())
        parts = [_decimal(text) for text in texts]
        least = min(0, *(exponent for _, exponent in parts))
        return cls(_filled(floats.shape, [digits * 10 ** (e - least) for digits, e in parts]), 10**-least)

    def fractions(self) -> Array:
        """Give the rationals back."""
        return _filled(self.whole.shape, [Fraction(whole, self.over) for whole in self.whole.flat])

    def shortened(self) -> Scaled:
        """Divide by what all have in common, so that the numbers do not grow without need."""
        common = reduce(gcd, self.whole.flat, self.over)
        return self if common == 1 else Scaled(self.whole // common, self.over // common)


def _decimal(text: str) -> tuple[int, int]:
    """Give a decimal's digits and its exponent.

    >>> _decimal("-0.25"), _decimal("1e-05"), _decimal("3.0")
    ((-25, -2), (1, -5), (30, -1))
    """
    mantissa, _, exponent = text.partition("e")
    whole, _, part = mantissa.partition(".")
    return int(whole + part), int(exponent or 0) - len(part)


def _filled(shape: tuple[int, ...], entries: list[Any]) -> Array:
    """Make an object array: NumPy would look for a type of its own."""
    out = np.empty(len(entries), dtype=object)
    out[:] = entries
    return out.reshape(shape)


def steps(layers: run.Layers, x: Any) -> Iterator[tuple[Array, Array]]:
    """Run the network layer by layer, exactly; give the sums of each, and what its activation made of them."""
    for index, layer in enumerate(layers):
        if not layer.activation.rational:
            raise NetworkError(
                f"{title(index, layer.name)} has no exact value: "
                f"{layer.activation} of a rational number is not rational"
            )
    try:
        h = Scaled.of(run.array(layers, x))
    except NumeralError as error:
        raise NetworkError(f"the input: {error}") from None
    for layer in layers:
        z, h = _step(layer, h)
        yield z.fractions(), h.fractions()


def _parameters(layer: Layer) -> tuple[Scaled, Scaled]:
    """Give a layer's numbers as whole ones, worked out once: they cannot change."""
    kept: tuple[Scaled, Scaled] | None = layer.__dict__.get("_scaled")
    if kept is None:
        kept = Scaled.of(layer.W), Scaled.of(layer.b)
        object.__setattr__(layer, "_scaled", kept)
    return kept


def _step(layer: Layer, h: Scaled) -> tuple[Scaled, Scaled]:
    W, b = _parameters(layer)
    # Sums and biases over one denominator, so that only whole numbers are added.
    over = lcm(h.over * W.over, b.over)
    z = Scaled(h.whole @ W.whole * (over // (h.over * W.over)) + b.whole * (over // b.over), over).shortened()
    if layer.activation.exact is not None:
        return z, Scaled.of(layer.activation.exact(z.fractions()))
    slope = layer.activation.slope or Fraction(0)
    # ReLU, or a slope p / q below zero: all of it over q times the denominator, so that nothing is divided.
    kept = np.where(z.whole > 0, z.whole * slope.denominator, z.whole * slope.numerator)
    return z, Scaled(kept, z.over * slope.denominator).shortened()
