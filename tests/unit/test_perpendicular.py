"""The direction that a layer never moves an answer in."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fwdpass import lesson
from fwdpass.errors import ShapeError
from fwdpass.numerals.exact import rational
from perpendicular import normal


@given(
    arrays.arrays(
        np.int64,
        st.tuples(st.integers(1, 4), st.integers(1, 3)).map(lambda s: (s[0], s[0] + s[1])),
        elements=st.integers(-3, 3),
    )
)
def test_a_wide_layer_has_one_that_no_weight_moves(W: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> None:
    n = normal(W)
    assert n.shape == (W.shape[1],)
    assert n.any()
    assert not (W @ n).any()
    assert all(isinstance(entry, Fraction) and entry.denominator == 1 for entry in n)
    assert gcd(*(entry.numerator for entry in n)) == 1


def test_the_lessons_is_exact_though_its_weights_are_decimals() -> None:
    n = normal(lesson.W2)
    assert [str(entry) for entry in n] == ["7", "-8", "-11", "7"]
    assert not (rational(lesson.W2) @ n).any()


def test_the_weights_are_left_as_they_are() -> None:
    W = rational(lesson.W2)
    normal(W)
    assert np.array_equal(W, rational(lesson.W2))


def test_a_square_layer_has_one_only_if_it_wastes_an_output() -> None:
    assert normal([[1, 2], [2, 4]]).tolist() == [-2, 1]
    with pytest.raises(ShapeError, match=r"\(2, 2\) reach every direction of their 2 outputs"):
        normal([[1, 2], [2, 5]])


def test_a_vector_is_no_layer() -> None:
    with pytest.raises(ShapeError, match=r"weights are a matrix, and these have shape \(2,\)"):
        normal([1, 2])
