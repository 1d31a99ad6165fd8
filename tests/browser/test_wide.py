"""What is wider than a phone: it scrolls in a box of its own, shows that there is more, and its words stay whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

import fwdpass as fp
from fwdpass.networks.explain import explain
from fwdpass.trace.panel.view import page as one_file
from tests.browser.conftest import PAGES, Eyes, Site, serve
from tests.browser.test_guards import write
from tests.browser.visit import HERE, OVERFLOW, axe
from tests.networks import network, rows

WIDE = (HERE / "wide.js").read_text("utf-8")
SCROLLING = """() => [...document.querySelectorAll(".fp-formula, div.math")]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.textContent.trim())"""
PARTED = """() => [...document.querySelectorAll("article code")].filter(code => {
    const next = code.nextSibling;
    if (!(next instanceof Text) || !/^[.,;:!?)]/.test(next.data) || !code.checkVisibility()) return false;
    const mark = document.createRange();
    mark.setStart(next, 0);
    mark.setEnd(next, 1);
    return mark.getBoundingClientRect().top > [...code.getClientRects()].at(-1).bottom - 2;
}).map(code => `parted from its full stop: ${code.textContent}`)"""
"""Code that ends a line, with the full stop or comma behind it on the next."""
NARROWEST = 220
"""Pixels that a word of code may take in a table, before it is broken on the narrowest phone."""
SCRIPT = """
import numpy as np

a = np.arange(24).reshape(2, 12) / 7
digits = np.arange(12)
v = np.array([12345.678, -9876.5432, 0.0001, 33.333, 4.5])
w = np.array([[123456.75, -98765.4321, 23456.789], [1.5, 2.25, -3.125]])
z = v * 1000 + v
p = w @ w.T
q = np.maximum(0, v)
m = np.mean(v)
path = "/a/very/long/path/to/a/file/that/has/no/blank/in/it/at/all/and/goes/on.txt"
big = 10**40
"""


def looked(page: Page) -> list[str]:
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )  # laid out, as for a reader
    return [*page.evaluate(WIDE, NARROWEST), *page.evaluate(OVERFLOW), *page.evaluate(PARTED)]


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("page", PAGES)
def test_what_is_wide_scrolls_and_shows_it(site: Site, eyes: Eyes, page: str, width: int) -> None:
    with eyes.open(site.page(page), width) as opened:
        assert looked(opened) == []


def test_whatever_matrix_is_wider_than_a_phone_scrolls_in_a_box(site: Site, eyes: Eyes) -> None:
    """In a browser that asks the page: how wide a matrix is can only be estimated where it is drawn."""
    draws = np.random.default_rng(320)
    drawn = [
        fp.matrix((draws.normal(size=shape) * 10.0 ** draws.integers(-1, 3)).round(draws.integers(0, 4)), *axes).html()
        for axes in (("x", "h"), ("", ""), ("x", "y_hat"))
        for shape in [(draws.integers(1, 5), columns) for columns in range(1, 9)] * 5
    ]
    with eyes.open(site.page("errata"), 320) as page:
        wide, boxed = page.evaluate(
            """async (drawn) => {
                const found = document.querySelector(".cell_output > .output.text_html").closest(".cell");
                const box = document.createElement("div");
                for (const one of drawn) {
                    const cell = found.cloneNode(true);
                    cell.querySelector(".output.text_html").innerHTML = one;
                    box.append(cell);
                }
                found.after(box);
                box.getBoundingClientRect(); // what is laid out asks for its fonts
                await document.fonts.ready;
                const outside = [...box.querySelectorAll(".output.text_html > .fp-matrix")];
                const wide = outside.filter((matrix) => matrix.offsetWidth > matrix.parentElement.clientWidth);
                return [wide.map((matrix) => matrix.textContent), box.querySelectorAll(".fp-scroll").length];
            }""",
            [str(one) for one in drawn],
        )
    assert wide == []
    assert 0 < boxed < len(drawn)


def test_a_box_that_a_late_font_makes_too_narrow_becomes_a_stop(site: Site, eyes: Eyes) -> None:
    """Only what is in the box becomes wider, which says nothing to whoever watches the box."""
    with eyes.open(site.page("errata"), 320) as page:
        box = page.locator(".cell_output > .output.text_html:not([tabindex])").first
        stop = box.evaluate(
            """async (box) => {
                box.innerHTML = '<p style="font: 1rem/1 Late, monospace; width: max-content; height: 8rem">𝑥</p>';
                const frames = async (n) => { while (n--) await new Promise(requestAnimationFrame); };
                const fits = () => box.scrollWidth <= box.clientWidth;
                await frames(3);
                if (!fits()) throw new Error("it is too wide before there is the font");
                const late = document.createElement("style");
                const file = 'url("_static/fwdpass-math.woff2")';
                late.textContent = `@font-face { font-family: Late; size-adjust: 9000%; src: ${file} }`;
                document.head.append(late);
                await document.fonts.load("1rem Late", "𝑥");
                await frames(4);
                if (fits()) throw new Error("it is as wide as before");
                return box.tabIndex;
            }"""
        )
    assert stop == 0


def test_code_that_is_parted_from_its_full_stop_is_found(eyes: Eyes, tmp_path: Path) -> None:
    box = "style='display: inline-block; width: 5rem'"
    (tmp_path / "page.html").write_text(f"<article style='width: 5rem'><code {box}>W1.T</code>.</article>", "utf-8")
    with serve(tmp_path) as site, eyes.open(site.page("page")) as page:
        assert page.evaluate(PARTED) == ["parted from its full stop: W1.T"]


@pytest.mark.parametrize("page", PAGES)
def test_no_formula_scrolls_on_a_desk(site: Site, eyes: Eyes, page: str) -> None:
    with eyes.open(site.page(page)) as opened:
        opened.evaluate("document.fonts.ready.then(() => true)")
        assert opened.evaluate(SCROLLING) == []


def test_a_formula_that_does_is_found(eyes: Eyes, tmp_path: Path) -> None:
    wide = '<div class="fp-formula" style="overflow: auto"><math style="display: block; width: 2000px">z</math></div>'
    with serve(write(tmp_path, wide)) as site, eyes.open(site.page("page")) as page:
        assert page.evaluate(SCROLLING) == ["z"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages that are files of their own, about larger numbers and networks than the book's."""
    folder = tmp_path_factory.mktemp("wide")
    (folder / "panel.html").write_text(one_file(fp.trace(SCRIPT).trace), "utf-8")
    for name, sizes in {"small": (4, 3, 4), "deep": (6, 9, 12, 3), "tall": (30, 6, 3), "large": (784, 40, 10)}.items():
        (folder / f"{name}.html").write_text(explain(network(*sizes), rows(1, sizes[0])[0]), "utf-8")
    return folder


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["panel", "small", "deep", "tall", "large"])
def test_so_it_does_in_a_file_of_its_own(folder: Path, eyes: Eyes, name: str, width: int) -> None:
    with eyes.open((folder / f"{name}.html").as_uri(), width) as page:
        assert looked(page) == []
        assert axe(page) == []


def test_each_matrix_of_a_product_scrolls_by_itself(bench: Site, eyes: Eyes) -> None:
    with eyes.open(bench.page("products"), 390) as page:
        equation = page.locator(".fp-equation").last
        assert equation.locator(".fp-side > .fp-scroll").count() == 3
        assert equation.evaluate("one => one.scrollWidth <= one.clientWidth")
        sides = equation.locator(".fp-scroll").evaluate_all(
            "boxes => boxes.map((box) => box.scrollWidth > box.clientWidth)"
        )
        assert any(sides)  # one that fits has no bar


def test_a_caption_stands_over_its_table_where_there_is_room(folder: Path, eyes: Eyes) -> None:
    with eyes.open((folder / "tall.html").as_uri(), 1280) as page:
        box = page.get_by_role("group", name="the first weights").first
        middles = [
            where["x"] + where["width"] / 2
            for one in (box, box.locator("caption"), box.locator("tbody"))
            if (where := one.bounding_box())
        ]
        assert len(middles) == 3
        assert max(middles) - min(middles) <= 1


def test_what_is_just_now_in_a_product_is_set_like_the_rest_beside_a_panel(site: Site, eyes: Eyes) -> None:
    """Elements share their style sheet, and panels have something that is called so, too."""
    with eyes.open(site.page("matrix-multiplication")) as page:
        product = page.locator("fp-product").first
        product.get_by_role("button", name="Step", exact=True).click()
        looks = [
            product.locator(f".fp-stage .fp-term{which}").first.evaluate(
                "term => { const { fontFamily, fontSize, fontWeight } = getComputedStyle(term); "
                "return [fontFamily, fontSize, fontWeight]; }"
            )
            for which in (".fp-now", ".fp-coming")
        ]
        assert looks[0] == looks[1]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_bar_of_a_panel_in_a_cell_covers_none_of_its_lines(site: Site, eyes: Eyes, width: int) -> None:
    with eyes.open(site.page("authors"), width) as page:
        bar, code = (page.locator(f"fp-trace {part}").first.bounding_box() for part in (".fp-bar", ".fp-code"))
        assert bar is not None
        assert code is not None
        assert bar["y"] + bar["height"] <= code["y"] + 1


BOX = '<div class="shade" tabindex="0">{}</div>'
TABLE = '<table style="width: 900px"><caption style="text-align: {}">cut</caption><tr><td>1</table>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<div style="overflow: auto" tabindex="0"><p style="width: 900px">wide</p></div>', "nothing shows"),
        ('<div class="shade"><p style="width: 900px">wide</p></div>', "no key scrolls it"),
        (BOX.format(TABLE.format("center")), "a caption is cut, scrolled to the start"),
        (BOX.format(TABLE.format("start")), "a caption is cut, scrolled to the end"),
        (BOX.format('<div class="fp-scroll" style="width: 900px">x</div>'), "a box that scrolls in a box"),
        ('<p style="width: 8em"><code style="word-break: break-all">x @ hidden_weights</code></p>', "a word of code"),
        ('<p style="width: 20ch; font-family: monospace">many words <code>remove-input</code></p>', "a word of code"),
        (
            '<table style="width: 1em"><td style="overflow-wrap: anywhere"><code>weight</code></table>',
            "a word of code",
        ),
    ],
)
def test_what_is_wide_and_does_not_show_it_is_found(eyes: Eyes, tmp_path: Path, body: str, said: str) -> None:
    style = "<style>.shade { overflow: auto; background: linear-gradient(red, blue) }</style>"
    with serve(write(tmp_path, style + body)) as site, eyes.open(site.page("page"), 390) as page:
        assert any(finding.startswith(said) for finding in page.evaluate(WIDE, NARROWEST))
