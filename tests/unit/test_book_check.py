"""``fwdpass check``: numbers in the prose of any book that contradict what its cells show come first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwdpass.__main__ import main
from fwdpass.audit.book import check
from fwdpass.audit.prose import Finding, findings
from fwdpass.audit.told import Page, Piece, outputs

CODE = "mean_height = heights.mean()\nprint('mean height', mean_height)"


def said(prose: str, shown: str = "mean height 1.76543", code: str = CODE) -> list[Finding]:
    """Give what is found of a sentence beside a cell."""
    return findings(Page([Piece(9, prose, above=1)], outputs(shown, 5, code), [code]))


@pytest.mark.parametrize(
    ("prose", "how"),
    [
        ("The mean height is 1.77 metres.", "same"),
        ("The mean height is 1.7654 metres.", "same"),
        ("The mean height is 1.76 metres.", "rounding"),
        ("The mean height is 1.7655 metres.", "rounding"),
        ("The mean height is 1.7954 metres.", "digit"),
        ("The mean height is 1.7645 metres.", "digit"),
        ("The mean height is 1.743 metres.", "stale"),
    ],
)
def test_a_number_says_what_an_output_says_or_contradicts_it(prose: str, how: str) -> None:
    found = said(prose)
    assert [one.how for one in found] == [how]
    assert found[0].output.written == "1.76543"


@pytest.mark.parametrize(
    "prose",
    [
        "See figure 1.76 of the mean height.",
        "The mean height was first measured in 1766.",
        "Python 1.764 has no mean height.",
        "The mean height is about 1.75 metres.",
        "The mean height `1.764` is code, $1.764$ a formula, and [a link](http://x.org/mean-height-1.764) an address.",
        "Of the mean height, 2 of 3 said nothing.",
        "A price of 1.764 is something else.",
        "The mean height is 3.14159 metres.",
        'Somebody wrote "the mean height is 1.7645", and nobody asked.',
        "The mean height is 1.7654 metres, and one of 1.7664 would be taller.",
        "| mean height | 1.764 |",
    ],
)
def test_what_stands_for_nothing_that_a_cell_shows_is_no_finding(prose: str) -> None:
    assert [one.how for one in said(prose) if one.how != "same"] == []


def test_what_is_shown_in_as_few_places_was_not_rounded_to_them() -> None:
    prose = "The puzzles go from 1.1 to 25.2, a height each."
    assert said(prose, "25.1") == []


def test_a_number_that_the_code_states_is_none() -> None:
    assert said("The mean height of 1.764 is given.", code="known = 1.764\n" + CODE) == []


def test_a_share_is_compared_with_a_percentage() -> None:
    code = "share_of_yes = yes / asked\nshare_of_yes"
    assert [one.how for one in said("The share of yes is 93.48%.", "0.9347826", code)] == ["same"]
    (found,) = said("The share of yes is 93.45%.", "0.9347826", code)
    assert (found.how, found.proposal) == ("digit", "{n}`share_of_yes:.2%`")


def around(*parts: str | tuple[str, str]) -> list[tuple[str, str, str]]:
    """Say what is found on a page of sentences and of cells, each as its code and what it shows."""
    page, cells = Page(), 0
    for line, part in enumerate(parts, start=1):
        if isinstance(part, str):
            page.prose.append(Piece(line, part, cells))
        else:
            cells += 1
            page.code.append(part[0])
            page.outputs += outputs(part[1], line, part[0], cells)
    return [(one.typed.written, one.how, one.output.written) for one in findings(page) if one.how != "same"]


TALL = ("tall.shape[0]", "4812")
WAIT = ("wait = gaps.mean()\nwait", "3.6184")


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        # a value of an earlier run: a count, an average, a probability, beside the only number that its cell shows
        ((TALL, "There are 4,955 of them."), ("4,955", "stale", "4812")),
        (("There are 4,955 of them.", TALL), ("4,955", "stale", "4812")),
        ((("gaps.std()", "3.6184"), "The standard deviation is 3.31."), ("3.31", "stale", "3.6184")),
        ((("p_value", "0.0416"), "So the $p$-value is 0.038."), ("0.038", "stale", "0.0416")),
        ((("gaps.corr(size)", "0.7204"), "Their correlation is 0.69, which is high."), ("0.69", "stale", "0.7204")),
        ((("summary", "wait: low 0.4132 high 0.4726"), "The wait is 0.4732 at most."), ("0.4732", "stale", "0.4726")),
        ((("wait", "19.9988"), "The mean wait is 20.04 of those."), ("20.04", "stale", "19.9988")),
        # rounded wrongly: beside a cell of few numbers no word has to tell; whole numbers count where they are stated
        ((WAIT, "That is (3.61, or so) what people feel."), ("3.61", "rounding", "3.6184")),
        ((("wait", "361.84"), "The wait is 361 seconds."), ("361", "rounding", "361.84")),
        ((("wait", "361844.2"), "The wait is 3.619e5 seconds."), ("3.619e5", "rounding", "361844.2")),
        # two sentences that say it differently: the nearer one is meant, and what another says right is another's
        ((WAIT, "We guessed a wait of 3.58, and it is 3.619."), ("3.619", "rounding", "3.6184")),
        # a number far below is the same number all the same, if it has digits enough
        ((("wait = 1", "mean wait: 361.8447"), *[TALL, "And so on."] * 5, "A mean wait of 361.84 or 361.844."),
         ("361.844", "rounding", "361.8447")),
    ],
)  # fmt: skip
def test_where_a_number_stands_says_what_it_stands_for(parts: Any, found: tuple[str, str, str]) -> None:
    assert around(*parts) == [found]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((TALL, "And then?\n\nThere are 4,955 of them."), id="another paragraph"),
        pytest.param((TALL, ("plot()", "7"), "There are 4,955 of them."), id="another cell between"),
        pytest.param((("tall", "4812 88 12 9"), "There are 4,955 of them."), id="one of many"),
        pytest.param((TALL, "More than 4,955 were too small."), id="nothing states it"),
        pytest.param(
            (("rows", "1 2\n... (4812 rows omitted)"), "It contains 4,822 rows."), id="rows that are not shown"
        ),
        pytest.param((WAIT, "The wait is less than 3.7."), id="a bound"),
        pytest.param((WAIT, "The wait is between 3.50 and 3.7."), id="a range"),
        pytest.param((WAIT, "The wait was 3.57 in chapter two, which is no wonder."), id="somewhere else"),
        pytest.param((("wait", "wait 3.6184"), "The wait took 3.57 seconds."), id="a time"),
        pytest.param((WAIT, "> The wait is 3.57.\n\nSo they say."), id="a block that is quoted"),
        pytest.param((WAIT, "The wait is about 3.57."), id="about"),
        pytest.param((WAIT, "The wait is 4.57."), id="far off"),
        pytest.param((WAIT, "A price is 3.57."), id="about something else"),
        pytest.param((WAIT, ("wait / gap", "3.5717"), "A wait of 3.572 gaps is 3.57."), id="another output"),
        pytest.param((("wait", "wait 3.618\n" + "1.25\n" * 20), "The wait: 3.628."), id="a slip among many"),
        pytest.param((("wait", "361844.2"), "The wait is 3.618e5 seconds."), id="a power of ten"),
        pytest.param((("wait", "wait 3.6184"), "The wait, 3.618, is 3.57 elsewhere."), id="said rightly beside it"),
    ],
)
def test_what_may_well_be_something_else_is_no_finding(parts: Any) -> None:
    assert around(*parts) == []


def test_a_number_that_is_repeated_is_found_once() -> None:
    page = Page(
        [Piece(3, "The wait is 3.58.\nYes, a wait of 3.58.", above=1)], outputs("wait 3.6184", 1, "wait"), ["wait"]
    )
    (found,) = findings(page)
    assert (
        str(found)
        == "3.58 is near, and not the same: the cell at line 1 shows 3.6184; write {n}`wait:.2f`; again at line 4"
    )


@given(st.decimals("0.1", "9.9", places=6), st.integers(2, 4))
def test_what_is_rounded_rightly_contradicts_nothing(value: Any, places: int) -> None:
    assert all(
        one.how == "same" for one in said(f"The mean height is {value:.{places}f} metres.", f"mean height {value}")
    )


@given(st.integers(100_000, 999_999), st.integers(0, 4), st.integers(1, 9))
def test_a_wrong_digit_is_found(value: int, place: int, more: int) -> None:
    digits = str(value)
    wrong = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    found = said(f"The mean height is 0.{wrong} metres.", f"mean height 0.{digits}")
    assert wrong.startswith("0") or [one.how for one in found] in (["digit"], ["rounding"], ["same"])
    assert wrong.startswith("0") or abs(int(wrong) - value) < 2 or found[0].how != "same"


def notebook(*cells: tuple[str, str, str]) -> str:
    """Write a notebook of (kind, source, output) cells."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "source": source.splitlines(keepends=True), "metadata": {}}
                | (
                    {"outputs": [{"output_type": "stream", "name": "stdout", "text": [shown]}], "execution_count": 1}
                    if kind == "code"
                    else {}
                )
                for kind, source, shown in cells
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=1,
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Make a book of a notebook with outputs and a page without."""
    cell = ("code", "mean_height = 3.53086 / 2\nprint(mean_height)", "1.76543\n")
    prose = ("markdown", "# Heights\n\nThe mean height is 1.76 metres,\nor 1.7654.", "")
    (tmp_path / "a.ipynb").write_text(notebook(cell, prose), "utf-8")
    cells = "```{code-cell}\n:tags: [x]\nmean_width = 5.1 / 4\nmean_width\n```\n"
    page = f"---\ntitle: B\n---\n\n{cells}\nThe mean width is 1.257 metres.\n"
    (tmp_path / "b.md").write_text(page, "utf-8")
    return tmp_path


def test_a_book_is_checked_as_it_is_stored(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {file: file.read_bytes() for file in book.iterdir()}
    assert main(["check", str(book)]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].endswith(": 1.76 rounds it wrongly: the cell at line 6 shows 1.76543; write {n}`mean_height:.2f`")
    assert shown[0].startswith(f"{book / 'a.ipynb'}:")
    line = int(shown[0].removeprefix(f"{book / 'a.ipynb'}:").split(":")[0])
    assert "1.76 metres" in (book / "a.ipynb").read_text("utf-8").splitlines()[line - 1]
    assert shown[1] == "One number contradicting an output, one number saying the same (--all lists them), in two files"
    assert before == {file: file.read_bytes() for file in book.iterdir()}


def test_a_page_without_outputs_is_run_where_it_is_asked_for(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patch = book / "proposals.diff"
    assert main(["check", str(book / "b.md"), "--execute", "--fix", str(patch)]) == 1
    assert "1.257 differs by a slip" in (shown := capsys.readouterr().out) or "1.257 is near" in shown
    lines = patch.read_text("utf-8").splitlines()
    assert "-The mean width is 1.257 metres." in lines
    assert "+The mean width is {n}`mean_width:.3f` metres." in lines


def test_what_cannot_be_read_or_run_is_said(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book / "c.ipynb").write_text("{", "utf-8")
    (book / "d.md").write_text("```{code-cell}\nundefined + 1\n```\n", "utf-8")
    assert main(["check", str(book), "--execute"]) == 1
    wrong = capsys.readouterr().err
    assert "c.ipynb" in wrong
    assert "cannot read" in wrong
    assert "d.md: line 2:" in wrong
    assert main(["check", str(book / "none")]) == 1
    assert "there is no book" in capsys.readouterr().err
    assert check(book / "b.md").found == []


def test_cells_run_as_they_do_in_jupyter(tmp_path: Path) -> None:
    cells = (
        "import numpy as np\nobject()",
        "np.ma.masked_array([1.5, 2.5], mask=[0, 1])",
        "1 / 0",
        "exit(1)",
        "depth = 2.12345\nprint('depth', depth)",
    )
    tags = {2: ":tags: [raises-exception]\n", 3: ":tags: [skip-execution]\n"}
    fences = [f"```{{code-cell}}\n{tags.get(at, '')}{cell}\n```\n" for at, cell in enumerate(cells)]
    page = tmp_path / "page.md"
    page.write_text("\n".join([*fences, "The depth is 2.13 metres.\n"]), "utf-8")
    checked = check(page, execute=True)
    assert checked.wrong == ""
    assert [one.how for one in checked.found] == ["rounding"]


def test_a_large_book_is_counted_in_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prose = ("markdown", "It is 123. " * 1200, "")
    (tmp_path / "a.ipynb").write_text(notebook(("code", "x", "123"), prose), "utf-8")
    assert main(["check", str(tmp_path)]) == 0
    assert "1,200 numbers saying the same" in capsys.readouterr().out
