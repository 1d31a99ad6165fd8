"""Any network: what it computes, what it refuses and in which words, and that it leaves its input alone."""

from __future__ import annotations

import copy
import math
import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import NetworkError, ShapeError
from fwdpass.networks import leaky_relu
from fwdpass.networks.activations import ACTIVATIONS, activation
from fwdpass.networks.progress import bar
from fwdpass.numerals.exact import rational

W1, b1, W2, b2, x = fp.lesson.W1, fp.lesson.b1, fp.lesson.W2, fp.lesson.b2, fp.lesson.x
LESSON = fp.Network((W1, b1, "relu"), (W2, b2))
EVERY = [*ACTIVATIONS, "leaky relu(0.2)"]
Z = np.array([[-750.0, -2.0, -0.5, 0.0, 0.25, 3.0, 750.0]])


def random_network(*sizes: int, acts: Any = None, dtype: Any = float, seed: int = 0) -> fp.Network:
    rng = np.random.default_rng(seed)
    chosen = acts or ["relu"] * (len(sizes) - 2) + ["identity"]
    return fp.Network(
        *(
            (rng.normal(size=(n, m)), rng.normal(size=m), act)
            for n, m, act in zip(sizes, sizes[1:], chosen, strict=False)
        )
    ).astype(dtype)


# What it computes ----------------------------------------------------------------------------------------------------


def test_the_lesson_is_a_network_to_the_last_bit() -> None:
    assert LESSON.forward(x).tobytes() == fp.lesson.y_hat.tobytes()
    (_, z, h), (_, _, y_hat) = LESSON.forward(x, steps=True)
    assert [a.tobytes() for a in (z, h, y_hat)] == [a.tobytes() for a in (fp.lesson.z1, fp.lesson.h, fp.lesson.y_hat)]


def test_exact_is_the_functions_on_rationals() -> None:
    y_hat = LESSON.forward(x, exact=True)
    assert list(y_hat) == [Fraction(1, 10), Fraction(-1, 10), Fraction(-1, 20), Fraction(-1, 4)]
    steps = LESSON.forward(np.array([x, 1 - x]), exact=True, steps=True)
    by_hand = fp.forward(rational(np.array([x, 1 - x])), *map(rational, (W1, b1, W2, b2)))
    assert [s.tolist() for s in by_hand] == [steps[0].z.tolist(), steps[0].h.tolist(), steps[1].h.tolist()]


BY_HAND: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "relu": lambda z: max(0.0, z),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > -700 else math.exp(z),
    "tanh": math.tanh,
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "gelu tanh": lambda z: z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))) / 2,
    "leaky relu(0.2)": lambda z: z if z > 0 else 0.2 * z,
}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_an_activation_is_its_formula(name: str, dtype: Any) -> None:
    z = Z.astype(dtype)
    found = activation(name).in_place(z)
    expected = np.array([[BY_HAND[name](float(v)) for v in Z.flat]])
    assert found is z
    assert found.dtype == dtype
    assert np.all(np.abs(found - expected) <= 8 * np.finfo(dtype).eps * np.abs(expected) + np.finfo(dtype).tiny)


def test_softmax_makes_shares_and_does_not_overflow() -> None:
    shares = activation("softmax").in_place(np.array([[1000.0, 1000.0], [0.0, math.log(3)]]))
    assert np.allclose(shares, [[0.5, 0.5], [0.25, 0.75]], rtol=1e-15)


@pytest.mark.parametrize("name", [name for name in EVERY if name != "exponential"])  # whose values are too large
def test_no_activation_meets_a_number_that_is_too_large(name: str) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = activation(name).in_place(np.array([[-1e150, 1e3, -1e3, 1e150]]) if name != "gelu tanh" else Z.copy())
    assert np.isfinite(found).all()


@pytest.mark.parametrize("acts", [[name, "identity"] for name in EVERY])
def test_a_batch_in_stretches_is_its_rows(acts: list[str]) -> None:
    net = random_network(5, 300, 4, acts=acts)
    X = np.random.default_rng(1).normal(size=(2000, 5))
    together = net.forward(X)
    alone = np.array([net.forward(row) for row in X])
    by_steps = net.forward(X, steps=True)[-1].h
    assert np.allclose(together, alone, rtol=1e-12, atol=1e-12)
    assert np.allclose(together, by_steps, rtol=1e-12, atol=1e-12)


def test_no_rows_give_no_answers() -> None:
    assert LESSON.forward(np.zeros((0, 4))).shape == (0, 4)
    assert LESSON.forward(np.zeros((0, 4)), out=np.zeros((0, 4))).shape == (0, 4)


@pytest.mark.parametrize("given", [x.tolist(), x.astype(int), x.astype(bool), x.astype(np.float32), x[::1].copy()[:4]])
def test_anything_that_is_like_an_array_goes_through(given: Any) -> None:
    assert np.allclose(LESSON.forward(given), fp.lesson.y_hat)
    assert LESSON.forward(given).dtype == np.float64


def test_types_of_float_mix_as_numpy_mixes_them() -> None:
    small = LESSON.astype("float32")
    assert small.forward(x.astype(np.float32)).dtype == np.float32
    assert small.forward(x).dtype == np.float64
    assert small.forward(np.ones((9000, 4), np.float32)).dtype == np.float32


@pytest.mark.parametrize("n", [1, 3, 9000])
def test_the_input_is_left_as_it_is(n: int) -> None:
    net = random_network(6, 5, acts=["relu"])
    X = np.random.default_rng(0).normal(size=(n, 6))
    before = X.copy()
    X.flags.writeable = False
    for options in ({}, {"steps": True}, {"exact": True} if n < 9 else {}, {"out": np.empty((n, 5))}):
        net.forward(X, **options)
    assert X.tobytes() == before.tobytes()
    identity = fp.Network((np.eye(6), None))
    assert not np.may_share_memory(identity.forward(X), X)


def test_linear_stretches_collapse() -> None:
    deep = random_network(3, 4, 5, 2, 3, acts=["identity", "relu", "identity", "identity"])
    flat = deep.collapse()
    assert [layer.W.shape for layer in flat] == [(3, 5), (5, 3)]
    row = rational([0.5, -0.25, 2.0])
    exact = deep.astype(object)
    assert exact.collapse().forward(row, exact=True).tolist() == exact.forward(row, exact=True).tolist()
    W_eff, b_eff = fp.collapse(W1, b1, W2, b2)
    once = fp.Network((W1, b1), (W2, b2)).collapse()
    assert once[0].W.tobytes() == W_eff.tobytes()
    assert once[0].b.tobytes() == b_eff.tobytes()


# Size ----------------------------------------------------------------------------------------------------------------


def test_a_memory_map_goes_to_a_memory_map(tmp_path: Any) -> None:
    n = 30_000
    rows = np.memmap(tmp_path / "x", np.float64, "w+", shape=(n, 4))
    rows[:] = np.random.default_rng(0).integers(0, 2, (n, 4))
    out = np.memmap(tmp_path / "y", np.float64, "w+", shape=(n, 4))
    told: list[tuple[int, int]] = []
    assert LESSON.forward(rows, out=out, progress=lambda done, total: told.append((done, total))) is out
    assert np.allclose(out, np.maximum(0, rows @ W1 + b1) @ W2 + b2)
    assert told[-1] == (n, n)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_out_of_another_type_is_filled_as_numpy_fills_it() -> None:
    X = np.random.default_rng(0).normal(size=(5000, 4))
    out = np.empty((5000, 4), np.float32)
    assert np.array_equal(LESSON.forward(X, out=out), LESSON.forward(X).astype(np.float32))
    row = np.empty(4)
    assert LESSON.forward(x, out=row) is row
    assert np.array_equal(row, fp.lesson.y_hat)


def test_the_bar_is_drawn_on_standard_error_alone(capsys: pytest.CaptureFixture[str]) -> None:
    LESSON.forward(np.ones((9, 4)), progress=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith("9 of 9 rows\n")
    assert bar(0, 0).startswith("█")
    assert bar(0, 10).startswith(" ")


# What it refuses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([], "at least one layer"),
        ([(W1, b1), (W1, b1)], r"layer 2 does not fit on the one before it: .*\(4, 3\).*transpose, would fit"),
        ([(W1, b1), fp.Layer(W1, b1, name="fc2")], r"layer 2 \(fc2\) does not fit"),
        ([(W1, b1), (W2, b1, "relu", "a")], r"layer 2 \(a\): a layer of weights \(3, 4\) needs a bias"),
        ([(np.ones(4), b1)], r"layer 1: a layer's weights are a matrix, .* and got shape \(4,\)"),
        ([(W1, b1), (W2, b1)], r"layer 2: a layer of weights \(3, 4\) needs a bias of shape"),
        ([(W1, np.ones((3, 1)))], r"layer 1: .* \(4, 3\) needs a bias of shape \(3,\), one for each column"),
        ([(np.ones((0, 3)), b1)], r"layer 1: a layer needs at least one input"),
        ([(W1, b1, "wobble")], "there is no activation 'wobble': there are identity, relu"),
        ([(W1, b1, 3)], "there is no activation 3"),
        ([(W1, b1, "leaky relu(x)")], "a leaky ReLU's slope is a finite number"),
        ([(W1, b1, "leaky relu(inf)")], "a leaky ReLU's slope is a finite number"),
        ([([[1.0, math.nan]], [0.0, 0.0])], r"weights of layer 1 hold nan at \(0, 1\): a network's numbers are finite"),
        ([([[1.0]], [math.inf])], r"the bias of layer 1 hold inf at \(0,\)"),
        ([([[1.0], [1.0, 2.0]], [0.0])], "the weights of layer 1: .*its rows differ in length"),
        ([([["a"]], [0.0])], "the weights of layer 1 are numbers"),
        ([(np.array([[None]]), [0.0])], "the weights of layer 1: cannot take None"),
        ([5], "layer 1 is int: a layer is a Layer"),
        ([(W1, b1, "relu", "name", 5)], "layer 1 is tuple: a layer is a Layer"),
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused_in_the_lessons_words(layers: list[Any], said: str) -> None:
    with pytest.raises((NetworkError, ShapeError), match=said):
        fp.Network(*layers)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.ones(3), r"layer 1: cannot multiply \(3,\) @ \(4, 3\): .* \(3,\) @ \(3, 4\), the transpose, would fit"),
        (np.ones((2, 5)), r"layer 1: cannot multiply \(2, 5\) @ \(4, 3\)"),
        (np.ones((4, 9000)), r"layer 1: cannot multiply \(4, 9000\)"),
        (np.array(1.0), "a single number has no axis to sum over"),
        (1.0, "a single number has no axis to sum over"),
        (np.ones((2, 2, 4)), r"takes one row, shape \(4,\), or a batch .*, and got \(2, 2, 4\): flatten it"),
        (np.array(["a"] * 4), "the forward pass takes numbers"),
        (np.array([None] * 4), "does not go through|cannot take None"),
        (np.ones(4, complex), "the forward pass takes numbers"),
        ([[1, 2], [3]], "the input: .*rows differ in length"),
        (np.ma.masked_array(np.ones(4), [False, False, False, True]), "entries that are missing"),
        (None, "the forward pass takes numbers|single number"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("options", [{}, {"steps": True}, {"exact": True}])
def test_an_input_that_does_not_fit_is_refused(given: Any, said: str, options: dict[str, Any]) -> None:
    with pytest.raises((NetworkError, ShapeError), match=said):
        LESSON.forward(given, **options)


def test_exact_refuses_what_is_not_rational() -> None:
    net = fp.Network((W1, b1, "relu"), fp.Layer(W2, b2, "sigmoid", "head"))
    with pytest.raises(NetworkError, match=r"layer 2 \(head\) has no exact value: sigmoid of a rational"):
        net.forward(x, exact=True)
    with pytest.raises(NetworkError, match=r"the input: cannot take .*nan"):
        LESSON.forward(np.array([math.nan, 1, 1, 1]), exact=True)


@pytest.mark.parametrize(
    ("out", "said"),
    [
        (np.empty((3, 3)), r"out= takes the prediction, an array of shape \(3, 4\), and got shape \(3, 3\)"),
        ([1, 2], r"and got \[1, 2\]"),
        (np.empty((3, 4), int), "out= is of int64, which cannot hold a prediction of float64"),
    ],
)
def test_an_out_that_does_not_fit_is_refused(out: Any, said: str) -> None:
    with pytest.raises((NetworkError, ShapeError), match=said):
        LESSON.forward(np.ones((3, 4)), out=out)


def test_out_may_not_be_the_input_nor_read_only() -> None:
    square = fp.Network((np.ones((4, 4)), None))
    X = np.ones((9, 4))
    with pytest.raises(NetworkError, match="shares memory with the input"):
        square.forward(X, out=X)
    locked = np.ones((9, 4))
    locked.flags.writeable = False
    with pytest.raises(NetworkError, match="out= is read-only"):
        square.forward(X, out=locked)
    with pytest.raises(NetworkError, match="do not go with exact"):
        square.forward(X, out=np.ones((9, 4)), exact=True)
    with pytest.raises(NetworkError, match="do not go with steps"):
        square.forward(X, progress=True, steps=True)  # type: ignore[call-overload]


# What it is ----------------------------------------------------------------------------------------------------------


def test_a_network_cannot_be_changed_and_does_not_change_with_its_arrays() -> None:
    weights = W1.copy()
    net = fp.Network((weights, b1))
    weights[0, 0] = 9
    assert net[0].W[0, 0] == W1[0, 0]
    for array in (net[0].W, net[0].b):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        net.layers = ()  # type: ignore[misc]
    with pytest.raises(AttributeError):
        net[0].W = weights  # type: ignore[misc]


def test_networks_are_equal_by_their_numbers_and_travel() -> None:
    again = pickle.loads(pickle.dumps(LESSON))  # noqa: S301
    assert again == LESSON == copy.deepcopy(LESSON)
    assert hash(again) == hash(LESSON)
    assert not again[0].W.flags.writeable
    assert fp.Network((W1, b1), (W2, b2)) != LESSON
    assert LESSON.astype("float32") != LESSON
    others: list[object] = [LESSON[0], "network"]
    assert LESSON not in others
    assert LESSON[0] not in others[1:]
    assert pickle.loads(pickle.dumps(leaky_relu(0.3))) == leaky_relu(0.3)  # noqa: S301


@pytest.mark.parametrize("kind", ["abc", int, complex, bool, "U5", "f4,f4", (float, 3), 3, "datetime64[s]"])
def test_a_type_that_holds_no_weights_is_refused(kind: Any) -> None:
    said = f"are of a type of float, or object, for exact rationals, and got {kind!r}: write float"
    for asked in (LESSON.astype, LESSON[0].astype):
        with pytest.raises(NetworkError, match=re.escape(said)):
            asked(kind)


def test_a_type_in_which_a_weight_is_infinite_is_refused() -> None:
    with pytest.raises(NetworkError, match=re.escape("a number of 1e+06 is too large for float16: take a wider")):
        fp.Network(([[1e6]], [0.5])).astype("float16")


@pytest.mark.parametrize("given", [None, {}, len])
def test_an_input_that_is_no_number_is_called_by_what_it_is(given: Any) -> None:
    with pytest.raises(NetworkError, match=re.escape(f"a row or a batch of rows, and got {given!r}")):
        LESSON.forward(given)


def test_a_network_says_what_it_is() -> None:
    assert LESSON.sizes == (4, 3, 4)
    assert (len(LESSON), LESSON.parameters, str(LESSON.dtype), LESSON.rational) == (2, 31, "float64", True)
    assert [layer.activation.name for layer in LESSON] == ["relu", "identity"]
    assert fp.Network([fp.Layer(W1)]).layers == (fp.Layer(W1),)
    assert LESSON.astype(object)[0].exact
    assert repr(fp.Layer(W1, name="fc")) == "Layer('fc', weights (4, 3), no bias, identity)"
    assert all(made.source or made.name == "identity" for made in ACTIVATIONS.values())


def test_whole_numbers_become_floats_and_types_become_one() -> None:
    net = fp.Network((np.ones((2, 2), int), None), (np.ones((2, 1), np.float32), [1]))
    assert {layer.W.dtype for layer in net} == {np.dtype(np.float64)}
    mixed = fp.Network((np.ones((2, 2), np.float32), None, "relu"), (np.array([[Fraction(1, 3)]] * 2), None))
    assert mixed.forward([1, 1], exact=True).tolist() == [Fraction(4, 3)]
