"""HTML that makes sense to a screen reader, twice on a page, and without any style sheet."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.figures.base import Figure
from fwdpass.figures.marks import SHARP

VOID = {"br", "hr", "img", "input", "wbr"}
BLOCKS = {"div", "table", "p", "ul", "figure", "details", "pre"}
PHRASING = {"p", "span", "code", "small", "var", "sub", "caption", "summary", "th"}


class Nesting(HTMLParser):
    """Refuse tags that HTML closes by itself, or not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert not (tag in BLOCKS and PHRASING & set(self.open)), f"<{tag}> in {self.open}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(view: Figure) -> ET.Element:
    return ET.fromstring(view._repr_html_())  # noqa: S314 - our own


def text(element: ET.Element) -> str:
    return "".join(element.itertext())


def test_every_tag_is_closed_where_it_should(name: str, lesson_views: dict[str, Figure]) -> None:
    parser = Nesting()
    parser.feed(lesson_views[name]._repr_html_())
    assert parser.open == []


def test_a_block_in_a_caption_is_refused() -> None:
    """The guard's own test."""
    with pytest.raises(AssertionError):
        Nesting().feed("<table><caption><p>no</p></caption></table>")


def test_two_equal_views_can_stand_on_one_page(name: str, lesson_views: dict[str, Figure]) -> None:
    for element in parsed(lesson_views[name]).iter():
        assert not {"id", "onclick"} & set(element.attrib)
        assert element.get("style", SHARP) == SHARP, "how it looks is for style sheets to say"
        assert element.get("role") != "region", "two landmarks would have one name"


def test_every_table_has_a_caption_and_every_heading_a_scope(name: str, lesson_views: dict[str, Figure]) -> None:
    root = parsed(lesson_views[name])
    for table in root.iter("table"):
        caption = table.find("caption")
        assert caption is not None
        assert text(caption)
        assert all(th.get("scope") in {"row", "col"} for th in table.iter("th"))
        assert all(text(th) for th in table.iter("th")), "an empty heading heads nothing"


def test_a_caption_is_the_first_or_the_last_in_its_figure(name: str, lesson_views: dict[str, Figure]) -> None:
    for figure in parsed(lesson_views[name]).iter("figure"):
        assert "figcaption" not in [child.tag for child in figure][1:-1]


def test_every_row_of_a_table_has_as_many_cells(name: str, lesson_views: dict[str, Figure]) -> None:
    for table in parsed(lesson_views[name]).iter("table"):
        widths = {sum(int(cell.get("colspan", "1")) for cell in row) for row in table.iter("tr")}
        assert len(widths) == 1


def test_what_scrolls_can_be_scrolled_by_keyboard(name: str, lesson_views: dict[str, Figure]) -> None:
    for element in parsed(lesson_views[name]).iter():
        if element.get("class") == "fp-scroll":
            assert element.get("tabindex") == "0"
            assert element.get("aria-label")


@pytest.mark.parametrize(
    ("view", "boxes"),
    [
        (fp.matrix([1, 0, 1, 1]), 0),
        (fp.matrix(np.full((3, 4), -0.5)), 0),
        (fp.matrix(np.arange(12)), 1),
        (fp.matrix([12345678.25, -12345678.5, 1]), 1),
        (fp.matrix(np.full((2, 5), -0.25)), 1),
        (fp.heat(np.eye(12)), 1),
        (fp.product([1, 2], np.ones((2, 12))), 3),  # the matrix, the result, and the steps
        (fp.product([1, 2], [[1, 2], [3, 4]]), 1),
    ],
    ids=["vector", "matrix", "long", "digits", "wide", "heat", "product", "small-product"],
)
def test_a_table_that_is_wider_than_a_phone_scrolls_and_no_other(view: Figure, boxes: int) -> None:
    found = [element for element in parsed(view).iter() if element.get("class") == "fp-scroll"]
    assert len(found) == boxes
    assert all(element.find("table") is not None for element in found)


@pytest.mark.parametrize(
    ("entry", "whole"),
    [
        ("`np.einsum('i,ij->j', x, W1) + b1`", ["np.einsum('i,ij->j',"]),
        ("`W_eff[0][3] + a-b`, or (3)(4)", ["W_eff[0][3]", "a-b"]),
        ("`fp.relu(x @ W1 + b1) @ W2`", []),
        ("`W_eff[0][3]`", ["W_eff[0][3]", "W_eff[0][3]"]),
        ("+2.8 × 10⁻¹⁷", ["+2.8 × 10⁻¹⁷"]),
        ("[0.10, −0.10, −0.05, −0.25]", []),
        ("`a_name_without_any_blank_in_it`", ["a_name_without_any_blank_in_it"]),
        ("left to right", []),
    ],
)
def test_words_of_code_and_short_entries_of_tables_are_not_torn(entry: str, whole: list[str]) -> None:
    found = parsed(fp.table("A table", ["entry"], [[entry]])).iter("span")
    assert [text(span) for span in found if span.get("class") in {"fp-word", "fp-shape"}] == whole


def test_negative_and_zero_are_marked() -> None:
    root = parsed(fp.matrix(np.array([[1.0, -2.0], [0.0, -1e-17]])))
    assert [(td.text, td.get("class")) for td in root.iter("td") if td.text] == [
        ("1", None),
        ("\N{MINUS SIGN}2", "fp-neg"),
        ("0", "fp-zero"),
        ("0", "fp-zero"),
    ]


def test_a_dot_product_reads_as_it_is_written() -> None:
    root = parsed(fp.dot(fp.lesson.x, fp.lesson.W1[:, 0]))
    assert text(root) == "1 × 0.2 + 0 × (−0.3) + 1 × 0.1 + 1 × (−0.4) = −0.1"
    zero = [span for span in root.iter("span") if span.get("class") == "fp-term fp-zero"]
    assert [text(span) for span in zero] == ["0 × (−0.3)"]


def test_names_are_read_as_the_code_writes_them() -> None:
    root = parsed(fp.matrix(fp.lesson.W1, "x", "h"))
    assert [text(th) for th in root.iter("th")] == ["h0", "h1", "h2", "x0", "x1", "x2", "x3"]
    assert [text(th) for th in parsed(fp.matrix([1, 2], "pixel ")).iter("th")] == ["pixel 0", "pixel 1"]


def test_what_is_typed_as_a_name_is_escaped() -> None:
    root = parsed(fp.matrix([1], "<script>"))
    assert [text(th) for th in root.iter("th")] == ["<script>0"]


def test_a_big_matrix_is_cut_and_says_so() -> None:
    root = parsed(fp.matrix(np.ones((784, 256), dtype=int)))
    caption = root.find("table/caption")
    assert caption is not None
    assert caption.text == "A matrix of 784 rows and 256 columns"
    assert caption.get("class") is None, "a reader who sees a part has to be told the whole"
    assert len(list(root.iter("tr"))) == 13


def test_many_dot_products_are_folded_but_there() -> None:
    root = parsed(fp.product(np.eye(6, dtype=int), np.eye(6, dtype=int)))
    summary = root.find("details/summary")
    assert summary is not None
    assert summary.text == "Thirty-six dot products"
    assert len(root.findall("details/table/tbody/tr")) == 36


def test_very_many_dot_products_are_counted() -> None:
    root = parsed(fp.product(np.eye(13, dtype=int), np.eye(13, dtype=int)))
    assert [text(foot) for foot in root.iter("tfoot")] == ["… and forty-eight more dot products"] * 2


def test_a_neuron_is_named_over_a_result_only_where_that_is_what_it_is_worth() -> None:
    """A product without its bias is neither a sum nor what is passed on, so its columns are counted, and only heard."""
    lesson = fp.lesson
    last = re.compile(r'<table class="fp-matrix fp-vector">(?:(?!</table>).)*</table>', re.DOTALL)

    def heads(figure: Figure) -> list[str]:
        equation = str(figure.html()).partition('class="fp-live"')[0]
        return re.findall(r'<th scope="col">(.*?)</th>', last.findall(equation)[-1])

    for bare in (fp.product(lesson.x, lesson.W1, "x", "h"), fp.product(lesson.h, lesson.W2, "h", "y_hat")):
        assert all(head.startswith('<span class="fp-sr">column ') for head in heads(bare))
    sums = heads(fp.product(lesson.x, lesson.W1, "x", "h", bias=lesson.b1))
    assert all("fp-sr" in head for head in sums), "h is what ReLU makes of these"
    outputs = heads(fp.product(lesson.h, lesson.W2, "h", "y_hat", bias=lesson.b2))
    assert outputs[0] == "<var>ŷ</var><sub>0</sub>"
