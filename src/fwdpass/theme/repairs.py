"""Repairs to pages of sphinx-book-theme 1.4 and MyST-NB 1.4 that no option and no template reaches.

The repairs that a template reaches are in this book's docs/_templates/, each with its reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fwdpass.live.drawing import plain

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SUMMARY = re.compile(r"<summary>(?:(?!</summary>).)*</summary>", re.DOTALL)
PARAGRAPH = re.compile(r"<(/?)p\b")


def setup_theme(app: Sphinx) -> None:
    """Register the repairs."""
    app.connect("html-page-context", repair_body)


def repair_body(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Repair the summary of a hidden cell, which MyST-NB labels with other words than those on it, in a paragraph.

    Whoever steers by voice says what is to be read (WCAG 2.5.3, Label in Name); and HTML allows no paragraph. Code gets
    elements for what is coloured, and not for every comma.
    """
    body = context.get("body", "").replace('<summary aria-label="Toggle hidden content">', "<summary>")
    context["body"] = plain(SUMMARY.sub(lambda match: PARAGRAPH.sub(r"<\1span", match[0]), body))
