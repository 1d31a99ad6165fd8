"""HTML as a tree, as a browser would show it: elements, their attributes, and text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
INLINE = frozenset(
    """
    a abbr b bdi bdo cite data del dfn em font i ins kbd label mark q s small span strong sub sup time tspan tt u var
    wbr
    """.split()
)
"""Elements that do not end a word."""
_CLOSES = {
    "p": {"p"},
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
}
_DOCTEST = re.compile(r"#\s*doctest:.+$|^\s*<BLANKLINE>", re.MULTILINE)
_BLOCKS = frozenset(
    "address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6".split()
)


@dataclass(eq=False)
class Element:
    """An element, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        written = self.attributes.get("class")
        return written.split() if written else []

    def elements(self) -> Iterator[Element]:
        """Give this element and all those in it, in the order of the page."""
        waiting: list[Element] = [self]
        while waiting:
            element = waiting.pop()
            yield element
            if element.children:
                waiting += [child for child in reversed(element.children) if isinstance(child, Element)]

    def find(self, tag: str = "", cls: str = "") -> Iterator[Element]:
        """Give those elements in it that have a tag, a class, or both."""
        for element in self.elements():
            if (not tag or element.tag == tag) and (not cls or cls in element.classes):
                yield element

    def text(self) -> str:
        """Give its text, elements' ends ignored."""
        said: list[str] = []
        self._say(said)
        return "".join(said)

    def _say(self, said: list[str]) -> None:
        for child in self.children:
            if isinstance(child, str):
                said.append(child)
            else:
                child._say(said)


def parse(html: str) -> Element:
    """Read a page, or a part of one; what is not closed is closed where its parent is."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.root


def canonical(element: Element) -> str:
    """Write what is in an element so that two ways of writing the same come out the same."""
    return "".join(_canonical(child) for child in element.children)


def without(element: Element, cls: str) -> tuple[Element, list[Element]]:
    """Give an element with those in it emptied that have a class, and these as they are."""
    emptied: list[Element] = []

    def copied(one: Element) -> Element:
        if cls in one.classes:
            emptied.append(one)
            return Element(one.tag, one.attributes)
        children = [child if isinstance(child, str) else copied(child) for child in one.children]
        return Element(one.tag, one.attributes, children)

    return copied(element), emptied


def digest(text: str) -> str:
    """Give a short name to a text that no other text will have."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def code_digest(code: str) -> str:
    """Name a piece of code, or what it printed, however it is laid out; Sphinx drops what only doctest needs."""
    return digest("".join(_DOCTEST.sub("", code).split()))


def _canonical(node: Element | str) -> str:
    if isinstance(node, str):
        return " ".join(node.split())
    attributes = "".join(f"\x00{name}\x00{value}" for name, value in sorted(node.attributes.items()))
    return f"\x01{node.tag}{attributes}\x02{canonical(node)}\x03"


class _Parser(HTMLParser):
    """Builds the tree; attribute values and text come with their character references resolved."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 - the signature is the library's
        """Count no lines: nobody asks for the place of a tag in the HTML."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._close_implied(tag)
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def _close_implied(self, tag: str) -> None:
        top = self._open[-1].tag
        if top in _CLOSES.get(tag, ()) or (top == "p" and tag in _BLOCKS):
            self._open.pop()
