"""Formulas as MathML."""

from __future__ import annotations

import pytest
from math_core import LatexError

from fwdpass.audit.formula import stated
from fwdpass.audit.tree import parse
from fwdpass.page.formula import NARROW, marked, prepared, width
from fwdpass.page.mathml import converted
from fwdpass.sphinxext.maths import to_mathml

MATRIX = r"\begin{bmatrix} 0.2 & -0.5 \\ 0.0 & 1 \end{bmatrix}"


@pytest.mark.parametrize("tex", [r"-0.5", r"w = -0.5", r"1 \times (-0.5)", r"[0.1, -0.5]", MATRIX])
def test_a_negative_number_is_marked(tex: str) -> None:
    mathml = to_mathml(tex, display=True)
    assert mathml.count('<mrow class="fp-neg">') == 1
    assert "<mn>0.5</mn></mrow>" in mathml


@pytest.mark.parametrize(
    "tex", [r"1.6 \times 10^{-19}", r"a - 0.5", r"(a) - 0.5", r"x_{n-1}", r"1 - 2", r"0.5", r"f(x) - 1"]
)
def test_a_difference_is_not_a_negative_number(tex: str) -> None:
    assert "fp-neg" not in to_mathml(tex, display=True)


def test_only_a_matrix_has_marked_zeros() -> None:
    assert to_mathml(MATRIX, display=True).count("fp-zero") == 1
    assert "fp-zero" not in to_mathml(r"a = 0", display=True)


@pytest.mark.parametrize(
    ("tex", "whole"),
    [
        ("-0{,}5", 'class="fp-neg"><mo lspace="0" rspace="0">−</mo><mn>0,5</mn></mrow>'),
        (r"\begin{bmatrix} 0{,}0 & 1 \end{bmatrix}", '<mtd class="fp-zero"><mn>0,0</mn></mtd>'),
        ("1.234{,}5", "<mn>1.234,5</mn>"),
        ("1{,}234{,}567.5", "<mn>1,234,567.5</mn>"),
        ("0,5", "<mn>0</mn><mo>,</mo><mn>5</mn>"),
        ("h_{1,0}", '<mn>1</mn><mo rspace="0">,</mo><mn>0</mn>'),
    ],
)
def test_a_comma_in_braces_is_a_part_of_a_number(tex: str, whole: str) -> None:
    assert whole in to_mathml(tex, display=False)
    assert whole in marked(converted(prepared(tex, display=False), display=False)), "where Python alone converts it"


def test_no_number_is_there_twice() -> None:
    assert to_mathml("x = 0.75", display=True).count("0.75") == 1


@pytest.mark.parametrize("environment", ["equation", "align", "gather"])
def test_numbering_is_left_to_sphinx(environment: str) -> None:
    mathml = to_mathml(rf"\begin{{{environment}}} a = b \end{{{environment}}}", display=True)
    assert "(1)" not in mathml


def test_lines_are_aligned_as_sphinx_has_it() -> None:
    assert to_mathml(r"a &= b \\ c &= d", display=True) == to_mathml(
        r"\begin{aligned}a &= b \\ c &= d\end{aligned}", display=True
    )


def test_the_mode_is_said_once() -> None:
    assert to_mathml(r"\displaystyle x", display=True) == to_mathml("x", display=True)


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"\ce{H2O}", r"\mathrm{H_2O}"),
        (r"2\,\ce{SO4^2-}", r"2\,\mathrm{SO_4^{2-}}"),
        (r"\ce{Fe^{3+} + e- -> Fe^2+}", r"\mathrm{Fe^{3+} + e^{-} \rightarrow Fe^{2+}}"),
        (r"\ce{Ca(OH)2 <=> CaO + H2O}", r"\mathrm{Ca(OH)_2 \rightleftharpoons CaO + H_2O}"),
        (r"\SI{0.7}{GB} + \num{7}\si{km}", r"0.7\,\mathrm{GB} + 7\mathrm{km}"),
    ],
)
def test_chemistry_and_units_are_read(tex: str, plain: str) -> None:
    assert to_mathml(tex, display=False) == to_mathml(plain, display=False)


def test_a_quantity_that_is_typed_is_found_and_a_formula_of_chemistry_has_none() -> None:
    assert stated(parse(to_mathml(r"\SI{0.7}{GB}", display=False))).typed == ("0.7",)
    assert stated(parse(to_mathml(r"\ce{2H2 + O2 -> 2H2O}", display=False))).typed == ()
    assert stated(parse(to_mathml(r"\ce{H2O} = 77", display=False))).typed == ("77",)


def test_what_math_core_does_not_know_is_an_error() -> None:
    with pytest.raises(LatexError, match=r"\\nonsense"):
        to_mathml(r"\nonsense", display=False)


@pytest.mark.parametrize("tex", [r"x < y", r"\max(0, z)", r"a \& b", r"\frac{1}{2}", r"\sqrt{2}", r"\hat{y}", ""])
def test_every_formula_has_a_width(tex: str) -> None:
    assert width(to_mathml(tex, display=True)) < NARROW


def test_a_wide_formula_is_told_from_a_narrow_one() -> None:
    assert width(to_mathml(MATRIX, display=True)) < NARROW
    assert width(to_mathml(MATRIX * 4, display=True)) > NARROW
