r"""What a page says to be equal, as in ``W_1[0][1] = \n{W1[0, 1]}``: the sides of each equation, to compare them.

It finds equations, in formulas and in sentences: in a formula by the signs between its sides, in a sentence by the
words between a name and its value. :mod:`fwdpass.page.spelled` reads the sides; ``Reading.hold`` compares them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from fwdpass.errors import ExpressionError
from fwdpass.page import signs
from fwdpass.page.expression import parse_expression
from fwdpass.page.spelled import Speller, UnspelledError


@dataclass(frozen=True)
class Side:
    """A side of an equation: as it is written, how it may be read in Python, the holes in it, and its line below."""

    said: str
    spellings: tuple[str, ...]
    holes: tuple[str, ...] = ()
    below: int = 0

    @property
    def shown(self) -> str:
        """What a message calls it: the expressions of its holes, if it has any."""
        return self.spellings[0] if self.holes else self.said


@dataclass(frozen=True)
class Equation:
    """Two sides of which a page says that they are equal; the second has a hole. In a formula, shapes count, too."""

    left: Side
    right: Side
    formula: bool = True


def equations(formula: str) -> Iterator[Equation]:
    r"""Find what a formula says to be equal to what is computed.

    A formula is a list of equations. Of each, the sides that Python can read are compared: names with holes, and holes
    with holes, whatever stands between.

    Parameters
    ----------
    formula : str
        LaTeX with holes.

    Yields
    ------
    Equation
        Two sides.

    Examples
    --------
    >>> [(one.left.spellings[0], one.right.spellings[0]) for one in equations(r"W_1[0][1] = \n{W1[0, 1]}")]
    [('W1[0][1]', 'W1[0, 1]')]
    >>> [(one.left.said, one.right.shown) for one in equations(r"x W_1 + b_1 = \n{x @ W1} + \n{b1}")]
    [('x W_1 + b_1', '(x @ W1) + b1')]
    >>> list(equations(r"f(x) = \n{a}, \quad z = \max(\n{a}, \n{b})"))
    []
    """
    text = formula.strip()
    for start, equation in _cut(text, signs.BORDER):
        sides = []
        for at, written in _cut(equation, signs.RELATION):
            below = text.count("\n", 0, start + at + len(written) - len(written.lstrip(" &\n")))
            sides += [side] if (side := _side(written, below)) is not None else []
        named = [side for side in sides if not side.holes]
        computed = [side for side in sides if side.holes]
        yield from (Equation(name, value) for name in named for value in computed)
        yield from (Equation(first, then) for first, then in pairwise(computed))
    for upper, lower in _braces(text):
        name, value = _side(upper, 0), _side(lower, 0)
        if name is not None and value is not None and value.holes:
            yield Equation(name, value)


def beside(name: str, code: bool, before: str, words: str) -> tuple[str, ...]:
    """Give how a name is spelled whose value a sentence goes on to say, or nothing where it says something else.

    Parameters
    ----------
    name : str
        In code voice, or as a formula.
    code : bool
        Which of them it is.
    before, words : str
        What stands before the name, and between it and the number.

    Returns
    -------
    tuple
        Expressions.

    Examples
    --------
    >>> beside("W1[0, 1]", True, "The weight ", " is "), beside("x @ W1", True, "", " is ")
    (('W1[0, 1]',), ())
    >>> beside("h[0]", True, "The square of ", " is "), beside("h[0]", True, "", " is not ")
    ((), ())
    """
    clause = signs.CLAUSE.split(before)[-1]
    if not signs.IS.fullmatch(words.strip()) or signs.OF.search(clause):
        return ()
    if not code:
        side = _side(name, 0)
        return side.spellings if side is not None and not side.holes else ()
    try:
        tree = ast.parse(name.strip(), mode="eval").body
    except SyntaxError:
        return ()
    within = tree
    while isinstance(within, ast.Subscript | ast.Attribute):
        within = within.value
    return (name.strip(),) if isinstance(within, ast.Name) else ()


def in_plain(text: str) -> tuple[str, str, str] | None:
    """Find an entry that plain words end with, before its value: what stands before it, the entry, and what follows.

    >>> in_plain("Here h[0] is "), in_plain("Here it is ")
    (('Here ', 'h[0]', 'is'), None)
    """
    for words in (match for match in signs.IS.finditer(text) if not text[match.end() :].strip()):
        if found := signs.PLAIN.search(text[: words.start()]):
            return text[: found.start()], found["name"], words[0].strip()
    return None


def is_rank(written: str) -> bool:
    """Say whether a number is written as the rank of something, or as how many there are."""
    try:
        return bool(signs.RANKS.match(parse_expression(written, 1).spec))
    except ExpressionError:
        return True  # said where it stands


def _side(written: str, below: int) -> Side | None:
    """Read a side of an equation, if it is one that reads a name or a hole."""
    text = signs.UNIT.sub("", signs.NO_SIDE.sub(" ", written).strip().rstrip("."))
    try:
        reader = Speller(text)
        spellings = reader.sum()
        reader.end()
    except UnspelledError:
        return None
    if not reader.reads:
        return None
    said = " ".join(written.split()).strip(" &").rstrip(" .,")
    return Side(said, tuple(dict.fromkeys(spellings)), tuple(reader.holes), below)


def _braces(text: str) -> Iterator[tuple[str, str]]:
    r"""Find what stands below a brace, as in ``\underbrace{x W}_{\n{x @ W}}``."""
    for found in signs.BRACE.finditer(text):
        reader = Speller(text[found.end() :])
        try:
            upper = reader.until("}")
            if reader.take(signs.BELOW_BRACE):
                yield upper, reader.until("}")
        except UnspelledError:
            continue


def _cut(text: str, at: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Cut a text where a pattern stands that is in no brackets; give each piece with its place."""
    start = depth = place = 0
    while place < len(text):
        if depth == 0 and (match := at.match(text, place)):
            yield start, text[start:place]
            start = place = match.end()
            continue
        if text[place] == "\\":
            place += 1  # of a command, or of a space such as \\, nothing is a border
        else:
            depth = max(0, depth + (text[place] in "([{") - (text[place] in ")]}"))
        place += 1
    yield start, text[start:]
