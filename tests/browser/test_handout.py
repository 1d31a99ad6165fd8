"""A chapter on paper: few sheets, each of them used, and no answer in sight unless it was asked for."""

from __future__ import annotations

import re

import pytest

from tests.browser import handout
from tests.browser.conftest import Eyes, Site

SAID = """selector => [...document.querySelectorAll(selector)].flatMap(one => [...one.childNodes])
    .filter(node => node.nodeType === 3).map(node => node.textContent)"""
FEEDBACK, ANSWERS = ".fp-feedback p", "details.sd-dropdown p"
MARKED = "[...document.querySelectorAll('.fp-option input')].map(one => getComputedStyle(one).borderWidth)"


@pytest.fixture(scope="module")
def without(site: Site, eyes: Eyes) -> bytes:
    return handout.handout(eyes, site.page(handout.CHAPTER), "A4", answers=False)


@pytest.fixture(scope="module")
def whole(site: Site, eyes: Eyes) -> bytes:
    return handout.handout(eyes, site.page(handout.CHAPTER), "A4", answers=True)


def test_a_handout_takes_few_sheets_and_uses_each(site: Site, eyes: Eyes, without: bytes, whole: bytes) -> None:
    letter = handout.handout(eyes, site.page(handout.CHAPTER), "Letter", answers=False)
    full = [*map(handout.fullness, (without, letter, whole))]
    assert max(map(len, full[:2])) <= handout.SHEETS < len(full[2])
    assert min(map(min, full)) >= handout.FULL


def test_it_has_no_feedback_and_no_answer_unless_they_are_asked_for(
    site: Site, eyes: Eyes, without: bytes, whole: bytes
) -> None:
    few, all_ = (_plain(handout.words(pdf)) for pdf in (without, whole))
    with eyes.open(site.page(handout.CHAPTER)) as page:
        page.evaluate("fpUnfold()")  # what is folded is text until then
        for selector in (FEEDBACK, ANSWERS):
            said = [words for text in page.evaluate(SAID, selector) if (words := _plain(text)).count(" ") > 3]
            assert len(said) > 2
            assert [words for words in said if words in few] == []
            assert [words for words in said if words not in all_] == []
    assert "download forward" in few  # and the script is on it, to its end


def _plain(text: str) -> str:
    """Give the words alone: what a PDF has of signs, blanks and the ends of lines is its own affair."""
    return " ".join(re.findall(r"[a-z]{3,}", text.lower()))


def test_what_a_reader_chose_is_not_printed(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(handout.CHAPTER)) as page:
        for option in page.locator(".fp-option input").all()[:5]:
            option.check(force=True)
        page.emulate_media(media="print")
        assert len(set(page.evaluate(MARKED))) == 1
        assert page.locator(".fp-feedback:visible").count() == 0


def test_the_links_of_a_page_print_it_either_way(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(handout.CHAPTER)) as page:
        page.evaluate("window.asked = []; window.print = () => window.asked.push(location.hash); 0")
        page.get_by_role("link", name="Print with answers").click()
        page.get_by_role("link", name="Print as a handout").click()
        assert page.evaluate("asked") == ["#with-answers", "#without-answers"]


def test_a_sheet_that_is_almost_empty_is_noticed_and_saved_where_that_can_be(eyes: Eyes) -> None:
    with eyes.open("about:blank") as page:
        page.set_content("<p>One line.</p>")
        assert max(handout.fullness(handout.printed(page, "A4"))) < handout.FULL
        page.set_content("<div style='height: 296mm; background: grey'></div><p>A last line.</p>")
        assert len(handout.fullness(page.pdf(format="A4", print_background=True))) == 2
        assert len(handout.fullness(handout.printed(page, "A4"))) == 1
