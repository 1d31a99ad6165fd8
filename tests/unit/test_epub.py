"""What is written for an EPUB: XML that reads as the page did, and style sheets that mean what they meant."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from fwdpass import elements, figures
from fwdpass.audit.tree import parse
from fwdpass.figures.base import Figure
from fwdpass.sphinxext.epub import NAMESPACES, as_xml, plainer

TAGS = ("p", "b", "br", "input disabled", "td", "li", "svg", "math", "fp-x")
PIECES = st.sampled_from(
    [f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS] + ["a & b", "<", "&nbsp;", "\x0c", "−0.5"]
)


@given(st.lists(PIECES, max_size=12))
def test_any_html_becomes_xml_that_reads_the_same(pieces: list[str]) -> None:
    html = "".join(pieces)
    written = ET.fromstring(f"<div>{as_xml(html)}</div>")  # noqa: S314 - our own
    assert "".join(written.itertext()).split() == parse(html).text().split()


def test_every_figure_keeps_its_elements_and_pictures_have_their_namespace(lesson_views: dict[str, Figure]) -> None:
    for figure in lesson_views.values():
        html = figure._repr_html_()
        xml = as_xml(html)
        written = ET.fromstring(f"<div>{xml}</div>")  # noqa: S314 - our own
        assert [element.tag.rpartition("}")[2].lower() for element in written.iter()][1:] == [
            "div" if "-" in element.tag else element.tag
            for element in parse(html).elements()
            if element.tag != "script"
        ][1:]
        pictures = [element for element in written.iter() if element.tag.endswith("}svg")]
        assert len(pictures) == html.count("<svg")
        assert all(element.tag == f"{{{NAMESPACES['svg']}}}svg" and element.get("viewBox") for element in pictures)


@pytest.mark.parametrize(
    ("html", "xml"),
    [
        (
            '<p>See <fp-n class="a" picture="b" data-c="d">0.5</fp-n></p>',
            '<p>See <span class="a fp-n-element" data-c="d">0.5</span></p>',
        ),
        ("<fp-product><table></table></fp-product>", '<div class="fp-product-element"><table></table></div>'),
        ("a<script>1 < 2</script><!-- b -->c", "ac"),
        (
            '<svg><text paint-order="stroke">1</text></svg>',
            f'<svg xmlns="{NAMESPACES["svg"]}"><text style="paint-order: stroke">1</text></svg>',
        ),
        ('<a href="_downloads/x.py">x</a>', "<span>x</span>"),
        *(
            (link, link)
            for link in (
                '<a href="page.xhtml#x">1</a>',
                '<a href="#x.py">1</a>',
                '<a href="https://a.b/x.py">1</a>',
                '<a href="a.png">1</a>',
            )
        ),
    ],
)
def test_what_only_a_site_has_is_written_as_an_epub_may_have_it(html: str, xml: str) -> None:
    assert as_xml(html) == xml


@pytest.mark.parametrize(
    ("css", "plain"),
    [
        ("a, b > c { x: y }", "a,b > c{x: y;}"),
        ("table:is(.a, .b) :is(th, td) { x: y }", "table.a th,table.a td,table.b th,table.b td{x: y;}"),
        (".a:is(td) { x: y }", "td.a{x: y;}"),
        ("p .a:where(td, .b) { x: y }", "p td.a,p .a.b{x: y;}"),
        (
            "table tbody td:is(:first-child, th + td)::before { x: y }",
            "table tbody td:first-child::before,table tbody th + td::before{x: y;}",
        ),
        ("td:is(th, .a) { x: y }", "td.a{x: y;}"),
        ("p:not(.a, .b:first-child) { x: y }", "p:not(.a):not(.b:first-child){x: y;}"),
        ("p:not(.a p), p:has(a), i { x: y }", "i{x: y;}"),
        ("p:has(a) { x: y }", ""),
        ("a { x: y; &:hover { x: z } b { x: w } u: v }", "a{x: y;u: v;}"),
        (
            'a[title=",}"]::after { content: "{;}"; background: url(data:x;y) }',
            'a[title=",}"]::after{content: "{;}";background: url(data:x;y);}',
        ),
        ("@media print { @page { margin: 0 } a { --b:; x: y } }", "@media print{a{x: y;}}"),
        ("@import 'x.css'; @font-face { font-family: F }", "@import 'x.css';\n@font-face{font-family: F}"),
        ("@media print { p:has(a) { x: y } }", ""),
    ],
)
def test_a_style_sheet_is_written_as_older_readers_parse_it(css: str, plain: str) -> None:
    assert plainer(css) == (f"{plain}\n" if plain else "")


def test_our_own_style_sheets_keep_their_selectors_and_are_css() -> None:
    for css in (figures.STYLE.read_text("utf-8"), *map(elements.sheet, ("product", "quiz", "trace"))):
        plain = plainer(css)
        parsed = tinycss2.parse_stylesheet(plain, skip_comments=True, skip_whitespace=True)
        assert parsed
        assert not [rule for rule in parsed if rule.type == "error"]
        assert not [sign for sign in (":is(", ":where(", ":has(", "&") if sign in plain]
        assert plainer(plain) == plain
