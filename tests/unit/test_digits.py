"""Real digits: the data are scikit-learn's, and the network is what plain Python makes of them."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

import digits
import training

seen, unseen = digits.load(500)


def test_the_data_are_scikit_learns() -> None:
    theirs = load_digits()
    assert np.array_equal(np.concatenate([seen.images, unseen.images]), theirs.images)
    assert np.array_equal(np.concatenate([seen.labels, unseen.labels]), theirs.target)


def test_no_page_can_change_them_for_the_next() -> None:
    for array in (*seen, *unseen, *digits.trained(500, 32)):
        assert array.dtype == np.int64
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_every_computer_has_this_network() -> None:
    kept = b"".join(array.astype("<i8").tobytes() for array in digits.trained(500, 32))
    assert hashlib.sha256(kept).hexdigest() == "29461c2f182cff0b3d96ca4d5ae01413294ab38cc511706d229aaca85dc569df"


def test_no_sum_of_its_training_is_too_large_for_a_float(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below 2**53 every whole number is a float, so that floats multiply them exactly, in whatever order."""
    largest = 0

    def watched(a: training.Whole, b: training.Whole) -> training.Whole:
        nonlocal largest
        largest = max(largest, int((abs(a) @ abs(b)).max()))
        return a @ b

    monkeypatch.setattr(training, "_product", watched)
    again = training.train(seen.images, seen.labels, 32)
    assert 2**30 < largest < 2**45
    assert all(map(np.array_equal, again, digits.trained(500, 32)))


def test_it_is_trained_once_a_process() -> None:
    assert digits.trained(500, 32) is digits.trained(500, 32)
    assert digits.load(500) is digits.load(500)


def test_every_weight_fits_in_a_byte() -> None:
    W1, _, W2, _ = digits.trained(500, 32)
    assert -128 <= min(W1.min(), W2.min()) <= max(W1.max(), W2.max()) < 128


def test_a_moved_image_loses_what_leaves_and_gains_black() -> None:
    images = np.arange(1, 13).reshape(2, 2, 3)
    assert training._moved(images, 1).tolist() == [[[0, 1, 2], [0, 4, 5]], [[0, 7, 8], [0, 10, 11]]]
    assert training._moved(images, -1).tolist() == [[[2, 3, 0], [5, 6, 0]], [[8, 9, 0], [11, 12, 0]]]


def test_numbers_are_rounded_to_the_nearest() -> None:
    fine = np.array([0, 511, 512, 1023, 1024, 1535, -512, -513, -1536])
    assert training._rounded(fine, 6).tolist() == [0, 0, 1, 1, 1, 1, 0, -1, -1]
    assert training._rounded(fine, 16).tolist() == fine.tolist()
    assert training._rounded(np.array([3, -3]), 17).tolist() == [6, -6]


def test_the_start_is_small_and_centred() -> None:
    W1, b1, W2, b2 = training._start(64, 32, 10)
    one = 1 << training.FINE
    assert (abs(W1).max() * 8, abs(W2).max() * 4) <= (one, one)
    assert abs(W1.mean()) < one / 100
    assert not b1.any()
    assert not b2.any()


# The same training, in plain Python ----------------------------------------------------------------------------------

HIDDEN = 5
Table = list[list[int]]


def shifted(image: Table, columns: int) -> Table:
    if columns > 0:
        return [[0] * columns + row[:-columns] for row in image]
    return [row[-columns:] + [0] * -columns for row in image] if columns else image


def plainly(images: list[Table], labels: list[int], epochs: int, settled: int, batch: int) -> list[Any]:
    """Train as :func:`training.train` says it does, a number at a time."""
    n_in, n_hidden, n_out = len(images[0]) * len(images[0][0]), HIDDEN, max(labels) + 1
    state = 1

    def draw() -> int:
        nonlocal state
        state = state * 48271 % 2147483647
        return state // 2**14 - 2**16

    W1 = [[draw() // 8 for _ in range(n_hidden)] for _ in range(n_in)]
    W2 = [[draw() // 4 for _ in range(n_out)] for _ in range(n_hidden)]
    b1, b2 = [0] * n_hidden, [0] * n_out
    for epoch in range(epochs):
        late = epoch >= settled
        by = 0 if late else (0, 1, 0, -1)[epoch % 4]
        slow = 2 ** (training.SLOW + late)
        for first in range(0, len(images), batch):
            X = [[v for row in shifted(image, by) for v in row] for image in images[first : first + batch]]
            dW1, dW2 = [[0] * n_hidden for _ in W1], [[0] * n_out for _ in W2]
            db1, db2 = [0] * n_hidden, [0] * n_out
            for x, label in zip(X, labels[first : first + batch], strict=True):
                z = [sum(x[i] * W1[i][j] for i in range(n_in)) // 16 + b1[j] for j in range(n_hidden)]
                h = [max(0, v) for v in z]
                y = [sum(h[j] * W2[j][k] for j in range(n_hidden)) // 2**16 + b2[k] for k in range(n_out)]
                best = max(y[k] for k in range(n_out) if k != label)
                pull = [int(k != label and y[k] == best and y[label] - best < 2**16) for k in range(n_out)]
                pull[label] = -sum(pull)
                for j in range(n_hidden):
                    back = sum(pull[k] * W2[j][k] for k in range(n_out)) if z[j] > 0 else 0
                    db1[j] += back
                    for i in range(n_in):
                        dW1[i][j] += x[i] * back
                    for k in range(n_out):
                        dW2[j][k] += h[j] * pull[k]
                db2 = [a + b * 2**16 for a, b in zip(db2, pull, strict=True)]
            for j in range(n_hidden):
                b1[j] -= db1[j] // slow
                for i in range(n_in):
                    W1[i][j] -= dW1[i][j] // (16 * slow)
                for k in range(n_out):
                    W2[j][k] -= dW2[j][k] // slow
            b2 = [b - d // slow for b, d in zip(b2, db2, strict=True)]
    rounded = [[[(w + 2**9) // 2**10 for w in row] for row in W] for W in (W1, W2)]
    return [rounded[0], [(b + 2**5) // 2**6 for b in b1], rounded[1], b2]


def test_plain_python_trains_the_same_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"EPOCHS": 6, "SETTLED": 4, "BATCH": 4}.items():
        monkeypatch.setattr(training, name, value)
    images, labels = seen.images[:10, 2:6, 2:6], seen.labels[:10]
    trained = training.train(images, labels, HIDDEN)
    assert [array.tolist() for array in trained] == plainly(images.tolist(), labels.tolist(), 6, 4, 4)
