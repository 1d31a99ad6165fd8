"""The page on production where PyTorch is installed: the module runs, and its numbers are the book's."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

import fwdpass as fp
from fwdpass import lesson, pytorch
from fwdpass.exact import rational
from fwdpass.testing import Built, build

DOCS = Path(__file__).parent.parent.parent / "docs"
X = np.array(list(product([0, 1], repeat=4)))
PARAMETERS = lesson.W1, lesson.b1, lesson.W2, lesson.b2


def test_pytorch_is_found() -> None:
    assert pytorch.installed()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_module_gives_the_books_numbers_to_the_digits_of_its_type(dtype: str) -> None:
    said = pytorch.answers(X, *PARAMETERS, dtype)
    right = fp.forward(rational(X), *map(rational, PARAMETERS)).y_hat
    assert said.dtype == dtype
    assert said.shape == (16, 4)
    assert fp.agree(said, right)
    assert fp.agree(said.astype(float), right) == (dtype == "float64")


def test_exact_numbers_are_taken_too() -> None:
    assert (pytorch.answers(X, *map(rational, PARAMETERS)) == pytorch.answers(X, *PARAMETERS)).all()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(DOCS, tmp_path_factory.mktemp("book"))


def test_the_book_builds_strictly_and_the_page_says_what_ran(built: Built) -> None:
    assert built.status == 0, built.messages
    said = built.said("production.html")
    assert "PyTorch was installed when this page was built, so it ran:" in said
    assert "the module in beside Y_hat float64 the same, to every digit that this book believes" in said
    assert "float32 not the same to as many digits" in said
    assert "PyTorch was not installed" not in said
