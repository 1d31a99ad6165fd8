"""Arithmetic that rounds otherwise: what an operation or a call gives is nudged at random in its last binary digits.

This is stochastic arithmetic, as CADNA and Verificarlo have it, for Python as it is. A program is compiled so that its
decimals, and what its operations and calls give, pass through :func:`nudged`. Digits that depend on how a computer
rounds differ from one reading of the program to the next, and the others do not.

How a value is nudged depends on nothing but the value and the seed: it is rounded to a coarser grid, up or down, as a
digest of its binary digits says; of a pair of seeds, each rounds up what the other rounds down. So a reading is as
consistent as a computer's own arithmetic: the same sum gives the same result, and what picks a value, such as ``max``
or ``sorted``, leaves it alone. What is exact stays: whole numbers, and what needs few binary digits, such as a half.
Where rounding alone decides a step, such as which of several numbers is larger, or the whole part of one that is whole
but for its last digits, different seeds decide it otherwise.

Sums, products, means and matrix products are computed in another order, too, as another library would.

Noise costs time, so it is put where floats meet: at what is added and subtracted, compared, bound, or given to a call,
and not at each factor of a product. The bodies of loops and functions are there twice, as they are and nudged, and
after some rounds most are taken as they are: a loop that has gone on for so long has had its noise.

Source: Parker, "Monte Carlo Arithmetic", 1997, for random rounding; Vignes, "Discrete stochastic arithmetic for
validating results of numerical software", 2004.
"""

from __future__ import annotations

import ast
import builtins
import copy
import math
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, count, cycle, repeat
from typing import Any, NamedTuple

import numpy as np

_NUDGED, _CALLED, _PRODUCT = "_fwdpass_nudged", "_fwdpass_called", "_fwdpass_product"
_TOLD, _DIVIDED, _DIFFERENCE = "_fwdpass_told", "_fwdpass_divided", "_fwdpass_difference"
"""Names that compiled code calls: builtins while a reading lasts, so that the author's own modules have them, too."""
_TURNS, _NEXT = "_fwdpass_turns", "_fwdpass_next"
_GRID = 2
"""Binary digits at the end that are rounded away."""
_LAST, _FIRST = 2**_GRID - 1, 2**63
_MIXED = 0x9E3779B97F4A7C15
"""An odd number by which the digits are multiplied, so that the first of the product depend on all of them."""
_LARGE = 1e308
"""Numbers beyond it could be rounded up to infinity, and stay."""
_SHORT = 2**27 + 1
"""``far = _SHORT * x; far - (far - x)`` is Veltkamp's splitting: a number without the last half of its binary digits is
taken to be exact."""
_WHOLE = 2.0**53
"""Below it, whole numbers are exact."""
_NEAR = 2.0**-48
"""Two numbers that differ by no more than such a part of themselves are told apart by rounding alone."""
_EACH, _SOME = 64, 64
"""Rounds of a loop, or calls of a function, of which each is nudged; of those behind them, one in so many is."""
_BLOCK = 8192
"""Entries of an array that are rounded at a time."""
READINGS = 3
"""Seeds in a row that make a set. The last of these nudges nothing, and decides against what rounding has decided: of
what another seed has rounded to the same, it alone knows that it was not."""
_LISTED = 10_000
"""Entries of a list that are looked at, at most: a result that has more is an array."""
_DEPTH = 4

_SIDES = frozenset(
    """int floor ceil trunc rint round around fix divmod digitize histogram searchsorted bincount cut""".split()
)
"""Functions that jump where a number passes another: what they are given is moved to one side, by all seeds together
to both."""
_ROUNDS = frozenset(("round", "around"))
"""Those of them whose result is a decimal, the same on every computer."""
_PICKS = frozenset("sorted max min argmax argmin argsort nanargmax nanargmin".split())
"""Functions that say which is larger."""
_SHAPES = frozenset("T shape size ndim dtype index columns name names at iloc loc".split())
"""Attributes that are no numbers, or views of an array that has been nudged."""
_NO_FLOATS = frozenset(
    "len range append extend print isinstance upper lower strip split join startswith endswith enumerate zip items keys"
    " str repr type format add update".split()
)
"""Functions and methods that make no float."""
_ORDERED = frozenset(("sum", "mean", "prod", "nansum", "nanmean", "average", "std", "var", "fsum"))
"""Functions that add up or multiply: what they are called, in NumPy, pandas and Python."""


class _Bits(NamedTuple):
    """What a float's bits are calculated with, as numbers of their own width."""

    kind: Any
    mixed: Any
    other: Any
    shift: Any
    last: Any
    kept: Any
    large: float

    @classmethod
    def of(cls, kind: Any, mixed: int, less: bool) -> _Bits:
        width = 8 * np.dtype(kind).itemsize
        mixed, other, shift, last, kept = map(
            kind, (mixed, 2 ** (width - 1) * less, width - 1, _LAST, 2**width - 1 - _LAST)
        )
        large = _LARGE if kind is np.uint64 else float(np.finfo(np.float32).max) / 2
        return cls(kind, mixed, other, shift, last, kept, large)


class Nudges:
    """One way to round: which floats are taken, and in which order things are added up.

    Parameters
    ----------
    seed
        Which way; each whole number is another.

    Examples
    --------
    >>> ways = [Nudges(seed).nudged(0.1) for seed in range(8)]
    >>> {round(way, 15) for way in ways}, len(set(ways)) > 2
    ({0.1}, True)
    >>> Nudges(1).nudged(0.5), Nudges(1).nudged(3.0)
    (0.5, 3.0)
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        less = seed % 2 == 0
        self._side = 1 + (-_NEAR if less else _NEAR)
        self._decided = {"<": less, "<=": less, ">": not less, ">=": not less, "==": less, "!=": not less}
        self._contrary = seed % READINGS == 0
        self._mixed = (_MIXED * (2 * ((seed - 1) // READINGS) + 1)) % 2**64
        self._other = 2**63 * less  # turns the bit that decides
        self._of_32 = _Bits.of(np.uint32, self._mixed >> 32 | 1, less)
        self._of_64 = _Bits.of(np.uint64, self._mixed, less)
        self._bits = memoryview(bytearray(8)).cast("Q")
        self._of_bits = self._bits.cast("B").cast("d")

    def nudged(self, value: Any, depth: int = 0) -> Any:
        """Give a value with its floats nudged: arrays and lists in place, anything else as a new value."""
        kind = type(value)
        if kind is float:
            return self._float(value)
        if kind in _PLAIN or value is None:
            return value
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return self._scalar(value)
        if kind is complex:
            return complex(self._float(value.real), self._float(value.imag))
        if depth < _DEPTH and kind in (list, dict, tuple) and len(value) <= _LISTED:
            return self._container(value, depth + 1)
        return self._foreign(value, depth)

    def _float(self, value: float) -> float:
        if self._contrary or not -_LARGE < value < _LARGE:
            return value
        self._of_bits[0] = value
        bits = self._bits[0]
        if not bits & _LAST:
            return value
        up = (bits * self._mixed ^ self._other) & _FIRST
        self._bits[0] = (bits + _LAST if up else bits) & ~_LAST
        return self._of_bits[0]

    def _array(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if self._contrary or array.dtype.char not in "fdFD" or not array.dtype.isnative or not array.size:
            return array
        if array.flags.writeable:
            self._round(np.asarray(array))
            return array
        taken = self._taken(array)
        if taken is None or type(array) is not np.ndarray:
            return array
        taken.flags.writeable = False
        return taken

    def _taken(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
        """Give an array's nudged values, or nothing where all of them are taken already."""
        if self._contrary:
            return None
        taken = np.array(array)
        self._round(taken)
        return None if np.array_equal(taken, array, equal_nan=True) else taken

    def _round(self, floats: np.ndarray[Any, Any]) -> None:
        """Round the floats of an array in place, by their bits; zeros at the end stay, and what is no number does."""
        if floats.dtype.kind == "c":
            self._round(floats.real)
            self._round(floats.imag)
            return
        if floats.size > _BLOCK and floats.flags.c_contiguous:
            flat = floats.reshape(-1)  # in pieces that a processor keeps at hand
            for start in range(0, floats.size, _BLOCK):
                self._round(flat[start : start + _BLOCK])
            return
        of = self._of_32 if floats.dtype.itemsize == 4 else self._of_64
        bits = floats.view(of.kind)
        if not bits.ndim:
            bits = bits[None]
        up = bits * of.mixed
        if of.other:
            up ^= of.other
        up >>= of.shift
        up *= of.last
        up += bits
        up &= of.kept
        if np.maximum.reduce(floats, None) >= of.large or np.minimum.reduce(floats, None) <= -of.large:
            np.copyto(up, bits, where=~(np.atleast_1d(np.abs(floats)) < of.large))
        bits[...] = up

    def _scalar(self, value: np.generic) -> np.generic:
        if type(value) is np.float64:
            return np.float64(self._float(float(value)))
        if isinstance(value, np.float32 | np.complexfloating):
            taken = self._array(np.array([value]))
            found: np.generic = taken[0]
            return found
        return value

    def _container(self, value: Any, depth: int) -> Any:
        match value:
            case list():
                for place, entry in enumerate(value):
                    if (other := self.nudged(entry, depth)) is not entry:
                        value[place] = other
            case dict():
                if "__builtins__" in value:  # a module's names
                    return value
                for name, entry in value.items():
                    if (other := self.nudged(entry, depth)) is not entry:
                        value[name] = other  # no key is new, so the loop goes on
            case tuple():
                others = tuple(self.nudged(entry, depth) for entry in value)
                if any(a is not b for a, b in zip(others, value, strict=True)):
                    return others
        return value

    def _foreign(self, value: Any, depth: int) -> Any:
        """Nudge what other libraries hold arrays in, where it is known how."""
        library = type(value).__module__.partition(".")[0]
        if library == "pandas":
            return self._pandas(value)
        if library == "torch" and type(value).__name__ == "Tensor" and value.device.type == "cpu":
            self._array(value.detach().numpy())
        elif library == "xarray" and isinstance(getattr(value, "data", None), np.ndarray):
            self._array(value.data)
        elif isinstance(value, tuple) and hasattr(value, "_fields") and depth < _DEPTH:  # a named one
            others = [self.nudged(entry, depth + 1) for entry in value]
            if any(a is not b for a, b in zip(others, value, strict=True)):
                return _remade(value, others)
        return value

    def _pandas(self, value: Any) -> Any:
        """Give a table or a column with its floats nudged; itself, where all are taken already."""
        if type(value).__name__ == "Series" and value.dtype.kind == "f" and isinstance(value.dtype, np.dtype):
            taken = self._taken(value.to_numpy())
            return value if taken is None else type(value)(taken, index=value.index, name=value.name)
        if type(value).__name__ == "DataFrame":
            columns = [
                (place, taken)
                for place, kind in enumerate(value.dtypes)
                if isinstance(kind, np.dtype) and kind.kind == "f" and len(value)
                if (taken := self._taken(value.iloc[:, place].to_numpy())) is not None
            ]
            if columns:
                value = value.copy()
                for place, taken in columns:
                    value.isetitem(place, taken)
        return value

    # In another order -------------------------------------------------------------------------------------------------

    def order(self, n: int) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Give the order in which so many things are added up: from the end, or in blocks."""
        backward = np.arange(n)[::-1]
        if self._seed % 2:
            return backward
        blocks = 3 + self._seed % 5
        return np.concatenate([backward[start::blocks] for start in range(blocks)])

    def called(self, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Call a function that adds up or multiplies, with what it is given in another order."""
        whose = getattr(function, "__self__", None)
        if isinstance(whose, np.ndarray) and whose.dtype.kind in "fc" and hasattr(np, function.__name__):
            function = getattr(np, function.__name__)
            given = (whose, *given)
        elif whose is not None and hasattr(whose, "iloc") and "axis" not in named and not given:
            reordered = getattr(whose.iloc[self.order(len(whose))], function.__name__)
            return self.nudged(reordered(*given, **named))
        name = getattr(function, "__name__", "")
        if name in _SIDES and given:
            said = function(self._moved(given[0]), *given[1:], **named)
            return said if name in _ROUNDS else self.nudged(said)
        if name in _PICKS and self._contrary:
            return self._picked(function, given, named)
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
            return value if _is_exact(float(value)) else type(value)(value * self._side)
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
        if floats and abs(left - right) <= _NEAR * abs(left) and not _is_exact(float(left)):
            return self.nudged(left * self._side - right)
        return self.nudged(left - right)

    def product(self, left: Any, right: Any) -> Any:
        """Multiply matrices, the products of each entry added up in another order."""
        if (
            type(left) is np.ndarray and type(right) is np.ndarray
            and left.ndim and right.ndim and left.dtype.kind in "fc" and right.dtype.kind in "fc"
            and left.shape[-1] == right.shape[-2 if right.ndim > 1 else 0]
        ):  # fmt: skip
            order = self.order(left.shape[-1])
            return self.nudged(left[..., order] @ np.take(right, order, -2 if right.ndim > 1 else 0))
        return self.nudged(left @ right)

    def compared(self, left: Any, right: Any, how: str) -> Any:
        """Compare two things; what rounding alone tells apart is decided by the seed.

        >>> [Nudges(seed).compared(0.1 + 0.2, 0.3, ">") for seed in range(2)]
        [False, True]
        """
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


def _is_exact(value: float) -> bool:
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


_HOW: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip
_NAMED = _ORDERED | _SIDES | _PICKS
_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_PLAIN = frozenset((int, bool, str, bytes, type, range, slice, set, frozenset))


def _all_floats(values: Any) -> bool:
    return all(isinstance(value, float) for value in values)


def _remade(value: Any, others: list[Any]) -> Any:
    """Make a named tuple anew; one whose class takes something else, as SciPy's, stays."""
    try:
        return type(value)(*others)
    except TypeError:
        return value


@contextmanager
def nudging(seed: int) -> Iterator[None]:
    """Let what was compiled by :func:`with_nudges` round in the way of a seed, for the length of a ``with`` block.

    >>> code = compile(with_nudges(ast.parse("0.1 + 0.2 > 0.3", mode="eval")), "<claim>", "eval")
    >>> with nudging(seed=2):
    ...     0.1 + 0.2 > 0.3, eval(code)
    (True, False)
    """
    nudges = Nudges(seed)
    held = {
        _NUDGED: nudges.nudged, _CALLED: nudges.called, _PRODUCT: nudges.product,
        _TOLD: nudges.compared, _DIVIDED: nudges.divided, _DIFFERENCE: nudges.difference, _TURNS: _Turns(), _NEXT: next,
    }  # fmt: skip
    before = {name: vars(builtins).get(name) for name in held}
    vars(builtins).update(held)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del vars(builtins)[name]
            else:
                vars(builtins)[name] = value


class _Turns(dict[int, Iterator[bool]]):
    """Say of each body of a loop or function whether it is nudged this time."""

    def __missing__(self, site: int) -> Iterator[bool]:
        turns = chain(repeat(True, _EACH), cycle((True, *repeat(False, _SOME - 1))))
        self[site] = turns
        return turns


_SITES = count()
"""Numbers of bodies, of all that is compiled in this process."""


def with_nudges(tree: ast.AST) -> ast.AST:
    """Let the decimals of a tree, and the results of its operations and calls, be nudged where it runs."""
    nudging_: ast.AST = ast.fix_missing_locations(_Nudging().visit(tree))
    return nudging_


class _Nudging(ast.NodeTransformer):
    """Put a call around each expression that gives a float, or may."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float | complex) and math.isfinite(abs(node.value)):
            if isinstance(node.value, float) and _is_exact(node.value):
                return node
            now = vars(builtins).get(_NUDGED)
            return (
                _call(_NUDGED, node, [node]) if now is None else ast.copy_location(ast.Constant(now(node.value)), node)
            )
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        sides = (node.left, node.right)
        computed = all(isinstance(side, ast.BinOp | ast.Call) for side in sides) and len({*map(ast.dump, sides)}) == 2
        self.generic_visit(node)
        if isinstance(node.op, ast.Sub) and computed:
            return _call(_DIFFERENCE, node, [node.left, node.right])
        if isinstance(node.op, ast.MatMult):
            return _call(_PRODUCT, node, [node.left, node.right])
        if isinstance(node.op, ast.FloorDiv | ast.Mod):
            how = ast.Constant("//" if isinstance(node.op, ast.FloorDiv) else "%")
            return _call(_DIVIDED, node, [node.left, node.right, how])
        if isinstance(node.op, ast.Mult | ast.Div | ast.Pow):  # the product has the noise of its factors
            node.left = _bare(node.left)
        return _call(_NUDGED, node, [node])

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        how = _COMPARED.get(type(node.ops[0]))
        if len(node.ops) > 1 or how is None:
            return node
        return _call(_TOLD, node, [node.left, node.comparators[0], ast.Constant(how)])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Attribute):  # a method is no number
            node.func.value = self.visit(node.func.value)
            name = node.func.attr
        else:
            node.func = self.visit(node.func)
            name = getattr(node.func, "id", "")
        node.args = [self.visit(given) for given in node.args]
        node.keywords = [self.visit(given) for given in node.keywords]
        if name in _NAMED:
            return _call(_CALLED, node, [node.func, *node.args], node.keywords)
        return node if name in _NO_FLOATS else _call(_NUDGED, node, [node])

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Nudge what an object of a library holds, such as the coefficients of a model."""
        self.generic_visit(node)
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        if own or node.attr in _SHAPES or not isinstance(node.ctx, ast.Load):
            return node
        return _call(_NUDGED, node, [node])

    # Bodies, twice

    def visit_For(self, node: ast.For | ast.AsyncFor) -> ast.stmt:
        """Nudge some rounds."""
        node.target, node.iter = self.visit(node.target), self.visit(node.iter)
        node.body, node.orelse = self._twice(node.body), self._body(node.orelse)
        return node

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> ast.stmt:
        """Nudge some rounds, and the tests before them."""
        node.test = self._either(node.test)
        node.body, node.orelse = self._twice(node.body), self._body(node.orelse)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        """Nudge some calls."""
        self.visit(node.args)
        node.body = self._either(node.body)
        return node

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> ast.expr:
        """Nudge some entries."""
        node.generators = [self.visit(generator) for generator in node.generators]
        node.elt = self._either(node.elt)
        return node

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def _twice(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Give a body as it is and nudged, and a test which of them it is this time."""
        names = (ast.Global, ast.Nonlocal)
        first = body[0]
        says = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)  # a docstring
        kept = [one for one in body if isinstance(one, names) or (says and one is first)]
        rest = [one for one in body if one not in kept]
        within = any(isinstance(part, names) for one in rest for part in ast.walk(one))
        plain = copy.deepcopy(rest)
        nudged = self._body(rest)
        if within or not rest or not any(map(_computes, plain)):
            return [*kept, *nudged]
        return [*kept, ast.copy_location(ast.If(_turn(rest[0]), nudged, plain), rest[0])]

    def _either(self, node: ast.expr) -> ast.expr:
        if not _computes(node) or any(isinstance(part, ast.NamedExpr) for part in ast.walk(node)):
            return self.visit(node)  # type: ignore[no-any-return]
        plain = copy.deepcopy(node)
        return ast.copy_location(ast.IfExp(_turn(node), self.visit(node), plain), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """Leave what happens in place, and nudge what came of it."""
        twice = any(
            isinstance(part, ast.Call | ast.NamedExpr | ast.Await | ast.Yield) for part in ast.walk(node.target)
        )
        self.generic_visit(node)
        if twice:  # its target is evaluated once, and would be so again
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        after = ast.Assign([copy.deepcopy(node.target)], _call(_NUDGED, node, [read]))
        return [node, ast.copy_location(after, node)]

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        """Leave patterns alone: they may hold literals and names only."""
        node.guard = self.visit(node.guard) if node.guard is not None else None
        node.body = self._body(node.body)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        """Leave annotations alone."""
        node.value = self.visit(node.value) if node.value is not None else None
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        self.visit(node.args)
        node.body = self._twice(node.body)
        return node

    def _body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for statement in statements:
            after = self.visit(statement)
            done += after if isinstance(after, list) else [after]
        return done


def _bare(node: ast.expr) -> ast.expr:
    """Give an expression without the call that nudges it."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == _NUDGED:
        return node.args[0]
    return node


def _computes(node: ast.AST) -> bool:
    """Say whether something in a piece of code may be nudged."""
    return any(isinstance(part, ast.BinOp | ast.Call | ast.Compare | ast.AugAssign) for part in ast.walk(node))


def _turn(node: ast.AST) -> ast.expr:
    turns = ast.Subscript(ast.Name(_TURNS, ast.Load()), ast.Constant(next(_SITES)), ast.Load())
    return ast.copy_location(ast.Call(ast.Name(_NEXT, ast.Load()), [turns], []), node)


def _call(
    name: str, node: ast.expr | ast.stmt, given: list[ast.expr], named: list[ast.keyword] | None = None
) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), given, named or []), node)
