"""Following numbers: what an entry is said to be made from is what it depends on, found out by changing each entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwdpass.trace.panel.followed import WIDE, made_of

sizes = st.integers(1, 4)
Operation = Callable[..., Any]


def depends(operation: Operation, operands: list[Any], index: tuple[int, ...]) -> set[tuple[int, tuple[int, ...]]]:
    """Change every entry of every operand, and see whether the result's entry moves."""
    before = operation(*operands)[index]
    found = set()
    for number, operand in enumerate(operands):
        for at in np.ndindex(operand.shape):
            changed = [each.copy() for each in operands]
            changed[number][at] += 1.0
            if operation(*changed)[index] != before:
                found.add((number, at))
    return found


def check(name: str, operation: Operation, *shapes: tuple[int, ...]) -> None:
    random = np.random.default_rng(0)
    operands = [np.asarray(random.uniform(1, 2, shape)) for shape in shapes]
    out = np.shape(operation(*operands))
    for index in np.ndindex(out):
        assert set(made_of(name, shapes, out, index)) == depends(operation, operands, index)


@given(st.lists(sizes, max_size=1), sizes, st.lists(sizes, max_size=1))
def test_a_product(rows: list[int], inner: int, columns: list[int]) -> None:
    check("@", np.matmul, (*rows, inner), (inner, *columns))


@given(sizes, sizes, st.sampled_from(["full", "row", "column", "number"]), st.sampled_from([np.add, np.multiply]))
def test_an_entrywise_operation(n: int, m: int, other: str, operation: Operation) -> None:
    shape = {"full": (n, m), "row": (m,), "column": (n, 1), "number": ()}[other]
    check("+", operation, (n, m), shape)


@given(sizes, sizes)
def test_a_transpose(n: int, m: int) -> None:
    check("T", np.transpose, (n, m))


@given(sizes, sizes)
def test_another_shape(n: int, m: int) -> None:
    check("flatten", np.ravel, (n, m))
    check("reshape", lambda a: a.reshape(m, n), (n, m))


@given(sizes, sizes)
def test_what_is_not_known_is_made_from_everything(n: int, m: int) -> None:
    check("mean", np.mean, (n, m))


def test_of_a_great_many_nothing_is_said() -> None:
    assert list(made_of("mean", [(WIDE + 1,)], (), ())) == []


@pytest.mark.parametrize("shapes", [((2,), (3, 2)), ((2, 3, 4), (4, 2))])
def test_a_product_that_is_none_is_made_from_everything(shapes: tuple[tuple[int, ...], ...]) -> None:
    assert len(list(made_of("@", shapes, (2,), (0,)))) == sum(int(np.prod(shape)) for shape in shapes)
