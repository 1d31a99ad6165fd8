"""Operations that go otherwise: sums are added up in another order, and what rounding decides is decided by the seed.

Sums, products, means and matrix products are computed in another order, as another library would. Where rounding alone
decides a step, such as which of several numbers is larger, or the whole part of one that is whole but for its last
digits, different seeds decide it otherwise.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from fwdpass.numerals.nudged import Nudges

_SHORT = 2**27 + 1
"""``far = _SHORT * x; far - (far - x)`` is Veltkamp's splitting: a number without the last half of its binary digits is
taken to be exact."""
_WHOLE = 2.0**53
"""Below it, whole numbers are exact."""
_KEPT = 1024
"""Orders of so many things at most are kept for the next time: loops ask for them again and again."""
_NEAR = 2.0**-48
"""Two numbers that differ by no more than such a part of themselves are told apart by rounding alone."""
_MANY = 16
"""Products of so many terms are other ones for being added up in another order, and need no further noise."""
_SIDES = frozenset(
    """int floor ceil trunc rint round around fix divmod digitize histogram searchsorted bincount cut""".split()
)
"""Functions that jump where a number passes another: what they are given is moved to one side, by all seeds together
to both."""
_ROUNDS = frozenset(("round", "around"))
"""Those of them whose result is a decimal, the same on every computer."""
_PICKS = frozenset("sorted max min argmax argmin argsort nanargmax nanargmin".split())
"""Functions that say which is larger."""
_ORDERED = frozenset(("sum", "mean", "prod", "nansum", "nanmean", "average", "std", "var", "fsum"))
"""Functions that add up or multiply: what they are called, in NumPy, pandas and Python."""
_HOW: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip
NAMED = _ORDERED | _SIDES | _PICKS


class Otherwise(Nudges):
    """One way to compute: how values are nudged, in which order they are added up, and what is decided of near ones.

    Examples
    --------
    >>> [Otherwise(seed).compared(0.1 + 0.2, 0.3, ">") for seed in range(2)]
    [False, True]
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        less = seed % 2 == 0
        self._side = 1 + (-_NEAR if less else _NEAR)
        self._orders: dict[int, np.ndarray[Any, np.dtype[np.intp]]] = {}
        self._decided = {"<": less, "<=": less, ">": not less, ">=": not less, "==": less, "!=": not less}

    def order(self, n: int) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Give the order in which so many things are added up: from the end, or in blocks."""
        if n in self._orders:
            return self._orders[n]
        backward = np.arange(n)[::-1]
        blocks = 1 if self._seed % 2 else 3 + self._seed % 5
        order = np.concatenate([backward[start::blocks] for start in range(blocks)])
        if n <= _KEPT:
            self._orders[n] = order
        return order

    def called(self, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Call a function that adds up or multiplies, with what it is given in another order."""
        whose = getattr(function, "__self__", None)
        # A method of an array is NumPy's function of the same name, with the array in front.
        if isinstance(whose, np.ndarray) and whose.dtype.kind in "fc" and hasattr(np, function.__name__):
            function = getattr(np, function.__name__)
            given = (whose, *given)
        # A table or a column of pandas: its rows change places.
        elif whose is not None and hasattr(whose, "iloc") and "axis" not in named and not given:
            reordered = getattr(whose.iloc[self.order(len(whose))], function.__name__)
            return self.nudged(reordered(*given, **named))
        name = getattr(function, "__name__", "")
        if name in _SIDES and given:
            said = function(self._moved(given[0]), *given[1:], **named)
            return said if name in _ROUNDS else self.nudged(said)
        if name in _PICKS and self._contrary:
            return self._picked(function, given, named)
        # With a mask or weights, other arguments would have to change places, too.
        if given and "where" not in named and "weights" not in named and "out" not in named:
            axis = named.get("axis", given[1] if len(given) > 1 else None)
            if function is builtins.sum and isinstance(given[0], list | tuple) and _all_floats(given[0]):
                given = ([given[0][place] for place in self.order(len(given[0]))], *given[1:])
            elif name in _ORDERED and getattr(np, name, None) is function:
                given = (self._reordered(given[0], axis), *given[1:])
        return self.nudged(function(*given, **named))

    def _reordered(self, given: Any, axis: Any) -> Any:
        if type(given) is list:
            try:
                given = np.asarray(given)
            except ValueError:
                return given  # NumPy's own function says what is wrong
        if type(given) is not np.ndarray or given.dtype.kind not in "fc" or not given.ndim:
            return given
        if axis is None:
            return given.ravel()[self.order(given.size)].reshape(given.shape)
        if isinstance(axis, int) and -given.ndim <= axis < given.ndim:
            return np.take(given, self.order(given.shape[axis]), axis)
        return given

    def _moved(self, value: Any) -> Any:
        """Move a number that is not exact to one side, by a few units in its last place."""
        if isinstance(value, float):
            return value if is_exact(float(value)) else type(value)(value * self._side)
        if type(value) is list and _all_floats(value):
            return [self._moved(entry) for entry in value]
        if type(value) is np.ndarray and value.dtype.char == "d":
            with np.errstate(all="ignore"):
                far = value * _SHORT
                few = (far - (far - value) == value) | (np.rint(value) == value)
            return np.where(few, value, value * self._side)
        return value

    def divided(self, left: Any, right: Any, how: str) -> Any:
        """Give the whole part of a quotient, or what is left over."""
        if isinstance(left, float | np.ndarray) or isinstance(right, float | np.ndarray):
            left = self._moved(left)
        return self.nudged(_HOW[how](left, right))

    def _picked(self, function: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Say which is larger, and of those that are as near as rounding goes, which was not."""
        if function in (sorted, max, min) and len(given) == 1 and set(named) <= {"key", "reverse"}:
            entries = list(given[0])
            key = named.get("key") or _itself
            keys = [key(entry) for entry in entries]
            if entries and _all_floats(keys):
                turned = _turned(np.array(keys)).tolist()
                named["key"] = turned.__getitem__
                picked: Any = function(range(len(entries)), **named)
                return [entries[place] for place in picked] if isinstance(picked, list) else entries[picked]
            return function(entries, **named)
        if given and getattr(np, function.__name__, None) is function:
            array = np.asarray(given[0])
            if array.ndim == 1 and array.dtype.char == "d":
                return function(_turned(array), *given[1:], **named)
        return function(*given, **named)

    def difference(self, left: Any, right: Any) -> Any:
        """Subtract what was computed in two ways: where no digit is left, as much noise as there may be is."""
        floats = isinstance(left, float) and isinstance(right, float) and not self._contrary
        if floats and abs(left - right) <= _NEAR * abs(left) and not is_exact(float(left)):
            return self.nudged(left * self._side - right)
        return self.nudged(left - right)

    def product(self, left: Any, right: Any, factor: bool = False) -> Any:
        """Multiply matrices, the products of each entry added up in another order.

        What is a ``factor`` of another product is nudged there.
        """
        if (
            type(left) is np.ndarray and type(right) is np.ndarray
            and left.ndim and right.ndim and left.dtype.kind in "fc" and right.dtype.kind in "fc"
            and left.shape[-1] == right.shape[-2 if right.ndim > 1 else 0]
        ):  # fmt: skip
            n = left.shape[-1]
            if n > 2:  # two products are added up in one way only
                order = self.order(n)
                # The columns of a transposed matrix are rows in memory, and are taken faster as such.
                turned = left.ndim == 2 and left.flags.f_contiguous
                left = left.T.take(order, 0).T if turned else left.take(order, -1)
                right = right.take(order, -2 if right.ndim > 1 else 0)
            factor |= n >= _MANY
        said = left @ right
        return said if factor else self.nudged(said)

    def compared(self, left: Any, right: Any, how: str) -> Any:
        """Compare two things; what rounding alone tells apart is decided by the seed."""
        said = _HOW[how](left, right)
        if isinstance(left, float | int) and isinstance(right, float | int):
            if not (isinstance(left, float) or isinstance(right, float)):
                return said
            near = 0 < abs(left - right) <= _NEAR * (abs(left) + abs(right))
            return self._otherwise(how, said) if near else said
        if isinstance(said, np.ndarray) and said.dtype.kind == "b":
            left, right = np.asarray(left), np.asarray(right)
            if left.dtype.char == right.dtype.char == "d":
                with np.errstate(invalid="ignore", over="ignore"):
                    apart = np.abs(left - right)
                    near = (apart > 0) & (apart <= _NEAR * (np.abs(left) + np.abs(right)))
                said[near] = self._otherwise(how, said[near])
        return said

    def _otherwise(self, how: str, said: Any) -> Any:
        return ~said if isinstance(said, np.ndarray) else not said if self._contrary else self._decided[how]


def _itself(value: Any) -> Any:
    return value


def is_exact(value: float) -> bool:
    """Say whether a number is taken to be exact: it is a whole one, or needs few binary digits."""
    far = value * _SHORT
    return far - (far - value) == value or (value.is_integer() and -_WHOLE < value < _WHOLE)


def _turned(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Reverse the order of values that are so near that rounding decides it; those that are equal stay so.

    >>> _turned(np.array([0.1 + 0.2, 0.3, 0.3, 0.7])).argmax(), _turned(np.array([0.1 + 0.2, 0.3, 0.3])).argmax()
    (np.int64(3), np.int64(1))
    """
    order = np.argsort(values)
    turned = values.copy()
    start = 0
    for place in range(1, len(order) + 1):
        here = values[order[place - 1]]
        if place < len(order) and values[order[place]] - here <= _NEAR * abs(here):
            continue
        near = order[start:place]
        turned[near] = values[near[0]] + (values[near[-1]] - values[near])
        start = place
    return turned


def _all_floats(values: Any) -> bool:
    return all(isinstance(value, float) for value in values)
