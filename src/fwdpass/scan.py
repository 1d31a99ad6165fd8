"""Find the numbers in a text, in digits of any script and in words; what only has digits in its name is none.

The audit reads every text of a site with it, and a page's expressions and hidden cells are held to it too.

A *name* is ``W1``, ``h_0``, ``float64``, ``UTF-8``, an entry such as ``W1[1, 0]``, a format such as ``.2f``, a version
of three parts, a date such as those of a changelog, or an identifier that the caller names. *One*, *once*, *single*
and *a pair* are English more often than they are numbers, and pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass

from fwdpass.numerals import WORDS

EXECUTED = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a text where a number was that something else has vouched for."""

_MORE_WORDS = """
both twice thrice half halves third thirds quarter quarters fifths tenths hundredths dozen dozens zeros zeroes zeroth
tens hundreds thousand thousands thousandth million millions millionth billion billions trillion nought naught
percent twofold threefold fourfold fivefold tenfold hundredfold triple quadruple
""".split()
_ENGLISH = frozenset(("one",))
_NUMBER_WORDS = (WORDS | frozenset(_MORE_WORDS)) - _ENGLISH
_IDIOMS = re.compile(r"first of all|at first\b|first and foremost|second thoughts?|non-?zero", re.IGNORECASE)

_KNOWN = frozenset(
    """
    int uint float complex bfloat fp bf tf utf sha md base crc log exp arctan atan conv mp woff html css es sse avx py
    python cp numpy
    """.split()
)
_WHOLE = re.compile(
    r"(?:x86_64|UTF-8|UTF-16|ISO-8859-1|AVX-512|AVX2|SSE[234](?:\.[12])?|SHA-(?:1|256)|IEEE 754|"
    r"[Cc]onv[123]d|Ctrl\+\w)\b"
)
_VERSION = re.compile(r"(?<![\w.])v?\d+\.\d+\.\d+(?:\.\w+|(?:a|b|rc|dev)\d+)*(?![\w]|\.\d)")
_DATE = re.compile(r"(?<![\w-])(?:19|20)\d\d-[01]\d-[0-3]\d(?![\w-])")
_FORMAT = re.compile(r"(?<![\w.])\+?\.\d[fe%](?!\w)")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_INDEX = re.compile(r"\[\s*-?[\d:]+(?:\s*,\s*-?[\d:]+)*\s*\]")
_NAME = re.compile(r"([^\W\d_](?:[^\W\d]|_)*?)_?(\d{1,3})")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_SMALL_ROMANS = frozenset("ii iii iv vii viii ix xii xiii xiv xv xvi xvii xviii xix xx".split())
_NO_ROMANS = frozenset(("CD", "CV", "DC", "DI", "MD", "MC", "MI", "MIX", "CC", "LI", "DIM", "XL", "MM", "CM"))
_LETTERS = re.compile(r"[^\W\d_]+")

# Letters of other scripts that look like Latin ones; enough to write every number word with.
_LOOKALIKES = dict(zip("аеоріхсуѕһӏԝԁοεινυκτωηχѵյօ", "aeopixcyshlwdoeivuktwnxvjo", strict=True))
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
    if text.isascii() and not any(map(str.isdigit, text)) and not words:
        return
    clean, places = _cleaned(text)
    taken = _named(clean, names)
    spans = [*_digits(clean, taken), *(_in_words(clean) if words else ())]
    for start, end in sorted(spans):
        first, last = places[start], places[end - 1] + 1
        yield Found(first, last, text[first:last])


def _cleaned(text: str) -> tuple[str, list[int]]:
    """Undo disguises: what cannot be seen is left out, and a letter or digit is the plain one that it looks like."""
    if text.isascii():
        return text, list(range(len(text)))
    chars: list[str] = []
    places: list[int] = []
    for i, char in enumerate(text):
        if unicodedata.category(char) in ("Cf", "Mn", "Me"):
            continue
        plain = char if unicodedata.category(char) == "No" else unicodedata.normalize("NFKC", char)
        for part in plain:
            chars.append(_LOOKALIKES.get(part.lower(), part))
            places.append(i)
    return "".join(chars), places


def _named(text: str, names: Container[str]) -> set[int]:
    """The places of digits that belong to names."""
    taken: set[int] = set()
    for pattern in (_WHOLE, _VERSION, _DATE, _FORMAT):
        for match in pattern.finditer(text):
            taken.update(range(*match.span()))
    for match in _IDENTIFIER.finditer(text):
        if text[: match.start()].rstrip(".,")[-1:].isdigit() and not text[match.start() - 1].isspace():
            continue  # the e of 1e5
        word, end = match[0], match.end()
        if _is_name(word, names) and not re.match(r"[.,]\d", text[end:]):
            taken.update(range(match.start(), end))
            while index := _INDEX.match(text, end):
                taken.update(range(*index.span()))
                end = index.end()
        elif not any(map(_numeric, word)):
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
    return char.isdigit() or (not char.isascii() and unicodedata.numeric(char, None) is not None)


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
        if (start and text[start - 1] in _SIGNS and not text[start - 2 : start - 1].isalnum()) or (
            start and text[start - 1] == "." and not text[start - 2 : start - 1].isalnum()
        ):
            start -= 1
        yield start, end
        at = end


def _joins(text: str, at: int) -> bool:
    return text[at] in ".,/\N{FRACTION SLASH}" and at + 1 < len(text) and _numeric(text[at + 1])


def _in_words(text: str) -> Iterator[tuple[int, int]]:
    idioms = {place for match in _IDIOMS.finditer(text) for place in range(*match.span())}
    for match in _LETTERS.finditer(text):
        if match.start() in idioms:
            continue
        word = match[0]
        joined = (match.start() and text[match.start() - 1] == "_") or text[match.end() : match.end() + 1] == "_"
        if joined or text[match.end() : match.end() + 1].isdigit():
            continue
        if word.lower() in _NUMBER_WORDS or _is_roman(word):
            yield match.span()


def _is_roman(word: str) -> bool:
    if len(word) < 2 or word in _NO_ROMANS:
        return False
    return word in _SMALL_ROMANS or bool(_ROMAN.fullmatch(word))
