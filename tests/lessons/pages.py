"""A book's pages as programs, without a build: each page is parsed once, with the shipped lesson."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fwdpass.errors import FwdpassError
from fwdpass.page import Lesson
from tests.mutation.mutant import Book


def programs(docs: Path, pages: Sequence[str] = ()) -> Book:
    """Parse these pages of a book (all of them unless any is named); raises FwdpassError for a page with a fault.

    Nothing is written and no reference is followed, so that a page on which somebody is working is read, too.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    if not (docs / "conf.py").is_file():
        raise FwdpassError(f"{docs} is no book: there is no conf.py in it; name the folder that Sphinx builds")
    docs = docs.resolve()
    heard = io.StringIO()
    with TemporaryDirectory() as folder, patch_docutils(str(docs)), docutils_namespace():
        app = Sphinx(
            docs, docs, f"{folder}/html", f"{folder}/doctrees", "dummy", status=None, warning=heard, freshenv=True
        )
        found = set(app.project.discover(app.config.exclude_patterns))
        if strange := [page for page in pages if page not in found]:
            raise FwdpassError(f"{docs} has no page {strange[0]!r}; it has {', '.join(sorted(found))}")
        for page in sorted(pages or found):
            app.builder.read_doc(page)
        kept = vars(app.env).get("fwdpass_records", {})
    said = re.sub(r"\x1b\[[\d;]*m", "", heard.getvalue())
    if faulty := sorted(page for page, record in kept.items() if record.faults):
        told = [line for line in said.splitlines() if "[fwdpass." in line]
        raise FwdpassError("\n".join([f"with the shipped lesson, {', '.join(faulty)} cannot be read:", *told]))
    read = {page: record.program for page, record in sorted(kept.items()) if record.program is not None}
    return Book(docs, Lesson.of(), read)
