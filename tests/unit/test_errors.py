"""What a caller reads when something is refused."""

from __future__ import annotations

import pytest

from fwdpass.errors import ExpressionError, FwdpassError, NumeralError, PageError, ShapeError, misfit


@pytest.mark.parametrize(
    ("error", "builtin"),
    [(ShapeError, ValueError), (NumeralError, ValueError), (ExpressionError, ValueError), (PageError, RuntimeError)],
)
def test_an_error_is_ours_and_the_builtin_that_is_expected(error: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(error, FwdpassError)
    assert issubclass(error, builtin)


def test_a_page_error_says_where() -> None:
    error = PageError("no such name: mesh", line=12, kind="number")
    assert (str(error), error.line, error.kind) == ("no such name: mesh", 12, "number")


@pytest.mark.parametrize(
    ("left", "right", "inner", "remedy"),
    [
        ((3,), (4, 3), (3, 4), "(3,) @ (3, 4), the transpose, would fit"),
        ((2, 3), (4, 3), (3, 4), "(2, 3) @ (3, 4), the transpose, would fit"),
        ((3,), (5, 4, 3), (3, 4), "(3,) @ (5, 3, 4), the transpose, would fit"),
        ((3,), (4, 5), (3, 4), None),
        ((3,), (4,), (3, 4), None),
        ((2, 3), (4,), (3, 4), None),
    ],
)
def test_a_misfit_names_both_axes_and_the_transpose_where_it_would_help(
    left: tuple[int, ...], right: tuple[int, ...], inner: tuple[int, int], remedy: str | None
) -> None:
    said = str(misfit(left, right))
    assert said.startswith(f"cannot multiply {left} @ {right}: ")
    assert f"the last axis on the left is {inner[0]} and the first on the right is {inner[1]}, and" in said
    assert ("transpose" in said) == (remedy is not None)
    if remedy:
        assert said.endswith(remedy)


@pytest.mark.parametrize(("left", "right"), [((), (3,)), ((3,), ()), ((), ())])
def test_a_single_number_has_no_axis_to_multiply(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    assert str(misfit(left, right)).endswith("a single number has no axis to sum over; use * to scale")
