"""Dead, boundary, alive: decided exactly, whatever the processor's order of summation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ShapeError
from fwdpass.lesson import W1, W2, b1, b2, x
from fwdpass.numerals.exact import rational

IMAGES = [np.array(pixels) for pixels in product((0, 1), repeat=4)]
BOUNDARIES = {("0000", 2), ("1001", 2), ("1011", 0), ("1100", 0), ("1101", 1)}


def written(image: np.ndarray) -> str:
    return "".join(map(str, image))


def test_the_boundaries_of_all_sixteen_images() -> None:
    """Floating point gets three of these five wrong."""
    found = {(written(image), i) for image in IMAGES for i in fp.states(image, W1, b1).boundary}
    assert found == BOUNDARIES


def test_the_verdicts_of_all_sixteen_images_add_up() -> None:
    verdicts = [fp.states(image, W1, b1) for image in IMAGES]
    assert sum(len(v.dead) for v in verdicts) == 20
    assert sum(len(v.boundary) for v in verdicts) == 5
    assert sum(len(v.alive) for v in verdicts) == 23


@pytest.mark.parametrize("image", IMAGES, ids=written)
def test_floats_and_rationals_agree(image: np.ndarray) -> None:
    floats = fp.states(image.astype(float), W1, b1, "h")
    exact = fp.states(rational(image), rational(W1), rational(b1), "h")
    assert repr(floats) == repr(exact)
    assert floats._repr_html_() == exact._repr_html_()
    assert floats.z == exact.z


def test_each_state_has_a_glyph_and_a_sentence() -> None:
    shown = repr(fp.states(x, W1, b1, "h"))
    for said in ("◐  boundary: exactly zero", "○  dead: negative, clamped to zero", "●  alive: positive, passed on"):
        assert said in shown


def test_many_neurons_are_cut_but_all_are_judged() -> None:
    verdict = fp.states(np.ones(1), np.ones((1, 40)), np.arange(40) - 21)
    assert repr(verdict).splitlines()[-1] == "…"
    assert [len(verdict.dead), verdict.boundary, len(verdict.alive)] == [20, (20,), 19]
    assert "forty neurons in all" in verdict._repr_html_()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((x, W2, b2), "cannot multiply (4,) @ (3, 4)"),
        ((x, W1, b2), "needs a bias of shape (3,)"),
        ((np.ones((2, 4)), W1, b1), "pick a row of the batch"),
    ],
)
def test_what_is_no_layer_is_refused(given: tuple[np.ndarray, np.ndarray, np.ndarray], sentence: str) -> None:
    with pytest.raises(ShapeError) as refused:
        fp.states(*given)
    assert sentence in str(refused.value)


def test_a_picture_shows_one_input() -> None:
    with pytest.raises(ShapeError, match="pick a row of the batch"):
        fp.network(np.ones((2, 4)), W1, b1, W2, b2)
