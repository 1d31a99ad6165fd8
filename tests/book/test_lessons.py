"""The book for other lessons: every page follows, whatever the lesson says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from fwdpass import nn
from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.numerals.writing import text
from fwdpass.page import Lesson
from fwdpass.testing import Built
from tests.book.conftest import CONF, FIRST, HEADER
from tests.lessons import KINDS, Made, Outcome, every, meanings, programs, read_all
from tests.lessons.command import main, told, untold
from tests.lessons.excused import excuse
from tests.lessons.law import read_one
from tests.lessons.meanings import Holds
from tests.lessons.negated import negations, uncaught
from tests.mutation import Book
from tests.mutation.forms import stated

pytestmark = pytest.mark.book

DOCS = Path(__file__).resolve().parents[2] / "docs"
LESSONS = every(Lesson.of())
TEXT = """\
The loss is {n}`mse`, and {claim}`the corner is dark :: x[1] == 0`.

```{code-cell} python3
last = b1[2]
```

{n}`last`

```{toctree}
alone
```
"""
"""A page with a claim about one pixel, and a cell that needs three hidden neurons."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "conf.py").write_text(CONF, "utf-8")
    (tmp_path / "index.md").write_text(HEADER + TEXT, "utf-8")
    alone = HEADER.replace("from fwdpass.lesson import *", "own = 1") + "{n}`own`\n"
    (tmp_path / "alone.md").write_text(alone, "utf-8")
    return tmp_path


def test_the_lessons_are_those_that_the_book_promises() -> None:
    kinds = Counter(made.kind for made in LESSONS)
    assert [kinds[kind] for kind in KINDS] == [1, 15, 2 * 31, 12, 2 * (4 * 7 - 1), 300]
    assert len({made.lesson.source for made in LESSONS}) == len(LESSONS)
    assert len({made.name for made in LESSONS}) == len(LESSONS)


def test_each_lesson_says_in_both_arithmetics_what_its_source_states() -> None:
    for made in [*LESSONS[:-300], *LESSONS[-20:]]:
        shown, exact = made.lesson.load(Arithmetic.FLOAT64), made.lesson.load(Arithmetic.EXACT)
        for name, entries in stated(made.lesson.source).items():
            array = getattr(exact, name)
            assert {index: array[index] for index in np.ndindex(array.shape)} == entries, (made.name, name)
            assert np.allclose(getattr(shown, name), array.astype(float), atol=0, rtol=1e-15), (made.name, name)
        assert len(shown.target) == shown.x.size == exact.x.size, made.name


def test_a_seed_makes_the_same_networks_again_and_another_makes_others() -> None:
    last = [[made.lesson.source for made in every(Lesson.of(), seed, randoms=5)][-5:] for seed in (7, 7, 8)]
    assert last[0] == last[1]
    assert last[0] != last[2]


def test_what_stops_a_page_is_told_by_its_line_the_most_frequent_first(small: Path) -> None:
    book = programs(small)
    lessons = [made for made in LESSONS if made.kind in ("shipped", "picture", "shape")]
    outcomes = list(read_all(book, lessons))
    said = told([outcome for outcome in outcomes if outcome.page == "index"])
    lit = sum(bool(made.lesson.load(Arithmetic.FLOAT64).x[1]) for made in lessons)
    narrow = sum(", 2 hidden" in made.name for made in lessons)
    stopped = len({outcome.lesson for outcome in outcomes if outcome.stops})
    assert said[0] == f"index: read to its end for {len(lessons) - stopped} of {len(lessons)}"
    assert said[1].startswith(f"  index.md:{FIRST}: {lit} by claim: x[1] == 0: the claim is false")
    cause = "the cell raised IndexError: index 2 is out of bounds for axis 0 with size 2"
    assert said[3] == f"  index.md:{FIRST + 3}: {narrow} by cell: {cause}"
    assert [outcome.lesson for outcome in outcomes if outcome.page == "alone"] == ["as shipped"]


CASES = """\
{cases}`The corner is dark. :: x[1] == 0 ;; The corner is lit. :: x[1] == 1`
{when}`The hidden layer is narrow. :: len(b1) < x.size`
{claim}`The loss is small. :: mse < 1 ;; The loss is \\n{mse}. :: otherwise`
"""
MEANT: Mapping[str, Mapping[str, Holds]] = {
    "index": {
        "The corner is dark": lambda net: net.image[0][1] == 0,
        "The corner is lit": lambda net: net.image[0][1] == 1,
        "The hidden layer is narrow": lambda net: net.hidden < net.pixels,
        "The loss is small": lambda net: net.loss < 1,
    }
}


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "conf.py").write_text(CONF, "utf-8")
    (tmp_path / "index.md").write_text(HEADER + CASES, "utf-8")
    monkeypatch.setattr(meanings, "MEANINGS", MEANT)
    return tmp_path


def test_cases_that_say_what_they_mean_are_no_fault_and_each_is_told(cases: Path) -> None:
    book = programs(cases)
    outcomes = list(read_all(book, [made for made in LESSONS if made.kind != "random"]))
    assert [stop for outcome in outcomes for stop in outcome.stops] == []
    assert list(meanings.unexplained(book.programs)) == []
    assert list(untold(book.programs, outcomes)) == []
    few = [outcome for outcome in outcomes if outcome.kind == "shipped"]
    assert list(untold(book.programs, few)) == [
        f"index.md:{FIRST}: no lesson tells 'The corner is lit.'",
        f"index.md:{FIRST + 1}: no lesson tells nothing",
        f"index.md:{FIRST + 2}: no lesson tells 'The loss is \\\\n{{mse}}.'",
    ]


def test_a_text_that_is_the_same_for_one_lesson_whatever_its_numbers_stops_it_as_a_build_does(tmp_path: Path) -> None:
    cell = "```{code-cell} python3\ndef said(sent):\n    return 'all' if all(sent != 0) else 'some'\n```\n\n"
    (tmp_path / "conf.py").write_text(CONF, "utf-8")
    (tmp_path / "index.md").write_text(HEADER + cell + "{n}`said(h)` pass something on.\n", "utf-8")
    book = programs(tmp_path)
    stops = {
        made.name: read_one(book, "index", made).stops for made in LESSONS if made.name in ("as shipped", "all alive")
    }
    assert stops["as shipped"] == ()
    assert [stop.message.partition(", so")[0] for stop in stops["all alive"]] == [
        "said(h) is all whatever the values are that it reads"
    ]


def test_a_predicate_the_wrong_way_round_is_found_for_the_shipped_lesson(cases: Path) -> None:
    book = programs(cases)
    assert uncaught(book, LESSONS[0]) == []
    names = [name for name, _ in negations(book.programs["index"])]
    assert names == [
        f"index.md:{FIRST}: x[1] == 0",
        f"index.md:{FIRST}: x[1] == 1",
        f"index.md:{FIRST + 1}: len(b1) < x.size",
        f"index.md:{FIRST + 2}: mse < 1",
    ]


def test_without_a_row_nothing_finds_a_negated_predicate_and_that_is_told(cases: Path) -> None:
    (cases / "index.md").write_text(HEADER + "{when}`The loss is large. :: mse > 2`\n", "utf-8")
    book = programs(cases)
    assert uncaught(book, LESSONS[0]) == [f"index.md:{FIRST}: mse > 2: negated, it is not found"]
    said = list(meanings.unexplained(book.programs))
    assert said[0] == ("index.md: the case 'The loss is large.' has 0 rows in tests/lessons/meanings.py, and needs one")
    assert said[1] == ("index.md: tests/lessons/meanings.py has a row for 'The corner is dark', and no case begins so")


def test_words_that_are_true_of_other_networks_are_found(cases: Path) -> None:
    text = "{claim}`The hidden layer is narrow. :: len(b1) == 3 ;; It is not. :: otherwise`\n"
    (cases / "index.md").write_text(HEADER + text, "utf-8")
    outcomes = list(read_all(programs(cases), [made for made in LESSONS if made.kind == "shape"]))
    stops = {outcome.lesson: stop for outcome in outcomes for stop in outcome.stops}
    assert set(stops) == {made.name for made in LESSONS if ", 2 hidden" in made.name} | {
        f"{shape} pixels, {n} hidden{negative}"
        for shape, widths in {"2×3": (4, 5), "3×2": (4, 5), "3×3": (4, 5, 6, 7, 8)}.items()
        for n in widths
        for negative in ("", ", the negative")
    }
    assert {stop.by for stop in stops.values()} == {"case"}
    assert next(iter(stops.values())).message == (
        "len(b1) == 3: the words 'The hidden layer is narrow.' are true, and are not told"
    )


def test_a_number_that_the_package_computes_wrongly_is_found(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small / "index.md").write_text(
        HEADER + "```{code-cell} python3\nimport fwdpass as fp\n```\n\n{n}`fp.relu(-b1)`\n", "utf-8"
    )
    book = programs(small, ["index"])
    assert read_one(book, "index", LESSONS[0]).stops == ()
    monkeypatch.setattr(nn.relu, "__code__", (lambda z: z).__code__)
    stops = read_one(book, "index", LESSONS[0]).stops
    assert [(stop.by, stop.message) for stop in stops] == [
        ("words", "fp.relu(-b1): it says [−0.1, 0.1, 0.0], and recomputed it is [0.0, 0.1, 0.0]")
    ]


def test_several_processes_say_the_same_as_one(small: Path) -> None:
    book, lessons = programs(small, ["index"]), LESSONS[:12]
    assert list(read_all(book, lessons, jobs=2)) == list(read_all(book, lessons))


def test_a_page_with_a_fault_of_its_own_is_refused(small: Path) -> None:
    (small / "index.md").write_text(HEADER + "{n}`nope`\n", "utf-8")
    with pytest.raises(FwdpassError, match=rf"index.md:{FIRST}: WARNING: nope: NameError"):
        programs(small)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--page", "nowhere"], "has no page 'nowhere'; it has alone, index"),
        (["--only", "dreams"], "no lessons of the kind 'dream'; the kinds are shipped, picture"),
        (["--name", "7 pixels"], "no lesson has '7 pixels' in its name"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(
    small: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main([*options, str(small)]) == 1
    assert said in capsys.readouterr().err


def test_a_book_can_be_built_for_one_lesson(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = small / "_build"
    assert main(["--name", "picture 1000", "--build", str(into), str(small)]) == 0
    page = Path(capsys.readouterr().out.strip().rpartition(": ")[2])
    made = next(made for made in LESSONS if made.name == "picture 1000")
    mse = text(made.lesson.load(Arithmetic.EXACT).mse)
    assert mse != text(Lesson.of().load(Arithmetic.EXACT).mse)
    assert f">{mse}</span>" in page.read_text("utf-8")
    assert main(["--name", "picture 0100", "--build", str(into), str(small)]) == 1


def test_the_book_follows_a_sample_of_lessons(book: Built) -> None:
    """The book as it was built for these tests; ``nox -s lessons`` takes every lesson."""
    chapter = Book(DOCS, Lesson.of(), {name: program for name, (program, _) in sorted(book.readings().items())})
    chosen = [made for kind in KINDS for made in sampled([made for made in LESSONS if made.kind == kind])]
    outcomes = list(read_all(chapter, chosen))
    stopped = {(outcome.lesson, outcome.page): outcome.stops for outcome in outcomes if outcome.stops}
    assert {key: stops for key, stops in stopped.items() if key not in excused_in(outcomes)} == {}
    assert list(meanings.unexplained(chapter.programs)) == []


def test_no_case_of_the_book_can_be_negated_without_a_fault(book: Built) -> None:
    chapter = Book(DOCS, Lesson.of(), {name: program for name, (program, _) in sorted(book.readings().items())})
    assert sum(1 for program in chapter.programs.values() for _ in negations(program)) > 20
    assert uncaught(chapter, LESSONS[0]) == []


def sampled(lessons: list[Made]) -> list[Made]:
    """Take a few lessons of a kind, from its beginning to its end."""
    return lessons[:: -(-len(lessons) // 3)]


def excused_in(outcomes: list[Outcome]) -> set[tuple[str, str]]:
    return {(outcome.lesson, outcome.page) for outcome in outcomes if excuse(outcome)}
