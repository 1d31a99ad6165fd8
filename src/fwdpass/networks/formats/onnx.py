"""ONNX: a chain of Gemm, or MatMul and Add, and activations."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Activation, Network
from fwdpass.networks.activations import Array
from fwdpass.networks.formats.archives import refuse_pickle
from fwdpass.networks.formats.common import LIMITS, Limits, known, layer, library, network
from fwdpass.networks.formats.wire import count_nodes

_SIMPLE = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh"}


def load(path: Path, limits: Limits = LIMITS) -> Network:
    """Read a model from a file; the numbers have to be in it, not beside it."""
    return from_onnx(read(path, limits), limits)


def read(path: Path, limits: Limits = LIMITS) -> Any:
    """Read a model with ONNX's own reader, once it is known to be of a size for it."""
    refuse_pickle(path)
    limits.check_bytes(path.stat().st_size, str(path))
    nodes, declared = count_nodes(path, limits.layers * 4)
    limits.check_layers(nodes // 3, str(path))
    limits.check_layers(declared // 3, str(path))
    onnx = library("onnx", "onnx")
    try:
        return onnx.load(path, load_external_data=False)
    except Exception as error:  # noqa: BLE001 - protobuf's DecodeError has no public home
        raise ModelError(f"{path} is no ONNX file that can be read: {error}") from None


def from_onnx(model: Any, limits: Limits = LIMITS) -> Network:
    """Take the network out of a model whose graph is a chain of layers."""
    graph = model.graph
    limits.check_layers(len(graph.node) // 3, "the model")
    names = [tensor.name for tensor in graph.initializer]
    if twice := next((name for name, n in Counter(names).items() if n > 1), None):
        raise ModelError(f"the model has two arrays of the name {twice}, and which one is meant is not known")
    if model.functions:
        raise ModelError(f"the model has operations of its own, such as {model.functions[0].name}: inline them first")
    numbers = {tensor.name: _array(tensor) for tensor in graph.initializer}
    given = [i.name for i in graph.input if i.name and i.name not in numbers]
    if not given:
        raise ModelError("the model has no input: its layers have to be a chain from one")
    chain = _Chain(numbers, given[0])
    for index, node in enumerate(graph.node):
        chain.take(node, str(node.name) or f"node {index + 1} ({node.op_type})")
        limits.check_bytes(chain.bytes, "the model")  # an array may be the weights of many layers
    limits.check_layers(len(chain.layers), "the model")
    outputs = [str(o.name) for o in graph.output]
    if outputs != [chain.at]:
        raise ModelError(
            f"the model gives {', '.join(outputs) or 'nothing'}, and its chain of layers ends with {chain.at!r}: "
            "a network here has one output, that of its last layer"
        )
    return network((layer(W, b, act, name) for W, b, act, name in chain.layers), graph.name or "the model")


def _array(tensor: Any) -> Array:
    helper = library("onnx.numpy_helper", "onnx")
    if tensor.data_location == tensor.EXTERNAL or tensor.external_data:
        raise ModelError(f"{tensor.name}: its numbers are in another file, which is not opened: save the model in one")
    if any(d < 0 for d in tensor.dims):
        raise ModelError(f"{tensor.name} declares shape {tuple(tensor.dims)}")
    try:
        array: Array = known(helper.to_array(tensor))
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{tensor.name} cannot be read: {error}") from None
    if array.dtype.kind not in "fiub":
        raise ModelError(f"{tensor.name} holds {array.dtype}, and a layer has numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


class _Chain:
    """Follow the chain from the model's input: each node takes what the one before it gave."""

    def __init__(self, numbers: dict[str, Array], at: str) -> None:
        self._numbers, self.at = numbers, at
        self.layers: list[tuple[Array, Array | None, str, str]] = []
        self.bytes = 0

    def take(self, node: Any, name: str) -> None:
        options = {a.name: _option(a) for a in node.attribute}
        kind = node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
        if not node.output or not node.output[0]:
            raise ModelError(f"{name} gives nothing: the layers have to be a chain")
        if kind == "Constant":
            self._numbers[node.output[0]] = self._constant(node, name)
            return
        if self.at not in node.input:
            raise ModelError(f"{name} does not take what the layer before it gives: the layers have to be a chain")
        match kind:
            case "Gemm":
                self._gemm(node, options, name)
            case "MatMul":
                W = self._number(node, 1, name)
                self.layers.append((W, None, "identity", name))
            case "Add":
                self._add(node, name)
            case "Identity" | "Dropout":
                pass
            case "Flatten" if options.get("axis", 1) == 1:
                pass
            case _:
                self._activate(kind, options, name)
        self.at = node.output[0]

    def _constant(self, node: Any, name: str) -> Array:
        for attribute in node.attribute:
            if attribute.name == "value":
                return _array(attribute.t)
        raise ModelError(f"{name} is a constant of a kind that is not read")

    def _number(self, node: Any, place: int, name: str) -> Array:
        if node.input[0] != self.at or len(node.input) <= place or node.input[place] not in self._numbers:
            raise ModelError(f"{name}: its weights are no numbers of the file")
        array = self._numbers[node.input[place]]
        self.bytes += array.nbytes
        return array

    def _gemm(self, node: Any, options: dict[str, Any], name: str) -> None:
        W = self._number(node, 1, name)
        if options.get("transA"):
            raise ModelError(f"{name} transposes its input, which a layer does not")
        if W.ndim != 2:
            raise ModelError(f"{name}: a layer's weights are a matrix, and got shape {W.shape}")
        W = (W.T if options.get("transB") else W) * W.dtype.type(options.get("alpha", 1.0))
        b = None
        if len(node.input) > 2 and node.input[2]:
            b = self._number(node, 2, name)
            b = _bias(b * b.dtype.type(options.get("beta", 1.0)), W, name)
        self.layers.append((W, b, "identity", name))

    def _add(self, node: Any, name: str) -> None:
        other = [i for i in node.input if i != self.at]
        if len(other) != 1 or other[0] not in self._numbers:
            raise ModelError(f"{name} adds what is no bias: the layers have to be a chain")
        if not self.layers or self.layers[-1][2] != "identity":
            raise ModelError(f"{name} does not follow a matrix product")
        W, b, act, title = self.layers.pop()
        bias = _bias(self._numbers[other[0]], W, name)
        self.layers.append((W, bias if b is None else b + bias, act, title))

    def _activate(self, kind: str, options: dict[str, Any], name: str) -> None:
        if kind in _SIMPLE:
            act = _SIMPLE[kind]
        elif kind == "LeakyRelu":
            act = f"leaky relu({_shortest(options.get('alpha', 0.01))})"
        elif kind == "Softmax" and options.get("axis", -1) in (-1, 1):
            act = "softmax"
        elif kind == "Gelu":
            act = "gelu tanh" if options.get("approximate") == b"tanh" else "gelu"
        else:
            raise ModelError(
                f"{name}: {kind} is no layer that can be read: there are Gemm, MatMul, Add, Relu, LeakyRelu, Sigmoid, "
                "Tanh, Gelu, Softmax over the last axis, and Flatten, Identity and Dropout, which change nothing here"
            )
        if not self.layers or self.layers[-1][2] != "identity":
            raise ModelError(f"{name}: {kind} does not follow a matrix product")
        W, b, _, title = self.layers.pop()
        self.layers.append((W, b, act, title))


def _option(attribute: Any) -> Any:
    return library("onnx.helper", "onnx").get_attribute_value(attribute)


def _shortest(number: float) -> str:
    """The decimal that was written: the file holds a float32."""
    return str(np.float32(number))


def _bias(b: Array, W: Array, name: str) -> Array:
    """A bias for each column; ONNX lets one number, or a row in brackets, stand for it."""
    if W.ndim == 2 and b.size == W.shape[1] and b.shape in {(W.shape[1],), (1, W.shape[1])}:
        return b.reshape(-1)
    if W.ndim == 2 and b.size == 1 and b.ndim < 3:
        return np.full(W.shape[1], b.reshape(()))
    raise ModelError(f"{name}: a layer of weights {W.shape} needs a bias for each column, and got {b.shape}")


def to_onnx(net: Network) -> Any:
    """Make a model: a Gemm for each layer, and its activation."""
    helper, numpy_helper = library("onnx.helper", "onnx"), library("onnx.numpy_helper", "onnx")
    proto = library("onnx", "onnx").TensorProto
    net = net.astype(float) if net.dtype == object else net
    kind = {"float32": proto.FLOAT, "float64": proto.DOUBLE, "float16": proto.FLOAT16}.get(str(net.dtype))
    if kind is None:
        raise ModelError(f"ONNX has no numbers of {net.dtype}: take net.astype('float64')")
    nodes, numbers, at = [], [], "x"
    for i, one in enumerate(net, 1):
        z, out = f"z{i}", "y_hat" if i == len(net) else f"h{i}"
        plain = one.activation.name == "identity"
        numbers += [numpy_helper.from_array(one.W, f"W{i}"), numpy_helper.from_array(one.b, f"b{i}")]
        nodes.append(helper.make_node("Gemm", [at, f"W{i}", f"b{i}"], [out if plain else z], one.name or f"layer {i}"))
        if not plain:
            op, options = _operator(one.activation)
            nodes.append(helper.make_node(op, [z], [out], f"{one.activation} {i}", **options))
        at = out
    ends = [
        helper.make_tensor_value_info(name, kind, ["rows", n])
        for name, n in (("x", net.sizes[0]), ("y_hat", net.sizes[-1]))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], numbers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9, producer_name="fwdpass")


def _operator(act: Activation) -> tuple[str, dict[str, Any]]:
    for theirs, ours in _SIMPLE.items():
        if act.name == ours:
            return theirs, {}
    match act.name:
        case "softmax":
            return "Softmax", {"axis": -1}
        case "gelu":
            return "Gelu", {}
        case "gelu tanh":
            return "Gelu", {"approximate": "tanh"}
    return "LeakyRelu", {"alpha": float(act.slope or 0)}


def save(net: Network, path: Path) -> None:
    """Write the model of :func:`to_onnx`."""
    library("onnx", "onnx").save(to_onnx(net), path)


def predict(model: Any, x: Array) -> Array:
    """Let ONNX's reference evaluator run the model."""
    evaluator = library("onnx.reference", "onnx").ReferenceEvaluator(model)
    name = evaluator.input_names[0]
    kinds = {i.name: i.type.tensor_type.elem_type for i in model.graph.input}
    dtype = library("onnx.helper", "onnx").tensor_dtype_to_np_dtype(kinds[name])
    rows = np.atleast_2d(x).astype(dtype)
    y: Array = evaluator.run(None, {name: rows})[0]
    return y if x.ndim == 2 else y[0]
