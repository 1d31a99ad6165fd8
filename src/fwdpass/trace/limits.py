"""How much of a run is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept: what is beyond is counted, and left out."""

    first: int = 6
    """The first so many visits of a statement, and turns of a loop."""
    last: int = 2
    """The last so many turns of a loop, where its length is known beforehand."""
    values: int = 64
    """Values of a visit."""
    visits: int = 20_000
    """Visits in all."""
    entries: int = 256
    """Entries of an array that is kept whole."""
    edge: int = 3
    """Places at both ends of each axis of a larger one."""
    items: int = 20
    """Items of a list or dictionary, attributes of an object."""
    depth: int = 3
    """Lists within lists."""
    text: int = 400
    """Characters of a text."""
    printed: int = 2_000
    """Characters printed in a visit."""
