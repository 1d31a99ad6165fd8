"""What a page itself says of its numbers: the labels that it defines, the intervals that it states, and how it counts.

“Rule 2” is no number that a cell could give, where the page has a Rule 1 and a Rule 2; a reference to a Rule 3, which
nobody has defined, is a number like any other, and so are all rules once one of them is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from fwdpass.audit.titles import without
from fwdpass.audit.tree import Element
from fwdpass.numerals.scan import Found

_LABELS = """rule remark example exercise solution theorem lemma proposition corollary definition axiom assumption
    condition property case experiment scenario problem question answer task step part phase stage method approach
    option hypothesis principle note claim conjecture scheme strategy challenge puzzle"""
"""What authors number in their texts by hand. Figures, tables, equations and sections are numbered by Sphinx, and
layers, neurons and rows by the data."""
_LABEL = rf"(?P<noun>{'|'.join(_LABELS.split())}) (?P<number>\d{{1,2}})"
_OPENS = re.compile(rf"{_LABEL}(?:\s?[:.)–—]| \()(?!\d)", re.IGNORECASE)
"""A paragraph that defines a label begins with it, and a sign follows."""
_TITLE = re.compile(rf"(?:.*\s)?{_LABEL}[:.]?", re.IGNORECASE)
"""A heading may end with it; so do bold words at the beginning of a paragraph."""
_BEFORE = re.compile(rf"\b({'|'.join(_LABELS.split())})\s$", re.IGNORECASE)
_NEXT = re.compile(rf"\s({'|'.join(_LABELS.split())})\b", re.IGNORECASE)
_RANKS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt"))
_BLOCKS = _HEADINGS | {"p", "li", "td"}
_BOUND = r"[-−]? ?(?:\d|∞)"
_INTERVAL = rf"[(\[{{] (?P<from>{_BOUND}) , (?P<to>{_BOUND}) [)\]}}]"
_MEMBER = re.compile(rf"∈ (?P<interval>{_INTERVAL})")
_COMPARED = re.compile(r"\b(?:between|than|towards?|close to)\s$|\bbetween\s\S+\s(?:and|to)\s$", re.IGNORECASE)
"""What stands before a bound: it is compared with, and states no result."""
_COUNTED = re.compile(r"(?:^|(?P<letter>\w+) = )(?:0 , )?1 , 2 , (?:…|⋯|\. \. \.)$")
_AT = re.compile(r"(?P<letter>\w+) = \d")
_EXPANDED = re.compile(r"\b(?:Taylor|Maclaurin|expan\w+|lineari[sz]\w+)\b[^.]*\b(?:about|around)\s$", re.IGNORECASE)
_NEGLECTED = re.compile(r"(?:[^\W\d] )+≈ 0")
_APPROXIMATION = re.compile(r"\bapproximation\s$", re.IGNORECASE)
"""What stands before a point of expansion, and before what is taken to be nothing: neither is a result."""
_AMBIGUOUS = re.compile(r"\s(?:[a-z-]+\s){0,2}?(equations?|sequences?|series)\b", re.IGNORECASE)
_FEW = frozenset("both two three four five first second third fourth fifth".split())
"""What a text counts, and code may have, too: of the text alone where no name of the code speaks of such."""
_WORDS_BEFORE = 2
"""How far from the counting a noun may stand that is counted: *banks named i = 0, 1, 2, …*."""


class Context:
    """What a page says, by its article, the lines of its formulas and the names of its code.

    A line has a space between each two signs.
    """

    def __init__(self, article: Element | None, formulas: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self._labels = _defined(article) if article is not None else {}
        members = [match for line in formulas for match in _MEMBER.finditer(line)]
        self._intervals = {match["interval"] for match in members}
        self._bounds = {_signed(match[end]) for match in members for end in ("from", "to")}
        self._counted: set[str] = set()  # nouns
        self._indices: set[str] = set()  # letters
        self._names = " ".join(names).lower()

    def is_label(self, found: Found, text: str) -> bool:
        """Say whether a number of a text is that of something which the page has labelled with it.

        Parameters
        ----------
        found
            The number.
        text
            The text around it.
        """
        if found.text.isdecimal() and re.match(r"[.,/]?\d|\s?%", text[found.end :]) is None:
            before = _BEFORE.search(text, 0, found.start)
            return before is not None and found.text in self._labels.get(before[1].lower(), ())
        after = _NEXT.match(text, found.end)
        rank = _RANKS.get(found.text.lower())
        return after is not None and rank is not None and rank in self._labels.get(after[1].lower(), ())

    def is_counted_in_text(self, found: Found, text: str) -> bool:
        """Say whether a word counts what the text is made of, such as its equations, and the code knows none.

        Parameters
        ----------
        found
            The word.
        text
            The text around it.
        """
        after = _AMBIGUOUS.match(text, found.end) if found.text.lower() in _FEW else None
        return after is not None and _singular(after[1]) not in self._names

    def is_bound(self, number: str, before: str) -> bool:
        """Say whether a number only bounds what the page says to lie in an interval, as in *between 0 and 1*.

        Parameters
        ----------
        number
            A number, or a formula that is nothing else.
        before
            What stands before it.
        """
        return _signed(number) in self._bounds and _COMPARED.search(before[-40:]) is not None

    def is_point(self, line: str, before: str) -> bool:
        """Say whether a formula is where something is expanded, or what an approximation leaves out.

        Parameters
        ----------
        line
            The formula's signs, with a space between them.
        before
            What stands before it.
        """
        before = before[-120:]
        expanded = _AT.fullmatch(line) is not None and _EXPANDED.search(before) is not None
        return expanded or (_NEGLECTED.fullmatch(line) is not None and _APPROXIMATION.search(before) is not None)

    def is_interval(self, line: str) -> bool:
        """Say whether a formula is an interval that the page has said something to lie in.

        Parameters
        ----------
        line
            The formula's signs, with a space between them.
        """
        return line in self._intervals

    def count(self, line: str, before: str) -> None:
        """Take note of what a formula counts without an end, as in *the banks i = 0, 1, 2, …*.

        Parameters
        ----------
        line
            The formula's signs, with a space between them.
        before
            What stands before it.
        """
        if match := _COUNTED.search(line):
            self._counted.update(_singular(word) for word in before.split()[-_WORDS_BEFORE:])
            self._indices.update(filter(None, (match["letter"],)))

    def counts(self, line: str, before: str) -> bool:
        """Say whether a formula is a digit of what the page counts without an end: *bank 0*, or *i = 0*.

        Parameters
        ----------
        line
            The formula's signs, with a space between them.
        before
            What stands before it.
        """
        if at := _AT.fullmatch(line):
            return at["letter"] in self._indices
        noun = before.rstrip().rpartition(" ")[2]
        return line.isdecimal() and len(line) == 1 and _singular(noun) in self._counted


def _defined(article: Element) -> dict[str, frozenset[str]]:
    """Find the labels of an article, by their nouns: those that are counted from the beginning, with none left out."""
    numbers: dict[str, list[int]] = {}
    for noun, number in _definitions(article):
        before = numbers.setdefault(noun, [])
        if before[-1:] != [number]:  # as in bold words, and in the paragraph that begins with them
            before.append(number)
    return {noun: frozenset(map(str, found)) for noun, found in numbers.items() if _is_in_order(found)}


def _definitions(article: Element) -> Iterator[tuple[str, int]]:
    for block in article.elements():
        if block.tag not in _BLOCKS:
            continue
        text = " ".join(without(block, "headerlink", "section-number").split())
        strong = next((inner for inner in block.elements() if inner.tag in ("strong", "b")), None)
        bold = " ".join(strong.text().split()) if strong is not None else ""
        title = text if block.tag in _HEADINGS else bold if bold and text.startswith(bold) else ""
        match = _TITLE.fullmatch(title) or _OPENS.match(text)
        if match is not None:
            yield match["noun"].lower(), int(match["number"])


def _is_in_order(numbers: list[int]) -> bool:
    """Say whether numbers count one by one, from zero or one; a later chapter may begin again."""
    first = numbers[0]
    return first in (0, 1) and all(b in (a + 1, first) for a, b in pairwise(numbers))


def _signed(number: str) -> str:
    return number.replace(" ", "").replace("-", "−")


def _singular(word: str) -> str:
    return word.strip(".,;:()’'").lower().removesuffix("s")
