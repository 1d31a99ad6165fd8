"""The one escape: a number that was typed for a reason is counted, capped, and listed for everybody."""

from __future__ import annotations

import pytest

from tests.book.conftest import BuildPages

pytestmark = pytest.mark.book

TYPED = "A paper of {typed}`1986 | the year in which it was published`.\n"
LIST = "---\nmyst: {}\n---\n# Exceptions\n\n```{typed-numbers}\n```\n"


def test_with_a_reason_and_within_the_cap_it_is_listed(build_pages: BuildPages) -> None:
    built = build_pages(conf="fwdpass_exceptions = 1\n", page=TYPED, typed=LIST)
    assert built.status == 0, built.messages
    listed = built.pages()["typed.html"]
    assert "<td>the year in which it was published</td>" in listed
    assert "<td>page.md, line " in listed


def test_the_list_follows_a_page_that_changes(build_pages: BuildPages) -> None:
    conf = "fwdpass_exceptions = 2\n"
    build_pages(conf=conf, page=TYPED, typed=LIST)
    warm = build_pages(conf=conf, page=TYPED + "\n{typed}`1989 | another year`\n", typed=LIST)
    assert warm.status == 0, warm.messages
    assert "another year" in warm.pages()["typed.html"]


def test_beyond_the_cap_the_build_fails(build_pages: BuildPages) -> None:
    built = build_pages(page=TYPED, typed=LIST)
    assert built.status == 1
    assert "one typed number with a reason, and conf.py allows 0" in built.messages


def test_without_a_reason_it_is_refused(build_pages: BuildPages) -> None:
    built = build_pages(conf="fwdpass_exceptions = 1\n", page="{typed}`1986`\n")
    assert "'1986' has no reason: write the number, a bar, and why nothing computes it" in built.messages


def test_a_book_without_any_says_so(build_pages: BuildPages) -> None:
    assert "No number outside of code was typed." in build_pages(typed=LIST).pages()["typed.html"]
