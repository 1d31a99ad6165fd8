"""Hold the numbers that are typed in a book's prose against what its cells show: which contradict it, and which are it.

Of a number that an author typed, nobody knows what it stands for. So each is compared with the outputs of the page that
are as near as a slip: the same value rounded wrongly, one digit another, two exchanged, the point moved, or the value
of an earlier run. What says the same as an output is no finding; what contradicts the only output that it can stand
for is one, and the closer the words around it are to the code and the label of that output, the higher it ranks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Literal

How = Literal["rounding", "digit", "stale", "same"]

_NUMBER = re.compile(
    r"(?<![\w.$\\{}\[/^_-])(?P<sign>[-\N{MINUS SIGN}])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?[eE](?P<power>[+-]?\d+))?(?P<percent>\s?\\?%)?(?![\w]|\.\d|[-/:]\d)"
)
_SHOWN = re.compile(r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][-+]?\d+)?(?![\w]|\.\d)")
_SPAN = re.compile(
    r"```.*?```|~~~.*?~~~|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$|<[^>]+>|\]\([^)\s]*\)|https?://\S+", re.DOTALL
)
"""What is no prose: code, formulas, markup and addresses."""
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    """the and for that this with are was were has have not but from which can its one two all any our you your his her
    they them then than when where what will would there here each more most about into over only also such some same
    other figure table section equation chapter page line code cell print import numpy shows see use used using value
    values number numbers result results data""".split()
)
_APPROXIMATE = re.compile(
    r"(?:about|around|roughly|approximately|nearly|almost|some|over|under|≈|~|circa)\s*$", re.IGNORECASE
)
_QUOTED = re.compile(r"\"[^\"\n]{1,300}\"|\N{LEFT DOUBLE QUOTATION MARK}[^\N{RIGHT DOUBLE QUOTATION MARK}\n]{1,300}")
"""What somebody else says, or what a text is made of."""
_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$")
_LABELLED = re.compile(
    r"(?:figure|fig\.|table|section|sec\.|chapter|equation|eq\.|exercise|step|version|python|page|line|part|example|"
    r"theorem|lemma|algorithm|appendix|problem|question|lecture|week|no\.|#)\s*$", re.IGNORECASE,
)  # fmt: skip
_SHARED: dict[How, int] = {"rounding": 1, "digit": 2, "stale": 2}
"""Words that a sentence and a cell need to have in common for a number of one to contradict that of the other."""
_IN_ROW = 3
"""The same for a row of a table, which has many numbers and few words about each."""
_LONGEST, _MOST = 20_000, 200
"""Characters of an output, and numbers in it, that are looked at."""
_LEAST = 3
"""Significant digits that a number needs to be taken for another one by a slip; with fewer, too much is near."""


@dataclass(frozen=True)
class Output:
    """A number that a cell shows: as it is written, its value, the cell's line, and the words around it."""

    written: str
    value: Fraction
    line: int
    words: frozenset[str]
    size: float
    """Its magnitude, roughly."""
    name: str = ""
    """The name of the page that holds the value, where the cell's last line is nothing else."""


@dataclass(frozen=True)
class Typed:
    """A number in the prose: as it is written, its value and places, its line, and the words around it."""

    written: str
    value: Fraction
    places: int
    line: int
    start: int
    words: frozenset[str]
    percent: bool = False
    approximate: bool = False
    quoted: bool = False
    in_row: bool = False
    """Whether it stands in a row of a table."""
    sentence: tuple[int, int] = (0, 0)
    """The lines and the place of the sentence around it: the same for every number in it."""


@dataclass(frozen=True)
class Finding:
    """A typed number and the output that it stands for, or should: how they differ, and how sure that is."""

    typed: Typed
    output: Output
    how: How
    rank: float
    proposal: str = ""

    def __str__(self) -> str:
        said = {
            "rounding": "rounds it wrongly",
            "digit": "differs by a slip of the pen",
            "stale": "is near, and not the same",
            "same": "says the same",
        }[self.how]
        proposed = f"; write {self.proposal}" if self.proposal else ""
        return f"{self.typed.written} {said}: the cell at line {self.output.line} shows {self.output.written}{proposed}"


@dataclass
class Page:
    """A page as text and as what its cells show: ``(line, text)`` for each piece of prose, and the outputs."""

    prose: list[tuple[int, str]] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


def findings(page: Page) -> list[Finding]:
    """Compare a page's typed numbers with its outputs; what contradicts an output comes first, the surest before all.

    Parameters
    ----------
    page
        The page.

    Returns
    -------
    list of Finding
        One for each number that says the same as an output, or contradicts one.

    Examples
    --------
    >>> page = Page([(9, "The mean height is 1.78 metres.")])
    >>> page.outputs += outputs("mean height: 1.7654", line=5, code="print('mean height:', mean)")
    >>> [str(one) for one in findings(page)]
    ['1.78 is near, and not the same: the cell at line 5 shows 1.7654']
    """
    literals = {
        value for code in page.code for match in _SHOWN.finditer(code) if (value := _value(match[0])) is not None
    }
    found: list[Finding] = []
    for line, prose in page.prose:
        judged = [_judged(typed, page.outputs, literals) for typed in typed_numbers(prose, line)]
        found += _not_said_right([one for one in judged if one is not None])
    return sorted(found, key=lambda one: (one.how == "same", -one.rank, one.typed.line, one.typed.start))


def _not_said_right(judged: list[Finding]) -> list[Finding]:
    """Leave out what contradicts an output that the same sentence says right: it is about something else."""
    right = {(one.typed.sentence, abs(one.output.value)) for one in judged if one.how == "same"}
    return [
        one
        for one in judged
        if one.how in ("same", "rounding") or (one.typed.sentence, abs(one.output.value)) not in right
    ]


def outputs(shown: str, line: int, code: str) -> list[Output]:
    """Find the numbers that a cell shows.

    Parameters
    ----------
    shown
        What it shows, as text.
    line
        Where the cell is.
    code
        Its source.

    Returns
    -------
    list of Output
        A number each.
    """
    last = code.strip().splitlines()[-1].strip() if code.strip() else ""
    named = re.fullmatch(r"(?:print\()?([A-Za-z_]\w*(?:\.\w+)*)\)?", last)
    matches = list(islice(_SHOWN.finditer(shown[:_LONGEST]), _MOST))  # of a long table, the first rows
    code_words = _words(code[-400:])
    made = []
    for match in matches:
        value = _value(match[0])
        if value is None:
            continue
        start = shown.rfind("\n", 0, match.start()) + 1
        near = shown[max(start, match.start() - 60) : match.start()]
        words = _words(near) | code_words
        name = named[1] if named is not None and len(matches) == 1 else ""
        made.append(Output(match[0], value, line, words, float(abs(value)), name))
    return made


def typed_numbers(prose: str, line: int) -> Iterator[Typed]:
    """Find the numbers of a text that may state a result: no year, label, count of few, code, formula or address.

    Parameters
    ----------
    prose
        Markdown.
    line
        The line on which it starts.

    Yields
    ------
    Typed
        A number each.
    """
    blank = _SPAN.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), prose)
    quotations = [(match.start(), match.end()) for match in _QUOTED.finditer(blank)]
    for match in _NUMBER.finditer(blank):
        value = _value(f"{match['digits']}{'e' + match['power'] if match['power'] else ''}")
        before = blank[max(0, match.start() - 24) : match.start()]
        if value is None or _LABELLED.search(before) or _starts_list(blank, match.start()):
            continue
        if match["sign"] and not (before[-1:].isalnum()):
            value = -value
        if not match["percent"] and _YEAR.fullmatch(match["digits"]):
            continue
        places = len(match["digits"].partition(".")[2])
        begins, ends = _sentence_around(blank, match.start())
        at = line + blank.count("\n", 0, match.start())
        approximate = _APPROXIMATE.search(before) is not None
        yield Typed(
            prose[match.start() : match.end()], value, places, at, match.start(), _words(blank[begins:ends]),
            bool(match["percent"]), approximate, any(a < match.start() < b for a, b in quotations),
            _ROW.match(_line_around(blank, match.start())) is not None, (line, begins),
        )  # fmt: skip


def _judged(typed: Typed, shown: Sequence[Output], literals: set[Fraction]) -> Finding | None:
    """Say whether a typed number is that of an output, or contradicts the nearest one; nothing where neither is so."""
    scales = (Fraction(1), Fraction(1, 100)) if typed.percent else (Fraction(1),)
    asked = [(typed.value * scale, float(abs(typed.value * scale)), scale) for scale in scales]
    candidates = [
        (output, value, scale)
        for output in shown
        for value, size, scale in asked
        if size / 10 <= output.size <= size * 10  # no slip moves it further, and fractions take their time
    ]
    for output, value, scale in candidates:
        exactly = abs(output.value) == abs(value)
        if exactly or (_digits(typed) > 1 and _rounds_to(output.value, value, typed.places, scale)):
            return Finding(typed, output, "same", 0.0, _proposal(typed, output, scale))
    if typed.value in literals or typed.quoted or _digits(typed) < 2:
        return None  # it is stated in the code or by somebody else, or too short to tell what it stands for
    best: Finding | None = None
    for output, value, scale in candidates:
        how = _slip(output, value, typed, scale)
        if how is None:
            continue
        shared = len(typed.words & output.words)
        # what is shown in fewer digits says nothing of further ones, and what shares no word is about something else
        if (
            shared < max(_SHARED[how], _IN_ROW * typed.in_row)
            or _precision(output.written) < _digits(typed)
            or (typed.approximate and how != "digit")
        ):
            continue
        rank = {"rounding": 3.0, "digit": 2.0, "stale": 1.0}[how] + min(shared, 5) + min(_digits(typed), 6) / 4
        rank -= min(sum(1 for other in shown if other.value == output.value) - 1, 3) / 2
        if best is None or rank > best.rank:
            best = Finding(typed, output, how, rank, _proposal(typed, output, scale))
    return best


def _rounds_to(value: Fraction, typed: Fraction, places: int, scale: Fraction) -> bool:
    """Say whether a value is what was typed, in as many places: rounded, a tie to either side, or cut off."""
    unit = Fraction(1, 10**places) * scale
    difference = abs(abs(value) - abs(typed))
    if difference <= unit / 2:
        return True
    whole = abs(typed / scale)
    if places == 0 and whole and whole % 10 == 0:  # 1,200 for 1,234: zeros at the end are no digits
        zeros = len(str(int(whole))) - len(str(int(whole)).rstrip("0"))
        return bool(difference <= unit * 10**zeros / 2 and whole >= 10 ** (zeros + 1))
    return False


def _slip(output: Output, value: Fraction, typed: Typed, scale: Fraction) -> How | None:
    """Say by which slip a typed number can have come from an output."""
    if not value or not output.value or (value < 0) != (output.value < 0 and typed.value < 0):
        return None
    shown, asked = abs(output.value), abs(value)
    unit = Fraction(1, 10**typed.places) * scale
    if shown < unit:
        return None
    off = abs(shown - asked)
    finer = (shown / unit).denominator != 1  # what has no more places was not rounded to these
    if finer and unit / 2 < off <= unit and _digits(typed) >= _LEAST and typed.places:
        return "rounding"  # cut off, or rounded up from what was rounded before
    mine = _as_digits(asked / scale, typed.places)
    theirs = _as_digits(shown / scale, typed.places)
    if len(mine) == len(theirs) >= _LEAST + 1:
        different = [place for place, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b]
        if len(different) == 1 or (
            len(different) == 2
            and different[1] == different[0] + 1
            and mine[different[0]] == theirs[different[1]]
            and mine[different[1]] == theirs[different[0]]
        ):
            return "digit"
    if off <= shown / 50 and _digits(typed) >= _LEAST and typed.places:
        return "stale"
    return None


def _as_digits(value: Fraction, places: int) -> str:
    return str(math.floor(value * 10**places + Fraction(1, 2)))


def _digits(typed: Typed) -> int:
    """Count the significant digits of what was typed."""
    digits = re.sub(r"\D", "", typed.written.partition("e")[0]).lstrip("0")
    return len(digits) if typed.places else len(digits.rstrip("0"))


def _precision(written: str) -> int:
    """Count the significant digits of an output; of a whole number, with the zeros at its end."""
    return len(re.sub(r"\D", "", re.split("[eE]", written)[0]).lstrip("0"))


def _proposal(typed: Typed, output: Output, scale: Fraction) -> str:
    """Give the role that would stand in the place of a typed number, where a name holds the value."""
    if not output.name:
        return ""
    spec = (
        f".{typed.places}%"
        if scale != 1
        else f".{typed.places}f"
        if typed.places
        else ",.0f"
        if "," in typed.written
        else ".0f"
    )
    return f"{{n}}`{output.name}:{spec}`"


def _value(written: str) -> Fraction | None:
    try:
        value = Fraction(written.replace(",", "").rstrip("."))
        return value if float(value) < math.inf else None
    except OverflowError:
        return None
    except (ValueError, ZeroDivisionError):
        return None


def _words(text: str) -> frozenset[str]:
    parts = re.sub(r"([a-z])([A-Z])", r"\1 \2", text.replace("_", " "))
    return frozenset(word for found in _WORD.findall(parts) if (word := found.lower().rstrip("s")) not in _COMMON)


def _sentence_around(text: str, place: int) -> tuple[int, int]:
    start = max((text.rfind(mark, 0, place) for mark in (". ", ".\n", "\n\n", "! ", "? ")), default=-1)
    ends = [end for mark in (". ", ".\n", "\n\n") if (end := text.find(mark, place)) >= 0]
    return start + 1, min(ends, default=len(text))


def _line_around(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def _starts_list(text: str, place: int) -> bool:
    start = text.rfind("\n", 0, place) + 1
    return text[start:place].strip() in ("", "#", "##", "###", "(") and re.match(r"\d+[.)]\s", text[place:]) is not None
