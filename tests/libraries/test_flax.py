"""Flax's parameters, as a model of Flax's own has them."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from fwdpass.errors import ModelError, NetworkError
from fwdpass.networks import formats
from fwdpass.networks.activations import ACTIVATIONS, activation
from tests.networks import network, rows, same


class Model(nn.Module):  # type: ignore[misc]
    """A stack of two dense layers."""

    @nn.compact  # type: ignore[untyped-decorator]
    def __call__(self, x: Any) -> Any:
        h = nn.relu(nn.Dense(3)(x))
        return nn.Dense(2)(h)


def test_flax_parameters_come_and_go_and_predict_the_same() -> None:
    X = rows(9, 4).astype(np.float32)
    params = Model().init(jax.random.key(0), jnp.asarray(X))
    net = formats.from_flax(params, "relu")
    assert net.sizes == (4, 3, 2)
    theirs = np.asarray(Model().apply(params, X))
    assert np.abs(theirs - net.forward(X)).max() <= 16 * np.finfo(np.float32).eps
    back = formats.to_flax(network(4, 3, 2, dtype=np.float32))
    assert same(formats.from_flax(back, "relu"), network(4, 3, 2, dtype=np.float32))
    assert np.asarray(Model().apply(back, X)).shape == (9, 2)


class Tall(nn.Module):  # type: ignore[misc]
    """Twelve layers of one width, which shapes cannot tell apart: Dense_10 comes after Dense_9, not after Dense_1."""

    names: tuple[str | None, ...] = (None,) * 12

    @nn.compact  # type: ignore[untyped-decorator]
    def __call__(self, x: Any) -> Any:
        for name in self.names[:-1]:
            x = nn.relu(nn.Dense(4, name=name)(x))
        return nn.Dense(4, name=self.names[-1])(x)


def apart(model: Any, params: Any, net: Any, X: Any) -> float:
    """By how much Flax's prediction and ours differ, in units of rounding."""
    return float(np.abs(np.asarray(model.apply(params, X)) - net.forward(X)).max() / np.finfo(np.float32).eps)


def test_layers_that_flax_numbers_are_in_the_order_of_their_numbers() -> None:
    model, X = Tall(), rows(9, 4).astype(np.float32)
    params = model.init(jax.random.key(0), jnp.asarray(X))
    sorted_by_jax = jax.tree.map(lambda leaf: leaf, params)
    assert apart(model, params, formats.from_flax(sorted_by_jax, "relu"), X) <= 64
    sequential = nn.Sequential([nn.Dense(4), nn.relu, nn.Dense(4)])
    params = sequential.init(jax.random.key(0), jnp.asarray(X))
    assert apart(sequential, params, formats.from_flax(params, "relu"), X) <= 16


def test_layers_of_one_shape_with_names_of_their_own_need_an_order() -> None:
    names, X = ("inner", "head", "middle"), rows(9, 4).astype(np.float32)
    model = Tall(names)
    params = model.init(jax.random.key(0), jnp.asarray(X))
    with pytest.raises(
        ModelError, match=r"say whether inner comes before middle or after it: name all layers .*order="
    ):
        formats.from_flax(params, "relu")
    assert apart(model, params, formats.from_flax(params, "relu", order=names), X) <= 16
    assert apart(model, params, formats.from_flax(params, "relu", order=sorted(names)), X) > 1000


def test_layers_that_fit_in_one_order_alone_need_none() -> None:
    class Model(nn.Module):  # type: ignore[misc]
        @nn.compact  # type: ignore[untyped-decorator]
        def __call__(self, x: Any) -> Any:
            return nn.Dense(2, name="a")(nn.relu(nn.Dense(3, name="b")(x)))

    X = rows(9, 4).astype(np.float32)
    params = Model().init(jax.random.key(0), jnp.asarray(X))
    assert apart(Model(), params, formats.from_flax(params, "relu"), X) <= 16


def test_the_state_of_an_nnx_module_is_a_tree_too() -> None:
    class Model(nnx.Module):  # type: ignore[misc]
        def __init__(self, rngs: nnx.Rngs) -> None:
            self.layers = nnx.List([nnx.Linear(4, 4, rngs=rngs) for _ in range(11)])

    model, x = Model(nnx.Rngs(0)), rows(9, 4).astype(np.float32)
    expected = jnp.asarray(x)
    for i, layer in enumerate(model.layers):
        expected = layer(expected if i == 0 else nn.relu(expected))
    for state in (nnx.state(model), nnx.to_pure_dict(nnx.state(model))):
        assert np.abs(np.asarray(expected) - formats.from_flax(state, "relu").forward(x)).max() <= 1e-5


@pytest.mark.parametrize(("act", "theirs"), [("leaky_relu", nn.leaky_relu), ("gelu tanh", nn.gelu)])
def test_an_activation_is_that_of_jax_without_options(act: str, theirs: Any) -> None:
    z = rows(5, 3).astype(np.float32)
    net = network(3, 3, acts=[act], dtype=np.float32)
    assert np.abs(np.asarray(theirs(z @ net[0].W + net[0].b)) - net.forward(z)).max() <= 1e-6


OWN = [str(act) for act in ACTIVATIONS.values() if "jax.nn" in act.spelt]


@pytest.mark.parametrize("act", [*OWN, "elu(0.5)", "celu(0.5)", "leaky relu(0.2)"])
def test_a_gradient_at_zero_is_that_of_jax_itself(act: str) -> None:
    """ReLU's is 0 in jax.nn, and 1/2 for a maximum of two that are equal."""
    made = activation(act)
    spelt = made.spelt["jax.nn"]
    number = {spelt.number: made.number} if spelt.number else {}
    theirs = jax.grad(lambda z: getattr(jax.nn, spelt.name)(z, **spelt.options, **number).sum())(jnp.zeros(3))
    ours = jax.grad(lambda z: made.elsewhere(jnp, z).sum())(jnp.zeros(3))
    assert np.array_equal(np.asarray(ours), np.asarray(theirs))
    if act == "sigmoid":
        assert ours.tolist() == [0.25] * 3


def test_complex_numbers_of_jax_are_refused() -> None:
    with pytest.raises(NetworkError, match="array of complex64, and the forward pass takes real numbers"):
        network(3, 2).forward(jnp.ones(3, jnp.complex64))


def test_bfloat16_becomes_a_float_that_has_all_its_numbers() -> None:
    layer = {"kernel": jnp.full((2, 3), 0.1, jnp.bfloat16), "bias": jnp.full(3, -0.3, jnp.bfloat16)}
    net = formats.from_flax({"Dense_0": layer})
    assert net.dtype == np.float32
    assert np.array_equal(net[0].W, np.asarray(layer["kernel"].astype(jnp.float32)))
    assert np.array_equal(net[0].b, np.asarray(layer["bias"].astype(jnp.float32)))
