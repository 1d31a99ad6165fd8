"""The numbers of a script: each is found where it stands, and another one in its place changes nothing else."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Lesson
from fwdpass.page.entries import LONGEST, restated, stated, stepped, written

SOURCE = """\
import numpy as np

W = np.array([  # é: a row each
    [ 0.2, -0.5],
    [-3, 12.5],
])
b = np.array([0.25, W[0, 0]], dtype=float)
c = [0.5]
"""
KEYS = ["W.0.0", "W.0.1", "W.1.0", "W.1.1", "b.0"]


def test_the_entries_that_are_numbers_are_found_where_they_stand() -> None:
    found = list(stated(SOURCE))
    assert [one.key for one in found] == KEYS
    assert [one.written for one in found] == ["0.2", "-0.5", "-3", "12.5", "0.25"]
    assert all(SOURCE[one.start : one.end] == one.written for one in found)


SHORT = st.decimals(-99, 99, places=3).map(lambda value: written(str(value)))


@given(st.dictionaries(st.sampled_from(KEYS), SHORT))
def test_what_is_stated_anew_is_what_the_script_then_states(numbers: dict[str, str]) -> None:
    source = restated(SOURCE, numbers)
    module = Lesson(source, "restated").load(Arithmetic.FLOAT64)
    for one in stated(source):
        assert one.written == numbers.get(one.key, one.written)
        assert np.float64(Decimal(one.written)) == getattr(module, one.array)[one.index]
    back = {one.key: one.written for one in stated(SOURCE)}
    assert restated(source, back) == SOURCE


@given(SHORT, st.booleans())
def test_a_step_and_one_back_is_where_it_began(number: str, up: bool) -> None:
    assert Decimal(stepped(stepped(number, up), not up)) == Decimal(number)
    assert stepped(number, up) != number


@pytest.mark.parametrize("number", ["", "a half", "1/2", "nan", "1e999", "1" * (LONGEST + 1), "__import__('os')"])
def test_what_is_no_number_is_refused_in_a_sentence(number: str) -> None:
    with pytest.raises(FwdpassError, match="is no number of the lesson"):
        restated(SOURCE, {"b.0": number})


def test_what_the_script_does_not_state_is_refused() -> None:
    with pytest.raises(FwdpassError, match=r"the script states no number W\.7\.0; it states W, b"):
        restated(SOURCE, {"W.7.0": "1"})
