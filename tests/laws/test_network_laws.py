"""Laws of any network: floats are near the exact rationals, for ten thousand networks, and copies lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import fwdpass as fp
from fwdpass.networks import rounding
from fwdpass.networks.activations import ACTIVATIONS, activation
from fwdpass.networks.formulas import BLOCK
from fwdpass.nn import relu

RATIONAL = ("identity", "relu", "leaky relu(0.2)", "leaky relu(0.01)")


MANY = 20
"""Networks that are made of one example: drawing costs more than checking."""


@st.composite
def networks(draw: st.DrawFn, many: int = 1) -> list[tuple[fp.Network, Any]]:
    """Networks of up to three layers and up to four neurons each, and an input for each; numbers of a few decimals.

    Drawn as one block of bytes, and cut up: a strategy for each number takes a hundred times as long.
    """
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    shapes = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])] + [(sizes[0],)]
    total = sum(prod(shape) for shape in shapes)
    noise = draw(st.binary(min_size=2 * total * many, max_size=2 * total * many))
    scale = 10.0 ** draw(st.integers(0, 4))
    acts = draw(st.lists(st.sampled_from(RATIONAL), min_size=many + 2, max_size=many + 2))
    made = []
    for i, numbers in enumerate(np.frombuffer(noise, np.int16).reshape(many, total) / scale):
        *parameters, x = _cut(numbers, shapes)
        made.append((fp.Network(*zip(parameters[::2], parameters[1::2], acts[i:], strict=False)), x))
    return made


def _cut(numbers: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    ends = np.cumsum([prod(shape) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(numbers, ends[:-1]), shapes, strict=True)]


def loops(net: fp.Network, x: Any) -> tuple[list[Fraction], list[Fraction]]:
    """The network in nothing but fractions and loops; and how large the terms of each sum could be."""
    h = [Fraction(str(v)) for v in x]
    reach = [abs(v) for v in h]
    for layer in net:
        W = [[Fraction(str(w)) for w in row] for row in layer.W]
        b = [Fraction(str(v)) for v in layer.b]
        z = [sum((h[i] * W[i][j] for i in range(len(h))), b[j]) for j in range(len(b))]
        reach = [sum((reach[i] * abs(W[i][j]) for i in range(len(reach))), abs(b[j])) for j in range(len(b))]
        slope = layer.activation.slope
        assert slope is not None
        h = [v if v > 0 else v * slope for v in z]
    return h, reach


@settings(max_examples=10_000 // MANY)
@given(networks(MANY))
def test_floats_are_near_the_exact_rationals_and_exact_is_exact(made: list[tuple[fp.Network, Any]]) -> None:
    """Ten thousand networks."""
    for net, x in made:
        exact, reach = loops(net, x)
        assert net.forward(x, exact=True).tolist() == exact
        # a bound on rounding: a few units in the last place for each operation, of the largest that a term can be
        for found, value, most in zip(net.forward(x).tolist(), exact, reach, strict=True):
            assert abs(Fraction(found) - value) <= most * 32 / 2**52


@given(networks(), st.integers(1, 3))
def test_a_batch_is_its_rows(made: list[tuple[fp.Network, Any]], n: int) -> None:
    ((net, x),) = made
    batch = np.array([x * (i + 1) for i in range(n)])
    rows = [net.forward(row, exact=True).tolist() for row in batch]
    assert net.forward(batch, exact=True).tolist() == rows


@given(networks())
def test_collapsing_changes_no_exact_value(made: list[tuple[fp.Network, Any]]) -> None:
    ((floats, x),) = made
    net = floats.astype(object)
    flat = net.collapse()
    assert flat.forward(x, exact=True).tolist() == net.forward(x, exact=True).tolist()
    assert not any(layer.activation.name == "identity" for layer in flat.layers[:-1])


ACTS = [*ACTIVATIONS, "leaky relu(0.2)", "leaky relu(3)", "elu(0.5)", "elu(2)", "celu(0.5)", "standardize(0.001)"]
ENTRYWISE = [act for act in ACTS if not activation(act).rowwise and act != "exponential"]


@given(networks(4), st.sampled_from(ACTS))
def test_two_types_of_float_are_no_further_apart_than_the_bound(made: list[tuple[fp.Network, Any]], act: str) -> None:
    for drawn, given_x in made:
        # sums of a few units: where exp overflows, or a row is one number over and over, no bound says anything
        net = fp.Network(*((la.W / 2**15, la.b / 2**15, act) for la in drawn))
        x = given_x / 2**15
        with np.errstate(all="ignore"):
            apart = np.abs(net.astype(np.float32).forward(x.astype(np.float32)) - net.forward(x))
            allowed = rounding.bound(net.layers, x, "float32", "float64")
        assert np.all(apart <= allowed)


@given(networks())
def test_a_bound_is_no_more_than_rounding(made: list[tuple[fp.Network, Any]]) -> None:
    """Each layer adds at most a few units in the last place of the largest that a term can be, both times."""
    ((net, x),) = made
    _, reach = loops(net, x)
    allowed = rounding.bound(net.layers, x, "float64", "float64")
    assert np.all(allowed <= [float(most) * 64 * 2.0**-52 * 2 ** len(net) for most in reach])


@given(st.sampled_from(ENTRYWISE), st.floats(-60, 60), st.floats(-60, 60))
def test_no_activation_is_steeper_than_it_says(act: str, a: float, b: float) -> None:
    made = activation(act)
    at_a, at_b = made.function(np, np.array([a, b]), made.number)
    assert not callable(made.steep)
    assert abs(at_a - at_b) <= made.steep * abs(a - b) * (1 + 1e-12) + 1e-14


FRACTIONS = st.fractions(-20, 20, max_denominator=1000)
EXACTLY: dict[str, Callable[[Fraction], Fraction]] = {
    "relu6": lambda z: min(max(z, Fraction(0)), Fraction(6)),
    "hard tanh": lambda z: min(max(z, Fraction(-1)), Fraction(1)),
    "hard sigmoid": lambda z: min(max(z / 6 + Fraction(1, 2), Fraction(0)), Fraction(1)),
    "hard silu": lambda z: z * min(max(z / 6 + Fraction(1, 2), Fraction(0)), Fraction(1)),
    "softsign": lambda z: z / (1 + abs(z)),
}


@given(st.lists(FRACTIONS, min_size=1, max_size=4))
def test_an_activation_with_exact_values_has_those_of_its_formula(sums: list[Fraction]) -> None:
    for name, formula in EXACTLY.items():
        net = fp.Network((np.array([[Fraction(1)]]), None, name))
        found = [net.forward(np.array([z]), exact=True)[0] for z in sums]
        assert found == [formula(z) for z in sums]
    rational = {name for name, act in ACTIVATIONS.items() if act.exact is not None}
    assert rational == set(EXACTLY)


ANY = st.floats(allow_nan=True, allow_infinity=True, width=32)


@given(arrays(np.float64, st.integers(0, 7), elements=ANY), st.sampled_from([1, BLOCK // 3, BLOCK]))
def test_relu_in_place_is_relu_bit_for_bit(z: Any, times: int) -> None:
    """However long the array is, and whatever is in it: no number, infinity, a zero with a sign."""
    for dtype in (np.float32, np.float64):
        long = np.tile(z, times).astype(dtype)
        expected = relu(long)
        assert activation("relu").in_place(long).tobytes() == expected.tobytes()
