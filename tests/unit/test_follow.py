"""What a page that follows its reader is made of: pictures of a lesson, patches between readings, and their packing."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwdpass.errors import FwdpassError
from fwdpass.page import Case, Cell, Choice, Claim, Expression, Lesson, Option, Program, Question
from fwdpass.page.patches import packed, pieces, unpacked
from fwdpass.page.pictures import MOST, pictures
from fwdpass.page.record import BODY, DESCRIPTION, FOOT, Drawing, Placing, Record, Seen, Template, edges, hole, see
from fwdpass.page.recorded import as_json, from_json

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
    record = Record(PROGRAM, {6: Template(f"x = {hole(6)}")}, Template(f"A loss of {hole(1)}."))
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


def test_what_is_written_beside_a_page_is_its_program_without_the_sentences() -> None:
    one, two = Expression("x[0]", 3, "word"), Expression("x[1]", 4)
    steps = (
        Cell("x = [1, 2]", 1, frozenset({"remove-cell", "hide-input"}), timeout=2.5),
        Choice((Case("x[0] < x[1]", 3, "It grows.", 1), Case("", 5, "It does not.")), 3),
        one,
        Claim("x[1] > x[0]", 6, "The other is larger."),
        Question("x[1]", 7, (Option(two, right=True), Option(one, steps=2)), each="", most=3, asked=1),
    )
    record = Record(Program("page", steps), {2: Template(hole(2), display=True)}, None, {"s": "module"}, {BODY: ""})
    again = from_json(json.loads(json.dumps(as_json(record))))
    quiet = (
        steps[0],
        Choice((Case("x[0] < x[1]", 3, "", 1), Case("", 5)), 3),
        one,
        Claim("x[1] > x[0]", 6),
        steps[4],
    )
    assert again == Record(Program("page", quiet), record.formulas, None, record.scripts, {BODY: ""})
