r"""What a page says to be equal, as in ``W_1[0][1] = \n{W1[0, 1]}``: each side as Python reads it, to compare them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise, product

from fwdpass.errors import ExpressionError
from fwdpass.page.expression import HOLE, parse_expression

MOST = 16
"""Ways to read a formula that are tried, at most: a product may be one of matrices, and ``h_0`` a name or an entry."""
LETTERS = 3
"""Letters side by side that may be a product, at most."""

_SPACE = re.compile(r"(?:\s|&|~|\\[,;:!> ]|\\q?quad\b|\\(?:left|right)(?![A-Za-z]))*")
_FONT = re.compile(
    r"\\(?:math(?:bf|rm|it|sf|tt|bb|cal|scr)|boldsymbol|bm|text(?:bf|it|tt)?|operatorname|vec)(?![A-Za-z])"
)
_ACCENT = re.compile(r"\\(?:wide)?(hat|bar|tilde|overline)(?![A-Za-z])")
_GREEK = re.compile(
    r"\\(alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi"
    r"|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell)(?![A-Za-z])"
)
_LAYER = re.compile(r"\^\s*\{?\s*[(\[]\s*(\d+)\s*[)\]]\s*\}?")
_POWER = re.compile(r"\^\s*(?:\{\s*)?(2|3|T|\\top|\\mathsf\s*\{?T\}?)(?![A-Za-z\d])(?:\s*\})?")
_TIMES = re.compile(r"\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|\*")
_FRACTION = re.compile(r"\\[dtc]?frac(?![A-Za-z])")
_UNIT = re.compile(r"\\[,;:~ ]\s*\\(?:mathrm|text|mathsf)\{[^{}]*\}\s*$")
_RELATION = re.compile(r":?=|\\(?:approx|simeq|coloneqq|doteq)(?![A-Za-z])")
_BORDER = re.compile(
    r"\\\\(?:\[[^\]]*\])?(?!\s*&?\s*(?:=|\\approx))|\\q?quad\b|\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?|,|;|[<>]"
    r"|\\(?:leq?|geq?|ll|gg|neq?|iff|implies|to|mapsto|leftarrow|Rightarrow)(?![A-Za-z])"
    r"|(?<![_^{])\\text\{[^{}]*\}(?!\s*&?\s*(?:=|\\approx|_|\\geq?(?![A-Za-z])|\\leq?(?![A-Za-z])))"
)
_NEXT_LINE = re.compile(r"\\\\(?:\[[^\]]*\])?")
_NO_SIDE = re.compile(r"\\(?:label|tag)\{[^{}]*\}|\\nonumber|\\\\(?:\[[^\]]*\])?")
_RANKS = re.compile(r"(?:[oO]rdinal|[pP]lace|[cC]ount)\b")
"""Formats of a number that is no value of what stands beside it."""
_PLAIN = re.compile(r"(?P<name>[A-Za-z_]\w*(?:\[[^\[\]]*\])+)\s*$")
_IS = re.compile(
    r"(?:,? ?which)? ?\(?(?:is|was|are|were|=|≈|:|→|equals|(?:has|had|with) the value(?: of)?)"
    r"(?: (?:now|still|then|also|always|just|only|exactly|about|roughly|worth|equal to))?"
)
"""What stands between a name and its value."""
_OF = re.compile(
    r"\b(?:of|from|to|in|into|at|for|with|by|than|and|or|minus|plus|times|over|under|after|before|behind|above|below|on"
    r"|per|through|between|against|without|beside)(?:\s+[\w-]+){0,3}\s*$",
    re.IGNORECASE,
)
"""Ends what is said of a name, and makes it the subject of no sentence: the square of ``h[0]`` is something else."""


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
    for start, equation in _cut(text, _BORDER):
        sides = []
        for at, written in _cut(equation, _RELATION):
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
    clause = re.split(r"[.,;:()]\s", before)[-1]
    if not _IS.fullmatch(words.strip()) or _OF.search(clause):
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
    for words in (match for match in _IS.finditer(text) if not text[match.end() :].strip()):
        if found := _PLAIN.search(text[: words.start()]):
            return text[: found.start()], found["name"], words[0].strip()
    return None


def is_rank(written: str) -> bool:
    """Say whether a number is written as the rank of something, or as how many there are."""
    try:
        return bool(_RANKS.match(parse_expression(written, 1).spec))
    except ExpressionError:
        return True  # said where it stands


class _Unread(Exception):
    """Something in a formula that Python has no way to say, or that is said in words."""


def _side(written: str, below: int) -> Side | None:
    """Read a side of an equation, if it is one that reads a name or a hole."""
    text = _UNIT.sub("", _NO_SIDE.sub(" ", written).strip().rstrip("."))
    try:
        reader = _Reader(text)
        spellings = reader.sum()
        reader.end()
    except _Unread:
        return None
    if not reader.reads:
        return None
    said = " ".join(written.split()).strip(" &").rstrip(" .,")
    return Side(said, tuple(dict.fromkeys(spellings)), tuple(reader.holes), below)


class _Reader:
    """Reads LaTeX as Python: each part gives the ways to spell it."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.holes: list[str] = []
        self.reads = False

    def end(self) -> None:
        self._take(_SPACE)
        if self._at < len(self._text):
            raise _Unread

    def sum(self) -> list[str]:
        sign = self._sign()
        parts = [(sign, self._product())]
        while sign := self._sign():
            parts.append((sign, self._product()))
        if len(parts) == 1:
            return [f"-({one})" for one in parts[0][1]] if parts[0][0] == "-" else parts[0][1]
        joined = _ways(*([_within(one) for one in ways] for _, ways in parts))
        signs = [sign for sign, _ in parts]
        return [
            " ".join(f"{sign} {one}" for sign, one in zip(signs, way, strict=True)).removeprefix("+ ").strip()
            for way in joined
        ]

    def _sign(self) -> str:
        self._take(_SPACE)
        if self._at < len(self._text) and self._text[self._at] in "+-":
            self._at += 1
            return self._text[self._at - 1]
        return ""

    def _product(self) -> list[str]:
        ways = self._power()
        while True:
            self._take(_SPACE)
            rest = self._text[self._at :]
            if rest.startswith("/"):
                self._at += 1
                ways = [f"({a}) / ({b})" for a, b in _ways(ways, self._power())]
            elif self._take(_TIMES) or (rest and rest[0] not in "+-)}"):
                more = self._power()
                ways = [f"{_within(a)} {by} {_within(b)}" for a, by, b in _ways(ways, ["@", "*"], more)]
            else:
                return ways

    def _power(self) -> list[str]:
        ways = self._atom()
        if found := self._take(_POWER):
            by = found[1]
            return [f"({one})**{by}" if by.isdigit() else f"({one}).T" for one in ways]
        if self._text[self._at : self._at + 1] in ("^", "'", "!", "_"):
            raise _Unread
        return ways

    def _atom(self) -> list[str]:
        self._take(_SPACE)
        if found := self._take(HOLE):
            self.reads = True
            self.holes.append(found[1])
            return [_source(found[1])]
        if found := self._take(re.compile(r"\d+(?:\.\d+)?")):
            return [found[0]]
        if self._take(_FRACTION):
            over, under = self._part(), self._part()
            return [f"({a}) / ({b})" for a, b in _ways(over, under)]
        if self._text.startswith("(", self._at):
            return self._indexed([f"({one})" for one in self._inner(self._until(")"))])
        return self._name()

    def _part(self) -> list[str]:
        """Read what a fraction has: a group, or a single sign."""
        self._take(_SPACE)
        if self._text.startswith("{", self._at):
            return self._inner(self._until("}"))
        found = self._take(re.compile(r"[A-Za-z\d]"))
        if not found:
            raise _Unread
        return self._inner(found[0])

    def _inner(self, text: str) -> list[str]:
        inner = _Reader(text)
        ways = inner.sum()
        inner.end()
        self.holes += inner.holes
        self.reads |= inner.reads
        return ways

    def _name(self) -> list[str]:
        ways = self._indexed(self._base())
        self.reads = True
        self._take(_SPACE)
        if self._text.startswith("(", self._at):
            raise _Unread  # a function
        return ways

    def _indexed(self, ways: list[str]) -> list[str]:
        while True:
            self._take(re.compile(r"\s*(?=[_\[^])"))
            if found := self._take(_LAYER):
                ways = [f"{one}{found[1]}" for one in ways]
            elif self._take(re.compile("_")):
                ways = self._below(ways)
            elif self._text.startswith("[", self._at):
                places = HOLE.sub(lambda hole: _source(hole[1]), self._until("]"))
                ways = [f"{one}[{places}]" for one in ways]
            else:
                return ways

    def _base(self) -> list[str]:
        self._take(_SPACE)
        if self._take(_FONT):
            self._take(_SPACE)
            if not self._text.startswith("{", self._at):
                return self._base()
        if found := self._take(_ACCENT):
            accent = {"overline": "bar"}.get(found[1], found[1])
            return [f"{one}_{accent}" for one in self._base()]
        if found := self._take(_GREEK):
            return [found[1]]
        if self._text.startswith("{", self._at):
            inner = _Reader(self._until("}"))
            ways = inner._name()
            inner.end()
            return ways
        if found := self._take(re.compile("[A-Za-z]+")):
            letters = found[0]
            if len(letters) == 1:
                return [letters]
            # a word, or a product of letters; what stands below belongs to the last of them
            products = [f" {by} ".join(letters) for by in "@*"] if len(letters) <= LETTERS else []
            return list(dict.fromkeys((letters, letters.lower(), *products)))
        raise _Unread

    def _below(self, ways: list[str]) -> list[str]:
        if found := self._take(HOLE):
            return [f"{one}[{_source(found[1])}]" for one in ways]
        if self._take(_FONT):
            self._take(_SPACE)
        if self._text.startswith("{", self._at):
            index = self._until("}").strip()
            if inner := re.fullmatch(_FONT.pattern + r"\s*\{(.*)\}", index):
                index = inner[1]
        elif found := self._take(re.compile(r"[A-Za-z\d]")):
            index = found[0]
        else:
            raise _Unread
        places = HOLE.sub(lambda hole: _source(hole[1]), index)
        if re.fullmatch(r"[A-Za-z\d]+", index):
            pairs = [f"{{}}[{', '.join(index)}]"] if index.isdigit() and len(index) == 2 else []
            joined = [] if index.isdigit() else [f"{{}}_{index}"]
            forms = [f"{{}}{index}", *joined, f"{{}}[{index}]", *pairs]
        elif re.fullmatch(r"\d\s*,.*", index):
            first, _, rest = places.partition(",")
            forms = [f"{{}}[{places}]", f"{{}}{first.strip()}[{rest.strip()}]"]
        elif re.search(r"[\\^{}]", places):
            raise _Unread
        else:
            forms = [f"{{}}[{places}]"]
        return [form.format(one) for one in ways for form in forms]

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _until(self, closing: str) -> str:
        """Take what stands in the brackets that open here."""
        start, depth = self._at + 1, 0
        for at in range(self._at, len(self._text)):
            depth += (self._text[at] in "([{") - (self._text[at] in ")]}")
            if depth == 0:
                self._at = at + 1
                if self._text[at] != closing:
                    break
                return self._text[start:at].removesuffix("\\right")
        raise _Unread


def _source(hole: str) -> str:
    try:
        expression = parse_expression(hole, 1)
    except ExpressionError:
        raise _Unread from None  # said where it stands
    if _RANKS.match(expression.spec):
        raise _Unread
    return expression.source


def _within(one: str) -> str:
    return one if re.fullmatch(r"[\w.]+(?:\[[^\[\]]*\])*", one) else f"({one})"


def _ways(*parts: Iterable[str]) -> list[tuple[str, ...]]:
    return list(islice(product(*parts), MOST))


def _braces(text: str) -> Iterator[tuple[str, str]]:
    r"""Find what stands below a brace, as in ``\underbrace{x W}_{\n{x @ W}}``."""
    for found in re.finditer(r"\\(?:under|over)brace\s*(?=\{)", text):
        reader = _Reader(text[found.end() :])
        try:
            upper = reader._until("}")
            if reader._take(re.compile(r"\s*[_^]\s*(?=\{)")):
                yield upper, reader._until("}")
        except _Unread:
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
