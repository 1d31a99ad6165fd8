"""Whoever changes a digit of the finished pages is found out: each is held against what was executed."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator

import pytest

from fwdpass.audit import load
from fwdpass.audit.page import Finding, PageAudit
from fwdpass.audit.titles import Titles, titles_of
from fwdpass.audit.tree import parse
from fwdpass.testing import Built

pytestmark = pytest.mark.book

TAMPERED = int(os.environ.get("FWDPASS_TAMPERED", "24"))
"""How many digits are changed: a few in each run of the tests, a thousand by ``nox -s mutation``."""

_TEXT = re.compile(r">([^<]+)<")
_IDENTIFIER = re.compile(r"&#?\w+;|[^\W\d]\w*|\.\d+[fe%]")


class Site:
    """The book as it was built, read once, of which one page at a time is read again."""

    def __init__(self, built: Built) -> None:
        self.pages = {name: (built.html / f"{name}.html").read_text("utf-8") for name in load(built.html)}
        self._facts = load(built.html)
        trees = {name: parse(page) for name, page in self.pages.items()}
        self._titles = Titles(title for page in trees.values() for title in titles_of(page))
        self._numbers = {
            f"{name}.html{anchor}": number for name, of in self._facts.items() for anchor, number in of.numbers.items()
        }

    def findings(self, name: str, html: str) -> list[Finding]:
        """Audit a page that says something else than when it was built."""
        own = {anchor or "#": number for anchor, number in self._facts[name].numbers.items()}
        return PageAudit(self._facts[name], self._titles, {**self._numbers, **own}).run(parse(html))


def digits(html: str) -> Iterator[int]:
    """Give the places of the digits in the texts of an article, but for those of identifiers and formats in code."""
    start, end = html.index("<article"), html.rindex("</article>")
    for text in _TEXT.finditer(html, start, end):
        names: set[int] = set()
        if _in_code(html, start, text.start(1)):
            names = {at for match in _IDENTIFIER.finditer(html, *text.span(1)) for at in range(*match.span())}
        yield from (at for at in range(*text.span(1)) if html[at].isdigit() and at not in names)


def _in_code(html: str, start: int, at: int) -> bool:
    """Say whether a place is in an element of code: the last tag of one before it opens it."""
    before = max(html.rfind("<code", start, at), html.rfind("<pre", start, at))
    after = max(html.rfind("</code", start, at), html.rfind("</pre", start, at))
    return before > after


@pytest.fixture(scope="module")
def site(book: Built) -> Site:
    return Site(book)


def test_the_pages_as_they_are_have_nothing_to_hide(site: Site) -> None:
    assert {name: found for name, page in site.pages.items() if (found := site.findings(name, page))} == {}


def test_a_digit_that_is_changed_is_found(site: Site) -> None:
    draw = random.Random(7)  # noqa: S311 - the same sample each time
    places = [(name, at) for name, page in sorted(site.pages.items()) for at in digits(page)]
    assert len(places) > 10_000
    overlooked = []
    for name, at in draw.sample(places, TAMPERED):
        page = site.pages[name]
        other = draw.choice([digit for digit in "0123456789" if digit != page[at]])
        if not site.findings(name, f"{page[:at]}{other}{page[at + 1 :]}"):
            overlooked.append(f"{name}: {page[at - 60 : at]}[{page[at]} → {other}]{page[at + 1 : at + 20]}")
    assert overlooked == []
