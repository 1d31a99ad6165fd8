"""The network of a lesson in lists and fractions: what the words of a page are held against.

Nothing here is the package's, and nothing is NumPy's. The numbers are read from the lesson's source, and every
quantity is written out as a schoolbook has it, so that a slip in a page's predicate meets another way to say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm
from operator import mul

from fwdpass.page import Lesson
from tests.mutation.forms import stated

Vector = list[Fraction]
Matrix = list[Vector]


@dataclass(frozen=True)
class Net:
    """A picture, and the parameters of the two layers that it goes through."""

    image: Matrix
    W1: Matrix
    b1: Vector
    W2: Matrix
    b2: Vector

    @classmethod
    def of(cls, lesson: Lesson) -> Net:
        """Read the numbers of a lesson from its source."""
        arrays = stated(lesson.source)
        vectors = {name: [arrays[name][(i,)] for i in range(len(arrays[name]))] for name in ("b1", "b2")}
        matrices = {}
        for name in ("image", "W1", "W2"):
            rows, columns = (max(index) + 1 for index in zip(*arrays[name], strict=True))
            matrices[name] = [[arrays[name][i, j] for j in range(columns)] for i in range(rows)]
        return cls(matrices["image"], matrices["W1"], vectors["b1"], matrices["W2"], vectors["b2"])

    @cached_property
    def _lowest(self) -> dict[int, Fraction]:
        return {}

    @cached_property
    def x(self) -> Vector:
        """The picture, row by row."""
        return [pixel for row in self.image for pixel in row]

    @cached_property
    def target(self) -> Vector:
        """The picture, column by column."""
        return [row[j] for j in range(len(self.image[0])) for row in self.image]

    @cached_property
    def z1(self) -> Vector:
        """The hidden neurons' sums."""
        return plus(times(self.x, self.W1), self.b1)

    @cached_property
    def h(self) -> Vector:
        """What the hidden neurons pass on."""
        return [max(z, Fraction(0)) for z in self.z1]

    @cached_property
    def y_hat(self) -> Vector:
        """The prediction."""
        return plus(times(self.h, self.W2), self.b2)

    @cached_property
    def linear(self) -> Vector:
        """What the network would answer without ReLU."""
        return plus(times(self.z1, self.W2), self.b2)

    @cached_property
    def loss(self) -> Fraction:
        """The mean of the squared errors."""
        return mean([(y - t) ** 2 for y, t in zip(self.y_hat, self.target, strict=True)])

    @cached_property
    def alive(self) -> list[int]:
        """The neurons whose sums are positive."""
        return [j for j, z in enumerate(self.z1) if z > 0]

    @cached_property
    def boundary(self) -> list[int]:
        """The neurons whose sums are exactly zero."""
        return [j for j, z in enumerate(self.z1) if z == 0]

    @cached_property
    def dead(self) -> list[int]:
        """The neurons whose sums are negative."""
        return [j for j, z in enumerate(self.z1) if z < 0]

    @cached_property
    def pixels(self) -> int:
        """How many pixels the picture has, and as many outputs the network."""
        return len(self.x)

    @cached_property
    def hidden(self) -> int:
        """How many hidden neurons there are."""
        return len(self.b1)

    def lowest(self, shades: int) -> Fraction:
        """Give the lowest that the largest hidden sum gets, over all pictures with pixels of so many whole shades."""
        if shades not in self._lowest:
            # in whole numbers, which are faster than fractions: there may be hundreds of pictures
            unit = lcm(*(v.denominator for row in (*self.W1, self.b1) for v in row))
            weights = [[int(v * unit) for v in column] for column in transposed(self.W1)]
            biases = [int(b * unit) for b in self.b1]
            sums = (
                max(sum(map(mul, x, column)) + b for column, b in zip(weights, biases, strict=True))
                for x in product(range(shades), repeat=self.pixels)
            )
            self._lowest[shades] = Fraction(min(sums), unit)
        return self._lowest[shades]

    def on(self, x: Vector) -> Net:
        """Give the same network on another picture, given row by row."""
        n = len(self.image[0])
        return Net([x[i : i + n] for i in range(0, len(x), n)], self.W1, self.b1, self.W2, self.b2)

    def every_picture(self) -> list[Net]:
        """Give the network on each picture of black and white pixels."""
        return [self.on([Fraction(pixel) for pixel in pixels]) for pixels in product((0, 1), repeat=self.pixels)]


def times(x: Vector, W: Matrix) -> Vector:
    """Multiply a row with a matrix."""
    return [sum((a * row[j] for a, row in zip(x, W, strict=True)), Fraction(0)) for j in range(len(W[0]))]


def matmul(A: Matrix, B: Matrix) -> Matrix:
    """Multiply two matrices, a row at a time."""
    return [times(row, B) for row in A]


def plus(a: Vector, b: Vector) -> Vector:
    """Add entry by entry."""
    return [p + q for p, q in zip(a, b, strict=True)]


def transposed(W: Matrix) -> Matrix:
    """Exchange rows and columns."""
    return [list(column) for column in zip(*W, strict=True)]


def mean(values: Sequence[Fraction]) -> Fraction:
    """Divide a sum by the number of its terms."""
    return sum(values, Fraction(0)) / len(values)
