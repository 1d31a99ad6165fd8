"""Whether an expression is a constant, whatever it is spelled like: it is asked again, with other values.

``mse / mse + mse / mse`` is a typed two, and ``h is h`` claims nothing. Their spelling does not tell, and a list of
tricks would never end. So each is evaluated with other values of every name that it reads, of the same kinds: other
numbers, other signs, other shapes. What gives the same each time depends on nothing.

A predicate may well be true of all numbers: that is what a law is, such as ``(A @ B).T == B.T @ A.T``. It says
something all the same, for it would be false of other operations. So where a name occurs more than once, its
occurrences get values of their own, too; and only what compares a thing with itself is left as claiming nothing.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from fwdpass.numerals.exact import rational


@dataclass(frozen=True)
class _Change:
    """A way to other values: of an array, whether it gets another shape, and how many entries a list gets."""

    array: Callable[[Any, int], Any]
    shapes: bool = False
    listed: Callable[[list[Any]], list[Any]] = list


class _OpaqueError(Exception):
    """A value that nobody here knows others of."""


def is_constant(source: str, namespace: Mapping[str, Any], *, predicate: bool = False) -> bool:
    """Say whether an expression is the same, whatever the values are that it reads.

    Parameters
    ----------
    source
        A Python expression.
    namespace
        The names that it may read.
    predicate
        Whether it is one: then a law that holds of all numbers is no constant.

    Returns
    -------
    bool
        True where other sets of values were tried, of other shapes among them, and all gave the same. False where one
        gave another, and where a name that it reads is of a kind that no other values are known of, such as a figure.

    Examples
    --------
    >>> h = np.array([0.0, 0.5])
    >>> is_constant("h is h", {"h": h}), is_constant("h[0] == 0", {"h": h})
    (True, False)
    >>> law = "(abs(h) >= h).all()"
    >>> is_constant(law, {"h": h}), is_constant(law, {"h": h}, predicate=True)
    (True, False)
    """
    asked = _asked(source)
    if not _is_same(asked.code, asked.names, namespace):
        return False
    return not predicate or asked.reflexive or _is_same(asked.apart, asked.occurrences, namespace)


def _is_same(code: CodeType, names: Mapping[str, str], namespace: Mapping[str, Any]) -> bool:
    """Evaluate code with other values of some names, each of which stands for one of the page."""
    known = {**namespace, **{name: namespace[of] for name, of in names.items() if of in namespace}}
    held = {name: known[name] for name in names if name in known and not _is_tool(known[name])}
    if not held:
        return False  # a constant of a library, say, which was executed as well
    value = eval(code, dict(known))
    return same_for_others(lambda changed: eval(code, {**known, **changed}), value, held)


def same_for_others(evaluate: Callable[[dict[str, Any]], Any], value: Any, held: Mapping[str, Any]) -> bool:
    """Say whether what is evaluated stays as it is, with other values of some names.

    Parameters
    ----------
    evaluate
        Takes other values by name, and gives what comes of them.
    value
        What came of the values as they are.
    held
        These, by name.

    Returns
    -------
    bool
        As of :func:`is_constant`.
    """
    tried = reshaped = 0
    try:
        for change in _CHANGES:
            changed = {name: _changed(value, change, salt) for salt, (name, value) in enumerate(held.items(), 1)}
            try:
                other = evaluate(changed)
            except Exception:  # noqa: S112 - these values are none that it can have
                continue
            if not _are_equal(other, value):
                return False
            tried += 1
            reshaped += change.shapes
    except _OpaqueError:
        return False
    return tried >= _LEAST and reshaped > 0


_LARGE, _SIDE = 64, 3
"""Of an array with more entries, so many along each axis are enough to try."""
_LEAST = 2
"""So many sets of values have to be tried before anything is said."""


# What is asked --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """An expression: its names; the same with a name for each occurrence; whether it compares a thing with itself."""

    code: CodeType
    names: Mapping[str, str]
    apart: CodeType
    occurrences: Mapping[str, str]
    reflexive: bool


@lru_cache(maxsize=1024)
def _asked(source: str) -> _Asked:
    tree = ast.parse(source, mode="eval")
    loads = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    names = {node.id: node.id for node in loads}
    reflexive = any(isinstance(node, ast.Compare) and _compares_itself(node) for node in ast.walk(tree))
    code = compile(source, "<expression>", "eval")
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    occurrences = {}
    for at, node in enumerate(loads):
        if node.id not in bound and not hasattr(builtins, node.id):
            occurrences[f"{node.id}·{at}"] = node.id
            node.id = f"{node.id}·{at}"
    return _Asked(code, names, compile(tree, "<expression>", "eval"), occurrences, reflexive)


def _compares_itself(node: ast.Compare) -> bool:
    sides = [ast.dump(side) for side in (node.left, *node.comparators)]
    return any(one == other for one, other in pairwise(sides))


def _is_tool(value: Any) -> bool:
    """Say whether a value is there to be called, or asked for something to call; an author's module holds numbers."""
    if isinstance(value, ModuleType):
        return value.__name__.partition(".")[0] in ("fwdpass", "numpy", "math") and value.__name__ != "fwdpass.lesson"
    return isinstance(value, FunctionType | BuiltinFunctionType | np.ufunc | type)


# Other values ---------------------------------------------------------------------------------------------------------


def _changed(value: Any, change: _Change, salt: int) -> Any:
    match value:
        case bool() | np.bool_():
            return not value
        case int() | np.integer():
            return int(abs(change.array(np.array([int(value)], dtype=object), salt).ravel()[0])) + salt
        case float() | Fraction() | np.floating():
            return change.array(np.array([rational(_finite(value))], dtype=object), salt).ravel()[0]
        case np.ndarray() if value.dtype.kind == "b":
            return ~value
        case np.ndarray() if value.dtype.kind in "iufO" and value.ndim:
            return change.array(rational(_finite(_corner(value))), salt)
        case str():
            return f"{value}{salt}" if change.listed([value]) else ""
        case list() | tuple() if type(value) in (list, tuple):
            return type(value)(change.listed([_changed(entry, change, salt) for entry in value[:_LARGE]]))
        case None:
            return None
        case _:
            raise _OpaqueError


def _finite(value: Any) -> Any:
    """Put a number where a float or an entry is none: something else is another value of it, too."""
    array = np.asarray(value)
    if array.dtype.kind not in ("f", "O"):
        return value
    none = np.array([isinstance(one, float) and not math.isfinite(one) for one in array.flat]).reshape(array.shape)
    return np.where(none, 1, array)[()] if none.any() else value


def _corner(array: Any) -> Any:
    """Take the corner of a large array: another value of it may as well be a small one."""
    return array if array.size <= _LARGE else array[(slice(_SIDE),) * array.ndim]


def _moved(array: Any, salt: int) -> Any:
    """Move every entry by an amount of its own, so that nothing linear or symmetric survives."""
    steps = [Fraction((at * 37 + salt * 11) % 23 + 1, 7) for at in range(array.size)]
    return array * Fraction(17, 10) + np.array(steps, dtype=object).reshape(array.shape)


def _negated(array: Any, salt: int) -> Any:
    return -_moved(array, salt)


def _even(array: Any, _salt: int) -> Any:
    """Make everything the same, of all names."""
    return np.full(array.shape, Fraction(1, 2), dtype=object)


def _longer(array: Any, salt: int) -> Any:
    """Make each name longer by a number of its own: that two lengths are equal may be a claim."""
    return _moved(np.concatenate([array, *[array[:1]] * salt]), salt)


def _wider(array: Any, salt: int) -> Any:
    return _moved(np.concatenate([array, *[array[..., :1]] * salt], axis=-1), salt)


def _shorter(array: Any, salt: int) -> Any:
    return _moved(array[:1], salt)


def _flat(array: Any, salt: int) -> Any:
    return _moved(np.repeat(array.ravel(), 2), salt)


def _raised(array: Any, salt: int) -> Any:
    return _moved(array, salt)[None]


_CHANGES = (
    _Change(_moved),
    _Change(_negated),
    _Change(_even),
    _Change(_longer, shapes=True, listed=lambda entries: [*entries, *entries[:1]]),
    _Change(_wider, shapes=True, listed=lambda entries: [*entries, *entries]),
    _Change(_shorter, shapes=True, listed=lambda entries: entries[:0]),
    _Change(_flat, shapes=True),
    _Change(_raised, shapes=True),
)


def _are_equal(a: Any, b: Any) -> bool:
    try:
        return bool(np.array_equal(np.asarray(a), np.asarray(b)))
    except Exception:
        return False
