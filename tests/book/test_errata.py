"""The errata: each is on its page, each is true, and one that is none ends the build."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Sequence
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from fwdpass.errors import PageError
from fwdpass.page import Lesson, read
from fwdpass.testing import Built, build
from tests.book.conftest import only

pytestmark = pytest.mark.book

DOCS = Path(__file__).resolve().parents[2] / "docs"
LIST = "_data/errata.toml"
FOUND = tomllib.loads((DOCS / LIST).read_text("utf-8"))
ERRATA: list[dict[str, Any]] = FOUND["erratum"]

Vector = list[Fraction]
Matrix = list[Vector]


# What is true, computed here once more --------------------------------------------------------------------------------


def exact(numbers: Sequence[Any]) -> Any:
    return [exact(entry) if isinstance(entry, list) else Fraction(str(entry)) for entry in numbers]


def layer(x: Vector, W: Matrix, b: Vector) -> Vector:
    columns = zip(*W, strict=True)
    return [sum((p * q for p, q in zip(x, column, strict=True)), b_j) for column, b_j in zip(columns, b, strict=True)]


def shown(value: Any, places: int | None = None) -> str:
    """A number or a vector by the book's rule; all of these need two places at most."""
    if isinstance(value, list):
        most = max(next(p for p in range(5) if (v * 10**p).denominator == 1) for v in value)
        return f"[{', '.join(shown(v, most) for v in value)}]"
    if places is None:
        places = next(p for p in range(5) if (value * 10**p).denominator == 1)
    return f"{float(value):.{places}f}".replace("-", "−")


image, W1, b1, W2, b2 = (exact(FOUND["source"][name]) for name in ("image", "W1", "b1", "W2", "b2"))
x = [pixel for row in image for pixel in row]
none3, none4 = exact([0, 0, 0]), exact([0, 0, 0, 0])
z1 = layer(x, W1, b1)
h = [max(Fraction(0), z) for z in z1]
y_hat = layer(h, W2, b2)
W_eff = [layer(row, W2, none4) for row in W1]
b_eff = layer(b1, W2, b2)
linear = layer(z1, W2, b2)

EXECUTED = [
    (94, shown(W_eff[0][0])), (94, shown(W_eff[0][3])), (94, shown(W_eff[2][1])), (94, shown(W_eff[3][3])),
    (98, shown(linear[0])), (98, shown(linear[1])), (98, shown(linear[2])), (98, shown(linear[3])),
    (98, "−0.02"), (98, shown(linear)),
    (254, "Input:      [1. 0. 1. 1.]"), (260, "z1:         [ 0.  -0.1  0.5]"), (266, "h (ReLU):   [0.  0.  0.5]"),
    (272, "Prediction: [ 0.1  -0.1  -0.05 -0.25]"), (278, "Target:     [1. 1. 0. 1.]"), (284, "MSE Loss:   0.8963"),
    (185, "(4,)"), (185, "(3,)"), (218, "(3,)"), (218, "(4,)"),
    (175, "[1. 0. 1. 1.]"), (230, "[1. 1. 0. 1.]"), (181, "float64"),
    (224, "boundary"), (263, "one neuron"),
    (72, f"{shown(layer(x, W1, none3))}, and not {shown(z1)}"),
    (76, f"{shown(layer(h, W2, none4))}, and not {shown(y_hat)}"),
    (2, "9.7 minutes"), (17, "weights stored as (3, 4)"), (115, "(4, 3) here, (3, 4) in PyTorch"),
    (281, "24 of 24 are whole tenths"),
    (36, shown(W1[0])), (40, "−0.1"), (41, "(1)(−0.5)"), (42, "(0)(−0.2)"),
    (44, shown(layer(x, W1, none3))), (44, shown(z1)), (55, shown(layer(h, W2, none4))), (57, shown(y_hat)),
    (94, shown(W_eff[0])), (96, shown(b_eff)), (98, shown(linear)),
]  # fmt: skip
"""The line of each erratum, and what execution gives, in the order of the list."""


def test_the_facts_of_this_test_are_the_known_ones() -> None:
    assert [EXECUTED[i][1] for i in range(8)] == "0.13 −0.13 −0.07 0.05 0.11 −0.15 −0.02 −0.27".split()
    assert shown(b_eff) == "[0.04, 0.03, −0.03, −0.01]"
    assert layer(x, W_eff, b_eff) == linear


# The page -------------------------------------------------------------------------------------------------------------


class Rows(HTMLParser):
    """Collects the rows of a page's tables, white space folded."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._inside = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


def plain(text: str) -> str:
    return re.sub(r"\s", " ", text.replace("`", ""))


@pytest.fixture(scope="module")
def rows(book: Built) -> list[list[str]]:
    parser = Rows()
    parser.feed((book.html / "errata.html").read_text("utf-8"))
    return [[plain(cell) for cell in row] for row in parser.rows]


def test_every_erratum_is_expected_here() -> None:
    assert [erratum["line"] for erratum in ERRATA] == [line for line, _ in EXECUTED]


@pytest.mark.parametrize(
    ("erratum", "executed"),
    [
        pytest.param(erratum, executed, id=f"line {erratum['line']}, {erratum['about']}")
        for erratum, (_, executed) in zip(ERRATA, EXECUTED, strict=True)
    ],
)
def test_an_erratum_is_on_the_page_beside_what_is_true(
    rows: list[list[str]], erratum: dict[str, Any], executed: str
) -> None:
    printed = plain(erratum["printed"])
    if re.fullmatch(r"-[\d.]+", printed):
        printed = printed.replace("-", "−")
    expected = [str(erratum["line"]), plain(erratum["about"]), printed]
    note = f" {plain(erratum['note'])}" if "note" in erratum else ""
    assert rows.count([*expected, executed + note]) == 1


def test_nothing_else_is_in_the_tables(rows: list[list[str]]) -> None:
    assert len([row for row in rows if row and row[0].isdigit()]) == len(ERRATA)


def test_notes_state_no_numbers() -> None:
    notes = [re.sub("`[^`]*`", "", erratum.get("note", "")) for erratum in ERRATA]
    assert [note for note in notes if re.search(r"\d", note)] == []


def test_a_line_with_lost_signs_says_whether_its_numbers_are_wrong_too() -> None:
    wrong = {erratum["line"] for erratum in ERRATA if erratum["kind"] == "proof"}
    lost = [erratum for erratum in ERRATA if erratum["kind"] == "signs"]
    said = {
        e["line"] for e in lost if e.get("note", "").endswith("numbers are wrong, too: see the errata of the proof.")
    }
    assert said == wrong & {erratum["line"] for erratum in lost} == {94, 98}


def test_quotes_are_short() -> None:
    assert max(len(erratum["printed"].split()) for erratum in ERRATA) < 8


def test_another_lesson_leaves_the_page_true(book: Built) -> None:
    program, ledger = book.readings()["errata"]
    source = Lesson.of().source.replace("[ 0.2, -0.5,  0.1]", "[ 0.6, -0.5,  0.1]")
    moved = list(read(program, Lesson(source), folder=DOCS).differences(ledger))
    assert [(mine and mine.text, theirs and theirs.text) for mine, theirs in moved] == [
        ("otherwise", "still_the_lessons")
    ]


# An erratum that is none ----------------------------------------------------------------------------------------------

NONE = {
    "a number": ('printed = "0.09"', 'printed = "0.13"', "line 94, `W_eff[0][0]`: 0.13 is right"),
    "a number with more places": ('printed = "-0.05"', 'printed = "-0.130"', "line 94, `W_eff[0][3]`: -0.130 is right"),
    "a text": ("`h (ReLU): [0. 0. 0.5]`", "`h (ReLU):   [0.  0.  0.5]`", "line 266, `h`: "),
    "a shape": ("x.shape == (1, 4)", "x.shape == (4,)", "line 185, shape of `x`: x (1×4) is right"),
    "a statement": (
        "(printed_linear, ",
        "(x @ W_eff + b_eff, ",
        "line 98, what the text calls the printed vector: identical",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), NONE.values(), ids=NONE)
def test_an_erratum_that_is_none_is_refused(book: Built, tmp_path: Path, old: str, new: str, said: str) -> None:
    program, _ = book.readings()["errata"]
    (tmp_path / "_data").mkdir()
    (tmp_path / LIST).write_text(changed(old, new), "utf-8")
    with pytest.raises(PageError, match=r"so it is no erratum") as refused:
        read(program, folder=tmp_path)
    assert said in str(refused.value)


def test_an_erratum_that_is_none_ends_the_build_and_a_changed_list_is_read_again(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(DOCS, docs, ignore=shutil.ignore_patterns("_build"))
    shutil.copy(DOCS.parent / "CHANGELOG.md", tmp_path)
    assert build(docs, tmp_path / "built", *only("errata")).status == 0
    old, new, said = NONE["a number"]
    (docs / LIST).write_text(changed(old, new), "utf-8")
    built = build(docs, tmp_path / "built", *only("errata"))
    assert built.status != 0
    assert re.search(rf"errata\.md:\d+: WARNING: .*ValueError: {re.escape(said)}", built.messages)


def changed(old: str, new: str) -> str:
    source = (DOCS / LIST).read_text("utf-8")
    assert old in source
    return source.replace(old, new, 1)
