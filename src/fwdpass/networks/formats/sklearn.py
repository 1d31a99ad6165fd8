"""scikit-learn's multilayer perceptrons and linear models, behind scalers or alone; files of skops have them."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Network, activations
from fwdpass.networks.formats.archives import checked, read_npy
from fwdpass.networks.formats.chain import Affine, Operation, Passed, Scaling, layers_of
from fwdpass.networks.formats.common import LIMITS, Limits, first_line, library
from fwdpass.networks.formats.format import Asked, Format, Opened
from fwdpass.networks.formulas import Array
from fwdpass.numerals import arguments


def from_sklearn(model: Any) -> Network:
    """Take the network out of a fitted estimator, or a pipeline; it gives what ``predict_proba`` gives.

    ``MLPClassifier``, ``MLPRegressor`` and linear models are read. A binary classifier has a single output, the
    probability of the latter class; a scaler is folded into the layer behind it.

    Parameters
    ----------
    model : estimator or Pipeline
        A fitted estimator, or a pipeline that ends in one.

    Returns
    -------
    Network
        A network with the same answers.

    Raises
    ------
    ModelError
        For an estimator that is no network, or that has not been fitted.
    """
    return opened(model).network


def opened(model: Any, limits: Limits = LIMITS) -> Opened:
    """Take the network out of an estimator or a pipeline, with what runs it."""
    operations = [made for name, step in _steps(model) for made in _operations(step, name)]
    what = type(model).__name__
    width = getattr(model, "n_features_in_", None)
    net, notes = layers_of(operations, what, limits, width=width, dtype=_dtype(operations))
    classes = getattr(model, "classes_", None)
    if classes is not None and np.ndim(classes) == 1:
        listed = ", ".join(str(one) for one in classes[:12]) + (", …" if len(classes) > 12 else "")
        one = net.sizes[-1] == 1
        notes = [*notes, f"Its classes are {listed}; {'the output is that of the latter' if one else 'in this order'}."]
    return Opened(net, "A model of scikit-learn's", "scikit-learn", lambda x: _run(model, x), notes=notes)


def _run(model: Any, x: Array) -> Array:
    """Let the estimator itself predict for one row."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names of columns
        row = np.asarray(x)[None]
        if not hasattr(model, "classes_"):
            y: Array = np.asarray(model.predict(row)).reshape(-1)
            return y
        chances = np.asarray(model.predict_proba(row))[0]
    binary = np.ndim(model.classes_) == 1 and len(model.classes_) == 2
    latter: Array = chances[1:] if binary and len(chances) == 2 else chances
    return latter


def _dtype(operations: list[Operation]) -> Any:
    arrays = [one.W for one in operations if isinstance(one, Affine)]
    return np.result_type(*arrays) if arrays else None


def _steps(model: Any) -> list[tuple[str, Any]]:
    """Give the steps of a pipeline, those of one within another included."""
    if type(model).__name__ != "Pipeline":
        return [(type(model).__name__, model)]
    return [
        (name, inner)
        for name, step in model.steps
        if step is not None and step != "passthrough"
        for name, inner in ([(name, step)] if type(step).__name__ != "Pipeline" else _steps(step))
    ]


def _operations(step: Any, name: str) -> list[Operation]:
    kind = type(step).__name__
    if not str(type(step).__module__).startswith("sklearn."):
        raise ModelError(f"{name}: {kind} comes from {type(step).__module__}, and what it computes is not known")
    if hasattr(step, "coefs_"):
        return _perceptron(step)
    read = _READ.get(kind)
    if read is None:
        known = ", ".join(["MLPClassifier", "MLPRegressor", *_READ])
        raise ModelError(f"{name}: {kind} is no step that can be read: there are {known}")
    try:
        return read(step, name)
    except AttributeError:
        fitted = "coefs_" if kind.startswith("MLP") else "numbers"
        raise ModelError(f"{kind} has no {fitted}: what is read is a model that was fitted") from None


def _perceptron(model: Any) -> list[Operation]:
    n = len(model.coefs_)
    acts = [model.activation] * (n - 1) + [model.out_activation_]
    made: list[Operation] = []
    for i, (W, b, theirs) in enumerate(zip(model.coefs_, model.intercepts_, acts, strict=True)):
        act = activations.read("sklearn", theirs, {})
        if act is None:
            raise ModelError(f"layer {i + 1}: scikit-learn's activation {theirs!r} is not known here")
        made += [Affine(f"coefs_[{i}]", W, b), Passed(f"coefs_[{i}]", act)]
    return made


def _unfitted(model: Any, _: str) -> list[Operation]:
    raise ModelError(f"{type(model).__name__} has no coefs_: what is read is a model that was fitted")


def _linear(model: Any, name: str) -> list[Operation]:
    coef = np.atleast_2d(model.coef_)
    shift = np.broadcast_to(np.asarray(model.intercept_, coef.dtype), (len(coef),))
    made: list[Operation] = [Affine(name, coef.T, shift.copy() if model.fit_intercept else None)]
    if type(model).__name__ == "LogisticRegression":
        made.append(Passed(name, "sigmoid" if len(coef) == 1 else "softmax"))
    return made


def _standard(step: Any, name: str) -> list[Operation]:
    return _scaled(
        name, getattr(step, "mean_", None) if step.with_mean else None, step.scale_ if step.with_std else None
    )


def _scaled(name: str, centre: Any, scale: Any) -> list[Operation]:
    shift: list[Operation] = [] if centre is None else [Scaling(name, None, -np.asarray(centre, np.float64))]
    return shift if scale is None else [*shift, Scaling(name, 1 / np.asarray(scale, np.float64), None)]


def _min_max(step: Any, name: str) -> list[Operation]:
    if step.clip:
        raise ModelError(f"{name}: MinMaxScaler(clip=True) cuts its inputs off, which no layer of weights does")
    return [Scaling(name, np.asarray(step.scale_), np.asarray(step.min_))]


def _principal(step: Any, name: str) -> list[Operation]:
    W = np.asarray(step.components_, np.float64).T
    if step.whiten:
        W = W / np.sqrt(np.asarray(step.explained_variance_))
    return [Scaling(name, None, -np.asarray(step.mean_, np.float64)), Affine(name, W)]


_READ = {
    "MLPClassifier": _unfitted,
    "MLPRegressor": _unfitted,
    "StandardScaler": _standard,
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": lambda step, name: _scaled(name, None, step.scale_),
    "RobustScaler": lambda step, name: _scaled(
        name, step.center_ if step.with_centering else None, step.scale_ if step.with_scaling else None
    ),
    "PCA": _principal,
    "LinearRegression": _linear,
    "Ridge": _linear,
    "LogisticRegression": _linear,
}
"""What a pipeline may be made of, beside fitted perceptrons."""


@arguments.checked
def to_sklearn(net: Network) -> Any:
    """Make an ``MLPRegressor``, or an ``MLPClassifier`` where the last layer is softmax or a single sigmoid.

    All the hidden layers need one activation, and one that scikit-learn has.

    Parameters
    ----------
    net : Network
        The network.

    Returns
    -------
    MLPRegressor or MLPClassifier
        A fitted estimator, with the network's weights.

    Raises
    ------
    ModelError
        For activations that scikit-learn does not have there.
    """
    between = {layer.activation.name: layer.activation for layer in net.layers[:-1]}
    last = net.layers[-1].activation.name
    for i, one in enumerate(net):
        allowed = activations.written("sklearn", one.activation) if i < len(net) - 1 else last in _LAST
        if not allowed or (i < len(net) - 1 and one.activation.name == "softmax"):
            raise ModelError(f"{net.title(i)}: scikit-learn has no {one.activation} there")
    if len(between) > 1:
        raise ModelError(f"the hidden layers have {', '.join(sorted(between))}: scikit-learn takes one for all of them")
    classes = net.sizes[-1] + (last == "sigmoid")
    if last == "sigmoid" and net.sizes[-1] > 1:
        raise ModelError(
            f"{net.title(len(net) - 1)}: several sigmoids make a multilabel classifier, which is not built"
        )
    if last == "softmax" and classes < 3:
        raise ModelError(f"{net.title(len(net) - 1)}: scikit-learn has softmax for three classes or more")
    made = library("sklearn.neural_network", "sklearn")
    hidden = next(iter(between.values()), activations.activation("identity"))
    spelt = activations.written("sklearn", hidden)
    options = {"hidden_layer_sizes": net.sizes[1:-1], "activation": spelt and spelt[0]}
    model = made.MLPRegressor(**options) if last == "identity" else made.MLPClassifier(**options)
    model.coefs_, model.intercepts_ = [la.W.copy() for la in net], [la.b.copy() for la in net]
    model.n_layers_, model.n_outputs_, model.n_features_in_ = len(net) + 1, net.sizes[-1], net.sizes[0]
    model.out_activation_ = {"sigmoid": "logistic"}.get(last, last)
    if last != "identity":
        preprocessing = library("sklearn.preprocessing", "sklearn")
        model.classes_ = np.arange(classes)
        model._label_binarizer = preprocessing.LabelBinarizer().fit(model.classes_)
    return model


_LAST = {"identity", "softmax", "sigmoid"}


# Files of skops ----------------------------------------------------------------------------------------

_SCHEMA = 2**24
"""Bytes of a description that are read at most."""
_LOADERS = {
    "ObjectNode", "DictNode", "ListNode", "TupleNode", "SetNode", "JsonNode", "NdArrayNode", "TypeNode",
    "DefaultDictNode", "SliceNode", "RandomStateNode", "RandomGeneratorNode", None,
}  # fmt: skip
"""How skops may make a thing again: from its attributes, never by a function or a method."""
_TYPES = {"numpy", "builtins", "collections", None}
_OPTIMIZERS = {"AdamOptimizer", "SGDOptimizer"}
_OTHERS = {"Pipeline", "LabelBinarizer", *_OPTIMIZERS}


def open_file(path: Path, asked: Asked) -> Opened:
    """Read a file of skops, which holds a description and arrays, and no pickle: its types are looked at first."""
    try:
        with checked(path, asked.limits) as archive:
            _check_archive(archive, path, asked.limits)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise ModelError(f"{path} is no file of skops that can be read: {first_line(error)}") from None
    skops = library("skops.io", "sklearn")
    try:
        trusted = [name for name in skops.get_untrusted_types(file=path) if _is_optimizer(name)]
        model = skops.load(path, trusted=trusted)
    except Exception as error:  # noqa: BLE001 - skops stumbles over damage in any way
        raise ModelError(f"{path} cannot be read by skops: {first_line(error)}") from None
    found = opened(model, asked.limits)
    return Opened(found.network, FORMAT.title, found.runner, found.predict, notes=found.notes)


def _is_optimizer(name: str) -> bool:
    return name.startswith("sklearn.neural_network.") and name.rpartition(".")[2] in _OPTIMIZERS


def _check_archive(archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    """Refuse a description with types beyond those of networks, and arrays that declare more than is there."""
    names = {info.filename: info for info in archive.infolist()}
    if "schema.json" not in names or names["schema.json"].file_size > _SCHEMA:
        raise ModelError(f"{path} is no file of skops: it has no schema.json, or one of more than {_SCHEMA} bytes")
    try:
        schema = json.loads(archive.read("schema.json"))
        for node in _nodes(schema):
            _check_node(node, path)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: its schema.json cannot be read: {first_line(error)}") from None
    limits.check_layers(len(names) // 40, str(path))
    for name, info in names.items():
        if name != "schema.json":
            if not name.endswith(".npy"):
                raise ModelError(f"{path} holds {name}, which is no array")
            with archive.open(info) as file:
                read_npy(file, info.file_size, f"{path}: {name}", header=True)


def _nodes(given: Any) -> Iterator[dict[str, Any]]:
    left = [given]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left += node.values()
        elif isinstance(node, list):
            left += node


def _check_node(node: dict[str, Any], path: Path) -> None:
    loader, kind, module = (node.get(key) for key in ("__loader__", "__class__", "__module__"))
    known = kind in _OTHERS | set(_READ) if loader == "ObjectNode" else True
    root = str(module).partition(".")[0] if module is not None else None
    home = root == "sklearn" if loader == "ObjectNode" else root in _TYPES
    if loader not in _LOADERS or not known or not home:
        raise ModelError(f"{path} holds {module}.{kind}, which is no step of a network, and is not loaded")


FORMAT = Format("a file of skops", (".skops",), open_file, None, extra="sklearn", complete=True)
