"""Standard output while a script is traced: what is written is passed on, and told to the visit that wrote it."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from functools import partial
from typing import IO, Any


class Sink(io.BufferedIOBase):
    """Takes the bytes that a script writes, as ``sys.stdout.buffer`` does."""

    def __init__(self, said: Callable[[str], None], onward: IO[str] | None) -> None:
        self._said = said
        self._onward = onward
        self._bytes = getattr(onward, "buffer", None)
        self.encoding = getattr(onward, "encoding", None) or "utf-8"
        # When a visit ends, what it printed comes here, and goes no further than it would have without a tracer: to a
        # terminal at the end of a line, to a file or a pipe when there is enough of it, or when the script says so.
        self.flush = onward.flush if onward is not None and onward.isatty() else int  # type: ignore[method-assign, assignment]
        self._decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")

    def writable(self) -> bool:
        """Take what is written."""
        return True

    def write(self, data: Any, /) -> int:
        """Pass bytes on, and tell what they say."""
        written = bytes(data)
        text = self._decoder.decode(written)
        self._said(text)
        if self._bytes is not None:
            self._bytes.write(written)
        elif self._onward is not None:
            self._onward.write(text)
        return len(written)

    def isatty(self) -> bool:
        """Be a terminal, if that is where it all goes."""
        return self._onward is not None and self._onward.isatty()

    def fileno(self) -> int:
        """Give the file that it all goes to."""
        if self._onward is None:
            raise io.UnsupportedOperation("fileno")
        return self._onward.fileno()


class ScriptOutput(io.TextIOWrapper):
    """Standard output of a traced script; it collects what is printed, and hands it over when a visit ends."""

    def __init__(self, said: Callable[[str], None], onward: IO[str] | None) -> None:
        sink: Any = Sink(said, onward)
        errors = getattr(onward, "errors", None) or "strict"
        super().__init__(sink, sink.encoding, errors, newline="", line_buffering=sink.isatty())
        self._onward = onward
        # In C all through: it is called at the beginning of each visit.
        self.hand_over = partial(io.TextIOWrapper.flush, self)

    def flush(self) -> None:
        """Pass on what was written, all the way."""
        super().flush()
        if self._onward is not None:
            self._onward.flush()

    @property
    def name(self) -> str:
        """The name that Python's own has."""
        return "<stdout>"
