"""ONNX graphs as exporters write them: what is folded, counted, left out; and the file's own program, which is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import fwdpass as fp
from fwdpass.errors import ModelError
from fwdpass.networks import formats, rounding
from fwdpass.networks.activations import activation
from fwdpass.networks.formats import Limits, onnx_activations
from fwdpass.networks.formats import onnx as onnx_files
from tests.hostile.test_files import refused

node = helper.make_node
RNG = np.random.default_rng(0)
W, V, B, C = (RNG.normal(size=shape).astype(np.float32) for shape in ((4, 3), (3, 2), 3, 2))
ROWS: list[Any] = ["n", 4]


def model(
    nodes: list[Any], shape: Any = ROWS, outputs: Any = ("y",), opset: Any = 17, kind: Any = None, **numbers: Any
) -> Any:
    """A model of nodes and numbers, from an input x."""
    kind = kind or TensorProto.FLOAT
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    tensors = [
        numpy_helper.from_array(np.asarray(a, dtype if np.asarray(a).dtype.kind == "f" else None), name)
        for name, a in numbers.items()
    ]
    given = [helper.make_tensor_value_info("x", kind, shape)]
    taken = [helper.make_tensor_value_info(name, kind, None) for name in outputs]
    graph = helper.make_graph(nodes, "g", given, taken, tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def agree(made: Any, x: Any = None) -> fp.Network:
    """Read a model, run both, and hold them against each other."""
    opened = onnx_files.opened(made)
    x = np.array([0.5, -1.25, 2.0, 0.75]) if x is None else x
    assert opened.predict is not None
    theirs, ours = opened.predict(x), opened.network.forward(x)
    kind = opened.arithmetic or "float32"
    assert theirs.shape == ours.shape
    assert np.all(np.abs(theirs - ours) <= rounding.bound(opened.network.layers, x, "float64", kind))
    return opened.network


TAIL = [node("MatMul", ["h", "V"], ["y"], "fc2")]


@pytest.mark.parametrize(
    ("nodes", "numbers"),
    [
        ([node("Reshape", ["x", "to"], ["f"]), node("MatMul", ["f", "W"], ["y"])], {"to": np.array([-1, 4])}),
        ([node("Reshape", ["x", "to"], ["f"]), node("MatMul", ["f", "W"], ["y"])], {"to": np.array([0, 4])}),
        (
            [
                node("Shape", ["x"], ["s"]), node("Gather", ["s", "i"], ["n"]), node("Unsqueeze", ["n", "i1"], ["n1"]),
                node("Concat", ["n1", "rest"], ["to"], axis=0), node("Reshape", ["x", "to"], ["f"]),
                node("MatMul", ["f", "W"], ["y"]),
            ],
            {"i": np.array(0), "i1": np.array([0]), "rest": np.array([-1])},
        ),
        ([node("Transpose", ["U"], ["Ut"], perm=[1, 0]), node("MatMul", ["x", "Ut"], ["y"])], {"U": W.T}),
        ([node("Cast", ["U"], ["W1"], to=1), node("MatMul", ["x", "W1"], ["y"])], {"U": (W * 9).astype(np.int64)}),
        ([node("Sub", ["x", "m"], ["c"]), node("Div", ["c", "s"], ["h"]), node("MatMul", ["h", "W"], ["y"])],
         {"m": B[[0, 1, 2, 0]], "s": np.array([0.5])}),
        ([node("MatMul", ["x", "W"], ["z"]), node("Mul", ["z", "m"], ["t"]), node("Add", ["m", "t"], ["y"])], {"m": B}),
        ([node("MatMul", ["x", "W"], ["z"]), node("Sub", ["m", "z"], ["y"])], {"m": B}),
        ([node("MatMul", ["x", "W"], ["z"]), node("Neg", ["z"], ["t"]), node("Softmax", ["t"], ["y"], axis=1)], {}),
        ([node("MatMul", ["x", "W"], ["z"]), node("Relu", ["z"], ["t"]), node("Mul", ["t", "m"], ["y"])], {"m": B}),
        ([node("Relu", ["x"], ["h"]), node("MatMul", ["h", "W"], ["y"])], {}),
        ([node("MatMul", ["x", "W"], ["z"]), node("Clip", ["z", "lo", "hi"], ["y"])],
         {"lo": np.float32(0), "hi": np.float32(6)}),
        ([node("MatMul", ["x", "W"], ["z"]), node("PRelu", ["z", "a"], ["y"])], {"a": np.array([0.3])}),
        ([node("MatMul", ["x", "W"], ["z"]),
          node("BatchNormalization", ["z", "g", "b", "m", "v"], ["n"], epsilon=1e-3), node("Tanh", ["n"], ["y"])],
         {"g": B, "b": B + 1, "m": B * 2, "v": B**2 + 0.1}),
        ([node("MatMul", ["x", "W"], ["z"]), node("LayerNormalization", ["z", "g", "b"], ["n"], axis=-1),
          node("Relu", ["n"], ["h"]), *TAIL], {"g": B, "b": B + 1}),
    ],
)  # fmt: skip
def test_what_exporters_write_around_a_layer_is_read(nodes: list[Any], numbers: dict[str, Any]) -> None:
    used = {name for one in nodes for name in one.input}
    agree(model(nodes, **{**({"W": W} if "W" in used else {}), **({"V": V} if "V" in used else {}), **numbers}))


@pytest.mark.parametrize(
    ("nodes", "act"),
    [
        ([node("Sigmoid", ["z"], ["s"]), node("Mul", ["s", "z"], ["h"])], "silu"),
        ([node("Softplus", ["z"], ["s"]), node("Tanh", ["s"], ["t"]), node("Mul", ["z", "t"], ["h"])], "mish"),
        ([node("Abs", ["z"], ["s"]), node("Add", ["s", "one"], ["t"]), node("Div", ["z", "t"], ["h"])], "softsign"),
        ([node("Sigmoid", ["z"], ["s"]), node("Log", ["s"], ["h"])], "log sigmoid"),
        (
            [
                node("Div", ["z", "root"], ["a"]), node("Erf", ["a"], ["b"]), node("Add", ["b", "one"], ["c"]),
                node("Mul", ["z", "c"], ["d"]), node("Mul", ["d", "half"], ["h"]),
            ],
            "gelu",
        ),
        (
            [
                node("Mul", ["z", "z"], ["a"]), node("Mul", ["a", "z"], ["b"]), node("Mul", ["b", "cube"], ["c"]),
                node("Add", ["z", "c"], ["d"]), node("Mul", ["d", "scale"], ["e"]), node("Tanh", ["e"], ["f"]),
                node("Add", ["f", "one"], ["g"]), node("Mul", ["z", "half"], ["i"]), node("Mul", ["i", "g"], ["h"]),
            ],
            "gelu tanh",
        ),
        (
            [
                node("Greater", ["z", "twenty"], ["g"]), node("Softplus", ["z"], ["s"]),
                node("Where", ["g", "z", "s"], ["h"]),
            ],
            "softplus",
        ),
        ([node("Mul", ["z", "slope"], ["s"]), node("Max", ["z", "s"], ["h"])], "leaky relu(0.1)"),
        (
            [
                node("ReduceMean", ["z"], ["m"], axes=[-1]), node("Sub", ["z", "m"], ["c"]),
                node("Mul", ["c", "c"], ["q"]), node("ReduceMean", ["q"], ["v"], axes=[-1]),
                node("Add", ["v", "eps"], ["w"]), node("Sqrt", ["w"], ["r"]), node("Div", ["c", "r"], ["h"]),
            ],
            "standardize(0.001)",
        ),
    ],
)  # fmt: skip
def test_an_activation_that_is_written_as_several_nodes_is_found_by_its_values(nodes: list[Any], act: str) -> None:
    numbers = {"one": 1.0, "half": 0.5, "root": 2**0.5, "cube": 0.044715, "scale": (2 / np.pi) ** 0.5, "twenty": 20.0}
    numbers |= {"slope": 0.1, "eps": 1e-3}
    used = {name for one in nodes for name in one.input}
    made = model([node("MatMul", ["x", "W"], ["z"]), *nodes, *TAIL], W=W, V=V,
                 **{name: np.float32(value) for name, value in numbers.items() if name in used})  # fmt: skip
    assert str(agree(made)[0].activation) == act


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([node("Sigmoid", ["z"], ["s"]), node("Mul", ["s", "s"], ["h"])], "Mul joins branches"),
        ([node("Relu", ["z"], ["s"]), node("Add", ["s", "z"], ["h"])], "Add joins branches"),
        ([node("Abs", ["z"], ["h"])], "Abs is no layer that can be read: there are Gemm"),
        ([node("Clip", ["z", "lo", "hi"], ["h"])], "Clip is no layer that can be read"),
        ([node("Div", ["lo", "z"], ["h"])], "Div divides by what a layer gives"),
        ([node("Transpose", ["z"], ["h"], perm=[1, 0])], "Transpose puts the numbers of a row in another order"),
        ([node("Cast", ["z"], ["h"], to=7)], "Cast makes whole numbers of a layer's sums"),
        ([node("Flatten", ["z"], ["h"], axis=0)], "Flatten from axis 0 on mixes rows with what they hold"),
        ([node("Reshape", ["z", "to"], ["h"])], "Reshape makes rows of 1 numbers out of rows of 3"),
        ([node("PRelu", ["z", "m"], ["h"])], "PRelu has a slope for each neuron"),
        (
            [node("LSTM", ["z", "W"], ["h"])],
            "LSTM is no layer that can be read: a recurrent net goes through its layer",
        ),
        ([node("BatchNormalization", ["z", "m", "m", "m", "m"], ["h"], training_mode=1)], "in training takes the mean"),
    ],
)
def test_what_stays_out_is_refused_with_the_layer_and_the_reason(nodes: list[Any], said: str) -> None:
    numbers = {"lo": np.float32(-100), "hi": np.float32(100), "to": np.array([-1, 1]), "m": B}
    with pytest.raises(ModelError, match=said):
        formats.from_onnx(model([node("MatMul", ["x", "W"], ["z"], "fc"), *nodes, *TAIL], W=W, V=V, **numbers))


def test_shares_are_read_over_the_row_alone() -> None:
    for axis, opset, shape, right in ((1, 17, [1, 1, 4], False), (2, 17, [1, 1, 4], True), (1, 11, [1, 1, 4], True)):
        made = model(
            [node("MatMul", ["x", "W"], ["z"]), node("Softmax", ["z"], ["y"], axis=axis)], shape, opset=opset, W=W
        )
        if right:
            agree(made)
        else:
            with pytest.raises(ModelError, match=r"Softmax makes shares over axis 1 of an array of shape \(1, 1, 3\)"):
                formats.from_onnx(made)
    several = model([node("MatMul", ["x", "W"], ["y"], "fc")], [1, 2, 4], W=W)
    with pytest.raises(ModelError, match=r"fc multiplies each of several rows within a row, of shape \(2, 4\)"):
        formats.from_onnx(several)


def test_a_model_of_so_many_rows_at_once_is_run_with_so_many() -> None:
    agree(model([node("MatMul", ["x", "W"], ["y"])], [5, 4], W=W))
    agree(model([node("MatMul", ["x", "W"], ["y"])], [4], W=W))
    agree(model([node("Flatten", ["x"], ["f"]), node("MatMul", ["f", "W"], ["y"])], [1, 1, 2, 2], W=W))


def test_parameters_are_the_files_own_each_counted_once() -> None:
    square = RNG.normal(size=(4, 4))
    tied = model(
        [node("MatMul", ["x", "Q"], ["a"]), node("Relu", ["a"], ["r"]), node("MatMul", ["r", "Q"], ["y"])], Q=square
    )
    assert agree(tied).parameters == 16
    turned = [node("Transpose", ["Q"], ["P"]), node("MatMul", ["x", "Q"], ["a"]), node("MatMul", ["a", "P"], ["y"])]
    assert agree(model(turned, Q=square)).parameters == 16
    assert agree(model([node("Gemm", ["x", "W"], ["y"])], W=W)).parameters == 12
    assert agree(model([node("Gemm", ["x", "W", "b"], ["y"])], W=W, b=B)).parameters == 15
    assert agree(model([node("MatMul", ["x", "W"], ["z"]), node("Add", ["z", "b"], ["y"])], W=W, b=B)).parameters == 15


def test_an_initializer_that_is_an_input_too_is_no_input() -> None:
    made = model([node("Gemm", ["x", "W", "b"], ["y"])], W=W, b=B)
    for name, shape in (("b", [3]), ("W", [4, 3])):
        made.graph.input.insert(0, helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    assert agree(made).sizes == (4, 3)
    two = model([node("Gemm", ["x", "W"], ["y"])], W=W)
    two.graph.input.append(helper.make_tensor_value_info("other", TensorProto.FLOAT, [1]))
    with pytest.raises(ModelError, match="the model takes x, other, and a network here takes one input"):
        formats.from_onnx(two)


def test_a_slope_is_the_one_that_the_program_computes_with() -> None:
    made = model([node("Gemm", ["x", "W"], ["z"]), node("LeakyRelu", ["z"], ["y"], alpha=0.01)], kind=11, W=W)
    assert agree(made)[0].activation.number == float(np.float32(0.01))
    single = model([node("Gemm", ["x", "W"], ["z"]), node("LeakyRelu", ["z"], ["y"], alpha=0.01)], W=W)
    assert agree(single)[0].activation == activation("leaky relu(0.01)")


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.FLOAT16])
def test_dropout_in_training_mode_is_said_and_differs(kind: int) -> None:
    nodes = [
        node("Gemm", ["x", "W"], ["z"]),
        node("Dropout", ["z", "r", "t"], ["d"], seed=3),
        node("Softmax", ["d"], ["y"]),
    ]
    made = model(nodes, kind=kind, W=W)
    made.graph.initializer.append(numpy_helper.from_array(np.float32(0.9), "r"))
    made.graph.initializer.append(numpy_helper.from_array(np.array(True), "t"))
    opened = onnx_files.opened(made)
    assert "is in training mode: it drops numbers at random" in opened.notes[0]
    assert opened.runner == "ONNX's reference evaluator"
    from fwdpass.networks.explain.page import document

    page = document(opened, np.array([0.5, -1.25, 2.0, 0.75]), title="t")
    assert "Differs from the file" in page
    assert "Agrees with" not in page


def test_what_the_output_does_not_need_is_neither_read_nor_run() -> None:
    made = model(
        [node("MatMul", ["x", "W"], ["y"]), node("Nonsense", ["x"], ["z"]), node("Loop", ["m", "c"], ["w"])], W=W
    )
    assert agree(made).sizes == (4, 3)


def test_of_a_classifiers_two_outputs_the_label_is_left_out() -> None:
    made = model([node("MatMul", ["x", "W"], ["y"]), node("ArgMax", ["y"], ["label"], axis=1)], outputs=("y",), W=W)
    made.graph.output.insert(0, helper.make_tensor_value_info("label", TensorProto.INT64, None))
    opened = onnx_files.opened(made)
    assert opened.notes == ["The model gives label, too, which is left out: here is y alone."]
    agree(made)
    made.graph.output.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, ROWS))
    with pytest.raises(ModelError, match="the model gives label, y, x: a network here has one output"):
        formats.from_onnx(made)


def test_an_output_that_is_no_result_is_refused() -> None:
    made = model([node("MatMul", ["x", "W"], ["z"]), node("Dropout", ["z"], ["d", "y"], "drop")], W=W)
    with pytest.raises(ModelError, match="drop: what is taken of Dropout is not its result but another output"):
        formats.from_onnx(made)


# Numbers beside the model ----------------------------------------------------------------------------


def beside(tmp_path: Path, **place: str) -> Path:
    """Write a model whose weights are in another file, at a place of one's own choice."""
    made = model([node("MatMul", ["x", "W"], ["y"])], W=W)
    tensor = made.graph.initializer[0]
    (tmp_path / "net.onnx.data").write_bytes(bytes(16) + tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": "net.onnx.data", "offset": "16", "length": "48", **place}.items():
        tensor.external_data.add(key=key, value=value)
    (tmp_path / "net.onnx").write_bytes(made.SerializeToString())
    return tmp_path / "net.onnx"


def test_numbers_beside_a_model_in_its_folder_are_read(tmp_path: Path) -> None:
    assert np.array_equal(fp.load(beside(tmp_path))[0].W, W)
    opened = formats.open_model(tmp_path / "net.onnx")
    assert opened.predict is not None
    assert np.allclose(opened.predict(np.ones(4)), W.sum(axis=0), atol=1e-6)


def test_the_bytes_of_a_file_are_read_as_the_file_is() -> None:
    data = model([node("MatMul", ["x", "W"], ["y"])], W=W).SerializeToString()
    for given in (data, bytearray(data), memoryview(data)):
        assert np.array_equal(formats.from_onnx(given)[0].W, W)
    for wrong, said in (
        (b"", "0 bytes, is empty"),
        (b"\x80\x04K\x01.", "5 bytes, is a pickle: reading one runs whatever its author wished"),
        (data[:-9], "is no ONNX file, or one that is cut short"),
        (b"\x0a\x02ab" + b"\x08", "is no ONNX file, or one that is cut short"),
    ):
        with refused(said):
            formats.from_onnx(wrong)
    with refused("declares .* bytes, and at most 20 are read"):
        formats.from_onnx(data, Limits(bytes=20))
    many = model([node("Relu", ["x"], ["y"])] * 40)
    with refused("declares .* layers, and at most 2 are read"):
        formats.from_onnx(many.SerializeToString(), Limits(layers=2))


def test_bytes_have_no_files_beside_them(tmp_path: Path) -> None:
    with refused(r"W: its numbers are in another file, beside that of the model: fp.load\(\) takes the model's path"):
        formats.from_onnx(beside(tmp_path).read_bytes())


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"location": "none.data"}, "there is no such file: keep all in one folder"),
        ({"offset": "40"}, "W takes 48 bytes of .*, which does not have them there"),
        ({"offset": "-1"}, "which does not have them there"),
        ({"offset": "x"}, "which does not have them there"),
        ({"length": str(2**40)}, "which does not have them there"),
        ({"length": "4"}, "which does not have them there"),
    ],
)
def test_a_place_that_is_not_there_is_refused(place: dict[str, str], said: str, tmp_path: Path) -> None:
    with refused(said):
        fp.load(beside(tmp_path, **place))


def test_a_tensor_that_declares_more_than_the_limit_is_not_read(tmp_path: Path) -> None:
    path = beside(tmp_path)
    made = onnx.load(path, load_external_data=False)
    made.graph.initializer[0].dims[:] = [2**20, 2**20]
    path.write_bytes(made.SerializeToString())
    with refused("declares .* bytes, and at most"):
        fp.load(path)


# What is worked out of the file's numbers ------------------------------------------------------------


@pytest.mark.parametrize(
    "bomb",
    [
        node("Add", ["a", "b"], ["W"]),
        node("MatMul", ["a", "b"], ["W"]),
        node("Where", ["c", "a", "b"], ["W"]),
    ],
)
def test_a_small_file_does_not_become_a_large_array(bomb: Any, tmp_path: Path) -> None:
    n = 20_000
    numbers = {"a": np.ones((n, 1)), "b": np.ones((1, n)), "c": np.ones(1, bool)}
    made = model([bomb, node("MatMul", ["x", "W"], ["y"])], [1, n], **numbers)
    (tmp_path / "net.onnx").write_bytes(made.SerializeToString())
    with refused("makes 3200000000 bytes out of the file's numbers"):
        fp.load(tmp_path / "net.onnx")


def test_an_activation_is_not_sought_in_a_part_without_end() -> None:
    nodes, at = [node("MatMul", ["x", "W"], ["z0"])], "z0"
    for i in range(400):
        nodes.append(node("Mul", [at, at], [f"z{i + 1}"]))
        at = f"z{i + 1}"
    made = model([*nodes, node("Identity", [at], ["y"])], W=W)
    with pytest.raises(ModelError, match="Mul joins branches"):
        formats.from_onnx(made)
    assert onnx_activations._DEEP < 400
