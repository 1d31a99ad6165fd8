"""An ONNX graph as operations on a row: followed back from its output to its input, a node or a few at a time."""

from __future__ import annotations

from math import prod

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import activations
from fwdpass.networks.formats.chain import Affine, Operation, Passed, Scaling
from fwdpass.networks.formats.onnx_activations import one_node, several_nodes, shortest
from fwdpass.networks.formats.onnx_graph import FLOATS, NodeValue, OnnxGraph
from fwdpass.networks.formulas import Array

_WHY = {
    "Conv": "a convolution uses a weight at many places, and a layer here is one matrix: read the dense layers alone",
    "ConvTranspose": "a convolution uses a weight at many places, and a layer here is one matrix",
    "MaxPool": "pooling takes the largest of neighbours, which no matrix does: read the dense layers alone",
    "AveragePool": "pooling belongs to convolutions, which are not read: read the dense layers alone",
    "GlobalAveragePool": "pooling belongs to convolutions, which are not read: read the dense layers alone",
    "LSTM": "a recurrent net goes through its layer many times, and a network here once",
    "GRU": "a recurrent net goes through its layer many times, and a network here once",
    "RNN": "a recurrent net goes through its layer many times, and a network here once",
    "Attention": "attention multiplies inputs by inputs, and a layer here multiplies them by weights",
    "Gather": "a table of rows is looked up, which is no product with weights: give the network the rows themselves",
    "If": "which branch is taken depends on the input, and layers here are always the same",
    "Loop": "a loop goes through its layers many times, and a network here once",
    "Scan": "a loop goes through its layers many times, and a network here once",
    "ArgMax": "it gives the place of the largest number alone: let the model give the numbers, too",
    "TopK": "it gives the largest numbers alone: let the model give all of them",
}
"""What stays out, and what would do."""
_LIKE_A_ROW = ("Identity", "Dropout", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Cast", "ZipMap")
"""Operators that leave the numbers of a row as they are, and in their order, once their shapes have been checked."""


def operations(graph: OnnxGraph) -> list[Operation]:
    """Give the operations from the input to the output, in their order."""
    found: list[Operation] = []
    counted: set[str] = set()
    steps = []
    value = graph.output
    while value is not graph.input:
        made, before = _step(graph, value)
        steps.append((made, value))
        value = before
    for made, value in reversed(steps):
        found += [_counted(graph, operation, value, counted) for operation in made]
    return found


def _counted(graph: OnnxGraph, operation: Operation, value: NodeValue, counted: set[str]) -> Operation:
    """Count the numbers of the file that an operation takes, each array once."""
    if isinstance(operation, Passed):
        return operation
    names: set[str] = set()
    for one in value.inputs:
        names |= graph.sources.get(id(one), set()) if isinstance(one, np.ndarray) else set()
    count = sum(graph.sizes[name] for name in names - counted)
    counted |= names
    return operation._replace(parameters=count)


def _step(graph: OnnxGraph, value: NodeValue) -> tuple[list[Operation], NodeValue]:
    """Give what a value is worked out by, and what out of."""
    name, kind = value.name, value.kind
    first = value.values[0] if value.values else None
    if first is None:
        raise ModelError(f"{name} does not take what a layer before it gives: the layers have to be a chain")
    if value.output != (1 if kind == "LinearClassifier" else 0):
        raise ModelError(f"{name}: what is taken of {kind} is not its result but another output, and no layer's")
    alone = len(value.values) == 1
    if kind in _LIKE_A_ROW and alone:
        _check_row(value, first)
        return [], first
    if kind in _LAYERS and alone and value.inputs[0] is first:
        return _LAYERS[kind](value, graph), first
    if alone and (act := one_node(value, graph)):
        return [Passed(name, act)], first
    if kind == "Normalizer" and (chances := _chances(value)):
        return [], chances
    if kind == "Concat" and (both := _both_classes(value)):
        graph.notes.append(f"{graph.output_name} has the chances of both classes: here is that of the latter alone.")
        return [], both
    if found := several_nodes(value, graph.input):
        return [Passed(name, found[0])], found[1]
    if kind in ("Add", "Sub", "Mul", "Div", "Neg") and alone:
        return [_entrywise(value, first)], first
    raise ModelError(_refusal(value))


def _refusal(value: NodeValue) -> str:
    if reason := _WHY.get(value.kind):
        return f"{value.name}: {value.kind} is no layer that can be read: {reason}"
    if value.kind in ("MatMul", "Gemm"):
        return f"{value.name}: its weights are no numbers of the file, a matrix that its input is multiplied by"
    if len(value.values) > 1:
        return (
            f"{value.name}: {value.kind} joins branches, {' and '.join(one.name for one in value.values[:3])}, and "
            "what it makes of them is no activation that is known here: a layer takes what the one before it gives"
        )
    known_ = ", ".join(dict.fromkeys(["Gemm, MatMul, Add, Sub, Mul, Div by numbers", *activations.known("onnx")]))
    return f"{value.name}: {value.kind} is no layer that can be read: there are {known_}, and norms"


def _check_row(value: NodeValue, first: NodeValue) -> None:
    """Refuse a change of shape that is more than another way to write the same row."""
    name, kind = value.name, value.kind
    if kind == "Cast":
        if value.options.get("to") not in FLOATS:
            raise ModelError(f"{name}: Cast makes whole numbers of a layer's sums, which no layer does")
        return
    if kind in ("Identity", "Dropout", "ZipMap"):
        return
    if kind == "Flatten" and value.options.get("axis", 1) != 1:
        raise ModelError(
            f"{name}: Flatten from axis {value.options['axis']} on mixes rows with what they hold: from axis 1 on, "
            "each row becomes one, and is read"
        )
    if kind == "Transpose":
        _check_order(value, first)
    if first.width is not None and value.width is not None and first.width != value.width:
        raise ModelError(
            f"{name}: {kind} makes rows of {value.width} numbers out of rows of {first.width}: what is read leaves "
            "each row whole"
        )


def _check_order(value: NodeValue, first: NodeValue) -> None:
    dims = first.dims
    perm = value.options.get("perm", range(len(dims or ()))[::-1])
    long = [i for i in perm if dims is None or dims[i] != 1]
    if dims is None or long != sorted(long) or (len(dims) > 1 and perm[0] != 0):
        raise ModelError(f"{value.name}: Transpose puts the numbers of a row in another order, and no layer does")


def _flat(array: Array, value: NodeValue, first: NodeValue) -> Array:
    """Take numbers for each entry of a row, as they are written for its shape."""
    if array.size == 1:
        return array.reshape(())
    dims = first.dims
    if dims is not None and None not in dims[1:] and len(dims) > 1:
        try:
            return np.broadcast_to(array, (1, *(n or 0 for n in dims[1:]))).reshape(-1)
        except ValueError:
            pass
    if array.size == array.shape[-1]:
        return array.reshape(-1)
    raise ModelError(
        f"{value.name}: a layer of {first.width or 'some'} neurons needs a number for each column, "
        f"and {value.kind} got {array.shape}"
    )


def _entrywise(value: NodeValue, first: NodeValue) -> Scaling:
    """Read a node that shifts or scales a row by numbers of the file."""
    name, kind = value.name, value.kind
    if kind == "Neg":
        return Scaling(name, np.asarray(-1.0), None)
    number = next((one for one in value.inputs if isinstance(one, np.ndarray)), None)
    if number is None:
        raise ModelError(_refusal(value))
    flat = _flat(number, value, first).astype(np.float64)
    ours = value.inputs[0] is first
    match kind:
        case "Add":
            return Scaling(name, None, flat)
        case "Sub":
            return Scaling(name, None, -flat) if ours else Scaling(name, np.asarray(-1.0), flat)
        case "Mul":
            return Scaling(name, flat, None)
        case _ if ours and np.all(flat != 0):
            return Scaling(name, 1 / flat, None)
    raise ModelError(f"{name}: Div divides by what a layer gives, or by zero, and no layer does")


# Layers ----------------------------------------------------------------------------------------------


def _number(value: NodeValue, place: int) -> Array | None:
    found = value.inputs[place] if len(value.inputs) > place else None
    if isinstance(found, NodeValue):
        raise ModelError(_refusal(value))
    if found is not None and found.dtype.kind not in "fiub":
        raise ModelError(f"{value.name} takes texts, and a layer has numbers")
    return found


def _weights(value: NodeValue) -> Array:
    W = _number(value, 1)
    if W is None or len(value.values) != 1:
        raise ModelError(f"{value.name}: its weights are no numbers of the file")
    if W.ndim != 2:
        raise ModelError(f"{value.name}: a layer's weights are a matrix, and got shape {W.shape}")
    dims = value.values[0].dims
    if dims is not None and any(n != 1 for n in dims[1:-1]):
        raise ModelError(
            f"{value.name} multiplies each of several rows within a row, of shape {dims[1:]}: a layer here takes a row "
            "as a whole"
        )
    return _floats(W)


def _floats(array: Array) -> Array:
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _gemm(value: NodeValue, _: OnnxGraph) -> list[Operation]:
    W, options = _weights(value), value.options
    if options.get("transA"):
        raise ModelError(f"{value.name} transposes its input, which a layer does not")
    W = (W.T if options.get("transB") else W) * W.dtype.type(options.get("alpha", 1.0))
    b = _number(value, 2)
    if b is not None:
        b = _bias(_floats(b), W, value.name)
        b = b * b.dtype.type(options.get("beta", 1.0))
    return [Affine(value.name, W, b)]


def _bias(b: Array, W: Array, name: str) -> Array:
    """Give a bias for each column; ONNX lets one number, or a row in brackets, stand for it."""
    if b.size == W.shape[1] and b.shape in {(W.shape[1],), (1, W.shape[1])}:
        return b.reshape(-1)
    if b.size == 1 and b.ndim < 3:
        return np.full(W.shape[1], b.reshape(()))
    raise ModelError(f"{name}: a layer of weights {W.shape} needs a bias for each column, and got {b.shape}")


def _matmul(value: NodeValue, _: OnnxGraph) -> list[Operation]:
    return [Affine(value.name, _weights(value))]


def _batch_norm(value: NodeValue, _: OnnxGraph) -> list[Operation]:
    """Fold the statistics: in evaluation, a batch norm is a factor and a shift for each entry."""
    given = [_number(value, place) for place in range(1, 5)]
    dims = value.values[0].dims
    if value.options.get("training_mode") or any(one is None for one in given):
        raise ModelError(
            f"{value.name}: BatchNormalization in training takes the mean of its batch: export it in eval()"
        )
    if dims is not None and any(n != 1 for n in dims[2:]):
        raise ModelError(f"{value.name}: BatchNormalization of channels of shape {dims[1:]} belongs to convolutions")
    gamma, beta, mean, variance = (np.asarray(one, np.float64) for one in given)
    factor = gamma / np.sqrt(variance + value.options.get("epsilon", 1e-5))
    return [Scaling(value.name, factor, beta - mean * factor)]


def _layer_norm(value: NodeValue, _: OnnxGraph) -> list[Operation]:
    dims, axis = value.values[0].dims, value.options.get("axis", -1)
    if dims is not None and axis != -1 and axis != len(dims) - 1 and prod(n or 0 for n in dims[axis:]) != value.width:
        raise ModelError(f"{value.name}: LayerNormalization over axis {axis} of {dims} is not over the row")
    scale, shift = _number(value, 1), _number(value, 2)
    made: list[Operation] = [Passed(value.name, f"standardize({shortest(value.options.get('epsilon', 1e-5))})")]
    if scale is not None:
        shift = None if shift is None else shift.reshape(-1).astype(np.float64)
        made.append(Scaling(value.name, scale.reshape(-1).astype(np.float64), shift))
    return made


def _scaler(value: NodeValue, _: OnnxGraph) -> list[Operation]:
    factor = np.asarray(value.options.get("scale", [1.0]), np.float64)
    offset = np.asarray(value.options.get("offset", [0.0]), np.float64)
    return [Scaling(value.name, None, -offset), Scaling(value.name, factor, None)]


def _linear(value: NodeValue, _: OnnxGraph) -> list[Operation]:
    """Read scikit-learn's linear models, which have operators of their own."""
    options = value.options
    shift = np.asarray(options.get("intercepts", []), np.float32)
    rows = max(1, len(shift) or options.get("targets", 1))
    coefficients = np.asarray(options.get("coefficients", []), np.float32)
    after = (options.get("post_transform") or b"NONE").decode()
    act = {"NONE": "identity", "SOFTMAX": "softmax", "LOGISTIC": "sigmoid"}.get(after)
    if act is None or not coefficients.size or coefficients.size % rows:
        raise ModelError(f"{value.name}: {value.kind} with {after} is not read")
    W = coefficients.reshape(rows, -1).T
    b = shift if len(shift) else None
    return [Affine(value.name, W, b, W.size + len(shift)), Passed(value.name, act)]


_LAYERS = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "Scaler": _scaler,
    "LinearClassifier": _linear,
    "LinearRegressor": _linear,
}


def _both_classes(value: NodeValue) -> NodeValue | None:
    """Find p in the two columns 1 - p and p, by which scikit-learn's binary classifiers give one number."""
    if len(value.values) != 2:
        return None
    rest, p = value.values
    one = rest.inputs[0] if rest.kind == "Sub" and len(rest.inputs) == 2 else None
    if (
        isinstance(one, np.ndarray)
        and rest.inputs[1] is p
        and np.all(one == 1)
        and value.options.get("axis") in (1, -1)
    ):
        return p
    return None


def _chances(value: NodeValue) -> NodeValue | None:
    """Find chances that are divided by their sum, which is one: of softmax, or of two classes, one the other's rest."""
    first = value.values[0] if value.values else None
    if first is None or first.kind != "LinearClassifier" or value.options.get("norm", b"MAX") != b"L1":
        return None
    after = first.options.get("post_transform", b"NONE")
    rows = (
        np.asarray(first.options.get("coefficients", []), np.float32).reshape(2, -1) if after == b"LOGISTIC" else None
    )
    return first if after == b"SOFTMAX" or (rows is not None and np.array_equal(rows[0], -rows[1])) else None
