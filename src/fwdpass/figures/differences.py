"""One drawing for many cases: what differs between them, and nothing else, is kept beside the drawing of one.

Take the drawings ``<b class="on">4</b>`` and ``<b>5</b>``. The element of the one that is shown is marked, and for its
mark two things are kept, each once however many elements need it:

* a *look*, the states that an element can have: ``{"class": ["on", None]}``, a value of the attribute for each state;
* a *case*, the states in which it is, drawing by drawing, as a string with a letter for each: ``"01"``.

A text that is read, be it in an element or its name, has a look that is one string with holes for the words that
differ. A hole ``{3.1}`` is filled from look 3 by case 1; a hole ``{3}`` from column 3 of a table that stands beside the
drawing and tells of every case.

The drawings are read back from what was written, as XML: an element of htpy keeps its attributes as written text, so
that there are no values to compare before.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import htpy as h

from fwdpass.figures.written import written

MARK = "data-at"
"""The attribute of an element that differs: the numbers of its looks, and after a dot that of the states by case."""
FIRST = "0"
"""The letter of the first state; the others follow in the order of Unicode."""
READ = ("", "aria-label")
"""What of an element is a text to be read: what is in it, and its name."""

_WORD = re.compile(r"(−?\d+(?:\.\d+)?|[^\W\d]+)")

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
    """The same element of several drawings: what it is in each, its mark if it differs, and the elements in it."""

    each: tuple[ET.Element, ...]
    mark: str
    children: tuple[Merged, ...]

    def drawn(self, shown: int) -> h.Element:
        """Give one of the drawings, its differing elements marked."""
        mine = self.each[shown]
        attributes = {**mine.attrib, MARK: self.mark} if self.mark else mine.attrib
        children = [(child.drawn(shown), child.each[shown].tail) for child in self.children]
        return h.Element(mine.tag)(attributes)[mine.text, children]


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
    return _merge(tuple(ET.fromstring(written(drawing)) for drawing in drawings), kept), kept  # noqa: S314 - our own


def _merge(each: tuple[ET.Element, ...], kept: Kept) -> Merged:
    if len({(element.tag, len(element)) for element in each}) > 1 or not _same_texts(each):
        raise AssertionError(f"drawings differ in more than attributes and texts: {ET.tostring(each[0], 'unicode')}")
    differing = _differing([_shown(element) for element in each])
    mark = kept.mark(differing) if differing else ""
    return Merged(each, mark, tuple(_merge(children, kept) for children in zip(*each, strict=True)))


def _shown(element: ET.Element) -> dict[str, str]:
    """Give an element's attributes, and under no name its text, if it has nothing else in it."""
    alone = element.text is not None and not len(element)
    return {**element.attrib, "": element.text or ""} if alone else element.attrib


def _same_texts(elements: Sequence[ET.Element]) -> bool:
    """Say whether texts among elements are the same: only a text that is alone in its element can be replaced."""
    texts = {(element.text, *(child.tail for child in element)) for element in elements}
    return len(texts) == 1 or all(element.text is not None and not len(element) for element in elements)


def _differing(shown: list[dict[str, str]]) -> Differing:
    """Find the attributes that an element does not have alike in all cases, and what they are in each."""
    values = {
        name: tuple(each.get(name) for each in shown) for name in sorted({name for each in shown for name in each})
    }
    return {name: each for name, each in values.items() if len(set(each)) > 1}
