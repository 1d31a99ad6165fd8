"""ONNX files: read with ONNX's own reader, and run by ONNX Runtime, where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Activation, Network
from fwdpass.networks.activations import written
from fwdpass.networks.formats import onnx_graph, onnx_steps
from fwdpass.networks.formats.archives import beside, refuse_pickle, refuse_pickled
from fwdpass.networks.formats.chain import Affine, layers_of
from fwdpass.networks.formats.common import LIMITS, Limits, installed, library
from fwdpass.networks.formats.format import Asked, Format, Opened, Predict
from fwdpass.networks.formats.onnx_graph import BATCH, OnnxGraph
from fwdpass.networks.formats.wire import count_in, count_nodes
from fwdpass.networks.formulas import Array
from fwdpass.numerals import arguments


def open_file(path: Path, asked: Asked) -> Opened:
    """Read a model from a file, and what runs it."""
    return opened(read(path, asked.limits), asked.limits, runs=asked.runs)


def read(path: Path, limits: Limits = LIMITS) -> Any:
    """Read a model with ONNX's own reader, once it is known to be of a size for it."""
    refuse_pickle(path)
    limits.check_bytes(path.stat().st_size, str(path))
    _check_counts(count_nodes(path, limits.layers * 4), limits, str(path))
    model = _parsed(partial(library("onnx", "onnx").load, path, load_external_data=False), str(path))
    _fetch(model, path, limits)
    return model


def read_bytes(data: bytes, limits: Limits = LIMITS) -> Any:
    """Read a model out of the bytes of a file, with the same care; they have no files beside them."""
    what = f"what from_onnx() was given, {len(data)} bytes,"
    refuse_pickled(data, what)
    limits.check_bytes(len(data), what)
    if not data:
        raise ModelError(f"{what} is empty")
    _check_counts(count_in(data, limits.layers * 4, what), limits, what)
    model = _parsed(partial(library("onnx", "onnx").load_model_from_string, data), what)
    for tensor in _tensors(model):
        if tensor.data_location == tensor.EXTERNAL or tensor.external_data:
            raise ModelError(
                f"{tensor.name}: its numbers are in another file, beside that of the model: "
                "fp.load() takes the model's path, and finds it there"
            )
    return model


def _check_counts(counts: tuple[int, int], limits: Limits, what: str) -> None:
    """Refuse more nodes, or arrays, than so many layers have, three each; they may not all have been counted."""
    if max(counts) // 3 > (most := limits.layers):
        raise ModelError(
            f"{what} declares nodes or arrays of more than {most} layers, and at most {most} are read: "
            "raise Limits(layers=...) if you trust the file"
        )


def _parsed(parse: Callable[[], Any], what: str) -> Any:
    try:
        return parse()
    except Exception as error:  # noqa: BLE001 - protobuf's DecodeError has no public home
        raise ModelError(f"{what} is no ONNX file that can be read: {error}") from None


def _tensors(model: Any) -> Iterator[Any]:
    """Give every array of a model, those of constants included."""
    yield from model.graph.initializer
    for node in model.graph.node:
        yield from (attribute.t for attribute in node.attribute if attribute.name == "value")


def _fetch(model: Any, path: Path, limits: Limits) -> None:
    """Read the numbers that a model has in files beside it, from its own folder alone."""
    total = 0
    for tensor in _tensors(model):
        if tensor.data_location == tensor.EXTERNAL or tensor.external_data:
            place = {entry.key: entry.value for entry in tensor.external_data}
            file = beside(path, place.get("location", ""), tensor.name)
            size = _size(tensor)
            total += size
            limits.check_bytes(total, f"{path} with the files beside it")
            try:
                start, length = int(place.get("offset", 0)), int(place.get("length", size))
            except ValueError:
                start = length = -1
            if length != size or start < 0 or start + length > file.stat().st_size:
                raise ModelError(f"{tensor.name} takes {size} bytes of {file}, which does not have them there")
            with file.open("rb") as data:
                data.seek(start)
                tensor.raw_data = data.read(length)
            del tensor.external_data[:]
            tensor.data_location = tensor.DEFAULT


def _size(tensor: Any) -> int:
    dtype = library("onnx.helper", "onnx").tensor_dtype_to_np_dtype
    try:
        return int(np.dtype(dtype(tensor.data_type)).itemsize * prod(tensor.dims))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{tensor.name} cannot be read: {error}") from None


def from_onnx(model: Any, limits: Limits = LIMITS) -> Network:
    """Take the network out of a model whose graph is a chain of layers.

    Parameters
    ----------
    model : ModelProto or bytes
        The model, or the bytes of its file, which are read as cautiously as :func:`fwdpass.load` reads a file.
    limits : Limits, optional
        How large what is read may be.

    Returns
    -------
    Network
        A network with the same answers.

    Raises
    ------
    ModelError
        For a graph that is no chain of plain layers; the sentence names the node. For bytes that are no model, that
        declare more than the limits allow, or whose numbers are in another file.
    """
    if isinstance(model, bytes | bytearray | memoryview):
        model = read_bytes(bytes(model), limits)
    return opened(model, limits, runs=False).network


def opened(model: Any, limits: Limits = LIMITS, *, runs: bool = True) -> Opened:
    """Take the network out of a model, with what runs the model itself, if that is wanted."""
    if not hasattr(model, "graph"):
        raise ModelError(
            f"a model of ONNX is what onnx.load() gives, or the bytes of its file, and got {type(model).__name__}: "
            "fp.load() takes the path of a file"
        )
    _check_counts((len(model.graph.node), 0), limits, "the model")
    graph = onnx_graph.read(model, limits)
    operations = onnx_steps.operations(graph)
    what = model.graph.name or "the model"
    net, notes = layers_of(operations, what, limits, width=graph.input.width, dtype=_dtype(operations))
    n_in = graph.input.width
    if n_in is not None and n_in != net.sizes[0]:
        raise ModelError(f"{what} takes rows of {n_in} numbers, and its first layer {net.sizes[0]}")
    runner, predict, arithmetic = _runner(model, graph, net) if runs else ("", None, "")
    return Opened(net, FORMAT.title, runner, predict, arithmetic, [*graph.notes, *notes])


def _dtype(operations: Any) -> Any:
    arrays = [one.W for one in operations if isinstance(one, Affine)]
    return np.result_type(*arrays) if arrays else np.dtype(np.float64)


# Its own program ---------------------------------------------------------------------------------------


def _runner(model: Any, graph: OnnxGraph, net: Network) -> tuple[str, Predict, str]:
    """Say who runs the model, how, and in which arithmetic: ONNX Runtime, where it is installed and can."""
    # Dropout in training mode is ONNX's, and ONNX Runtime leaves it out: only the evaluator runs what the file says.
    if installed("onnxruntime") is not None and not graph.random:
        try:
            session = _session(_part(model, graph))
        except Exception:  # noqa: BLE001, S110 - its errors have no public home; the evaluator has every operator
            pass
        else:
            return "ONNX Runtime", lambda x: _run(model, graph, x, partial(_by_runtime, session)), graph.dtype
    # Its sigmoid and its erf are of single precision's quality, whatever the type.
    single = graph.dtype == "float64" and any(one.activation.name in ("sigmoid", "gelu", "silu") for one in net)
    arithmetic = "float32" if single else graph.dtype
    evaluate = partial(_by_reference, _part(model, graph))
    return "ONNX's reference evaluator", lambda x: _run(model, graph, x, evaluate), arithmetic


def predict(model: Any, x: Array) -> Array:
    """Let ONNX's reference evaluator run a model on a row, or on a batch where the model takes one."""
    graph = onnx_graph.read(model, LIMITS)
    evaluate = partial(_by_reference, _part(model, graph))
    rows = [_run(model, graph, row, evaluate) for row in np.atleast_2d(x)]
    return np.array(rows) if x.ndim == 2 else rows[0]


def _run(model: Any, graph: OnnxGraph, x: Array, by: Any) -> Array:
    """Run what the output depends on, on a row in the model's own shape; give the row's prediction.

    A model that takes so many rows at once is given this one so many times.
    """
    given = next(i for i in model.graph.input if i.name == graph.input.name)
    dtype = np.dtype(library("onnx.helper", "onnx").tensor_dtype_to_np_dtype(given.type.tensor_type.elem_type))
    dims = graph.input.dims
    row = x.astype(dtype)
    if dtype.kind in "iu" and not np.array_equal(row, x):
        raise ModelError(f"the model takes whole numbers, {dtype}")
    rows = 1 if dims is None or len(dims) < 2 or dims[0] == BATCH else int(dims[0] or 1)
    shape = (rows, len(x)) if dims is None else tuple(n or -1 for n in dims)
    shape = (rows, *shape[1:]) if len(shape) > 1 else shape
    found = by(graph.input.name, np.resize(row, rows * len(x)).reshape(shape))
    if isinstance(found, list):  # a ZipMap's: for each row, a number by the name of its class
        found = np.array([list(one.values()) for one in found])
    y: Array = np.asarray(found).reshape(rows if len(shape) > 1 else 1, -1)[0]
    return y[1:] if graph.output.kind in ("Concat", "ZipMap") and _both(graph) else y


def _both(graph: OnnxGraph) -> bool:
    """Say whether the output has two columns for one number."""
    value = graph.output
    while value.kind in ("ZipMap", "Cast", "Identity") and value.values:
        value = value.values[0]
    return value.kind == "Concat"


def _part(model: Any, graph: OnnxGraph) -> Any:
    """Copy of a model what the output depends on, and nothing else, which would be run, too."""
    part = type(model)()
    part.CopyFrom(model)
    producers = {name: at for at, node in enumerate(model.graph.node) for name in node.output}
    left, kept = [graph.output_name], set()
    while left:
        at = producers.get(left.pop())
        if at is not None and at not in kept:
            kept.add(at)
            left += model.graph.node[at].input
    del part.graph.node[:]
    part.graph.node.extend(model.graph.node[at] for at in sorted(kept))
    del part.graph.output[:]
    part.graph.output.extend(o for o in model.graph.output if o.name == graph.output_name)
    return part


def _session(part: Any) -> Any:
    runtime = library("onnxruntime", "onnx")
    options = runtime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 1
    return runtime.InferenceSession(part.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _by_runtime(session: Any, name: str, rows: Array) -> Any:
    return session.run(None, {name: rows})[0]


def _by_reference(part: Any, name: str, rows: Array) -> Any:
    return library("onnx.reference", "onnx").ReferenceEvaluator(part).run(None, {name: rows})[0]


# Writing -----------------------------------------------------------------------------------------------

_COMPOSED = {
    "silu": (("Sigmoid", "z", "s"), ("Mul", "z s", "")),
    "log sigmoid": (("Sigmoid", "z", "s"), ("Log", "s", "")),
}
"""Activations that this version of ONNX has no operator for: nodes, what each takes, and what it gives."""


@arguments.checked
def to_onnx(net: Network) -> Any:
    """Make a model: a Gemm for each layer, and its activation.

    Parameters
    ----------
    net : Network
        The network.

    Returns
    -------
    ModelProto
        The model.
    """
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
        numbers.append(numpy_helper.from_array(one.W, f"W{i}"))
        if one.biased:
            numbers.append(numpy_helper.from_array(one.b, f"b{i}"))
        given = [at, f"W{i}", *([f"b{i}"] if one.biased else [])]
        nodes.append(helper.make_node("Gemm", given, [out if plain else z], one.name or f"layer {i}"))
        if not plain:
            slopes: list[Any] = []
            nodes += _activation(helper, one.activation, z, out, net.title(i - 1), slopes)
            numbers += [numpy_helper.from_array(np.asarray(slope, net.dtype), name) for name, slope in slopes]
        at = out
    ends = [
        helper.make_tensor_value_info(name, kind, ["rows", n])
        for name, n in (("x", net.sizes[0]), ("y_hat", net.sizes[-1]))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], numbers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9, producer_name="fwdpass")


def _activation(helper: Any, act: Activation, z: str, out: str, title: str, slopes: list[Any]) -> list[Any]:
    if act.name in _COMPOSED:
        places = {"z": z, "": out}
        return [
            helper.make_node(
                op, [places.get(n, f"{n}_{z}") for n in takes.split()], [places.get(gives, f"{gives}_{z}")]
            )
            for op, takes, gives in _COMPOSED[act.name]
        ]
    if act.row == "leaky relu" and act.number != float(np.float32(act.number)):
        # An option is a float32, and would be another slope: a PRelu has it as a number of the network's type.
        slopes.append((f"slope_{z}", act.number))
        return [helper.make_node("PRelu", [z, f"slope_{z}"], [out], f"{act} {z}")]
    spelt = written("onnx", act)
    if spelt is None:
        raise ModelError(f"{title}: ONNX has no operator for {act}")
    return [helper.make_node(spelt[0], [z], [out], f"{act} {z}", **spelt[1])]


def save(net: Network, path: Path) -> None:
    """Write the model of :func:`to_onnx`."""
    library("onnx", "onnx").save(to_onnx(net), path)


FORMAT = Format("an ONNX model", (".onnx",), open_file, save, extra="onnx", complete=True)
