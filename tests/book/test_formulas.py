"""Formulas on a page: what cannot be read is reported, and nothing depends on chance."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fwdpass.testing import Built
from tests.book.conftest import FIRST, BuildPages

pytestmark = pytest.mark.book
ROOT = Path(__file__).parents[2]
NUMBERED = "\\begin{align}\na &= \\n{mse} \\\\\nc &= d\n\\end{align}\n\nSee {eq}`named`.\n\n$$ e = f $$ (named)\n"


def test_an_unreadable_formula_ends_the_build_in_a_line(build_pages: BuildPages) -> None:
    built = build_pages(page="Fine.\n\nNot fine: $\\nonsense$.")
    assert built.status != 0
    assert re.search(
        rf"page\.md:{FIRST + 2}: .*cannot read the formula \\nonsense: .*\[fwdpass\.math\]", built.messages
    )


def test_numbered_equations_have_the_same_names_in_every_build(build_pages: BuildPages) -> None:
    first, second = (build_pages("-E", page=NUMBERED).pages()["page.html"] for _ in range(2))
    assert first == second
    assert 'id="equation-page-0"' in first
    assert [*re.findall(r'class="eqno">\((\d)\)', first)] == ["1", "2"]


def test_classes_in_the_style_sheet_are_on_what_is_drawn(book: Built) -> None:
    """A rule for a class that nothing has is dead; it was renamed on one side only."""
    styled = set(re.findall(r"\.(fp-[\w-]+)", (ROOT / "src/fwdpass/figures/fwdpass.css").read_text("utf-8")))
    drawn = {
        name
        for page in book.pages().values()
        for names in re.findall(r'class="([^"]*)"', page)
        for name in names.split()
    }
    # A page need not have every figure: what Python can draw is drawn somewhere.
    drawn.update(
        *(re.findall(r"fp-[\w-]+", path.read_text("utf-8")) for path in (ROOT / "src/fwdpass/figures").glob("*.py"))
    )
    assert styled - drawn == set()
