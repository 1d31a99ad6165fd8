"""What is folded away costs nothing until somebody wants it, and is all there for whoever has no scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import WRITTEN, Eyes, Site

CHAPTER = "matrix-multiplication"
MOST = 4500
"""Elements of a page until something is opened."""
COUNT = "document.querySelectorAll('*').length"
HELD = "document.querySelectorAll('details > noscript').length"


@pytest.fixture
def page(site: Site, eyes: Eyes) -> Iterator[Page]:
    with eyes.open(site.page(CHAPTER)) as opened:
        yield opened


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "reference"])
def test_no_page_has_more_elements_than_a_slow_phone_likes(site: Site, eyes: Eyes, name: str) -> None:
    with eyes.open(site.page(name)) as opened:
        assert opened.evaluate(COUNT) <= MOST


def test_without_scripts_everything_is_there(site: Site, eyes: Eyes, page: Page) -> None:
    before = page.evaluate(COUNT)
    with eyes.open(site.page(CHAPTER), scripts=False) as bare:
        assert bare.evaluate("document.querySelectorAll('noscript *').length") > before / 2
        bare.locator(".fp-certificate summary").click()
        assert bare.locator(".fp-certificate tbody tr").last.is_visible()


def test_what_is_opened_is_there_at_once_and_nothing_else(page: Page) -> None:
    held = page.evaluate(HELD)
    page.locator(".fp-certificate summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".fp-certificate tbody tr").last.is_visible()
    assert page.evaluate(HELD) == held - 1


@pytest.mark.parametrize(
    "how",
    [
        "dispatchEvent(new Event('beforeprint'))",
        "dispatchEvent(new KeyboardEvent('keydown', {key: 'f', ctrlKey: true}))",
    ],
)
def test_paper_and_the_browsers_search_have_everything(page: Page, how: str) -> None:
    assert page.evaluate(HELD) > 10
    page.evaluate(f"{how}; 0")
    assert page.evaluate(HELD) == 0


def test_a_link_into_what_is_folded_opens_it(site: Site, eyes: Eyes) -> None:
    with eyes.open(f"{site.page(CHAPTER)}#fp-number-3") as opened:
        row = opened.locator("#fp-number-3")
        assert row.is_visible()
        box = row.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900


def test_if_the_elements_script_does_not_come_what_is_folded_opens_all_the_same(site: Site, eyes: Eyes) -> None:
    opened = eyes.context().new_page()
    try:
        opened.route(re.compile(r"fwdpass\.js"), lambda route: route.abort())
        opened.goto(site.page(CHAPTER))
        opened.locator(".fp-certificate summary").click()
        assert opened.locator(".fp-certificate tbody tr").last.is_visible()
    finally:
        opened.close()
