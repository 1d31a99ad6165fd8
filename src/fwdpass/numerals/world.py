"""Values that are no plain numbers, as text: dates, durations, truth values, quantities, uncertain and complex numbers.

The libraries that such values come from are known by what their objects have, and none is imported.

========================  ==========================================================================
value                     is written
========================  ==========================================================================
truth value               ``true`` or ``false``; by ``yes/no``, in these words
complex                   with its parts in the format that is asked for
date, time                in ISO's form; by ``short``, ``medium``, ``long`` or ``full`` as the language
                          of the book does; by ``%d %B %Y`` and the like as Python does
duration                  in its largest units; by a format of numbers, in seconds
quantity of pint          its magnitude, and the symbol of its unit; what has no dimension, as a number
number of uncertainties   to the last digit that is known, with ``±``
expression of SymPy       as a formula, and as a number in a format of numbers
========================  ==========================================================================

>>> from fwdpass.numerals.writing import text
>>> text(True), text(True, "passes/fails"), text(1.5 - 2j)
('true', 'passes', '1.5 − 2i')
>>> text(date(2024, 5, 17)), text(date(2024, 5, 17), "long"), text(timedelta(minutes=90))
('2024-05-17', 'May 17, 2024', '1 hour, 30 minutes')
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from importlib import import_module
from typing import Any, Literal

import numpy as np

from fwdpass.errors import LibraryError, NumeralError

Medium = Literal["text", "code", "latex"]
"""What a text is for: a page, a terminal or a cell, or a formula."""
Write = Callable[[Any, str, Medium], str]
"""How a plain number is written."""

WORDS = re.compile(r"[^\W\d][^/]*/[^\W\d][^/]*")
"""A format of truth values: the word for a true one, and that for a false one."""
STYLES = ("short", "medium", "long", "full")
"""The formats of dates that a language has."""
PATTERN = re.compile(r".*%-?[a-zA-Z].*")
"""A format of dates that Python has, such as ``%d %B %Y``."""


def is_masked(value: Any) -> bool:
    """Say whether an array has masked entries, without loading NumPy's module for these, which takes a while.

    >>> is_masked(np.zeros(2)), is_masked(np.ma.masked_invalid([1.0, np.nan]))
    (False, True)
    """
    known = sys.modules.get("numpy.ma")  # or there can be no such array
    return known is not None and isinstance(value, known.MaskedArray)


def is_missing(value: Any) -> bool:
    """Say whether there is nothing to write: no value, no number, an infinity, or a masked entry.

    >>> [is_missing(value) for value in (None, float("nan"), np.ma.masked, np.datetime64("NaT"), 0.0)]
    [True, True, True, True, False]
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType", "MaskedConstant"):
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return isinstance(value, float | np.floating | Decimal) and not math.isfinite(value)


NONE: dict[Medium, tuple[str, str, str]] = {
    "text": ("NaN", "∞", "\N{MINUS SIGN}∞"),
    "code": ("nan", "inf", "-inf"),
    "latex": (r"\text{NaN}", r"\infty", r"-\infty"),
}
"""What stands for a float that is no number, and for the infinite ones, where nobody says otherwise."""


def unbounded(value: Any, medium: Medium) -> str | None:
    """Write a float that is no finite number; nothing for what is missing altogether.

    >>> unbounded(float("-inf"), "text"), unbounded(float("nan"), "code"), unbounded(None, "text")
    ('−∞', 'nan', None)
    """
    if not isinstance(value, float | np.floating | Decimal):
        return None
    nothing, more, less = NONE[medium]
    return nothing if math.isnan(value) else more if value > 0 else less


_SPECIAL = re.compile(r"([%#$&_{}])")
_WORDED = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_UNESCAPED = re.compile(r"(?<!\\)([%#$])")
"""What no formula may have, unless a backslash stands before it: the rest of the line would be lost."""


def worded(said: str, medium: Medium) -> str:
    r"""Write words: in a formula as words, which it takes for a product of variables otherwise, and a date for a sum.

    >>> worded("three neurons", "latex"), worded("2024-05-17", "latex"), worded("50 %", "text")
    ('\\text{three neurons}', '\\text{2024-05-17}', '50 %')
    """
    if medium != "latex" or "\\" in said:
        return said
    escaped = _SPECIAL.sub(r"\\\1", said)
    return rf"\text{{{escaped}}}"


def stated(said: str, medium: Medium) -> str:
    r"""Write a text: in a formula as part of the formula, a sign or LaTeX, unless it is a word.

    >>> stated("≈", "latex"), stated("x_1", "latex"), stated("tanh", "latex"), stated("5%", "latex")
    ('≈', 'x_1', '\\text{tanh}', '5\\%')
    """
    if medium != "latex":
        return said
    if len(said) > 1 and _WORDED.fullmatch(said):
        return worded(said, medium)
    return _UNESCAPED.sub(r"\\\1", said)


def is_format(spec: str) -> bool:
    """Say whether a format is one of this module's, and of no number.

    >>> is_format("long"), is_format("yes/no"), is_format("%H:%M"), is_format(".2f")
    (True, True, True, False)
    """
    return spec in STYLES or any(pattern.fullmatch(spec) for pattern in (WORDS, PATTERN))


def written(value: Any, spec: str, medium: Medium, language: str, write: Write) -> str | None:
    """Write a value that is no plain number; nothing, for one that is."""
    match value:
        case bool() | np.bool_():
            return worded(_truth(bool(value), spec), medium)
        case Decimal():
            return write(Fraction(value), spec, medium)
        case complex() | np.complexfloating():
            return _complex(complex(value), spec, medium, write)
        case np.datetime64() | np.timedelta64():
            return _numpys(value, spec, medium, language, write)
        case date() | time():
            return worded(_date(value, spec, language), medium)
        case timedelta():
            return _duration(value, spec, medium, language, write)
    if is_format(spec) and isinstance(value, int | float | Fraction | np.number):
        raise NumeralError(f"{spec!r} is a format of {_kind(spec)}, and {value!r} is a {type(value).__name__}")
    library = type(value).__module__.partition(".")[0]
    if library == "uncertainties":
        return _uncertain(value, spec, medium, language)
    if library == "pint":
        return _quantity(value, spec, medium, write)
    if type(value).__name__ == "Period" and not spec:  # of pandas: a month, a quarter
        return worded(str(value), medium)
    if library == "sympy":
        return _symbolic(value, spec, medium, language, write)
    if hasattr(value, "to_numpy") and hasattr(value, "__len__"):  # a column of pandas or polars
        return write(value.to_numpy(), spec, medium)
    if getattr(value, "shape", None) == () and hasattr(value, "item") and not isinstance(value, np.generic):
        return write(value.item(), spec, medium)  # an entry of xarray, torch or the like
    return None


def _numpys(value: Any, spec: str, medium: Medium, language: str, write: Write) -> str | None:
    """Write a date or a duration of NumPy's as precisely as it is known: a month has no day, a year no seconds."""
    unit, step = np.datetime_data(value.dtype)
    if isinstance(value, np.datetime64):
        if not spec:
            return worded(str(np.datetime_as_string(value)).replace("T", " "), medium)
        return written(
            value.astype(f"datetime64[{'D' if unit in 'YMWD' else 'us'}]").item(), spec, medium, language, write
        )
    count = value.astype(int) * step
    if unit in "YM":  # of no fixed length
        if spec:
            raise NumeralError(f"{value!r} has no number of seconds, which a format of numbers asks for")
        return worded(
            _counted(Fraction(int(count)), "year" if unit == "Y" else "month", language, write(int(count), "", "text")),
            medium,
        )
    if unit == "generic":
        return write(int(count), spec, medium)
    return written(value.astype("timedelta64[us]").item(), spec, medium, language, write)


def _kind(spec: str) -> str:
    return "truth values" if WORDS.fullmatch(spec) else "dates"


def _truth(value: bool, spec: str) -> str:
    if not spec:
        return "true" if value else "false"
    if WORDS.fullmatch(spec):
        return spec.split("/")[0 if value else 1]
    raise NumeralError(f"{spec!r} is no format of a truth value: say both words, as in yes/no")


_OF_PARTS = re.compile(r"|fraction|(?:\d+ )?significant|[-+ ]?[,_]?(?:\.\d+)?[eEfFgG]?")
"""The formats that a part of a complex number can have."""


def _complex(value: complex, spec: str, medium: Medium, write: Write) -> str:
    if not _OF_PARTS.fullmatch(spec):
        raise NumeralError(f"{spec!r} is no format of a complex number: there are .2f, .1e, 3 significant and fraction")
    real = write(value.real, spec, medium)
    imaginary = write(abs(value.imag), spec.lstrip("+ "), medium)
    if medium != "code" and re.search(r"[/×]|times", imaginary):
        imaginary = f"({imaginary})"
    minus = value.imag < 0 or (value.imag == 0 and math.copysign(1, value.imag) < 0)
    sign = {True: {"text": "\N{MINUS SIGN}"}.get(medium, "-"), False: "+"}[minus]
    return f"{real}{sign}{imaginary}j" if medium == "code" else f"{real} {sign} {imaginary}i"


def _date(value: date | time, spec: str, language: str) -> str:
    if not spec:
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if spec in STYLES:
        dates = _babel("dates", f"the format {spec!r}")
        how = "datetime" if isinstance(value, datetime) else "date" if isinstance(value, date) else "time"
        said: str = getattr(dates, f"format_{how}")(value, spec, locale=language)
        return said
    if PATTERN.fullmatch(spec):
        return value.strftime(spec)
    raise NumeralError(
        f"{spec!r} is no format of a date: there are {', '.join(STYLES)}, and Python's, such as %d %B %Y"
    )


_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def _duration(value: timedelta, spec: str, medium: Medium, language: str, write: Write) -> str:
    if spec:
        return write(Fraction(value // timedelta(microseconds=1), 10**6), spec, medium)
    left = Fraction(abs(value) // timedelta(microseconds=1), 10**6)
    lower: Medium = "code" if medium == "code" else "text"
    parts: list[str] = []
    for unit, seconds in _UNITS:
        count = left if unit == "second" else Fraction(left // seconds)
        left -= count * seconds
        if count or (unit == "second" and not parts):
            parts.append(_counted(count, unit, language, write(count, "", lower)))
    minus = "" if value >= timedelta(0) else "-" if medium != "text" else "\N{MINUS SIGN}"
    return minus + worded(", ".join(parts), medium)


def _counted(count: Fraction, unit: str, language: str, said: str) -> str:
    if language.startswith("en"):
        return f"{said} {unit}" if count == 1 else f"{said} {unit}s"
    units = _babel("units", "a duration")
    counted: str = units.format_unit(float(count), f"duration-{unit}", locale=language)
    return counted


def _uncertain(value: Any, spec: str, medium: Medium, language: str) -> str:
    """Write a number of the package uncertainties by its own format, which knows how many digits count."""
    try:
        said = format(value, f"{spec}{'L' if medium == 'latex' else 'P'}")
    except ValueError as error:
        raise NumeralError(f"{spec!r} is no format of an uncertain number: {error}") from None
    said = said.replace(r"\mathrm{nan}", NONE[medium][0]).replace("nan", NONE[medium][0])
    comma = "." if medium == "code" else point(language)
    if medium == "latex":
        return said.replace(".", "{,}") if comma == "," else said
    minus = "-" if medium == "code" else "\N{MINUS SIGN}"
    said = said.replace(".", comma).replace(")%", f"){percent(language) if medium == 'text' else ''}%")
    return re.sub(r"\s*(?:±|\+/-)\s*", " ± ", said).replace("×", " × ").replace("-", minus)


def _quantity(value: Any, spec: str, medium: Medium, write: Write) -> str:
    """Write a quantity of pint: the number, and the symbol of its unit.

    Of what has no dimension, a format that says more than digits takes the number that it is worth: 12 per cent, 0.12.
    """
    if spec and not _OF_PARTS.fullmatch(spec):
        if not value.dimensionless:
            raise NumeralError(f"{spec!r} is no format of a quantity, which has a unit of its own, {value.units:~P}")
        return write(value.to("dimensionless").magnitude, spec, medium)
    said = write(value.magnitude, spec, medium)
    if value.dimensionless and not str(value.units).strip().replace("dimensionless", ""):
        return said
    unit = format(value.units, "~L" if medium == "latex" else "~P")
    return (
        rf"{said}\,{unit}"
        if medium == "latex"
        else f"{said}{'' if unit.startswith('°') and len(unit) == 1 else ' '}{unit}"
    )


def _symbolic(value: Any, spec: str, medium: Medium, language: str, write: Write) -> str:
    """Write an expression of SymPy: as a formula, or as the number that it is worth."""
    sympy = import_module("sympy")  # whoever has such a value has it
    if value in (sympy.true, sympy.false):
        return write(bool(value), spec, medium)
    if value in (sympy.oo, -sympy.oo, sympy.nan):
        return write(float(value), spec, medium)
    if isinstance(value, sympy.MatrixBase) and (spec or medium != "latex"):
        return write(value.tolist(), spec, medium)
    if spec or getattr(value, "is_Rational", False) or getattr(value, "is_Float", False):
        if not getattr(value, "is_number", False) or value is sympy.zoo:
            raise NumeralError(f"{value} is no number, so it has no format: give its names values first, with subs")
        if value.is_Rational:
            return write(Fraction(int(value.p), int(value.q)), spec, medium)
        if not value.is_real:
            return write(complex(value), spec, medium)
        return write(Fraction(str(value if value.is_Float else value.evalf(30))), spec, medium)
    if medium == "latex":
        marked = "comma" if point(language) == "," else "period"
        said: str = sympy.latex(value, decimal_separator=marked)
        return said
    return str(value) if medium == "code" else _linear(str(value), language)


_NAMES = {"pi": "π", "oo": "∞", "zoo": "complex infinity", "I": "i", "E": "e", "sqrt": "√"}
"""What SymPy writes in letters, and people do not."""
_RELATION = re.compile(r"(Eq|Ne)\((.*), (.*)\)")


def _linear(said: str, language: str) -> str:
    """Write in a sentence what SymPy wrote as Python.

    >>> _linear("sqrt(2)*x**2 - 1.5", "en"), _linear("Eq(x, pi)", "en")
    ('√(2)·x^2 − 1.5', 'x = π')
    """
    said = _RELATION.sub(lambda found: f"{found[2]} {'=' if found[1] == 'Eq' else '≠'} {found[3]}", said)
    said = re.sub(r"[A-Za-z]\w*", lambda found: _NAMES.get(found[0], found[0]), said)
    said = (
        said.replace("**", "^").replace("*", "·").replace(">=", "≥").replace("<=", "≤").replace("-", "\N{MINUS SIGN}")
    )
    return re.sub(r"(?<=\d)\.(?=\d)", point(language), said)


def _babel(module: str, what: str) -> Any:
    try:
        return import_module(f"babel.{module}")
    except ImportError:
        raise LibraryError(f"{what} is written by Babel, which is not installed: pip install babel") from None


def symbols(language: str) -> tuple[str, str]:
    """Give the decimal sign and the sign between groups of digits that a language has.

    >>> symbols("en"), symbols("de")
    (('.', ','), (',', '.'))
    """
    if language.startswith("en"):
        return ".", ","
    numbers = _babel("numbers", f"a number in the language {language!r}")
    return numbers.get_decimal_symbol(language), numbers.get_group_symbol(language)


def point(language: str) -> str:
    """Give the decimal sign of a language."""
    return symbols(language)[0]


def percent(language: str) -> str:
    r"""Give what stands between a number and its per cent sign in a language: nothing in English, in German a space.

    >>> percent("en"), percent("de")
    ('', '\xa0')
    """
    if language.startswith("en"):
        return ""
    pattern: str = _locale(language).percent_formats[None].pattern
    return pattern.removesuffix("%").rpartition("0")[2] if pattern.endswith("%") else ""


def _locale(language: str) -> Any:
    core = _babel("core", f"the language {language!r}")
    return core.Locale.parse(language, sep="-" if "-" in language else "_")


def currency(amount: Decimal, code: str, language: str) -> str:
    """Write an amount of money as a language does.

    >>> currency(Decimal("1234.5"), "EUR", "en"), currency(Decimal("-2"), "JPY", "en")
    ('€1,234.50', '-¥2')
    """
    numbers = _babel("numbers", "an amount of money")
    with localcontext() as context:
        context.prec = max(context.prec, len(amount.as_tuple().digits) + 9)  # Babel rounds in it
        said: str = numbers.format_currency(amount, code, locale=language)
    return said


def precision(code: str) -> int:
    """Give how many places a currency has."""
    places: int = _babel("numbers", "an amount of money").get_currency_precision(code)
    return places


def plural(count: Fraction, forms: list[str], language: str) -> str:
    """Choose the form of a noun that a count asks for, in the order of Unicode's list: one, few, many, other."""
    rule = _locale(language).plural_form
    tags = [tag for tag in ("zero", "one", "two", "few", "many", "other") if tag in {*rule.tags, "other"}]
    asked = rule(int(count)) if count.denominator == 1 else "other"
    return forms[min(tags.index(asked), len(forms) - 1)]
