"""What a formula states: which of its numbers are values, and which are mathematics.

The rule. Indices, exponents, and whole numbers of at most two digits that stand beside letters are mathematics, as in
x², ½ z, max(0, z), W₁[0][1], a power of ten and a sum from 1 to n; so is a digit that bounds a name, as in n ≥ 2 or in
x ∈ (1, 2), and so are a number that is said to be itself and the hundred that makes a per cent of names. A
number is a value, and has to be computed, where it has a decimal point or a third digit, where no letter stands with it
on its side of an equation or in its entry of a matrix, where it touches a computed number, and in a formula that gives
a computed value.

>>> from fwdpass.audit.tree import parse
>>> def typed(mathml):
...     return stated(parse(mathml)).typed
>>> typed("<msup><mi>x</mi><mn>2</mn></msup>"), typed("<mi>x</mi><mo>=</mo><mn>2</mn>")
((), ('2',))
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from fwdpass.audit.tree import Element
from fwdpass.numerals.scan import numbers

HOLE, ARRAY = "□", "⊞"
"""Stand in a formula's skeleton where a computed number is put, and where a computed vector or matrix is."""

_RELATIONS = frozenset("=≠≈≃≅∼≡<>≤≥⩽⩾≪≫∈∝→⇒⟹↦⟶⇔↔:")
_ORDERS = frozenset("<>≤≥⩽⩾≠")
_SIGNS, _MINUS = frozenset("−-+±∓"), frozenset("−-")
_OPEN, _CLOSE = frozenset("([{⟨⌊⌈"), frozenset(")]}⟩⌋⌉")
_UNITS, _BARS = frozenset("%‰°∘"), frozenset("|‖∥")
_POWER, _ROOT = "10ⁿ", "√"
_TIMES = frozenset("×·⋅*∗")
_INTEGRALS = frozenset("∫∬∮")
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064")
_DIGITS = 2
"""Whole numbers with more digits are values, wherever they stand."""

Kind = Literal[
    "letter", "number", "hole", "array", "relation", "sign", "open", "close", "unit", "operator", "end", "said"
]


@dataclass(frozen=True)
class Token:
    """A sign of a formula, and what it is there for; an ``end`` is where one side or entry stops and another starts."""

    kind: Kind
    text: str = ""


@dataclass(frozen=True)
class Stated:
    """A formula as a line of text, and the numbers in it that somebody typed as values."""

    line: str
    typed: tuple[str, ...]


_END = Token("end")


def stated(element: Element) -> Stated:
    """Read MathML; find the numbers that stand for values.

    Parameters
    ----------
    element
        A formula, or what was made of a skeleton in which :data:`HOLE` stands for each computed number.
    """
    tokens = [token for token in _tokens(element) if token.text not in _INVISIBLE or token.kind == "end"]
    line = " ".join(token.text for token in tokens if token.text)
    return Stated(line, (*_values(tokens), *_words(tokens)))


def _with_points(tokens: Iterable[Token]) -> Iterator[Token]:
    """Join a point with the digits behind it, where none stands before it: as MathML has it, ``.5`` is two signs."""
    before: list[Token] = []  # the last two, which have not been given yet
    for token in tokens:
        if (
            token.kind == "number"
            and token.text.isdecimal()
            and [one.text for one in before[-1:]] == ["."]
            and (len(before) < 2 or (before[0].kind not in ("number", "hole", "array") and before[0].text != "."))
        ):
            before[-1:] = [Token("number", f".{token.text}")]
            continue
        before.append(token)
        if len(before) > 2:
            yield before.pop(0)
    yield from before


# From MathML to tokens ------------------------------------------------------------------------------------------------


def _tokens(element: Element) -> Iterator[Token]:
    """Write a formula, or a part of one, out in a row, with whole numbers."""
    return _with_points(_signs(element))


def _signs(element: Element) -> Iterator[Token]:
    """Write a formula out in a row: an index or an exponent that is mathematics is left out."""
    inner = [child for child in element.children if isinstance(child, Element)]
    match element.tag:
        case "mi" | "mn" | "mo" | "mtext" | "ms" | "annotation" | "annotation-xml":
            yield from _leaf(element)
        case "mspace":
            pass
        case "msub" | "msup" | "msubsup" | "mmultiscripts" if inner:
            yield from _scripted(element.tag, inner)
        # Limits, as of a sum: what they state is judged by itself.
        case "munder" | "mover" | "munderover" if inner:
            yield from _tokens(inner[0])
            for limit in inner[1:]:
                yield from _limit(list(_tokens(limit)))
        case "mfrac" if len(inner) == 2:
            yield from _fraction(*(list(_tokens(part)) for part in inner))
        case "mroot" if len(inner) == 2:
            yield from _tokens(inner[0])
            yield from _unless_plain(list(_tokens(inner[1])))
        case "msqrt" if len(inner) == 1 and len(of := list(_tokens(inner[0]))) == 1 and _is_short(of[0]):
            yield Token("number", f"{_ROOT}{of[0].text}")
        case "mrow" if len(inner) > 1 and inner[0].text().strip() == "{" and inner[1].tag == "mtable":
            yield from _cases(inner[1])
            for part in inner[2:]:
                yield from _tokens(part)
        # A cell of a table begins and ends a statement: numbers in neighbouring cells are not multiplied.
        case "mtd":
            yield _END
            for part in inner:
                yield from _tokens(part)
            yield _END
        case _:
            for child in element.children:
                if isinstance(child, Element):
                    yield from _tokens(child)
                elif child.strip():
                    yield Token("said", child.strip())


def _leaf(element: Element) -> Iterator[Token]:
    said = unicodedata.normalize("NFKC", element.text()).strip()
    if not said:
        return
    if said in (HOLE, ARRAY):
        yield Token("hole" if said == HOLE else "array", said)
    elif element.tag in ("mtext", "ms", "annotation", "annotation-xml"):
        yield Token("said", said)
    elif any(char.isnumeric() for char in said):
        # A name such as h1 in one piece is a name; anything else with a digit in it is a number.
        named = element.tag == "mi" and said[0].isalpha() and not any(numbers(said, words=False))
        yield Token("letter" if named else "number", said)
    elif said in _UNITS:
        yield Token("unit", said)
    elif said[0].isalpha() or (element.tag == "mi" and said not in ".,"):
        yield Token("letter", said)
    elif said[0] in _RELATIONS:
        yield Token("relation", said)
    elif said in _SIGNS:
        yield Token("sign", said)
    elif said in _OPEN:
        yield Token("open", said)
    elif said in _CLOSE:
        yield Token("close", said)
    else:
        yield Token("operator", said)


def _scripted(tag: str, inner: Sequence[Element]) -> Iterator[Token]:
    """Leave out what stands below and above a name; keep what stands there as a number of its own."""
    base = list(_tokens(inner[0]))
    scripts = [list(_tokens(script)) for script in inner[1:]]
    if tag == "msup" and _is_ten(base) and len(scripts) == 1 and _is_plain(scripts[0]):
        yield Token("number", _POWER)
        return
    yield from base
    if base and base[-1].kind == "hole" and any(token.kind == "number" for script in scripts for token in script):
        yield from (token for script in scripts for token in script)  # a power of a computed number is another one
        return
    raised = [token for script in scripts for token in script if token.kind == "letter"]
    if tag == "msup" and raised and base and base[-1].kind in ("close", "number"):
        yield from raised  # as of 2ⁿ, which states no value
        return
    # The bounds 0 and 1 of an integral are mathematics.
    if (
        base
        and base[-1].text in _INTEGRALS
        and all(t.kind != "number" or t.text in ("0", "1") for s in scripts for t in s)
    ):
        return
    named = base and (base[-1].kind in ("letter", "close", "hole", "array") or base[-1].text in _BARS)
    for script in scripts:
        if named:
            yield from _unless_plain(script)
        else:
            yield from (_END, *script, _END)


def _unless_plain(tokens: Sequence[Token]) -> Iterator[Token]:
    if [token.kind for token in tokens] == ["unit"]:
        yield from tokens  # of a degree
    elif not (_is_plain(tokens) or _is_start(tokens)):
        yield from (_END, *tokens, _END)


def _limit(tokens: Sequence[Token]) -> Iterator[Token]:
    """Leave out an accent, and a start such as ``i = 1``; what a sum runs to is a value, if it is a number."""
    if not _is_start(tokens) and any(token.kind in ("number", "hole", "array") for token in tokens):
        yield from (_END, *tokens, _END)


def _is_start(tokens: Sequence[Token]) -> bool:
    """Say whether something only says where counting begins, as below a sum, or at the foot of a sequence's braces."""
    return [token.kind for token in tokens] == ["letter", "relation", "number"] and tokens[2].text in ("0", "1")


def _fraction(above: list[Token], below: list[Token]) -> Iterator[Token]:
    """Put a fraction in a row; one of two digits alone, such as ½, is one sign."""
    both = [*above, *below]
    if len(above) == len(below) == 1 and all(one.kind == "number" and len(one.text) == 1 for one in both):
        yield Token("number", f"{above[0].text}/{below[0].text}")
    else:
        yield from (*above, Token("operator", "/"), *below)


def _cases(table: Element) -> Iterator[Token]:
    """Leave out zero and one where a definition by cases says when they are meant, and another case has a name."""
    rows = [[list(_tokens(cell)) for cell in row.find("mtd")] for row in table.find("mtr")]
    defines = len(rows) > 1 and any(one.kind == "letter" for row in rows for one in row[0])
    for row in rows:
        value = [token.text for token in row[0] if token.kind != "end" and token.text not in (",", ";")]
        conditional = any(token.kind in ("letter", "said") for cell in row[1:] for token in cell)
        if not (defines and conditional and value in (["0"], ["1"])):
            yield from row[0]
        for cell in row[1:]:
            kinds = [token.kind for token in cell if token.kind != "end"]
            point = kinds == ["letter", "relation", "number"] and cell[-2].text in ("0", "1")  # where z = 0, say
            yield from (token for token in cell if not (point and token.kind == "number"))


def _is_ten(tokens: Sequence[Token]) -> bool:
    return [token.text for token in tokens] == ["10"]


def _is_plain(tokens: Sequence[Token]) -> bool:
    """Say whether an index or exponent is mathematics: letters and short whole numbers."""
    return all(token.kind not in ("number", "relation", "unit", "said", "end") or _is_short(token) for token in tokens)


def _is_short(token: Token) -> bool:
    return token.kind == "number" and token.text.isdecimal() and len(token.text) <= _DIGITS


# From tokens to values ------------------------------------------------------------------------------------------------


def _values(tokens: Sequence[Token]) -> Iterator[str]:
    """Find the numbers that are values, by the rule."""
    tokens = list(_without_indices(tokens))
    yield from _touching(tokens)
    if _is_tautology(tokens):
        return
    sides = list(filter(None, map(_without_counting, _sides(tokens))))
    compared = any(token.kind in ("relation", "end") for token in tokens)
    computed = compared and any(map(_is_numeric, sides)) and any(map(_is_computed, sides))
    for side in sides:
        alone = _is_numeric(side) and (compared or not _is_constant(side))
        for token in side:
            if token.kind == "number" and (alone or computed or not _is_mathematics(token)):
                yield token.text


def _without_indices(tokens: Sequence[Token]) -> Iterator[Token]:
    """Leave out the places of an entry, as in W[0][1], and zero where something is only compared with it."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text == "[" and at and tokens[at - 1].kind in ("letter", "close"):
            end = next((i for i in range(at, len(tokens)) if tokens[i].text == "]"), at)
            if end > at + 1 and all(_is_place(one) for one in tokens[at + 1 : end]):
                at = end + 1
                continue
        if not ((token.text == "0" and _bounds(tokens, at)) or (token.text == "100" and _scales(tokens, at))):
            yield token
        at += 1


def _bounds(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a zero is what a largest or a least value is held against, as in max(0, z)."""
    before, after = tokens[at - 1].text if at else "", tokens[at + 1].text if at + 1 < len(tokens) else ""
    start = next((i for i in range(at, -1, -1) if tokens[i].kind == "open"), 0)
    return start > 0 and tokens[start - 1].text in ("max", "min") and before in ("(", ",") and after in (")", ",")


def _scales(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a hundred makes a per cent of names, as in error (%) = e / x × 100."""
    side = [*takewhile(_goes_on, reversed(tokens[:at])), *takewhile(_goes_on, tokens[at + 1 :])]
    named = any(token.kind in ("letter", "said") for token in side)
    times = tokens[at - 1].text if at else tokens[at + 1].text if len(tokens) > 1 else ""
    others = any(token.kind in ("number", "hole", "array") for token in side)
    return named and not others and times in _TIMES and any(token.text == "%" for token in tokens)


def _goes_on(token: Token) -> bool:
    return token.kind not in ("relation", "end")


def _is_tautology(tokens: Sequence[Token]) -> bool:
    """Say whether a whole formula says that a number is itself, as in 1 = 1, where a proof ends: that is no value."""
    said = [token.text for token in tokens if token.kind != "end"]
    numbers_only = all(token.kind == "number" for token in tokens[::2])
    return len(said) == len(tokens) > 2 and numbers_only and {*said[1::2]} == {"="} and len({*said[::2]}) == 1


def _is_place(token: Token) -> bool:
    return token.kind == "letter" or _is_short(token) or token.text in (",", ":")


def _sides(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut a formula at its relations and at the borders of entries; a digit that bounds a name is mathematics."""
    sides: list[tuple[list[Token], str]] = [([], "")]
    for token in (*tokens, _END):
        if token.kind in ("relation", "end"):
            sides.append(([], token.text))
        else:
            sides[-1][0].append(token)
    bounds = [any(one.kind == "letter" for one in side) for side, _ in sides]
    for at, (side, before) in enumerate(sides):
        after = sides[at + 1][1] if at + 1 < len(sides) else ""
        digit = _is_digit(side)
        bounding = (before in _ORDERS and at and bounds[at - 1]) or (after in _ORDERS and bounds[at + 1])
        beside = [*([sides[at - 1][0]] if before == "=" else []), *([sides[at + 1][0]] if after == "=" else [])]
        whole = digit and side[0].text == "1" and any(map(_is_total, beside))
        if side and not (digit and bounding) and not (before == "∈" and _is_interval(side)) and not whole:
            yield side


def _is_digit(side: Sequence[Token]) -> bool:
    """Say whether a side is a digit, and what may end a sentence or a set behind it."""
    ends = all(token.kind == "close" or token.text in (".", ",", ";") for token in side[1:])
    return bool(side) and ends and _is_short(side[0]) and len(side[0].text) == 1


def _is_total(side: Sequence[Token]) -> bool:
    """Say whether a side is a sum or an integral of names: that it is one defines shares or a density."""
    total = bool(side) and (side[0].text in _INTEGRALS or side[0].text == "∑")
    return total and all(token.kind not in ("number", "hole", "array") for token in side)


def _without_counting(side: list[Token]) -> list[Token]:
    """Leave out how one counts: whole numbers in a row from zero or one, and dots behind them, as in ``0, 1, 2, …``."""
    if len(side) > 2 and side[0].text == "{" and side[-1].text == "}":
        return _without_counting(side[1:-1])
    texts = [token.text for token in side]
    length = next((at for at, text in enumerate(texts) if text != "," and not text.isdecimal()), len(texts))
    counted, commas = texts[0:length:2], texts[1:length:2]
    dots = "".join(texts[length : length + 3])
    start = int(counted[0]) if counted and counted[0] in ("0", "1") else -1
    in_row = counted == [str(start + at) for at in range(len(counted))] and set(commas) == {","}
    if start >= 0 and in_row and len(counted) == len(commas) > 1 and (dots[:1] in ("…", "⋯") or dots == "..."):
        return [token for token in side[length:] if token.text not in (",", ".", "…", "⋯")]
    return side


def _is_interval(side: Sequence[Token]) -> bool:
    """Say whether a side is a set of zero, one and infinity, or an interval from a digit to a digit: mathematics."""
    said = [token.text for token in side]
    if not (len(said) > 2 and said[0] in _OPEN and said[-1] in _CLOSE):
        return False
    ends = "".join("−" if text in _MINUS else text for text in said[1:-1])
    return {*said[1:-1]} <= {"0", "1", ",", "−", "-", "∞"} or (
        said[0] in ("(", "[") and re.fullmatch(r"−?[\d∞],−?[\d∞]", ends) is not None
    )


def _is_numeric(side: Sequence[Token]) -> bool:
    """Say whether a side has a number and no letter beside it: then it states a value."""
    kinds = {token.kind for token in side}
    return "letter" not in kinds and bool(kinds & {"number", "hole", "array"})


def _is_computed(side: Sequence[Token]) -> bool:
    return _is_numeric(side) and any(token.kind in ("hole", "array") for token in side)


def _is_constant(side: Sequence[Token]) -> bool:
    """Say whether a formula is nothing but a half or a power of ten, which are words of English as well."""
    return len(side) == 1 and (side[0].text == _POWER or side[0].text[0] == _ROOT or "/" in side[0].text)


def _is_mathematics(token: Token) -> bool:
    short = _is_short(token) or (len(token.text) == len("1/2") and "/" in token.text)
    return short or token.text == _POWER or token.text[0] == _ROOT


def _touching(tokens: Sequence[Token]) -> Iterator[str]:
    """Find what makes another number of a computed one: a digit, a minus, a point or a per cent that touches it.

    An array is none: a row of them is a product.
    """
    for at, token in enumerate(tokens):
        if token.kind != "hole":
            continue
        before = tokens[at - 1] if at else _END
        after = tokens[at + 1] if at + 1 < len(tokens) else _END
        if before.kind in ("number", "hole"):
            yield f"{before.text}{token.text}"
        if before.text in _MINUS and (
            at == 1 or tokens[at - 2].kind in ("relation", "end", "open", "operator", "sign")
        ):
            yield f"{before.text}{token.text}"
        if after.kind in ("number", "unit"):
            yield f"{token.text}{after.text}"
        beyond = tokens[at + 2] if at + 2 < len(tokens) else _END
        if (after.text == "." and beyond.kind in ("number", "hole")) or (after.text == "," and beyond.kind == "number"):
            yield f"{token.text}{after.text}{beyond.text}"


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    """Find numbers in words, and those in what is said in between; letters in a row are read as a word."""
    line = "".join(token.text if token.kind in ("letter", "said") else " " for token in tokens)
    for found in numbers(line):
        yield found.text
