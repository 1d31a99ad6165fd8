"""Files as the libraries' own exporters write them: each agrees with its own runtime, or is refused with its layer.

The bound is that of :mod:`fwdpass.networks.rounding`, for the types of float in which both were computed.
"""

from __future__ import annotations

import re
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
import torch
from flax import linen
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_tensors
from torch import nn

from fwdpass.__main__ import main
from tests.exporters import Case, check

FLOORS = {"files": 80, "read": 0.6}
"""How many files there are at least, and what share of them is read."""


CASES: dict[str, Case] = {}


# PyTorch ---------------------------------------------------------------------------------------------


def by_torch(model: Any, x: Any) -> Any:
    """The module itself, in evaluation."""
    with torch.no_grad():
        return model(torch.from_numpy(x)).to(torch.float64).numpy().reshape(-1)


def export(model: Any, shape: tuple[int, ...], how: dict[str, Any], path: Path) -> None:
    """Write a module as ``torch.onnx.export`` does by default."""
    kind = next(model.parameters()).dtype
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (torch.zeros(shape, dtype=kind),), str(path), verbose=False, **how)


def torch_case(name: str, model: Any, shape: tuple[int, ...] = (1, 4), refused: str = "") -> None:
    """A module through both of PyTorch's exporters."""
    dtype = next(model.parameters()).dtype
    x = np.random.default_rng(0).normal(size=shape).astype(str(dtype).rpartition(".")[2])
    for way, how in (("exported", {"dynamo": True}), ("traced", {"dynamo": False})):
        CASES[f"torch {name}, {way}"] = Case(
            partial(export, model.eval(), shape, how), ".onnx", x, partial(by_torch, model), refused,
            computed=str(x.dtype),
        )  # fmt: skip


class Digits(nn.Module):  # type: ignore[misc]
    """The tutorial's classifier, with a view and a log softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 256), nn.Linear(256, 10)

    def forward(self, x: Any) -> Any:
        """As in PyTorch's examples."""
        x = (x.view(x.size(0), -1) - 0.1307) / 0.3081
        return torch.log_softmax(self.fc2(torch.relu(self.fc1(x))), dim=1)


class Residual(nn.Module):  # type: ignore[misc]
    """One that adds its input again."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: Any) -> Any:
        """What weights alone do not say."""
        return self.fc2(torch.relu(self.fc1(x)) + x)


def warmed(model: Any) -> Any:
    """A module whose batch norms have seen something."""
    model.train()
    with torch.no_grad():
        for seed in range(3):
            model(torch.randn(16, 4, generator=torch.Generator().manual_seed(seed)) * 2 + 1)
    return model.eval()


def between(*middle: Any, last: tuple[Any, ...] = ()) -> Any:
    """Two layers with something between them."""
    return nn.Sequential(nn.Linear(4, 6), *middle, nn.Linear(6, 3), *last)


def torch_cases() -> None:
    """Modules of PyTorch's, exported; and state dicts."""
    torch.manual_seed(0)
    torch_case("784-256-10", Digits(), (1, 1, 28, 28))
    for act in (
        nn.ReLU(), nn.LeakyReLU(0.2), nn.Sigmoid(), nn.Tanh(), nn.GELU(), nn.GELU("tanh"), nn.ELU(), nn.SiLU(),
        nn.SELU(), nn.Softplus(), nn.Mish(), nn.Hardswish(), nn.Hardsigmoid(), nn.Hardtanh(), nn.ReLU6(), nn.Softsign(),
        nn.LogSigmoid(), nn.PReLU(), nn.CELU(0.5),
    ):  # fmt: skip
        torch_case(f"{act}", between(act))
    torch_case("softmax", between(nn.ReLU(), last=(nn.Softmax(dim=1),)))
    torch_case("no bias", nn.Sequential(nn.Linear(4, 6, bias=False), nn.ReLU(), nn.Linear(6, 3, bias=False)))
    torch_case("batch norm", warmed(between(nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout())))
    torch_case("layer norm", between(nn.LayerNorm(6), nn.ReLU()))
    torch_case("float64", between(nn.LeakyReLU()).double())
    torch_case("residual", Residual(), refused="Add joins branches")
    torch_case("convolution", nn.Sequential(nn.Conv1d(1, 2, 2), nn.Flatten(), nn.Linear(6, 2)), (1, 1, 4), "onvolution")
    torch_case("shares of a single number", nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1)), (1, 1, 4), "over axis 1")
    model, x = between(nn.ReLU()), np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)
    state = model.state_dict()
    for name, kept in {
        "state dict": state,
        "checkpoint": {"epoch": 3, "model_state_dict": state, "optimizer_state_dict": {"state": {}}},
        "state dict of DataParallel": {f"module.{key}": value for key, value in state.items()},
        "checkpoint of Lightning": {"state_dict": {f"model.{key}": value for key, value in state.items()}, "epoch": 1},
        "state dict of a compiled module": {f"_orig_mod.{key}": value for key, value in state.items()},
    }.items():
        CASES[f"torch {name}"] = Case(
            partial(torch.save, kept), ".pt", x, partial(by_torch, model), asked={"activations": "relu"}
        )
    for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.float16):
        kept = {key: value.to(dtype).contiguous() for key, value in state.items()}
        again = between(nn.ReLU())
        again.load_state_dict({key: value.float() for key, value in kept.items()})
        CASES[f"safetensors {dtype}"] = Case(
            partial(save_tensors, kept), ".safetensors", x, partial(by_torch, again), asked={"activations": "relu"},
            computed="float16" if dtype == torch.float16 else "float32",
        )  # fmt: skip
    CASES["torch program"] = Case(
        lambda path: torch.jit.script(between(nn.ReLU())).save(str(path)),
        ".pt",
        x,
        np.array,
        "export the model as ONNX",
    )
    CASES["torch module in a pickle"] = Case(
        lambda path: torch.save(between(nn.ReLU()), path), ".pt", x, np.array, "could run code"
    )


# Keras -----------------------------------------------------------------------------------------------

layers = keras.layers


def by_keras(model: Any, x: Any) -> Any:
    """The model itself."""
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(model(x, training=False), "float64"))).reshape(-1)


def saved(model: Any, path: Path) -> None:
    """Save it; Keras warns of its older format."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)


def keras_case(
    name: str,
    *made: Any,
    shape: tuple[int, ...] = (4,),
    refused: str = "",
    ending: str = ".keras",
    how: str = "float32",
) -> None:
    """A model of layers, as Keras saves it."""
    model = keras.Sequential([layers.Input(shape), *made])
    x = np.random.default_rng(0).normal(size=(1, *shape)).astype(np.float32)

    CASES[f"keras {name}"] = Case(partial(saved, model), ending, x, partial(by_keras, model), refused, computed=how)


def dense(**options: Any) -> tuple[Any, ...]:
    """Two dense layers, the first with options."""
    return layers.Dense(5, **{"activation": "relu", **options}), layers.Dense(3)


def tutorial() -> tuple[Any, ...]:
    """Keras' first tutorial model."""
    return (
        layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.2), layers.Dense(10),
    )  # fmt: skip


def keras_cases() -> None:
    """Models of Keras', in each format, with all that changes no forward pass."""
    keras.utils.set_random_seed(0)
    keras_case("tutorial", *tutorial(), shape=(28, 28))
    keras_case("tutorial, h5", *tutorial(), shape=(28, 28), ending=".h5")
    for act in (
        "linear", "relu", "leaky_relu", "relu6", "softmax", "elu", "selu", "celu", "softplus", "softsign", "silu",
        "gelu", "tanh", "sigmoid", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "mish", "log_softmax",
        "log_sigmoid",
    ):  # fmt: skip
        keras_case(f"activation {act}", *dense(activation=act))
    for act in ("sparse_plus", "tanh_shrink"):
        keras_case(f"activation {act}", *dense(activation=act), refused=f"activation '{act}' is not known here")
    for made in ("L1", "L2", "L1L2", "OrthogonalRegularizer"):
        keras_case(f"regularizer {made}", *dense(kernel_regularizer=getattr(keras.regularizers, made)()))
    for made in (
        "Constant", "GlorotNormal", "HeUniform", "Identity", "LecunNormal", "Ones", "Orthogonal", "RandomNormal",
        "TruncatedNormal", "VarianceScaling", "Zeros",
    ):  # fmt: skip
        keras_case(f"initializer {made}", *dense(kernel_initializer=getattr(keras.initializers, made)()))
    for made in ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"):
        keras_case(f"constraint {made}", *dense(kernel_constraint=getattr(keras.constraints, made)()))
    both = (layers.LeakyReLU(0.1), layers.Dense(2), layers.ELU(0.5))
    keras_case("layers", layers.Rescaling(1 / 255, 0.5), layers.Dense(5), *both)
    keras_case(
        "norms", layers.Dense(5), layers.BatchNormalization(), layers.ReLU(), layers.LayerNormalization(),
        layers.Dense(2),
    )  # fmt: skip
    keras_case("normalization", layers.Normalization(mean=[1.0, 2, 3, 4], variance=[2.0, 1, 4, 9]), layers.Dense(2))
    mixed = {"dtype": "mixed_float16"}
    keras_case("mixed", layers.Dense(5, activation="relu", **mixed), layers.Dense(3, **mixed), how="float16")
    keras_case("embedding", layers.Embedding(9, 2), layers.Flatten(), layers.Dense(2), refused="Embedding")
    image = (layers.Reshape((4, 1)), layers.Conv1D(2, 2), layers.Flatten(), layers.Dense(2))
    keras_case("convolution", *image, refused="Conv1D")
    keras_case("recurrent", layers.Reshape((4, 1)), layers.LSTM(2), layers.Dense(2), refused="LSTM")
    start = layers.Input((4,))
    h = layers.Dense(4, activation="relu")(start)
    for name, end, refused in (
        ("chain", layers.Dense(2)(h), ""),
        ("residual", layers.Dense(2)(layers.Add()([h, start])), "Add"),
    ):
        model = keras.Model(start, end)
        x = np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)
        for ending in (".keras", ".h5"):
            CASES[f"keras functional {name}{ending}"] = Case(
                partial(saved, model), ending, x, partial(by_keras, model), refused
            )
    CASES["keras weights alone"] = Case(model.save_weights, ".weights.h5", x, np.array, "holds weights alone")


# Names alone -----------------------------------------------------------------------------------------


class Flax(linen.Module):  # type: ignore[misc]
    """A stack of two dense layers."""

    @linen.compact  # type: ignore[untyped-decorator]
    def __call__(self, x: Any) -> Any:
        h = linen.relu(linen.Dense(6)(x))
        return linen.Dense(3)(h)


def to_npz(arrays: dict[str, Any], path: Path) -> None:
    """Write an archive of NumPy's."""
    np.savez(path, **arrays)


def named_cases() -> None:
    """Weights under the names of Flax, Haiku, Chainer and people."""
    x = np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)
    params = Flax().init(jax.random.key(0), jnp.asarray(x))["params"]
    kept = {f"{name}/{part}": np.asarray(a) for name, layer in params.items() for part, a in layer.items()}

    def theirs(x: Any) -> Any:
        return np.asarray(Flax().apply({"params": params}, x)).reshape(-1)

    (W1, b1), (W2, b2) = ((kept[f"Dense_{i}/kernel"], kept[f"Dense_{i}/bias"] + np.float32(0.1) * 0) for i in (0, 1))
    both = {
        "flax": kept,
        "keras 2": {"dense/kernel:0": W1, "dense/bias:0": b1, "dense_1/kernel:0": W2, "dense_1/bias:0": b2},
        "haiku": {"mlp/linear_0/w": W1, "mlp/linear_0/b": b1, "mlp/linear_1/w": W2, "mlp/linear_1/b": b2},
        "chainer": {"l1/W": W1.T, "l1/b": b1, "l2/W": W2.T, "l2/b": b2},
        "by hand": {"w1": W1, "b1": b1, "w2": W2, "b2": b2},
        "with a line": {"W_1": W1, "b_1": b1, "W_2": W2, "b_2": b2},
        "columns": {"W1": W1.T, "b1": b1[:, None], "W2": W2.T, "b2": b2[:, None]},
        "numbered": {"arr_0": W1, "arr_1": b1, "arr_2": W2, "arr_3": b2},
        "thetas": {"Theta1": np.c_[b1, W1.T], "Theta2": np.c_[b2, W2.T]},
    }
    for name, arrays in both.items():
        given = {key: np.ascontiguousarray(a) for key, a in arrays.items()}
        for ending, write in ((".npz", partial(to_npz, given)), (".safetensors", partial(save_file, given))):
            CASES[f"names {name}{ending}"] = Case(write, ending, x, theirs, asked={"activations": "relu"})


for made in (torch_cases, keras_cases, named_cases):
    made()


@pytest.mark.parametrize("name", CASES)
def test_a_file_agrees_with_its_own_runtime_or_is_refused_with_layer_and_reason(name: str, tmp_path: Path) -> None:
    check(name, CASES[name], tmp_path)


@pytest.mark.parametrize("name", ["torch 784-256-10, exported", "keras tutorial"])
def test_the_usual_file_is_one_command_away_from_its_page(name: str, tmp_path: Path) -> None:
    case, page = CASES[name], tmp_path / "page.html"
    case.write(tmp_path / f"net{case.ending}")
    np.save(tmp_path / "x.npy", case.x)
    given = ["explain", str(tmp_path / f"net{case.ending}"), "--input", str(tmp_path / "x.npy"), "-o", str(page)]
    assert main(given) == 0
    assert re.search(
        "(Agrees with|The same as) the file.{,6}s own program, run by (ONNX Runtime|Keras)", page.read_text("utf-8")
    )


def test_most_of_them_are_read() -> None:
    assert len(CASES) >= FLOORS["files"]
    assert sum(not case.refused for case in CASES.values()) >= FLOORS["read"] * len(CASES)
