"""What Lighthouse found is judged beside a plain page: a slow computer is no fault, and every shortcoming is named."""

from __future__ import annotations

import doctest
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def load() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "lighthouse.py"
    spec = importlib.util.spec_from_file_location("fwdpass_lighthouse", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lighthouse = load()
FINE = dict.fromkeys(lighthouse.CATEGORIES, 100) | {"bytes": 9, "work": 300, "script": 0}


def test_its_examples_are_true() -> None:
    assert doctest.testmod(lighthouse).failed == 0
    assert lighthouse.shortcomings(FINE, FINE) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"accessibility": 99}, "accessibility is 99, of at least 100"),
        ({"performance": 99}, "performance is 99, of at least 100"),
        ({"bytes": lighthouse.WEIGHT + 1}, "the first load is"),
        ({"work": 300 * lighthouse.MOST_WORK + 30}, "times the work of a plain page"),
        ({"script": lighthouse.LONG + 1}, "a script of ours takes"),
    ],
)
def test_a_shortcoming_is_named(wrong: dict[str, float], said: str) -> None:
    (sentence,) = lighthouse.shortcomings(FINE | wrong, FINE)
    assert said in sentence


def test_only_for_the_performance_is_a_slow_computer_an_excuse() -> None:
    slow = dict.fromkeys(FINE, 90)
    assert len(lighthouse.shortcomings(FINE | {"performance": 90}, FINE | slow | {"work": 300})) == 0
    assert len(lighthouse.shortcomings(FINE | {"seo": 90}, FINE | slow | {"work": 300})) == 1


def test_the_plain_page_has_the_words_of_the_chapter_and_nothing_that_costs() -> None:
    html = (
        '<head><link rel="stylesheet" href="site.css"></head><article class="x"><h1>A <b>b</b></h1><script>f()</script>'
        "<details><noscript><p>folded</p></noscript></details><p>c</p></article><p>below</p>"
    )
    made = lighthouse.plain(html)
    assert "<p>A b c<" in made.replace(" <", "<")
    assert 'href="site.css"' in made
    assert not any(word in made for word in ("<script", "folded", "below", "f()"))
