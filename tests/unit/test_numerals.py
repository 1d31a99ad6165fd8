"""What a reader sees where a number stands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from fwdpass.errors import NumeralError
from fwdpass.numerals import writing
from fwdpass.numerals.writing import Medium, cells, is_format, signed, text
from tests.optional import library

F = Fraction


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-0.1, "−0.1"),
        (0.8962500000000001, "0.8963"),
        (0.89625, "0.8963"),
        (F(717, 800), "0.8963"),
        (-0.89625, "−0.8963"),
        (-2.8e-17, "0"),
        (2.8e-17, "0"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333"),
        (F(-2, 3), "−0.6667"),
        (0.00005, "0.0001"),
        (-0.00005, "−0.0001"),
        (0.99995, "1.0000"),
        (1.0, "1"),
        (-3, "−3"),
        (100.25, "100.25"),
        (0.5, "0.5"),
        (np.float64(0.13), "0.13"),
        (np.float32(0.1), "0.1"),
        (np.array(0.1 + 0.2), "0.3"),
        (np.array(F(1, 3)), "0.3333"),
        (np.int64(12), "12"),
        (10**30, "1" + 30 * "0"),
        (4503599627370496.0, "4503599627370496"),
    ],
)
def test_a_number_shows_as_few_places_as_it_needs_and_at_most_four(value: Any, shown: str) -> None:
    assert text(value) == shown
    assert text(value, medium="code") == text(value, medium="latex") == shown.replace("−", "-")


@pytest.mark.parametrize(
    ("value", "shown", "code"),
    [
        (0.00001, "1.0 × 10⁻⁵", "1.0e-05"),
        (-0.00001, "−1.0 × 10⁻⁵", "-1.0e-05"),
        (0.0000499999, "5.0 × 10⁻⁵", "5.0e-05"),
        ([F(1, 3), F(1, 10**6), 0], "[0.3333, 1.0 × 10⁻⁶, 0.0000]", "[0.3333, 1.0e-06, 0.0000]"),
    ],
)
def test_what_is_not_zero_does_not_look_so(value: Any, shown: str, code: str) -> None:
    assert (text(value), text(value, medium="code")) == (shown, code)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([-2.8e-17, -0.1, 0.5], "[0.0, −0.1, 0.5]"),
        (np.array([1, 0, 1, 1]), "[1, 0, 1, 1]"),
        (np.array([1.0, 0.0]), "[1, 0]"),
        (np.array([0.1, -0.1, -0.05, -0.25]), "[0.10, −0.10, −0.05, −0.25]"),
        (np.array([[0.2, -0.5], [0.1, 0.3]]), "[[0.2, −0.5], [0.1, 0.3]]"),
        ([F(1, 3), 0], "[0.3333, 0.0000]"),
        ([[[1, 0.5]], [[2, 3]]], "[[[1.0, 0.5]], [[2.0, 3.0]]]"),
        ([], "[]"),
        (np.zeros((2, 0)), "[[], []]"),
        (np.array([10**30, 1]), f"[{10**30}, 1]"),
        ((4, 3), "(4, 3)"),
        ((4,), "(4,)"),
        ((), "()"),
        ((-1, 2.5), "(−1, 2.5)"),
        ((np.array([1, 0.5]), 2), "([1.0, 0.5], 2)"),
        ("already text", "already text"),
    ],
)
def test_an_array_has_one_number_of_places_and_a_tuple_is_a_shape(value: Any, shown: str) -> None:
    assert text(value) == shown
    assert text(value, medium="code") == shown.replace("−", "-")


@pytest.mark.parametrize(
    ("value", "spec", "shown"),
    [
        (0.89625, ".2f", "0.90"),
        (0.89625, ".0f", "1"),
        (-0.4, ".0f", "0"),
        (2.5, ".0f", "3"),
        (0.5, "+.1f", "+0.5"),
        (-0.5, "+.1f", "−0.5"),
        (0, "+.1f", "0.0"),
        (0.01, "+.1f", "0.0"),
        (-0.01, "+.1f", "0.0"),
        (0.05, "+.1f", "+0.1"),
        (-2.7755575615628914e-17, ".1e", "−2.8 × 10⁻¹⁷"),
        (np.float32(-7.450581e-09), ".1e", "−7.5 × 10⁻⁹"),
        (0, ".1e", "0.0 × 10⁰"),
        (9.96, ".1e", "1.0 × 10¹"),
        (12345, ".2e", "1.23 × 10⁴"),
        (0.75, "%", "75%"),
        (0.125, "%", "12.5%"),
        (0.125, ".0%", "13%"),
        (-0.00001, ".1%", "0.0%"),
        (0.89625, "fraction", "717/800"),
        (0.1 + 0.2, "fraction", "3/10"),
        (-0.5, "fraction", "−1/2"),
        (2.0, "fraction", "2"),
        (-0.3, "factor", "(−0.3)"),
        (0.3, "factor", "0.3"),
        (-2.8e-17, "factor", "0"),
        (3, "word", "three"),
        (3.0000000000000004, "Word", "Three"),
        (100, "word", "one hundred"),
        (999, "word", "nine hundred and ninety-nine"),
        (3, "ordinal", "third"),
        (22, "Ordinal", "Twenty-second"),
        (999, "ordinal", "nine hundred and ninety-ninth"),
        (2, "place", "third"),
        (0, "Place", "First"),
        (1, "count neuron", "one neuron"),
        (3, "count neuron", "three neurons"),
        (0, "count neuron", "zero neurons"),
        (2, "count dead neuron", "two dead neurons"),
        (2, "count matrix/matrices", "two matrices"),
        (1, "count matrix/matrices", "one matrix"),
        (2, "count entry", "two entries"),
        (2, "count array", "two arrays"),
        (2, "count loss", "two losses"),
        (2, "count batch", "two batches"),
        (3, "Count ReLU neuron", "Three ReLU neurons"),
        ([0.5, 0.125], "%", "[50.0%, 12.5%]"),
        ([0.5, -0.125], "factor", "[0.500, (−0.125)]"),
        ([0, 2], "place", "[first, third]"),
        ([-2.8e-17, 1], ".1e", "[−2.8 × 10⁻¹⁷, 1.0 × 10⁰]"),
        ((4, 3), "word", "(four, three)"),
        (np.array(3), "word", "three"),
    ],
)
def test_a_format_gives_what_it_promises(value: Any, spec: str, shown: str) -> None:
    assert text(value, spec) == shown


@pytest.mark.parametrize(
    ("value", "spec", "medium", "shown"),
    [
        (-2.8e-17, ".1e", "code", "-2.8e-17"),
        (12345.0, ".1e", "code", "1.2e+04"),
        (-2.8e-17, ".1e", "latex", r"-2.8 \times 10^{-17}"),
        (0.75, "%", "latex", r"75\%"),
        (0.75, "%", "code", "75%"),
        (-0.89625, "fraction", "latex", r"-\frac{717}{800}"),
        (-0.89625, "fraction", "code", "-717/800"),
        (-2.0, "fraction", "latex", "-2"),
        (-0.3, "factor", "latex", "(-0.3)"),
        (-0.3, "factor", "code", "(-0.3)"),
        ([0.5, -0.25], "", "latex", r"\begin{bmatrix} 0.50 & -0.25 \end{bmatrix}"),
        ([[1, 2], [3, -4]], "", "latex", r"\begin{bmatrix} 1 & 2 \\ 3 & -4 \end{bmatrix}"),
        ([[0.5], [1]], ".2f", "latex", r"\begin{bmatrix} 0.50 \\ 1.00 \end{bmatrix}"),
        ((1, 4), "", "latex", "(1, 4)"),
    ],
)
def test_formulas_and_code_have_their_own_spelling(value: Any, spec: str, medium: Medium, shown: str) -> None:
    assert text(value, spec, medium) == shown


def test_every_format_of_the_documented_table_exists_and_has_an_example() -> None:
    """The examples below the table are doctests, so what they show is true."""
    table, _, examples = (writing.__doc__ or "").partition(">>>")
    rows = [re.findall(r"``([^`]+)``", row[:24]) for row in table.splitlines() if row.startswith("``")]
    assert len(rows) == 16
    for specs in rows:
        assert all(map(is_format, specs)), specs
        assert f'"{specs[0]}"' in examples, specs


def test_cells_are_nested_as_the_array_is() -> None:
    assert cells([[1, 0.25], [-3, 2]]) == [["1.00", "0.25"], ["−3.00", "2.00"]]
    assert cells([1, -2], medium="code") == ["1", "-2"]
    assert cells([0.126, 2], ".2f") == ["0.13", "2.00"]
    assert cells(np.zeros((2, 0))) == [[], []]
    assert cells(np.array(0.5)) == "0.5"
    assert np.shape(cells(np.ones((2, 3, 4)))) == (2, 3, 4)


def test_cells_leave_the_array_alone() -> None:
    array = np.array([0.1 + 0.2, -0.0])
    before = array.tobytes()
    cells(array)
    assert array.tobytes() == before


def test_signed_knows_the_minus_of_every_medium() -> None:
    assert [signed(t) for t in ("−0.3", "-0.3", "0.3", "0", "")] == ["(−0.3)", "(-0.3)", "0.3", "0", ""]


@pytest.mark.parametrize(
    "value",
    [{}, {1}, b"1", object(), len],
)  # fmt: skip
def test_what_is_no_number_is_refused_and_named(value: Any) -> None:
    with pytest.raises(
        NumeralError, match=r" is of type \w+, not a finite number: a page shows numbers, arrays of numbers"
    ):
        text(value)


@pytest.mark.parametrize(
    "value",
    [None, [None], np.array(None), (1, None), np.ma.masked, np.ma.array([1, 2], mask=[False, True]),
     np.datetime64("NaT")],
)  # fmt: skip
def test_what_is_missing_is_refused_unless_the_format_says_what_stands_in_its_place(value: Any) -> None:
    with pytest.raises(NumeralError, match=r"say after else what stands in its place, as in \.2f else none$"):
        text(value)
    assert "not known" in text(value, "else not known")
    assert "–" in text(value, ".2f else –", "latex")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(float("nan"), "NaN"), (np.float32("inf"), "∞"), (float("-inf"), "−∞"), ([1.5, float("nan")], "[1.5, NaN]"),
     (Decimal("NaN"), "NaN"), ((1, float("inf")), "(1, ∞)")],
)  # fmt: skip
def test_a_float_that_is_no_number_says_so_unless_other_words_stand_in_its_place(value: Any, shown: str) -> None:
    assert text(value) == text(value, "") == shown
    assert text(value, "else none") == re.sub("NaN|−?∞", "none", shown)


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(NumeralError, match="its rows differ in length"):
        text([[1], [2, 3]])


def test_a_formula_has_no_array_of_three_axes() -> None:
    with pytest.raises(NumeralError, match="one matrix at a time"):
        text(np.ones((2, 2, 2)), medium="latex")


@pytest.mark.parametrize(
    "spec",
    [
        ".f",
        ".2q",
        "4.f",
        "words",
        "COUNT neuron",
        "count",
        "count ",
        "count a/b/",
        "%%",
        " ",
        "0 significant",
        "EUR",
        "si ",
    ],
)
def test_a_format_that_does_not_exist_is_refused_with_those_that_do(spec: str) -> None:
    assert not is_format(spec)
    with pytest.raises(NumeralError, match=f"^no format '{re.escape(spec)}': there are .2f,"):
        text(1, spec)


@pytest.mark.parametrize(
    "spec", ["", ".0f", ".12f", "+.2f", ".3e", "%", ".1%", "fraction", "factor", "word", "Place", "count a b/c d",
             "f", ",", ",.2f", "_d", "d", "+", " .1f", "08.3f", "*^12,.1f", "#x", "b", ".3g", "#.3g", "n", "E", "z.1f",
             "‰", ".1‰", "3 significant", "si", ".1si Hz", "currency EUR", "p", ".4p", ".2f else –", "else none"]
)  # fmt: skip
def test_formats_that_exist_are_known(spec: str) -> None:
    assert is_format(spec)
    assert text(1, spec)


@pytest.mark.parametrize(
    ("value", "spec", "reason"),
    [
        (0.5, "word", "0.5 cannot be written as 'word': words are for whole numbers from zero up"),
        (-1, "word", "-1 cannot be written as 'word'"),
        (1.5, "count neuron", "1.5 cannot be written as 'count neuron'"),
        (0, "ordinal", "there is no zeroth: an ordinal is a rank, counted from one; for an index use 'place'"),
        (1000, "word", "1000 is too large to write in letters; show its digits"),
        (1000, "ordinal", "1000 is too large"),
        (999, "place", "1000 is too large"),
    ],
)
def test_letters_are_for_small_whole_numbers(value: Any, spec: str, reason: str) -> None:
    with pytest.raises(NumeralError, match=re.escape(reason)):
        text(value, spec)


@pytest.mark.parametrize(
    ("value", "spec", "shown"),
    [
        (1234567, ",", "1,234,567"),
        (1234567.891, ",.2f", "1,234,567.89"),
        (-1234567, "_d", "−1_234_567"),
        (999, ",", "999"),
        (0.5, "+", "+0.5"),
        (0.5, "08.3f", "0000.500"),
        (-0.5, "08.3f", "−000.500"),
        (0.5, "*^9.1f", "***0.5***"),
        (255, "#x", "0xff"),
        (5, "b", "101"),
        (1234.5678, ".3g", "1.23 × 10³"),
        (123.45678, ".4g", "123.5"),
        (0.0001, "g", "0.0001"),
        (100, "g", "100"),
        (100, "#.4g", "100.0"),
        (1e-7, "g", "1 × 10⁻⁷"),
        (0.0125, "‰", "12.5‰"),
        (0.00123456, "3 significant", "0.00123"),
        (123456, "3 significant", "123000"),
        (99.96, "3 significant", "100"),
        (2, "significant", "2.00"),
        (F(1602, 10**22), "3 significant", "1.60 × 10⁻¹⁹"),
        (4700, "si Ω", "4.7 kΩ"),
        (0.0000033, "si F", "3.3 µF"),
        (999.6, "si", "1 k"),
        (12, ".1si V", "12.0 V"),
        (1234.5, "currency EUR", "€1,234.50"),
        (1234.5, "currency JPY", "¥1,235"),
        (0.04321, "p", "0.043"),
        (1e-9, "p", "< 0.001"),
        (0.99999, "p", "> 0.999"),
        (1, "p", "1.000"),
        (1e22, "", "1.0 × 10²²"),
        (6.02214076e23, "", "6.0221 × 10²³"),
        (-1.7976931348623157e308, "", "−1.7977 × 10³⁰⁸"),
        (1e29, "currency EUR", "€100,000,000,000,000,000,000,000,000,000.00"),
        (np.datetime64("2024-05"), "", "2024-05"),
        (np.datetime64("2024-05"), "%B %Y", "May 2024"),
        (np.datetime64("2024-05-17T09:05:00.25"), "", "2024-05-17 09:05:00.250"),
        (np.timedelta64(2, "Y"), "", "2 years"),
        (np.timedelta64(1, "M"), "", "1 month"),
        (2j, ".1e", "0.0 × 10⁰ + (2.0 × 10⁰)i"),
        (0.5j, "fraction", "0 + (1/2)i"),
        (F(1, 10**9), ".4p", "< 0.0001"),
        (Decimal("0.125"), "%", "12.5%"),
        (F(1602, 10**22), "", "1.6 × 10⁻¹⁹"),
        (F(1602, 10**22), "%", "1.6 × 10⁻¹⁷%"),
        (F(1602, 10**22), "factor", "1.6 × 10⁻¹⁹"),
        (True, "", "true"),
        (np.False_, "yes/no", "no"),
        (1 - 2.5j, "", "1 − 2.5i"),
        (1 + 2j, ".1f", "1.0 + 2.0i"),
        ([1 + 2j, 0.5j], "", "[1 + 2i, 0 + 0.5i]"),
        ([1.25, None], ".1f else –", "[1.3, –]"),
        (np.ma.array([1.5, 2.25], mask=[True, False]), "else –", "[–, 2.25]"),
        (date(2024, 5, 17), "", "2024-05-17"),
        (date(2024, 5, 17), "%d %B %Y", "17 May 2024"),
        (datetime(2024, 5, 17, 9, 5, tzinfo=UTC), "%H:%M", "09:05"),
        (np.datetime64("2024-05-17"), "%Y", "2024"),
        (np.datetime64("2024-05-17"), "", "2024-05-17"),
        (timedelta(hours=26, seconds=1.5), "", "1 day, 2 hours, 1.5 seconds"),
        (timedelta(0), "", "0 seconds"),
        (np.timedelta64(90, "s"), "", "1 minute, 30 seconds"),
        (timedelta(minutes=90), ",.0f", "5,400"),
    ],
)  # fmt: skip
def test_a_value_of_the_world_is_written_as_people_do(value: Any, spec: str, shown: str) -> None:
    assert text(value, spec) == shown


@pytest.mark.parametrize(
    ("value", "spec", "shown"),
    [
        (date(2024, 5, 17), "", r"\text{2024-05-17}"),
        (timedelta(hours=-26), "", r"-\text{1 day, 2 hours}"),
        (np.timedelta64(2, "Y"), "", r"\text{2 years}"),
        (True, "", r"\text{true}"),
        (True, "passes_all/fails", r"\text{passes\_all}"),
        (3, "count neuron", r"\text{three neurons}"),
        (3, "Word", r"\text{Three}"),
        (2, "place", r"\text{third}"),
        (-1234.5, "currency EUR", r"-\text{€1,234.50}"),
        (None, "else not measured", r"\text{not measured}"),
        (None, r"else \infty", r"\infty"),
        ("tanh", "", r"\text{tanh}"),
        ("≈", "", "≈"),
        ("x_1 + y", "", "x_1 + y"),
        ("5% of #1", "", r"5\% of \#1"),
        (r"5\%", "", r"5\%"),
    ],
)
def test_words_and_dates_are_no_products_and_sums_in_a_formula(value: Any, spec: str, shown: str) -> None:
    assert text(value, spec, "latex") == shown


@pytest.mark.parametrize("spec", ["%", "p", "si m", "currency EUR", "count thing", "long"])
def test_a_format_that_says_more_than_digits_is_none_of_a_complex_number(spec: str) -> None:
    with pytest.raises(NumeralError, match="is no format of a complex number: there are"):
        text(1 + 2j, spec)


@pytest.mark.parametrize("spec", ["", ".2f", "%", "fraction", "word", "yes/no"])
def test_what_python_does_not_write_is_a_sentence(spec: str) -> None:
    with pytest.raises(NumeralError):
        text(10**5000, spec)
    assert text(10**5000, "3 significant") == "1.00 × 10⁵⁰⁰⁰"


def test_a_duration_of_months_has_no_seconds() -> None:
    with pytest.raises(NumeralError, match="has no number of seconds"):
        text(np.timedelta64(2, "M"), ".1f")


def test_numbers_have_the_signs_and_plurals_of_the_language() -> None:
    token = writing.LANGUAGE.set("de")
    try:
        assert text(1234.5, ",.2f") == "1.234,50"
        assert text([0.5, 2]) == "[0,5; 2,0]"
        assert (text(0.5, medium="code"), text(0.5, medium="latex")) == ("0.5", "0{,}5")
        assert text([[0.5, -2]], medium="latex") == r"\begin{bmatrix} 0{,}5 & -2{,}0 \end{bmatrix}"
        assert (text(1234.5, ",.1f", "latex"), text(1234.5, "g", "latex")) == ("1.234{,}5", "1234{,}5")
        assert (text(2.5e-9, medium="latex"), text(0.5, "%", "latex")) == (r"2{,}5 \times 10^{-9}", r"50\,\%")
        assert (text(0.125, "%"), text(0.0125, "‰")) == ("12,5\N{NO-BREAK SPACE}%", "12,5\N{NO-BREAK SPACE}‰")
        assert (text((1.5, 2)), text((4, 3)), text([[0.5], [1]])) == ("(1,5; 2)", "(4, 3)", "[[0,5]; [1,0]]")
        assert (text(True), text(False), text(True, medium="code")) == ("wahr", "falsch", "true")
        assert text(1234.5, "currency EUR") == "1.234,50\N{NO-BREAK SPACE}€"
        assert text(date(2024, 5, 17), "long") == "17. Mai 2024"
        assert text(timedelta(minutes=61)) == "1 Stunde, 1 Minute"
        assert (text(1, "count Neuron/Neuronen"), text(3, "count Neuron/Neuronen")) == ("1 Neuron", "3 Neuronen")
        with pytest.raises(NumeralError, match="in English alone"):
            text(3, "word")
        writing.LANGUAGE.set("fr")
        assert text(1234.5, ",.1f", "latex") == r"1\,234{,}5"
        writing.LANGUAGE.set("ja")
        assert text(1234.5, ",.1f", "latex") == "1{,}234.5"
        writing.LANGUAGE.set("pl")
        assert [text(n, "count plik/pliki/plików") for n in (1, 3, 5)] == ["1 plik", "3 pliki", "5 plików"]
    finally:
        writing.LANGUAGE.reset(token)


def test_values_of_libraries_are_written_where_these_are_installed() -> None:
    uncertainties = library("uncertainties")
    number = uncertainties.ufloat(1.23, 0.04)
    assert (text(number), text(number, ".1u")) == ("1.23 ± 0.04", "1.23 ± 0.04")
    assert text(uncertainties.ufloat(-1.23e-9, 4e-11), ".1u") == "(−1.23 ± 0.04) × 10⁻⁹"
    assert text(number, ".1u", "latex") == r"1.23 \pm 0.04"
    unsure = uncertainties.ufloat(3, float("nan"))
    assert (text(unsure), text(unsure, medium="latex")) == ("3.0 ± NaN", r"3.0 \pm \text{NaN}")
    token = writing.LANGUAGE.set("de")
    try:
        assert (text(number), text(number, medium="latex")) == ("1,23 ± 0,04", r"1{,}23 \pm 0{,}04")
    finally:
        writing.LANGUAGE.reset(token)


def test_a_quantity_has_its_unit() -> None:
    units = library("pint").UnitRegistry()
    assert text(9.81 * units.meter / units.second**2, ".1f") == "9.8 m/s²"
    assert text(3 * units.dimensionless) == "3"
    assert r"\mathrm{m}" in text(2 * units.meter, medium="latex")
    assert (text(12 * units.percent), text(12 * units.percent, "%")) == ("12 %", "12%")
    for spec in ("%", "si m", "currency EUR"):
        with pytest.raises(NumeralError, match="is no format of a quantity, which has a unit of its own, m"):
            text(2 * units.meter, spec)


def test_a_formula_of_sympy_is_a_formula_and_its_value_a_number() -> None:
    sympy = library("sympy")
    x = sympy.Symbol("x")
    assert text(x**2 / 2, medium="latex") == r"\frac{x^{2}}{2}"
    assert text(sympy.sqrt(2), ".3f") == "1.414"
    assert text(sympy.Rational(1, 3), "fraction") == "1/3"
    assert (text(sympy.pi), text(sympy.oo), text(-sympy.oo, ".2f"), text(sympy.nan)) == ("π", "∞", "−∞", "NaN")
    assert (text(sympy.Eq(x, sympy.pi)), text(sympy.sqrt(x) - 1), text(sympy.true)) == ("x = π", "√(x) − 1", "true")
    assert (text(sympy.Float("1.5")), text(sympy.Matrix([[1, x]]))) == ("1.5", "[[1, x]]")
    with pytest.raises(NumeralError, match="zoo is no number"):
        text(sympy.zoo, ".2f")
    token = writing.LANGUAGE.set("de")
    try:
        assert (text(1.5 * x), text(1.5 * x, medium="latex")) == ("1,5·x", "1{,}5 x")
    finally:
        writing.LANGUAGE.reset(token)
    with pytest.raises(NumeralError, match="x is no number"):
        text(x, ".2f")


def test_cells_and_columns_of_tables_are_numbers() -> None:
    pandas = library("pandas")
    table = pandas.DataFrame({"a": [1.5, float("nan")], "when": pandas.to_datetime(["2024-05-17", "2024-05-18"])})
    assert text(table.a.iloc[0]) == "1.5"
    assert text(table.a, "else –") == "[1.5, –]"
    assert text(table.when.iloc[0], "%d.%m.") == "17.05."
    assert text(pandas.NA, "else –") == "–"
    assert text(pandas.Timedelta(hours=2)) == "2 hours"
    polars = library("polars")
    assert text(polars.Series([1.5, 2.0])) == "[1.5, 2.0]"
    xarray = library("xarray")
    assert text(xarray.DataArray([1.5, 2.0]).mean(), ".2f") == "1.75"
