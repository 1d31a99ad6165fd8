"""The forward pass on NumPy's floats: in place, a stretch at a time where a batch outgrows the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from numbers import Rational
from typing import Any, NamedTuple

import numpy as np

from fwdpass.errors import FwdpassError, NetworkError, ShapeError, misfit
from fwdpass.networks.formulas import BLOCK, LONG, Array
from fwdpass.networks.layer import Layer, title
from fwdpass.networks.progress import Progress, reporter
from fwdpass.numerals import exact

Layers = Sequence[Layer]

CACHE = 2**20
"""Bytes that a stretch of rows may take in its widest layer: about what a core's own cache holds."""


FEWEST = 1024
"""Rows that are computed together at least: a matrix product of fewer spends its time on rearranging the weights."""


class Prepared(NamedTuple):
    """What the forward pass needs to know of a network, looked up once."""

    layers: tuple[tuple[Array, Array, Array, Callable[[Array], Any]], ...]
    """Of each layer: its weights, its bias, its bias as often as a block of rows needs it, its activation."""
    rows: int
    """Rows that are computed together."""
    direct: int
    """Numbers of an input that is run in one go: no more than a stretch of rows has."""

    dtypes: frozenset[np.dtype[Any]]
    """What an input's numbers may be without a second look."""

    @classmethod
    def of(cls, layers: tuple[Layer, ...]) -> Prepared:
        """Plan for these layers."""
        widest = max(layer.W.shape[1] for layer in layers)
        size = layers[0].W.dtype.itemsize
        rows = max(FEWEST, CACHE // (widest * size))
        kept = tuple((la.W, la.b, np.tile(la.b, max(1, LONG // la.b.size)), la.activation.in_place) for la in layers)
        dtypes = frozenset(map(np.dtype, ("f8", "f4", "i8", "i4", "u1", "?")))
        return cls(kept, rows, 2 * rows * layers[0].W.shape[0], dtypes)


def forward(layers: Layers, plan: Prepared, x: Any, out: Array | None, progress: Progress | bool | None) -> Array:
    """Run the network; ``x`` is anything array-like, a memory map as well."""
    x = array(layers, x)
    shape = (*x.shape[:-1], layers[-1].W.shape[1])
    dtype = np.result_type(x, layers[0].W.dtype)
    if out is None:
        out = np.empty(shape, dtype)
    else:
        _fits(out, shape, dtype, x)
    report = reporter(progress)
    if x.ndim == 1:
        out[...] = _row(layers, x)
        report(1, 1)
        return out
    _stretches(plan, x, np.asarray(out), dtype, report)
    return out


def _row(layers: Layers, x: Array) -> Array:
    for _, h in steps(layers, x):
        x = h
    return x


def _stretches(plan: Prepared, x: Array, out: Array, dtype: Any, report: Progress) -> None:
    """Run a stretch of rows at a time, in buffers that are used again, the last layer where the prediction goes."""
    n = len(x)
    rows = min(plan.rows, n)
    buffers = [np.empty((rows, W.shape[1]), dtype) for W, *_ in plan.layers[:-1]]
    direct = out.dtype == dtype
    if not direct:
        buffers.append(np.empty((rows, out.shape[1]), dtype))
    for start in range(0, n, max(1, rows)):
        h = x[start : start + rows]
        m = len(h)
        places = [buffer[:m] for buffer in buffers]
        if direct:
            places.append(out[start : start + m])
        for (W, b, tiled, activate), z in zip(plan.layers, places, strict=True):
            np.matmul(h, W, out=z)
            add(z, b, tiled)
            h = activate(z)
        if not direct:
            out[start : start + m] = h
        report(start + m, n)
    if not n:
        report(0, 0)


def add(z: Array, b: Array, tiled: Array) -> None:
    """Add a bias to each row, in place; to many rows at once, since NumPy is slow at short ones."""
    if z.size < BLOCK or len(b) == len(tiled) or not z.flags.c_contiguous:
        np.add(z, b, out=z)
        return
    flat = z.reshape(-1)
    for start in range(0, z.size, len(tiled)):
        part = flat[start : start + len(tiled)]
        np.add(part, tiled[: part.size], out=part)


def steps(layers: Layers, x: Any) -> Iterator[tuple[Array, Array]]:
    """Run the network layer by layer; give the sums of each, and what its activation made of them."""
    h = array(layers, x)
    for layer in layers:
        z = h @ layer.W + layer.b
        h = layer.activation.in_place(z.copy())
        yield z, h


def array(layers: Layers, x: Any) -> Array:
    """Take an input as an array that fits the network; refuse what does not."""
    if isinstance(x, np.ma.MaskedArray):
        raise NetworkError("a masked array has entries that are missing: fill them before the forward pass")
    try:
        found = exact.grid(x)
    except (FwdpassError, TypeError, RuntimeError) as error:  # CuPy's do not become NumPy's without being asked
        raise NetworkError(f"the input: {error}") from None
    if found.dtype.kind == "O" and not found.ndim and not isinstance(found.item(), Rational):
        raise NetworkError(f"the forward pass takes numbers, a row or a batch of rows, and got {x!r:.80}")
    if found.dtype.kind not in "fiubO":
        raise NetworkError(f"the input is an array of {found.dtype}, and the forward pass takes numbers")
    check_shape(layers, found.shape)
    return found


def check_shape(layers: Layers, shape: tuple[int, ...]) -> None:
    """Refuse an input that is neither a row for the first layer nor a batch of them."""
    W = layers[0].W
    if len(shape) > 2:
        raise ShapeError(
            f"{title(0, layers[0].name)} takes one row, shape ({len(W)},), or a batch of them, (n, {len(W)}), "
            f"and got {shape}: flatten it first, x.reshape({shape[0]}, -1)"
        )
    if not shape or shape[-1] != len(W):
        raise ShapeError(f"{title(0, layers[0].name)}: {misfit(shape, W.shape)}")


def refusal(layers: Layers, x: Any) -> FwdpassError:
    """Say why an input did not go through."""
    try:
        array(layers, x)
    except FwdpassError as error:
        return error
    return NetworkError(
        f"the input, an array of {x.dtype}, does not go through this network: {title(0, layers[0].name)}"
    )


def _fits(out: Any, shape: tuple[int, ...], dtype: Any, x: Array) -> None:
    if not isinstance(out, np.ndarray) or out.shape != shape:
        got = f"shape {out.shape}" if isinstance(out, np.ndarray) else repr(out)
        raise ShapeError(f"out= takes the prediction, an array of shape {shape}, and got {got}")
    if not np.can_cast(dtype, out.dtype, "same_kind"):
        raise NetworkError(f"out= is of {out.dtype}, which cannot hold a prediction of {dtype}")
    if not out.flags.writeable:
        raise NetworkError("out= is read-only: open the memory map with mode 'w+' or 'r+'")
    if np.may_share_memory(out, x):
        raise NetworkError("out= shares memory with the input, which would be overwritten while it is read")
