"""Whatever its options are worth, a question is put with one right option and others that all differ, or not at all."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, example, given
from hypothesis import strategies as st

from fwdpass.numerals.writing import text
from fwdpass.page.question import FEWEST, LEAST, Read, alike, put, right_of

values = st.integers(-3, 3) | st.fractions(-2, 2, max_denominator=4) | st.sampled_from(["alive", "dead"])


@st.composite
def reads(draw: st.DrawFn) -> Read:
    """A value, written with some places, so that different values may read the same."""
    value = draw(values)
    if isinstance(value, str):
        return Read(value, value)
    return Read(value, text(value, draw(st.sampled_from(["", ".0f", ".1f"]))))


@given(st.lists(reads() | st.none(), min_size=1, max_size=7), st.data(), st.integers(FEWEST, 6))
def test_the_right_option_is_put_and_no_two_are_the_same(
    options: list[Read | None], data: st.DataObject, most: int
) -> None:
    computed = [i for i, one in enumerate(options) if one is not None]
    assume(computed)
    right = data.draw(st.sampled_from(computed))
    kept = put(options, right, most)
    least = LEAST if len(options) >= LEAST and most >= LEAST else FEWEST
    assert not kept or (right in kept and least <= len(kept) <= most)
    assert list(kept) == sorted(set(kept))
    read = [one for place in kept if (one := options[place]) is not None]
    assert len(read) == len(kept), "what cannot be computed is never put"
    for place, one in enumerate(read):
        assert not any(one.text == other.text or alike(one.value, other.value) for other in read[:place])


@given(st.lists(reads(), min_size=3, max_size=7), st.integers(0, 6))
def test_an_option_is_left_out_only_for_one_that_stands_there_or_for_want_of_room(options: list[Read], at: int) -> None:
    right, most = at % len(options), 4
    kept = put(options, right, most)
    if not kept:
        distinct = {one.text for one in options}
        assert len(distinct) < LEAST or any(
            alike(a.value, b.value) and a.text != b.text for a in options for b in options if a is not b
        )
        return
    for place, one in enumerate(options):
        if place not in kept and len(kept) < most:
            assert any(one.text == options[k].text or alike(one.value, options[k].value) for k in kept)


@given(reads(), st.lists(reads() | st.none(), min_size=1, max_size=6), st.none() | st.integers(0, 5))
@example(Read(Fraction(1, 2), "0.5"), [Read(0.5, "0.50"), None], None)
def test_right_is_what_equals_the_answer_or_a_sentence(
    answer: Read, options: list[Read | None], marked: int | None
) -> None:
    marked = None if marked is None else marked % len(options)
    right = right_of(answer, options, marked)
    equal = [i for i, one in enumerate(options) if one is not None and alike(one.value, answer.value)]
    if isinstance(right, int):
        assert right in equal
        assert right == marked if marked is not None else equal == [right]
    else:
        assert marked not in equal if marked is not None else len(equal) != 1
