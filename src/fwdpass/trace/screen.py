"""Standard output while a script is traced: what is written is passed on, and told to the visit that wrote it."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any


class Sink(io.BufferedIOBase):
    """Takes the bytes that a script writes, as ``sys.stdout.buffer`` does."""

    def __init__(self, said: Callable[[str], None], onward: IO[str] | None) -> None:
        self._said = said
        self._onward = onward
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        written = bytes(data)
        text = self._decoder.decode(written)
        self._said(text)
        if self._onward is not None:
            self._onward.write(text)
        return len(written)

    def flush(self) -> None:
        if self._onward is not None and not self._onward.closed:
            self._onward.flush()

    def isatty(self) -> bool:
        return self._onward is not None and self._onward.isatty()

    def fileno(self) -> int:
        if self._onward is None:
            raise io.UnsupportedOperation("fileno")
        return self._onward.fileno()


class Screen(io.TextIOWrapper):
    """Standard output of a traced script; it collects what is printed, and hands it over when a visit ends."""

    def __init__(self, said: Callable[[str], None], onward: IO[str] | None) -> None:
        sink = Sink(said, onward)
        super().__init__(sink, encoding="utf-8", errors="strict", newline="", line_buffering=sink.isatty())  # type: ignore[type-var]

    def hand_over(self) -> None:
        """Pass on what was printed so far, unless the script has closed its output."""
        with suppress(ValueError):
            self.flush()

    @property
    def name(self) -> str:  # type: ignore[override]
        return "<stdout>"
