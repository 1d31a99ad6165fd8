"""Hold the numbers that are typed in a book's prose against what its cells show: which contradict it, and which are it.

Of a number that an author typed, nobody knows what it stands for. So each is compared with the outputs of the page that
are as near as a slip: the same value rounded wrongly, one digit another, two exchanged, or the value of an earlier run.
What says the same as an output is no finding. What contradicts one is a finding where enough speaks for it that it
stands for that output: it is directly beside the cell, the cell shows nothing else, the sentence states it ("the mean
is ..."), and the words around it are those of the code and of the label of the output.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
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
_IN_ROW = 3
"""Words that a row of a table and a cell need to have in common: it has many numbers and few words about each."""
_FEW = 12
"""Numbers of a cell among which a slip of three digits is hardly there by chance."""
_FAR = 3
"""Cells between a sentence and the output of which it speaks, at most."""
_NEAR, _NEARER = Fraction(3, 20), Fraction(1, 50)
"""How far the value of an earlier run may be from what is shown, as a share of it: where nothing else can be meant, and
where the words alone speak for it."""
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
class Finding:
    """A typed number and the output that it stands for, or should: how they differ, and how sure that is."""

    typed: Typed
    output: Output
    how: How
    rank: float
    proposal: str = ""
    again: tuple[Typed, ...] = ()
    """The same number at other places of the page."""

    def __str__(self) -> str:
        said = {
            "rounding": "rounds it wrongly",
            "digit": "differs by a slip of the pen",
            "stale": "is near, and not the same",
            "same": "says the same",
        }[self.how]
        proposed = f"; write {self.proposal}" if self.proposal else ""
        lines = ", ".join(dict.fromkeys(str(one.line) for one in self.again if one.line != self.typed.line))
        again = f"; again at line {lines}" if lines else ""
        return (
            f"{self.typed.written} {said}: the cell at line {self.output.line} shows {self.output.written}"
            f"{proposed}{again}"
        )


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
    >>> page = Page([Piece(9, "The mean height is 1.78 metres.", above=1)])
    >>> page.outputs += outputs("mean height: 1.7654", line=5, code="print('mean height:', mean)")
    >>> [str(one) for one in findings(page)]
    ['1.78 is near, and not the same: the cell at line 5 shows 1.7654']
    """
    literals = {
        value for code in page.code for match in _SHOWN.finditer(code) if (value := _value(match[0])) is not None
    }
    shows = Counter(output.cell for output in page.outputs)
    shown = [replace(output, beside=shows[output.cell]) for output in page.outputs]
    found: list[Finding] = []
    for at, piece in enumerate(page.prose):
        first = at == 0 or page.prose[at - 1].above < piece.above
        last = at + 1 == len(page.prose) or page.prose[at + 1].above > piece.above
        judged = [_judged(typed, shown, literals) for typed in typed_numbers(piece, first, last)]
        found += _likeliest([one for one in judged if one is not None])
    return sorted(_once(found), key=lambda one: (one.how == "same", -one.rank, one.typed.line, one.typed.start))


def _likeliest(judged: list[Finding]) -> list[Finding]:
    """Leave out what contradicts an output that the same piece of prose says right, or nearer: it is about another."""
    right = {abs(one.output.value) for one in judged if one.how == "same"}
    nearest: dict[Fraction, Finding] = {}
    for one in judged:
        value = abs(one.output.value)
        if one.how != "same" and (value not in nearest or one.rank > nearest[value].rank):
            nearest[value] = one
    return [
        one
        for one in judged
        if one.how == "same"
        or (
            abs(one.typed.value) == abs(nearest[abs(one.output.value)].typed.value)
            and (one.how == "rounding" or abs(one.output.value) not in right)
        )
    ]


def _once(found: list[Finding]) -> Iterator[Finding]:
    """Give a contradiction once, where it ranks highest, with the other places at which the page repeats it."""
    groups: dict[tuple[Fraction, Fraction], list[Finding]] = {}
    for one in found:
        if one.how == "same":
            yield one
        else:
            groups.setdefault((abs(one.typed.value), abs(one.output.value)), []).append(one)
    for group in groups.values():
        best = max(group, key=lambda one: one.rank)
        yield replace(best, again=tuple(one.typed for one in group if one is not best))


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
    around = [(output, abs(abs(output.value) - abs(value))) for output, value, _ in candidates if output.value]
    nearest = min((off for output, off in around if typed.cells_to(output) <= _FAR), default=Fraction(0))
    slips = [(output, value, scale, _slip(output, value, typed, scale)) for output, value, scale in candidates]
    rounded = any(how == "rounding" for *_, how in slips)
    for output, value, scale, how in slips:
        # what is shown in fewer digits says nothing of further ones
        coarse = _precision(output.written) < _digits(typed) and (typed.places > 0 or "." in output.written)
        if how is None or coarse or (typed.approximate and how != "digit"):
            continue
        off = abs(abs(output.value) - abs(value))
        if how != "rounding" and rounded:
            continue  # it stands for that one
        if how == "stale" and (typed.may_be_other or off > nearest):
            continue
        if how == "digit" and nearest < off and nearest <= abs(value) * _NEARER < off:
            continue  # it is rather the value of an earlier run than a slip of the pen
        rank = _rank(typed, output, how, off / abs(output.value))
        if rank is not None and (best is None or rank > best.rank):
            best = Finding(typed, output, how, rank, _proposal(typed, output, scale))
    return best


def _rank(typed: Typed, output: Output, how: How, off: Fraction) -> float | None:
    """Say how much speaks for it that a typed number stands for an output; nothing where that is too little."""
    shared = len(typed.words & output.words)
    between = typed.cells_to(output)
    touches = typed.touches(output)
    alone = output.beside <= 2
    if typed.in_row and shared < _IN_ROW:
        return None
    match how:
        case "rounding":
            told = shared >= 1 or (between == 0 and (output.beside <= _FEW or _digits(typed) > _LEAST))
            enough = told and (typed.places > 0 or (typed.stated and between == 0))
        case "digit":
            few = output.beside <= _FEW or _digits(typed) > _LEAST + 1
            enough = few and (shared >= 2 or (between == 0 and shared >= 1))
            if off > _NEAR:  # the first digit is seldom the wrong one
                enough = shared >= 1 and alone and touches
        case "stale" if off <= _NEARER and typed.places and _digits(typed) >= _LEAST:
            enough = shared >= 2 or (touches and (typed.stated or alone) and shared >= 1)
        case _:
            alike = (output.value.denominator != 1) == (typed.places > 0)
            enough = shared >= 1 and alone and touches and typed.stated and alike
    far = between > _FAR and not (how == "rounding" and shared >= 2 and _digits(typed) > _LEAST + 1)
    if not enough or far:
        return None
    rank: float = {"rounding": 3.0, "digit": 2.0, "stale": 1.0}[how]
    rank += (
        min(shared, 4) / 2 + min(_digits(typed), 6) / 4 + typed.stated + touches + 1.5 * alone - min(between, _FAR) / 2
    )
    if how == "stale":
        rank -= float(off) * 10
    return rank


def _rounds_to(value: Fraction, typed: Fraction, places: int, scale: Fraction) -> bool:
    """Say whether a value is what was typed, in as many places: rounded, a tie to either side, or cut off."""
    unit = _unit(places) * scale
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
    unit = _unit(typed.places) * scale
    if shown < unit:
        return None
    off = abs(shown - asked)
    finer = (shown / unit).denominator != 1  # what has no more places was not rounded to these
    if finer and unit / 2 < off <= unit and _digits(typed) >= _LEAST:
        return "rounding"  # cut off, or rounded up from what was rounded before
    mine = _as_digits(asked / scale, typed.places)
    theirs = _as_digits(shown / scale, typed.places)
    if _is_slip(mine, theirs, str(math.floor(shown / unit))):
        return "digit"
    return "stale" if off <= shown * _NEAR else None


def _is_slip(mine: str, theirs: str, cut: str) -> bool:
    """Say whether digits are others, rounded, with one wrong or two neighbours exchanged.

    Those before it are also the digits of what is ``cut`` off: 20.04 is no slip for 19.9988, though that is 20.00.
    """
    if not len(mine) == len(theirs) > _LEAST:
        return False
    wrong = [at for at, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b]
    if not wrong or mine[: wrong[0]] != cut[: wrong[0]]:
        return False
    exchanged = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and mine[wrong[0]] == theirs[wrong[1]]
    return len(wrong) == 1 or (exchanged and mine[wrong[1]] == theirs[wrong[0]])


def _unit(places: int) -> Fraction:
    """Give what the last of so many places is worth; before a power of ten there may be fewer than none."""
    return Fraction(10) ** -places


def _as_digits(value: Fraction, places: int) -> str:
    return str(math.floor(value / _unit(places) + Fraction(1, 2)))


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
