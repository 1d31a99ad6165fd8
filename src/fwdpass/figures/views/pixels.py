"""An image as squares, each as light as its number."""

from __future__ import annotations

from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures.kinds import Pixels
from fwdpass.figures.views.base import View, grid, settled
from fwdpass.numerals import exact


def pixels(image: ArrayLike, white: int = 1) -> View:
    """Show an image of shape (rows, columns): the larger a number, the lighter its pixel. ``white`` is the largest.

    Raises ShapeError for another shape, and for a number that is darker than black or lighter than white.

    >>> from fwdpass import lesson
    >>> pixels(lesson.image)
    1  0
    1  1
    >>> pixels([[0, 255]])
    Traceback (most recent call last):
    fwdpass.errors.ShapeError: a pixel is a number from 0, black, to 1, white: say what is white, as in white=255
    """
    numbers = settled(image)
    if numbers.ndim != 2 or not numbers.size:
        raise ShapeError(f"an image has rows and columns of pixels, and this one has shape {numbers.shape}")
    lightest = exact.settle(white)
    if lightest <= 0:
        raise ShapeError(f"white is lighter than black, which is 0, and got white={white!r}")
    if not all(0 <= v <= lightest for v in numbers.flat):
        said = "255" if lightest == 1 else "…"
        raise ShapeError(f"a pixel is a number from 0, black, to {white}, white: say what is white, as in white={said}")
    return View(Pixels(grid(numbers), lightest))
