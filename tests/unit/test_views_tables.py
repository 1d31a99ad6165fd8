"""Labelled matrices, worked products, collapsed layers, contributions: what a reader gets."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ArgumentError, ShapeError
from fwdpass.lesson import W1, W2, b1, b2, h, x
from fwdpass.numerals.exact import rational


def test_axes_without_a_name_are_i_and_j() -> None:
    assert repr(fp.matrix([[1, 2]])) == "    j0  j1\ni0   1   2"
    assert repr(fp.matrix([[1, 2]], "x")) == "    j0  j1\nx0   1   2"


@pytest.mark.parametrize(
    ("array", "axes", "sentence"),
    [
        (3.0, (), "cannot show shape () as a table"),
        (np.ones((2, 2, 2)), (), "cannot show shape (2, 2, 2) as a table"),
        ([], (), "at least one number"),
        ([1, 2], ("x", "h"), "2 names, x, h, for 1 axes of (2,)"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(array: Any, axes: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ShapeError) as refused:
        fp.matrix(array, *axes)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("array", [["a", "b"], [1, None], [[1], [1, 2]], [np.inf]])
def test_what_is_no_number_is_refused(array: Any) -> None:
    with pytest.raises(ArgumentError):
        fp.matrix(array)


def test_a_long_vector_is_cut_and_says_so() -> None:
    lines = repr(fp.matrix(range(784), "x")).splitlines()
    assert lines[1].endswith("10  …")
    assert lines[2] == "(784 numbers in all)"
    assert fp.matrix(range(784)).latex().endswith(r"10 & \cdots \end{bmatrix}")


def test_a_dot_product_may_have_a_bias_as_its_last_term() -> None:
    assert fp.dot(x, W1[:, 1], b1[1]).text() == "1 × (−0.5) + 0 × 0.4 + 1 × 0.3 + 1 × 0.2 + (−0.1) = −0.1"
    assert fp.dot(x, W1[:, 1]).latex() == (r"1 \times (-0.5) + 0 \times 0.4 + 1 \times 0.3 + 1 \times 0.2 = 0")


def test_rounding_noise_never_shows() -> None:
    """z1[0] is ±2.8e-17 in floating point, by the order of the sum."""
    noisy = np.array([-2.7755575615628914e-17, 0.30000000000000004])
    assert repr(fp.matrix(noisy, "h")) == " h0   h1\n0.0  0.3"
    assert repr(fp.product(noisy, np.eye(2, dtype=int), "h", "y")) == (
        "y0: 0.0 × 1 + 0.3 × 0 = 0.0\ny1: 0.0 × 0 + 0.3 × 1 = 0.3"
    )


def test_a_bias_is_in_the_row_of_its_entry() -> None:
    assert repr(fp.product(x, W1, "x", "h", bias=b1)).splitlines()[1] == (
        "h1: 1 × (-0.5) + 0 × 0.4 + 1 × 0.3 + 1 × 0.2 + (-0.1) = -0.1"
    )


def test_a_batch_takes_the_same_bias_in_each_row() -> None:
    batch = fp.product([[1, 2], [3, 4]], [[1, 0], [0, 1]], "n", "x", "h", bias=np.array([10, 20]))
    assert repr(batch).splitlines()[-2:] == [
        "n1, h0: 3 × 1 + 4 × 0 + 10 = 13",
        "n1, h1: 3 × 0 + 4 × 1 + 20 = 24",
    ]


def test_weights_stored_the_other_way_round_give_the_same_sums() -> None:
    """A column (n,) on the right: the rows of the matrix are what is multiplied."""
    turned = fp.product(W1.T, x, "h", "x", bias=b1)
    assert [line.rpartition("= ")[2] for line in repr(turned).splitlines()] == ["0.0", "-0.1", "0.5"]
    assert repr(turned).startswith("h0: 0.2 × 1 + (-0.3) × 0")


def test_a_product_of_two_vectors_is_a_dot_product() -> None:
    assert fp.product([1, 2], [3, 4]) == fp.dot([1, 2], [3, 4])


@pytest.mark.parametrize(
    ("left", "right", "bias", "sentence"),
    [
        (h, W1, None, "cannot multiply (3,) @ (4, 3)"),
        (h, W1, None, "(3,) @ (3, 4), the transpose, would fit"),
        (x, W1, b2, "takes a bias of shape (3,)"),
        (np.ones((2, 2, 2)), W1, None, "cannot write out (2, 2, 2) @ (4, 3)"),
        (x, h, None, "cannot multiply (4,) @ (3,)"),
        (np.ones((0, 4)), W1, None, "at least one number"),
    ],
)
def test_a_misfit_is_refused_in_a_sentence(left: Any, right: Any, bias: Any, sentence: str) -> None:
    with pytest.raises(ShapeError) as refused:
        fp.product(left, right, bias=bias)
    assert sentence in str(refused.value)


def test_vectors_of_different_lengths_have_no_dot_product() -> None:
    with pytest.raises(ShapeError, match=r"\(4,\) met \(3,\)"):
        fp.dot(x, h)


def test_the_collapsed_layer_is_exact() -> None:
    """The text that this book starts from prints a quarter of this matrix wrong."""
    view = fp.collapsed(W1, b1, W2, b2)
    assert (view.W_eff * 100).tolist() == [
        [13, -33, 24, -13],
        [-17, 34, -26, 15],
        [10, -7, 0, -18],
        [-16, 22, -23, 5],
    ]
    assert (view.b_eff * 100).tolist() == [4, 3, -3, -1]
    assert ((x @ view.W_eff + view.b_eff) * 100).tolist() == [11, -15, -2, -27]
    assert view == fp.collapsed(*map(rational, (W1, b1, W2, b2)))


def test_layers_that_do_not_fit_do_not_collapse() -> None:
    with pytest.raises(ShapeError):
        fp.collapsed(W1, b1, W1, b2)


def test_only_the_row_of_the_living_neuron_contributes() -> None:
    view = fp.contributions(h, W2, "h", "y")
    assert view.rows == (2,)
    assert fp.contributions(np.array([2.8e-17, 0, 0.5]), W2, "h", "y") == view
    assert fp.contributions(rational([Fraction(1, 2), 0, 1]), W2).rows == (0, 2)


def test_contributions_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="cannot multiply"):
        fp.contributions(x, W2)


def test_a_view_is_a_value(lesson_views: dict[str, Any]) -> None:
    """Equal inputs, equal views: a page that shows one twice shows the same."""
    assert fp.matrix(W1, "x", "h") == lesson_views["matrix"]
    assert fp.matrix(W1 + 0, "x", "h") == fp.matrix(rational(W1), "x", "h"), "neither of which has a name"
    assert hash(fp.matrix(W1, "x", "h")) == hash(lesson_views["matrix"])
