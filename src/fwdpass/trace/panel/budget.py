"""How large a panel may become: each moment of the run gets a share, and what it shows has to fit into that.

Sizes are characters of HTML, as estimated from what is shown. A line's first runs teach the most, so each run counts
half as much as the one before it; what one moment does not need is shared among the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fwdpass.figures.base import SHOWN, Shape

PANEL = 900_000
"""Characters of a panel, besides the script itself."""
MOMENT = 200
"""What a moment takes before it shows anything; with less than that to spend, it is left out."""
LEAST = 2_000
"""What every moment may spend, as long as a quarter of the room is enough for that."""
EVALUATION = 250
"""What an expression takes, with its code and its shapes, and a value in words."""
ENTRY = 38
"""What an entry of a table takes, and what it was made from."""
TERM = 85
"""What a product of two numbers takes in a sum that is written out."""
CORNERS = (SHOWN, 8, 6, 4, 3)
"""How much of each axis of an array is shown: as much as there is room for."""
REPEATED = 36
"""Entries of an array that is shown wherever it is needed; of a larger one, later places say where it stands."""


class Budget:
    """Shares a panel's room among its moments, and a moment's among its expressions.

    Parameters
    ----------
    weights
        How much each moment counts, in the order in which they are spent on.
    room
        Characters that there are in all.
    """

    def __init__(self, weights: Sequence[float], room: float = PANEL) -> None:
        self._weights = list(reversed(weights))
        self._weight = sum(weights)
        self._room = room
        self._least = min(LEAST, room / 4 / max(1, len(weights)))
        self._left = 0.0
        self._parts = 1
        self.left_out: Counter[str] = Counter()
        """What there was no room for: how many of each thing."""

    def moment(self, parts: int) -> bool:
        """Begin a moment that has so many expressions; say whether there is room for it."""
        self._room = max(0.0, self._room - MOMENT)
        share = self._least
        free = self._room - self._least * len(self._weights)
        weight = self._weights.pop()
        if free > 0:
            share += free * weight / self._weight
        self._weight -= weight
        if share < MOMENT:
            self._room += MOMENT
            self.left_out["run"] += 1
            return False
        self._left = share
        self._parts = max(1, parts)
        return True

    def expression(self, length: int = 0) -> bool:
        """Begin an expression, or another value, with so much text of its own; say whether there is room for it."""
        self._parts = max(1, self._parts - 1)
        self.spend(EVALUATION + 2 * length)
        return self._left > 0

    def spend(self, size: float) -> None:
        """Take from the room."""
        self._left -= size
        self._room -= size

    def corner(self, shape: Shape) -> int:
        """Say how much of each axis of an array is shown; 0 where there is no room for any of it."""
        share = self._left / self._parts
        for most in CORNERS:
            entries = 1
            for n in shape:
                entries *= min(n, most)
            if entries * ENTRY <= share:
                if most < SHOWN and any(n > most for n in shape):
                    self.left_out["part of an array"] += 1
                self.spend(entries * ENTRY)
                return most
        self.left_out["array"] += 1
        return 0

    def dots(self, terms: int, n: int) -> int:
        """Say how many of ``n`` dot products, each of so many terms, are written out."""
        each = 2 * ENTRY + min(terms, SHOWN) * TERM
        many = max(0, min(n, int(self._left / self._parts / each)))
        self.spend(many * each)
        self.left_out["dot product"] += n - many
        return many

    def cut(self, text: str) -> str:
        """Cut a text to what there is room for."""
        kept = text[: max(0, int(self._left))]
        self.spend(len(kept))
        return kept
