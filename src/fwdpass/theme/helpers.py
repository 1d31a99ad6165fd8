"""The small scripts that help on pages which have something for them: code, panels, searches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from fwdpass import elements

COPY, FIND, SEARCH = "fwdpass-copy.js", "fwdpass-find.js", "fwdpass-search.js"
STATIC = Path(__file__).parent / "static"
STYLE = "fwdpass-page.css"


def setup_helpers(app: Sphinx) -> None:
    """Register the scripts, and where they are needed."""
    app.connect("env-updated", write_helpers)
    app.connect("html-page-context", add_helpers)


def write_helpers(app: Sphinx, _env: BuildEnvironment) -> None:
    """Write the files before the first page, since Sphinx adds a checksum of what is there to its address."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(STATIC.iterdir()):
        said = path.read_text("utf-8")
        (folder / path.name).write_text(elements.code(said) if path.suffix == ".js" else said, "utf-8", newline="\n")


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
