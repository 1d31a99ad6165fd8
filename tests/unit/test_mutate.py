"""Mutants, their accounts, and the recomputation: on programs of a few steps, without Sphinx."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from fwdpass import nn
from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Cell, Claim, Entry, Expression, Ledger, Lesson, Program
from fwdpass.page.program import Step
from tests.mutation import Book, Mutant, Reasons, Survey, main, mutants_of, originals, survey
from tests.mutation.account import Account, account, judge
from tests.mutation.builds import Built, agree, rewritten
from tests.mutation.forms import of_shapes, resized, sizes, stated
from tests.mutation.inert import readers
from tests.mutation.operations import ALL, OPERATIONS, changed
from tests.mutation.oracle import Oracle
from tests.mutation.plain import Table, Unknown, evaluate
from tests.mutation.reread import Read, Stop, reread
from tests.mutation.survey import exact_reading, sample_of
from tests.mutation.values import of_cells, of_lesson

HERE = Path(__file__).parent
NONE = Reasons({}, {})
IMPORTS = Cell("import numpy as np\nimport fwdpass as fp\nfrom fwdpass.lesson import *", 1)
LOSS = Cell("z1, h, y_hat = fp.forward(x, W1, b1, W2, b2)\nloss = fp.mse(y_hat, target)", 5)


def book_of(*steps: Step) -> Book:
    return Book(HERE, Lesson.of(), {"page": Program("page", (IMPORTS, *steps))})


def surveyed(*steps: Step, reasons: Reasons = NONE, kinds: str = "parameter pixel operation shape cell") -> Survey:
    book = book_of(*steps)
    return survey(book, [m for m in mutants_of(book) if m.kind.split()[0] in kinds.split()], reasons)


def found(book: Book, name: str) -> Mutant:
    return next(mutant for mutant in mutants_of(book) if mutant.name == name)


# What is changed ------------------------------------------------------------------------------------------------------


def test_every_number_of_the_lesson_is_changed_once() -> None:
    kinds = [mutant.kind for mutant in of_lesson(Lesson.of())]
    assert (kinds.count("parameter"), kinds.count("pixel")) == (31, 4)
    sources = {mutant.lesson.source for mutant in of_lesson(Lesson.of())}
    assert len(sources) == 35


def test_a_mutant_of_a_number_changes_that_number_alone() -> None:
    before = stated(Lesson.of().source)
    for mutant in of_lesson(Lesson.of()):
        after = stated(mutant.lesson.source)
        differing = [
            (name, index)
            for name, entries in before.items()
            for index in entries
            if entries[index] != after[name][index]
        ]
        assert len(differing) == 1, mutant.name


def test_a_lesson_without_numbers_is_refused_with_a_sentence() -> None:
    with pytest.raises(FwdpassError, match="states no number to change"):
        list(of_lesson(Lesson("x = 1\n", "empty")))
    with pytest.raises(FwdpassError, match="states no array image"):
        list(of_shapes(Lesson("import numpy as np\nx = np.array([1])\n", "short")))


def test_a_shape_is_changed_everywhere_at_once() -> None:
    for mutant in of_shapes(Lesson.of()):
        module = mutant.lesson.load(Arithmetic.EXACT)
        rows, columns, hidden = sizes(mutant.lesson)
        assert module.y_hat.shape == (rows * columns,), mutant.name
        assert module.h.shape == (hidden,), mutant.name


def test_a_wider_network_keeps_the_numbers_that_it_had() -> None:
    before, after = stated(Lesson.of().source), stated(resized(Lesson.of(), 2, 2, 5).source)
    assert all(after[name][index] == value for name, entries in before.items() for index, value in entries.items())
    assert len(after["W1"]) == 20


def test_literals_and_operators_of_visible_cells_are_changed_and_those_of_hidden_cells_are_not() -> None:
    book = book_of(Cell("few = 5 - 1", 5), Cell("first = x[0]", 6, frozenset(("remove-cell",))), Cell("a = x[-1]", 7))
    changes = [(mutant.name, mutant.programs["page"].steps) for mutant in of_cells(book)]
    assert [name for name, _ in changes] == [
        "page.md:5: 5 → 6 in few = 5 - 1",
        "page.md:5: 1 → 2 in few = 5 - 1",
        "page.md:5: - → + in few = 5 - 1",
        "page.md:7: -1 → 0 in a = x[-1]",
    ]
    assert changes[2][1][1].source == "few = 5 + 1"


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        ("no ReLU", "h = np.maximum(0, z)", "h = z"),
        ("ReLU from one", "h = np.maximum(0, z)", "h = np.maximum(1, z)"),
        ("no bias", "z = x @ W1 + b1", "z = x @ W1"),
        ("no bias", "y = np.maximum(0, x @ W1 + b1) @ W2 + b2", "y = np.maximum(0, x @ W1) @ W2"),
        ("transposed weights", "z = x @ W1 + b1", "z = x @ W1.T + b1"),
        ("transposed weights", "W_eff = W1 @ W2", "W_eff = W2 @ W1"),
        ("sum for mean", "mse = np.mean(e ** 2)", "mse = np.sum(e ** 2)"),
        ("no bias", 'fp.shapes("x @ W1 + b1")', "fp.shapes('x @ W1')"),
        ("no ReLU", "a = x + 1  # nothing to do", "a = x + 1  # nothing to do"),
    ],
)
def test_an_operation_is_changed_in_what_a_page_spells_out(operation: str, before: str, after: str) -> None:
    book = book_of(Cell(before, 5))
    mutant = changed(book, operation, frozenset(("pages",)))
    assert mutant.programs.get("page", book.programs["page"]).steps[1].source == after
    assert mutant.lesson == book.lesson
    assert not mutant.functions


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_a_home_in_the_script_and_in_the_package(operation: str) -> None:
    mutant = changed(book_of(), operation, ALL)
    assert mutant.script == mutant.package == {operation}


def test_a_function_is_the_mutants_only_while_it_is_installed() -> None:
    mutant = changed(book_of(), "no ReLU", ALL)
    relu = nn.relu
    with mutant.installed():
        assert relu(np.array([-1.0]))[0] == -1
    assert relu(np.array([-1.0]))[0] == 0


# Reading and judging --------------------------------------------------------------------------------------------------


def test_a_changed_number_moves_what_depends_on_it_and_nothing_else() -> None:
    book = book_of(LOSS, Expression("loss", 8), Expression("b1", 9))
    one = account(book, found(book, "b2[0]: 0.0 → 0.37"), originals(book))
    assert one.faults == ()
    assert one.verdicts[0].moved == {2}


@pytest.mark.parametrize(
    ("frozen", "fault"),
    [("shown", "still shows 0.8963, although it depends"), ("exact", "although it does not depend")],
)
def test_a_stale_number_is_found(frozen: str, fault: str) -> None:
    book = book_of(LOSS, Expression("loss", 8))
    before = originals(book)["page"]
    mutant = found(book, "b2[0]: 0.0 → 0.37")
    after = replace(reread(book.programs["page"], mutant.lesson, HERE), **{frozen: getattr(before, frozen)})
    verdict = judge(book.programs["page"], before, after, {})
    assert [fault in said for said in verdict.faults] == [True]
    assert verdict.faults[0].startswith("page.md:8: loss")


def test_a_number_that_is_wrong_in_both_arithmetics_is_found_by_the_recomputation() -> None:
    """The mean is a sum, and the oracle is not told."""
    book = book_of(LOSS, Expression("loss", 8))
    mutant = replace(changed(book, "sum for mean", frozenset(("package",))), package=frozenset())
    [fault] = account(book, mutant, originals(book)).faults
    assert fault == "page.md:8: loss shows 3.585, and recomputed it is 0.8963"


def test_a_book_that_is_wrong_as_it_is_is_found_before_anything_is_changed() -> None:
    wrong = replace(Lesson.of(), source=Lesson.of().source.replace("np.mean(", "np.sum("))
    book = replace(book_of(Expression("mse", 8)), lesson=wrong)
    assert "page.md:8: mse: it shows 3.585, and recomputed it is 0.8963" in survey(book, [], NONE).faults


def test_rounding_noise_ends_the_build_and_is_no_number() -> None:
    book = book_of(Cell("print(0.1 + b1[0])", 5))
    one = account(book, found(book, "page.md:5: + → - in print(0.1 + b1[0])"), originals(book))
    assert one.faults == ()
    noisy = account(book, found(book, "b1[0]: 0.1 → 0.47"), originals(book))
    assert [stop.by for stop in noisy.stops] == ["rounding"]


def test_above_a_cell_that_fails_numbers_are_judged_and_below_it_nothing_is_published() -> None:
    steps = Expression("len(b1)", 5), Cell("third = b1[2]", 6), Expression("third", 7), Expression("len(b2)", 8)
    book = book_of(*steps)
    one = account(book, found(book, "hidden width 3 → 2"), originals(book))
    assert one.faults == ()
    assert [str(stop)[:40] for stop in one.stops] == ["page.md:6: the cell raised IndexError: i"]
    [verdict] = one.verdicts
    assert [sorted(v) for v in (verdict.moved, verdict.refused, verdict.unread, verdict.beyond)] == [
        [1],
        [2],
        [3, 4],
        [],
    ]


def test_a_number_below_a_cell_that_fails_is_known_to_be_alive() -> None:
    book = book_of(Cell("third = b1[2]", 6), Expression("len(b1)", 7))
    [verdict] = account(book, found(book, "hidden width 3 → 2"), originals(book)).verdicts
    assert [sorted(v) for v in (verdict.moved, verdict.unread, verdict.beyond)] == [[], [2], [2]]


def test_an_expression_that_fails_ends_the_build_and_hides_nothing_below_it() -> None:
    book = book_of(Expression("b1[2]", 6), Expression("len(b1)", 7))
    [verdict] = account(book, found(book, "hidden width 3 → 2"), originals(book)).verdicts
    assert [sorted(v) for v in (verdict.moved, verdict.refused)] == [[2], [1]]


def test_a_script_that_does_not_run_ends_the_build_at_the_first_cell() -> None:
    book = book_of(Expression("len(b1)", 7))
    one = account(book, found(book, "transposed weights"), originals(book))
    assert one.stops[0].message.startswith("fwdpass.lesson stopped: ValueError: matmul")
    assert one.verdicts[0].moved == set()


# What nothing moves ---------------------------------------------------------------------------------------------------


def test_a_laundered_constant_is_found_although_its_own_literal_moves_it() -> None:
    done = surveyed(LOSS, Cell("k = loss*0 + 0.77", 8), Expression("k", 9), kinds="parameter pixel operation cell")
    assert [fault for fault in done.faults if fault.startswith("page")] == [
        "page.md:9: k: it reads the lesson, and no change of the lesson moves it from 0.77, only a literal of the page"
    ]


def test_a_number_of_the_page_itself_may_follow_its_literal() -> None:
    assert surveyed(Cell("few = 5", 8), Expression("few", 9), kinds="cell").faults == []


def test_a_number_that_nothing_moves_is_found_with_its_line() -> None:
    done = surveyed(Expression("x.ndim", 9), kinds="parameter pixel shape")
    assert "page.md:9: x.ndim: no mutant moves it from 1, so it may as well have been typed" in done.faults


def test_a_claim_that_nothing_makes_false_is_found_with_its_line() -> None:
    done = surveyed(Claim("len(b1) == b1.size", 9), Claim("b1[2] == 0", 10), kinds="parameter")
    about = [fault for fault in done.faults if "claim" in fault]
    assert about == ["page.md:9: len(b1) == b1.size: no mutant makes the claim false, so nobody knows that it can fail"]


def test_a_claim_that_a_change_makes_false_ends_the_build_there() -> None:
    book = book_of(Claim("b1[2] == 0", 10))
    one = account(book, found(book, "b1[2]: 0.0 → 0.37"), originals(book))
    assert one.stops == (Stop("page", 10, "claim", "b1[2] == 0: the claim is false, where b1 = [0.10, -0.10, 0.37]"),)


def test_a_change_that_moves_nothing_is_found() -> None:
    done = surveyed(Cell("unused = 5", 9), kinds="cell")
    assert done.faults == ["page.md:9: 5 → 6 in unused = 5: the change moves nothing, and nothing fails"]


def test_a_reason_explains_what_is_inert_or_idle_and_a_stale_one_is_found() -> None:
    reasons = Reasons({("page", "x.ndim"): "a vector"}, {("page", "unused = 5"): "no use"})
    steps = Expression("x.ndim", 8), Cell("unused = 5", 9), Cell("few = 4", 10), Expression("few", 11)
    assert surveyed(*steps, reasons=reasons, kinds="cell").faults == []
    stale = Reasons({**reasons.inert, ("page", "few"): "?"}, {**reasons.idle, ("page", "few = 4"): "?"})
    assert surveyed(*steps, reasons=stale, kinds="cell").faults == [
        "page.md: few: a reason says that nothing moves it, and something does, or it is not there",
        "page.md: few = 4: a reason says that its literals move nothing, and they do, or are not there",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[inert]\n", "is not TOML"),
        ('[[inert]]\npage = "a"\nreason = "b"\n', "an entry without its three keys"),
        ('[[other]]\npage = "a"\n', "has a table 'other'"),
    ],
)
def test_a_faulty_file_of_reasons_is_refused_with_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mutation.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(FwdpassError, match=said):
        Reasons.of(path)


def test_one_reason_may_be_for_several_places(tmp_path: Path) -> None:
    path = tmp_path / "mutation.toml"
    path.write_text('[[inert]]\npage = "a"\nexpression = ["b", "c"]\nreason = "d"\n', "utf-8")
    assert Reasons.of(path).inert == {("a", "b"): "d", ("a", "c"): "d"}


def test_what_reads_the_lesson_is_followed_through_cells_and_functions() -> None:
    cells = (
        "from fwdpass.lesson import b1 as bias",
        "def f():\n    return bias",
        "a = f()",
        "a = 1",
        "from fwdpass import lesson",
        "c = [a for a in bias]",
        "d = [bias for bias in x]",
    )
    program = Program("page", tuple(Cell(source, line) for line, source in enumerate(cells)))
    assert readers(program, Lesson.of()) == {0, 1, 2, 5}
    named = Program("page", (*program.steps, Expression("lesson.b1", 9), Expression("a", 9)))
    assert readers(named, Lesson.of()) == {0, 1, 2, 5, 7}


# The recomputation ----------------------------------------------------------------------------------------------------

NAMES = {
    "x": Table((2,), (Fraction(1), Fraction(2))),
    "W": Table((2, 3), tuple(map(Fraction, range(6)))),
    "n": 3,
}


@pytest.mark.parametrize(
    "source",
    ["x @ W", "W.T", "W[:, 1]", "W[1]", "W[0, 2]", "x[:, None]", "W + x[:, None]", "(x @ W).argmax()", "W.shape",
     "W * 0.5", "x - 1", "[x[i] ** 2 for i in range(len(x))]", "-x", "W.reshape(-1, 1)", "x.mean()", "abs(-x).max()",
     "x @ x", "(W[0] != W[1]).astype(int)", "'big' if n > 2 else 'small'", "x[-1]"],
)  # fmt: skip
def test_plain_arithmetic_is_numpys(source: str) -> None:
    arrays = {"x": np.array([1.0, 2.0]), "W": np.arange(6.0).reshape(2, 3), "n": 3}
    theirs = np.asarray(eval(source, arrays)).tolist()
    ours = evaluate(ast.parse(source, mode="eval").body, NAMES)
    plain = ours.nested() if isinstance(ours, Table) else list(ours) if isinstance(ours, tuple) else ours
    assert np.asarray(plain).tolist() == theirs


@pytest.mark.parametrize(
    "source", ["x.__class__", "open('f')", "y", "x @ W.T", "W[x]", "lambda: 1", "x + W[:, :1] @ 2", "x.alive"]
)
def test_what_is_not_plain_arithmetic_is_unknown(source: str) -> None:
    with pytest.raises(Unknown):
        evaluate(ast.parse(source, mode="eval").body, NAMES)


def test_a_name_bound_to_something_unknown_is_forgotten() -> None:
    program = Program("page", (IMPORTS, Cell("b1 = open", 5), Expression("b1", 6), Expression("b2[1]", 7)))
    assert Oracle.of(Lesson.of().source).texts(program) == {3: "0.1"}


def test_the_oracle_knows_means() -> None:
    program = Program("page", (IMPORTS, Expression("np.mean(b2)", 5), Expression("np.mean(b1).z", 6)))
    assert Oracle.of(Lesson.of().source).texts(program) == {1: "0"}


def test_the_oracle_knows_the_lesson_without_running_it() -> None:
    source = Lesson.of().source.replace("z1 = x @ W1 + b1", "raise SystemExit")
    assert Oracle.of(source).lesson["mse"] == Fraction(717, 800)


# Data -----------------------------------------------------------------------------------------------------------------


def test_a_file_that_a_page_reads_is_changed_for_that_page_alone(tmp_path: Path) -> None:
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "kept.toml").write_text("# 7\nlow = 1\nhigh = [2.5, 1, 2, 3, 4] # 8\n", "utf-8")
    (tmp_path / "other.txt").write_text("9", "utf-8")
    load = (
        "import tomllib\nfrom pathlib import Path\n"
        "kept = tomllib.loads(Path('_data/kept.toml').read_text())\nother = Path('other.txt').read_text()"
    )
    pages = Program("page", (Cell(load, 1), Expression("kept['high']", 5))), Program("apart", (Cell("1 + 1", 1),))
    book = Book(tmp_path, Lesson.of(), {page.page: page for page in pages})
    mutants = [mutant for mutant in mutants_of(book) if mutant.kind == "data"]
    assert [mutant.name for mutant in mutants] == [
        "_data/kept.toml:2: 1 → 2 in low",
        "_data/kept.toml:3: 2.5 → 0.9375 in high",
        "_data/kept.toml:3: 4 → 5 in high",
    ]
    accounts = [account(book, mutant, originals(book)) for mutant in mutants]
    assert [one.moved for one in accounts] == [0, 1, 1]
    assert [len(one.verdicts) for one in accounts] == [1, 1, 1]
    assert (tmp_path / "_data" / "kept.toml").read_text("utf-8").startswith("# 7\nlow = 1\n")


# Builds ---------------------------------------------------------------------------------------------------------------


def test_a_mutants_cells_and_expressions_are_put_into_the_pages_source() -> None:
    old = Program("page", (Cell("z = x @ W1 + b1\nz", 2), Expression("x @ W1 + b1", 5)))
    new = replace(old, steps=(Cell("z = x @ W1\nz", 2), Expression("x @ W1", 5)))
    page = "```{code-cell}\nz = x @ W1 + b1\nz\n```\nIt is {n}`x @ W1 + b1`."
    assert rewritten(page, old, new) == "```{code-cell}\nz = x @ W1\nz\n```\nIt is {n}`x @ W1`."


def test_a_build_that_differs_from_the_reading_is_found() -> None:
    book = book_of(Expression("b1[0]", 5))
    mutant = found(book, "b1[0]: 0.1 → 0.47")
    one, exact = account(book, mutant, originals(book)), exact_reading(book, mutant)

    def built(text: str, *stops: tuple[str, int]) -> Built:
        return Built({"page": Ledger("page", (Entry(5, "number", "b1[0]", text),))}, frozenset(stops), "", 0, 0)

    assert agree(mutant, one, built("0.47"), exact) == []
    assert agree(mutant, one, built("0.1"), exact) == [
        "b1[0]: 0.1 → 0.47: page.md: a build says '0.1', and reading it '0.47'"
    ]
    assert agree(mutant, one, built("0.47", ("page", 5)), exact) == [
        "b1[0]: 0.1 → 0.47: page.md: a build fails in lines [5], and reading it in lines []"
    ]


def test_a_sample_has_every_kind_and_none_whose_script_does_not_run() -> None:
    mutants = mutants_of(book_of(Cell("few = 5 - 1", 5)))
    chosen = [mutants[i] for i in sample_of(mutants, 14)]
    assert {mutant.kind for mutant in chosen} == {mutant.kind for mutant in mutants}
    assert len(chosen) == 14
    assert "transposed weights" not in [mutants[i].name for i in sample_of(mutants, len(mutants))]
    assert sample_of(mutants, 0) == []


def test_an_account_sums_up_its_pages() -> None:
    empty = Account((), 0.0, 0.0)
    assert (empty.moved, empty.faults, empty.stops) == (0, (), ())
    assert Read("page", (), 0).entries(3) == ()


def test_what_cannot_be_mutated_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>not a report</p>", "utf-8")
    for asked, said in (
        ([str(tmp_path)], f"{tmp_path} is no book"),
        ([str(tmp_path), "--report", str(tmp_path)], f"cannot write {str(tmp_path)!r}: that is a folder"),
        ([str(tmp_path), "--report", str(page / "x" / "y")], f"{str(page)!r} is no folder"),
        ([str(tmp_path), "--report", str(page)], f"{page} is there, and no report: it is left as it is"),
        ([str(tmp_path), "--reasons", str(tmp_path / "gone")], f"there is no file {tmp_path / 'gone'}"),
    ):
        assert main(asked) == 1
        assert f"{said}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (["-j", "0"], 2, "argument --jobs/-j: a whole number of 1 at least, and got '0'"),
        (["--sample", "-1"], 2, "argument --sample: a whole number of 0 at least, and got '-1'"),
        (["--help"], 0, "usage: "),
    ],
)
def test_the_command_explains_itself(
    asked: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(asked)
    assert end.value.code == status
    assert said in "".join(capsys.readouterr())


def test_without_sphinx_no_book_is_mutated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conf.py").touch()
    monkeypatch.setitem(sys.modules, "sphinx", None)
    assert main([str(tmp_path)]) == 1
    assert "this needs sphinx, which cannot be imported" in capsys.readouterr().err
