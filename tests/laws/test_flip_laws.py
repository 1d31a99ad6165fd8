"""Laws of every picture that flipping pixels gives, run and drawn; and of what differs between the drawings."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import htpy as h
import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ShapeError
from fwdpass.figures.base import Figure
from fwdpass.figures.differences import Kept, merged
from fwdpass.figures.flip import drawings
from fwdpass.lesson import W1, W2, b1, b2, image


def data(view: Figure) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', view._repr_html_())
    assert found is not None
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def test_there_is_a_line_for_every_picture() -> None:
    lines = repr(fp.flip(image, W1, b1, W2, b2)).partition("every picture\n")[2].splitlines()
    assert [line[:7].replace(" ", "") for line in lines[1:]] == [f"{n:04b}" for n in range(16)]
    assert lines[0].split() == "pixels z0 z1 z2 states ŷ0 ŷ1 ŷ2 ŷ3 target loss".split()


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
    with pytest.raises(ShapeError, match="an image of 64 pixels has too many others: flip one of 63 pixels or fewer"):
        fp.flip(np.ones((8, 8), dtype=int), np.ones((64, 3)), b1, W2, b2)


@pytest.mark.parametrize(
    ("pixels", "flips", "pictures"), [(6, 6, 64), (7, 3, 64), (9, 2, 46), (16, 1, 17), (63, 1, 64)]
)
def test_of_a_large_image_there_are_those_that_are_near(pixels: int, flips: int, pictures: int) -> None:
    ones = np.ones((1, pixels), dtype=int)
    figure = fp.flip(ones, np.ones((pixels, 2)), [0, 0], np.ones((2, 1)), [0], answer=lambda image: image[0, :1])
    assert (figure.flips, len(figure.pictures)) == (flips, pictures)
    assert min(picture.key.count("1") for picture in figure.pictures) == pixels - flips
    assert figure.picture.key == "1" * pixels
    said = "those that flipping" in repr(figure), "those that flipping" in figure._repr_html_()
    assert said == ((flips < pixels,) * 2)
    assert re.findall(r'<th scope="row">([01 ]+)</th>', figure._repr_html_()) == [
        " ".join(picture.key) for picture in figure.pictures
    ]


def test_a_page_with_a_large_image_is_bounded() -> None:
    """The others of nine pixels cost no more than those of six, which are all there are."""
    rng = np.random.RandomState(1)

    def size(rows: int, columns: int) -> int:
        n = rows * columns
        first, bias, last, other = (rng.randint(-9, 10, shape) / 10 for shape in ((n, 3), 3, (3, n), n))
        figure = fp.flip(rng.randint(0, 2, (rows, columns)), first, bias, last, other)
        return len(gzip.compress(figure._repr_html_().encode(), 9))

    assert size(3, 3) < 1.5 * size(2, 3) < 12_000


def test_a_weight_of_the_wrong_shape_is_refused_as_anywhere() -> None:
    with pytest.raises(ShapeError, match=r"cannot multiply \(4,\) @ \(3, 4\)"):
        fp.flip(image, W1.T, b1, W2, b2)


def test_what_goes_along_for_all_pictures_is_small() -> None:
    """What differs, once: a kilobyte, and half of one for the marks; sixteen drawings are a quarter of a megabyte."""

    def size(html: str) -> int:
        return len(gzip.compress(html.encode(), 9))

    html = fp.flip(image, W1, b1, W2, b2)._repr_html_()
    written = re.search(r'<script type="application/json">(.*?)</script>', html)
    assert written is not None
    assert size(written[1]) < 1024
    assert size(html) - size(re.sub(r' data-at="[^"]*"', "", html.replace(written[1], ""))) < 1536


# What differs --------------------------------------------------------------------------------------------------------


def case(number: str, on: bool) -> h.Element:
    return h.div[h.p["A number: ", h.b(class_="on" if on else None)[number]], h.i["always"]]


def test_what_differs_is_marked_and_kept_once() -> None:
    every, kept = merged([case("1", True), case("2", False), case("2", True)])
    assert str(every.drawn(1)) == '<div><p>A number: <b data-at="1 2.1">2</b></p><i>always</i></div>'
    assert kept.looks == [{"": ["1", "2"]}, {"": "{0.0}"}, {"class": ["on", None]}]
    assert kept.cases == ["011", "010"]


def test_a_word_that_stands_in_the_table_is_not_kept() -> None:
    every, kept = merged([h.p[f"Of {n}, −{n}.5"] for n in "123"], [["a", n, n] for n in "123"])
    assert str(every.drawn(0)) == '<p data-at="1">Of 1, −1.5</p>'
    assert kept.looks == [{"": ["−1.5", "−2.5", "−3.5"]}, {"": "Of {1}, {0.0}"}]
    assert kept.cases == ["012"]


@pytest.mark.parametrize("texts", [("one", "one more"), ("{0}", "{1}"), ("a-b", "a")])
def test_texts_of_other_words_are_kept_as_they_are(texts: tuple[str, str]) -> None:
    _, kept = merged([h.p[text] for text in texts])
    assert [{name: sorted(map(str, values)) for name, values in look.items()} for look in kept.looks] == [
        {"": sorted(texts)}
    ]


def test_elements_that_differ_in_the_same_way_have_the_same_mark() -> None:
    every, kept = merged([h.p[h.b[n], h.i[n], h.u["1"]] for n in "12"])
    assert str(every.drawn(0)) == '<p><b data-at="1">1</b><i data-at="1">1</i><u>1</u></p>'
    assert (len(kept.looks), len(kept.cases)) == (2, 1)


Facts = list[tuple[str, dict[str, str]]]


def facts(html: str) -> Facts:
    """The elements of a drawing: names, attributes, and texts under no name."""
    return [(e.tag, {**e.attrib, "": e.text or ""}) for e in ET.fromstring(html).iter()]  # noqa: S314 - our own


def made(element: tuple[str, dict[str, str]], kept: Kept, told: list[list[str]], at: int) -> tuple[str, dict[str, str]]:
    """Make an element of a case, as the script does."""

    def state(values: list[str | None] | str, which: str) -> str | None:
        return values[ord(kept.cases[int(which)][at]) - ord("0")]

    def word(hole: re.Match[str]) -> str:
        look, _, which = hole[1].partition(".")
        return str(state(kept.looks[int(look)][""], which)) if which else told[at][int(look)]

    tag, attributes = element[0], dict(element[1])
    for mark in attributes.pop("data-at", "").split():
        look, _, which = mark.partition(".")
        for name, values in kept.looks[int(look)].items():
            value = state(values, which) if which else re.sub(r"{(\d+(?:\.\d+)?)}", word, str(values))
            attributes.pop(name, None)
            if value is not None:
                attributes[name] = value
    return tag, attributes


@pytest.mark.parametrize("pixels", [[[0]], [[1, 0, 1]], [[1, 0], [1, 1]], [[0, 1, 1], [1, 0, 0]]])
@pytest.mark.parametrize("seed", range(3))
def test_every_case_can_be_made_of_the_one_that_is_shown(pixels: list[list[int]], seed: int) -> None:
    rng = np.random.RandomState(seed)
    n, hidden, out = np.size(pixels), *rng.randint(1, 5, 2)
    shapes: list[tuple[int, ...]] = [(n, hidden), (hidden,), (hidden, out), (out,)]
    first, bias, last, other = (rng.randint(-9, 10, shape) / rng.choice([1, 2, 10]) for shape in shapes)
    figure = fp.flip(pixels, first, bias, last, other, answer=lambda image: np.resize(image, out))
    told = [[text for text, _ in each.told()] for each in figure.pictures]
    every, kept = merged(drawings(figure.pictures), told)
    shown = facts(str(every.drawn(figure.shown)))
    assert len(told) == 2**n
    for at, each in enumerate(drawings(figure.pictures)):
        assert [made(element, kept, told, at) for element in shown] == facts(str(each))


@pytest.mark.parametrize(
    "other",
    [h.p[h.i["1"]], h.p[h.b["1"], h.b["2"]], h.p["or ", h.b["1"]], h.p["1"]],
)
def test_drawings_of_other_elements_are_refused(other: h.Element) -> None:
    with pytest.raises((AssertionError, ValueError)):
        merged([h.p[h.b["1"]], other])


def test_what_looks_like_a_tag_in_the_data_ends_nothing() -> None:
    written = fp.flip(image, W1, b1, W2, b2)._repr_html_()
    assert "<" not in written.partition('application/json">')[2].partition("</script>")[0]


def test_a_wide_table_of_predictions_scrolls_in_every_picture() -> None:
    """Whichever picture is shown, the box is there: pictures differ in attributes and texts alone."""
    for scale, boxes in ((1, 0), (10**6, 1)):
        for pixels in (image, 1 - image, image * 0):
            html = fp.flip(pixels, W1 * scale, b1 * scale, W2 * scale, b2)._repr_html_()
            assert html.count('aria-label="The prediction, the target and the loss"') == boxes
