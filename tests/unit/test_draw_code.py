"""Source in pieces that can be coloured: nothing is lost, and what is no Python stays plain."""

from __future__ import annotations

import html
import re

import htpy as h
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwdpass.trace.panel.code import highlighted


def drawn(source: str) -> list[str]:
    return [str(h.span[line])[len("<span>") : -len("</span>")] for line in highlighted(source.split("\n"))]


@pytest.mark.parametrize(
    ("source", "piece"),
    [
        ("import os", '<span class="fp-k">import</span> os'),
        ("def run(): pass", '<span class="fp-f">run</span>'),
        ("print(1)", '<span class="fp-f">print</span>(1)'),
        ("x = 1  # why", '<span class="fp-c"># why</span>'),
        ("x = f'a{b}c'", 'x = <span class="fp-s">f&#39;a{b}c&#39;</span>'),
        (
            "x = f'{f\"{b}\" if c else 1:>{d}}' + b",
            'x = <span class="fp-s">f&#39;{f&#34;{b}&#34; if c else 1:&gt;{d}}&#39;</span> + b',
        ),
    ],
)
def test_a_piece_is_marked_by_what_it_is(source: str, piece: str) -> None:
    assert piece in drawn(source)[0]


def test_a_text_of_several_lines_is_marked_on_each() -> None:
    assert [line.count("fp-s") for line in drawn('"""one\ntwo\n"""')] == [1, 1, 1]


def test_of_a_text_of_several_lines_the_whole_line_is_marked() -> None:
    assert drawn('a = """\na long line\n"""; b = 1')[1] == '<span class="fp-s">a long line</span>'


def test_a_text_with_values_is_one_on_each_of_its_lines() -> None:
    """However many tokens it has, which depends on Python's version."""
    assert drawn('x = f"""{a} and\n{len(b)} of\n{c}"""; len(d)') == [
        'x = <span class="fp-s">f&#34;&#34;&#34;{a} and</span>',
        '<span class="fp-s">{len(b)} of</span>',
        '<span class="fp-s">{c}&#34;&#34;&#34;</span>; <span class="fp-f">len</span>(d)',
    ]


def test_what_is_no_python_stays_plain() -> None:
    assert drawn("x = (1,\ny = '") == ["x = (1,", "y = &#39;"]


@given(st.text(alphabet=st.sampled_from("abx =+'\"#(){}[]\\\n\t:é0\f"), max_size=40))
def test_no_character_is_lost(source: str) -> None:
    assert html.unescape(re.sub(r"<[^>]*>", "", "\n".join(drawn(source)))) == source
