"""A product, stepped: by finger, by mouse, by keyboard, by ear, and without any script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

import fwdpass as fp
from fwdpass.figures.dot import written
from fwdpass.figures.product import Product, steps
from fwdpass.lesson import W1, W2, b1, x
from tests.browser.conftest import MODES, READERS, Eyes, Site
from tests.browser.visit import OVERFLOW, axe_by_day_and_night, leave

ACTIVE = "document.activeElement"
BIG = np.arange(64 * 32).reshape(64, 32) % 7 - 3

VIEWS = {
    "x @ W1 + b1": fp.product(x, W1, "x", "h", bias=b1),
    "W1 @ W2": fp.product(W1, W2, "x", "h", "y"),
    "W1.T @ x": fp.product(W1.T, x, "h", "x"),
    "64 x 32": fp.product(np.arange(64) % 3, BIG, "x", "h"),
}
"""What stands on the page ``products``, in this order."""
every = pytest.mark.parametrize("view", VIEWS)
LESSON = [
    "column h1, step 1 of 5: 1 × (−0.5) = −0.5, running sum −0.5",
    "column h1, step 2 of 5: 0 × 0.4 = 0.0, running sum −0.5",
    "column h1, step 3 of 5: 1 × 0.3 = 0.3, running sum −0.2",
    "column h1, step 4 of 5: 1 × 0.2 = 0.2, running sum 0.0",
    "column h1, step 5 of 5: bias −0.1, running sum −0.1",
]


def product(view: str) -> Product:
    figure = VIEWS[view]
    assert isinstance(figure, Product)
    return figure


def announcements(view: str) -> list[list[str]]:
    """What each step of each entry should say."""
    figure = product(view)
    return [
        [
            f"{figure._which}{', '.join(map(str, names))}, step {k} of {len(sum_.sums)}: {how}, "
            f"running sum {sum_.sums[k - 1]}"
            for k, how in enumerate(steps(sum_), 1)
        ]
        for names, sum_ in zip(figure.names, written(figure.dots, "text"), strict=True)
    ]


def element(page: Page, view: str) -> Locator:
    return page.locator("fp-product").nth(list(VIEWS).index(view))


def button(shown: Locator, name: str) -> Locator:
    return shown.get_by_role("button", name=name, exact=True)


def said(shown: Locator) -> str:
    return str(shown.locator("output").text_content())


def marked(shown: Locator, kind: str = "fp-on") -> list[list[str]]:
    """The texts of the marked cells, matrix by matrix."""
    tables = shown.locator(".fp-equation table").all()
    return [table.locator(f"td.{kind}").all_text_contents() for table in tables]


PLACES_NOW = "all => all.flatMap((one, at) => one.matches('.fp-now') ? [at] : [])"


def signs(shown: Locator) -> int:
    """How many signs there are between the terms of the sum."""
    texts = shown.locator(".fp-stage").evaluate(
        "e => [...e.childNodes].map(n => n.nodeType === 3 ? n.data : '').join()"
    )
    return str(texts).count("+")


@pytest.fixture
def page(bench: Site, eyes: Eyes) -> Iterator[Page]:
    with eyes.open(bench.page("products")) as opened:
        yield opened


# Without scripts -----------------------------------------------------------------------------------------------------


@every
def test_without_scripts_every_sum_and_every_running_sum_is_there(bench: Site, eyes: Eyes, view: str) -> None:
    figure = product(view)
    with eyes.open(bench.page("products"), scripts=False) as bare:
        shown = element(bare, view)
        for folded in shown.locator("summary").all():
            folded.click()
        values = shown.locator(".fp-product tbody td:last-child")
        assert values.all_inner_texts() == [sum_.value for sum_ in written(figure.dots, "text")]
        steps = shown.locator(".fp-steps tbody tr")
        for row, expected in zip(steps.all(), announcements(view), strict=True):
            heads = [head.split(" of")[0] for head in shown.locator(".fp-steps thead small").all_inner_texts()]
            assert heads == [f"step {k}" for k in range(1, len(expected) + 1)]
            cells = [re.split(r"\s+(?=\S+$)", cell) for cell in row.locator("td").all_inner_texts()]
            assert [f"{how}, running sum {value}" for how, value in cells] == [e.partition(": ")[2] for e in expected]
            assert row.locator("td").first.is_visible()


def test_without_scripts_nothing_is_there_that_does_not_work(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.page("products"), scripts=False) as bare:
        assert bare.locator("fp-product :is(button, output, [role=grid], td[tabindex])").count() == 0
        assert bare.locator(".fp-live:visible").count() == 0


# By mouse and by finger ----------------------------------------------------------------------------------------------


def test_a_choice_marks_a_row_and_a_column_and_writes_the_sum_out(page: Page) -> None:
    shown = element(page, "W1 @ W2")
    shown.locator("[role=grid] td[tabindex]").nth(5).click()
    assert marked(shown)[:2] == [["−0.3", "0.4", "−0.2"], ["−0.2", "0.5", "−0.4"]]
    assert said(shown) == "x1, y1: (−0.3) × (−0.2) + 0.4 × 0.5 + (−0.2) × (−0.4) = 0.34"
    assert shown.locator(".fp-stage .fp-term small").all_text_contents() == ["0.06", "0.26", "0.34"]
    assert shown.locator("[aria-selected=true]").all_text_contents() == ["0.34"]
    assert shown.locator("tr.fp-on th").text_content() == "x1, y1"
    assert shown.locator(".fp-stage").inner_text().startswith("x1, y1:")
    assert signs(shown) == 2
    assert shown.locator(".fp-now, .fp-coming").count() == 0, "it is all there, and nothing is just now"


@pytest.mark.parametrize("mode", MODES)
def test_what_is_marked_is_seen(bench: Site, eyes: Eyes, mode: str) -> None:
    look = "all => all.map(e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).boxShadow].join())"
    with eyes.open(bench.page("products"), mode=mode) as page:
        shown = element(page, "W1 @ W2")
        left, sums = (
            shown.locator(".fp-equation table").first.locator("tbody td"),
            shown.locator(".fp-product tbody td"),
        )
        result = shown.locator("[role=grid] td[tabindex]")
        plain = [cells.evaluate_all(look)[0] for cells in (left, sums, result)]
        result.first.click()
        on, now, *_ = left.evaluate_all(look)
        assert plain[0] not in {on, now}
        button(shown, "Step").click()
        now, on, *_ = left.evaluate_all(look)
        assert len({plain[0], on, now}) == 3
        assert sums.evaluate_all(look)[0] != plain[1]
        assert result.evaluate_all(look)[0] != plain[2]
        assert shown.locator(".fp-stage .fp-coming").first.evaluate("e => getComputedStyle(e).visibility") == "hidden"


@pytest.mark.parametrize(
    ("view", "entry", "left", "right"),
    [
        ("x @ W1 + b1", 2, ["1", "0", "1", "1"], ["0.1", "−0.2", "0.5", "−0.1"]),
        ("W1.T @ x", 1, ["−0.5", "0.4", "0.3", "0.2"], ["1", "0", "1", "1"]),
        ("W1 @ W2", 11, ["0.1", "0.3", "0.5"], ["0.1", "0.2", "−0.5"]),
    ],
)
def test_what_is_marked_is_what_meets(page: Page, view: str, entry: int, left: list[str], right: list[str]) -> None:
    shown = element(page, view)
    shown.locator("[role=grid] td[tabindex]").nth(entry).click()
    assert marked(shown)[:2] == [left, right]


@every
def test_each_step_is_announced_and_marks_what_meets_in_it(page: Page, view: str) -> None:
    shown, figure = element(page, view), product(view)
    for entry, announced in enumerate(announcements(view)[:4]):
        for k, expected in enumerate(announced):
            button(shown, "Step").click()
            assert said(shown) == expected
            assert shown.locator(".fp-stage .fp-term:not(.fp-coming)").count() == k + 1
            assert signs(shown) == k, "those of terms that are to come are to come, too"
            assert shown.locator(".fp-stage .fp-term").evaluate_all(PLACES_NOW) == [k]
            assert shown.locator(".fp-stage > span").last.text_content() == f"= {expected.rpartition(' ')[2]}"
            if k < len(figure.dots[entry].left):
                now = [cells[0] for cells in marked(shown, "fp-now")[:2]]
                assert " × ".join(f"({n})" if n[0] == "−" else n for n in now) == expected.split(": ")[1].split(" =")[0]


def test_what_stands_for_others_is_no_entry_and_changes_nothing(page: Page) -> None:
    shown = element(page, "64 x 32")
    shown.locator("[role=grid] td[tabindex]").nth(2).click()
    before = said(shown)
    shown.locator("[role=grid] td:not([tabindex])").last.click()
    shown.locator("[role=grid] th").first.click()
    assert (shown.get_attribute("entry"), said(shown)) == ("2", before)


def test_the_steps_of_a_neuron_are_these(page: Page) -> None:
    shown = element(page, "x @ W1 + b1")
    shown.locator("[role=grid] td[tabindex]").nth(1).click()
    heard = []
    for _ in LESSON:
        button(shown, "Step").click()
        heard.append(said(shown))
    assert heard == LESSON
    assert marked(shown, "fp-now")[2] == ["−0.1"]


def test_back_takes_back_one_step_and_reset_all(page: Page) -> None:
    shown = element(page, "x @ W1 + b1")
    first, second = announcements("x @ W1 + b1")[:2]
    assert [button(shown, name).is_disabled() for name in ("Back", "Step", "Play", "Reset")] == [
        True,
        False,
        False,
        True,
    ]
    for _ in range(6):
        button(shown, "Step").click()
    assert said(shown) == second[0]
    button(shown, "Back").click()
    assert said(shown) == first[-1]
    button(shown, "Back").click()
    assert said(shown) == first[-2]
    button(shown, "Reset").click()
    assert said(shown) == "Choose an entry of the result, or take a step."
    assert shown.locator(".fp-on, .fp-now, [aria-selected=true], .fp-stage > *").count() == 0


def test_the_last_step_is_the_last(page: Page) -> None:
    shown = element(page, "W1.T @ x")
    for _ in range(12):
        button(shown, "Step").click()
    assert said(shown) == announcements("W1.T @ x")[2][3]
    assert button(shown, "Step").is_disabled()
    assert shown.get_attribute("entry") == "2"


def test_play_goes_on_by_itself_until_it_is_paused_or_at_its_end(bench: Site, eyes: Eyes) -> None:
    expected = [step for entry in announcements("W1.T @ x") for step in entry]
    with eyes.still(bench.page("products")) as page:
        shown = element(page, "W1.T @ x")
        button(shown, "Play").click()
        assert said(shown) == expected[0]
        page.clock.run_for(1500)
        assert said(shown) == expected[1]
        button(shown, "Pause").click()
        page.clock.run_for(5000)
        assert said(shown) == expected[1]
        button(shown, "Play").click()
        page.clock.run_for(60_000)
        assert said(shown) == expected[-1]
        assert button(shown, "Play").is_visible()
        button(shown, "Play").click()  # from the start again
        assert said(shown) == expected[0]


@pytest.mark.parametrize("name", ["Back", "Step", "Reset"])
def test_another_button_ends_the_play(bench: Site, eyes: Eyes, name: str) -> None:
    with eyes.still(bench.page("products")) as page:
        shown = element(page, "W1.T @ x")
        button(shown, "Play").click()
        button(shown, name).click()
        after = said(shown)
        assert button(shown, "Pause").count() == 0
        page.clock.run_for(5000)
        assert said(shown) == after


def test_what_is_taken_off_the_page_plays_no_more(bench: Site, eyes: Eyes) -> None:
    with eyes.still(bench.page("products")) as page:
        button(element(page, "W1.T @ x"), "Play").click()
        page.evaluate("at => { window.gone = document.querySelectorAll('fp-product')[at]; gone.remove(); }", 2)
        page.clock.run_for(5000)
        assert page.evaluate("gone.getAttribute('step')") == "0"


def test_a_finger_does_what_a_mouse_does(bench: Site, eyes: Eyes) -> None:
    context = eyes.browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        page.goto(bench.page("products"))
        shown = element(page, "x @ W1 + b1")
        shown.locator("[role=grid] td[tabindex]").nth(1).tap()
        button(shown, "Step").tap()
        assert said(shown) == LESSON[0]
    finally:
        context.close()


def test_what_can_be_pressed_is_large_enough_for_a_finger(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.page("products"), 390) as page:
        for one in page.locator("fp-product :is(button, td[tabindex])").all():
            box = one.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24


# A large one -------------------------------------------------------------------------------------------------------


def test_every_entry_of_a_large_product_can_be_reached(page: Page) -> None:
    shown, expected = element(page, "64 x 32"), announcements("64 x 32")
    assert len(expected) == 32
    assert shown.locator("[role=grid] td[tabindex]").count() == 11
    shown.evaluate("e => e.setAttribute('entry', '31')")
    button(shown, "Step").click()
    assert said(shown) == expected[31][0]
    for _ in range(11):
        button(shown, "Step").click()
    assert said(shown) == expected[31][-1]
    assert "fifty-three more products" in said(shown)
    assert marked(shown, "fp-now")[:2] == [["…"], ["⋱"]]
    assert shown.locator(".fp-stage small").count() == 12


VEILED = "all => all.map(cell => getComputedStyle(cell).filter !== 'none')"


def test_a_result_is_veiled_until_the_steps_reach_it_or_its_reader_asks(page: Page) -> None:
    shown = element(page, "W1 @ W2")
    cells, sums = shown.locator("[role=grid] td[tabindex]"), shown.locator(".fp-product tbody td:last-child")
    assert {*cells.evaluate_all(VEILED), *sums.evaluate_all(VEILED)} == {True}
    last = len(announcements("W1 @ W2")[0])
    for at in range(last):
        assert cells.evaluate_all(VEILED)[0], at
        button(shown, "Step").click()
    assert cells.evaluate_all(VEILED)[:2] == sums.evaluate_all(VEILED)[:2] == [False, True]
    cells.nth(5).click()
    assert cells.evaluate_all(VEILED).count(False) == 2
    button(shown, "Show result").click()
    assert {*cells.evaluate_all(VEILED), *sums.evaluate_all(VEILED)} == {False}
    assert button(shown, "Show result").get_attribute("aria-disabled") == "true"
    button(shown, "Reset").click()
    assert {*cells.evaluate_all(VEILED)} == {True}
    page.emulate_media(media="print")
    assert {*cells.evaluate_all(VEILED)} == {False}


def test_weights_inputs_and_rows_answer(page: Page) -> None:
    shown = element(page, "W1 @ W2")
    left, right, _ = shown.locator(".fp-equation table").all()
    right.locator("tbody tr").nth(1).locator("td").nth(2).click()
    assert (shown.get_attribute("entry"), shown.get_attribute("step")) == ("2", "1")
    assert marked(shown, "fp-now")[1] == [right.locator("tbody tr").nth(1).locator("td").nth(2).text_content()]
    left.locator("tbody tr").nth(3).locator("td").first.click()
    assert (shown.get_attribute("entry"), shown.get_attribute("step")) == ("12", "0")
    shown.locator(".fp-product tbody th").nth(6).click()
    assert (shown.get_attribute("entry"), shown.get_attribute("step")) == ("6", None)
    assert left.locator("td").first.evaluate("cell => getComputedStyle(cell).cursor") == "pointer"


# By keyboard ---------------------------------------------------------------------------------------------------------


def focused(page: Page) -> str:
    return str(page.evaluate(f"{ACTIVE}.textContent"))


def test_by_keyboard_alone(page: Page) -> None:
    shown = element(page, "W1 @ W2")
    texts = shown.locator("[role=grid] td[tabindex]").all_text_contents()
    for _ in range(60):
        page.keyboard.press("Tab")
        if (
            page.evaluate(
                f"{ACTIVE}.localName === 'td' && {ACTIVE}.closest('fp-product').querySelectorAll('td[tabindex]').length"
            )
            == 16
        ):
            break
    assert focused(page) == texts[0]
    assert shown.locator("td[tabindex='0']").count() == 1, "one stop of the tab key for all entries"
    for key, at in [
        ("ArrowRight", 1), ("ArrowDown", 5), ("ArrowDown", 9), ("ArrowLeft", 8), ("End", 11), ("ArrowRight", 11),
        ("Home", 8), ("ArrowLeft", 8), ("ArrowUp", 4), ("Control+End", 15), ("Control+Home", 0), ("ArrowUp", 0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate(f"[...{ACTIVE}.closest('table').querySelectorAll('td[tabindex]')].indexOf({ACTIVE})") == at
        assert shown.get_attribute("entry") == str(at)
        assert shown.locator("td[tabindex='0']").all_text_contents() == [texts[at]], "where Tab comes back to"
    for key in ("Control+End", "ArrowDown"):
        page.keyboard.press(key)
    assert focused(page) == "Step", "below the result"
    assert shown.locator("[tabindex='0']:not(.fp-scroll, summary)").all_text_contents() == ["Step"]
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "Back"
    button(shown, "Reset").click()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(f"{ACTIVE}.ariaLabel") == "Speed of play"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    assert said(shown) == announcements("W1 @ W2")[0][0]
    page.keyboard.press("Enter")
    assert said(shown) == announcements("W1 @ W2")[0][1]
    page.keyboard.press("ArrowUp")
    assert focused(page) == texts[0], "back to the entry that is shown"
    for key in ("Space", "Enter"):
        assert "step" in said(shown)
        page.keyboard.press(key)  # the whole sum again
        assert said(shown).endswith(" = 0.13")
        shown.evaluate("e => e.setAttribute('step', 1)")


def test_a_button_that_is_used_up_keeps_the_focus_within_the_element(page: Page) -> None:
    shown = element(page, "W1.T @ x")
    button(shown, "Step").focus()
    for _ in range(12):
        page.keyboard.press("Enter")
    assert page.evaluate(f"{ACTIVE}.closest('fp-product') !== null")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{ACTIVE}.closest('fp-product') !== null")


@pytest.mark.parametrize("name", ["Back", "Reset"])
def test_a_button_that_undoes_the_last_step_keeps_the_focus(page: Page, name: str) -> None:
    shown = element(page, "W1.T @ x")
    button(shown, "Step").click()
    button(shown, name).focus()
    page.keyboard.press("Enter")
    assert said(shown).startswith("Choose")
    assert focused(page) == name


def test_keys_that_it_does_not_know_are_left_alone(page: Page) -> None:
    cell = element(page, "W1 @ W2").locator("td[tabindex]").first
    cell.focus()
    page.evaluate("window.left = []; addEventListener('keydown', e => left.push(e.defaultPrevented))")
    for key in ("a", "Alt+ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate("left") in ([False, False, False, True], [False, False, True])


@pytest.mark.parametrize("mode", MODES)
def test_the_focus_is_seen(site: Site, eyes: Eyes, mode: str) -> None:
    with eyes.open(site.page("matrix-multiplication"), mode=mode) as page:
        page.locator("fp-product td[tabindex]").first.focus()
        for key in ("ArrowRight", "ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
            ring = page.evaluate(f"parseFloat(getComputedStyle({ACTIVE}).outlineWidth)")
            assert ring >= 2, key


# By ear, and for those whom movement makes sick --------------------------------------------------------------------


def test_a_step_is_said_to_a_screen_reader(page: Page) -> None:
    shown = element(page, "x @ W1 + b1")
    live = shown.locator("output")
    assert live.evaluate("e => e.localName") == "output"  # a status: polite, as a whole
    assert live.get_attribute("aria-live") == "polite"
    tree = page.locator("fp-product").first.aria_snapshot()
    assert "grid" in tree
    assert "gridcell" in tree
    assert '- group "Steps"' in tree


FLIES = """button => new Promise((flies) => {
    const look = () => {
        const flights = document.getAnimations();
        flights.forEach((flight) => flight.pause());
        if (flights.length) flies();
        else requestAnimationFrame(look);
    };
    button.click();
    look();
})"""
"""Presses a button, and stops what flies at once: on a busy computer it would have arrived before one can look."""


def test_numbers_fly_only_where_motion_is_welcome(bench: Site, eyes: Eyes) -> None:
    flights = "document.getAnimations().length + document.querySelectorAll('.fp-ghost').length"
    with eyes.open(bench.page("products")) as page:
        shown = element(page, "x @ W1 + b1")
        button(shown, "Step").click()
        assert page.evaluate(flights) == 0
        page.emulate_media(reduced_motion="no-preference")
        button(shown, "Step").evaluate(FLIES)
        assert page.evaluate(flights) == 2
        assert shown.locator(".fp-ghost").get_attribute("aria-hidden") == "true"
        page.evaluate("document.getAnimations().forEach((flight) => flight.play())")
        page.wait_for_function(f"{flights} === 0")


def test_a_number_flies_from_its_place_to_the_weight_that_it_meets(bench: Site, eyes: Eyes) -> None:
    at = """milliseconds => {
        const [flight] = document.getAnimations();
        flight.currentTime = milliseconds;
        const { left, top } = document.querySelector(".fp-ghost").getBoundingClientRect();
        return [left, top].map(Math.round);
    }"""
    with eyes.open(bench.page("products")) as page:
        page.emulate_media(reduced_motion="no-preference")
        shown = element(page, "x @ W1 + b1")
        button(shown, "Step").evaluate(FLIES)
        cells = [
            cell.evaluate(
                "e => { const { left, top } = e.getBoundingClientRect(); return [left, top].map(Math.round); }"
            )
            for cell in shown.locator(".fp-equation td.fp-now").all()
        ]
        assert [page.evaluate(at, 0), page.evaluate(at, 480)] == cells
        assert shown.locator(".fp-ghost").text_content() == shown.locator(".fp-equation td.fp-now").first.text_content()


# For everybody -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "mode"), READERS)
def test_nobody_is_locked_out_and_nothing_sticks_out(site: Site, eyes: Eyes, width: int, mode: str) -> None:
    with eyes.open(site.page("matrix-multiplication"), width, mode) as page:
        leave(page, "fp-product")
        for at, shown in enumerate(page.locator("fp-product").all()):
            shown.locator("td[tabindex]").first.click()
            if at:
                button(shown, "Step").click()
            for folded in shown.locator("summary").all():
                folded.click()
        assert axe_by_day_and_night(page, "fp-product") == []
        assert page.evaluate(OVERFLOW) == []


def test_it_works_from_a_folder(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.file("products")) as page:
        shown = element(page, "x @ W1 + b1")
        shown.locator("[role=grid] td[tabindex]").nth(1).click()
        button(shown, "Step").click()
        assert said(shown) == LESSON[0]


def test_attributes_are_the_state_and_changes_are_news(page: Page) -> None:
    shown = element(page, "x @ W1 + b1")
    page.evaluate("window.news = []; addEventListener('fp-step', e => news.push(e.detail))")
    shown.evaluate("e => { e.setAttribute('entry', 1); e.setAttribute('step', 2); }")
    assert said(shown) == LESSON[2]
    assert page.evaluate("news.at(-1)") == {"entry": 1, "step": 2, "said": LESSON[2]}
    button(shown, "Step").click()
    assert (shown.get_attribute("entry"), shown.get_attribute("step")) == ("1", "3")
    assert page.evaluate("news.at(-1).said") == LESSON[3]


def test_an_element_that_is_moved_keeps_its_state_and_has_its_buttons_once(page: Page) -> None:
    shown = element(page, "x @ W1 + b1")
    button(shown, "Step").click()
    shown.evaluate("e => e.parentNode.append(e)")
    assert button(shown, "Step").count() == 1
    assert said(shown) == announcements("x @ W1 + b1")[0][0]


NUMBER = re.compile(r"−?\d[\d.]*")
TEXTS = """e => {
  const texts = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode.data);
  return found;
}"""


def test_it_says_nothing_that_is_not_in_its_tables(page: Page) -> None:
    """No number is computed or formatted by the script: each is on the page without it."""
    for view in VIEWS:
        shown = element(page, view)
        known = set(NUMBER.findall(" ".join(shown.evaluate(TEXTS))))  # nothing is shown yet
        for _ in range(8):
            button(shown, "Step").click()
            live = " ".join(shown.locator(".fp-live").evaluate(TEXTS))
            assert set(NUMBER.findall(live)) <= known


def test_on_paper_there_are_sums_and_no_buttons(site: Site, eyes: Eyes) -> None:
    with eyes.open(f"{site.page('matrix-multiplication')}#with-answers") as page:
        page.emulate_media(media="print")
        assert page.locator("fp-product .fp-live:visible").count() == 0
        assert page.locator("fp-product .fp-steps tbody tr").last.is_visible()
