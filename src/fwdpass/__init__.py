"""A book that computes itself, and the views that it is written with.

The forward pass is a line of NumPy for each step; a view shows what they did.

>>> import fwdpass as fp
>>> from fwdpass.lesson import W1, W2, b1, b2, x
>>> z1, h, y_hat = fp.forward(x, W1, b1, W2, b2)
>>> fp.matrix(y_hat, "y_hat")
  ŷ0     ŷ1     ŷ2     ŷ3
0.10  -0.10  -0.05  -0.25
>>> fp.dot(x, W1[:, 2], b1[2])
1 × 0.1 + 0 × (-0.2) + 1 × 0.5 + 1 × (-0.1) + 0 = 0.5
>>> fp.states(x, W1, b1, "h").alive
(2,)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fwdpass import lesson
    from fwdpass.figures.base import settled
    from fwdpass.figures.collapsed import collapsed
    from fwdpass.figures.contributions import contributions
    from fwdpass.figures.dot import dot
    from fwdpass.figures.flip import flip
    from fwdpass.figures.gallery import gallery
    from fwdpass.figures.graph import graph
    from fwdpass.figures.heat import heat
    from fwdpass.figures.matrix import matrix
    from fwdpass.figures.mismatch import mismatch
    from fwdpass.figures.pixels import pixels
    from fwdpass.figures.product import product
    from fwdpass.figures.run import run
    from fwdpass.figures.shapes import shapes
    from fwdpass.figures.states import states
    from fwdpass.figures.table import table
    from fwdpass.networks import Layer, Network, formats
    from fwdpass.networks.formats import load, save
    from fwdpass.networks.views.network import network
    from fwdpass.networks.views.parameters import parameters
    from fwdpass.nn import collapse, forward, mse, neuron, relu
    from fwdpass.numerals.exact import agree
    from fwdpass.trace.magic import load_ipython_extension
    from fwdpass.trace.view import trace

__all__ = [
    "Layer",
    "Network",
    "agree",
    "collapse",
    "collapsed",
    "contributions",
    "dot",
    "flip",
    "formats",
    "forward",
    "gallery",
    "graph",
    "heat",
    "lesson",
    "load",
    "load_ipython_extension",
    "matrix",
    "mismatch",
    "mse",
    "network",
    "neuron",
    "parameters",
    "pixels",
    "product",
    "relu",
    "run",
    "save",
    "settled",
    "shapes",
    "states",
    "table",
    "trace",
]

_HOMES = {
    "fwdpass.figures.base": ("settled",),
    "fwdpass.figures.collapsed": ("collapsed",),
    "fwdpass.figures.contributions": ("contributions",),
    "fwdpass.figures.dot": ("dot",),
    "fwdpass.figures.flip": ("flip",),
    "fwdpass.figures.gallery": ("gallery",),
    "fwdpass.figures.graph": ("graph",),
    "fwdpass.figures.heat": ("heat",),
    "fwdpass.figures.matrix": ("matrix",),
    "fwdpass.figures.mismatch": ("mismatch",),
    "fwdpass.figures.pixels": ("pixels",),
    "fwdpass.figures.product": ("product",),
    "fwdpass.figures.run": ("run",),
    "fwdpass.figures.shapes": ("shapes",),
    "fwdpass.figures.states": ("states",),
    "fwdpass.figures.table": ("table",),
    "fwdpass.networks": ("Layer", "Network"),
    "fwdpass.networks.formats": ("load", "save"),
    "fwdpass.networks.views.network": ("network",),
    "fwdpass.networks.views.parameters": ("parameters",),
    "fwdpass.nn": ("collapse", "forward", "mse", "neuron", "relu"),
    "fwdpass.numerals.exact": ("agree",),
    "fwdpass.trace.magic": ("load_ipython_extension",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = {"formats": "fwdpass.networks.formats"} | {
    name: f"fwdpass.{name}" for name in ("errors", "lesson", "nn", "numerals", "trace")
}


def __getattr__(name: str) -> Any:
    """Find a public name when it is first asked for, so that ``import fwdpass.trace`` loads no NumPy."""
    if name in _MODULES:
        # Not kept as a global: a page's reading puts a lesson of its own into sys.modules.
        return import_module(_MODULES[name])
    if name in _HOME:
        value = globals()[name] = getattr(import_module(_HOME[name]), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
