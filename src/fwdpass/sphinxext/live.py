r"""A page that follows its reader: its record, and what changes on it with each picture of the lesson.

``fwdpass_live`` in conf.py names the array of the lesson that is a picture, and what is said of a change besides how
many places have changed; without the array, the places of the pages are marked, and nothing is read::

    fwdpass_live = {"array": "image", "says": r"the loss is \n{mse:.4f}"}
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import htpy as h
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from fwdpass.errors import FwdpassError, PageError
from fwdpass.figures.written import written
from fwdpass.live.drawing import DRAWING, LIGHT, plain
from fwdpass.numerals.exact import Arithmetic
from fwdpass.numerals.writing import text
from fwdpass.page import Lesson, Program
from fwdpass.page.folded import as_folded
from fwdpass.page.formula import boxed
from fwdpass.page.lesson import beside, searched
from fwdpass.page.mathml import UnreadError
from fwdpass.page.notebook import Words
from fwdpass.page.patches import packed
from fwdpass.page.pictures import pictures
from fwdpass.page.record import Drawing, Placing, Record, Seen, framed, see
from fwdpass.page.recorded import as_json
from fwdpass.page.said import said_of
from fwdpass.sphinxext import foot, maths, records
from fwdpass.sphinxext.python import FOLDER, WORDS
from fwdpass.sphinxext.words import with_aside

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

_HEADING = re.compile(r"<h[1-6]>.*?</h[1-6]>", re.DOTALL)
_LIGHT = "fwdpass.theme"
"""The extension whose pages have light code."""
_NUMBER = re.compile(r"\bfp-n([0-9]+)\b")
_LOGGER = logging.getLogger(__name__)


def setup_live(app: Sphinx) -> None:
    """Register what happens when a page is written."""
    app.connect("html-page-context", follow, priority=850)


def follow(app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Write beside a page what changes on it with each picture, and give it the pixels to touch, if anything does."""
    asked = app.config.fwdpass_live
    array = asked.get("array")
    kept = records.records(app.env).get(page)
    words = context.pop("fwdpass_words", None)
    if app.builder.format != "html" or not array or doctree is None or kept is None:
        return
    target = _file(app, page)
    for stale in (target, target.with_suffix(".json"), _file(app, page, WORDS)):
        stale.unlink(missing_ok=True)
    if kept.program is None or kept.ledger is None or not _reads(app, page, kept.program):
        return
    try:
        record = record_of(app, page, kept, context["body"], doctree)
        built = _seen(app, page, record, _pictures(app)[0])[0]
        patches = _patches(app, page, record, context["body"], built)
    except FwdpassError as error:
        line = error.line if isinstance(error, PageError) else None
        _LOGGER.warning("%s", error, location=(page, line), type="fwdpass", subtype="live")
        return
    if any(patches.values()):
        target.parent.mkdir(parents=True, exist_ok=True)
        said = {
            "pictures": [*patches],
            "said": [said_of(patch, asked.get("says", ""), _pictures(app)[1][name]) for name, patch in patches.items()],
            **packed(patches),
        }
        written = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        target.write_text(f"fwdpassPatches({written});\n", "utf-8", newline="\n")
        if _write_record(app, page, record, context["body"], built):
            context["body"] = framed(context["body"])
            if words is not None:
                _write_words(app, page, record, built, *words())
    context["body"] += control(app, page)


def _seen(app: Sphinx, page: str, record: Record, picture: str) -> tuple[Seen, list[PageError]]:
    """Read a page for a picture, as strictly as it is held to its numbers."""
    least = records.record(app.env, page).held.least
    return see(record.program, _pictures(app)[1][picture], Path(app.env.doc2path(page)).parent, least)


def _write_record(app: Sphinx, page: str, record: Record, body: str, built: Seen) -> bool:
    """Write what Python in a reader's browser makes patches from, unless it would draw the page otherwise than here."""
    asked = app.config.fwdpass_live
    light = _LIGHT in app.extensions
    try:
        made = Placing(record, LIGHT if light else DRAWING).whole(built)
        apart = _apart(made, body) if made != body else ""
    except UnreadError as error:
        apart = f"a formula has {str(error)!r}"
    if apart:
        said = (
            f"its numbers cannot be changed by readers, since Python alone does not draw it as the build does: {apart}"
        )
        if asked.get("runtime"):
            _LOGGER.warning("%s", said, location=page, type="fwdpass", subtype="live")
        return False
    data = {
        **as_json(record, body),
        "least": str(records.record(app.env, page).held.least),
        "module": asked.get("module", "fwdpass.lesson"),
        "array": asked["array"],
        "says": asked.get("says", ""),
        "light": light,
    }
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    _file(app, page).with_suffix(".json").write_text(f"{written}\n", "utf-8", newline="\n")
    return True


def _write_words(app: Sphinx, page: str, record: Record, built: Seen, words: Words, wanted: str) -> None:
    """Write what the notebook of a changed page is made from, if that gives the notebook of the page as it is."""
    lesson = _pictures(app)[1][_pictures(app)[0]]
    made = words.notebook(record, record.program, built, lesson)
    if made != wanted:
        said = f"readers cannot download their version as a notebook, which would differ: {_apart(made, wanted)}"
        _LOGGER.warning("%s", said, location=page, type="fwdpass", subtype="live")
        return
    target = _file(app, page, WORDS)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(words.as_json(), "utf-8", newline="\n")


def _patches(app: Sphinx, page: str, record: Record, body: str, built: Seen) -> dict[str, dict[str, str]]:
    """Read a page for each of the other pictures, and give what changes on it with each.

    Raises FwdpassError where the page as it was built is not what a reading of it gives, where a picture is one that
    the page cannot be read for, and where a change is beyond a patch.
    """
    placing = Placing(record, drawing(app))
    shown, every = _pictures(app)
    if (made := placing.whole(built)) != body:
        raise FwdpassError(f"a reading does not give the page as it was built: {_apart(made, body)}")
    headed = {int(step) for heading in _HEADING.findall(body) for step in _NUMBER.findall(heading)}
    patches = {}
    for name in every:
        if name == shown:
            continue
        seen, faults = _seen(app, page, record, name)
        if faults:
            raise PageError(f"with the picture {name}, {faults[0]}", line=faults[0].line, kind="live")
        patches[name] = as_folded(placing.patch(built, seen))
        if moved := next((step for step in headed if f"n{step}" in patches[name]), None):
            raise FwdpassError(
                f"with the picture {name}, a heading says {seen.texts[moved]!r}, and the other pages would not follow: "
                "say it below the heading"
            )
    return patches


def _pictures(app: Sphinx) -> tuple[str, dict[str, Lesson]]:
    asked = app.config.fwdpass_live
    with searched(Path(app.srcdir)):
        return pictures(Lesson.of(asked.get("module", "fwdpass.lesson")), asked["array"])


def control(app: Sphinx, page: str) -> str:
    """Draw the pixels that a reader touches; a page on which nothing changes has none."""
    asked = app.config.fwdpass_live
    if not asked.get("array") or not _file(app, page).is_file():
        return ""
    shown, every = _pictures(app)
    width = len(getattr(every[shown].load(Arithmetic.EXACT), asked["array"])[0])
    source = relative_uri(app.builder.get_target_uri(page), f"{FOLDER}/{page}.js")
    pixels = [_pixel(pixel, *divmod(at, width)) for at, pixel in enumerate(shown)]
    changeable = asked.get("runtime") and _file(app, page).with_suffix(".json").is_file()
    numbers = {"data_numbers": f"{source[: -len(page) - len('.js')]}numbers.js"} if changeable else {}
    drawn = h.fp_follow(
        ".fp-follow",
        role="group",
        aria_label="The picture: choose a pixel to invert it",
        src=source,
        hidden=True,
        **numbers,
    )[
        [h.div[pixels[start : start + width]] for start in range(0, len(pixels), width)],
        h.p(role="status", data_book="The page is as the book has it."),
        h.button(".fp-back", type="button", hidden=True)["Back to the book"],
        h.button(".fp-change-open", type="button", aria_expanded="false")["Change the numbers"] if changeable else None,
    ]
    return written(drawn)


def _pixel(pixel: str, row: int, column: int) -> h.Element:
    called = f"{text(row + 1, 'Ordinal')} row, {text(column + 1, 'ordinal')} column: white"
    return h.button(type="button", aria_pressed="true" if pixel == "1" else "false", aria_label=called)


def _file(app: Sphinx, page: str, kind: str = "") -> Path:
    """Give the file beside a page: its patches, or that from which its notebook is written again."""
    return Path(app.outdir) / FOLDER / kind / f"{page}.js{'on' if kind else ''}"


def record_of(app: Sphinx, page: str, kept: records.PageNotes, body: str, doctree: nodes.document) -> Record:
    """Make the record of a page: of its HTML, and of that of the words which do not stand on it."""
    assert kept.program is not None  # noqa: S101 - a page that was read
    assert kept.ledger is not None  # noqa: S101
    record = Record(kept.program, kept.templates, kept.alts, kept.description, kept.shown_scripts)
    told = {one.step: one for one in kept.ledger.told}
    record.keep(body, told)
    if kept.aside is not None:
        document = with_aside(app, page, kept.aside, doctree)
        app.builder.post_process_images(document)
        record.keep_aside(_partial(app, document))
    return record


def _partial(app: Sphinx, node: nodes.Node) -> str:
    """Write a part of a page as the builder writes pages."""
    return str(cast("StandaloneHTMLBuilder", app.builder).render_partial(node)["fragment"])


@lru_cache(maxsize=4096)
def _formula(tex: str, display: bool, classes: str) -> str:
    """Draw a formula, which readings have in common with one another."""
    return boxed(maths.to_mathml(tex, display=display), display, classes)


def drawing(app: Sphinx) -> Drawing:
    """Draw as the build does."""
    light = plain if _LIGHT in app.extensions else str

    def script(source: str) -> str:
        listing = nodes.literal_block(source, source, language="python", linenos=True, classes=["fp-script"])
        return light(_partial(app, listing))

    @lru_cache(maxsize=256)
    def listing(source: str) -> str:
        return light(_partial(app, nodes.literal_block(source, source, language="python")))

    def code(said: str, language: str) -> str:
        return str(cast("StandaloneHTMLBuilder", app.builder).highlighter.highlight_block(said.rstrip("\n"), language))

    return Drawing(_formula, code, script, listing, foot.foot)


def _reads(app: Sphinx, page: str, program: Program) -> bool:
    """Say whether a page reads the lesson, in its cells or in the modules beside it."""
    module = app.config.fwdpass_live.get("module", "fwdpass.lesson").rpartition(".")[2]
    sources = [*program.cells, *beside(program.cells, Path(app.env.doc2path(page)).parent).values()]
    return any(re.search(rf"\b{module}\b", source) for source in sources)


def _apart(made: str, built: str) -> str:
    """Show where two texts begin to differ."""
    at = next((i for i, (a, b) in enumerate(zip(made, built, strict=False)) if a != b), min(len(made), len(built)))
    return f"{made[max(0, at - 60) : at + 60]!r} for {built[max(0, at - 60) : at + 60]!r}"
