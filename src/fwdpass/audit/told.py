"""Read what the cells of a page show, and the numbers that are typed in its prose, each with the words around it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

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
_ALIKE = {
    "average": "mean", "avg": "mean", "std": "deviation", "stdev": "deviation", "var": "variance",
    "corr": "correlation", "corrcoef": "correlation", "coef": "coefficient", "acc": "accuracy", "prob": "probability",
    "med": "median", "len": "count", "shape": "count", "nunique": "count", "size": "count", "pct": "percent",
    "percentage": "percent", "err": "error", "pred": "prediction", "predicted": "prediction", "predict": "prediction",
    "max": "maximum", "largest": "maximum", "highest": "maximum", "min": "minimum", "smallest": "minimum",
    "lowest": "minimum", "temp": "temperature", "dist": "distance",
}  # fmt: skip
"""What code and sentences call the same thing."""
_P_VALUE = re.compile(r"\$?\bp\$?[-_ ]?values?\b", re.IGNORECASE)
_THERE_ARE = re.compile(r"\b(?:there (?:are|were)|contains?|consists? of)\s+(?:now |only |just )?[*_]*$", re.IGNORECASE)
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
_STATES = re.compile(
    r"(?:\b(?:is|are|was|were|be|equals?|gives?|gets?|got|yields?|returns?|has|have|had|contains?|found|obtained?|of)\s+|[=:]\s*)"
    r"(?:now|only|just|also|then|actually|exactly)?\s*[($*_]*$", re.IGNORECASE,
)  # fmt: skip
"""What stands before a number that a sentence gives as a result."""
_BOUNDS = re.compile(
    r"\b(?:at (?:least|most)|(?:more|less|fewer|greater|larger|smaller|higher|lower|bigger|better|worse) than|"
    r"(?:as|so) (?:low|high|much|many|few|large|small|little) as|up to|above|below|between|from|within|to|and|or)"
    r"\s*[($*_]*$", re.IGNORECASE,
)  # fmt: skip
"""What stands before a number that is a bound or an end of a range, and seldom a result."""
_ELSEWHERE = re.compile(
    r"\b(?:chapter|section|previous|previously|earlier|paper|report(?:s|ed)?|publish(?:es|ed)|original|originally|"
    r"et al|textbook|benchmark|leaderboard|kaggle|wikipedia)\b", re.IGNORECASE,
)  # fmt: skip
"""Words of a sentence that speaks of what other cells or other people have found, too."""
_TIME = re.compile(r"\s*(?:[nmµ]s|sec(?:onds?)?|s|min(?:utes?)?|h(?:ours?)?|days?)\b", re.IGNORECASE)
"""What stands behind the time that something took: another one in every run."""
_NOT_SHOWN = re.compile(
    r"\(?\.*\s*\d+ (?:\w+ )?(?:rows|columns|entries|items|lines|values|more)? ?(?:omitted|not shown|hidden)\)?"
)
"""What a table says of its rows that it does not show."""
_LONGEST, _MOST = 20_000, 200
"""Characters of an output, and numbers in it, that are looked at."""


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
    cell: int = 1
    """Which cell of the page shows it, counted from the top."""
    beside: int = 1
    """How many numbers that cell shows."""


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
    """The line and the place of the sentence around it: the same for every number in it."""
    stated: bool = False
    """Whether the sentence gives it as a result."""
    may_be_other: bool = False
    """Whether it may well be another value than those of this page: a bound, a time, what somebody else has found."""
    above: int = 0
    """How many cells stand above it."""
    beside: tuple[bool, bool] = (False, False)
    """Whether it stands in the paragraph directly below the cell above, or directly above the cell below."""

    def cells_to(self, output: Output) -> int:
        """Count the cells between it and the one that shows an output."""
        return self.above - output.cell if output.cell <= self.above else output.cell - self.above - 1

    def touches(self, output: Output) -> bool:
        """Say whether nothing stands between its paragraph and the cell that shows an output."""
        return self.cells_to(output) == 0 and self.beside[output.cell > self.above]


@dataclass(frozen=True)
class Piece:
    """A piece of prose: the line on which it starts, its text, and how many cells stand above it."""

    line: int
    text: str
    above: int = 0


@dataclass
class Page:
    """A page as text and as what its cells show."""

    prose: list[Piece] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


def outputs(shown: str, line: int, code: str, cell: int = 1) -> list[Output]:
    """Find the numbers that a cell shows.

    Parameters
    ----------
    shown
        What it shows, as text.
    line
        Where the cell is.
    code
        Its source.
    cell
        Which cell of the page it is, counted from the top.

    Returns
    -------
    list of Output
        A number each.
    """
    last = code.strip().splitlines()[-1].strip() if code.strip() else ""
    named = re.fullmatch(r"(?:print\()?([A-Za-z_]\w*(?:\.\w+)*)\)?", last)
    shown = _NOT_SHOWN.sub(lambda m: " " * len(m[0]), shown[:_LONGEST])
    matches = list(islice(_SHOWN.finditer(shown), _MOST))  # of a long table, the first rows
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
        made.append(Output(match[0], value, line, words, float(abs(value)), name, cell))
    return made


def typed_numbers(piece: Piece, first: bool = True, last: bool = True) -> Iterator[Typed]:
    """Find the numbers of a text that may state a result: no year, label, count of few, code, formula or address.

    Parameters
    ----------
    piece
        Markdown.
    first, last
        Whether it is the first piece below a cell, and the last one above the next.

    Yields
    ------
    Typed
        A number each.
    """
    prose, line = piece.text, piece.line
    blank = _SPAN.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), prose)
    quotations = [(match.start(), match.end()) for match in _QUOTED.finditer(blank)]
    text = blank.rstrip()
    opening, closing = _end_of_first_paragraph(text), text.rfind("\n\n")
    for match in _NUMBER.finditer(blank):
        value = _value(f"{match['digits']}{'e' + match['power'] if match['power'] else ''}")
        before = blank[max(0, match.start() - 32) : match.start()]
        if value is None or _LABELLED.search(before) or _starts_list(blank, match.start()):
            continue
        if match["sign"] and not (before[-1:].isalnum()):
            value = -value
        if not match["percent"] and _YEAR.fullmatch(match["digits"]):
            continue
        places = len(match["digits"].partition(".")[2]) - int(match["power"] or 0)
        begins, ends = _sentence_around(blank, match.start())
        row = _line_around(blank, match.start())
        yield Typed(
            prose[match.start() : match.end()],
            value,
            places,
            line + blank.count("\n", 0, match.start()),
            match.start(),
            _words(prose[begins:ends]) | ({"count"} if _THERE_ARE.search(before) else set()),
            percent=bool(match["percent"]),
            approximate=_APPROXIMATE.search(before) is not None,
            quoted=any(a < match.start() < b for a, b in quotations) or row.lstrip().startswith(">"),
            in_row=_ROW.match(row) is not None,
            sentence=(line, begins),
            stated=_STATES.search(before) is not None,
            may_be_other=_BOUNDS.search(before) is not None
            or _TIME.match(blank, match.end()) is not None
            or _ELSEWHERE.search(prose, begins, ends) is not None,
            above=piece.above,
            beside=(first and match.start() < opening, last and match.start() > closing),
        )


def digits(typed: Typed) -> int:
    """Count the significant digits of what was typed."""
    digits = re.sub(r"\D", "", typed.written.partition("e")[0]).lstrip("0")
    return len(digits) if typed.places else len(digits.rstrip("0"))


def precision(written: str) -> int:
    """Count the significant digits of an output; of a whole number, with the zeros at its end."""
    return len(re.sub(r"\D", "", re.split("[eE]", written)[0]).lstrip("0"))


def literals(code: Iterable[str]) -> frozenset[Fraction]:
    """Give the values of the numbers that are written in the code of a page's cells."""
    found = (_value(match[0]) for source in code for match in _SHOWN.finditer(source))
    return frozenset(value for value in found if value is not None)


def _value(written: str) -> Fraction | None:
    try:
        value = Fraction(written.replace(",", "").rstrip("."))
        return value if float(value) < math.inf else None
    except OverflowError:
        return None
    except (ValueError, ZeroDivisionError):
        return None


def _words(text: str) -> frozenset[str]:
    parts = re.sub(r"([a-z])([A-Z])", r"\1 \2", _P_VALUE.sub(" pvalue ", text).replace("_", " "))
    words = (found.lower().rstrip("s") for found in _WORD.findall(parts))
    return frozenset(_ALIKE.get(word, word) for word in words if word not in _COMMON)


def _sentence_around(text: str, place: int) -> tuple[int, int]:
    start = max((text.rfind(mark, 0, place) for mark in (". ", ".\n", "\n\n", "! ", "? ")), default=-1)
    ends = [end for mark in (". ", ".\n", "\n\n") if (end := text.find(mark, place)) >= 0]
    return start + 1, min(ends, default=len(text))


def _end_of_first_paragraph(text: str) -> int:
    """Find where the first paragraph ends; a heading is none, and goes with what it is over."""
    for match in re.finditer(r"\n[ \t]*\n", text):
        if (said := text[: match.start()].strip()) and not re.fullmatch(r"(?:#.*\n*)+", said):
            return match.start()
    return len(text)


def _line_around(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def _starts_list(text: str, place: int) -> bool:
    start = text.rfind("\n", 0, place) + 1
    return text[start:place].strip() in ("", "#", "##", "###", "(") and re.match(r"\d+[.)]\s", text[place:]) is not None
