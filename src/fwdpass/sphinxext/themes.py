"""Be dark only where the page around is: in a theme that knows the dark, by its button or by the reader's system."""

from __future__ import annotations

from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

import sphinx
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config

DARK = frozenset("furo pydata_sphinx_theme shibuya sphinx_book_theme sphinx_immaterial sphinxawesome_theme".split())
"""Themes with dark pages, and so are those that are made of one. In any other, what we draw stands on a light page."""
LIGHT = "fwdpass-light.css"
_BASIC = "basic"
"""The theme that stands in for one that is missing until it is known whether the builder wants it; Sphinx has it."""


def know_theme(app: Sphinx, config: Config) -> None:
    """Look whether the theme that conf.py names is there: Sphinx, where it is not, prints versions and a traceback."""
    name = config.html_theme
    homes = [Path(sphinx.__file__).parent / "themes", *(Path(app.confdir) / path for path in config.html_theme_path)]
    if (
        name not in app.registry.html_themes
        and name not in entry_points(group="sphinx.html_themes").names
        and not any((home / name).is_dir() or (home / f"{name}.zip").is_file() for home in homes)
    ):
        config.html_theme, config.html_theme_options = _BASIC, {}
        app.connect("builder-inited", partial(_refuse_theme, name))


def _refuse_theme(name: str, app: Sphinx) -> None:
    """End the build, if it is one that would have needed the theme: a PDF has none, and an EPUB its own."""
    if isinstance(app.builder, StandaloneHTMLBuilder) and app.builder.theme.name == _BASIC:
        raise SystemExit(
            f"fwdpass: no theme {name!r} is installed, which html_theme in conf.py names: pip install {name}, "
            "if that is its package, or name another theme; alabaster comes with Sphinx"
        )


def stay_light(app: Sphinx) -> None:
    """Add the style sheet that keeps our colours light, for a theme without dark pages."""
    if isinstance(app.builder, StandaloneHTMLBuilder) and not knows_dark(app.builder):
        app.add_css_file(LIGHT)


def knows_dark(builder: StandaloneHTMLBuilder) -> bool:
    """Say whether the theme of a site, or one that it is made of, has dark pages."""
    folders = {part for folder in builder.theme.get_theme_dirs() for part in Path(folder).parts}
    return not DARK.isdisjoint({builder.theme.name, *folders})
