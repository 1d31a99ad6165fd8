"""What a warm build of Sphinx 9 loses of its search index: the index entries of pages that it did not write.

It restores words and titles from the last search index, and index entries from nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from fwdpass import borrowed

_MEMORY = "fwdpass-index-entries.json"
"""Beside the doctrees."""


def setup_entries(app: Sphinx) -> None:
    """Register the repair."""
    app.connect("html-collect-pages", remember_index_entries)


def remember_index_entries(app: Sphinx) -> Iterable[tuple[str, dict[str, object], str]]:
    """Add the entries of pages that this build did not write, before the search index is; give no pages to make."""
    entries = borrowed.index_entries(app.builder) if isinstance(app.builder, StandaloneHTMLBuilder) else None
    if entries is None:
        return []
    memory = Path(app.doctreedir) / _MEMORY
    before = json.loads(memory.read_text("utf-8")) if memory.exists() else {}
    for page in before.keys() & app.env.found_docs - entries.keys():
        entries[page] = [tuple(entry) for entry in before[page]]
    for page in [page for page in entries if page not in app.env.found_docs]:
        del entries[page]
    ordered = {page: entries[page] for page in sorted(entries)}
    entries.clear()
    entries.update(ordered)
    memory.write_text(json.dumps(ordered, indent=1), "utf-8")
    return []
