"""Weights alone, under names: which are a layer, in which order, how they are stored; and what of that was assumed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from fwdpass.errors import ModelError, ShapeError
from fwdpass.networks import Activation, Network
from fwdpass.networks.formats.common import layer, network
from fwdpass.networks.formats.format import Activations, Asked
from fwdpass.networks.formats.order import natural, ordered, told
from fwdpass.networks.formulas import Array
from fwdpass.networks.layer import unbiased
from fwdpass.networks.network import check_fit

IN_OUT, OUT_IN = "in, out", "out, in"
LAYOUTS = (IN_OUT, OUT_IN)
"""How weights are stored: a row for each input, as here, or a row for each neuron."""


@dataclass(frozen=True)
class NamedLayer:
    """A layer's arrays as a file names them."""

    name: str
    W: str
    b: str | None
    layout: str | None
    """How its weights are stored, where their name says so."""


@dataclass(frozen=True)
class _Convention:
    """How a library names weights."""

    weight: re.Pattern[str]
    """What matches the name of weights; its groups are the layer's name, and perhaps its number."""
    biases: tuple[str, ...]
    """Names of the bias that may go with it; ``{}`` are the groups, ``{sep}`` what parts the layer's name from it."""
    layout: str | None
    """How weights of this name are stored by all who use it; None where people differ."""


_CONVENTIONS = (
    _Convention(re.compile(r"(.*?)[./]?weight"), ("{}{sep}bias",), OUT_IN),  # PyTorch
    _Convention(re.compile(r"(.*?)[./]?kernel"), ("{}{sep}bias",), IN_OUT),  # Keras, Flax
    _Convention(re.compile(r"(.*?)coefs_(\d+)"), ("{}intercepts_{}",), IN_OUT),  # scikit-learn
    _Convention(re.compile(r"(.*?)W(_?\d*)"), ("{}b{}", "{}B{}"), None),  # this book; Chainer, stored (out, in)
    _Convention(re.compile(r"(.*?)w(_?\d*)"), ("{}b{}",), None),  # Haiku; by hand
    _Convention(re.compile(r"(.*?)weights?(_?\d+)"), ("{}bias{}", "{}biases{}"), None),
    _Convention(re.compile(r"(.*?)weights"), ("{}{sep}biases", "{}{sep}bias"), None),
)
_STRIPPED = ("module.", "_orig_mod.", "model.")
"""What DataParallel, torch.compile and Lightning put in front of every name."""
_NORMS = ("running_mean", "running_var", "moving_mean", "moving_variance", "num_batches_tracked")
_KNOWN = (
    "there are weights (weight, stored (out, in), as PyTorch has it; kernel or coefs, stored (in, out), as Keras, Flax "
    "and scikit-learn have it; W1 or w), each with a bias"
)


def plain_names(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Take off what says nothing: ``module.`` in front of every name, ``:0`` behind it.

    >>> list(plain_names({"module.fc.weight": 1, "module.fc.bias": 2})), list(plain_names({"dense/kernel:0": 1}))
    (['fc.weight', 'fc.bias'], ['dense/kernel'])
    """
    found = {re.sub(r":\d+$", "", name): array for name, array in arrays.items()}
    if len(found) < len(arrays):
        return dict(arrays)
    while taken := next((p for p in _STRIPPED if found and all(n.startswith(p) and n != p for n in found)), None):
        found = {name.removeprefix(taken): array for name, array in found.items()}
    return found


def pairs(names: Iterable[str], what: str) -> list[NamedLayer]:
    """Find the weights among named arrays, in order, each with its bias.

    >>> [(p.W, p.b) for p in pairs(["fc10.weight", "fc2.weight", "fc2.bias"], "a file")]
    [('fc2.weight', 'fc2.bias'), ('fc10.weight', None)]
    """
    left = sorted(names, key=natural)
    found = []
    for name in [*left]:
        if name in left and (pair := _pair(name, left)):
            found.append(pair)
            left.remove(pair.W)
            if pair.b:
                left.remove(pair.b)
    if norm := next((name for name in left if name.endswith(_NORMS)), None):
        raise ModelError(
            f"{what}: {norm} belongs to a batch norm, and weights alone do not say where it stands, before the "
            "activation or after it: save the model with its program, as ONNX or .keras"
        )
    if left:
        raise ModelError(f"{what}: {left[0]} belongs to no layer that is known here: {_KNOWN}")
    if not found:
        raise ModelError(f"{what} has no weights: there is nothing to make a network of")
    return found


def _pair(name: str, names: Sequence[str]) -> NamedLayer | None:
    for convention in _CONVENTIONS:
        if m := convention.weight.fullmatch(name):
            sep = name[len(m[1])] if m[1] and name[len(m[1]) : len(m[1]) + 1] in {".", "/"} else ""
            spelt = (bias.format(*m.groups(), sep=sep) for bias in convention.biases)
            b = next((one for one in spelt if one in names and one != name), None)
            numbered = m.lastindex == 2 and m[2]
            return NamedLayer((not numbered and m[1].rstrip("./_")) or name, name, b, convention.layout)
    return None


def _numbered(arrays: Mapping[str, Any]) -> list[NamedLayer] | None:
    """Pair what ``np.savez`` numbers itself, arr_0, arr_1, …: matrices, each followed by its bias, or by none."""
    names = sorted(arrays, key=natural)
    if not names or not all(re.fullmatch(r"arr_\d+", name) for name in names) or np.ndim(arrays[names[0]]) != 2:
        return None
    found: list[NamedLayer] = []
    for name in names:
        if np.ndim(arrays[name]) == 2 and 1 not in np.shape(arrays[name])[1:]:
            found.append(NamedLayer(name, name, None, None))
        elif found and found[-1].b is None:
            found[-1] = replace(found[-1], b=name)
        else:
            return None
    return found


def _thetas(arrays: dict[str, Any]) -> tuple[dict[str, Any], list[NamedLayer]] | None:
    """Split matrices Theta1, Theta2, … that have their biases in a first column: each takes one more than comes."""
    names = sorted(arrays, key=natural)
    if not names or not all(re.fullmatch(r"(?i)theta_?\d+", n) and np.ndim(arrays[n]) == 2 for n in names):
        return None
    shapes = [np.shape(arrays[name]) for name in names]
    if not all(one[0] + 1 == other[1] for one, other in pairwise(shapes)) or shapes[-1][1] < 2:
        return None
    split: dict[str, Any] = {}
    for name in names:
        split |= {name: np.asarray(arrays[name])[:, 1:], f"{name}[:, 0]": np.asarray(arrays[name])[:, 0]}
    return split, [NamedLayer(name, name, f"{name}[:, 0]", OUT_IN) for name in names]


@dataclass(frozen=True)
class _Plan:
    """What is made of named arrays: worked out of their shapes alone."""

    layers: list[NamedLayer]
    """In the order in which they are computed."""
    weights: list[Array]
    """(in, out)."""
    biases: list[Array | None]
    activations: Sequence[str | Activation]
    assumed: str


def check(given: Mapping[str, Any], what: str, asked: Asked, layout: str | None = None) -> None:
    """Refuse named arrays that make no network, by their shapes and types: nothing is copied."""
    for name, array in given.items():
        custom = array.dtype.kind == "V" and array.dtype.names is None and "float" in array.dtype.name
        if array.dtype.kind not in "fiub" and not custom:
            raise ModelError(f"{what}: {name} is an array of {array.dtype}, and a layer has numbers")
    _planned(given, what, asked, layout)


def stacked(given: Mapping[str, Any], what: str, asked: Asked, layout: str | None = None) -> tuple[Network, list[str]]:
    """Make a network of named arrays; give it, and a sentence on what was assumed.

    ``layout`` says how weights are stored, where the file does. What the layers do to their sums has to be asked for,
    since names do not say it.
    """
    plan = _planned(given, what, asked, layout)
    counts = _counts(plan.weights, plan.biases)
    parts = zip(plan.weights, plan.biases, plan.activations, plan.layers, counts, strict=True)
    net = network((layer(W, b, act, named.name, count) for W, b, act, named, count in parts), what)
    return net, [plan.assumed.format(acts=_listed([str(one.activation) for one in net]))]


def _planned(given: Mapping[str, Any], what: str, asked: Asked, layout: str | None) -> _Plan:
    arrays = plain_names(given)
    column = ""
    # One way to store a layer has its biases in the weights; all others have arrays of their own for them.
    if thetas := _thetas(arrays):
        arrays, found = thetas
        column = ", each with its biases in its first column, since it takes one more than the one before it gives"
    else:
        found = _numbered(arrays) or pairs(arrays, what)
    asked.limits.check_layers(len(found), what)
    chosen = chosen_activations(asked.activations, len(found), what)
    kept = {p.W: _matrix(arrays[p.W], p, what) for p in found}
    biases = {p.b: _bias(arrays[p.b]) for p in found if p.b}
    if asked.layout not in (None, IN_OUT, OUT_IN):
        raise ModelError(f"layout={asked.layout!r}: weights are stored as {IN_OUT!r} or as {OUT_IN!r}")
    # What the caller says goes before what a file says of one layer, and that before what the shapes allow.
    chose = asked.layout or layout or _layout(found, kept, biases, asked, what)
    found = [replace(p, layout=(asked.layout or p.layout or chose)) for p in found]
    weights = [kept[p.W].T if p.layout == OUT_IN else kept[p.W] for p in found]
    # Shapes are in one direction from here on, so that they can tell which layer fits behind which.
    places, why = _order(found, weights, asked, what)
    layers, weights = [found[i] for i in places], [weights[i] for i in places]
    shifts = [biases[p.b] if p.b else None for p in layers]
    for W, b, named in zip(weights, shifts, layers, strict=True):
        if b is not None and b.shape != W.shape[1:]:
            raise ModelError(f"{what}: {named.name}: {unbiased(W.shape, b.shape)}")
    try:
        check_fit([W.shape for W in weights], [named.name for named in layers])
    except ShapeError as error:
        raise ModelError(f"{what}: {error}") from None
    return _Plan(layers, weights, shifts, chosen, _assumed(layers, why, column))


def _counts(weights: Sequence[Array], biases: Sequence[Array | None]) -> list[int]:
    """Count each layer's numbers; those that are in one place of memory, as tied weights are, count once."""
    seen: set[int] = set()
    counts = []
    for arrays in zip(weights, biases, strict=True):
        new = [a for a in arrays if a is not None and _address(a) not in seen]
        seen |= {_address(a) for a in new}
        counts.append(sum(a.size for a in new))
    return counts


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _order(found: list[NamedLayer], weights: list[Array], asked: Asked, what: str) -> tuple[list[int], str]:
    names = [p.name for p in found]
    if asked.order is not None:
        return told(asked.order, names, what), "as was said"
    return ordered([p.W for p in found], names, [(len(W), W.shape[1]) for W in weights], what)


def _layout(
    found: list[NamedLayer], weights: dict[str, Array], biases: dict[str, Array], asked: Asked, what: str
) -> str | None:
    """Say how weights are stored whose names do not say it: as their biases and neighbours fit; or ask."""
    unsaid = [p for p in found if p.layout is None and weights[p.W].size > 1]
    if not unsaid:
        return None
    fitting = [layout for layout in (IN_OUT, OUT_IN) if _fits(layout, found, weights, biases, asked, what)]
    if len(fitting) == 2:
        listed = ", ".join(p.W for p in unsaid[:3])
        raise ModelError(
            f"{what}: nothing says how {listed} are stored, since they fit either way: say layout={IN_OUT!r} for "
            f"x @ W, as this book and Keras have it, or layout={OUT_IN!r} for W @ x, as PyTorch and Chainer have it"
        )
    return fitting[0] if fitting else IN_OUT


def _fits(
    layout: str, found: list[NamedLayer], weights: dict[str, Array], biases: dict[str, Array], asked: Asked, what: str
) -> bool:
    turned = [weights[p.W].T if (p.layout or layout) == OUT_IN else weights[p.W] for p in found]
    if any(p.b and biases[p.b].shape != W.shape[1:] for p, W in zip(found, turned, strict=True)):
        return False
    try:
        places, _ = _order(found, turned, asked, what)
    except ModelError:
        return True  # an order has to be said first
    return all(turned[i].shape[1] == len(turned[j]) for i, j in pairwise(places))


def _matrix(array: Any, named: NamedLayer, what: str) -> Array:
    taken: Array = np.asarray(array.detach().cpu() if hasattr(array, "detach") else array)
    if taken.ndim == 4 and taken.shape[2:] != (1, 1):
        raise ModelError(
            f"{what}: {named.W} has shape {taken.shape}, and is a convolution: a layer here is a matrix of weights"
        )
    if taken.ndim != 2:
        raise ModelError(f"{what}: {named.W} has shape {tuple(taken.shape)}, and a layer's weights are a matrix")
    return taken


def _bias(array: Any) -> Array:
    """Take a bias; one that is a single row or a single column is meant as what it holds."""
    taken: Array = np.asarray(array.detach().cpu() if hasattr(array, "detach") else array)
    return taken.reshape(-1) if taken.ndim == 2 and 1 in taken.shape else taken


def _assumed(layers: list[NamedLayer], why: str, column: str) -> str:
    """Say what nobody checked: how the layers are joined, in which order, how they are stored, what follows sums."""
    first = f"its {len(layers)} layers follow each other, {_listed([p.name for p in layers])}"
    each = "each taking what the one before it gives and nothing else"
    joined = f"{first} ({why}), {each}" if len(layers) > 1 else "this is all that there is: one layer"
    stored = ", ".join(_stored(layers))
    said = (
        f"The file holds weights alone, which do not say how they are joined. It was assumed that {joined}; "
        f"that weights are stored {stored}{column}; and that the sums go through "
    )
    end = ". Another program may use the same weights in another way, and give something else: none was run."
    return said.replace("{", "{{").replace("}", "}}") + "{acts}" + end


def _listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:6], *["…"] * (len(names) > 6)])


def _stored(layers: list[NamedLayer]) -> Iterator[str]:
    for layout in dict.fromkeys(p.layout for p in layers):
        one = next(p for p in layers if p.layout == layout)
        yield f"({layout}), {one.W} for one"


def chosen_activations(given: Activations, n: int, what: str) -> Sequence[str | Activation]:
    """Give each layer its activation: a single one is for all but the last, which stays linear."""
    if isinstance(given, str | Activation) and n == 1:
        raise ModelError(
            f"{what} has one layer, and a single activation is for all but the last: "
            f"say activations=[{str(given)!r}] for that layer, or leave it out for its sums as they are"
        )
    if isinstance(given, str | Activation):
        return [*[given] * (n - 1), "identity"]
    if given is None and n > 1:
        raise ModelError(
            f"{what} holds the weights of {n} layers and not what they do to their sums: "
            f"say activations='relu' (between layers), or name all {n} in a list"
        )
    if given is None:
        return ["identity"]
    if len(given) != n:
        raise ModelError(f"{what} has {n} layers, and {len(given)} activations were named: one for each layer")
    return given
