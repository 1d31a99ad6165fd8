"""What a cell shows: what it prints, its values, each in the MIME types that it knows, and its error."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Number
from typing import Any

import numpy as np

from fwdpass.numerals.world import is_masked
from fwdpass.numerals.writing import text
from fwdpass.page import ipython

_REPRS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
}
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_SOMEWHERE = "at 0x…"
_DRAWN = frozenset((*_REPRS, "application/javascript", "application/vnd.jupyter.widget-view+json"))
"""MIME types that a page shows in the place of the plain text."""


@dataclass
class Printed:
    """What a cell wrote to standard output."""

    text: str


@dataclass(frozen=True)
class Shown:
    """A value that a cell shows: a text for each MIME type that it can be drawn in."""

    data: Mapping[str, Any]
    value: Any = field(default=None, compare=False, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def drawn(self) -> Shown:
        """Draw the value in every MIME type that it knows, where only its text was wanted at first."""
        return self if self.metadata else Shown(mime_bundle(self.value))

    @property
    def text(self) -> str:
        """The plain text of the value, of one that is put aside for another place of the page, too."""
        texts = (said for mime, said in self.data.items() if mime.endswith("text/plain"))
        return str(next(texts, ""))


@dataclass(frozen=True)
class Raised:
    """The error that a cell was there to show."""

    name: str
    message: str


Output = Printed | Shown | Raised


def address_in(output: Output) -> str:
    """Give the address in memory that a reader would see, or nothing: behind what is drawn, a text may have one."""
    said = output.text if isinstance(output, Shown) else str(output)
    found = None if isinstance(output, Shown) and output.data.keys() & _DRAWN else _ADDRESS.search(said)
    return found[0] if found else ""


def without_addresses(said: str) -> str:
    """Leave out the digits of addresses in memory, which differ on every run."""
    return _ADDRESS.sub(_SOMEWHERE, said)


def with_no_addresses(output: Output) -> Output:
    """Leave them out of what a cell shows."""
    match output:
        case Printed(said):
            return replace(output, text=without_addresses(said))
        case Shown({"text/plain": str(said), **data}):
            return replace(output, data={**data, "text/plain": without_addresses(said)})
    return output


@dataclass
class CellScreen:
    """What a running cell has shown so far, in order."""

    drawn: bool
    outputs: list[Output] = field(default_factory=list)
    stderr: io.StringIO = field(default_factory=io.StringIO)
    named: dict[str, int] = field(default_factory=dict)
    """Outputs that may be updated, by their names."""
    formatted: Any = None
    """What IPython has just asked the text of, to be drawn later if it is wanted."""

    def display(self, *values: Any, **options: Any) -> Any:
        """Show values, each as it can be drawn best; with options, as IPython has them."""
        if options and ipython.is_installed():
            return ipython.display(*values, **options)
        for value in values:
            if not self.drawn:
                self.outputs.append(Shown(_text_only(value), value))
            elif ipython.is_awake() and not _is_ours(value):
                data, metadata = ipython.drawn(value)
                if data:
                    self.outputs.append(Shown(data, metadata=metadata))
            else:
                self.outputs.append(Shown(mime_bundle(value)))
        return None

    def publish(self, data: Mapping[str, Any], metadata: Mapping[str, Any], name: str, update: bool) -> None:
        """Show what IPython has drawn; an update takes the place of what has the name."""
        shown = Shown(dict(data), self.formatted, metadata)
        self.formatted = None
        if update and name in self.named:
            self.outputs[self.named[name]] = shown
            return
        if name:
            self.named[name] = len(self.outputs)
        self.outputs.append(shown)

    def clear(self) -> None:
        """Forget what was shown."""
        self.outputs.clear()
        self.named.clear()

    def write(self, written: str) -> int:
        """Add to what was printed last, if nothing has been shown since."""
        written = written.replace("\r\n", "\n")  # as a terminal writes it, which commands run in
        match self.outputs:
            case [*_, Printed() as last]:
                last.text += written
            case _:
                self.outputs.append(Printed(written))
        return len(written)


class Stdout(io.TextIOBase):
    """Standard output that lands on the screen."""

    def __init__(self, screen: CellScreen) -> None:
        self._screen = screen

    def writable(self) -> bool:
        """Say yes, as standard output does."""
        return True

    def write(self, written: str, /) -> int:
        """Put it on the screen."""
        return self._screen.write(written)


def mime_bundle(value: Any) -> dict[str, str]:
    """Draw a value in every MIME type that it knows; numbers and arrays by the numerals.

    >>> mime_bundle(np.float64(0.1) + 0.2)
    {'text/plain': '0.3'}
    """
    data = {"text/plain": plain(value)}
    for mime, name in _REPRS.items():
        method = getattr(value, name, None)
        drawn = method() if callable(method) and not isinstance(value, type) else None
        if isinstance(drawn, bytes):
            drawn = base64.b64encode(drawn).decode("ascii")
        if isinstance(drawn, str):
            data[mime] = drawn
    return data


def _is_ours(value: Any) -> bool:
    """Say whether a value is drawn by the numerals, or by one of the package's own figures."""
    return isinstance(value, Number | np.ndarray | str) or type(value).__module__.partition(".")[0] == "fwdpass"


def _text_only(value: Any) -> dict[str, str]:
    return {"text/plain": plain(value)}


def plain(value: Any) -> str:
    """Write a value as a cell shows it: numbers and arrays by the numerals, anything else by its own ``repr``."""
    if is_masked(value):  # a masked entry is no number
        return repr(value)
    number = isinstance(value, Number) and not isinstance(value, bool | complex)
    array = isinstance(value, np.ndarray) and value.dtype.kind in "iufO" and value.ndim > 0
    if number or array:
        return text(value, medium="code")
    if isinstance(value, np.bool_) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
        return repr(value.tolist())
    if isinstance(value, tuple | list) and any(isinstance(v, Number | np.ndarray) for v in value):
        inner = ", ".join(map(plain, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)
