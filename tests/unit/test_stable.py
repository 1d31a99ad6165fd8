"""The stable certificate: what rounding decides is caught, and what it does not is left alone."""
# ruff: noqa: E501 - a program a line

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
import pytest

from fwdpass.errors import PageError
from fwdpass.numerals.exact import Rounding, compile_source
from fwdpass.numerals.nudged import Nudges
from fwdpass.numerals.nudging import nudging, with_nudges
from fwdpass.numerals.otherwise import Otherwise
from fwdpass.page import Cell, Reading, parse_expression
from fwdpass.page.digits import CONFIDENCE, PROBABILITY, factor, interval, significant
from fwdpass.page.reading import summary
from fwdpass.page.stable import Judged, Stable
from tests.optional import library

SETUP = """
import itertools, json, math, random, statistics
from functools import reduce
import numpy as np
rng = np.random.default_rng(7)
data = rng.normal(1.7, 0.4, 200)
def hilbert(n):
    return 1 / (1 + np.add.outer(np.arange(n), np.arange(n)))
"""

UNSTABLE = {
    # sums that cancel
    "cancels": ("a = 1e16; r = (a + 1.3) - a", "r:.1f"),
    "residue": ("r = 0.1 + 0.2 - 0.3", "r:.1e"),
    "alternating": ("r = sum((-25.3) ** k / math.factorial(k) for k in range(140))", "r:.2e"),
    "quadratic": ("b, c = 1e8 + 0.3, 1.7; r = (-b + math.sqrt(b * b - 4 * c)) / 2", "r:.3e"),
    "difference": ("h = 1e-13; f = math.sin; r = (f(1.1 + h) - f(1.1)) / h", "r:.4f"),
    "second difference": ("h = 1e-7; r = (math.exp(1.1 + h) - 2 * math.exp(1.1) + math.exp(1.1 - h)) / h**2", "r:.3f"),
    "cosine": ("x = 1.1e-8; r = (1 - math.cos(x)) / x**2", "r:.2f"),
    "sum of mixed sizes": ("v = np.concatenate([rng.normal(size=99) * 1e15, data]); r = v.sum() - v[:99].sum()", "r:.2f"),
    "telescope": ("r = float(np.sum(np.diff(np.tan(data * 1e3))) - (np.tan(data * 1e3)[-1] - np.tan(data * 1e3)[0]))", "r:.1e"),
    "mean removed": ("r = np.mean(data - np.mean(data))", "r:.1e"),
    # ill-conditioned solves
    "Hilbert": ("r = np.linalg.solve(hilbert(13), np.ones(13))", "r[6]:.2f"),
    "near singular": ("A = np.array([[1.1, 2.3], [1.1, 2.3 + 1e-13]]); r = np.linalg.solve(A, [1.3, 1.7])", "r[0]:.4e"),
    "inverse": ("r = np.linalg.inv(hilbert(12))[3, 4]", "r:.5e"),
    "determinant": ("r = np.linalg.det(np.arange(1.1, 17).reshape(4, 4))", "r:.2e"),
    "Vandermonde": ("x = np.linspace(0.1, 0.3, 14); r = np.linalg.solve(np.vander(x), np.cos(x))", "r[0]:.3f"),
    "collinear fit": (
        "X = np.column_stack([data, data * 1.1 + 1e-12 * data**2]); r = np.linalg.solve(X.T @ X, X.T @ (data + 0.3))", "r[0]:.3f",
    ),
    # ties in sorting and rounding
    "largest of ties": ("r = int(np.argmax([0.1 + 0.2, 0.3, 0.15 * 2]))", "r"),
    "order of ties": ("r = sorted(['a', 'b'], key={'a': 0.1 * 3, 'b': 0.3}.get)[0]", "r"),
    "floor": ("r = math.floor((0.1 + 0.7) * 10)", "r"),
    "whole part": ("r = int(1.1 * 1.1 * 100 / 1.21)", "r"),
    "bin": ("r = np.histogram(np.arange(10) * 0.1, bins=[0, 0.3, 0.6, 1])[0]", "r[0]"),
    "arange": ("r = len(np.arange(1, 1.3, 0.1))", "r"),
    "steps of a loop": ("t = r = 0\nwhile t < 1:\n    t += 0.1\n    r += 1", "r"),
    "round half": ("r = round(2.675, 2)", "r:.2f"),
    # chaotic maps
    "logistic": ("r = 0.3\nfor _ in range(120):\n    r = 3.9 * r * (1 - r)", "r:.2f"),
    "logistic, on arrays": ("r = np.array([0.3, 0.4])\nfor _ in range(120):\n    r = 3.9 * r * (1 - r)", "r[1]:.2f"),
    "Hénon": ("x = y = 0.1\nfor _ in range(150):\n    x, y = 1 - 1.4 * x * x + y, 0.3 * x\nr = x", "r:.2f"),
    "Muller": (
        "a, b = 11 / 2, 61 / 11\nfor _ in range(13):\n    a, b = b, 111 - 1130 / b + 3000 / (a * b)\nr = b", "r:.2f",
    ),
    # statistics of large offsets
    "variance": ("v = data + 1e9; r = np.mean(v**2) - np.mean(v) ** 2", "r:.3f"),
    "variance, in steps": ("v = data + 1e9; a = np.mean(v**2); b = np.mean(v) ** 2; r = a - b", "r:.3f"),
    "covariance": ("v = data * 1e-3 + 1e8; r = sum(v * v) / 200 - (sum(v) / 200) ** 2", "r:.3e"),
    "slope": ("t = np.arange(200) + 1.7e9 + 0.1; r = np.linalg.solve([[200, t.sum()], [t.sum(), (t * t).sum()]], [data.sum(), (t * data).sum()])[1]", "r:.3e"),
    # hash seeds, and draws that no seed is declared for
    "set": ("r = 0.0\nfor word in {'ab', 'cd', 'ef', 'gh', 'ij', 'kl'}:\n    r = r * 1.5 + len(word) * ord(word[0])", "r:.2f"),
    "no seed": ("r = np.random.default_rng().normal()", "r:.2f"),
}  # fmt: skip
"""Programs, and an expression with a format that shows a digit which is not stable."""

STABLE = {
    "sum": ("r = sum([0.1] * 10)", "r:.6f"),
    "mean": ("r = data.mean()", "r:.4f"),
    "mean as it comes": ("r = data.mean()", "r"),
    "spread": ("r = np.std(data, ddof=1)", "r:.4f"),
    "two-pass variance": ("v = data + 1e6; r = np.mean((v - v.mean()) ** 2)", "r:.3f"),
    "fsum": ("r = math.fsum(data)", "r:.8f"),
    "median": ("r = np.median(data)", "r:.6f"),
    "quantile": ("r = np.quantile(data, 0.9)", "r:.4f"),
    "root": ("r = math.sqrt(2)", "r:.10f"),
    "Newton": ("r = 1.0\nfor _ in range(20):\n    r = (r + 2 / r) / 2", "r:.9f"),
    "solve": ("r = np.linalg.solve([[2.1, 1.3], [1.3, 3.7]], [1.1, 0.7])", "r:.6f"),
    "eigenvalues": ("r = np.linalg.eigvalsh(np.cov(rng.normal(size=(3, 50))))", "r:.4f"),
    "determinant": ("r = np.linalg.det(np.array([[2.5, 1.1], [0.3, 4.2]]))", "r:.5f"),
    "products": ("a = rng.normal(size=(30, 20)); r = (a.T @ a).trace()", "r:.4f"),
    "fit": ("r = np.polyfit(np.arange(200), data, 1)", "r:.4e"),
    "small": ("r = 1.602e-19 * 3", "r:.4e"),
    "large": ("r = 6.02214076e23 / 7", "r:.4e"),
    "compound": ("r = 1000 * 1.035**30", "r:.2f"),
    "money": ("r = sum(price * count for price, count in [(19.99, 3), (4.5, 7), (0.1, 11)])", "r:.2f"),
    "seeded": ("r = random.Random(3).gauss(0, 1)", "r:.6f"),
    "seeded, NumPy's": ("r = np.random.default_rng(3).normal(size=1000).mean()", "r:.6f"),
    "count": ("r = int((data > 1.7).sum())", "r"),
    "order": ("r = int(np.argsort(data)[17])", "r"),
    "where it is": ("v = list(data); r = v.index(max(v))", "r"),
    "found again": ("v = json.loads('[0.1, 0.3, 0.7]'); r = v.index(0.3)", "r"),
    "same sum twice": ("r = int(0.1 + 0.2 == 0.1 + 0.2) + int(np.all(data.copy() == data))", "r"),
    "halves": ("r = int(0.5 + 0.25 == 0.75) + int(1.5 * 2 == 3)", "r"),
    "range": ("r = len(np.arange(0, 1.05, 0.1))", "r"),
    "in place": ("v = data.copy(); w = v[::2]; w *= 1.1; r = v.sum()", "r:.4f"),
    "logistic, at rest": ("r = 0.3\nfor _ in range(500):\n    r = 2.5 * r * (1 - r)", "r:.8f"),
    "integral": ("x = np.linspace(0, 1, 1001); y = np.exp(-x * x); r = np.trapezoid(y, x)", "r:.6f"),
    "softmax": ("z = np.array([0.3, -1.2, 2.1]); r = np.exp(z) / np.exp(z).sum()", "r:.4f"),
    "class": ("class A:\n    def __init__(self, x: float) -> None:\n        self.x = x\n    def twice(self) -> float:\n        return super().__eq__(self) and self.x * 2\nr = A(0.35).twice()", "r:.3f"),
    "match": ("match [0.3, 'b']:\n    case [float(), 'b'] if 0.1 < 0.2:\n        r = 1\n    case np.ndarray():\n        r = 2", "r"),
    "complex": ("r = abs((1.1 + 2.3j) * (0.3 - 0.7j))", "r:.6f"),
    "text": ("r = f'{data.mean():.3f}'", "r"),
}  # fmt: skip
"""Programs, and an expression with a format that shows stable digits only."""


class Pages:
    """One page that is read plainly, and in processes that round otherwise."""

    def __init__(self) -> None:
        self.plain = Reading("page")
        self.stable = Stable("page")

    def cell(self, source: str) -> bool:
        """Run a cell; say whether it shows the same in all readings."""
        cell = Cell(source, 1)
        self.stable.send("cell", cell)
        return self.stable.shown("".join(said for _, said in map(summary, self.plain.cell(cell))))

    def number(self, written: str) -> Judged:
        """Judge a number."""
        expression = parse_expression(written, 1)
        return self.stable.number(expression, *self.plain.preview(expression))

    def verdict(self, source: str) -> None:
        """Judge a predicate."""
        self.stable.verdict(source, 1, self.plain.verdict(source, 1))


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    """Read a page with some data."""
    pages = Pages()
    try:
        assert pages.cell(SETUP)
        yield pages
    finally:
        pages.stable.close()
        pages.plain.close()


@pytest.mark.parametrize("name", UNSTABLE)
def test_a_digit_that_rounding_decides_is_refused(name: str, pages: Pages) -> None:
    source, number = UNSTABLE[name]
    pages.cell(source)
    with pytest.raises(PageError) as refused:
        pages.number(number)
    assert refused.value.kind == "stable"
    assert str(refused.value).startswith(f"{number}: ")


@pytest.mark.parametrize("name", STABLE)
def test_a_digit_that_is_the_same_however_it_is_rounded_is_shown(name: str, pages: Pages) -> None:
    source, number = STABLE[name]
    assert pages.cell(source)
    expression = parse_expression(number, 1)
    assert pages.number(number).text == pages.plain.preview(expression)[1]


def test_without_a_format_only_stable_digits_are_shown(pages: Pages) -> None:
    pages.cell(
        "u = (1.2345678e11 + data[0]) - 1.2345e11 \nw = (1 + 3.7e-13 * math.pi) - 1\nx = 1e-3 + (math.pi * 1e11 - (math.pi * 1e11 - 0.1))"
    )
    assert pages.number("w").text == "1.2 × 10⁻¹²"
    shown = pages.number("x")
    assert shown.digits == 2
    assert shown.text in ("0.10", "0.101")  # a reading alone has four places


def test_a_claim_that_rounding_decides_is_refused(pages: Pages) -> None:
    pages.cell("v = [0.1, 0.2, 0.3]")
    pages.verdict("v[0] < v[1]")
    with pytest.raises(PageError, match=r"v\[0\] \+ v\[1\] > v\[2\]: rounding decides it, it is true .* false"):
        pages.verdict("v[0] + v[1] > v[2]")


def test_what_a_cell_shows_is_compared(pages: Pages) -> None:
    assert pages.cell("print(f'{data.mean():.4f}')")
    assert not pages.cell("print(f'{0.1 + 0.2 - 0.3:.3e}')")
    assert not pages.cell("print(hash('hash'))")


def test_a_number_that_fails_in_a_reading_says_so(pages: Pages) -> None:
    pages.cell("def some(): return [3][0 if hash('hash') % 1000 == there else 1]\nthere = hash('hash') % 1000")
    pages.cell("where = sorted({'ab', 'cd', 'ef', 'gh', 'ij'}, key=hash)")
    with pytest.raises(PageError, match="rounds otherwise"):
        pages.number("where[0]")


def test_the_digits_of_three_readings_are_those_of_the_paper() -> None:
    """The interval of n readings, by the quantiles that a table of the chi-square distribution has."""
    chi_square = {3: 0.0506, 6: 0.831, 11: 3.247}  # the quantile of 2.5 %, for one degree of freedom less
    for n, quantile in chi_square.items():
        assert factor(n) == pytest.approx(math.sqrt((n - 1) / quantile) * NormalDist().inv_cdf(0.975), rel=1e-3)


def test_the_interval_holds_as_often_as_it_says() -> None:
    draw = random.Random(1)  # noqa: S311 - a sample
    known = NormalDist()
    held = 0
    for _ in range(2000):
        values = [draw.gauss(0, 1) for _ in range(3)]
        held += 2 * known.cdf(interval(values)) - 1 >= PROBABILITY  # around the true mean, as in the paper
    assert held / 2000 == pytest.approx((1 + CONFIDENCE) / 2, abs=0.02)  # the quantile has two sides, the interval one


def test_the_package_of_verificarlo_counts_the_same_digits() -> None:
    digits = library("significantdigits")
    values = np.array([1.2345, 1.2346, 1.2347])
    theirs = digits.significant_digits(
        values, reference=np.mean(values), basis=10, probability=PROBABILITY, confidence=CONFIDENCE,
        method=digits.Method.CNH,
    )  # fmt: skip
    one_less = math.log10(math.sqrt(3 / 2))  # they divide by the number of readings, and not by one less
    assert significant(values.tolist()) == pytest.approx(float(theirs) - one_less)


def test_nudging_is_idempotent_and_the_same_for_numbers_and_arrays() -> None:
    values = np.random.default_rng(0).normal(size=1000) * 10.0 ** np.linspace(-250, 250, 1000)
    values = np.concatenate([values, [0.0, -0.0, np.inf, np.nan, 0.5, 3.0, 1e300, 5e-324]])
    for seed in (1, 2, 4):
        nudges = Nudges(seed)
        once = nudges.nudged(values.copy())
        np.testing.assert_array_equal(nudges.nudged(once.copy()), once)
        np.testing.assert_array_equal([nudges.nudged(float(value)) for value in values], once)
        ordinary = np.isfinite(values) & (np.abs(values) > 1e-300)
        np.testing.assert_allclose(once[ordinary], values[ordinary], rtol=2.0**-48)


def test_code_runs_as_before_when_nobody_nudges() -> None:
    code = compile_source("[k * 0.1 for k in range(3)]", "<test>", "eval", Rounding.NUDGED)
    with nudging(1):
        nudged = eval(code)
    assert nudged == pytest.approx([0, 0.1, 0.2])
    with pytest.raises(NameError):
        eval(code)  # the names are there while a reading lasts, and no longer


TWICE = '''
total, seen = 0.0, []
def outer(n):
    """Say so."""
    count = 0
    def step():
        nonlocal count
        count += 1
        return count * 0.1
    for k in range(n):
        if k % 3 == 0:
            continue
        if k > 150:
            break
        seen.append(step())
    else:
        seen.append(-1.0)
    return count
def adds(x):
    global total
    total = total + x
    return [y := x * 0.1, y]
def walks(n):
    while n > 0:
        n -= 1
        yield n / 7
adds(0.7)
r = (outer(9), outer(400), len(seen), outer.__doc__, round(sum(walks(300)), 6), sorted({k // 7 for k in range(200)}))
s = (total, list(map(lambda k: k * 2, range(90)))[-1], [z for k in range(3) if (z := k + 1) > 1], {k: k * 2 for k in (1, 2)})
'''


def test_a_body_that_is_there_twice_does_what_it_did_once() -> None:
    plain: dict[str, object] = {}
    exec(TWICE, plain)
    code = compile_source(TWICE, "<test>", "exec", Rounding.NUDGED)
    for seed in (1, 2, 3):
        nudged: dict[str, object] = {}
        with nudging(seed):
            exec(code, nudged)
        assert nudged["r"] == plain["r"]
        assert nudged["s"][1:] == plain["s"][1:]  # type: ignore[index]
        assert nudged["s"][0] == pytest.approx(plain["s"][0], rel=1e-14)  # type: ignore[index]


def test_only_some_rounds_of_a_long_loop_are_nudged() -> None:
    code = compile_source("v = [k * math.pi for k in range(1, 5001)]", "<test>", "exec", Rounding.NUDGED)
    names: dict[str, list[float]] = {"math": math}  # type: ignore[dict-item]
    with nudging(1):
        exec(code, names)
    differs = [k for k, value in enumerate(names["v"], 1) if value != k * math.pi]
    assert sum(k < 64 for k in differs) > 0
    assert 0 < len(differs) < 64 + 5000 / 64 + 1


def test_a_product_of_matrices_is_added_up_in_another_order() -> None:
    draw = np.random.default_rng(2)
    for n in (1, 2, 5, 40):
        left, right = draw.normal(size=(30, n)), draw.normal(size=(n, 20))
        for one, other in ((left, right), (right.T, left.T), (left[0], right), (left, right[:, 0])):
            plain = one @ other
            said = [Otherwise(seed).product(one, other) for seed in (1, 2)]
            for kept in (np.asarray(each) for each in said):
                np.testing.assert_allclose(kept, plain, rtol=1e-12, atol=1e-14)
            assert np.mean(said[0] != said[1]) > 0.4
        alone = Otherwise(1).product(left, right, True)
        assert np.any(alone != left @ right) == (n > 2)  # of two terms there is one sum only


def test_a_factor_is_nudged_with_its_product() -> None:
    written = ast.unparse(with_nudges(ast.parse("a @ b * (c + d) / f(e)")))
    assert written == "_fwdpass_nudged(_fwdpass_product(a, b, True) * (c + d) / f(e))"


def test_the_largest_number_stays_a_number() -> None:
    largest = float(np.finfo(float).max)
    for seed in (1, 2):
        assert Nudges(seed).nudged(largest) == largest
        np.testing.assert_array_equal(
            Nudges(seed).nudged(np.array([-largest, 0.1 * 3])) == [-largest, 0.3], [True, False]
        )
        assert np.isfinite(Nudges(seed).nudged(np.full(9, np.finfo(np.float32).max))).all()
        odd = np.frombuffer(b"\xff" * 16)  # no number, in the last of its binary digits
        assert np.isnan(Nudges(seed).nudged(odd.copy())).all()


def test_a_pair_of_seeds_rounds_to_both_sides() -> None:
    values = np.random.default_rng(1).normal(size=1000)
    up, down = (Nudges(seed).nudged(values.copy()) for seed in (1, 2))
    assert np.mean(up != down) > 0.7
    assert np.all((up == values) | (np.sign(up - values) == -np.sign(down - values)) | (down == values))
