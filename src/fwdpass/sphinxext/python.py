"""Python for the reader's browser: what of it a site has, and the fields for the numbers of the lesson.

Only where ``fwdpass_live`` names a ``runtime``, a folder with Python for browsers and NumPy, and with files of no other
purpose (``nox -s live`` makes it).
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import htpy as h
from sphinx.application import Sphinx
from sphinx.util import logging

from fwdpass import live
from fwdpass.errors import FwdpassError
from fwdpass.figures.written import written
from fwdpass.live.packages import packages, signature
from fwdpass.live.runtime import PACKAGES
from fwdpass.numerals.writing import text
from fwdpass.page import Lesson
from fwdpass.page.entries import Stated, stated
from fwdpass.page.lesson import beside, searched
from fwdpass.sphinxext import records

FOLDER = "_live"
"""Where a site has what pages follow their reader with."""
WORDS = "words"
"""Where in it the files are from which notebooks are written again."""
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip", "numpy.zip")
"""What a runtime is made of."""
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time, as archives count it: the same bytes in each build
_LOGGER = logging.getLogger(__name__)


def setup_python(app: Sphinx) -> None:
    """Register what happens when all pages are written."""
    app.connect("build-finished", write_python)


def runtime(app: Sphinx) -> Path | None:
    """Give the folder of the runtime, if the site is to have one; raises FwdpassError where there is none."""
    asked: str = app.config.fwdpass_live.get("runtime", "")
    if not asked or app.builder.format != "html":
        return None
    folder = Path(app.srcdir, asked)
    if missing := [name for name in NEEDED if not (folder / name).is_file()]:
        raise FwdpassError(f"fwdpass_live: the runtime {folder} has no {missing[0]}; nox -s live makes one")
    return folder


def write_python(app: Sphinx, exception: Exception | None) -> None:
    """Write Python beside the pages, with what their cells import and read."""
    target = Path(app.outdir) / FOLDER
    if exception is not None or not app.config.fwdpass_live.get("runtime"):
        return
    try:
        found = runtime(app)
    except FwdpassError as error:
        _LOGGER.warning("%s", error, type="fwdpass", subtype="live")
        return
    if found is None or not target.is_dir():
        return
    into = target / "python"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    for name in NEEDED:
        shutil.copyfile(found / name, into / name)
    _write_packages(found, into / PACKAGES)
    _zip(into / "book.zip", _book(app))
    own = Path(live.__file__).parent
    shutil.copyfile(own / "worker.mjs", into / "worker.mjs")
    shutil.copyfile(own / "numbers.css", target / "numbers.css")
    shown = json.dumps(panel(app, _megabytes(into)), ensure_ascii=False)
    edits = json.dumps(written(_editor()), ensure_ascii=False)
    script = (own / "numbers.js").read_text("utf-8")
    parts = f"globalThis.fwdpassPanel = {shown};\nglobalThis.fwdpassEditor = {edits};\n"
    (target / "numbers.js").write_text(parts + script, "utf-8", newline="\n")


def _zip(target: Path, files: Iterator[tuple[str, bytes]]) -> None:
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files):
            archive.writestr(ZipInfo(name, _BEGINNING), content, ZIP_DEFLATED)


def _write_packages(runtime: Path, target: Path) -> None:
    """Write the modules that a reading imports: compiled where the runtime has them so, of the very same sources."""
    sources = packages()
    with suppress(OSError, BadZipFile), ZipFile(runtime / target.name) as compiled:
        if compiled.comment == signature(sources):
            shutil.copyfile(runtime / target.name, target)
            return
    _zip(target, iter(sources.items()))


def _book(app: Sphinx) -> Iterator[tuple[str, bytes]]:
    """Give the modules beside the pages that follow, and the files that their cells have read.

    Cells may ask whether there is a page, so each has a file, which is empty unless one has read it.
    """
    files: set[Path] = set()
    for page, kept in records.records(app.env).items():
        if kept.program is not None and (Path(app.outdir) / FOLDER / f"{page}.json").is_file():
            folder = Path(app.env.doc2path(page)).parent
            files |= {folder / name for name in beside(kept.program.cells, folder)} | kept.opened
    root = Path(app.srcdir)
    there = {Path(app.env.doc2path(page)) for page in app.env.found_docs}
    for path in sorted(files | there):
        if path.is_relative_to(root) and path.is_file():
            yield path.relative_to(root).as_posix(), path.read_bytes() if path in files else b""


def _megabytes(folder: Path) -> str:
    """Say what a reader fetches: archives as they are, and the rest as servers send it."""
    packed = sum(
        len(content) if path.suffix == ".zip" else len(gzip.compress(content, 6))
        for path in sorted(folder.iterdir())
        for content in [path.read_bytes()]
    )
    return text(packed / 1_000_000, ".1f")


def panel(app: Sphinx, megabytes: str) -> str:
    """Draw the fields for what the lesson states, and what a reader is told before Python is fetched."""
    asked = app.config.fwdpass_live
    with searched(Path(app.srcdir)):
        lesson = Lesson.of(asked.get("module", "fwdpass.lesson"))
    entries = [one for one in stated(lesson.source) if one.array != asked.get("array")]
    cost = f"Python and NumPy come from this site, {megabytes} MB, once; nothing is sent anywhere."
    drawn = h.section(".fp-change", aria_label="The numbers of the lesson", tabindex="-1", hidden=True)[
        h.h2["Change the numbers"],
        h.button(".fp-close", type="button", aria_label="Close")["×"],
        h.p(role="status")[f"To change them, start Python in your browser. {cost}"],
        h.progress(max=str(round(float(megabytes) * 1_000_000)), aria_label="Fetched so far", hidden=True),
        h.p[
            h.button(".fp-begin", type="button")["Start Python"],
            h.button(".fp-stop", type="button", hidden=True)["Stop"],
        ],
        [_array(name, list(of)) for name, of in groupby(entries, lambda one: one.array)],
        h.details[
            h.summary["The script"],
            h.textarea(".fp-source", aria_label="The script", spellcheck="false")["\n", lesson.source],
            h.p["The address of the page keeps numbers, and no code: to keep that, download this version."],
            h.fieldset(disabled=True)[h.button(".fp-run", type="button")["Run the script"],],
        ],
        h.p(".fp-downloads", hidden=True)[
            "Download this version: ",
            h.button(".fp-download", type="button", data_name=f"{lesson.module.rpartition('.')[2]}.py")["the script"],
            h.button(".fp-notebook", type="button")["the page as a notebook"],
        ],
    ]
    return written(drawn)


def _editor() -> h.Element:
    """Draw what stands below each cell, when Python is there: a button, and behind it a field for the code."""
    return h.div(".fp-edit")[
        h.button(type="button", aria_expanded="false")["Edit this cell"],
        h.div(hidden=True)[
            h.textarea(aria_label="The code of the cell", spellcheck="false", autocapitalize="off"),
            h.button(".fp-run-cell", type="button", title="Shift and Enter")["Run the cell"],
            h.button(".fp-cell-back", type="button")["As in the book"],
            h.button(".fp-cell-close", type="button")["Close"],
        ],
    ]


def _array(name: str, entries: list[Stated]) -> h.Element:
    """Draw the fields of an array; of a vector, in one row."""
    rows = [list(row) for _, row in groupby(entries, lambda one: one.index[:-1])]
    return h.fieldset(disabled=True)[
        h.legend[name],
        h.table[(h.tr[(h.td[_field(one)] for one in row)] for row in rows)],
    ]


def _field(one: Stated) -> h.Element:
    called = f"{one.array}{_where(one.index)}"
    return h.span[
        h.button(type="button", value="down", data_of=one.key, aria_label=f"{called}: less")["\N{MINUS SIGN}"],
        h.input(
            type="text", inputmode="decimal", name=one.key, value=one.written, aria_label=called, autocomplete="off"
        ),
        h.button(type="button", value="up", data_of=one.key, aria_label=f"{called}: more")["+"],
    ]


@lru_cache(maxsize=256)
def _where(index: tuple[int, ...]) -> str:
    """Say where an entry stands, in words."""
    if len(index) == 1:
        return f", {text(index[0] + 1, 'ordinal')} entry"
    row, column = index
    return f", {text(row + 1, 'ordinal')} row, {text(column + 1, 'ordinal')} column"
