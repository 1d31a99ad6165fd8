"""The forward pass in functions says what the script says, and refuses what NumPy would broadcast."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from fwdpass import lesson, nn
from fwdpass.errors import ShapeError
from fwdpass.numerals.exact import agree, rational
from fwdpass.numerals.writing import text

LAYERS = (lesson.W1, lesson.b1, lesson.W2, lesson.b2)
EXACT = tuple(map(rational, LAYERS))


def test_the_functions_compute_what_the_script_computes() -> None:
    """The same three lines on the same computer: the same bits."""
    z1, h, y_hat = nn.forward(lesson.x, *LAYERS)
    for said, written in [(z1, lesson.z1), (h, lesson.h), (y_hat, lesson.y_hat)]:
        assert said.tobytes() == written.tobytes()
    assert nn.mse(lesson.y_hat, lesson.target) == lesson.mse


def test_a_neuron_by_hand_is_a_column_of_the_product() -> None:
    assert agree([nn.neuron(lesson.x, lesson.W1[:, j], lesson.b1[j]) for j in range(3)], lesson.z1)
    assert agree([nn.neuron(lesson.h, lesson.W2[:, k], lesson.b2[k]) for k in range(4)], lesson.y_hat)


def test_with_rationals_the_results_are_exact() -> None:
    z1, h, y_hat = nn.forward(rational(lesson.x), *EXACT)
    assert list(z1) == [0, Fraction(-1, 10), Fraction(1, 2)]
    assert list(h) == [0, 0, Fraction(1, 2)]
    assert list(y_hat) == [Fraction(1, 10), Fraction(-1, 10), Fraction(-1, 20), Fraction(-1, 4)]
    assert nn.mse(y_hat, rational(lesson.target)) == Fraction(717, 800)
    assert nn.neuron(rational(lesson.x), EXACT[0][:, 0], EXACT[1][0]) == 0


def test_the_two_layers_collapse_to_what_was_worked_out_by_hand() -> None:
    """Sixteen products and sums that the text which this book corrects had wrong in eight places."""
    W_eff, b_eff = nn.collapse(*EXACT)
    by_hand = [[13, -33, 24, -13], [-17, 34, -26, 15], [10, -7, 0, -18], [-16, 22, -23, 5]]
    assert (W_eff * 100).tolist() == by_hand
    assert (b_eff * 100).tolist() == [4, 3, -3, -1]
    assert text(nn.collapse(*LAYERS)[0]) == text(W_eff)
    assert text(rational(lesson.x) @ W_eff + b_eff) == "[0.11, −0.15, −0.02, −0.27]"


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 2, 3), (0,)])
def test_relu_keeps_the_shape_and_is_the_line_of_the_script(shape: tuple[int, ...]) -> None:
    z = np.linspace(-1, 1, int(np.prod(shape))).reshape(shape)
    clamped = nn.relu(z)
    assert clamped.shape == shape
    assert clamped.tobytes() == np.maximum(0, z).tobytes()
    assert np.all(nn.relu(rational(z)) == np.maximum(0, rational(z)))


def test_relu_keeps_the_type_of_its_numbers() -> None:
    for dtype in (np.float32, np.float64, np.int64, object):
        assert nn.relu(np.array([-1, 0, 2], dtype=dtype)).dtype == dtype


def test_relu_does_not_hide_a_missing_number() -> None:
    assert np.isnan(nn.relu(np.array([np.nan, -1.0]))[0])


def test_a_batch_goes_through_row_by_row() -> None:
    batch = np.array([lesson.x, 1 - lesson.x, 0 * lesson.x])
    together = nn.forward(batch, *LAYERS)
    assert [step.shape for step in together] == [(3, 3), (3, 3), (3, 4)]
    for n, x in enumerate(batch):
        assert all(agree(step[n], alone) for step, alone in zip(together, nn.forward(x, *LAYERS), strict=True))


def test_no_images_give_no_answers() -> None:
    assert nn.forward(np.zeros((0, 4)), *LAYERS).y_hat.shape == (0, 4)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({0: np.ones(3)}, r"cannot multiply \(3,\) @ \(4, 3\): .* \(3,\) @ \(3, 4\), the transpose, would fit"),
        ({0: np.ones((2, 5))}, r"cannot multiply \(2, 5\) @ \(4, 3\)"),
        ({0: np.array(1.0)}, r"a single number has no axis to sum over"),
        ({1: np.ones(4)}, r"a layer's weights are a matrix, .* and got shape \(4,\)"),
        ({1: np.ones((2, 4, 3))}, r"a layer's weights are a matrix, .* and got shape \(2, 4, 3\)"),
        ({2: np.ones((3, 1))}, r"weights \(4, 3\) needs a bias of shape \(3,\), one for each column, and got \(3, 1\)"),
        ({2: np.array(0.5)}, r"needs a bias of shape \(3,\), one for each column, and got \(\)"),
        ({2: np.ones(1)}, r"needs a bias of shape \(3,\), one for each column, and got \(1,\)"),
        ({3: lesson.W2.T}, r"cannot multiply \(3,\) @ \(4, 3\)"),
        ({4: np.ones(3)}, r"weights \(3, 4\) needs a bias of shape \(4,\), one for each column, and got \(3,\)"),
    ],
)
def test_what_is_no_layer_is_refused_before_numpy_broadcasts_it(changed: dict[int, Any], said: str) -> None:
    arrays = [changed.get(n, array) for n, array in enumerate((lesson.x, *LAYERS))]
    with pytest.raises(ShapeError, match=said):
        nn.forward(*arrays)


def test_layers_that_do_not_follow_each_other_do_not_collapse() -> None:
    with pytest.raises(ShapeError, match=r"cannot multiply \(4, 3\) @ \(4, 3\)"):
        nn.collapse(lesson.W1, lesson.b1, lesson.W1, lesson.b1)
    with pytest.raises(ShapeError, match=r"cannot multiply \(4,\) @ \(3, 4\)"):
        nn.collapse(lesson.W1, np.ones(4), lesson.W2, lesson.b2)


@pytest.mark.parametrize(("y_hat", "target"), [((4,), (3,)), ((4,), (4, 1)), ((4,), ()), ((2, 4), (4,))])
def test_a_loss_compares_entry_with_entry(y_hat: tuple[int, ...], target: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError) as refusal:
        nn.mse(np.ones(y_hat), np.ones(target))
    assert f"shape {y_hat} with a target of shape {target}" in str(refusal.value)


def test_a_loss_of_whole_numbers_is_right() -> None:
    assert nn.mse(np.array([1, 2]), np.array([3, 2])) == 2


def test_a_neuron_needs_a_weight_for_each_input() -> None:
    with pytest.raises(ShapeError, match=r"\(4,\) inputs met \(3,\) weights"):
        nn.neuron(lesson.x, lesson.b1, 0)
