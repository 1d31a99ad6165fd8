"""The small scripts that help on pages which have something for them: code, panels, searches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

COPY, FIND, SEARCH = "fwdpass-copy.js", "fwdpass-find.js", "fwdpass-search.js"
STATIC = Path(__file__).parent / "static"
STYLE = "fwdpass-page.css"


def setup_helpers(app: Sphinx) -> None:
    """Register the scripts, and the folder that they are in."""
    app.connect("config-inited", _add_static)
    app.connect("html-page-context", add_helpers)


def _add_static(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(STATIC))


def add_helpers(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let a page load the scripts that it has something for."""
    body = context.get("body", "")
    if app.builder.format != "html":
        return
    if 'class="highlight"' in body:
        app.add_css_file(STYLE)
        app.add_js_file(COPY, loading_method="defer")
    if "<details" in body or "sd-tab-set" in body:
        app.add_js_file(FIND, loading_method="defer")
    if page == "search":
        app.add_js_file(SEARCH, loading_method="defer")
