r"""Where the pages of a book say *name = value*, found in their sources by rules of these tests' own, and the swaps.

A swap puts another entry where the value stands, or another index or name before it. What the book's own mechanism
finds is not asked: a place that it overlooks is to be seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import PageError
from fwdpass.numerals.exact import agree
from fwdpass.page import Expression, Program, Told
from fwdpass.page.reading import Reading

HOLE = re.compile(r"\\n\{((?:[^{}]|\{[^{}]*\})*)\}")
_VERBATIM = re.compile(
    r"^(`{3,}|~{3,})(?:\{(?:code-cell|raw|trace|mermaid)\}[^\n]*|[\w-]*)\n.*?^\1$|``.+?``|<!--.*?-->",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(r"`[^`\n]*`")
_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\\)\$(?!\$)([^$]+?)\$|```\{math\}\n(.*?)```", re.DOTALL)
_SENTENCE = re.compile(r"(?P<name>`[^`\n]+`|\$[^$\n]+\$) (?:is|was|are|=) \{n\}`(?P<hole>[^`]+)`")
_APART = re.compile(
    r"(?<!\\),(?![^\[]*\])|\\q?quad|\\\\(?!\s*&?=)|\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\text\{ ?\w+ \w+ ?\}|[<>]"
)
_EQUALS = re.compile(r"&?\s*(?:=|\\approx)\s*")
NAMES = {"x": "x", "W1": r"\mathbf{W}_1", "b1": r"\mathbf{b}_1", "W2": r"\mathbf{W}_2", "b2": r"\mathbf{b}_2"}
"""The lesson's arrays, as a formula writes them."""
MOST = 8
"""Swaps of each kind that are made in a place."""


@dataclass
class Place:
    """A place that says of a name what it is worth: where it is, and the swaps of its value and of its name.

    ``start`` and ``end`` hold it in the page's source; ``written`` is the formula or sentence, ``name`` and ``hole``
    are in it.
    """

    page: str
    line: int
    start: int
    end: int
    written: str
    name: str
    hole: str
    spelled: str
    read: bool = False
    known: bool = False
    """Whether the page can evaluate the name."""
    swaps: list[tuple[str, str]] = field(default_factory=list)
    """What stands on the page instead of ``written``, and what of it the message has to name."""


def places(page: str, text: str) -> Iterator[Place]:
    """Find them in a page's source."""
    masked = _VERBATIM.sub(_blank, text)
    for found in _FORMULA.finditer(_CODE.sub(_blank, masked)):
        group = found.lastindex or 1
        whole, start = found[group], found.start(group)
        for first, equation in _split(whole, _APART):
            sides = [(first + at, side) for at, side in _split(equation, _EQUALS)]
            for (_, name), (at, value) in product(sides, sides):
                hole, name = HOLE.fullmatch(_bare(value)), _bare(name)  # noqa: PLW2901
                if hole and (spelled := spell(name)):
                    line = text.count("\n", 0, start + at + value.index("\\n")) + 1
                    yield Place(page, line, start, found.end(group), whole, name, hole[1], spelled)
    for found in _SENTENCE.finditer(masked):
        name = found["name"]
        spelled = name.strip("`") if name.startswith("`") else spell(name.strip("$"))
        if spelled:
            line = text.count("\n", 0, found.start()) + 1
            yield Place(page, line, found.start(), found.end(), found[0], name, found["hole"], spelled)


def _bare(side: str) -> str:
    """Leave out the signs that align a side, and the end of its line."""
    return side.lstrip(" &\n").rstrip(" &\n.\\")


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _split(text: str, at: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    start = 0
    for found in at.finditer(text):
        yield start, text[start : found.start()]
        start = found.end()
    yield start, text[start:]


def spell(side: str) -> str:
    r"""Spell a side in Python where it is made of names, or give nothing.

    >>> spell(r"\mathbf{x} \, \mathbf{W}_1 + \mathbf{b}_1"), spell(r"\hat{\mathbf{y}}"), spell(r"x_\n{dark}")
    ('x @ W1 + b1', 'y_hat', 'x[dark]')
    >>> spell(r"b_1[0]"), spell(r"\mathbf{W}_\text{eff}"), spell(r"\max(0, z)"), spell(r"\n{h}")
    ('b1[0]', 'W_eff', '', '')
    """
    if HOLE.fullmatch(side):
        return ""
    said = re.sub(r"_\\n\{([^{}]*)\}", r"[\1]", side)
    said = HOLE.sub(r"\1", said)
    said = re.sub(r"_\\text\{(\w+)\}", r"_\1", said)
    said = re.sub(r"\\(?:mathbf|mathrm|text)\s*\{?(\w+)\}?", r"\1", said)
    said = re.sub(r"\\hat\s*\{?\s*(\w+?)\}?(?=$|[\s\[_+])", r"\1_hat", said)
    said = re.sub(r"(?<![\w\]])(\w+)_\{?(\d)\}?", r"\1\2", said)
    said = re.sub(r"\s*\\[,;:!]\s*", " @ ", said)
    said = re.sub(r"(?<=\w) (?=[A-Za-z])", " @ ", said.strip())
    return said if re.fullmatch(r"[\w\[\], @+]+", said) and re.match(r"[A-Za-z]", said) else ""


class Swapping(Reading):
    """A reading that thinks of swaps where a place's number is read: there the page has the values it has there."""

    def __init__(self, program: Program, here: Sequence[Place], folder: Path, told: Sequence[Told]) -> None:
        super().__init__(program.page, folder=folder, drawn=False, told=told)
        self._here: dict[tuple[int, str], list[Place]] = {(place.line, place.hole): [] for place in here}
        for place in here:
            self._here[place.line, place.hole].append(place)

    def number(self, expression: Expression) -> str:
        for place in self._here.get((expression.line, expression.written), ()):
            if not place.read:
                self._think(place, expression.source)
        return super().number(expression)

    def _value(self, source: str) -> Any:
        try:
            value = np.asarray(self.preview(Expression(source, 1))[0])
            return value if value.dtype.kind in "iufO" and agree(value, value) else None
        except (PageError, ValueError, TypeError):
            return None

    def _think(self, place: Place, source: str) -> None:
        value, named = self._value(source), self._value(place.spelled)
        place.read, place.known = True, named is not None
        if named is None or value is None or _differs(named, value):  # the sentence may say something else of it
            return
        others = [other for other in self._entries_beside(source, value) if other != source]
        of_value = [other for other in others if _differs(self._value(other), value)][:MOST]
        spec = place.hole.removeprefix(source)
        hole = HOLE.search(place.written)
        mark = f"\\n{{{place.hole}}}" if hole and f"\\n{{{place.hole}}}" in place.written else f"`{place.hole}`"
        for other in of_value:
            fresh = mark.replace(place.hole, f"{other}{spec}")
            at = place.written.rindex(mark)
            place.swaps.append((place.written[:at] + fresh + place.written[at + len(mark) :], other))
        of_name = [name for name, spelled in self._names_beside(place.name) if _differs(self._value(spelled), value)]
        place.swaps += [(place.written.replace(place.name, name, 1), name.strip("$`")) for name in of_name[:MOST]]

    def _entries_beside(self, source: str, value: Any) -> Iterator[str]:
        """Give other entries of the same array, other arrays, and what is made of the value."""
        if found := re.fullmatch(r"(\w+)\[([^\[\]:]+)\]", source):
            array = self._value(found[1])
            if array is not None and array.ndim == found[2].count(",") + 1:
                yield from (f"{found[1]}[{', '.join(map(str, at))}]" for at in np.ndindex(array.shape))
        yield from (name for name in (*NAMES, "z1", "h", "y_hat") if np.shape(self._value(name)) == value.shape)
        yield f"-({source})"
        yield f"({source}) + ({source})"

    def _names_beside(self, name: str) -> Iterator[tuple[str, str]]:
        """Give the name with other indices, and other names; a sum of names keeps them."""
        if "+" in name:
            return
        for at in re.finditer(r"(?<=[\[_, ])\d(?=[\],]|$)|\\n\{\w+\}(?=\]|$)", name):
            for index in range(10):
                other = f"{name[: at.start()]}{index}{name[at.end() :]}"
                if other != name:
                    yield other, spell(other.strip("$")) if not name.startswith("`") else other.strip("`")
        if not re.search(r"\d\W*$|\\n", name) and not name.startswith("`"):
            sign = "$" if name.startswith("$") else ""
            yield from ((f"{sign}{said}{sign}", spelled) for spelled, said in NAMES.items())


def _differs(other: Any, value: Any) -> bool:
    return other is not None and not (other.shape == value.shape and agree(other, value))


def swapped(text: str, here: Sequence[Place]) -> str:
    """Give a page's source with every swap of its places where the place was, lines kept."""
    spans: dict[tuple[int, int], list[Place]] = {}
    for place in here:
        if place.swaps:
            spans.setdefault((place.start, place.end), []).append(place)
    for (start, end), found in sorted(spans.items(), reverse=True):
        between = "; " if "{n}`" in found[0].written else r" \quad "
        said = between.join(" ".join(swap.split()) for place in found for swap, _ in place.swaps)
        lead = text[start:end][: len(text[start:end]) - len(text[start:end].lstrip("\n"))]
        lines = text.count("\n", start, end) - len(lead)
        text = text[:start] + lead + said + "\n" * lines + text[end:]
    return text
