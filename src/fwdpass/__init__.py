"""A book that computes itself, and the views that it is written with.

The forward pass is a line of NumPy for each step; a view shows what they did.

>>> import fwdpass as fp
>>> from fwdpass.lesson import W1, W2, b1, b2, x
>>> z1, h, y_hat = fp.forward(x, W1, b1, W2, b2)
>>> fp.matrix(y_hat, "y")
  y0     y1     y2     y3
0.10  -0.10  -0.05  -0.25
>>> fp.dot(x, W1[:, 2], b1[2])
1 × 0.1 + 0 × (-0.2) + 1 × 0.5 + 1 × (-0.1) + 0 = 0.5
>>> fp.states(x, W1, b1, "h").alive
(2,)
"""

from fwdpass import formats, lesson
from fwdpass.exact import agree
from fwdpass.formats import load, save
from fwdpass.layers import Layer, Network
from fwdpass.magic import load_ipython_extension
from fwdpass.nn import collapse, forward, mse, neuron, relu
from fwdpass.views.collapsed import collapsed
from fwdpass.views.contributions import contributions
from fwdpass.views.flip import flip
from fwdpass.views.heat import heat
from fwdpass.views.matrix import matrix
from fwdpass.views.mismatch import mismatch
from fwdpass.views.network import network
from fwdpass.views.parameters import parameters
from fwdpass.views.pixels import pixels
from fwdpass.views.product import dot, product
from fwdpass.views.run import run
from fwdpass.views.shapes import shapes
from fwdpass.views.states import states
from fwdpass.views.table import table
from fwdpass.views.trace import trace

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
    "shapes",
    "states",
    "table",
    "trace",
]
