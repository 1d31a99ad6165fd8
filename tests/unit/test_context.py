"""What a page tells of its numbers by itself: its labels, its intervals, and how it counts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwdpass.audit.context import Context
from fwdpass.audit.facts import Facts, Formula
from fwdpass.audit.formula import stated
from fwdpass.audit.page import PageAudit
from fwdpass.audit.titles import Titles
from fwdpass.audit.tree import canonical, digest, parse
from fwdpass.sphinxext.maths import to_mathml


def typed(html: str, *formulas: str, names: tuple[str, ...] = ()) -> list[str]:
    """The findings on a page on which each @ is the next of these formulas."""
    known = {}
    for tex in formulas:
        drawn = to_mathml(tex, display=False)
        html = html.replace("@", drawn, 1)
        element = next(parse(drawn).find("math"))
        read = stated(element)
        known[digest(canonical(element))] = Formula(tex, read.line, read.typed)
    page = parse(f"<html><body><article>{html}</article></body></html>")
    return [one.text for one in PageAudit(Facts(formulas=known, names=list(names)), Titles(()), {}).run(page)]


RULES = "<p><strong>Rule 1</strong>: pad.</p><ul><li>Rule 2: stretch.</li></ul><h2>Rule 3</h2><p>{}</p>"


@pytest.mark.parametrize("said", ["By rule 2, it is so.", "Rules say so: Rule 1.", "The third rule holds, and rule 3."])
def test_a_label_that_the_page_defines_is_no_number(said: str) -> None:
    assert typed(RULES.format(said)) == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("By rule 4, it is so.", ["4"]),
        ("By rule 2.5, it is so.", ["2.5"]),
        ("Rule 2% of them.", ["2"]),
        ("The fourth rule holds.", ["fourth"]),
        ("2 rules hold.", ["2"]),
        ("Neuron 1 is dead.", ["1"]),
        ("Example 1 holds.", ["1"]),
    ],
)
def test_what_no_label_is_defined_for_is_a_number(said: str, found: list[str]) -> None:
    assert typed(RULES.format(said)) == found


@pytest.mark.parametrize("noun", ["Neuron", "Layer", "Row", "Figure", "Section"])
def test_what_data_or_sphinx_number_is_labelled_by_no_author(noun: str) -> None:
    assert typed(f"<p><b>{noun} 1:</b> x</p><p>{noun} 2: y</p>") == ["1", "2"]


def test_a_label_within_a_sentence_defines_nothing() -> None:
    assert typed("<p>We see <strong>Rule 1</strong> here.</p>") == ["1"]
    assert typed("<p>Rule 1 says that.</p>") == ["1"]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_labels_count_only_as_far_as_none_is_missing(numbers: list[int]) -> None:
    page = "".join(f"<p><strong>Remark {number}.</strong> x</p>" for number in numbers)
    apart = [number for at, number in enumerate(numbers) if at == 0 or numbers[at - 1] != number]
    first = apart[0]
    in_order = first in (0, 1) and all(b in (a + 1, first) for a, b in pairwise(apart))
    assert typed(page) == ([] if in_order else [str(number) for number in numbers])


def test_an_interval_that_something_lies_in_may_stand_alone() -> None:
    assert typed("<p>We write @. Here @ is an interval.</p>", r"c \in (-1, 1)", "(-1, 1)") == []
    assert typed("<p>We write @. Here @ is an interval.</p>", r"c \in (-1, 1)", "(0, 1)") == ["0", "1"]
    assert typed("<p>Here @ is an interval.</p>", "(-1, 1)") == ["1", "1"]


def test_the_bounds_of_an_interval_may_be_compared_with() -> None:
    member = "<p>We write @. "
    assert typed(f"{member}It lies between @ and @.", r"c \in (-1, 1)", "-1", "1") == []
    assert typed(f"{member}It is less than @, or tends toward 1.", r"c \in (-1, 1)", "1") == []
    assert typed(f"{member}It is less than @, or tends toward 3.", r"c \in (-1, 1)", "2") == ["2", "3"]
    assert typed(f"{member}The result is @, and 1 row.", r"c \in (-1, 1)", "1") == ["1", "1"]
    assert typed("It is less than @, or tends toward 1.", "1") == ["1", "1"]


def test_what_is_counted_without_an_end_may_be_named_by_its_index() -> None:
    counted = "<p>There are banks @. "
    assert typed(f"{counted}The deposits of bank @, where @.", r"i = 0, 1, 2, \dots", "0", "i = 0") == []
    assert typed(f"The deposits of bank @, where @. {counted}", "0", "i = 0", r"i = 0, 1, 2, \dots") == []
    assert typed(f"{counted}The rate is @, and bank @.", r"i = 0, 1, 2, \dots", "5", "12") == ["5", "12"]
    assert typed(f"{counted}The rate @ of row @.", r"i = 0, 1, 2, \dots", "z = 0", "0") == ["0", "0"]
    assert typed("The deposits of bank @, where @.", "0", "i = 0") == ["0", "0"]


def test_a_point_of_expansion_is_no_result() -> None:
    assert typed("The Taylor series of f about @.", "r = 0") == []
    assert typed("With the approximation @.", r"r g \approx 0") == []
    assert typed("The result is about @.", "r = 0") == ["0"]
    assert typed("The Taylor series is long. It is about @.", "r = 0") == ["0"]
    assert typed("The mean is @.", r"r g \approx 0") == ["0"]


def test_a_text_counts_its_equations_where_no_code_has_any() -> None:
    said = "It consists of three equations, the first sequence, and 3 equations."
    assert typed(said) == ["3"]
    assert typed(said, names=("solve_equations",)) == ["three", "3"]


def test_a_per_cent_of_names_scales_nothing() -> None:
    assert typed("They grow at @ percent.", "g") == []
    computed = Context(None, ["g = □"])
    assert not computed.is_interval("g = □")


RULE = "<p>The rules for the two arrays:</p><ul><li>Rule 1: If both differ, {}</li><li>Rule 2: So is it.</li></ul>"


def test_a_rule_compares_with_zero_and_one_and_has_two_operands() -> None:
    assert typed(RULE.format("and the length of the two is equal to 1, or 0, it is stretched.")) == []
    assert typed(RULE.format("three of them have 1.5 or 2 or 1%.")) == ["three", "1.5", "2", "1"]
    assert typed(RULE.format("it is so.").replace("Rule 2", "Rule 3")) == ["two", "1", "both", "3"]
    assert typed(RULE.format("it is so.").replace("Rule", "Example")) == ["two", "both"]
    assert typed("<p>The rules for the two arrays:</p><ul><li>Pad.</li></ul>") == ["two"]
    assert typed("<p>The length is equal to 1 by rule 1.</p>") == ["1", "1"]


NAMES = "<code>a</code>, <code>b</code>"


@pytest.mark.parametrize(
    "said",
    [
        "We stretched <em>both</em> <code>a</code> and <code>b</code> to match.",
        "There are two 1D arrays, <code>a</code> and <code>b</code>.",
        f"Three arrays: {NAMES} and <code>c</code>.",
        f"The four sums ({NAMES}, <code>c</code>, and <code>d</code>) differ.",
        "Both @ and @ grow.",
        "2 names, @ or @.",
    ],
)
def test_a_count_of_names_that_are_listed_behind_it_is_their_own(said: str) -> None:
    assert typed(f"<p>{said}</p>", *"pq"[: 2 * said.count("@")]) == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Two arrays, <code>a</code>, <code>b</code> and <code>c</code>.", ["Two"]),
        ("Three arrays, <code>a</code> and <code>b</code>.", ["Three"]),
        ("Two of them are dead. Here <code>a</code> and <code>b</code> are.", ["Two"]),
        ("Both are dead, rows and columns.", ["Both"]),
        ("There are two rows and columns.", ["two"]),
        ("There are 2.5 arrays, <code>a</code> and <code>b</code>.", ["2.5"]),
    ],
)
def test_a_count_of_anything_else_is_a_number(said: str, found: list[str]) -> None:
    assert typed(f"<p>{said}</p>") == found


def test_digits_that_stand_there_may_be_pointed_at() -> None:
    assert typed("<p>Each of these <code>1</code>s, those 0s, and these 1’s.</p>") == []
    assert typed("<p>All <code>1</code>s, these <code>2</code>s, these 1 or 0s</p>") == ["1", "2", "1", "0"]


def test_what_is_counted_without_an_end_has_a_first() -> None:
    counted = "<p>There are banks @. "
    said = "The first bank pays."
    assert typed(f"{counted}{said}", r"i = 0, 1, 2, \dots") == []
    assert typed(f"<p>{said}</p>{counted}", r"i = 0, 1, 2, \dots") == []
    assert typed(f"{counted}{said}", r"i = 0, 1, 2, \dots", names=("n_banks",)) == ["first"]
    assert typed(f"{counted}The first row and the two banks.", r"i = 0, 1, 2, \dots") == ["first", "two"]
    assert typed(f"<p>{said}</p>") == ["first"]


def test_a_clock_counts_its_periods() -> None:
    times = "<p>at times @. The end of period @.</p>"
    assert typed(times, r"t = 0, 1, 2, \dots", "2") == []
    assert typed(times, r"t = 0, 1, 2, \dots", "12") == ["12"]
    assert typed(times.replace("times", "places"), r"t = 0, 1, 2, \dots", "2") == ["2"]


def test_a_term_is_told_by_its_formula() -> None:
    assert typed("<p>Leave out the second term @.</p>", "r g") == []
    assert typed("<p>Leave out the second term, and the third row @.</p>", "r g") == ["second", "third"]


def test_a_rate_is_per_unit() -> None:
    assert typed("<p>So @ dollar invested, 1 euro saved, per 1 unit, for every @ pound.</p>", "1", "1") == []
    assert typed("<p>It pays @ dollar, 2 euros saved, per 3 units, 1 unit.</p>", "1") == ["1", "2", "3", "1"]


def test_what_a_text_announces_it_counts() -> None:
    assert typed("<p>There are two features that you should notice here, and three points to remember.</p>") == []
    assert typed("<p>There are two features that you find here, and three points to plot.</p>") == ["two", "three"]
