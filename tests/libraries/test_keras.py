"""Keras's networks and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import fwdpass as fp
from fwdpass.errors import ModelError
from fwdpass.networks import formats
from tests.networks import network, rows, same

ACTS = ("relu", "leaky relu(0.2)", "sigmoid", "tanh", "gelu", "softmax")
layers = keras.layers
ROUNDING = 16 * np.finfo(np.float32).eps
"""Keras takes inputs as float32, whatever the types of its layers."""


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sequential_comes_and_goes_and_predicts_the_same(dtype: Any, tmp_path: Path) -> None:
    net, X = network(6, 7, 6, 5, 4, 5, 3, acts=ACTS, dtype=dtype), rows(9, 6).astype(dtype)
    model = formats.to_keras(net)
    assert same(formats.from_keras(model), net)
    assert np.abs(keras.ops.convert_to_numpy(model(X)) - net.forward(X)).max() <= ROUNDING
    fp.save(net, tmp_path / "net.keras")
    opened = formats.open_model(tmp_path / "net.keras")
    assert same(opened.network, net)
    assert opened.predict is not None
    assert np.abs(opened.predict(X[0]) - net.forward(X[0])).max() <= ROUNDING


def test_activations_as_layers_and_layers_without_effect() -> None:
    model = keras.Sequential(
        [
            layers.Input((2, 2)),
            layers.Flatten(),
            layers.Dense(3, use_bias=False, name="first"),
            layers.Dropout(0.5),
            layers.ReLU(),
            layers.Dense(2),
            layers.Activation("tanh"),
            layers.Dense(3),
            layers.Softmax(),
        ]
    )
    net = formats.from_keras(model)
    assert net.sizes == (4, 3, 2, 3)
    assert [str(layer.activation) for layer in net] == ["relu", "tanh", "softmax"]
    assert net[0].name == "first"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([layers.UnitNormalization(name="norm")], "norm: UnitNormalization is no layer that can be read"),
        (
            [layers.Dense(2, activation="glu", name="d")],
            "d: Keras's activation 'glu' is not known here: there",
        ),
        (
            [layers.Dense(2, activation=torch.nn.functional.gelu, name="d")],
            "d: its activation 'gelu' comes from 'torch",
        ),
        ([layers.Dense(2, activation=lambda x: x * x, name="d")], "d: its activation '<lambda>' comes from 'tests'"),
        ([layers.Dense(2, activation=layers.Softmax(0), name="d")], "d: Softmax is no layer"),
        ([layers.Dense(2), layers.Softmax(0, name="s")], "s: Softmax is no layer"),
        (
            [layers.Dense(2), layers.ReLU(max_value=5, name="r")],
            "r: ReLU is no layer that can be read with these",
        ),
        ([layers.Activation("relu", name="a")], "has no dense layers"),
        ([layers.Dense(2, lora_rank=1, name="d")], "d has weights that are quantized, or adapted by LoRA"),
        ([layers.Flatten()], "has no dense layers"),
        ([], "was not built, so its layers have no weights"),
    ],
)
def test_what_is_no_stack_of_dense_layers_is_refused_with_its_name(made: list[Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        formats.from_keras(keras.Sequential([layers.Input((4,)), *made]))


@pytest.mark.parametrize(
    ("made", "act"),
    [
        (layers.Dense(3, activation="gelu"), "gelu"),
        (layers.Dense(3, activation=keras.activations.gelu), "gelu"),
        (layers.Dense(3, activation=keras.ops.gelu), "gelu tanh"),
        (layers.Dense(3, activation="leaky_relu"), "leaky relu(0.2)"),
        (layers.Dense(3, activation=layers.LeakyReLU()), "leaky relu(0.3)"),
        (layers.Dense(3, activation=layers.LeakyReLU(0.05)), "leaky relu(0.05)"),
        (layers.Dense(3, activation=layers.ReLU(negative_slope=0.125)), "leaky relu(0.125)"),
        (layers.Dense(3, activation=layers.Softmax(1)), "softmax"),
    ],
)
def test_an_activation_is_read_in_the_form_that_keras_computes(made: Any, act: str, tmp_path: Path) -> None:
    """By name, by function or by layer; a file has names alone, and Keras reads "gelu" as the exact one."""
    model, X = keras.Sequential([layers.Input((4,)), made]), rows(9, 4).astype(np.float32) * 3
    net = formats.from_keras(model)
    assert str(net[0].activation) == act
    assert np.abs(keras.ops.convert_to_numpy(model(X)) - net.forward(X)).max() <= ROUNDING
    model.save(tmp_path / "net.keras")
    theirs = keras.saving.load_model(tmp_path / "net.keras")
    apart = np.abs(keras.ops.convert_to_numpy(theirs(X)) - fp.load(tmp_path / "net.keras").forward(X)).max()
    assert apart <= ROUNDING


def test_a_sequential_that_was_not_built_or_is_none_is_refused() -> None:
    with pytest.raises(ModelError, match="was not built, so its layers have no weights"):
        formats.from_keras(keras.Sequential([layers.Dense(2)]))
    x = layers.Input((4,))
    branches = keras.Model(x, [layers.Dense(4)(x), layers.Dense(4)(x)])
    with pytest.raises(ModelError, match="Functional has layers that need not be a chain"):
        formats.from_keras(branches)

    class Sequential(keras.Sequential):  # type: ignore[misc]
        """One that computes something else."""

    class Dense(keras.layers.Dense):  # type: ignore[misc]
        """One that may compute something else."""

    with pytest.raises(ModelError, match="Sequential has layers that need not be a chain"):
        formats.from_keras(Sequential([x, layers.Dense(2)]))
    with pytest.raises(ModelError, match=r"d: Dense of tests.* is no layer that can be read"):
        formats.from_keras(keras.Sequential([x, Dense(2, name="d")]))


def test_bfloat16_becomes_a_float_that_has_all_its_numbers() -> None:
    model = keras.Sequential([layers.Input((4,)), layers.Dense(3, dtype="bfloat16")])
    net = formats.from_keras(model)
    assert net.dtype == np.float32
    assert np.array_equal(net[0].W, np.asarray(model.layers[0].get_weights()[0], np.float32))


def test_flatten_that_turns_an_image_round_is_refused() -> None:
    turned = [layers.Input((2, 3)), layers.Flatten(data_format="channels_first", name="f"), layers.Dense(2)]
    with pytest.raises(ModelError, match="f: Flatten is no layer that can be read"):
        formats.from_keras(keras.Sequential(turned))


def test_what_keras_is_not_asked_to_write_is_refused() -> None:
    with pytest.raises(ModelError, match="layer 1: gelu tanh is not written for Keras"):
        formats.to_keras(network(3, 2, acts=["gelu tanh"]))
