"""Every view of the lesson, in every medium, is what was looked at and found good."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import isabstract
from operator import methodcaller
from pkgutil import iter_modules
from typing import Any

import pytest

from fwdpass import figures
from fwdpass.figures.base import Figure

MEDIA: dict[str, Callable[[Figure], str]] = {
    "txt": repr,
    "tex": methodcaller("latex"),
    "html": methodcaller("_repr_html_"),
}


@pytest.mark.parametrize("medium", sorted(MEDIA))
def test_the_view_is_as_it_was_found_good(name: str, medium: str, lesson_views: dict[str, Figure], golden: Any) -> None:
    golden.check(f"{name}.{medium}", _lines(MEDIA[medium](lesson_views[name])))


def test_a_changed_view_fails(lesson_views: dict[str, Figure], golden: Any) -> None:
    """The guard's own test."""
    with pytest.raises(AssertionError):
        type(golden)(regenerate=False).check("dot.txt", repr(lesson_views["dot"]) + " ")


@pytest.mark.parametrize("medium", sorted(MEDIA))
def test_floats_and_rationals_give_the_same_text(
    name: str, medium: str, lesson_views: dict[str, Figure], exact_views: dict[str, Figure]
) -> None:
    assert MEDIA[medium](lesson_views[name]) == MEDIA[medium](exact_views[name])


def test_a_view_in_a_notebook_has_dollars_and_in_a_formula_none(name: str, lesson_views: dict[str, Figure]) -> None:
    view = lesson_views[name]
    assert view._repr_latex_() == f"$${view.latex()}$$"
    assert view.text("latex") == view.latex()


def test_prose_has_a_real_minus_and_code_a_hyphen(lesson_views: dict[str, Figure]) -> None:
    assert "\N{MINUS SIGN}0.5" in lesson_views["matrix"].text()
    assert "-" not in lesson_views["matrix"].text()
    assert "\N{MINUS SIGN}" not in repr(lesson_views["matrix"])


def test_latex_braces_and_environments_are_closed(name: str, lesson_views: dict[str, Figure]) -> None:
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


def kinds(of: type[Any]) -> Iterator[type[Any]]:
    """The kinds of figures that can be made."""
    for kind in of.__subclasses__():
        yield from kinds(kind)
        if not isabstract(kind):
            yield kind


def test_every_kind_of_figure_is_among_the_goldens(lesson_views: dict[str, Figure]) -> None:
    """A kind is any subclass in the package; one that has no golden has never been looked at."""
    for module in iter_modules(figures.__path__, "fwdpass.figures."):
        import_module(module.name)
    ours = {kind for kind in kinds(Figure) if kind.__module__.startswith("fwdpass.")}
    assert ours == set(map(type, lesson_views.values()))


def test_a_kind_without_a_drawing_cannot_be_made() -> None:
    class Undrawn(Figure):
        def plain(self, medium: str) -> str:
            return medium

    with pytest.raises(TypeError, match=r"abstract methods '?html'?, '?latex"):
        Undrawn()  # type: ignore[abstract]
