"""Which numbers of a formula are values, and which are mathematics: everybody's formulas pass, and no value does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwdpass.audit.formula import stated
from fwdpass.audit.tree import parse
from fwdpass.sphinxext.maths import to_mathml

H, M = r"{\square}", r"{\boxplus}"


def typed(tex: str) -> tuple[str, ...]:
    """Read a formula whose holes are written as H."""
    return stated(parse(to_mathml(tex, display=False))).typed


MATHEMATICS = [
    r"x^2",
    r"\tfrac12 z",
    r"\frac12",
    r"10^{-3}",
    r"\max(0, z)",
    r"h_1 = \max(0, z_1)",
    r"h_{i,0} W_{1,0}",
    r"W^{(1)} a^{[1]} x^{-1}",
    r"\hat y_1 = h W_2",
    r"\sum_{i=1}^{n} x_i",
    r"\sum_{i=0}^{n-1} x_i w_i",
    r"h_0 w_0",
    r"W x_1",
    r"\mathbf{h} = \mathbf{x}\mathbf{W}_1 + \mathbf{b}_1",
    r"\sigma(x W_1)",
    r"\mathbb{R}^{n \times m}",
    r"z > 0, \quad a \ge 0",
    r"y = 3 x + 2",
    r"i = 0, 1, 2, \dots",
    r"t = 1,2,...,n",
    r"0, 1, 2, \ldots",
    r"\begin{split} a &= b \\ &= c (1 - d^{n+1}) \end{split}",
    r"2 \pi r",
    r"\sqrt[3]{x}",
    r"1 - z",
    r"\mathbf{W}_1^\top \mathbf{x}",
    r"e^{-z}",
    r"\frac{1}{1 + e^{-z}}",
    r"\lVert x \rVert_2^2",
    r"x_{t-1}",
    r"R = 1 + r \in (1, 2)",
    r"c \in (-1, 1)",
    r"c \in [-1, \infty)",
    r"\{v_t\}_{t=0}^\infty",
    r"\rho \neq 0",
    r"y_t = f(t), \quad t \geq 0,",
    r"E = \{(i, j) : a_{ij} > 0\}",
    r"S = \{0, 1, 2, \dots\}",
    r"n \in \{1, 2, \dots\}",
    r"\int p(x) dx = 1",
    r"\sum_i p_i = 1",
    r"1 = \sum_i p_i",
    "1 = 1",
    r"\text{error}(\%) = \frac{|\text{a} - \text{b}|}{\text{b}} \times 100",
]

COMPUTED = [
    rf"z_1 = x W_1 + b_1 = {M} {M} + {M} = {M}",
    rf"W_1[0][1] = {H}",
    rf"h_0 = \max(0, z_0) = {H}",
    rf"h_0 = \max({H}, 0) = {H}",
    rf"z_1 = x W_1 + b_1 = {H}",
    rf"{H} \cdot {H} + {H} = {H}",
    rf"\begin{{bmatrix}} {H} & {H} \\ {H} & {H} \end{{bmatrix}}",
    rf"(h_0, h_1) = ({H}, {H})",
    rf"\tfrac{{{H}}}{{{H}}} = {H}",
    rf"z - {H}",
    rf"(y - {H})^2 + ({H})^2",
    rf"x^{{{H}}}",
]

VALUES = [
    "x = 0.8964",
    r"\mathrm{loss} = 717/800",
    r"\begin{bmatrix} 0.5 & x \\ x & x \end{bmatrix}",
    r"\begin{bmatrix} 1 & 2 \end{bmatrix}",
    "n = 3",
    r"\{v_t\}_{t=7}",
    r"\rho \neq 0.5",
    r"\rho \neq 12",
    r"S = \{0, 1, 2, 7\}",
    r"\sum_i p_i = 2",
    r"\sum_i p_i = 1.5",
    r"\sum_i 3 p_i = 1",
    r"p_i = 1",
    "h_{896}",
    "x^{0.5}",
    r"x^{1000}",
    "0{,}896",
    r"8\,964 x",
    r"\text{three neurons}",
    r"\mathrm{three}",
    r"t w o",
    r"4 \times 3",
    r"x = \frac12",
    r"x = 10^{-3} \cdot 5",
    r"\sum_{i=1}^{4} x_i",
    r"\sum_{i=2}^{n} x_i",
    r"\mathbf{7}",
    r"x = 3 \cdot 4",
    "7",
    "{}_{8}",
    "{}^{8}",
    r"3^2",
    r"x \overset{7}{=} y",
    r"x = \underbrace{y}_{3}",
    r"\hat y = 0, 2, 4, \dots",
    r"h = 3, 4, 5, \dots",
    r"h = 0, 1, 2",
    r"h = 1, \dots",
    r"k = 0, 1, \dots, 80",
    r"k = 0, 1, \dots 7",
    r"k = 0, 1, 2, \dots, 0.5",
    r".5 z",
    r"x^{.5}",
    "(-1, 1)",
    r"x \in (1, 2, 3)",
    r"x \in \{1, 2\}",
    r"x \in (0.5, 1)",
    r"x = (1, 2)",
    "1 = 2",
    "x = 1 = 1",
    "1 + 1 = 1 + 1",
    "1 = 1 = 2",
    r"e = |a - b| \times 100",
    r"e (\%) = 0.93 \times 100",
    r"e (\%) = |a - b| \times 200",
    r"e (\%) = 100",
]

TOUCHED = [
    f"-{H}",
    f"a = -{H}",
    f"(-{H})",
    rf"{H}\%",
    rf"{H}^\circ",
    f"{H}^2",
    f"{H}_0",
    f"{H}{H}",
    f"{H}.{H}",
    f"3{H}",
    f"{H}7",
    rf"{H}\,896",
    rf"1 < {H}",
    rf"\frac14 \sum_i e_i^2 = {H}",
    rf"x + 1 = {H}",
    rf"\max(0 + x, z) = {H}",
    rf"f(0, z) = {H}",
    rf"3 {M} = {M}",
    rf"{H} \cdot 2 = {H}",
    rf"{H} \cdot 10^{{-3}}",
]


@pytest.mark.parametrize("tex", MATHEMATICS)
def test_what_everybody_writes_is_mathematics(tex: str) -> None:
    assert typed(tex) == ()


@pytest.mark.parametrize("tex", COMPUTED)
def test_what_is_computed_is_vouched_for(tex: str) -> None:
    assert typed(tex) == ()


@pytest.mark.parametrize("tex", VALUES)
def test_a_value_is_found(tex: str) -> None:
    assert typed(tex)


@pytest.mark.parametrize("tex", TOUCHED)
def test_what_changes_a_computed_number_is_found(tex: str) -> None:
    assert typed(tex)


@given(
    st.sampled_from(
        ["x = {}", "W_1 x + {} b", r"\frac{{{}}}{{n}}", r"\sqrt{{{}}}", r"x^{{{}}}", r"h_{{{}}}", r"\max({}, z)"]
    ),
    st.decimals(0, 9999, places=3),
)
def test_no_place_hides_a_decimal(around: str, number: object) -> None:
    assert any(str(number) in found for found in typed(around.format(number)))
    bare = f".{str(number).partition('.')[2]}"
    assert any(bare in found for found in typed(around.format(bare)))


@given(st.sampled_from([2, 3, 7, 12, 40]), st.sampled_from(["=", r"\approx", r"\equiv", r"\to"]), st.booleans())
def test_no_relation_hides_a_value(number: int, relation: str, turned: bool) -> None:
    sides = [r"\hat y_1", str(number)]
    assert typed(f" {relation} ".join(sides[::-1] if turned else sides)) == (str(number),)
