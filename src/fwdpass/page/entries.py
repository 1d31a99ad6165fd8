"""The numbers that a script states in its arrays: where each stands in the source, and the source with others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fwdpass.errors import FwdpassError

LONGEST = 12
"""Characters of a number that a reader may state, at most: each becomes a fraction, and fractions are exact."""


@dataclass(frozen=True)
class Stated:
    """An entry of an array: how it is written, and where in the source."""

    array: str
    index: tuple[int, ...]
    written: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """Name the entry as an address does: ``W1.0.2``."""
        return ".".join((self.array, *map(str, self.index)))


def stated(source: str) -> Iterator[Stated]:
    """Find the entries of every array that a script states with ``np.array`` at its top level.

    Parameters
    ----------
    source : str
        Of the script.

    Yields
    ------
    Stated
        In the order in which they stand there.

    Examples
    --------
    >>> [(one.key, one.written) for one in stated("b = np.array([[0.5], [-2]])")]
    [('b.0.0', '0.5'), ('b.1.0', '-2')]
    """
    lines = source.splitlines(keepends=True)
    begins = [sum(map(len, lines[:row])) for row in range(len(lines))]

    def at(row: int, column: int) -> int:  # ast counts bytes
        return begins[row - 1] + len(lines[row - 1].encode()[:column].decode())

    def entries(node: ast.expr, array: str, index: tuple[int, ...]) -> Iterator[Stated]:
        match node:
            case ast.List(within):
                for place, one in enumerate(within):
                    yield from entries(one, array, (*index, place))
            case ast.Constant() | ast.UnaryOp(ast.USub(), ast.Constant()):
                start = at(node.lineno, node.col_offset)
                end = at(node.end_lineno or node.lineno, node.end_col_offset or 0)
                yield Stated(array, index, source[start:end], start, end)

    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Attribute(attr="array"), [ast.List() as listed, *_])):
                yield from entries(listed, name, ())


def restated(source: str, numbers: Mapping[str, str]) -> str:
    """Give a source with other numbers in some of its entries.

    Parameters
    ----------
    source : str
        Of the script.
    numbers : mapping
        The key of an entry → how it is written.

    Returns
    -------
    str
        The source; nothing else in it has changed.

    Raises
    ------
    FwdpassError
        Where the script states no such entry, or what is to stand there is no number.

    Examples
    --------
    >>> restated("b = np.array([0.5, -2])  # two", {"b.1": "0.25"})
    'b = np.array([0.5, 0.25])  # two'
    """
    known = {one.key: one for one in stated(source)}
    for key in sorted(numbers, key=lambda key: -known[key].start if key in known else 1):
        if key not in known:
            raise FwdpassError(f"the script states no number {key}; it states {known_as(known)}")
        number = written(numbers[key])
        source = source[: known[key].start] + number + source[known[key].end :]
    return source


def known_as(known: Mapping[str, Stated]) -> str:
    """List the arrays that a script states."""
    return ", ".join(dict.fromkeys(one.array for one in known.values())) or "none"


def written(number: str) -> str:
    """Give a number as a script states it: a decimal, with a sign where it is negative.

    >>> written(" +.5 "), written("−2"), written("0,3")
    ('0.5', '-2', '0.3')
    """
    said = number.strip().replace("\N{MINUS SIGN}", "-").replace(",", ".")
    try:
        value = Decimal(said)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or len(plain := f"{value:f}") > LONGEST:
        raise FwdpassError(
            f"{short(number)} is no number of the lesson: write a decimal of a few digits, such as -0.25"
        )
    return plain.removeprefix("-") if not value else plain  # no zero has a sign


def stepped(number: str, up: bool) -> str:
    """Give a number one step further: a tenth, or as much as its last place where it has more places.

    >>> stepped("0.2", up=True), stepped("-0.05", up=True), stepped("1", up=False)
    ('0.3', '-0.04', '0.9')
    """
    value = Decimal(written(number))
    places = -min(int(value.as_tuple().exponent), -1)
    step = Decimal(1).scaleb(-places)
    return written(str(value + step if up else value - step))


def short(said: str) -> str:
    """Quote what a reader has written, or its beginning."""
    return repr(said if len(said) <= LONGEST else f"{said[:LONGEST]}…")
