"""A panel as a file of its own: one HTML page with its style and script in it, which asks nobody for anything."""

from __future__ import annotations

import re
from pathlib import Path

import htpy as h
from markupsafe import Markup

from fwdpass import elements, figures
from fwdpass.trace.panel import html as drawn
from fwdpass.trace.panel.facts import Panel

_HERE = Path(__file__).parent
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def draw(panel: Panel) -> str:
    """Write the file."""
    ours = _COMMENT.sub("", (_HERE / "document.css").read_text("utf-8"))
    style = figures.sheet() + ours + elements.sheet("trace")
    document = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title[f"{panel.script}, line by line"],
            h.style[Markup(style)],  # noqa: S704 - files of this package
        ],
        h.body[
            h.main[h.h1[h.code[panel.script]], drawn.draw(panel)],
            h.script[Markup(elements.script("trace"))],  # noqa: S704 - a file of this package
        ],
    ]
    return "".join(document.iter_chunks()) + "\n"
