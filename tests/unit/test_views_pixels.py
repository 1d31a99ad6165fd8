"""An image as a picture: as light as its numbers, and its numbers to read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ShapeError


def test_a_pixel_is_as_light_as_its_number_and_says_it() -> None:
    root = ET.fromstring(fp.pixels(np.array([[1, 0], [0.25, 0.75]]))._repr_html_())  # noqa: S314 - our own
    assert [rect.get("fill") for rect in root.iter("rect")] == [
        "rgb(100% 100% 100%)",
        "rgb(0% 0% 0%)",
        "rgb(25% 25% 25%)",
        "rgb(75% 75% 75%)",
    ]
    assert [(text.text, text.get("fill")) for text in root.iter("text")] == [
        ("1.00", "#000"),
        ("0.00", "#fff"),
        ("0.25", "#fff"),
        ("0.75", "#000"),
    ]


def test_whoever_hears_the_page_hears_the_pixels() -> None:
    (svg,) = ET.fromstring(fp.pixels(fp.lesson.image)._repr_html_()).iter("svg")  # noqa: S314 - our own
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "A picture of two rows and two columns of pixels. Row by row: 1, 0; 1, 1."


def test_its_latex_is_a_matrix() -> None:
    assert fp.pixels(fp.lesson.image).latex() == r"\begin{bmatrix} 1 & 0 \\ 1 & 1 \end{bmatrix}"


@pytest.mark.parametrize("image", [[1, 0], np.zeros((0, 2)), [[[1]]], 3])
def test_what_has_no_rows_and_columns_is_no_image(image: object) -> None:
    with pytest.raises(ShapeError, match="rows and columns of pixels"):
        fp.pixels(image)  # type: ignore[arg-type]


def test_a_pixel_outside_the_range_is_refused_with_the_fix() -> None:
    with pytest.raises(ShapeError, match="to 1, white: say what is white, as in white=255"):
        fp.pixels([[255, 0]])


def test_whole_numbers_are_as_light_as_their_share_of_white() -> None:
    root = ET.fromstring(fp.pixels([[0, 4, 16]], white=16)._repr_html_())  # noqa: S314 - our own
    assert [rect.get("fill") for rect in root.iter("rect")] == [
        f"rgb({grey} {grey} {grey})" for grey in ("0%", "25%", "100%")
    ]
    assert [(text.text, text.get("fill")) for text in root.iter("text")] == [
        ("0", "#fff"),
        ("4", "#fff"),
        ("16", "#000"),
    ]


@pytest.mark.parametrize(("image", "white", "said"), [([[17]], 16, "from 0, black, to 16"), ([[0]], 0, "got white=0")])
def test_nothing_is_lighter_than_white_or_darker_than_black(image: object, white: int, said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        fp.pixels(image, white)  # type: ignore[arg-type]
