"""Hold the numbers that are typed in a book's prose against what its cells show: which contradict it, and which are it.

Of a number that an author typed, nobody knows what it stands for. So each is compared with the outputs of the page that
are as near as a slip: the same value rounded wrongly, one digit another, two exchanged, or the value of an earlier run.
What says the same as an output is no finding. What contradicts one is a finding where enough speaks for it that it
stands for that output: it is directly beside the cell, the cell shows nothing else, the sentence states it ("the mean
is ..."), and the words around it are those of the code and of the label of the output.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from fwdpass.audit.told import Output, Page, Typed, digits, literals, precision, typed_numbers

How = Literal["rounding", "digit", "stale", "same"]

_IN_ROW = 3
"""Words that a row of a table and a cell need to have in common: it has many numbers and few words about each."""
_FEW = 12
"""Numbers of a cell among which a slip of three digits is hardly there by chance."""
_FAR = 3
"""Cells between a sentence and the output of which it speaks, at most."""
_NEAR, _NEARER = Fraction(3, 20), Fraction(1, 50)
"""How far the value of an earlier run may be from what is shown, as a share of it: where nothing else can be meant, and
where the words alone speak for it."""
_LEAST = 3
"""Significant digits that a number needs to be taken for another one by a slip; with fewer, too much is near."""


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
    >>> from fwdpass.audit.told import Piece, outputs
    >>> page = Page([Piece(9, "The mean height is 1.78 metres.", above=1)])
    >>> page.outputs += outputs("mean height: 1.7654", line=5, code="print('mean height:', mean)")
    >>> [str(one) for one in findings(page)]
    ['1.78 is near, and not the same: the cell at line 5 shows 1.7654']
    """
    stated = literals(page.code)
    shows = Counter(output.cell for output in page.outputs)
    shown = [replace(output, beside=shows[output.cell]) for output in page.outputs]
    found: list[Finding] = []
    for at, piece in enumerate(page.prose):
        first = at == 0 or page.prose[at - 1].above < piece.above
        last = at + 1 == len(page.prose) or page.prose[at + 1].above > piece.above
        judged = [_judged(typed, shown, stated) for typed in typed_numbers(piece, first, last)]
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


def _judged(typed: Typed, shown: Sequence[Output], stated: frozenset[Fraction]) -> Finding | None:
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
        if exactly or (digits(typed) > 1 and _rounds_to(output.value, value, typed.places, scale)):
            return Finding(typed, output, "same", 0.0, _proposal(typed, output, scale))
    if typed.value in stated or typed.quoted or digits(typed) < 2:
        return None  # it is stated in the code or by somebody else, or too short to tell what it stands for
    best: Finding | None = None
    around = [(output, abs(abs(output.value) - abs(value))) for output, value, _ in candidates if output.value]
    nearest = min((off for output, off in around if typed.cells_to(output) <= _FAR), default=Fraction(0))
    slips = [(output, value, scale, _slip(output, value, typed, scale)) for output, value, scale in candidates]
    rounded = any(how == "rounding" for *_, how in slips)
    for output, value, scale, how in slips:
        # what is shown in fewer digits says nothing of further ones
        coarse = precision(output.written) < digits(typed) and (typed.places > 0 or "." in output.written)
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
            told = shared >= 1 or (between == 0 and (output.beside <= _FEW or digits(typed) > _LEAST))
            enough = told and (typed.places > 0 or (typed.stated and between == 0))
        case "digit":
            few = output.beside <= _FEW or digits(typed) > _LEAST + 1
            enough = few and (shared >= 2 or (between == 0 and shared >= 1))
            if off > _NEAR:  # the first digit is seldom the wrong one
                enough = shared >= 1 and alone and touches
        case "stale" if off <= _NEARER and typed.places and digits(typed) >= _LEAST:
            enough = shared >= 2 or (touches and (typed.stated or alone) and shared >= 1)
        case _:
            alike = (output.value.denominator != 1) == (typed.places > 0)
            enough = shared >= 1 and alone and touches and typed.stated and alike
    far = between > _FAR and not (how == "rounding" and shared >= 2 and digits(typed) > _LEAST + 1)
    if not enough or far:
        return None
    rank: float = {"rounding": 3.0, "digit": 2.0, "stale": 1.0}[how]
    rank += (
        min(shared, 4) / 2 + min(digits(typed), 6) / 4 + typed.stated + touches + 1.5 * alone - min(between, _FAR) / 2
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
    if finer and unit / 2 < off <= unit and digits(typed) >= _LEAST:
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
