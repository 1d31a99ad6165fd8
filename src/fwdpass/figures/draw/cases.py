"""One drawing for many cases: what differs between them, and nothing else, is kept beside the drawing of one.

Each thing is kept once. How an element can look is a *look*: by the names of its attributes, and for its text under no
name, a value for each of its states. Which state it has in which case is a string, a letter a case. A text to be read
is written with holes for the words that differ, which are states too, or stand in a table that tells of every case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeVar

import htpy as h

MARK = "data-at"
"""The attribute of an element that differs: the numbers of its looks, and after a dot that of the states by case."""
FIRST = "0"
"""The letter of the first state; the others follow in the order of Unicode."""
READ = ("", "aria-label")
"""What of an element is a text to be read: what is in it, and its name."""

_WORD = re.compile(r"(−?\d+(?:\.\d+)?|[^\W\d]+)")

T = TypeVar("T")
Look = dict[str, list[str | None] | str]
Differing = dict[str, tuple[str | None, ...]]
"""What an element has in each case: by the names of its attributes, and its text under no name."""


@dataclass
class _Node:
    tag: str
    attributes: dict[str, str]
    children: list[_Node | str] = field(default_factory=list)

    @property
    def shown(self) -> dict[str, str]:
        """Its attributes, and under no name its text, if it has nothing else in it."""
        match self.children:
            case [str(text)]:
                return {**self.attributes, "": text}
        return self.attributes


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = _Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # the parser writes names small; of those of SVG that we draw with, one is not
        node = _Node(tag, {"viewBox" if k == "viewbox" else k: v or "" for k, v in attrs})
        self._open[-1].children.append(node)
        self._open.append(node)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the signature is the library's
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@dataclass
class Kept:
    """What goes along with the drawing that is shown; ``told`` is the table, a column of texts for each number."""

    told: Sequence[tuple[str, ...]]
    looks: list[Look] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)

    def mark(self, differing: Differing) -> str:
        """Keep how an element differs from case to case."""
        marks = [self._text(name, differing.pop(name)) for name in READ if name in differing]
        return " ".join([*marks, *([self._state(differing)] if differing else [])])

    def _state(self, differing: Differing) -> str:
        each = list(zip(*differing.values(), strict=True))
        states = sorted(set(each), key=repr)
        look: Look = {name: list(values) for name, values in zip(differing, zip(*states, strict=True), strict=True)}
        cases = "".join(chr(ord(FIRST) + states.index(state)) for state in each)
        return f"{_kept(look, self.looks)}.{_kept(cases, self.cases)}"

    def _text(self, name: str, texts: tuple[str | None, ...]) -> str:
        words = [_WORD.split(text) for text in texts if text is not None and "{" not in text]
        if len(words) < len(texts) or len({len(each) for each in words}) > 1:
            return self._state({name: texts})
        holes = (same[0] if len({*same}) == 1 else f"{{{self._word(same)}}}" for same in zip(*words, strict=True))
        look: Look = {name: "".join(holes)}
        return str(_kept(look, self.looks))

    def _word(self, words: tuple[str, ...]) -> str:
        return str(self.told.index(words)) if words in self.told else self._state({"": words})


def _kept(what: T, among: list[T]) -> int:
    """Keep a thing once, and give its number."""
    if what not in among:
        among.append(what)
    return among.index(what)


def merged(drawings: Sequence[h.Element], shown: int, told: Sequence[Sequence[str]] = ()) -> tuple[h.Element, Kept]:
    """Give the drawing that is shown, its differing elements marked, and what is kept for their marks.

    The drawings must have the same elements. ``told`` has the texts of a table that stands beside them, a row a case.

    >>> drawing, kept = merged([h.p[h.b["no: 3"]], h.p[h.b(".on")["yes: 4"]], h.p[h.b["no: 5"]]], 1, ["3", "4", "5"])
    >>> print(drawing)
    <p><b class="on" data-at="1 2.1">yes: 4</b></p>
    >>> kept.looks
    [{'': ['no', 'yes']}, {'': '{0.0}: {0}'}, {'class': ['on', None]}]
    >>> kept.cases
    ['010', '101']
    """
    roots = []
    for drawing in drawings:
        tree = _Tree()
        tree.feed("".join(drawing.iter_chunks()))  # as plain text, not as Markup
        roots.append(tree.root)
    kept = Kept([*zip(*told, strict=True)])
    [drawn] = [_merge(nodes, shown, kept) for nodes in zip(*(root.children for root in roots), strict=True)]
    assert isinstance(drawn, h.Element)  # noqa: S101 - a drawing is an element
    return drawn, kept


def _merge(nodes: tuple[_Node | str, ...], shown: int, kept: Kept) -> h.Node:
    mine = nodes[shown]
    if isinstance(mine, str):
        return mine
    all_of_them = [node for node in nodes if isinstance(node, _Node) and node.tag == mine.tag]
    children = zip(*(node.children for node in all_of_them), strict=True)
    attributes = dict(mine.attributes)
    if len(all_of_them) != len(nodes) or not _same_texts(all_of_them):
        raise AssertionError(f"drawings differ in more than attributes and texts: {mine}")
    if differing := _differing([node.shown for node in all_of_them]):
        attributes[MARK] = kept.mark(differing)
    return h.Element(mine.tag)(attributes)[[_merge(each, shown, kept) for each in children]]


def _same_texts(nodes: list[_Node]) -> bool:
    """Say whether texts among elements are the same: only a text that is alone in its element can be replaced."""
    texts = {tuple(child for child in node.children if isinstance(child, str)) for node in nodes}
    return len(texts) == 1 or all(len(node.children) == 1 for node in nodes)


def _differing(shown: list[dict[str, str]]) -> Differing:
    """Find the attributes that an element does not have alike in all cases, and what they are in each."""
    values = {
        name: tuple(each.get(name) for each in shown) for name in sorted({name for each in shown for name in each})
    }
    return {name: each for name, each in values.items() if len(set(each)) > 1}
