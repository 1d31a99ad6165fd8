"""Keep for the search what a warm build of Sphinx forgets: the entries of the index that old pages have.

Sphinx 9 restores words and titles from the last search index, and these entries from nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

_MEMORY = "fwdpass-index-entries.json"
"""Beside the doctrees."""


def remember_index_entries(app: Sphinx) -> Iterable[tuple[str, dict[str, object], str]]:
    """Add the entries of pages that this build did not write, before the search index is; give no pages to make."""
    if not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.indexer is None:
        return []
    entries = app.builder.indexer._index_entries
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
