"""What a page that follows its reader is made of: pictures of a lesson, patches between readings, and their packing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwdpass.errors import FwdpassError
from fwdpass.page import Case, Cell, Choice, Claim, Expression, Lesson, Option, Program, Question
from fwdpass.page.patches import packed, pieces
from fwdpass.page.pictures import MOST, pictures
from fwdpass.page.record import (
    BODY,
    DESCRIPTION,
    FOOT,
    SERIAL,
    VERDICT,
    WORD,
    Drawing,
    Placing,
    Record,
    Seen,
    Template,
    edges,
    framed,
    hole,
    see,
    within_frame,
)
from fwdpass.page.recorded import as_json, from_json
from tests.patches import unpacked

SOURCE = (
    "import numpy as np\n\nimage = np.array([[1, 0],\n                  [1, 1]])  # é: 0 and 1\nx = image.flatten()\n"
)


def around(place: int | str, said: str) -> str:
    return said.join(edges(place))


def test_a_picture_is_put_where_the_script_states_it_and_nothing_else_changes() -> None:
    shown, every = pictures(Lesson(SOURCE), "image")
    assert shown == "1011"
    assert len(every) == 16
    assert every["1011"].source == SOURCE
    assert every["0110"].source == SOURCE.replace("[1, 0]", "[0, 1]").replace("[1, 1]", "[1, 0]")
    assert every["0110"].module == "fwdpass.lesson"


@pytest.mark.parametrize(
    "source",
    [
        "image = 1",
        "import numpy as np\nimage = np.array([2, 0])",
        "import numpy as np\nother = np.array([1, 0])",
        f"import numpy as np\nimage = np.array({[0] * (MOST + 1)})",
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(source: str) -> None:
    with pytest.raises(FwdpassError, match="states no picture named 'image'"):
        pictures(Lesson(source), "image")


TEXTS = st.text("<p>ab </p>\n", max_size=30)
PATCHES = st.dictionaries(
    st.sampled_from(["0000", "0001", "0010", "0011"]),
    st.dictionaries(st.sampled_from(["n1", "7", FOOT]), TEXTS, max_size=3),
    min_size=1,
)


@given(PATCHES)
def test_what_is_packed_is_what_comes_out(patches: dict[str, dict[str, str]]) -> None:
    kept = packed(patches)
    for at, patch in enumerate(patches.values()):
        assert unpacked(kept, at) == patch


@given(st.lists(TEXTS, min_size=1, max_size=5, unique=True))
def test_what_variants_have_in_common_is_said_once(variants: list[str]) -> None:
    made = pieces(variants)
    assert all(isinstance(piece, str) or len({*piece[1:]}) == len(piece) - 1 > 1 for piece in made)
    for at, variant in enumerate(variants):
        told = (p if isinstance(p, str) else p[1 + "0123456789".index(p[0][at])] for p in made)
        assert "".join(told) == variant


PROGRAM = Program(
    "page",
    (
        Cell("from fwdpass.lesson import image, x, mse", 1),
        Expression("mse", 3, ".4f"),
        Choice((Case("x[0] == 1", 4, steps=1), Case("", 4, steps=1)), 4),
        Expression("x[1]", 4),
        Expression("x[2]", 4),
        Cell("print(x)\nx.sum()", 6),
        Expression("x", 7, medium="latex"),
        Expression("x[3]", 8),
    ),
)
DRAWING = Drawing(
    lambda tex, display, classes: f'<span class="{classes}"><math>{escape(tex)}</math></span>',
    lambda said, language: f"<pre>{said}</pre>",
    lambda source: f"<pre>{source}</pre>",
    lambda source: f"<pre>{source}</pre>",
    lambda ledger, why: f"<p>{len(ledger.entries)}{why}</p>",
)


@cache
def seen_with(picture: str) -> Seen:
    return see(PROGRAM, pictures(Lesson.of(), "image")[1][picture])[0]


def number(step: int, said: str = "…") -> str:
    return f'<span class="fp-n fp-n{step}">{said}</span>'


@pytest.fixture(scope="module")
def record() -> Record:
    record = Record(PROGRAM, {6: Template(f"x = {hole(6)}")}, {}, Template(f"A loss of {hole(1)}."))
    body = (
        f"<p>The loss is {number(1)}: {around(2, f'light, then {number(3)}')}</p>{around(5, '…')}"
        f'<span class="math fp-n6"><math>…</math></span>{number(7)}{around(FOOT, "…")}'
    )
    told = see(PROGRAM, Lesson.of())[0].told
    record.keep(body, told)
    record.keep(around("2.1", f"dark, then {number(4)}"), told, "aside")
    return record


def test_a_place_says_what_a_reading_says(record: Record) -> None:
    seen, faults = see(PROGRAM, Lesson.of())
    assert faults == []
    whole = Placing(record, DRAWING).whole(seen)
    then = around(2, f"light, then {number(3, '0')}")
    assert f"The loss is {number(1, '0.8963')}: {then}" in whole
    assert f"x = {escape(seen.texts[6])}" in whole
    assert "…" not in whole


@settings(deadline=None)  # each picture is read once
@given(st.sampled_from([*pictures(Lesson.of(), "image")[1]]), st.sampled_from([*pictures(Lesson.of(), "image")[1]]))
def test_a_patch_leads_from_one_reading_to_another(record: Record, first: str, second: str) -> None:
    """The page as one reading has it, with the patch in its places, is the page as the other has it."""
    placing = Placing(record, DRAWING)
    before, after = seen_with(first), seen_with(second)
    patch = placing.patch(before, after)
    page = placing.whole(before)
    for place, html in patch.items():
        if place.startswith("n"):
            pattern = rf'<span class="(?:math )?(?:fp-n )?fp-{place}">.*?</span>'
            found = re.search(pattern, page)
            assert found, place
            page = page[: found.start()] + html + page[found.end() :]
        elif place != DESCRIPTION:
            start, end = (page.index(edge) for edge in edges(place))
            page = page[:start] + around(place, html) + page[end + len(edges(place)[1]) :]
    assert page == placing.whole(after)
    assert (DESCRIPTION in patch) == (placing.description(before) != placing.description(after))
    assert (patch == {}) == (first == second)


def test_a_case_that_was_told_before_is_followed_within_and_another_one_is_told_anew(record: Record) -> None:
    placing = Placing(record, DRAWING)
    before = seen_with("1011")
    assert "n3" in placing.patch(before, seen_with("1111"))
    assert placing.patch(before, seen_with("0011"))["2"] == f"dark, then {number(4, '1')}"


def test_what_fails_is_said(tmp_path: Path) -> None:
    program = Program("page", (Cell("from fwdpass.lesson import x\n1 // int(x[0])", 1),))
    every = pictures(Lesson.of(), "image")[1]
    _, faults = see(program, every["0011"], tmp_path)
    assert [fault.line for fault in faults] == [2]


STEPS = (
    Cell("x = [1, 2]\nx < [3]", 1, frozenset({"remove-cell", "hide-input"}), timeout=2.5),
    Choice((Case("x[0] < x[1]", 3, "It grows.", 1), Case("", 5, "It does not.")), 3),
    Expression("x[:1]", 3, ".1f"),
    Claim("x[1] > x[0]", 6, "The other is larger."),
    Question(
        "x[1]", 7, (Option(Expression("x[1]", 9), True, 1), Option(Expression("x[0]", 10), steps=2)), most=3, asked=1
    ),
    Expression("len(x)", 8, "word", "latex"),
    Expression("x[1]", 9),
    Expression("x[0]", 10),
    Expression("y['a:b']", 10),
)
ROW = '<tr id="fp-number-{}"><th scope="row">…</th><td><code>{}</code></td><td>—</td><td>3</td></tr>'
OPTION = (
    '<div aria-live="polite" class="fp-option">\n<input id="fp-quiz-4-{0}" /><label for="fp-quiz-4-{0}">'
    + number(6, "")
    + '</label>\n<div class="fp-feedback {1} docutils">\n<p><strong>{2}</strong> So it is.</p>\n</div>\n</div>\n'
)
PARTS = {
    BODY: "".join("".join(edges(place)) for place in ("i0", 1, 4, FOOT)),
    "1.0": f"It grows: {number(2, '')}",
    "1.1": "It does not.",
    "4.0": "<legend>Which?</legend>\n",
    "4.1": OPTION.format(SERIAL, VERDICT, WORD),
    "4.2": "<div>another</div>",
    "4.whole": f"<fieldset>\n{''.join(map(''.join, map(edges, ('4.0', '4.1', '4.2'))))}</fieldset>\n",
}


@given(st.lists(st.booleans(), min_size=5, max_size=5))
def test_what_the_page_says_is_not_written_beside_it_and_comes_back(says: list[bool]) -> None:
    """As long as the page says it: whatever of it stands there otherwise is written, too."""
    listed, grows, asked, row, other = says
    code = "x = [<b>1</b>, 2]\nx &lt; [3]" if listed else "x = 2"
    question = f"<fieldset>\n<legend>Which?</legend>\n{OPTION.format(0, 'fp-right', 'Right.')}</fieldset>\n"
    rows = ROW.format(2, "x[:1]:.1f" if row else "x[:1]") + ROW.format(8, "y[&#39;a:b&#39;]" if other else "y")
    page = (
        f"<h1>A page</h1>{around('i0', f'<div><pre>{code}</pre></div>')}"
        f"<p>{around(1, f'It grows: {number(2)}' if grows else 'It does neither.')}</p>"
        f"{around(4, question if asked else '')}{around(FOOT, rows)}"
    )
    formulas, alts = {2: Template(hole(2), display=True)}, {7: Template(f"A picture of {hole(7)}")}
    record = Record(Program("page", STEPS), formulas, alts, None, {"s": "module"}, PARTS)
    written = json.loads(json.dumps(as_json(record, page)))
    again = from_json(written, page)
    quiet = tuple(
        replace(step, said="") if isinstance(step, Claim)
        else replace(step, cases=tuple(replace(case, said="") for case in step.cases)) if isinstance(step, Choice)
        else step
        for step in STEPS
    )  # fmt: skip
    assert again.program.steps == quiet
    assert {part: again.html.get(part) for part in PARTS} == PARTS
    assert (again.formulas, again.alts, again.scripts) == (formulas, alts, record.scripts)
    taken = {0: listed, 2: row, 8: other}
    assert [source == 0 for source in written["sources"]] == [taken.get(at, False) for at in range(len(STEPS))]
    assert set(written["html"]) == {"1.1", "4.2", *(["1.0"] * (not grows)), *(["4.0", "4.1", "4.whole"] * (not asked))}


def test_a_page_is_found_in_its_file_and_a_file_without_its_comments_is_refused() -> None:
    assert within_frame(f"<html><p>{framed('<p>a page</p>')}</html>") == "<p>a page</p>"
    with pytest.raises(FwdpassError, match="not as its build has written it"):
        within_frame("<html><p>a page</p></html>")


LATE = {"numpy.ma", "html.entities", "statistics", "difflib", "IPython", "sphinx", "docutils"}
READ = """
import sys, numpy
before = set(sys.modules)
from fwdpass.live.reader import Reader
from fwdpass.page import Cell, Expression, Lesson, Program
from fwdpass.page.record import see
cell = Cell("from fwdpass.lesson import x, mse, W1\\nx", 1)
steps = cell, Expression("mse", 3, ".4f"), Expression("W1", 4, medium="latex")
assert see(Program("page", steps), Lesson.of())[1] == []
print(*sorted({*sys.modules} - before))
"""


def test_reading_a_page_loads_nothing_that_few_pages_need() -> None:
    """In a browser, each of these takes as long as a change of the page."""
    loaded = subprocess.run([sys.executable, "-c", READ], check=True, capture_output=True, text=True).stdout.split()
    assert "fwdpass.page.recorded" in loaded
    assert LATE.isdisjoint(loaded), LATE.intersection(loaded)
