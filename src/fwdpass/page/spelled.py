"""How Python spells what a formula says: LaTeX with holes, read into expressions.

A formula does not say all that Python wants to know: a product may be one of matrices, and ``h_0`` a name or an entry.
So each part has some ways to spell it, and whoever asks takes the one that the page has names for. Nothing is
evaluated here, and nothing of a page is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice, product

from fwdpass.errors import ExpressionError
from fwdpass.page import signs
from fwdpass.page.expression import HOLE, parse_expression

MOST = 16
"""Ways to read a formula that are tried, at most: a product may be one of matrices, and ``h_0`` a name or an entry."""
LETTERS = 3
"""Letters side by side that may be a product, at most."""


class UnspelledError(Exception):
    """Something in a formula that Python has no way to say, or that is said in words."""


class Speller:
    """Reads LaTeX as Python: each part gives the ways to spell it.

    A method reads what it is called by, and stops behind it: a sum has products, a product powers, and a power an
    atom, which is a hole, a number, a fraction, a sum in brackets, or a name with its indices.
    """

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.holes: list[str] = []
        self.reads = False

    def end(self) -> None:
        """Raise UnreadError where anything is left."""
        self.take(signs.SPACE)
        if self._at < len(self._text):
            raise UnspelledError

    def sum(self) -> list[str]:
        """Read what is added up, from here on: all that a side, or a pair of brackets, has."""
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
        self.take(signs.SPACE)
        if self._at < len(self._text) and self._text[self._at] in "+-":
            self._at += 1
            return self._text[self._at - 1]
        return ""

    def _product(self) -> list[str]:
        ways = self._power()
        while True:
            self.take(signs.SPACE)
            rest = self._text[self._at :]
            if rest.startswith("/"):
                self._at += 1
                ways = [f"({a}) / ({b})" for a, b in _ways(ways, self._power())]
            elif self.take(signs.TIMES) or (rest and rest[0] not in "+-)}"):
                more = self._power()
                ways = [f"{_within(a)} {by} {_within(b)}" for a, by, b in _ways(ways, ["@", "*"], more)]
            else:
                return ways

    def _power(self) -> list[str]:
        ways = self._atom()
        if found := self.take(signs.POWER):
            by = found[1]
            return [f"({one})**{by}" if by.isdigit() else f"({one}).T" for one in ways]
        if self._text[self._at : self._at + 1] in ("^", "'", "!", "_"):
            raise UnspelledError
        return ways

    def _atom(self) -> list[str]:
        self.take(signs.SPACE)
        if found := self.take(HOLE):
            self.reads = True
            self.holes.append(found[1])
            return [_source(found[1])]
        if found := self.take(signs.NUMBER):
            return [found[0]]
        if self.take(signs.FRACTION):
            over, under = self._part(), self._part()
            return [f"({a}) / ({b})" for a, b in _ways(over, under)]
        if self._text.startswith("(", self._at):
            return self._indexed([f"({one})" for one in self._inner(self.until(")"))])
        return self._name()

    def _part(self) -> list[str]:
        """Read what a fraction has: a group, or a single sign."""
        self.take(signs.SPACE)
        if self._text.startswith("{", self._at):
            return self._inner(self.until("}"))
        found = self.take(signs.LETTER_OR_DIGIT)
        if not found:
            raise UnspelledError
        return self._inner(found[0])

    def _inner(self, text: str) -> list[str]:
        inner = Speller(text)
        ways = inner.sum()
        inner.end()
        self.holes += inner.holes
        self.reads |= inner.reads
        return ways

    def _name(self) -> list[str]:
        ways = self._indexed(self._base())
        self.reads = True
        self.take(signs.SPACE)
        if self._text.startswith("(", self._at):
            raise UnspelledError  # a function
        return ways

    def _indexed(self, ways: list[str]) -> list[str]:
        while True:
            self.take(signs.INDEX_AHEAD)
            if found := self.take(signs.LAYER):
                ways = [f"{one}{found[1]}" for one in ways]
            elif self.take(signs.UNDER):
                ways = self._below(ways)
            elif self._text.startswith("[", self._at):
                places = HOLE.sub(lambda hole: _source(hole[1]), self.until("]"))
                ways = [f"{one}[{places}]" for one in ways]
            else:
                return ways

    def _base(self) -> list[str]:
        self.take(signs.SPACE)
        if self.take(signs.FONT):
            self.take(signs.SPACE)
            if not self._text.startswith("{", self._at):
                return self._base()
        if found := self.take(signs.ACCENT):
            accent = {"overline": "bar"}.get(found[1], found[1])
            return [f"{one}_{accent}" for one in self._base()]
        if found := self.take(signs.GREEK):
            return [found[1]]
        if self._text.startswith("{", self._at):
            inner = Speller(self.until("}"))
            ways = inner._name()
            inner.end()
            return ways
        if found := self.take(signs.LETTERS):
            letters = found[0]
            if len(letters) == 1:
                return [letters]
            # a word, or a product of letters; what stands below belongs to the last of them
            products = [f" {by} ".join(letters) for by in "@*"] if len(letters) <= LETTERS else []
            return list(dict.fromkeys((letters, letters.lower(), *products)))
        raise UnspelledError

    def _below(self, ways: list[str]) -> list[str]:
        if found := self.take(HOLE):
            return [f"{one}[{_source(found[1])}]" for one in ways]
        if self.take(signs.FONT):
            self.take(signs.SPACE)
        if self._text.startswith("{", self._at):
            index = self.until("}").strip()
            if inner := re.fullmatch(signs.FONT.pattern + r"\s*\{(.*)\}", index):
                index = inner[1]
        elif found := self.take(signs.LETTER_OR_DIGIT):
            index = found[0]
        else:
            raise UnspelledError
        places = HOLE.sub(lambda hole: _source(hole[1]), index)
        if signs.PLAIN_INDEX.fullmatch(index):
            # W_{01} may be a name, W01; an entry of a vector, W[01]; and an entry of a matrix, W[0, 1].
            pairs = [f"{{}}[{', '.join(index)}]"] if index.isdigit() and len(index) == 2 else []
            joined = [] if index.isdigit() else [f"{{}}_{index}"]
            forms = [f"{{}}{index}", *joined, f"{{}}[{index}]", *pairs]
        elif signs.TWO_INDICES.fullmatch(index):
            # W_{1, 0} is an entry of W, or the entry 0 of W1.
            first, _, rest = places.partition(",")
            forms = [f"{{}}[{places}]", f"{{}}{first.strip()}[{rest.strip()}]"]
        elif signs.UNREADABLE_INDEX.search(places):
            raise UnspelledError
        else:
            forms = [f"{{}}[{places}]"]
        return [form.format(one) for one in ways for form in forms]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what stands here, if it is of this pattern."""
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def until(self, closing: str) -> str:
        """Take what stands in the brackets that open here."""
        start, depth = self._at + 1, 0
        for at in range(self._at, len(self._text)):
            depth += (self._text[at] in "([{") - (self._text[at] in ")]}")
            if depth == 0:
                self._at = at + 1
                if self._text[at] != closing:
                    break
                return self._text[start:at].removesuffix("\\right")
        raise UnspelledError


def _source(hole: str) -> str:
    try:
        expression = parse_expression(hole, 1)
    except ExpressionError:
        raise UnspelledError from None  # said where it stands
    if signs.RANKS.match(expression.spec):
        raise UnspelledError
    return expression.source


def _within(one: str) -> str:
    return one if signs.NAME.fullmatch(one) else f"({one})"


def _ways(*parts: Iterable[str]) -> list[tuple[str, ...]]:
    return list(islice(product(*parts), MOST))
