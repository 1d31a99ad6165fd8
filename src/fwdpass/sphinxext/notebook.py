"""Offer a page as a notebook: its words with their numbers in place, and its cells, which run wherever the package is.

Files that the page offers for download go with it, in its first cell. A page whose cells have opened other files
when the build read it is not offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import metadata
from pathlib import Path
from posixpath import join
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from fwdpass.page import Cell, Lesson, Program
from fwdpass.page.lesson import beside
from fwdpass.page.notebook import Words, notebook
from fwdpass.sphinxext import markdown, records
from fwdpass.sphinxext.script import FOLDER
from fwdpass.sphinxext.words import parts_of

_DATA = frozenset((".csv", ".json", ".npy", ".npz", ".py", ".toml", ".txt"))
"""Kinds of files that a page's cells may read; a picture that a page offers is none of them."""


def offer_notebook(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write the notebook of a page, and let the page's template know where it is."""
    if app.builder.name != "html":
        return
    kept = records.records(app.env).get(page)
    target = Path(app.outdir) / FOLDER / f"{page}.ipynb"
    program = kept.program if kept is not None else None
    told = kept.told() if kept is not None else None
    files = _files(app, page, doctree, told) if doctree is not None and told is not None else {}
    wanted = app.config.fwdpass_notebooks
    opened = kept.opened if kept is not None else ()
    folder = Path(app.env.doc2path(page)).parent
    offered = wanted and runs_anywhere(program, opened, folder, files)
    if doctree is None or kept is None or told is None or not offered:
        target.unlink(missing_ok=True)
        return

    def resolve(link: str) -> str:
        base = app.config.html_baseurl
        whole = urljoin(join(base, app.builder.get_target_uri(page)) if base else "", link)
        return whole if "://" in whole else ""

    urls = dict(url.split(", ", 1) for url in metadata("fwdpass").get_all("Project-URL") or ())
    url = urls.get("Source", "")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = notebook(list(markdown.pieces(doctree, resolve)), told, files, url, Lesson.of())
    target.write_text(made, "utf-8", newline="\n")
    # For a version that a reader makes: the templates of its words.
    context["fwdpass_words"] = lambda: (Words(parts_of(app, page, kept, doctree, resolve), files, url), made)
    context["notebook"] = relative_uri(app.builder.get_target_uri(page), f"{FOLDER}/{page}.ipynb")


def runs_anywhere(program: Program | None, opened: Iterable[Path], folder: Path, files: Mapping[str, bytes]) -> bool:
    """Say whether a page with cells needs no file that does not go with it: its cells have opened no others."""
    if program is None or not any(isinstance(step, Cell) for step in program.steps):
        return False
    return {path.resolve() for path in opened} <= {(folder / name).resolve() for name in files}


def _files(app: Sphinx, page: str, doctree: nodes.document, program: Program) -> dict[str, bytes]:
    """Give the files that a page needs and offers, by their names from its own folder.

    They are the modules beside it that its cells import, and the files below its folder that it offers for download.
    """
    folder = Path(app.env.doc2path(page)).parent.resolve()
    offered = (Path(app.env.relfn2path(node["reftarget"], page)[1]).resolve() for node in _downloads(doctree))
    files = {file for file in offered if file.is_relative_to(folder) and file.suffix in _DATA}
    files |= {folder / name for name in beside(program.cells, folder)}
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(files)}


def _downloads(doctree: nodes.document) -> Iterator[nodes.Element]:
    return (node for node in doctree.findall(addnodes.download_reference) if "reftarget" in node)
