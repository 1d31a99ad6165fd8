"""What a reader sees where a number stands."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from fwdpass.errors import NumeralError
from fwdpass.numerals import writing
from fwdpass.numerals.writing import Medium, cells, is_format, signed, text

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
        (1e22, "1" + 22 * "0"),
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
    rows = [re.findall(r"``([^`]+)``", row[:22]) for row in table.splitlines() if row.startswith("``")]
    assert len(rows) == 9
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
    [float("nan"), float("inf"), np.float32("inf"), 1j, None, True, np.True_, {}, {1}, b"1", Decimal("0.1"), object(),
     [None], ["a"], [1, float("nan")], np.array([True]), np.array(None), (1, None), len],
)  # fmt: skip
def test_what_is_no_number_is_refused_and_named(value: Any) -> None:
    with pytest.raises(
        NumeralError, match=r" is an? \w+, not a finite number: a page shows numbers, arrays of numbers"
    ):
        text(value)


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(NumeralError, match="its rows differ in length"):
        text([[1], [2, 3]])


def test_a_formula_has_no_array_of_three_axes() -> None:
    with pytest.raises(NumeralError, match="one matrix at a time"):
        text(np.ones((2, 2, 2)), medium="latex")


@pytest.mark.parametrize(
    "spec",
    ["4f", ".f", "f", ".2", "2f", "-.2f", "words", "COUNT neuron", "count", "count ", "count a/b/", "d", "%%", " "],
)
def test_a_format_that_does_not_exist_is_refused_with_those_that_do(spec: str) -> None:
    assert not is_format(spec)
    with pytest.raises(NumeralError, match=f"^no format '{re.escape(spec)}': there are .2f,"):
        text(1, spec)


@pytest.mark.parametrize(
    "spec", ["", ".0f", ".12f", "+.2f", ".3e", "%", ".1%", "fraction", "factor", "word", "Place", "count a b/c d"]
)
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
