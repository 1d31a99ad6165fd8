"""What a trace says of a script: values, changes, origins, failures, output, counts."""

from __future__ import annotations

import ast
import gc
import weakref
from typing import Any

import pytest

from fwdpass.trace import Limits, Script, Trace, traced
from fwdpass.trace.record import Array, LargeArray, Named, Number, Sequence, Text, Thing
from fwdpass.trace.statements import instrument
from fwdpass.trace.view import TraceView
from fwdpass.trace.words import Wording

IMPORT = "import numpy as np\n"


def trace(source: str, limits: Limits | None = None) -> Trace:
    return traced(Script(source, "<script>"), limits)


def worth(of: Trace, text: str) -> list[Any]:
    """Everything that an expression was worth, in order: numbers and texts as themselves."""
    found = []
    for visit in of.visits:
        for node, value in visit.values:
            if of.text(of.nodes[node].place) == text:
                found.append(plain(of, value))
    return found


def plain(of: Trace, index: int | None) -> Any:
    match None if index is None else of.values[index]:
        case Number(value=value) | Text(value=value):
            return value
        case Array(entries=entries):
            return entries
        case Sequence(items=items):
            return [plain(of, item) for item in items]
        case value:
            return value


def changes(of: Trace) -> list[tuple[int, str, Any, Any, str]]:
    """Every change: its line, name, before, after, how."""
    return [
        (of.statements[visit.statement].place.line, change.name, plain(of, change.before), plain(of, change.after),
         change.how)
        for visit in of.visits
        for change in visit.changes
    ]  # fmt: skip


# Values ---------------------------------------------------------------------------------------------------------------


def test_every_part_of_an_expression_is_there() -> None:
    of = trace("a, b = 2, 5\nc = (a + b) * a - f'{b}'.count('5')\n")
    assert worth(of, "a + b") == [7]
    assert worth(of, "(a + b) * a") == [14]
    assert worth(of, "f'{b}'") == ["5"]
    assert worth(of, "(a + b) * a - f'{b}'.count('5')") == [13]


def test_a_tree_has_each_value_under_what_was_made_from_it() -> None:
    of = trace(IMPORT + "x, W = np.ones(2), np.ones((2, 3))\nz = x @ W + 1\n")
    (top,) = of.tree(2)
    assert of.text(of.nodes[top.node].place) == "x @ W + 1"
    (product,) = top.children
    assert [of.text(of.nodes[each.node].place) for each in product.children] == ["x", "W"]


def test_values_are_copies_taken_then() -> None:
    of = trace(IMPORT + "a = np.zeros(2)\nl = [1]\nm = [l]\na[0] = 5\nl.append(2)\n")
    assert worth(of, "np.zeros(2)") == [(0.0, 0.0)]
    assert worth(of, "[l]") == [[[1]]]


def test_a_large_array_is_its_shape_dtype_and_corners() -> None:
    of = trace(IMPORT + "a = np.arange(10_000).reshape(100, 100)\n")
    large = of.values[of.visits[1].changes[0].after or 0]
    assert isinstance(large, LargeArray)
    assert (large.dtype, large.shape, large.nbytes, large.edge) == ("int64", (100, 100), 80_000, 3)
    assert large.corners[0] == (0, 1, 2, 97, 98, 99)  # type: ignore[index]
    assert large.corners[-1] == (9900, 9901, 9902, 9997, 9998, 9999)  # type: ignore[index]


@pytest.mark.parametrize("axes", range(1, 40))
def test_many_axes_have_few_corners(axes: int) -> None:
    of = trace(f"{IMPORT}a = np.broadcast_to(np.zeros(1), (400,) + (2,) * {min(axes, 31)})\n")
    large = of.values[of.visits[1].changes[0].after or 0]
    assert isinstance(large, LargeArray)
    assert str(large.corners).count("0.0") <= 64


def test_the_shortest_decimal_is_kept_of_a_short_float() -> None:
    of = trace(IMPORT + "a = np.float32([0.1])\nb = np.float32(0.1)\nc = np.float64(0.1)\n")
    assert [after for _, name, _, after, _ in changes(of) if name in "abc"] == [(0.1,), 0.1, 0.1]


def test_equal_numbers_that_are_not_the_same_stay_apart() -> None:
    of = trace("a = [0.0, -0.0, 0, False, 1, True, 1.0]\n")
    kept = of.values[of.visits[0].changes[0].after or 0]
    assert isinstance(kept, Sequence)
    values = [of.values[i] for i in kept.items]
    assert [repr(value) for value in values] == [
        "Number(value=0.0, type='float')", "Number(value=-0.0, type='float')", "Number(value=0, type='int')",
        "Number(value=False, type='bool')", "Number(value=1, type='int')", "Number(value=True, type='bool')",
        "Number(value=1.0, type='float')",
    ]  # fmt: skip


def test_a_value_is_kept_once() -> None:
    of = trace(IMPORT + "W = np.eye(3)\nfor i in range(5):\n    V = W @ W\n")
    assert sum(isinstance(value, Array) for value in of.values) == 1


def test_a_call_names_what_it_called_and_what_that_says_of_itself() -> None:
    of = trace(IMPORT + "h = np.maximum(0, -1)\nn = len('ab')\nt = np.ones(2).tolist()\n")
    callees = [of.values[node.callee] for node in of.nodes if node.callee is not None]
    assert Named("function", "maximum", "numpy", "Element-wise maximum of array elements.") in callees
    assert Named("function", "len", "builtins", "Return the number of items in a container.") in callees
    assert ("method", "ndarray.tolist") in [(each.kind, each.name) for each in callees if isinstance(each, Named)]


def test_a_name_that_is_a_module_only_sometimes_is_recorded() -> None:
    of = trace("import math as m\nf = lambda m: m.count(1)\nx = f([1])\ny = m.floor(2.5)\n")
    assert worth(of, "m") == [[1], Named("module", "math", "")]


def test_what_did_not_run_is_not_asked_for() -> None:
    of = trace("import xml\nif False:\n    xml.nowhere.nothing()\n")
    assert all(node.callee is None for node in of.nodes)


def test_the_scripts_own_functions_have_no_summary() -> None:
    of = trace("def f():\n    'Says something.'\nf()\n")
    (callee,) = [of.values[node.callee] for node in of.nodes if node.callee is not None]
    assert callee == Named("function", "f", "__main__")


def test_objects_have_their_attributes() -> None:
    of = trace("class P:\n    __slots__ = 'x', '__dict__'\np = P()\np.x = 1\np.y = [2]\n")
    last = of.values[of.visits[-1].changes[0].after or 0]
    assert isinstance(last, Thing)
    assert (last.type, {name: plain(of, value) for name, value in last.fields}) == ("P", {"y": [2], "x": 1})


def test_lists_within_lists_end_somewhere() -> None:
    of = trace("a = []\na.append(a)\nb = list(range(10**6))\nc = 'x' * 10**6\nd = 1 << 10**6\n")
    assert len(of.values) < 60
    assert [after for _, name, _, after, _ in changes(of) if name == "d"] == [
        Thing("int", "a whole number of 1000001 bits")
    ]


def shown(of: Trace, name: str) -> list[str]:
    """What a name was worth, in words, after each of its changes."""
    words = Wording(of)
    return [words.value(change.after or 0) for visit in of.visits for change in visit.changes if change.name == name]


def test_a_named_tuple_is_an_object_with_fields() -> None:
    of = trace("from typing import NamedTuple\nclass Q(NamedTuple):\n    row: int\n    column: int = 3\nq = Q(2)\n")
    assert shown(of, "q") == ["Q(row=2, column=3)"]


def test_a_change_further_down_a_list_is_seen() -> None:
    of = trace("xs = [0] * 300\nys = xs\nys[200] = -5\nxs[40] = 'new'\n")
    assert [(name, how) for line, name, *_, how in changes(of) if line > 2] == [
        ("ys", "changed"), ("xs", "changed"), ("xs", "changed"), ("ys", "changed"),
    ]  # fmt: skip
    assert "[200]: −5" in shown(of, "ys")[1]
    assert "[40]: 'new'" in shown(of, "xs")[-1]


@pytest.mark.parametrize("inside", ["[list(range(60))]", "{0: list(range(60))}", "{0: [list(range(60))]}"])
def test_a_change_further_down_a_list_in_another_thing_is_seen(inside: str) -> None:
    of = trace(f"xs = {inside}\nys = xs[0]\nys = ys[0] if len(ys) == 1 else ys\nys[50] = -1\n")
    assert [name for _, name, *_ in changes(of) if name == "xs"] == ["xs", "xs"]
    assert any(
        "[50]: 50" in line and "[50]: -1" in line for line in TraceView(of).text("code").split("\n") if "xs" in line
    )


def test_a_name_that_is_all_of_a_line_says_what_it_is_worth() -> None:
    of = trace("def f(x):\n    return x\na = f(7)\na\n")
    said = [line.strip() for line in TraceView(of).text().split("\n")]
    assert {"x = 7", "a = 7"} <= set(said)


def test_a_change_between_the_corners_of_an_array_is_seen_through_a_view() -> None:
    of = trace(IMPORT + "a = np.zeros(500)\nv = a[200:300]\nv.fill(4)\n")
    assert ("a", "changed") in [(name, how) for line, name, *_, how in changes(of) if line == 4]


def test_a_structured_array_shows_its_records() -> None:
    of = trace(IMPORT + "r = np.array([(1, 2.5)], dtype=[('n', 'i4'), ('x', 'f8')])\nr['n'][0] = 9\n")
    assert shown(of, "r") == ["[(1, 2.5)]", "[(9, 2.5)]"]


def test_bytes_are_bytes() -> None:
    assert shown(trace("b = 'ö'.encode()\nc = bytearray(b)\n"), "b") == [r"b'\xc3\xb6'"]


def test_a_matrix_shows_its_numbers() -> None:
    assert shown(trace(IMPORT + "m = np.arange(30).reshape(5, 6)\n"), "m")[0].count(",") == 29


def test_attributes_of_a_class_and_of_objects_change_by_their_names() -> None:
    of = trace(
        "class Net:\n    seen = 0\nnet = Net()\nNet.seen += 2\nnet.w = 1\nnet.w += 4\nd = {'k': 1}\nd['k'] = 5\n"
    )
    parts = [
        part for visit in of.visits for change in visit.changes if change.how == "changed" for part in of.parts(change)
    ]
    assert [(name, plain(of, before), plain(of, after)) for name, before, after in parts] == [
        ("Net.seen", 0, 2), ("net.w", None, 1), ("net.w", 1, 5), ("d['k']", 1, 5),
    ]  # fmt: skip


# Changes --------------------------------------------------------------------------------------------------------------


def test_before_and_after() -> None:
    assert changes(trace("n = 1\nn += 2\nm = n\ndel n\n")) == [
        (1, "n", None, 1, "assigned"), (2, "n", 1, 3, "assigned"), (3, "m", None, 3, "assigned"),
        (4, "n", 3, None, "deleted"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change", ["v[0] = 9", "v += 9", "np.add(v, 9, out=v)", "v.fill(9)", "a[:2] = 9", "f(a)", "m[0, 0] = 9"]
)
def test_a_change_through_a_view_shows_under_every_name(change: str) -> None:
    of = trace(f"{IMPORT}a = np.zeros(4)\nv = a[:2]\nm = a.reshape(2, 2)\ndef f(given):\n    given[0] = 9\n{change}\n")
    assert {name for line, name, *_, how in changes(of) if line >= 6 and how == "changed"} >= {"a", "m"}


def test_a_change_in_a_call_is_seen_there_and_where_it_was_called() -> None:
    of = trace("a = [1]\ndef f(given):\n    given.append(2)\nf(a)\n")
    assert [(line, name, after) for line, name, _, after, how in changes(of) if how == "changed"] == [
        (4, "a", [1, 2]), (3, "given", [1, 2]),
    ]  # fmt: skip


CHANGING = {
    "writes a part of what it is given": "def f(a):\n    a[0] = 5\nf(xs)",
    "adds to it": "def f(a):\n    a += [5]\nf(xs)",
    "lets another function do that": "def g(a):\n    a.append(5)\ndef f(a):\n    g(a)\nf(xs)",
    "lets one do that which comes later": "def f(a):\n    g(a)\ndef g(a):\n    a.append(5)\nf(xs)",
    "was defined twice": "def f(a):\n    return a\ndef f(a):\n    a.append(5)\nf(xs)",
    "is another one later": "def f(a):\n    return a\nf = xs.append\nf(5)",
    "is decorated": "def to(g):\n    return lambda a: a.append(5)\n@to\ndef f(a):\n    return a\nf(xs)",
    "has the name of a builtin": "def len(a):\n    a.append(5)\nlen(xs)",
    "calls what it is given by that name": "def f(len):\n    return len(5)\nf(xs.append)",
    "calls a function that it makes": "def f(a):\n    g = lambda: a.append(5)\n    return g()\nf(xs)",
    "hands one over": "def f(a):\n    return lambda: a.append(5)\ng = f(xs)\ng()",
    "declares a name global": "def f():\n    global xs\n    xs = [5]\nf()",
    "comes out of a text": "def f(a):\n    return a\nexec('def f(a): a.append(5)')\nf(xs)",
    "is called where a map is read": "m = map(xs.append, [5])\nprint(*m)",
    "is a lambda called there": "m = map(lambda x: xs.append(x), [5])\nprint(*m)",
    "is called where a generator is read": "m = (xs.append(5) for _ in [0])\nprint(*m)",
    "does so in a loop": "def f(a):\n    for x in [5]:\n        a.append(x)\nf(xs)",
    "deletes": "def f(a):\n    del a[0]\nf(xs)",
    "calls itself": "def f(a, n=2):\n    return f(a, n - 1) if n else a.append(5)\nf(xs)",
}


@pytest.mark.parametrize("function", CHANGING)
def test_a_function_that_changes_what_it_is_given_is_not_taken_for_harmless(function: str) -> None:
    of = [each for each in changes(trace(f"xs = [1]\n{CHANGING[function]}\n")) if each[1] == "xs"]
    assert of[-1][2] == [1]
    assert of[-1][3] in ([5], [1, 5], [])


def test_a_function_that_changes_nothing_is_known_to() -> None:
    source = "def f(x):\n    return round(f(x - 1) if x else 0)\ndef g(x):\n    print(f(x), *(f(y) for y in x))\n"
    assert {"f", "g"} <= instrument(ast.parse(source), source, 6)[1].harmless


def test_recursion_keeps_its_names_apart() -> None:
    of = trace("def down(n):\n    if n:\n        down(n - 1)\n    return n\ndown(2)\n")
    assert [(before, after) for _, name, before, after, _ in changes(of) if name == "n"] == [
        (None, 2), (None, 1), (None, 0),
    ]  # fmt: skip
    assert worth(of, "n") == [2, 2, 1, 1, 0, 0, 1, 2]


def test_generators_that_interleave_keep_their_visits_apart() -> None:
    of = trace("def g(n):\n    while True:\n        yield n\n        n = n + 1\na, b = g(0), g(10)\n"
               "for _ in range(2):\n    x = next(a), next(b)\n")  # fmt: skip
    frames = {visit.frame: [] for visit in of.visits if visit.scope == "g"}  # type: ignore[var-annotated]
    for visit in of.visits:
        for node, value in visit.values:
            if visit.scope == "g" and of.text(of.nodes[node].place) == "n":
                frames[visit.frame].append(plain(of, value))
    assert list(frames.values()) == [[0, 0, 1], [10, 10, 11]]


def test_a_loop_leaves_behind_what_it_made_unrecorded() -> None:
    of = trace("total = 0\nfor i in range(1000):\n    total += i\n")
    assert changes(of)[-1] == (3, "total", 498501, 499500, "assigned")
    assert [after for _, name, _, after, _ in changes(of) if name == "i"] == [0, 1, 2, 3, 4, 5, 997, 998, 999]


def test_a_while_loop_leaves_behind_its_final_values() -> None:
    of = trace("def f():\n    n = 0\n    while n < 1000:\n        n += 1\n    return n\nf()\n")
    assert (3, "n", 6, 1000, "assigned") in changes(of)


def test_a_loop_that_has_not_come_to_all_its_names() -> None:
    of = trace("def f():\n    for i in range(50):\n        j = i * 2\n        if i < 0:\n            k = 1\nf()\n",
               Limits(first=1, last=0))  # fmt: skip
    assert [(name, after) for line, name, _, after, _ in changes(of) if line == 2] == [
        ("i", 0), ("i", 49), ("j", 98),
    ]  # fmt: skip


def test_names_that_a_function_declares_global() -> None:
    of = trace("n = 1\ndef f():\n    global n\n    n += 1\nf()\nf()\n")
    # In each call, and in the visit that called.
    assert [(line, before, after) for line, name, before, after, _ in changes(of) if name == "n"] == [
        (1, None, 1), (5, 1, 2), (4, 1, 2), (6, 2, 3), (4, 2, 3),
    ]  # fmt: skip


# Origins --------------------------------------------------------------------------------------------------------------


def test_a_value_is_followed_to_where_it_came_from() -> None:
    of = trace("a = 1\nb = a + 1\na = 5\nc = a + b\n")
    (first, second) = (at for at, (node, _) in enumerate(of.visits[3].values) if of.nodes[node].kind == "Name")
    assert [(origin and origin.visit) for origin in (of.origin(3, first), of.origin(3, second))] == [2, 1]
    assert of.reads(3) == (("a", of.visits[3].values[first][1]), ("b", of.visits[3].values[second][1]))


def test_what_is_no_name_has_no_origin() -> None:
    of = trace("a = 1\nb = a + 1\n")
    assert of.origin(1, 1) is None


# Output ---------------------------------------------------------------------------------------------------------------


def test_what_was_printed_is_with_the_statement_that_printed_it() -> None:
    of = trace("def f():\n    print('in f')\n    return 'f'\nprint('a', f(), 'b')\nx = [print(i) for i in 'xy']\n")
    assert [(of.statements[v.statement].place.line, v.printed) for v in of.visits if v.written] == [
        (4, "a f b\n"), (2, "in f\n"), (5, "x\ny\n"),
    ]  # fmt: skip
    assert of.written == 15


def test_much_output_is_counted_and_not_kept() -> None:
    of = trace("for i in range(100):\n    print('x' * 100_000)\n")
    assert of.written == 100 * 100_001
    assert sum(len(visit.printed) for visit in of.visits) <= of.limits.printed * len(of.visits)


# Counts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line", "runs"),
    [
        ("for i in range(1000):\n    x = i\n", 2, (1000, False)),
        ("for i in (j for j in range(1000)):\n    x = i\n", 2, (1000, False)),
        ("for i in range(3):\n    x = i\n", 2, (3, False)),
        ("def f():\n    return 1\nfor i in range(1000):\n    f()\n", 2, (1000, False)),
        ("for i in range(1000):\n    if i % 2:\n        x = i\n", 3, (4, True)),
        ("for i in range(1000):\n    if i == 500:\n        break\n    x = i\n", 4, (6, True)),
        ("i = 0\nwhile i < 1000:\n    i += 1\n", 3, (1000, False)),
        ("i = 0\nwhile True:\n    i += 1\n    if i == 1000:\n        break\n", 3, (1000, False)),
        ("if False:\n    x = 1\n", 2, (0, False)),
    ],
)
def test_how_often_a_line_ran(source: str, line: int, runs: tuple[int, bool]) -> None:
    of = trace(source)
    (statement,) = [s for s in of.statements if s.place.line == line]
    assert (statement.runs, statement.more) == runs


def test_the_first_and_the_last_turns_are_there() -> None:
    of = trace("for i in range(100):\n    x = i * 2\n", Limits(first=3, last=2))
    assert worth(of, "i * 2") == [0, 2, 4, 196, 198]


@pytest.mark.parametrize(
    "over", ["enumerate(range(50))", "zip(range(50), range(60))", "{k: 0 for k in range(50)}.items()"]
)
def test_the_last_turns_of_what_has_a_length(over: str) -> None:
    of = trace(f"for i, j in {over}:\n    x = i\n", Limits(first=1, last=1))
    assert worth(of, "i") == [0, 49]


def test_there_is_a_limit_to_everything() -> None:
    source = "def f(n):\n    return [n + i for i in range(n)]\n" + "x = f(30)\n" * 50
    of = trace(source, Limits(first=2, visits=20, values=3, items=2, text=5, printed=5))
    assert len(of.visits) == 20
    assert max(len(visit.values) for visit in of.visits) == 3
    assert any(visit.cut for visit in of.visits)
    assert all(statement.more for statement in of.statements)


# Failures -------------------------------------------------------------------------------------------------------------


def operands(of: Trace) -> list[tuple[str, Any]]:
    assert of.ended.visit is not None
    failure = of.visits[of.ended.visit].failure
    assert failure is not None
    return [(of.text(of.nodes[node].place), plain(of, value)) for node, value in failure.operands]


def test_a_failure_has_the_operation_and_its_operands() -> None:
    of = trace("a, b = 1, 0\nc = (a + 1) / (b * 2) + a\n")
    assert of.ended.how == "raised"
    assert of.ended.sentence == "It stopped at line 2: ZeroDivisionError: division by zero"
    assert operands(of) == [("a + 1", 2), ("b * 2", 0)]


def test_a_shape_mismatch_shows_both_shapes() -> None:
    of = trace(IMPORT + "x, W = np.ones(3), np.ones((4, 3))\nz = x @ W\n")
    assert of.ended.visit is not None
    failure = of.visits[of.ended.visit].failure
    assert failure is not None
    assert [of.values[value].shape for _, value in failure.operands] == [(3,), (4, 3)]  # type: ignore[union-attr]


def test_an_operation_that_fails_unrecorded_has_operands_too() -> None:
    of = trace("ns = [1] * 500 + [0] + [1] * 500\ndef f():\n    for n in ns:\n        share = 10 / n\nf()\n")
    assert operands(of) == [("n", 0)]


def test_an_exception_that_is_caught_is_with_the_operation_that_raised_it() -> None:
    of = trace("try:\n    x = {}['k']\nexcept KeyError as e:\n    y = 1\n")
    (failed,) = [visit for visit in of.visits if visit.failure]
    assert failed.failure is not None
    assert (failed.failure.type, failed.failure.line) == ("KeyError", 2)
    assert of.ended.how == "finished"


def test_augmented_assignment_that_fails() -> None:
    of = trace("def f():\n    a = 1\n    a += 'x'\nf()\n")
    assert operands(of) == [("a", 1)]


def test_a_message_of_the_scripts_own_is_not_asked_for() -> None:
    of = trace(
        "class E(Exception):\n    def __str__(self):\n        print('asked')\n        return ''\nraise E('told')\n"
    )
    assert (of.ended.sentence, of.written) == ("It stopped at line 5: E: told", 0)


LEFT_BEHIND = {
    "a function": "def f(a):\n    return a + 1\nx = f(2)\n",
    "a class": "class A:\n    def m(self):\n        return 1\nx = A().m()\n",
    "a generator": "def g():\n    yield 1\n    yield 2\ni = g()\nx = next(i)\n",
    "an exception": "def f(a):\n    return 1 / a\ntry:\n    f(0)\nexcept Exception as e:\n    kept = e\n",
    "a failure": "def f(a):\n    return 1 / a\nx = f(0)\n",
    "a closure": "def f(a):\n    def g():\n        return a\n    return g\ngs = [f(k) for k in range(3)]\n",
    "a method of another's": "class L(list):\n    def __len__(self):\n        return super().__len__()\nx = len(L())\n",
    "a coroutine": "async def f():\n    return 1\nc = f()\nx = next(c.__await__(), 0)\nc.close()\n",
}


@pytest.mark.parametrize("within", [False, True])
def test_nothing_of_a_run_stays_once_its_trace_is_let_go(within: bool) -> None:
    """A circle that goes through code is never found: a page that is read for each change of a number would grow."""
    recorders = {}
    for left, source in LEFT_BEHIND.items():
        script = Script(source, "<script>")
        if within:  # as in a page, whose names are there before
            script.namespace = {"__name__": "page"}
        assert traced(script).visits
        recorders[left] = weakref.ref(script.at.__self__)  # type: ignore[attr-defined]
    del script
    for _ in range(4):  # what is found in one may hold what is found in the next
        gc.collect()
    assert [left for left, recorder in recorders.items() if recorder() is not None] == []
