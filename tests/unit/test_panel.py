"""The panel of a traced script: what it says of each line, how values came about, and what numbers were made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import fwdpass as fp
from fwdpass.__main__ import main
from fwdpass.errors import ScriptError
from fwdpass.figures.states import State, States
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Lesson
from fwdpass.trace.panel import html
from fwdpass.trace.panel.blocks import WIDE
from fwdpass.trace.panel.facts import (
    Again,
    Block,
    Dots,
    Entrywise,
    Evaluation,
    Moment,
    Numbers,
    Panel,
    Ref,
    Total,
    Worth,
    walk,
)
from fwdpass.trace.panel.runs import MOMENTS
from fwdpass.trace.panel.view import PanelView, page

AXES = {"x": "x", "W1": "xh", "b1": "h", "z1": "h", "h": "h", "W2": "hy", "b2": "y", "y_hat": "y", "target": "y"}
_TAGS = re.compile(r"(<(?:li|details|table|p|div|ol|tr|h\d)\b)")
_DOCUMENTATION = re.compile(r'<p class="fp-about">.*?</p>')
"""What libraries say of themselves, which differs from version to version."""


def panel_of(source: str, **options: Any) -> Panel:
    return fp.trace(f"{source}\n").panel(**options).panel


@pytest.fixture(scope="session")
def lesson() -> PanelView:
    """The chapter's script, with a note on a line."""
    return fp.trace(fp.lesson).panel(axes=AXES, notes=["z1 ="], opened="h =")


def block(panel: Panel, code: str) -> Block:
    """The block that starts with a piece of code."""
    return next(block for block in panel.blocks if block.lines[0].strip().startswith(code))


def moment(panel: Panel, code: str) -> Moment:
    return block(panel, code).moments[0]


def step(panel: Panel, line: str, code: str) -> Evaluation:
    return next(step for step in walk(moment(panel, line).evaluations) if step.code == code)


def numbers(step: Evaluation) -> Numbers:
    return numbers_of(step.worth)


def numbers_of(worth: Worth | None) -> Numbers:
    assert isinstance(worth, Numbers)
    return worth


def exactly(*texts: str) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(Fraction(text) for text in row.split()) for row in texts)


# The lesson ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("medium", ["txt", "html"])
def test_the_panel_of_the_lesson_is_as_it_was_found_good(lesson: PanelView, medium: str, golden: Any) -> None:
    drawn = repr(lesson) if medium == "txt" else _TAGS.sub(r"\n\1", _DOCUMENTATION.sub("", lesson._repr_html_()))
    golden.check(f"panel.{medium}", drawn)


def test_expressions_come_in_the_order_in_which_python_evaluates_them(lesson: PanelView) -> None:
    codes = [step.code for step in walk(moment(lesson.panel, "z1 =").evaluations)]
    assert codes == ["x", "W1", "x @ W1", "b1", "x @ W1 + b1"]


def test_values_are_exact_and_the_noise_of_floating_point_is_off(lesson: PanelView) -> None:
    assert numbers(step(lesson.panel, "z1 =", "x @ W1 + b1")).rows == exactly("0 -1/10 1/2")
    assert numbers(step(lesson.panel, "mse =", "np.mean((y_hat - target) ** 2)")).rows == exactly("717/800")


def test_a_product_is_worked_out_and_its_axes_have_names(lesson: PanelView) -> None:
    product = step(lesson.panel, "z1 =", "x @ W1")
    assert product.shapes == "(4,) @ (4, 3) → (3,)"
    assert numbers(product).axes == ("h",)
    assert isinstance(product.how, Dots)
    assert [dot.value for dot in product.how.dots] == [Fraction(-1, 10), 0, Fraction(1, 2)]
    assert [names[0].axis for names in product.how.names] == ["h", "h", "h"]


def test_rows_that_are_multiplied_by_zero_pass_nothing_on(lesson: PanelView) -> None:
    weights = numbers(step(lesson.panel, "y_hat =", "W2"))
    assert list(map(str, weights.factors)) == ["0", "0", "1/2"]
    drawn = str(html.draw(lesson.panel))
    state = drawn[drawn.index('id="L37"') : drawn.index('id="L38"')]
    assert state.count('<tr class="fp-nothing">') == 2
    assert state.count("passes nothing on") == 2


def test_an_elementwise_maximum_with_zero_tells_the_states_exactly(lesson: PanelView) -> None:
    how = step(lesson.panel, "h =", "np.maximum(0, z1)").how
    assert isinstance(how, States)
    assert [State.of(z) for z in how.z] == [State.BOUNDARY, State.DEAD, State.ALIVE]


def test_a_function_of_a_library_is_explained_by_its_own_documentation(lesson: PanelView) -> None:
    function, does = step(lesson.panel, "h =", "np.maximum(0, z1)").about
    assert function == "np.maximum"
    assert does.startswith("Element-wise maximum")
    assert step(lesson.panel, "x =", "image.flatten()").about[0] == ".flatten"


def test_of_pythons_own_functions_everybody_knows_what_they_do() -> None:
    """And their documentation changes with every version of Python."""
    assert step(panel_of("a = float('0.5')"), "a =", "float('0.5')").about == ("", "")


def test_what_was_printed_stands_at_the_call_that_printed_it(lesson: PanelView) -> None:
    assert moment(lesson.panel, 'show("z1"').printed.split() == ["z1", "0.0", "-0.1", "0.5"]


def test_statements_without_a_note_are_counted(lesson: PanelView) -> None:
    ran = [block for block in lesson.panel.blocks if block.moments]
    assert lesson.panel.unexplained == len(ran) - 1
    assert "lines without explanation" in str(html.draw(lesson.panel))
    every = fp.trace("a = 1\n").panel(notes=["a"])
    assert "Every line that ran is explained" in every._repr_html_()
    assert "explained" not in fp.trace("a = 1\n")._repr_html_()


def test_one_line_can_be_open_from_the_start(lesson: PanelView) -> None:
    assert [block.lines for block in lesson.panel.blocks if block.opened] == [("h = np.maximum(0, z1)",)]
    assert str(html.draw(lesson.panel)).count('<details class="fp-stmt" open="">') == 1


def test_floats_and_rationals_give_the_same_panel() -> None:
    exact = Lesson.of().load(Arithmetic.EXACT)
    assert exact.W1.dtype == object
    of_floats, of_rationals = (fp.trace(module).panel(axes=AXES) for module in (fp.lesson, exact))
    assert repr(of_rationals) == repr(of_floats)
    assert repr(fp.trace(exact)) == repr(fp.trace(fp.lesson))
    assert of_rationals._repr_html_() == of_floats._repr_html_()


def test_another_lesson_gives_other_numbers() -> None:
    source = fp.lesson.__spec__.loader.get_source("fwdpass.lesson").replace("0.5],\n    [-0.4", "0.7],\n    [-0.4")  # type: ignore[union-attr]
    changed = fp.trace(Lesson(source).load(Arithmetic.FLOAT64)).panel().panel
    assert numbers(step(changed, "z1 =", "x @ W1 + b1")).rows == exactly("0 -1/10 7/10")


def test_two_drawings_are_the_same(lesson: PanelView) -> None:
    again = fp.trace(fp.lesson).panel(axes=AXES, notes=["z1 ="], opened="h =")
    assert again._repr_html_() == lesson._repr_html_()


# How values came about -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("a + 1", Entrywise, "2.0 + 1 ="),
        ("a - b", Entrywise, "2.0 − (−1) ="),
        ("a ** 2", Entrywise, "2.0<sup>2</sup> ="),
        ("a * b", Entrywise, "2.0 × (−1) ="),
        ("a.mean()", Total, "(2.0 + 4.5)"),
        ("np.mean(a)", Total, "(2.0 + 4.5) ÷ 2"),
        ("a @ b", object, "2.0 × (−1)"),
        ("m @ m", Dots, "every entry worked out"),
        ("np.maximum(b, 0)", States, "dead: negative, clamped to zero"),
    ],
)
def test_an_operation_is_worked_out(code: str, kind: type, said: str) -> None:
    source = f"import numpy as np\na = np.array([2, 4.5])\nb = np.array([-1, 3])\nm = np.eye(2)\nr = {code}"
    panel = panel_of(source)
    assert isinstance(step(panel, "r =", code).how, kind)
    shown = re.sub(r"<(?!/?sup)[^>]*>", "", str(html.draw(panel)))
    assert said in shown


def test_what_is_not_known_to_be_worked_out_is_shown_as_it_is() -> None:
    panel = panel_of(
        "import numpy as np\na = np.arange(6).reshape(2, 3)\nb = a.sum(axis=0) if True else 0\nc = np.nan + a"
    )
    assert step(panel, "b =", "a.sum(axis=0)").how is None
    assert step(panel, "c =", "np.nan + a").how is None
    assert numbers(step(panel, "c =", "np.nan + a")).rows[0] == ("nan", "nan", "nan")


# Where numbers come from ---------------------------------------------------------------------------------------------


def sources(panel: Panel, ref: Ref) -> set[Ref]:
    return {source for made, refs in panel.sources if made == ref for source in refs}


def all_sources(panel: Panel, ref: Ref) -> set[Ref]:
    """The numbers that a number was made from, however far back."""
    found: set[Ref] = set()
    waiting = [ref]
    while waiting:
        new = sources(panel, waiting.pop()) - found
        found |= new
        waiting += new
    return found


def key(panel: Panel, line: str, code: str) -> int:
    return numbers(step(panel, line, code)).key


def test_an_entry_of_a_product_was_made_from_its_column(lesson: PanelView) -> None:
    panel = lesson.panel
    x, W1, made = (key(panel, "z1 =", code) for code in ("x", "W1", "x @ W1"))
    assert sources(panel, (made, 2)) == {(x, i) for i in range(4)} | {(W1, i) for i in (2, 5, 8, 11)}


def test_a_name_was_made_where_it_was_assigned(lesson: PanelView) -> None:
    panel = lesson.panel
    assert sources(panel, (key(panel, "h =", "z1"), 1)) == {(key(panel, "z1 =", "x @ W1 + b1"), 1)}


def test_the_loss_was_made_from_every_weight_and_a_weight_from_nothing(lesson: PanelView) -> None:
    panel = lesson.panel
    loss = key(panel, "mse =", "np.mean((y_hat - target) ** 2)"), 0
    W1, W2 = (key(panel, f"{name} =", "np.array(…)") for name in ("W1", "W2"))
    reached = all_sources(panel, loss)
    assert {(W1, i) for i in range(12)} | {(W2, i) for i in range(12)} <= reached
    assert sources(panel, (W1, 0)) == set()


def test_a_flipped_entry_was_made_from_its_mirror_image(lesson: PanelView) -> None:
    panel = lesson.panel
    image, flipped, target = (key(panel, "target =", code) for code in ("image", "image.T", "image.T.flatten()"))
    assert sources(panel, (flipped, 1)) == {(image, 2)}
    assert sources(panel, (target, 1)) == {(flipped, 1)}


def test_a_sum_in_a_loop_was_made_from_the_sum_before_and_what_was_added() -> None:
    panel = panel_of("total = 0\nfor v in [1.5, 2]:\n    total += v")
    first, second = (moment.shifts[0] for moment in block(panel, "total +=").moments)
    assert isinstance(first.after, Numbers)
    assert isinstance(second.before, Numbers)
    assert isinstance(second.after, Numbers)
    assert sources(panel, (second.before.key, 0)) == {(first.after.key, 0)}
    assert (second.before.key, 0) in sources(panel, (second.after.key, 0))
    assert second.after.rows == exactly("7/2")


def test_an_expression_that_gives_a_name_another_value_says_what_it_was_before() -> None:
    drawn = fp.trace("b = [1, 2]\nimport numpy as np\nb = np.array(b)\nb = b + 1\n").panel()._repr_html_()
    last = drawn[drawn.index("<code>b + 1</code>") :]
    assert last.index("is now <code>b</code>") < last.index("<code>b</code> before") < last.index("</ol>")


def test_numbers_of_a_page_and_of_its_data_have_the_same_names(lesson: PanelView) -> None:
    """Whatever the data names is on the page, and as long as that."""
    drawn = str(html.draw(lesson.panel))
    shown = {int(name) for name in re.findall(r'data-g="(\d+)"', drawn)}
    assert {ref[0] for made, refs in lesson.panel.sources for ref in (made, *refs)} <= shown


# Lines and notes -----------------------------------------------------------------------------------------------------


def lines(panel: Panel) -> Iterator[int]:
    for block in panel.blocks:
        yield from range(block.first, block.last + 1)


@pytest.mark.parametrize(
    "source",
    [
        "a = 1; b = 2\nc = (a +\n  b)\n\n# end",
        "def f(\n  x,\n):\n  return x\n\n\nf(2)",
        "if 1:\n  pass\nelse:\n  x = 3",
        "",
        "# only words",
    ],
)
def test_every_line_is_there_once(source: str) -> None:
    assert list(lines(panel_of(source))) == list(range(1, len(source.splitlines()) + 1))


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("z9 =", "no line of the script starts with 'z9 ='"),
        ("", "no line of the script starts with ''"),
        ("show(", "six lines of the script start with 'show('"),
    ],
)
def test_a_note_on_no_line_or_on_several_is_refused(note: str, said: str) -> None:
    with pytest.raises(ScriptError, match=re.escape(said)):
        fp.trace(fp.lesson).panel(notes=[note])


def test_a_note_may_be_on_any_line_of_a_statement_and_blanks_do_not_matter() -> None:
    panel = panel_of("a = [\n  1,\n  22,\n]\nab = 3", notes=["22,"])
    assert [block.noted for block in panel.blocks] == [True, False]
    assert [block.noted for block in panel_of("a\t= 1\na = 12", notes=["a = 1"]).blocks] == [True, False]


def test_axes_are_named_by_the_author_or_by_what_the_value_was_made_from() -> None:
    source = "import numpy as np\nA = np.ones((2, 3))\nB = A.T\nC = A + 1\nD = A @ B"
    panel = panel_of(source, axes={"A": ("r", "c")})
    assert numbers(step(panel, "B =", "A.T")).axes == ("c", "r")
    assert numbers(step(panel, "C =", "A + 1")).axes == ("r", "c")
    assert numbers(step(panel, "D =", "A @ B")).axes == ("r", "r")
    assert numbers(step(panel_of(source), "B =", "A.T")).axes == ()


# Bounds, and what goes wrong -----------------------------------------------------------------------------------------


def test_a_large_array_is_shown_once_and_a_small_one_where_it_is_needed() -> None:
    source = "import numpy as np\nM = np.ones((9, 9))\nv = np.arange(4)\nfor i in range(3):\n    w, N = v + i, M * 2"
    panel = panel_of(source)
    first = numbers(step(panel, "M =", "np.ones((9, 9))"))
    assert [each.worth for each in walk(moment(panel, "w, N").evaluations) if each.code == "M"] == [
        Again(first.key, (9, 9), 2)
    ]
    assert numbers(step(panel, "w, N", "v")).rows == exactly("0 1 2 3")
    twice = block(panel, "w, N").moments[1]
    assert [each.worth for each in walk(twice.evaluations) if each.code == "M * 2"] == [
        Again(numbers(step(panel, "w, N", "M * 2")).key, (9, 9), 5, "turn 1 of 3")
    ]
    drawn = re.sub(r"\s+", " ", re.sub(r"<(?!/?a)[^>]*>", "", str(html.draw(panel))))
    assert 'an array of shape (9, 9), as on <a href="#L2">line 2</a>' in drawn
    assert "M * 2 = an array of shape (9, 9), as on line 5 (turn 1 of 3)" in repr(PanelView(panel))


def test_what_is_made_from_an_array_that_is_shown_elsewhere_can_be_followed_there() -> None:
    panel = panel_of("import numpy as np\nM = np.ones((9, 9))\nN = M * 2")
    M, N = key(panel, "M =", "np.ones((9, 9))"), key(panel, "N =", "M * 2")
    assert sources(panel, (N, 12)) == {(M, 12)}


def test_a_long_line_is_cut() -> None:
    panel = panel_of("a = '" + "x" * 10_000 + "'")
    assert [len(line) for line in panel.blocks[0].lines] == [WIDE]
    assert panel.blocks[0].lines[0].endswith("…")


def test_of_what_runs_often_the_first_and_the_last_turns_are_shown_by_their_true_numbers() -> None:
    panel = panel_of("total = 0\nfor i in range(1000):\n    total += i")
    shown = block(panel, "total +=")
    assert [moment.label for moment in shown.moments] == [
        *(f"turn {turn} of 1000" for turn in (1, 2, 3, 4, 5, 6, 999, 1000))
    ]
    assert [moment.gap for moment in shown.moments] == [""] * 6 + ["turns 7 to 998 of 1000, not recorded", ""]
    before, after = (
        numbers_of(worth) for worth in (shown.moments[6].shifts[0].before, shown.moments[6].shifts[0].after)
    )
    assert (before.rows, after.rows) == (exactly(str(sum(range(998)))), exactly(str(sum(range(999)))))
    gap = block(panel, "for").moments[7]
    assert gap.label == "turns 7 to 998 of 1000, not recorded"
    assert {shift.name: numbers_of(shift.after).rows for shift in gap.shifts}["total"] == exactly(str(sum(range(998))))
    drawn = str(html.draw(panel))
    assert '<p class="fp-more">turns 7 to 998 of 1000, not recorded</p><details' in drawn
    assert "turns 7 to 998 of 1000, not recorded\n     turn 999 of 1000" in repr(PanelView(panel))


def test_turns_of_a_comprehension_that_were_not_recorded_are_said_in_their_line() -> None:
    panel = panel_of("a = [i * i for i in range(100)]\nb = [i for i in range(2)]")
    said = "… 94 more turns of [i * i for i in range(100)], not recorded"
    assert [moment.skipped for part in panel.blocks for moment in part.moments] == [(said,), ()]
    assert f'<p class="fp-more">{said}</p>' in str(html.draw(panel))
    assert said in repr(PanelView(panel))


def test_turns_at_the_end_that_were_not_recorded_are_said_after_the_others() -> None:
    panel = panel_of("n = 0\nwhile n < 12:\n    n += 1")
    assert block(panel, "n +=").rest == ("turns 7 to 12 of 12, not recorded",)
    assert shown("n = 0\nwhile n < 12:\n    n += 1", 3).endswith("turns 7 to 12 of 12, not recorded")


def test_runs_that_there_is_no_place_for_are_counted() -> None:
    panel = panel_of("; ".join(f"a{i} = abs({i})" for i in range(12)))
    assert len(panel.blocks[0].moments) == MOMENTS
    assert panel.blocks[0].rest == ("… and two more runs",)
    assert "\n     … and two more runs" in repr(PanelView(panel))
    often = panel_of("for i in range(30):\n    x = abs(i); y = abs(i)")
    assert block(often, "x =").rest == ("… and at least six more runs",)


def test_a_value_before_is_claimed_only_where_it_was_the_value_before() -> None:
    """Not of a loop's variable after turns that nobody looked at, nor of the names of another call."""
    panel = panel_of("def f(n):\n    m = n\n    return f(n - 1) if n else 0\nf(2)\nfor i in range(20):\n    i")
    for name in ("def", "m ="):
        assert all(shift.before is None for moment in block(panel, name).moments for shift in moment.shifts)
    before = {
        moment.label: numbers_of(moment.shifts[0].before).rows[0][0]
        for moment in block(panel, "for").moments
        if moment.shifts and moment.shifts[0].before
    }
    assert before["turn 19 of 20"] == 17
    assert before["turn 20 of 20"] == 18


CLASSES = """
class Net:
    made = 0
    def __init__(self, w):
        self.w = w
        Net.made += 1
    def step(self, d):
        self.w -= d
net = Net(2.5)
net.step(0.5)
del net.w
"""


def test_fields_of_objects_and_attributes_of_classes_are_shown_with_their_changes() -> None:
    panel = panel_of(CLASSES.strip())
    assert [shift.name for shift in moment(panel, "self.w =").shifts] == ["self.w"]
    assert numbers_of(moment(panel, "self.w =").shifts[0].after).rows == exactly("2.5")
    (step_,) = moment(panel, "self.w -=").shifts
    assert (numbers_of(step_.before).rows, numbers_of(step_.after).rows) == (exactly("2.5"), exactly("2"))
    assert isinstance(step_.how, Entrywise)
    state = shown(CLASSES.strip(), 7)
    assert "self.w before 2.5 self.w after 2.5 − 0.5 = 2" in state
    assert "Net.made before 0 Net.made after 0 + 1 = 1" in shown(CLASSES.strip(), 5)
    assert "net.w before 2.5 net.w after 2" in shown(CLASSES.strip(), 9)
    assert "net.w is deleted" in shown(CLASSES.strip(), 10)
    assert "self: Net(w=2.5)" in repr(PanelView(panel))


def test_calls_and_turns_are_named_so() -> None:
    panel = panel_of("def f(x):\n    return x\nf(1)\nf(2)\nfor i in [1, 2]:\n    pass")
    assert [moment.label for moment in block(panel, "def").moments] == ["the definition", "call 1 of 2", "call 2 of 2"]
    assert [moment.label for moment in block(panel, "for").moments] == ["turn 1 of 2", "turn 2 of 2"]


def test_a_script_that_raises_shows_what_there_was_until_then() -> None:
    panel = panel_of("import numpy as np\na = np.ones(3)\nb = a @ np.ones((2, 2))\nc = 1")
    assert moment(panel, "b =").failure.startswith("cannot multiply (3,) @ (2, 2): ")
    assert numbers(step(panel, "b =", "a")).shape == (3,)
    assert not block(panel, "c =").moments
    assert "stopped at line 3" in panel.ended
    assert '<p class="fp-failure">cannot multiply (3,) @ (2, 2): ' in str(html.draw(panel))


def test_a_script_that_is_no_python_is_a_sentence_under_its_lines() -> None:
    panel = panel_of("a = (1,\nb = 2")
    assert [block.lines for block in panel.blocks] == [("a = (1,", "b = 2")]
    assert panel.ended
    assert not panel.order


def test_a_large_array_is_shown_by_its_beginning() -> None:
    panel = panel_of("import numpy as np\na = np.arange(20_000.0).reshape(100, 200)")
    large = numbers(step(panel, "a =", "np.arange(20_000.0).reshape(100, 200)"))
    assert large.shape == (100, 200)
    assert large.rows == exactly("0 1 2", "200 201 202", "400 401 402")
    assert "⋮" in str(html.draw(panel))


def test_values_of_every_kind_are_told_in_words() -> None:
    source = "import numpy as np\nv = {v}\n"
    for value, said in {
        "'a' * 3": "'aaa'",
        "[1, 'b', np.ones(2)]": "[1, 'b', [1, 1]]",
        "(1,)": "(1,)",
        "{'k': 0.5}": "{'k': 0.5}",
        "1 + 2j": "(1+2j)",
        "None": "None",
        "b'x'": "b'x'",
        "len": "&lt;function len&gt;",
        "np.zeros((2, 2, 2))": "an array of shape (2, 2, 2)",
        "np.zeros((0, 3))": "an array of shape (0, 3)",
        "np.array(['p', 'q'])": "[p, q]",
        "float('inf')": "inf",
    }.items():
        drawn = str(html.draw(panel_of(source.format(v=value))))
        shown = re.sub(r"<[^>]*>", "", drawn[drawn.index('class="fp-now"', drawn.index('id="L2"')) :])
        assert shown.partition(">")[2].startswith(f"v = {said}".replace("'", "&#39;")), value


# What the drawing says ------------------------------------------------------------------------------------------------


@cache
def _drawn(source: str) -> str:
    """A panel's HTML, of a script that several assertions are about."""
    return fp.trace(f"{source}\n").panel()._repr_html_()


def shown(source: str, line: int, **options: Any) -> str:
    """The words of a line's state, as HTML has them."""
    drawn = fp.trace(f"{source}\n").panel(**options)._repr_html_() if options else _drawn(source)
    lines = drawn[drawn.index(f'id="L{line}"') : drawn.index("<script")]
    state = lines.partition('<div class="fp-state">')[2].partition('<details class="fp-stmt"')[0]
    return " ".join(re.sub(r"<[^>]*>", " ", state).replace("&#39;", "'").split())


def said(source: str, **options: Any) -> list[str]:
    """The lines of the panel as text."""
    return repr(fp.trace(f"{source}\n").panel(**options)).splitlines()


ALIAS = "import numpy as np\na = np.array([1.5, 2])\nb = a\nb += 1"


def test_an_array_that_is_changed_in_place_is_shown_before_and_after_by_all_its_names() -> None:
    state = shown(ALIAS, 4)
    assert "b before i 0 i 1 1.5 2.0" in state
    assert "b after i 0 i 1 1.5 + 1 = 2.0 + 1 = 2.5 3.0" in state
    assert "a before i 0 i 1 1.5 2.0 a after i 0 i 1 2.5 3.0" in state
    assert any(re.fullmatch(r" +a: \[1.5, 2.0\] → \[2.5, 3.0\]", line) for line in said(ALIAS))


def test_a_value_that_is_replaced_is_shown_before_and_after() -> None:
    state = shown("a = 0.5\na = 'word'", 2)
    assert "a before 0.5" in state
    assert "a after 'word'" in state


def test_a_name_that_is_deleted_is_said_to_be() -> None:
    assert "a is deleted" in shown("a = 1\ndel a", 2)


def test_of_a_long_output_the_rest_is_counted() -> None:
    state = shown("print('x' * 5000)", 1)
    assert re.search(r"… and \d+ more characters$", state)
    assert len(state) < 5000


def test_dot_products_that_are_not_shown_are_counted() -> None:
    state = shown("import numpy as np\na = np.ones((16, 16))\nr = a @ a", 3)
    assert "… and 135 more dot products" in state


def test_a_line_of_very_many_expressions_says_that_there_were_more() -> None:
    source = "r = " + " + ".join(f"abs({i})" for i in range(300))
    assert "… and more expressions" in shown(source, 1)


def test_what_a_librarys_function_does_is_in_the_panel() -> None:
    assert "np.mean Compute the arithmetic mean along the specified axis." in shown(
        "import numpy as np\nr = np.mean([1, 2])", 2
    )


def test_a_script_that_fails_says_so_under_its_lines_in_every_medium() -> None:
    source, sentence = "a = [1]\nb = a[2]", "It stopped at line 2: IndexError: list index out of range"
    assert f'<p class="fp-ended">{sentence}' in fp.trace(f"{source}\n")._repr_html_()
    lines = said(source)
    assert lines[-1].startswith(sentence)
    assert lines[-2].strip() == "IndexError: list index out of range"


def test_shapes_that_do_not_fit_are_a_sentence_and_the_line_is_open() -> None:
    source = "import numpy as np\nx = np.ones(3)\nz = x @ np.ones((4, 3))"
    assert "cannot multiply (3,) @ (4, 3): the last axis on the left is 3" in shown(source, 3)
    assert "In NumPy's words: ValueError: matmul: " in shown(source, 3)
    assert [block.first for block in panel_of(source).blocks if block.opened] == [3]
    assert [block.first for block in panel_of(source, opened="x =").blocks if block.opened] == [2]


def test_an_exception_without_words_is_its_name() -> None:
    assert shown("raise KeyError", 1).startswith("KeyError It stopped")


@pytest.mark.parametrize(
    ("code", "shapes"),
    [
        ("a + 1", "(2,) + a number → (2,)"),
        ("np.maximum(0, a)", "(2,) → (2,)"),
        ("a.mean()", "(2,) → a number"),
        ("a.reshape(2, 1)", "(2,) → (2, 1)"),
    ],
)
def test_shapes_are_told_of_arrays_and_a_number_is_called_one(code: str, shapes: str) -> None:
    assert step(panel_of(f"import numpy as np\na = np.ones(2)\nr = {code}"), "r =", code).shapes == shapes


def test_a_number_that_is_shown_in_a_line_is_shown_once_and_can_be_followed() -> None:
    drawn = fp.trace("def f(x):\n    return x + 1\nr = f(12)\n")._repr_html_()
    call = drawn[
        drawn.index("<summary>call") if "<summary>call" in drawn else drawn.index('id="L1"') : drawn.index('id="L2"')
    ]
    assert re.findall(r">(12)<", call) == ["12"]
    assert '<span class="fp-v">12</span>' in call


def test_a_script_that_ends_well_says_nothing_of_its_end() -> None:
    assert "fp-ended" not in fp.trace("a = 1\n")._repr_html_()
    assert said("a = 1")[-1].strip().startswith("a")


def test_the_text_of_a_long_script_and_of_a_large_array_says_that_there_is_more() -> None:
    assert said("\n".join(f"a{i} = {i}" for i in range(500)))[-1] == "… and one hundred more lines"
    assert any(line.endswith("… (100, 200)") for line in said("import numpy as np\na = np.zeros((100, 200))"))


def test_lines_of_two_panels_have_names_of_their_own() -> None:
    drawn = fp.trace("a = 1\n").panel(anchor="M")._repr_html_()
    assert re.findall(r'id="(\w+)"', drawn) == ["M1"]


def test_only_what_is_in_the_same_place_is_a_copy() -> None:
    """The data of a panel names a group for a copy, and each number for anything else."""
    drawn = str(html.draw(panel_of("import numpy as np\na = np.array([[1, 2], [3, 4]])\nb = a.T\nc = b")))
    kept = json.loads(re.findall(r"<script[^>]*>(.*?)</script>", drawn)[0])["from"]
    assert kept == {"1": 0, "2": ["1.0", "1.2", "1.1", "1.3"], "3": 2}


@pytest.mark.parametrize(
    ("source", "raises", "cause"),
    [
        ("a = 1 / 0", False, "failed: It stopped at line 1: ZeroDivisionError: division by zero. If it is meant to"),
        ("raise SystemExit(2)", False, "failed: It exited with status 2 at line 1"),
        ("a = 1", True, "has the option raises-exception, and did not fail"),
        ("raise SystemExit", True, "did not fail"),
    ],
)
def test_whether_a_script_may_fail_can_be_said(source: str, raises: bool, cause: str) -> None:
    with pytest.raises(ScriptError, match=re.escape(cause)):
        panel_of(source, raises=raises)
    assert bool(panel_of(source, raises=not raises).ended) is (source != "a = 1")


# A file of its own ---------------------------------------------------------------------------------------------------


def test_the_file_has_all_it_needs_and_asks_nobody_for_anything() -> None:
    written = page(fp.trace(fp.lesson).trace)
    assert written.startswith("<!doctype html>")
    assert "<title>lesson.py, line by line</title>" in written
    assert not re.search(r"""(?:src|href)=|url\(|@import|https?://""", written)
    assert "fp-trace {" in written
    assert 'customElements.define("fp-trace"' in written


def test_the_command_writes_that_file(tmp_path: Path) -> None:
    script, out = tmp_path / "script.py", tmp_path / "trace.html"
    script.write_text("a = 0.1 + 0.2\nprint('<b>', a > 0.3)\n", "utf-8")
    assert main(["trace", str(script), "--format", "html", "-o", str(out)]) == 0
    written = out.read_text("utf-8")
    assert written.startswith("<!doctype html>")
    assert "0.3" in written
    assert "&lt;b&gt; True" in written
    assert "<b>" not in written


def test_the_command_writes_what_there_was_until_a_script_failed(tmp_path: Path) -> None:
    script, out = tmp_path / "script.py", tmp_path / "trace.html"
    script.write_text("a = 1\nb = a / 0\n", "utf-8")
    assert main(["trace", str(script), "--format", "html", "-o", str(out)]) == 1
    assert "ZeroDivisionError" in out.read_text("utf-8")


def test_in_a_notebook_a_trace_is_its_panel() -> None:
    view = fp.trace("a = 1\n")
    assert view._repr_html_() == view.panel()._repr_html_()
    assert "<fp-trace>" in view._repr_html_()
