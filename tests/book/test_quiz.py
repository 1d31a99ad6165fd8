"""A quick check: options that were executed, of which exactly one is the answer, in every reading of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Lesson, read
from fwdpass.testing import Built, article_text
from tests.book.conftest import FIRST, BuildPages, build_book

pytestmark = pytest.mark.book

ASKED = r"""
:::{quiz} (x @ W1).shape
What is the shape of `x @ W1`, for $x_0 = \n{x[0]}$?

A vector of {n}`x.shape` meets a matrix.

- {n}`x.shape` :: No sum is made of *that*.
- a shape of {n}`b1.shape` :: An entry
  for each of {n}`len(b1):count neuron`.
- {n}`W1.T.shape` :: Transposed, and $h_2$ with it: not `x` :: but W1.
:::
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Built:
    built = build_book(tmp_path_factory.mktemp("quiz"), page=ASKED)
    assert built.status == 0, built.messages
    return built


def test_a_quick_check_reads_as_it_was_written(asked: Built) -> None:
    said = article_text(asked.pages()["page.html"])
    assert "Quick check What is the shape of x @ W1, for" in said
    assert "A vector of (4,) meets a matrix." in said
    assert "(4,) No. No sum is made of that. a shape of (3,) Right. An entry for each of three neurons." in said
    assert "not x :: but W1." in said


def test_it_is_made_of_radio_buttons_in_a_fieldset(asked: Built) -> None:
    html = asked.pages()["page.html"]
    assert re.search(r'<fieldset class="fp-quiz">\s*<legend>What is', html)
    buttons = re.findall(r'<input id="([\w-]+)" name="([\w-]+)" type="radio" /><label for="([\w-]+)">', html)
    assert len(buttons) == 3
    assert len({name for _, name, _ in buttons}) == 1
    assert len({button for button, _, _ in buttons}) == 3
    assert all(button == label for button, _, label in buttons)


def test_the_right_option_is_the_one_that_is_the_answer(asked: Built) -> None:
    feedback = re.findall(r'class="fp-feedback (fp-\w+)', asked.pages()["page.html"])
    assert feedback == ["fp-wrong", "fp-right", "fp-wrong"]


def test_options_and_rule_are_in_every_reading_of_the_page(asked: Built) -> None:
    program, ledger = asked.readings()["page"]
    numbers = [entry.source for entry in ledger.entries if entry.kind == "number"]
    assert {"x.shape", "b1.shape", "W1.T.shape"} <= set(numbers)
    rule = "[x.shape, b1.shape, W1.T.shape].count((x @ W1).shape) == 1"
    assert [(e.source, e.text) for e in ledger.entries if e.kind == "claim"] == [(rule, "true")]
    source = Lesson.of().source
    square = source.replace("    [-0.4,  0.2, -0.1],\n", "").replace("x = image.flatten()", "x = image.flatten()[:3]")
    other = read(program, Lesson(square), Arithmetic.EXACT, strict=False)
    assert [e.text for e in other.entries if e.kind == "claim"] == ["false"], "x.shape and b1.shape are the same now"


def test_arrays_are_compared_entry_by_entry(build_pages: BuildPages) -> None:
    built = build_pages(
        page="""
        :::{quiz} np.maximum(z1, 0)
        What is `h`?

        - {n}`z1` :: No ReLU.
        - {n}`h` :: Yes.
        :::
        """
    )
    assert built.status == 0, built.messages
    (claim,) = (entry for entry in built.readings()["page"][1].entries if entry.kind == "claim")
    assert claim.source == "[(z1).tolist(), (h).tolist()].count((np.maximum(z1, 0)).tolist()) == 1"


WRONG = {
    "{quiz} x.shape\nWhat?\n\n- {n}`b1.shape` :: No.\n- {n}`W1.shape` :: No.": (
        "[b1.shape, W1.shape].count(x.shape) == 1: the claim is false"
    ),
    "{quiz} b1.shape\nWhat?\n\n- {n}`b1.shape` :: Yes.\n- {n}`h.shape` :: Yes.": (
        "[b1.shape, h.shape].count(b1.shape) == 1: the claim is false"
    ),
    "{quiz} b1.shape\nWhat?\n\n- {n}`b1.shape` :: Yes.": "at least two options",
    "{quiz} b1.shape\nWhat?": "at least two options",
    "{quiz} b1.shape\nWhat?\n\n- {n}`b1.shape` :: Yes.\n- none :: No.": "'none' is no option",
    "{quiz} b1.shape\nWhat?\n\n- {n}`b1.shape` :: Yes.\n- {n}`x.shape`": "'{n}`x.shape`' is no option",
    "{quiz} b1.shape\nWhat?\n\n- {n}`b1.shape` :: Yes.\n- {n}`3` :: No.": "3 is a typed number",
    "{quiz} b1.shape\nWhat?\n\n- {n}`b1.shape` :: Yes.\n- {n}`nobody` :: No.": "nobody: NameError",
    "{quiz} b1[0]\nWhat?\n\n- {n}`b1[0]:.0f` :: Yes.\n- {n}`W1[1, 1]:.0f` :: No.": "more than one option reads as",
    "{quiz} nobody\nWhat?\n\n- {n}`b1.shape` :: Yes.\n- {n}`x.shape` :: No.": "nobody: NameError",
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Built:
    pages = {f"quiz-{i}": f"Text.\n\n:::{written}\n:::\n" for i, written in enumerate(WRONG)}
    return build_book(tmp_path_factory.mktemp("refused"), **pages)


@pytest.mark.parametrize("written", WRONG)
def test_any_other_quick_check_ends_the_build_at_its_line(refused: Built, written: str) -> None:
    page = f"quiz-{list(WRONG).index(written)}"
    (said,) = (line for line in refused.messages.splitlines() if f"{page}.md:" in line)
    at = next((i for i, line in enumerate(written.splitlines()) if "`nobody`" in line), 0)
    assert f"{page}.md:{FIRST + 2 + at}: WARNING: " in said
    assert WRONG[written] in said
    assert refused.status != 0
    assert "Traceback" not in refused.messages


def test_an_answer_that_rounding_would_decide_is_the_exact_one(build_pages: BuildPages) -> None:
    built = build_pages(
        page="""
        ```{code-cell} python3
        a, b = 0.1 + 0.2, 0.3
        ```

        :::{quiz} str(a > b)
        Is it?

        - {n}`str(a == b)` :: They are the same.
        - {n}`str(a > b)` :: On paper, it is not.
        :::
        """
    )
    assert built.status == 0, built.messages
    assert "True No. They are the same. False Right. On paper, it is not." in built.said("page.html")


def test_a_page_without_cells_has_no_quick_check(build_pages: BuildPages) -> None:
    built = build_pages(page="---\norphan: true\n---\n\n# Page\n\n:::{quiz} x\nWhat?\n\n- {n}`x` :: a\n:::\n")
    assert built.status != 0
    assert "the page has no cells that run" in built.messages


def test_other_builders_keep_the_words(tmp_path: Path, asked: Built) -> None:
    source = asked.html.parents[1] / "source"
    built = build_text(source, tmp_path)
    assert "a shape of (3,)" in built
    assert "**Right.** An entry" in built


def build_text(source: Path, into: Path) -> str:
    import subprocess
    import sys

    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "text", str(source), str(into)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return (into / "page.txt").read_text("utf-8")
