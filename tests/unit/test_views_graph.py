"""Pictures side by side, lines and points in a plane, and names of steps: what is drawn, and what is refused."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fwdpass as fp
from fwdpass.errors import ExpressionError, ShapeError
from fwdpass.figures.graph import HEIGHT, WIDTH, Box, Graph, _box, _overlap

places = st.tuples(*[st.decimals(-1000, 1000, places=3).map(float)] * 2)


def test_what_is_brighter_than_white_is_white_and_has_its_own_number() -> None:
    drawn = str(fp.gallery([[[1.5, -0.25]]], ["an answer"]).html())
    assert re.findall(r'fill="(rgb[^"]*)"', drawn) == ["rgb(100% 100% 100%)", "rgb(0% 0% 0%)"]
    assert re.findall(r"<text[^>]*>([^<]*)<", drawn) == ["1.50", "−0.25"]
    assert "<figcaption>an answer</figcaption>" in drawn


def test_a_picture_of_many_pixels_has_an_element_a_grey_and_no_numbers() -> None:
    drawn = str(fp.gallery([[[i % 3 for i in range(8)]] * 8], ["a digit"], white=2).html())
    assert drawn.count("<path") == 3
    assert "<text" not in drawn
    assert 'aria-label="A picture of eight rows and eight columns of pixels."' in drawn


@pytest.mark.parametrize(
    ("images", "captions", "white", "said"),
    [
        ([[1, 0]], ["a"], 1, "has shape (2,)"),
        ([[[1, 0]]], [], 1, "one image and zero captions"),
        ([[[1, 0]]], ["a"], 0, "white is lighter than black"),
    ],
)
def test_a_gallery_says_what_it_takes(images: list[object], captions: list[str], white: int, said: str) -> None:
    with pytest.raises(ShapeError, match=re.escape(said)):
        fp.gallery(images, captions, white)  # type: ignore[arg-type]


@given(st.lists(places, min_size=1, max_size=6))
def test_everything_is_inside_the_picture_and_round_numbers_stand_around_it(drawn: list[tuple[float, float]]) -> None:
    figure = fp.graph("z", "h", points={f"h{j}": place for j, place in enumerate(drawn)})
    assert isinstance(figure, Graph)
    for axis in (0, 1):
        ticks = figure._ticks(axis)
        assert all(ticks[0] <= value <= ticks[-1] for value in [Fraction(0), *(p.at[axis] for p in figure.points)])
        assert 2 <= len(ticks) <= 6
    for point in figure.points:
        x, y = figure._to(point.at)
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT
    assert figure.points[0].at == tuple(Fraction(str(v)) for v in drawn[0])


def written(figure: Graph) -> dict[str, Box]:
    """About where each name of the plane stands."""
    found = re.findall(r'<text x="(\d+)" y="(-?\d+)" fill="[^"]*" text-anchor="(\w+)">([^<]*)<', str(figure.html()))
    return {said: _box(int(x), int(y), said, anchor) for x, y, anchor, said in found}


@given(st.lists(places, min_size=2, max_size=6))
def test_no_name_of_a_point_covers_another(drawn: list[tuple[float, float]]) -> None:
    figure = fp.graph("z", "h", points={f"the point {j}": place for j, place in enumerate(drawn)})
    assert isinstance(figure, Graph)
    names = [box for said, box in written(figure).items() if said.startswith("the point")]
    assert len(names) == len(drawn)
    assert not any(_overlap(one, other) for one, other in combinations(names, 2))


@pytest.mark.parametrize("end", [(8, 3), (8, -3), (8, 0)])
def test_the_name_of_a_line_covers_no_point_where_there_is_room(end: tuple[int, int]) -> None:
    figure = fp.graph("t", "u", lines={"trend": [(1, 0), end]}, points={"first": (1.5, 0.25), "second": (1.2, -0.2)})
    assert isinstance(figure, Graph)
    name = written(figure)["trend"]
    places = [figure._to(point.at) for point in figure.points]
    assert not any(_overlap(name, (x - 6, y - 6, x + 6, y + 6)) for x, y in places)
    assert not any(_overlap(name, box) for said, box in written(figure).items() if said in ("first", "second"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: fp.graph("z"), "a plane has two axes, and got one name"),
        (lambda: fp.graph("z", "h", lines={"a": [(0, 0)]}), "a has one corner"),
        (lambda: fp.graph("z", "h", points={"a": 1}), "a pair of numbers"),
        (lambda: fp.graph("z", "h", rings=["a"]), "there is no point a"),
    ],
)
def test_a_graph_says_what_it_takes(asked: object, said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        asked()  # type: ignore[operator]


def test_steps_have_the_names_that_they_are_given_in_every_medium() -> None:
    x, W = [1, 0], [[1], [2]]
    figure = fp.shapes("x @ W", {"x": fp.settled(x), "W": fp.settled(W)}, called={"x": "input", "x @ W": "sums"})
    assert repr(figure).splitlines()[0].split()[:3] == ["x", "input", "(2,)"]
    assert r"\texttt{x @ W} & \text{sums}" in figure.latex()
    assert '<th scope="col">what it is</th>' in str(figure.html())
    with pytest.raises(ExpressionError, match=re.escape("'W @ x' is no step of 'x @ W'")):
        fp.shapes("x @ W", {"x": fp.settled(x), "W": fp.settled(W)}, called={"W @ x": "sums"})
