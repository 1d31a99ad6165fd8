"""A file of skops is looked at before skops makes anything of it: types beyond those of networks are refused."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

import fwdpass as fp
from tests.hostile.test_files import npy, refused

X, Y = load_iris(return_X_y=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A pipeline in a file, as it should be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(5,), max_iter=5, random_state=0)).fit(
            X, Y
        )
    skops.io.dump(model, tmp_path / "net.skops")
    return tmp_path / "net.skops"


def edited(path: Path, change: Any = None, **entries: bytes) -> Path:
    """Write the file with another description, or other arrays."""
    with zipfile.ZipFile(path) as archive:
        kept = {info.filename: archive.read(info) for info in archive.infolist()}
    schema = json.loads(kept["schema.json"])
    if change is not None:
        change(schema)
    kept["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**kept, **entries}.items():
            archive.writestr(name, content)
    return path


def test_a_pipeline_is_read_and_a_scaler_is_folded_and_said(path: Path) -> None:
    opened = fp.formats.open_model(path)
    assert opened.network.sizes == (4, 5, 1)
    assert opened.runner == "scikit-learn"
    assert opened.notes[0].startswith("Folded into coefs_[0]: standardscaler; what stands there is not in the file")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"__class__": "system", "__module__": "os", "__loader__": "FunctionNode"}, "os.system, which is no step"),
        (
            {"__class__": "Pipeline", "__module__": "mine", "__loader__": "ObjectNode"},
            "mine.Pipeline, which is no",
        ),
        (
            {"__class__": "SVC", "__module__": "sklearn.svm", "__loader__": "ObjectNode"},
            "sklearn.svm.SVC, which is no",
        ),
        ({"__class__": "Popen", "__module__": "subprocess", "__loader__": "TypeNode"}, "subprocess.Popen, which is no"),
        ({"__class__": "x", "__module__": "builtins", "__loader__": "MethodNode"}, "builtins.x, which is no step"),
        ({"__class__": "x", "__module__": "builtins", "__loader__": "ReduceNode"}, "builtins.x, which is no step"),
    ],
)
def test_a_type_beyond_those_of_networks_is_not_made(entry: dict[str, str], said: str, path: Path) -> None:
    edited(path, lambda schema: schema["content"].update({"odd": entry}))
    with refused(f"holds {said}"):
        fp.load(path)


@pytest.mark.parametrize("model", [SVC().fit(X, Y), make_pipeline(FunctionTransformer(np.log1p), StandardScaler())])
def test_another_model_is_refused_by_its_name(model: Any, path: Path) -> None:
    skops.io.dump(model, path)
    with refused("which is no step of a network, and is not loaded"):
        fp.load(path)


def test_arrays_that_lie_or_hold_objects_are_refused(path: Path) -> None:
    objects = io.BytesIO()
    np.save(objects, np.array([print], dtype=object), allow_pickle=True)
    for content, said in (
        (npy((10**6, 10**6)), "declares shape"),
        (objects.getvalue(), "holds Python objects, which are pickles"),
        (b"nonsense", "is no array that can be read"),
    ):
        with refused(said):
            fp.load(edited(path, **{"1.npy": content}))


def test_what_is_no_file_of_skops_is_refused(path: Path) -> None:
    for entries, said in (
        ({"run.py": b"import os"}, "holds run.py, which is no array"),
        ({"schema.json": b"{"}, "its schema.json cannot be read"),
        ({"schema.json": b"[" * 100_000}, "its schema.json cannot be read"),
        ({"schema.json": b"{}"}, "cannot be read by skops"),
    ):
        before = path.read_bytes()
        with refused(said):
            fp.load(edited(path, **entries))
        path.write_bytes(before)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.npy", npy((1, 1), bytes(8)))
    with refused("it has no schema.json"):
        fp.load(path)
