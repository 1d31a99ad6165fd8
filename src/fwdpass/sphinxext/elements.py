"""The script and the style sheet of the elements: written before the pages, loaded by those that use them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from fwdpass import elements

_USED = re.compile(r'<fp-[a-z]|class="fp-(?:certificate|quiz)"')
"""What in a page has something to do: an element, or the foot, whose numbers can be chosen."""


def write(app: Sphinx, env: BuildEnvironment) -> None:
    """Write both files before the first page, since Sphinx adds a checksum of what is there to its address."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static"
        folder.mkdir(parents=True, exist_ok=True)
        for name, said in ((elements.SCRIPT, elements.script()), (elements.STYLE, elements.sheet())):
            (folder / name).write_text(said, "utf-8", newline="\n")


def load(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Let a page that uses an element load them; a page of words alone does without."""
    if app.builder.format == "html" and _USED.search(context.get("body", "")):
        app.add_css_file(elements.STYLE)
        app.add_js_file(elements.SCRIPT, loading_method="defer")
