"""Keep what is folded away as text in pages that run scripts, and bring what unfolds it (folds.js)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from fwdpass.page.folded import folded_away

BUILDERS = ("html", "dirhtml")
SCRIPT = Path(__file__).with_suffix(".js")


def fold(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Fold a page of HTML, and let it unfold by itself: in the page, so that no lost file leaves it incomplete."""
    if app.builder.name not in BUILDERS:  # a book for a reader of EPUB is XML
        return
    body = context.get("body", "")
    folded = folded_away(body)
    if folded != body:
        code = (line.strip() for line in SCRIPT.read_text("utf-8").splitlines())
        context["body"] = f"{folded}<script>{' '.join(line for line in code if not line.startswith('//'))}</script>\n"
