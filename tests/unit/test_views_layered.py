"""Views of any network: readable whatever its size, and honest about what they leave out."""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from fractions import Fraction

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ShapeError
from fwdpass.figures import png
from fwdpass.figures.diagram import Diagram
from fwdpass.figures.heat import Weights, field, shades
from fwdpass.figures.layered import Layered
from fwdpass.networks.views.layered import axes
from tests.networks import network, rows

LESSON = fp.Network((fp.lesson.W1, fp.lesson.b1, "relu"), (fp.lesson.W2, fp.lesson.b2))


def test_a_network_like_the_lessons_gets_the_lessons_picture() -> None:
    arrays = (fp.lesson.x, fp.lesson.W1, fp.lesson.b1, fp.lesson.W2, fp.lesson.b2)
    assert fp.network(LESSON, fp.lesson.x) == fp.network(*arrays)
    assert isinstance(fp.network(LESSON, fp.lesson.x), Diagram)
    assert isinstance(fp.network(LESSON), Layered)


def test_many_neurons_are_a_field_of_shades_and_their_weights_a_band() -> None:
    view = fp.network(network(784, 256, 10), rows(1, 784)[0])
    html = view._repr_html_()
    assert len(html) < 60_000
    svg = ET.fromstring(html)  # noqa: S314 - our own
    assert len([*svg.iter("image")]) == 2
    assert len([*svg.iter("text")]) > 10
    assert [*svg.iter("line")] == []
    assert "784 × 256" in html
    assert "784 inputs" in html
    assert repr(view).count("numbers in all)") == 2


def test_few_neurons_have_a_line_for_each_weight_by_its_sign() -> None:
    net = network(5, 4, 3, acts=["tanh", "softmax"])
    svg = ET.fromstring(fp.network(net, np.ones(5))._repr_html_())  # noqa: S314 - our own
    groups = {str(g.get("class")): len([*g.iter("line")]) for g in svg.iter("g") if g.get("class")}
    signs = {"positive": 0, "negative": 0}
    for group in svg.iter("g"):
        kind = str(group.get("class")).removeprefix("fp-edges fp-")
        if kind in signs:
            signs[kind] += len([*group.iter("line")])
    weights = np.concatenate([layer.W.ravel() for layer in net])
    assert signs == {"positive": (weights > 0).sum(), "negative": (weights < 0).sum()}
    assert len(groups) == 2


def test_what_is_alive_is_counted_exactly() -> None:
    """In floats the boundary would be missed: the sum of its terms is noise."""
    wide = fp.Network(
        (np.tile(fp.lesson.W1, 7), np.tile(fp.lesson.b1, 7), "relu"), (np.tile(fp.lesson.W2, (7, 1)), None)
    )
    assert "twenty-one neurons, relu, 7 alive, 7 boundary, 7 dead" in repr(fp.network(wide, fp.lesson.x))


def test_a_picture_shows_one_row() -> None:
    with pytest.raises(ShapeError, match="a picture shows one input, a vector, and got shape"):
        fp.network(network(3, 2), np.ones((2, 3)))
    with pytest.raises(ShapeError, match="layer 1: cannot multiply"):
        fp.network(network(3, 2), np.ones(4))


@pytest.mark.parametrize("given", [np.ones(3), np.ones((0, 3)), np.array([[np.nan]])])
def test_shades_are_for_matrices_of_finite_numbers(given: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    with pytest.raises(ShapeError, match="shades are for"):
        fp.heat(given)


def test_a_point_shows_the_number_that_is_farthest_from_zero() -> None:
    matrix = np.zeros((300, 2))
    matrix[4, 1] = -2
    matrix[5, 1] = 1
    heat = shades(matrix)
    assert (heat.rows, heat.columns, heat.block) == (100, 2, (3, 1))
    assert min(heat.levels) == -127
    assert heat.levels[3] == -127  # rows 3 to 5
    assert heat.largest == 2
    assert set(shades(np.zeros((2, 2))).levels) == {0}
    assert field(np.ones(784)).rows == 28
    assert (field(np.ones(10)).rows, field(np.ones(10)).columns) == (3, 4)


def test_the_numbers_beside_the_shades_are_of_the_whole_matrix() -> None:
    matrix = np.ones((20, 20))
    matrix[19, 19] = -379
    figure = fp.heat(matrix, "x", "h")
    assert isinstance(figure, Weights)
    assert [figure.smallest, figure.mean, figure.biggest] == [Fraction(-379), Fraction(1, 20), Fraction(1)]
    assert len(figure.corner.entries) == 11


def test_a_png_is_one_and_has_every_level() -> None:
    data = base64.b64decode(png.data_url(300, 255, [*range(-127, 128)] * 300).partition(",")[2])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size]) == (zlib.crc32(kind + content),)
        chunks[kind] = content
        at += 12 + size
    lines = zlib.decompress(chunks[b"IDAT"])
    assert lines == (b"\0" + bytes(range(255))) * 300
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (255, 300)
    assert chunks[b"tRNS"][127] == 0
    assert {chunks[b"tRNS"][0], chunks[b"tRNS"][254]} == {255}


def test_axes_and_parameters_are_named_by_layer() -> None:
    assert axes(network(2, 2, 2, 2)) == ["x", "h1", "h2", "ŷ"]
    shown = repr(fp.parameters(fp.Network(fp.Layer(fp.lesson.W1, fp.lesson.b1, name="fc1"))))
    assert "layer 1  fc1" in shown
    assert re.search(r"\(4, 3\).*\(3,\).*15", shown)
    unbiased = repr(fp.parameters(fp.Network(fp.Layer(fp.lesson.W1))))
    assert re.search(r"\(4, 3\).*none.*12", unbiased)
