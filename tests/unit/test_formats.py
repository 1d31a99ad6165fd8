"""Networks come from other libraries and go back, and nothing is lost; what predicts there predicts the same here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier, MLPRegressor

import fwdpass as fp
from fwdpass.errors import LibraryError, ModelError
from fwdpass.networks import formats
from fwdpass.networks.formats.onnx import predict
from tests.networks import every, network, rows, same

IRIS = load_iris(return_X_y=True)


# Files of every kind -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["npz", "safetensors", "onnx"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_round_trip_loses_nothing(ending: str, dtype: Any, tmp_path: Path) -> None:
    net = every(dtype)
    fp.save(net, tmp_path / f"net.{ending}")
    assert same(fp.load(tmp_path / f"net.{ending}"), net)


def test_half_precision_survives_too(tmp_path: Path) -> None:
    net = network(4, 3, 2, dtype=np.float16)
    for ending in ("npz", "safetensors", "onnx"):
        fp.save(net, tmp_path / f"net.{ending}")
        assert same(fp.load(tmp_path / f"net.{ending}"), net)


@pytest.mark.parametrize("ending", ["pkl", "joblib", "h5", "skops", ""])
def test_a_format_that_is_not_written_is_refused(ending: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"a network is written into \.npz"):
        fp.save(every(), tmp_path / f"net.{ending}")


def test_exact_rationals_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"take net\.astype\(float\)"):
        fp.save(every().astype(object), tmp_path / "net.npz")


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(LibraryError, match=r"this needs torch, .*: pip install 'fwdpass\[torch\]'"):
        formats.to_torch(every())


# Named arrays --------------------------------------------------------------------------------------------------------

NET = network(4, 3, 2)
(W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in NET)
SPELLINGS: dict[str, dict[str, Any]] = {
    "ours": {"W1": W1, "b1": b1, "W2": W2, "b2": b2},
    "PyTorch": {"net.0.weight": W1.T, "net.0.bias": b1, "net.2.weight": W2.T, "net.2.bias": b2},
    "Keras": {"dense/kernel": W1, "dense/bias": b1, "dense_1/kernel": W2, "dense_1/bias": b2},
    "scikit-learn": {"coefs_0": W1, "intercepts_0": b1, "coefs_1": W2, "intercepts_1": b2},
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_arrays_under_the_names_of_any_library_are_read(spelling: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"net.{ending}"
    arrays = {name: np.ascontiguousarray(array) for name, array in SPELLINGS[spelling].items()}
    if ending == "npz":
        np.savez(path, **arrays)  # type: ignore[arg-type]
    else:
        save_file(arrays, path)
    assert same(fp.load(path, "relu"), NET)
    assert same(fp.load(path, ["relu", "linear"]), NET)
    with pytest.raises(ModelError, match=r"holds the weights of 2 layers and not what they do.*activations='relu'"):
        fp.load(path)
    with pytest.raises(ModelError, match="has 2 layers, and 3 activations were named"):
        fp.load(path, ["relu"] * 3)


def parts(tmp_path: Path, places: dict[str, str]) -> Path:
    """Write a network in two files, as large models are saved, with an index that says where each array is."""
    save_file({"0.weight": W1.T.copy(), "0.bias": b1}, tmp_path / "net-00001-of-00002.safetensors")
    save_file({"2.weight": W2.T.copy(), "2.bias": b2}, tmp_path / "net-00002-of-00002.safetensors")
    index = tmp_path / "net.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": places}), "utf-8")
    return index


PLACES = {f"{i}.{part}": f"net-0000{i // 2 + 1}-of-00002.safetensors" for i in (0, 2) for part in ("weight", "bias")}


def test_a_model_in_parts_is_read_by_its_index(tmp_path: Path) -> None:
    index = parts(tmp_path, PLACES)
    assert same(fp.load(index, "relu"), NET)
    with pytest.raises(
        ModelError, match=r"is one of 2 parts of a model: read its index, net\.safetensors\.index\.json"
    ):
        fp.load(tmp_path / "net-00002-of-00002.safetensors")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("../net.safetensors", "is not in the folder of"),
        ("/etc/passwd", "is not in the folder of"),
        ("none.safetensors", "there is no such file"),
        ("net-00001-of-00002.safetensors", r"2\.(weight|bias) is not in net-00001"),
        (3, "there is no such file"),
    ],
)
def test_a_part_that_is_elsewhere_or_not_there_is_refused(place: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=said):
        fp.load(parts(tmp_path, {**{name: place for name in PLACES if name[0] == "2"}, "0.weight": PLACES["0.weight"]}))
    for content in ("[]", "{", "3", '{"weight_map": 3}', "[" * 100_000):
        (tmp_path / "net.safetensors.index.json").write_text(content)
        with pytest.raises(ModelError, match="is no index of safetensors files"):
            fp.load(tmp_path / "net.safetensors.index.json")


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"offset": b1}, "offset belongs to no layer that is known here"),
        (
            {"0.weight": W1.T, "1.running_mean": b1},
            "1.running_mean belongs to a batch norm, and weights alone do not s",
        ),
        ({}, "has no weights"),
        ({"0.weight": b1}, r"0\.weight has shape \(3,\), and a layer's weights are a matrix"),
        ({"0.weight": W1.T, "0.bias": b2}, r"0: a layer of weights \(4, 3\) needs a bias of shape \(3,\)"),
        (
            {"0.weight": W1.T, "1.weight": W1.T},
            r"layer 2 \(1\) does not fit on the one before it.*transpose, would fit",
        ),
        ({"fc.weight": W1.T * np.nan}, r"the weights of fc hold nan at \(0, 0\)"),
        ({"fc.weight": W1.T, "fc.bias": b1 * np.inf}, r"the bias of fc hold -?inf at"),
    ],
)
def test_arrays_that_are_no_network_are_refused_with_the_layers_name(
    arrays: dict[str, Any], said: str, tmp_path: Path
) -> None:
    np.savez(tmp_path / "net.npz", **arrays)
    with pytest.raises(ModelError, match=said):
        fp.load(tmp_path / "net.npz", ["relu"] * sum("weight" in name for name in arrays))


# What would change nothing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"activations": "relu"},
            r"what its layers do to their sums, and activations='relu' would change nothing: leave",
        ),
        ({"activations": []}, r"activations=\[\] would change nothing"),
        (
            {"order": ["a", "b"]},
            r"in which order its layers follow each other, and order=\['a', 'b'\] would change n",
        ),
    ],
)
@pytest.mark.parametrize(("ending", "what"), [("onnx", "an ONNX model"), ("keras", "a Keras model")])
def test_what_a_file_says_itself_cannot_be_said_beside_it(
    ending: str, what: str, given: Any, said: str, tmp_path: Path
) -> None:
    path = tmp_path / f"net.{ending}"
    path.write_bytes(b"whatever")  # it is not even read
    with pytest.raises(ModelError, match=rf"net\.{ending}, {what}, says itself {said}|{said}"):
        fp.load(path, **given)


@pytest.mark.parametrize("given", [{"activations": "relu"}, {"order": ["0"]}])
def test_a_model_of_pytorchs_says_itself_what_its_layers_do(given: Any) -> None:
    with pytest.raises(ModelError, match=r"object says itself .* would change nothing: leave it out"):
        formats.from_torch(object(), **given)


def test_an_activation_between_layers_needs_two_of_them(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    np.savez(path, W1=W1, b1=b1)
    with pytest.raises(ModelError, match=r"has one layer, .* all but the last: say activations=\['relu'\] for that"):
        fp.load(path, "relu")
    assert str(fp.load(path, ["relu"])[0].activation) == "relu"
    assert str(fp.load(path)[0].activation) == "identity"


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_what_a_file_of_ours_says_gives_way_to_what_is_said(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"net.{ending}"
    fp.save(NET, path)
    assert [str(layer.activation) for layer in fp.load(path, "tanh")] == ["tanh", "identity"]
    with pytest.raises(ModelError, match="has 2 layers, and 0 activations were named"):
        fp.load(path, [])


# scikit-learn --------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_scikit_learns_regressor_predicts_the_same_here(activation: str) -> None:
    X, y = IRIS
    theirs = MLPRegressor(hidden_layer_sizes=(7, 5), activation=activation, max_iter=30, random_state=0).fit(X, y)
    ours = formats.from_sklearn(theirs)
    apart = np.abs(ours.forward(X)[:, 0] - theirs.predict(X)).max()
    assert apart <= (4e-16 if activation == "logistic" else 0)
    back = formats.to_sklearn(ours)
    assert np.array_equal(back.predict(X), theirs.predict(X))
    assert same(formats.from_sklearn(back), ours)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_scikit_learns_classifier_predicts_the_same_here() -> None:
    X, y = IRIS
    for target in (y, y > 0):
        theirs = MLPClassifier((7,), max_iter=30, random_state=0).fit(X, target)
        ours = formats.from_sklearn(theirs)
        probabilities = theirs.predict_proba(X)
        expected = probabilities if ours.sizes[-1] > 1 else probabilities[:, 1:]
        assert np.abs(ours.forward(X) - expected).max() <= 1e-15
        assert np.array_equal(formats.to_sklearn(ours).predict_proba(X), probabilities)
        assert np.array_equal(formats.to_sklearn(ours).predict(X), theirs.predict(X))


@pytest.mark.parametrize(
    ("net", "said"),
    [
        (network(4, 3, 2, 1, acts=["relu", "tanh", "identity"]), "scikit-learn takes one for all of them"),
        (network(4, 3, 1, acts=["gelu", "identity"]), "layer 1: scikit-learn has no gelu there"),
        (network(4, 3, 1, acts=["relu", "tanh"]), "layer 2: scikit-learn has no tanh there"),
        (network(4, 3, 2, acts=["relu", "softmax"]), "softmax for three classes or more"),
        (network(4, 3, 2, acts=["relu", "sigmoid"]), "multilabel"),
    ],
)
def test_what_scikit_learn_does_not_have_is_refused(net: fp.Network, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        formats.to_sklearn(net)


def test_a_model_that_was_not_fitted_is_refused() -> None:
    with pytest.raises(ModelError, match="MLPRegressor has no coefs_"):
        formats.from_sklearn(MLPRegressor())
    odd = formats.to_sklearn(network(4, 3, 2))
    odd.activation = "swish"
    with pytest.raises(ModelError, match="layer 1: scikit-learn's activation 'swish' is not known here"):
        formats.from_sklearn(odd)


# ONNX ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_onnx_own_evaluator_predicts_the_same(dtype: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    net, X = every(dtype), rows(20, 6).astype(dtype)
    fp.save(net, tmp_path / "net.onnx")
    onnx.checker.check_model(onnx.load(tmp_path / "net.onnx"), full_check=True)
    opened = formats.open_model(tmp_path / "net.onnx")
    assert opened.predict is not None
    assert opened.runner == "ONNX's reference evaluator"
    # its sigmoid and erf are of single precision's quality, whatever the type
    for row in X:
        assert np.abs(opened.predict(row) - net.forward(row)).max() <= 4 * np.finfo(np.float32).eps


def graph(nodes: list[Any], **numbers: Any) -> Any:
    """A model of nodes and numbers, from an input x to an output y."""
    tensors = [numpy_helper.from_array(np.asarray(array, np.float32), name) for name, array in numbers.items()]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", None]) for name in ("x", "y")]
    return helper.make_model(helper.make_graph(nodes, "g", ends[:1], ends[1:], tensors))


node = helper.make_node


def test_the_ways_in_which_onnx_writes_a_layer() -> None:
    W, b = np.ones((4, 3), np.float32), np.arange(3, dtype=np.float32)
    nodes = [
        node("Flatten", ["x"], ["f"]),
        node("MatMul", ["f", "W"], ["m"], "fc1"),
        node("Add", ["b", "m"], ["z"]),
        node("LeakyRelu", ["z"], ["h"], alpha=0.2),
        node("Constant", [], ["c"], value=numpy_helper.from_array(np.full((1, 2), 0.5, np.float32))),
        node("Dropout", ["h"], ["d"]),
        node("Gemm", ["d", "V", "c"], ["y"], "fc2", alpha=2.0, beta=4.0, transB=1),
    ]
    model = graph(nodes, W=W, b=b, V=np.ones((2, 3)))
    net = formats.from_onnx(model)
    assert [layer.name for layer in net] == ["fc1", "fc2"]
    assert str(net[0].activation) == "leaky relu(0.2)"
    assert net[1].W.tolist() == [[2.0, 2.0]] * 3
    assert net[1].b.tolist() == [2.0, 2.0]
    X = rows(5, 4).astype(np.float32)
    assert np.allclose(predict(model, X), net.forward(X), rtol=1e-6)


@pytest.mark.parametrize(("options", "slope"), [({}, "0.01"), ({"alpha": 0.2}, "0.2"), ({"alpha": 0.0}, "0.0")])
def test_a_leaky_relu_without_a_slope_is_that_of_onnx(options: dict[str, float], slope: str) -> None:
    model = graph([node("MatMul", ["x", "W"], ["z"]), node("LeakyRelu", ["z"], ["y"], **options)], W=np.eye(3))
    net = formats.from_onnx(model)
    assert str(net[0].activation) == f"leaky relu({slope})"
    X = rows(5, 3).astype(np.float32)
    assert np.array_equal(predict(model, X), net.forward(X))


GEMM = node("Gemm", ["x", "W", "b"], ["z"], "fc")
NUMBERS = {"W": np.ones((4, 3)), "b": np.ones(3)}


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([GEMM, node("Conv", ["z", "W"], ["y"], "conv1")], "conv1: Conv is no layer that can be read"),
        (
            [GEMM, node("ArgMax", ["z"], ["y"])],
            r"node 2 \(ArgMax\): ArgMax is no layer .*: it gives the place of the largest",
        ),
        (
            [GEMM, node("Softmax", ["z"], ["y"], "s", axis=0)],
            r"s: Softmax makes shares over axis 0 of an array of shape \('n', 3\)",
        ),
        ([node("Relu", ["x"], ["y"], "r")], "r follows no weights, and the model does not say how many numbers"),
        ([node("Relu", ["q"], ["y"], "r")], "r does not take what a layer before it gives"),
        ([GEMM], "the model gives y, which no chain of layers from its input makes"),
        ([node("Gemm", ["x", "W", "b"], ["y"], "fc", transA=1)], "fc transposes its input"),
        ([node("Gemm", ["W", "x"], ["y"], "fc")], "fc: its weights are no numbers of the file"),
        ([node("MatMul", ["x", "x"], ["y"], "fc")], "fc: its weights are no numbers of the file"),
        (
            [GEMM, node("Add", ["z", "x"], ["y"], "skip")],
            "skip: Add joins branches, fc and x, and what it makes of them",
        ),
        ([GEMM, node("Add", ["z", "W"], ["y"], "a")], r"a: a layer of 3 neurons needs a number for each column, and"),
        ([node("Conv", ["x", "b"], ["y"], "a")], "a: Conv is no layer that can be read: a convolution uses a weight"),
        ([node("Gemm", ["x", "b"], ["y"], "fc")], r"fc: a layer's weights are a matrix, and got shape \(3,\)"),
        ([node("Relu", ["x"], ["y"], "r", domain="com.me")], r"com\.me\.Relu is no layer"),
        ([node("Constant", [], ["c"], "c", value_string="one"), GEMM], "c is a constant of a kind that is not read"),
        ([], "the model gives y, which no chain of layers"),
    ],
)
def test_what_onnx_has_beyond_layers_is_refused_with_the_nodes_name(nodes: list[Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        formats.from_onnx(graph(nodes, **NUMBERS))


def test_whole_numbers_in_a_model_are_scaled_as_numbers() -> None:
    gemm = node("Gemm", ["x", "W"], ["y"], alpha=0.5)
    model = graph([gemm])
    model.graph.initializer.append(numpy_helper.from_array(np.ones((2, 1), np.int64), "W"))
    assert formats.from_onnx(model)[0].W.tolist() == [[0.5], [0.5]]


def test_onnx_has_no_numbers_that_are_longer_than_double() -> None:
    with pytest.raises(ModelError, match="ONNX has no numbers of"):
        formats.to_onnx(network(2, 1).astype(np.longdouble))


def test_an_exact_network_is_written_for_others_as_floats() -> None:
    net = network(3, 2)
    assert same(formats.from_onnx(formats.to_onnx(net.astype(object))), net)


# Trees of parameters, which need no library --------------------------------------------------------------------------


def test_flax_parameters_come_and_go() -> None:
    tree = formats.to_flax(NET)
    assert list(tree["params"]) == ["Dense_0", "Dense_1"]
    assert same(formats.from_flax(tree, "relu"), NET)
    assert same(formats.from_flax(tree["params"], "relu"), NET)


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"params": 3}, "the parameters are int"),
        ({"Dense_0": {"kernel": 3}}, "Dense_0/kernel is int, and a layer has arrays alone"),
        ({"BatchNorm_0": {"mean": b1}}, "BatchNorm_0/mean belongs to no layer"),
    ],
)
def test_a_tree_that_is_no_stack_of_layers_is_refused(tree: Any, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        formats.from_flax(tree)


def test_a_tree_without_end_is_refused() -> None:
    tree: dict[str, Any] = {}
    tree["self"] = tree
    with pytest.raises(ModelError, match="nested too deeply"):
        formats.from_flax(tree)


# Weight --------------------------------------------------------------------------------------------------------------


def test_no_library_is_loaded_before_it_is_needed() -> None:
    """A reader who imports the package pays for NumPy alone."""
    heavy = ("onnx", "safetensors", "sklearn", "scipy", "torch", "keras", "jax", "dask", "sphinx")
    script = f"import sys, fwdpass; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "[]\n"
