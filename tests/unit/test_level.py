"""Levels of a certificate: their order, an author's words for them, and where the ledger says them."""

from __future__ import annotations

import json

import pytest

from fwdpass.audit.facts import Facts
from fwdpass.errors import ExpressionError
from fwdpass.page import Entry, Ledger, Level


def test_levels_are_in_order_and_have_an_authors_words() -> None:
    assert sorted(Level) == [Level.EXECUTED, Level.STABLE, Level.EXACT]
    assert [Level.of(str(level)) for level in Level] == list(Level)
    with pytest.raises(ExpressionError, match="'sure' is no level of a certificate: there are exact, stable, executed"):
        Level.of("sure")


def test_a_page_has_the_least_level_of_its_entries_and_the_ledger_says_both() -> None:
    entries = Entry(1, "number", "a", "1", level=Level.STABLE), Entry(2, "number", "b", "2")
    assert Ledger("page", ()).level is Level.EXACT
    assert Ledger("page", entries).level is Level.STABLE
    facts = Facts(ledger=Ledger("page", entries))
    said = json.loads(json.dumps(facts.as_json()))
    assert said["level"] == "stable"
    assert [entry["level"] for entry in said["entries"]] == ["stable", "exact"]
    assert Facts.from_json("page", said).ledger == facts.ledger
