"""How figures are laid out where there is no HTML: columns of plain text, and environments of LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fwdpass.figures.base import Name, names
from fwdpass.figures.words import ended
from fwdpass.numerals import text

CDOTS, VDOTS = r"\cdots", r"\vdots"

_SPECIAL = re.compile(r"[\\{}$&#%_^~]")
_ESCAPES = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}

# Plain text -----------------------------------------------------------------------------------------------------------


def columns(lines: list[list[str]], alignment: str, gap: str = "  ") -> str:
    """Align columns, and end no line in blanks.

    ``alignment`` has ``<`` or ``>`` for each column; a line with fewer entries is filled up.

    >>> print(columns([["a", "1"], ["bcd"], ["e", "23"]], "<>"))
    a     1
    bcd
    e    23
    """
    full = [[*line, *[""] * (len(alignment) - len(line))] for line in lines]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    return "\n".join(
        gap.join(f"{cell:{side}{width}}" for cell, side, width in zip(line, alignment, widths, strict=True)).rstrip()
        for line in full
    )


def heads(axis: str, shown: int, n: int) -> list[str]:
    """Name the first places of an axis, with a mark for the others of the ``n`` there are."""
    return ended([*map(str, names(axis, shown))], n, "…")


# LaTeX ----------------------------------------------------------------------------------------------------------------


def environment(kind: str, lines: Iterable[str | Sequence[str]]) -> str:
    r"""Write lines, or their entries, as an environment.

    ``kind`` may have arguments after its name, without the last brace.

    >>> environment("array}{ll", [["a", "b"], "c"])
    '\\begin{array}{ll} a & b \\\\ c \\end{array}'
    """
    body = r" \\ ".join(line if isinstance(line, str) else " & ".join(line) for line in lines)
    return rf"\begin{{{kind}}} {body} \end{{{kind.partition('}')[0]}}}"


def bracket(*lines: Sequence[str]) -> str:
    """Write a matrix."""
    return environment("bmatrix", lines)


def escape(plain: str) -> str:
    r"""Protect what LaTeX would read as a command.

    >>> escape("y_hat")
    'y\\_hat'
    """
    return _SPECIAL.sub(lambda m: _ESCAPES.get(m[0], "\\" + m[0]), plain)


def roman(said: str) -> str:
    """Write words in a formula."""
    return rf"\text{{{escape(said)}}}"


def code(said: str) -> str:
    """Write code in a formula."""
    return rf"\texttt{{{escape(said)}}}"


def indexed(name: Name) -> str:
    """Write the name of a place: a letter and a number below it."""
    letter = r"\hat{y}" if name.axis == "y_hat" else name.axis
    return roman(str(name)) if len(name.letter) > 1 else f"{letter}_{{{text(name.index)}}}"
