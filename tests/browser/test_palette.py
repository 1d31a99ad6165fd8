"""The colours of words, formulas and code: readable on everything that they stand on, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import DOCS, MODES, Eyes, Site

PALETTE = (Path(__file__).parent / "palette.js").read_text("utf-8")
FIGURES = DOCS.parent / "src" / "fwdpass" / "figures" / "fwdpass.css"
INKS = ["--fp-ink", "--fp-muted", "--fp-accent", "--fp-pos", "--fp-neg", "--fp-zero"]
CODE = ["--book-keyword", "--book-string", "--book-comment", "--book-name"]
PAPERS = ["--fp-paper", "--fp-surface"]
OTHERS = {"--fp-wash", "--fp-rule", "--fp-math"}  # no words in these
READABLE = 4.5
"""WCAG 2.2, 1.4.3, level AA."""


@pytest.mark.parametrize("mode", MODES)
def test_every_ink_is_readable_on_every_paper(site: Site, eyes: Eyes, mode: str) -> None:
    with eyes.open(site.page("index"), mode=mode) as page:
        ratios = page.evaluate(PALETTE, [[*INKS, *CODE], PAPERS])
    assert len(ratios) == len([*INKS, *CODE]) * len(PAPERS)
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < READABLE} == {}


def test_a_pale_ink_is_found(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("index")) as page:
        (ratio,) = page.evaluate(PALETTE, [["--fp-rule"], ["--fp-paper"]]).values()
    assert 1 < ratio < READABLE


def test_no_colour_is_left_out() -> None:
    defined = set(re.findall(r"^ +(--fp-[\w-]+):", FIGURES.read_text("utf-8"), re.MULTILINE))
    defined |= set(re.findall(r"(--book-[\w-]+):", (DOCS / "_static" / "book.css").read_text("utf-8")))
    assert defined == {*INKS, *CODE, *PAPERS, *OTHERS}
