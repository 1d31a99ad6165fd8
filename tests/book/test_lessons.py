"""The book for other lessons: every page follows, whatever the lesson says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.numerals.writing import text
from fwdpass.page import Lesson
from tests.book.conftest import CONF, FIRST, HEADER
from tests.lessons import KINDS, every, programs, read_all
from tests.lessons.command import main, told
from tests.mutation.forms import stated

pytestmark = pytest.mark.book

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
    assert [kinds[kind] for kind in KINDS] == [1, 15, 2 * 31, 11, 2 * (4 * 7 - 1), 300]
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
    assert said[1] == f"  index.md:{FIRST}: {lit} by claim: x[1] == 0: the claim is false"
    cause = "the cell raised IndexError: index 2 is out of bounds for axis 0 with size 2"
    assert said[3] == f"  index.md:{FIRST + 3}: {narrow} by reading: {cause}"
    assert [outcome.lesson for outcome in outcomes if outcome.page == "alone"] == ["as shipped"]


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
