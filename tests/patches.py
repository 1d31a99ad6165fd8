"""A page's patches, unpacked in Python: the script of a page does it in its own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fwdpass.page.patches import DIGITS


def unpacked(kept: Mapping[str, Any], at: int) -> dict[str, str]:
    """Take one patch out of those that were packed, as a page does."""
    patch = {}
    new = [0, 0]
    for place, which, codes in kept["places"]:
        text = ""
        for turn, code in enumerate(codes):
            number = code or new[turn % 2] + 1
            new[turn % 2] += not code
            if which[at] == ".":
                continue
            if turn % 2 == 0:
                text += kept["common"][number - 1]
            else:
                of, *texts = kept["variants"][number - 1]
                text += texts[DIGITS.index(kept["which"][of][DIGITS.index(which[at])])]
        if which[at] != ".":
            patch[place] = text
    return patch
