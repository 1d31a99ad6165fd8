"""Laws of exact reading: decimals as written, operators unchanged, and floats that say what rationals say."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fwdpass.errors import NumeralError
from fwdpass.numerals.exact import Arithmetic, agree, compile_source, rational, settle

finite = st.floats(allow_nan=False, allow_infinity=False)
literals = st.builds(
    lambda whole, part, power: f"{whole}.{part}{power}",
    st.sampled_from(["", "0", "7", "1_000", "00"]),
    st.sampled_from(["0", "1", "25", "000_1", "3333333333333333333", "5"]),
    st.sampled_from(["", "e3", "E-2", "e+1_0", "e-400", "e-18"]),
)
one_decimal = st.integers(-20, 20).map(lambda n: n / 10)


def matrix(rows: int, columns: int) -> st.SearchStrategy[NDArray[np.float64]]:
    entries = st.lists(one_decimal, min_size=rows * columns, max_size=rows * columns)
    return entries.map(lambda values: np.array(values).reshape(rows, columns))


def read(source: str, **names: Any) -> Any:
    """Evaluate an expression as an exact reading does."""
    return eval(compile_source(source, "<page>", "eval", Arithmetic.EXACT), names)


@given(finite)
@example(0.1)
@example(5e-324)
@example(1.7976931348623157e308)
@example(-0.0)
def test_a_float_is_the_decimal_that_python_writes_for_it(value: float) -> None:
    assert rational(value) == Fraction(Decimal(repr(value)))
    assert float(rational(value)) == value


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=20))
def test_exact_sums_are_the_decimal_modules_sums(values: list[Decimal]) -> None:
    array = rational([float(v) for v in values])
    assert array.sum() == reduce(Fraction.__add__, array) == Fraction(sum(values, Decimal(0)))
    assert array @ array == Fraction(sum((v * v for v in values), Decimal(0)))


@given(literals)
@example("1.")
@example(".5")
@example("1e22")
@example("1e-400")
def test_a_literal_is_read_digit_by_digit(literal: str) -> None:
    value = read(literal)
    assert type(value) is Fraction
    assert value == Fraction(Decimal(literal.replace("_", "")))


@given(st.lists(literals, min_size=1, max_size=6), st.sampled_from(["é", "𝟘", "\\n", "− 0.5", "\t"]))
def test_places_are_found_behind_any_character(written: list[str], before: str) -> None:
    source = f"('{before}', \n  {{'{before}': [{', '.join(written)}]}})"
    assert read(source)[1].popitem()[1] == [read(v) for v in written]


@given(st.lists(literals, min_size=1, max_size=4))
def test_the_float_reading_leaves_source_alone(written: list[str]) -> None:
    source = f"[{', '.join(written)}]"
    assert eval(compile_source(source, "<page>", "eval", Arithmetic.FLOAT64)) == eval(source)


@given(finite)
def test_settling_twice_changes_nothing_and_a_settled_value_is_near(value: float) -> None:
    settled = settle(value)
    assert settle(settled) == settled
    assert abs(settled - Fraction(value)) <= max(Fraction(1, 10**12), abs(Fraction(value)) / 10**11)


@given(st.lists(one_decimal, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_a_sum_does_not_matter_once_settled(values: list[float], random: Any) -> None:
    exact = sum(map(rational, values), Fraction(0))
    shuffled = random.sample(values, len(values))
    assert settle(sum(shuffled)) == settle(math.fsum(values)) == exact
    assert agree(sum(shuffled), exact)


@given(matrix(3, 4), matrix(4, 2), st.integers(1, 24))
def test_agree_tells_rounding_from_another_number(A: Any, B: Any, tenths: int) -> None:
    exact = rational(A) @ rational(B)
    assert agree(A @ B, exact)
    assert agree(A @ B, np.asfortranarray(A) @ B)
    assert agree(exact, sum(np.multiply.outer(rational(A)[:, k], rational(B)[k]) for k in range(4)))
    other = exact.copy()
    other[1, 1] += Fraction(tenths, 100)
    assert not agree(A @ B, other)
    other[1, 1] = exact[1, 1] + Fraction(tenths, 10**30)
    assert not agree(exact, other), "exact operands are equal or they are not"


@given(matrix(2, 3))
def test_agree_is_symmetric_and_wants_one_shape(A: Any) -> None:
    assert agree(A, A)
    assert not agree(A, A.T)
    assert not agree(A, A[0])
    assert agree(A, A.tolist())
    assert agree(rational(A), A)
    assert agree(A, rational(A))


@given(
    st.recursive(st.one_of(st.integers(), finite, st.fractions()), lambda inner: st.tuples(inner, inner), max_leaves=8)
)
def test_rational_keeps_the_shape(value: Any) -> None:
    try:
        shape = np.shape(value)
    except ValueError:
        with pytest.raises(NumeralError, match="shape"):
            rational(value)
        return
    assert np.shape(rational(value)) == shape


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 1j, "1", b"1", None, True, np.bool_(1), Decimal(1), object()]
)
def test_what_is_no_finite_number_is_refused_by_its_name(value: Any) -> None:
    for arrives_as in (value, [value], (value,), np.array([[1, value]], dtype=object)):
        with pytest.raises(NumeralError, match="as an exact number"):
            rational(arrives_as)
