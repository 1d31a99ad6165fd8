"""The benchmark of the forward pass compares the same computation, and a missed target is not overlooked."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The script; importing it asks for one thread, which the other tests are not to notice."""
    before = dict(os.environ)
    spec = importlib.util.spec_from_file_location("fwdpass_benchmark_forward", ROOT / "benchmarks" / "forward.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    os.environ.clear()
    os.environ.update(before)
    return module


@pytest.mark.parametrize("sizes", [(4, 3, 4), (64, 32, 10), (7, 6, 5, 4)])
def test_all_ways_compute_the_same(bench: ModuleType, sizes: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=(9, sizes[0]))
    found = bench.ways(bench.network(sizes), x)
    assert {"by hand", "forward", "scikit-learn"} <= set(found)
    assert all(np.allclose(run(), found["by hand"]()) for run in found.values())


def test_every_way_is_measured_as_often_as_by_hand(bench: ModuleType) -> None:
    measured = bench.measure((4, 3, 4), 1, 3, 1e-5)
    assert {len(rounds) for rounds in measured.rounds.values()} == {3}
    assert bench.measure((784, 1024, 1024, 10), 10**9, 1, 1e-5) is None


def test_rows_go_from_a_map_to_a_map_in_processes_of_their_own(bench: ModuleType) -> None:
    mapped = bench.mapped(2000, 3)
    assert len(mapped.ours) == len(mapped.hand) == 3
    assert mapped.memory >= 0


def result(bench: ModuleType, ratio: float, share: float, mapped: float, memory: int) -> object:
    measured = bench.Measured((64, 32, 10), 10, {"by hand": [1.0, 1.0], "forward": [ratio, ratio]})
    return bench.Result([measured], share, bench.Mapped(10, [1.0], [mapped], memory))


def test_targets_that_are_met(bench: ModuleType) -> None:
    good = result(bench, 1.0, 0.8, 0.8, 16 * 2**20)
    assert "MISSED" not in bench.report(good)
    assert json.loads(bench.as_json(good))["ratio"] == {"64-32-10 x 10": 1.0}


@pytest.mark.parametrize(
    ("figures", "name"),
    [
        ((1.03, 0.8, 0.8, 0), "ratio"),
        ((1.0, 0.79, 0.8, 0), "peak"),
        ((1.0, 0.8, 0.81, 0), "mapped"),
        ((1.0, 0.8, 0.8, 17 * 2**20), "memory"),
    ],
)
def test_a_missed_target_is_said(bench: ModuleType, figures: tuple[float, float, float, int], name: str) -> None:
    bad = result(bench, *figures)
    assert [key for key, met in bad.met.items() if not met] == [name]  # type: ignore[attr-defined]
    assert "MISSED" in bench.report(bad)


def test_the_smallest_network_is_allowed_a_little_for_a_single_row(bench: ModuleType) -> None:
    assert bench.Measured((4, 3, 4), 1).allowed == bench.SMALLEST
    assert bench.Measured((4, 3, 4), 10).allowed == bench.RATIO


def test_a_time_is_one_that_people_can_read(bench: ModuleType) -> None:
    assert [bench.seconds(value) for value in (2.0, 0.25, 2.1e-6, 3e-9)] == ["2.0 s", "250.0 ms", "2.1 µs", "3 ns"]
