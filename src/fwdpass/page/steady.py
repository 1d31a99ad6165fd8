"""The further readings of a page, which round otherwise, while it is read: started late, and given up where one ends.

They cost processes. So they are started when the page comes to something that is not exact, and take all steps before
it then. :mod:`fwdpass.page.stable` runs them, and judges; nothing here looks at what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fwdpass.page.stable import GoneError, Stable


class Steady:
    """The further readings of a page, if they are wanted.

    Parameters
    ----------
    begin : callable
        Starts them.
    wanted : bool
        Whether anybody asks whether the page is stable.
    gone : callable
        Is told why they cannot go on, if they cannot.
    """

    def __init__(self, begin: Callable[[], Stable], wanted: bool, gone: Callable[[str], None]) -> None:
        self._begin, self._wanted, self._gone = begin, wanted, gone
        self._others: Stable | None = None
        self._log: list[tuple[Any, ...]] = []

    def close(self) -> None:
        """End them."""
        if self._others is not None:
            self._others.close()

    def follow(self, *step: Any) -> None:
        """Let them take a step, at once or when they are started."""
        self._log.append(step)
        if self._others is not None and self._wanted:
            self._others.send(*step)

    @contextmanager
    def asked(self) -> Iterator[Stable | None]:
        """Give them, started where need be; nothing, where nobody asks for them, or they cannot go on."""
        if not self._wanted:
            yield None
            return
        if self._others is None:
            self._others = self._begin()
            for step in self._log:
                self._others.send(*step)
        try:
            yield self._others
        except GoneError as error:
            self._wanted = False
            self._gone(str(error))
