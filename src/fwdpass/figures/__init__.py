"""What a page shows of numbers: a module for each kind of figure, with its data, its view and its drawings.

A kind is a subclass of :class:`fwdpass.figures.base.Figure` in a module of its own. The module holds what the figure
keeps (a frozen dataclass), how it is drawn (``plain`` text, ``latex``, ``html``) and the view, the function that makes
it from arrays. To add a kind, write its module and name the view in :mod:`fwdpass`; nothing else lists the kinds.

The other modules are shared: ``base`` (what every figure can do), ``words`` (counts and names), ``layout`` (aligned
text, LaTeX environments), ``parts`` (cells, heads and boxes in HTML), ``marks`` (colours and shapes in SVG), ``png``
(shades) and ``differences`` (one drawing for many inputs). A diagram alone has three more: ``placed`` (where all of it
is), ``labels`` (where its weights stand) and ``picture`` (the drawing).
"""

from __future__ import annotations

import re
from pathlib import Path

STYLE = Path(__file__).with_name("fwdpass.css")
"""How figures look, in a book and in a document of its own."""

_FONT = re.compile(r"@font-face \{.*?\}\n", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def sheet() -> str:
    """Give the style sheet for a document that stands alone: without comments, and without the font of formulas.

    A font of the reader's stands in for the one that a book brings along, which the document would have to fetch.
    """
    return _COMMENT.sub("", _FONT.sub("", STYLE.read_text("utf-8")))
