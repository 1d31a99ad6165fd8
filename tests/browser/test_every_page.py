"""Every page, on a phone and on a desk, in the light and in the dark."""

from __future__ import annotations

import pytest

from fwdpass.testing import Built
from tests.browser.conftest import PAGES, READERS, Eyes, Site
from tests.browser.visit import OVERFLOW

everywhere = pytest.mark.parametrize(
    ("page", "width", "mode"),
    [pytest.param(page, *reader, id=f"{page}-{reader[0]}-{reader[1]}") for reader in READERS for page in PAGES],
)


def test_no_page_of_the_book_is_left_out(book: Built) -> None:
    assert sorted(book.pages()) == sorted(f"{page}.html" for page in PAGES)


@everywhere
def test_a_page_asks_nobody_else_for_anything(site: Site, eyes: Eyes, page: str, width: int, mode: str) -> None:
    assert eyes.visit(site.page(page), width, mode).strangers == []


@everywhere
def test_what_a_page_asks_for_is_there(site: Site, eyes: Eyes, page: str, width: int, mode: str) -> None:
    assert eyes.visit(site.page(page), width, mode).failures == []


@everywhere
def test_the_console_stays_quiet(site: Site, eyes: Eyes, page: str, width: int, mode: str) -> None:
    assert eyes.visit(site.page(page), width, mode).complaints == []


@everywhere
def test_nothing_sticks_out(site: Site, eyes: Eyes, page: str, width: int, mode: str) -> None:
    assert eyes.visit(site.page(page), width, mode).overflow == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_sticks_out_of_the_narrowest_window(site: Site, eyes: Eyes, page: str) -> None:
    """WCAG 2.2, 1.4.10: whoever enlarges a page four times has no more than this."""
    with eyes.open(site.page(page), 320) as opened:
        opened.evaluate("document.fonts.ready.then(() => true)")
        assert opened.evaluate(OVERFLOW) == []


@everywhere
def test_nobody_is_locked_out(site: Site, eyes: Eyes, page: str, width: int, mode: str) -> None:
    assert eyes.visit(site.page(page), width, mode).violations == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != "404"])  # which a server shows, and nobody else
def test_a_downloaded_folder_is_as_good_as_the_site(site: Site, eyes: Eyes, page: str) -> None:
    with eyes.listening(site.file(page)) as (_, found):
        assert (found.strangers, found.failures, found.complaints) == ([], [], [])


@pytest.mark.parametrize("address", ["/nowhere", "/a/b/nowhere.html", "/a/"])
def test_a_lost_reader_finds_the_book_from_any_depth(site: Site, eyes: Eyes, address: str) -> None:
    with eyes.listening(f"{site.url}{address}") as (page, found):
        page.get_by_role("link", name="Start at the beginning").click()
        page.get_by_role("heading", name="How a neural network computes its answer").wait_for()
    assert found.strangers == []
    assert found.failures == [f"404 {site.url}{address}"]  # and nothing else was missing
