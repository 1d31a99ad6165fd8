"""Readers without scripts, in the dark, on paper, by keyboard, and those whom movement makes sick."""

from __future__ import annotations

import re

import pytest

from fwdpass.testing import Built
from tests.browser.conftest import MODES, PAGES, WRITTEN, Eyes, Site
from tests.browser.visit import OVERFLOW

ARTICLE = """(() => {
  const style = document.createElement("style");
  style.textContent = ".fp-live, .fp-bar { display: none !important }";
  document.head.append(style);
  return document.querySelector("article").innerText;
})()"""
"""What a page says, without the buttons of elements and what they show of it a second time."""
PAPER = 672
"""CSS pixels of A4 between the margins that the style sheet asks for."""

written = pytest.mark.parametrize("page", WRITTEN)


@written
def test_scripts_add_nothing_to_what_a_page_says(site: Site, eyes: Eyes, page: str) -> None:
    with eyes.open(site.page(page)) as scripted, eyes.open(site.page(page), scripts=False) as bare:
        assert bare.evaluate(ARTICLE) == scripted.evaluate(ARTICLE)


@written
def test_the_mathematics_is_in_the_page_as_it_is_sent(book: Built, page: str) -> None:
    html = book.pages()[f"{page}.html"]
    assert len(re.findall(r'class="[^"]*\bmath notranslate', html)) == html.count("<math")
    assert not any("mathjax" in script.lower() for script in re.findall(r"<script\b.*?</script>", html, re.DOTALL))


def test_the_chapter_has_its_digits_in_formulas_without_scripts(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("matrix-multiplication"), scripts=False) as page:
        shown = page.locator("math").all_text_contents()
    assert sum(bool(re.search(r"\d\.\d", formula)) for formula in shown) >= 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("page", ["index", "matrix-multiplication"])
@pytest.mark.parametrize("width", [390, 1280])
def test_without_scripts_colours_follow_the_system(site: Site, eyes: Eyes, page: str, mode: str, width: int) -> None:
    """The theme's dark colours wait for a script; code on a page without one was dark on dark."""
    added = ".fp-live, .fp-live *, .fp-bar, .fp-bar *, .fp-copy, .fp-pick, fp-follow, fp-follow *"
    if width > 390:  # where a traced script's lines and states stand beside each other, by script alone
        added += ", fp-trace, fp-trace *"
    colours = f"""[...document.querySelectorAll('body, article, article :not({added})')]
        .filter(e => e.checkVisibility())
        .map(e => [e.localName, getComputedStyle(e).color, getComputedStyle(e).backgroundColor])"""
    url = site.page(page)
    with eyes.open(url, width, mode) as scripted, eyes.open(url, width, mode, scripts=False) as bare:
        assert bare.evaluate("document.documentElement.dataset.theme") == "auto"
        assert bare.evaluate(colours) == scripted.evaluate(colours)
        paper = lightness(bare.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert paper < 0.2 if mode == "dark" else paper > 0.9


def test_without_scripts_a_phone_still_has_the_table_of_contents(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("index"), 390, scripts=False) as page:
        assert page.get_by_role("navigation", name="Main").get_by_role("link").first.is_visible()
        assert page.evaluate(OVERFLOW) == []


def test_search_finds_a_word_and_shows_where_it_stands(site: Site, eyes: Eyes) -> None:
    with eyes.listening(f"{site.page('search')}?q=bias") as (page, found):
        results = page.locator("#search-results li")
        results.first.wait_for()
        results.first.locator(".context").wait_for()
        assert "bias" in results.first.inner_text().lower()
    assert (found.strangers, found.failures, found.complaints) == ([], [], [])


@pytest.mark.parametrize("asked", ["0.8963", "W_eff"])
def test_search_finds_a_number_and_a_name(site: Site, eyes: Eyes, asked: str) -> None:
    with eyes.open(f"{site.page('search')}?q={asked}") as page:
        results = page.locator("#search-results li a")
        results.first.wait_for()
        page.wait_for_function(
            "document.querySelector('#search-results h2 ~ p, #search-summary')?.textContent.match(/\\d/)"
        )
        assert any("matrix-multiplication" in str(one.get_attribute("href")) for one in results.all())


@pytest.mark.parametrize(
    ("width", "name", "inside"),
    [(390, "Pages of the book", "Glossary"), (390, "Contents of this page", "Many pictures at once")],
)
def test_on_a_phone_a_sidebar_is_a_drawer_that_gives_everything_back(
    site: Site, eyes: Eyes, width: int, name: str, inside: str
) -> None:
    with eyes.open(site.page("matrix-multiplication"), width) as page:
        button, link = page.get_by_role("button", name=name), page.get_by_role("link", name=inside, exact=True)
        for close in ("Escape", "beside"):
            button.click()
            assert page.locator("dialog[open]").get_by_role("link", name=inside, exact=True).is_visible()
            if close == "Escape":
                page.keyboard.press(close)
            else:
                page.mouse.click(width - 2 if name.startswith("Pages") else 2, 450)
            page.locator("dialog[open]").wait_for(state="hidden")
            assert page.locator("dialog a").count() == 0, "the sidebar has its content back"
            assert not link.first.is_visible()
        assert page.evaluate("document.activeElement.ariaLabel") == name


def test_on_a_desk_the_pages_of_the_book_fold_away(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("neurons")) as page:
        button, link = page.get_by_role("button", name="Pages of the book"), page.get_by_role("link", name="Glossary")
        assert link.is_visible()
        button.click()
        link.wait_for(state="hidden")
        button.click()
        link.wait_for()
        assert page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("page", ["neurons", "404"])
def test_a_key_and_a_button_open_the_search_and_the_words_go_to_its_page(site: Site, eyes: Eyes, page: str) -> None:
    with eyes.open(site.page(page)) as opened:
        field = opened.locator("#pst-search-dialog input")
        for by in ("key", "button"):
            if by == "key":
                opened.keyboard.press("Control+k")
            else:
                opened.locator(".search-button__button:visible").first.click()
            assert field.is_visible()
            assert opened.evaluate("document.activeElement.name") == "q"
            opened.keyboard.press("Escape")
            assert not field.is_visible()
        opened.keyboard.press("Control+k")
        field.fill("bias")
        opened.keyboard.press("Enter")
        opened.wait_for_url("**/search.html?q=bias")
        opened.keyboard.press("Control+k")
        assert opened.locator("dialog[open]").count() == 0, "the search page has a field of its own"
        assert opened.evaluate("document.activeElement.value") == "bias"


def test_code_that_is_wider_than_its_place_is_a_stop_of_the_tab_key(site: Site, eyes: Eyes) -> None:
    stops = """[...document.querySelectorAll("article pre")].filter(pre => pre.checkVisibility()).map(pre =>
        [pre.scrollWidth > pre.clientWidth || pre.scrollHeight > pre.clientHeight, pre.tabIndex === 0])"""
    with eyes.open(site.page("matrix-multiplication"), 390) as page:
        narrow = page.evaluate(stops)
        assert {True, False} == {wide for wide, _ in narrow}
        assert all(wide == stop for wide, stop in narrow)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.wait_for_function(f"() => ({stops}).every(([wide, stop]) => wide === stop)")
        assert page.evaluate(stops) != narrow


STILL = "() => { const still = globalThis.at === scrollY; globalThis.at = scrollY; return still; }"
"""Whether the page stands where it stood when this was asked before."""


def test_the_contents_follow_the_page_by_whatever_key(site: Site, eyes: Eyes) -> None:
    read = """() => {
        const [line, end] = [innerHeight * 0.2, innerHeight * 0.21];
        const over = [...document.querySelectorAll("article section[id]")].filter(one => {
            const { top, bottom } = one.getBoundingClientRect();
            return top < end && bottom > line && document.querySelector(`#book-page-toc a[href="#${one.id}"]`);
        });
        const shown = document.querySelectorAll("#book-page-toc [aria-current]");
        return shown.length === 1 && (!over.length || shown[0].hash === `#${over.at(-1).id}`);
    }"""
    with eyes.open(site.page("matrix-multiplication")) as page:
        for key in ("PageDown", "PageDown", "PageDown", "End", "PageUp"):
            before = page.evaluate("scrollY")
            page.keyboard.press(key)
            page.wait_for_function("before => scrollY !== before", arg=before)
            page.wait_for_function(STILL, polling=100)  # a key that comes amid a movement ends elsewhere
            page.wait_for_function(read)


SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
"""What WCAG 1.4.12 lets a reader ask for."""


@pytest.mark.parametrize("page", PAGES)
def test_spacing_of_ones_own_makes_no_page_scroll_sideways(site: Site, eyes: Eyes, page: str) -> None:
    with eyes.open(site.page(page), 320) as opened:
        opened.add_style_tag(content=SPACED)
        assert opened.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("page", ["matrix-multiplication", "digits"])
def test_on_a_desk_every_column_of_a_product_is_in_sight(site: Site, eyes: Eyes, page: str) -> None:
    wide = """[...document.querySelectorAll(".fp-equation .fp-scroll, .fp-equation")]
        .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.ariaLabel)"""
    with eyes.open(site.page(page)) as opened:
        opened.evaluate(
            "document.querySelectorAll('article details').forEach(one => { fpUnfold(one); one.open = true; })"
        )
        assert opened.evaluate(wide) == []


@written
def test_paper_is_light_and_shows_everything_if_it_is_asked_for(site: Site, eyes: Eyes, page: str) -> None:
    # Without #with-answers it is a handout, and what is folded stays folded: test_handout.py.
    # Three things stay on the screen: where each number comes from, which would be as long as some sections, running
    # sums that no sheet is wide enough for, and what a line of a script was worth each further time that it ran.
    folded = """[...document.querySelectorAll('article details > :not(summary)')]
        .filter(e => !e.checkVisibility() && !e.closest('.fp-certificate, .fp-wide, .fp-moment ~ .fp-moment')).length"""
    # A number that can be chosen is a number on paper, too.
    buttons = """[...document.querySelectorAll('button:not(.fp-pick), .bd-sidebar nav a')]
        .filter(e => e.checkVisibility()).length"""
    with eyes.open(f"{site.page(page)}#with-answers", PAPER, "dark") as opened:
        opened.emulate_media(media="print", color_scheme="dark")
        assert lightness(opened.evaluate("getComputedStyle(document.querySelector('article p')).color")) < 0.3
        assert opened.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
        assert opened.evaluate(folded) == 0
        for wide in opened.locator("details.fp-wide").all():
            assert wide.locator("xpath=..").locator(".fp-product:visible").count() == 1  # its sums stand above it
            shown = (
                "e => { e.open = true; e.style.setProperty('display', 'block', 'important'); return e.scrollWidth; }"
            )
            assert wide.evaluate(shown) > PAPER
            wide.evaluate("e => e.remove()")
        assert opened.locator("article h1").is_visible()
        assert opened.evaluate(buttons) == 0
        assert opened.evaluate(OVERFLOW) == []


@pytest.mark.parametrize("page", ["index", "matrix-multiplication"])
def test_nothing_moves_for_those_who_asked(site: Site, eyes: Eyes, page: str) -> None:
    moving = """[...document.querySelectorAll('*')].filter(e => [null, '::before', '::after'].some(pseudo => {
        const style = getComputedStyle(e, pseudo);
        return style.transitionDuration.split(', ').some(d => d !== '0s') || style.animationName !== 'none';
    })).map(e => e.className)"""
    with eyes.open(site.page(page)) as opened:
        assert opened.evaluate(moving) == []


@pytest.mark.parametrize("page", ["index", "neurons", "matrix-multiplication"])
@pytest.mark.parametrize("mode", MODES)
def test_the_keyboard_shows_where_it_is(site: Site, eyes: Eyes, page: str, mode: str) -> None:
    """Whatever the tab key reaches has a ring around it, of two pixels at least, and inside what clips it."""
    ring = """() => {
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const seen = [at, at.labels?.[0], at.querySelector('.toctree-toggle')].filter(Boolean);
        const ringed = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        // A shape of a picture has its outline for a ring: thicker than without the focus, chosen or not.
        const thick = (e) => parseFloat(getComputedStyle(e).strokeWidth);
        const plain = at.cloneNode();
        if (at instanceof SVGElement) at.after(plain);
        const drawn = plain.isConnected && thick(at) - thick(plain);
        plain.remove();
        const found = drawn >= 2 ||
            seen.flatMap(e => [getComputedStyle(e), getComputedStyle(e, '::after')]).some(ringed);
        return [found, at.outerHTML.slice(0, 120)];
    }"""
    with eyes.open(site.page(page), mode=mode) as opened:
        stops = []
        for neuron in opened.locator("[data-node=h2]").all():
            neuron.click()  # one that is chosen has a thicker outline as it is
        opened.evaluate("document.activeElement.blur(); document.querySelector('a').focus()")
        for _ in range(400):
            opened.keyboard.press("Tab")
            if (stop := opened.evaluate(ring)) is None:
                break
            stops.append(stop)
    assert len(stops) > 10
    assert [html for ringed, html in stops if not ringed] == []


def lightness(colour: str) -> float:
    """How light a CSS colour is, from 0 to 1.

    >>> lightness("rgb(255, 255, 255)"), lightness("rgba(0, 0, 0, 0.5)")
    (1.0, 0.0)
    """
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 765
