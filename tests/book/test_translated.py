"""A page in another language has its numbers, claims and questions: a catalogue is made, translated, and built with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fwdpass.testing import Built
from tests.book.conftest import build_book

pytestmark = pytest.mark.book

CONF = 'locale_dirs = ["locale"]\ngettext_compact = False\nfwdpass_level = "executed"\n'
PAGE = r"""
The largest sum is {n}`z1.max()`; there are {n}`len(z1):count sum`. As a formula, $z = \n{z1[1]}$.

{claim}``A single sum, {n}`z1.max()`, is positive :: (z1 > 0).sum() == 1``.

:::{quiz} z1[1]
Which sum of {n}`len(z1)` is asked for?

- {n}`z1[0]` :: Too early.
- [x] {n}`z1[1]` :: So it is.
- {n}`z1[2]` :: Too late.
:::

- A passage in a list
  goes on in a second line: {n}`b1[0]`.

```{image} there.svg
:alt: A picture of \n{z1[1]}
```

## What is left of {n}`len(z1)` sums

Words alone.
"""
GERMAN = {
    r"The largest sum is {n}`z1.max()`; there are {n}`len(z1):count sum`. As a formula, $z = \n{z1[1]}$.": (
        r"Von {n}`len(z1):count Summe/Summen` (in einer Formel $z = \n{z1[1]}$) ist {n}`z1.max()` die größte."
    ),
    "{claim}``A single sum, {n}`z1.max()`, is positive :: (z1 > 0).sum() == 1``.": (
        "{claim}``Eine einzige Summe bleibt, {n}`z1.max()` :: (z1 > 0).sum() == 1``."
    ),
    "Which sum of {n}`len(z1)` is asked for?": "Nach welcher von {n}`len(z1)` Summen wird gefragt?",
    "Too early.": "Zu früh.",
    "A passage in a list goes on in a second line: {n}`b1[0]`.": "Die Liste geht weiter: {n}`b1[0]`.",
    r"A picture of \n{z1[1]}": r"Ein Bild von \n{z1[1]}",
    "What is left of {n}`len(z1)` sums": "Was von {n}`len(z1)` Summen bleibt",
    "Words alone.": "Nur Wörter.",
}
SHOWN = (
    "Von 3 Summen (in einer Formel z=−0,1 ) ist 0,5 die größte.",
    "Eine einzige Summe bleibt, 0,5.",
    "Nach welcher von 3 Summen wird gefragt?",
    "Zu früh.",
    "Die Liste geht weiter: 0,1.",
    "Was von 3 Summen bleibt",
    "Nur Wörter.",
    "Verständnisfrage",
    "Nein. Zu früh.",
    "Richtig. So it is.",
    "Woher jede Zahl kommt",
    "Die Stufe dieser Seite ist „ausgeführt“.",
    "sowie 2 Aussagen entschieden: ausgeführt.",
    "Zeile im Quelltext",
)


def translate(made: Built, source: Path, said: Callable[[str], str]) -> None:
    """Make the German catalogue of a page of what its own has."""
    lines = (made.html / "page.pot").read_text("utf-8").splitlines()
    messages = [json.loads(line.removeprefix("msgid ")) for line in lines if line.startswith("msgid ")]
    entries = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"']
    entries += [
        f"msgid {json.dumps(message)}\nmsgstr {json.dumps(said(message), ensure_ascii=False)}"
        for message in messages
        if message
    ]
    into = source / "locale" / "de" / "LC_MESSAGES" / "page.po"
    into.parent.mkdir(parents=True)
    into.write_text("\n\n".join(entries) + "\n", "utf-8")


def in_german(folder: Path, page: str, said: Callable[[str], str]) -> Built:
    """Build a page in German, with a catalogue that is made of the page itself."""
    english, german = folder / "english", folder / "german"
    for book in (english, german):
        (book / "source").mkdir(parents=True)
        (book / "source" / "there.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    made = build_book(english, "-b", "gettext", conf=CONF, page=page)
    assert (made.status, made.messages) == (0, "")
    translate(made, german / "source", said)
    return build_book(german, "-D", "language=de", conf=CONF, page=page)


def test_numbers_claims_and_questions_are_executed_in_the_translation(tmp_path: Path) -> None:
    asked: list[str] = []

    def said(message: str) -> str:
        asked.append(message)
        return GERMAN.get(message, "")

    built = in_german(tmp_path, PAGE, said)
    assert (built.status, built.messages) == (0, "")
    assert not GERMAN.keys() - set(asked)
    page = built.pages()["page.html"]
    shown = " ".join(built.said("page.html").split())
    for sentence in SHOWN:
        assert sentence in shown, sentence
    assert 'alt="Ein Bild von −0,1"' in page
    assert "<mn>0,1</mn>" in page, "a number in a formula is whole"
    assert "So it is." in shown, "what has no translation stays"
    assert "largest" not in shown
    _, ledger = built.readings()["page"]
    expressions = [entry.source.partition(":")[0] for entry in ledger.entries]
    assert expressions[:3] == ["len(z1)", "z1[1]", "z1.max()"], "in the order of the translation"


def test_a_typed_number_and_a_mistake_of_the_translator_are_found_at_the_passage(tmp_path: Path) -> None:
    wrong = {
        "The sum is {n}`z1[1]`.": "Die Summe ist −0,1, nicht {n}`z9[1]`.",
        "There, in two lines.": "Da, 0,77.",
        "In a list.": "In der Liste, 0,66.",
        r"A picture of \n{z1[1]}": r"Ein Bild von 0,55 und \n{z1[1]}",
        "A heading": "Das ist 0,44",
    }
    page = """
The sum is {n}`z1[1]`.

There,
in two lines.

:::{note}
- A list.
- In a list.
:::

:::{image} there.svg
:alt: A picture of \\n{z1[1]}
:::

## A heading
"""
    built = in_german(tmp_path, page, lambda message: wrong.get(message, ""))
    assert built.status == 1
    lines = (tmp_path / "german" / "source" / "page.md").read_text("utf-8").splitlines()

    def said(line: str, message: str) -> str:
        return f"page.md:{lines.index(line) + 1}: WARNING: {message}"

    assert said("The sum is {n}`z1[1]`.", "z9[1]: NameError") in built.messages
    there = "is a typed number, in the"
    assert said("The sum is {n}`z1[1]`.", f"'−0,1' {there} text “Die Summe ist −0,1, nicht .”") in built.messages
    assert said("There,", f"'0,77' {there} text “Da, 0,77.”") in built.messages
    assert said("- In a list.", f"'0,66' {there} text “In der Liste, 0,66.”") in built.messages
    assert said(r":alt: A picture of \n{z1[1]}", f"'0,55' {there} attribute alt") in built.messages
    assert said("## A heading", f"'0,44' {there} text") in built.messages
