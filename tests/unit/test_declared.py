"""What an author declares as executed and no more: a cell, a number, and whatever reads what such a cell has made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fwdpass.errors import PageError
from fwdpass.page import Cell, Claim, Level, Program, SideBySide, parse_claim, parse_expression
from fwdpass.page.ledger import Entry, Ledger
from fwdpass.page.program import Step

WHY = "the clock of this computer"
SETUP = Cell(
    """
import numpy as np
from time import time_ns
seen, rates = [], np.array([0.1, 0.2])
class Kept: at = 1
def counting():
    at = [1]
    def count(): at[0] += 7; return at[0]
    return count
counter = counting()
state = [[counting()]]
""",
    1,
)
CLOCK = Cell("import json, time\nnow = time.time_ns()\nseen.append(now)\nKept.at = counter()", 4, executed=WHY)
"""What no two readings have alike: whole numbers, so that no float gives it away."""


def number(written: str, why: str = "") -> Step:
    """Ask for a number, as a page does."""
    return replace(parse_expression(written, 9), executed=why)


def held(*steps: Step, least: Level = Level.EXACT, stable: bool = False) -> tuple[Ledger, list[tuple[int, str]]]:
    """Read steps on a page that is held to a level; give the ledger, and what its foot gives as reasons."""
    program = Program("page", (SETUP, *steps))
    reading = SideBySide("page", program.cells, least=least, stable=stable, drawn=False)
    try:
        return reading.run(program), reading.why
    finally:
        reading.close()


def last(*steps: Step, least: Level = Level.EXACT) -> Entry:
    """Give what the last step said."""
    return held(*steps, least=least)[0].entries[-1]


def test_a_number_is_executed_where_its_author_gives_a_reason_and_the_rest_of_the_page_stays_exact() -> None:
    ledger, why = held(number("rates.sum()"), number("time_ns()", WHY), number("rates.sum()"))
    assert [(str(one.level), one.reason) for one in ledger.entries] == [("exact", ""), ("executed", WHY), ("exact", "")]
    assert ledger.level is Level.EXECUTED
    assert why == [(9, f"its author says that it is executed, and no more: {WHY}")]
    assert ledger.entries[1].as_json()["reason"] == WHY
    assert "reason" not in ledger.entries[0].as_json()
    assert Entry.from_json(ledger.entries[1].as_json()) == ledger.entries[1]


@pytest.mark.parametrize(
    ("steps", "asked"),
    [
        ((), "now"),
        ((), "seen[0]"),  # changed, and not made
        ((), "len(seen) + now"),
        ((Cell("later = now + 1", 6),), "later"),
        ((Cell("now += 1", 6),), "now"),
        ((Cell("def told():\n    return len(seen)", 6),), "told()"),
        ((Cell("def told():\n    return [now for _ in seen]\nfirst = lambda: told()[0]", 6),), "first()"),
        ((Cell("again = counter()", 6),), "again"),
        ((), "Kept.at"),
        ((Cell("class Clock:\n    @property\n    def at(self): return now\nclock = Clock()", 6),), "clock.at"),
    ],
)  # fmt: skip
def test_what_reads_what_a_declared_cell_has_made_is_executed_too(steps: tuple[Step, ...], asked: str) -> None:
    assert (last(CLOCK, *steps, number(asked)).level, last(CLOCK, *steps, number(asked)).reason) == (
        Level.EXECUTED, WHY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "asked"),
    [
        ((), "rates.sum()"),
        ((Cell("now = 0.5", 6),), "now"),  # another value by the same name
        ((Cell("told = json.loads('0.5') * rates", 6),), "rates[1]"),
        ((Cell("def told(now): return now", 6),), "rates[0]"),
    ],
)
def test_what_reads_nothing_of_it_is_as_exact_as_ever(steps: tuple[Step, ...], asked: str) -> None:
    assert (last(CLOCK, *steps, number(asked)).level, last(CLOCK, *steps, number(asked)).reason) == (Level.EXACT, "")


def test_without_a_reason_the_same_page_is_refused() -> None:
    with pytest.raises(PageError):
        held(SETUP, Cell("from time import time\nnow = time()", 4), number("now"))
    with pytest.raises(PageError):
        held(Cell("from math import sqrt\nside = sqrt(0.5)", 4), number("side:.3f"))
    assert last(Cell("from math import sqrt\nside = sqrt(0.5)", 4, executed=WHY), number("side:.3f")).text == "0.707"


def test_what_it_has_changed_without_a_name_is_refused_where_the_readings_differ() -> None:
    deep = Cell("def count(): return max(int(f()) for f in state[0])\ndef change(): return count()", 3)
    change = Cell("first = change()", 4, executed=WHY)
    assert held(deep, number("rates.sum()"), change, number("rates.sum()"))[0].entries[-1].level is Level.EXACT
    with pytest.raises(PageError, match="has changed it"):
        held(deep, change, Cell("last = count()", 6), number("last"))


def test_claims_and_cells_about_it_are_executed_and_a_false_one_is_refused_all_the_same() -> None:
    claim = parse_claim("now > 1", 9)
    assert last(CLOCK, claim).level is Level.EXECUTED
    assert [str(one.level) for one in held(CLOCK, Cell("print(now > 1)", 6))[0].entries] == ["executed"]
    with pytest.raises(PageError, match="now < 1"):
        last(CLOCK, Claim("now < 1", 9))
    with pytest.raises(PageError, match="divi"):
        last(CLOCK, Cell("now / 0", 6))


def test_a_page_that_has_to_be_stable_takes_them_and_still_refuses_what_rounding_decides() -> None:
    noise = Cell("from math import pi\nnoise = pi * 1e16 - (pi * 1e16 - 0.1)", 6)
    ledger, _ = held(CLOCK, number("now"), number("rates[0]"), least=Level.STABLE, stable=True)
    assert [str(one.level) for one in ledger.entries] == ["executed", "exact"]
    with pytest.raises(PageError):
        held(CLOCK, noise, number("noise:.3f"), least=Level.STABLE, stable=True)
    declared, _ = held(noise, number("noise:.3f", WHY), least=Level.STABLE, stable=True)
    assert (declared.entries[-1].level, declared.entries[-1].reason) == (Level.EXECUTED, WHY)
