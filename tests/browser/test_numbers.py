"""Choosing a number on a page says where it comes from, by mouse and by keyboard; the foot says it to everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import MODES, READERS, Eyes, Site
from tests.browser.visit import OVERFLOW, axe, axe_by_day_and_night

PAGE = "neurons"
BOX = ".fp-origin"
EXPLORE = "Explore this page’s numbers"
ACTIVE = "document.activeElement"

modes = pytest.mark.parametrize("mode", MODES)


def entries(site: Site, page: str = PAGE) -> dict[int, dict[str, Any]]:
    """The numbers that the build says it placed on a page, by the steps that mark them."""
    ledger = json.loads((site.folder / "ledger.json").read_text("utf-8"))["pages"][page].get("entries", ())
    return {entry["step"]: entry for entry in ledger if entry["kind"] == "number"}


def said(box: Locator) -> dict[str, str]:
    """What the box says, by its names."""
    names, values = box.locator("dt").all_inner_texts(), box.locator("dd").all_text_contents()
    return dict(zip(names, values, strict=True))


def marks(number: Locator) -> list[int]:
    """The steps of what stands in an element."""
    return [int(place) for place in re.findall(r"\bfp-n(\d+)\b", number.get_attribute("class") or "")]


def revealed(number: Locator) -> Locator:
    """Open what a number is folded away in: the option of a quick check whose feedback it is in, or a panel."""
    number.evaluate("""e => {
        const option = e.closest('.fp-feedback')?.parentElement.querySelector('input');
        if (option && !option.checked) option.click();
        for (let at = e.parentElement; at; at = at.parentElement) if (at.localName === 'details') at.open = true;
    }""")
    return number


def expected(entry: dict[str, Any]) -> dict[str, str]:
    exact = {"exact value": entry["exact"].replace("-", "−")} if entry["exact"] else {}
    return {"expression": entry["source"], **exact, "line of the source": str(entry["line"])}


@pytest.fixture
def fraction(site: Site, eyes: Eyes) -> tuple[int, dict[str, Any]]:
    """A number of the page's sentences whose exact value is a fraction."""
    with eyes.open(site.page(PAGE), scripts=False) as page:
        seen = "[...document.querySelectorAll('article .fp-n')]"
        seen += ".filter(e => e.checkVisibility() && !e.closest('a, label, summary')).map(e => e.className)"
        marked = page.evaluate(seen)
    places = [int(place) for name in marked for place in re.findall(r"fp-n(\d+)", name)]
    known = entries(site)
    return next((at, known[at]) for at in places if "/" in known[at]["exact"])


@contextmanager
def exploring(eyes: Eyes, url: str, width: int = 1280, mode: str = "light") -> Iterator[Page]:
    """A page in which the keyboard has found the early button, and pressed it."""
    with eyes.open(url, width, mode) as page:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"{ACTIVE}.textContent") == EXPLORE:
                break
        page.keyboard.press("Enter")
        yield page


def place(page: Page) -> str:
    """The mark of the number that has the focus."""
    return str(page.evaluate(f"[...{ACTIVE}.classList].find(c => /^fp-n\\d+$/.test(c)) ?? ''"))


# Without scripts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 390])
def test_without_scripts_the_foot_has_every_number_and_nothing_that_does_not_work(
    site: Site, eyes: Eyes, width: int
) -> None:
    with eyes.open(site.page(PAGE), width, scripts=False) as page:
        page.locator(".fp-certificate summary").click()
        for at, entry in entries(site).items():
            cells = page.locator(f"#fp-number-{at} :is(th, td)")
            assert cells.first.is_visible()
            number, expression = cells.all_text_contents()[:2]
            assert expression == entry["source"]
            assert number == entry["text"] if entry["medium"] == "text" else number
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_text(EXPLORE).count() == 0
        assert page.locator(f"{BOX}, .fp-choosable").count() == 0


def test_on_paper_the_page_says_what_was_proved(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(PAGE)) as page:
        page.emulate_media(media="print")
        assert page.locator(".fp-certificate > p").is_visible()
        assert page.locator(".fp-certificate tbody tr").last.is_hidden(), "it would be as long as some sections"
        assert page.locator(".fp-explore:visible").count() == 0
        page.emulate_media(media="screen")
        page.get_by_role("button", name=EXPLORE).last.click()
        number = page.locator("article .fp-n1")
        lines = []
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            lines.append(number.evaluate("e => getComputedStyle(e).textDecorationLine"))
        assert lines == ["underline", "none"]
        assert page.locator(".fp-explore:visible, .fp-of-formula:visible").count() == 0


# By mouse and by finger ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["page", "file"])
def test_a_click_says_the_expression_and_the_exact_value(
    site: Site, eyes: Eyes, fraction: tuple[int, dict[str, Any]], address: str
) -> None:
    at, entry = fraction
    with eyes.open(getattr(site, address)(PAGE)) as page:
        page.locator(f"article .fp-n{at}").click()
        box = page.locator(BOX)
        assert box.is_visible()
        assert said(box) == expected(entry)


def test_every_number_of_the_page_says_its_own(site: Site, eyes: Eyes) -> None:
    known = entries(site)
    with eyes.open(site.page(PAGE)) as page:
        numbers = page.locator("article .fp-n.fp-choosable").all()
        assert len(numbers) > 20
        assert any(number.is_hidden() for number in numbers), "the feedback of a quick check has numbers, too"
        for number in numbers:
            revealed(number).click()
            (mark,) = marks(number)
            assert said(page.locator(BOX)) == expected(known[mark])
            page.keyboard.press("Escape")  # the box may lie over the next one, and moves as the page is scrolled


def test_a_formula_says_where_each_of_its_numbers_comes_from(site: Site, eyes: Eyes) -> None:
    known = entries(site, "matrix-multiplication")
    with eyes.open(site.page("matrix-multiplication")) as page:
        formulas = page.locator("article .math.fp-choosable").all()
        assert len(formulas) > 5
        for formula in formulas:
            revealed(formula).click()
            lists = page.locator(f"{BOX} dl").all()
            assert len(lists) == len(marks(formula))
            for mark, origin in zip(marks(formula), lists, strict=True):
                told = said(origin)
                if len(lists) > 1:
                    assert told.pop("number")
                assert told == expected(known[mark])
            page.keyboard.press("Escape")


def test_by_keyboard_a_formula_has_a_button_and_stays_mathematics(site: Site, eyes: Eyes) -> None:
    with exploring(eyes, site.page("matrix-multiplication")) as page:
        button = page.get_by_role("button", name="Numbers of this formula").first
        button.focus()
        page.keyboard.press("Enter")
        assert page.locator(f"{BOX} dl").count() >= 1
        assert button.get_attribute("aria-expanded") == "true"
        page.keyboard.press("Escape")
        assert page.locator(BOX).is_hidden()
        assert page.evaluate(f"{ACTIVE}.textContent") == "Numbers of this formula"
        assert page.locator("article .math[role=button], article [role=button] math").count() == 0
        assert axe(page) == []


def test_a_click_elsewhere_closes_the_box(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(PAGE)) as page:
        page.locator("article .fp-n1").click()
        assert page.locator(BOX).is_visible()
        page.locator("article h1").click()
        assert page.locator(BOX).is_hidden()


def test_the_box_leads_to_the_number_in_the_table(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(PAGE)) as page:
        page.locator("article .fp-n1").click()
        page.evaluate("document.addEventListener('click', e => e.preventDefault(), { once: true })")
        page.locator(f"{BOX} a").click()
        assert page.locator("#fp-number-1").is_visible(), "some browsers would open it themselves, others would not"
        page.evaluate("document.querySelector('.fp-certificate details').open = false")
        page.locator("article .fp-n1").click()
        page.locator(f"{BOX} a").click()
        assert page.locator(BOX).is_hidden()
        assert page.evaluate("document.querySelector(':target').id") == "fp-number-1"
        assert page.locator("#fp-number-1").is_visible()


def test_a_number_in_a_link_is_left_to_the_link(eyes: Eyes, site: Site) -> None:
    with eyes.open(site.page(PAGE)) as page:
        inside = _inside(site, r'<a href="#elsewhere">\g<0></a>')
        page.route("**/neurons.html", lambda route: route.fulfill(body=inside, content_type="text/html"))
        page.reload()
        page.locator("article a .fp-n1").click()
        assert page.evaluate("location.hash") == "#elsewhere"
        assert page.locator(BOX).is_hidden()


def test_a_number_on_what_unfolds_is_left_to_it(eyes: Eyes, site: Site) -> None:
    with eyes.open(site.page(PAGE)) as page:
        inside = _inside(site, r"<details id='own'><summary>\g<0></summary>More</details>")
        page.route("**/neurons.html", lambda route: route.fulfill(body=inside, content_type="text/html"))
        page.reload()
        page.locator("#own .fp-n1").click()
        assert page.locator("#own").get_by_text("More").is_visible()
        assert page.locator(BOX).is_hidden()


def _inside(site: Site, holder: str) -> str:
    """The page with its first number in something else."""
    html = (site.folder / f"{PAGE}.html").read_text("utf-8")
    head, start, article = html.partition("<article")
    changed, done = re.subn(r'<span class="fp-n fp-n1">.*?</span>', holder, article, count=1)
    assert done
    return head + start + changed


def test_pointing_at_a_number_underlines_it_and_moves_nothing(site: Site, eyes: Eyes) -> None:
    line = "e => getComputedStyle(e).textDecorationLine + ' ' + getComputedStyle(e).textDecorationStyle"
    with eyes.open(site.page(PAGE)) as page:
        number = page.locator("article .fp-n1")
        number.scroll_into_view_if_needed()
        before, plain = number.bounding_box(), number.evaluate(line)
        number.hover()
        assert (plain, number.evaluate(line)) == ("none solid", "underline dotted")
        assert number.evaluate("e => getComputedStyle(e).cursor") == "pointer"
        assert number.bounding_box() == before


def test_the_number_of_an_open_box_is_told_from_others(site: Site, eyes: Eyes) -> None:
    line = "e => getComputedStyle(e).textDecorationStyle"
    with exploring(eyes, site.page(PAGE)) as page:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        first, second, *_ = page.locator("article .fp-n.fp-choosable:visible").all()
        assert (first.evaluate(line), second.evaluate(line)) == ("solid", "dotted")


def test_the_box_stays_beside_its_number(site: Site, eyes: Eyes) -> None:
    gap = f"""document.querySelector('{BOX}').getBoundingClientRect().top
        - document.querySelector('article .fp-n1').getBoundingClientRect().bottom"""
    with eyes.open(site.page(PAGE)) as page:
        page.locator("article .fp-n1").click()
        before = page.evaluate(gap)
        page.mouse.wheel(0, 120)
        page.wait_for_function("scrollY > 60")
        assert 0 < before < 12
        assert abs(page.evaluate(gap) - before) < 1


GAP = f"""document.querySelector('{BOX}').getBoundingClientRect().top
    - document.querySelector('article .fp-n1').getBoundingClientRect().bottom"""


def test_it_stays_there_when_the_window_changes_and_when_something_scrolls_within_the_page(
    site: Site, eyes: Eyes
) -> None:
    with eyes.open(site.page(PAGE)) as page:
        page.locator("article .fp-n1").evaluate("""number => {
            const around = number.closest("p");
            around.style.cssText = "display: block; height: 9em; overflow: auto";
            around.append(Object.assign(document.createElement("span"), { style: "display: block; height: 40em" }));
        }""")
        page.locator("article .fp-n1").click()
        before = page.evaluate(GAP)
        page.locator("p:has(> .fp-n1)").evaluate("e => { e.scrollTop = 17 }")
        page.wait_for_function(f"Math.abs({GAP} - {before}) < 1")
        page.set_viewport_size({"width": 500, "height": 800})
        page.wait_for_function(f"Math.abs({GAP} - {before}) < 1")


def test_where_there_is_no_room_below_the_box_is_above(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(PAGE)) as page:
        number = page.locator("article .fp-n.fp-choosable:visible").last
        number.evaluate("e => e.scrollIntoView({ block: 'end' })")
        number.click()
        below, box = number.bounding_box(), page.locator(BOX).bounding_box()
        assert below is not None
        assert box is not None
        assert 0 <= box["y"] < box["y"] + box["height"] <= below["y"]


def test_to_mark_a_number_is_not_to_choose_it(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(PAGE)) as page:
        number = page.locator("article .fp-n1")
        number.scroll_into_view_if_needed()
        line = number.evaluate("e => e.getClientRects()[0].toJSON()")  # it may run over two
        middle = line["y"] + line["height"] / 2
        page.mouse.move(line["x"] + 1, middle)
        page.mouse.down()
        page.mouse.move(line["x"] + line["width"] - 3, middle, steps=4)
        page.mouse.up()
        assert number.evaluate("(e) => getSelection().containsNode(e, true) && !getSelection().isCollapsed")
        assert page.locator(BOX).is_hidden()


def test_a_box_of_many_numbers_scrolls_and_stays_in_the_window(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("matrix-multiplication")) as page:
        formulas = page.locator("article .math.fp-choosable")
        most = max(range(formulas.count()), key=lambda at: len(marks(formulas.nth(at))))
        revealed(formulas.nth(most)).click()
        box = page.locator(BOX)
        assert box.evaluate("e => [e.scrollHeight > e.clientHeight, e.offsetHeight <= innerHeight - 16]") == [
            True,
            True,
        ]


def test_on_a_phone_no_box_makes_the_page_scroll_sideways(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(PAGE), 390) as page:
        for number in page.locator("article .fp-choosable").all():
            revealed(number).click()
            edges = page.locator(BOX).bounding_box()
            assert edges is not None
            assert edges["x"] >= 0
            assert edges["x"] + edges["width"] <= 390
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.keyboard.press("Escape")  # the box of one number may lie over the next
            page.locator(BOX).wait_for(state="hidden")
        assert page.evaluate(OVERFLOW) == []


# By ear ---------------------------------------------------------------------------------------------------------------


def test_the_box_has_a_name_and_says_what_it_says(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("matrix-multiplication")) as page:
        number = page.locator("article .fp-n.fp-choosable:visible").first
        number.click()
        assert f'dialog "Where {number.inner_text()} comes from"' in page.locator(BOX).aria_snapshot()
        described = page.locator(BOX).get_attribute("aria-describedby")
        assert page.locator(f"#{described} dd").count() > 1
        several = (f for f in page.locator("article .math.fp-choosable:visible").all() if len(marks(f)) > 1)
        next(several).click()
        assert 'dialog "Where the numbers of this formula come from"' in page.locator(BOX).aria_snapshot()


STATES = "e => ['role', 'aria-haspopup', 'aria-expanded', 'tabindex'].map(name => e.getAttribute(name))"


def test_a_number_is_a_button_while_the_keyboard_explores_and_a_number_else(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("matrix-multiplication")) as page:
        number = page.locator("article .fp-n.fp-choosable:visible").first
        asked, again = page.get_by_role("button", name=EXPLORE).all()
        formulas = page.get_by_role("button", name="Numbers of this formula")
        assert (number.evaluate(STATES), formulas.count()) == ([None] * 4, 0)
        keys = page.locator(f"#{asked.get_attribute('aria-describedby')}")
        assert keys.text_content() == "The arrow keys go from number to number; Enter says where one comes from."
        assert again.get_attribute("aria-describedby") == asked.get_attribute("aria-describedby")
        number.click()
        assert number.evaluate(STATES)[:3] == [None] * 3, "a mouse makes no button of it"
        page.keyboard.press("Escape")
        assert number.evaluate("e => e === document.activeElement")
        again.click()
        assert again.locator("xpath=following-sibling::span").is_visible()
        assert number.evaluate(STATES) == ["button", "dialog", "false", "0"]
        assert page.locator("article .fp-n[role=button][tabindex='0']").count() == 1, "one stop for all numbers"
        assert formulas.count() > 5
        names = [str(one.get_attribute("aria-labelledby")) for one in formulas.all()]
        said = page.evaluate(
            "all => all.map(ids => ids.split(' ').map(id => document.getElementById(id).textContent))", names
        )
        assert {words for words, _ in said} == {"Numbers of this formula"}
        assert all(formula for _, formula in said)
        assert len(set(names)) == len(names)
        again.click()
        assert again.locator("xpath=following-sibling::span").is_hidden()
        assert (number.evaluate(STATES), formulas.count()) == ([None] * 4, 0)


# By keyboard ---------------------------------------------------------------------------------------------------------


def test_by_keyboard_one_goes_from_number_to_number(site: Site, eyes: Eyes) -> None:
    known = entries(site)
    with exploring(eyes, site.page(PAGE)) as page:
        page.keyboard.press("ArrowRight")
        first = place(page)
        page.keyboard.press("ArrowRight")
        second = place(page)
        page.keyboard.press("ArrowLeft")
        assert (place(page), first != second) == (first, True)

        page.keyboard.press("Enter")
        assert page.evaluate(f"{ACTIVE}.matches('{BOX}')")
        assert said(page.locator(BOX)) == expected(known[int(first.removeprefix("fp-n"))])
        page.keyboard.press("Escape")
        assert page.locator(BOX).is_hidden()
        assert place(page) == first

        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")  # the open box goes along
        assert said(page.locator(BOX)) == expected(known[int(second.removeprefix("fp-n"))])
        assert page.locator(f"article .{second}").get_attribute("aria-expanded") == "true"
        assert page.locator(f"article .{first}").get_attribute("aria-expanded") == "false"


def test_without_being_asked_no_number_is_a_stop_of_the_tab_key(site: Site, eyes: Eyes) -> None:
    stops = "document.querySelectorAll('.fp-n[tabindex=\"0\"], .fp-n[role]').length"
    with exploring(eyes, site.page(PAGE)) as page:
        button = page.get_by_role("button", name=EXPLORE).first
        assert (button.get_attribute("aria-pressed"), page.evaluate(stops) > 20) == ("true", True)
        page.keyboard.press("Tab")
        assert page.evaluate(f"{ACTIVE}.className").split()[0] == "fp-n"
        page.keyboard.press("ArrowRight")
        assert page.locator("article [tabindex='0']:is(.fp-n, .fp-of-formula)").count() == 1
        button.focus()
        page.keyboard.press("Enter")
        assert (button.get_attribute("aria-pressed"), page.evaluate(stops)) == ("false", 0)
        page.keyboard.press("ArrowRight")
        assert page.evaluate(f"{ACTIVE}.textContent") == EXPLORE


def test_the_early_button_is_seen_only_while_it_has_the_focus(site: Site, eyes: Eyes) -> None:
    width = "document.querySelector('.fp-early').getBoundingClientRect().width"
    with exploring(eyes, site.page(PAGE), 390) as page:
        assert page.evaluate(width) > 100
        assert page.evaluate(OVERFLOW) == []
        page.keyboard.press("ArrowRight")
        assert page.evaluate(width) <= 1


def test_the_last_number_is_followed_by_the_late_button_and_nothing_else(site: Site, eyes: Eyes) -> None:
    with exploring(eyes, site.page(PAGE)) as page:
        page.get_by_role("button", name=EXPLORE).last.focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate(f"{ACTIVE}.closest('.fp-explore:not(.fp-early)') !== null")
        page.keyboard.press("ArrowLeft")
        last = page.locator("article .fp-n.fp-choosable:visible").last
        assert last.evaluate("e => e === document.activeElement")


def test_keys_that_it_knows_move_no_page_and_others_are_left_alone(site: Site, eyes: Eyes) -> None:
    with exploring(eyes, site.page(PAGE)) as page:
        page.keyboard.press("ArrowRight")
        page.evaluate("window.left = {}; addEventListener('keydown', e => left[e.key] = !e.defaultPrevented)")
        first = place(page)
        for key in ("Alt+ArrowRight", "Control+ArrowRight", "Shift+ArrowRight", "ArrowDown"):
            page.keyboard.press(key)
            assert place(page) == first
        assert page.evaluate("[left.ArrowRight, left.ArrowDown]") == [True, True]
        page.keyboard.press("ArrowRight")
        page.keyboard.press(" ")
        assert page.evaluate("[left.ArrowRight, left[' ']]") == [False, False]
        page.keyboard.press("ArrowRight")
        assert page.locator(f"{BOX}:popover-open").count() == 1
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("left.Enter") is False


def test_an_arrow_key_from_a_number_without_an_open_box_opens_none(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(PAGE)) as page:
        page.locator("article .fp-n1").click()
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowRight")  # nobody asked to explore
        assert page.evaluate(f"{ACTIVE}.matches('.fp-n1')")


def test_numbers_that_are_folded_away_are_passed_over(site: Site, eyes: Eyes) -> None:
    with exploring(eyes, site.page(PAGE)) as page:
        page.evaluate("document.querySelector('article .fp-n1').style.display = 'none'")
        page.keyboard.press("ArrowRight")
        assert place(page) == "fp-n2"


# For everybody -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "mode"), READERS)
def test_nobody_is_locked_out_of_the_box(site: Site, eyes: Eyes, width: int, mode: str) -> None:
    with exploring(eyes, site.page(PAGE), width, mode) as page:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.evaluate("document.querySelector('.fp-certificate details').open = true")
        assert page.locator(BOX).is_visible()
        assert axe_by_day_and_night(page) == []


@modes
def test_the_focus_is_seen_on_buttons_numbers_and_box(site: Site, eyes: Eyes, mode: str) -> None:
    ring = f"parseFloat(getComputedStyle({ACTIVE}).outlineWidth) * (getComputedStyle({ACTIVE}).outlineStyle !== 'none')"
    with exploring(eyes, site.page(PAGE), mode=mode) as page:
        for key in ("", "ArrowRight", "Enter", "Tab"):
            if key:
                page.keyboard.press(key)
            assert page.evaluate(ring) >= 2, key
