"""The one place where a number becomes text.

The rule, everywhere: a computed value is settled (:func:`fwdpass.numerals.exact.settle`), which takes the noise off,
and then rounded, a tie away from nothing, to as few places as it needs and at most :data:`PLACES`. An array has one
number of places. What is too small for its places is written in scientific notation. What vanishes has no sign.
The minus is Unicode's minus sign on a page, and a hyphen in code and in LaTeX.

====================  =====================================================
format                gives
====================  =====================================================
(none)                as many places as it needs
``.2f``, ``+.2f``     exactly so many places, with ``+`` its sign
``.1e``               scientific notation, of the number before it settled
``%``, ``.1%``        as a percentage
``fraction``          the exact value
``factor``            in parentheses where negative
``word``, ``Word``    in letters
``ordinal``           a rank, counted as people do
``place``             the rank of an index, counted as Python does
``count neuron``      a counted noun; ``matrix/matrices``
====================  =====================================================

>>> loss = Fraction(717, 800)
>>> text(loss), text(loss, ".2f"), text(loss, "+.2f"), text(loss, "%"), text(loss, "fraction")
('0.8963', '0.90', '+0.90', '89.625%', '717/800')
>>> text(-2.8e-17), text(-2.8e-17, ".1e"), text(-0.3, "factor")
('0', '−2.8 × 10⁻¹⁷', '(−0.3)')
>>> text(3, "word"), text(3, "ordinal"), text(2, "place"), text(3, "count neuron"), text(2, "count matrix/matrices")
('three', 'third', 'third', 'three neurons', 'two matrices')
>>> text(Fraction(1, 8), ".2f"), text(Fraction(-1, 8), ".2f"), text(-0.001, ".2f"), text(-0.3, medium="code")
('0.13', '−0.13', '0.00', '-0.3')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Literal, assert_never

import numpy as np

from fwdpass.errors import NumeralError
from fwdpass.numerals.exact import grid, rational, settle

Medium = Literal["text", "code", "latex"]
PLACES = 4
"""The places that a value gets when nobody asks for a number of them."""

_MINUS: dict[Medium, str] = {"text": "\N{MINUS SIGN}", "code": "-", "latex": "-"}
_FIXED = re.compile(r"(?P<sign>\+?)\.(?P<places>\d+)f")
_POWER = re.compile(r"\.(?P<places>\d+)e")
_PERCENT = re.compile(r"(?:\.(?P<places>\d+))?%")
_COUNT = re.compile(r"(?P<how>[Cc]ount) (?P<one>[^/]+)(?:/(?P<many>[^/]+))?")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip


def text(value: Any, spec: str = "", medium: Medium = "text") -> str:
    r"""Turn a number, an array, or a shape into text.

    Parameters
    ----------
    value : number, array_like or tuple
        A number (int, float, Fraction, NumPy scalar), an array or list of them, or a tuple, which is a shape.
    spec : str
        A format; without one, as many places as the value needs.
    medium : str
        What it is written for.

    Returns
    -------
    str
        The text.

    Raises
    ------
    NumeralError
        For anything else, for infinities and NaN, and for a format that does not exist.

    Examples
    --------
    >>> text(0.8962500000000001), text(-2.8e-17), text(-0.1)
    ('0.8963', '0', '−0.1')
    >>> text(np.array([-2.8e-17, -0.1, 0.5]))
    '[0.0, −0.1, 0.5]'
    >>> text((4, 3)), text(3, "word"), text(3, "ordinal"), text(1, "count neuron")
    ('(4, 3)', 'three', 'third', 'one neuron')
    >>> text(np.array([0.5, -0.25]), medium="latex")
    '\\begin{bmatrix} 0.50 & -0.25 \\end{bmatrix}'
    """
    match value:
        case str():
            return value
        case tuple():
            return _shape(value, spec, medium)
        case np.ndarray() if value.ndim == 0:
            return text(value[()], spec, medium)
        case list() | np.ndarray():
            return _array(cells(value, spec, medium), medium)
        case _:
            return _number(_settled(value), value, spec, medium)


def cells(array: Any, spec: str = "", medium: Medium = "text") -> Any:
    """Give the texts of an array's entries, nested as the array is, all with the same places.

    Parameters
    ----------
    array : array_like
        The entries.
    spec : str
        A format; without one, as many places as the entries need.
    medium : str
        What they are written for.

    Returns
    -------
    list or str
        The texts.

    Examples
    --------
    >>> cells([[1, 0.25], [-3, 2]])
    [['1.00', '0.25'], ['−3.00', '2.00']]
    """
    array = grid(array)
    settled = [_settled(entry) for entry in array.flat]
    each = _shared(spec, settled)
    texts = np.empty(len(settled), dtype=object)
    for i, (v, entry) in enumerate(zip(settled, array.flat, strict=True)):
        vanishes = spec in ("", "factor") and not _shows(v, PLACES)
        shown = _power(v, 1, medium) if vanishes else _number(v, entry, each, medium)
        texts[i] = signed(shown) if spec == "factor" else shown
    return texts.reshape(array.shape).tolist()


def signed(text_: str) -> str:
    """Put a text in parentheses where it starts with a minus.

    Parameters
    ----------
    text_ : str
        A number, as text.

    Returns
    -------
    str
        It, or it in parentheses.

    Examples
    --------
    >>> signed("−0.3"), signed("0.3")
    ('(−0.3)', '0.3')
    """
    return f"({text_})" if text_.startswith(tuple(_MINUS.values())) else text_


def is_format(spec: str) -> bool:
    """Say whether ``spec`` is one of the formats of this module.

    Parameters
    ----------
    spec : str
        The format.

    Returns
    -------
    bool
        Whether there is such a format.

    Examples
    --------
    >>> is_format(".4f"), is_format("count neuron"), is_format("4f")
    (True, True, False)
    """
    patterns = (_FIXED, _POWER, _PERCENT, _COUNT)
    return spec in ("", *_NAMED, *_STARTING) or any(p.fullmatch(spec) for p in patterns)


def _number(v: Fraction, value: Any, spec: str, medium: Medium) -> str:
    """Format one settled value; ``value`` is what it was before, for digits that were asked for."""
    if not spec:
        return _fixed(v, _places(v), medium) if _shows(v, _places(v)) else _power(v, 1, medium)
    if m := _FIXED.fullmatch(spec):
        shown = _fixed(v, int(m["places"]), medium)
        return f"+{shown}" if m["sign"] and _rounded(v, int(m["places"])) > 0 else shown
    if m := _POWER.fullmatch(spec):
        return _power(rational(value), int(m["places"]), medium)
    if m := _PERCENT.fullmatch(spec):
        places = int(m["places"]) if m["places"] else _places(v * 100)
        return _fixed(v * 100, places, medium) + (r"\%" if medium == "latex" else "%")
    if m := _COUNT.fullmatch(spec):
        noun = m["one"] if v == 1 else m["many"] or _plural(m["one"])
        counted = f"{_word(_whole(v, spec))} {noun}"
        return _capital(counted) if m["how"] == "Count" else counted
    if spec in _NAMED:
        return _NAMED[spec](v, medium)
    if spec in _STARTING:
        return _capital(_NAMED[_STARTING[spec]](v, medium))
    raise NumeralError(
        f"no format {spec!r}: there are .2f, +.2f, .1e, %, "
        f"{', '.join(_NAMED)} and 'count NOUN' (and {', '.join(_STARTING)}, Count at the start of a sentence)"
    )


def _settled(value: Any) -> Fraction:
    try:
        return settle(value)
    except NumeralError:
        raise NumeralError(
            f"{value!r} is a {type(value).__name__}, not a finite number: a page shows numbers, "
            "arrays of numbers, shapes and texts"
        ) from None


def _places(v: Fraction) -> int:
    """As few places as the value needs, at most :data:`PLACES`."""
    return next((p for p in range(PLACES) if 10**p % v.denominator == 0), PLACES)


def _shared(spec: str, entries: list[Fraction]) -> str:
    """Give the format of an array's every entry: where places are free, those of the entry that needs most."""
    match spec:
        case "" | "factor":
            return f".{max(map(_places, entries), default=0)}f"
        case "%":
            return f".{max((_places(v * 100) for v in entries), default=0)}%"
    return spec


def _shows(v: Fraction, places: int) -> bool:
    """Say whether so many places show a value that is not zero as one."""
    return v == 0 or _rounded(v, places) != 0


def _rounded(v: Fraction, places: int) -> int:
    """Round half away from zero: the value in units of the last place."""
    magnitude: int = (2 * abs(v.numerator) * 10**places + v.denominator) // (2 * v.denominator)
    return -magnitude if v < 0 else magnitude


def _fixed(v: Fraction, places: int, medium: Medium) -> str:
    units = _rounded(v, places)
    digits = str(abs(units)).rjust(places + 1, "0")
    shown = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return (_MINUS[medium] if units < 0 else "") + shown


def _power(v: Fraction, places: int, medium: Medium) -> str:
    """Scientific notation: one digit before the point."""
    exponent = 0
    while v and abs(v) >= 10 ** (exponent + 1):
        exponent += 1
    while v and abs(v) < Fraction(10) ** exponent:
        exponent -= 1
    mantissa = v / Fraction(10) ** exponent
    if abs(_rounded(mantissa, places)) >= 10 ** (places + 1):  # 9.96 rounds to 10.0
        mantissa, exponent = mantissa / 10, exponent + 1
    shown = _fixed(mantissa, places, medium)
    match medium:
        case "text":
            return f"{shown} × 10{str(exponent).translate(_SUPERSCRIPT)}"
        case "code":
            return f"{shown}e{exponent:+03d}"
        case "latex":
            return rf"{shown} \times 10^{{{exponent}}}"
    assert_never(medium)


def _ratio(v: Fraction, medium: Medium) -> str:
    if v.denominator == 1:
        return _fixed(v, 0, medium)
    sign = _MINUS[medium] if v < 0 else ""
    if medium == "latex":
        return rf"{sign}\frac{{{abs(v.numerator)}}}{{{v.denominator}}}"
    return f"{sign}{abs(v.numerator)}/{v.denominator}"


def _shape(value: tuple[Any, ...], spec: str, medium: Medium) -> str:
    entries = [text(v, spec, medium) for v in value]
    return f"({entries[0]},)" if len(entries) == 1 else f"({', '.join(entries)})"


def _array(nested: Any, medium: Medium) -> str:
    """Join cells: brackets in text, a bmatrix in LaTeX (a vector is a matrix of one row)."""
    if medium == "latex":
        rows: Iterable[Any] = nested if nested and isinstance(nested[0], list) else [nested]
        if any(isinstance(entry, list) for row in rows for entry in row):
            raise NumeralError("a formula has no array of three axes: show one matrix at a time")
        body = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
    inner = (_array(v, medium) if isinstance(v, list) else v for v in nested)
    return f"[{', '.join(inner)}]"


def _whole(v: Fraction, spec: str) -> int:
    if v.denominator != 1 or v < 0:
        raise NumeralError(
            f"{_fixed(v, _places(v), 'code')} cannot be written as {spec!r}: words are for whole numbers from zero up"
        )
    return int(v)


def _word(n: int) -> str:
    if n < 20:
        return _SMALL[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    if n < 1000:
        hundreds, rest = divmod(n, 100)
        return f"{_SMALL[hundreds]} hundred" + (f" and {_word(rest)}" if rest else "")
    raise NumeralError(f"{n} is too large to write in letters; show its digits")


def _ordinal(n: int) -> str:
    if n == 0:
        raise NumeralError("there is no zeroth: an ordinal is a rank, counted from one; for an index use 'place'")
    head, sep, last = ("", "", _word(n)) if n < 20 or n % 10 == 0 else _word(n).rpartition("-")
    if n > 100 and n % 100:
        head, sep, last = _word(n // 100 * 100), " and ", _ordinal(n % 100)
        return head + sep + last
    if last in _ORDINALS:
        return head + sep + _ORDINALS[last]
    return head + sep + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def _capital(words: str) -> str:
    """Start a sentence with them; ``str.capitalize`` would make ReLU relu."""
    return words[:1].upper() + words[1:]


def _plural(noun: str) -> str:
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


_RANKS = (_ordinal(n).removeprefix("one ") for n in (*range(1, 20), *range(20, 101, 10)))
WORDS = frozenset((*_SMALL, *_TENS, "hundred", *_RANKS))
"""Every word of which the words of a number are made.

:meta hide-value:
"""


_NAMED: dict[str, Callable[[Fraction, Medium], str]] = {
    "fraction": _ratio,
    "factor": lambda v, medium: signed(_fixed(v, _places(v), medium)),
    "word": lambda v, _: _word(_whole(v, "word")),
    "ordinal": lambda v, _: _ordinal(_whole(v, "ordinal")),
    "place": lambda v, _: _ordinal(_whole(v + 1, "place")),
}
"""The formats that have a name: what each makes of a settled value, in a medium. To add one, add it here."""
_STARTING = {_capital(name): name for name in ("word", "ordinal", "place")}
"""Those that have a capital at the start of a sentence, too."""
