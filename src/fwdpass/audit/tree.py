"""HTML as a tree, as a browser would show it: elements, their attributes, and text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from selectolax.lexbor import LexborHTMLParser, LexborNode

INLINE = frozenset(
    """
    a abbr b bdi bdo cite data del dfn em font i ins kbd label mark q rb rt ruby s small span strong sub sup
    time tspan tt u var wbr
    """.split()
)
"""Elements that do not end a word."""
_DOCTEST = re.compile(r"#\s*doctest:.+$|^\s*<BLANKLINE>", re.MULTILINE)
_DOCUMENT = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL)
_NAMESPACE = re.compile(r"^\{([^}]*)\}")


@dataclass(eq=False)
class Element:
    """An element, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take its classes apart once: a page's elements are asked for them again and again."""
        written = self.attributes.get("class")
        self.classes = written.split() if written else []

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
        waiting: list[Element] = [self]
        while waiting:
            element = waiting.pop()
            if (not tag or element.tag == tag) and (not cls or cls in element.classes):
                yield element
            if element.children:
                waiting += [child for child in reversed(element.children) if isinstance(child, Element)]

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
    """Read a page, or a part of one, as a browser does: by the HTML standard.

    A part, which has no ``<html>``, is read as what stands in a ``<div>``. A ``<template>`` has its contents. What a
    ``<noscript>`` has stands in its place: that is what a page says to whoever has no scripts.

    >>> canonical(parse("<p>a<!-->0.5<p>b")) == canonical(parse("<p>a0.5</p><p>b</p>"))
    True
    """
    whole = _DOCUMENT.match(html) is not None
    root = Element("")
    waiting = [(root, LexborHTMLParser(html, is_fragment=not whole).root)]
    kept = False
    while waiting:
        inside, node = waiting.pop()
        while node is not None:
            if node.is_element_node:
                attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
                element = Element((node.tag or "").lower(), attributes)
                inside.children.append(element)
                waiting.append((element, _first(node)))
                kept |= element.tag == "noscript"
            elif not node.is_comment_node and node.tag != "!doctype":
                inside.children.append(node.text_content or "")
            node = node.next
    if kept:
        _unwrap(root)
    return root


def _unwrap(root: Element) -> None:
    """Put what a page has for those without scripts where it stands."""
    for element in root.elements():
        while any(isinstance(child, Element) and child.tag == "noscript" for child in element.children):
            element.children = [
                inner
                for child in element.children
                for inner in (child.children if isinstance(child, Element) and child.tag == "noscript" else [child])
            ]


def parse_xml(text: str) -> Element:
    """Read a file of XML, such as a picture, as a browser does: with the entities that it declares.

    Where it is no XML, a browser shows nothing but an error; then it is read as HTML.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 - expat itself refuses entities that grow without end
    except ET.ParseError:
        return parse(text)
    return Element("", {}, [_of_xml(root)])


def _first(node: LexborNode) -> LexborNode | None:
    """Give the first child of an element; a template keeps its children in a document of its own."""
    inside = next(iter(node.template_fragments()), node) if node.tag == "template" else node
    return inside.child


def _of_xml(element: ET.Element) -> Element:
    children: list[Element | str] = [element.text] if element.text else []
    for child in element:
        if isinstance(child.tag, str):  # neither a comment nor an instruction
            children.append(_of_xml(child))
        if child.tail:
            children.append(child.tail)
    return Element(_named(element.tag), {_named(name): value for name, value in element.items()}, children)


def _named(name: str) -> str:
    return _NAMESPACE.sub(lambda match: "xlink:" if match[1].endswith("xlink") else "", name).lower()


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


_LAID_OUT = re.compile(r"\\(?:begin|end)\{(?:split|align|aligned)\*?\}|\\[()\[\]]|\\\\|&|\s")


def tex_digest(tex: str) -> str:
    r"""Name a formula by its LaTeX, however Sphinx lays it out for MathJax.

    >>> tex_digest(r"a \\ b") == tex_digest(r"\[\begin{split}a \\ b\end{split}\]")
    True
    """
    return f"tex-{digest(_LAID_OUT.sub('', tex))}"


def _canonical(node: Element | str) -> str:
    if isinstance(node, str):
        return " ".join(node.split())
    attributes = "".join(f"\x00{name}\x00{value}" for name, value in sorted(node.attributes.items()))
    return f"\x01{node.tag}{attributes}\x02{canonical(node)}\x03"
