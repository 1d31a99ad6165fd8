"""ONNX's operators that are worked out here: on numbers of the file alone, or to see which activation a part is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import formulas
from fwdpass.networks.formulas import Array

LARGEST = 2**26
"""Bytes that an array may take which is worked out of numbers of the file."""

Operator = Callable[[Sequence[Array], Mapping[str, Any]], Array]


def _entrywise(function: Callable[..., Any]) -> Operator:
    def run(given: Sequence[Array], _: Mapping[str, Any]) -> Array:
        made: Array = np.asarray(function(*given))
        return made

    return run


def _reduced(function: Callable[..., Any]) -> Operator:
    def run(given: Sequence[Array], options: Mapping[str, Any]) -> Array:
        axes = given[1].reshape(-1).tolist() if len(given) > 1 else options.get("axes")
        axis = None if axes is None else tuple(int(one) for one in axes)
        made: Array = np.asarray(function(given[0], axis=axis, keepdims=bool(options.get("keepdims", 1))))
        return made

    return run


def _divided(a: Array, b: Array) -> Any:
    return a // b if a.dtype.kind in "iu" and b.dtype.kind in "iu" else a / b


ENTRYWISE: dict[str, Operator] = {
    "Add": _entrywise(np.add), "Sub": _entrywise(np.subtract), "Mul": _entrywise(np.multiply),
    "Div": _entrywise(_divided), "Neg": _entrywise(np.negative), "Abs": _entrywise(np.abs),
    "Exp": _entrywise(np.exp), "Log": _entrywise(np.log), "Sqrt": _entrywise(np.sqrt),
    "Reciprocal": _entrywise(np.reciprocal), "Pow": _entrywise(np.power), "Sign": _entrywise(np.sign),
    "Tanh": _entrywise(np.tanh), "Erf": _entrywise(lambda z: formulas.erf(np.asarray(z, np.float64))),
    "Sigmoid": _entrywise(lambda z: formulas.sigmoid(np, z)), "Relu": _entrywise(lambda z: np.maximum(z, 0)),
    "Softplus": _entrywise(lambda z: formulas.softplus(np, z)), "Max": _entrywise(lambda *z: np.max(_same(z), axis=0)),
    "Min": _entrywise(lambda *z: np.min(_same(z), axis=0)), "Greater": _entrywise(np.greater),
    "GreaterOrEqual": _entrywise(np.greater_equal), "Less": _entrywise(np.less),
    "LessOrEqual": _entrywise(np.less_equal), "Where": _entrywise(np.where), "Identity": _entrywise(lambda z: z),
    "ReduceMean": _reduced(np.mean), "ReduceSum": _reduced(np.sum), "ReduceMax": _reduced(np.max),
}  # fmt: skip
"""What may be a part of an activation; also of a row, by its mean, sum or largest."""


def _same(arrays: Sequence[Array]) -> list[Array]:
    return list(np.broadcast_arrays(*arrays))


# On numbers of the file alone -------------------------------------------------------------------------


def _axes(given: Sequence[Array], options: Mapping[str, Any]) -> list[int]:
    axes = given[1].reshape(-1).tolist() if len(given) > 1 else options.get("axes", [])
    return [int(one) for one in axes]


def _squeeze(given: Sequence[Array], options: Mapping[str, Any]) -> Array:
    axes = _axes(given, options)
    return np.squeeze(given[0], tuple(axes) if axes else None)


def _unsqueeze(given: Sequence[Array], options: Mapping[str, Any]) -> Array:
    return np.expand_dims(given[0], tuple(_axes(given, options)))


def _reshape(given: Sequence[Array], options: Mapping[str, Any]) -> Array:
    return given[0].reshape(target(given[0].shape, given[1].reshape(-1).tolist(), bool(options.get("allowzero"))))


def target(shape: Sequence[int | None], wanted: Sequence[int], literal: bool) -> list[int]:
    """Say what shape a Reshape gives: 0 stands for the length that was there, unless it is meant literally."""
    return [int(shape[i] or 0) if n == 0 and not literal and i < len(shape) else int(n) for i, n in enumerate(wanted)]


def _slice(given: Sequence[Array], options: Mapping[str, Any]) -> Array:
    def of(place: int, name: str) -> list[int]:
        found = given[place].reshape(-1).tolist() if len(given) > place else options.get(name, [])
        return [int(one) for one in found]

    starts, ends = of(1, "starts"), of(2, "ends")
    axes, steps = of(3, "axes") or list(range(len(starts))), of(4, "steps") or [1] * len(starts)
    cut: list[Any] = [slice(None)] * given[0].ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        cut[axis] = slice(start, end, step)
    found: Array = given[0][tuple(cut)]
    return found


def _cast(given: Sequence[Array], options: Mapping[str, Any]) -> Array:
    kinds = {1: np.float32, 10: np.float16, 11: np.float64, 6: np.int32, 7: np.int64, 9: np.bool_, 2: np.uint8}
    return given[0].astype(kinds[options["to"]])


_CONSTANT: dict[str, Operator] = {
    **ENTRYWISE,
    "Cast": _cast,
    "Transpose": lambda given, options: np.transpose(given[0], options.get("perm")),
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Slice": _slice,
    "Gather": lambda given, options: np.take(given[0], given[1].astype(np.int64), axis=options.get("axis", 0)),
    "Concat": lambda given, options: np.concatenate([np.atleast_1d(a) for a in given], axis=options.get("axis", 0)),
    "Shape": lambda given, _: np.array(given[0].shape, np.int64),
    "MatMul": lambda given, _: given[0] @ given[1],
    "Flatten": lambda given, options: given[0].reshape(prod(given[0].shape[: options.get("axis", 1)]), -1),
}


def folded(kind: str, given: Sequence[Array], options: Mapping[str, Any], name: str) -> Array | None:
    """Work out a node that takes numbers of the file alone; None for an operator that is not worked out here."""
    run = _CONSTANT.get(kind)
    if run is None or not given:
        return None
    try:
        _check_size(kind, given, name)
        with np.errstate(all="ignore"):
            made = np.asarray(run(given, options))  # NumPy makes numbers of arrays without axes
    except ModelError:
        raise
    except (ValueError, IndexError, TypeError, KeyError, OverflowError, MemoryError) as error:
        raise ModelError(f"{name}: {kind} of the file's own numbers cannot be worked out: {error}") from None
    # Numbers of Python's in a formula must not make float64 out of the file's float32.
    if kind in ENTRYWISE and made.dtype.kind == "f" == given[0].dtype.kind:
        return made.astype(given[0].dtype)
    return made


def _check_size(kind: str, given: Sequence[Array], name: str) -> None:
    """Refuse an array that would be large, before it is made: a product of a column and a row may be of any size."""
    if kind == "MatMul":
        size = prod(given[0].shape[:-1]) * prod(given[1].shape[-1:])
    elif kind == "Gather":
        size = given[1].size * given[0].size
    elif kind in ENTRYWISE and not kind.startswith("Reduce"):
        size = prod(np.broadcast_shapes(*(a.shape for a in given)))
    else:
        size = sum(a.size for a in given)
    if size * 8 > max(LARGEST, 2 * sum(a.nbytes for a in given)):
        raise ModelError(f"{name}: {kind} makes {size * 8} bytes out of the file's numbers, and at most {LARGEST} are")
