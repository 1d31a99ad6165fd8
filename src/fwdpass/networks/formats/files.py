"""Networks in files, by the ending of the file's name: one table of formats, and what reads it."""

from __future__ import annotations

import os
from pathlib import Path

from fwdpass.errors import ModelError
from fwdpass.networks import Network
from fwdpass.networks.formats import keras, npz, onnx, safetensors, sklearn, torch
from fwdpass.networks.formats.archives import refuse_pickle
from fwdpass.networks.formats.common import LIMITS, Limits, present
from fwdpass.networks.formats.format import Activations, Asked, Format, Opened, Order
from fwdpass.numerals.arguments import checked

FORMATS: tuple[Format, ...] = (
    npz.FORMAT,
    safetensors.FORMAT,
    safetensors.PARTS,
    onnx.FORMAT,
    torch.FORMAT,
    keras.FORMAT,
    keras.OLDER,
    sklearn.FORMAT,
)
"""Every format there is. To add one, write a module with a ``FORMAT``, and name it here."""
_PICKLE = "a pickle can run code, and is never read: save scikit-learn's models with skops, and others as ONNX"
UNREAD = {
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".sav"), _PICKLE),
    ".pt2": "an exported program of PyTorch's would have to be run to be read: export the model as ONNX",
    ".pb": "a graph of TensorFlow's is read as ONNX, which tf2onnx makes of it, or as a .keras file",
    ".tflite": "a model of LiteRT's is read as ONNX, which tf2onnx makes of it, or as a .keras file",
    ".gguf": "its weights are quantized, and belong to a transformer: what is read is a stack of layers",
    ".mlmodel": "a model of Core ML's is read in the format that it was converted from",
}
"""Endings of files that are not read, why, and what would do."""


def endings(written: bool = False) -> tuple[str, ...]:
    """List the endings of all files that are read, or written.

    >>> {".npz", ".onnx", ".keras"} <= {*endings()}, ".hdf5" in endings(written=True)
    (True, False)
    """
    return tuple(ending for form in FORMATS if form.write or not written for ending in form.endings)


def of(path: Path) -> Format | None:
    """Find the format of a file, by the ending of its name."""
    name = path.name.lower()
    return next((form for form in FORMATS if name.endswith(form.endings)), None)


@checked
def load(
    path: str | os.PathLike[str],
    activations: Activations = None,
    limits: Limits = LIMITS,
    order: Order = None,
    layout: str | None = None,
) -> Network:
    """Read a network from a file: NumPy's ``.npz``, ``.safetensors``, ``.onnx``, PyTorch's ``.pt``, ``.keras``.

    Where a file holds weights alone, their layers are in order where their names are numbered, or where they fit on
    each other in one order alone.

    Parameters
    ----------
    path : path-like
        The file. Its ending says what it is.
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
        The network that the file holds.

    Raises
    ------
    ModelError
        For a file that is damaged, hostile, or no network of plain layers, and where an argument would change nothing.

    Examples
    --------
    >>> import tempfile, fwdpass as fp
    >>> net = fp.Network((fp.lesson.W1, fp.lesson.b1, "relu"), (fp.lesson.W2, fp.lesson.b2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fp.save(net, f"{folder}/lesson.npz")
    ...     same = fp.load(f"{folder}/lesson.npz")
    >>> [(one.W == other.W).all() and str(one.activation) for one, other in zip(net, same)]
    ['relu', 'identity']
    """
    return _opened(Path(path), Asked(activations, order, layout, limits, runs=False)).network


@checked
def open_model(
    path: str | os.PathLike[str],
    activations: Activations = None,
    limits: Limits = LIMITS,
    order: Order = None,
    layout: str | None = None,
) -> Opened:
    """Read a network from a file, and keep how its own library predicts."""
    return _opened(Path(path), Asked(activations, order, layout, limits))


def _opened(file: Path, asked: Asked) -> Opened:
    present(file)
    form = of(file)
    if form is None:
        refuse_pickle(file)
        ending = file.suffix.lower()
        why = UNREAD.get(ending, f"{ending or 'no ending'} is none")
        raise ModelError(f"{file}: a model is read from {', '.join(endings())}; {why}")
    if form.complete:
        asked.check_nothing(f"{file}, {form.name},")
    return form.read(file, asked)


@checked
def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network into a file, by the ending of its name.

    Parameters
    ----------
    network : Network
        The network.
    path : path-like
        Where the file is to be; its ending says what it becomes. A file that is there is replaced.

    Raises
    ------
    ModelError
        For an ending that no format has, and for a network that the format cannot hold.
    """
    file = Path(path)
    form = of(file)
    if form is None or form.write is None:
        raise ModelError(f"{file}: a network is written into {', '.join(endings(written=True))}")
    if network.dtype == object:
        raise ModelError(f"{file}: no file format has exact rationals: take net.astype(float)")
    form.write(network, file)
