"""Be dark only where the page around is: in a theme that knows the dark, by its button or by the reader's system."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

DARK = frozenset("furo pydata_sphinx_theme shibuya sphinx_book_theme sphinx_immaterial sphinxawesome_theme".split())
"""Themes with dark pages, and so are those that are made of one. In any other, what we draw stands on a light page."""
LIGHT = "fwdpass-light.css"


def stay_light(app: Sphinx) -> None:
    """Add the style sheet that keeps our colours light, for a theme without dark pages."""
    if isinstance(app.builder, StandaloneHTMLBuilder) and not knows_dark(app.builder):
        app.add_css_file(LIGHT)


def knows_dark(builder: StandaloneHTMLBuilder) -> bool:
    """Say whether the theme of a site, or one that it is made of, has dark pages."""
    folders = {part for folder in builder.theme.get_theme_dirs() for part in Path(folder).parts}
    return not DARK.isdisjoint({builder.theme.name, *folders})
