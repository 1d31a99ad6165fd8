"""Read a trace's JSON by what its documentation says, and by nothing else: as a reader in any other language would."""

from __future__ import annotations

import json
from typing import Any

from fwdpass.trace.limits import Limits
from fwdpass.trace.record import (
    Array,
    Change,
    Ended,
    Failure,
    LargeArray,
    Loop,
    Mapping,
    Named,
    Node,
    Number,
    Place,
    Sequence,
    Statement,
    Text,
    Thing,
    Trace,
    Visit,
)  # fmt: skip

_CLASSES: dict[str, Any] = {
    "N": Number, "T": Text, "A": Array, "L": LargeArray, "S": Sequence, "M": Mapping, "F": Named, "O": Thing,
}  # fmt: skip
_HOWS = ("assigned", "passed", "changed", "deleted")


def read(text: str) -> Trace:
    """Make a trace out of a document."""
    document = json.loads(text)
    assert document["form"] == 2
    kinds, frames = document["kinds"], document["frames"]
    return Trace(
        script=document["script"],
        source=document["source"],
        statements=tuple(_statement(kinds, *each) for each in document["statements"]),
        nodes=tuple(_node(kinds, *each) for each in document["nodes"]),
        values=tuple(_value(*each) for each in document["values"]),
        loops=tuple(Loop(*each, *(0,) * (len(each) < 2)) for each in document["loops"]),
        visits=tuple(_visit(frames, *each) for each in document["visits"]),
        ended=_ended(*document["ended"]),
        written=document["written"],
        limits=Limits(**document["limits"]),
        output=tuple((at, characters, tuple(waiting)) for at, characters, *waiting in document.get("output", ())),
    )


def _ended(how: Any = "finished", sentence: str = "", status: int = 0, visit: int | None = None) -> Ended:
    return Ended(how, sentence, status, visit)


def _place(line: int, column: int, end: int, lines: int = 0) -> Place:
    return Place(line, column, line + lines, end)


def _statement(kinds: list[str], place: list[int], kind: int = 0, *rest: Any) -> Statement:
    parts: Any = rest or (None,)
    return Statement(_place(*place), kinds[kind], *parts)


def _node(kinds: list[str], place: list[int], kind: int = 0, parent: int | None = None, statement: int = 0,
          *rest: Any) -> Node:  # fmt: skip
    return Node(_place(*place), kinds[kind], parent, statement, *rest)


def _value(kind: str, *parts: Any) -> Any:
    given = [_python(part) for part in parts]
    return Named(*given, *("", "")[len(given) - 1 :]) if kind == "F" and len(given) < 3 else _CLASSES[kind](*given)


def _python(part: Any) -> Any:
    match part:
        case list():
            return tuple(map(_python, part))
        case {"int": digits}:
            return int(digits)
        case {"float": written}:
            return float(written)
        case {"complex": [real, imaginary]}:
            return complex(float(real), float(imaginary))
    return part


def _visit(
    frames: list[Any],
    statement: int = 0,
    frame: int = 0,
    values: Any = (),
    changes: Any = (),
    printed: str = "",
    written: int = 0,
    skipped: Any = (),
    loop: int | None = None,
    turn: int = 0,
    gap: int = 0,
    left: Any = False,
    failure: Any = None,
    cut: Any = False,
) -> Visit:  # fmt: skip
    given: list[Any] = [*frames[frame], *("", 0, None, 0)[len(frames[frame]) :]]
    scope, depth, caller, call = given
    return Visit(
        statement=statement, scope=scope, frame=frame, depth=depth, caller=caller, values=_pairs(values),
        changes=tuple(_change(*each) for each in changes), printed=printed, written=written,
        failure=failure and Failure(*map(_python, failure)), cut=cut, call=call, loop=loop, turn=turn, gap=gap,
        left=left, skipped=_pairs(skipped),
    )  # fmt: skip


def _pairs(flat: Any) -> tuple[tuple[int, int], ...]:
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _change(
    name: str, before: int | None = None, after: int | None = None, how: int = 0, claimed: Any = True
) -> Change:
    return Change(name, before, after, _HOWS[how], claimed)  # type: ignore[arg-type]
