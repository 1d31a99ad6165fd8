"""Networks in files, by the ending of the file's name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks import Network
from fwdpass.networks.activations import Array
from fwdpass.networks.formats import keras, npz, onnx, safetensors, torch
from fwdpass.networks.formats.archives import refuse_pickle
from fwdpass.networks.formats.common import LIMITS, Activations, Limits, Order, library, present, refuse_unused

Predict = Callable[[Array], Array]

PICKLES = (".pkl", ".pickle", ".joblib", ".sav")
TOLD = {".onnx": "an ONNX model", ".keras": "a Keras model"}
"""Files that say themselves what their layers do, and in which order."""
ENDINGS = (".npz", ".safetensors", ".onnx", ".pt", ".pth", ".keras")


@dataclass(frozen=True)
class Opened:
    """A network out of a file, and the prediction of the library that the file is of, where there is one."""

    network: Network
    format: str
    """What the file is, in a word or two."""
    runner: str = ""
    """Whose prediction there is."""
    predict: Predict | None = None


def load(
    path: str | os.PathLike[str], activations: Activations = None, limits: Limits = LIMITS, order: Order = None
) -> Network:
    """Read a network from a file: NumPy's ``.npz``, ``.safetensors``, ``.onnx``, PyTorch's ``.pt``, ``.keras``.

    Where a file holds weights alone, ``activations`` says what the layers do to their sums: a single name for all
    but the last, or a list. Layers under names are in order where the names are numbered, or where they fit on each
    other in one order alone; for others, ``order`` is a list of their names. Raises ModelError for a file that is
    damaged, hostile, or no network of plain layers, and where an argument would change nothing.

    >>> import tempfile, fwdpass as fp
    >>> net = fp.Network((fp.lesson.W1, fp.lesson.b1, "relu"), (fp.lesson.W2, fp.lesson.b2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fp.save(net, f"{folder}/lesson.npz")
    ...     same = fp.load(f"{folder}/lesson.npz")
    >>> [(one.W == other.W).all() and str(one.activation) for one, other in zip(net, same)]
    ['relu', 'identity']
    """
    return open_model(path, activations, limits, order).network


def open_model(
    path: str | os.PathLike[str], activations: Activations = None, limits: Limits = LIMITS, order: Order = None
) -> Opened:
    """Read a network from a file, and keep how its own library predicts."""
    file = Path(path)
    ending = file.suffix.lower()
    present(file)
    if ending in PICKLES or ending not in ENDINGS:
        refuse_pickle(file)
        raise ModelError(
            f"{file}: a model is read from {', '.join(ENDINGS)}; "
            + (
                "a pickle can run code, and is never read"
                if ending in PICKLES
                else f"{ending or 'no ending'} is none of them"
            )
        )
    if ending in TOLD:
        refuse_unused(activations, order, f"{file}, {TOLD[ending]},")
    match ending:
        case ".npz":
            return Opened(npz.load(file, activations, limits, order), "A NumPy archive")
        case ".safetensors":
            return Opened(safetensors.load(file, activations, limits, order), "A safetensors file")
        case ".onnx":
            model = onnx.read(file, limits)
            return Opened(
                onnx.from_onnx(model, limits), "An ONNX model", "ONNX's reference evaluator",
                lambda x: onnx.predict(model, x),
            )  # fmt: skip
        case ".keras":
            network = keras.load(file, limits)
            return Opened(network, "A Keras model", "Keras", lambda x: _by_keras(network, x))
    network = torch.load(file, activations, limits, order)
    return Opened(network, "A PyTorch state dict", "PyTorch", lambda x: _by_torch(network, x))


def _by_torch(network: Network, x: Array) -> Array:
    model = torch.to_torch(network)
    taken = library("torch", "torch").tensor(x.astype(network.dtype))
    y: Array = model(taken).detach().numpy()
    return y


def _by_keras(network: Network, x: Array) -> Array:
    model = keras.to_keras(network)
    rows = x.reshape(-1, network.sizes[0]).astype(network.dtype)
    y: Array = library("keras", "keras").ops.convert_to_numpy(model(rows))
    return y if x.ndim == 2 else y[0]


_SAVERS: dict[str, Callable[[Network, Path], Any]] = {
    ".npz": npz.save,
    ".safetensors": safetensors.save,
    ".onnx": onnx.save,
    ".pt": torch.save,
    ".pth": torch.save,
    ".keras": lambda network, path: keras.to_keras(network).save(path),
}


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network into a file, by the ending of its name."""
    file = Path(path)
    saver = _SAVERS.get(file.suffix.lower())
    if saver is None:
        raise ModelError(f"{file}: a network is written into {', '.join(_SAVERS)}")
    if network.dtype == object:
        raise ModelError(f"{file}: no file format has exact rationals: take net.astype(float)")
    saver(network, file)
