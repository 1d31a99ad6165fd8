"""Flax: a tree of parameters, ``{"params": {"Dense_0": {"kernel", "bias"}}}``; kernels are stored (in, out)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks import Layer, Network
from fwdpass.networks.formats.format import Activations, Asked, Order
from fwdpass.networks.formats.named import stacked
from fwdpass.networks.formulas import Array
from fwdpass.numerals import arguments


@arguments.checked
def from_flax(
    params: Mapping[str, Any], activations: Activations = None, order: Order = None, layout: str | None = None
) -> Network:
    """Take the network out of a tree of parameters; what the layers do to their sums has to be said.

    The order of names in a tree says nothing: JAX sorts them. Layers are in order where their names are numbered, as
    Flax numbers them, or where they fit on each other in one order alone; for others, ``order`` is a list of names.
    JAX's own ``gelu`` is ``"gelu tanh"`` here, unless it was told ``approximate=False``.

    Parameters
    ----------
    params : mapping
        The tree of parameters.
    activations : str or list of str, optional
        What the layers do to their sums, where weights are all that is there: a single name for all but the last, or
        a name for each.
    order : list of str, optional
        The layers' names, in the order in which they are computed.
    layout : str, optional
        How weights are stored: ``"in, out"`` for ``x @ W``, or ``"out, in"``.

    Returns
    -------
    Network
        A network of these layers.

    Raises
    ------
    ModelError
        For a tree that holds other things than layers, and for layers without an order.
    """
    tree = params["params"] if set(params) == {"params"} else params
    return stacked(dict(_flat(tree)), "the parameters", Asked(activations, order, layout))[0]


def _flat(tree: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    if not isinstance(tree, Mapping):
        raise ModelError(f"{prefix or 'the parameters'} are {type(tree).__name__}, and a tree has names and arrays")
    if depth > 16:
        raise ModelError(f"{prefix} is nested too deeply for a stack of layers")
    for name, value in tree.items():
        path = f"{prefix}/{name}" if prefix else str(name)
        if isinstance(value, Mapping):
            yield from _flat(value, path, depth + 1)
        elif not hasattr(value, "shape"):
            raise ModelError(f"{path} is {type(value).__name__}, and a layer has arrays alone")
        else:
            yield path, value


@arguments.checked
def to_flax(net: Network) -> dict[str, dict[str, dict[str, Array]]]:
    """Make the tree of parameters of a model with a ``Dense`` for each layer.

    Parameters
    ----------
    net : Network
        The network.

    Returns
    -------
    dict
        Under ``params``, a ``kernel`` and a ``bias`` for each layer, as Flax names them.
    """
    return {"params": {f"Dense_{i}": _dense(layer) for i, layer in enumerate(net)}}


def _dense(layer: Layer) -> dict[str, Array]:
    return {"kernel": layer.W.copy(), **({"bias": layer.b.copy()} if layer.biased else {})}
