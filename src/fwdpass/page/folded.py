"""What a closed panel holds, as text: elements that nobody sees cost a slow phone its time and memory.

In pages that run scripts, it stands in a ``<noscript>``. Without scripts that is as if it were not there; with them,
elements are made of it when it is opened, printed, searched or linked to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fwdpass.page.record import DESCRIPTION

LEAST = 12
"""Elements that are worth it."""
_EDGE = re.compile(r"<details\b[^>]*>|</details>|<(/?)(?:fp-network|template|noscript)\b[^>]*>")
_ELEMENT = re.compile(r"<[a-z]")
_SUMMARY = "</summary>"
_OWN = re.compile("<noscript|<script", re.IGNORECASE)
"""What has to stand on its page as elements: a text cannot hold the one, and would let the other run."""


def folded_away(body: str) -> str:
    """Put what closed panels hold into a ``<noscript>``, where it is much.

    >>> folded_away("<details><summary>more</summary>" + "<i></i>" * 12 + "</details>")[:60]
    '<details><summary>more</summary><noscript><i></i><i></i><i><'
    >>> folded_away("<details><summary>more</summary><p>little</p></details>")
    '<details><summary>more</summary><p>little</p></details>'
    """
    pieces, at = [], 0
    for start, end in _closed(body):
        pieces += [body[at:start], "<noscript>", body[start:end], "</noscript>"]
        at = end
    return "".join([*pieces, body[at:]])


def as_folded(patch: Mapping[str, str]) -> dict[str, str]:
    """Fold what a patch puts into each of its places; the page's description is a text, and stays it."""
    return {place: html if place == DESCRIPTION else folded_away(html) for place, html in patch.items()}


def _closed(body: str) -> Iterator[tuple[int, int]]:
    """Give where the contents of outermost closed panels begin and end.

    A network whose pixels can be flipped wants its own at once; another one asks for them when a neuron is chosen.
    """
    depth, inside, start, asks = 0, 0, -1, False
    for edge in _EDGE.finditer(body):
        if edge[0] == "<fp-network>" or (asks and edge[0] == "</fp-network>"):
            asks = edge[1] == ""
        elif edge[1] is not None:
            inside += -1 if edge[1] else 1
        elif edge[0] == "</details>":
            depth -= 1
            if depth == 0 and start >= 0:
                inner = body[start : edge.start()]
                if len(_ELEMENT.findall(inner)) >= LEAST and not _OWN.search(inner):
                    yield start, edge.start()
                start = -1
        else:
            if start < 0 and not inside and not re.search(r"\sopen\b", edge[0]):
                found = body.find(_SUMMARY, edge.end())
                start, depth = (found + len(_SUMMARY), 0) if found >= 0 else (-1, depth)
            depth += start >= 0
