"""Laws of the forward pass: floats and rationals give the reader the same text, and matrices say what loops say."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fwdpass import lesson, nn
from fwdpass.errors import ShapeError
from fwdpass.numerals.exact import agree, rational
from fwdpass.numerals.writing import cells, text

Array = NDArray[Any]
Network = tuple[Array, ...]
LAYERS: Network = (lesson.W1, lesson.b1, lesson.W2, lesson.b2)
IMAGES = [np.array(pixels) for pixels in product((0, 1), repeat=4)]


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Any small network whose numbers have one decimal, as a teacher would write it."""
    n_in, n_hidden, n_out = draw(st.tuples(*[st.integers(1, 4)] * 3))
    sizes = [(n_in,), (n_in, n_hidden), (n_hidden,), (n_hidden, n_out), (n_out,)]

    def array(shape: tuple[int, ...]) -> Array:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(-20, 20), min_size=size, max_size=size))).reshape(shape) / 10

    return tuple(array(shape) for shape in sizes)


def loops(x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> list[list[Fraction]]:
    """The network in nothing but Python's fractions and loops."""

    def layer(inputs: list[Fraction], W: Array, b: Array) -> list[Fraction]:
        return [
            sum((v * Fraction(str(W[i, j])) for i, v in enumerate(inputs)), Fraction(str(b[j])))
            for j in range(W.shape[1])
        ]

    z1 = layer([Fraction(str(v)) for v in x], W1, b1)
    h = [max(Fraction(0), z) for z in z1]
    return [z1, h, layer(h, W2, b2)]


def check(x: Array, layers: Network) -> None:
    """All that a reader is shown of one forward pass."""
    oracle = [np.array(step, dtype=object) for step in loops(x, *layers)]
    exact = nn.forward(*map(rational, (x, *layers)))
    in_floats = nn.forward(x, *layers)
    for said, meant, computed in zip(exact, oracle, in_floats, strict=True):
        assert (said == meant).all()
        assert text(computed) == text(said)
        assert cells(computed, ".4f") == cells(said, ".4f")
        assert agree(computed, said)


@pytest.mark.parametrize("x", IMAGES, ids=lambda x: "".join(map(str, x)))
def test_every_one_of_the_sixteen_images_has_one_text_in_floats_and_in_rationals(x: Array) -> None:
    check(x, LAYERS)
    target = x.reshape(2, 2).T.flatten()
    in_floats = nn.mse(nn.forward(x, *LAYERS).y_hat, target)
    exact = nn.mse(nn.forward(*map(rational, (x, *LAYERS))).y_hat, rational(target))
    assert type(exact) is Fraction
    assert text(in_floats) == text(exact)
    assert text(in_floats, ".3f") == text(exact, ".3f")


def test_all_sixteen_images_at_once_are_the_sixteen_one_by_one() -> None:
    batch = np.array(IMAGES)
    together = nn.forward(batch, *LAYERS)
    exact = nn.forward(*map(rational, (batch, *LAYERS)))
    for n, x in enumerate(IMAGES):
        for rows, rows_exactly, alone in zip(together, exact, nn.forward(x, *LAYERS), strict=True):
            assert cells(rows[n]) == cells(alone)
            assert agree(rows[n], alone)
            assert agree(rows_exactly[n], alone)
    assert text(together.y_hat) == text(exact.y_hat)


def test_rationals_decide_dead_boundary_and_alive_where_floats_err() -> None:
    """Twenty, five and twenty-three of the 48 neurons; floats misjudge three of the five on the boundary."""
    z1 = nn.forward(*map(rational, (np.array(IMAGES), *LAYERS))).z1
    assert [(z1 < 0).sum(), (z1 == 0).sum(), (z1 > 0).sum()] == [20, 5, 23]


@given(networks())
def test_any_network_of_one_decimal_numbers_has_one_text_in_floats_and_in_rationals(network: Network) -> None:
    x, *layers = network
    check(x, tuple(layers))


@given(networks())
def test_a_column_of_the_matrix_is_a_neuron(network: Network) -> None:
    x, W1, b1, W2, b2 = network
    z1, h, y_hat = nn.forward(*network)
    assert agree(z1, [nn.neuron(x, W1[:, j], b1[j]) for j in range(len(b1))])
    assert agree(y_hat, [nn.neuron(h, W2[:, k], b2[k]) for k in range(len(b2))])
    exact = nn.forward(*map(rational, network))
    for j in range(len(b1)):
        assert nn.neuron(rational(x), rational(W1)[:, j], rational(b1)[j]) == exact.z1[j]


@given(networks())
def test_relu_keeps_the_positive_and_nothing_else(network: Network) -> None:
    z1, h, _ = nn.forward(*map(rational, network))
    assert [max(z, 0) for z in z1] == list(h)
    assert (nn.relu(h) == h).all(), "twice is once"


@given(networks())
def test_two_layers_without_relu_are_one(network: Network) -> None:
    x, W1, b1, W2, b2 = map(rational, network)
    W_eff, b_eff = nn.collapse(W1, b1, W2, b2)
    assert ((x @ W1 + b1) @ W2 + b2 == x @ W_eff + b_eff).all()
    in_floats = nn.collapse(*network[1:])
    assert agree(in_floats[0], W_eff)
    assert agree(in_floats[1], b_eff)
    assert text(in_floats[0]) == text(W_eff)
    assert text(in_floats[1]) == text(b_eff)


@given(networks(), st.integers(0, 3))
def test_a_forward_pass_changes_none_of_its_arrays(network: Network, times: int) -> None:
    before = [array.copy() for array in network]
    for _ in range(times):
        nn.forward(*network)
        nn.collapse(*network[1:])
    assert all((a == b).all() for a, b in zip(network, before, strict=True))


@given(networks(), networks())
def test_arrays_that_do_not_fit_are_refused_with_both_shapes(one: Network, other: Network) -> None:
    x, W1, b1, W2, b2 = one[0], one[1], other[2], other[3], other[4]
    if b1.shape == W1.shape[1:]:
        assert nn.forward(x, W1, b1, W2, b2).y_hat.shape == b2.shape
        return
    with pytest.raises(ShapeError) as refusal:
        nn.forward(x, W1, b1, W2, b2)
    assert str(W1.shape) in str(refusal.value)
    assert str(b1.shape) in str(refusal.value)
