"""However much a script does, its panel stays small, and says what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

import fwdpass as fp
from fwdpass.trace.panel import document, html, sentences
from fwdpass.trace.panel.blocks import LINES
from fwdpass.trace.panel.facts import Again, InWords, Panel, walk
from fwdpass.trace.panel.view import PanelView


def panel_of(source: str) -> Panel:
    return fp.trace(f"{source}\n").panel().panel


def test_a_long_script_is_cut_and_says_so() -> None:
    panel = panel_of("\n".join(f"a{i} = {i}" for i in range(10_000)))
    assert panel.blocks[-1].last == LINES
    drawn = str(html.draw(panel))
    assert "… and 9600 more lines" in drawn
    assert len(drawn) < 500_000


BUSY = "import numpy as np\nM = np.random.default_rng(0).normal(size=(16, 16))\nfor turn in range(20):\n"
SCRIPTS = {
    "the same product over and over": BUSY + "".join(f"    P{i} = M @ M * 0.1 + {i}\n" for i in range(150)),
    "another product each time": BUSY + "".join(f"    M = M @ M.T * 0.01 + {i}\n" for i in range(40)),
    "much that is printed": "for i in range(8):\n" + "".join(f"    print('{i} ' * 990)\n" for i in range(390)),
    "very long lines": "\n".join(f"a{i} = [{', '.join(['0.25'] * 999)}]" for i in range(30)),
    "many expressions": BUSY + ("    y = " + " + ".join(f"np.sin(M * {j})" for j in range(30)) + "\n") * 100,
}


@pytest.fixture(scope="module")
def much() -> Callable[[str], PanelView]:
    """Run such a script, once for all tests."""
    return cache(lambda name: fp.trace(f"{SCRIPTS[name]}\n").panel())


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_panel_of_much_is_bounded_and_says_what_it_leaves_out(name: str, much: Callable[[str], PanelView]) -> None:
    view = much(name)
    drawn = document.draw(view.panel)
    assert len(drawn.encode()) < 1_600_000
    said = sentences.left_out(view.panel)
    assert bool(said) == (name != "very long lines")
    if said:
        assert re.match(r"Left out, to keep this small: .+\.$", said)
        assert said in drawn
        assert said in repr(view)


def test_the_first_runs_of_each_line_are_what_there_is_room_for(much: Callable[[str], PanelView]) -> None:
    panel = much("the same product over and over").panel
    runs = [len(block.moments) for block in panel.blocks if block.lines[0].startswith("    P")]
    assert min(runs) >= 1
    first, *_ = (block for block in panel.blocks if block.lines[0].startswith("    P100 "))
    worths = [each.worth for each in walk(first.moments[0].evaluations)]
    assert all(isinstance(worth, Again) or worth.rows for worth in worths if not isinstance(worth, InWords))
