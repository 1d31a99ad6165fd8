"""Shapes that do not go together: the axes, NumPy's own answer, and what would fit, all of it executed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ExpressionError, ShapeError
from fwdpass.figures.mismatch import Mismatch
from fwdpass.lesson import W1, W2, b1, h, target, x, y_hat
from fwdpass.numerals.exact import rational

NAMES: dict[str, Any] = {"x": x, "W1": W1, "W2": W2, "b1": b1, "h": h, "y_hat": y_hat, "target": target}
NAMES |= {"b_column": b1.reshape(-1, 1), "X": np.ones((2, 4), dtype=int), "one": np.ones((1, 1))}


def found(expression: str, *fits: str) -> Mismatch:
    figure = fp.mismatch(expression, *fits, namespace=NAMES)
    assert isinstance(figure, Mismatch)
    return figure


@pytest.mark.parametrize(
    "expression",
    [
        "W1 @ x",
        "x @ W1.T",
        "h @ W1",
        "x @ W2",
        "X @ W2",
        "W1 @ W1",
        "W2 @ W2",
        "x @ h",
        "X @ h",
        "h - target",
        "W1 + x",
    ],
)
def test_the_message_is_that_of_numpy(expression: str) -> None:
    with pytest.raises(ValueError, match=r"mismatch|broadcast") as raised:
        eval(expression, dict(NAMES))
    assert found(expression).message == f"ValueError: {str(raised.value).strip()}"


@pytest.mark.parametrize(
    ("expression", "lengths"),
    [
        ("W1 @ x", [(3, 4)]),
        ("x @ W1.T", [(4, 3)]),
        ("x @ h", [(4, 3)]),
        ("X @ W2", [(4, 3)]),
        ("h - target", [(3, 4)]),
        ("x @ W1 + b_column", [(3, 1), (None, 3)]),
        ("one + h", [(1, 3), (1, None)]),
    ],
)
def test_the_axes_are_those_that_should_be_equal(expression: str, lengths: list[tuple[int | None, int | None]]) -> None:
    assert [tuple(axis.length for axis in pair) for pair in found(expression).pairs] == lengths


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("W1 @ x", ["x @ W1", "W1.T @ x"]),
        ("x @ W1.T", ["W1.T @ x", "x @ W1"]),
        ("x @ W2", ["W2 @ x", "x @ W2.T"]),
        ("h @ W1", ["W1 @ h", "h @ W1.T"]),
        ("x @ h", []),
    ],
)
def test_what_would_fit_was_tried(expression: str, fits: list[str]) -> None:
    steps = found(expression).fits
    assert [step.expression for step in steps] == fits
    assert all(step.result == np.shape(eval(step.expression, dict(NAMES))) for step in steps)


def test_what_was_meant_takes_the_place_of_what_is_tried() -> None:
    assert [step.expression for step in found("h @ W1", "h @ W2").fits] == ["h @ W2"]


def test_what_numpy_accepts_can_be_wrong_all_the_same() -> None:
    lines = repr(fp.mismatch("W2 @ W1", "W1 @ W2", namespace=NAMES)).splitlines()
    assert lines == [
        "W2 @ W1  (3, 4) @ (4, 3): accepted: the result has shape (3, 3)",
        "fits: W1 @ W2  (4, 3) @ (3, 4) → (4, 4)",
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (["x @ W1"], ShapeError, "nothing is wrong with the shapes of x @ W1"),
        (["W1 @ x", "W2 @ h"], ShapeError, "W2 @ h does not fit either: ValueError: matmul"),
        (["W1 @ x", "x @ W1 + b_column"], ShapeError, "x @ W1 + b_column does not fit either: it broadcasts"),
        (["x"], ExpressionError, "'x' has no operator between operands"),
        (["fp.relu(x)"], ExpressionError, "has no operator between operands"),
        (["W1 @"], ExpressionError, "cannot read 'W1 @'"),
        (["W1 @ nobody"], ExpressionError, "there is no nobody here"),
    ],
)
def test_what_is_no_mismatch_is_refused_in_a_sentence(
    arguments: list[str], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error) as refused:
        fp.mismatch(*arguments, namespace=NAMES)
    assert sentence in str(refused.value)


def test_names_are_those_where_it_is_called() -> None:
    column = rational(b1).reshape(-1, 1)
    assert column.shape == (3, 1)
    assert "the last axis of column" in repr(fp.mismatch("h + column", "h + b1"))


def test_a_square_for_each_place_and_no_more_than_a_figure_holds() -> None:
    long = fp.mismatch("a @ b", namespace={"a": np.ones(3), "b": np.ones(500)})
    assert long._repr_html_().count("<rect") == 3 + 12
    assert long._repr_html_().count("fp-alone") == 9
