"""The titles of a site, which stand on other pages, too: a number in one is judged where the title stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fwdpass.audit.tree import Element
from fwdpass.numerals.scan import EXECUTED, numbers

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption", "figcaption"))
_TITLED = frozenset(
    ("caption-text", "admonition-title", "sd-card-title", "sd-summary-title", "sd-summary-text", "topic-title")
)


class Titles:
    """All titles of a site."""

    def __init__(self, titles: Iterable[str]) -> None:
        self.all = frozenset(titles)
        numbered = [title for title in self.all if any(map(str.isalpha, title)) and any(numbers(title))]
        self._numbered = frozenset(numbered)
        ordered = sorted(numbered, key=lambda title: (-len(title), title))
        self._pattern = re.compile("|".join(map(re.escape, ordered)) or r"(?!)")

    def __contains__(self, text: str) -> bool:
        return text in self._numbered

    def without(self, text: str) -> str:
        """Put a sign in the place of every title that has a number."""
        return self._pattern.sub(EXECUTED, text)


def article_of(page: Element) -> Element | None:
    """Find what the author wrote, whatever the theme."""
    for element in page.elements():
        if element.tag in ("article", "main") or element.attributes.get("role") == "main":
            return next(element.find("article"), element)
    return None


def titles_of(page: Element) -> Iterator[str]:
    """Give the titles of a page, with and without the numbers that Sphinx put before them."""
    article = article_of(page)
    for element in article.elements() if article else ():
        if element.tag in _HEADINGS or not _TITLED.isdisjoint(element.classes):
            title = shown(element)
            yield title
            unnumbered = " ".join(without(element, "headerlink", "section-number").split())
            if unnumbered != title:
                yield unnumbered


def shown(element: Element) -> str:
    """Give a title's text, without the sign that links to it."""
    return " ".join(without(element, "headerlink").split())


def without(element: Element, *classes: str) -> str:
    """Give the text of an element, without that of the elements of some classes in it."""
    unwanted = frozenset(classes)

    def texts(of: Element) -> Iterator[str]:
        for child in of.children:
            if isinstance(child, str):
                yield child
            elif unwanted.isdisjoint(child.classes):
                yield from texts(child)

    return "".join(texts(element))
