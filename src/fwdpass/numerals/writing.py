"""The one place where a number becomes text.

The rule, everywhere: a computed value is settled (:func:`~fwdpass.numerals.exact.settle`), which takes the noise off,
and then rounded, a tie away from nothing, to as few places as it needs and at most
:data:`~fwdpass.numerals.digits.PLACES`. An array has one number of places. What is too small for its places is written
in scientific notation. What vanishes has no sign.
The minus is Unicode's minus sign on a page, and a hyphen in code and in LaTeX.

====================  =====================================================
format                gives
====================  =====================================================
(none)                as many places as it needs
``.2f``, ``+.2f``     exactly so many places, with ``+`` its sign
``.1e``               scientific notation, of the number before it settled
``%``, ``.1%``        as a percentage
``‰``                 per mille
``,.1f`` and others   whatever Python's own format language has
``significant``       few significant digits; a count before the word, for others
``si Ω``              with the prefix of a unit that leaves few digits
``currency EUR``      an amount of money
``p``                 a probability, or what it is less than
``else –``            the words after ``else`` where there is no number, or an infinite one
``fraction``          the exact value
``factor``            in parentheses where negative
``word``, ``Word``    in letters
``ordinal``           a rank, counted as people do
``place``             the rank of an index, counted as Python does
``count neuron``      a counted noun; ``matrix/matrices``
====================  =====================================================

Other values, such as dates and quantities, are written by the module ``world``. In a text, numbers have the signs
of the language in :data:`~fwdpass.numerals.digits.LANGUAGE`.

>>> loss = Fraction(717, 800)
>>> text(loss), text(loss, ".2f"), text(loss, "+.2f"), text(loss, "%"), text(loss, "fraction")
('0.8963', '0.90', '+0.90', '89.625%', '717/800')
>>> text(-2.8e-17), text(-2.8e-17, ".1e"), text(-0.3, "factor")
('0', '−2.8 × 10⁻¹⁷', '(−0.3)')
>>> text(3, "word"), text(3, "ordinal"), text(2, "place"), text(3, "count neuron"), text(2, "count matrix/matrices")
('three', 'third', 'third', 'three neurons', 'two matrices')
>>> text(1234567.891, ",.1f"), text(0.00123456, "significant"), text(4700, "si Ω"), text(0.0002, "p")
('1,234,567.9', '0.00123', '4.7 kΩ', '< 0.001')
>>> text(0.0125, "‰"), text(1234.5, "currency EUR"), text(None, "else –"), text(float("nan"), ".2f else not measured")
('12.5‰', '€1,234.50', '–', 'not measured')
>>> text(Fraction(1, 8), ".2f"), text(Fraction(-1, 8), ".2f"), text(-0.001, ".2f"), text(-0.3, medium="code")
('0.13', '−0.13', '0.00', '-0.3')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from fwdpass.errors import NumeralError
from fwdpass.numerals import world
from fwdpass.numerals.catalog import _
from fwdpass.numerals.digits import (
    LANGUAGE,
    MINUS,
    PLACES,
    Medium,
    exponent_of,
    fixed,
    grouped,
    is_english,
    places_of,
    point,
    power,
    ratio,
    rounded,
    shows,
)  # fmt: skip
from fwdpass.numerals.exact import grid, rational, settle
from fwdpass.numerals.letters import capital, ordinal, plural, word

__all__ = ["LANGUAGE", "PLACES", "Medium", "cells", "is_format", "parted", "signed", "text"]

_PYTHON = re.compile(
    r"(?:(?P<fill>[^\w{}])?(?P<align>[<>=^]))?(?P<sign>[-+ ])?z?(?P<alternate>\#)?(?P<zero>0(?=\d))?(?P<width>\d+)?"
    r"(?P<group>[,_])?(?:\.(?P<places>\d+))?(?P<kind>[bcdeEfFgGnosxX%‰])?"
)
"""Python's own format language, and per mille."""
_POWER = re.compile(r"\.(?P<places>\d+)e")
_SIGNIFICANT = re.compile(r"(?:(?P<digits>[1-9]\d?) )?significant")
_FEW = 3
_LARGE = 10**21
"""From where on a number that is no integer is written as a power of ten: no float has so many digits."""
_PLACES = re.compile(r"\.(\d+)f")
_PREFIXED = re.compile(r"(?:\.(?P<places>\d+))?si(?: (?P<unit>\S.*))?")
_MONEY = re.compile(r"currency (?P<code>[A-Z]{3})")
_PROBABILITY = re.compile(r"(?:\.(?P<places>[1-9]\d?))?p")
_COUNT = re.compile(r"(?P<how>[Cc]ount) (?P<one>[^/]+)(?P<more>(?:/[^/]+)*)")
_ELSE = re.compile(r"(?:(?P<spec>.*?)\s+)?else\s+(?P<instead>\S.*)")
_PREFIXES = dict(zip(range(-30, 31, 3), "q r y z a f p n µ m - k M G T P E Z Y R Q".split(), strict=True))
_SCALES = {"%": (100, "%"), "‰": (1000, "‰")}


def text(value: Any, spec: str = "", medium: Medium = "text") -> str:
    r"""Turn a number, an array, or a shape into text.

    Parameters
    ----------
    value : object
        A number (int, float, Fraction, NumPy scalar), an array or list of them, a tuple, which is a shape, a text, or
        what the module ``world`` knows.
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
        For anything else, for what is missing where the format has no ``else``, and for a format that does not exist
        or that the value cannot have. NaN and infinities have signs of their own.

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
    asked, (spec, instead) = spec, parted(spec)

    def write(part: Any, how: str, where: Medium) -> str:
        return text(part, f"{how} else {instead}" if instead else how, where)

    if world.is_missing(value):
        return _missing(value, instead, medium)
    match value:
        case str():
            padded = spec and _PYTHON.fullmatch(spec) and spec[-1] in "s<>^0123456789"
            return world.stated(format(value, spec) if padded else str(value), medium)
        case bool() | np.bool_() if not spec and medium != "code":
            return world.worded(_("true") if value else _("false"), medium)
        case tuple() if not hasattr(value, "nominal_value"):
            return _shape(value, asked, medium)
        case np.ndarray() if value.ndim == 0:
            return text(value[()], asked, medium)
        case list() | np.ndarray():
            return _array(cells(value, asked, medium), medium)
        case _ if not _is_plain(value) and (other := world.written(value, spec, medium, LANGUAGE.get(), write)):
            return other
    try:
        return _number(_settled(value), value, spec, medium)
    except NumeralError:
        raise
    except ValueError:  # Python writes no more digits than that
        raise NumeralError(
            "a number of thousands of digits is not written in full: give it a format such as .3e or 3 significant"
        ) from None


def parted(spec: str) -> tuple[str, str]:
    """Part a format from the words that stand in the place of a number that is missing.

    Parameters
    ----------
    spec : str
        The format.

    Returns
    -------
    tuple of str
        The format of a number, and the words; either may be empty.

    Examples
    --------
    >>> parted(".2f else not measured"), parted("else –"), parted(".2f")
    (('.2f', 'not measured'), ('', '–'), ('.2f', ''))
    """
    if (match := _ELSE.fullmatch(spec)) and not spec.startswith(("count ", "Count ")):
        return (match["spec"] or "").strip(), match["instead"].strip()
    return spec, ""


def _missing(value: Any, instead: str, medium: Medium) -> str:
    if instead:
        return world.worded(instead, medium)
    if said := world.unbounded(value, medium):
        return said
    raise NumeralError(
        f"{value!r} is of type {type(value).__name__}, not a finite number: say after else what stands in its place, "
        "as in .2f else none"
    )


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
    spec, instead = parted(spec)
    array = np.ma.asarray(array) if world.is_masked(array) else grid(array)
    entries = list(array.flat)
    texts = np.empty(len(entries), dtype=object)
    if instead or not all(map(_is_plain, entries)):
        there = [entry for entry in entries if not world.is_missing(entry)]
        each = _shared(spec, list(map(_settled, there))) if all(map(_is_plain, there)) else spec
        for i, entry in enumerate(entries):
            texts[i] = text(entry, f"{each} else {instead}" if instead else each, medium)
        return texts.reshape(array.shape).tolist()
    settled = [_settled(entry) for entry in entries]
    each = _shared(spec, settled)
    for i, (v, entry) in enumerate(zip(settled, entries, strict=True)):
        vanishes = spec in ("", "factor") and not shows(v, PLACES)
        shown = power(v, 1, medium) if vanishes else _number(v, entry, each, medium)
        texts[i] = signed(shown) if spec == "factor" else shown
    return texts.reshape(array.shape).tolist()


def _is_plain(value: Any) -> bool:
    """Say whether a value is a finite number, and nothing else besides."""
    if isinstance(value, float | np.floating):
        return isfinite(value)
    return isinstance(value, int | Fraction | np.integer) and not isinstance(value, bool | np.timedelta64)


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
    return f"({text_})" if text_.startswith(tuple(MINUS.values())) else text_


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
    >>> is_format(".4f"), is_format("count neuron"), is_format("4.f")
    (True, True, False)
    """
    spec = parted(spec)[0]
    named = spec in ("", *_NAMED, *_STARTING)
    patterns = (_SIGNIFICANT, _PREFIXED, _MONEY, _PROBABILITY)
    counts = _COUNT.fullmatch(spec)
    return (
        named or counts is not None or any(p.fullmatch(spec) for p in patterns)
        or (_PYTHON.fullmatch(spec) is not None and not spec.isspace()) or world.is_format(spec)
    )  # fmt: skip


def _number(v: Fraction, value: Any, spec: str, medium: Medium) -> str:
    """Format one settled value; ``value`` is what it was before, for digits that were asked for."""
    if not spec:
        if abs(v) >= _LARGE and not isinstance(value, int):
            return power(v, next(p for p in range(1, PLACES + 1) if p == PLACES or _is_round(v, p)), medium)
        return fixed(v, places_of(v), medium) if shows(v, places_of(v)) else power(v, 1, medium)
    if m := _PLACES.fullmatch(spec):  # the format of an array's entries, so that most numbers have it
        return fixed(v, int(m[1]), medium)
    if spec in _NAMED:
        return _NAMED[spec](v, medium)
    if spec in _STARTING:
        return world.worded(capital(_NAMED[_STARTING[spec]](v, "text")), medium)
    if m := _COUNT.fullmatch(spec):
        return world.worded(_counted(v, m, spec), medium)
    if m := _SIGNIFICANT.fullmatch(spec):
        return _significant(v, int(m["digits"] or _FEW), medium)
    if m := _PREFIXED.fullmatch(spec):
        return _prefixed(v, m, medium)
    if m := _MONEY.fullmatch(spec):
        units = rounded(v, places := world.precision(m["code"]))
        amount = Decimal((0, tuple(map(int, str(abs(units)))), -places))  # which no context rounds
        said = world.worded(world.currency(amount, m["code"], LANGUAGE.get()), medium)
        return f"{MINUS[medium]}{said}" if units < 0 else said
    if m := _PROBABILITY.fullmatch(spec):
        return _probability(v, int(m["places"] or 3), medium)
    if (m := _PYTHON.fullmatch(spec)) and not spec.isspace():
        return _by_python(v, value, m, spec, medium)
    if world.is_format(spec):
        raise NumeralError(f"{spec!r} is a format of dates and truth values, and {value!r} is a number")
    raise NumeralError(
        f"no format {spec!r}: there are .2f, +.2f, .1e, % and the rest of Python's, "
        f"{', '.join(_NAMED)} and 'count NOUN' (and {', '.join(_STARTING)}, Count at the start of a sentence), "
        "3 significant, si UNIT, currency EUR, p"
    )


def _is_round(v: Fraction, places: int) -> bool:
    """Say whether a number is written with so many places of its power of ten as well as with more."""
    unit = Fraction(10) ** (exponent_of(v, places) - places)
    return v % unit == 0


def _by_python(v: Fraction, value: Any, m: re.Match[str], spec: str, medium: Medium) -> str:
    """Format a value by Python's own language: in its digits, groups, sign and width."""
    kind = m["kind"] or ("d" if v.denominator == 1 and not m["places"] else "g")
    places = int(m["places"]) if m["places"] else 6
    sign = m["sign"] or "-"
    if kind in "dbcoxX":
        body = _integer(v, kind, bool(m["alternate"]), spec)
    elif kind in "eE":
        body = power(rational(value), places, medium)
    elif kind in "gGn":
        body = _general(v, max(places, 1), bool(m["alternate"]), medium)
    elif kind in _SCALES:
        factor, mark = _SCALES[kind]
        places = int(m["places"]) if m["places"] else places_of(v * factor)
        if m["places"] or shows(v * factor, places):
            body = fixed(v * factor, places, medium)
        else:
            body = power(v * factor, 1, medium)
        space = world.percent(LANGUAGE.get()) if medium != "code" else ""
        if medium == "latex":
            space, mark = r"\," * bool(space), mark.replace("%", r"\%")
        body += f"{space}{mark}"
    elif kind == "s":
        raise NumeralError(f"{spec!r} is a format of texts, and {value!r} is a number")
    else:
        body = fixed(v, places, medium)
    minus = MINUS[medium]
    if body.startswith(("-", minus)):
        sign_, body = minus, body[1:]
    else:
        sign_ = sign if sign != "-" and (v > 0 and any(c in "123456789" for c in body)) else ""
    if m["group"] or kind == "n":
        body = grouped(body, "," if kind == "n" else m["group"], medium)
    return _padded(sign_, body, m)


def _integer(v: Fraction, kind: str, alternate: bool, spec: str) -> str:
    if v.denominator != 1:
        raise NumeralError(f"{fixed(v, places_of(v), 'code')} is no whole number, and {spec!r} is for those")
    try:
        return format(int(v), f"{'#' if alternate else ''}{kind}")
    except (OverflowError, ValueError) as error:
        raise NumeralError(f"{int(v)} cannot be written by {spec!r}: {error}") from None


def _general(v: Fraction, digits: int, keeps: bool, medium: Medium) -> str:
    """So many significant digits, as Python's ``g``: in full, or as a power of ten where that is shorter."""
    if not v:
        return "0"
    exponent = exponent_of(v, digits - 1)
    if -5 < exponent < digits:
        said = fixed(v, digits - 1 - exponent, medium)
        sign = point(medium)
        return said.rstrip("0").rstrip(sign) if sign in said and not keeps else said
    places = digits - 1
    while places and not keeps and rounded(v / Fraction(10) ** exponent, places) % 10 == 0:
        places -= 1
        v = Fraction(rounded(v / Fraction(10) ** exponent, places), 10**places) * Fraction(10) ** exponent
    return power(v, places, medium)


def _significant(v: Fraction, digits: int, medium: Medium) -> str:
    """So many significant digits, zeros among them; what is very large or small gets a power of ten."""
    if not v:
        return "0"
    exponent = exponent_of(v, digits - 1)
    if not -5 < exponent < 12:
        return power(v, digits - 1, medium)
    places = digits - 1 - exponent
    if places >= 0:
        return fixed(v, places, medium)
    return fixed(Fraction(rounded(v / 10**-places, 0)) * 10**-places, 0, medium)


def _prefixed(v: Fraction, m: re.Match[str], medium: Medium) -> str:
    """Scale a value by a thousand as often as leaves one to three digits before the point, and name the prefix."""
    thousands = 3 * (exponent_of(v, 2) // 3) if v else 0
    thousands = max(min(thousands, max(_PREFIXES)), min(_PREFIXES))
    scaled = v / Fraction(10) ** thousands
    said = fixed(scaled, int(m["places"]), medium) if m["places"] else _general(scaled, 3, False, medium)
    prefix = "" if thousands == 0 else _PREFIXES[thousands]
    unit = f"{prefix}{m['unit'] or ''}"
    if medium == "latex":
        return rf"{said}\,\mathrm{{{unit}}}" if unit else said
    return f"{said} {unit}".rstrip()


def _probability(v: Fraction, places: int, medium: Medium) -> str:
    """Write a probability as papers do: rounded, or what it is less than."""
    if not 0 <= v <= 1:
        raise NumeralError(f"{fixed(v, places_of(v), 'code')} is no probability, and the format p is for those")
    least = Fraction(1, 10**places)
    if v < least:
        return f"< {fixed(least, places, medium)}"
    if v < 1 and rounded(v, places) == 10**places:
        return f"> {fixed(1 - least, places, medium)}"
    return fixed(v, places, medium)


def _counted(v: Fraction, m: re.Match[str], spec: str) -> str:
    """Count a noun: in letters in English, and in digits in every other language, whose plurals are Babel's."""
    forms = [m["one"], *m["more"].split("/")[1:]]
    if not is_english():
        if len(forms) == 1:
            raise NumeralError(
                f"{spec!r} has one form of the noun: the language {LANGUAGE.get()} needs the plural, too"
            )
        return f"{fixed(Fraction(_whole(v, spec)), 0, 'text')} {world.plural(v, forms, LANGUAGE.get())}"
    noun = forms[0] if v == 1 else forms[-1] if len(forms) > 1 else plural(forms[0])
    counted = f"{word(_whole(v, spec))} {noun}"
    return capital(counted) if m["how"] == "Count" else counted


def _padded(sign: str, body: str, m: re.Match[str]) -> str:
    width = int(m["width"] or 0)
    missing = width - len(sign) - len(body)
    if missing <= 0:
        return sign + body
    align = m["align"] or ("=" if m["zero"] else ">")
    fill = m["fill"] or ("0" if m["zero"] else " ")
    before = {"<": 0, "^": missing // 2}.get(align, missing)
    if align == "=":
        return sign + fill * missing + body
    return fill * before + sign + body + fill * (missing - before)


def _settled(value: Any) -> Fraction:
    try:
        return settle(value)
    except NumeralError:
        raise NumeralError(
            f"{value!r} is of type {type(value).__name__}, not a finite number: a page shows numbers, "
            "arrays of numbers, shapes and texts"
        ) from None


def _shared(spec: str, entries: list[Fraction]) -> str:
    """Give the format of an array's every entry: where places are free, those of the entry that needs most."""
    match spec:
        case "" | "factor":
            return f".{max(map(places_of, entries), default=0)}f"
        case "%" | "‰":
            return f".{max((places_of(v * _SCALES[spec][0]) for v in entries), default=0)}{spec}"
    return spec


def _shape(value: tuple[Any, ...], spec: str, medium: Medium) -> str:
    entries = [text(v, spec, medium) for v in value]
    return f"({entries[0]},)" if len(entries) == 1 else f"({_apart(entries, medium)})"


def _apart(entries: list[str], medium: Medium) -> str:
    """Put commas between entries, and semicolons where a comma stands before decimals."""
    comma = point(medium) in (",", "{,}") and any(re.search(r"\d(?:,|\{,\})\d", entry) for entry in entries)
    return ("; " if comma else ", ").join(entries)


def _array(nested: Any, medium: Medium) -> str:
    """Join cells: brackets in text, a bmatrix in LaTeX (a vector is a matrix of one row)."""
    if medium == "latex":
        rows: Iterable[Any] = nested if nested and isinstance(nested[0], list) else [nested]
        if any(isinstance(entry, list) for row in rows for entry in row):
            raise NumeralError("a formula has no array of three axes: show one matrix at a time")
        body = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
    inner = [_array(v, medium) if isinstance(v, list) else v for v in nested]
    return f"[{_apart(inner, medium)}]"


def _whole(v: Fraction, spec: str) -> int:
    if v.denominator != 1 or v < 0:
        raise NumeralError(
            f"{fixed(v, places_of(v), 'code')} cannot be written as {spec!r}: words are for whole numbers from zero up"
        )
    return int(v)


_NAMED: dict[str, Callable[[Fraction, Medium], str]] = {
    "fraction": ratio,
    "factor": lambda v, medium: signed(_number(v, v, "", medium)),
    "word": lambda v, medium: world.worded(word(_whole(v, "word")), medium),
    "ordinal": lambda v, medium: world.worded(ordinal(_whole(v, "ordinal")), medium),
    "place": lambda v, medium: world.worded(ordinal(_whole(v + 1, "place")), medium),
}
"""The formats that have a name: what each makes of a settled value, in a medium. To add one, add it here."""
_STARTING = {capital(name): name for name in ("word", "ordinal", "place")}
"""Those that have a capital at the start of a sentence, too."""
