"""Shapes, step by step: in the order in which Python evaluates, in words, and misfits by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fwdpass as fp
from fwdpass import lesson
from fwdpass.errors import ExpressionError, ShapeError
from fwdpass.figures.shapes import Shapes
from fwdpass.numerals.exact import rational

NAMES: dict[str, Any] = {name: getattr(lesson, name) for name in ("image", "x", "W1", "b1", "h", "W2", "b2", "y_hat")}
NAMES |= {"np": np, "fp": fp, "batch": np.ones((5, 4)), "n": 2, "W": lesson.W1.T}


def steps(expression: str) -> list[tuple[str, str, str]]:
    figure = fp.shapes(expression, NAMES)
    assert isinstance(figure, Shapes)
    return [(s.expression, s.shapes, s.words) for s in figure.steps]


def test_each_sub_expression_once_and_in_order() -> None:
    assert [step[0] for step in steps("fp.relu(x @ W1 + b1) @ W2 + b2")] == [
        "x",
        "W1",
        "x @ W1",
        "b1",
        "x @ W1 + b1",
        "fp.relu(x @ W1 + b1)",
        "W2",
        "fp.relu(x @ W1 + b1) @ W2",
        "b2",
        "fp.relu(x @ W1 + b1) @ W2 + b2",
    ]


def test_a_call_happens_once() -> None:
    calls = []

    def counted() -> np.ndarray:
        calls.append(1)
        return np.ones(2)

    fp.shapes("counted() + counted()")
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("expression", "shapes", "words"),
    [
        ("x", "(4,)", "given: four numbers"),
        ("W1", "(4, 3)", "given: four rows and three columns"),
        ("n", "()", "given: one number"),
        ("x @ W1", "(4,) @ (4, 3) → (3,)", "three dot products, one for each column of W1"),
        ("W @ x", "(3, 4) @ (4,) → (3,)", "three dot products, one for each row of W"),
        ("x @ x", "(4,) @ (4,) → ()", "one dot product: a single number"),
        (
            "batch @ W1",
            "(5, 4) @ (4, 3) → (5, 3)",
            "fifteen dot products, one for each row of batch and column of W1",
        ),
        (
            "batch @ W1 + b1",
            "(5, 3) + (3,) → (5, 3)",
            "fifteen sums, entry by entry; b1 is stretched to (5, 3)",
        ),
        (
            "h + b1[:, None]",
            "(3,) + (3, 1) → (3, 3)",
            "nine sums, entry by entry; h is stretched to (3, 3); b1[:, None] is stretched to (3, 3)",
        ),
        ("x - 1", "(4,) - () → (4,)", "four differences, entry by entry; 1, one number, is used for all"),
        ("x ** n", "(4,) ** () → (4,)", "four powers, entry by entry; n, one number, is used for all"),
        ("n * n", "() * () → ()", "one product"),
        ("-W1", "(4, 3) → (4, 3)", "four rows and three columns, the sign of each turned"),
        ("-n", "() → ()", "one number with its sign turned"),
        ("W1.T", "(4, 3) → (3, 4)", "transposed: rows become columns"),
        ("x.T", "(4,) → (4,)", "unchanged: a single axis has nothing to swap with"),
        ("W1[:, 0]", "(4, 3) → (4,)", "four numbers picked from W1"),
        ("b1[-1]", "(3,) → ()", "one number picked from b1"),
        ("np.maximum(0, h)", "(), (3,) → (3,)", "maximum of three numbers, entry by entry"),
        ("fp.relu(h)", "(3,) → (3,)", "relu of three numbers, entry by entry"),
        ("np.mean(x)", "(4,) → ()", "one number from four numbers"),
        ("image.T.flatten()", "(2, 2) → (4,)", "the same four numbers in another shape"),
        ("np.sort(x)", "(4,) → (4,)", "four numbers: the shape is kept"),
        ("np.concatenate([x, h])", "(4,), (3,) → (7,)", "gives seven numbers"),
        ("x[h.argmax()]", "(4,) → ()", "one number picked from x"),
    ],
)
def test_what_happens_in_words(expression: str, shapes: str, words: str) -> None:
    assert steps(expression)[-1] == (expression, shapes, words)


def test_names_are_found_where_the_view_is_asked_for() -> None:
    somewhere = np.ones(7)
    assert repr(fp.shapes("somewhere")) == "somewhere  (7,)  given: seven numbers"
    assert somewhere.size == 7


def test_rationals_have_the_same_shapes() -> None:
    exact = {name: rational(value) if isinstance(value, np.ndarray) else value for name, value in NAMES.items()}
    expression = "fp.relu(x @ W1 + b1) @ W2 + b2"
    assert fp.shapes(expression, exact) == fp.shapes(expression, NAMES)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("1 + h @ W1", "in h @ W1: cannot multiply (3,) @ (4, 3)"),
        ("x @ (h + x)", "in h + x: cannot take (3,) + (4,) entry by entry"),
        ("x @ 2", "a single number has no axis to sum over"),
        ("fp.mse(h, x)", "in fp.mse(h, x): cannot compare"),
        ("x[9]", "in x[9]: index 9 is out of bounds"),
    ],
)
def test_a_misfit_is_told_by_its_sub_expression(expression: str, sentence: str) -> None:
    with pytest.raises(ShapeError) as refused:
        fp.shapes(expression, NAMES)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("x @", "cannot read 'x @'"),
        ("x = 1", "cannot read"),
        ("W3 @ x", "there is no W3 here"),
        ("x if n else h", "cannot follow 'x if n else h'"),
        ("x // n", "cannot follow the operator in 'x // n'"),
        ("x.shapely", "no attribute 'shapely'"),
        ("np.ones(**n)", "cannot follow **"),
        ("[i for i in x]", "cannot follow"),
    ],
)
def test_what_cannot_be_read_is_refused(expression: str, sentence: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        fp.shapes(expression, NAMES)
    assert sentence in str(refused.value)
