"""The words of this package in the language of the book, from its catalogue ``fwdpass`` of messages.

A book may bring a catalogue of its own, ``LANGUAGE/LC_MESSAGES/fwdpass.mo`` in one of its ``locale_dirs``: what it
translates goes before what the package does. What nobody has translated stays English.

>>> _("Right."), ngettext("{} number", "{} numbers", 2).format(2)
('Right.', '2 numbers')
>>> speak("de")
>>> _("Right."), ngettext("{} number", "{} numbers", 2).format(2), _("nobody's words")
('Richtig.', '2 Zahlen', "nobody's words")
>>> speak("en")
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

from fwdpass.numerals.digits import LANGUAGE

DOMAIN = "fwdpass"
LOCALE = Path(__file__).parents[1] / "locale"
FOLDERS: ContextVar[tuple[str, ...]] = ContextVar("FOLDERS", default=())
"""The folders of the book that may have a catalogue."""


def speak(language: str, folders: Iterable[str] = ()) -> None:
    """Write numbers and words in a language from now on; the folders are those of the book that may have catalogues."""
    if (language, tuple(folders)) != (LANGUAGE.get(), FOLDERS.get()):
        LANGUAGE.set(language)
        FOLDERS.set(tuple(folders))
        for name, module in list(sys.modules.items()):
            if name.startswith(f"{DOMAIN}."):
                for value in vars(module).values():
                    if hasattr(value, "cache_clear"):  # what was drawn in another language
                        value.cache_clear()


def _(message: str) -> str:
    """Give a message in the language of the book."""
    return _catalog(LANGUAGE.get(), FOLDERS.get()).gettext(message)


def ngettext(one: str, several: str, n: int) -> str:
    """Give a message about so many things in the language of the book."""
    return _catalog(LANGUAGE.get(), FOLDERS.get()).ngettext(one, several, n)


def noted(message: str) -> str:
    """Note a message that is translated later, where it is shown."""
    return message


@lru_cache(maxsize=16)
def _catalog(language: str, folders: Iterable[str]) -> NullTranslations:
    """Find the catalogues of a language, the book's before the package's."""
    found = NullTranslations()
    for folder in reversed((*folders, str(LOCALE))):
        one = translation(DOMAIN, folder, [language], fallback=True)
        one.add_fallback(found)
        found = one
    return found
