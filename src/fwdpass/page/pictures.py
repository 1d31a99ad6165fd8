"""The other pictures of a lesson: its source, with each of the patterns that an array of zeros and ones may have."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from fwdpass.errors import FwdpassError
from fwdpass.page.entries import stated
from fwdpass.page.lesson import Lesson

MOST = 6
"""Pixels of a picture, at most: each of them doubles how many there are."""


def pictures(lesson: Lesson, array: str) -> tuple[str, dict[str, Lesson]]:
    """Give which picture a lesson shows, and the lesson with every picture, by its pixels: ``"1011"``.

    Parameters
    ----------
    lesson
        A script that states the array at its top level, as ``image = np.array([[1, 0], [1, 1]])``.
    array
        The name of the array, whose entries are zeros and ones.

    Raises
    ------
    FwdpassError
        Where there is no such array, or it has too many entries, or others.

    Examples
    --------
    >>> shown, every = pictures(Lesson("x = np.array([1, 0])"), "x")
    >>> shown, every["01"].source, len(every)
    ('10', 'x = np.array([0, 1])', 4)
    """
    found = [one for one in stated(lesson.source) if one.array == array]
    places = [one.start for one in found]
    shown = "".join(one.written for one in found)
    if not places or len(places) > MOST or not {one.written for one in found} <= {"0", "1"}:
        raise FwdpassError(
            f"{lesson.module} states no picture named {array!r}: it would be an array of at most {MOST} entries, "
            "each of them 0 or 1, as in image = np.array([[1, 0], [1, 1]])"
        )
    every = {}
    for pixels in product("01", repeat=len(places)):
        letters = list(lesson.source)
        for start, pixel in zip(places, pixels, strict=True):
            letters[start] = pixel
        every["".join(pixels)] = replace(lesson, source="".join(letters))
    return shown, every
