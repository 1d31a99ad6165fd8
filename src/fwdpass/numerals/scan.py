"""Find the numbers in a text, in digits of any script and in words; what only has digits in its name is none.

The audit reads every text of a site with it, and a page's expressions and hidden cells are held to it too.

A *name* is ``W1``, ``h_0``, ``float64``, ``UTF-8``, an entry such as ``W1[1, 0]``, a format such as ``.2f``, a version
of three parts, a date such as those of a changelog, or an identifier that the caller names. *One*, *once* and
*single* are English more often than they are numbers, and pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fwdpass.numerals.words import DIMENSIONED, LANGUAGES, Language

EXECUTED = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a text where a number was that something else has vouched for."""

_KNOWN = frozenset(
    """
    int uint float complex bfloat fp bf tf utf sha md base crc log exp arctan atan conv mp woff html css es sse avx py
    python cp numpy
    """.split()
)
_TYPES, _WIDTHS = frozenset(("int", "uint", "float", "complex")), frozenset(("8", "16", "32", "64", "80", "128", "256"))
"""Types of numbers, and how many bits they have."""
_MONTHS = "|".join("January February March April May June July August September October November December".split())
_SOFTWARE = "|".join(
    """Python CPython PyPy NumPy SciPy pandas PyTorch TensorFlow Keras JAX Flax scikit-learn Matplotlib Sphinx MyST-NB
    Jupyter IPython ONNX OpenBLAS Chromium Firefox Safari HTML CSS MathML Unicode Java Node Debian Ubuntu
    Windows""".split()
)
"""What a version may stand behind."""
_FIXED = re.compile(
    rf"""
    (?:x86_64|UTF-8|UTF-16|ISO-8859-1|AVX-512|AVX2|SSE[234](?:\.[12])?|SHA-(?:1|256)|IEEE\ 754
    |[Cc]onv[123]d|Ctrl\+\w|utf-(?:8|16|32)|(?:[AL]?GPL|MPL|LGPL|Apache|CC-BY(?:-SA)?|Zlib|OFL)-\d\.\d)(?![\w.]\d)\b
    |(?<![\w.])v?\d+\.\d+\.\d+(?:\.\w+|(?:a|b|rc|dev)\d+)*(?![\w]|\.\d)  # a version
    |(?<![\w-])(?:19|20)\d\d-[01]\d-[0-3]\d(?![\w-])                     # a date
    |(?<![\w.])\+?\.\d[fe](?!\w)                                       # a format
    |\b(?:https?|ftp)://[^\s<>"]*                                       # an address
    |\b[0-2]?\d:[0-5]\d(?::[0-5]\d)?\b(?![\w:]|\.\d)                        # a time
    |\b[0-3]?\d\.?\ (?:{_MONTHS})\ (?:19|20)\d\d\b                        # 29 November 2026
    |\b(?:{_MONTHS})\ [0-3]?\d,\ (?:19|20)\d\d\b                         # November 29, 2026
    |\b(?:{_MONTHS})\ (?:19|20)\d\d\b(?![.,]\d)                          # November 2026
    |(?<!\w)97[89](?:-\d{{1,7}}){{3}}-[\dX](?![\w-])                          # a book
    |(?:©|\(c\)|[Cc]opyright)\ (?:19|20)\d\d\b(?![.,]\d)
    |\b\d{{1,2}}(?:st|nd|rd|th)\ (?:edition|ed\.|centur(?:y|ies)\b)
    |\b(?:ISO|RFC|DIN|IEC)[\ -]\d{{1,5}}\b(?![.,]\d)                 # a standard
    |\b(?:x86|LaTeX2e|Win(?:32|64)|HTTP/[123]|ES20\d\d|C\+\+(?:11|14|17|20|23))(?![.,]?\w)
    |\bU\+[\dA-F]{{4,6}}\b|\blocalhost:\d{{2,5}}\b
    |(?<![\w.+-])[a-zA-Z][\w.+-]*@[a-zA-Z][\w-]*(?:\.[\w-]+)+          # an address for letters
    |\b(?:{_SOFTWARE})\ \d{{1,4}}(?:\.\d{{1,3}}){{0,2}}\b(?!\.?\d)              # a version
    |\b(?=[A-Za-z]*[A-Z][a-z]*[A-Z])[A-Za-z]{{2,}}-?\d{{1,2}}(?:-[A-Z]\w+)?\b(?![.,]\d)  # GPT-4, ReLU6, BSD-3-Clause
    |\b[0-4](?:-?[dD]|-dimensional)(?=\s+(?:[a-z][a-z-]*\s+){{0,2}}{DIMENSIONED})   # a 2D array, a 3-d plot
    |\b(?:before|until|since|after)\ (?!\d\d00)(?:1[5-9]|20)\d\d(?=[,;.)]*(?:\s|$))(?!\s\w)(?![,.]\d)  # a year
    |\b(?=[A-Za-z]*\d)(?:(?:Na|Cl|Ca|Mg|Fe|Si|Al|[CHNOPSFK])\d{{0,2}}){{2,}}\b(?![.,]\d)  # H2O
    """,
    re.VERBOSE,
)
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_INDEX = re.compile(r"\[\s*-?[\d:]+(?:\s*,\s*-?[\d:]+)*\s*\]")
_FACTOR = re.compile(r"x\d\d+")
"""Written by hand, ``x10`` is ten times as often as it is the eleventh input, which ``x_10`` is."""
_NAME = re.compile(r"([^\W\d_](?:[^\W\d]|_)*?)_?(\d{1,3})")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_SMALL_ROMANS = frozenset("ii iii iv vii viii ix xii xiii xiv xv xvi xvii xviii xix xx".split())
_NO_ROMANS = frozenset(("CD", "CV", "DC", "DI", "MD", "MC", "MI", "MIX", "CC", "LI", "DIM", "XL", "MM", "CM"))
_LETTERS = re.compile(r"[^\W\d_]+")
_SNAKE_BEFORE = re.compile(r"[^\W\d_]_$")
_SNAKE_AFTER = re.compile(r"_[^\W\d_]")
_EXPONENT = re.compile(r"[eE][-+\u2212]?\d+(?![\w.]\w)")
_FRACTION = re.compile(r"[.,]\d")
_UNSEEN = frozenset(("Cf", "Mn", "Me"))

# Letters of other scripts that look like Latin ones; enough to write every number word with.
_LOOKALIKES = dict(zip("аеоріхсуѕһӏԝԁοεινυκτωηχѵյօ", "aeopixcyshlwdoeivuktwnxvjo", strict=True))
_SMALL_CAPITAL = re.compile(r"LATIN (?:LETTER SMALL CAPITAL|SMALL LETTER TURNED|SMALL LETTER DOTLESS) ([A-Z])")
_PICTURED = re.compile(
    r"DIE FACE-|KEYCAP |CLOCK FACE |DOMINO TILE |PLAYING CARD (?:TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN) "
    r"|MAHJONG TILE (?:ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE) "
)
_SPACED = re.compile(r"(?<!\w)[A-Za-z](?:[ \u2009.·-][A-Za-z]){2,}(?!\w)")
"""Letters that are set apart, and read as a word."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_SIGNS = "-+−±"


# In code, a whole number among the arguments of a call or in an index, a keyword's value, and a power of ten.
_CALLED = re.compile(r"(?<=[\w\])])[(\[]")
_ARGUMENT = re.compile(r"(?<![\w.])-?\d{1,3}(?![\w.])")
_KEYWORD = re.compile(r"(?<![\w.])[^\W\d]\w*=(?:-?\d{1,3}\b(?!\.)|\((?:\d{1,3}(?:, ?|(?=\))))+\))")
_FORMAT = re.compile(r"(?<![\w.])\+?\.\d%(?!\w)|\{\w*:[^\w{}]?[<>^]?\d{1,2}\w?\}")
_TINY = re.compile(r"(?<![\w.])\de-?\d{1,2}\b(?![.\w])")
_POWER = re.compile(r"(?<=[\w\])] \*\* )\d\b(?![.\w])|(?<=[\w\])]\*\*)\d\b(?![.\w])")
_FILE = re.compile(r"(?<![\w./-])[^\W\d][\w/-]*\.(?=[a-z]*[a-z])[a-z][a-z\d]{1,4}(?![\w.])")
_COLOUR = re.compile(r"(?<!\w)#(?=\d*[a-fA-F])(?:[\da-fA-F]{3}){1,2}(?!\w)")
_COMMIT = re.compile(r"(?<!\w)(?=(?:\d*[a-f]){2})(?=(?:[a-f]*\d){2})[\da-f]{7,40}(?!\w)")
_INSTALL = re.compile(r"\b(?:pip|conda|mamba|uv)\ install\b[^\n]*")
_REQUIRED = re.compile(r"(?<![\w.])[^\W\d][\w-]*(?:\[\w+\])?[=<>~!]=[\d.]+(?![\w])")

_IN_CODE = (_KEYWORD, _TINY, _FORMAT, _POWER, _FILE, _COLOUR, _COMMIT)
"""What has digits in code and states no value: arguments, formats, squares, names of files, colours and commits."""

TOUCHED = re.compile(
    rf"""
    (?<![\w{EXECUTED})])[-\u2212]{EXECUTED}                     # a minus sign of its own
    |\d\.?{EXECUTED}|{EXECUTED}(?:\.?{EXECUTED}|\.?\d)        # further digits
    |{EXECUTED}(?:\s?[%‰]|\s?per\s?cent\b|\s?per\s?mil\w*\b)   # a unit that scales it
    |{EXECUTED}[^\W\d_]+                                      # k, M, e
    |[\u202d\u202e][^\u202c\n]*?{EXECUTED}                     # an order of its own, which turns digits around
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What makes another number of an executed one by touching it."""


@dataclass(frozen=True)
class Found:
    """A number in a text: where it starts and ends, and how it was written."""

    start: int
    end: int
    text: str


def numbers(
    text: str, names: Container[str] = (), words: bool = True, language: Language = LANGUAGES["en"]
) -> Iterator[Found]:
    """Give the numbers of a text, in order.

    Parameters
    ----------
    text
        What is searched.
    names
        Identifiers that may have digits.
    words
        Whether numbers in words are searched, too.
    language
        What they are written in.

    Examples
    --------
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
        spans += _in_words(clean, frozenset(taken), language)
    for start, end in sorted(spans):
        first, last = places[start], places[end - 1] + 1
        yield Found(first, last, text[first:last])


def code_numbers(code: str, names: Container[str] = (), words: bool = False) -> Iterator[Found]:
    """Give the numbers of code in a sentence that state a value; what a call or an index is given is code.

    >>> [found.text for found in code_numbers("np.zeros(3)")], [found.text for found in code_numbers("h.size == 3")]
    ([], ['3'])
    """
    # Places in the code that belong to something else than a value: literals, names, versions, what calls are given.
    taken = {place for pattern in _IN_CODE for match in pattern.finditer(code) for place in range(*match.span())}
    for command in _INSTALL.finditer(code):
        taken.update(at for match in _REQUIRED.finditer(code, *command.span()) for at in range(*match.span()))
    for start, end in _called(code):
        taken.update(place for match in _ARGUMENT.finditer(code, start, end) for place in range(*match.span()))
    yield from (found for found in numbers(code, names, words) if not taken.issuperset(range(found.start, found.end)))


def _called(code: str) -> Iterator[tuple[int, int]]:
    """Find what stands in the parentheses or brackets of a call or an index; in both, no comparison."""
    for match in _CALLED.finditer(code):
        depth, end = 1, match.end()
        while end < len(code) and depth:
            depth += (code[end] in "([") - (code[end] in ")]")
            end += 1
        if not depth and not re.search(r"[=<>!]=|[<>]", code[match.end() : end]):
            yield match.end(), end - 1


def touched(text: str) -> Iterator[Found]:
    """Find what makes another number of an executed one: a sign, a digit, a per cent that touches it.

    >>> [found.text for found in touched(f"a loss of −{EXECUTED}, {EXECUTED}% and {EXECUTED}-fold")]
    ['−□', '□%']
    """
    for match in TOUCHED.finditer(text):
        yield Found(*match.span(), " ".join(match[0].replace(EXECUTED, "□").split()))


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
    """Give the places of digits that belong to names."""
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
    if match is None:
        return False
    if match[1].lower() in _TYPES:
        return match[2] in _WIDTHS
    if match[1].lower() in _KNOWN:
        return True
    return len(match[1]) == 1 and len(match[2]) < 3 and not _FACTOR.fullmatch(word)


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
        if exponent := _EXPONENT.match(text, end):
            end = exponent.end()
        if start and text[start - 1] in f"{_SIGNS}." and not text[start - 2 : start - 1].isalnum():
            start -= 1
        yield start, end
        at = end


def _joins(text: str, at: int) -> bool:
    return text[at] in ".,/\N{FRACTION SLASH}" and at + 1 < len(text) and _numeric(text[at + 1])


@lru_cache(maxsize=8192)
def _in_words(text: str, taken: frozenset[int], language: Language) -> tuple[tuple[int, int], ...]:
    """Find what is written in letters; the links of a site stand on each of its pages, and are read once."""
    return tuple(_of_letters(text, taken, language))


def _of_letters(text: str, taken: Container[int], language: Language) -> Iterator[tuple[int, int]]:
    """Find what is written in letters, where it is neither part of a name nor of an idiom."""
    idioms = {place for match in language.idioms.finditer(text) for place in range(*match.span())}
    phrases = [match.span() for match in language.phrases.finditer(text) if match.start() not in idioms]
    yield from phrases
    for match in _SPACED.finditer(text):
        if language.counts("".join(filter(str.isalpha, match[0]))):
            yield match.span()
    for match in _LETTERS.finditer(text):
        start, end = match.span()
        if not (language.counts(match[0]) or _is_roman(match[0])):
            continue
        identifier = _SNAKE_BEFORE.search(text[max(0, start - 2) : start]) or _SNAKE_AFTER.match(text, end)
        inside = any(first <= start < last for first, last in phrases)
        if not identifier and not inside and start not in taken and start not in idioms:
            yield start, end


@lru_cache(maxsize=16384)
def _is_roman(word: str) -> bool:
    if len(word) < 2 or word in _NO_ROMANS:
        return False
    return word in _SMALL_ROMANS or bool(_ROMAN.fullmatch(word))
