"""Repairs to pages of sphinx-book-theme 1.4 and MyST-NB 1.4 that no option and no template reaches.

A book asks for them in its conf.py: `setup = setup_theme`. The repairs that a template reaches are in this book's
docs/_templates/, each with its reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

UNREACHABLE = ("_static/**/*.map", "_static/*webpack-macros.html", "_static/scripts/fontawesome.js")
"""What no page loads: source maps, the theme's own templates, and its icons as a script; it has them as a font, too."""


def setup_theme(app: Sphinx) -> None:
    """Register the repairs."""
    app.connect("html-page-context", repair_body)
    app.connect("build-finished", remove_unreachable_files)


def repair_body(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let a hidden cell be called what it says: MyST-NB labels its summary with other words than those on it.

    Whoever steers by voice says what is to be read (WCAG 2.5.3, Label in Name).
    """
    context["body"] = context.get("body", "").replace('<summary aria-label="Toggle hidden content">', "<summary>")


def remove_unreachable_files(app: Sphinx, error: Exception | None) -> None:
    """Half of what Sphinx would otherwise publish."""
    if error is None and app.builder.format == "html":
        for pattern in UNREACHABLE:
            for file in Path(app.outdir).glob(pattern):
                file.unlink()
