"""Laws of the search for numbers: no script hides one, no name is one, and what is replaced is gone."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st

from fwdpass.numerals.scan import EXECUTED, numbers
from fwdpass.numerals.writing import text

ZEROS = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)) == "Nd" and unicodedata.decimal(chr(code)) == 0
]
"""The zero of every script that has decimal digits; the nine others follow it."""

PROSE = st.lists(st.sampled_from(["The", "loss", "is", "of", "W", "x", "(", ")", ",", "–", "é", "ŷ"]), max_size=6)
ANY = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("0123456789.,-_[] abxWeivthrtwo¾³Ⅲ")),
    max_size=40,
)
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHJKNOPQRSTUWYZβγŷ")


def replaced(written: str) -> str:
    for found in reversed(list(numbers(written))):
        written = written[: found.start] + EXECUTED + written[found.end :]
    return written


@given(PROSE, PROSE, st.decimals(0, 9999, places=3), st.sampled_from(ZEROS))
def test_every_decimal_in_every_script_is_found_wherever_it_stands(
    before: list[str], after: list[str], number: object, zero: str
) -> None:
    written = "".join(chr(ord(zero) + int(char)) if char.isdigit() else char for char in str(number))
    sentence = " ".join([*before, written, *after])
    at = len(" ".join([*before, ""]))
    assert any(one.start <= at and one.end >= at + len(written) for one in numbers(sentence))


@given(PROSE, PROSE, st.integers(0, 999), st.sampled_from(["word", "ordinal"]))
def test_every_word_that_a_numeral_is_written_with_is_found(
    before: list[str], after: list[str], number: int, spec: str
) -> None:
    word = text(number or 2, spec)
    if word not in ("one", "first"):
        assert list(numbers(" ".join([*before, word, *after])))


@given(ANY)
def test_what_is_found_is_in_the_text_in_order_and_apart(written: str) -> None:
    end = 0
    for found in numbers(written):
        assert end <= found.start < found.end
        assert written[found.start : found.end] == found.text
        end = found.end


@given(ANY)
def test_what_is_replaced_is_gone(written: str) -> None:
    assert list(numbers(replaced(written))) == []


@given(ANY)
def test_every_digit_is_found_unless_a_name_or_a_version_is_there(written: str) -> None:
    if not any(char.isalpha() or char in "-_[%" or unicodedata.category(char)[0] == "C" for char in written):
        spans = {place for found in numbers(written) for place in range(found.start, found.end)}
        digits = {place for place, char in enumerate(written) if char.isdigit()}
        assert digits <= spans or written.count(".") > 1


@given(PROSE, PROSE, LETTERS, st.integers(0, 99), st.booleans())
def test_a_letter_with_an_index_is_a_name(
    before: list[str], after: list[str], letter: str, index: int, under: bool
) -> None:
    # An index of three digits is more likely a value, and x10 a factor: scan.py has the rule.
    assume(under or letter != "x" or index < 10)
    name = f"{letter}{'_' if under else ''}{index}"
    assert list(numbers(" ".join([*before, name, *after]))) == []
