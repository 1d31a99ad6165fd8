"""What an author reads: all that is wrong, in one build, each in its own file and at its own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwdpass.testing import Built
from tests.book.conftest import FIRST, build_book

pytestmark = pytest.mark.book

PAGES = {
    "typed": "Loss 0.7701, and {n}`yhat`, and {claim}`so :: z1l == z1`.",
    "cell": "```{code-cell} python3\nfirst = 1\nlost = tarrget\n```",
    "numbered": "(part-of-it)=\n## A part\n\nSee {numref}`part-of-it`, and {n}`nobodys`.",
    "empty": "Nothing in {n}``, nor in {n}` `.",
    "several": ":::{quiz} x.size\nWhat?\n\n- {n}`len(x)` :: A.\n- {n}`x.shape[0]` :: B.\n- {n}`z1.size` :: C.\n:::",
    "unread": "```{code-cell} python3\nimport broken\n```",
    "unmade": "```{code-cell} python3\nimport raising\n```",
    "faultless": "Nothing is wrong here but a loss of 0.7708.",
    "part": "```{include} part.txt\n```\n\nText.",
    "left": "---\nfile_format: mystnb\nkernelspec:\n  name: python3\nfwdpass_level: exact\n---\n# Left\n\n"
    "```{code-cell} python3\nfrom fwdpass.lesson import x\nlong = float(x[0])\nthen = long * 2\n```\n\n"
    "It is {n}`then`, and {n}`long`, $\\n{then}$, {n}`then + x[0]`; {n}`float(x[1])`, too.",
}
FILES = {
    "broken.py": "a = 1\nb = = 2\n",
    "raising.py": "a = 0.5\nb = a / 0\n",
    "part.txt": "Text.\n\nA {n}`nobody` and 0.7702 here.\n",
}
SAID = {
    f"typed.md:{FIRST}": [
        "yhat: NameError: name 'yhat' is not defined; do you mean y_hat?",
        "the claim raises NameError: name 'z1l' is not defined; do you mean z1?",
        "'0.7701' is a typed number",
    ],
    f"cell.md:{FIRST + 2}": ["name 'tarrget' is not defined; do you mean target?"],
    f"numbered.md:{FIRST + 3}": ["nobodys: NameError"],
    f"empty.md:{FIRST}": ["{n}`` has nothing in its backticks", "' ' is not an expression"],
    f"several.md:{FIRST}": ["two of the options equal 4, the first and the second: mark the right one with [x]"],
    f"faultless.md:{FIRST}": ["'0.7708' is a typed number"],
    "broken.py:2": ["SyntaxError: invalid syntax, so no page can import broken"],
    "raising.py:2": ["ZeroDivisionError: Fraction(1, 0), so no page can import raising"],
    "part.txt:3": ["nobody: NameError", "'0.7702' is a typed number"],
    "left.md:15": [
        "then: a step before it left exact arithmetic",
        "; line 11 did it, long = float(x[0])",
        ": float(x[1]) leaves exact",
    ],
}


def built(folder: Path, pages: dict[str, str], files: dict[str, str]) -> Built:
    (folder / "source").mkdir()
    for name, text in files.items():
        (folder / "source" / name).write_text(text, "utf-8")
    index = "# Index\n\n```{toctree}\n:numbered:\n\n" + "\n".join(pages) + "\n```\n"
    return build_book(folder, "--keep-going", conf="numfig = True\n", index=index, **pages)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("told"), PAGES, FILES)


@pytest.mark.parametrize("place", SAID)
def test_it_is_told_in_its_file_at_its_line(faulty: Built, place: str) -> None:
    lines = [line for line in faulty.messages.splitlines() if f"/{place}: WARNING: " in line]
    for said in SAID[place]:
        assert any(said in line for line in lines), faulty.messages


def test_a_line_says_it_and_nothing_was_written(faulty: Built) -> None:
    assert faulty.status == 1
    assert not list(faulty.html.rglob("*.html"))
    assert "Traceback" not in faulty.messages
    assert all(": WARNING: " in line or line.startswith("fwdpass: ") for line in faulty.messages.splitlines() if line)


def test_what_sphinx_counts_on_a_faulty_page_is_no_fault(faulty: Built) -> None:
    assert faulty.messages.count("/numbered.md:") == 1
    assert "Any number is not assigned" not in faulty.messages


def test_a_cause_is_told_once_and_not_once_for_each_number(faulty: Built) -> None:
    lines = [line for line in faulty.messages.splitlines() if "/left.md:" in line]
    assert [line.partition("WARNING: ")[2].partition(":")[0] for line in lines] == ["then", "float(x[1])"]


def test_what_stands_in_a_file_of_the_site_has_that_files_name(tmp_path: Path) -> None:
    (tmp_path / "source" / "_static").mkdir(parents=True)
    (tmp_path / "source" / "_static" / "own.js").write_text("document.title = 'a loss of 0.7706';", "utf-8")
    conf = 'html_static_path = ["_static"]\nhtml_js_files = ["own.js"]\nrelease = "0.7707"\n'
    told = build_book(tmp_path, conf=conf, index="{n}`mse`").messages
    assert "WARNING: _static/own.js: '0.7706' is a typed number, in the script" in told
    assert "WARNING: genindex.html: '0.7707' is a typed number, in the title" in told


def test_nobody_is_told_to_be_silent(tmp_path: Path) -> None:
    refused = build_book(tmp_path, conf='suppress_warnings = ["fwdpass.typed"]\n', page="Loss 0.77.")
    assert refused.status == 1
    assert refused.messages.startswith("fwdpass: conf.py suppresses the warnings 'fwdpass.typed'")


def test_what_a_page_takes_from_files_and_gives_to_the_index_has_its_line(tmp_path: Path) -> None:
    page = """
        ```{include} part.txt
        ```

        ```{csv-table}
        :file: rows.csv
        ```

        ```{index} seven dwarfs
        ```

        A formula $a$,
        and another: $L = 0.7705$.
    """
    files = {"part.txt": "Text.\n\nA loss of 0.7703.\n", "rows.csv": "a,b\nc,0.7704\n"}
    told = built(tmp_path, {"page": page}, files).messages
    for place, number in {
        "part.txt:3": "0.7703",
        "rows.csv:2": "0.7704",
        f"page.md:{FIRST + 7}": "seven",
        f"page.md:{FIRST + 11}": "0.7705",
    }.items():
        assert f"/{place}: WARNING: '{number}' is a typed number" in told
