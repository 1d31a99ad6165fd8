"""What a page says of its own numbers: labels, intervals, how it counts, what it lists and what it points at.

“Rule 2” is no number that a cell could give, where the page has a Rule 1 and a Rule 2; a reference to a Rule 3, which
nobody has defined, is a number like any other, and so are all rules once one of them is missing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from fwdpass.audit.titles import without
from fwdpass.audit.tree import Element
from fwdpass.numerals.letters import word
from fwdpass.numerals.scan import Found
from fwdpass.numerals.words import NAMED

FORMULA, CODE = "\N{SQUARE WITH CONTOURED OUTLINE}", "\N{SQUARE WITH UPPER RIGHT DIAGONAL HALF BLACK}"
"""Stand in a text where a formula was, and code, which are judged by themselves; for a formula without a computed
number, :data:`~fwdpass.numerals.words.NAMED` does."""
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
_GOES_ON = re.compile(r"[.,/]?\d|\s?%")
"""What makes another number of a digit."""
_GENERAL = frozenset("rule theorem lemma proposition corollary definition axiom principle".split())
"""Labels of what holds for all numbers; a question, an example or a step may state those of its own."""
_OF_ALL = frozenset("0 1 zero two both".split())
"""What such a statement compares with, and how many operands it speaks of."""
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
_CLOCK = frozenset("time date period step round turn day week month quarter year".split())
"""What one clock counts: where a page counts its times, it may name a period."""
_SIGN = rf"\s*[{FORMULA}{NAMED}{CODE}]\s*"
_LISTED = re.compile(
    rf"(?:\s\w+(?:\s\w+)?\s?[,:–—(]|\s?:)?(?P<names>{_SIGN}(?:,{_SIGN})*(?:,\s*)?(?:and|or){_SIGN})(?!,?\s*(?:and|or)\b)"
)
"""A list of names or formulas behind a count: *both a and b*, *three arrays, x, y and z*."""
_COUNTS = {"both": 2, **{word(n): n for n in range(2, 6)}, **{str(n): n for n in range(2, 6)}}
_TERM = re.compile(rf"\s(?:terms?|factors?|summands?|addends?)\s*{NAMED}")
"""A formula of names behind it says which it is."""
_POINTED = re.compile(r"\b(?:these|those)\s+$", re.IGNORECASE)
_PLURAL = re.compile(r"[’']?s\b")
_UNITS = r"(?:dollars?|euros?|pounds?|units?|shares?|bonds?|coins?)\b"
_STAKE = re.compile(rf"\s*{_UNITS}\s+(?:invested|deposited|lent|borrowed|saved|spent)\b")
_PER = re.compile(r"\b(?:per|every|each)\s+$", re.IGNORECASE)
"""A unit amount is what a rate or a price is per: *1 dollar invested*, *for every 1 unit*."""
_WORDS_BEFORE = 2
"""How far from the counting a noun may stand that is counted: *banks named i = 0, 1, 2, …*."""


class Context:
    """What a page says, by its article, the lines of its formulas and the names of its code.

    A line has a space between each two signs.
    """

    def __init__(self, article: Element | None, formulas: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self._labels = _defined(article) if article is not None else {}
        self._introduced = frozenset(_introductions(article, self._labels) if article is not None else ())
        members = [match for line in formulas for match in _MEMBER.finditer(line)]
        self._intervals = {match["interval"] for match in members}
        self._bounds = {_signed(match[end]) for match in members for end in ("from", "to")}
        self._counted: set[str] = set()  # nouns
        self._things: set[str] = set()  # those of the nouns that stand in the plural
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
        if found.text.isdecimal() and _GOES_ON.match(text, found.end) is None:
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

    def is_told(self, found: Found, text: str) -> bool:
        """Say whether the page itself tells what a number of a text is, once all of the page has been read.

        Parameters
        ----------
        found
            The number.
        text
            The text around it.
        """
        before, after = text[: found.start], text[found.end :]
        return (
            self.is_label(found, text)
            or self.is_bound(found.text, before)
            or self.is_counted_in_text(found, text)
            or (self._is_of_all(found.text, text) and _GOES_ON.match(after) is None)
            or self._is_ranked(found.text, after)
            or _is_list(found.text, after)
            or _is_unit(found.text, before, after)
        )

    def _is_of_all(self, number: str, text: str) -> bool:
        """Say whether a number stands in a rule, and not in a result: what the page labels so, or its introduction."""
        text = " ".join(text.split())
        return number.lower() in _OF_ALL and (_general(text, self._labels) or text in self._introduced)

    def _is_ranked(self, number: str, after: str) -> bool:
        """Say whether a rank is that of a formula's term, or of what the page counts without an end and no code has."""
        if number.lower() not in _RANKS:
            return False
        noun = _singular("".join(after.split()[:1]))
        return _TERM.match(after) is not None or (noun in self._things and noun not in self._names)

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
            nouns = before.split()[-_WORDS_BEFORE:]
            self._counted.update(map(_singular, nouns))
            self._things.update(_singular(noun) for noun in nouns if len(noun) > 4 and noun.endswith("s"))
            self._indices.update(filter(None, (match["letter"],)))

    def counts(self, line: str, before: str, after: str = "") -> bool:
        """Say whether a formula is a digit of what the page counts without an end, *bank 0* or *i = 0*, or a unit.

        Parameters
        ----------
        line
            The formula's signs, with a space between them.
        before
            What stands before it.
        after
            What stands behind it.
        """
        if at := _AT.fullmatch(line):
            return at["letter"] in self._indices
        noun = _singular(before.rstrip().rpartition(" ")[2])
        clock = noun in _CLOCK and not _CLOCK.isdisjoint(self._counted)
        counted = line.isdecimal() and len(line) == 1 and (clock or noun in self._counted)
        return counted or _is_unit(line, before, after)


def is_pointed_at(number: str, before: str, after: str) -> bool:
    """Say whether a digit is that of signs that stand there already, as in *these 1s*.

    Parameters
    ----------
    number
        The digit.
    before, after
        What stands around it.
    """
    return number in ("0", "1") and _POINTED.search(before) is not None and _PLURAL.match(after) is not None


def _is_list(number: str, after: str) -> bool:
    """Say whether a number says how many names a list has, and the list stands behind it."""
    listed = _LISTED.match(after)
    return listed is not None and len(re.findall(_SIGN, listed["names"])) == _COUNTS.get(number.lower())


def _is_unit(number: str, before: str, after: str) -> bool:
    per = _PER.search(before) is not None and re.match(rf"\s*{_UNITS}", after) is not None
    return number == "1" and (per or _STAKE.match(after) is not None)


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


def _introductions(article: Element, labels: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Find the paragraphs that introduce a list of what is labelled and holds for all numbers."""
    for block in article.elements():
        inner = [child for child in block.children if isinstance(child, Element)]
        for first, second in pairwise(inner):
            if first.tag == "p" and second.tag in ("ul", "ol", "dl") and first.text().rstrip().endswith(":"):
                items = [" ".join(item.text().split()) for item in second.find("li")]
                if items and all(_general(item, labels) for item in items):
                    yield " ".join(first.text().split())


def _general(text: str, labels: Mapping[str, Collection[str]]) -> bool:
    """Say whether a text begins with a label of the page, and holds for all numbers."""
    opens = _OPENS.match(text)
    noun = opens["noun"].lower() if opens else ""
    return opens is not None and noun in _GENERAL and opens["number"] in labels.get(noun, ())


def _is_in_order(numbers: list[int]) -> bool:
    """Say whether numbers count one by one, from zero or one; a later chapter may begin again."""
    first = numbers[0]
    return first in (0, 1) and all(b in (a + 1, first) for a, b in pairwise(numbers))


def _signed(number: str) -> str:
    return number.replace(" ", "").replace("-", "−")


def _singular(word: str) -> str:
    return word.strip(".,;:()’'").lower().removesuffix("s")
