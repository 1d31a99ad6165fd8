"""The committed subset of the font has a glyph for every character of the book's mathematics."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from fwdpass import figures
from tests.browser.conftest import WRITTEN, Eyes, Site, serve
from tests.browser.visit import LAID_OUT

FONT = "Fwdpass Math"
STATIC = Path(__file__).parents[2] / "src" / "fwdpass" / "sphinxext" / "static"
DISTINCT = """() => {
    const seen = new Set();
    for (const token of document.querySelectorAll('mi, mn, mo, mtext')) {
        const same = token.localName + token.textContent;
        if (!token.textContent.trim() || token.querySelector('code') || seen.has(same)) continue;
        token.id = `token-${seen.size}`;
        seen.add(same);
    }
}"""


def other_fonts(page: Page) -> dict[str, str]:
    """Give the tokens that Chromium drew with another font, and which one it took."""
    page.evaluate(DISTINCT)
    page.evaluate("document.fonts.ready.then(() => true)")
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    found = {}
    for node in devtools.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[id^=token-]"})["nodeIds"]:
        fonts = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        if others := {font["familyName"] for font in fonts} - {FONT}:
            found[devtools.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]] = ", ".join(sorted(others))
    return found


@pytest.mark.parametrize("page", WRITTEN)
def test_every_character_has_a_glyph(site: Site, eyes: Eyes, page: str) -> None:
    with eyes.open(site.page(page)) as opened:
        assert other_fonts(opened) == {}


def test_a_character_without_a_glyph_is_found(eyes: Eyes, tmp_path: Path) -> None:
    for file in (figures.STYLE, STATIC / "fwdpass-math.woff2"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    html = "<!doctype html><meta charset=utf-8><link rel=stylesheet href=fwdpass.css><math><mi>{}</mi></math>"
    (tmp_path / "lacking.html").write_text(html.format("☃"), "utf-8")
    (tmp_path / "complete.html").write_text(html.format("x"), "utf-8")
    with serve(tmp_path) as site:
        with eyes.open(site.page("lacking")) as page:
            assert [token for token in other_fonts(page) if "☃" in token]
        with eyes.open(site.page("complete")) as page:
            assert other_fonts(page) == {}


def test_the_font_is_asked_for_by_a_page_that_has_formulas_and_holds_up_none(site: Site, eyes: Eyes) -> None:
    """Asked for early, it would come before the text that a reader sees first."""
    asked = """() => performance.getEntriesByType("resource").filter((one) => one.name.includes("fwdpass-math"))
        .map((one) => one.initiatorType)"""
    context = eyes.browser.new_context()  # which has no font in its memory
    try:
        for name, by in (("matrix-multiplication", ["css"]), ("changelog", [])):
            page = context.new_page()
            page.goto(site.page(name))
            page.evaluate(LAID_OUT)
            page.evaluate("document.fonts.ready.then(() => true)")
            assert page.evaluate(asked) == by
            assert page.locator("link[rel=preload]").count() == 0
    finally:
        context.close()
