"""What all formats share: limits against hostile files, optional libraries, and layers out of named arrays."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import FwdpassError, LibraryError, ModelError
from fwdpass.networks import Activation, Layer, Network
from fwdpass.networks.activations import Array
from fwdpass.networks.formats.order import natural, ordered, told

Activations = str | Activation | Sequence[str | Activation] | None
Order = Sequence[str] | None


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at most: a file says how large it is, and may lie or mean harm."""

    layers: int = 1000
    bytes: int = 2**31

    def check_layers(self, n: int, what: str) -> None:
        """Refuse more layers than that."""
        if n > self.layers:
            raise ModelError(
                f"{what} declares {n} layers, and at most {self.layers} are read: "
                "raise Limits(layers=...) if you trust the file"
            )

    def check_bytes(self, n: int, what: str) -> None:
        """Refuse more bytes than that, before they are allocated."""
        if n > self.bytes:
            raise ModelError(
                f"{what} declares {n} bytes, and at most {self.bytes} are read: "
                "raise Limits(bytes=...) if you trust the file"
            )


LIMITS = Limits()


def present(path: Path) -> None:
    """Refuse a path where no file is."""
    if path.is_dir():
        raise ModelError(f"{path} is a folder, and what is read is a file")
    if not path.exists():
        raise ModelError(f"there is no file {path}")
    if not path.is_file():
        raise ModelError(f"{path} is a device or a pipe, and what is read is a file: save what it gives, and name that")


def library(name: str, extra: str) -> Any:
    """Import an optional library; where it is missing, say how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise LibraryError(
            f"this needs {name}, which cannot be imported ({error}): pip install 'fwdpass[{extra}]'"
        ) from None


def refuse_unused(activations: Activations, order: Order, what: str) -> None:
    """Refuse arguments that would change nothing: what is read says itself what its layers do, and in which order."""
    for name, given, says in (
        ("activations", activations, "what its layers do to their sums"),
        ("order", order, "in which order its layers follow each other"),
    ):
        if given is not None:
            raise ModelError(f"{what} says itself {says}, and {name}={given!r} would change nothing: leave it out")


def first_line(error: BaseException) -> str:
    """Of a library's error, what fits into a sentence."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def network(layers: Iterable[Layer], what: str) -> Network:
    """Make a network of what was found in a file."""
    try:
        return Network(*layers)
    except FwdpassError as error:
        raise ModelError(f"{what}: {error}") from None


def layer(W: Any, b: Any, activation: str | Activation, name: str) -> Layer:
    """Make a layer; what is wrong with it carries its name."""
    try:
        return Layer(_known(W), _known(b), activation, name)
    except FwdpassError as error:
        raise ModelError(str(error) if name in str(error) else f"{name}: {error}") from None


def _known(given: Any) -> Any:
    return known(np.asarray(given)) if "bfloat16" in str(getattr(given, "dtype", "")) else given


def known(array: Array) -> Array:
    """Take numbers of a type that is not NumPy's own, such as bfloat16, as float32, which has all of them."""
    return array.astype(np.float32) if array.dtype.kind == "V" and "float" in array.dtype.name else array


_PARTS = (
    # name of a weight, the bias that goes with it, and whether it is stored (out, in)
    (re.compile(r"(.*?)[./]?weight"), "{}{sep}bias", True),
    (re.compile(r"(.*?)[./]?kernel"), "{}{sep}bias", False),
    (re.compile(r"(.*?)W(\d*)"), "{}b{}", False),
    (re.compile(r"(.*?)coefs_(\d+)"), "{}intercepts_{}", False),
)


@dataclass(frozen=True)
class Named:
    """A layer's arrays as a file names them."""

    name: str
    W: str
    b: str | None
    transposed: bool


def pairs(names: Iterable[str], what: str) -> list[Named]:
    """Find the weights among named arrays, in order, each with its bias.

    >>> [(p.W, p.b) for p in pairs(["fc10.weight", "fc2.weight", "fc2.bias"], "a file")]
    [('fc2.weight', 'fc2.bias'), ('fc10.weight', None)]
    """
    left = sorted(names, key=natural)
    found = []
    for name in [*left]:
        if pair := _pair(name, left):
            found.append(pair)
            left.remove(pair.W)
            if pair.b:
                left.remove(pair.b)
    if left:
        raise ModelError(
            f"{what}: {left[0]} belongs to no layer that is known here: there are weights (weight, stored (out, in), "
            "as PyTorch has it; kernel or W, stored (in, out), as Keras, Flax and this book have it), each with a bias"
        )
    if not found:
        raise ModelError(f"{what} has no weights: there is nothing to make a network of")
    return found


def _pair(name: str, names: Sequence[str]) -> Named | None:
    for pattern, bias, transposed in _PARTS:
        if m := pattern.fullmatch(name):
            sep = name[len(m[1])] if m[1] and name[len(m[1])] in "./" else ""
            b = bias.format(*m.groups(), sep=sep)
            numbered = m.lastindex == 2 and m[2]
            return Named((not numbered and m[1].rstrip("./_")) or name, name, b if b in names else None, transposed)
    return None


def stacked(
    arrays: Mapping[str, Any], activations: Activations, what: str, limits: Limits = LIMITS, order: Order = None
) -> Network:
    """Make a network of named arrays; what the layers do to their sums has to be said, since the names do not."""
    found = pairs(arrays, what)
    limits.check_layers(len(found), what)
    chosen = chosen_activations(activations, len(found), what)
    weights = [_matrix(arrays[p.W], p, what) for p in found]
    names = [p.name for p in found]
    if order is None:
        places = ordered([p.W for p in found], names, [(len(W), W.shape[1]) for W in weights], what)
    else:
        places = told(order, names, what)
    return network(
        (
            layer(weights[i], None if (b := found[i].b) is None else arrays[b], act, found[i].name)
            for i, act in zip(places, chosen, strict=True)
        ),
        what,
    )


def _matrix(array: Any, named: Named, what: str) -> Array:
    """Take a layer's weights as they are here, (in, out)."""
    taken: Array = np.asarray(array.detach().cpu() if hasattr(array, "detach") else array)
    if taken.ndim != 2:
        raise ModelError(f"{what}: {named.W} has shape {tuple(taken.shape)}, and a layer's weights are a matrix")
    return taken.T if named.transposed else taken


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
