"""Every view of the lesson, in every medium, is what was looked at and found good."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from fwdpass.figures.views.base import View

MEDIA = {"txt": repr, "tex": View.latex, "html": View._repr_html_}


@pytest.mark.parametrize("medium", sorted(MEDIA))
def test_the_view_is_as_it_was_found_good(name: str, medium: str, lesson_views: dict[str, View], golden: Any) -> None:
    golden.check(f"{name}.{medium}", _lines(MEDIA[medium](lesson_views[name])))


def test_a_changed_view_fails(lesson_views: dict[str, View], golden: Any) -> None:
    """The guard's own test."""
    with pytest.raises(AssertionError):
        type(golden)(regenerate=False).check("dot.txt", repr(lesson_views["dot"]) + " ")


@pytest.mark.parametrize("medium", sorted(MEDIA))
def test_floats_and_rationals_give_the_same_text(
    name: str, medium: str, lesson_views: dict[str, View], exact_views: dict[str, View]
) -> None:
    assert MEDIA[medium](lesson_views[name]) == MEDIA[medium](exact_views[name])


def test_a_view_in_a_notebook_has_dollars_and_in_a_formula_none(name: str, lesson_views: dict[str, View]) -> None:
    view = lesson_views[name]
    assert view._repr_latex_() == f"$${view.latex()}$$"
    assert view.text("latex") == view.latex()


def test_prose_has_a_real_minus_and_code_a_hyphen(lesson_views: dict[str, View]) -> None:
    assert "\N{MINUS SIGN}0.5" in lesson_views["matrix"].text()
    assert "-" not in lesson_views["matrix"].text()
    assert "\N{MINUS SIGN}" not in repr(lesson_views["matrix"])


def test_latex_braces_and_environments_are_closed(name: str, lesson_views: dict[str, View]) -> None:
    tex = re.sub(r"\\[{}]", "", lesson_views[name].latex())
    assert tex.count("{") == tex.count("}")
    begun, ended = (sorted(re.findall(rf"\\{word}\{{(\w+)\}}", tex)) for word in ("begin", "end"))
    assert begun == ended


def _lines(drawn: str) -> str:
    """Break markup into lines, so that a difference can be read."""
    if drawn.startswith("<"):
        root = ET.fromstring(drawn)  # noqa: S314 - our own
        ET.indent(root)
        return ET.tostring(root, encoding="unicode", short_empty_elements=False)
    return drawn
