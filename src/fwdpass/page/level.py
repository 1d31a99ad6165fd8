"""How sure a page is of what it says: the levels of a certificate, from the weakest to the strongest."""

from __future__ import annotations

from enum import IntEnum

from fwdpass.errors import ExpressionError


class Level(IntEnum):
    """The strongest certificate that holds, of a number or of a page; a page has the least of its numbers'.

    >>> Level.EXACT > Level.STABLE > Level.EXECUTED
    True
    >>> str(min(Level.EXACT, Level.of("executed")))
    'executed'
    """

    EXECUTED = 1
    """It ran, and says what came of it."""
    STABLE = 2
    """Perturbed readings show the same digits."""
    EXACT = 3
    """Exact fractions say the same."""

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, written: str) -> Level:
        """Take the word of an author. Raises :class:`~fwdpass.errors.ExpressionError` for any other."""
        try:
            return cls[str(written).upper()]
        except KeyError:
            known = ", ".join(str(level) for level in reversed(cls))
            raise ExpressionError(f"{written!r} is no level of a certificate: there are {known}") from None
