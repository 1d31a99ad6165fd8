"""Repairs to the theme."""

from __future__ import annotations

from typing import Any

from fwdpass.theme.repairs import repair_body

NOBODY: Any = None


def test_a_folded_cell_is_called_what_it_says_in_html_that_is_allowed() -> None:
    context = {
        "body": '<details><summary aria-label="Toggle hidden content">\n<p class="shut">Show code</p>\n'
        '<p class="open">Hide code</p></summary><p>code</p></details><summary>x</summary><pre></pre>'
    }
    repair_body(NOBODY, "page", "page.html", context, None)
    assert context["body"] == (
        '<details><summary>\n<span class="shut">Show code</span>\n<span class="open">Hide code</span></summary>'
        "<p>code</p></details><summary>x</summary><pre></pre>"
    )


def test_a_page_without_text_is_left_alone() -> None:
    context: dict[str, Any] = {}
    repair_body(NOBODY, "search", "search.html", context, None)
    assert context == {"body": ""}
