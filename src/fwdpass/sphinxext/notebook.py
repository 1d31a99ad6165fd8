"""Offer a page as a notebook: its words with their numbers in place, and its cells, which run wherever the package is.

Files that the page offers for download go with it, in its first cell. A page whose cells have opened other files
when the build read it is not offered.
"""

from __future__ import annotations

import ast
import json
import re
from base64 import b64encode
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
from fwdpass.sphinxext import markdown, records
from fwdpass.sphinxext.script import FOLDER

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
NEEDS = "*The code of this page needs the package `fwdpass`: the first cell says how to install it.*"
INSTALL = """\
# If the package is not installed, delete the # before one of these lines: from the index, or from the repository.
# %pip install fwdpass
# %pip install git+{source}"""
EDITABLE = "*The lesson’s numbers: change them, run all cells, and everything below follows.*"
STATED = ("image", "x", "W1", "b1", "W2", "b2", "target")
"""The names of the lesson that a reader may state anew."""
FOLDED = "*What the page computes and does not show is in folded cells.*"
_DATA = frozenset((".csv", ".json", ".npy", ".npz", ".py", ".toml", ".txt"))
"""Kinds of files that a page's cells may read; a picture that a page offers is none of them."""
HIDDEN = {"jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}


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
    if doctree is None or told is None or not wanted or not runs_anywhere(program, opened, folder, files):
        target.unlink(missing_ok=True)
        return

    def resolve(link: str) -> str:
        base = app.config.html_baseurl
        whole = urljoin(join(base, app.builder.get_target_uri(page)) if base else "", link)
        return whole if "://" in whole else ""

    pieces = list(markdown.pieces(doctree, resolve))
    cells = [*titled(pieces, told), *needed(told), *_carried(files), *cells_of(told, pieces)]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(dumped(cells), "utf-8", newline="\n")
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


def titled(pieces: list[str], program: Program) -> list[dict[str, Any]]:
    """Take the title out of the words of a page, for a first cell, which says what the others are and need."""
    if not pieces or isinstance(pieces[0], markdown.Cell) or not pieces[0].startswith("# "):
        return []
    code = [step for step in program.steps if isinstance(step, Cell)]
    needs = [NEEDS] * any("fwdpass" in cell.source for cell in code)
    folded = [FOLDED] * any(cell.hidden for cell in code)
    return _words([pieces.pop(0), *needs, *folded])


def needed(program: Program) -> list[dict[str, Any]]:
    """Give the cells that say what to install, and that state the lesson's numbers where the page's cells take them."""
    sources = [step.source for step in program.steps if isinstance(step, Cell)]
    if not any("fwdpass" in source for source in sources):
        return []
    urls = dict(url.split(", ", 1) for url in metadata("fwdpass").get_all("Project-URL") or ())
    cells = [_code(Cell(INSTALL.format(source=urls.get("Source", "")), line=0))]
    if any(
        re.search(r"^from fwdpass(?:\.lesson import| import .*\blesson\b)", source, re.MULTILINE) for source in sources
    ):
        cells += [*_words([EDITABLE]), _code(Cell(_stated(), line=0))]
    return cells


def _stated() -> str:
    """Write the lesson's numbers as its script does, and give them to the module that the cells below import."""
    script = Lesson.of().source
    lines = script.splitlines()
    statements = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(script).body
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name) and name.id in STATED
    ]
    kept = ", ".join(f"{name}={name}" for name in STATED)
    return "\n".join(
        ["import numpy as np", "", *statements, "", "import fwdpass.lesson", "", f"vars(fwdpass.lesson).update({kept})"]
    )


def _carried(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Give the cell that puts files beside the notebook: texts as texts, and others as base64."""
    if not files:
        return []
    lines = ["from base64 import b64decode", "from pathlib import Path", ""]
    for name, content in files.items():
        if "/" in name:
            lines.append(f"Path({name!r}).parent.mkdir(parents=True, exist_ok=True)")
        try:
            lines.append(f"_ = Path({name!r}).write_text({content.decode('utf-8')!r}, 'utf-8')")
        except UnicodeDecodeError:
            lines.append(f"_ = Path({name!r}).write_bytes(b64decode({b64encode(content).decode('ascii')!r}))")
    if not any("b64decode(" in line for line in lines):
        del lines[0]
    return [_code(Cell("\n".join(lines), line=0, tags=frozenset({"remove-cell"})))]


def cells_of(program: Program, pieces: list[str]) -> list[dict[str, Any]]:
    """Put words and code in the order of the page; code that the page does not show stands where it runs, folded."""
    steps = [step for step in program.steps if isinstance(step, Cell)]
    cells: list[dict[str, Any]] = []
    words: list[str] = []
    while steps and steps[0].hidden:
        cells.append(_code(steps.pop(0)))
    for piece in pieces:
        if not isinstance(piece, markdown.Cell):
            words.append(piece)
            continue
        cells += _words(words)
        words = []
        while steps:
            step = steps.pop(0)
            cells.append(_code(step))
            if step.source.strip() == piece.strip():
                break
    return [*cells, *_words(words), *map(_code, steps)]


def dumped(cells: list[dict[str, Any]]) -> str:
    """Write a notebook, the same in every build."""
    named = [cell | {"id": f"cell-{place}"} for place, cell in enumerate(cells)]
    notebook = {"cells": named, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _words(pieces: list[str]) -> list[dict[str, Any]]:
    source = "\n\n".join(pieces)
    return [{"cell_type": "markdown", "metadata": {}, "source": source}] if source else []


def _code(cell: Cell) -> dict[str, Any]:
    tags = {"tags": sorted(cell.tags)} if cell.tags else {}
    metadata = HIDDEN if cell.hidden else tags
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": cell.source}
