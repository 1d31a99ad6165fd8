"""What a panel states is true: of the numbers that it shows, and of what the program is worth when it runs plainly."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwdpass as fp
from fwdpass.figures.base import settled
from fwdpass.trace import Script, traced
from fwdpass.trace.panel import html
from fwdpass.trace.panel.facts import Again, Evaluation, Moment, Numbers, Panel, Worth, walk
from fwdpass.trace.panel.law import judge
from fwdpass.trace.panel.view import PanelView, panel_of
from tests.plainly import outside_a_loop

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.py"))
SIGNS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
LARGE = 10_000
"""Numbers beyond this are not expected to be worked out: their noise may be visible."""

# Programs -------------------------------------------------------------------------------------------------------------

quarters = st.integers(-12, 12).map(lambda n: repr(n / 4))
SIZE = 3


def array(*shape: int) -> st.SearchStrategy[str]:
    """An array as it is written."""
    inner: st.SearchStrategy[Any] = quarters
    for n in reversed(shape):
        inner = st.lists(inner, min_size=n, max_size=n).map(lambda row: f"[{', '.join(row)}]")
    return inner.map("np.array({})".format)


def joined(*parts: Any) -> st.SearchStrategy[str]:
    return st.tuples(*(part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts)).map("".join)


signs = st.sampled_from([" + ", " - ", " * ", " / "])
numbers: st.SearchStrategy[str] = st.deferred(
    lambda: (
        st.sampled_from(["s", "t"])
        | quarters
        | joined("(", numbers, signs, numbers, ")")
        | joined("(", numbers, " ** 2)")
        | joined("(", vectors, " @ ", vectors, ")")
        | joined(st.sampled_from(["np.mean", "np.sum"]), "(", vectors, ")")
        | joined("v.sum()")
        | joined("np.dot(", vectors, ", ", vectors, ")")
    )
)
vectors: st.SearchStrategy[str] = st.deferred(
    lambda: (
        st.sampled_from(["u", "v"])
        | joined("(", vectors, signs, vectors, ")")
        | joined("(", numbers, signs, vectors, ")")
        | joined("(", vectors, signs, numbers, ")")
        | joined("(", vectors, " ** 2)")
        | joined("(", vectors, " @ M)")
        | joined("(M @ ", vectors, ")")
        | joined("(w @ N)")
        | joined("np.maximum(0, ", vectors, ")")
        | joined("np.maximum(", vectors, ", 0.0)")
        | joined("np.subtract(", vectors, ", ", numbers, ")")
    )
)
matrices: st.SearchStrategy[str] = st.deferred(
    lambda: (
        st.sampled_from(["M", "M.T"])
        | joined("(", matrices, " @ ", matrices, ")")
        | joined("(", matrices, signs, vectors, ")")
        | joined("(", numbers, signs, matrices, ")")
    )
)
lines = st.one_of(
    joined("t = ", numbers),
    joined("u = ", vectors),
    joined("v = ", vectors),
    joined("M = ", matrices),
    joined("s", st.sampled_from([" += ", " -= ", " *= "]), numbers),
    joined("u", st.sampled_from([" += ", " -= ", " *= "]), vectors),
    joined("u[1] = ", numbers),
    joined("a, b = ", numbers, ", ", vectors),
)
programs = st.builds(
    lambda *parts: "\n".join(parts),
    st.just("import numpy as np"),
    joined("s = ", quarters),
    joined("t = ", quarters),
    joined("u = ", array(SIZE)),
    joined("v = ", array(SIZE)),
    joined("w = ", array(2)),
    joined("M = ", array(SIZE, SIZE)),
    joined("N = ", array(2, SIZE)),
    st.lists(lines, min_size=1, max_size=4).map("\n".join),
)


# The judges -----------------------------------------------------------------------------------------------------------


def close(shown: Any, expected: Any) -> bool:
    return isinstance(shown, Fraction) and abs(shown - expected) <= Fraction(1, 10**9) * max(1, abs(expected))


def corner(worth: Worth | None, panel: Panel) -> Numbers | None:
    """The numbers that stand for a value, here or at an earlier place."""
    if isinstance(worth, Again):
        return next(each for each in shown_in(panel) if each.key == worth.key)
    return worth if isinstance(worth, Numbers) else None


def shown_in(panel: Panel) -> Iterator[Numbers]:
    for block in panel.blocks:
        for moment in block.moments:
            for each in walk(moment.evaluations):
                if isinstance(each.worth, Numbers):
                    yield each.worth
            for shift in moment.shifts:
                yield from (worth for worth in (shift.before, shift.after) if isinstance(worth, Numbers))


def agree(worth: Worth | None, value: Any, panel: Panel, said: str) -> None:
    """What is shown is what the value is."""
    numbers = corner(worth, panel)
    if numbers is None or not np.all(np.isfinite(value)):
        return
    assert numbers.shape == np.shape(value), said
    expected = np.atleast_2d(settled(value))
    for i, row in enumerate(numbers.rows):
        assert all(close(cell, expected[i][j]) for j, cell in enumerate(row)), said


def is_worked_out(evaluation: Evaluation, value: Any) -> bool:
    """Whether an operation that everybody knows, of numbers that are not large, is worked out."""
    tree = ast.parse(evaluation.code, mode="eval").body
    known = isinstance(tree, ast.BinOp) and isinstance(tree.op, SIGNS)
    known = known or evaluation.code.startswith(("np.mean(", "np.sum(", "np.dot(", "np.maximum(", "np.subtract("))
    if not known or not np.all(np.isfinite(value)) or np.ndim(value) > 1:
        return True
    parts = [cell for each in walk((evaluation,)) for row in getattr(each.worth, "rows", ()) for cell in row]
    if any(isinstance(cell, str) or abs(cell) > LARGE for cell in parts):
        return True
    return evaluation.how is not None


def check(program: str) -> Panel:
    """Hold a panel against the numbers that it shows, and against the program, run a line at a time."""
    panel = fp.trace(f"{program}\n").panel().panel
    verdict = judge(str(html.draw(panel)))
    assert verdict.false == [], program
    space: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        for block in panel.blocks:
            before = {name: np.copy(value) for name, value in space.items() if isinstance(value, np.ndarray | float)}
            for moment in block.moments:
                evaluated(moment, dict(space), panel)
            exec("\n".join(block.lines), space)
            for moment in block.moments:
                changed(block.lines[0], moment, before, space, panel)
    return panel


def evaluated(moment: Moment, space: dict[str, Any], panel: Panel) -> None:
    """What each expression is said to be worth is what it is worth when it is evaluated by itself."""
    for each in walk(moment.evaluations):
        if each.code.endswith("…") or "(…)" in each.code:
            continue
        value = eval(each.code, space)
        if isinstance(value, np.ndarray | float):
            agree(each.worth, value, panel, f"{each.code} is {value}")
            assert is_worked_out(each, value), f"{each.code} is not worked out"


def changed(line: str, moment: Moment, before: dict[str, Any], space: dict[str, Any], panel: Panel) -> None:
    """What names are worth before and after a line is what they were and are."""
    statement = ast.parse(line).body[0]
    is_augmented = isinstance(statement, ast.AugAssign)
    name = ast.unparse(statement.target) if isinstance(statement, ast.AugAssign) else ""
    for shift in moment.shifts:
        value = space[shift.name]
        if isinstance(value, np.ndarray | float):
            agree(shift.after, value, panel, f"{shift.name} after")
        if shift.before is not None:
            agree(shift.before, before[shift.name], panel, f"{shift.name} before")
        else:
            assert shift.name not in before, f"{shift.name} had a value before"
        if is_augmented and shift.name == name and np.all(np.isfinite(value)) and np.max(np.abs(value)) <= LARGE:
            assert shift.how is not None, f"how {name} came about"


# Laws -----------------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(programs)
def test_what_a_panel_states_is_true(program: str) -> None:
    check(program)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_is_stated_of_the_corpus_is_true_of_what_is_shown(path: Path) -> None:
    with outside_a_loop():
        trace = traced(Script.read(path, []))
    assert judge(str(html.draw(panel_of(trace)))).false == []


# Guards: the law can be broken ----------------------------------------------------------------------------------------

SOURCE = """
import numpy as np
x = np.array([1.0, 0.0, 2.0])
W = np.array([[0.5, -1.0], [0.25, 2.0], [-0.5, 0.75]])
z = x @ W
h = np.maximum(0, z)
d = 1 - h
m = d.mean()
q = d ** 2
n = x @ x
k = z
"""
FALSE = {
    # what is stated: a piece of the panel, and what is put into its place
    "a dot product": ('<td class="fp-v fp-neg">−0.5</td></tr>', '<td class="fp-v">0.5</td></tr>'),
    "an entry-wise difference": ("1 − 0.0 =", "1 − 0.5 ="),
    "an operation the other way round": ("1 − 0.5 =", "0.5 − 1 ="),
    "a mean": ('÷ 2 = <span data-g="10"><span class="fp-v">0.75', '÷ 2 = <span data-g="10"><span class="fp-v">0.85'),
    "a power": ("0.5<sup>2</sup>", "0.5<sup>3</sup>"),
    "a state": ("dead: negative, clamped to zero", "alive: positive, passed on"),
    "what is passed on": ('<td class="fp-v fp-zero">0.0</td></tr>', '<td class="fp-v">0.1</td></tr>'),
    "a factor beside a row": ("× 2</th>", "× 3</th>"),
    "a row that passes nothing on": ("× 2</th>", "× 2 passes nothing on</th>"),
    "shapes": ("(3,) @ (3, 2) → (2,)", "(3,) @ (3, 2) → (3,)"),
    "numbers that a sum was made from": ('"4":["2.0-2/1 3.0-4/2"', '"4":["2.0-2/1 3.1-5/2"'),
    "numbers that a name was given": ('"5":4', '"5":2'),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_found(name: str) -> None:
    drawn = fp.trace(SOURCE).panel()._repr_html_()
    old, new = FALSE[name]
    assert judge(drawn).false == []
    assert old in drawn
    assert judge(drawn.replace(old, new, 1)).false


MISFIT = "import numpy as np\nz = np.ones(3) @ np.ones((4, 3))"


@pytest.mark.parametrize(
    ("old", "new"), [("multiply (3,) @ (4, 3)", "multiply (4,) @ (4, 3)"), ("@ (3, 4)", "@ (4, 3)")]
)
def test_a_false_word_about_shapes_that_do_not_fit_is_found(old: str, new: str) -> None:
    drawn = fp.trace(MISFIT).panel()._repr_html_()
    assert judge(drawn).true == 1
    assert judge(drawn.replace(old, new, 1)).false


def test_what_is_not_shown_is_left_open() -> None:
    drawn = str(html.draw(fp.trace("import numpy as np\nn = np.arange(50.0) @ np.ones(50)").panel().panel))
    verdict = judge(drawn)
    assert (verdict.open, verdict.false) == (1, [])


MUTANTS = [
    # in a module: a piece of it, and what it becomes
    ("steps", "return sorted(operands, key=lambda part: part.at)", "return operands"),
    ("steps", "factors = tuple(vector[: len(right.numbers.rows)])", "factors = tuple(vector[::-1])"),
    ("steps", "self._part_of(before, axes)", "self._part_of(after or 0, axes)"),
    ("steps", "operands = [before, added]", "operands = [added, before]"),
    ("steps", "return self._changed.get((origin.visit, origin.change))", "return next(iter(self._changed.values()))"),
    ("steps", "row * len(numbers.rows[0]) + column", "column * len(numbers.rows[0]) + row"),
    ("steps", "yield (i, j)[2 - len(numbers.shape) :]", "yield (j, i)[2 - len(numbers.shape) :]"),
    ("steps", "in _ASSIGNED and root[0].value == after", "in _ASSIGNED"),
    (
        "steps",
        '.join(map(_shape, given))} → {_shape(out)}"\n    return',
        '.join(map(_shape, given[::-1]))} → {_shape(out)}"\n    return',
    ),
    ("steps", "known = self._standing.get(index)", "known = next(iter(self._standing.values()), None)"),
    ("steps", "self._links.copied(worth, origin)", "self._links.copied(worth, replace(origin, key=0))"),
]
REPERTOIRE = """
import numpy as np
x = np.array([1.0, 0.0, 2.0])
y = np.array([0.5, 0.25, 4.0])
W = np.array([[0.5, -1.0], [0.25, 2.0], [-0.5, 0.75]])
A = np.arange(49.0).reshape(7, 7)
z = x @ W
h = np.maximum(0, z)
d = 1 - h
y -= x
x[1] = d[0] * 3
B = A * 2
C = B - A
D = C @ A
k = np.maximum(0, y) - y.mean()
"""


@pytest.mark.parametrize(("name", "old", "new"), MUTANTS)
def test_a_panel_made_by_other_rules_breaks_the_law(
    name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(REPERTOIRE.strip())
    mutate(importlib.import_module(f"fwdpass.trace.panel.{name}"), old, new, monkeypatch)
    with pytest.raises(AssertionError):
        check(REPERTOIRE.strip())


def mutate(module: ModuleType, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every module of the panel what another source of one of them defines."""
    source = inspect.getsource(module)
    assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {module.__name__}"
    mutant = ModuleType(module.__name__)
    monkeypatch.setitem(sys.modules, module.__name__, mutant)  # dataclasses look their module up
    exec(compile(source.replace(old, new), f"<{module.__name__}>", "exec"), vars(mutant))
    for user in [each for key, each in sys.modules.items() if key.startswith("fwdpass.trace.")]:
        for key, value in list(vars(user).items()):
            if user is not mutant and getattr(value, "__module__", "") == module.__name__ and hasattr(mutant, key):
                monkeypatch.setattr(user, key, getattr(mutant, key))


TINY = "import numpy as np\na = np.array([0.5, 3e-7])\nb = a * 2\nc = 1 / a\nd = a ** 2\ne = a @ a\nf = 1e-7 + 2e-7"


def test_what_is_tiny_does_not_look_like_nothing_and_is_judged() -> None:
    panel = check(TINY)
    drawn = PanelView(panel)._repr_html_()
    assert "3.0 × 10⁻⁷ × 2 =" in drawn
    assert "1 ÷ (3.0 × 10⁻⁷) =" in drawn
    assert "(3.0 × 10⁻⁷)<sup>2</sup> =" in drawn
    assert "0.0000]" not in repr(PanelView(panel))
