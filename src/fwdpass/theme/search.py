"""What a warm build of Sphinx 9 does to its search index: entries of old pages are lost, words of old pages are kept.

Sphinx restores words and titles from the last search index, and index entries from nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from fwdpass import borrowed

_MEMORY = "fwdpass-index-entries.json"
"""Beside the doctrees."""


def setup_search(app: Sphinx) -> None:
    """Register both repairs."""
    app.connect("html-collect-pages", remember_index_entries)
    app.connect("build-finished", forget_stale_words)


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


def forget_stale_words(app: Sphinx, exception: Exception | None) -> None:
    """Take words out of the search index that are on no page any more: a warm build of Sphinx leaves them in it."""
    path = Path(app.outdir) / "searchindex.js"
    if exception is not None or app.builder.format != "html" or not path.is_file():
        return
    before, data, after = re.split(r"(?s)(\{.*\})", path.read_text("utf-8"))
    index = json.loads(data)
    terms = {words: index[words] for words in ("terms", "titleterms")}
    kept = {words: {word: pages for word, pages in known.items() if pages != []} for words, known in terms.items()}
    if kept != terms:
        written = json.dumps(index | kept, separators=(",", ":"), sort_keys=True)
        path.write_text(before + written + after, "utf-8", newline="\n")
