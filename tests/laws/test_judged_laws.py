"""Whatever a small program does, what its trace says of it is true."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from fwdpass.trace import Limits, Script, traced
from fwdpass.trace.form import dump
from fwdpass.trace.view import TraceView
from tests.judge import Judge, TextJudge, Truth
from tests.traces import read

# A known hole: where a generator runs unrecorded, what it prints may stand at the line that ran before it went on, not
# at the head of the loop that reads it. So the generators here print nothing; those of the repertoire do.
PRELUDE = """\
class K:
    m = 0
    def __init__(self):
        self.n = 1
        self.seen = []
    def add(self, x):
        self.n += x
        self.seen.append(x)
        return self.n
    @property
    def last(self):
        self.n += 1
        print("asked")
        return self.n
def up():
    global b
    b += 1
    ys.append(b)
def down(n):
    if n <= 0:
        return 0
    below = down(n - 1)
    return below + 1
def gen(n):
    i = 0
    while i < n:
        i += 1
        yield i
def passed(n):
    got = yield from gen(n)
    yield got
def risky(n):
    if n % 3 == 0:
        raise ValueError(n)
    return n
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
k = K()
a = 1
b = 2
xs = [3, 1]
ys = xs
tick = counter()
"""
LOCAL = "a = 1\nb = 2\nxs = [3, 1]\nys = xs\n"
NUMBER = st.integers(0, 9).map(str)
NAME = st.sampled_from("ab")


def lines(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Join parts of a line."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


SIMPLE = st.one_of(
    lines(NAME, " = (", NAME, " * 3 + ", NUMBER, ") % 17"),
    lines(NAME, " += ", NUMBER),
    st.just("a, b = b, a"),
    lines("xs.append(", NAME, ")"),
    lines("xs = xs[-3:] + [", NAME, "]"),
    lines("xs[-1] = ", NAME),
    lines("xs.extend([", NUMBER, ", ", NUMBER, "])"),
    st.sampled_from(["ys = xs", "ys = xs[:]", "ys = list(reversed(xs))", "xs = ys"]),
    lines("print(", NAME, ", len(xs))"),
    lines(NAME, " = k.add(", NAME, " % 5)"),
    lines("k.n = ", NAME),
    lines("K.m += ", NUMBER),
    st.sampled_from(["a = k.last % 7", "print(k.last)", "k = K()"]),
    lines(NAME, " = down(", NAME, " % 4)"),
    st.sampled_from(["up()", "a = tick()", "a = sum(gen(2))", "xs = [*passed(2)][:2]", "print(*gen(2))"]),
    lines(NAME, " = sum(x for x in xs[:5] if x)"),
    lines("xs = [x % 7 + 1 for x in range(", NUMBER, ")] + [0]"),
    lines("xs = sorted(xs, key=lambda x: -x) + [", NAME, "]"),
    lines(NAME, " = (b := a + 1)"),
    lines("a = {'a': a, 'b': b}['", NAME, "']"),
)


def indented(body: str) -> str:
    return "\n".join("    " + line for line in body.split("\n"))


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(indented)
    jump = st.sampled_from(["", "", "    if a % 5 == 0:\n        break\n", "    if b % 3 == 0:\n        continue\n"])
    turns = st.sampled_from([
        "i in range(3)", "i in range(11)", "i in range(14)", "i in gen(3)", "i in passed(9)", "i in xs[:9]",
        "i, j in enumerate(ys[:4])", "i in zip(range(12), range(20))", "i in iter([1, 2, 3])", "i in [[1], [2]] * 6",
    ])  # fmt: skip
    times = st.sampled_from(["0", "2", "9", "12"])
    return st.one_of(
        lines("for ", turns, ":\n", jump, body),
        lines("for ", turns, ":\n", jump, body, "\nelse:\n", body),
        lines("w = iter(range(", times, "))\nwhile (c := next(w, -1)) >= 0:\n", jump, body),
        lines("w = iter(range(", times, "))\nwhile True:\n    if next(w, -1) < 0:\n        break\n", body),
        lines("if ", NAME, " % 2:\n", body, "\nelse:\n", body),
        lines("try:\n    risky(", NAME, ")\n", body, "\nexcept ValueError as error:\n", body, "\nfinally:\n", body),
    )


STATEMENTS = st.recursive(SIMPLE, compound, max_leaves=5)
BODIES = st.lists(STATEMENTS, min_size=1, max_size=5).map("\n".join)


def in_module(body: str) -> str:
    return PRELUDE + body + "\n"


def in_function(body: str) -> str:
    body = body.replace("k = K()", "pass")
    return f"{PRELUDE}def main():\n{indented(LOCAL + body)}\n    return a\nfor turn in range(2):\n    main()\n"


PROGRAMS: st.SearchStrategy[str] = st.builds(
    lambda body, place: place(body), BODIES, st.sampled_from([in_module, in_function])
)
LIMITS = st.sampled_from([Limits(), Limits(first=2, last=1), Limits(first=1, last=0), Limits(first=3, last=3)])


PROGRAMS_TRIED = int(os.environ.get("FWDPASS_PROGRAMS", "30"))
"""As many as take half a minute; nox's mutation command tries ten times as many."""


def faults(source: str, limits: Limits) -> list[str]:
    """Hold the trace of a program against its true run."""
    trace = traced(Script(source, "judged.py"), limits)
    judge = Judge(read(dump(trace)), Truth(source))
    return [*judge.faults, *TextJudge(judge, TraceView(trace).text("code")).faults]


@settings(max_examples=PROGRAMS_TRIED)
@given(PROGRAMS, LIMITS)
def test_nothing_that_is_said_of_a_program_is_false(source: str, limits: Limits) -> None:
    assert faults(source, limits) == []
