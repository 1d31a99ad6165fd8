"""Code that is copied, and panels that are open for whoever comes to what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from fwdpass.testing import build
from tests.book.conftest import CONF
from tests.browser.conftest import DOCS, Eyes, Site, serve

PAGE = """\
---
file_format: mystnb
kernelspec:
  name: python3
---
# Page

```{code-cell} python3
a = 1
print("said")
```

```pycon
>>> for i in range(a):
...     print(i)
0

>>> a + a
```

```console
$ pip install nox
Collecting nox
$ nox
```

:::{dropdown} Closed
A pangolin.

[Inside]{#inside}
:::

WORDS

::::{tab-set}
:::{tab-item} First
Words.
:::
:::{tab-item} Second
An aardvark, too.

[Behind]{#behind}
:::
::::

WORDS
""".replace("WORDS", "Words.\n\n" * 40)


LOOK = f"""
extensions.append("fwdpass.theme")
fwdpass_one_stylesheet = False
html_theme = "sphinx_book_theme"
templates_path = [{str(DOCS / "_templates")!r}]
html_static_path = [{str(DOCS / "_static")!r}]
html_context = {{"default_mode": "auto"}}
fwdpass_audit = False
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("helpers")
    source = folder / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF + LOOK, "utf-8")
    (source / "index.md").write_text(PAGE, "utf-8")
    built = build(source, folder)
    assert built.status == 0, built.messages
    with serve(built.html) as site:
        yield site


def copied(page: Page, place: int) -> str:
    page.locator(".fp-copy").nth(place).click()
    page.get_by_role("status").get_by_text("Copied").wait_for()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_what_is_copied_is_what_one_would_type(small: Site, eyes: Eyes) -> None:
    eyes.context().grant_permissions(["clipboard-read", "clipboard-write"])
    with eyes.open(small.page("index")) as page:
        assert page.locator(".fp-copy").count() == 3  # not on what a cell printed
        assert copied(page, 0) == 'a = 1\nprint("said")\n'
        assert copied(page, 1) == "for i in range(a):\n    print(i)\na + a\n"
        assert copied(page, 2) == "pip install nox\nnox\n"


def test_that_it_was_copied_is_seen_and_said_for_a_moment(small: Site, eyes: Eyes) -> None:
    look = "e => [e.title, e.classList.contains('fp-copied'), getComputedStyle(e, '::before').content === 'none']"
    with eyes.still(small.page("index"), permissions=("clipboard-read", "clipboard-write")) as page:
        button, status = page.locator(".fp-copy").first, page.get_by_role("status")
        before = button.evaluate(look)
        button.click()
        status.get_by_text("Copied").wait_for()
        assert button.evaluate(look) == ["Copied", True, True]
        page.clock.run_for(2100)
        assert (button.evaluate(look), status.text_content()) == (before, "")
        assert before == ["Copy", False, False]


def test_the_button_is_there_for_mouse_and_finger_and_not_on_paper(small: Site, eyes: Eyes) -> None:
    opacity = "e => getComputedStyle(e).opacity"
    with eyes.open(small.page("index")) as page:
        button = page.locator(".fp-copy").first
        assert button.evaluate(opacity) == "0"
        page.locator("article .highlight").first.hover()
        assert button.evaluate(opacity) == "1"
        page.emulate_media(media="print")
        assert button.is_hidden()
    context = eyes.browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        page.goto(small.page("index"))
        assert page.locator(".fp-copy").first.evaluate(opacity) == "1"
    finally:
        context.close()


def test_line_numbers_are_not_copied(site: Site, eyes: Eyes) -> None:
    eyes.context().grant_permissions(["clipboard-read", "clipboard-write"])
    script = (site.folder / "_downloads" / "flip.py").read_text("utf-8")
    with eyes.open(site.page("production")) as page:
        button = page.locator(".fp-script .fp-copy, .fp-script + .fp-copy").first
        button.click()
        page.get_by_role("status").get_by_text("Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == script


def test_the_button_has_a_name_is_reached_by_keyboard_and_says_where_it_failed(small: Site, eyes: Eyes) -> None:
    with eyes.open(small.page("index")) as page:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
        button = page.get_by_role("button", name="Copy this code").first
        button.focus()
        assert button.evaluate("one => getComputedStyle(one).opacity") == "1"
        assert button.evaluate("one => getComputedStyle(one).outline").endswith("solid 3px")
        page.keyboard.press("Enter")
        page.get_by_role("status").get_by_text("Not copied").wait_for()


IN_VIEW = (
    "one => { const b = one.getBoundingClientRect(); return b.height > 0 && b.top >= 0 && b.bottom < innerHeight }"
)


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
@pytest.mark.parametrize("word", ["pangolin", "aardvark"])
def test_search_finds_what_is_folded_away_and_the_page_opens_there(
    small: Site, eyes: Eyes, word: str, served: bool
) -> None:
    url = small.page("search") if served else small.file("search")
    with eyes.listening(f"{url}?q={word}") as (page, found):
        page.locator("#search-results li a").first.click()
        mark = page.locator("article .highlighted").get_by_text(word)
        mark.wait_for()
        page.wait_for_function(IN_VIEW, arg=mark.element_handle())
    assert (found.strangers, found.failures, found.complaints) == ([], [], [])


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_each_result_marks_what_was_searched_also_in_a_tab_and_no_other_page_does(
    small: Site, eyes: Eyes, served: bool
) -> None:
    place = small.page if served else small.file
    with eyes.open(f"{place('search')}?q=aardvark+words") as page:
        for _ in range(2):
            with page.context.expect_page() as opened:
                page.locator("#search-results li a").first.click(modifiers=["Control"])
            marks = opened.value.locator("article .highlighted")
            for word in ("aardvark", "Words"):
                marks.get_by_text(word).first.wait_for()
            assert opened.value.evaluate("location.search") == ""
            opened.value.close()
        page.goto(place("index"))
        # Sphinx marks ten milliseconds after the page is there; of timers, the one that was set first rings first
        page.evaluate("() => new Promise((done) => setTimeout(done, 10))")
        assert page.locator("article .highlighted").count() == 0


@pytest.mark.parametrize(
    ("address", "place"),
    [("inside", "inside"), ("behind", "behind"), ("%62ehind", "behind")],  # a panel, which some browsers open; a tab
)
def test_a_link_opens_what_it_leads_into(small: Site, eyes: Eyes, address: str, place: str) -> None:
    with eyes.open(f"{small.page('index')}#{address}") as page:
        page.wait_for_function(IN_VIEW, arg=page.locator(f"#{place}").element_handle())
    with eyes.open(small.page("index")) as page:
        there = page.locator(f"#{place}")
        assert not there.is_visible()
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_function(IN_VIEW, arg=there.element_handle())


def test_a_place_that_is_asked_for_comes_before_the_words_that_were_searched(small: Site, eyes: Eyes) -> None:
    with eyes.open(f"{small.page('index')}?highlight=aardvark#inside") as page:
        page.locator("article .highlighted").get_by_text("aardvark").wait_for()
        assert page.locator("#inside").evaluate(IN_VIEW)


def test_a_page_without_code_or_panels_loads_no_script_for_them(site: Site) -> None:
    html = Path(site.folder / "search.html").read_text("utf-8")
    assert "fwdpass-copy" not in html
    assert "fwdpass-find" not in html
