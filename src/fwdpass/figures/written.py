"""Write elements of htpy as text, to the letter as htpy does, in a fraction of its time.

htpy hands each piece of text up through a generator for every element around it, so that a page can be sent while it
is being written. A figure is written whole.
"""

from __future__ import annotations

from collections.abc import Callable
from types import GeneratorType
from typing import Any

import htpy as h
from markupsafe import Markup, escape

_OPEN = all(hasattr(h.div, name) for name in ("_name", "_attrs", "_children"))
"""Whether an element of htpy is made of what we know, which it has not promised to call so."""

_SEVERAL = (list, tuple, GeneratorType, map)


def written(element: h.Element) -> str:
    """Write an element, as plain text: what is added to it is not escaped.

    >>> written(h.p(".said")["1 < 2, ", [h.b[each] for each in "ab"]])
    '<p class="said">1 &lt; 2, <b>a</b><b>b</b></p>'
    """
    pieces: list[str] = []
    _write(element, pieces.append)
    return "".join(pieces)


def once(element: h.Element) -> Markup:
    """Write an element that stands in many places, so that whoever keeps it need not write it for each."""
    return Markup(written(element))  # noqa: S704 - written from an element


def _write(node: Any, add: Callable[[str], None]) -> None:
    kind = type(node)
    if kind is str:
        add(escape(node))
    elif kind is Markup:
        add(node)
    elif kind is h.Element and _OPEN:
        add(f"<{node._name}{node._attrs}>")
        _write(node._children, add)
        add(f"</{node._name}>")
    elif kind in _SEVERAL:
        if kind is GeneratorType and node.gi_frame is None:  # else nothing would stand there, and nobody would know
            raise RuntimeError("Generator has already been consumed")
        for one in node:
            _write(one, add)
    elif node is not None:  # what is rare
        add("".join(h.fragment[node].iter_chunks()))
