"""Keras's files: what they describe and hold is looked at before Keras makes it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ModelError
from fwdpass.networks.formats import Limits
from tests.networks import network, rows

h5py: Any = import_module("h5py")


def edited(path: Path, change: Any) -> Path:
    """Write the file with another description of its layers."""
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    config = json.loads(entries["config.json"])
    change(config)
    entries["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


LAMBDA = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "evil"}, "registered_name": None}
FOREIGN = {"module": "os", "class_name": "Dense", "config": {"name": "evil"}, "registered_name": None}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c["config"]["layers"].append(LAMBDA), "evil is a Lambda, which is no layer that can be read"),
        (lambda c: c["config"]["layers"].append(FOREIGN), "evil comes from 'os', beyond Keras, and is not loaded"),
        (lambda c: c["config"]["layers"][1]["config"].update(activation=LAMBDA), "evil is a Lambda"),
        (lambda c: c["config"]["layers"].extend([{}] * 2000), "declares .* layers, and at most 1000 are read"),
        (lambda c: c["config"].update(layers=3), "describes no layers"),
        (lambda c: c.update(class_name="Functional"), "cannot be read by Keras|what is read is a Sequential"),
        (lambda c: c["config"]["layers"].append({"class_name": "Dense"}), "cannot be read by Keras"),
    ],
)
def test_a_file_that_names_more_than_plain_layers_is_not_loaded(change: Any, said: str, tmp_path: Path) -> None:
    fp.save(network(4, 3, 2), tmp_path / "net.keras")
    with pytest.raises(ModelError, match=said):
        fp.load(edited(tmp_path / "net.keras", change))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    fp.save(network(4, 3, 2), path)
    content = path.read_bytes()
    for end in range(0, len(content) - 1, len(content) // 12):
        path.write_bytes(content[:end])
        with pytest.raises(ModelError):
            fp.load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "[" * 100_000)
    with pytest.raises(ModelError, match="is no file of Keras's"):
        fp.load(path)


# Sizes ---------------------------------------------------------------------------------------------------------------


def widened(n: int, *where: str) -> Callable[[Any], None]:
    """Say in some places of a description that layers are wide."""

    def change(config: Any) -> None:
        for one in config["config"]["layers"]:
            for place in where:
                inner = one["build_config"] if place == "input_shape" and "build_config" in one else one["config"]
                if place in inner:
                    inner[place] = n if place == "units" else [None, n]

    return change


@pytest.mark.parametrize("where", [("units",), ("units", "batch_shape"), ("units", "input_shape")])
def test_layers_that_would_fill_the_memory_are_not_made(where: tuple[str, ...], tmp_path: Path) -> None:
    """Keras makes layers, and fills them with random numbers, before it looks for those in the file."""
    fp.save(network(4, 3, 2), tmp_path / "net.keras")
    with pytest.raises(ModelError, match=r"config\.json declares \d+ bytes, and at most 2147483648 are read"):
        fp.load(edited(tmp_path / "net.keras", widened(40_000, *where)))


def test_a_limit_of_bytes_can_be_raised(tmp_path: Path) -> None:
    net = network(40, 30, 20)
    fp.save(net, tmp_path / "net.keras")
    with pytest.raises(ModelError, match="at most 5000 are read"):
        fp.load(tmp_path / "net.keras", limits=Limits(bytes=5000))
    assert fp.load(tmp_path / "net.keras", limits=Limits(bytes=100_000)).sizes == net.sizes


KERNEL = "layers/dense/vars/0"


def linked(file: Any, other: Path) -> None:
    """Let weights be a link to another file."""
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink(other, "/w")


def linked_group(file: Any, other: Path) -> None:
    """Let a layer be a link to another file."""
    del file["layers/dense"]
    file["layers/dense"] = h5py.ExternalLink(other, "/")


def linked_within(file: Any, _: Path) -> None:
    """Let weights be a link to other weights."""
    del file[KERNEL]
    file[KERNEL] = h5py.SoftLink("/layers/dense_1/vars/0")


def stored_outside(file: Any, other: Path) -> None:
    """Let weights be the bytes of any file."""
    del file[KERNEL]
    file.create_dataset(KERNEL, (4, 3), "f8", external=[(other, 0, 96)])


def virtual(file: Any, other: Path) -> None:
    """Let weights be put together from another file's."""
    del file[KERNEL]
    layout = h5py.VirtualLayout((4, 3), "f8")
    layout[:] = h5py.VirtualSource(other, "w", (4, 3))
    file.create_virtual_dataset(KERNEL, layout)


def empty(file: Any, _: Path) -> None:
    """Declare many numbers, and write none."""
    del file[KERNEL]
    file.create_dataset(KERNEL, (100_000, 100_000), "f8", chunks=(100, 100), compression="gzip")


def packed(file: Any, _: Path) -> None:
    """Pack a number that is the same everywhere."""
    del file[KERNEL]
    file.create_dataset(KERNEL, data=np.zeros((1000, 1000)), compression="gzip")


def circular(file: Any, _: Path) -> None:
    """Let a layer be within itself."""
    file["layers/dense/again"] = file["layers"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (linked, "/layers/dense/vars/0 is a link, perhaps to another file, and is not followed"),
        (linked_group, "/layers/dense is a link, perhaps to another file"),
        (linked_within, "/layers/dense/vars/0 is a link"),
        (stored_outside, "/layers/dense/vars/0: its numbers are in another file, which is not opened"),
        (virtual, "/layers/dense/vars/0: its numbers are in another file"),
        (
            empty,
            r"/layers/dense/vars/0 declares shape \(100000, 100000\), 80000000000 bytes, and the file",
        ),
        (packed, r"/layers/dense/vars/0 declares shape \(1000, 1000\)"),
        (circular, "has a place already"),
    ],
)
def test_weights_that_are_elsewhere_or_not_there_are_refused(
    change: Callable[[Any, Path], None], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keras is not even asked: older versions of it followed such links."""
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["w"] = np.ones((4, 3))
    path = tmp_path / "net.keras"
    fp.save(network(4, 3, 2), path)
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    held = io.BytesIO(entries["model.weights.h5"])
    with h5py.File(held, "r+") as file:
        change(file, tmp_path / "other.h5")
    entries["model.weights.h5"] = held.getvalue()
    rewritten(path, entries)
    monkeypatch.setattr(keras.saving, "load_model", lambda *_, **__: pytest.fail("Keras was asked"))
    with pytest.raises(ModelError, match=said):
        fp.load(path)


def rewritten(path: Path, entries: dict[str, bytes]) -> None:
    """Write an archive anew."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("name", ["assets/../../evil.txt", "/evil.txt", "model.weights.npz", "assets/vocabulary.txt"])
def test_an_archive_with_anything_else_in_it_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    fp.save(network(4, 3, 2), path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"evil")
    with pytest.raises(ModelError, match="which a stack of layers has no use for"):
        fp.load(path)


def test_weights_that_are_no_hdf5_and_descriptions_too_deep_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    fp.save(network(4, 3, 2), path)
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    rewritten(path, {**entries, "model.weights.h5": b"nonsense"})
    with pytest.raises(ModelError, match="its weights cannot be read"):
        fp.load(path)
    for depth in (400, 980, 5000, 100_000):
        deep = entries["config.json"].replace(b'"layers": [', b'"layers": [' + b"[" * depth + b"]" * depth + b",", 1)
        rewritten(path, {**entries, "config.json": deep})
        with pytest.raises(ModelError):
            fp.load(path)


def test_a_model_that_was_trained_is_read_with_all_that_its_file_has(tmp_path: Path) -> None:
    """An optimizer's numbers, and those of dropout, are in the file as well."""
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((2, 2)),
            layers.Flatten(),
            layers.Dense(8, "relu"),
            layers.Dropout(0.5),
            layers.Dense(3, "softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    X = rows(12, 4).astype(np.float32)
    model.fit(X.reshape(-1, 2, 2), np.arange(12) % 3, epochs=1, verbose=0)
    model.save(tmp_path / "net.keras")
    theirs = keras.ops.convert_to_numpy(model(X.reshape(-1, 2, 2)))
    assert np.abs(theirs - fp.load(tmp_path / "net.keras").forward(X)).max() <= 16 * np.finfo(np.float32).eps
