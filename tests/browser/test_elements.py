"""The joined script: it runs in every page that has something to do for it, and nowhere else."""

from __future__ import annotations

import re

import pytest

from fwdpass import elements
from tests.browser.conftest import Eyes, Site
from tests.browser.visit import LAID_OUT

USES = re.compile(r'<fp-[a-z]|class="fp-(?:certificate|quiz)"')


def test_a_page_that_has_nothing_to_do_for_the_script_does_not_load_it(site: Site) -> None:
    pages = {path.stem: path.read_text("utf-8") for path in site.folder.glob("*.html")}
    loaded = {name for name, html in pages.items() if elements.SCRIPT in html}
    assert loaded == {name for name, html in pages.items() if USES.search(html)}
    assert {"neurons", "search"} & loaded == {"neurons"}


def test_the_address_of_the_script_changes_with_the_script(site: Site) -> None:
    assert re.search(
        rf"{re.escape(elements.SCRIPT)}\?v=[0-9a-f]{{8}}", (site.folder / "neurons.html").read_text("utf-8")
    )


PLACES = """() => {
  const article = document.querySelector("article");
  const top = article.getBoundingClientRect().top;
  const added = ".fp-live, .fp-bar > *, .fp-pick";
  const seen = "h1, h2, h3, p, .cell, .cell *, fp-trace, fp-trace *";
  return [...article.querySelectorAll(seen)].filter((e) => !e.closest(added) && e.checkVisibility()).map((e) => {
    const { left, top: at, width } = e.getBoundingClientRect();
    return [e.tagName, ...[left, at - top, width].map(Math.round)];
  });
}"""
"""Where all stands, and how wide it is, but for what scripts add."""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["neurons", "matrix-multiplication"])
def test_nothing_moves_when_the_script_comes(site: Site, eyes: Eyes, page: str, width: int) -> None:
    """A page whose script has not come yet, and the same page with it."""
    added = "fp-product button, fp-network output, fp-trace button"
    with eyes.open("about:blank", width) as waiting, eyes.open(site.page(page), width) as ready:
        waiting.route(f"**/{elements.SCRIPT}*", lambda route: route.abort())
        waiting.goto(site.page(page))
        waiting.evaluate(LAID_OUT)
        assert waiting.locator(added).count() == 0
        assert ready.locator(added).count() > 0
        assert ready.evaluate(PLACES) == waiting.evaluate(PLACES)


def test_without_the_script_no_room_is_kept_for_it(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("neurons"), scripts=False) as page:
        assert page.locator(".fp-live").count() > 1
        assert page.evaluate("Math.max(...[...document.querySelectorAll('.fp-live')].map(e => e.offsetHeight))") == 0


def test_an_element_can_have_another_name(site: Site, eyes: Eyes) -> None:
    """`define(tag, registry)`: for whoever has an element of that name already."""
    with eyes.open(site.page("neurons")) as page:
        assert page.evaluate(
            """() => {
              const Element = class extends customElements.get("fp-network") {};
              const seen = [];
              Element.define("own-network", { define: (tag, made) => seen.push(tag, made === Element) });
              return seen;
            }"""
        ) == ["own-network", True]


def test_no_script_of_ours_says_a_thing_on_any_page(site: Site, eyes: Eyes) -> None:
    with eyes.listening(site.file("neurons")) as (_, found):
        assert (found.strangers, found.failures, found.complaints) == ([], [], [])
