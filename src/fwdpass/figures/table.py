"""A table of texts, for what no other figure shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import htpy as h

from fwdpass.errors import ArgumentError, ShapeError
from fwdpass.figures import layout, parts
from fwdpass.figures.base import Figure
from fwdpass.numerals.arguments import are_texts, checked
from fwdpass.numerals.letters import counted
from fwdpass.numerals.writing import Medium

# Data and drawings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Texts(Figure):
    """Texts under heads: between backticks is code, after a line break a note."""

    about: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def plain(self, medium: Medium) -> str:  # noqa: ARG002 - the author's texts stay what they are
        """Draw a line for each row; backticks stay, and a note goes on in the same line."""
        rows = [[entry.replace("\n", "  ") for entry in line] for line in (self.heads, *self.rows)]
        return layout.columns(rows, "<" * len(self.heads))

    def latex(self) -> str:
        """Draw an array of texts."""
        return layout.table((self.heads, *self.rows), headed=True)

    def html(self) -> h.Element:
        """Draw a table; columns of numbers alone are set flush right."""
        sides = [None, *(_side([row[i] for row in self.rows]) for i in range(1, len(self.heads)))]
        rows = [
            h.tr[
                parts.head(_entry(head)),
                (h.td(class_=side)[_entry(entry)] for entry, side in zip(entries, sides[1:], strict=True)),
            ]
            for head, *entries in self.rows
        ]
        heads = (h.th(scope="col", class_=side)[_marked(head)] for head, side in zip(self.heads, sides, strict=True))
        return parts.scroll(
            self.about,
            h.table(".fp-texts")[h.caption(".fp-sr")[self.about], h.thead[h.tr[heads]], h.tbody[rows]],
        )


_NUMBER = re.compile("[+−-]?[0-9][0-9.]*%?")
_WHOLE = re.compile("`[^` ]*`|(?=.{1,16}$)(?:`[^`]*`|[^`A-Za-z]*)")
"""A word of code, or a short piece of code or numbers: not to be broken."""


def _side(column: Sequence[str]) -> str | None:
    """Set a column of numbers alone flush right, as in every other table."""
    return "fp-numbers" if all(map(_NUMBER.fullmatch, column)) else None


def _entry(entry: str) -> h.Node:
    said, _, note = entry.partition("\n")
    shown = h.span(".fp-shape")[_marked(said)] if _WHOLE.fullmatch(said) else _marked(said)
    return [shown, [" ", h.small(".fp-aside")[_marked(note)]] if note else None]


def _marked(said: str) -> h.Node:
    """Set what stands between backticks as code; blanks in a row are kept."""
    pieces = said.replace("  ", "\N{NO-BREAK SPACE} ").split("`")
    return [parts.code(piece) if i % 2 else piece for i, piece in enumerate(pieces) if piece]


# View -----------------------------------------------------------------------------------------------------------------


@checked
def table(about: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Texts:
    """Show rows of texts under their heads; the leftmost text of a row names it.

    Parameters
    ----------
    about : str
        What the table is, for those who do not see it.
    heads : sequence of str
        What the columns are called.
    rows : iterable of sequences of str
        The texts, as many in each row as there are heads. What stands between backticks is code, and what follows a
        line break is a note.

    Returns
    -------
    Texts
        A figure.

    Raises
    ------
    ShapeError
        For a row that is longer or shorter than the heads.

    Examples
    --------
    >>> table("The sums", ["neuron", "sum"], [["`h[0]`", "0.0"], ["`h[1]`", "−0.1"]])
    neuron  sum
    `h[0]`  0.0
    `h[1]`  −0.1
    """
    given = list(rows)
    if odd := [row for row in given if not are_texts(row)]:
        raise ArgumentError(f"a row of a table is a list of texts, and got {odd[0]!r}: numerals.text() writes a number")
    lines = tuple(map(tuple, given))
    for line in lines:
        if len(line) != len(heads):
            raise ShapeError(
                f"the row {', '.join(line)!r} has {counted(len(line), 'entry')} under "
                f"{counted(len(heads), 'head')}: every row has an entry for each head"
            )
    return Texts(about, tuple(heads), lines)
