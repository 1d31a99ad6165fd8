"""scikit-learn's models as skl2onnx and skops write them: each agrees with its own runtime, or is refused.

The bound is that of :mod:`fwdpass.networks.rounding`, for the types of float in which both were computed.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, Normalizer, RobustScaler, StandardScaler

from fwdpass.__main__ import main
from tests.exporters import Case, check

CASES: dict[str, Case] = {}

X, Y = load_iris(return_X_y=True)
SMALL: dict[str, Any] = {"hidden_layer_sizes": (6,), "max_iter": 40, "random_state": 0}


def by_sklearn(model: Any, x: Any) -> Any:
    """The estimator itself."""
    if not hasattr(model, "classes_"):
        return np.asarray(model.predict(x)).reshape(-1)
    chances = np.asarray(model.predict_proba(x))[0]
    return chances[1:] if len(chances) == 2 and np.ndim(model.classes_) == 1 and len(model.classes_) == 2 else chances


def to_file(model: Any, options: Any, path: Path) -> None:
    """Write an estimator as skl2onnx does by default."""
    path.write_bytes(to_onnx(model, X[:1].astype(np.float32), options=options).SerializeToString())


def sklearn_cases() -> None:
    """Estimators and pipelines, by skl2onnx and by skops."""
    models: dict[str, tuple[Any, Any, str]] = {
        "classifier": (MLPClassifier(**SMALL), Y, ""),
        "of texts": (MLPClassifier(**SMALL), np.array(["a", "b", "c"])[Y], ""),
        "binary": (MLPClassifier(**SMALL), Y > 0, ""),
        "multilabel": (MLPClassifier(**SMALL), np.eye(3, dtype=int)[Y], ""),
        "tanh": (MLPRegressor(activation="tanh", **SMALL), Y, ""),
        "logistic": (MLPRegressor(activation="logistic", **SMALL), Y, ""),
        "standard": (make_pipeline(StandardScaler(), MLPClassifier(**SMALL)), Y, ""),
        "min max": (make_pipeline(MinMaxScaler(), MLPRegressor(**SMALL)), Y, ""),
        "robust, largest": (make_pipeline(RobustScaler(), MaxAbsScaler(), MLPClassifier(**SMALL)), Y, ""),
        "principal": (make_pipeline(StandardScaler(), PCA(2), MLPClassifier(**SMALL)), Y, ""),
        "logistic regression": (LogisticRegression(max_iter=500), Y, ""),
        "two classes": (make_pipeline(StandardScaler(), LogisticRegression()), Y > 0, ""),
        "linear": (LinearRegression(), Y, ""),
        "ridge": (Ridge(), Y, ""),
        "normalized": (make_pipeline(Normalizer(), MLPRegressor(**SMALL)), Y, "Normalizer"),
    }
    for name, (model, target, refused) in models.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(X, target)
        x = X[60:61].astype(np.float32)
        CASES[f"skl2onnx {name}"] = Case(partial(to_file, model, None), ".onnx", x, partial(by_sklearn, model), refused)
        CASES[f"skops {name}"] = Case(
            partial(skops.io.dump, model), ".skops", x.astype(float), partial(by_sklearn, model), refused,
            computed="float64",
        )  # fmt: skip
    case = CASES["skl2onnx two classes"]  # a file of two classes has a column for each
    CASES["skl2onnx two classes"] = replace(case, theirs=lambda x: models["two classes"][0].predict_proba(x)[0])
    options = {id(models["classifier"][0]): {"zipmap": False}}
    case = CASES["skl2onnx classifier"]
    CASES["skl2onnx without maps"] = Case(
        partial(to_file, models["classifier"][0], options), ".onnx", case.x, case.theirs
    )


sklearn_cases()


@pytest.mark.parametrize("name", CASES)
def test_a_file_agrees_with_its_own_runtime_or_is_refused_with_step_and_reason(name: str, tmp_path: Path) -> None:
    check(name, CASES[name], tmp_path)


def test_a_pipeline_is_one_command_away_from_its_page(tmp_path: Path) -> None:
    case, page = CASES["skops standard"], tmp_path / "page.html"
    case.write(tmp_path / "net.skops")
    np.save(tmp_path / "x.npy", case.x)
    assert main(["explain", str(tmp_path / "net.skops"), "--input", str(tmp_path / "x.npy"), "-o", str(page)]) == 0
    words = page.read_text("utf-8")
    assert "s own program, run by scikit-learn" in words
    assert "Folded into coefs_[0]: standardscaler" in words
    assert "Differs from" not in words
