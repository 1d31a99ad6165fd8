"""Whatever is given to a public function that it does not take is told in a sentence, and never in a traceback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ArgumentError, FwdpassError
from fwdpass.lesson import W1, W2, b1, b2, h, image, x
from fwdpass.networks import formats
from fwdpass.networks.explain import explain

NET = fp.Network((W1, b1, "relu"), (W2, b2))
CALLS: dict[str, tuple[Any, ...]] = {
    "Layer": (W1, b1, "relu"),
    "Network": ((W1, b1, "relu"),),
    "agree": (x, x),
    "collapse": (W1, b1, W2, b2),
    "collapsed": (W1, b1, W2, b2),
    "contributions": (h, W2, "h", "y_hat"),
    "dot": (x, W1[:, 0], b1[0]),
    "flip": (image, W1, b1, W2, b2),
    "forward": (x, W1, b1, W2, b2),
    "gallery": ([image], ["a picture"], 1),
    "graph": ("z", "h"),
    "heat": (W1, "x", "h"),
    "load": ("net.npz",),
    "matrix": (W1, "x", "h"),
    "mismatch": ("x @ W2",),
    "mse": (h, h),
    "network": (x, W1, b1, W2, b2),
    "neuron": (x, W1[:, 0], b1[0]),
    "parameters": (NET,),
    "pixels": (image, 1),
    "product": (x, W1, "x", "h"),
    "relu": (x,),  # one line of NumPy, which refuses in its own words
    "run": (fp.lesson,),
    "save": (NET, "again.npz"),
    "settled": (x,),
    "shapes": ("x @ W1",),
    "states": (x, W1, b1, "h"),
    "table": ("about", ["a", "b"], [["1", "2"]]),
    "trace": ("a = 1\n",),
}
"""A call of every public function, with each argument that has a place."""
OPTIONS: dict[str, dict[str, Any]] = {
    "graph": {"lines": {}, "points": {}, "rings": []},
    "mismatch": {"namespace": {"x": x, "W2": W2}},
    "shapes": {"namespace": {"x": x, "W1": W1}, "called": {}},
    "product": {"bias": None},
}
ODD: list[Any] = [
    None,
    "abc",
    b"x",
    "",
    [],
    {},
    object(),
    len,
    np,
    True,
    3,
    float("nan"),
    1j,
    [None],
    ["q"],
    [[1, 2], [3]],
    [True, False],
    np.array(["a"]),
    np.array([np.inf]),
    np.zeros((2, 2, 2)),
    NET,
]


PLAIN = {"relu": (TypeError, ValueError), "neuron": (TypeError, ValueError)}
"""Functions that are plain lines of NumPy, and what it raises where what they add or compare is no number."""


def test_every_public_function_is_called_here() -> None:
    assert [name for name in fp.__all__ if callable(getattr(fp, name)) and name != "load_ipython_extension"] == [*CALLS]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fp.save(NET, "net.npz")


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy's, about infinities
def test_what_is_no_argument_is_refused_in_a_sentence(name: str) -> None:
    function, given, options = getattr(fp, name), CALLS[name], OPTIONS.get(name, {})
    function(*given, **options)
    for odd in ODD:
        for at in range(len(given)):
            _refuses(name, (*given[:at], odd, *given[at + 1 :]), options)
        for option in options:
            _refuses(name, given, {**options, option: odd})


def _refuses(name: str, given: tuple[Any, ...], options: dict[str, Any]) -> None:
    if error := _refusal(name, given, options):
        pattern = rf"{name}\(\) takes \w+ as .+, and got .+: .+$|a row of a table is|network\(\) takes"
        assert re.match(pattern, str(error)) or not isinstance(error, ArgumentError)
        assert error.__suppress_context__ or error.__context__ is None or not isinstance(error, ArgumentError)


def _refusal(name: str, given: tuple[Any, ...], options: dict[str, Any]) -> FwdpassError | None:
    try:
        str(getattr(fp, name)(*given, **options))  # a figure is drawn, so that nothing waits until then
    except FwdpassError as error:
        return error
    except PLAIN.get(name, ()):
        return None
    return None


@pytest.mark.parametrize("given", [(x, W1), (x, W1, b1), (x, W1, b1, W2), (x, None, b1, W2, b2)])
def test_a_network_without_all_of_its_arrays_says_which_are_missing(given: tuple[Any, ...]) -> None:
    missing = [name for at, name in enumerate(("x", "W1", "b1", "W2", "b2")) if at >= len(given) or given[at] is None]
    with pytest.raises(ArgumentError) as refused:
        fp.network(*given)
    assert str(refused.value) == (
        f"network() takes the input and both layers, network(x, W1, b1, W2, b2), and got no {', '.join(missing)}: "
        "give them all, or a Network of any layers and its input, network(net, x)"
    )


def test_a_network_has_weights_of_its_own() -> None:
    with pytest.raises(ArgumentError, match=r"^network\(\) takes a Network and its input, and got b1, b2 as well"):
        fp.network(NET, x, b1, b2=b2)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((None,), "got None: is a value missing?"),
        (("W1",), "got 'W1': a variable's name stands without quotes, and float() makes a number of a text"),
        (([1, None],), "got a list with None in it: is a value missing?"),
        (([[1, 2], [3]],), "got a list: its rows differ in length"),
        ((np.array([1, np.nan]),), "got an array with nan in it: every number has to be real and finite"),
        (([[1j]],), "got a list with 1j in it: every number has to be real and finite"),
        (([True],), "got a list with True in it: truth values are no numbers, and .astype(int) makes numbers of them"),
        (({"W1": 1},), "got a dict: np.asarray() has to make numbers of it"),
        (("W1" * 50,), "got a str: a variable's name stands without quotes, and float() makes a number of a text"),
    ],
)
def test_the_sentence_says_what_arrived_and_what_helps(given: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        fp.matrix(*given)
    assert str(refused.value) == f"matrix() takes array as numbers in rows of one length, and {sentence}"


def test_lists_are_no_arrays_where_arithmetic_is_done_with_them() -> None:
    with pytest.raises(ArgumentError) as refused:
        fp.forward([1, 0, 1, 1], W1, b1, W2, b2)  # type: ignore[arg-type]
    assert str(refused.value) == (
        "forward() takes x as an array of numbers, and got a list: np.array() makes an array of it"
    )


def test_what_python_says_itself_of_a_call_stays() -> None:
    with pytest.raises(TypeError, match=r"^relu\(\) missing 1 required positional argument: 'z'$"):
        fp.relu()  # type: ignore[call-arg]


def test_a_page_about_something_else_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^explain\(\) takes net as a Network, and got None"):
        explain(None)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"^explain\(\) takes title as text, and got 3"):
        explain(NET, title=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name in formats.__all__ if name.startswith(("from_", "to_", "open_"))])
def test_what_no_library_has_is_refused_in_a_sentence(name: str) -> None:
    for odd in (None, "", [], {}, object(), 3, np.zeros(3)):
        with pytest.raises(FwdpassError):
            getattr(formats, name)(odd)


def test_a_failure_that_no_argument_explains_stays_what_it_is() -> None:
    def fails(z: Any) -> Any:
        raise TypeError("something else")

    with pytest.raises(TypeError, match="something else"):
        fp.flip(image, W1, b1, W2, b2, fails)
