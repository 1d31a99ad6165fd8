"""The script that readers download: NumPy alone, the same output on every computer, and the chapter's numbers."""

from __future__ import annotations

import ast
import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from fwdpass import lesson, nn
from fwdpass.numerals.exact import Arithmetic, compile_source

SCRIPT = Path(lesson.__file__)
SHOWN = {"x": "x", "z1": "z1", "h": "h", "prediction": "y_hat", "target": "target", "loss": "mse"}
# Two kernels that end the sum of hidden neuron 0 below zero, and two that end it above.
KERNELS = ["Haswell", "SkylakeX", "Prescott", "Sandybridge"]


def run(script: Path, env: Mapping[str, str] | None = None) -> str:
    """Run it as a reader does: another folder, nothing on the path but what Python came with."""
    result = subprocess.run(
        [sys.executable, "-I", "-W", "error", script.name],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=script.parent,
        env={**os.environ, **(env or {})},
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


@pytest.fixture(scope="module")
def downloaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file under the name that it is downloaded as, in an empty folder."""
    return Path(shutil.copy(SCRIPT, tmp_path_factory.mktemp("downloads") / "forward_pass.py"))


@pytest.fixture(scope="module")
def output(downloaded: Path) -> str:
    return run(downloaded)


def test_the_script_imports_numpy_and_nothing_else() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert imported == ["numpy"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_a_reader_who_runs_the_script_sees_what_its_names_are_worth(output: str) -> None:
    printed = {line.split()[0]: line.split()[1:] for line in output.splitlines()}
    assert list(printed) == list(SHOWN)
    for label, name in SHOWN.items():
        values = np.ravel(getattr(lesson, name))
        assert len(printed[label]) == len(values)
        for shown, value in zip(printed[label], values, strict=True):
            assert abs(Decimal(shown) - Decimal(float(value))) <= Decimal("0.0000005")


def test_what_the_script_prints_is_plain_decimals_in_columns(output: str) -> None:
    """No exponent, no signed zero, and values that start in one column."""
    for line in output.splitlines():
        label = line.split()[0]
        assert line == " ".join([f"{label:<12}", *line.split()[1:]])
        for shown in line.split()[1:]:
            assert "e" not in shown
            assert shown.lstrip("-0.") or not shown.startswith("-"), line


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_script_prints_the_same_on_every_kind_of_cpu(downloaded: Path, output: str, kernel: str) -> None:
    """NumPy's OpenBLAS sums in another order on each; where NumPy has another library, this changes nothing."""
    assert run(downloaded, {"OPENBLAS_CORETYPE": kernel}) == output


def test_importing_the_lesson_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    exec(compile(SCRIPT.read_text(encoding="utf-8"), "<lesson>", "exec"), {"__name__": "fwdpass.lesson"})
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_the_script_runs_in_every_arithmetic_and_prints_the_same(
    arithmetic: Arithmetic, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = compile_source(SCRIPT.read_text(encoding="utf-8"), "<lesson>", "exec", arithmetic)
    exec(code, {"__name__": "__main__"})
    assert capsys.readouterr().out == output


def test_shapes_are_those_of_the_chapter() -> None:
    shapes = {name: getattr(lesson, name).shape for name in ("image", "x", "W1", "b1", "W2", "b2", "target", "y_hat")}
    assert shapes == {
        "image": (2, 2), "x": (4,), "W1": (4, 3), "b1": (3,), "W2": (3, 4), "b2": (4,), "target": (4,), "y_hat": (4,),
    }  # fmt: skip


def test_the_target_is_the_image_flipped_along_its_diagonal() -> None:
    assert lesson.target.reshape(2, 2).tolist() == [list(column) for column in zip(*lesson.image, strict=True)]
    assert set(np.unique(lesson.image)) <= {0, 1}


def test_the_forward_pass_stands_there_as_three_bare_lines() -> None:
    lines = inspect.getsource(lesson).splitlines()
    for line in ("z1 = x @ W1 + b1", "h = np.maximum(0, z1)", "y_hat = h @ W2 + b2"):
        assert lines.count(line) == 1


def test_the_scripts_relu_and_the_packages_are_one_function() -> None:
    line = next(
        node for node in ast.parse(SCRIPT.read_text(encoding="utf-8")).body if ast.unparse(node).startswith("h =")
    )
    assert isinstance(line, ast.Assign)
    relu = compile(ast.Expression(line.value), "<script>", "eval")
    for z1 in (np.array([-1.0, -0.0, 0.0, 2.5]), np.linspace(-3, 3, 13), np.array([[1, -1], [0, 2]])):
        assert eval(relu, {"np": np, "z1": z1}).tobytes() == nn.relu(z1).tobytes()
