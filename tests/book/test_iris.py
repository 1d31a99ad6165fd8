"""The chapter that was converted: what it says of its own numbers and claims is so, in each of the ways it names."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fwdpass.errors import PageError
from fwdpass.page import Cell, Ledger, Program, SideBySide, certify
from fwdpass.page.level import Level
from fwdpass.testing import Built

pytestmark = pytest.mark.book

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXACTLY = ", parse_float=Fraction"


@pytest.fixture(scope="module")
def chapter(book: Built) -> tuple[Program, Ledger]:
    return book.readings()["iris"]


def levels(ledger: Ledger, kind: str) -> Counter[str]:
    return Counter(str(entry.level) for entry in ledger.entries if entry.kind == kind)


def read_as_floats(program: Program, folder: Path) -> tuple[Ledger, list[PageError]]:
    """Read the page as it was before its author asked for fractions, and as often as a stable page is read."""
    cells = [step.source for step in program.steps if isinstance(step, Cell)]
    assert any(EXACTLY in source for source in cells)
    plain = replace(
        program,
        steps=tuple(
            replace(step, source=step.source.replace(EXACTLY, "")) if isinstance(step, Cell) else step
            for step in program.steps
        ),
    )
    reading = SideBySide("iris", plain.cells, folder=folder, drawn=False, least=Level.STABLE, stable=True)
    faults: list[PageError] = []
    try:
        return reading.run(plain, faults.append), faults
    finally:
        reading.close()


def test_its_numbers_and_its_claims_are_exact(book: Built, chapter: tuple[Program, Ledger]) -> None:
    _, ledger = chapter
    assert ledger.level is Level.EXACT
    assert levels(ledger, "claim") == {"exact": 3}
    assert {entry.text for entry in ledger.entries if entry.kind == "claim"} == {"true"}
    assert levels(ledger, "number")["exact"] == levels(ledger, "number").total() >= 20
    assert "in exact fractions" in book.said("iris.html")


def test_read_as_floats_they_are_stable_and_show_the_same_digits(chapter: tuple[Program, Ledger]) -> None:
    program, exact = chapter
    ledger, faults = read_as_floats(program, DOCS)
    assert faults == []
    assert ledger.level is Level.STABLE
    assert levels(ledger, "number")["executed"] == levels(ledger, "claim")["executed"] == 0

    def said(of: Ledger) -> list[str]:
        return [entry.text for entry in of.entries if entry.kind in ("number", "claim")]

    assert said(ledger) == said(exact)


def test_a_width_that_makes_a_claim_false_ends_the_build_at_its_line(
    tmp_path: Path, chapter: tuple[Program, Ledger]
) -> None:
    program, ledger = chapter
    shutil.copytree(DOCS / "_data", tmp_path / "_data")
    file = tmp_path / "_data" / "iris.json"
    data = json.loads(file.read_text("utf-8"))
    data["versicolor-width"][0] = 0.2  # as narrow as a setosa
    file.write_text(json.dumps(data), "utf-8")
    changed, faults = certify(program, None, tmp_path)
    (fault,) = faults
    narrow = next(entry for entry in ledger.entries if entry.kind == "claim" and "width" in entry.source)
    assert fault.line == narrow.line
    assert fault.kind == "claim"
    texts = {entry.step: entry.text for entry in changed.entries if entry.kind == "number"}
    moved = [one for one in ledger.entries if one.kind == "number" and texts[one.step] != one.text]
    assert any("width" in one.source for one in moved)
    assert any("slope" in one.source for one in moved)
