"""Each pattern for LaTeX and English takes the example that the table has of it, and leaves the other one."""

from __future__ import annotations

import re

import pytest

from fwdpass.page import signs
from fwdpass.page.signs import EXAMPLES

NAMES = {pattern: name for name, pattern in vars(signs).items() if isinstance(pattern, re.Pattern)}


def test_every_pattern_has_its_row() -> None:
    assert NAMES.keys() == EXAMPLES.keys()


@pytest.mark.parametrize(("pattern", "example"), EXAMPLES.items(), ids=NAMES.get)
def test_a_pattern_takes_its_example_and_leaves_the_other(pattern: re.Pattern[str], example: signs.Example) -> None:
    found = pattern.search(example.takes + example.ahead)
    assert found is not None
    assert found[0] == example.takes
    assert not pattern.match(example.leaves) or not pattern.match(example.leaves)[0]  # type: ignore[index]
