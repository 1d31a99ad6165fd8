"""PyTorch: a ``Sequential`` of linear layers and activations, or a state dict; weights are stored (out, in)."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks import Activation, Layer, Network
from fwdpass.networks.formats.archives import checked
from fwdpass.networks.formats.common import (
    LIMITS,
    Activations,
    Limits,
    Order,
    first_line,
    layer,
    library,
    network,
    refuse_unused,
    stacked,
)

_DATA = 2**20
"""Bytes of the pickle in an archive of PyTorch's that are read at most: names and shapes alone."""


def from_torch(model: Any, activations: Activations = None, limits: Limits = LIMITS, order: Order = None) -> Network:
    """Take the network out of a ``Sequential``, or out of a state dict, whose activations have to be said.

    A state dict has its layers in the order in which a module defines them, which need not be that in which it
    computes them. Numbered names have an order, and so have layers that fit on each other in one order alone; for
    others, ``order`` is a list of names.
    """
    if isinstance(model, Mapping):
        return stacked(_tensors(model), activations, "the state dict", limits, order)
    refuse_unused(activations, order, type(model).__name__)
    nn = library("torch.nn", "torch")
    layers = _folded(_modules(model, nn), nn)
    limits.check_layers(len(layers), type(model).__name__)
    return network(layers, type(model).__name__)


def _tensors(state: Mapping[Any, Any]) -> dict[str, Any]:
    for name, tensor in state.items():
        if not isinstance(name, str) or not hasattr(tensor, "shape"):
            raise ModelError(f"the state dict's {name!r} is {type(tensor).__name__}, and a layer has tensors alone")
    return {name: _plain(tensor, name) for name, tensor in state.items()}


def _plain(tensor: Any, name: str) -> Any:
    """Take a tensor as NumPy's array; NumPy has no bfloat16, whose every number is a float32, too."""
    if not hasattr(tensor, "detach"):
        return tensor
    if "bfloat16" in str(tensor.dtype):
        tensor = tensor.float()
    try:
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


def _folded(modules: list[tuple[str, Any]], nn: Any) -> list[Layer]:
    """Give each linear layer the activation that follows it."""
    layers: list[Layer] = []
    for name, module in modules:
        kind = next((kind for kind in _kinds(nn) if isinstance(module, kind)), None)
        if kind is not None:
            _check_plain(module, name, kind)
        if kind is nn.Linear:
            bias = None if module.bias is None else _plain(module.bias, name)
            layers.append(layer(_plain(module.weight, name).T, bias, "identity", name))
        elif kind in (nn.Dropout, nn.Identity) or (kind is nn.Flatten and _per_row(module)):
            continue  # of no effect on a row, when predicting
        else:
            act = _activation(module, name, nn)
            if not layers or layers[-1].activation.name != "identity":
                raise ModelError(f"{name}: {type(module).__name__} does not follow a linear layer")
            last = layers.pop()
            layers.append(layer(last.W, last.b, act, last.name))
    return layers


def _kinds(nn: Any) -> tuple[Any, ...]:
    return (
        nn.Linear, nn.Flatten, nn.Dropout, nn.Identity,
        nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Softmax, nn.LeakyReLU, nn.GELU,
    )  # fmt: skip


def _per_row(flatten: Any) -> bool:
    return (flatten.start_dim, flatten.end_dim) == (1, -1)


def _activation(module: Any, name: str, nn: Any) -> str:
    match module:
        case nn.ReLU():
            return "relu"
        case nn.Sigmoid():
            return "sigmoid"
        case nn.Tanh():
            return "tanh"
        case nn.Softmax() if module.dim in (-1, 1):
            return "softmax"
        case nn.LeakyReLU():
            return f"leaky relu({module.negative_slope})"
        case nn.GELU():
            return "gelu" if module.approximate == "none" else "gelu tanh"
    raise ModelError(
        f"{name}: {type(module).__name__} is no layer that can be read: there are Linear, ReLU, LeakyReLU, Sigmoid, "
        "Tanh, Softmax over the last axis, GELU, and Flatten of each row, Dropout and Identity, which change nothing"
    )


def to_torch(net: Network) -> Any:
    """Make a ``Sequential`` with the network's numbers, in its type of float."""
    torch = library("torch", "torch")
    modules = []
    for i, one in enumerate(net.astype(float) if net.dtype == object else net):
        weight = torch.from_numpy(one.W.T.copy())
        linear = torch.nn.Linear(*one.W.shape, dtype=weight.dtype)
        with torch.no_grad():
            linear.weight.copy_(weight)
            linear.bias.copy_(torch.from_numpy(one.b.copy()))
        modules += [linear, *_module(one.activation, torch.nn, net.title(i))]
    return torch.nn.Sequential(*modules).eval()


def _module(act: Activation, nn: Any, title: str) -> list[Any]:
    match act.name:
        case "identity":
            return []
        case "relu":
            return [nn.ReLU()]
        case "sigmoid":
            return [nn.Sigmoid()]
        case "tanh":
            return [nn.Tanh()]
        case "softmax":
            return [nn.Softmax(dim=-1)]
        case "gelu":
            return [nn.GELU()]
        case "gelu tanh":
            return [nn.GELU(approximate="tanh")]
    if act.slope is not None:
        return [nn.LeakyReLU(float(act.slope))]
    raise ModelError(f"{title}: PyTorch has no {act}")


def load(path: Path, activations: Activations = None, limits: Limits = LIMITS, order: Order = None) -> Network:
    """Read a state dict that ``torch.save`` wrote, tensors alone: a model as a whole is a pickle, and refused."""
    with checked(path, limits) as archive:
        pickles = [info for info in archive.infolist() if info.filename.endswith(".pkl")]
        limits.check_layers(len(archive.infolist()) // 2, str(path))
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
    _check_sizes(state, path, limits)
    return from_torch(state, activations, limits, order)


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
