"""An ONNX graph as values: what each node gives, and of what shape, with what is constant worked out.

The nodes that the output does not depend on are left alone: a classifier's label, say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import activations
from fwdpass.networks.formats import onnx_ops
from fwdpass.networks.formats.common import Limits, known, library
from fwdpass.networks.formulas import Array

BATCH = 1_000_003
"""Stands for a number of rows that the model leaves open: a prime, so that it is recognised in what is worked out."""
FLOATS = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16"}


@dataclass(eq=False)
class NodeValue:
    """What a node gives, for one row of the input."""

    kind: str
    name: str
    at: int
    """Its place in the file, which is an order of computation."""
    inputs: tuple[NodeValue | Array | None, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    dims: tuple[int | None, ...] | None = None
    """Its shape, rows and all; None where the file does not say it."""
    output: int = 0
    """Which of the node's outputs it is."""

    @property
    def values(self) -> list[NodeValue]:
        """The inputs that are no numbers of the file."""
        return [one for one in self.inputs if isinstance(one, NodeValue)]

    @property
    def width(self) -> int | None:
        """How many numbers there are for a row."""
        if self.dims is None or None in self.dims[lead(self.dims) :]:
            return None
        return prod(n or 0 for n in self.dims[lead(self.dims) :])


def lead(dims: Sequence[int | None]) -> int:
    """Say where a row begins: after the axis of the rows, if there is one."""
    return 1 if len(dims) > 1 else 0


@dataclass
class OnnxGraph:
    """A graph whose output has been found."""

    input: NodeValue
    output: NodeValue
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


def read(model: Any, limits: Limits) -> OnnxGraph:
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
    # Old models list their initializers among the inputs, too.
    given = [i for i in graph.input if i.name and i.name not in made.known]
    if len(given) != 1:
        listed = ", ".join(i.name for i in given)
        raise ModelError(
            f"the model takes {listed}, and a network here takes one input" if given else
            "the model has no input: its layers have to be a chain from one"
        )  # fmt: skip
    start = NodeValue("", given[0].name, -1, dims=_declared(given[0]))
    made.known[given[0].name] = start
    # Nodes are sorted: whatever one takes was given before it. So one walk through them knows all values.
    for at, node in enumerate(graph.node):
        made.take(at, node)
    output, note = _output(graph)
    end = made.known.get(output.name)
    if not isinstance(end, NodeValue):
        raise ModelError(f"the model gives {output.name}, which no chain of layers from its input makes")
    # What does not lead to the output is neither checked nor read.
    needed = _needed(end)
    for value in needed:
        made.check(value)
    dtype = FLOATS.get(given[0].type.tensor_type.elem_type, "float32")
    return OnnxGraph(
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


def _needed(end: NodeValue) -> list[NodeValue]:
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
        self.known: dict[str, Array | NodeValue] = dict(numbers)
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
        # Whatever follows from the file's own numbers is worked out now, so that only operations on the input are left.
        found: Array | None = None
        if inputs and len(arrays) == len(inputs):
            found = onnx_ops.folded(kind, arrays, options, name)
        elif kind == "Shape" and isinstance(inputs[0], NodeValue) and inputs[0].dims and None not in inputs[0].dims:
            found = np.array(inputs[0].dims, np.int64)
        if found is not None:
            # A small file may ask for a large constant, and for another one made of that.
            self._made += found.nbytes
            self.limits.check_bytes(self._made, "the model")
            self.known[node.output[0]] = found
            self.sources[id(found)] = set().union(*(self.sources.get(id(a), set()) for a in arrays))
            return
        # Optional outputs have no name.
        for place, output in enumerate(node.output):
            if output:
                value = NodeValue(kind, name, at, inputs, options, None, place)
                value.dims = _dims(value)
                self.known[output] = value

    def check(self, value: NodeValue) -> None:
        """Refuse what a node does beyond what is read of it."""
        if any(one is None for one in value.inputs[:1]):
            raise ModelError(f"{value.name} does not take what a layer before it gives: the layers have to be a chain")
        if value.kind == "Dropout" and _training(value):
            self.notes.append(
                f"{value.name} is in training mode: it drops numbers at random, which a forward pass does not, and "
                "the model's own prediction may be another with each run."
            )


def _training(dropout: NodeValue) -> bool:
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


def _dims(value: NodeValue) -> Dims:
    """Say what shape a node gives, as far as it matters here."""
    first = value.inputs[0] if value.inputs else None
    dims = first.dims if isinstance(first, NodeValue) else None
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
