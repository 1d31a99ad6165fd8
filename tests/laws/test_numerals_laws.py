"""Laws of text: every digit shown is the right digit, held against the decimal module and a table of words."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fwdpass.errors import NumeralError
from fwdpass.numerals.writing import LANGUAGE, PLACES, Medium, cells, is_format, signed, text

MEDIA: tuple[Medium, ...] = get_args(Medium)
MINUS: dict[Medium, str] = {"text": "−", "code": "-", "latex": "-"}
HALF = Decimal("0.5")
LEAST = Decimal("0.00005")
"""What is smaller has a power of ten, where nobody asks for places."""
WIDE = Context(prec=400, rounding=ROUND_HALF_UP)

media = st.sampled_from(MEDIA)
# Decimals as a person writes them: no more digits than a float64 is believed to have (twelve).
written = st.builds(
    lambda units, places: Decimal(units).scaleb(-places), st.integers(-(10**9), 10**9), st.integers(0, 9)
)
rationals = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)
ties = st.builds(
    lambda units, places: Decimal(2 * units + 1) * HALF.scaleb(-places), st.integers(-(10**6), 10**6), st.integers(0, 6)
)


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero, by the decimal module's own rounding."""
    return value.quantize(Decimal(1).scaleb(-places), context=WIDE)


def parsed(shown: str) -> Fraction:
    """What a reader reads."""
    return Fraction(shown.replace("−", "-"))


def places_of(shown: str) -> int:
    return len(shown.partition(".")[2])


@given(st.one_of(written, ties), st.integers(0, 9), media)
@example(Decimal("0.89625"), 4, "text")
@example(Decimal("-0.00005"), 4, "text")
@example(Decimal("2.5"), 0, "code")
def test_a_fixed_number_of_places_is_rounded_half_away_from_zero(value: Decimal, places: int, medium: Medium) -> None:
    expected = rounded(value, places)
    sign = MINUS[medium] if expected < 0 else ""
    for arrives_as in (Fraction(value), float(value)):
        assert text(arrives_as, f".{places}f", medium) == f"{sign}{abs(expected):f}"


@given(written, media)
def test_no_more_places_than_the_value_needs_and_never_more_than_four(value: Decimal, medium: Medium) -> None:
    assume(not value or abs(value) >= LEAST)
    shown = text(float(value), medium=medium)
    needed = max(0, -int(value.normalize(WIDE).as_tuple().exponent))
    assert places_of(shown) == min(PLACES, needed)


@given(st.one_of(written.map(Fraction), rationals))
def test_what_is_read_is_within_half_a_unit_of_the_last_place(value: Fraction) -> None:
    assume(not value or abs(value) >= LEAST)
    shown = text(value)
    assert abs(parsed(shown) - value) <= Fraction(1, 2 * 10 ** places_of(shown))


@given(st.integers(1, 99), st.integers(5, 8), st.booleans())
def test_what_is_not_zero_is_never_shown_as_zero(digits: int, exponent: int, alone: bool) -> None:
    value = Fraction(digits, 10 ** (exponent + 2))
    shown = text(value) if alone else text([value, Fraction(1, 3)]).partition(",")[0].removeprefix("[")
    mantissa, _, power = shown.partition(" × 10")
    assert power
    at = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    assert abs(Fraction(mantissa) * Fraction(10) ** at - value) <= Fraction(10) ** at / 20


@given(st.one_of(written, ties))
def test_a_float_and_the_decimal_it_was_written_as_have_one_text(value: Decimal) -> None:
    assert text(float(value)) == text(Fraction(value))


@given(st.one_of(written, ties), st.integers(-8, 8))
def test_the_last_bits_of_a_float_change_no_digit(value: Decimal, ulps: int) -> None:
    """Sums in another order end in another last bit, and readers must not see it."""
    exact = float(value)
    neighbour = exact + ulps * float(np.spacing(exact))
    assert text(neighbour) == text(exact)


@given(
    st.one_of(st.floats(-1e6, 1e6), rationals, st.just(-0.0), st.floats(-1e-4, 1e-4)),
    st.sampled_from(["", ".0f", ".2f", "+.1f", "%", ".1%", "factor", "fraction", ".1e"]),
    media,
)
def test_zero_never_has_a_sign(value: Any, spec: str, medium: Medium) -> None:
    shown = text(value, spec, medium)
    if not re.search("[1-9]", shown.partition("×")[0].partition("\\times")[0].partition("e")[0]):
        assert not re.match(r"[-−+(]", shown), shown


@given(st.floats(-1e6, 1e6), st.integers(0, 4), st.sampled_from(["", "+"]))
def test_a_number_and_its_negative_differ_in_the_sign_only(value: float, places: int, plus: str) -> None:
    up, down = (text(v, f"{plus}.{places}f").lstrip("+−") for v in (value, -value))
    assert up == down


entries_of_arrays = st.lists(st.floats(-1000, 1000).map(lambda v: round(v, 5)), min_size=1, max_size=12)


@given(entries_of_arrays.map(lambda entries: [v for v in entries if not v or abs(v) >= LEAST] or [0.25]), media)
def test_the_entries_of_an_array_share_their_places(entries: list[float], medium: Medium) -> None:
    shown = cells(np.array(entries), medium=medium)
    assert {places_of(entry) for entry in shown} == {max(places_of(text(v)) for v in entries)}
    assert all(abs(parsed(s) - Fraction(str(v))) <= Fraction(1, 20000) for s, v in zip(shown, entries, strict=True))


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 4), media)
def test_an_entry_that_its_places_would_not_show_has_a_power_of_ten(
    small: list[bool], units: int, medium: Medium
) -> None:
    shown = cells([units / 100_000 if each else units / 10 for each in small], medium=medium)
    assert [not re.fullmatch(r"\d\.\d+", entry) for entry in shown] == small


@given(st.lists(st.lists(st.integers(-99, 99).map(lambda n: n / 10), min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_matrix_of_text_has_the_shape_of_the_array(rows: list[list[float]]) -> None:
    assert np.shape(cells(rows)) == np.shape(rows)
    assert text(rows) == text(np.array(rows)) == str(cells(rows)).replace("'", "")
    body = text(np.array(rows), medium="latex").removeprefix(r"\begin{bmatrix} ").removesuffix(r" \end{bmatrix}")
    assert [line.split(" & ") for line in body.split(r" \\ ")] == cells(rows, medium="latex")


@given(st.one_of(written, ties).filter(bool), st.integers(0, 8))
@example(Decimal("9.96"), 1)
@example(Decimal(-99950), 2)
@example(Decimal("1E-9"), 0)
def test_a_power_of_ten_is_decimals_own(value: Decimal, places: int) -> None:
    digits, _, exponent = f"{Context(prec=places + 1, rounding=ROUND_HALF_UP).plus(value):.{places}e}".partition("e")
    for arrives_as in (Fraction(value), float(value)):
        assert text(arrives_as, f".{places}e", "code") == f"{digits}e{int(exponent):+03d}"
        assert text(arrives_as, f".{places}e", "latex") == rf"{digits} \times 10^{{{int(exponent)}}}"
        raised = exponent.lstrip("+").translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        assert text(arrives_as, f".{places}e") == f"{digits.replace('-', '−')} × 10{raised}"


@given(written, st.integers(0, 3))
def test_percent_is_a_hundred_times_the_value(value: Decimal, places: int) -> None:
    expected = rounded(value * 100, places)
    shown = text(Fraction(value), f".{places}%", "code")
    assert shown.endswith("%")
    assert Decimal(shown[:-1]) == expected
    assert text(Fraction(value), f".{places}%", "latex").endswith(r"\%")


@given(rationals.filter(lambda v: abs(v) >= Fraction(1, 10**12)))
def test_a_fraction_is_the_exact_value_in_lowest_terms(value: Fraction) -> None:
    assert text(value, "fraction", "code") == str(value)
    top_bottom = re.sub(r"^(-?)\\frac\{(\d+)\}\{(\d+)\}$", r"\1\2/\3", text(value, "fraction", "latex"))
    assert top_bottom == str(value)


@given(st.floats(-100, 100), media)
def test_a_factor_stands_in_parentheses_exactly_where_it_starts_with_a_minus(value: float, medium: Medium) -> None:
    plain = text(value, medium=medium)
    expected = f"({plain})" if plain.startswith(MINUS[medium]) else plain
    assert text(value, "factor", medium) == signed(plain) == expected


@given(st.integers(-(10**40), 10**40), media)
def test_a_whole_number_shows_all_its_digits_and_no_point(n: int, medium: Medium) -> None:
    assert text(n, medium=medium) == f"{n}".replace("-", MINUS[medium])


@given(st.integers(-(2**53), 2**53))
def test_a_whole_float_shows_all_its_digits(n: int) -> None:
    assert text(float(n), medium="code") == str(n)


FLOATS = [float, np.float16, np.float32, np.float64, np.longdouble, Fraction]
INTEGERS = [int, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint64]


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        *((shown, kind) for kind in FLOATS for shown in ("0", "1", "−2", "0.5", "0.1", "−0.3", "0.896")),
        *((shown, kind) for kind in INTEGERS for shown in ("0", "1", "100")),
    ],
)
def test_the_type_that_holds_a_number_does_not_show(shown: str, kind: Callable[[Any], Any]) -> None:
    value = parsed(shown)
    held = kind(value) if kind is Fraction else kind(float(value))
    assert text(held) == shown
    assert text(np.array(held)) == shown, "an array without axes is a number"
    assert cells(np.array([held])) == [shown]


def test_words_and_ordinals_up_to_199() -> None:
    small = {
        0: "zero", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
        10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen",
        17: "seventeen", 18: "eighteen", 19: "nineteen",
    }  # fmt: skip
    tens = {2: "twenty", 3: "thirty", 4: "forty", 5: "fifty", 6: "sixty", 7: "seventy", 8: "eighty", 9: "ninety"}
    rank = {
        1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth",
        9: "ninth", 10: "tenth", 11: "eleventh", 12: "twelfth", 13: "thirteenth", 14: "fourteenth", 15: "fifteenth",
        16: "sixteenth", 17: "seventeenth", 18: "eighteenth", 19: "nineteenth",
    }  # fmt: skip
    tenth = {2: "twentieth", 3: "thirtieth", 4: "fortieth", 5: "fiftieth", 6: "sixtieth", 7: "seventieth",
             8: "eightieth", 9: "ninetieth"}  # fmt: skip
    for n in range(20, 100):
        ten, one = divmod(n, 10)
        small[n] = f"{tens[ten]}-{small[one]}" if one else tens[ten]
        rank[n] = f"{tens[ten]}-{rank[one]}" if one else tenth[ten]
    for n in range(100, 200):
        small[n] = f"one hundred and {small[n - 100]}" if n > 100 else "one hundred"
        rank[n] = f"one hundred and {rank[n - 100]}" if n > 100 else "one hundredth"
    for n in range(200):
        word = small[n]
        assert text(n, "word") == word
        assert text(float(n), "Word") == word[0].upper() + word[1:]
        assert text(np.int64(n), "count pixel") == f"{word} pixel{'' if n == 1 else 's'}"
        if n:
            assert text(n, "ordinal") == text(n - 1, "place") == rank[n]
            assert text(n, "Ordinal") == text(n - 1, "Place") == rank[n][0].upper() + rank[n][1:]


@given(st.integers(0, 999))
def test_no_two_numbers_share_a_word(n: int) -> None:
    assert len({text(m, "word") for m in range(n, min(n + 30, 1000))}) == min(30, 1000 - n)


@given(st.text(max_size=12), st.sampled_from([0, 1, 7]))
@example("4f", 1)
@example(".f", 1)
@example("count ", 1)
@example("count neuron/", 1)
@example("%%", 1)
@example("words", 1)
def test_a_format_is_known_or_refused_never_guessed(spec: str, value: int) -> None:
    assume(spec not in {"ordinal", "Ordinal"} or value)
    if is_format(spec):
        assert _said(value, spec)
    else:
        with pytest.raises(NumeralError, match="no format"):
            text(value, spec)


def _said(value: int, spec: str) -> bool:
    """Say whether a format is for a value, or refuses it as one of another kind."""
    try:
        return bool(text(value, spec))
    except NumeralError as error:
        return "no format" not in str(error)


@given(st.lists(st.integers(0, 1000), max_size=5).map(tuple))
def test_a_shape_is_written_as_python_writes_it(shape: tuple[int, ...]) -> None:
    assert text(shape) == text(shape, medium="code") == str(shape)


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@given(values=st.lists(st.integers(-9999, 9999).map(lambda n: n / 100), min_size=1, max_size=5))
def test_no_entry_of_a_list_runs_into_the_next(language: str, values: list[float]) -> None:
    token = LANGUAGE.set(language)
    try:
        entries = cells(values)
        said = text(values)
        apart = re.split("; " if ";" in said else ", ", said[1:-1])
        assert apart == entries
        assert text(values, medium="latex").count("&") == len(values) - 1
    finally:
        LANGUAGE.reset(token)


@given(st.floats(1e21, 1e308) | st.floats(-1e308, -1e21))
def test_a_large_float_shows_no_more_digits_than_a_small_one(value: float) -> None:
    said = text(value, medium="code")
    assert abs(Fraction(said) / Fraction(value) - 1) <= Fraction(1, 10**4)
    mantissa, exponent = said.split("e")
    assert 2 <= len(mantissa.lstrip("-").replace(".", "")) <= PLACES + 1
    assert int(exponent) >= 21


@given(st.fractions(0, 1), st.integers(1, 6))
def test_a_probability_is_said_to_be_certain_only_where_it_is(value: Fraction, places: int) -> None:
    said = text(value, f".{places}p")
    shown = Fraction(said.lstrip("<> "))
    assert (said[0] == "<") <= (value < shown)
    assert (said[0] == ">") <= (shown < value < 1)
    assert (shown in (0, 1)) <= (value == shown)


@given(st.text(min_size=1, max_size=12))
def test_no_text_takes_the_rest_of_a_formula_with_it(said: str) -> None:
    written = text(said, medium="latex")
    assert not re.search(r"(?<!\\)[%#$]", written)
    words = " ".join(said.split())
    kept = text(None, f"else {words}", "latex") if words and "\\" not in words else ""
    assert not re.search(r"(?<!\\)[%#$&_]", kept)
