"""One drawing for many cases: what differs between them, and nothing else, is kept beside the drawing of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import htpy as h

MARK = "data-at"
"""The attribute of an element that differs: which of the lists says how."""
FIRST = "0"


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


def merged(drawings: Sequence[h.Element], shown: int) -> tuple[h.Element, list[dict[str, Any]]]:
    """Give the drawing that is shown, its differing elements marked, and for each mark what to put where.

    What a mark stands for is a dictionary: under ``states`` what there is to choose from, attributes by name, the
    text under no name, and under ``cases`` which of them it is in each case: a letter a case, in the order of Unicode
    from :data:`FIRST` on. The drawings must have the same elements.

    >>> drawing, lists = merged([h.p[h.b["no"]], h.p[h.b(".on")["yes"]], h.p[h.b["no"]]], 1)
    >>> print(drawing)
    <p><b class="on" data-at="0">yes</b></p>
    >>> lists
    [{'states': [{'': 'no', 'class': None}, {'': 'yes', 'class': 'on'}], 'cases': '010'}]
    """
    roots = []
    for drawing in drawings:
        tree = _Tree()
        tree.feed("".join(drawing.iter_chunks()))  # as plain text, not as Markup
        roots.append(tree.root)
    lists: list[dict[str, Any]] = []
    [drawn] = [_merge(nodes, shown, lists) for nodes in zip(*(root.children for root in roots), strict=True)]
    assert isinstance(drawn, h.Element)  # noqa: S101 - a drawing is an element
    return drawn, lists


def _merge(nodes: tuple[_Node | str, ...], shown: int, lists: list[dict[str, Any]]) -> h.Node:
    mine = nodes[shown]
    if isinstance(mine, str):
        return mine
    all_of_them = [node for node in nodes if isinstance(node, _Node) and node.tag == mine.tag]
    children = zip(*(node.children for node in all_of_them), strict=True)
    attributes = dict(mine.attributes)
    if len(all_of_them) != len(nodes) or not _same_texts(all_of_them):
        raise AssertionError(f"drawings differ in more than attributes and texts: {mine}")
    if differing := _differing([node.shown for node in all_of_them]):
        if differing not in lists:
            lists.append(differing)
        attributes[MARK] = str(lists.index(differing))
    return h.Element(mine.tag)(attributes)[[_merge(each, shown, lists) for each in children]]


def _same_texts(nodes: list[_Node]) -> bool:
    """Say whether texts among elements are the same: only a text that is alone in its element can be replaced."""
    texts = {tuple(child for child in node.children if isinstance(child, str)) for node in nodes}
    return len(texts) == 1 or all(len(node.children) == 1 for node in nodes)


def _differing(shown: list[dict[str, str]]) -> dict[str, Any] | None:
    """Say how an element differs from case to case; nothing where it does not."""
    keys = sorted({key for each in shown for key in each if any(other.get(key) != each[key] for other in shown)})
    if not keys:
        return None
    states: list[dict[str, str | None]] = []
    cases = ""
    for each in shown:
        state = {key: each.get(key) for key in keys}
        if state not in states:
            states.append(state)
        cases += chr(ord(FIRST) + states.index(state))
    return {"states": states, "cases": cases}
