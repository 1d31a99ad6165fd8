"""The network, touched: neurons and pixels, by mouse, finger, keyboard and ear; each picture as a rebuild shows it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

import fwdpass as fp
from fwdpass import elements, figures
from fwdpass.figures.base import Figure
from fwdpass.figures.states import State
from fwdpass.lesson import W1, W2, b1, b2
from fwdpass.numerals.writing import cells, text
from fwdpass.page import Cell, Lesson, Reading
from fwdpass.page.outputs import Shown
from fwdpass.testing import Built
from tests.book.conftest import build_book
from tests.browser.conftest import MODES, READERS, Eyes, Site, serve
from tests.browser.visit import OVERFLOW, axe_by_day_and_night, leave

ACTIVE = "document.activeElement"
IMAGES = ["".join(pixels) for pixels in product("01", repeat=4)]
FLIP, NETWORK, OTHER, CROWD, EMPTY, DEEP, BROAD = range(7)
"""What stands on the page ``networks``, in this order."""

CANONICAL = (Path(__file__).parent / "canonical.js").read_text("utf-8")


def element(page: Page, which: int = FLIP) -> Locator:
    return page.locator("fp-network").nth(which)


def node(shown: Locator, name: str) -> Locator:
    return shown.locator(f"[data-node={name}]")


def said(shown: Locator) -> str:
    return str(shown.locator("output").text_content())


def edges(shown: Locator) -> list[str]:
    """The edges that are marked, by the neurons that they join."""
    return [str(line.get_attribute("data-edge")) for line in shown.locator("line[data-on]").all()]


@pytest.fixture
def page(bench: Site, eyes: Eyes) -> Iterator[Page]:
    with eyes.open(bench.page("networks")) as opened:
        yield opened


# Without scripts -----------------------------------------------------------------------------------------------------


def test_without_scripts_the_results_of_every_picture_are_there(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.page("networks"), scripts=False) as bare:
        shown = element(bare)
        shown.locator("summary", has_text="sixteen pictures").click()
        rows = shown.locator(":scope > details tbody tr").all()
        for pixels, row in zip(IMAGES, rows, strict=True):
            x = fp.numerals.rational([int(v) for v in pixels])
            run = fp.forward(x, *map(fp.numerals.rational, (W1, b1, W2, b2)))
            target = x.reshape(2, 2).T.flatten()
            glyphs = "".join({State.ALIVE: "●", State.BOUNDARY: "◐", State.DEAD: "○"}[State.of(z)] for z in run.z1)
            outputs = [*cells(run.z1), glyphs, *cells(run.y_hat)]
            loss = text(fp.mse(run.y_hat, target), ".4f")
            assert row.locator("td").all_inner_texts() == [*outputs, " ".join(cells(target)), loss]
            assert row.locator("th").inner_text() == " ".join(pixels)


def test_without_scripts_every_sum_in_the_picture_is_there(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.page("networks"), scripts=False) as bare:
        shown = element(bare, NETWORK)
        shown.locator("summary").click()
        assert shown.locator(".fp-product tbody th").all_inner_texts() == [*("z0 z1 z2 ŷ0 ŷ1 ŷ2 ŷ3".split())]
        assert shown.locator(".fp-product").last.is_visible()


def test_without_scripts_nothing_is_there_that_does_not_work(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.page("networks"), scripts=False) as bare:
        assert bare.locator("fp-network :is(button, output, [role=button], [role=switch], svg [tabindex])").count() == 0
        assert bare.locator(".fp-live:visible").count() == 0


# Neurons -------------------------------------------------------------------------------------------------------------


def test_a_neuron_shows_its_sum_and_where_its_value_goes(page: Page) -> None:
    shown = element(page)
    node(shown, "h2").click()
    assert shown.locator(".fp-stage p").all_text_contents() == [
        "z2: 1 × 0.1 + 0 × (−0.2) + 1 × 0.5 + 1 × (−0.1) + 0.0 = 0.5",
        "ŷ0 gets 0.5 × 0.2, ŷ1 gets 0.5 × (−0.4), ŷ2 gets 0.5 × 0.1, ŷ3 gets 0.5 × (−0.5)",
    ]
    assert said(shown) == ". ".join(shown.locator(".fp-stage p").all_text_contents())
    assert sorted(edges(shown)) == sorted(["x0 h2", "x1 h2", "x2 h2", "x3 h2", "h2 ŷ0", "h2 ŷ1", "h2 ŷ2", "h2 ŷ3"])
    assert shown.locator("[aria-pressed=true]").count() == 1
    shown.locator("summary", has_text="Every sum").click()
    assert shown.locator("tr[data-on] th").all_inner_texts() == ["z2"]
    terms = shown.locator(".fp-term[data-on]")
    assert terms.all_inner_texts() == ["0.5 × 0.2", "0.5 × (−0.4)", "0.5 × 0.1", "0.5 × (−0.5)"]


def test_a_network_of_any_layers_answers_too(page: Page) -> None:
    """Without an input its neurons say what they would add up, and where what they pass on would go."""
    shown = element(page, EMPTY)
    node(shown, "h2").click()
    assert shown.locator(".fp-stage p").all_text_contents() == [
        "z2: 0.1 x0 + (−0.2) x1 + 0.5 x2 + (−0.1) x3 + 0.0",
        "ŷ0 gets 0.2 h2, ŷ1 gets (−0.4) h2, ŷ2 gets 0.1 h2, ŷ3 gets (−0.5) h2",
    ]
    assert len(edges(shown)) == 8
    assert said(shown) == ". ".join(shown.locator(".fp-stage p").all_text_contents())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert said(shown).startswith("ŷ2: ")


def test_in_a_deep_network_a_neuron_goes_on_to_the_next_layer(page: Page) -> None:
    shown = element(page, DEEP)
    node(shown, "h1_2").click()
    assert shown.locator(".fp-stage p").all_text_contents() == [
        "z1_2: 1 × 0.1 + 0 × (−0.2) + 1 × 0.5 + 1 × (−0.1) + 0.0 = 0.5",
        "z2_0 gets 0.5 × 0.2, z2_1 gets 0.5 × (−0.4)",
    ]
    assert sorted(edges(shown)) == ["h1_2 h2_0", "h1_2 h2_1", "x0 h1_2", "x1 h1_2", "x2 h1_2", "x3 h1_2"]
    assert node(shown, "h1_2").get_attribute("aria-label") == "neuron h1_2 = 0.5"
    assert node(shown, "x0").get_attribute("aria-label") == "input x0 = 1"


def test_of_a_broad_layer_the_neurons_that_are_drawn_answer(page: Page) -> None:
    shown = element(page, BROAD)
    node(shown, "ŷ1").click()
    assert said(shown).startswith("ŷ1: twenty products + ")
    node(shown, "x1").click()
    assert said(shown) == "Choose a neuron.", "it has no sum, and the layer behind it is a field"


LOOKS = """e => { const s = getComputedStyle(e);
  return [s.backgroundColor, s.boxShadow, s.stroke, s.strokeWidth, s.strokeOpacity].join(); }"""


@pytest.mark.parametrize("mode", MODES)
def test_what_is_marked_is_seen(bench: Site, eyes: Eyes, mode: str) -> None:
    marks = ["tr:nth-child(3) > th", "tbody tr:first-child .fp-term:nth-child(3)", "[data-node=h2]"]
    with eyes.open(bench.page("networks"), mode=mode) as page:
        shown = element(page, NETWORK)
        shown.locator("summary").click()
        places = [shown.locator(marks[0]).first, shown.locator(".fp-product").last.locator(marks[1]), node(shown, "h2")]
        before = [place.evaluate(LOOKS) for place in places]
        node(shown, "h2").click()
        page.mouse.move(0, 0)
        assert not any(map(str.__eq__, before, [place.evaluate(LOOKS) for place in places]))


@pytest.mark.parametrize("what", ["[data-node=h0]", "[role=switch]"])
def test_what_can_be_pressed_looks_it_under_the_mouse(page: Page, what: str) -> None:
    one = element(page).locator(what).first
    one.scroll_into_view_if_needed()
    before = one.evaluate(LOOKS)
    one.hover()
    assert one.evaluate("e => getComputedStyle(e).cursor") == "pointer"
    assert one.evaluate(LOOKS) != before


def test_what_is_to_be_done_is_seen_and_what_is_said_of_the_picture_only_heard(page: Page) -> None:
    for which, prompt in [(FLIP, "Choose a neuron, or invert a pixel."), (NETWORK, "Choose a neuron.")]:
        shown = element(page, which)
        heard = shown.locator("output")
        assert (said(shown), heard.evaluate("e => e.offsetHeight > 10")) == (prompt, True)
        node(shown, "h2").click()
        assert said(shown).startswith("z2: ")
        assert heard.evaluate("e => e.offsetHeight") <= 1


@pytest.mark.parametrize(
    ("name", "expected", "marked"),
    [
        ("x3", ["z0 gets 1 × (−0.4), z1 gets 1 × 0.2, z2 gets 1 × (−0.1)"], 3),
        ("ŷ1", ["ŷ1: 0.0 × (−0.2) + 0.0 × 0.5 + 0.5 × (−0.4) + 0.1 = −0.10"], 3),
    ],
)
def test_an_input_has_no_sum_and_an_output_goes_nowhere(
    page: Page, name: str, expected: list[str], marked: int
) -> None:
    shown = element(page, NETWORK)
    node(shown, name).click()
    assert shown.locator(".fp-stage p").all_text_contents() == expected
    assert len(edges(shown)) == marked


def test_what_is_not_chosen_steps_back(page: Page) -> None:
    shown = element(page)
    opacity = "e => getComputedStyle(e).strokeOpacity"
    node(shown, "h2").click()
    on, off = shown.locator("line[data-on]").first, shown.locator("line[data-edge]:not([data-on])").first
    assert (on.evaluate(opacity), float(off.evaluate(opacity)) < 0.5) == ("1", True)


def test_choosing_a_neuron_again_lets_it_go(page: Page) -> None:
    shown = element(page)
    node(shown, "h2").click()
    node(shown, "h2").click()
    assert shown.locator("[data-on], .fp-stage p, [aria-pressed=true]").count() == 0
    assert said(shown) == "Choose a neuron, or invert a pixel."


def test_in_a_crowd_it_works_for_those_that_are_drawn(page: Page) -> None:
    shown = element(page, CROWD)
    node(shown, "x7").click()
    rows = shown.locator(".fp-product").first.locator("tbody tr")
    terms = [row.locator(".fp-term").nth(7).text_content() for row in rows.all()]
    assert len(terms) == 9
    assert shown.locator(".fp-stage p").text_content() == ", ".join(f"z{i} gets {t}" for i, t in enumerate(terms))


# Pixels --------------------------------------------------------------------------------------------------------------


def test_a_pixel_flips_and_everything_follows(page: Page) -> None:
    shown = element(page)
    shown.locator("[role=switch]").nth(3).click()
    assert shown.get_attribute("picture") == "1010"
    assert shown.locator(".fp-pixels text").all_text_contents() == ["1", "0", "1", "0"]
    assert shown.locator("[role=switch]").nth(3).get_attribute("aria-checked") == "false"
    assert [row.inner_text().split() for row in shown.locator(".fp-verdict tr").all()[1:]] == [
        ["prediction", "0.24", "−0.22", "0.12", "−0.26"],
        ["target", "1", "1", "0", "0"],
        ["loss", "0.5370"],
    ]
    assert said(shown) == "prediction 0.24 −0.22 0.12 −0.26; target 1 1 0 0; loss 0.5370"


def test_a_chosen_neuron_stays_chosen_and_its_sum_follows(page: Page) -> None:
    shown = element(page)
    node(shown, "h2").click()
    shown.locator("[role=switch]").nth(3).click()
    assert shown.locator(".fp-stage p").first.text_content() == (
        "z2: 1 × 0.1 + 0 × (−0.2) + 1 × 0.5 + 0 × (−0.1) + 0.0 = 0.6"
    )
    assert len(edges(shown)) == 8
    assert "loss 0.5370. z2: " in said(shown)


def test_every_pixel_can_be_flipped_there_and_back(page: Page) -> None:
    for which, pixels in [(FLIP, "1011"), (OTHER, "101")]:
        shown = element(page, which)
        before = shown.evaluate(CANONICAL, None)
        for _ in range(2):
            for switch in shown.locator("[role=switch]").all():
                switch.click()
        assert shown.get_attribute("picture") == pixels
        assert shown.evaluate(CANONICAL, None) == before


# As a rebuild shows it ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def readings(book: Built) -> dict[str, str]:
    """What the book's page draws for each image, read with a lesson that states that image."""
    program, _ = book.readings()["neurons"]
    source = Lesson.of().source
    stated = "image = np.array([[1, 0],\n                  [1, 1]])"
    assert stated in source
    drawn = {}
    for pixels in IMAGES:
        other = f"image = np.array([[{pixels[0]}, {pixels[1]}], [{pixels[2]}, {pixels[3]}]])"
        reading = Reading("neurons", lesson=Lesson(source.replace(stated, other)), strict=False)
        for step in program.steps:
            if isinstance(step, Cell):  # what stands between cells changes nothing that they see
                for output in reading.cell(step):
                    if isinstance(output, Shown) and "fp-flip" in output.data.get("text/html", ""):
                        drawn[pixels] = output.data["text/html"]
        reading.close()
    assert len(drawn) == len(IMAGES)
    return drawn


@pytest.mark.parametrize("pixels", IMAGES)
def test_a_picture_is_string_for_string_what_a_page_with_that_image_shows(
    site: Site, eyes: Eyes, readings: dict[str, str], pixels: str
) -> None:
    with eyes.open(site.page("neurons")) as page:
        shown = page.locator("fp-network.fp-flip")
        for now, wanted, switch in zip("1011", pixels, shown.locator("[role=switch]").all(), strict=True):
            if now != wanted:
                switch.click()
        assert shown.get_attribute("picture") == pixels
        mine, rebuilt = shown.evaluate(CANONICAL, None), shown.evaluate(CANONICAL, readings[pixels])
        assert len(mine) > 200
        assert mine == rebuilt


@pytest.mark.parametrize("pixels", ["0000", "1101"])
def test_a_picture_is_what_a_real_rebuild_shows(bench: Site, eyes: Eyes, tmp_path: Path, pixels: str) -> None:
    written = (Path(__file__).parent / "bench" / "networks.md").read_text("utf-8")
    other = f"image = np.array([[{pixels[0]}, {pixels[1]}], [{pixels[2]}, {pixels[3]}]])"
    changed = written.replace("image = np.array([[1, 0], [1, 1]])", other)
    assert changed != written
    rebuilt = build_book(tmp_path, networks=changed)
    assert rebuilt.status == 0, rebuilt.messages
    with eyes.open(bench.page("networks")) as page, eyes.open((rebuilt.html / "networks.html").as_uri()) as other_page:
        element(page).evaluate("(e, pixels) => e.setAttribute('picture', pixels)", pixels)
        assert element(page).evaluate(CANONICAL, None) == element(other_page).evaluate(CANONICAL, None)


def test_two_pictures_are_never_the_same(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("neurons")) as page:
        shown = page.locator("fp-network.fp-flip")
        seen = set()
        for pixels in IMAGES:
            shown.evaluate("(e, pixels) => e.setAttribute('picture', pixels)", pixels)
            seen.add(tuple(map(str, shown.evaluate(CANONICAL, None))))
        assert len(seen) == len(IMAGES)


# By keyboard ---------------------------------------------------------------------------------------------------------


def focused(page: Page) -> str:
    return str(page.evaluate(f"{ACTIVE}.dataset.node ?? {ACTIVE}.getAttribute('aria-label')"))


def test_by_keyboard_one_goes_from_neuron_to_neuron(page: Page) -> None:
    shown = element(page)
    node(shown, "x0").focus()
    for key, name in [
        ("ArrowDown", "x1"), ("ArrowRight", "h1"), ("ArrowUp", "h0"), ("ArrowUp", "h0"), ("ArrowRight", "ŷ0"),
        ("ArrowRight", "ŷ0"), ("End", "ŷ3"), ("ArrowLeft", "h2"), ("ArrowLeft", "x2"),
        ("ArrowLeft", "pixel x3 = 1"), ("ArrowLeft", "pixel x2 = 1"), ("ArrowUp", "pixel x0 = 1"),
        ("Home", "pixel x0 = 1"),
        ("ArrowRight", "pixel x1 = 0"), ("ArrowRight", "x0"), ("Home", "x0"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert focused(page) == name
        assert shown.locator("svg [tabindex='0']").count() == 1
        assert page.evaluate(f"{ACTIVE}.getAttribute('tabindex')") == "0", "where Tab comes back to"
    page.keyboard.press("Enter")
    assert shown.get_attribute("neuron") == "x0"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert shown.get_attribute("neuron") == "h0"
    page.keyboard.press("Escape")
    assert shown.get_attribute("neuron") is None


def test_by_keyboard_alone_one_comes_to_pixels_and_neurons(page: Page) -> None:
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"{ACTIVE}.closest('fp-network') === document.querySelector('fp-network')"):
            stops.append(focused(page))
        elif stops:
            break
    assert [stop for stop in stops if "x" in stop] == ["pixel x0 = 1"], "one stop for the whole figure"
    element(page).locator("[role=switch]").first.focus()
    page.keyboard.press("Space")
    assert element(page).get_attribute("picture") == "0011"
    page.keyboard.press("Enter")
    assert element(page).get_attribute("picture") == "1011"


@pytest.mark.parametrize("what", ["[data-node=h0]", "[role=switch]"])
def test_a_key_that_it_knows_moves_no_page_and_others_are_left_alone(page: Page, what: str) -> None:
    page.evaluate("window.left = {}; addEventListener('keydown', e => left[e.key] = !e.defaultPrevented)")
    shown = element(page)
    shown.locator(what).first.focus()
    known = {"Enter", " ", "ArrowDown", "Home", "Escape"}
    for key in [*known, "a", "PageDown"]:
        page.keyboard.press(key)
    assert page.evaluate("left") == {**dict.fromkeys(known, False), "a": True, "PageDown": True}
    before = focused(page)
    for key in ("Alt+ArrowRight", "Control+ArrowRight", "Meta+ArrowRight"):
        page.keyboard.press(key)
        assert (page.evaluate("left.ArrowRight"), focused(page)) == (True, before)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("what", ["rect[role=switch]", "circle[role=button]"])
def test_the_focus_is_seen(site: Site, eyes: Eyes, mode: str, what: str) -> None:
    look = "e => { const s = getComputedStyle(e); return [s.strokeWidth, s.stroke, s.outlineStyle].join(); }"
    with eyes.open(site.page("neurons"), mode=mode) as page:
        one = page.locator(f"fp-network.fp-flip {what}").first
        before = one.evaluate(look)
        one.focus()
        page.keyboard.press("Shift")  # a keyboard is used
        assert one.evaluate("e => e.matches(':focus-visible')")
        assert one.evaluate(look) != before


@pytest.mark.parametrize("what", ["rect[role=switch]", "circle[role=button]"])
def test_what_is_pressed_with_a_mouse_gets_no_frame_across_the_edges(page: Page, what: str) -> None:
    one = element(page).locator(what).first
    one.click()
    assert one.evaluate("e => e.matches(':focus')")
    assert one.evaluate("e => getComputedStyle(e).outlineStyle") == "none"


# By finger, by ear, for everybody ------------------------------------------------------------------------------------


def test_a_finger_does_what_a_mouse_does(bench: Site, eyes: Eyes) -> None:
    context = eyes.browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        page.goto(bench.page("networks"))
        shown = element(page)
        shown.locator("[role=switch]").nth(3).tap()
        node(shown, "h2").tap()
        assert (shown.get_attribute("picture"), shown.get_attribute("neuron")) == ("1010", "h2")
    finally:
        context.close()


def test_what_can_be_pressed_has_a_role_a_name_and_a_state(page: Page) -> None:
    tree = element(page).aria_snapshot()
    for line in (
        'switch "pixel x0 = 1" [checked]',
        'switch "pixel x1 = 0"',
        'button "input x3 = 1"',
        'button "neuron h0 = 0.0 (boundary)"',
        'button "neuron h2 = 0.5 (alive)"',
        "status",
    ):
        assert line in tree
    assert 'group "The network.' in tree
    assert 'img "' not in tree, "what is in a picture is hidden from those who listen"
    node(element(page), "h2").click()
    assert 'button "neuron h2 = 0.5 (alive)" [pressed]' in element(page).aria_snapshot()
    element(page).locator("[role=switch]").nth(3).click()
    assert 'button "input x3 = 0"' in element(page).aria_snapshot(), "a name follows its value"


def test_a_change_is_said_to_a_screen_reader(page: Page) -> None:
    live = element(page).locator("output")
    assert live.get_attribute("aria-live") == "polite"
    node(element(page), "h2").click()
    assert live.evaluate("e => e.checkVisibility()")  # out of sight, but to be heard


def test_changes_are_news(page: Page) -> None:
    page.evaluate("window.news = []; addEventListener('fp-show', e => news.push(e.detail))")
    shown = element(page)
    shown.locator("[role=switch]").nth(3).click()
    assert page.evaluate("news.at(-1)") == {"picture": "1010", "neuron": None, "said": said(shown)}
    shown.evaluate("e => e.setAttribute('picture', '1010')")
    assert page.evaluate("news.length") == 1  # what is as it was is none


def test_an_element_that_is_moved_keeps_its_state_and_is_made_once(page: Page) -> None:
    shown = element(page)
    node(shown, "h2").click()
    before = said(shown)
    shown.evaluate("e => e.parentNode.append(e)")
    assert (shown.locator("output").count(), said(shown)) == (1, before)
    node(shown, "h2").click()  # listened to once, too
    assert shown.get_attribute("neuron") is None


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pixels_stand_beside_the_network_or_above_it(site: Site, eyes: Eyes, width: int) -> None:
    with eyes.open(site.page("neurons"), width) as page:
        pixels, network = (
            page.locator(".fp-flip .fp-pixels").bounding_box(),
            page.locator(".fp-flip .fp-network").bounding_box(),
        )
    assert pixels is not None
    assert network is not None
    if width == 390:
        assert pixels["y"] + pixels["height"] <= network["y"]
        assert network["width"] > 340
    else:
        assert pixels["x"] + pixels["width"] <= network["x"]


def test_a_picture_that_there_is_not_changes_nothing(page: Page) -> None:
    shown = element(page)
    before = shown.evaluate(CANONICAL, None)
    page.evaluate("window.errors = []; addEventListener('error', e => errors.push(e.message))")
    shown.evaluate("e => e.setAttribute('picture', '22')")
    assert shown.evaluate(CANONICAL, None) == before
    assert page.evaluate("errors") == []


@pytest.mark.parametrize(("width", "mode"), READERS)
def test_nobody_is_locked_out_and_nothing_sticks_out(site: Site, eyes: Eyes, width: int, mode: str) -> None:
    with eyes.open(site.page("neurons"), width, mode) as page:
        leave(page, "fp-network")
        for shown in page.locator("fp-network").all():
            node(shown, "h2").click()
            for folded in shown.locator("summary").all():
                folded.click()
        page.locator("fp-network.fp-flip [role=switch]").first.click()
        assert axe_by_day_and_night(page, "fp-network") == []
        assert page.evaluate(OVERFLOW) == []


def test_it_works_from_a_folder(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.file("networks")) as page:
        element(page).locator("[role=switch]").nth(3).click()
        node(element(page), "h2").click()
        assert said(element(page)).startswith("z2: 1 × 0.1 + 0 × (−0.2) + 1 × 0.5 + 0 × (−0.1)")


def test_on_paper_there_is_the_picture_of_the_page_and_every_result(site: Site, eyes: Eyes) -> None:
    with eyes.open(f"{site.page('neurons')}#with-answers") as page:
        page.emulate_media(media="print")
        assert page.locator("fp-network .fp-live:visible").count() == 0
        assert page.locator("fp-network.fp-flip > details tbody tr").last.is_visible()


def test_the_table_of_all_pictures_has_room_on_a_desk_to_its_last_column(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("neurons")) as page:
        page.locator(".fp-every > summary").click()
        assert page.locator(".fp-every .fp-scroll").evaluate("box => box.scrollWidth - box.clientWidth") == 0


def alone(figure: Figure) -> str:
    """A page with a figure on it, and nothing else."""
    style, script = figures.sheet() + elements.sheet(), elements.script()
    head = f"<!doctype html><meta charset=utf-8><style>{style}</style>"
    return f"{head}{figure._repr_html_()}<script>{script}</script>"


def test_of_nine_pixels_two_can_be_flipped_and_no_third(eyes: Eyes, tmp_path: Path) -> None:
    """There are no more pictures than those: what would lead elsewhere says so, and does nothing."""
    random = np.random.RandomState(1)
    first, bias, last, other = (random.randint(-9, 10, shape) / 10 for shape in ((9, 3), 3, (3, 9), 9))
    figure = fp.flip(np.eye(3, dtype=int), first, bias, last, other)
    (tmp_path / "nine.html").write_text(alone(figure), "utf-8")
    with serve(tmp_path) as site, eyes.open(site.page("nine")) as opened:
        shown = opened.locator("fp-network")
        switches = shown.get_by_role("switch")
        assert [switches.nth(i).get_attribute("aria-label") for i in (0, 8)] == ["pixel x0 = 1", "pixel x8 = 1"]
        assert shown.locator("[aria-disabled]").count() == 0
        for at in (0, 1):
            switches.nth(at).click()
        assert shown.get_attribute("picture") == "010010001"
        assert shown.locator("[aria-disabled]").count() == 7, "only the way back is open"
        switches.nth(5).click(force=True)
        assert shown.get_attribute("picture") == "010010001"
        switches.nth(0).press("Enter")
        assert shown.get_attribute("picture") == "110010001"
        assert shown.locator("[aria-disabled]").count() == 0
        told = shown.locator(".fp-verdict tbody tr").first.locator("td").all_text_contents()
        picture = next(picture for picture in figure.pictures if picture.key == "110010001")
        assert told == cells(picture.network.y_hat)


def test_a_deep_picture_is_enlarged_without_scripts(eyes: Eyes, tmp_path: Path) -> None:
    random = np.random.RandomState(1)
    net = fp.Network(*(fp.Layer(random.randint(-9, 10, (n, 20)) / 10) for n in (4, 20, 20, 20, 20, 20)))
    (tmp_path / "deep.html").write_text(alone(fp.network(net, np.ones(4))), "utf-8")
    with serve(tmp_path) as site, eyes.open(site.page("deep"), 390, scripts=False) as opened:
        svg, box = opened.locator("svg"), opened.locator(".fp-scroll")
        natural = int(str(svg.get_attribute("width")))
        small = svg.bounding_box()
        assert small is not None
        assert small["width"] < natural / 1.5
        opened.get_by_text("Enlarge the picture").press("Enter")
        large = svg.bounding_box()
        assert large is not None
        assert round(large["width"]) == natural
        assert box.evaluate("e => e.scrollWidth > e.clientWidth")
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
