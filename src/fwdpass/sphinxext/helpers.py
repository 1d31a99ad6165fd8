"""The small scripts that help on pages which have something for them: copied code, panels that open on arrival."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

COPY, FIND, STYLE = "fwdpass-copy.js", "fwdpass-find.js", "fwdpass-page.css"


def add_helpers(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let a page load the scripts that it has something for."""
    body = context.get("body", "")
    if app.builder.format != "html":
        return
    if 'class="highlight"' in body:
        app.add_css_file(STYLE)
        app.add_js_file(COPY, loading_method="defer")
    if "<details" in body or "sd-tab-set" in body:
        app.add_js_file(FIND, loading_method="defer")
