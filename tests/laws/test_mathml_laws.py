"""Laws of formulas that Python alone converts: what it writes is what math-core writes, or it says that it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexToMathML

from fwdpass.page.formula import prepared
from fwdpass.page.mathml import UnreadError, converted

CORE = LatexToMathML(annotation=False, fancy_error=False)
DECIMALS = st.decimals(-99, 99, places=2).map(str)
NUMBERS = DECIMALS | st.integers(-9, 99).map(str) | DECIMALS.map(lambda number: number.replace(".", "{,}"))
NAMES = st.sampled_from(["x", "b_1", r"z_{2}", r"\mathbf{W}_1", r"\hat{y}_0", r"h^2", r"\hat{\mathbf{y}}", r"\sigma"])
ATOMS = NUMBERS | NAMES


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from([" + ", " - ", r" \cdot ", r" \times ", " = ", r" \, ", r" \to ", " < ", r" \\ "])
    return st.tuples(parts, signs, parts).map("".join)


def matrix(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rows = st.lists(st.lists(parts, min_size=2, max_size=2).map(" & ".join), min_size=1, max_size=3)
    return rows.map(lambda lines: r"\begin{bmatrix}" + r" \\ ".join(lines) + r"\end{bmatrix}")


FORMULAS = st.recursive(
    ATOMS,
    lambda inner: (
        joined(inner)
        | matrix(inner)
        | st.tuples(inner, inner).map(lambda pair: rf"\frac{{{pair[0]}}}{{{pair[1]}}}")
        | inner.map(lambda one: rf"({one})")
        | inner.map(lambda one: rf"\max(0, {one})")
        | st.tuples(inner, NUMBERS).map(lambda pair: rf"\underbrace{{{pair[0]}}}_{{{pair[1]}}}")
    ),
    max_leaves=6,
)


@given(FORMULAS, st.booleans())
def test_a_formula_is_what_math_core_makes_of_it(tex: str, display: bool) -> None:
    said = prepared(tex, display=display)
    try:
        made = converted(said, display=display)
    except UnreadError:
        # It knows no Greek, and not each place in which these may stand; it says so.
        assert any(sign in tex for sign in (r"\sigma", r"\max", r"\\", r"\to", "=", "<", r"\,"))
    else:
        assert made == CORE.convert_with_local_state(said, displaystyle=display)


@pytest.mark.parametrize(
    "tex", [r"\begin{cases} 1 \end{cases}", r"\sqrt{2}", "{1", r"\text{é}", r"\mathbf{xy}", "^", ""]
)
def test_what_it_cannot_convert_it_refuses(tex: str) -> None:
    if not tex:
        assert converted(tex, display=False) == CORE.convert_with_local_state(tex, displaystyle=False)
        return
    with pytest.raises(UnreadError):
        converted(tex, display=False)
