"""Whatever the predicates are worth, exactly one case is told, in every order of them; a walk takes its steps alone."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Case, Cell, Choice, Expression, Program, SideBySide, certify, read
from fwdpass.page.program import Step, walk
from fwdpass.page.verdict import decide

truths = st.lists(st.booleans(), min_size=1, max_size=5)


def choice_of(n: int, otherwise: bool, optional: bool = False) -> Choice:
    """A choice of so many cases, with predicates p0, p1, …"""
    cases = [Case(f"p{i}", i) for i in range(n)]
    return Choice((*cases, *([Case("", n)] if otherwise else [])), 0, optional)


@given(truths, st.booleans(), st.booleans())
def test_one_case_is_told_or_the_build_says_why(truths: list[bool], otherwise: bool, optional: bool) -> None:
    choice = choice_of(len(truths), otherwise, optional)
    told = decide(choice, [str(truth).lower() for truth in truths])
    if sum(truths) == 1:
        assert told == truths.index(True)
    elif sum(truths) > 1:
        assert isinstance(told, str)
        assert all((f"p{i}" in told) == truth for i, truth in enumerate(truths))
    elif otherwise:
        assert told == len(truths)
    else:
        assert told is None if optional else isinstance(told, str)


@given(truths.filter(lambda truths: sum(truths) <= 1), st.data())
def test_the_order_of_the_cases_says_nothing(truths: list[bool], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(truths))))
    choice = choice_of(len(truths), otherwise=True)
    moved = Choice((*(choice.cases[i] for i in order), choice.cases[-1]), 0)
    told = decide(choice, [str(truth).lower() for truth in truths])
    again = decide(moved, [str(truths[i]).lower() for i in order])
    assert isinstance(told, int)
    assert isinstance(again, int)
    assert choice.cases[told] == moved.cases[again]


@given(truths.filter(lambda truths: sum(truths) <= 1))
def test_what_the_ledger_says_of_the_case_is_true(truths: list[bool]) -> None:
    choice = choice_of(len(truths), otherwise=True)
    told = decide(choice, [str(truth).lower() for truth in truths])
    assert isinstance(told, int)
    names = {f"p{i}": truth for i, truth in enumerate(truths)}
    assert [eval(choice.source_of(case), names) for case in range(len(choice.cases))].count(True) == 1
    assert eval(choice.source_of(told), names) is True


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> list[Step]:
    """Steps of a page, with choices within choices; a number's source is its own name."""
    steps: list[Step] = []
    for _ in range(draw(st.integers(0, 3))):
        if depth and draw(st.booleans()):
            parts = draw(st.lists(blocks(depth - 1), min_size=1, max_size=3))
            at = draw(st.integers(0, len(parts) - 1))
            cases = [Case("yes" if i == at else "no", i, steps=len(part)) for i, part in enumerate(parts)]
            steps += [Choice(tuple(cases), 0), *(step for part in parts for step in part)]
        else:
            steps.append(Expression("seen", 0))
    return steps


@given(blocks())
def test_a_reading_takes_what_is_told_and_counts_what_it_passes_over(steps: list[Step]) -> None:
    program = Program("page", (Cell("yes, no, seen = True, False, 1", 1), *steps))
    ledger, faults = certify(program)
    assert faults == []
    taken = set(told_steps(program))
    assert {entry.step for entry in ledger.entries} == {step for step in taken if step}
    for arithmetic in Arithmetic:
        assert read(program, arithmetic=arithmetic) == ledger
    side = SideBySide("page", program.cells, drawn=False)
    walk(program, side)
    side.close()
    assert side.step == len(program.steps) - 1


def told_steps(program: Program) -> list[int]:
    """The places of the steps that a reading takes, found from the program alone."""
    taken: list[int] = []

    def through(at: int, end: int) -> None:
        while at < end:
            taken.append(at)
            step, at = program.steps[at], at + 1
            if isinstance(step, Choice):
                starts = list(accumulate((case.steps for case in step.cases), initial=at))
                told = next(i for i, case in enumerate(step.cases) if case.source == "yes")
                through(starts[told], starts[told + 1])
                at = starts[-1]

    through(0, len(program.steps))
    return taken
