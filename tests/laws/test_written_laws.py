"""Elements are written to the letter as htpy writes them, whatever they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import htpy as h
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from fwdpass.figures import written as module
from fwdpass.figures.written import written

TEXTS = st.text(max_size=6) | st.sampled_from(['<b a="1">&amp;</b>', "'", ""])
OTHERS = st.sampled_from([h.br, h.hr(".x"), lambda: "said"])
LEAVES = st.one_of(TEXTS, TEXTS.map(Markup), st.integers(), st.none(), st.booleans(), OTHERS)


def within(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give what has other nodes in it."""
    several = st.lists(children, max_size=3)
    names = st.sampled_from([h.p, h.td, h.fp_flip, h.html, h.Element("linearGradient")])
    attributes = st.dictionaries(st.sampled_from(["class", "title", "hidden"]), TEXTS | st.booleans(), max_size=2)
    elements = st.builds(lambda element, given, inside: element(given)[inside], names, attributes, several)
    return st.one_of(several, several.map(tuple), elements, several.map(lambda nodes: h.fragment[nodes]))


@given(st.recursive(LEAVES, within, max_leaves=12).map(lambda node: h.div[node]))
def test_an_element_is_written_as_htpy_writes_it(element: h.Element) -> None:
    assert written(element) == "".join(element.iter_chunks())
    assert type(written(element)) is str  # of Markup, what it is added to would be escaped


@pytest.mark.parametrize("write", [written, lambda element: "".join(element.iter_chunks())])
def test_what_comes_once_is_written_once(write: Callable[[h.Element], str]) -> None:
    rows = h.table[(h.tr[each] for each in "ab")]
    assert write(rows) == "<table><tr>a</tr><tr>b</tr></table>"
    with pytest.raises(RuntimeError, match="already been consumed"):
        write(rows)


def test_an_htpy_whose_elements_are_made_otherwise_writes_them_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OPEN", False)
    element = h.div(".a")["1 < 2", [h.b["x"], h.br]]
    assert written(element) == str(element)
