"""What readers of a book can see: listings, what pages include, and files that they offer.

A cell whose code is not shown takes its numbers from nothing else that the author has made.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from fwdpass.audit.tree import code_digest
from fwdpass.page.world import Source
from fwdpass.sphinxext import records

_MEND = "offer it with download, show it with script or literalinclude, or read it in a cell that is shown"


def note_text(env: BuildEnvironment, text: str) -> None:
    """Note that a text stands on the page that is being read."""
    records.record(env, env.docname).shows.add(code_digest(text))


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Note the listings of a page, and the files that it includes."""
    env = app.env
    for block in doctree.findall(nodes.literal_block):
        if "source" in block or "fp-script" in block["classes"]:  # a file, and no output of a cell
            note_text(env, block.astext())
    shows = records.record(env, env.docname).shows
    shows |= {str(Path(env.srcdir, name).resolve()) for name in doctree.settings.record_dependencies.list}
    for link in doctree.findall(addnodes.download_reference):
        if "filename" in link:
            shows.add(str(Path(env.srcdir, env.relfn2path(link["reftarget"], env.docname)[0]).resolve()))


def refuse_unseen(app: Sphinx, env: BuildEnvironment) -> None:
    """Refuse hidden cells that take something from a file or a module which no reader of the book can see."""
    kept = records.records(env)
    shows = {shown for one in kept.values() for shown in one.shows}
    shows |= {code_digest(source) for one in kept.values() for _, source in one.scripts}
    shows |= {str(Path(env.doc2path(name)).resolve()) for name in env.found_docs}
    for name, one in kept.items():
        for source in dict.fromkeys(one.taken) if one.held.check.reads else ():
            if said := _unseen(source, shows, Path(app.srcdir)):
                records.fault(env, source.line, "cell", f"in {source.taker}, {said}", docname=name)


def _unseen(source: Source, shows: set[str], root: Path) -> str:
    """Say of what a cell takes something, where nobody sees it."""
    if source.asked:
        return f"{source.asked} is asked, and no reader sees what it answers: ask in a cell that is shown"
    path = Path(source.file).resolve()
    if str(path) in shows or not path.is_file() or _is_shown(path, shows):
        return ""
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return f"{name} is read, which no reader sees: {_MEND}"


def _is_shown(path: Path, shows: set[str]) -> bool:
    try:
        return code_digest(path.read_text("utf-8")) in shows
    except UnicodeDecodeError:
        return False
