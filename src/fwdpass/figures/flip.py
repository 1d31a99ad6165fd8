"""A network, and every image of black and white pixels that it can be shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, combinations, product
from math import comb

import htpy as h
import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from fwdpass import numerals
from fwdpass.errors import ShapeError
from fwdpass.figures import layout, parts, words
from fwdpass.figures.base import Figure, Row, Shape, fitting, names, row, rows, settled
from fwdpass.figures.diagram import Diagram, diagram, touched
from fwdpass.figures.differences import Kept, Merged, merged
from fwdpass.figures.pixels import Pixels
from fwdpass.figures.placed import Rooms
from fwdpass.figures.states import GLYPHS
from fwdpass.figures.words import cells
from fwdpass.figures.written import written
from fwdpass.nn import Array, forward, mse
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.exact import settle
from fwdpass.numerals.writing import Medium

PIXELS = 6
"""Pixels up to which every image is run that flipping them gives: each more would double them."""
PICTURES = 2**PIXELS
"""Pictures that are run at most: of a larger image, those that flipping a few of its pixels gives."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """An image, and what a network makes of it."""

    image: Pixels
    network: Diagram
    target: Row
    loss: Fraction

    def __hash__(self) -> int:
        return hash((self.image, self.network))

    @property
    def key(self) -> str:
        """The image's name, a letter for each pixel: 1 is light, 0 is dark."""
        return "".join(str(v) for row in self.image.entries for v in row)

    def told(self) -> Iterator[tuple[str, h.Node]]:
        """Tell of the image what can be shown of it: the texts of a row, and its cells."""
        network = self.network
        pixels, target = " ".join(self.key), " ".join(cells(self.target))
        states, loss = self.glyphs, numerals.text(self.loss, ".4f")
        yield pixels, parts.head(pixels)
        yield from ((text, parts.cell(z, text)) for z, text in zip(network.z1, cells(network.z1), strict=True))
        yield states, h.td[h.span(".fp-glyph")[states]]
        yield from ((text, parts.cell(y, text)) for y, text in zip(network.y_hat, cells(network.y_hat), strict=True))
        yield target, h.td[target]
        yield loss, h.td[loss]

    @property
    def glyphs(self) -> str:
        """The states of the hidden neurons, a glyph for each."""
        return "".join(GLYPHS[state] for state in self.network.states)

    def html(self, rooms: Rooms, *, wide: bool) -> h.Element:
        """Draw the image: with the same elements as every other, so that only their attributes and texts differ.

        ``rooms`` are those of the network's picture, and ``wide`` says that the table below needs a box that scrolls.
        """
        verdict = self._verdict()
        return h.div(".fp-case")[
            h.div(".fp-pictured")[
                # What a flipped pixel changes stands below the pixels, in sight with them, on a phone too.
                h.div(".fp-switched")[
                    self.image.html(),
                    parts.scroll("The prediction, the target and the loss", verdict) if wide else verdict,
                    h.div(".fp-live"),
                ],
                self.network.drawn(rooms),
            ],
            self.network.folded(),
        ]

    def _verdict(self) -> h.Element:
        """Tell the prediction, the target and the loss."""
        y_hat, n = self.network.y_hat, self.network.sizes[2]
        rows = {"prediction": y_hat, "target": self.target[: len(y_hat)]}
        width = len(y_hat) + (len(y_hat) < n)
        return h.table(".fp-contributions.fp-verdict")[
            h.caption(".fp-sr")["The prediction, the target and the loss"],
            h.thead[h.tr[h.th(scope="col")["output"], parts.heads("y_hat", len(y_hat), n)]],
            h.tbody[(h.tr[parts.head(name), parts.row(row, cells(row), n)] for name, row in rows.items())],
            h.tfoot[h.tr[parts.head("loss"), h.td(colspan=numerals.text(width))[numerals.text(self.loss, ".4f")]]],
        ]


@dataclass(frozen=True, repr=False)
class Flip(Figure):
    """Images of black and white pixels that flipping pixels of one gives, and which of them is shown."""

    pictures: tuple[Picture, ...]
    shown: int
    flips: int
    """How many pixels may be flipped at a time: all, where every image is there."""

    @property
    def picture(self) -> Picture:
        """The one that is shown."""
        return self.pictures[self.shown]

    @property
    def heads(self) -> list[str]:
        """What is told of each picture."""
        first = self.pictures[0].network
        sums, outputs = names("z", len(first.z1)), names("y_hat", len(first.y_hat))
        return ["pixels", *map(str, sums), "states", *map(str, outputs), "target", "loss"]

    @property
    def which(self) -> str:
        """Which pictures there are, where these are not all."""
        if self.flips == len(self.picture.key):
            return ""
        return f": this one, and those that flipping {'a pixel' if self.flips == 1 else 'a few pixels'} of it gives"

    def plain(self, medium: Medium) -> str:
        """Draw the picture that is shown, and below it a line for each there is."""
        lines = [
            [
                " ".join(picture.key),
                *cells(picture.network.z1, medium=medium),
                picture.glyphs,
                *cells(picture.network.y_hat, medium=medium),
                " ".join(cells(picture.target, medium=medium)),
                numerals.text(picture.loss, ".4f", medium),
            ]
            for picture in self.pictures
        ]
        every = layout.columns([self.heads, *lines], "<" + ">" * (len(self.heads) - 1))
        return f"{self.picture.network.plain(medium)}\n\nevery picture{self.which}\n{every}"

    def latex(self) -> str:
        """Draw the network of the picture that is shown."""
        return self.picture.network.latex()

    def html(self) -> h.Element:
        """Draw an image and what the network makes of it; what every other image changes goes along, and is tabled."""
        every, kept = _merged(self.pictures)
        return touched(".fp-flip", picture=self.picture.key)[
            every.drawn(self.shown),
            self._every(),
            h.script(type="application/json")[_embedded({"looks": kept.looks, "cases": kept.cases})],
        ]

    def _every(self) -> h.Element:
        """Tell of every image what can be shown of it."""
        said = f"What the network makes of {words.count(len(self.pictures), 'picture')}{self.which}"
        table = h.table(".fp-contributions")[h.caption[said], parts.columns(*self.heads), h.tbody[_rows(self.pictures)]]
        return h.details(".fp-worked.fp-every")[h.summary[said], parts.scroll(said, table)]


def drawings(pictures: tuple[Picture, ...]) -> list[h.Element]:
    """Draw each image, with as much room as any of them needs."""
    rooms = Rooms.of(picture.network for picture in pictures)
    wide = max(parts.ems([cells(picture.network.y_hat)]) for picture in pictures) > parts.PHONE
    return [picture.html(rooms, wide=wide) for picture in pictures]


# A book shows the same pictures again and again, each time another one of them: what does not depend on that is kept.


@lru_cache(maxsize=4)
def _merged(pictures: tuple[Picture, ...]) -> tuple[Merged, Kept]:
    return merged(drawings(pictures), [[text for text, _ in picture.told()] for picture in pictures])


@lru_cache(maxsize=4)
def _rows(pictures: tuple[Picture, ...]) -> Markup:
    rows = (written(h.tr[[cell for _, cell in picture.told()]]) for picture in pictures)
    return Markup("".join(rows))  # noqa: S704 - written from elements


def _embedded(data: object) -> Markup:
    """Write data for a script element, which knows no character references, and ends at whatever looks like its end."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Markup(written)  # noqa: S704 - safe by the line above


# View -----------------------------------------------------------------------------------------------------------------


@checked
def flip(
    image: ArrayLike,
    W1: ArrayLike,
    b1: ArrayLike,
    W2: ArrayLike,
    b2: ArrayLike,
    answer: Callable[[Array], Array] = np.transpose,
) -> Flip:
    r"""Show what the network makes of an image, and of every other image that flipping its pixels gives.

    A large image has too many others: it is shown with those that flipping a few of its pixels gives.

    Parameters
    ----------
    image : array_like
        Shape (rows, columns), of pixels that are black or white, as in ``fwdpass.lesson.image``.
    W1, W2 : array_like
        Weights, of shapes (rows * columns, n_hidden) and (n_hidden, n_out).
    b1, b2 : array_like
        Biases, of shapes (n_hidden,) and (n_out,).
    answer : callable
        Makes of an image what the network should answer, an array of n_out numbers.

    Returns
    -------
    Flip
        A figure.

    Raises
    ------
    ShapeError
        For an image of greys, for one with too many pixels, and where the shapes do not fit.

    Examples
    --------
    >>> from fwdpass.lesson import W1, W2, b1, b2
    >>> every = repr(flip([[1, 0], [1, 1]], W1, b1, W2, b2)).splitlines()
    >>> print(every[-1], every[-6], sep="\n")
    1 1 1 1  -0.3   0.3   0.3     ○●●   0.03   0.13  -0.16  -0.09  1 1 1 1  1.0579
    1 0 1 0   0.4  -0.3   0.6     ●○●   0.24  -0.22   0.12  -0.26  1 1 0 0  0.5370
    """
    given = settled(image)
    if given.ndim != 2 or not given.size or not all(v in (0, 1) for v in given.flat):
        raise ShapeError(f"pixels can be flipped where an image is ones and zeros, and this is {given.tolist()}")
    flips = _flips(given.size)
    # In the order of binary numbers: all of them, or those that are near.
    mine = row(given.flatten())
    images = product((Fraction(0), Fraction(1)), repeat=given.size) if flips == given.size else _near(mine, flips)
    parameters = tuple((array.shape, tuple(array.flat)) for array in map(settled, (W1, b1, W2, b2)))
    pictures = _run(tuple(images), given.shape, parameters, answer)
    return Flip(pictures, next(i for i, p in enumerate(pictures) if p.image.entries == rows(given)), flips)


@lru_cache(maxsize=4)
def _run(
    images: tuple[Row, ...],
    shape: Shape,
    parameters: tuple[tuple[Shape, Row], ...],
    answer: Callable[[Array], Array],
) -> tuple[Picture, ...]:
    """Show the network each image."""
    W1, b1, W2, b2 = (np.array(entries, dtype=object).reshape(shape) for shape, entries in parameters)

    def picture(pixels: Row) -> Picture:
        image = np.array(pixels, dtype=object).reshape(shape)
        x, target = image.flatten(), settled(answer(image)).flatten()
        loss = settle(mse(forward(x, W1, b1, W2, b2).y_hat, target))
        network = diagram(x, W1, b1, W2, b2)
        return Picture(Pixels(rows(image)), network, row(target[: fitting(len(target))]), loss)

    return tuple(map(picture, images))


def _flips(pixels: int) -> int:
    """Find how many pixels can be flipped at a time, so that the images are few enough to be run.

    >>> [_flips(n) for n in (4, 6, 7, 9, 16)]
    [4, 6, 3, 2, 1]
    """
    images = [*accumulate(comb(pixels, flips) for flips in range(pixels + 1))]
    flips = len([n for n in images if n <= PICTURES]) - 1  # the first is the image itself
    if not flips:
        raise ShapeError(f"an image of {pixels} pixels has too many others: flip one of {PICTURES - 1} pixels or fewer")
    return flips


def _near(pixels: Row, flips: int) -> list[Row]:
    """Give the images in which so many pixels at most are others."""
    flipped = (at for n in range(flips + 1) for at in combinations(range(len(pixels)), n))
    return sorted(tuple(1 - pixel if i in at else pixel for i, pixel in enumerate(pixels)) for at in flipped)
