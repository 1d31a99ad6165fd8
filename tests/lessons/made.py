"""Lessons that the book was not written for: the shipped one with other numbers, or with another shape."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Literal, get_args

from fwdpass.page import Lesson
from tests.mutation.forms import ARRAYS, resized, sizes, stated, written_over
from tests.mutation.values import decimal

Kind = Literal["shipped", "picture", "step", "edge", "shape", "random"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which a report has them."""

STEP = Fraction(1, 10)
"""What a parameter moves by: a step that a reader would try, and that makes ties with the lesson's own numbers."""
PICTURES = ((2, 2), (2, 3), (3, 2), (3, 3))
"""Rows and columns that a picture gets."""
WIDTHS = range(2, 9)
"""Numbers of hidden neurons."""
RANDOM = 300
SEED = 20261129

Index = tuple[int, ...]
Arrays = Mapping[str, Mapping[Index, Fraction]]
"""The entries of each of the lesson's arrays, by their indices."""


@dataclass(frozen=True)
class Made:
    """A lesson, its kind, and a name that says how it differs from the shipped one."""

    name: str
    kind: Kind
    lesson: Lesson


def every(lesson: Lesson, seed: int = SEED, randoms: int = RANDOM) -> list[Made]:
    """Make every lesson, in the order of :data:`KINDS`."""
    return [
        Made("as shipped", "shipped", lesson),
        *_pictures(lesson),
        *_steps(lesson),
        *_edges(lesson),
        *_shapes(lesson),
        *_randoms(lesson, seed, randoms),
    ]


def _pictures(lesson: Lesson) -> Iterator[Made]:
    """Every other picture of the same shape."""
    arrays = stated(lesson.source)
    places = list(arrays["image"])
    for pixels in product((0, 1), repeat=len(places)):
        image = dict(zip(places, map(Fraction, pixels), strict=True))
        if image != arrays["image"]:
            yield Made(f"picture {''.join(map(str, pixels))}", "picture", _with(lesson, {**arrays, "image": image}))


def _steps(lesson: Lesson) -> Iterator[Made]:
    """Each parameter a step up, and a step down."""
    arrays = stated(lesson.source)
    for name in ARRAYS[1:]:
        for index, value in arrays[name].items():
            for sign, step in (("+", STEP), ("-", -STEP)):
                moved = {**arrays, name: {**arrays[name], index: value + step}}
                yield Made(f"{name}{list(index)} {sign} {decimal(STEP)}", "step", _with(lesson, moved))


def _edges(lesson: Lesson) -> Iterator[Made]:
    """Networks at the edges of what can be stated."""
    arrays = stated(lesson.source)
    zero, above = Fraction(0), Fraction(9)
    edges: dict[str, Arrays] = {
        "all zero": _mapped(arrays, lambda _: zero),
        "all negative": _mapped(arrays, lambda v: -abs(v) - STEP),
        "all positive": _mapped(arrays, lambda v: abs(v) + STEP),
        "all dead": {**arrays, "b1": dict.fromkeys(arrays["b1"], -above)},
        "all alive": {**arrays, "b1": dict.fromkeys(arrays["b1"], above)},
        "no biases": {**arrays, **{name: dict.fromkeys(arrays[name], zero) for name in ("b1", "b2")}},
        "nothing but the target": {
            **arrays,
            "W2": dict.fromkeys(arrays["W2"], zero),
            "b2": dict(zip(arrays["b2"], _flipped(arrays["image"]), strict=True)),
        },
        "equal columns": {
            **arrays,
            "W1": {index: arrays["W1"][(index[0], 0)] for index in arrays["W1"]},
            "b1": dict.fromkeys(arrays["b1"], arrays["b1"][(0,)]),
        },
        "equal outputs": {
            **arrays,
            "W2": {index: arrays["W2"][(index[0], 0)] for index in arrays["W2"]},
            "b2": dict.fromkeys(arrays["b2"], arrays["b2"][(0,)]),
        },
        "huge (1e6)": _mapped(arrays, lambda v: v * 10**6),
        "tiny (1e-6)": _mapped(arrays, lambda v: v / 10**6),
    }
    for name, made in edges.items():
        yield Made(name, "edge", _with(lesson, made))
    thirds = written_over(lesson.source, arrays, lambda name, v: str(v) if name == "image" else f"{decimal(v)}/3")
    yield Made("repeating (thirds)", "edge", replace(lesson, source=thirds))


def _shapes(lesson: Lesson) -> Iterator[Made]:
    """Other pictures and widths; each with the picture that comes of itself, and with that picture's negative."""
    rows, columns, hidden = sizes(lesson)
    for (m, n), width in product(PICTURES, WIDTHS):
        if (m, n, width) == (rows, columns, hidden):
            continue
        other = resized(lesson, m, n, width)
        yield Made(f"{m}×{n} pixels, {width} hidden", "shape", other)
        arrays = stated(other.source)
        negative = {index: 1 - v for index, v in arrays["image"].items()}
        made = _with(other, {**arrays, "image": negative})
        yield Made(f"{m}×{n} pixels, {width} hidden, the negative", "shape", made)


def _randoms(lesson: Lesson, seed: int, n: int) -> Iterator[Made]:
    """Random networks of the shipped shape: half with one decimal, where sums often tie, half with two."""
    draw = random.Random(seed)  # noqa: S311 - numbers for tests
    arrays = stated(lesson.source)
    for number in range(n):
        unit = 10 if number % 2 else 100
        made: dict[str, dict[Index, Fraction]] = {
            name: {index: Fraction(draw.randint(-9 * unit // 10, 9 * unit // 10), unit) for index in arrays[name]}
            for name in ARRAYS[1:]
        }
        made["image"] = {index: Fraction(draw.randint(0, 1)) for index in arrays["image"]}
        yield Made(f"random {number} (seed {seed})", "random", _with(lesson, made))


def _flipped(image: Mapping[Index, Fraction]) -> list[Fraction]:
    """Give the pixels column by column, as the target has them."""
    return [image[index] for index in sorted(image, key=lambda index: index[::-1])]


def _mapped(arrays: Arrays, function: Callable[[Fraction], Fraction]) -> Arrays:
    """Change every parameter alike; the picture stays."""
    return {
        name: entries if name == "image" else {index: function(v) for index, v in entries.items()}
        for name, entries in arrays.items()
    }


def _with(lesson: Lesson, arrays: Arrays) -> Lesson:
    """State the lesson with other numbers in its arrays."""
    written = written_over(lesson.source, arrays, lambda name, v: str(v) if name == "image" else decimal(v))
    return replace(lesson, source=written)
