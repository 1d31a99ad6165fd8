"""scikit-learn's multilayer perceptrons: ``coefs_`` are stored (in, out), as here."""

from __future__ import annotations

from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import Network
from fwdpass.networks.formats.common import layer, library, network

_TO = {"identity": "identity", "relu": "relu", "sigmoid": "logistic", "tanh": "tanh"}
_FROM = {theirs: ours for ours, theirs in _TO.items()} | {"softmax": "softmax"}


def from_sklearn(model: Any) -> Network:
    """Take the network out of a fitted ``MLPClassifier`` or ``MLPRegressor``; it gives what ``predict_proba`` gives.

    A binary classifier has a single output, the probability of the latter class.
    """
    if not hasattr(model, "coefs_"):
        what = type(model).__name__
        raise ModelError(f"{what} has no coefs_: from_sklearn takes an MLPClassifier or MLPRegressor that was fitted")
    n = len(model.coefs_)
    acts = [model.activation] * (n - 1) + [model.out_activation_]
    for i, act in enumerate(acts):
        if act not in _FROM:
            raise ModelError(f"layer {i + 1}: scikit-learn's activation {act!r} is not known here")
    return network(
        (
            layer(W, b, _FROM[act], f"coefs_[{i}]")
            for i, (W, b, act) in enumerate(zip(model.coefs_, model.intercepts_, acts, strict=True))
        ),
        type(model).__name__,
    )


def to_sklearn(net: Network) -> Any:
    """Make an ``MLPRegressor``, or an ``MLPClassifier`` where the last layer is softmax or a single sigmoid.

    All the hidden layers need one activation, and one that scikit-learn has.
    """
    between = {layer.activation.name for layer in net.layers[:-1]} or {"identity"}
    last = net.layers[-1].activation.name
    for i, one in enumerate(net):
        allowed = _TO if i < len(net) - 1 else {"identity": 1, "softmax": 1, "sigmoid": 1}
        if one.activation.name not in allowed:
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
    options = {"hidden_layer_sizes": net.sizes[1:-1], "activation": _TO[between.pop()]}
    model = made.MLPRegressor(**options) if last == "identity" else made.MLPClassifier(**options)
    model.coefs_, model.intercepts_ = [la.W.copy() for la in net], [la.b.copy() for la in net]
    model.n_layers_, model.n_outputs_, model.n_features_in_ = len(net) + 1, net.sizes[-1], net.sizes[0]
    model.out_activation_ = {"sigmoid": "logistic"}.get(last, last)
    if last != "identity":
        preprocessing = library("sklearn.preprocessing", "sklearn")
        model.classes_ = np.arange(classes)
        model._label_binarizer = preprocessing.LabelBinarizer().fit(model.classes_)
    return model
