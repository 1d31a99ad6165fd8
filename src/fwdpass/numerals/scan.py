"""Find the numbers in a text, in digits of any script and in words; what only has digits in its name is none.

The audit reads every text of a site with it, and a page's expressions and hidden cells are held to it too.

A *name* is ``W1``, ``h_0``, ``float64``, ``UTF-8``, an entry such as ``W1[1, 0]``, a format such as ``.2f``, a version
of three parts, a date such as those of a changelog, or an identifier that the caller names. *One*, *once*, *single*
and *a pair* are English more often than they are numbers, and pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fwdpass.numerals.writing import WORDS

EXECUTED = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a text where a number was that something else has vouched for."""

_MORE_WORDS = """
both twice thrice half halves halved halving quarter quarters dozen dozens zeroes zeroth tenths hundredths thousandth
hundreds thousand thousands millionth million millions billionth billion billions trillion trillions nought naught
percent twofold threefold fourfold fivefold tenfold hundredfold triple tripled quadruple trio quartet sixes
""".split()
_ENGLISH = frozenset(("one", "ones", "seconds"))
_NUMBER_WORDS = (WORDS | {f"{word}s" for word in WORDS} | frozenset(_MORE_WORDS)) - _ENGLISH
_IDIOMS = re.compile(r"first of all|at first\b|first and foremost|second thoughts?|non-?zero", re.IGNORECASE)

_KNOWN = frozenset(
    """
    int uint float complex bfloat fp bf tf utf sha md base crc log exp arctan atan conv mp woff html css es sse avx py
    python cp numpy
    """.split()
)
_FIXED = re.compile(
    r"""
    (?:x86_64|UTF-8|UTF-16|ISO-8859-1|AVX-512|AVX2|SSE[234](?:\.[12])?|SHA-(?:1|256)|IEEE\ 754
    |[Cc]onv[123]d|Ctrl\+\w)\b
    |(?<![\w.])v?\d+\.\d+\.\d+(?:\.\w+|(?:a|b|rc|dev)\d+)*(?![\w]|\.\d)  # a version
    |(?<![\w-])(?:19|20)\d\d-[01]\d-[0-3]\d(?![\w-])                     # a date
    |(?<![\w.])\+?\.\d[fe%](?!\w)                                      # a format
    """,
    re.VERBOSE,
)
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_INDEX = re.compile(r"\[\s*-?[\d:]+(?:\s*,\s*-?[\d:]+)*\s*\]")
_NAME = re.compile(r"([^\W\d_](?:[^\W\d]|_)*?)_?(\d{1,3})")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_SMALL_ROMANS = frozenset("ii iii iv vii viii ix xii xiii xiv xv xvi xvii xviii xix xx".split())
_NO_ROMANS = frozenset(("CD", "CV", "DC", "DI", "MD", "MC", "MI", "MIX", "CC", "LI", "DIM", "XL", "MM", "CM"))
_LETTERS = re.compile(r"[^\W\d_]+")
_SNAKE_BEFORE = re.compile(r"[^\W\d_]_$")
_SNAKE_AFTER = re.compile(r"_[^\W\d_]")
_FRACTION = re.compile(r"[.,]\d")
_UNSEEN = frozenset(("Cf", "Mn", "Me"))

# Letters of other scripts that look like Latin ones; enough to write every number word with.
_LOOKALIKES = dict(zip("аеоріхсуѕһӏԝԁοεινυκτωηχѵյօ", "aeopixcyshlwdoeivuktwnxvjo", strict=True))
_SMALL_CAPITAL = re.compile(r"LATIN (?:LETTER SMALL CAPITAL|SMALL LETTER TURNED|SMALL LETTER DOTLESS) ([A-Z])")
_PICTURED = re.compile(r"DIE FACE-|KEYCAP ")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_SIGNS = "-+−±"


@dataclass(frozen=True)
class Found:
    """A number in a text: where it starts and ends, and how it was written."""

    start: int
    end: int
    text: str


def numbers(text: str, names: Container[str] = (), words: bool = True) -> Iterator[Found]:
    """Give the numbers of a text, in order; ``names`` are identifiers that may have digits.

    >>> [found.text for found in numbers("W1 has 4 rows, three columns, ⅔ of −0.5, and float64 entries")]
    ['4', 'three', '⅔', '−0.5']
    >>> [found.text for found in numbers("z1[0] of NumPy 2.4.6, h_0, and one more")]
    []
    """
    clean, places = _cleaned(text)
    spans: list[tuple[int, int]] = []
    taken: set[int] = set()
    if any(map(_numeric, set(clean))):
        taken = _named(clean, names)
        spans += _digits(clean, taken)
    if words:
        spans += _in_words(clean, taken)
    for start, end in sorted(spans):
        first, last = places[start], places[end - 1] + 1
        yield Found(first, last, text[first:last])


def _cleaned(text: str) -> tuple[str, Sequence[int]]:
    """Undo disguises; give the plain text, and where each of its characters stands in the text."""
    if text.isascii():
        return text, range(len(text))
    chars: list[str] = []
    places: list[int] = []
    for i, char in enumerate(text):
        plain = _plain(char)
        chars += plain
        places += [i] * len(plain)
    return "".join(chars), places


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """Give the plain letter or digit that a character looks like, and nothing for one that cannot be seen."""
    if char.isascii():
        return char
    if unicodedata.category(char) in _UNSEEN or char in _BLANK:
        return ""
    if char.isnumeric() and not char.isdecimal():
        return char
    if _PICTURED.search(named := unicodedata.name(char, "")):
        return "0"
    if small := _SMALL_CAPITAL.match(named):
        return small[1].lower()
    parts = unicodedata.normalize("NFKD", char)
    return "".join(_LOOKALIKES.get(part.lower(), part) for part in parts if unicodedata.category(part) not in _UNSEEN)


def _named(text: str, names: Container[str]) -> set[int]:
    """The places of digits that belong to names."""
    taken = {place for match in _FIXED.finditer(text) for place in range(*match.span())}
    for match in _IDENTIFIER.finditer(text):
        if text[: match.start()].rstrip(".,")[-1:].isdigit() and not text[match.start() - 1].isspace():
            continue  # the e of 1e5
        word, end = match[0], match.end()
        if any(map(_numeric, word)):
            if not _is_name(word, names) or _FRACTION.match(text, end):
                continue
            taken.update(range(match.start(), end))
        while index := _INDEX.match(text, end):
            taken.update(range(*index.span()))
            end = index.end()
    return taken


def _is_name(word: str, names: Container[str]) -> bool:
    """Say whether a word with digits is a name: a letter and an index, a type, or what the page calls so."""
    if word in names:
        return True
    match = _NAME.fullmatch(word)
    return bool(match and (len(match[1]) == 1 or match[1].lower() in _KNOWN))


def _numeric(char: str) -> bool:
    return char.isdigit() or (not char.isascii() and char.isnumeric())


def _digits(text: str, taken: set[int]) -> Iterator[tuple[int, int]]:
    """Find what is written with digits: a point or a comma between them belongs to the number, and a sign before it."""
    at = 0
    while at < len(text):
        if at in taken or not _numeric(text[at]):
            at += 1
            continue
        start = end = at
        while end < len(text) and end not in taken and (_numeric(text[end]) or _joins(text, end)):
            end += 1
        if start and text[start - 1] in f"{_SIGNS}." and not text[start - 2 : start - 1].isalnum():
            start -= 1
        yield start, end
        at = end


def _joins(text: str, at: int) -> bool:
    return text[at] in ".,/\N{FRACTION SLASH}" and at + 1 < len(text) and _numeric(text[at + 1])


def _in_words(text: str, taken: Container[int]) -> Iterator[tuple[int, int]]:
    """Find what is written in letters, where it is neither part of a name nor of an idiom."""
    found = [match for match in _LETTERS.finditer(text) if _counts(match[0])]
    idioms = {place for match in _IDIOMS.finditer(text) for place in range(*match.span())} if found else ()
    for match in found:
        start, end = match.span()
        identifier = _SNAKE_BEFORE.search(text[max(0, start - 2) : start]) or _SNAKE_AFTER.match(text, end)
        if not identifier and start not in taken and start not in idioms:
            yield start, end


@lru_cache(maxsize=16384)
def _counts(word: str) -> bool:
    return word.lower() in _NUMBER_WORDS or _is_roman(word)


def _is_roman(word: str) -> bool:
    if len(word) < 2 or word in _NO_ROMANS:
        return False
    return word in _SMALL_ROMANS or bool(_ROMAN.fullmatch(word))
