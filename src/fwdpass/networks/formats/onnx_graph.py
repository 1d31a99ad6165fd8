"""An ONNX graph as operations on a row: followed back from the output, with what is constant worked out.

The nodes that the output does not depend on are left alone: a classifier's label, say. Where branches leave a row and
join again, as in x * Sigmoid(x), the part between is held against the table of activations, number by number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import activations, formulas
from fwdpass.networks.activations import Activation
from fwdpass.networks.formats import onnx_ops
from fwdpass.networks.formats.chain import Affine, Entrywise, Operation, Passed
from fwdpass.networks.formats.common import Limits, known, library
from fwdpass.networks.formulas import Array

BATCH = 1_000_003
"""Stands for a number of rows that the model leaves open: a prime, so that it is recognised in what is worked out."""
_FLOATS = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16"}
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


@dataclass(eq=False)
class Value:
    """What a node gives, for one row of the input."""

    kind: str
    name: str
    at: int
    """Its place in the file, which is an order of computation."""
    inputs: tuple[Value | Array | None, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    dims: tuple[int | None, ...] | None = None
    """Its shape, rows and all; None where the file does not say it."""
    output: int = 0
    """Which of the node's outputs it is."""

    @property
    def values(self) -> list[Value]:
        """The inputs that are no numbers of the file."""
        return [one for one in self.inputs if isinstance(one, Value)]

    @property
    def width(self) -> int | None:
        """How many numbers there are for a row."""
        if self.dims is None or None in self.dims[_lead(self.dims) :]:
            return None
        return prod(n or 0 for n in self.dims[_lead(self.dims) :])


def _lead(dims: Sequence[int | None]) -> int:
    """Say where a row begins: after the axis of the rows, if there is one."""
    return 1 if len(dims) > 1 else 0


@dataclass
class Graph:
    """A graph whose output has been found."""

    input: Value
    output: Value
    output_name: str
    dtype: str
    """The type of float that it computes with."""
    notes: list[str]
    sources: dict[int, set[str]]
    """Of an array, by its id: the file's arrays that it was worked out of."""
    sizes: dict[str, int]
    """How many numbers an array of the file has."""
    opset: int = 0
    random: bool = False
    """Whether it drops numbers at random, as in training."""


def read(model: Any, limits: Limits) -> Graph:
    """Read a model's graph as values, from its input to the output that is its prediction."""
    graph = model.graph
    names = [tensor.name for tensor in graph.initializer]
    if twice := next((name for name, n in Counter(names).items() if n > 1), None):
        raise ModelError(f"the model has two arrays of the name {twice}, and which one is meant is not known")
    if model.functions:
        raise ModelError(f"the model has operations of its own, such as {model.functions[0].name}: inline them first")
    arrays = {tensor.name: array(tensor) for tensor in graph.initializer}
    made = _Reading(arrays, limits, _opset(model))
    made.sources = {id(a): {name} for name, a in arrays.items() if a.ndim}
    made.sizes = {name: a.size for name, a in arrays.items()}
    given = [i for i in graph.input if i.name and i.name not in made.known]
    if len(given) != 1:
        listed = ", ".join(i.name for i in given)
        raise ModelError(
            f"the model takes {listed}, and a network here takes one input" if given else
            "the model has no input: its layers have to be a chain from one"
        )  # fmt: skip
    start = Value("", given[0].name, -1, dims=_declared(given[0]))
    made.known[given[0].name] = start
    for at, node in enumerate(graph.node):
        made.take(at, node)
    output, note = _output(graph)
    end = made.known.get(output.name)
    if not isinstance(end, Value):
        raise ModelError(f"the model gives {output.name}, which no chain of layers from its input makes")
    needed = _needed(end)
    for value in needed:
        made.check(value)
    dtype = _FLOATS.get(given[0].type.tensor_type.elem_type, "float32")
    return Graph(
        start, end, output.name, dtype, [*made.notes, *([note] if note else [])], made.sources, made.sizes,
        made.opset, any(value.kind == "Dropout" and _training(value) for value in needed),
    )  # fmt: skip


def _opset(model: Any) -> int:
    return max((int(one.version) for one in model.opset_import if one.domain in ("", "ai.onnx")), default=1)


def _declared(given: Any) -> tuple[int | None, ...] | None:
    kind = given.type.tensor_type
    if not kind.HasField("shape"):
        return None
    dims = [int(d.dim_value) if d.HasField("dim_value") and d.dim_value > 0 else None for d in kind.shape.dim]
    if not dims:
        raise ModelError(f"the model takes {given.name}, a single number, and a network takes a row of them")
    if len(dims) > 1 and dims[0] is None:
        dims[0] = BATCH
    return tuple(dims)


def _output(graph: Any) -> tuple[Any, str]:
    """Pick the prediction: the one output, or of a classifier's two the one that is no label."""
    outputs = list(graph.output)
    labels = [o for o in outputs if o.type.HasField("tensor_type") and o.type.tensor_type.elem_type in (6, 7, 8)]
    others = [o for o in outputs if o not in labels]
    if len(outputs) == 2 and len(others) == 1:
        return others[0], f"The model gives {labels[0].name}, too, which is left out: here is {others[0].name} alone."
    if len(outputs) != 1:
        listed = ", ".join(o.name for o in outputs)
        raise ModelError(
            f"the model gives {listed or 'nothing'}: a network here has one output, that of its last layer"
        )
    return outputs[0], ""


def _needed(end: Value) -> list[Value]:
    """Find what a value depends on, itself included."""
    found, left = {id(end): end}, [end]
    while left:
        for one in left.pop().values:
            if id(one) not in found:
                found[id(one)] = one
                left.append(one)
    return sorted(found.values(), key=lambda value: value.at)


def array(tensor: Any) -> Array:
    """Take an array out of a model; its numbers have to be in it."""
    helper = library("onnx.numpy_helper", "onnx")
    if tensor.data_location == tensor.EXTERNAL or tensor.external_data:
        raise ModelError(f"{tensor.name}: its numbers are in another file, which is not opened: save the model in one")
    if any(d < 0 for d in tensor.dims):
        raise ModelError(f"{tensor.name} declares shape {tuple(tensor.dims)}")
    try:
        found: Array = known(helper.to_array(tensor))
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{tensor.name} cannot be read: {error}") from None
    if found.dtype.kind not in "fiub":
        if found.dtype.kind in "OSU":
            return found  # a classifier's labels, which no layer takes
        raise ModelError(f"{tensor.name} holds {found.dtype}, and a layer has numbers")
    return found


class _Reading:
    """Go through the nodes in order: what is constant is worked out, the rest is remembered."""

    def __init__(self, numbers: Mapping[str, Array], limits: Limits, opset: int) -> None:
        self.known: dict[str, Array | Value] = dict(numbers)
        self.limits, self.opset = limits, opset
        self.notes: list[str] = []
        self.sources: dict[int, set[str]] = {}
        self.sizes: dict[str, int] = {}
        self._made = 0

    def take(self, at: int, node: Any) -> None:
        """Take the next node."""
        name = str(node.name) or f"node {at + 1} ({node.op_type})"
        options = {a.name: library("onnx.helper", "onnx").get_attribute_value(a) for a in node.attribute}
        kind = node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
        kind = kind.removeprefix("ai.onnx.ml.")
        if not node.output or not node.output[0]:
            raise ModelError(f"{name} gives nothing: the layers have to be a chain")
        if kind == "Constant":
            self.known[node.output[0]] = _constant(options, name)
            return
        inputs = tuple(self.known.get(i) if i else None for i in node.input)
        arrays = [one for one in inputs if isinstance(one, np.ndarray)]
        found: Array | None = None
        if inputs and len(arrays) == len(inputs):
            found = onnx_ops.folded(kind, arrays, options, name)
        elif kind == "Shape" and isinstance(inputs[0], Value) and inputs[0].dims and None not in inputs[0].dims:
            found = np.array(inputs[0].dims, np.int64)
        if found is not None:
            self._made += found.nbytes
            self.limits.check_bytes(self._made, "the model")
            self.known[node.output[0]] = found
            self.sources[id(found)] = set().union(*(self.sources.get(id(a), set()) for a in arrays))
            return
        for place, output in enumerate(node.output):
            if output:
                value = Value(kind, name, at, inputs, options, None, place)
                value.dims = _dims(value)
                self.known[output] = value

    def check(self, value: Value) -> None:
        """Refuse what a node does beyond what is read of it."""
        if any(one is None for one in value.inputs[:1]):
            raise ModelError(f"{value.name} does not take what a layer before it gives: the layers have to be a chain")
        if value.kind == "Dropout" and _training(value):
            self.notes.append(
                f"{value.name} is in training mode: it drops numbers at random, which a forward pass does not, and "
                "the model's own prediction may be another with each run."
            )


def _training(dropout: Value) -> bool:
    mode = dropout.inputs[2] if len(dropout.inputs) > 2 else None
    return isinstance(mode, np.ndarray) and bool(mode.any())


def _constant(options: Mapping[str, Any], name: str) -> Array:
    for key, value in options.items():
        if key == "value":
            return array(value)
        if key in ("value_float", "value_floats"):
            return np.asarray(value, np.float32)
        if key in ("value_int", "value_ints"):
            return np.asarray(value, np.int64)
    raise ModelError(f"{name} is a constant of a kind that is not read")


# Shapes ----------------------------------------------------------------------------------------------

Dims = tuple[int | None, ...] | None


def _dims(value: Value) -> Dims:
    """Say what shape a node gives, as far as it matters here."""
    first = value.inputs[0] if value.inputs else None
    dims = first.dims if isinstance(first, Value) else None
    options, second = value.options, value.inputs[1] if len(value.inputs) > 1 else None
    axes = second.reshape(-1).tolist() if isinstance(second, np.ndarray) else options.get("axes")
    match value.kind:
        case "MatMul" if isinstance(second, np.ndarray) and second.ndim == 2 and dims:
            return (*dims[:-1], second.shape[1])
        case "Gemm" if isinstance(second, np.ndarray) and second.ndim == 2:
            return (dims[0] if dims else BATCH, second.shape[0 if options.get("transB") else 1])
        case "Reshape" if isinstance(second, np.ndarray):
            return _reshaped(dims, second.reshape(-1).tolist(), bool(options.get("allowzero")))
        case "Flatten" if dims and options.get("axis", 1) == 1:
            return (dims[0], None if None in dims[1:] else prod(n or 0 for n in dims[1:]))
        case "Squeeze" if dims:
            gone = {int(a) % len(dims) for a in axes} if axes else {i for i, n in enumerate(dims) if n == 1}
            return tuple(n for i, n in enumerate(dims) if i not in gone)
        case "Unsqueeze" if dims and axes is not None:
            rank = len(dims) + len(axes)
            new, left = {int(a) % rank for a in axes}, iter(dims)
            return tuple(1 if i in new else next(left) for i in range(rank))
        case "Transpose" if dims:
            return tuple(dims[i] for i in options.get("perm", range(len(dims))[::-1]))
        case "LinearClassifier" | "LinearRegressor":
            return (BATCH, None)
    if value.kind not in _SHAPED:
        return None
    shapes = [one.shape if isinstance(one, np.ndarray) else one.dims for one in value.inputs if one is not None]
    return _broadcast(shapes)


_SHAPED = {
    *onnx_ops.ENTRYWISE, *activations.known("onnx"), "Dropout", "Cast", "ZipMap", "Clip", "PRelu", "Celu", "Scaler",
    "BatchNormalization", "LayerNormalization", "Normalizer",
}  # fmt: skip
"""Operators that give as many numbers as their inputs have together, axis by axis."""


def _reshaped(dims: Dims, wanted: Sequence[int], literal: bool) -> Dims:
    goal = onnx_ops.target(dims or (), wanted, literal)
    if -1 not in goal:
        return tuple(goal)
    rest = prod(n for n in goal if n != -1)
    if dims and None not in dims and rest:
        whole = prod(n or 0 for n in dims)
        return tuple(whole // rest if n == -1 else n for n in goal)
    return tuple(None if n == -1 else n for n in goal) if goal[0] != -1 else (BATCH, *goal[1:])


def _broadcast(shapes: Sequence[Dims]) -> Dims:
    if any(shape is None for shape in shapes):
        return None
    longest = max((len(shape) for shape in shapes if shape is not None), default=0)
    padded = [(1,) * (longest - len(shape)) + tuple(shape) for shape in shapes if shape is not None]
    return tuple(next((n for n in column if n != 1), 1) for column in zip(*padded, strict=True))


# Back from the output ----------------------------------------------------------------------------------


def operations(graph: Graph) -> list[Operation]:
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


def _counted(graph: Graph, operation: Operation, value: Value, counted: set[str]) -> Operation:
    """Count the numbers of the file that an operation takes, each array once."""
    if isinstance(operation, Passed):
        return operation
    names: set[str] = set()
    for one in value.inputs:
        names |= graph.sources.get(id(one), set()) if isinstance(one, np.ndarray) else set()
    count = sum(graph.sizes[name] for name in names - counted)
    counted |= names
    return operation._replace(parameters=count)


def _step(graph: Graph, value: Value) -> tuple[list[Operation], Value]:
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
    if alone and (act := _activation(value, graph)):
        return [Passed(name, act)], first
    if kind == "Normalizer" and (chances := _chances(value)):
        return [], chances
    if kind == "Concat" and (both := _both_classes(value)):
        graph.notes.append(f"{graph.output_name} has the chances of both classes: here is that of the latter alone.")
        return [], both
    if found := _joined(value, graph.input):
        return [Passed(name, found[0])], found[1]
    if kind in ("Add", "Sub", "Mul", "Div", "Neg") and alone:
        return [_entrywise(value, first)], first
    raise ModelError(_refusal(value))


def _refusal(value: Value) -> str:
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


def _check_row(value: Value, first: Value) -> None:
    """Refuse a change of shape that is more than another way to write the same row."""
    name, kind = value.name, value.kind
    if kind == "Cast":
        if value.options.get("to") not in _FLOATS:
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


def _check_order(value: Value, first: Value) -> None:
    dims = first.dims
    perm = value.options.get("perm", range(len(dims or ()))[::-1])
    long = [i for i in perm if dims is None or dims[i] != 1]
    if dims is None or long != sorted(long) or (len(dims) > 1 and perm[0] != 0):
        raise ModelError(f"{value.name}: Transpose puts the numbers of a row in another order, and no layer does")


def _flat(array: Array, value: Value, first: Value) -> Array:
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


def _entrywise(value: Value, first: Value) -> Entrywise:
    """Read a node that shifts or scales a row by numbers of the file."""
    name, kind = value.name, value.kind
    if kind == "Neg":
        return Entrywise(name, np.asarray(-1.0), None)
    number = next((one for one in value.inputs if isinstance(one, np.ndarray)), None)
    if number is None:
        raise ModelError(_refusal(value))
    flat = _flat(number, value, first).astype(np.float64)
    ours = value.inputs[0] is first
    match kind:
        case "Add":
            return Entrywise(name, None, flat)
        case "Sub":
            return Entrywise(name, None, -flat) if ours else Entrywise(name, np.asarray(-1.0), flat)
        case "Mul":
            return Entrywise(name, flat, None)
        case _ if ours and np.all(flat != 0):
            return Entrywise(name, 1 / flat, None)
    raise ModelError(f"{name}: Div divides by what a layer gives, or by zero, and no layer does")


# Layers ----------------------------------------------------------------------------------------------


def _number(value: Value, place: int) -> Array | None:
    found = value.inputs[place] if len(value.inputs) > place else None
    if isinstance(found, Value):
        raise ModelError(_refusal(value))
    if found is not None and found.dtype.kind not in "fiub":
        raise ModelError(f"{value.name} takes texts, and a layer has numbers")
    return found


def _weights(value: Value) -> Array:
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


def _gemm(value: Value, _: Graph) -> list[Operation]:
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


def _matmul(value: Value, _: Graph) -> list[Operation]:
    return [Affine(value.name, _weights(value))]


def _batch_norm(value: Value, _: Graph) -> list[Operation]:
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
    return [Entrywise(value.name, factor, beta - mean * factor)]


def _layer_norm(value: Value, _: Graph) -> list[Operation]:
    dims, axis = value.values[0].dims, value.options.get("axis", -1)
    if dims is not None and axis != -1 and axis != len(dims) - 1 and prod(n or 0 for n in dims[axis:]) != value.width:
        raise ModelError(f"{value.name}: LayerNormalization over axis {axis} of {dims} is not over the row")
    scale, shift = _number(value, 1), _number(value, 2)
    made: list[Operation] = [Passed(value.name, f"standardize({_shortest(value.options.get('epsilon', 1e-5))})")]
    if scale is not None:
        shift = None if shift is None else shift.reshape(-1).astype(np.float64)
        made.append(Entrywise(value.name, scale.reshape(-1).astype(np.float64), shift))
    return made


def _scaler(value: Value, _: Graph) -> list[Operation]:
    factor = np.asarray(value.options.get("scale", [1.0]), np.float64)
    offset = np.asarray(value.options.get("offset", [0.0]), np.float64)
    return [Entrywise(value.name, None, -offset), Entrywise(value.name, factor, None)]


def _linear(value: Value, _: Graph) -> list[Operation]:
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


def _both_classes(value: Value) -> Value | None:
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


def _chances(value: Value) -> Value | None:
    """Find chances that are divided by their sum, which is one: of softmax, or of two classes, one the other's rest."""
    first = value.values[0] if value.values else None
    if first is None or first.kind != "LinearClassifier" or value.options.get("norm", b"MAX") != b"L1":
        return None
    after = first.options.get("post_transform", b"NONE")
    rows = (
        np.asarray(first.options.get("coefficients", []), np.float32).reshape(2, -1) if after == b"LOGISTIC" else None
    )
    return first if after == b"SOFTMAX" or (rows is not None and np.array_equal(rows[0], -rows[1])) else None


# Activations -----------------------------------------------------------------------------------------


def _shortest(number: Any) -> str:
    """Give the decimal that was written: the file holds a float32."""
    return str(np.float32(number))


_DEFAULTS: dict[str, dict[str, Any]] = {
    "LeakyRelu": {"alpha": 0.01},
    "Elu": {"alpha": 1.0},
    "Celu": {"alpha": 1.0},
    "Gelu": {"approximate": "none"},
    "HardSigmoid": {"alpha": 0.2, "beta": 0.5},
    "Swish": {"alpha": 1.0},
    "Selu": {"alpha": formulas.SELU_ALPHA, "gamma": formulas.SELU_SCALE},
}
"""What ONNX takes where a node says nothing."""
_CLIPPED: dict[tuple[float | None, float | None], str] = {
    (0.0, 6.0): "relu6",
    (-1.0, 1.0): "hard tanh",
    (0.0, None): "relu",
}
"""What a Clip is, by its bounds."""


def _activation(value: Value, graph: Graph) -> Activation | None:
    """Find a node's activation by its name and options."""
    kind, options = value.kind, {**_DEFAULTS.get(value.kind, {}), **value.options}
    if kind in ("Softmax", "LogSoftmax"):
        _check_axis(value, graph.opset)
        options["axis"] = -1
    if kind == "Clip":
        low, high = (_bound(value, place, name) for place, name in ((1, "min"), (2, "max")))
        named = _CLIPPED.get((low, high))
        return None if named is None else activations.activation(named)
    if kind == "PRelu":
        slope = value.inputs[1]
        if isinstance(slope, np.ndarray) and slope.size and np.all(slope == slope.flat[0]):
            return activations.leaky_relu(str(slope.flat[0]))
        raise ModelError(f"{value.name}: PRelu has a slope for each neuron, and an activation here has one for all")
    for option in ("alpha",):
        if option in options and kind in ("LeakyRelu", "Elu", "Celu"):
            options[option] = _decimal(options[option], graph)
    return activations.read("onnx", kind, options)


def _decimal(number: Any, graph: Graph) -> str:
    """Write an option: its float32 as the decimal that was meant, or exactly, where the program takes it as double."""
    return repr(float(np.float32(number))) if graph.dtype == "float64" else _shortest(number)


def _bound(value: Value, place: int, name: str) -> float | None:
    found = value.inputs[place] if len(value.inputs) > place else value.options.get(name)
    return None if found is None or isinstance(found, Value) else float(np.asarray(found).reshape(-1)[0])


def _check_axis(value: Value, opset: int) -> None:
    """Refuse shares of anything but the whole row. Before opset 13, an axis meant all from there on."""
    dims = value.values[0].dims
    axis = value.options.get("axis", -1 if opset >= 13 else 1)
    if dims is None:
        if axis in (-1, 1):
            return
        raise ModelError(f"{value.name}: {value.kind} is over axis {axis}, and whether that is the row is not said")
    at = axis % len(dims) if dims else 0
    taken = dims[at : at + 1] if opset >= 13 else dims[at:]
    row = value.values[0].width
    if at < _lead(dims) or (row is not None and None not in taken and prod(n or 0 for n in taken) != row):
        raise ModelError(
            f"{value.name}: {value.kind} makes shares over axis {axis} of an array of shape "
            f"{tuple('n' if n == BATCH else n for n in dims)}, which is not the row: over the last axis it is read"
        )


# Where branches join ---------------------------------------------------------------------------------

_DEEP = 24
"""Nodes that are tried at most as a part of one activation."""


def _joined(value: Value, start: Value) -> tuple[Activation, Value] | None:
    """Find an activation that is written as several nodes, and what it is an activation of.

    Each value that everything passes through is tried as its beginning, the nearest first.
    """
    part: list[Value] = []
    front = {value.at: value}
    while len(part) < _DEEP:
        last = front.pop(max(front))
        if last is start or last.kind not in onnx_ops.ENTRYWISE:
            return None
        if any(isinstance(one, np.ndarray) and one.size > 1 for one in last.inputs) and last.kind[:6] != "Reduce":
            return None  # a bias: an activation has no numbers of its own for each neuron
        part.append(last)
        front |= {one.at: one for one in last.values}
        if not front:
            return None
        if len(front) == 1 and (act := _like(part, base := next(iter(front.values())))):
            return act, base
    return None


def _like(part: list[Value], base: Value) -> Activation | None:
    """Find the activation that a part is: they agree on numbers of every size, also about the part's own constants."""
    width = base.width or 5
    scalars = {float(a.flat[0]) for v in part for a in v.inputs if isinstance(a, np.ndarray) and a.size == 1}
    if width * 64 > 2**20:
        return None
    z = _probes(width, scalars)
    with np.errstate(all="ignore"):
        try:
            theirs = _worked(part, base, z)
        except (ValueError, IndexError, TypeError):
            return None
        for act in _candidates(scalars):
            ours = act.function(np, z, act.number)
            if np.shape(ours) == np.shape(theirs) and _near(ours, theirs, z):
                return act
    return None


def _probes(width: int, scalars: set[float]) -> Array:
    rng = np.random.default_rng(0)
    special = [0.0, 1.0, -1.0, *(s * f + d for s in sorted(scalars)[:8] for f in (1, -1, 2) for d in (-0.5, 0.0, 0.5))]
    rows = [rng.normal(size=(24, width)) * 3, rng.normal(size=(8, width)) * 50]
    rows.append(np.resize(np.array(special), (max(1, -(-len(special) // width)), width)))
    return np.concatenate(rows)


def _worked(part: list[Value], base: Value, z: Array) -> Array:
    worth: dict[int, Array] = {id(base): z}
    for value in sorted(part, key=lambda one: one.at):
        given = [worth[id(one)] if isinstance(one, Value) else one for one in value.inputs if one is not None]
        worth[id(value)] = onnx_ops.ENTRYWISE[value.kind](given, value.options)
    return worth[id(max(part, key=lambda one: one.at))]


def _candidates(scalars: set[float]) -> Iterator[Activation]:
    yield from (act for act in activations.ACTIVATIONS.values() if act.name != "identity")
    for number in sorted(scalars):
        if 0 < abs(number) <= 10:
            for name in ("leaky relu", "elu", "celu", "standardize"):
                if number > 0 or name == "leaky relu":
                    yield activations.activation(f"{name}({_shortest(number)})")


def _near(ours: Array, theirs: Array, z: Array) -> bool:
    """Say whether both are the same but for constants that were rounded to float32."""
    sane = np.isfinite(theirs)
    if sane.mean() < 0.5:
        return False
    scale = 1 + np.abs(z) + np.abs(ours)
    return bool(np.all((np.abs(ours - theirs) <= 2e-6 * scale)[sane]))
