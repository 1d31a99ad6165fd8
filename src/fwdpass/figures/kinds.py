"""What a picture is made of: a closed union of frozen facts, numbers exact and not yet text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import accumulate
from typing import Literal, NamedTuple

SHOWN = 12
"""Rows, columns or terms that a figure holds at most; what is longer is cut, and says so."""
WORKED = SHOWN**2
"""Dot products that are written out at most: as many as a result that is shown has entries."""

Row = tuple[Fraction, ...]
Grid = tuple[Row, ...]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Name:
    """One place on an axis: ``Name("h", 0)`` is the neuron h0."""

    axis: str
    index: int


@dataclass(frozen=True)
class Vector:
    """A row of numbers, a name over each: the first of ``n``."""

    axis: str
    entries: Row
    n: int
    caption: str = ""


@dataclass(frozen=True)
class Matrix:
    """Rows and columns of numbers, a name for each: the top left of ``shape``."""

    axes: tuple[str, str]
    entries: Grid
    shape: tuple[int, int]
    caption: str = ""


@dataclass(frozen=True)
class Dot:
    """A dot product: the first of ``n`` pairs that are multiplied, and a bias if there is one."""

    left: Row
    right: Row
    n: int
    bias: Fraction | None
    value: Fraction

    @property
    def products(self) -> Row:
        """What each step adds: a pair's product, what the pairs that are not shown come to, the bias.

        >>> Dot((Fraction(2),), (Fraction(3),), 2, Fraction(1), Fraction(27)).products
        (Fraction(6, 1), Fraction(20, 1), Fraction(1, 1))
        """
        shown = tuple(p * q for p, q in zip(self.left, self.right, strict=True))
        rest = () if len(shown) == self.n else (self.value - sum(shown) - (self.bias or 0),)
        return (*shown, *rest, *(() if self.bias is None else (self.bias,)))

    @property
    def sums(self) -> Row:
        """The running sum after each step; the last is the value.

        >>> Dot((Fraction(2),), (Fraction(3),), 2, Fraction(1), Fraction(27)).sums
        (Fraction(6, 1), Fraction(26, 1), Fraction(27, 1))
        """
        return (*tuple(accumulate(self.products))[:-1], self.value)


@dataclass(frozen=True)
class Product:
    """A matrix product: the first of ``n`` dot products, each with the names of its entry."""

    names: tuple[tuple[Name, ...], ...]
    dots: tuple[Dot, ...]
    n: int
    result: Vector | Matrix
    left: Vector | Matrix
    right: Vector | Matrix
    bias: Vector | None


Operation = Literal["name", "binary", "sign", "transpose", "pick", "call"]


class Operand(NamedTuple):
    """What went into a step: its text in the expression, and its shape."""

    text: str
    shape: Shape


@dataclass(frozen=True)
class Step:
    """One sub-expression, evaluated: what went in and what came out."""

    expression: str
    operation: Operation
    operands: tuple[Operand, ...]
    result: Shape
    operator: str = ""
    """The sign between two operands, or the word for what a call does to each entry."""


@dataclass(frozen=True)
class Shapes:
    """An expression's steps in the order in which Python takes them."""

    steps: tuple[Step, ...]


class Axis(NamedTuple):
    """One axis of an operand, its place from the end: ``Axis("W1", 1, 3)`` is the last; no length means no axis."""

    operand: str
    place: int
    length: int | None
    first: bool = False
    """Whether it is the only axis, or the one that stands first."""


@dataclass(frozen=True)
class Mismatch:
    """Two operands that do not go together, what NumPy said or did, and what would fit."""

    step: Step
    """Its result is the shape that came out, where NumPy went through with it."""
    pairs: tuple[tuple[Axis, Axis], ...]
    """The axes that disagree."""
    message: str
    """What NumPy said; nothing, where it went through with it."""
    fits: tuple[Step, ...]


class State(Enum):
    """What a neuron's sum means to ReLU."""

    ALIVE = "alive"
    BOUNDARY = "boundary"
    DEAD = "dead"

    @classmethod
    def of(cls, z: Fraction) -> State:
        """Decide by the sign: exactly zero is a case of its own.

        >>> State.of(Fraction(0)), State.of(Fraction(-1, 10))
        (<State.BOUNDARY: 'boundary'>, <State.DEAD: 'dead'>)
        """
        return cls.ALIVE if z > 0 else cls.DEAD if z < 0 else cls.BOUNDARY


@dataclass(frozen=True)
class States:
    """Each neuron's sum, and what ReLU passes on of it."""

    axis: str
    z: Row
    h: Row
    n: int


@dataclass(frozen=True)
class Network:
    """A network of two layers with an input in it: the first neurons of each layer."""

    x: Row
    W1: Grid
    b1: Row
    z1: Row
    h: Row
    W2: Grid
    b2: Row
    y_hat: Row
    sizes: tuple[int, int, int]
    """How many neurons each layer really has."""
    sums: tuple[Product, Product]
    """Each neuron's sum, written out, a layer after the other."""


@dataclass(frozen=True)
class Picture:
    """An image, and what a network makes of it."""

    image: Pixels
    network: Network
    target: Row
    loss: Fraction

    @property
    def key(self) -> str:
        """Name the image by its pixels: 1 is light, 0 is dark."""
        return "".join(str(v) for row in self.image.entries for v in row)


@dataclass(frozen=True)
class Flip:
    """Every image of black and white pixels, and which of them is shown."""

    pictures: tuple[Picture, ...]
    shown: int


@dataclass(frozen=True)
class Collapsed:
    """Two linear layers, and the one that does the same."""

    W_eff: Matrix
    b_eff: Vector
    weight_sums: Product
    """How the weights of the layers make the weights of the one."""
    bias_sums: Product


@dataclass(frozen=True)
class Contributions:
    """What each neuron sends on: its value times its row of weights; and the sum of all that."""

    values: Vector
    weights: Matrix
    sent: Matrix
    total: Vector


@dataclass(frozen=True)
class Output:
    """What a script printed."""

    script: str
    stdout: str


@dataclass(frozen=True)
class Pixels:
    """An image: how light each pixel is, from 0, black, to ``white``."""

    entries: Grid
    white: Fraction = Fraction(1)


@dataclass(frozen=True)
class Table:
    """Texts under heads: between backticks is code, after a line break a note."""

    about: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Heat:
    """Many numbers as shades: a level for each point, from -127 to 127, against the largest number that there is."""

    rows: int
    columns: int
    levels: tuple[int, ...]
    """Row by row; a point stands for ``block`` numbers, and shows the one that is farthest from zero."""
    block: tuple[int, int]
    largest: Fraction


@dataclass(frozen=True)
class Weights:
    """A matrix that is too large to write out: all of it as shades, and its top left in numbers."""

    heat: Heat
    corner: Matrix
    smallest: Fraction
    mean: Fraction
    biggest: Fraction


@dataclass(frozen=True)
class Column:
    """A layer's neurons in a picture of any network: the first of ``n``, or all of them as shades."""

    axis: str
    places: str
    """The axis as it stands before the number of a neuron."""
    n: int
    said: str
    """What the layer does to its sums; nothing for the input."""
    values: Row
    """What they pass on; empty where there is no input."""
    states: tuple[State, ...]
    """What the sums mean to ReLU; empty for another activation."""
    counts: tuple[int, int, int] | None
    """Of all neurons: alive, on the boundary, dead."""
    heat: Heat | None


@dataclass(frozen=True)
class Layered:
    """A network of any layers, with an input in it or without."""

    columns: tuple[Column, ...]
    weights: tuple[Grid | None, ...]
    """The weights from each column to the next, where they are few enough to draw."""


Figure = (
    Vector
    | Matrix
    | Dot
    | Product
    | Shapes
    | Mismatch
    | States
    | Network
    | Flip
    | Collapsed
    | Contributions
    | Output
    | Pixels
    | Table
    | Weights
    | Layered
)
