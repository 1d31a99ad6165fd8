"""What Sphinx counts on a page: sections, figures, equations, footnotes, lines of code, and references to them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fwdpass.audit.titles import Titles, shown, without
from fwdpass.audit.tree import Element
from fwdpass.numerals.scan import EXECUTED

_TYPED = frozenset(("std-doc", "std-ref", "myst", "xref", "doc"))
"""Classes of what is in a link whose words the author may choose; Sphinx puts numbers into others by itself."""
CITED = "cited"
"""Stands for a number where a link leads to an entry of a bibliography, from which its year or label is taken."""
_MARKS = frozenset(("section-number", "eqno", "caption-number"))


class Counts:
    """The numbers that belong to the elements of one article, each to one element only.

    ``numbers`` says which number Sphinx gave to an anchor of the page, ``targets`` which number stands at the end of
    a link.
    """

    def __init__(
        self, article: Element | None, numbers: Mapping[str, str], targets: Mapping[str, str], titles: Titles
    ) -> None:
        self._numbers = numbers
        self._targets = targets
        self._titles = titles
        self._own: dict[int, str] = {}
        self._notes: dict[str, str] = {}
        if article is not None:
            self._find_marks(article, "", set())
            self._find_notes(article)

    def read(self, element: Element) -> str | None:
        """Give the text of an element that may say a number, without that number if it is the right one."""
        if not _MARKS.isdisjoint(element.classes) or id(element) in self._own:
            return _replaced(without(element, "headerlink"), self._own.get(id(element), ""))  # with the space behind it
        if element.tag != "a":
            return None
        if "footnote-reference" in element.classes:
            return _replaced(shown(element), self._notes.get(element.attributes.get("href", ""), ""))
        if {"reference", "internal"} <= set(element.classes):
            return self._reference(element)
        return None

    def _reference(self, element: Element) -> str | None:
        """Read a cross-reference: the number at its end is that of its target, and a title is the target's title."""
        text = self._titles.without(shown(element))
        number = self._targets.get(element.attributes.get("href", ""), "")
        if shown(element) in self._titles:
            return EXECUTED
        if any(not _TYPED.isdisjoint(inner.classes) for inner in element.elements()):
            return None  # its author chose the words, and Sphinx none of them
        if number == CITED:
            return EXECUTED
        at_end = re.search(rf"(?<![\w.]){re.escape(number)}[).]*(?=\W*$)", text) if number else None
        return text[: at_end.start()] + EXECUTED if at_end else None

    def _find_marks(self, element: Element, anchor: str, used: set[tuple[str, str]]) -> None:
        """Give each mark the number of the numbered element that it is in; a number has one mark."""
        if "id" in element.attributes and (here := f"#{element.attributes['id']}") in self._numbers:
            anchor = here
        if anchor and element.classes:
            for mark in _MARKS.intersection(element.classes):
                if (anchor, mark) not in used:
                    used.add((anchor, mark))
                    self._own[id(element)] = self._numbers[anchor]
        for child in element.children:
            if isinstance(child, Element):
                self._find_marks(child, anchor, used)

    def _find_notes(self, article: Element) -> None:
        """Count the footnotes of a page, and the links back of each."""
        notes = (note for note in article.find("aside", "footnote") if note.attributes.get("id"))
        for place, note in enumerate(notes, 1):
            self._notes[f"#{note.attributes['id']}"] = str(place)
            label = next(note.find(cls="label"), None)
            if label is None:
                continue
            self._own[id(label)] = str(place)
            inner = {id(element) for element in label.elements()}
            links = [e for e in note.elements() if e.attributes.get("role") == "doc-backlink" and id(e) not in inner]
            self._own.update((id(link), str(count)) for count, link in enumerate(links, 1))


def code_of(element: Element) -> str:
    """Give the code that an element shows, without its line numbers, if they are those of its lines."""
    marks = [mark.text().strip() for mark in element.find(cls="linenos")]
    if not marks:
        return element.text().strip("\n")
    code = without(element, "linenos")
    lines = code.count("\n")
    # An author may have them start elsewhere (:lineno-start:); of a single line, Facts.starts knows.
    first = int(marks[0]) if len(marks) > 1 and marks[0].isdecimal() else 1
    counted = marks == [str(first + line) for line in range(len(marks))] and len(marks) in (lines, lines + 1)
    return (code if counted else element.text()).strip("\n")


def _replaced(text: str, number: str) -> str | None:
    """Put a sign in the place of a number, if it is the one that is due."""
    if not number:
        return None
    found = re.search(rf"(?<![\w.]){re.escape(number)}(?!\w|\.\w)", text)
    return text[: found.start()] + EXECUTED + text[found.end() :] if found else None
