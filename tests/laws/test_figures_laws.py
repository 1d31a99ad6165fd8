"""Laws of the figures for any lesson: whatever the shapes and the numbers, they are drawn, whole and to be read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import fwdpass as fp
from fwdpass.figures import placed
from fwdpass.figures.base import Figure
from fwdpass.figures.diagram import Diagram
from fwdpass.figures.states import GLYPHS, State
from fwdpass.figures.words import cells
from fwdpass.numerals.exact import rational

SHAPES = [(1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)]
SCALES = [1.0, 1e6, 1e-6, 1 / 3, 123456.79]
SIGNS = ["any", "dead", "alive", "ties", "zeros"]


class Lesson(NamedTuple):
    """An image, and the parameters of a network for it."""

    image: np.ndarray
    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray

    @property
    def x(self) -> np.ndarray:
        return self.image.ravel()


@st.composite
def lessons(draw: DrawFn, pixels: int = 9) -> Lesson:
    shape = draw(st.sampled_from([shape for shape in SHAPES if np.prod(shape) <= pixels]))
    n, hidden = int(np.prod(shape)), draw(st.integers(2, 8))
    random = np.random.RandomState(draw(st.integers(0, 10**6)))
    image = random.randint(0, 2, shape)
    W1, b1, W2, b2 = (random.randint(-9, 10, size) / 10 for size in ((n, hidden), hidden, (hidden, n), n))
    match draw(st.sampled_from(SIGNS)):
        case "dead":
            W1, b1 = -abs(W1), -abs(b1) - 0.1
        case "alive":
            W1, b1 = abs(W1), abs(b1) + 0.1
        case "ties":
            W1, b1 = W1[:, :1].repeat(hidden, 1), b1[:1].repeat(hidden)
        case "zeros":
            W1, b1, W2, b2 = W1 * 0, b1 * 0, W2 * 0, b2 * 0
    scale = draw(st.sampled_from(SCALES))
    return Lesson(image, *(array * scale for array in (W1, b1, W2, b2)))


VIEWS: dict[str, Callable[[Lesson], Figure]] = {
    "pixels": lambda given: fp.pixels(given.image),
    "matrix": lambda given: fp.matrix(given.W1, "x", "h"),
    "heat": lambda given: fp.heat(given.W1, "x", "h"),
    "dot": lambda given: fp.dot(given.x, given.W1[:, 0], given.b1[0]),
    "product": lambda given: fp.product(given.x, given.W1, "x", "h", bias=given.b1),
    "product of matrices": lambda given: fp.product(given.W1, given.W2, "x", "h", "y"),
    "states": lambda given: fp.states(given.x, given.W1, given.b1, "h"),
    "contributions": lambda given: fp.contributions(given.W2[:, 0], given.W2, "h", "y"),
    "collapsed": lambda given: fp.collapsed(*given[1:]),
    "network": lambda given: fp.network(given.x, *given[1:]),
    "layered": lambda given: fp.network(deep(given), given.x),
    "shapes": lambda given: fp.shapes("fp.relu(x @ W1 + b1) @ W2 + b2", {"fp": fp, "x": given.x, **given._asdict()}),
}
every = pytest.mark.parametrize("view", VIEWS)


def deep(given: Lesson) -> fp.Network:
    """A network that ends where it begins, and so has no room for every number."""
    _, W1, b1, W2, b2 = given
    return fp.Network((W1, b1, "relu"), (W2, b2, "relu"), (W1, b1, "relu"), (W2, b2))


@every
@settings(max_examples=12)
@given(given=lessons())
def test_any_lesson_is_drawn_in_every_medium(view: str, given: Lesson) -> None:
    figure = VIEWS[view](given)
    assert repr(figure)
    tex = re.sub(r"\\[{}]", "", figure.latex())
    assert tex.count("{") == tex.count("}")
    for row in (row for table in ET.fromstring(figure._repr_html_()).iter("table") for row in table.iter("tr")):  # noqa: S314 - our own
        assert all("None" not in "".join(cell.itertext()) for cell in row)
    assert not re.search(r"(?<![\w.])[-−]0(?:\.0+)?(?![\d.])|nan|inf\b|e[-+]\d", figure.text())


# A Network runs the decimals that its floats are, noise and all, so that its picture may have a place more.
@pytest.mark.parametrize("view", [view for view in VIEWS if view != "layered"])
@settings(max_examples=6)
@given(given=lessons())
def test_noise_in_the_last_digits_changes_no_figure(view: str, given: Lesson) -> None:
    """Floats that stand for the same decimals are shown as the same, zeros and signs included."""
    noisy = given._replace(**{name: getattr(given, name) * (1 + 2.0**-52) for name in ("W1", "b1", "W2", "b2")})
    assert VIEWS[view](noisy)._repr_html_() == VIEWS[view](given)._repr_html_()
    assert repr(VIEWS[view](noisy)) == repr(VIEWS[view](given))


@settings(max_examples=25)
@given(given=lessons(), divisor=st.sampled_from([3, 7, 9, 11]))
def test_noise_makes_no_neuron_alive_or_dead(given: Lesson, divisor: int) -> None:
    """Parameters that are divided give the states that those before had, though no float holds a third."""
    _, W1, b1, W2, b2 = given
    exact = fp.states(given.x, rational(W1) * Fraction(1, divisor), rational(b1) * Fraction(1, divisor))
    shown = fp.states(given.x, W1 / divisor, b1 / divisor)
    assert (shown.alive, shown.boundary, shown.dead) == (exact.alive, exact.boundary, exact.dead)
    drawn = fp.network(given.x, W1 / divisor, b1 / divisor, W2, b2)
    glyphs = {GLYPHS[State.of(z)]: State.of(z).value for z in exact.z}
    assert all(state in repr(drawn) for state in glyphs.values())
    assert repr(shown).split() == repr(fp.states(given.x, W1 / divisor, b1 / divisor, "i")).split()


def test_a_third_three_times_less_one_is_nothing() -> None:
    third, ones = np.full((3, 1), 1 / 3), np.ones(3)
    for scale in (1, 1e6, 1e-6, 3):
        assert fp.states(ones, third * scale, [-1 * scale]).boundary == (0,)
        assert fp.dot(ones, third[:, 0] * scale, -scale).value == 0
    near = fp.states(ones, third, [-0.99999999999])  # a number of its own, and no noise
    assert near.alive == (0,)
    assert fp.states([1, 1], [[1e6], [1e-7]], [-1e6]).alive == (0,), "decimals as written have no noise"


# The pictures -------------------------------------------------------------------------------------------------------

Box = tuple[float, float, float, float]


def written(svg: ET.Element) -> list[tuple[str, Box]]:
    """Where texts stand, as wide as their letters can be in the fonts that are named: a digit is half an em."""
    found = []
    for group in svg.iter():
        for text in group.findall("text"):
            said = "".join(text.itertext())
            size = float(text.get("font-size") or group.get("font-size") or svg.get("font-size") or 0)
            half = (0.5 * len(said) + 0.25 * said.count("−") - 0.2 * said.count(".")) * size / 2
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            left = x if text.get("text-anchor") == "start" else x - half
            found.append((said, (left, y - 0.75 * size, left + 2 * half, y + 0.25 * size)))
    return found


def neurons(svg: ET.Element) -> dict[str, Box]:
    """Where the neurons of a diagram are."""
    found = {}
    for shape in svg.iter():
        if name := shape.get("data-node"):
            at = {key: float(shape.get(key, 0)) for key in ("x", "y", "width", "height", "cx", "cy", "r")}
            x, y, r = at["cx"], at["cy"], at["r"]
            round_ = (x - r, y - r, x + r, y + r)
            found[name] = round_ if r else (at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"])
    return found


def meets(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inner(box: Box) -> Box:
    """A point in the middle of a box."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return (x, y, x + 0.1, y + 0.1)


def pictures(figure: Figure) -> list[ET.Element]:
    return ET.fromstring(figure._repr_html_()).findall(".//div[@class='fp-scroll']/svg")  # noqa: S314 - our own


def assert_whole(svg: ET.Element) -> None:
    """Nothing that is written sticks out of a picture."""
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert svg.get("width") == f"{width:.0f}"
    for said, (left, top, right, bottom) in written(svg):
        assert left >= 0 <= top, said
        assert right <= width, said
        assert bottom <= height, said


@settings(max_examples=25)
@given(given=lessons())
def test_nothing_in_a_networks_picture_is_cut(given: Lesson) -> None:
    figure = fp.network(given.x, *given[1:])
    [svg] = pictures(figure)
    assert_whole(svg)
    placed = neurons(svg)
    n, hidden = given.W1.shape
    assert len(placed) == 2 * n + hidden
    assert not any(meets(a, b) for a, b in combinations(placed.values(), 2))
    texts = written(svg)
    for axis, values in (("x", figure.x), ("h", figure.h), ("ŷ", figure.y_hat)):
        for i, said in enumerate(cells(values)):
            room = placed[f"{axis}{i}"]
            [(shown, box)] = [(text, box) for text, box in texts if meets(box, room) and meets(room, inner(box))]
            assert shown == said
            assert room[0] <= box[0] <= box[2] <= room[2], "a value is in its neuron"


@settings(max_examples=12)
@given(given=lessons())
def test_nothing_in_a_deep_picture_is_cut(given: Lesson) -> None:
    figure = fp.network(deep(given), given.x)
    [svg] = pictures(figure)
    assert_whole(svg)
    assert ("Enlarge the picture" in figure._repr_html_()) == (float(svg.attrib["width"]) > 700)


@settings(max_examples=4)
@given(given=lessons(pixels=6))
def test_whichever_pixels_are_flipped_the_picture_is_as_large(given: Lesson) -> None:
    """The room is that of all of them, or the page would jump: the one that is shown has the size of every other."""
    sizes = set()
    for image in (given.image, 1 - given.image, given.image * 0):
        figure = fp.flip(image, *given[1:])
        [svg] = pictures(figure)
        assert_whole(svg)
        sizes.add(svg.attrib["viewBox"])
    assert len(sizes) == 1


@settings(max_examples=2)
@given(given=lessons().filter(lambda given: given.x.size == 9))
def test_nine_pixels_are_flipped_two_at_a_time(given: Lesson) -> None:
    figure = fp.flip(*given)
    assert len(figure.pictures) == 1 + 9 + 36
    assert max(np.sum(np.array([*p.key]) != np.array([*figure.picture.key])) for p in figure.pictures) == 2
    assert len(figure._repr_html_()) < 250_000


@settings(max_examples=12)
@given(given=lessons())
def test_what_is_not_zero_is_not_shown_as_zero(given: Lesson) -> None:
    figure = fp.states(given.x, given.W1, given.b1)
    lines = repr(figure).splitlines()[1:]
    for z, passed, line in zip(figure.z, figure.h, lines, strict=True):
        words = line.split()
        assert bool(z) == bool(re.search("[1-9]", words[1]))
        assert bool(passed) == bool(re.search("[1-9]", words[-1] if "×" not in words else words[-3]))


@given(sizes=st.tuples(*[st.integers(1, 6)] * 3), seed=st.integers(0, 99))
def test_no_label_can_be_taken_for_another_edges(sizes: tuple[int, int, int], seed: int) -> None:
    rng = np.random.RandomState(seed)
    i, j, k = sizes
    shapes: list[tuple[int, ...]] = [(i,), (i, j), (j,), (j, k), (k,)]
    figure = fp.network(*(rng.randint(-9, 10, shape) / 10 for shape in shapes))
    assert isinstance(figure, Diagram)
    plan = placed.plan(figure, placed.Rooms.of([figure]))
    for edges, labels in zip(plan.edges, plan.labels, strict=True):
        assert len(labels) == len(edges) or len(edges) > placed.LABELLED
        boxes = [box for node in {n.name: n for e in edges for n in (e.source, e.target)}.values()
                 for box in placed.around(node)]  # fmt: skip
        lines = [(edge, edge.line) for edge in edges]
        for label in labels:
            for edge, line in lines:
                near = label.edge.source == edge.source or label.edge.target == edge.target
                if label.edge == edge:
                    assert line.crosses(label.box)
                elif label.always or near:
                    assert not line.crosses(label.box)
            assert not any(box.meets(label.box) for box in boxes)
        for a, b in combinations(labels, 2):
            near = a.edge.source == b.edge.source or a.edge.target == b.edge.target
            if (a.always and b.always) or near:
                assert not a.box.meets(b.box)
