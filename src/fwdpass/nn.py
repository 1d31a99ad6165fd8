"""The forward pass in functions: arrays in, arrays out, float64 or exact rationals alike."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy import maximum, mean
from numpy.typing import NDArray

from fwdpass.errors import ShapeError, misfit
from fwdpass.numerals.arguments import ARRAY, is_array, refusal

Array = NDArray[Any]


class Forward(NamedTuple):
    """What the forward pass was worth at each step."""

    z1: Array
    """The hidden neurons' sums, before ReLU: shape (n_hidden,)."""
    h: Array
    """What the hidden neurons pass on, after ReLU: shape (n_hidden,)."""
    y_hat: Array
    """The prediction: shape (n_out,)."""


def relu(z: Array) -> Array:
    """Keep what is positive, clamp the rest, entry by entry. Any shape, kept.

    Parameters
    ----------
    z : Array
        Sums before the activation, of any shape.

    Returns
    -------
    Array
        What is positive, and nothing elsewhere, in the same shape.

    Examples
    --------
    >>> import fwdpass as fp
    >>> fp.matrix(fp.relu(fp.lesson.z1), "h")
     h0   h1   h2
    0.0  0.0  0.5
    """
    return maximum(0, z)


def mse(y_hat: Array, target: Array) -> Any:
    """Mean squared error: the average of the squared differences, one number.

    Parameters
    ----------
    y_hat : Array
        The prediction, (n_out,) or a batch (n, n_out).
    target : Array
        What it should have been, in the same shape.

    Returns
    -------
    number
        The mean over all entries, of the arithmetic of the arguments.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> from fwdpass.numerals.writing import text
    >>> text(mse(lesson.y_hat, lesson.target))
    '0.8963'
    """
    _check_arrays("mse", y_hat=y_hat, target=target)
    if y_hat.shape != target.shape:
        raise ShapeError(
            f"cannot compare a prediction of shape {y_hat.shape} with a target of shape "
            f"{target.shape}: the shapes must be equal"
        )
    return mean((y_hat - target) ** 2)


def forward(x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
    """Run the network: ``x`` (n_in,) or a batch (n, n_in), through all of its layers.

    Parameters
    ----------
    x : Array
        One row (n_in,), or a batch (n, n_in).
    W1, b1, W2, b2 : Array
        Weights and biases, of shapes (n_in, n_hidden), (n_hidden,), (n_hidden, n_out) and (n_out,).

    Returns
    -------
    Forward
        ``z1``, ``h`` and ``y_hat``: one row each, or one for each row of the batch.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> from fwdpass.numerals.writing import text
    >>> text(forward(lesson.x, lesson.W1, lesson.b1, lesson.W2, lesson.b2).y_hat)
    '[0.10, −0.10, −0.05, −0.25]'
    """
    _check_arrays("forward", x=x, W1=W1, b1=b1, W2=W2, b2=b2)
    _check(x, W1, b1)
    z1 = x @ W1 + b1
    h = relu(z1)
    _check(h, W2, b2)
    y_hat = h @ W2 + b2
    return Forward(z1, h, y_hat)


def collapse(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array]:
    """Fold a linear layer and the next into one: ``(x @ W1 + b1) @ W2 + b2 == x @ W_eff + b_eff``.

    True only without ReLU between them.

    Parameters
    ----------
    W1, b1, W2, b2 : Array
        Weights and biases, of shapes (n_in, n_hidden), (n_hidden,), (n_hidden, n_out) and (n_out,).

    Returns
    -------
    W_eff, b_eff : Array
        The one layer, (n_in, n_out) and (n_out,).

    Examples
    --------
    >>> from fwdpass import lesson
    >>> from fwdpass.numerals.writing import text
    >>> W_eff, b_eff = collapse(lesson.W1, lesson.b1, lesson.W2, lesson.b2)
    >>> text(W_eff[0]), text(b_eff)
    ('[0.13, −0.33, 0.24, −0.13]', '[0.04, 0.03, −0.03, −0.01]')
    """
    _check_arrays("collapse", W1=W1, b1=b1, W2=W2, b2=b2)
    _check(W1, W2, b2)
    _check(b1, W2, b2)
    W_eff = W1 @ W2
    b_eff = b1 @ W2 + b2
    return W_eff, b_eff


def neuron(x: Array, w: Array, b: Any) -> Any:
    """One neuron's sum, a step at a time: every input times its weight, and the bias at the end.

    This is the slow way that layers are checked against.

    Parameters
    ----------
    x : Array
        The inputs, (n_in,).
    w : Array
        The neuron's weights, (n_in,).
    b : number
        Its bias.

    Returns
    -------
    number
        The sum before the activation.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> from fwdpass.numerals.writing import text
    >>> text(neuron(lesson.x, lesson.W1[:, 2], lesson.b1[2]))
    '0.5'
    """
    _check_arrays("neuron", x=x, w=w)
    if x.shape != w.shape:
        raise ShapeError(f"a neuron needs a weight for each input: {x.shape} inputs met {w.shape} weights")
    total = 0
    for x_i, w_i in zip(x, w, strict=True):
        total = total + x_i * w_i
    return total + b


def _check_arrays(function: str, **given: Any) -> None:
    """Refuse what is no array: a list has no shape that could be told."""
    for name, value in given.items():
        if not is_array(value):
            raise refusal(function, name, ARRAY, value)


def _check(left: Array, W: Array, b: Array) -> None:
    """Refuse what cannot be a layer, before NumPy broadcasts a bias without a word."""
    if W.ndim != 2:
        raise ShapeError(
            f"a layer's weights are a matrix, a row for each input and a column for each neuron, "
            f"and got shape {W.shape}"
        )
    if left.ndim < 1 or left.shape[-1] != W.shape[0]:
        raise misfit(left.shape, W.shape)
    if b.shape != W.shape[1:]:
        raise ShapeError(
            f"a layer of weights {W.shape} needs a bias of shape {W.shape[1:]}, one for each column, and got {b.shape}"
        )
