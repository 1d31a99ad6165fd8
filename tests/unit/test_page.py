"""A page is a program; a reading of it is a ledger."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from fwdpass.errors import ExpressionError, FwdpassError, PageError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Cell, Claim, Expression, Lesson, Program, Reading, certify, parse_expression, read
from fwdpass.page.lesson import _source, beside, own_modules
from fwdpass.page.outputs import Printed, Raised, Shown, mime_bundle

LESSON = Cell("from fwdpass.lesson import *", 1)


def texts(*steps: Cell | Expression, lesson: Lesson | None = None) -> list[str]:
    return [entry.text for entry in read(Program("page", (LESSON, *steps)), lesson).entries]


@pytest.mark.parametrize(
    ("written", "source", "spec"),
    [
        ("mse", "mse", ""),
        (" mse : .4f ", "mse", ".4f"),
        ("W1[1:3, 0]", "W1[1:3, 0]", ""),
        ("W1[1:3, 0]:.2f", "W1[1:3, 0]", ".2f"),
        ("h.argmax():place", "h.argmax()", "place"),
        ("b1.size:count hidden neuron", "b1.size", "count hidden neuron"),
        ("{k: v for k, v in pairs}[name]", "{k: v for k, v in pairs}[name]", ""),
        ("(h > 0).sum()", "(h > 0).sum()", ""),
        ("table['W1']", "table['W1']", ""),
    ],
)
def test_an_expression_and_its_format_are_told_apart(written: str, source: str, spec: str) -> None:
    assert parse_expression(written, 3) == Expression(source, 3, spec)


@pytest.mark.parametrize(
    "written",
    [
        "3", "0.5", "-1", "1j", "[0.5]", "x[0.5]", "mse + 1", "mse * 0 + 0.77", "0.77 or mse", "max(mse, 2)",
        "3 if mse else 4", "{0: 7}[0]", "'0.77'", "f'{mse:.4f}'", "b'7' or mse", "len('abc')", "True", "",
        "mse =", "import os", "mse:", "mse:.4q", "lambda: 3", "mse and 3", "x.sum(axis=0)", "dict(a=3)['a']",
    ],
)  # fmt: skip
def test_a_typed_number_is_no_expression_of_a_page(written: str) -> None:
    with pytest.raises(ExpressionError, match=r"\w+ \w+"):
        parse_expression(written, 1)


def test_a_ledger_has_what_each_step_showed() -> None:
    program = Program(
        "page",
        (
            LESSON,
            Cell("print('one')\nprint('two')\nz1", 3),
            Expression("mse", 7, ".4f"),
            Expression("z1", 8, medium="latex"),
            Cell("W1 @ x", 9, frozenset({"raises-exception"})),
        ),
    )
    entries = read(program).entries
    assert [(entry.line, entry.kind) for entry in entries] == [
        (3, "print"), (3, "result"), (7, "number"), (8, "number"), (9, "error"),
    ]  # fmt: skip
    assert entries[0].text == "one\ntwo\n"
    assert entries[1].text == "[0.0, -0.1, 0.5]"
    assert (entries[2].source, entries[2].text, entries[2].exact) == ("mse:.4f", "0.8963", "717/800")
    assert entries[3].text == r"\begin{bmatrix} 0.0 & -0.1 & 0.5 \end{bmatrix}"
    assert entries[4].text.startswith("ValueError: matmul")


def test_a_ledger_is_plain_data() -> None:
    said = read(Program("page", (LESSON, Expression("mse", 2)))).as_json()
    assert said["page"] == "page"
    number = {"line": 2, "kind": "number", "source": "mse", "text": "0.8963", "exact": "717/800", "medium": "text"}
    assert said["entries"][0] == number | {"step": 1, "level": "exact"}


def test_an_array_has_its_exact_values_and_a_long_one_has_none() -> None:
    steps = (
        LESSON,
        Cell(
            "import numpy as np\nfrom fractions import Fraction\nlong, deep = np.zeros(100), 1 + Fraction(1, 3**4000)",
            5,
        ),
        Expression("b1", 7),
        Expression("long", 8),
        Expression("x.shape", 9),
        Expression("deep", 10),
    )
    told = [entry.exact for entry in read(Program("page", steps)).entries if entry.kind == "number"]
    assert told == ["[1/10, -1/10, 0]", "", "", ""]


def test_differences_name_what_moved_and_what_is_missing() -> None:
    one = read(Program("page", (LESSON, Expression("mse", 2), Expression("b1", 3))))
    lesson = Lesson(Lesson.of().source.replace("b1 = np.array([0.1,", "b1 = np.array([0.6,"))
    two = read(Program("page", (LESSON, Expression("mse", 2))), lesson)
    pairs = list(one.differences(two))
    assert [(a and a.text, b and b.text) for a, b in pairs] == [
        ("0.8963", two.entries[0].text), ("[0.1, −0.1, 0.0]", None),
    ]  # fmt: skip


def test_another_lesson_is_read_however_it_is_imported() -> None:
    lesson = Lesson(Lesson.of().source.replace("[ 0.2, -0.5", "[ 0.7, -0.5"))
    before = __import__("fwdpass").lesson
    cells = (
        Cell("import fwdpass as fp\nfrom fwdpass import lesson\nimport fwdpass.lesson as also", 2),
        Expression("W1[0, 0]", 3),
        Expression("fp.lesson.W1[0, 0]", 4),
        Expression("lesson.W1[0, 0]", 5),
        Expression("also.W1[0, 0]", 6),
        Cell("fp.run(lesson)", 7),
        Cell("import inspect\nprint('0.7' in inspect.getsource(lesson))", 8),
    )
    assert texts(*cells, lesson=lesson)[:4] == ["0.7"] * 4
    assert "z1           0.5" in texts(*cells, lesson=lesson)[4]
    assert texts(*cells, lesson=lesson)[5] == "True\n"
    assert texts(*cells)[:4] == ["0.2"] * 4
    assert __import__("fwdpass").lesson is before


def test_exact_arithmetic_reads_the_decimals_that_were_written() -> None:
    program = Program("page", (LESSON, Cell("a = 0.1 + 0.2\nprint(a == 0.3, repr(z1[0]), mse)\na", 2)))
    printed, shown = read(program).entries
    assert printed.text.startswith("False")  # what follows is this computer's own rounding
    assert shown.text == "0.3"
    exact = read(program, arithmetic=Arithmetic.EXACT)
    assert [entry.text for entry in exact.entries] == ["True Fraction(0, 1) 717/800\n", "0.3"]


def test_a_fault_names_its_line() -> None:
    with pytest.raises(PageError, match=r"the cell raised ZeroDivisionError: division by zero") as caught:
        texts(Cell("a = 1\n\nb = a / 0", 10))
    assert (caught.value.line, caught.value.kind) == (12, "cell")
    with pytest.raises(PageError, match="nope: NameError") as caught:
        texts(Expression("nope", 7))
    assert (caught.value.line, caught.value.kind) == (7, "number")


def test_a_fault_in_a_function_is_found_at_the_line_that_failed() -> None:
    with pytest.raises(PageError) as caught:
        texts(Cell("def f(n):\n    return 1 / n\n\n\nf(0)", 10))
    assert caught.value.line == 11


def test_a_warning_that_python_would_hide_is_hidden() -> None:
    assert texts(Cell("open('/dev/null').read();", 2)) == []


def test_a_deprecation_of_the_page_itself_is_a_fault() -> None:
    with pytest.raises(PageError, match="the cell warned DeprecationWarning: old"):
        texts(Cell("import warnings\nwarnings.warn('old', DeprecationWarning)", 2))


def test_a_cell_can_look_at_its_own_source() -> None:
    assert "return 2" in texts(Cell("import inspect\ndef f():\n    return 2\nprint(inspect.getsource(f))", 2))[0]


def test_a_page_runs_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("0.25")
    here = Path.cwd()
    cell = Cell("with open('data.txt') as file:\n    print(file.read())", 1)
    assert read(Program("page", (cell,)), folder=tmp_path).entries[0].text == "0.25\n"
    assert Path.cwd() == here


def test_outputs_keep_their_order() -> None:
    reading = Reading("page")
    outputs = reading.cell(Cell("print('a')\ndisplay(1)\nprint('b')\n2", 1))
    assert [type(output) for output in outputs] == [Printed, Shown, Printed, Shown]


def test_a_promised_error_keeps_what_was_shown_before_it() -> None:
    outputs = Reading("page").cell(Cell("print('a')\n1 / 0", 1, frozenset({"raises-exception"})))
    assert outputs == (Printed("a\n"), Raised("ZeroDivisionError", "division by zero"))


def test_rich_values_are_drawn_in_each_medium() -> None:
    class Rich:
        def _repr_html_(self) -> str:
            return "<b>rich</b>"

        def _repr_png_(self) -> bytes:
            return b"\x89PNG"

        def _repr_latex_(self) -> None:
            return None

        def __repr__(self) -> str:
            return "rich"

    assert mime_bundle(Rich()) == {"text/plain": "rich", "text/html": "<b>rich</b>", "image/png": "iVBORw=="}
    assert mime_bundle(Rich)["text/plain"].startswith("<class")


def test_truth_values_are_shown_as_python_writes_them() -> None:
    assert texts(Cell("b1 > 0", 2), Cell("(b1 > 0).any()", 3)) == ["[True, False, False]", "True"]


def test_a_module_without_source_is_no_lesson() -> None:
    with pytest.raises(FwdpassError, match="no source to read for the module 'sys'"):
        Lesson.of("sys")
    with pytest.raises(FwdpassError, match="no module named 'nowhere'"):
        Lesson.of("nowhere.at.all")


# Modules beside a page -----------------------------------------------------------------------------------------------


def beside_a_page(folder: Path, **sources: str) -> Program:
    """Write modules into a folder, and give the page there that imports the first of them as ``module``."""
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, "utf-8")
    first = next(iter(sources))
    return Program("page", (Cell(f"import {first} as module", 1), Expression("module.value", 2)))


def test_a_cell_finds_the_modules_beside_its_page(tmp_path: Path) -> None:
    page = beside_a_page(tmp_path, beside_found="value = 0.1 + 0.2")
    before = list(sys.path)
    assert [entry.text for entry in read(page, folder=tmp_path).entries] == ["0.3"]
    assert sys.path == before


@pytest.mark.parametrize(
    ("sources", "again"),
    [
        ({"beside_whole": "value = 1"}, []),
        ({"beside_decimal": "value = 0.1"}, ["beside_decimal"]),
        ({"beside_lesson": "from fwdpass.lesson import W1\nvalue = W1[0, 0]"}, ["fwdpass.lesson", "beside_lesson"]),
        (
            {"beside_outer": "from beside_inner import value", "beside_inner": "value = 0.1"},
            ["beside_inner", "beside_outer"],
        ),
        ({"beside_a": "import beside_b\nvalue = 1", "beside_b": "import beside_a"}, []),
    ],
)
def test_a_module_that_is_the_same_in_every_arithmetic_is_shared(
    tmp_path: Path, sources: dict[str, str], again: list[str]
) -> None:
    page = beside_a_page(tmp_path, **sources)
    assert [lesson.module for lesson in own_modules(page.cells, tmp_path)] == again


def test_a_module_has_exact_numbers_of_the_modules_that_it_imports(tmp_path: Path) -> None:
    page = beside_a_page(
        tmp_path, beside_sum="from beside_term import term\nvalue = term + 0.2", beside_term="term = 0.1"
    )
    ledger, faults = certify(page, folder=tmp_path)
    assert (faults, [entry.exact for entry in ledger.entries]) == ([], ["3/10"])


def test_what_such_a_module_has_computed_is_computed_once(tmp_path: Path) -> None:
    count = "from pathlib import Path\nlog = Path(__file__).with_suffix('.log')\n"
    page = beside_a_page(tmp_path, beside_once=count + "log.open('a').write('x')\nvalue = 1")
    for arithmetic in Arithmetic:
        read(page, arithmetic=arithmetic, folder=tmp_path)
    assert (tmp_path / "beside_once.log").read_text("utf-8") == "x"


def test_a_page_needs_the_modules_that_its_modules_import(tmp_path: Path) -> None:
    page = beside_a_page(
        tmp_path, beside_first="import os, beside_second", beside_second="import beside_first", beside_third=""
    )
    assert list(beside(page.cells, tmp_path)) == ["beside_first.py", "beside_second.py"]


def test_a_loader_that_knows_no_source_leaves_the_file() -> None:
    file = Path(__file__).with_name("conftest.py")
    spec = ModuleSpec("unknown", loader=None, origin=str(file))
    spec.has_location = True
    assert _source(spec) == file.read_text("utf-8")


@pytest.mark.parametrize(
    "spec", ["count neuron of seven", "Count third of four/thirds of four", "count of 0.8964", "count of 77/of"]
)
def test_the_noun_of_a_count_has_no_number(spec: str) -> None:
    with pytest.raises(ExpressionError, match="is a typed number in the format"):
        parse_expression(f"len(b1):{spec}", line=1)


CELL = Cell("from fwdpass.lesson import W1, b1, x\nmse = (b1 * b1).mean()", line=1)


@pytest.mark.parametrize("source", ["mse / mse + mse / mse", "len('seven'[: b1.size * 9])", "len([W1, b1])"])
def test_a_number_that_follows_from_nothing_ends_the_build(source: str) -> None:
    _, faults = certify(Program("page", (CELL, Expression(source, 7))))
    (fault,) = faults
    assert fault.line == 7
    assert "whatever the values are that it reads, so it is a typed number" in str(fault)


@pytest.mark.parametrize("source", ["b1 is b1", "mse == mse", "all(v > 1 for v in b1[:0])"])
def test_a_claim_that_claims_nothing_ends_the_build(source: str) -> None:
    _, faults = certify(Program("page", (CELL, Claim(source, 7))))
    (fault,) = faults
    assert fault.line == 7
    assert "true whatever the values are that it reads, so it claims nothing" in str(fault)


def test_a_law_is_a_claim() -> None:
    assert certify(Program("page", (CELL, Claim("((x @ W1) == (W1.T @ x)).all()", 7))))[1] == []
