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


MACROS = (
    r"""{"tex": {"macros": {"reals": r"\mathbb{R}", "pair": [r"(#1, #2)", 2], "guess": "0.625", "or": ["#1", 2, "x"],"""
    r""" "again": r"\again x", "x1": "y"}}}"""
)


@pytest.mark.parametrize("renderer", ["mathml", "mathjax"])
def test_macros_for_mathjax_are_known_to_either_renderer_and_a_number_in_one_is_typed(
    build_pages: BuildPages, renderer: str
) -> None:
    words = "In $\\reals$, $\\pair{\\n{mse}}{z}$.\n\nA typed $\\guess$.\n\nOne $\\or{z}$, one $\\again$."
    options = ("-D", f"html_math_renderer={renderer}")
    built = build_pages(*options, conf=f"mathjax3_config = {MACROS}\n", page=words)
    found = [line.partition("page.md:")[2] for line in built.messages.splitlines() if "page.md:" in line]
    typed = [line for line in found if "'0.625' is a typed number" in line]
    unread = [line for line in found if "cannot read the formula" in line]
    assert len(typed) == 1
    assert (len(unread), len(found)) == ((2, 3) if renderer == "mathml" else (0, 1))
    assert all(line.startswith(f"{FIRST + 4}:") for line in unread)
    if renderer == "mathml":
        assert re.search(
            r"<mi>ℝ</mi>.*<mo[^>]*>\(</mo><mn>0\.\d+</mn><mo[^>]*>,</mo><mi>z</mi>", built.pages()["page.html"]
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
