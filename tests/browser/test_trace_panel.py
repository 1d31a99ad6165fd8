"""The panel of a traced script: by finger, by keyboard, without scripts, on paper, and as a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

import fwdpass as fp
from fwdpass import elements
from fwdpass.trace.panel.view import page as one_file
from tests.browser.conftest import MODES, READERS, Eyes, Site
from tests.browser.visit import LAID_OUT, OVERFLOW, axe_by_day_and_night, leave

CHAPTER = "matrix-multiplication"
OPEN = "fp-trace .fp-stmt[open]"
ACTIVE = "document.activeElement"
MARKED = ".fp-picked, .fp-from, .fp-into, .fp-gave, .fp-took"

readers = pytest.mark.parametrize(("width", "mode"), READERS)
modes = pytest.mark.parametrize("mode", MODES)
widths = pytest.mark.parametrize("width", [390, 1280])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The chapter's script as a file of its own, on disk."""
    path = tmp_path_factory.mktemp("alone") / "forward_pass.html"
    path.write_text(one_file(fp.trace(fp.lesson).trace), "utf-8")
    return path.as_uri()


@pytest.fixture(params=["page", "file", "alone"])
def address(request: pytest.FixtureRequest, site: Site, alone: str) -> str:
    """The panel on the site, in a downloaded folder, and as a file of its own."""
    return alone if request.param == "alone" else str(getattr(site, request.param)(CHAPTER))


STARTS = """code => [...document.querySelectorAll(".fp-stmt")].flatMap((one, at) =>
    one.querySelector("summary code").textContent.trim().startsWith(code) ? [at] : [])"""


def line(page: Page, code: str) -> Locator:
    """The statement whose first line starts with a piece of code."""
    (at,) = page.evaluate(STARTS, code)
    return page.locator(".fp-stmt").nth(at)


def head(page: Page, code: str) -> Locator:
    return line(page, code).locator("> summary")


def opened(page: Page) -> list[str]:
    """The first lines of the statements that are open."""
    return [code.strip() for code in page.locator(f"{OPEN} > summary .fp-line:first-child code").all_text_contents()]


def number(page: Page, code: str) -> str:
    return str(head(page, code).locator(".fp-no").first.text_content())


def marked(page: Page, name: str) -> list[str]:
    """The numbers of the lines that are marked."""
    return page.locator(f".fp-stmt.{name} > summary .fp-line:first-child .fp-no").all_text_contents()


# Without scripts -----------------------------------------------------------------------------------------------------


@widths
def test_without_scripts_every_line_opens_by_itself(site: Site, eyes: Eyes, width: int) -> None:
    with eyes.open(site.page(CHAPTER), width, scripts=False) as page:
        assert opened(page) == ["z1 = x @ W1 + b1"]
        head(page, "y_hat =").click()
        head(page, "h =").click()
        assert opened(page) == ["z1 = x @ W1 + b1", "h = np.maximum(0, z1)", "y_hat = h @ W2 + b2"]
        state = line(page, "h =").locator(".fp-state")
        assert state.get_by_text("dead: negative, clamped to zero").is_visible()
        assert page.locator(".fp-bar:visible, .fp-pick").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_a_link_to_a_line_finds_it(site: Site, eyes: Eyes) -> None:
    with eyes.open(f"{site.page(CHAPTER)}#L37", scripts=False) as page:
        assert "y_hat = h @ W2 + b2" in (page.locator(":target").text_content() or "")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_every_line_is_open(site: Site, alone: str, eyes: Eyes, scripts: bool) -> None:
    for url in (f"{site.page(CHAPTER)}#with-answers", alone):  # else the book's page is a handout: test_handout.py
        with eyes.open(url, scripts=scripts) as page:
            page.emulate_media(media="print")
            for code in ("x =", "W1 =", "z1 =", "h =", 'show("loss"'):
                state = line(page, code).locator(".fp-state")
                assert state.locator(".fp-steps").is_visible()
                box, above = state.bounding_box(), head(page, code).bounding_box()
                assert box is not None
                assert above is not None
                assert box["y"] >= above["y"] + above["height"] - 2, "below its line, not beside it"
            assert page.locator(".fp-bar:visible").count() == 0


def test_before_printing_all_open_and_afterwards_one(alone: str, eyes: Eyes) -> None:
    """For browsers whose style sheets cannot open a line on paper."""
    with eyes.open(alone) as page:
        head(page, "h =").click()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert len(opened(page)) == page.locator(".fp-stmt").count()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert opened(page) == ["h = np.maximum(0, z1)"]


# By finger and by mouse ----------------------------------------------------------------------------------------------


def test_a_click_opens_a_line_and_closes_the_other(address: str, eyes: Eyes) -> None:
    with eyes.open(address) as page:
        head(page, "z1 =").evaluate("summary => summary.parentElement.open || summary.click()")
        head(page, "h =").click()
        assert opened(page) == ["h = np.maximum(0, z1)"]
        assert line(page, "h =").get_by_text("boundary: exactly zero").is_visible()
        head(page, "h =").click()
        assert opened(page) == []


def test_who_marks_code_to_copy_it_closes_nothing(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "h =").click()
        box = head(page, "h =").locator("code").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 2, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 60, box["y"] + 8)
        page.mouse.up()
        assert page.evaluate("getSelection().toString()").startswith("h = ")
        assert opened(page) == ["h = np.maximum(0, z1)"]


def test_a_line_that_is_chosen_has_the_focus_in_every_browser(alone: str, eyes: Eyes) -> None:
    """Some give it to no line that is clicked."""
    with eyes.open(alone) as page:
        head(page, "h =").evaluate("summary => summary.click()")
        assert page.evaluate(f"{ACTIVE} === document.querySelector('{OPEN} > summary')")


def test_code_is_as_wide_as_without_scripts_and_the_state_below_its_line(site: Site, eyes: Eyes) -> None:
    for width in (1280, 390):
        with eyes.open(site.page(CHAPTER), width) as page, eyes.open(site.page(CHAPTER), width, scripts=False) as bare:
            widths_ = [one.evaluate(WIDTHS) for one in (page, bare)]
            assert widths_[0] == widths_[1]
            for code in ("import", "y_hat =", 'show("loss"'):
                head(page, code).click()
                state, row = line(page, code).locator(".fp-state").bounding_box(), head(page, code).bounding_box()
                assert state is not None
                assert row is not None
                assert state["y"] >= row["y"] + row["height"] - 2
                assert state["x"] + state["width"] <= width


WIDTHS = "() => [...document.querySelectorAll('.fp-silent, .fp-stmt > summary')].map(lines => lines.offsetWidth)"


SHIFTS = """() => new Promise((resolve) => {
  const told = (list) => resolve(list.getEntries().map((one) => one.value));
  new PerformanceObserver(told).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve([])));
})"""


@widths
def test_nothing_of_a_file_moves_while_it_is_loaded(alone: str, eyes: Eyes, width: int) -> None:
    with eyes.open("about:blank", width) as page:
        page.goto(alone)
        assert page.locator(".fp-bar button").first.is_visible()
        assert page.evaluate(SHIFTS) == []


def test_if_the_script_does_not_come_lines_open_all_the_same(site: Site, eyes: Eyes) -> None:
    """Scripts are enabled, and this one is missing: two lines can be open at once, and neither covers the other."""
    with eyes.open("about:blank") as page:
        page.route(f"**/{elements.SCRIPT}*", lambda route: route.abort())
        page.goto(site.page(CHAPTER))
        head(page, "h =").click()
        assert opened(page) == ["z1 = x @ W1 + b1", "h = np.maximum(0, z1)"]
        z1, h = (line(page, code).locator(".fp-state").bounding_box() for code in ("z1 =", "h ="))
        assert z1 is not None
        assert h is not None
        assert z1["y"] + z1["height"] <= h["y"]
        row = head(page, "h =").bounding_box()
        assert row is not None
        assert h["y"] >= row["y"] + row["height"] - 1, "below its line, which is as wide as the panel"


def test_what_the_browsers_search_opens_is_the_line_that_is_open(address: str, eyes: Eyes) -> None:
    with eyes.open(address) as page:
        head(page, "h =").click()
        line(page, "mse =").evaluate("details => (details.open = true)")
        page.wait_for_function("document.querySelectorAll('.fp-stmt[open]').length === 1")
        assert opened(page) == ["mse = np.mean((y_hat - target) ** 2)"]


def test_touch_opens_a_line_and_marks_a_number(site: Site, eyes: Eyes) -> None:
    context = eyes.browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    try:
        page.goto(site.page(CHAPTER))
        page.evaluate(LAID_OUT)
        assert (
            min(one["height"] for one in map(Locator.bounding_box, page.locator(".fp-stmt > summary").all()) if one)
            >= 24
        )
        head(page, "b2 =").tap()
        assert opened(page) == ["b2 = np.array([0.0, 0.1, -0.1, 0.0])"]
        cell = line(page, "b2 =").locator("td.fp-v").nth(1)
        box = cell.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        page.touchscreen.tap(box["x"] + 3, box["y"] + 3)  # a corner of the cell is its button, too
        assert number(page, "mse =") in marked(page, "fp-took")
    finally:
        context.close()


def test_a_line_that_is_chosen_stays_where_it_was_pointed_at(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(CHAPTER), 390) as page:
        head(page, "W1 =").click()
        target = head(page, "b2 =")
        target.evaluate("summary => summary.scrollIntoView({block: 'center'})")
        before = target.bounding_box()
        target.click()
        after = target.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(before["y"] - after["y"]) < 2


# By keyboard ---------------------------------------------------------------------------------------------------------


def test_by_keyboard_alone(address: str, eyes: Eyes) -> None:
    with eyes.open(address) as page:
        head(page, "z1 =").evaluate("summary => summary.parentElement.open || summary.click()")
        for _ in range(200):
            page.keyboard.press("Tab")
            if page.evaluate(f"{ACTIVE}.matches('.fp-stmt > summary')"):
                break
        assert page.evaluate(f"{ACTIVE}.textContent.trim().endsWith('z1 = x @ W1 + b1')")
        keys = {
            "ArrowDown": "h = np.maximum(0, z1)",
            "ArrowUp": "z1 = x @ W1 + b1",
            "End": 'show("loss", mse)',
            "Home": None,
        }
        for key, code in keys.items():
            page.keyboard.press(key)
            (first,) = opened(page)
            assert first == code or code is None
            assert page.evaluate(f"{ACTIVE} === document.querySelector('{OPEN} > summary')")
        assert page.evaluate(f"{ACTIVE}.parentElement === document.querySelector('.fp-stmt')")
        page.keyboard.press("Enter")
        assert opened(page) == []
        page.keyboard.press("Enter")
        assert len(opened(page)) == 1


def test_the_lines_are_one_stop_of_the_tab_key_and_the_numbers_of_a_line_another(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "z1 =").click()
        page.keyboard.press("Tab")
        assert page.evaluate(f"{ACTIVE}.matches('{OPEN} .fp-pick')")
        page.keyboard.press("Tab")
        assert not page.evaluate(f"{ACTIVE}.matches('.fp-pick, .fp-stmt > summary')")


def test_keys_that_mean_something_to_the_browser_are_left_to_it(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        page.evaluate("addEventListener('keydown', event => (window.taken = event.defaultPrevented))")
        head(page, "h =").click()
        for keys in ("Control+Home", "Alt+ArrowUp", "Shift+ArrowDown", "Meta+ArrowDown", "PageDown"):
            page.keyboard.press(keys)
            assert opened(page) == ["h = np.maximum(0, z1)"], keys
            assert page.evaluate("taken") is False, keys
        page.keyboard.press("ArrowDown")
        assert page.evaluate("taken") is True, "the page is not scrolled as well"


def test_the_tab_key_comes_back_to_the_number_that_one_was_at(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "h =").click()
        for key in ("Tab", "ArrowRight", "Shift+Tab"):
            page.keyboard.press(key)
        assert page.evaluate(f"{ACTIVE}.matches('summary')")
        page.keyboard.press("Tab")
        assert page.evaluate(f"{ACTIVE}.textContent") == "−0.1"


def test_arrows_pass_over_the_numbers_of_runs_that_are_closed(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "def show").click()
        runs = line(page, "def show").locator(".fp-moment > summary")
        runs.filter(has_text="call 1 of 6").click()
        runs.filter(has_text="call 3 of 6").click()
        page.keyboard.press("Shift+Tab")
        for _ in range(10):
            if page.evaluate(f"{ACTIVE}.matches('.fp-pick')"):
                break
            page.keyboard.press("Shift+Tab")
        seen = []
        for _ in range(8):
            seen.append(page.evaluate(f"{ACTIVE}.textContent"))
            page.keyboard.press("ArrowRight")
        assert seen == ["1", "0", "1", "1", "0.0", "0.0", "0.5", "0.5"]


def test_arrows_go_from_number_to_number_and_enter_follows_one(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "z1 =").click()
        page.keyboard.press("Tab")
        first = page.evaluate(f"{ACTIVE}.textContent")
        page.keyboard.press("ArrowRight")
        second = page.evaluate(f"{ACTIVE}.textContent")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(f"{ACTIVE}.textContent") == first == "1"
        assert second == "0"
        page.keyboard.press("Enter")
        assert page.locator(".fp-picked").count() == 1
        page.keyboard.press("Escape")
        assert page.locator(MARKED).count() == 0
        page.keyboard.press("ArrowDown")
        assert opened(page) == ["h = np.maximum(0, z1)"]


@modes
def test_the_focus_is_seen(alone: str, eyes: Eyes, mode: str) -> None:
    ring = f"parseFloat(getComputedStyle({ACTIVE}).outlineWidth) * (getComputedStyle({ACTIVE}).outlineStyle !== 'none')"
    with eyes.open(alone, mode=mode) as page:
        page.keyboard.press("Tab")
        assert page.evaluate(f"{ACTIVE}.textContent") == "Step back"
        for key in ("", "Tab", "Tab", "End", "Tab"):
            if key:
                page.keyboard.press(key)
            assert page.evaluate(ring) >= 2, key


def test_without_scripts_a_state_is_below_its_line_at_any_width(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(CHAPTER), scripts=False) as page:
        code, summary = page.locator("fp-trace .fp-code").bounding_box(), head(page, "z1 =").bounding_box()
        state = line(page, "z1 =").locator("> :last-child").bounding_box()
        assert code is not None
        assert summary is not None
        assert state is not None
        assert state["y"] >= summary["y"] + summary["height"] - 1
        assert state["width"] > 0.9 * code["width"]


# Links ---------------------------------------------------------------------------------------------------------------

LED = """(name) => new Promise((done) => {
  addEventListener("hashchange", () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
  location.hash = name;
})"""
"""Leads to a name, and waits until everybody has heard of it, and a frame has been drawn."""


def test_a_link_to_a_line_opens_it(address: str, eyes: Eyes) -> None:
    with eyes.open(f"{address}#L37") as page:
        assert opened(page) == ["y_hat = h @ W2 + b2"]
        assert head(page, "y_hat =").evaluate("summary => summary === document.activeElement")
        assert head(page, "y_hat =").evaluate(
            "summary => summary.getBoundingClientRect().top / innerHeight"
        ) == pytest.approx(0.5, abs=0.15)
        page.evaluate("location.hash = 'L11'")  # the second line of a statement
        page.wait_for_function(f"document.querySelector('{OPEN}').querySelector('#L11')")
        assert opened(page) == ["image = np.array([[1, 0],"]
        page.evaluate(LED, "L8")  # a comment: nothing to open
        assert opened(page) == ["image = np.array([[1, 0],"]


def test_choosing_a_line_makes_a_link_to_it(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page(CHAPTER)) as page:
        head(page, "h =").click()
        assert page.evaluate("location.hash") == f"#L{number(page, 'h =')}"
        page.keyboard.press("ArrowDown")
        assert page.evaluate("location.hash") == f"#L{number(page, 'y_hat =')}"


# Steps ---------------------------------------------------------------------------------------------------------------


def test_steps_go_in_the_order_of_the_run_and_are_announced(address: str, eyes: Eyes) -> None:
    with eyes.open(address) as page:
        head(page, 'show("z1"').click()
        said = page.locator("fp-trace .fp-said")
        assert said.get_attribute("aria-live") == "polite"
        page.locator("fp-trace").get_by_role("button", name="Step", exact=True).click()
        assert opened(page) == ["def show(name, values):"]  # the function that it called
        assert said.text_content() == f"Line {number(page, 'def show')}: name = 'z1'"
        run = line(page, "def show").locator(".fp-moment[open] > summary")
        assert run.all_text_contents() == ["call 2 of 6"]
        page.locator("fp-trace").get_by_role("button", name="Step back").click()
        assert opened(page) == ['show("z1", z1)']


def test_steps_go_on_from_the_line_that_was_chosen_last(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        bar = page.locator("fp-trace")
        back, on = bar.get_by_role("button", name="Step back"), bar.get_by_role("button", name="Step", exact=True)
        on.click()
        head(page, "h =").click()
        assert not back.is_disabled()
        on.click()
        assert opened(page) == ["y_hat = h @ W2 + b2"]
        page.evaluate("location.hash = 'L35'")
        page.wait_for_function(f"document.querySelector('{OPEN}').querySelector('#L35')")
        back.click()
        assert opened(page) == ["target = image.T.flatten()"]
        head(page, 'show("loss"').click()
        page.keyboard.press("Home")
        on.click()
        assert opened(page) == ["image = np.array([[1, 0],"]


def test_the_first_step_is_the_first_line_and_the_page_moves_no_more_than_it_must(site: Site, eyes: Eyes) -> None:
    """Whatever line its author opened; and from a line that was chosen, one can step back."""
    with eyes.open(site.page(CHAPTER)) as page:
        bar = page.locator("fp-trace")
        bar.locator(".fp-bar").evaluate("bar => scrollBy(0, bar.getBoundingClientRect().top - 300)")
        assert bar.get_by_role("button", name="Step back").is_disabled()
        before = page.evaluate("scrollY")
        bar.get_by_role("button", name="Step", exact=True).click()
        assert opened(page) == ["import numpy as np"]
        assert page.evaluate("scrollY") == before, "it was in sight"
        head(page, "z1 =").click()
        bar.get_by_role("button", name="Step back").click()
        assert opened(page) == ["target = image.T.flatten()"]


def test_what_a_step_printed_or_how_it_failed_is_announced(eyes: Eyes, tmp_path: Path) -> None:
    path = tmp_path / "fails.html"
    path.write_text(one_file(fp.trace("print('so far')\na = [1][2]\n").trace), "utf-8")
    with eyes.open(path.as_uri()) as page:
        said = page.locator("fp-trace .fp-said")
        assert opened(page) == ["a = [1][2]"], "where it failed"
        for button, words in {
            "Step back": "Line 1: so far",
            "Step": "Line 2: IndexError: list index out of range",
        }.items():
            page.locator("fp-trace").get_by_role("button", name=button, exact=True).click()
            assert (said.text_content() or "").strip() == words


def test_the_bar_stays_in_sight_while_one_steps(address: str, eyes: Eyes) -> None:
    for width in (1280, 390):
        with eyes.open(address, width) as page:
            head(page, 'show("loss"').click()
            head(page, 'show("loss"').evaluate("summary => summary.scrollIntoView({ block: 'center' })")
            box = page.locator(".fp-bar").bounding_box()
            assert box is not None
            assert 0 <= box["y"] < 120


def test_a_step_brings_its_line_into_sight(address: str, eyes: Eyes) -> None:
    with eyes.open(address, 390) as page:
        head(page, 'show("x"').click()
        head(page, 'show("x"').evaluate("summary => scrollBy(0, summary.getBoundingClientRect().top - 200)")
        page.locator("fp-trace").get_by_role("button", name="Step", exact=True).click()
        assert opened(page) == ["def show(name, values):"]
        line_, bar = page.locator(f"{OPEN} > summary").bounding_box(), page.locator(".fp-bar").bounding_box()
        assert line_ is not None
        assert bar is not None
        assert bar["y"] + bar["height"] <= line_["y"] < 900


SEEN = f"""() => {{
  const [line, state] = ["summary", ".fp-state"].map(
    (part) => document.querySelector(`{OPEN} > ${{part}}`).getBoundingClientRect());
  const under = document.querySelector(".fp-bar").getBoundingClientRect().bottom;
  return [under <= line.top && line.bottom <= innerHeight, state.bottom <= innerHeight, line.top - under];
}}"""


@widths
def test_a_step_shows_all_that_its_line_was_worth_or_as_much_as_there_is_room_for(
    alone: str, eyes: Eyes, width: int
) -> None:
    with eyes.open(alone, width) as page:
        step = page.locator("fp-trace").get_by_role("button", name="Step", exact=True)
        whole = 0
        while not step.is_disabled():
            step.click()
            line_, state, gap = page.evaluate(SEEN)
            assert line_, opened(page)
            assert state or gap < 100, (opened(page), gap)
            whole += state
        assert whole > 10


def test_at_both_ends_there_is_no_further_step(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        back, on = (
            page.locator("fp-trace").get_by_role("button", name="Step back"),
            page.locator("fp-trace").get_by_role("button", name="Step", exact=True),
        )
        assert back.is_disabled()
        on.click()
        assert opened(page) == ["import numpy as np"]
        for _ in range(100):
            if on.is_disabled():
                break
            on.click()
        assert on.is_disabled()
        assert not back.is_disabled()


def test_play_goes_on_by_itself_until_it_is_stopped(alone: str, eyes: Eyes) -> None:
    with eyes.still(alone, motion=True) as page:
        play = page.locator("fp-trace").get_by_role("button", name="Play")
        play.click()
        assert opened(page) == ["import numpy as np"]
        page.clock.run_for(1700)
        assert opened(page) == ["image = np.array([[1, 0],"]
        assert play.get_attribute("aria-pressed") == "true"
        play.click()
        page.clock.run_for(5000)
        assert (opened(page), play.get_attribute("aria-pressed")) == (["image = np.array([[1, 0],"], "false")
        play.click()
        page.clock.run_for(200_000)
        assert play.get_attribute("aria-pressed") == "false", "it ends with the run"
        play.click()
        assert opened(page) == ["import numpy as np"], "and starts over"


def test_playing_ends_with_whatever_else_one_does(alone: str, eyes: Eyes) -> None:
    with eyes.still(alone, motion=True) as page:
        bar = page.locator("fp-trace")
        play = bar.get_by_role("button", name="Play")
        others: dict[str, Callable[[], None]] = {
            "a click": lambda: head(page, "h =").click(),
            "a key": lambda: head(page, "import").press("End"),
            "a step": lambda: bar.get_by_role("button", name="Step", exact=True).click(),
            "no motion": lambda: page.emulate_media(reduced_motion="reduce"),
        }
        for name, act in others.items():
            page.reload()
            play.click()
            act()
            before = opened(page)
            page.clock.run_for(5000)
            assert (opened(page), page.locator("button.fp-play").get_attribute("aria-pressed")) == (before, "false"), (
                name
            )


def test_who_wants_no_motion_is_offered_none(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        assert page.locator("fp-trace").get_by_role("button", name="Play").count() == 0
        page.evaluate("document.querySelector('.fp-play').click()")
        assert opened(page) == []
        assert page.locator("fp-trace").get_by_role("button", name="Step", exact=True).is_visible()


# Following a number --------------------------------------------------------------------------------------------------


def test_choosing_a_number_marks_what_it_was_made_from_and_what_was_made_from_it(address: str, eyes: Eyes) -> None:
    with eyes.open(address) as page:
        head(page, "z1 =").evaluate("summary => summary.parentElement.open || summary.click()")
        picked = line(page, "z1 =").locator(".fp-product .fp-pick").nth(2)
        picked.click()
        assert picked.get_attribute("aria-pressed") == "true"
        assert marked(page, "fp-gave") == [number(page, code) for code in ("image =", "x =", "W1 =", "z1 =")]
        assert marked(page, "fp-took")[:4] == [number(page, code) for code in ("z1 =", "h =", "y_hat =", "mse =")]

        weights = line(page, "z1 =").locator("table.fp-matrix:not(.fp-vector)")
        columns = weights.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.querySelectorAll('.fp-v')].map(v => v.matches('.fp-from')))"
        )
        assert columns == [[False, False, True]] * 4
        near = page.locator(".fp-from:not(.fp-far)").evaluate_all(
            "all => [...new Set(all.map(v => v.closest('.fp-stmt').querySelector('code').textContent.trim()))]"
        )
        assert near == ["z1 = x @ W1 + b1"], "what it was made from at once is marked more strongly"
        assert page.locator(".fp-from.fp-far").count() > 0
        result = line(page, "z1 =").locator(".fp-vector").last.locator(".fp-v")
        assert result.evaluate_all("all => all.map(v => v.matches('.fp-into'))") == [False, False, True]
        said = page.locator("fp-trace .fp-said").text_content() or ""
        assert said.startswith("0.5: made from what is marked on lines ")
        assert f", {number(page, 'z1 =')}; used on lines " in said

        picked.click()
        assert page.locator(MARKED).count() == 0
        assert picked.get_attribute("aria-pressed") == "false"


def test_a_number_that_the_script_states_was_made_from_nothing(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "b1 =").click()
        line(page, "b1 =").locator(".fp-pick").first.click()
        assert (page.locator("fp-trace .fp-said").text_content() or "").startswith("0.1: stated here; used on lines ")
        assert page.locator(".fp-from").count() == 0


def test_the_marks_of_a_number_go_when_another_is_chosen(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "b1 =").click()
        picks = line(page, "b1 =").locator(".fp-pick")
        picks.nth(0).click()
        picks.nth(1).click()
        assert page.locator(".fp-picked").all_text_contents() == ["−0.1"]
        assert page.locator(".fp-pick[aria-pressed=true]").all_text_contents() == ["−0.1"]
        into = line(page, "z1 =").locator(".fp-vector").last.locator(".fp-v")
        assert into.evaluate_all("all => all.map(v => v.matches('.fp-into'))") == [False, True, False]


def test_marks_are_told_by_more_than_colour(alone: str, eyes: Eyes) -> None:
    with eyes.open(alone) as page:
        head(page, "z1 =").click()
        line(page, "z1 =").locator(".fp-product .fp-pick").first.click()
        style = "one => [getComputedStyle(one).boxShadow !== 'none', getComputedStyle(one).outlineStyle]"
        assert page.locator(f"{OPEN} .fp-from").first.evaluate(style) == [True, "none"]
        assert page.locator(f"{OPEN} .fp-into").first.evaluate(style) == [False, "dashed"]
        assert page.locator(".fp-gave .fp-no").first.evaluate(style) == [True, "none"]
        assert page.locator(".fp-took:not(.fp-gave) .fp-no").first.evaluate(style) == [False, "dashed"]


# For everybody -------------------------------------------------------------------------------------------------------


@readers
def test_nobody_is_locked_out_of_an_open_line_with_marked_numbers(
    site: Site, alone: str, eyes: Eyes, width: int, mode: str
) -> None:
    for url in (site.page(CHAPTER), alone):
        with eyes.open(url, width, mode) as page:
            leave(page, "fp-trace")
            within = "fp-trace"
            for code in ("h =", "mse =", "y_hat ="):
                head(page, code).click()
                line(page, code).locator(".fp-pick").last.click()
                assert axe_by_day_and_night(page, within) == [], code
                within = f"fp-trace :is({OPEN}, .fp-bar, .fp-gave, .fp-took)"  # what another line changes


CORPUS = Path(__file__).parents[1] / "corpus"
SCRIPTS = ("numpy_in_place", "numpy_mismatch", "recursion", "strings", "raises_in_a_comprehension")


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Files of other scripts than the chapter's, of those that fail, too."""
    folder = tmp_path_factory.mktemp("others")
    for name in SCRIPTS:
        (folder / f"{name}.html").write_text(one_file(fp.trace(CORPUS / f"{name}.py").trace), "utf-8")
    return [(folder / f"{name}.html").as_uri() for name in SCRIPTS]


@readers
def test_nobody_is_locked_out_of_the_file_of_any_script(others: list[str], eyes: Eyes, width: int, mode: str) -> None:
    """Each line open, with all its runs."""
    for url in others:
        with eyes.open(url, width, mode) as page:
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
            assert axe_by_day_and_night(page) == [], url
            assert page.evaluate(OVERFLOW) == [], url


@pytest.mark.parametrize(
    ("width", "where"), [(320, "alone"), (390, "alone"), (390, "site"), (1280, "alone"), (1280, "site")]
)
def test_no_line_sticks_out(site: Site, alone: str, eyes: Eyes, width: int, where: str) -> None:
    with eyes.open(alone if where == "alone" else site.page(CHAPTER), width) as page:
        leave(page, "fp-trace")
        for summary in page.locator(".fp-stmt > summary").all():
            summary.evaluate("summary => summary.parentElement.open || summary.click()")
            page.evaluate("document.querySelectorAll('.fp-moment').forEach(one => (one.open = true))")
            assert page.evaluate(OVERFLOW) == [], summary.text_content()


def test_a_file_of_its_own_asks_nobody_for_anything(alone: str, eyes: Eyes) -> None:
    with eyes.listening(alone) as (_, found):
        assert (found.strangers, found.failures, found.complaints) == ([], [], [])


def test_several_panels_of_a_page_do_not_touch_each_other(eyes: Eyes, tmp_path: Path) -> None:
    written = one_file(fp.trace("a = 1\nb = a + 1\n").trace)
    start, end = written.index("<fp-trace>"), written.index("</fp-trace>") + len("</fp-trace>")
    path = tmp_path / "two.html"
    path.write_text(written[:end] + written[start:end].replace('id="L', 'id="M') + written[end:], "utf-8")
    with eyes.open(f"{path.as_uri()}#M2") as page:
        assert page.locator(OPEN).count() == 1
        page.locator("fp-trace").first.locator("summary").first.click()
        assert page.locator(OPEN).count() == 2
        page.locator(".fp-pick").first.click()
        assert page.locator("fp-trace").nth(1).locator(MARKED).count() == 0
