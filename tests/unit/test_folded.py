"""What a closed panel holds, as text."""

from __future__ import annotations

import pytest

from fwdpass.page.folded import LEAST, as_folded, folded_away

MUCH = "<i></i>" * LEAST


@pytest.mark.parametrize(
    ("inner", "folded"),
    [
        (MUCH, True),
        (f"<details><summary>within</summary>{MUCH}</details>", True),  # once, however deep
        (MUCH.removesuffix("<i></i>"), False),
        (f"{MUCH}<script>alert()</script>", False),  # it would not run, or run later
        (f"{MUCH}<SCRIPT>alert()</SCRIPT>", False),
        (f"{MUCH}<noscript>another</noscript>", False),
    ],
)
def test_what_is_much_and_has_nothing_of_its_own_is_folded_away(inner: str, folded: bool) -> None:
    page = f"<details><summary>more</summary>{inner}</details>"
    assert folded_away(page).count("<noscript>") == inner.count("<noscript>") + folded
    assert folded_away(page).replace("<noscript>", "").replace("</noscript>", "") == page.replace(
        "<noscript>", ""
    ).replace("</noscript>", "")


@pytest.mark.parametrize(
    "panel",
    [
        f"<details open><summary>open</summary>{MUCH}</details>",
        f"<fp-network picture='11'><details><summary>asks at once</summary>{MUCH}</details></fp-network>",
        f"<template><details><summary>no element yet</summary>{MUCH}</details></template>",
    ],
)
def test_what_is_wanted_at_once_is_not(panel: str) -> None:
    assert folded_away(panel) == panel


def test_the_description_of_a_page_is_a_text() -> None:
    panel = f"<details><summary>more</summary>{MUCH}</details>"
    made = as_folded({"7": panel, "description": panel})
    assert made == {"7": folded_away(panel), "description": panel} != {"7": panel, "description": panel}
