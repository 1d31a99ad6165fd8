"""The one style sheet, without what no page uses, looks as all of them did, and has every icon."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from fwdpass.testing import Built, build
from tests.book.conftest import only
from tests.browser.conftest import DOCS, HEIGHT, PAGES, Eyes, Site, serve
from tests.browser.visit import LAID_OUT

STYLES = (Path(__file__).parent / "styles.js").read_text("utf-8")
ONE = "shape-lab"
"""A page that is built in a few seconds, and has figures."""
LINK = re.compile(r'<link rel="stylesheet" href="([^"]*)_static/site\.css[^>]*>')
ASKED = re.compile(r'<link rel="stylesheet"[^>]* href="_static/([^"?]+)')
ICONS = "Fwdpass Icons"
LOOKS: list[tuple[int, Literal["light", "dark"], Literal["screen", "print"]]] = [
    (1280, "light", "screen"),
    (390, "dark", "screen"),
    (672, "dark", "print"),
]
FOUND_BY_SEARCH = """() => {
    for (const dialog of document.querySelectorAll('dialog')) dialog.show();
    document.querySelector('article p')?.insertAdjacentHTML('beforeend', '<span class="highlighted">found</span>');
    document.querySelector('.primary-toggle')?.focus();
}"""
"""What scripts do to a page."""


@pytest.fixture(scope="module")
def separate(book: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same pages, with every style sheet as it came: from a build of one page, since all share them."""
    folder = tmp_path_factory.mktemp("separate")
    one = build(DOCS, folder / "one", *only(ONE), "-D", "fwdpass_one_stylesheet=0")
    assert one.status == 0, one.messages
    asked = json.loads((book.doctrees / "fwdpass-stylesheets.json").read_text("utf-8"))
    assert asked[f"{ONE}.html"] == ASKED.findall((one.html / f"{ONE}.html").read_text("utf-8"))
    copytree(book.html, folder / "html")
    copytree(one.html / "_static", folder / "html" / "_static", dirs_exist_ok=True)
    (folder / "html" / "_static" / "site.css").unlink()
    for name, sheets in asked.items():
        page = folder / "html" / name
        links = "".join(rf'<link rel="stylesheet" href="\1_static/{sheet}">' for sheet in sheets)
        said, replaced = LINK.subn(links, page.read_text("utf-8"))
        assert replaced == 1, name
        page.write_text(said, "utf-8")
    with serve(folder / "html") as site:
        yield site


Elements = list[list[Any]]
"""What an element is called, and a number each for its styles, those before it and those after it."""


@pytest.fixture(scope="module")
def known() -> dict[str, list[str]]:
    """The names of elements that an earlier page has compared, in each look."""
    return {}


@pytest.fixture(scope="module")
def ids(separate: Site) -> list[str]:
    """The ids that some style sheet may ask for, and colours that look like one."""
    sheets = sorted(separate.folder.rglob("*.css"))
    return sorted({name for sheet in sheets for name in re.findall(r"#([\w-]+)", sheet.read_text("utf-8"))})


DECLARED = """(sheets) => {
    const within = (rules) => [...rules].flatMap((rule) => [...(rule.style ?? []), ...within(rule.cssRules ?? [])]);
    const read = (css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); return within(sheet.cssRules); };
    return [...new Set(sheets.flatMap(read))].sort();
}"""
"""The properties that style sheets declare; none of them is a shorthand."""


@pytest.fixture(scope="module")
def declared(site: Site, separate: Site, eyes: Eyes) -> list[str]:
    """What any style sheet says anything about."""
    sheets = [path.read_text("utf-8") for each in (site, separate) for path in sorted(each.folder.rglob("*.css"))]
    with eyes.page() as page:
        found: list[str] = page.evaluate(DECLARED, sheets)
    return found


Asked = tuple[list[str], list[str]]
"""Ids and properties that are asked for."""


@pytest.fixture(scope="module")
def asked(ids: list[str], declared: list[str]) -> Asked:
    assert len(ids) > 50
    assert {"color", "padding-left", "background-color"} <= set(declared)
    return ids, declared


def styles(eyes: Eyes, url: str, known: dict[str, list[str]], asked: Asked) -> dict[str, tuple[list[str], Elements]]:
    """Read the styles of a page in each look, which it takes on one after the other."""
    found = {}
    with eyes.open(url, *LOOKS[0][:2]) as page:
        page.evaluate(FOUND_BY_SEARCH)
        for width, mode, media in LOOKS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(media=media, color_scheme=mode)
            page.evaluate(LAID_OUT)
            look = f"{width} {mode} {media}"
            found[look] = page.evaluate(STYLES, [known.get(look, []), *asked])
    return found


def apart(before: Elements, after: Elements) -> list[str]:
    return [one[0] for one, other in zip(before, after, strict=True) if one != other]


@pytest.mark.parametrize("page", PAGES)
def test_every_style_of_every_element_is_the_same(
    site: Site, separate: Site, eyes: Eyes, known: dict[str, list[str]], asked: Asked, page: str
) -> None:
    before, after = (styles(eyes, one.page(page), known, asked) for one in (separate, site))
    for look, (names, elements) in after.items():
        assert look in known or len(elements) > 50
        assert (look, apart(before[look][1], elements)) == (look, [])
        known[look] = [*known.get(look, []), *names]


def test_a_rule_that_is_missing_is_noticed(site: Site, eyes: Eyes, declared: list[str]) -> None:
    with eyes.open(site.page("index")) as page:
        _, before = page.evaluate(STYLES, [[], [], declared])
        page.add_style_tag(content=".fa-bars::before { opacity: 0.99 }")
        _, after = page.evaluate(STYLES, [[], [], declared])
    assert apart(before, after) == ["i.fa-solid fa-bars"]


def test_of_elements_that_an_earlier_page_has_compared_none_is_compared_again(site: Site, eyes: Eyes) -> None:
    with eyes.open(site.page("index")) as page:
        names, elements = page.evaluate(STYLES, [[], [], []])
        assert page.evaluate(STYLES, [names, [], []]) == [[], []]
        again, one = page.evaluate(STYLES, [names[1:], [], []])
    assert (again, one) == (names[:1], elements[:1])


def test_a_page_has_one_style_sheet_and_nothing_else_is_published(book: Built) -> None:
    for name, html in book.pages().items():
        assert len(re.findall(r'<link[^>]*rel="stylesheet"', html)) == 1, name
    assert [path.name for path in book.html.rglob("*.css")] == ["site.css"]
    assert list(book.html.rglob("*.map")) == []
    assert not {"fontawesome.js", "bootstrap.js"} & {path.name for path in book.html.rglob("*.js")}


def test_every_font_that_is_published_is_loaded_by_some_page(book: Built, site: Site, eyes: Eyes) -> None:
    loaded = set()
    for name in ("index", "search"):  # formulas and icons: all there is
        with eyes.open(site.page(name)) as page:
            page.evaluate("document.fonts.ready.then(() => true)")
            asked = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
        loaded |= {one.rpartition("/")[2] for one in asked if ".woff" in one}
    assert loaded == {path.name for path in book.html.rglob("*.woff*")}


def icons(css: str) -> set[str]:
    """Signs of the icon font that a style sheet writes."""
    return {chr(int(code, 16)) for code in re.findall(r"\\(f[0-9a-f]{3})\b", css)} | set(
        re.findall("[\uf000-\uf8ff]", css)
    )


def drawn_by(page: Page, sign: str) -> list[str]:
    """Fonts that Chromium draws a sign of the icon font with."""
    page.set_content(
        "<style>@font-face{font-family:icons;src:url(_static/vendor/fontawesome/webfonts/fa-solid-900.woff2)}"
        f"</style><base href={page.url}><p id=sign style='font-family:icons'>{sign}</p>"
    )
    page.evaluate("document.fonts.load('1em icons', '\uf002')")
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": "#sign"})["nodeId"]
    return [font["familyName"] for font in devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]


def test_every_icon_has_a_glyph(book: Built, site: Site, eyes: Eyes) -> None:
    found = icons((book.html / "_static" / "site.css").read_text("utf-8"))
    assert "\uf002" in found
    with eyes.open(site.page("search")) as page:
        assert {sign: drawn_by(page, sign) for sign in sorted(found)} == {sign: [ICONS] for sign in sorted(found)}
        assert drawn_by(page, "\uf001") != [ICONS]
