"""A number in digits: rounded, with a point, a minus sign and an exponent, as a language and a medium have them."""

from __future__ import annotations

import re
from contextvars import ContextVar
from fractions import Fraction
from typing import assert_never

from fwdpass.numerals import world

Medium = world.Medium
PLACES = 4
"""The places that a value gets when nobody asks for a number of them."""

MINUS: dict[Medium, str] = {"text": "\N{MINUS SIGN}", "code": "-", "latex": "-"}
LANGUAGE: ContextVar[str] = ContextVar("LANGUAGE", default="en")
"""The language that numbers in a text are written in: its decimal sign, groups and plurals, as Babel knows them."""
_COMMA = "{,}"
"""A comma in a formula that is none between two things: no space follows it."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_english() -> bool:
    """Say whether the language is English, in which numbers are words, too, and a point stands before decimals."""
    return LANGUAGE.get().startswith("en")


def places_of(v: Fraction) -> int:
    """As few places as the value needs, at most :data:`PLACES`."""
    over = v.denominator
    return next((p for p in range(PLACES) if 10**p % over == 0), PLACES)


def shows(v: Fraction, places: int) -> bool:
    """Say whether so many places show a value that is not zero as one."""
    return not v.numerator or rounded(v, places) != 0


def rounded(v: Fraction, places: int) -> int:
    """Round half away from zero: the value in units of the last place."""
    units, over = v.numerator, v.denominator
    magnitude: int = (2 * abs(units) * 10**places + over) // (2 * over)
    return -magnitude if units < 0 else magnitude


def fixed(v: Fraction, places: int, medium: Medium) -> str:
    """Write so many places, rounded, zeros among them."""
    units = rounded(v, places)
    digits = str(abs(units)).rjust(places + 1, "0")
    shown = f"{digits[:-places]}{point(medium)}{digits[-places:]}" if places else digits
    # The sign is that of whole units, which know no -0: what vanishes in these places is written without one.
    return (MINUS[medium] if units < 0 else "") + shown


def point(medium: Medium) -> str:
    """Give the sign before decimals: in code a point, and elsewhere what the language has.

    >>> fixed(Fraction(1, 2), 1, "latex")
    '0.5'
    """
    if medium == "code" or is_english():
        return "."
    sign = world.symbols(LANGUAGE.get())[0]
    if medium == "latex":
        return _COMMA if sign == "," else "."  # no formula is written in other digits, with the signs of these
    return sign


def exponent_of(v: Fraction, places: int) -> int:
    """Give the power of ten of the first digit, after rounding to so many places behind it."""
    exponent = 0
    while abs(v) >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while abs(v) < Fraction(10) ** exponent:
        exponent -= 1
    rounds_up = abs(rounded(v / Fraction(10) ** exponent, places)) >= 10 ** (places + 1)  # 9.96 is 10.0
    return exponent + 1 if rounds_up else exponent


def power(v: Fraction, places: int, medium: Medium) -> str:
    """Scientific notation: one digit before the point."""
    exponent = exponent_of(v, places) if v else 0
    mantissa: Fraction = v / Fraction(10) ** exponent
    shown = fixed(mantissa, places, medium)
    match medium:
        case "text":
            return f"{shown} × 10{str(exponent).translate(_SUPERSCRIPT)}"
        case "code":
            return f"{shown}e{exponent:+03d}"
        case "latex":
            return rf"{shown} \times 10^{{{exponent}}}"
    assert_never(medium)


def ratio(v: Fraction, medium: Medium) -> str:
    """Write a fraction in its lowest terms."""
    if v.denominator == 1:
        return fixed(v, 0, medium)
    sign = MINUS[medium] if v < 0 else ""
    if medium == "latex":
        return rf"{sign}\frac{{{abs(v.numerator)}}}{{{v.denominator}}}"
    return f"{sign}{abs(v.numerator)}/{v.denominator}"


def grouped(body: str, group: str, medium: Medium) -> str:
    """Put a sign between groups of three digits before the point."""
    sign = group
    if group == "," and medium != "code":
        sign = world.symbols(LANGUAGE.get())[1]
        if medium == "latex":
            sign = {",": _COMMA, ".": "."}.get(sign, r"\,")
    whole = re.match(r"\d+", body)
    if whole is None or len(whole[0]) < 4:
        return body
    digits = whole[0]
    first = len(digits) % 3
    groups = [digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))]
    return sign.join(filter(None, groups)) + body[len(digits) :]
