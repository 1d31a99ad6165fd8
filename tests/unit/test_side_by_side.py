"""A page read in floating point and exactly at the same time: it says what is exact, and each arithmetic is alone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwdpass as fp
from fwdpass.errors import PageError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import (
    Case,
    Cell,
    Choice,
    Claim,
    Expression,
    Ledger,
    Level,
    Option,
    Program,
    Question,
    SideBySide,
    Told,
    certify,
    parse_claim,
    parse_expression,
    read,
)  # fmt: skip
from fwdpass.page.program import Step
from fwdpass.page.verdict import values
from fwdpass.page.words import words

NUMPY = Cell("import numpy as np\nimport fwdpass as fp", 1)
TIE = Cell("sums = np.array([0.3, 0.1 + 0.2, 0.2 + 0.1])", 2)
"""Three sums that are the same, of which floating point finds the second larger than the first."""


def texts(*steps: Step) -> list[str]:
    ledger, faults = certify(Program("page", (NUMPY, *steps)))
    assert faults == []
    return [entry.text for entry in ledger.entries]


def test_where_rounding_would_choose_the_page_says_what_is_exact() -> None:
    where = Expression("sums.argmax()", 3)
    assert read(Program("page", (NUMPY, TIE, where))).entries[-1].text == "1"
    assert texts(TIE, where) == ["0"]
    assert texts(TIE, Cell("print(sums.argmax())\nsums.argmax()", 3)) == ["0\n", "0"]


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_settled_numbers_choose_in_floating_point_what_is_exact(arithmetic: Arithmetic) -> None:
    chosen = Expression("fp.settled(sums).argmax()", 3), Expression("(fp.settled(sums) == sums.max()).all()", 4)
    ledger = read(Program("page", (NUMPY, TIE, chosen[0])), arithmetic=arithmetic)
    assert ledger.entries[-1].text == "0"


decimals = st.decimals(-2, 2, places=2, allow_nan=False).map(str)
rows = st.lists(st.lists(decimals, min_size=1, max_size=5), min_size=2, max_size=5)


@given(rows)
def test_settled_sums_choose_as_fractions_do(rows: list[list[str]]) -> None:
    rounded = [sum(map(float, row)) for row in rows]
    exact = [sum(map(Decimal, row), Decimal(0)) for row in rows]
    assert fp.settled(rounded).argmax() == exact.index(max(exact))
    assert np.argsort(fp.settled(rounded), kind="stable").tolist() == sorted(range(len(exact)), key=exact.__getitem__)
    assert (fp.settled(rounded) > 0).sum() == sum(value > 0 for value in exact)


@settings(deadline=None, max_examples=30)
@given(rows)
def test_a_page_says_the_same_in_every_order_of_its_sums(rows: list[list[str]]) -> None:
    def page(rows: list[list[str]]) -> Program:
        sums = ", ".join(" + ".join(f"({term})" for term in row) for row in rows)
        cases = Case("sums[0] > sums[1]", 3), Case("sums[0] < sums[1]", 3), Case("sums[0] == sums[1]", 3)
        steps = (
            Cell(f"sums = np.array([{sums}]) * 1.0", 2), Choice(cases, 3), Expression("sums.argmax()", 4),
            Expression("(sums == sums.max()).sum()", 5), Cell("fp.states(sums, np.eye(len(sums)) * 1.0, 0 * sums)", 6),
        )  # fmt: skip
        return Program("page", (NUMPY, *steps))

    def said(program: Program) -> list[tuple[str, str]]:
        ledger, faults = certify(program)
        assert faults == []
        return [(entry.kind, entry.text) for entry in ledger.entries]

    assert said(page(rows)) == said(page([row[::-1] for row in rows]))


def test_random_numbers_are_each_readings_own_and_the_process_has_its_own_back() -> None:
    cells = Cell("import random\na = np.random.rand(), random.random()\na[0]", 2), Cell("np.random.rand(), a[1]", 3)

    def state() -> tuple[str, object]:
        return str(np.random.get_state()), random.getstate()  # noqa: NPY002 - the one that pages share

    before = state()
    side = SideBySide("page", [cell.source for cell in cells], drawn=False)
    said = side.run(Program("page", (NUMPY, *cells)))
    side.close()
    assert [entry.text for entry in said.entries] == [entry.text for entry in side.rounded.entries]
    alone = read(Program("page", (NUMPY, *cells)))
    assert [entry.text for entry in said.entries] == [entry.text for entry in alone.entries]
    assert state() == before


LATE = """
import sys
from fwdpass.page.program import Cell, Expression, Program
from fwdpass.page.sidebyside import SideBySide

def texts(*steps):
    side = SideBySide("page", [step.source for step in steps if isinstance(step, Cell)], drawn=False)
    said = side.run(Program("page", (Cell("import numpy as np", 1), *steps)))
    side.close()
    assert [one.text for one in said.entries] == [one.text for one in side.rounded.entries]
    return [one.text for one in said.entries]

assert texts(Cell("a = 2 * np.arange(3)", 2), Expression("a.sum()", 3)) == ["6"]
assert "numpy.random" not in sys.modules
drawn = [texts(Cell(cell, 2)) for cell in ("np.random.rand()", "from numpy.random import rand; rand()")]
import numpy as np
unseeded = np.random.get_state()[1].tolist()
np.random.seed(0)
assert unseeded != np.random.get_state()[1].tolist()
assert drawn == [[format(np.random.rand(), ".4f")]] * 2, drawn
"""
"""In a process of its own, where nobody has imported NumPy's random numbers."""


def test_random_numbers_of_numpy_are_imported_by_the_page_that_wants_them_and_seeded_then() -> None:
    subprocess.run([sys.executable, "-c", LATE], check=True)


LEFT = {
    "root = math.sqrt(v[0]) * v[1]\nother = root + v[0]": (
        "other",
        "line 3 did it, root = math.sqrt(v[0]) * v[1], by math.sqrt(v[0])",
    ),
    "other = [math.sqrt(one) for one in v]": ("other[0]", "line 3 did it, other = [math.sqrt(one) for one in v]"),
    "total = float(v[0])\nfor one in v:\n    total += one": ("total", "line 3 did it, total = float(v[0])"),
    "": ("v[0] * math.sqrt(v[1])", "math.sqrt(v[1]) leaves exact arithmetic"),
}


@pytest.mark.parametrize("cell", LEFT)
def test_what_left_exact_arithmetic_is_named_by_its_line_and_its_expression(cell: str) -> None:
    asked, said = LEFT[cell]
    first = Cell(f"import math; v = [0.25, 0.5]\n{cell}", 2)
    _, faults = certify(Program("page", (first, Expression(asked, 9), Expression(f"{asked} + v[0]", 10))))
    assert [said in str(fault) for fault in faults] == [True, True]
    assert len({fault.cause for fault in faults}) == 1, "one mistake"


REFUSED: dict[str, tuple[Callable[[], tuple[Step, ...]], str, str]] = {
    "a float where fractions were asked for": (
        lambda: (Cell("import math\nroot = math.sqrt(0.25)", 2), Expression("root", 3)),
        "exact", "a step before it left exact arithmetic",
    ),
    "the name of a type": (
        lambda: (Cell("half = 0.5", 2), Expression("type(half).__name__", 3)),
        "exact", "it tells which arithmetic it was computed in",
    ),
    "a fraction that is printed": (lambda: (Cell("print(0.5)", 2),), "exact", "it is 0.5 in floating point and 1/2"),
    "what fractions cannot do": (
        lambda: (Cell("np.round(np.array([0.5]))", 2),), "exact", "read with exact fractions, the cell raised",
    ),
    "a claim that is false exactly": (
        lambda: (TIE, Claim("sums[1] > sums[0]", 3, "It is larger.")),
        "claim", "the claim is false, where sums = [0.3, 0.3, 0.3]; it stands behind “It is larger.”",
    ),
    "no case": (
        lambda: (TIE, Choice((Case("sums[1] > sums[0]", 3), Case("sums[1] < sums[0]", 3)), 3)),
        "claim", "none of the cases holds, sums[1] > sums[0] nor sums[1] < sums[0], and exactly one has to, where su",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_build_refuses_is_a_fault_with_its_kind(name: str) -> None:
    steps, kind, said = REFUSED[name]
    _, (fault,) = certify(Program("page", (NUMPY, *steps())))
    assert (fault.kind, said in str(fault)) == (kind, True), str(fault)
    side = SideBySide("page", drawn=False)
    with pytest.raises(PageError) as raised:
        side.run(Program("page", (NUMPY, *steps())))
    side.close()
    assert str(raised.value) == str(fault)


def test_after_a_step_that_fails_both_readings_are_at_the_same_step() -> None:
    steps = Expression("nobody", 2), Cell("1 / 0", 3), Expression("nobody", 4), Cell("a = 1", 5), Expression("a", 6)
    ledger, faults = certify(Program("page", (NUMPY, *steps)))
    assert [fault.line for fault in faults] == [2, 3, 4]
    assert [(entry.step, entry.text) for entry in ledger.entries] == [(5, "1")]


def test_floating_point_alone_can_tell_what_another_reading_has_told() -> None:
    choice = Choice((Case("sums[0] == sums[1]", 3, steps=1), Case("sums[0] > sums[1]", 4)), 3)
    program = Program("page", (NUMPY, TIE, choice, Expression("len(sums)", 3)))
    with pytest.raises(PageError, match="none of the cases holds"):
        read(program)
    ledger, faults = certify(program)
    assert faults == []
    assert read(program, told=ledger.told) == ledger


def test_names_are_shown_as_far_as_they_can_be() -> None:
    names = {"h": np.array([0.5, 0]), "k": 1, "fp": fp, "f": len, "states": fp.states([1, 1], np.eye(2), [0, 0])}
    assert values(["fp.agree(h, f(h))", "h.max() > k"], names) == ", where h = [0.5, 0.0] and k = 1"
    assert values(["states.alive == ()"], names) == ", where states.alive = (0, 1)"
    assert values(["all(v > 0 for v in nobody)"], names) == ""


def test_the_words_that_are_told_have_their_numbers() -> None:
    said = "{n}`k` of \\n{ len(h) : word }, and $\\n{h}$"
    choice = Choice((Case("k == 1", 3, said, 3), Case("k == 2", 4, "two", 0)), 3)
    steps = Expression("k", 3), Expression("len(h)", 3, "word"), Expression("h", 3, "", "latex")
    program = Program("page", (Cell("k, h = 1, [1, 2]", 1), choice, *steps))
    ledger, faults = certify(program)
    assert faults == []
    assert words(program, ledger.told[0], ledger).startswith("1 of two, and $\\begin{bmatrix}")
    assert words(program, Told(1, 3, None), ledger) == ""
    assert program.taken(Ledger("page", ()).told) == program.steps[:2]


def test_a_question_is_put_for_the_first_that_it_can_be_and_its_name_is_its_own() -> None:
    options = [Option(Expression(f"v {sign} 1", 3), right=sign == "+") for sign in "+-*"]
    question = Question("1 + v", 2, tuple(options), each="v in [0, 1, 2, 3]")
    program = Program("page", (Cell("v, w = 'mine', 7", 1), question, Expression("v", 4)))
    ledger, faults = certify(program)
    assert faults == []
    assert [(one.case, one.parts, one.right) for one in ledger.told] == [(0, (0, 1, 2, 3), 1)]
    assert [entry.text for entry in ledger.entries] == ["true", "mine"]
    new = Program("page", (Cell("w = 7", 1), question, Expression("v", 4)))
    _, (fault,) = certify(new)
    assert "name 'v' is not defined" in str(fault)


ROUNDED = "import numpy as np\nv = np.array(list(map(float, '0.1 0.2 0.3'.split())))\nscaled = np.linalg.norm(v)"


def test_what_rounding_decides_is_refused_below_what_can_be_read_exactly() -> None:
    steps = (
        Cell(ROUNDED, 1),
        parse_expression("scaled:.3f", 5),
        parse_expression("(scaled - scaled * v[2] / v[2] + v[0] - v[2] + v[1]):.18f", 6),
        parse_claim("v[0] + v[1] > v[2]", 7),
        parse_claim("v[0] < v[1]", 8),
        Choice((Case("v[0] + v[1] > v[2]", 9), Case("", 9)), 9),
    )
    reading = SideBySide("page", [ROUNDED], drawn=False, least=Level.STABLE, stable=True)
    faults: list[PageError] = []
    try:
        ledger = reading.run(Program("page", steps), faults.append)
    finally:
        reading.close()
    assert [fault.line for fault in faults] == [6, 7, 9]
    assert {fault.kind for fault in faults} == {"stable"}
    assert [str(entry.level) for entry in ledger.entries if entry.line in (5, 8)] == ["stable", "stable"]


def test_a_page_that_has_to_be_stable_shows_no_digit_in_a_cell_that_is_not() -> None:
    reading = SideBySide("page", [ROUNDED], least=Level.STABLE, stable=True)
    try:
        reading.cell(Cell(ROUNDED, 1))
        reading.cell(Cell("f'{scaled:.6f}'", 5))
        with pytest.raises(PageError, match="shows digits that depend on how results are rounded"):
            reading.cell(Cell("repr(float(scaled))", 6))
    finally:
        reading.close()


def test_a_reading_that_fails_leaves_what_was_executed() -> None:
    cell = "import numpy as np, os\nx = np.linalg.norm([1.5, 2.5])\nassert os.environ.get('PYTHONHASHSEED') == before"
    reading = SideBySide("page", [cell], least=Level.EXECUTED, stable=True)
    try:
        reading.cell(Cell(f"before = {os.environ.get('PYTHONHASHSEED')!r}", 1))
        reading.cell(Cell(cell, 2))
        assert reading.number(parse_expression("x:.3f", 6)) == "2.915"
        assert str(reading.ledger.level) == "executed"
        assert any("read again, rounding otherwise" in said for _, said in reading.why)
    finally:
        reading.close()


def test_a_text_that_may_have_been_made_of_floats_is_not_exact() -> None:
    source = "from math import sqrt\ns = sqrt(2)\nshown = f'{s:.3f}'\nhalf = f'{0.5}'"
    reading = SideBySide("page", [source], least=Level.EXECUTED)
    try:
        reading.cell(Cell(source, 1))
        assert reading.number(parse_expression("shown", 5)) == "1.414"
        assert str(reading.ledger.level) == "executed"
        assert any("shown is a text, and the page has s" in said for _, said in reading.why)
    finally:
        reading.close()


def test_a_page_that_is_executed_and_no_more_runs_once_and_says_whose_word_it_was(tmp_path: Path) -> None:
    noted = tmp_path / "runs"
    source = f"with open({str(noted)!r}, 'a') as file:\n    file.write('run ')\nhalf = 0.5"
    reading = SideBySide("page", [source], least=Level.EXECUTED, alone=True)
    try:
        reading.cell(Cell(source, 1))
        assert reading.number(parse_expression("half", 5)) == "0.5"
        reading.claim(parse_claim("half < 1", 6))
        assert [str(entry.level) for entry in reading.ledger.entries] == ["executed", "executed"]
        assert reading.why == [(1, "the author of the page asks for no more than that it is executed")]
    finally:
        reading.close()
    assert noted.read_text("utf-8") == "run "


MAP = "x = 0.3\nfor _ in range({rounds}):\n    x = 2.9 * x * (1 - x)"
"""Each round doubles the digits of the fraction."""


def test_fractions_that_take_too_long_are_given_up_where_the_page_may_do_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fwdpass.page.sidebyside.PATIENCE", 0.2)
    for rounds, level in ((4, "exact"), (400, "executed")):
        source = MAP.format(rounds=rounds)
        reading = SideBySide("page", [source], least=Level.EXECUTED)
        try:
            reading.cell(Cell(source, 1))
            reading.number(parse_expression("x:.3f", 5))
            assert str(reading.ledger.level) == level
            assert any("computed for more than 0.2 seconds" in said for _, said in reading.why) is (level == "executed")
        finally:
            reading.close()


def test_fractions_that_grow_beyond_all_use_are_given_up_long_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A harmonic sum has long fractions, too, of which each is little longer than the one before."""
    monkeypatch.setattr("fwdpass.page.sidebyside.PATIENCE", 600.0)
    harmonic = "x = 0.0\nfor k in range(1, 4000):\n    x += 1.0 / k"
    arrays = "import numpy as np\nx = np.array([0.3, 0.4])\nfor _ in range(400):\n    x = 2.9 * x * (1 - x)\nx = x[0]"
    inside = "def far(x):\n    for _ in range(400):\n        x = 2.9 * x * (1 - x)\n    return x\nx = far(0.3)"
    for source, level in (
        (harmonic, "exact"),
        (MAP.format(rounds=400), "executed"),
        (arrays, "executed"),
        (inside, "executed"),
    ):
        reading = SideBySide("page", [source], least=Level.EXECUTED)
        try:
            reading.cell(Cell(source, 1))
            reading.number(parse_expression("x:.3f", 5))
            assert str(reading.ledger.level) == level, source
            assert any("makes a fraction of more than 39,456 digits" in said for _, said in reading.why) is (
                level == "executed"
            )
        finally:
            reading.close()


def test_however_long_a_cell_waits_it_is_read_in_fractions(monkeypatch: pytest.MonkeyPatch) -> None:
    """So does a cell that other programs keep from a processor: a page is as exact on a busy computer."""
    monkeypatch.setattr("fwdpass.page.sidebyside.PATIENCE", 0.2)
    source = "import time\ntime.sleep(1)\nx = 0.3"
    reading = SideBySide("page", [source], least=Level.EXECUTED)
    try:
        reading.cell(Cell(source, 1))
        reading.number(parse_expression("x", 5))
        assert (str(reading.ledger.level), reading.why) == ("exact", [])
    finally:
        reading.close()


def test_an_import_that_was_interrupted_does_not_end_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    half = ModuleType("pandas._config.config")
    half._global_config = {}  # type: ignore[attr-defined]
    reading = SideBySide("page", [], least=Level.EXECUTED)
    monkeypatch.setitem(sys.modules, half.__name__, half)
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    reading.close()
    assert half._global_config == {}
