"""An image as squares, each as light as its number."""

from __future__ import annotations

from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figure import Pixels
from fwdpass.views.base import View, grid, settled


def pixels(image: ArrayLike) -> View:
    """Show an image of shape (rows, columns): the larger a number, the lighter its pixel.

    Raises ShapeError for another shape, and for a number that is darker than black or lighter than white.

    >>> from fwdpass import lesson
    >>> pixels(lesson.image)
    1  0
    1  1
    >>> pixels([[0, 255]])
    Traceback (most recent call last):
    fwdpass.errors.ShapeError: a pixel is a number from 0, black, to 1, white: divide the image by its largest value
    """
    numbers = settled(image)
    if numbers.ndim != 2 or not numbers.size:
        raise ShapeError(f"an image has rows and columns of pixels, and this one has shape {numbers.shape}")
    if not all(0 <= v <= 1 for v in numbers.flat):
        raise ShapeError("a pixel is a number from 0, black, to 1, white: divide the image by its largest value")
    return View(Pixels(grid(numbers)))
