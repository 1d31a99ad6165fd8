r"""A name beside a value, as in ``W_1[0][1] = \n{W1[0, 1]}``: which name of the page it is, to compare them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = r"(?:\s|&|~|\\[,;:!> ]|\\q?quad\b)*"
_FONT = r"(?:\\(?:mathbf|mathrm|mathit|mathsf|boldsymbol|text|operatorname)\s*)?"
_NAME = re.compile(
    rf"""{_SPACE}{_FONT}\{{?\s*
    (?P<hat>\\hat\s*\{{?\s*)?{_FONT}\{{?\s*(?P<base>[A-Za-z]+)\s*\}}*
    (?:_(?:(?P<digit>[A-Za-z\d])|\{{{_FONT}\{{?(?P<below>[\w,\s]+)\}}?\}}))?\}}?
    (?P<places>(?:\[[\w,\s:]+\])*){_SPACE}""",
    re.VERBOSE,
)
_HOLE = re.compile(rf"{_SPACE}\\n\{{((?:[^{{}}]|\{{[^{{}}]*\}})*)\}}{_SPACE}\.?{_SPACE}")
_RELATION = re.compile(r"=|\\approx(?![A-Za-z])")
_BORDER = re.compile(r"\\\\(?:\[[^\]]*\])?|\\q?quad\b|\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?|,|\\text\{[^{}]*\}|;")


@dataclass(frozen=True)
class Named:
    """A value that a formula gives a name to: the name, how it may be spelled in Python, and the hole's expression."""

    name: str
    spellings: tuple[str, ...]
    hole: str


def named(formula: str) -> Iterator[Named]:
    r"""Find the names that a formula gives a hole as their value.

    A formula is a list of equations. In each, a side that is nothing but a name has the value of a side that is nothing
    but a hole, whatever stands between.

    >>> [(one.spellings, one.hole) for one in named(r"W_1[0][1] = \n{W1[0, 1]}, \quad h_0 = \max(0, z_0) = \n{h[0]}")]
    [(('W1[0][1]', 'W[1][0][1]'), 'W1[0, 1]'), (('h0', 'h[0]'), 'h[0]')]
    >>> list(named(r"x_0 w_0 = \n{a}, z_0 = \n{a} + \n{b}"))
    []
    """
    for equation in _cut(formula, _BORDER):
        sides = list(_cut(equation, _RELATION))
        names = [(match, side) for side in sides if (match := _NAME.fullmatch(side))]
        holes = [match[1] for side in sides if (match := _HOLE.fullmatch(side))]
        for match, side in names:
            for hole in holes:
                yield Named(side.strip(" &\n"), tuple(dict.fromkeys(_spellings(match))), hole)


def named_in_code(code: str) -> tuple[str, ...]:
    """Give how a name in code voice is spelled, or nothing where it is none.

    >>> named_in_code("W1[0, 1]"), named_in_code("x @ W1"), named_in_code("f(x)")
    (('W1[0, 1]',), (), ())
    """
    try:
        tree = ast.parse(code.strip(), mode="eval").body
    except SyntaxError:
        return ()
    within = tree
    while isinstance(within, ast.Subscript | ast.Attribute):
        within = within.value
    return (code.strip(),) if isinstance(within, ast.Name) else ()


def _cut(text: str, at: re.Pattern[str]) -> Iterator[str]:
    """Cut a text where a pattern stands that is in no braces, brackets or parentheses."""
    start = depth = place = 0
    while place < len(text):
        if depth == 0 and (match := at.match(text, place)):
            yield text[start:place]
            start = place = match.end()
            continue
        if text[place] == "\\":
            place += 1  # of a command, or of a space such as \\, nothing is a border
        else:
            depth = max(0, depth + (text[place] in "([{") - (text[place] in ")]}"))
        place += 1
    yield text[start:]


def _spellings(match: re.Match[str]) -> Iterator[str]:
    base = f"{match['base']}_hat" if match["hat"] else match["base"]
    below = "".join((match["digit"] or match["below"] or "").split())
    places = match["places"]
    if not below:
        yield f"{base}{places}"
        yield f"{base.lower()}{places}"
    elif below.isalnum():
        yield f"{base}{below}{places}"
        yield f"{base}_{below}{places}" if not below.isdigit() else f"{base}[{below}]{places}"
    else:
        yield f"{base}[{below}]{places}"
