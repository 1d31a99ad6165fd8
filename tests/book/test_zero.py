"""The page about the sum that is zero: what was recorded is so, and each model gives what its kernel gave."""

from __future__ import annotations

import importlib.util
import json
import math
import re
import sys
from collections import Counter
from fractions import Fraction
from functools import reduce
from itertools import permutations
from operator import add
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fwdpass import lesson
from fwdpass.page import Cell, Lesson, Program, read
from fwdpass.testing import Built

pytestmark = pytest.mark.book

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fwdpass_kernels", ROOT / "benchmarks" / "kernels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


kernels = load()
RECORD = json.loads(kernels.RECORD.read_text("utf-8"))
RECORDED: dict[str, dict[str, Any]] = {kernel["kernel"]: kernel for kernel in RECORD["kernels"]}
RAN = [name for name, kernel in RECORDED.items() if kernel["ran"]]
WAYS = ("row", "batch", "float32", "W_eff")

MODELS = """
json.dumps({
    "row": {name: layer(x, W1, b1, order) for name, order in orders.items()},
    "batch": {name: layer(x, W1, b1, order) for name, order in orders.items()},
    "float32": {name: [*map(float, layer(*single, order, np.float32))] for name, order in orders.items()},
    "W_eff": {way.__name__: [[way(row, column) for column in W2.T] for row in W1] for way in (rounded, fused)},
})
"""
"""Run at the end of the page: what each model gives."""
IS = {
    "Prescott": ("left to right", "left to right", "left to right", "rounded"),
    "Core2": ("left to right", "left to right", "left to right", "rounded"),
    "Nehalem": ("in pairs", "left to right", "in pairs", "rounded"),
    "Barcelona": ("in pairs", "left to right", "in pairs", "rounded"),
    "Sandybridge": ("left to right", "left to right", "in pairs", "rounded"),
    "Bulldozer": ("left to right", "left to right", "in pairs", "rounded"),
    "Haswell": ("in pairs", "left to right", "in pairs", "fused"),
    "Zen": ("in pairs", "left to right", "in pairs", "fused"),
}
FACTS = """
still_the_lessons nothing_is_stored_exactly denominators_are_powers storing_is_not_to_blame others_are_doublings
orders_disagree order_matters_with_the_bias_last both_counts_have_the_same_ends ends_are_symmetric
all_orders_were_added as_many_with_the_bias_last tiny_is_a_last_place order_decides_the_sign
fusing_changes_nothing_in_z1 products_of_x_are_exact fusing_changes_an_entry kernels_disagree
no_kernel_gives_the_sum_on_paper batch_changes_a_sign every_kernel_is_modelled some_kernels_fuse
ways_without_kernel_disagree every_sign_occurs float32_order_decides float32_is_farther
gradient_depends_on_the_sign prediction_hardly_changes loss_is_a_tie tools_disagree stored_loss_is_no_tie
order_decides_the_printed_loss relative_tolerance_fails_at_zero default_atol_is_a_trap stated_tolerance_is_enough
minus_is_left minus_is_gone
""".split()
"""What the page's sentences rest on."""


def at_the_end(book: Built, source: str) -> str:
    """What an expression is worth when the whole page has run."""
    program, _ = book.readings()["zero"]
    asked = Program(program.page, (*program.steps, Cell(f"print({source.strip()})", 1)))
    return read(asked, folder=DOCS).entries[-1].text


def numbers(nested: Any) -> list[float]:
    return [number for entry in nested for number in numbers(entry)] if isinstance(nested, list) else [nested]


def same_sign_and_size(a: Any, b: Any) -> bool:
    return all(
        math.copysign(1, p) == math.copysign(1, q) and math.isclose(p, q, rel_tol=1e-6)
        for p, q in zip(numbers(a), numbers(b), strict=True)
    )


# The record -----------------------------------------------------------------------------------------------------------


def test_it_was_measured_with_the_numbers_of_the_lesson() -> None:
    for name in ("x", "W1", "b1", "W2", "b2", "target"):
        assert RECORD[name] == getattr(lesson, name).tolist()


@pytest.mark.parametrize("kernel", RECORDED)
def test_a_kernel_gives_what_was_recorded(kernel: str) -> None:
    if not RECORDED[kernel]["ran"]:
        pytest.skip(f"{kernel} has not been measured: {RECORDED[kernel]['why']}, when it was recorded")
    now = kernels.measure(kernel)
    if not now["ran"]:
        pytest.skip(f"cannot measure {kernel} here: {now['why']}")
    for way in WAYS:
        assert same_sign_and_size(now[way], RECORDED[kernel][way]), f"{way}: run benchmarks/kernels.py --write"


def test_another_sign_and_another_size_are_noticed() -> None:
    assert same_sign_and_size([[2.8e-17], [0.5]], [[2.8e-17], [0.5]])
    assert not same_sign_and_size([2.8e-17], [-2.8e-17])
    assert not same_sign_and_size([2.8e-17], [7.5e-9])


def test_a_kernel_that_does_not_exist_is_recorded_as_not_run() -> None:
    assert not kernels.measure("Nonesuch")["ran"]


def test_ways_that_ask_no_kernel_give_what_was_recorded() -> None:
    for now, then in zip(kernels.without_kernel(), RECORD["without_kernel"], strict=True):
        assert now["how"] == then["how"]
        assert same_sign_and_size(now["z1_0"], then["z1_0"]), now["how"]


def test_javascript_gives_what_was_recorded() -> None:
    now = list(kernels.javascript())
    if not now:
        pytest.skip("there is no Node.js here")
    for way in ("z1_0", "toFixed"):
        assert [entry[way] for entry in now] == [entry[way] for entry in RECORD["javascript"]]


# The models -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def models(book: Built) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at_the_end(book, MODELS))
    return found


@pytest.mark.parametrize("kernel", RAN)
def test_a_model_gives_what_its_kernel_gave_to_the_last_bit(models: dict[str, Any], kernel: str) -> None:
    for way, model in zip(WAYS, IS[kernel], strict=True):
        assert models[way][model] == RECORDED[kernel][way], f"{way} is not {model}"


def test_no_other_model_would_do(models: dict[str, Any]) -> None:
    for way in ("row", "float32", "W_eff"):
        one, other = models[way].values()
        assert one != other


# The page -------------------------------------------------------------------------------------------------------------


def test_what_the_sentences_rest_on_is_true(book: Built) -> None:
    said = at_the_end(book, f"json.dumps({{name: bool(globals()[name]) for name in {FACTS}}})")
    assert [name for name, true in json.loads(said).items() if not true] == []


def test_the_orders_are_counted_right(book: Built) -> None:
    terms, products = [0.2, 0.1, -0.4, 0.1], [0.2, -0.0, 0.1, -0.4]
    anywhere = Counter(((a + b) + c) + d for a, b, c, d in permutations(terms))
    last = Counter((((a + b) + c) + d) + 0.1 for a, b, c, d in permutations(products))
    assert sorted(last.values()) == [8, 8, 8]
    said = book.said("zero.html")
    for end in anywhere:
        assert f"{end!r} {anywhere[end]} {last[end]}" in said


def test_the_gradient_and_the_loss_are_the_exact_ones(book: Built) -> None:
    tenths = Fraction(1, 10)
    errors = [-9 * tenths, -11 * tenths, Fraction("-0.05"), Fraction("-1.25")]
    row = [3 * tenths, -2 * tenths, 4 * tenths, tenths]
    pull = sum(2 * e * w for e, w in zip(errors, row, strict=True)) / 4
    loss = sum((e * e for e in errors), Fraction(0)) / 4
    _, ledger = book.readings()["zero"]
    said = {entry.source: entry.text for entry in ledger.entries}
    moved = [f"{float(pull * pixel):.4f}" for pixel in (1, 0, 1, 1)]
    assert re.findall(r"-?\d+\.\d+", said["gradient_if_alive"]) == moved
    assert said["loss:fraction"] == rf"\frac{{{loss.numerator}}}{{{loss.denominator}}}"
    assert said["loss:.5f"] == f"{float(loss)}"


@pytest.mark.parametrize(
    ("tool", "prints"),
    [
        ('f"{value:.4f}"', "0.8962"),
        ("np.round(value, 4)", "0.8962"),
        ("exactly.quantize(place)", "0.8962"),
        ("the same, ROUND_HALF_UP", "0.8963"),
        ("fp.numerals.text(value)", "0.8963"),
    ],
)
def test_each_tool_has_the_digit_that_it_prints(book: Built, tool: str, prints: str) -> None:
    assert f" {tool} {prints} " in book.said("zero.html")


def test_another_lesson_leaves_the_page_true(book: Built) -> None:
    program, ledger = book.readings()["zero"]
    source = Lesson.of().source.replace("[ 0.2, -0.5,  0.1]", "[ 0.6, -0.5,  0.1]")
    lines = (DOCS / "zero.md").read_text("utf-8").splitlines()
    own = range(lines.index("(what-same-means)="), lines.index("(zero-your-code)="))
    other = read(program, Lesson(source), folder=DOCS)
    before, after = ([e.text for e in each.entries if e.line not in own] for each in (ledger, other))
    assert [texts for texts in zip(before, after, strict=True) if texts[0] != texts[1]] == [
        ("still_the_lessons", "otherwise"),
        ("those of the lesson", "no longer those of the lesson"),
    ]
    assert [e.text for e in ledger.entries if e.line in own] != [e.text for e in other.entries if e.line in own]


def test_the_lessons_own_sums_are_added_in_every_order(book: Built) -> None:
    """The section about the lesson as it stands, against every permutation, one by one."""
    said = book.said("zero.html")
    for j, exact in enumerate(["0.0", "−0.1", "0.5"]):
        terms = [float(term) for term in [*(lesson.x * lesson.W1[:, j]), lesson.b1[j]]]
        ends = [reduce(add, order) for order in permutations(terms)]
        assert f"z1[{j}] {exact.removesuffix('.0')} {len(ends)} {len(set(ends))}" in said
