"""Our own words in other languages: every message is translated, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from fwdpass.numerals.catalog import LOCALE, _, ngettext, speak

LANGUAGES = sorted(path.name for path in LOCALE.iterdir())


def messages() -> set[str | tuple[str, str]]:
    """The messages of the package, by its code: texts, and pairs of one and several."""
    found: set[str | tuple[str, str]] = set()
    for path in LOCALE.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if node.func.id in ("_", "noted") and len(said) == 1:
                    found.add(said[0])
                elif node.func.id in ("ngettext", "_counted") and len(said) == 2:
                    found.add((said[0], said[1]))
    return found


def catalog(language: str) -> Catalog:
    """The catalogue of a language, as it is written."""
    with (LOCALE / language / "LC_MESSAGES" / "fwdpass.po").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_and_nothing_else(language: str) -> None:
    translated = {message.id for message in catalog(language) if message.id and all(_texts(message.string))}
    assert translated == messages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_the_message(language: str) -> None:
    for message in catalog(language):
        if message.id:
            wanted = places(_texts(message.id)[-1])
            assert [places(said) for said in _texts(message.string)] == [wanted] * len(_texts(message.string))


def _texts(said: Any) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def places(said: str) -> list[str]:
    """What is to be put into a message."""
    return sorted(name for _text, name, *_rest in Formatter().parse(said) if name is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_is_what_is_written(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "fwdpass.mo").open("rb") as file:
        compiled = {_texts(message.id): _texts(message.string) for message in read_mo(file) if message.id}
    written = {_texts(message.id): _texts(message.string) for message in catalog(language) if message.id}
    assert compiled == written, "run: pybabel compile -D fwdpass -d src/fwdpass/locale"


def test_a_book_may_translate_otherwise(tmp_path: Path) -> None:
    for language, said in (("de", "Stimmt."), ("nl", "Goed.")):
        own = Catalog(locale=language)
        own.add("Right.", said)
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "fwdpass.mo").open("wb") as file:
            write_mo(file, own)
    try:
        speak("de", [str(tmp_path)])
        assert (_("Right."), _("No.")) == ("Stimmt.", "Nein.")
        speak("nl", [str(tmp_path)])
        assert (_("Right."), ngettext("{} number", "{} numbers", 2)) == ("Goed.", "{} numbers")
    finally:
        speak("en")
    assert _("Right.") == "Right."
