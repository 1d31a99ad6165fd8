"""The book mutated: every number that depends on a change is right, nothing else moves, and builds agree."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import fwdpass as fp
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Lesson
from fwdpass.testing import Built
from tests.book.conftest import CONF, FIRST, HEADER
from tests.mutation import Book, mutants_of, originals
from tests.mutation.mutant import Mutant
from tests.mutation.script import about, answers, notes, of_script
from tests.mutation.survey import read_all, sample_of

pytestmark = pytest.mark.book

DOCS = Path(__file__).parent.parent.parent / "docs"


def mutation(docs: Path, report: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command, as ``nox -s mutation`` does."""
    command = [sys.executable, "-m", "tests.mutation", *options, "--report", str(report), str(docs)]
    env = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False, cwd=DOCS.parent)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], str]:
    """A small book with faults: what the command says about it, and its report."""
    folder = tmp_path_factory.mktemp("mutated")
    text = """\
The loss is {n}`mse`, of {n}`len(b1):count neuron`, and {claim}`it is large :: mse > 0.5`.

```{code-cell} python3
typed = mse*0 + 0.77
few = 5
```

Typed: {n}`typed`. Own: {n}`few`. Never: {n}`x.ndim`. {claim}`Always :: len(b1) == b1.size`.
"""
    (folder / "conf.py").write_text(CONF, "utf-8")
    (folder / "index.md").write_text(HEADER + text, "utf-8")
    (folder / "mutation.toml").write_text('[[inert]]\npage = "index"\nexpression = "mse"\nreason = "?"\n', "utf-8")
    report = folder / "report" / "index.html"
    return mutation(folder, report, "--sample", "7"), report.read_text("utf-8")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no groups of processes on this system")
@pytest.mark.parametrize("at", ["building the book", " mutants read", " mutants built"])
def test_ctrl_c_ends_it_and_leaves_nothing(tmp_path: Path, at: str) -> None:
    """In a terminal, all its processes are told so at once."""
    (tmp_path / "conf.py").write_text(CONF, "utf-8")
    (tmp_path / "index.md").write_text(HEADER + "The loss is {n}`mse`.\n", "utf-8")
    command = [sys.executable, "-m", "tests.mutation", "-j", "2", "--sample", "60", str(tmp_path)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, start_new_session=True, encoding="utf-8", cwd=DOCS.parent
    ) as run:
        assert run.stderr is not None
        said = ""
        while at not in said:
            said = run.stderr.readline()
            assert said
        os.killpg(run.pid, signal.SIGINT)
        left = run.stderr.read()
    assert run.returncode == 130
    assert left.splitlines()[-1:] == ["fwdpass: interrupted"]
    assert "Traceback" not in left
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conf.py", "index.md"]


def test_the_command_names_what_is_inert_by_page_and_line_and_fails(
    small: tuple[subprocess.CompletedProcess[str], str],
) -> None:
    done, _ = small
    assert done.returncode == 1, done.stderr
    last = FIRST + 7
    about = [fault.split(": ")[:2] for fault in done.stdout.splitlines() if fault.startswith("index.md")]
    assert about == [
        [f"index.md:{last}", "typed"],
        [f"index.md:{last}", "x.ndim"],
        [f"index.md:{last}", "len(b1) == b1.size"],
        ["index.md", "mse"],
    ]


def test_the_command_tells_its_progress(small: tuple[subprocess.CompletedProcess[str], str]) -> None:
    done, _ = small
    assert re.search(r"^20 of \d+ mutants read$", done.stderr, re.MULTILINE)
    assert "7 of 7 mutants built" in done.stderr


def test_builds_and_readings_of_a_sample_agree(small: tuple[subprocess.CompletedProcess[str], str]) -> None:
    done, _ = small
    assert "a build" not in done.stdout
    assert "7 were built, too" in done.stdout


def test_the_report_asks_nobody_for_anything_and_its_tables_have_heads(
    small: tuple[subprocess.CompletedProcess[str], str],
) -> None:
    _, report = small
    assert report.lower().count("<!doctype html>") == 1
    assert not re.search(r"\b(src|href)=\"(?!#)|url\(|@import|<script", report)
    assert report.count("<table") == report.count('tabindex="0" role="group" aria-label=')
    assert '<th scope="col">place</th>' in report
    assert '<th scope="row">' in report
    assert "color-scheme: light dark" in report


@pytest.mark.parametrize(
    ("docs", "said"),
    [("nowhere", "is no book: there is no conf.py in it"), ("broken", "the book itself does not build")],
)
def test_what_cannot_be_mutated_is_told_in_a_sentence(tmp_path: Path, docs: str, said: str) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "conf.py").write_text(CONF, "utf-8")
    (tmp_path / "broken" / "index.md").write_text(HEADER + "{n}`nope`\n", "utf-8")
    done = mutation(tmp_path / docs, tmp_path / "report.html")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_of_a_sample_of_the_books_mutants_every_number_is_right(book: Built) -> None:
    """The book as it was built for these tests; ``nox -s mutation`` takes every mutant, and what none of them moves."""
    chapter = Book(DOCS, Lesson.of(), {name: program for name, (program, _) in sorted(book.readings().items())})
    mutants = mutants_of(chapter)
    chosen = [mutants[i] for i in sample_of(mutants, 24)]
    accounts = list(read_all(chapter, chosen, originals(chapter), jobs=2))
    assert [fault for account in accounts for fault in account.faults] == []
    assert all(account.moved or account.stops for account in accounts[:8])
    assert sum(verdict.recomputed for account in accounts for verdict in account.verdicts) > 1000


def test_what_a_changed_function_made_is_forgotten_after_it() -> None:
    """Figures keep what they have computed; a later reading in the same process would show what the mutant's did."""
    lesson = Lesson.of()
    given = lesson.load(Arithmetic.FLOAT64)

    def shown() -> str:
        return str(fp.flip(given.image, given.W1, given.b1, given.W2, given.b2))

    mutant = Mutant("no ReLU", "operation", lesson, functions={"relu": (lambda z: z).__code__})
    before = shown()
    with mutant.installed():
        assert shown() != before
    assert shown() == before


def test_every_operation_of_the_script_that_changes_is_answered_for_beside_it(book: Built) -> None:
    """Beside its own line, where the note there claims anything; at the lines that print, where it does not."""
    noted = notes((DOCS / "matrix-multiplication.md").read_text("utf-8"))
    beside = about(book.readings()["matrix-multiplication"][0], noted)
    before = answers(beside, None, DOCS)
    assert set(before.values()) >= {("true",)}
    assert not any(text == "false" for texts in before.values() for text in texts)
    lesson, silent, tried = Lesson.of(), [], 0
    for changed in of_script(lesson):
        own = line_at(lesson.source, changed.line, [note.code for note in noted])
        near = [note for note in noted if note.code == own and any(line in note for line, _ in before)] or noted
        try:
            after = answers(beside, changed.lesson, DOCS)
        except (ValueError, NameError):
            continue  # the script fails, so nothing is built
        tried += 1
        if not any(after[place] != said for place, said in before.items() if any(place[0] in note for note in near)):
            silent.append(f"line {changed.line}: {changed.change}")
    assert silent == []
    assert tried > 60


def line_at(source: str, line: int, codes: list[str]) -> str:
    """Name the note of a statement by the beginning of its code."""
    lines = source.splitlines()
    return next((code for code in codes if lines[line - 1].strip().startswith(code)), "")
