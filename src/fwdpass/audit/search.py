"""The search index: it may say what stands on a page, and nothing else."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from fwdpass.audit.page import Finding
from fwdpass.audit.titles import Titles, article_of
from fwdpass.audit.tree import Element, parse
from fwdpass.errors import FwdpassError
from fwdpass.numerals.scan import numbers

SEARCH = "searchindex.js"
_WORD = re.compile(r"(?:(?<![\d.])(?=(\d+(?:\.\d+)+)))?(\w+)")
"""A word, as Sphinx splits them, and a decimal number as a whole, as a search for numbers has it."""

_NUMERIC = re.compile(r"\d|[^\x00-\x7f]")
"""Is in every word that has a number; digits of other scripts, and fractions, are none of ASCII's."""


def search_findings(
    site: Path, pages: Iterable[Element], titles: Titles, formulas: Iterable[str] = (), known: Collection[str] = ()
) -> Iterator[tuple[str, Finding]]:
    """Give the numbers of the index that are in no title, in no word of a page, and in the LaTeX of no formula.

    Each comes with the name of the index, and that of the page that the index found it on, if it is a ``known`` one.
    """
    path = site / SEARCH
    if not path.exists():
        return
    text = path.read_text("utf-8", "replace")
    try:
        index: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    except (ValueError, RecursionError):
        raise FwdpassError(f"{path} is no search index of Sphinx's: build the site again") from None
    names: list[str] = index.get("docnames", [])

    def where(entry: Any) -> str:
        """Name the index, and the page of an entry: the first of those that its numbers lead to."""
        while isinstance(entry, list) and entry:
            entry = entry[0]
        page = names[entry] if isinstance(entry, int) and entry < len(names) else ""
        return f"{SEARCH}:{page}" if page in known else SEARCH

    # Sphinx writes the titles of pages as HTML, with the number of a section in an element of its own.
    heads = (parse(title).text() if title else "" for title in index.get("titles", ()))
    all_titles = [*zip(heads, range(len(names)), strict=False), *index.get("alltitles", {}).items()]
    for title, entry in all_titles:
        if title and (found := list(numbers(title))) and not any(title in one for one in titles.all):
            yield from ((where(entry), Finding(one.text, "search index", title)) for one in found)
    said = [" ".join(_said(page)).lower() for page in pages]
    words = sorted({*_with_digits(" ".join([*said, *titles.all, *formulas]))})
    for term, entry in (*index.get("terms", {}).items(), *index.get("titleterms", {}).items()):
        if term.startswith("_") or not (found := list(numbers(term, words=False))) or _begins_any(words, term):
            continue
        if not any(term in text for text in said):  # the index cuts "1.0.0rc1" and "v1.2.3" in its own way
            yield from ((where(entry), Finding(one.text, "search index", term)) for one in found)


def _said(page: Element) -> Iterator[str]:
    """Give the words with numbers that a page says, in its elements and their attributes."""
    yield from _numbered((article_of(page) or page).text())
    said: set[str] = set()  # classes and links stand on many elements
    for element in page.elements():
        said.update(child for child in element.children if isinstance(child, str))
        said.update(element.attributes.values())
    for text in sorted(filter(_NUMERIC.search, said)):
        yield from _numbered(text)


def _numbered(text: str) -> Iterator[str]:
    return (word for word in text.split() if _NUMERIC.search(word))


def _with_digits(text: str) -> Iterator[str]:
    found = (word for match in _WORD.findall(text.lower()) for word in match)
    return (word for word in found if word and not word.isalpha())


def _begins_any(words: list[str], term: str) -> bool:
    """Say whether a word of the pages starts as a term does; the index has cut off its ending, or changed a letter."""
    stems = [term[:-1] if len(term) > 3 and not term[-1].isdigit() else term]
    if term.endswith("i"):  # as of "12y", which a cell with 1 and one with 2y make
        stems.append(f"{term[:-1]}y")
    at = ((stem, bisect_left(words, stem)) for stem in stems)
    return any(place < len(words) and words[place].startswith(stem) for stem, place in at)
