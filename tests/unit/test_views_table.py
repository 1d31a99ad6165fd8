"""A table of texts: code, notes, heads, and rows that fit them."""

from __future__ import annotations

import pytest

import fwdpass as fp
from fwdpass.errors import ShapeError

HEADS = ["`tool`", "prints"]


def test_columns_are_aligned_under_their_heads() -> None:
    assert repr(fp.table("Tools", HEADS, [["a", "1"], ["a longer one", "2"]])) == (
        "`tool`        prints\na             1\na longer one  2"
    )


def test_a_note_follows_its_entry() -> None:
    noted = fp.table("Tools", HEADS, [["a", "1\nwhich is `one`"]])
    assert noted.text().endswith("a       1  which is `one`")
    assert '1</span> <small class="fp-aside">which is <code>one</code></small>' in noted._repr_html_()


@pytest.mark.parametrize("said", ["`x @ W1`", "\N{MINUS SIGN}0.5", "[0.11, \N{MINUS SIGN}0.27]"])
def test_code_alone_and_numbers_alone_are_not_broken(said: str) -> None:
    shown = fp.table("Tools", HEADS, [["a", said]])._repr_html_()
    assert shown.count('class="fp-shape"') == 1


def test_numbers_alone_are_set_flush_right_under_their_head() -> None:
    rows = [["a", "1", "1"], ["b", "\N{MINUS SIGN}22.5", "none"]]
    shown = fp.table("Tools", ["`tool`", "score", "behind"], rows)._repr_html_()
    assert '<th scope="col" class="fp-numbers">score</th><th scope="col">behind</th>' in shown
    assert shown.count('<td class="fp-numbers">') == 2


def test_blanks_in_a_row_are_kept() -> None:
    assert "<code>z1:\N{NO-BREAK SPACE} [0.]</code>" in fp.table("Lines", ["line"], [["`z1:  [0.]`"]])._repr_html_()


def test_what_looks_like_markup_is_text() -> None:
    shown = fp.table("<about>", HEADS, [["<b>", "&"]])
    assert "&lt;about&gt;" in shown._repr_html_()
    assert "<b>" not in shown._repr_html_()
    assert r"\text{\&}" in shown.latex()


def test_latex_has_the_heads_and_the_code() -> None:
    assert fp.table("Tools", HEADS, [["`y_hat`", "of `h`"]]).latex() == (
        r"\begin{array}{ll} \texttt{tool} & \text{prints} \\ \hline \texttt{y\_hat} & \text{of }\texttt{h} \end{array}"
    )


def test_it_is_named_for_those_who_do_not_see_it() -> None:
    shown = fp.table("The loss by tool", HEADS, [["a", "1"]])._repr_html_()
    assert 'role="group" aria-label="The loss by tool"' in shown
    assert '<caption class="fp-sr">The loss by tool</caption>' in shown


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["a"], "the row 'a' has one entry under two heads"),
        (["a", "b", "c"], "the row 'a, b, c' has three entries under two heads"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_in_a_sentence(row: list[str], said: str) -> None:
    with pytest.raises(ShapeError) as refused:
        fp.table("Tools", HEADS, [row])
    assert said in str(refused.value)
