"""One drawing for many cases: what differs between them, and nothing else, is kept beside the drawing of one.

Take the drawings ``<b class="on">4</b>`` and ``<b>5</b>``. The element of the one that is shown is marked, and for its
mark two things are kept, each once however many elements need it:

* a *look*, the states that an element can have: ``{"class": ["on", None]}``, a value of the attribute for each state;
* a *case*, the states in which it is, drawing by drawing, as a string with a letter for each: ``"01"``.

A text that is read, be it in an element or its name, has a look that is one string with holes for the words that
differ. A hole ``{3.1}`` is filled from look 3 by case 1; a hole ``{3}`` from column 3 of a table that stands beside the
drawing and tells of every case.

The drawings are compared as they are written, piece by piece: an element of htpy keeps its attributes as written text,
so that there are no values to compare before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import htpy as h
from markupsafe import Markup

from fwdpass.figures.written import written

MARK = "data-at"
"""The attribute of an element that differs: the numbers of its looks, and after a dot that of the states by case."""
FIRST = "0"
"""The letter of the first state; the others follow in the order of Unicode."""
READ = ("", "aria-label")
"""What of an element is a text to be read: what is in it, and its name."""

_WORD = re.compile(r"(−?\d+(?:\.\d+)?|[^\W\d]+)")
_PIECE = re.compile(r"<[^>]*>|[^<]+")
"""A tag, or a text between two tags."""
_OPENING, _ATTRIBUTE = re.compile(r"<[^\s/>]+"), re.compile(r' ([^\s=]+)="([^"]*)"')
_ESCAPED = {">": "&gt;", "<": "&lt;", "'": "&#39;", '"': "&#34;", "&": "&amp;"}

T = TypeVar("T")
Look = dict[str, list[str | None] | str]
"""For the name of an attribute, or "" for the text: a value for each state, or a text with holes."""
Differing = dict[str, tuple[str | None, ...]]
"""What an element has in each case: by the names of its attributes, and its text under no name."""


@dataclass
class Kept:
    """What goes along with the drawing that is shown; ``told`` is the table, a column of texts for each number."""

    told: Sequence[tuple[str, ...]]
    looks: list[Look] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)

    def mark(self, differing: Differing) -> str:
        """Keep how an element differs from case to case, and give its mark."""
        marks = [self._text(name, differing.pop(name)) for name in READ if name in differing]
        return " ".join([*marks, *([self._state(differing)] if differing else [])])

    def _state(self, differing: Differing) -> str:
        """Keep attributes that change together: the states there are, and which of them each case has."""
        each = list(zip(*differing.values(), strict=True))
        states = sorted(set(each), key=repr)
        look: Look = {name: list(values) for name, values in zip(differing, zip(*states, strict=True), strict=True)}
        cases = "".join(chr(ord(FIRST) + states.index(state)) for state in each)
        return f"{_kept(look, self.looks)}.{_kept(cases, self.cases)}"

    def _text(self, name: str, texts: tuple[str | None, ...]) -> str:
        """Keep a text with holes; where the texts have not as many words, or have braces, keep them whole."""
        split = [_WORD.split(text) for text in texts if text is not None and "{" not in text]
        if len(split) < len(texts) or len({len(words) for words in split}) > 1:
            return self._state({name: texts})
        holes = (same[0] if len({*same}) == 1 else f"{{{self._word(same)}}}" for same in zip(*split, strict=True))
        look: Look = {name: "".join(holes)}
        return str(_kept(look, self.looks))

    def _word(self, words: tuple[str, ...]) -> str:
        return str(self.told.index(words)) if words in self.told else self._state({"": words})


def _kept(what: T, among: list[T]) -> int:
    """Keep a thing once, and give its number."""
    if what not in among:
        among.append(what)
    return among.index(what)


@dataclass(frozen=True)
class Merged:
    """What several drawings have in common: their pieces, of which each is the same in all, or one for each of them.

    ``marks`` are those of elements that differ, by the place of the piece that opens the element.
    """

    pieces: tuple[str | tuple[str, ...], ...]
    marks: dict[int, str]

    def drawn(self, shown: int) -> Markup:
        """Give one of the drawings, its differing elements marked."""
        mine = [piece if isinstance(piece, str) else piece[shown] for piece in self.pieces]
        for at, mark in self.marks.items():
            mine[at] = f'{mine[at][:-1]} {MARK}="{mark}">'
        return Markup("".join(mine))  # noqa: S704 - written from elements


def merged(drawings: Sequence[h.Element], told: Sequence[Sequence[str]] = ()) -> tuple[Merged, Kept]:
    """Give what can be drawn as any of the drawings, and what is kept for the marks of its differing elements.

    The drawings must have the same elements. ``told`` has the texts of a table that stands beside them, a row a case.

    >>> every, kept = merged([h.p[h.b["no: 3"]], h.p[h.b(".on")["yes: 4"]], h.p[h.b["no: 5"]]], ["3", "4", "5"])
    >>> print(every.drawn(1))
    <p><b class="on" data-at="1 2.1">yes: 4</b></p>
    >>> kept.looks
    [{'': ['no', 'yes']}, {'': '{0.0}: {0}'}, {'class': ['on', None]}]
    >>> kept.cases
    ['010', '101']
    """
    kept = Kept([*zip(*told, strict=True)])
    drawn = [_PIECE.findall(written(drawing)) for drawing in drawings]
    if len({*map(len, drawn)}) > 1:
        raise _unlike(drawn)
    columns = list(zip(*drawn, strict=True))
    differing = {at for at, each in enumerate(columns) if each.count(each[0]) < len(each)}
    marks = {}
    for at in sorted({at if columns[at][0].startswith("<") else at - 1 for at in differing}):  # an element for its text
        text = columns[at + 1] if columns[at + 1][0][0] != "<" else None
        alone = text is not None and columns[at + 2][0].startswith("</")
        opens = {found and found[0] for found in map(_OPENING.match, columns[at])}
        if None in opens or len(opens) > 1 or (text is not None and at + 1 in differing and not alone):
            raise _unlike(drawn)
        marks[at] = kept.mark(_differing(columns[at], text if alone else None))
    return Merged(tuple(each if at in differing else each[0] for at, each in enumerate(columns)), marks), kept


def _unlike(drawn: Sequence[Sequence[str]]) -> AssertionError:
    return AssertionError(f"drawings differ in more than attributes and texts: {''.join(drawn[0])}")


def _differing(opened: tuple[str, ...], texts: tuple[str, ...] | None) -> Differing:
    """Find what an element does not have alike in all cases, by how it is opened, and by its text, if that is alone."""
    known = {piece: dict(_ATTRIBUTE.findall(piece)) for piece in {*opened}}  # few, for however many drawings
    names = sorted({name for each in known.values() for name in each})
    values = {name: tuple(known[piece].get(name) for piece in opened) for name in names}
    if texts is not None:
        values = {"": texts, **values}
    return {name: tuple(map(_read, each)) for name, each in values.items() if len({*each}) > 1}


def _read(written: str | None) -> str | None:
    """Read what htpy has escaped, if there is anything."""
    if written is None or "&" not in written:
        return written
    for character, reference in _ESCAPED.items():
        written = written.replace(reference, character)
    return written
