"""The picture of the network: every number in it, legible, and to be had by ear."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.figures import placed
from fwdpass.figures.base import Figure
from fwdpass.figures.diagram import Diagram
from fwdpass.numerals.writing import cells


def network(sizes: tuple[int, int, int], seed: int = 0) -> Figure:
    rng = np.random.RandomState(seed)
    i, j, k = sizes
    shapes: list[tuple[int, ...]] = [(i,), (i, j), (j,), (j, k), (k,)]
    return fp.network(*(rng.randint(-9, 10, shape) / 10 for shape in shapes))


def plan(figure: Diagram) -> placed.Placement:
    return placed.plan(figure, placed.Rooms.of([figure]))


def parsed(view: Figure) -> ET.Element:
    return ET.fromstring(view._repr_html_())  # noqa: S314 - our own


def picture(view: Figure) -> ET.Element:
    found = parsed(view).find("figure/div/svg")
    assert found is not None
    return found


def edges(view: Figure) -> list[ET.Element]:
    """The lines of the picture."""
    return [line for line in picture(view).iter("line") if line.get("data-edge")]


def texts(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter("text")]


def test_every_value_weight_and_name_is_in_the_picture() -> None:
    lesson = fp.lesson
    shown = texts(picture(fp.network(lesson.x, lesson.W1, lesson.b1, lesson.W2, lesson.b2)))
    numbers = [np.ravel(cells(a)) for a in (lesson.x, lesson.h, lesson.y_hat, lesson.W1, lesson.W2)]
    names = [f"{axis}{i}" for axis, n in [("x", 4), ("h", 3), ("ŷ", 4)] for i in range(n)]
    biases = [f"bias {b}" for b in cells(lesson.b1) + cells(lesson.b2)]
    sums = [f"sum {z}" for z in cells(lesson.z1)]
    assert sorted(shown) == sorted([*np.concatenate(numbers), *names, *biases, *sums])


def test_it_is_told_in_words_too(lesson_views: dict[str, Figure]) -> None:
    root = picture(lesson_views["network"])
    assert root.get("role") == "img"
    assert root.get("aria-label") == (
        "The network. Four inputs: x0 = 1, x1 = 0, x2 = 1, x3 = 1. Three hidden neurons: "
        "h0 = 0.0 (boundary), h1 = 0.0 (dead), h2 = 0.5 (alive). Four outputs: ŷ0 = 0.10, "
        "ŷ1 = −0.10, ŷ2 = −0.05, ŷ3 = −0.25."
    )
    assert [root[0].tag, root[1].tag] == ["title", "desc"]


def test_only_what_reaches_the_output_is_drawn_as_alive(lesson_views: dict[str, Figure]) -> None:
    """x1 is black, h0 and h1 pass nothing on: seven of twenty-four edges carry something."""
    drawn = Counter(line.get("class") for line in edges(lesson_views["network"]))
    assert drawn == {"fp-positive": 4, "fp-negative": 3, "fp-idle": 17}


def test_no_two_kinds_of_edge_differ_by_colour_alone(lesson_views: dict[str, Figure]) -> None:
    drawn = {(line.get("class"), line.get("stroke-dasharray")) for line in edges(lesson_views["network"])}
    assert len(drawn) == len({dashes for _, dashes in drawn}) == 3


def test_the_legend_explains_what_is_there_and_nothing_else() -> None:
    one = parsed(fp.network(np.ones(1), np.ones((1, 1)), np.zeros(1), np.ones((1, 1)), np.zeros(1)))
    assert ["".join(li.itertext()).strip() for li in one.iter("li")] == [
        "positive weight",
        "alive: positive, passed on",
    ]


def test_all_writing_is_large_enough_for_a_phone(lesson_views: dict[str, Figure]) -> None:
    """A picture 400 wide is drawn at most a tenth smaller at 390 px."""
    root = picture(lesson_views["network"])
    assert str(root.get("viewBox")).startswith("0 0 400 ")
    sizes = [float(e.attrib["font-size"]) for e in root.iter() if "font-size" in e.attrib]
    assert min(size for size in sizes) >= 11


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 3, 1), (8, 8, 8), (9, 3, 20), (784, 2, 10)])
def test_networks_of_other_sizes(sizes: tuple[int, int, int]) -> None:
    root = picture(network(sizes))
    shown = texts(root)
    for n in sizes:
        assert n <= placed.NODES or f"… {n - placed.NODES} more" in shown
    width, height = map(int, str(root.get("viewBox")).split()[2:])
    for element in root.iter("text"):
        assert 0 < int(element.attrib["x"]) < width
        assert 0 < int(element.attrib["y"]) < height


def test_a_crowd_of_weights_is_not_written() -> None:
    view = network((8, 8, 8))
    assert "no room to write" in view._repr_html_()
    assert [*picture(view).iterfind(".//text[@data-edge]")] == []
    assert "no room to write" not in network((4, 3, 4))._repr_html_()


def test_a_weight_that_finds_no_room_is_hidden_and_the_legend_says_so() -> None:
    view = network((5, 5, 5))
    hidden = [text.get("visibility") for text in picture(view).iterfind(".//text[@data-edge]")]
    assert len(hidden) == 50
    assert 0 < hidden.count("hidden") < 50
    assert "no room to write" in view._repr_html_()


def test_where_weights_find_no_room_they_are_written_smaller() -> None:
    def size(sizes: tuple[int, int, int]) -> set[str | None]:
        return {g.get("font-size") for g in picture(network(sizes)).iter("g") if g.find("text[@data-edge]") is not None}

    assert size((4, 3, 4)) == {"14"}
    assert size((5, 5, 5)) == {"12"}


def test_labels_stand_where_they_stand_whatever_the_input() -> None:
    rng = np.random.RandomState(1)
    shapes: list[tuple[int, ...]] = [(4, 5), (5,), (5, 4), (4,)]
    parameters = [rng.randint(-9, 10, shape) / 10 for shape in shapes]
    written = []
    for x in ([1, 0, 1, 1], [0, 0, 0, 0], [-1, 0.25, 9, 3]):
        figure: Any = fp.network(np.array(x), *parameters)
        labels = [label for layer in plan(figure).edges for label in placed.written(layer)]
        written.append([(label.box, label.size, label.always) for label in labels])
    assert len(written[0]) == 40
    assert written[0] == written[1] == written[2]
