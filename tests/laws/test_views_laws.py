"""Laws of the views: nothing is lost on the way to any medium, and equal numbers read equal."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import fwdpass as fp
from fwdpass.numerals.exact import agree, rational
from fwdpass.numerals.writing import Medium, cells

decimals = st.integers(-999, 999).map(lambda n: n / 100)


@st.composite
def matrices(draw: DrawFn, rows: int | None = None) -> np.ndarray:
    n, m = rows or draw(st.integers(1, 6)), draw(st.integers(1, 6))
    return np.array(draw(st.lists(decimals, min_size=n * m, max_size=n * m))).reshape(n, m)


def numerals(array: np.ndarray, medium: Medium) -> list[str]:
    return [str(t) for t in np.ravel(cells(array, medium=medium))]


@given(matrices())
def test_every_entry_is_in_every_medium(array: np.ndarray) -> None:
    view = fp.matrix(array)
    words = repr(view).split()
    tex = view.latex().split()
    html = [td.text for td in ET.fromstring(view._repr_html_()).iter("td")]  # noqa: S314 - our own
    assert set(numerals(array, "code")) <= set(words)
    assert set(numerals(array, "latex")) <= set(tex)
    assert [t for t in html if t] == numerals(array, "text")


@given(matrices())
def test_floats_and_rationals_read_equal(array: np.ndarray) -> None:
    ones = np.ones(len(array), dtype=int)
    for view in (fp.matrix, lambda a: fp.product(ones, a), lambda a: fp.contributions(ones, a)):
        # under one name, since a figure is called by its array's
        floats, exact = [view(entries) for entries in (array, rational(array))]
        assert floats == exact
        assert repr(floats) == repr(exact)
        assert floats.latex() == exact.latex()
        assert floats._repr_html_() == exact._repr_html_()


@given(st.data())
def test_a_worked_product_is_the_product(data: st.DataObject) -> None:
    left = data.draw(matrices())
    right = data.draw(matrices(rows=left.shape[1]))
    figure = fp.product(left, right)
    assert [dot.value for dot in figure.dots] == [*(rational(left) @ rational(right)).flat]  # type: ignore[union-attr]


@given(matrices())
def test_contributions_add_up(array: np.ndarray) -> None:
    h = rational(array[:, 0])
    figure = fp.contributions(h, array)
    assert agree(np.array(figure.total.entries), h @ rational(array))
    assert list(map(sum, zip(*figure.sent.entries, strict=True))) == [*figure.total.entries]


@given(matrices(), st.randoms(use_true_random=False))
def test_the_order_of_a_sum_changes_nothing(array: np.ndarray, random: object) -> None:
    """What a processor is free to do: z is the same, so are states and texts."""
    order = np.arange(len(array))
    random.shuffle(order)  # type: ignore[attr-defined]
    x = np.arange(len(array)) % 3
    bias = np.full(array.shape[1], 0.1)
    assert fp.states(x, array, bias) == fp.states(x[order], array[order], bias)


@given(st.lists(st.fractions(), min_size=1, max_size=5))
def test_every_number_has_one_state(z: list[Fraction]) -> None:
    n = len(z)
    verdict = fp.states(rational([0]), rational([[0] * n]), rational(z))
    assert sorted((*verdict.alive, *verdict.boundary, *verdict.dead)) == list(range(n))
