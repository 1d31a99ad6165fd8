"""The network as a picture."""

from __future__ import annotations

from typing import Any, overload

from fwdpass.errors import ArgumentError
from fwdpass.figures.diagram import Diagram, diagram
from fwdpass.figures.layered import Layered
from fwdpass.networks import Network
from fwdpass.networks.views.layered import classic, layered
from fwdpass.nn import Array
from fwdpass.numerals.arguments import Numbers, checked


@overload
def network(x: Network, W1: Any = None, /) -> Diagram | Layered: ...


@overload
def network(x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Diagram: ...


@checked
def network(
    x: Network | Numbers,
    W1: Numbers | None = None,
    b1: Numbers | None = None,
    W2: Numbers | None = None,
    b2: Numbers | None = None,
) -> Diagram | Layered:
    """Draw the network with an input in it: nodes with values, edges with weights.

    ``x`` has shape (n_in,), ``W1`` (n_in, n_hidden), ``b1`` (n_hidden,), ``W2``
    (n_hidden, n_out), ``b2`` (n_out,).

    Or draw a :class:`~fwdpass.Network` of any layers, ``network(net, x)``, with or without an input: a layer of many
    neurons is a field of shades.

    Parameters
    ----------
    x : array_like or Network
        The input, (n_in,); or a network of any layers, and then, if wanted, its input.
    W1, b1, W2, b2 : array_like, optional
        Weights and biases, of shapes (n_in, n_hidden), (n_hidden,), (n_hidden, n_out) and (n_out,).

    Returns
    -------
    Diagram or Layered
        A figure.

    Raises
    ------
    ArgumentError
        Where weights or biases are missing.
    ShapeError
        Where the shapes do not fit.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> network(lesson.x, lesson.W1, lesson.b1, lesson.W2, lesson.b2)
    x: the input
    x0  x1  x2  x3
     1   0   1   1
    <BLANKLINE>
    h: the hidden neurons
         sum     state                            passes on
    h0   0.0  ◐  boundary: exactly zero                 0.0
    h1  -0.1  ○  dead: negative, clamped to zero        0.0
    h2   0.5  ●  alive: positive, passed on             0.5
    <BLANKLINE>
    ŷ: the prediction
      ŷ0     ŷ1     ŷ2     ŷ3
    0.10  -0.10  -0.05  -0.25
    """
    given = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    if isinstance(x, Network):
        if more := [name for name in ("b1", "W2", "b2") if given[name] is not None]:
            raise ArgumentError(
                f"network() takes a Network and its input, and got {', '.join(more)} as well: "
                "a Network has its own weights"
            )
        if W1 is None or not classic(x):
            return layered(x, W1)
        first, last = x
        return network(W1, first.W, first.b, last.W, last.b)
    if W1 is None or b1 is None or W2 is None or b2 is None:
        missing = [name for name, value in given.items() if value is None]
        raise ArgumentError(
            f"network() takes the input and both layers, network(x, W1, b1, W2, b2), and got no {', '.join(missing)}: "
            "give them all, or a Network of any layers and its input, network(net, x)"
        )
    return diagram(x, W1, b1, W2, b2)
