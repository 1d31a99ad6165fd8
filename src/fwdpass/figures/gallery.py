"""Images side by side, each with its caption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import htpy as h
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError
from fwdpass.figures import layout, words
from fwdpass.figures.base import Figure, Rows, rows, settled
from fwdpass.figures.marks import MUTED, path, rect, svg, text_
from fwdpass.figures.pixels import whitest
from fwdpass.figures.words import cells
from fwdpass.numerals import text
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium

NUMBERED = 4
"""Columns of pixels up to which a pixel has its number in it."""
ROOM, LETTER = 42, 9
"""A pixel's side, where its number has five letters at most, and what each further letter adds."""
SMALL = 96
"""About how wide an image is whose pixels have no numbers."""
FEW = 3
"""Images that stand below each other in LaTeX."""

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Gallery(Figure):
    """Images, each with a caption: how light each pixel is, from 0, black, to ``white``.

    What is darker than black is drawn black, and what is lighter than white is drawn white.
    """

    images: tuple[Rows, ...]
    captions: tuple[str, ...]
    white: Fraction = Fraction(1)

    def plain(self, medium: Medium) -> str:
        """Draw the numbers of each image below its caption."""
        drawn = (layout.columns(texts, ">" * len(texts[0])) for texts in self._texts(medium))
        return "\n\n".join(f"{caption}\n{image}" for caption, image in zip(self.captions, drawn, strict=True))

    def latex(self) -> str:
        """Draw a matrix for each image, behind its caption: and as many of them side by side as a line holds."""
        named = [
            rf"{layout.roman(caption)}\colon\; & {layout.bracket(*texts)}"
            for caption, texts in zip(self.captions, self._texts("latex"), strict=True)
        ]
        beside = max(1, layout.LINE // max(map(layout.wide, named))) if len(named) > FEW else 1
        return layout.environment("aligned", [named[i : i + beside] for i in range(0, len(named), beside)])

    def html(self) -> h.Element:
        """Draw the images in a line that breaks where a phone is too narrow."""
        texts = self._texts("text")
        return h.div(".fp-gallery")[
            (
                h.figure[self._picture(image, shown), h.figcaption[caption]]
                for image, shown, caption in zip(self.images, texts, self.captions, strict=True)
            )
        ]

    def _texts(self, medium: Medium) -> list[list[list[str]]]:
        return [cells(image, medium=medium) for image in self.images]

    def _picture(self, image: Rows, shown: Sequence[Sequence[str]]) -> h.Element:
        height, width = len(image), len(image[0])
        said = f"A picture of {words.size((height, width))} of pixels."
        numbered = width <= NUMBERED
        if numbered:
            said += f" Row by row: {'; '.join(map(', '.join, shown))}."
            letters = max(len(entry) for texts in self._texts("text") for row in texts for entry in row)
            side = ROOM + LETTER * max(0, letters - 5)
        else:
            side = max(4, SMALL // width)
        box = f"-1 -1 {width * side + 2} {height * side + 2}"
        return svg(
            viewBox=box, width=str(width * side + 2), role="img", aria_label=said, font_size="13", text_anchor="middle"
        )[
            self._shades(image, side),
            _rim(width, height, side),
            _numbers(self, image, shown, side) if numbered else None,
        ]

    def grey(self, light: Fraction) -> Fraction:
        """How light a pixel is drawn: from nothing to all."""
        return min(max(light / self.white, Fraction(0)), Fraction(1))

    def _shades(self, image: Rows, side: int) -> Iterator[h.Element]:
        """Draw the pixels, those of a grey together: an image has many pixels, and few greys."""
        found: dict[str, list[str]] = {}
        for i, row in enumerate(image):
            for j, light in enumerate(row):
                square = f"M{j * side} {i * side}h{side}v{side}h-{side}z"
                found.setdefault(text(self.grey(light), ".0%", "code"), []).append(square)
        for grey, squares in found.items():
            rim = MUTED if len(image[0]) <= NUMBERED else None
            yield path(d="".join(squares), fill=f"rgb({grey} {grey} {grey})", stroke=rim, shape_rendering="crispEdges")


def _rim(width: int, height: int, side: int) -> h.Element:
    return rect(width=str(width * side), height=str(height * side), fill="none", stroke=MUTED)


def _numbers(gallery: Gallery, image: Rows, shown: Sequence[Sequence[str]], side: int) -> Iterator[h.Element]:
    for i, row in enumerate(image):
        for j, light in enumerate(row):
            ink = "#000" if 2 * gallery.grey(light) > 1 else "#fff"
            yield text_(x=str(j * side + side // 2), y=str(i * side + side // 2 + 4), fill=ink)[shown[i][j]]


# View -----------------------------------------------------------------------------------------------------------------


@checked
def gallery(images: Sequence[ArrayLike], captions: Sequence[str], white: int = 1) -> Gallery:
    """Show images side by side, each with its caption.

    Parameters
    ----------
    images : sequence of array_like
        Each of shape (rows, columns).
    captions : sequence of str
        As many as there are images.
    white : int
        The number of the lightest pixel. What is lighter is drawn white, and what is negative is drawn black.

    Returns
    -------
    Gallery
        A figure.

    Raises
    ------
    ShapeError
        For another shape, and where there are more images than captions, or fewer.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> gallery([lesson.image, lesson.image.T], ["the picture", "the target"])
    the picture
    1  0
    1  1
    <BLANKLINE>
    the target
    1  1
    0  1
    """
    numbers = [settled(image) for image in images]
    if others := [image.shape for image in numbers if image.ndim != 2 or not image.size]:
        raise ShapeError(f"an image has rows and columns of pixels, and one of these has shape {others[0]}")
    if len(captions) != len(numbers):
        raise ShapeError(
            f"a gallery has a caption for each image, and got {words.count(len(numbers), 'image')} "
            f"and {words.count(len(captions), 'caption')}"
        )
    lightest = whitest(white)
    return Gallery(tuple(map(rows, numbers)), tuple(captions), lightest)
