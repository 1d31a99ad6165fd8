"""What a search finds: each number and name of a table by itself, and no words that no page says any more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_TAG = re.compile(r"<[^<]+?>")


class SearchNumbers(SearchEnglish):
    """English in which a decimal number is a word; Sphinx leaves out every word of digits alone."""

    js_splitter_code = r"""
var splitQuery = (query) =>
  query.match(/\p{Number}+(?:\.\p{Number}+)+|[\p{Letter}\p{Number}_\p{Emoji_Presentation}]+/gu) ?? [];
"""
    _words = re.compile(r"\d+(?:\.\d+)+|\w+")

    def split(self, input: str) -> list[str]:  # noqa: A002 - as Sphinx calls it
        """Split a text into words and numbers."""
        return self._words.findall(input)


def read_cells_apart(app: Sphinx, _doctree: nodes.document, _page: str) -> None:
    """Let the index read the cells of a table as words of their own.

    Sphinx takes the tags out of HTML and puts nothing in their place, so that a number and the word in the next cell
    would be one word, which nobody searches for.
    """
    indexer: Any = getattr(app.builder, "indexer", None)
    if indexer is not None and "feed" not in vars(indexer):
        indexer.feed = _apart(indexer.feed)


def _apart(feed: Callable[..., None]) -> Callable[..., None]:
    def fed(docname: str, filename: str, title: str, doctree: nodes.document) -> None:
        drawn = [(node, node.children) for node in doctree.findall(nodes.raw)]
        try:
            for node, _ in drawn:
                node.children = [nodes.Text(_TAG.sub(lambda tag: f" {tag[0]}", node.astext()))]
            feed(docname, filename, title, doctree)
        finally:
            for node, children in drawn:
                node.children = children

    return fed


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
