"""Words of old pages, which a warm build of Sphinx 9 keeps in its search index though no page says them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sphinx.application import Sphinx


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
