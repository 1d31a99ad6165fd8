"""How figures are laid out where there is no HTML: columns of plain text, and environments of LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, zip_longest

from fwdpass.figures.base import Name, names
from fwdpass.figures.words import ended
from fwdpass.numerals import text

CDOTS, VDOTS = r"\cdots", r"\vdots"
ROW, COLUMN = r" \\ ", " & "
"""What ends a row of an environment, and what stands between its entries."""

LINE = 106
"""Letters that a printed line has room for; what is wider goes on in the next one."""
CODE = 1.2
"""Letters that one of code takes the room of."""
NARROW = 8
"""Letters that a column of a table has at least, however many columns there are."""

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
    body = ROW.join(line if isinstance(line, str) else COLUMN.join(line) for line in lines)
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
    """Write code in a formula; blanks in a row are kept."""
    return rf"\texttt{{{escape(said.replace('  ', f'{chr(0xA0)} '))}}}"


class Unbroken(str):
    """An entry of a table that is LaTeX already, and is not broken."""

    __slots__ = ()


def table(rows: Sequence[Sequence[str]], *, headed: bool = False) -> str:
    r"""Write texts as an array, with code between backticks; a text too long for a line goes on in further rows.

    Parameters
    ----------
    rows : sequence of sequences of str
        The texts, as many in each row; a :class:`Unbroken` is taken as it is.
    headed : bool
        Whether the first row stands above a rule.

    Returns
    -------
    str
        LaTeX for a formula.

    Examples
    --------
    >>> table([["`h[0]`", "alive"]])
    '\\begin{array}{ll} \\texttt{h[0]} & \\text{alive} \\end{array}'
    """
    natural = [max(map(_letters, column)) for column in zip(*rows, strict=True)]
    room = LINE - 2 * (len(natural) - 1)
    most = next((n for n in range(LINE, NARROW, -1) if sum(min(n, width) for width in natural) <= room), NARROW)
    lines: list[Sequence[str]] = []
    for i, row in enumerate(rows):
        broken = [[entry] if isinstance(entry, Unbroken) else _lines(entry, most) for entry in row]
        first, *further = zip_longest(*broken, fillvalue="")
        lines += [(rf"\hline {first[0]}", *first[1:]) if headed and i == 1 else first, *further]
    return environment(f"array}}{{{'l' * len(natural)}", lines)


def listing(lines: Iterable[str]) -> str:
    """Write lines of code as an array; one too long for a line of paper goes on in the next."""
    return environment("array}{l", [[part] for line in lines for part in broken([(code, line)]) or [code("")]])


def broken(pieces: Iterable[tuple[Callable[[str], str], str]], room: int = LINE) -> list[str]:
    r"""Break pieces of text, each with what writes it, into lines of so many letters, between words where it can be.

    >>> broken([(roman, "shape of "), (code, "x @ W1")], 12)
    ['\\text{shape of }\\texttt{x}', '\\texttt{@ W1}']
    """
    lines: list[list[tuple[Callable[[str], str], str]]] = [[]]
    left = float(room)
    for write, piece in pieces:
        each = CODE if write is code else 1
        for word in re.findall(rf" *[^ ]{{1,{int(room / each)}}}| +$", piece):
            fits = len(word) * each <= left or not lines[-1]
            if not fits:
                lines.append([])
                left = room
            put = word if fits else word.lstrip(" ")
            lines[-1].append((write, put))
            left -= len(put) * each
    return [
        "".join(write("".join(word for _, word in words)) for write, words in groupby(line, lambda part: part[0]))
        for line in lines
        if line
    ]


def _lines(said: str, room: int) -> list[str]:
    pieces = enumerate(said.replace("\n", " ").split("`"))
    return broken([(code if i % 2 else roman, piece) for i, piece in pieces], room) or [""]


def _letters(entry: str) -> float:
    if isinstance(entry, Unbroken):
        return wide(entry)
    return sum(len(piece) * (CODE if i % 2 else 1) for i, piece in enumerate(entry.split("`")))


def chained(formulas: Sequence[str], by: str) -> str:
    r"""Write formulas in a line with something between them, or each in a line where they are too many for one.

    >>> chained(["a", "b"], r"\to")
    'a \\;\\to\\; b'
    """
    line = rf" \;{by}\; ".join(formulas)
    if wide(line) <= LINE:
        return line
    first, *others = formulas
    return environment("aligned", [f"& {first}", *(rf"{by}\; & {formula}" for formula in others)])


def wide(tex: str) -> int:
    r"""Say about how wide a formula is, in letters.

    >>> wide(r"\mathbf{x} = \begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}")
    10
    """
    while inner := _INNERMOST.search(tex):
        widest = max(_flat(line) for line in inner[1].split(r"\\"))
        tex = f"{tex[: inner.start()]}{'0' * (widest + 1)}{tex[inner.end() :]}"
    return _flat(tex)


_INNERMOST = re.compile(r"\\begin\{\w+\}(?:\{\w+\})?((?:(?!\\begin).)*?)\\end\{\w+\}")


def _flat(tex: str) -> int:
    """Count what is seen of a line: a command of letters is a sign, or how something is written."""
    bare = re.sub(r"\\(?:text\w*|math\w+|hat|hline)|[{}_^]", "", tex)
    return len(re.sub(r"\\[a-z]+", "x", re.sub(r"\\;", " ", bare)).strip())


def indexed(name: Name) -> str:
    """Write the name of a place: a letter and a number below it."""
    letter = r"\hat{y}" if name.axis == "y_hat" else name.axis
    return roman(str(name)) if len(name.letter) > 1 else f"{letter}_{{{text(name.index)}}}"
