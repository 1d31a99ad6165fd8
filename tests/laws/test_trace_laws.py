"""Whatever a program does, it does the same when it is traced, and its trace is bounded and true."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fwdpass import lesson
from fwdpass.trace import Limits, Script, Trace, traced
from fwdpass.trace.form import dump
from fwdpass.trace.record import Array, Number, Text
from tests.plainly import plainly, with_tracer
from tests.traces import read

# Programs -------------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from("abcd")
NUMBERS = st.integers(-3, 9).map(str) | st.sampled_from(["0.5", "-0.0", "True", "'s'", "None", "[1, 2]", "(3,)", "{}"])


def joined(*parts: Any) -> st.SearchStrategy[str]:
    return st.tuples(*(part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts)).map("".join)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from([" + ", " - ", " * ", " / ", " // ", " ** 2 + ", " and ", " or ", " < ", " == ", " in "])
    return st.one_of(
        joined("(", inner, operator, inner, ")"),
        joined("(", inner, " < ", inner, " <= ", inner, ")"),
        joined("(", inner, " if ", inner, " else ", inner, ")"),
        joined("(not ", inner, ")"),
        joined("[", inner, ", *[", inner, "]]"),
        joined("say(", inner, ")"),
        joined("(", NAMES, " := ", inner, ")"),
        joined("[", inner, " for ", NAMES, " in range(9) if ", inner, "]"),
        joined("sum(", NAMES, " * 2 for ", NAMES, " in range(20))"),
        joined("(lambda ", NAMES, ": ", inner, ")(", inner, ")"),
        joined("f'{", NAMES, "}'"),
        joined("f(", inner, ")"),
        joined("[1, ", inner, "][", inner, "]"),
    )


EXPRESSIONS = st.recursive(NAMES | NUMBERS, compound, max_leaves=5)


def indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.splitlines())


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("".join).map(indented)
    jump = st.sampled_from(["", "    if a:\n        break\n", "    if b:\n        continue\n"])
    turns = st.sampled_from(["range(3)", "range(40)", "[1, 2, 3]", "iter('xyz')", "(c for c in range(15))", "{1: 2}"])
    return st.one_of(
        joined("if ", EXPRESSIONS, ":\n", body, "else:\n", body),
        joined("for ", NAMES, " in ", turns, ":\n", body, jump, body, "else:\n", body),
        joined("n = 0\nwhile n < ", st.sampled_from("3 25".split()), ":\n    n += 1\n", body, jump),
        joined("try:\n", body, "except (TypeError, NameError) as e:\n", body, "finally:\n", body),
        joined("def f(x, y=2):\n", body, "    return ", EXPRESSIONS, "\n"),
        joined("def f(x):\n    global a\n", body, "    yield ", EXPRESSIONS, "\n"),
        joined("class C:\n", body),
        joined(
            "match ", EXPRESSIONS, ":\n    case [x, *y]:\n", body.map(indented), "    case _:\n", body.map(indented)
        ),
    )


SIMPLE = st.one_of(
    joined(NAMES, " = ", EXPRESSIONS, "\n"),
    joined(NAMES, " += ", EXPRESSIONS, "\n"),
    joined("a, *b = ", EXPRESSIONS, ", 1\n"),
    joined("print(", EXPRESSIONS, ")\n"),
    joined(EXPRESSIONS, "\n"),
    joined("del ", NAMES, "\n"),
    joined("c = [", EXPRESSIONS, "] * 3\nc[0] = ", EXPRESSIONS, "\n"),
    joined("d: int = ", EXPRESSIONS, "\n"),
    joined("assert ", EXPRESSIONS, "\n"),
)
STATEMENTS = st.recursive(SIMPLE, blocks, max_leaves=6)
START = "a, b, c, d = 1, 2, [3], 'd'\ndef say(x):\n    print(x)\n    return x\ndef f(x):\n    return x\n"
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=4).map(lambda parts: START + "".join(parts))
NUMBER = itertools.count()


def is_python(program: str) -> bool:
    try:
        compile(program, "program", "exec")
    except SyntaxError:
        return False
    return True


@given(PROGRAMS.filter(is_python))
def test_a_traced_program_does_what_a_plain_one_does(tmp_path_factory: Any, program: str) -> None:
    path: Path = tmp_path_factory.getbasetemp() / f"program_{next(NUMBER)}.py"
    path.write_text(program, encoding="utf-8")
    plain = plainly(path)
    mine, trace = with_tracer(path)
    assert (mine.stdout, mine.ended, mine.lines) == (plain.stdout, plain.ended, plain.lines)
    assert repr(mine.names) == repr(plain.names)
    assert dump(trace) == dump(with_tracer(path)[1])
    assert read(dump(trace)).visits == trace.visits
    bounded(trace)


def bounded(trace: Trace) -> None:
    """Hold a trace against its limits."""
    limits = trace.limits
    assert len(trace.visits) <= limits.visits
    assert all(len(visit.values) <= limits.values for visit in trace.visits)
    assert all(len(visit.printed) <= limits.printed for visit in trace.visits)
    for visit in trace.visits:
        assert 0 <= visit.statement < len(trace.statements)
        for node, value in visit.values:
            assert trace.nodes[node].statement == visit.statement
            assert 0 <= value < len(trace.values)
    counted = [0] * len(trace.statements)
    for visit in trace.visits:
        counted[visit.statement] += visit.failure is None and not (not visit.values and visit.changes)
    assert all(
        statement.runs >= often or statement.kind in ("For", "While", "AsyncFor")
        for statement, often in zip(trace.statements, counted, strict=True)
    )


# Values ---------------------------------------------------------------------------------------------------------------

SHAPES = st.lists(st.integers(0, 40), max_size=4).map(tuple)
DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "u1", "?", "c16", ">i4", "U3", "O"])


@given(SHAPES, DTYPES, st.integers(1, 300), st.integers(1, 5))
def test_of_an_array_nothing_is_lost_or_only_its_corners_are_kept(
    shape: tuple[int, ...], dtype: str, entries: int, edge: int
) -> None:
    from fwdpass.trace.values import Store

    array = np.arange(int(np.prod(shape)), dtype="i8").reshape(shape).astype(dtype)
    store = Store(Limits(entries=entries, edge=edge))
    index = store.keep(array)
    assert store.keep(array.copy()) == index or dtype == "O"
    (kept,) = [value for at, value in enumerate(store.finished()) if at == index]
    if array.size <= entries:
        assert isinstance(kept, Array)
        assert np.array_equal(np.array(kept.entries, dtype=dtype).reshape(shape), array)
    else:
        flat = np.array(kept.corners, dtype=object)  # type: ignore[union-attr]
        assert flat.size <= 64
        assert kept.shape == shape  # type: ignore[union-attr]


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner) | st.tuples(inner),
    max_leaves=10,
))  # fmt: skip
def test_every_value_comes_back_from_json(value: Any) -> None:
    script = Script("x = y\n", "<script>")
    script.namespace = {"__name__": "__main__", "y": value}
    trace = traced(script)
    assert dump(read(dump(trace))) == dump(trace)
    assert repr(read(dump(trace)).values) == repr(trace.values)


# The chapter's script -------------------------------------------------------------------------------------------------


def evaluated() -> Iterator[tuple[str, Any, Any]]:
    """Every recorded expression of the chapter's script, with what was recorded and what it is worth by itself.

    By itself: evaluated from its source, in the names as they were before its statement; those of a function's call are
    its arguments. What a comprehension's own name was is told by the record of the name.
    """
    trace = traced(Script(Path(lesson.__file__).read_text(encoding="utf-8"), "forward_pass.py"))
    tree = ast.parse(trace.source)
    names: dict[str, Any] = {"__name__": "__main__"}
    frames: dict[int, dict[str, Any]] = {0: names}
    steps = {node.lineno: node for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    for visit in trace.visits:
        statement = trace.statements[visit.statement]
        space = frames.setdefault(visit.frame, {})
        if statement.kind == "arguments":
            # The arguments, from the call itself.
            assert visit.caller is not None
            call = trace.statements[trace.visits[visit.caller].statement]
            function = steps[call.place.line].value  # type: ignore[attr-defined]
            space |= dict(
                zip(("name", "values"), (eval(ast.unparse(each), names) for each in function.args), strict=True)
            )
            continue
        own: dict[str, Any] = {}
        for node, value in visit.values:
            source = trace.text(trace.nodes[node].place)
            if source == "v":
                own["v"] = recorded(trace, value)
                known = {float(each) for each in np.ravel(space["values"])}
                yield source, own["v"] in known, True
                continue
            if "print(" in source or "show(" in source or "for v in" in source or source == "rounded":
                continue  # what prints, and what is used up
            yield source, recorded(trace, value), eval(source, {**names, **space, **own})
        step = steps[statement.place.line]
        if not isinstance(step, (ast.If, ast.Expr)):
            exec(ast.unparse(step), names if visit.frame == 0 else {**names, **space}, space)


def recorded(trace: Trace, index: int) -> Any:
    match trace.values[index]:
        case Number(value=value) | Text(value=value):
            return value
        case Array(dtype=dtype, entries=entries):
            return np.array(entries, dtype=dtype)
        case other:
            return other


def test_every_recorded_expression_of_the_chapters_script_is_worth_that() -> None:
    found = list(evaluated())
    assert len(found) > 80
    assert {"x @ W1", "x @ W1 + b1", "image.T", "y_hat - target", "(y_hat - target) ** 2"} <= {
        name for name, *_ in found
    }
    for source, mine, theirs in found:
        assert type(mine) is type(theirs) or np.isscalar(theirs), source
        assert np.array_equal(mine, theirs), source
