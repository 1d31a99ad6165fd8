"""A quick check: options that were executed, of which exactly one is the answer, in every reading of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Lesson, Question, certify, read
from fwdpass.testing import Built, article_text
from tests.book.conftest import FIRST, BuildPages, build_book

pytestmark = pytest.mark.book

TWO = """
:::{quiz} h.shape == x.shape
Are they as long?

- {n}`h.shape == x.shape:yes/no` :: Inputs and neurons are counted apart.
- {n}`h.shape == b1.shape:yes/no` :: That is another question.
:::
"""
ASKED = r"""
:::{quiz} (x @ W1).shape
What is the shape of `x @ W1`, for $x_0 = \n{x[0]}$?

A vector of {n}`x.shape` meets a matrix.

- {n}`x.shape` :: No sum is made of *that*.
- [x] a shape of {n}`b1.shape` :: An entry
  for each of {n}`len(b1):count neuron`.
- {n}`W1.T.shape` :: Transposed, and $h_2$ with it: not `x` :: but W1.
:::
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Built:
    built = build_book(tmp_path_factory.mktemp("quiz"), page=ASKED, two=TWO)
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


def test_a_question_may_be_written_with_two_options(asked: Built) -> None:
    said = article_text(asked.pages()["two.html"])
    assert "Are they as long?" in said
    assert "no Right. Inputs and neurons are counted apart. yes No. That is another question." in said


def test_the_right_option_is_the_one_that_is_the_answer(asked: Built) -> None:
    feedback = re.findall(r'class="fp-feedback (fp-\w+)', asked.pages()["page.html"])
    assert feedback == ["fp-wrong", "fp-right", "fp-wrong"]


def test_options_and_rule_are_in_every_reading_of_the_page(asked: Built) -> None:
    program, ledger = asked.readings()["page"]
    numbers = [entry.source for entry in ledger.entries if entry.kind == "number"]
    assert {"x.shape", "b1.shape", "W1.T.shape"} <= set(numbers)
    rule = "b1.shape == (x @ W1).shape"
    assert [(e.source, e.text) for e in ledger.entries if e.kind == "claim"] == [(rule, "true")]
    source = Lesson.of().source
    square = source.replace("    [-0.4,  0.2, -0.1],\n", "").replace("x = image.flatten()", "x = image.flatten()[:3]")
    other = read(program, Lesson(square), Arithmetic.EXACT)
    assert [told.parts for told in ledger.told] == [(0, 1, 2, 3)]
    assert [told.parts for told in other.told] == [(4,)], "x.shape and b1.shape are the same now, and two are too few"
    assert [entry for entry in other.entries if entry.kind in ("claim", "number")] == []


def test_arrays_are_compared_entry_by_entry(build_pages: BuildPages) -> None:
    built = build_pages(
        page="""
        :::{quiz} np.maximum(z1, 0)
        What is `h`?

        - {n}`z1` :: No ReLU.
        - {n}`h` :: Yes.
        - {n}`-h` :: The wrong way round.
        :::
        """
    )
    assert built.status == 0, built.messages
    (claim,) = (entry for entry in built.readings()["page"][1].entries if entry.kind == "claim")
    assert claim.source == "h == np.maximum(z1, 0)"


SPARE = """
```{code-cell} python3
names = [f"neuron {j}" for j in range(len(b1))]
j = "the page's own j"
```

:::{quiz} x @ W1[:, j] + b1[j]
:for: j in reversed(range(len(b1)))

What is the sum of $h_\\n{j}$?

- {n}`x @ W1[:, j]` :: No bias.
- [x] {n}`x @ W1[:, j] + b1[j]` :: Yes, with the bias {n}`b1[j]`.
- {n}`b1[j] + x @ W1[:, j]` :: The same, and never put.
- {n}`x @ W1[:, len(b1) + j]` :: Beyond the end, and never put.
- {n}`x @ W1[j]` :: A row, and refused by NumPy.
- {n}`(x @ W1[:, j]) - b1[j]` :: The bias taken off.
- {n}`W1[:, j].sum() + b1[j]` :: Every pixel white.
- {n}`W1[:, j].sum()` :: One too many.
:::

Outside it is {n}`j`.

:::{quiz} b1[j]
:for: j in range(len(b1))
:options: 3
:otherwise: The biases are {n}`b1`.

What, then?

- [x] {n}`b1[j]` :: Yes.
- {n}`b1[j] + x[1]` :: The same.
- {n}`b1[j] * x[0]` :: The same again.
:::

:::{quiz} b1[0]
What is left out?

- [x] {n}`b1[0]` :: Yes, and gloomy.
- {n}`b1[0] + x[1]:.1f` :: No.
- {n}`b1[0] * x[0] - x[1]` :: No.
:::
"""


def test_a_mistake_that_leads_nowhere_gives_its_place_to_the_next_and_the_question_moves_on(
    build_pages: BuildPages,
) -> None:
    built = build_pages(page=SPARE)
    assert built.status == 0, built.messages
    said = built.said("page.html")
    assert said.count("Quick check") == 1
    # with the last neuron's bias, which is zero, only two options differ from the right one
    quiz = said.partition("Quick check")[2].partition("Outside")[0]
    assert "What is the sum of h1 ?" in quiz
    assert re.findall(r"(\S+) (No|Right)\.", quiz) == [("0", "No"), ("−0.1", "Right"), ("0.1", "No"), ("0.3", "No")]
    assert "never put" not in said
    assert "One too many" not in said
    assert "Outside it is the page's own j." in said.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    assert "The biases are [0.1, −0.1, 0.0]." in said
    assert "gloomy" not in said + (built.html / "searchindex.js").read_text("utf-8")
    program, ledger = built.readings()["page"]
    assert [told.case for told in ledger.told] == [1, None, None]
    assert [len(step.options) for step in program.steps if isinstance(step, Question)] == [8, 3, 3]
    again, faults = certify(program)
    assert (again.entries, faults) == (ledger.entries, [])


OTHERS = "- {n}`x.shape` :: No.\n- {n}`W1.shape` :: No."
WRONG = {
    f"{{quiz}} y_hat.shape[0]\nWhat?\n\n- {{n}}`b1.shape` :: No.\n{OTHERS}": (
        "y_hat.shape[0]: no option is the answer, 4: they are (3,), (4,), (4, 3), where y_hat.shape = (4,)"
    ),
    f"{{quiz}} b1.shape\nWhat?\n\n- {{n}}`b1.shape` :: Yes.\n- {{n}}`h.shape` :: Yes.\n{OTHERS}": (
        "b1.shape: two of the options equal (3,), the first and the second: mark the right one with [x]"
    ),
    f"{{quiz}} b1.shape\nWhat?\n\n- {{n}}`b1.shape` :: Yes.\n- [x] {{n}}`W2.shape` :: Yes.\n{OTHERS}": (
        "b1.shape: the option that is marked as right is (3, 4), and the answer (3,)"
    ),
    f"{{quiz}} b1.shape\nWhat?\n\n- [x] {{n}}`b1[9]` :: Yes.\n{OTHERS}": (
        "the option that is marked as right is nothing, since it cannot be computed"
    ),
    f"{{quiz}} b1.shape\nWhat?\n\n- [x] {{n}}`b1.shape` :: Yes.\n- [x] {{n}}`h.shape` :: Yes.\n{OTHERS}": (
        "a quick check has one right option"
    ),
    "{quiz} b1.shape\nWhat?\n\n- {n}`b1.shape` :: Yes.": "at least two options",
    "{quiz} b1.shape\nWhat?": "at least two options",
    f"{{quiz}} b1.shape\n:options: 1\n\nWhat?\n\n- {{n}}`b1.shape` :: Yes.\n{OTHERS}": "puts at least two options",
    f"{{quiz}} b1.shape\nWhat?\n\n{OTHERS}\n- none :: No.": "'none' is no option",
    f"{{quiz}} b1.shape\nWhat?\n\n- {{n}}`b1.shape`\n{OTHERS}": "'{n}`b1.shape`' is no option",
    f"{{quiz}} b1.shape\nWhat?\n\n- {{n}}`b1.shape` :: Yes.\n- {{n}}`3` :: No.\n{OTHERS}": "3 is a typed number",
    f"{{quiz}} b1.shape\nWhat?\n\n- {{n}}`b1.shape` :: Yes.\n- {{n}}`nobody` :: No.\n{OTHERS}": "nobody: NameError",
    f"{{quiz}} nobody\nWhat?\n\n- {{n}}`b1.shape` :: Yes.\n{OTHERS}": "nobody: NameError",
    f"{{quiz}} b1 ==\nWhat?\n\n- {{n}}`b1.shape` :: Yes.\n{OTHERS}": "is not an answer that Python can read",
    f"{{quiz}} b1[j]\n:for: j of b1\n\nWhat?\n\n- {{n}}`b1[j]` :: Yes.\n{OTHERS}": (
        "'j of b1' is not what a question may be put for, such as j in range(len(b1))"
    ),
    f"{{quiz}} b1[j]\n:for: j in range(3)\n\nWhat?\n\n- {{n}}`b1[j]` :: Yes.\n{OTHERS}": "reads no name of the page",
    f"{{quiz}} b1[j]\n:for: j in nobody\n\nWhat?\n\n- {{n}}`b1[j]` :: Yes.\n{OTHERS}": "NameError: name 'nobody'",
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

        :::{quiz} "larger" if a > b else "no larger"
        Is it?

        - {n}`"the same" if a > b else "another"` :: Too vague.
        - {n}`"larger" if a > b else "no larger"` :: On paper, it is not.
        - {n}`"smaller" if a > b else "no smaller"` :: That is no answer.
        :::
        """
    )
    assert built.status == 0, built.messages
    assert "another No. Too vague. no larger Right. On paper, it is not." in built.said("page.html")


def test_below_a_cell_that_fails_the_cell_alone_is_at_fault(tmp_path: Path) -> None:
    failing = "```{code-cell} python3\n1 / 0\n```\n"
    conf = 'fwdpass_live = {"module": "fwdpass.lesson", "array": "image"}\n'
    built = build_book(tmp_path, page=f"{failing}{ASKED}", conf=conf)
    assert built.status == 1
    assert built.messages.count("WARNING") == 1
    assert f"page.md:{FIRST + 1}: WARNING: the cell raised ZeroDivisionError: division by zero" in built.messages


def test_a_page_without_cells_has_no_quick_check(build_pages: BuildPages) -> None:
    built = build_pages(page="---\norphan: true\n---\n\n# Page\n\n:::{quiz} x\nWhat?\n\n- {n}`x` :: a\n:::\n")
    assert built.status != 0
    assert "the page has no cells that run" in built.messages


def test_other_builders_keep_the_words_and_answer_behind_all_else(tmp_path: Path, asked: Built) -> None:
    source = asked.html.parents[1] / "source"
    built = build_text(source, tmp_path)
    above, _, below = built.partition("Answers to the quick checks")
    assert re.search(r"^ *\d\. a shape of \(3,\)$", above, re.MULTILINE)
    assert "\n\nA vector of (4,) meets a matrix.\n" in above
    assert "**Right.**" not in above
    assert re.search(r"^ *\d\. \*\*Right\.\*\* An entry", below, re.MULTILINE)
    assert "Quick check 1" in above
    assert "**Quick check 1**" in below


def build_text(source: Path, into: Path) -> str:
    import subprocess
    import sys

    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "text", str(source), str(into)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return (into / "page.txt").read_text("utf-8")
