"""A quick check: answered by mouse, finger and keyboard, with scripts or without any."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import MODES, READERS, Eyes, Site
from tests.browser.visit import OVERFLOW, axe_by_day_and_night, leave

CHAPTERS = ("neurons", "matrix-multiplication")
ACTIVE = "document.activeElement"
with_and_without = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def quizzes(page: Page) -> list[Locator]:
    return page.locator(".fp-quiz").all()


def shown(quiz: Locator) -> list[int]:
    """The options whose feedback is seen."""
    return [at for at, one in enumerate(quiz.locator(".fp-feedback").all()) if one.is_visible()]


@with_and_without
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_option_has_its_feedback_and_one_is_right(site: Site, eyes: Eyes, chapter: str, scripts: bool) -> None:
    with eyes.open(site.page(chapter), scripts=scripts) as page:
        for quiz in quizzes(page):
            assert shown(quiz) == []
            words = []
            for at, label in enumerate(quiz.locator("label").all()):
                label.click()
                assert shown(quiz) == [at]
                words.append(quiz.locator(".fp-feedback strong").nth(at).inner_text())
            assert sorted(words) == [*["No."] * (len(words) - 1), "Right."]


def test_the_sections_have_the_checks_of_the_source_and_eight_of_their_own(site: Site, eyes: Eyes) -> None:
    asked = 0
    for chapter in CHAPTERS:
        with eyes.open(site.page(chapter)) as page:
            asked += len(quizzes(page))
    assert asked >= 2 + 8


def test_the_right_answer_looks_it(site: Site, eyes: Eyes) -> None:
    look = """all => all.map(e => [e.querySelector("strong").textContent, getComputedStyle(e).borderInlineStartColor,
        getComputedStyle(e.querySelector("strong")).color])"""
    with eyes.open(site.page("neurons")) as page:
        looks = {tuple(seen) for seen in page.locator(".fp-feedback").evaluate_all(look)}
    (right,) = (seen for seen in looks if seen[0] == "Right.")
    (wrong,) = (seen for seen in looks if seen[0] == "No.")
    assert not set(right) & set(wrong)


def test_an_answer_to_one_leaves_the_others_alone(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("neurons")) as page:
        first, second, *_ = quizzes(page)
        first.locator("label").first.click()
        second.locator("label").last.click()
        assert shown(first) == [0]
        assert shown(second) == [second.locator("label").count() - 1]


@with_and_without
def test_by_keyboard_alone(site: Site, eyes: Eyes, scripts: bool) -> None:
    with eyes.open(site.page("matrix-multiplication"), scripts=scripts) as page:
        quiz = quizzes(page)[0]
        quiz.locator("input").first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert quiz.locator("input:focus").count() == 1
        page.keyboard.press("Space")
        assert shown(quiz) == [0]
        page.keyboard.press("ArrowDown")
        assert shown(quiz) == [1]
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert shown(quiz) == [quiz.locator("input").count() - 1]
        page.keyboard.press("Tab")
        assert quiz.locator("input:focus").count() == 0


def test_a_finger_has_room(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("neurons"), 390) as page:
        for label in page.locator(".fp-option label").all():
            box = label.bounding_box()
            assert box is not None
            assert box["height"] >= 24


def test_it_is_a_group_of_radio_buttons_to_a_screen_reader(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("matrix-multiplication")) as page:
        tree = quizzes(page)[0].aria_snapshot()
        assert tree.startswith('- group "You multiply x, of shape')
        assert '- radio "(3,)"' in tree
        for option in quizzes(page)[0].locator(".fp-option").all():
            assert option.get_attribute("aria-live") == "polite"


@pytest.mark.parametrize(("width", "mode"), READERS)
def test_nobody_is_locked_out_and_nothing_sticks_out(site: Site, eyes: Eyes, width: int, mode: str) -> None:
    for chapter in CHAPTERS:
        with eyes.open(site.page(chapter), width, mode) as page:
            leave(page, ".fp-quiz")
            for at, quiz in enumerate(quizzes(page)):
                quiz.locator("label").nth(at % 3).click()
            assert axe_by_day_and_night(page, ".fp-quiz") == []
            assert page.evaluate(OVERFLOW) == []


@pytest.mark.parametrize("mode", MODES)
def test_the_focus_and_the_choice_are_seen(site: Site, eyes: Eyes, mode: str) -> None:
    look = "e => { const s = getComputedStyle(e); return [s.borderWidth, s.borderColor].join(); }"
    with eyes.open(site.page("neurons"), mode=mode) as page:
        button = page.locator(".fp-option input").first
        before = button.evaluate(look)
        button.focus()
        page.keyboard.press("Space")
        assert page.evaluate(f"parseFloat(getComputedStyle({ACTIVE}).outlineWidth)") >= 2
        assert button.evaluate(look) != before


def test_on_paper_every_feedback_is_there_if_it_is_asked_for(site: Site, eyes: Eyes) -> None:
    with eyes.open(f"{site.page('neurons')}#with-answers") as page:
        page.emulate_media(media="print")
        assert all(one.is_visible() for one in page.locator(".fp-feedback").all())


def test_a_number_of_an_option_is_chosen_with_it(site: Site, eyes: Eyes) -> None:
    """Elsewhere a click on a number says where it comes from; here it answers."""
    with eyes.open(site.page("matrix-multiplication")) as page:
        quiz = quizzes(page)[0]
        quiz.locator("label .fp-n").nth(1).click()
        assert shown(quiz) == [1]
        assert page.locator(".fp-origin").is_hidden()


def test_it_works_from_a_folder(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.file("neurons")) as page:
        quizzes(page)[0].locator("label").first.click()
        assert shown(quizzes(page)[0]) == [0]
