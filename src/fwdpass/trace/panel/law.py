"""The law of a panel: what it states of its numbers is true of the numbers that it shows.

A drawn panel is read as a reader reads it, and knows nothing of the trace that it was drawn from. Each sum, mean,
difference and dot product is worked out again from the digits that stand there; states have the signs of their sums;
the factors beside a matrix are the vector's entries; a copy says what its original says; what a number was made from
stands in its sum; shapes follow NumPy's rules. A number that may have been rounded stands for all that it may be.
"""

from __future__ import annotations

import ast
import json
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Any

from fwdpass.figures.states import MEANINGS, State
from fwdpass.numerals import PLACES
from fwdpass.trace.panel.worked import VISIBLE

_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "×": "*", "÷": "/"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_TINY = re.compile("(\\d) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SHAPE = r"\((?:\d+, ?)*\d*\)"
_SHAPES = re.compile(rf"({_SHAPE}|a number) (\S+) ({_SHAPE}|a number) → ({_SHAPE}|a number)")
_MISFIT = re.compile(rf"cannot multiply ({_SHAPE}) @ ({_SHAPE})")
_FITS = re.compile(rf"({_SHAPE}) @ ({_SHAPE}), the transpose, would fit")
_REF = re.compile(r"(\d+)\.(\d+)(?:-(\d+)/(\d+))?")
_VOID = frozenset(("br", "hr", "img", "input", "wbr", "meta", "link"))

# What is read ---------------------------------------------------------------------------------------------------------


@dataclass
class Tag:
    """An element of HTML, with what is in it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    inside: list[Tag | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The names in its attribute ``class``."""
        return (self.attributes.get("class") or "").split()

    @property
    def elements(self) -> list[Tag]:
        """The elements right inside it."""
        return [each for each in self.inside if isinstance(each, Tag)]

    def text(self) -> str:
        """Give what it says; what is raised is a power."""
        said = "".join(each if isinstance(each, str) else each.text() for each in self.inside)
        return f" ** {said}" if self.tag == "sup" else said

    def find(self, name: str, *, within: str = "") -> Iterator[Tag]:
        """Give the elements of a class, or a tag, in it, in order; those inside of a tag ``within`` are passed over."""
        for each in self.elements:
            if name == each.tag or name in each.classes:
                yield each
            if each.tag != within:
                yield from each.find(name, within=within)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Tag("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Tag(tag, dict(attrs))
        self._open[-1].inside.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


# Numbers that may have been rounded -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """All that a number may be, of which the digits are shown."""

    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, written: str) -> Range:
        """Read a number: with as many decimals as are ever shown, it may have been rounded, and is exact with fewer.

        >>> Range.of("0.5"), Range.of("0.3333").high
        (Range(low=Fraction(1, 2), high=Fraction(1, 2)), Fraction(6667, 20000))
        """
        value = Fraction(written)
        digits, _, power = written.partition("e")
        half = Fraction(1, 2 * 10**PLACES) if len(digits.partition(".")[2]) >= PLACES else Fraction(0)
        if power:  # so is written what would look like zero, with as many digits as ever
            half = Fraction(10) ** int(power) / (2 * 10 ** len(digits.partition(".")[2]))
        return cls(value - half, value + half)

    def with_(self, other: Range, do: Callable[[Fraction, Fraction], Fraction]) -> Range:
        """Do what is monotonous in either number."""
        ends = [do(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Range(min(ends), max(ends))

    def power(self, exponent: Range) -> Range:
        """Raise to a power."""
        if exponent.low != exponent.high or exponent.low.denominator != 1:
            ends = [Fraction(float(a) ** float(b)) for a in self.ends for b in exponent.ends]
        else:
            ends = [Fraction(a ** int(exponent.low)) for a in self.ends]
            if self.low < 0 < self.high:
                ends.append(Fraction(0))
        return Range(min(ends), max(ends))

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The least and the greatest that it may be."""
        return self.low, self.high

    def meets(self, other: Range) -> bool:
        """Say whether both may be the same number."""
        return self.low <= other.high + VISIBLE and other.low <= self.high + VISIBLE


_DOES: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


class Unknown(Exception):
    """What cannot be worked out: some of it is not shown, or it divides by what may be nothing."""


def evaluated(written: str) -> Range:
    """Work out what is written.

    >>> evaluated("1 × 0.5 + 2 × (−0.25)"), evaluated("(1 + 2) ÷ 2").low, evaluated("3 ** 2").low
    (Range(low=Fraction(0, 1), high=Fraction(0, 1)), Fraction(3, 2), Fraction(9, 1))
    """
    source = _source(written)
    try:
        return _evaluated(ast.parse(source, mode="eval").body, source)
    except (SyntaxError, ZeroDivisionError, OverflowError, TypeError):
        raise Unknown(written) from None


def _evaluated(tree: ast.expr, source: str) -> Range:
    match tree:
        case ast.Constant(int() | float()):
            return Range.of(source[tree.col_offset : tree.end_col_offset])
        case ast.UnaryOp(ast.USub(), ast.expr() as inside):
            found = _evaluated(inside, source)
            return Range(-found.high, -found.low)
        case ast.BinOp(left, ast.Pow(), right):
            return _evaluated(left, source).power(_evaluated(right, source))
        case ast.BinOp(left, sign, right) if type(sign) in _DOES:
            by = _evaluated(right, source)
            if isinstance(sign, ast.Div) and by.low <= 0 <= by.high:
                raise Unknown(source)
            return _evaluated(left, source).with_(by, _DOES[type(sign)])
    raise Unknown(source)


def _source(written: str) -> str:
    """Write as Python does: 3.0 × 10⁻⁷ is 3.0e-7."""
    plain = _TINY.sub(lambda found: f"{found[1]}e{found[2].translate(_RAISED)}", written)
    return " ".join(plain.translate(_SIGNS).split())


def _parts(written: str) -> list[Range]:
    """Give the numbers that stand in a sum; a minus before one may be its sign, or that of a difference."""
    source = _source(written)
    found = [Range.of(number) for number in _NUMBER.findall(source)]
    return found + [Range(-each.high, -each.low) for each in found]


def _number(written: str) -> Range | None:
    source = _source(written)
    return Range.of(source) if _NUMBER.fullmatch(source) else None


def _shape(written: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", written)))


# The law --------------------------------------------------------------------------------------------------------------


@dataclass
class Verdict:
    """What a panel states: how much of it was found true, what is false, and what cannot be told from what is shown."""

    true: int = 0
    open: int = 0
    false: list[str] = field(default_factory=list)

    def note(self, is_true: bool, said: str) -> None:
        """Note something that was stated."""
        if is_true:
            self.true += 1
        else:
            self.false.append(" ".join(said.split()))


def judge(drawn: str) -> Verdict:
    """Judge a drawn panel, or several.

    Parameters
    ----------
    drawn
        HTML that has panels in it, as :mod:`fwdpass.trace.panel.html` draws them.

    Examples
    --------
    >>> judge('<fp-trace><p class="fp-dot">2 × 3 = <span>6</span></p></fp-trace>').true
    1
    >>> judge('<fp-trace><p class="fp-dot">2 × 3 = <span>5</span></p></fp-trace>').false
    ['2 × 3 = 5']
    """
    reader = _Reader()
    reader.feed(drawn)
    verdict = Verdict()
    for panel in reader.root.find("fp-trace"):
        _Judge(panel, verdict).judge()
    return verdict


class _Judge:
    """Goes through a panel."""

    def __init__(self, panel: Tag, verdict: Verdict) -> None:
        self._panel = panel
        self._verdict = verdict
        self._cells: dict[str, list[str]] = {}
        """The numbers of each group, by its key."""
        self._sums: dict[tuple[str, int], str] = {}
        """What a number is said to be worked out from, by its group and place."""
        for group in [each for each in _all(panel) if "data-g" in each.attributes]:
            self._cells[str(group.attributes["data-g"])] = [cell.text() for cell in group.find("fp-v")]

    def judge(self) -> None:
        """Judge all that is stated."""
        for line in (*self._panel.find("fp-dot"), *self._panel.find("fp-value")):
            if "=" in line.text() and line.tag == "p" and not any(line.find("code")):
                left, _, right = line.text().rpartition("=")
                self._equation(left, right, line)
        for table in self._panel.find("fp-product"):
            self._products(table)
        for table in self._panel.find("fp-matrix"):
            self._entrywise(table)
        for table in self._panel.find("fp-states"):
            self._states(table)
        for step in self._panel.find("li"):
            self._factors(step)
        for said in self._panel.find("fp-shape"):
            self._shapes(said.text())
        for failure in self._panel.find("fp-failure"):
            self._misfit(failure.text())
        self._sources()

    def _equation(self, left: str, right: str, at: Tag, place: int = 0) -> None:
        group = next((each for each in [at, *_all(at)] if "data-g" in each.attributes), None)
        if group is not None:
            self._sums[str(group.attributes["data-g"]), place] = left
        value = _number(right)
        try:
            made = evaluated(left)
        except Unknown:
            self._verdict.open += 1
            return
        self._verdict.note(value is not None and made.meets(value), f"{left} = {right}")

    def _products(self, table: Tag) -> None:
        for i, row in enumerate(each for each in table.find("tr") if any(each.find("fp-terms"))):
            terms, value = [cell for cell in row.elements if cell.tag == "td"]
            self._equation(terms.text(), value.text(), table, i)

    def _entrywise(self, table: Tag) -> None:
        hows = [cell.text() for cell in table.find("fp-how")]
        values = [cell.text() for cell in table.find("fp-v")]
        for i, how in enumerate(hows):
            self._equation(how.strip().removesuffix("="), values[i] if i < len(values) else "", table, i)

    def _states(self, table: Tag) -> None:
        for row in table.find("tr"):
            cells = [cell for cell in row.elements if cell.tag == "td"]
            if len(cells) != 3:
                continue
            z, passed = _number(cells[0].text()), _number(cells[2].text())
            said = next((state for state, meaning in MEANINGS.items() if meaning in cells[1].text()), None)
            holds = False
            if z is not None and passed is not None:
                signs = {State.ALIVE: z.high > 0, State.DEAD: z.low < 0, State.BOUNDARY: z.low <= 0 <= z.high}
                clamped = Range(max(z.low, Fraction(0)), max(z.high, Fraction(0)))
                holds = said is not None and signs[said] and passed.meets(clamped)
            self._verdict.note(holds, row.text())

    def _factors(self, step: Tag) -> None:
        """Hold the factors beside the rows of a matrix to the numbers of the vector that it is multiplied by."""
        operands = [each for inner in step.elements if inner.tag == "ol" for each in inner.elements]
        for matrix in operands:
            factors = list(matrix.find("fp-factor", within="ol"))
            if not factors:
                continue
            written = [each.text().partition("×")[2].partition(" passes")[0].strip(" ()") for each in factors]
            vectors = [
                [cell.text() for cell in each.find("fp-v", within="ol")] for each in operands if each is not matrix
            ]
            vectors = [vector for vector in vectors if vector] or list(self._cells.values())  # it stands elsewhere
            fits = any(_same(written, vector[: len(written)]) for vector in vectors)
            silent = all(
                ("passes nothing on" not in each.text()) or _same([factor], ["0"])
                for each, factor in zip(factors, written, strict=True)
            )
            self._verdict.note(fits and silent, f"factors {', '.join(written)}")

    def _shapes(self, said: str) -> None:
        found = _SHAPES.fullmatch(said.strip())
        if not found:
            return
        left, sign, right, out = found.groups()
        self._verdict.note(_result(_shape(left), sign, _shape(right)) == _shape(out), said)

    def _misfit(self, said: str) -> None:
        if not (found := _MISFIT.search(said)):
            return
        left, right = map(_shape, found.groups())
        fits = True
        if offered := _FITS.search(said):
            fits = _result(_shape(offered[1]), "@", _shape(offered[2])) is not None
        self._verdict.note(_result(left, "@", right) is None and fits, said)

    def _sources(self) -> None:
        """Hold what a number was made from to its sum, and a name's numbers to those that it was given."""
        # For each group of numbers, the panel has which others it was made from: a group, for what was copied from it
        # entry by entry, or a text for each entry, with the places of its terms.
        data = next(iter(self._panel.find("script")), None)
        made: dict[str, Any] = json.loads(data.text())["from"] if data else {}
        # Groups that show what a name was worth, whose numbers are copies, and no results.
        names = {
            str(group.attributes["data-g"])
            for step in self._panel.find("li")
            for code in [next(iter(step.find("code", within="ol")), None)]
            for group in _all(step, "ol")
            if code is not None and code.text().isidentifier() and "data-g" in group.attributes
        }
        for key, given in made.items():
            cells = self._cells.get(key, [])
            for i, text in enumerate(cells):
                # A list may be shorter than the group: its last entries were made from nothing that is shown.
                refs = [f"{given}.{i}"] if isinstance(given, int) else (given[i] if i < len(given) else "").split()
                sources = [said for ref in refs for said in self._at(ref)]
                if key in names:
                    self._verdict.note(all(_same([text], [said]) for said in sources), f"{text}, copied from {sources}")
                elif (key, i) in self._sums and sources and "…" not in self._sums[key, i]:
                    parts = _parts(self._sums[key, i])
                    known = [number for said in sources if (number := _number(said)) is not None]
                    holds = all(any(number.meets(part) for part in parts) for number in known)
                    self._verdict.note(holds, f"{text} = {self._sums[key, i]}, made from {', '.join(sources)}")

    def _at(self, ref: str) -> Iterator[str]:
        found = _REF.fullmatch(ref)
        if found is None:
            self._verdict.note(False, f"{ref!r} names no number")
            return
        key, first, last, by = found[1], int(found[2]), int(found[3] or found[2]), int(found[4] or 1)
        for at in range(first, last + 1, by):
            cells = self._cells.get(key, [])
            if at < len(cells):
                yield cells[at]


def _all(element: Tag, within: str = "") -> Iterator[Tag]:
    for each in element.elements:
        yield each
        if each.tag != within:
            yield from _all(each, within)


def _same(left: Sequence[str], right: Sequence[str]) -> bool:
    """Say whether texts say the same numbers, whatever the places with which they are written."""
    if len(left) != len(right):
        return False
    for a, b in zip(left, right, strict=True):
        p, q = _number(a.strip("()")), _number(b.strip("()"))
        if (p is None or q is None or not p.meets(q)) and a != b:
            return False
    return True


def _result(left: tuple[int, ...], sign: str, right: tuple[int, ...]) -> tuple[int, ...] | None:
    """Give the shape of a result by NumPy's rules, or None where the shapes do not go together."""
    if sign == "@":
        if not left or not right or len(left) > 2 or len(right) > 2 or left[-1] != right[0]:
            return None
        return left[:-1] + right[1:]
    pairs = list(zip_longest(reversed(left), reversed(right), fillvalue=1))
    if any(n != m and 1 not in (n, m) for n, m in pairs):
        return None
    return tuple(n if m == 1 else m for n, m in reversed(pairs))
