"""What really happened in a script, told by Python's own ``sys.settrace``, and a trace held against it.

It shares no code with the recorder: the script runs as it was written, and each line of it that begins is an event. A
visit of a trace says of itself which call of which function it is, in which turn of which loops, at which line; there
is one step of the true run of which that is so. What the visit claims is compared with what the names were worth when
that step began, and when it was over. Scripts that are judged have one statement a line.
"""

from __future__ import annotations

import ast
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.trace.record import (
    Array,
    LargeArray,
    Mapping,
    Named,
    Number,
    Sequence,
    Statement,
    Text,
    Thing,
    Trace,
    Visit,
)

_PYTHONS = frozenset(("__name__", "__builtins__", "__module__", "__qualname__", "__doc__", "__class__"))
INNER = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
PathOf = tuple[tuple[int, int], ...]
"""The loops around a step, from the outermost on: the line of each, and the number of the turn."""


# The true run ---------------------------------------------------------------------------------------------------------


@dataclass
class Step:
    """A line that began: in which frame, in which turns, and what the names were worth then and afterwards."""

    index: int
    line: int
    path: PathOf
    before: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)


@dataclass
class Call:
    """A frame: which call of its function it is, counted for each definition, and who called."""

    code: types.CodeType
    number: int
    caller: list[tuple[Call, int]]
    """The frames around it, from the nearest on, each with the index of its step that ran."""
    steps: list[Step] = field(default_factory=list)
    active: list[tuple[ast.stmt, int]] = field(default_factory=list)

    @property
    def scope(self) -> str:
        return "<module>" if self.code.co_name == "<module>" else self.code.co_qualname


class Truth:
    """Runs a script, and keeps every step of it."""

    def __init__(self, source: str, filename: str = "judged.py") -> None:
        tree = ast.parse(source)
        self.filename = filename
        self.loops = {node.lineno: node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.While))}
        decorated = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        self.heads = {node.lineno: node.decorator_list[0].lineno for node in decorated if node.decorator_list}
        self.delegating = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.YieldFrom)}
        self.calls: list[Call] = []
        self.printed: list[tuple[str, list[tuple[Call, int]]]] = []
        self.ended = ""
        self._known: dict[int, Call] = {}
        self._frames: list[types.FrameType] = []
        self._numbers: dict[Any, int] = {}
        self._count = 0
        self._names: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        self._run(compile(source, filename, "exec", dont_inherit=True))

    def _run(self, code: types.CodeType) -> None:
        module = types.ModuleType("__main__")
        vars(module).update(self._names)
        self._names = vars(module)
        before, main, trace = sys.stdout, sys.modules["__main__"], sys.gettrace()
        sys.modules["__main__"] = module
        sys.stdout = _Printed(self)
        sys.settrace(self._called)
        try:
            exec(code, self._names)
        except BaseException as error:  # noqa: BLE001 - a script may end in any way
            self.ended = f"{type(error).__name__}: {error}"
        finally:
            sys.settrace(trace)
            sys.stdout, sys.modules["__main__"] = before, main
        for call in self.calls:
            for step, following in zip(call.steps, call.steps[1:], strict=False):
                step.after = following.before

    # Events -----------------------------------------------------------------------------------------------------------

    def stack(self, frame: types.FrameType | None) -> list[tuple[Call, int]]:
        """Give the script's frames that are running, from the innermost on."""
        found = []
        while frame is not None:
            call = self._known.get(id(frame))
            if call is not None:
                found.append((call, len(call.steps) - 1))
            frame = frame.f_back
        return found

    def _called(self, frame: types.FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code.co_filename != self.filename or code.co_name in INNER:
            return None
        if id(frame) not in self._known:  # a generator is called again whenever it goes on
            number = self._numbers[code] = self._numbers.get(code, 0) + 1
            call = Call(code, number, self.stack(frame.f_back))
            self._frames.append(frame)
            self._known[id(frame)] = call
            self.calls.append(call)
            call.steps.append(self._step(call, code.co_firstlineno, frame))
        return self._line

    def _line(self, frame: types.FrameType, event: str, _: Any) -> Any:
        call = self._known[id(frame)]
        if event == "line":
            call.steps.append(self._step(call, frame.f_lineno, frame))
        elif event == "return" and call.steps:
            call.steps[-1].after = self._state(frame)
        return self._line

    def _step(self, call: Call, line: int, frame: types.FrameType) -> Step:
        self._follow(call, line)
        self._count += 1
        path = tuple((loop.lineno, turn) for loop, turn in call.active)
        return Step(self._count, line, path, self._state(frame))

    def _follow(self, call: Call, line: int) -> None:
        """Find out which turn of which loops a line begins in."""
        came = call.steps[-1].line if call.steps else 0
        active = call.active
        while active and not active[-1][0].lineno <= line <= _end(active[-1][0]):
            active.pop()
        loop = self.loops.get(line)
        if loop is not None and not any(each is loop for each, _ in active):
            active.append((loop, 0))
        if loop is not None:
            while active[-1][0] is not loop:
                active.pop()
            if not (isinstance(loop, ast.While) and _is_endless(loop)):
                active[-1] = loop, active[-1][1] + 1  # its head: the next value is taken, or the test is made
        elif active:
            around = active[-1][0]
            if isinstance(around, ast.While) and _is_endless(around) and line == around.body[0].lineno:
                active[-1] = around, active[-1][1] + (came != line or active[-1][1] == 0 or len(around.body) == 1)

    def _state(self, frame: types.FrameType) -> dict[str, Any]:
        names = frame.f_globals if frame.f_code.co_name == "<module>" else frame.f_locals
        every = {**frame.f_globals, **names}
        return {name: copied(value) for name, value in every.items() if name not in _PYTHONS}


def _end(loop: Any) -> int:
    """The last line of a loop's body, without its ``else``."""
    last: int = loop.body[-1].end_lineno
    return last


def _is_endless(loop: ast.While) -> bool:
    return isinstance(loop.test, ast.Constant)


class _Printed:
    """Standard output that knows which frames were running."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth

    def write(self, text: str) -> int:
        self._truth.printed.append((text, self._truth.stack(sys._getframe(1))))
        return len(text)

    def flush(self) -> None:
        pass


# Values ---------------------------------------------------------------------------------------------------------------


def copied(value: Any, depth: int = 0) -> Any:
    """Copy a value as it is now."""
    match value:
        case bool() | int() | float() | complex() | str() | bytes() | None:
            return value
        case np.ndarray() | np.generic():
            return value.copy()
        case list() | tuple() | set() | frozenset() | dict() if depth > 3:
            return type(value), len(value)
        case dict():
            return dict, len(value), [(copied(k, depth + 1), copied(v, depth + 1)) for k, v in value.items()][:20]
        case set() | frozenset():
            return type(value), len(value), value.copy()
        case list() | tuple():
            return type(value), len(value), [copied(each, depth + 1) for each in value[:20]]
        case type():
            return type, value.__name__
    if type(value).__module__ == "__main__":
        fields = {} if depth > 2 else {name: copied(each, depth + 1) for name, each in vars(value).items()}
        return object, type(value).__name__, fields
    return ..., type(value).__name__


def same(trace: Trace, index: int, true: Any) -> bool:
    """Whether a value of a trace is a copy of this one, as far as it was kept."""
    match trace.values[index], true:
        case Number(value=value), bool() | int() | float() | complex() | np.generic() | None:
            return repr(value) == repr(true.item() if isinstance(true, np.generic) else true)
        case Text(value=value, length=length), str():
            return length == len(true) and true.startswith(value)
        case Text(value=value, length=length), bytes():
            return length == len(true) and true.startswith(value.encode("latin-1"))
        case Array(shape=shape, entries=entries), np.ndarray():
            return shape == true.shape and repr(_listed(entries)) == repr(true.tolist())
        case LargeArray(shape=shape, edge=edge, corners=corners), np.ndarray():
            near = np.ix_(*([*range(edge), *range(n - edge, n)] if n > 2 * edge else list(range(n)) for n in shape))
            return shape == true.shape and repr(_listed(corners)) == repr(true[near].tolist())
        case Sequence(length=length, items=items), (type() as kind, int() as n, *inside):
            if length != n or not inside or not items:
                return length == n
            if kind in (set, frozenset):
                return all(any(same(trace, item, each) for each in inside[0]) for item in items)
            return all(same(trace, item, each) for item, each in zip(items, inside[0], strict=False))
        case Mapping(length=length, items=pairs), (type(), int() as n, *inside):
            return length == n and all(
                same(trace, key, a) and same(trace, value, b)
                for (key, value), (a, b) in zip(pairs, inside[0] if inside and pairs else [], strict=False)
            )
        case Thing(type=kind, fields=fields), (type(), str() as name, dict() as true_fields):
            return kind == name and all(
                field in true_fields and same(trace, value, true_fields[field]) for field, value in fields
            )
        case Thing(text=text), (type(), int()):
            return bool(text)
        case Named(name=said), (type(), str() as name):
            return said.rpartition(".")[2] == name
        case ((Named() | Thing() | Sequence()), (true_kind, *_)):
            return true_kind is ...
    return False


def _listed(entries: Any) -> Any:
    return [_listed(each) for each in entries] if isinstance(entries, tuple) else entries


# The judge ------------------------------------------------------------------------------------------------------------


class Judge:
    """Holds a trace against what really happened; ``faults`` are the claims that are false."""

    def __init__(self, trace: Trace, truth: Truth) -> None:
        self.trace = trace
        self.truth = truth
        self.faults: list[str] = []
        self.checked = {"before": 0, "after": 0, "turn": 0, "caller": 0, "depth": 0, "printed": 0, "runs": 0}
        self._entered = {visit.frame: trace.statements[visit.statement] for visit in reversed(trace.visits)}
        self._calls = self._frames()
        self._steps = [self._found(index, visit) for index, visit in enumerate(trace.visits)]
        for index, visit in enumerate(trace.visits):
            self._names(index, visit)
            self._caller(index, visit)
            self._turns(index, visit)
        self._output()
        self._runs()

    def _fault(self, index: int, said: str) -> None:
        visit = self.trace.visits[index]
        line = self.trace.statements[visit.statement].place.line
        self.faults.append(f"visit {index}, line {line} ({visit.scope}, call {visit.call}, turn {visit.turn}): {said}")

    # Which step a visit is --------------------------------------------------------------------------------------------

    def _frames(self) -> dict[int, Call]:
        """Find the true frame of each frame of the trace."""
        found: dict[int, Call] = {}
        bodies: dict[str, int] = {}
        for index, visit in enumerate(self.trace.visits):
            if visit.frame in found:
                continue
            number = visit.call
            if visit.scope == "<module>":
                number = 1
            elif not number:  # a class's body
                number = bodies[visit.scope] = bodies.get(visit.scope, 0) + 1
            line = self._entered[visit.frame].place.line
            if not visit.call and visit.failure is not None:  # a call that was not recorded, and failed
                found[visit.frame] = [
                    call for call in self.truth.calls
                    if call.scope == visit.scope and call.steps[-1].line == line and call not in found.values()
                ][-1]  # fmt: skip
                continue
            calls = [
                call for call in self.truth.calls
                if call.scope == visit.scope and call.number == number
                and (not visit.call or self.truth.heads.get(line, line) == call.code.co_firstlineno)
            ]  # fmt: skip
            if len(calls) == 1:
                found[visit.frame] = calls[0]
            else:
                self._fault(index, f"there are {len(calls)} frames that it could be in")
        return found

    def _path(self, visit: Visit) -> PathOf:
        path: list[tuple[int, int]] = []
        loop, turn = visit.loop, visit.turn
        while loop is not None:
            entry = self.trace.loops[loop]
            path.append((self.trace.statements[entry.statement].place.line, turn))
            loop, turn = entry.around, entry.turn
        return tuple(reversed(path))

    def _found(self, index: int, visit: Visit) -> tuple[Step, Step] | None:
        """Give the first and the last step of a visit."""
        call = self._calls.get(visit.frame)
        if call is None:
            return None
        statement = self.trace.statements[visit.statement]
        line, path = statement.place.line, self._path(visit)
        if statement.kind in ("arguments", "lambda"):
            return call.steps[0], call.steps[-1 if statement.kind == "lambda" else 0]
        if visit.gap:
            # The test that ends a loop is made after its last turn.
            end = statement.kind == "While" and visit.turn + visit.gap > self.turns(call, path)
            inside = [step for step in call.steps if _is_in(step.path, path, visit.gap + end)]
            if inside:
                return inside[0], inside[-1]
        elif visit.left:
            loop = self.truth.loops.get(line)
            last = loop.end_lineno if loop is not None else statement.place.line
            inside = [
                step for step in call.steps if step.path[: len(path)] == path and line <= step.line <= (last or 0)
            ]
            return (inside[0], inside[-1]) if inside else None
        else:
            if statement.kind == "For":
                path = (*path, (line, 1))
            fits = [step for step in call.steps[1:] if step.line == line and step.path == path]
            if statement.kind == "While" and _is_endless(self.truth.loops[line]):  # type: ignore[arg-type]
                fits = [step for step in call.steps if step.path == path]
            if fits and line in self.truth.heads:
                # The decorators are called after the line of the definition.
                rest = call.steps[call.steps.index(fits[0]) :]
                head = self.truth.heads[line]
                return fits[0], list(takewhile(lambda step: head <= step.line <= line, rest))[-1]
            if fits:
                return fits[0], fits[0]
        self._fault(index, f"no step of the run is that: {path}")
        return None

    # What it claims ---------------------------------------------------------------------------------------------------

    def _names(self, index: int, visit: Visit) -> None:
        steps = self._steps[index]
        if steps is None:
            return
        first, last = steps
        kind = self.trace.statements[visit.statement].kind
        for at, change in enumerate(visit.changes):
            earlier = [each for each in visit.changes[:at] if each.name == change.name]
            later = [each for each in visit.changes[at + 1 :] if each.name == change.name]
            if change.claimed and not earlier:
                self.checked["before"] += 1
                own = kind in ("arguments", "lambda")  # a new frame's names, which the module may have, too
                if change.before is None:
                    if change.name in first.before and not own and not self._is_global(visit, change.name):
                        self._fault(index, f"{change.name} was {first.before[change.name]!r}, and is said to be new")
                elif change.name not in first.before:
                    self._fault(index, f"{change.name} had no value before, and is said to have had one")
                elif not same(self.trace, change.before, first.before[change.name]):
                    value = self.trace.values[change.before]
                    self._fault(index, f"before, {change.name} was {first.before[change.name]!r}, not {value}")
            elif not change.claimed and change.before is not None:
                self._fault(index, f"{change.name} has a value before that is not claimed")
            if later or (kind == "For" and not visit.gap and not visit.left):
                continue  # what comes after it in the same step
            self.checked["after"] += 1
            after = first.before if kind in ("arguments", "lambda") else last.after
            if change.after is None:
                if change.name in after and not self._is_global(visit, change.name):
                    self._fault(index, f"{change.name} is there, and is said to be deleted")
            elif change.name not in after:
                self._fault(index, f"{change.name} has no value afterwards, and is said to have one")
            elif not same(self.trace, change.after, after[change.name]):
                value = self.trace.values[change.after]
                self._fault(index, f"afterwards, {change.name} is {after[change.name]!r}, not {value}")

    def _is_global(self, visit: Visit, name: str) -> bool:
        """Whether a frame that is not the module sees the module's name where it has none of its own."""
        return visit.scope != "<module>" and name in self.truth.calls[0].steps[-1].before

    def _caller(self, index: int, visit: Visit) -> None:
        call = self._calls.get(visit.frame)
        if call is None or visit.scope == "<module>":
            return
        known = {id(each): frame for frame, each in self._calls.items()}
        around = [(each, at) for each, at in call.caller if id(each) in known]
        self.checked["depth"] += 1
        depth = sum(each.code.co_name != "<module>" and not _is_class(each) for each, _ in around) + (
            not _is_class(call)
        )
        if visit.depth != depth:
            self._fault(index, f"its depth is {depth}, not {visit.depth}")
        if self._entered[visit.frame] is not self.trace.statements[visit.statement]:
            return
        self.checked["caller"] += 1
        if not around or visit.caller is None:
            if around or visit.caller is not None:
                self._fault(index, f"its caller is {visit.caller}, and should be in {[c.scope for c, _ in around]}")
            return
        true, at = around[0]
        said = self._steps[visit.caller]
        if self._calls.get(self.trace.visits[visit.caller].frame) is not true:
            self._fault(index, f"it was called from {true.scope}, not from {self.trace.visits[visit.caller].scope}")
        elif said is None or not self._covers(visit.caller, said, true.steps[at]):
            self._fault(index, f"it was called from line {true.steps[at].line}, {true.steps[at].path}")

    def _covers(self, index: int, steps: tuple[Step, Step], step: Step) -> bool:
        """Whether a step is a visit's; of a loop's head, and of what a ``with`` ends with, any of the same line."""
        visit = self.trace.visits[index]
        if steps[0].index <= step.index <= steps[1].index:
            return True
        kind = self.trace.statements[visit.statement].kind
        return kind in ("For", "iteration", "While", "With") and step.line == steps[0].line

    def _turns(self, index: int, visit: Visit) -> None:
        """Hold what is said of loops against how many turns they took."""
        steps = self._steps[index]
        call = self._calls.get(visit.frame)
        if visit.loop is None or steps is None or call is None:
            return
        self.checked["turn"] += 1
        loop, path = self.trace.loops[visit.loop], self._path(visit)
        turns = self.turns(call, path)
        if loop.turns != turns:
            self._fault(index, f"the loop takes {turns} turns, not {loop.turns}")

    def entered(self, visit: Visit) -> Statement:
        """Give the statement that a visit's frame begins with."""
        return self._entered[visit.frame]

    def found(self, index: int) -> tuple[tuple[Step, Step] | None, Call | None]:
        """Give the steps that a visit is, and their frame."""
        return self._steps[index], self._calls.get(self.trace.visits[index].frame)

    def turns(self, call: Call, path: PathOf) -> int:
        """Count the turns of the loop that a path ends in: those whose body began."""
        line = path[-1][0]
        inside = [
            step.path[len(path) - 1][1] for step in call.steps
            if step.path[: len(path) - 1] == path[:-1] and len(step.path) >= len(path)
            and step.path[len(path) - 1][0] == line and step.line != line
        ]  # fmt: skip
        return max(inside, default=0)

    def _output(self) -> None:
        """Give each piece of output to the visit that it belongs to, and compare."""
        expected = [""] * len(self.trace.visits)
        frames = {id(call): frame for frame, call in self._calls.items()}
        own: dict[int, list[int]] = {}
        for index, visit in enumerate(self.trace.visits):
            own.setdefault(visit.frame, []).append(index)
        for text, stack in self.truth.printed:
            for depth, (call, at) in enumerate(stack):
                if depth and call.steps[at].line in self.truth.delegating:
                    continue  # it passes on what is yielded below, and whoever reads it waits for that
                near = self._visit_of(own.get(frames.get(id(call), -1), []), call.steps[at])
                generator = bool(call.code.co_flags & 0x20)
                if near is None and id(call) in frames and not generator:
                    self.faults.append(f"{text!r} is printed at line {call.steps[at].line}, which has no visit")
                    break
                if near is not None and not (generator and self.trace.visits[near].gap):
                    expected[near] += text
                    break
        found = [visit.printed for visit in self.trace.visits]
        for index, visit in enumerate(self.trace.visits):
            # The head of a loop has a visit of its own and one for each turn: what is printed there is its own.
            statement = self.trace.statements[visit.statement]
            if statement.kind == "iteration":
                before = reversed(list(enumerate(self.trace.visits[:index])))
                head = next(i for i, each in before if each.frame == visit.frame and each.statement == statement.parent
                            and not each.gap and not each.left)  # fmt: skip
                expected[head], expected[index] = expected[head] + expected[index], ""
                found[head], found[index] = found[head] + found[index], ""
        for index, said in enumerate(found):
            self.checked["printed"] += bool(expected[index])
            if said != expected[index][: self.trace.limits.printed]:
                self._fault(index, f"it printed {expected[index]!r}, not {said!r}")

    def _visit_of(self, visits: list[int], step: Step) -> int | None:
        """Give the last visit that a step is in; the heads of loops have two."""
        found = None
        for index in visits:
            steps = self._steps[index]
            if steps and steps[0].index <= step.index <= steps[1].index and not self.trace.visits[index].left:
                found = index
        return found

    def _runs(self) -> None:
        """Hold how often a statement is said to have run against how often it did."""
        counted: dict[int, int] = {}
        for call in self.truth.calls:
            for step in call.steps[1:] if call.code.co_name != "<lambda>" else ():
                counted[step.line] = counted.get(step.line, 0) + 1
        kinds = ("Assign", "AugAssign", "Return", "Expr", "If")
        for statement in self.trace.statements:
            if statement.kind in kinds and not statement.more:
                self.checked["runs"] += 1
                true = counted.get(statement.place.line, 0)
                if statement.runs != true:
                    self.faults.append(f"line {statement.place.line} ran {true} times, not {statement.runs}")


class TextJudge:
    """Holds a trace's text against what really happened: its turns, its calls, and the numbers before and after."""

    def __init__(self, judge: Judge, text: str) -> None:
        self.judge = judge
        self.trace = judge.trace
        self.faults: list[str] = []
        self.checked = 0
        visits = self.trace.visits
        blocks = list(_blocks(text, len(str(len(self.trace.lines))), self.trace.ended.sentence))
        if len(blocks) != len(visits):
            self.faults.append(f"{len(blocks)} visits are shown, of {len(visits)}")
        for index, (block, visit) in enumerate(zip(blocks, visits, strict=False)):
            steps, call = judge.found(index)
            if steps is not None and call is not None:
                self._label(block, visit, steps[0], call)
                self._changes(block, *steps)

    def _label(self, block: list[str], visit: Visit, step: Step, call: Call) -> None:
        """Make the label again, out of the true run."""
        statement = self.trace.statements[visit.statement]
        parts = []
        often = max(each.number for each in self.judge.truth.calls if each.code is call.code)
        entered = self.judge.entered(visit)
        if visit.call and entered.more and entered.runs <= often:
            parts.append(f"call {call.number} of at least {entered.runs}")
        elif visit.call and often > 1:
            parts.append(f"call {call.number} of {often}")
        path = list(step.path)
        if visit.left:
            parts += ["after the loop"] * (statement.kind in ("For", "While"))
            path = []
        elif statement.kind == "For" and not visit.gap:
            path = path[:-1]
        elif visit.gap:  # other loops may be within its turns
            path = path[: 1 + next(i for i, (line, _) in enumerate(path) if line == statement.place.line)]
        if path:
            turns = [self.judge.turns(call, tuple(path[: i + 1])) for i in range(len(path))]
            turn = path[-1][1]
            said = f"turn {turn} of {turns[-1]}"
            if visit.gap == 1:
                said += ", not recorded"
            elif visit.gap:
                said = f"turns {turn} to {turn + visit.gap - 1} of {turns[-1]}, not recorded"
            elif turn > turns[-1]:
                said = f"the end, after {turns[-1]} turn{'s' * (turns[-1] != 1)}"
            outer = zip(path[-2::-1], turns[-2::-1], strict=True)
            parts.append(said + "".join(f", in turn {turn} of {often}" for (_, turn), often in outer))
        label = ", ".join(parts)
        self.checked += 1
        found = re.search(r"  \(((?:call |turns? |the end|after the loop)[^()]*)\)$", block[0])
        if (found[1] if found else "") != label:
            self.faults.append(f"{block[0]!r} should be labelled {label!r}")

    def _changes(self, block: list[str], first: Step, last: Step) -> None:
        """Compare the numbers that are shown before and after."""
        shown = [match for line in block[1:] if (match := re.fullmatch(r"(\w+)(?:: (\S+))? → (\S+)", line.strip()))]
        for at, match in enumerate(shown):
            name, before, after = match.groups()
            names = [each[1] for each in shown]
            pairs = [(before, first.before.get(name))] if before and name not in names[:at] else []
            if name not in names[at + 1 :] and last is not first:
                pairs.append((after, last.after.get(name)))
            for said, true in pairs:
                number = _number(said)
                if isinstance(true, (int, float)) and not isinstance(true, bool) and number is not None:
                    self.checked += 1
                    if abs(number - true) > 1e-4 + 1e-3 * abs(true):
                        self.faults.append(f"{block[0].strip()!r}: {match[0]}, and it is {true}")


def _number(said: str) -> float | None:
    try:
        return float(said.replace("−", "-").replace("\N{THIN SPACE}", ""))
    except ValueError:
        return None


def _blocks(text: str, width: int, ended: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in text.split("\n"):
        if re.match(r" *\d+  ", line) and line[:width].strip().isdigit():
            if block:
                yield block
            block = [line]
        elif block and line != ended:
            block.append(line)
    if block:
        yield block


def _is_in(path: PathOf, first: PathOf, turns: int) -> bool:
    """Whether a step is in one of several turns, the first of which is given."""
    (line, turn), around = first[-1], first[:-1]
    return (
        path[: len(around)] == around
        and len(path) > len(around)
        and path[len(around)][0] == line
        and turn <= path[len(around)][1] < turn + turns
    )


def _is_class(call: Call) -> bool:
    return not call.code.co_flags & 0x2 and call.code.co_name != "<module>"


def judged(source: str, trace: Trace) -> Judge:
    """Hold the trace of a script against its true run."""
    return Judge(trace, Truth(source))


def programs(folder: Path) -> Iterator[tuple[str, str]]:
    """Give the programs of a folder, each with its name."""
    for path in sorted(folder.glob("*.py")):
        yield path.stem, path.read_text("utf-8")
