"""PyTorch: a ``Sequential`` of linear layers and activations, or a state dict; weights are stored (out, in)."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Network, activations
from fwdpass.networks.activations import Activation
from fwdpass.networks.formats.archives import checked
from fwdpass.networks.formats.chain import Affine, Operation, Passed, Scaling, layers_of
from fwdpass.networks.formats.common import LIMITS, Limits, first_line, library
from fwdpass.networks.formats.format import Activations, Asked, Format, Opened, Order
from fwdpass.networks.formats.named import stacked
from fwdpass.numerals import arguments

_DATA = 2**20
"""Bytes of the pickle in an archive of PyTorch's that are read at most: names and shapes alone."""
_KEYS = ("state_dict", "model_state_dict", "model", "net", "module", "weights", "params")
"""Where a checkpoint keeps its weights, among an optimizer's numbers and the like; the first of them counts."""


def from_torch(
    model: Any,
    activations: Activations = None,
    limits: Limits = LIMITS,
    order: Order = None,
    layout: str | None = None,
) -> Network:
    """Take the network out of a ``Sequential``, or out of a state dict, whose activations have to be said.

    A state dict has its layers in the order in which a module defines them, which need not be that in which it
    computes them. Numbered names have an order, and so have layers that fit on each other in one order alone; for
    others, ``order`` is a list of names.

    Parameters
    ----------
    model : Module or mapping
        A ``Sequential``, or a state dict.
    activations : str or list of str, optional
        What the layers do to their sums, where weights are all that is there: a single name for all but the last, or
        a name for each.
    limits : Limits, optional
        How large what is read may be.
    order : list of str, optional
        The layers' names, in the order in which they are computed.
    layout : str, optional
        How weights are stored: ``"in, out"`` for ``x @ W``, or ``"out, in"``.

    Returns
    -------
    Network
        A network with the same answers.

    Raises
    ------
    ModelError
        For a module that is no chain of plain layers, and for weights without an order.
    """
    return opened(model, Asked(activations, order, layout, limits)).network


def opened(model: Any, asked: Asked) -> Opened:
    """Take the network out of a ``Sequential``, with what runs it, or out of a state dict, which nothing runs."""
    if isinstance(model, Mapping):
        state, notes = _weights(model)
        net, assumed = stacked(_tensors(state), "the state dict", asked)
        return Opened(net, FORMAT.title, notes=[*notes, *assumed])
    what = type(model).__name__
    asked.check_nothing(what)
    nn = library("torch.nn", "torch")
    operations = [made for name, module in _modules(model, nn) for made in _operations(module, name, nn)]
    asked.limits.check_layers(sum(isinstance(one, Affine) for one in operations), what)
    arrays = [one.W for one in operations if isinstance(one, Affine)]
    dtype = np.result_type(*arrays) if arrays else None
    net, folded = layers_of(_counted_once(operations), what, asked.limits, dtype=dtype)
    return Opened(net, "A module of PyTorch's", "PyTorch", lambda x: _run(model, x), notes=folded)


def _run(model: Any, x: Any) -> Any:
    """Run the module itself, in evaluation, on one row of its own type of float."""
    torch = library("torch", "torch")
    training = model.training
    try:
        with torch.no_grad():
            own = next(model.parameters())
            taken = torch.from_numpy(np.array(x, np.float64)[None]).to(own.dtype).to(own.device)
            return model.eval()(taken).cpu().double().numpy().reshape(-1)
    finally:
        model.train(training)


def _weights(given: Mapping[Any, Any]) -> tuple[Mapping[Any, Any], list[str]]:
    """Find the weights of a checkpoint, and say under which key they are."""
    if any(hasattr(value, "shape") for value in given.values()):
        return given, []
    inner = {key: value for key, value in given.items() if _is_state(value)}
    chosen = next((key for key in _KEYS if key in inner), None)
    if chosen is None and len(inner) > 1:
        listed = ", ".join(map(repr, inner))
        raise ModelError(
            f"the checkpoint has weights under {listed}, and which are meant is not said: save one of them"
        )
    if not inner:
        return given, []
    chosen = next(iter(inner)) if chosen is None else chosen
    others = ", ".join(repr(key) for key in given if key != chosen)
    return inner[chosen], [f"The weights are those under {chosen!r}; {others or 'nothing'} beside it was not read."]


def _is_state(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(
        isinstance(name, str) and hasattr(tensor, "shape") for name, tensor in value.items()
    )  # fmt: skip


def _tensors(state: Mapping[Any, Any]) -> dict[str, Any]:
    for name, tensor in state.items():
        if not isinstance(name, str) or not hasattr(tensor, "shape"):
            raise ModelError(f"the state dict's {name!r} is {type(tensor).__name__}, and a layer has tensors alone")
    return {name: _plain(tensor, name) for name, tensor in state.items()}


def _plain(tensor: Any, name: str) -> Any:
    """Take a tensor as NumPy's array; NumPy has no bfloat16 and no float8, whose every number is a float32, too."""
    if not hasattr(tensor, "detach"):
        return tensor
    try:
        if "bfloat16" in str(tensor.dtype) or "float8" in str(tensor.dtype):
            tensor = tensor.float()
        return tensor.detach().cpu().numpy()
    except (TypeError, RuntimeError, ValueError) as error:
        raise ModelError(f"{name}: {first_line(error)}") from None


def _modules(model: Any, nn: Any, name: str = "") -> list[tuple[str, Any]]:
    """Give the modules of a ``Sequential``, those of one within another included; one may stand in several places."""
    if not isinstance(model, nn.Sequential):
        return [(name or type(model).__name__, model)]
    _check_plain(model, name or type(model).__name__, nn.Sequential)
    inner = (_modules(child, nn, f"{name}.{key}".lstrip(".")) for key, child in model._modules.items())
    return [pair for pairs in inner for pair in pairs]


def _check_plain(module: Any, name: str, kind: Any) -> None:
    """Refuse a module that computes something else than its class does, or may."""
    if getattr(module.forward, "__func__", None) is not kind.forward:
        raise ModelError(f"{name}: {type(module).__name__} has a forward of its own, and what it computes is not known")
    if module._forward_hooks or module._forward_pre_hooks:
        raise ModelError(
            f"{name}: {type(module).__name__} has hooks, which may change what it computes, as older weight_norm and "
            "pruning do: remove them first"
        )


def _operations(module: Any, name: str, nn: Any) -> list[Operation]:
    """Read a module as operations on a row."""
    kind = _kind(module, nn)
    if kind is not None:
        _check_plain(module, name, kind)
    match kind and kind.__name__:
        case "Linear":
            bias = None if module.bias is None else _plain(module.bias, name)
            W = _plain(module.weight, name).T
            return [Affine(name, W, bias)]
        case "Dropout" | "Identity":
            return []  # of no effect, when predicting
        case "Flatten" if (module.start_dim, module.end_dim) == (1, -1):
            return []
        case "BatchNorm1d" if module.running_mean is not None:
            return [_batch_norm(module, name)]
        case "LayerNorm" if len(module.normalized_shape) == 1:
            scale, shift = (None if p is None else _plain(p, name) for p in (module.weight, module.bias))
            count = sum(p.size for p in (scale, shift) if p is not None)
            made: list[Operation] = [Passed(name, f"standardize({module.eps})")]
            return [*made, Scaling(name, scale, shift, count)] if count else made
        case "PReLU" if module.num_parameters == 1:
            return [Passed(name, activations.leaky_relu(float(module.weight.detach())))]
        case str(named):
            options = {key: getattr(module, key, None) for key in _OPTIONS}
            if named in ("Softmax", "LogSoftmax") and options["dim"] == 1:
                options["dim"] = -1  # of a batch of rows, the last
            if act := activations.read("torch", named, options):
                return [Passed(name, act)]
            why = _WHY.get(named, "and what is read is an activation of each number, or of the row")
            raise ModelError(f"{name}: {type(module).__name__}({module.extra_repr()}) is not read: {why}")
    known = ", ".join(activations.known("torch"))
    raise ModelError(
        f"{name}: {type(module).__name__} is no layer that can be read: there are Linear, BatchNorm1d, LayerNorm, "
        f"{known}, and Flatten of each row, Dropout and Identity, which change nothing"
    )


_OPTIONS = ("negative_slope", "alpha", "approximate", "dim", "min_val", "max_val", "beta")
"""What an activation of PyTorch's may be told."""


_WHY = {
    "Flatten": "it mixes rows with what they hold, and Flatten() makes one row of each",
    "Softmax": "it makes shares of a column of the batch, and over dim=1 or dim=-1 they are those of the row",
    "LogSoftmax": "it makes shares of a column of the batch, and over dim=1 or dim=-1 they are those of the row",
    "BatchNorm1d": "without running statistics it takes the mean of its batch, and a row by itself has none",
    "LayerNorm": "it goes over several axes, and a row has one",
    "PReLU": "it has a slope for each neuron, and an activation here has one for all",
}
"""Why a module that is read is not, with these options."""


def _kind(module: Any, nn: Any) -> Any:
    """Find the class of PyTorch's own that a module is of, its own class first: ReLU6 is a Hardtanh, too."""
    names = [
        "Linear",
        "Flatten",
        "Dropout",
        "Identity",
        "BatchNorm1d",
        "LayerNorm",
        "PReLU",
        *activations.known("torch"),
    ]
    kinds = [getattr(nn, name) for name in names]
    return type(module) if type(module) in kinds else next((kind for kind in kinds if isinstance(module, kind)), None)


def _batch_norm(module: Any, name: str) -> Scaling:
    """Fold the running statistics: in evaluation, a batch norm is a factor and a shift for each entry."""
    mean, variance = (_plain(t, name).astype(np.float64) for t in (module.running_mean, module.running_var))
    gamma, beta = (None if p is None else _plain(p, name) for p in (module.weight, module.bias))
    factor = (1.0 if gamma is None else gamma) / np.sqrt(variance + module.eps)
    shift = (0.0 if beta is None else beta) - mean * factor
    return Scaling(name, factor, shift, sum(p.size for p in (gamma, beta) if p is not None))


def _counted_once(operations: list[Operation]) -> list[Operation]:
    """Count weights that stand in two places once, as ``parameters()`` does."""
    seen: set[int] = set()
    counted: list[Operation] = []
    for one in operations:
        if isinstance(one, Affine):
            arrays = [a for a in (one.W, one.b) if a is not None and a.__array_interface__["data"][0] not in seen]
            seen |= {a.__array_interface__["data"][0] for a in arrays}
            one = one._replace(parameters=sum(a.size for a in arrays))  # noqa: PLW2901
        counted.append(one)
    return counted


@arguments.checked
def to_torch(net: Network) -> Any:
    """Make a ``Sequential`` with the network's numbers, in its type of float.

    Parameters
    ----------
    net : Network
        The network.

    Returns
    -------
    Sequential
        A ``Linear`` for each layer, and its activation.
    """
    torch = library("torch", "torch")
    modules = []
    for i, one in enumerate(net.astype(float) if net.dtype == object else net):
        weight = torch.from_numpy(one.W.T.copy())
        linear = torch.nn.Linear(*one.W.shape, bias=one.biased, dtype=weight.dtype)
        with torch.no_grad():
            linear.weight.copy_(weight)
            if one.biased:
                linear.bias.copy_(torch.from_numpy(one.b.copy()))
        modules += [linear, *_module(one, torch.nn, net.title(i))]
    return torch.nn.Sequential(*modules).eval()


def _module(layer: Any, nn: Any, title: str) -> list[Any]:
    act: Activation = layer.activation
    if act.name == "identity":
        return []
    if act.row == "standardize":
        return [nn.LayerNorm(layer.W.shape[1], eps=act.number, elementwise_affine=False)]
    spelt = activations.written("torch", act)
    if spelt is None:
        raise ModelError(f"{title}: PyTorch has no {act}")
    return [getattr(nn, spelt[0])(**spelt[1])]


def open_file(path: Path, asked: Asked) -> Opened:
    """Read a state dict that ``torch.save`` wrote, tensors alone: a model as a whole is a pickle, and refused."""
    limits = asked.limits
    with checked(path, limits) as archive:
        pickles = [info for info in archive.infolist() if info.filename.endswith(".pkl")]
        limits.check_layers(len(archive.infolist()) // 2, str(path))
        if any("/code/" in info.filename for info in archive.infolist()):
            raise ModelError(
                f"{path} is a program of TorchScript, which would have to be run to be read: export the model as ONNX, "
                "torch.onnx.export(model, example, 'model.onnx')"
            )
        if not pickles or any(info.file_size > _DATA for info in pickles):
            raise ModelError(f"{path} is no archive that torch.save wrote, or its names take more than {_DATA} bytes")
    torch = library("torch", "torch")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ModelError(
            f"{path} holds more than tensors, and could run code: save model.state_dict(), not the model "
            f"({first_line(error)})"
        ) from None
    except Exception as error:  # noqa: BLE001 - its unpickler stumbles over damage in any way
        raise ModelError(f"{path} cannot be read by PyTorch: {first_line(error)}") from None
    if not isinstance(state, Mapping):
        raise ModelError(f"{path} holds a {type(state).__name__}, not a state dict")
    state, notes = _weights(state)
    _check_sizes(state, path, limits)
    found = opened(state, asked)
    return Opened(found.network, found.format, notes=[*notes, *found.notes])


def _check_sizes(state: Mapping[Any, Any], path: Path, limits: Limits) -> None:
    """Refuse tensors that are more than the file has: strides may make a matrix of any size out of one number."""
    sizes = {name: t.numel() * t.element_size() for name, t in state.items() if hasattr(t, "element_size")}
    there = path.stat().st_size
    for name, size in sizes.items():
        if size > there:
            raise ModelError(f"{path}: {name} declares {size} bytes, and the file has {there}")
    limits.check_bytes(sum(sizes.values()), str(path))


def save(net: Network, path: Path) -> None:
    """Write the state dict of :func:`to_torch`."""
    library("torch", "torch").save(to_torch(net).state_dict(), path)


FORMAT = Format("a PyTorch state dict", (".pt", ".pth"), open_file, save, extra="torch")
