"""What a file of Keras's describes is looked at before Keras makes it: shown with h5py alone, without Keras."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fwdpass.networks.formats import Limits
from fwdpass.networks.formats.keras_file import check
from tests.hostile.test_files import refused


def layer(kind: str = "Dense", module: str = "keras.layers", **config: Any) -> dict[str, Any]:
    """A layer's description, as Keras writes it."""
    own = {"name": "odd", "units": 3, "activation": "relu", **config}
    return {"module": module, "class_name": kind, "config": own, "registered_name": None}


def part(kind: str, module: str, **config: Any) -> dict[str, Any]:
    """The description of what belongs to a layer: how it was filled, or held small."""
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def described(*layers: Any, kind: str = "Sequential", **more: Any) -> dict[str, Any]:
    """A model's description."""
    return {"module": "keras", "class_name": kind, "config": {"name": "net", "layers": list(layers)}, **more}


def numbers(file: h5py.File) -> None:
    """Weights, as they should be."""
    file.create_dataset("layers/dense/vars/0", data=np.ones((4, 3)))


def written(path: Path, config: Any, fill: Any = numbers, **more: bytes) -> Path:
    """Write a file of either format by hand."""
    if path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            fill(file)
            file.attrs["model_config"] = json.dumps(config)
        return path
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        fill(file)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights.getvalue())
        for name, content in more.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(params=[".keras", ".h5"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where a file of each format goes."""
    return tmp_path / f"net{request.param}"


FINE = {
    "regularizers": layer(kernel_regularizer=part("L2", "keras.regularizers", l2=0.01)),
    "initializers": layer(kernel_initializer=part("TruncatedNormal", "keras.initializers", stddev=0.05)),
    "older initializers": layer(bias_initializer={"class_name": "Zeros", "config": {}}),
    "constraints": layer(bias_constraint=part("NonNeg", "keras.constraints")),
    "batch norm": layer("BatchNormalization"),
}


@pytest.mark.parametrize("what", FINE)
def test_what_changes_no_forward_pass_is_let_through(what: str, path: Path) -> None:
    check(written(path, described(FINE[what])))


def test_how_a_model_was_trained_is_not_looked_at(path: Path) -> None:
    training = {"optimizer": {"module": "builtins", "class_name": "Anything", "config": {}, "registered_name": "own>x"}}
    check(written(path, described(layer(), compile_config=training)))
    check(written(path, described(layer(), kind="Functional")))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (described(layer("Lambda")), "odd is a Lambda, which is no layer that can be read, and is not loaded"),
        (described(layer("TorchModuleWrapper")), "odd is a TorchModuleWrapper"),
        (described(layer(activation=part("Lambda", "keras.layers", name="odd"))), "odd is a Lambda"),
        (described(layer(module="os")), "odd comes from 'os', beyond Keras"),
        (described(layer(module="keras_hub.layers")), "odd comes from 'keras_hub.layers', beyond Keras"),
        (described({**layer(), "registered_name": "mine>Dense"}), "odd comes from 'keras.layers', beyond Keras"),
        (described(layer(kernel_regularizer=part("L2", "mine", name="odd"))), "odd comes from 'mine', beyond Keras"),
        (described(layer(kernel_initializer=part("Mine", "keras.initializers", name="odd"))), "odd is a Mine"),
        (described(layer(), kind="Mine"), "holds Mine: what is read is a Sequential, or a functional model"),
        ([], r"holds \[\]: what is read"),
        ({"class_name": "Sequential", "config": 3}, "describes no layers"),
        (described(layer(units=10**6), layer(units=10**6)), "config.json declares .* bytes, and at most"),
        (described(*[layer()] * 1001), "declares 1001 layers, and at most 1000 are read"),
    ],
)
def test_a_description_of_anything_else_is_refused(config: Any, said: str, path: Path) -> None:
    with refused(said):
        check(written(path, config), Limits(bytes=2**24))


def outside(file: h5py.File) -> None:
    """Keep weights in another file."""
    file.create_dataset("w", (4, 3), "f8", external=[("/etc/passwd", 0, 96)])


def virtual(file: h5py.File) -> None:
    """Put weights together out of another file."""
    layout = h5py.VirtualLayout((4, 3), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "w", (4, 3))
    file.create_virtual_dataset("w", layout)


def lie(file: h5py.File) -> None:
    """Declare more than is there: HDF5 keeps no chunk that nobody wrote."""
    file.create_dataset("w", (10**5, 10**5), "f8", chunks=(10, 10))


def packed(file: h5py.File) -> None:
    """Declare much, and keep it packed to nearly nothing."""
    file.create_dataset("w", data=np.zeros((1000, 1000)), compression="gzip")


def linked(kind: Any) -> Any:
    """Put a link where a group would be."""

    def fill(file: h5py.File) -> None:
        numbers(file)
        file["layers/other"] = kind

    return fill


def twice(file: h5py.File) -> None:
    """Give one place two names, a circle among them."""
    numbers(file)
    file["layers/again"] = file["layers"]


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (outside, "its numbers are in another file, which is not opened"),
        (virtual, "its numbers are in another file, which is not opened"),
        (lie, r"w declares shape \(100000, 100000\), 80000000000 bytes, and the file does not have so many"),
        (packed, "w declares shape"),
        (linked(h5py.ExternalLink("/etc/other.h5", "/w")), "is a link, perhaps to another file, and is not followed"),
        (linked(h5py.SoftLink("/layers/dense")), "is a link, perhaps to another file, and is not followed"),
        (twice, "has a place already: no layers share their numbers"),
    ],
)
def test_weights_that_are_elsewhere_or_not_there_are_refused(fill: Any, said: str, path: Path) -> None:
    with refused(said):
        check(written(path, described(layer()), fill))


def test_an_archive_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    with refused("holds run.py, which a stack of layers has no use for"):
        check(written(tmp_path / "net.keras", described(layer()), **{"run.py": b"import os"}))


def test_weights_without_a_model_are_refused_with_what_would_do(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "net.h5", "w") as file:
        numbers(file)
    with refused(r"holds weights alone, and no model: save the model, model\.save\('model\.keras'\)"):
        check(tmp_path / "net.h5")


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + b"\xff" * 2000, b"PK\x03\x04"])
def test_what_is_no_such_file_is_refused(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with refused("is no file of Keras's|is no archive|cannot be read"):
        check(path)
