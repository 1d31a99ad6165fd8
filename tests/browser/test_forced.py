"""Where the system chooses all colours, everything that was told by a colour is told by a line as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Eyes, Site

CHAPTER = "matrix-multiplication"


@pytest.fixture
def forced(eyes: Eyes) -> Iterator[Page]:
    context = eyes.browser.new_context(
        viewport={"width": 1280, "height": 900}, forced_colors="active", reduced_motion="reduce"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def seen(marked: Locator, without: str) -> bool:
    """Whether a mark is seen: a picture of what is marked changes when the mark is taken away."""
    one = marked.element_handle()  # and not whatever else is marked like it
    with_it = one.screenshot(animations="disabled")
    one.evaluate(without)
    return one.screenshot(animations="disabled") != with_it


def unmarked(kind: str) -> str:
    return f"one => one.classList.remove('{kind}')"


def test_every_state_of_a_product_is_seen(forced: Page, site: Site) -> None:
    forced.goto(site.page(CHAPTER))
    shown = forced.locator("fp-product").first
    for _ in range(3):
        shown.get_by_role("button", name="Step", exact=True).click()
    forced.locator("h1").click()  # so that nothing has the focus, whose ring is seen
    assert seen(shown.locator(".fp-matrix .fp-on:not(.fp-now)").first, unmarked("fp-on"))
    assert seen(shown.locator(".fp-matrix .fp-now").first, unmarked("fp-now"))
    assert seen(shown.locator("[aria-selected=true]"), "one => one.ariaSelected = 'false'")
    assert seen(shown.locator("tr.fp-on"), unmarked("fp-on"))
    assert seen(shown.locator(".fp-stage .fp-now"), unmarked("fp-now"))


def test_every_mark_of_a_trace_is_seen(forced: Page, site: Site) -> None:
    forced.goto(f"{site.page(CHAPTER)}#L36")
    trace = forced.locator("fp-trace")
    line = trace.locator(".fp-stmt[open]")
    line.locator(".fp-pick:visible").last.click()
    for kind in ("fp-picked", "fp-from", "fp-into"):
        one = trace.locator(f".fp-{kind.removeprefix('fp-')}:visible").first
        if kind != "fp-into" or one.count():
            assert seen(one, f"one => one.classList.remove('{kind}', 'fp-far')"), kind
    for kind in ("fp-gave", "fp-took"):
        for head in trace.locator(f".{kind} > summary .fp-no").all()[:1]:
            assert seen(head, f"one => one.closest('.{kind}').classList.remove('{kind}')"), kind
    assert seen(line.locator("> summary"), "one => { one.parentElement.open = false; }")


def test_dead_and_alive_are_seen_in_a_picture_and_what_is_chosen(forced: Page, site: Site) -> None:
    forced.goto(site.page("neurons"))
    shown = forced.locator("fp-network").nth(1)
    alive, dead = shown.locator("circle[data-node=h2] + circle"), shown.locator("circle[data-node=h1] + circle")
    assert len({one.evaluate("one => getComputedStyle(one).fill") for one in (alive, dead)}) == 2
    paper = forced.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dead.evaluate("one => getComputedStyle(one).stroke") != paper
    shown.locator("[data-node=h2]").click()
    forced.locator("h1").click()
    assert seen(shown.locator("[data-node=h2]"), "one => one.ariaPressed = 'false'")
    shown.locator("summary").last.click()
    assert seen(shown.locator("tr[data-on]"), "one => one.removeAttribute('data-on')")
    assert seen(shown.locator("table .fp-term[data-on]").first, "one => one.removeAttribute('data-on')")


def test_a_mark_of_colour_alone_is_noticed(forced: Page) -> None:
    forced.set_content("<style>.on { background: lime; box-shadow: 0 0 2px red }</style><p class=on>marked</p>")
    assert not seen(forced.locator("p"), unmarked("on"))
    forced.set_content("<style>.on { outline: 1px solid; outline-offset: -1px }</style><p class=on>marked</p>")
    assert seen(forced.locator("p"), unmarked("on"))
