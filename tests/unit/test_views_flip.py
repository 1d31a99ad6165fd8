"""Every picture that flipping pixels gives, run and drawn; and what differs between the drawings."""

from __future__ import annotations

import json
import re
from typing import Any

import htpy as h
import numpy as np
import pytest

import fwdpass as fp
from fwdpass.draw.cases import FIRST, merged
from fwdpass.errors import ShapeError
from fwdpass.lesson import W1, W2, b1, b2, image
from fwdpass.views.base import View


def data(view: View) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', view._repr_html_())
    assert found is not None
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def test_there_is_a_line_for_every_picture() -> None:
    lines = repr(fp.flip(image, W1, b1, W2, b2)).partition("every picture\n")[2].splitlines()
    assert [line[:7].replace(" ", "") for line in lines[1:]] == [f"{n:04b}" for n in range(16)]
    assert lines[0].split() == "pixels sum of h0 sum of h1 sum of h2 states y0 y1 y2 y3 target loss".split()


def test_a_picture_of_other_pixels_is_the_same_but_for_which_is_shown() -> None:
    one, other = (fp.flip(pixels, W1, b1, W2, b2) for pixels in ([[1, 0], [1, 1]], [[0, 0], [0, 1]]))
    assert data(one) == data(other)
    assert repr(one).partition("every picture")[2] == repr(other).partition("every picture")[2]
    assert repr(one) != repr(other)


def test_the_answer_may_be_another_than_the_transpose() -> None:
    same = fp.flip([[1, 0]], W1[:2], b1, W2[:, :2], b2[:2], answer=lambda pixels: 1 - pixels)
    assert [line.split()[-3:-1] for line in repr(same).splitlines()[-4:]] == [
        ["1", "1"],
        ["1", "0"],
        ["0", "1"],
        ["0", "0"],
    ]


@pytest.mark.parametrize("pixels", [[[0.5, 0]], [1, 0], [[2, 0]], [[]], [[[1]]]])
def test_what_has_no_pixels_to_flip_is_refused(pixels: Any) -> None:
    with pytest.raises(ShapeError, match="ones and zeros"):
        fp.flip(pixels, W1, b1, W2, b2)


def test_too_many_pixels_are_refused() -> None:
    with pytest.raises(ShapeError, match="an image of 7 pixels has too many others: 6 pixels are the most"):
        fp.flip(np.ones((7, 1), dtype=int), np.ones((7, 3)), b1, W2, b2)


def test_a_weight_of_the_wrong_shape_is_refused_as_anywhere() -> None:
    with pytest.raises(ShapeError, match=r"cannot multiply \(4,\) @ \(3, 4\)"):
        fp.flip(image, W1.T, b1, W2, b2)


def test_what_goes_along_for_all_pictures_is_small() -> None:
    """What differs, and nothing else: some two kilobytes, where sixteen drawings would be a quarter of a megabyte."""
    import gzip

    written = json.dumps(data(fp.flip(image, W1, b1, W2, b2)), ensure_ascii=False)
    assert len(gzip.compress(written.encode(), 9)) < 2500


# What differs --------------------------------------------------------------------------------------------------------


def case(number: str, on: bool) -> h.Element:
    return h.div[h.p["A number: ", h.b(class_="on" if on else None)[number]], h.i["always"]]


def test_each_case_can_be_made_of_the_one_that_is_shown() -> None:
    drawings = [case("1", True), case("2", False), case("2", True)]
    drawn, lists = merged(drawings, 1)
    assert str(drawn) == '<div><p>A number: <b data-at="0">2</b></p><i>always</i></div>'
    states = [lists[0]["states"][ord(letter) - ord(FIRST)] for letter in lists[0]["cases"]]
    assert states == [{"": "1", "class": "on"}, {"": "2", "class": None}, {"": "2", "class": "on"}]


def test_elements_that_differ_in_the_same_way_share_a_list() -> None:
    drawn, lists = merged([h.p[h.b[n], h.i[n], h.u["1"]] for n in "12"], 0)
    assert str(drawn) == '<p><b data-at="0">1</b><i data-at="0">1</i><u>1</u></p>'
    assert len(lists) == 1


@pytest.mark.parametrize(
    "other",
    [h.p[h.i["1"]], h.p[h.b["1"], h.b["2"]], h.p["or ", h.b["1"]], h.p["1"]],
)
def test_drawings_of_other_elements_are_refused(other: h.Element) -> None:
    with pytest.raises((AssertionError, ValueError)):
        merged([h.p[h.b["1"]], other], 0)


def test_what_looks_like_a_tag_in_the_data_ends_nothing() -> None:
    written = fp.flip(image, W1, b1, W2, b2)._repr_html_()
    assert "<" not in written.partition('application/json">')[2].partition("</script>")[0]
