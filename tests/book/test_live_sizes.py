"""What is sent of the book's pages that follow their readers stays within its budget, which a benchmark states."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType

import pytest

from fwdpass.testing import Built

pytestmark = pytest.mark.book


def load() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "live.py"
    spec = importlib.util.spec_from_file_location("fwdpass_live_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


live = load()


def test_the_record_of_each_page_and_its_patches_are_within_their_budgets(book: Built) -> None:
    sizes = live.sizes(book.html / "_live")
    assert {"matrix-multiplication", "neurons"} <= sizes.keys()
    assert live.too_large(sizes) == [], sizes


@pytest.mark.parametrize("large", ["json", "js"])
def test_a_page_beyond_its_budget_is_named(tmp_path: Path, large: str) -> None:
    (tmp_path / "folder").mkdir()
    chance = random.Random(1)  # noqa: S311 - what cannot be compressed
    said = json.dumps(chance.choices(range(10**6), k=live.PATCHES // 3))
    for kind in ("json", "js"):
        (tmp_path / "folder" / f"page.{kind}").write_text(said if kind == large else "{}", "utf-8")
    (tmp_path / "other.json").write_text(said, "utf-8")  # of no page
    assert live.too_large(live.sizes(tmp_path)) == ["folder/page"]
