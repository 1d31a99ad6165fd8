"""A traced script on a page: it is part of the page's reading, its notes are text as any other, faults have lines."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from fwdpass.audit import audit_site
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Lesson, certify, read
from fwdpass.testing import Built, article_text
from fwdpass.trace.panel.law import judge
from tests.book.conftest import CONF, FIRST, HEADER, PANEL, BuildPages
from tests.forked import build

pytestmark = pytest.mark.book

CHAPTER = "matrix-multiplication"
TRACE = "::::{{trace}} fwdpass.lesson\n{}\n::::\n"


def note(text: str, code: str = "z1 =") -> str:
    return TRACE.format(f"\n:::{{line}} {code}\n{text}\n:::")


FAULTS = {
    # name: (text of the page, line of the fault counted from the text, words of the cause)
    "no_such_line": (note("Text.", "z9 ="), 3, "no line of the script starts with 'z9 ='"),
    "several_lines": (note("Text.", "show("), 3, "six lines of the script start with 'show('"),
    "noted_twice": (TRACE.format("\n:::{line} z1 =\nA.\n:::\n:::{line} z1 = x\nB.\n:::"), 6, "has a note already"),
    "typed_in_a_note": (note("{n}`0.5`"), 4, "0.5 is a typed number"),
    "false_in_a_note": (note("{claim}`It is. :: mse < 0`"), 4, "the claim is false"),
    "of_the_page": (
        note("{claim}`It is. :: warnings is not sys`"),
        4,
        "reads nothing of the script, so the script can",
    ),
    "of_no_value": (note("{claim}`It is. :: len(sys.path) > 0`", "h ="), 4, "such as lesson.W1"),
    "another_loss": (
        "```{code-cell} python3\nmse = mse * 2\n```\n\n" + note("It is {n}`mse`.", "mse ="),
        8,
        "mse is the page's here, not the script's: in a note on the script, write lesson.mse, after import",
    ),
    "another_case": (
        "```{code-cell} python3\nh = h + h\n```\n\n" + note("{when}`It is. :: any(h > 0)`", "mse ="),
        8,
        "h is the page's here, not the script's",
    ),
    "no_module": ("::::{trace} nowhere.at.all\n::::", 1, "nowhere"),
    "text_between": (TRACE.format("\nSome text."), 1, "notes only"),
    "axes_without_names": (TRACE.format(":axes: x=x W1"), 1, "'W1' names no axes"),
    "axes_with_numbers": (TRACE.format(":axes: x=0.77"), 1, "'x=0.77' names no axes"),
    "line_alone": (":::{line} z1 =\nText.\n:::", 1, "stands in the directive trace"),
    "same_names_twice": (
        TRACE.format("") + "\nAgain:\n\n" + TRACE.format(""),
        7,
        "lines of another script on this page",
    ),
    "opens_nothing": (TRACE.format(":open: nope"), 1, "no line of the script starts with 'nope'"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All the faults at once, a page each."""
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "conf.py").write_text(CONF, "utf-8")
    for name, (text, _, _) in FAULTS.items():
        (folder / f"{name}.md").write_text(HEADER + text + "\n", "utf-8")
    entries = "\n".join(FAULTS)
    (folder / "index.md").write_text(f"# Index\n\n```{{toctree}}\n{entries}\n```\n", "utf-8")
    return build(folder, folder / "built", "--keep-going")


@pytest.mark.parametrize("name", FAULTS)
def test_a_mistake_is_a_line_with_file_line_and_cause(faulty: Built, name: str) -> None:
    _, line, cause = FAULTS[name]
    where = f"{name}.md:{FIRST + line - 1}: "
    (said,) = [text for text in faulty.messages.splitlines() if f"/{name}.md:" in text]
    assert where in said
    assert cause in said


def test_nothing_is_published_then(faulty: Built) -> None:
    assert faulty.status == 1
    assert not list(faulty.html.rglob("*.html"))
    assert "Traceback" not in faulty.messages


def test_a_number_typed_in_a_note_is_found_by_the_audit(build_pages: BuildPages) -> None:
    built = build_pages(page=note("It is 0.77, for three neurons, and {n}`mse`."))
    assert built.status == 1
    assert re.findall(r"page\.md:(\d+): WARNING: '(.+?)' is a typed number", built.messages) == [
        (str(FIRST + 3), "0.77"),
        (str(FIRST + 3), "three"),
    ]


def test_a_panel_that_the_build_did_not_draw_is_read_as_text(build_pages: BuildPages) -> None:
    built = build_pages(page='<fp-trace><div class="fp-code"><pre>z1 = 0.77</pre></div></fp-trace>\n')
    assert built.status == 1
    assert "'0.77' is a typed number" in built.messages


def test_a_number_changed_in_a_built_panel_is_found(book: Built, tmp_path_factory: pytest.TempPathFactory) -> None:
    site = tmp_path_factory.mktemp("changed")
    page = book.html / f"{CHAPTER}.html"
    changed = page.read_text("utf-8").replace('<td class="fp-v">0.5</td>', '<td class="fp-v">0.6</td>', 1)
    (site / "ledger.json").write_bytes((book.html / "ledger.json").read_bytes())
    (site / page.name).write_text(changed, "utf-8")
    assert any("0.6" in str(fault) for fault in audit_site(site, None).faults)


def test_notes_stand_at_their_lines_in_whatever_order_they_are_written(build_pages: BuildPages) -> None:
    page = TRACE.format("\n:::{line} y_hat =\nSecond.\n:::\n:::{line} z1 =\nFirst.\n:::") + "\nAfter.\n"
    said = build_pages(page=page).said("page.html")
    z1, first, y_hat, second = map(said.index, ("z1 = x @ W1 + b1", "First.", "y_hat = h @ W2 + b2", "Second."))
    assert z1 < first < y_hat < second


def test_a_script_is_offered_as_a_file_where_it_has_a_name(book: Built, build_pages: BuildPages) -> None:
    assert 'href="_downloads/forward_pass.py"' in book.pages()[f"{CHAPTER}.html"]
    assert "_downloads" not in build_pages(page=TRACE.format("")).pages()["page.html"]


def test_a_script_that_has_changed_is_traced_again(tmp_path: Path, build_pages: BuildPages) -> None:
    (tmp_path / "source").mkdir()
    for value in ("0.25", "0.5"):
        (tmp_path / "source" / "mine.py").write_text(f"a = {value}  # {value}\n", "utf-8")
        built = build_pages(conf=HERE, page="::::{trace} mine\n::::\n")
        assert f"a = {value}" in built.said("page.html")


def test_a_cell_shows_a_trace_as_well(build_pages: BuildPages) -> None:
    page = '```{code-cell} python3\nimport fwdpass as fp\n\nfp.trace("""\na = 0.5\nb = a + a\n""")\n```\n'
    built = build_pages(page=page)
    assert (built.status, built.messages) == (0, "")
    assert "<fp-trace>" in built.pages()["page.html"]


def test_every_statement_of_the_chapters_script_has_a_note(book: Built) -> None:
    html = book.pages()[f"{CHAPTER}.html"]
    assert "Every line that ran is explained" in html
    assert html.count('<div class="fp-note">') >= 18


def test_what_the_panels_of_the_book_state_is_true(book: Built) -> None:
    verdicts = {name: judge(html) for name, html in book.pages().items() if "<fp-trace" in html}
    assert all(verdict.false == [] for verdict in verdicts.values())
    assert verdicts[f"{CHAPTER}.html"].true > 100


def test_the_chapter_stays_light(book: Built) -> None:
    assert len(gzip.compress((book.html / f"{CHAPTER}.html").read_bytes(), 9)) <= 45_000


# Scripts that fail ----------------------------------------------------------------------------------------------------

HERE = "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\n"
MISMATCH = "import numpy as np\n\nx = np.ones(3)\nW = np.ones((4, 3))\nz = x @ W\n"
SCRIPTS = {
    # name of a script beside the pages: (source, options, the sentence, or how it begins)
    "raising": (MISMATCH, "", "raising.py failed: It stopped at line 5: ValueError: "),
    "importing": ("import nowhere_at_all\n", "", "importing.py failed: It stopped at line 1: ModuleNotFoundError: "),
    "no_python": ("a = (1,\nb = 2\n", "", "no_python.py failed: It is no Python: '(' was never closed, at line 1"),
    "leaving": ("raise SystemExit(3)\n", "", "leaving.py failed: It exited with status 3 at line 1"),
    "endless": ("while True:\n    pass\n", "", "endless ran for more than 2 seconds"),
    "endless_promised": (
        "while True:\n    pass\n",
        ":raises-exception:",
        "endless_promised ran for more than 2 seconds",
    ),
    "promised": ("a = 1\n", ":raises-exception:", "promised.py has the option raises-exception, and did not fail"),
    "warning": ("import warnings\nwarnings.warn('old')\n", "", "warning warned UserWarning: old"),
    "writing": ("import sys\nprint('no', file=sys.stderr)\n", "", "writing wrote to standard error: no"),
    "address": ("a = object()\nprint(a)\n", "", "address shows an address in memory (at 0x"),
}


def test_a_script_that_fails_ends_the_build_with_file_line_and_sentence(
    tmp_path: Path, build_pages: BuildPages
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name, (script, _, _) in SCRIPTS.items():
        (source / f"{name}.py").write_text(script, "utf-8")
    pages = {f"on_{name}": f"::::{{trace}} {name}\n{options}\n::::\n" for name, (_, options, _) in SCRIPTS.items()}
    # Those have no first cell: on a busy computer, it takes longer than that.
    limited = f"---\nmystnb:\n  execution_timeout: 2\n{HEADER[4 : HEADER.index('```')]}"
    pages |= {name: limited + page for name, page in pages.items() if name.startswith("on_endless")}
    built = build_pages("--keep-going", conf=HERE, **pages)
    assert built.status == 1
    assert "Traceback" not in built.messages
    for name, (_, _, cause) in SCRIPTS.items():
        (said,) = [text for text in built.messages.splitlines() if f"/on_{name}.md:" in text]
        # the address was read in floating point and exactly, and the latter complains
        read = "read with exact fractions, " if name == "address" else ""
        line = limited.count("\n") + 1 if name.startswith("endless") else FIRST
        assert f"/on_{name}.md:{line}: WARNING: {read}trace: {cause}" in said


def test_a_script_that_hangs_on_rounding_is_shown_as_it_is_exactly(tmp_path: Path, build_pages: BuildPages) -> None:
    """In floating point, `a` is a little below zero; it is zero, and so the page says."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "rounding.py").write_text("a = 0.3 - 0.2 - 0.1\nb = a < 0\n", "utf-8")
    page = "```{code-cell} python3\nimport rounding\n```\n\n::::{trace} rounding\n::::\n"
    built = build_pages(conf=HERE, page=page)
    assert built.status == 0, built.messages
    said = built.said("page.html")
    assert "False" in said
    assert "True" not in said


def test_a_script_that_is_to_fail_is_shown_up_to_there(tmp_path: Path, build_pages: BuildPages) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "raising.py").write_text(MISMATCH, "utf-8")
    page = "::::{trace} raising\n:raises-exception:\n:axes: x=h W=x,h\n\n:::{line} z =\nThis cannot be.\n:::\n::::\n"
    built = build_pages(conf=HERE, page=page)
    assert (built.status, built.messages) == (0, "")
    said = built.said("page.html")
    assert "This cannot be." in said
    assert "It stopped at line 5: ValueError" in said


# Other builders -------------------------------------------------------------------------------------------------------

NOTED = note("The sums are {n}`z1`.") + "\nAfter it.\n"


@pytest.mark.parametrize("builder", ["text", "man", "latex"])
def test_elsewhere_the_script_is_listed_and_then_come_the_notes(build_pages: BuildPages, builder: str) -> None:
    built = build_pages("-b", builder, "-D", "language=en", page=NOTED)
    assert (built.status, built.messages) == (0, "")
    found = sorted(path for path in built.html.rglob("*") if path.suffix in (".txt", ".1", ".tex"))
    written = "".join(path.read_text("utf-8") for path in found)
    listed = re.search(r"37  y\S+hat = h", written)
    assert listed is not None
    about, note, after = map(written.index, ("Line 35: ", "The sums are ", "After it."))
    assert listed.start() < about < note < after
    assert "0.0, −0.1, 0.5" in written[note:after]
    assert "fp-trace" not in written


@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml", "epub"])
def test_every_builder_of_html_shows_the_panel(build_pages: BuildPages, builder: str) -> None:
    options = {"version": "1", "copyright": "us", "suppress_warnings": "epub.unknown_project_files"}
    conf = f"fwdpass_audit = {builder == 'dirhtml'}\n"  # of the others, it says that it does not read them
    asked = ["-b", builder, *(f"-D{name}={value}" for name, value in options.items())]
    built = build_pages(*asked, page=NOTED, conf=conf)
    assert (built.status, built.messages) == (0, "")
    (page,) = [text for path in built.html.rglob("*html") if PANEL.search(text := path.read_text("utf-8"))]
    assert article_text(page).count("37y_hat = h @ W2 + b2") == 1
    assert "The sums are" in page
    assert "Line 35" not in page
    if builder == "epub":
        ET.fromstring(page)  # noqa: S314 - our own
    else:
        (script,) = re.findall(r'src="([^"]*fwdpass\.js)', page)
        assert any(
            (path.parent / script).is_file()
            for path in built.html.rglob("*.html")
            if "<fp-trace>" in path.read_text("utf-8")
        )


# One reading ---------------------------------------------------------------------------------------------------------


def traced(book: Built, lesson: Lesson | None = None, arithmetic: Arithmetic = Arithmetic.FLOAT64) -> str:
    """The text of the chapter's panel, when the page is read for a lesson."""
    program, _ = book.readings()[CHAPTER]
    entries = read(program, lesson, arithmetic, strict=False).entries
    (said,) = [entry.text for entry in entries if ".panel(" in entry.source]
    return said


def test_the_panel_is_in_the_ledger_and_certified(book: Built) -> None:
    program, ledger = book.readings()[CHAPTER]
    assert any(entry.kind == "result" and "x @ W1 + b1 = [0.0, -0.1, 0.5]" in entry.text for entry in ledger.entries)
    _, faults = certify(program)
    assert faults == []


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_another_weight_moves_the_panels_numbers(book: Built, arithmetic: Arithmetic) -> None:
    before = traced(book, None, arithmetic)
    source = Lesson.of().source
    after = traced(book, Lesson(source.replace("[ 0.1,  0.3,  0.5]", "[ 0.1,  0.3,  0.7]")), arithmetic)
    assert "x @ W1 + b1 = [0.0, -0.1, 0.5]" in before
    assert "x @ W1 + b1 = [0.0, -0.1, 0.7]" in after
