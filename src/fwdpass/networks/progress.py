"""How far long work has come: told to a function, or drawn on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

Progress = Callable[[int, int], object]
"""Is called with the rows that are done, and all there are."""

WIDTH = 30
EVERY = 0.1
"""Seconds from one drawing to the next; a faster bar would cost more than it tells."""


def reporter(progress: Progress | bool | None) -> Progress:
    """Make what is called after each stretch of rows."""
    if progress is True:
        return Bar()
    return progress or _silent


def _silent(_done: int, _all: int) -> None:
    """Say nothing."""


class Bar:
    """A bar on standard error."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Draw it, if the last drawing is a while ago, or all is done."""
        now = time.monotonic()
        if now < self._next and done < total:
            return
        self._next = now + EVERY
        sys.stderr.write(f"\r{bar(done, total)}{chr(10) if done >= total else ''}")
        sys.stderr.flush()


def bar(done: int, total: int) -> str:
    """Draw the bar.

    >>> bar(50, 100)
    '███████████████                  50 %  50 of 100 rows'
    """
    share = done / total if total else 1.0
    return f"{'█' * int(WIDTH * share):{WIDTH}}  {share:4.0%}".replace("%", " %") + f"  {done} of {total} rows"
