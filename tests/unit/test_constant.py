"""A constant is found by what it does, not by its spelling; a law is none, and neither is what follows the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fwdpass as fp
from fwdpass.lesson import W1, W2, b1, b2, image, x
from fwdpass.numerals import rational
from fwdpass.page.constant import is_constant

z1, h, y_hat = fp.forward(x, W1, b1, W2, b2)
target = image.T.flatten()
PAGE: dict[str, Any] = {
    "fp": fp, "np": np, "x": x, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "z1": z1, "h": h, "y_hat": y_hat,
    "image": image, "target": target, "mse": fp.mse(y_hat, target), "alive": [1, 2], "loss": rational(0.5),
    "states": fp.states(x, W1, b1, "h"), "said": "k", "lesson": fp.lesson, "flag": True, "nothing": None,
}  # fmt: skip

CONSTANTS = [
    "mse / mse + mse / mse",
    "len('aaaaaaa'[: h.size * 9])",
    "-~-~-~len(h[:0])",
    "range(W1.size * W1.size)[89]",
    "h.size - h.size",
    "len([W1, W2])",
    "len(str(h is h))",
    "x.size // x.size + len(image) // len(image)",
    "b1[:, None].shape[1]",
    "int(loss == loss) * len('ab')",
]

FOLLOWS = [
    "W1.ndim",
    "x.size",
    "W1.shape[1]",
    "image.shape[1]",
    "mse",
    "len(b1)",
    "h.argmax()",
    "(z1 > 0).sum()",
    "W1[0, 1]",
    "(x @ W1).shape",
    "len(alive)",
    "loss",
    "int(flag)",
    "fp.numerals.PLACES",
    "np.pi",
    "states.alive",
    "lesson.b1.size",
    "len(said)",
]

CLAIM_NOTHING = [
    "h is h",
    "mse == mse",
    "all(v > 1 for v in h[:0])",
    "h.size >= 0",
    "sorted(h) == sorted(h)",
    "(h == h).all()",
]

CLAIMS = [
    "h[0] == 0",
    "len(alive) == 2",
    "fp.agree(W1.T @ x, x @ W1)",
    "fp.agree((x @ W1) @ W2, x @ (W1 @ W2))",
    "(x @ W1).shape == b1.shape",
    "target.size == x.size",
    "len(alive) == len(x) - len(image)",
    "np.array_equal(h, np.maximum(0, z1))",
    "h.max() >= h.min()",
    "said == 'k'",
]


@pytest.mark.parametrize("source", CONSTANTS)
def test_a_constant_is_found_however_it_is_spelled(source: str) -> None:
    assert is_constant(source, PAGE)


@pytest.mark.parametrize("source", FOLLOWS)
def test_what_follows_the_numbers_is_no_constant(source: str) -> None:
    assert not is_constant(source, PAGE)


@pytest.mark.parametrize("source", CLAIM_NOTHING)
def test_a_claim_that_claims_nothing_is_found(source: str) -> None:
    assert is_constant(source, PAGE, predicate=True)


@pytest.mark.parametrize("source", CLAIMS)
def test_a_fact_and_a_law_claim_something(source: str) -> None:
    assert not is_constant(source, PAGE, predicate=True)


@given(st.integers(1, 99), st.sampled_from(["h", "mse", "W1", "alive"]))
def test_no_arithmetic_launders_a_number(number: int, name: str) -> None:
    one = f"len([{name}])"
    assert is_constant(" + ".join([one] * number), PAGE)


def test_nothing_of_the_page_is_changed_by_asking() -> None:
    before = {name: np.array(value) for name, value in PAGE.items() if isinstance(value, np.ndarray)}
    for source in (*CONSTANTS, *FOLLOWS):
        is_constant(source, PAGE)
    assert all(np.array_equal(before[name], PAGE[name]) for name in before)
