"""Layers under names are read in the order that is certain, or that is told; what is not certain is refused."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import fwdpass as fp
from fwdpass.errors import ModelError
from fwdpass.networks import formats
from fwdpass.networks.formats import named


def test_layers_are_ordered_as_people_count() -> None:
    names = [f"fc{i}.{part}" for i in (10, 9, 1) for part in ("bias", "weight")]
    assert [pair.name for pair in named.pairs(names, "it")] == ["fc1", "fc9", "fc10"]
    assert [pair.b for pair in named.pairs(["a.weight", "b.kernel"], "it")] == [None, None]


SQUARE = np.eye(3)
AZ = "abcdefghijklm"
ORDERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "numbers, as people count": ({f"fc{i}.weight": SQUARE for i in (10, 9, 1)}, ["fc1", "fc9", "fc10"]),
    "Keras's first has none": ({"dense_1/kernel": SQUARE, "dense/kernel": SQUARE}, ["dense", "dense_1"]),
    "blocks of several": (
        {f"block{i}.fc{j}.weight": SQUARE for i in (2, 10) for j in (2, 1)},
        ["block2.fc1", "block2.fc2", "block10.fc1", "block10.fc2"],
    ),
    "one within another": ({"1.0.weight": SQUARE, "0.weight": SQUARE}, ["0", "1.0"]),
    "numbers and a prefix": ({"a_coefs_10": SQUARE, "a_coefs_9": SQUARE}, ["a_coefs_9", "a_coefs_10"]),
    "shapes alone": ({"b.kernel": np.ones((4, 3)), "a.kernel": np.ones((3, 2))}, ["b", "a"]),
    "shapes, where names say a part": (
        {"in.kernel": np.ones((4, 3)), "h1.kernel": SQUARE, "h2.kernel": SQUARE, "end.kernel": np.ones((3, 2))},
        ["in", "h1", "h2", "end"],
    ),
    "back and forth": (
        {"c.kernel": np.ones((3, 5)), "b.kernel": np.ones((4, 3)), "a.kernel": np.ones((3, 4)), "z.kernel": SQUARE[:1]},
        ["z", "a", "b", "c"],
    ),
}


@pytest.mark.parametrize("why", ORDERS)
@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_layers_are_in_the_order_that_is_certain(why: str, ending: str, tmp_path: Path) -> None:
    arrays, right = ORDERS[why]
    path = tmp_path / f"net.{ending}"
    for names in (list(arrays), list(arrays)[::-1], sorted(arrays)):
        kept = {name: np.ascontiguousarray(arrays[name]) for name in names}
        np.savez(path, **kept) if ending == "npz" else save_file(kept, path)  # type: ignore[arg-type]
        assert [layer.name for layer in fp.load(path, "relu")] == right


@pytest.mark.parametrize(
    ("shapes", "pair"),
    [
        ({"inner": (3, 3), "head": (3, 3)}, "head comes before inner or after it"),
        ({"hidden": (4, 3), "out": (3, 4)}, "hidden comes before out or after it"),
        ({"h1": (3, 3), "h2": (3, 3), "skip": (3, 3)}, "h. comes before skip or after it"),
        (
            {"enc.0": (4, 3), "enc.1": (3, 2), "dec.0": (2, 3), "dec.1": (3, 4)},
            r"dec\.0 comes before enc\.0 or after it",
        ),
        (
            dict.fromkeys("abcdefgh", (3, 3)),
            r"g comes before h or after it: .*order=\['a', 'b', 'c', 'd', 'e', 'f', …\]",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_layers_whose_order_is_not_certain_are_refused_until_it_is_told(
    shapes: dict[str, tuple[int, int]], pair: str, ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"net.{ending}"
    arrays = {f"{name}.kernel": np.ones(shape) for name, shape in shapes.items()}
    np.savez(path, **arrays) if ending == "npz" else save_file(arrays, path)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=f"neither names nor shapes say whether {pair}"):
        fp.load(path, "relu")
    assert [layer.name for layer in fp.load(path, "relu", order=list(shapes))] == list(shapes)
    with pytest.raises(ModelError, match="and order= names each of them once; it has x, y"):
        fp.load(path, "relu", order=["x", "y"])
    with pytest.raises(ModelError, match="and order= names each of them once; it has inner"):
        fp.load(path, "relu", order="inner")  # a string is a sequence of strings, too


def test_an_order_that_numbers_and_shapes_do_not_agree_on_is_not_guessed() -> None:
    tree = {"kernel1": {"kernel": np.ones((3, 4))}, "kernel2": {"kernel": np.ones((2, 3))}}
    with pytest.raises(ModelError, match=r"layer 2 \(kernel2\) does not fit on the one before it"):
        formats.from_flax(tree, "relu")
    assert formats.from_flax(tree, "relu", order=["kernel2", "kernel1"]).sizes == (2, 3, 4)


def test_an_order_is_sought_for_a_while_only() -> None:
    """Many layers that fit on each other almost everywhere, and never in one chain."""
    tree = {f"{a}{b}": {"kernel": np.ones((1 + (i % 2), 1 + (i % 2)))} for i, (a, b) in enumerate(product(AZ, AZ))}
    tree["bridge"] = {"kernel": np.ones((7, 7))}
    with pytest.raises(ModelError, match="neither names nor shapes say in which order its layers follow each other"):
        formats.from_flax(tree, "relu")


def test_hundreds_of_layers_that_fit_in_one_order_are_put_into_it() -> None:
    names = ["".join(name) for name in product(AZ, AZ, "ab")][250:0:-1]
    tree = {name: {"kernel": np.ones((i + 1, i + 2))} for i, name in enumerate(names)}
    assert [layer.name for layer in formats.from_flax(tree, "relu")] == names


@pytest.mark.parametrize("name", ["1²1", "9" * 5000, "٣", "W²"])
def test_a_name_with_odd_numbers_is_a_name(name: str) -> None:
    """Python refuses to convert a number that long, and takes for digits what it does not convert."""
    tree = {name: {"kernel": np.ones((3, 2))}, "last": {"kernel": np.ones((2, 1))}}
    assert formats.from_flax(tree, "relu")[0].name == name
