"""A trace as JSON, and back.

The document is an object. Whatever refers to something else does so by its index in the lists of the document.

- ``form``: the number of this form, :data:`FORM`. A reader refuses a number that it does not know.
- ``script``, ``source``, ``written``: as in :class:`~fwdpass.trace.record.Trace`.
- ``ended``: ``[how, sentence, status, visit]``.
- ``limits``: those of the limits that are not the usual ones, by name.
- ``kinds``: the words that ``statements`` and ``nodes`` use.
- ``statements``: ``[place, kind, parent, runs, more]``.
- ``nodes``: ``[place, kind, parent, statement, label, callee]``.
- ``values``: ``[class, …]``, with a letter for the class (``N`` Number, ``T`` Text, ``A`` Array, ``L`` LargeArray,
  ``S`` Sequence, ``M`` Mapping, ``F`` Named, ``O`` Thing), and its fields in their order. A number that JSON lacks is
  an object: ``{"float": "nan"}``, ``{"int": "digits"}``, ``{"complex": ["real", "imaginary"]}``.
- ``frames``: ``[scope, depth, caller]``, by number; a frame of which there is no visit is null.
- ``visits``: ``[statement, frame, values, changes, printed, written, failure, cut]``; ``values`` are node and value in
  turns; ``changes`` are ``[name, before, after, how]``, with the index of the word in
  :data:`~fwdpass.trace.record.How`; ``failure`` has the fields of :class:`~fwdpass.trace.record.Failure`.

A place is ``[line, column, end column, lines]``, where ``lines`` says how many lines further down the end is. What is
at the end of a list and has its usual value (null, nothing, false, empty) is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from math import isfinite
from typing import Any

from fwdpass.errors import TraceError
from fwdpass.trace.limits import Limits
from fwdpass.trace.record import (
    Array,
    Change,
    Ended,
    Failure,
    LargeArray,
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
    Value,
    Visit,
)

FORM = 1
"""The number of the form that this version writes and reads.

:meta hide-value:
"""
_CLASSES: dict[str, type[Any]] = {
    "N": Number, "T": Text, "A": Array, "L": LargeArray, "S": Sequence, "M": Mapping, "F": Named, "O": Thing,
}  # fmt: skip
_LETTERS = {kind: letter for letter, kind in _CLASSES.items()}
_EXACT = 2**53
"""Whole numbers beyond this are not the same in every reader of JSON."""


def dump(trace: Trace) -> str:
    """Write a trace as JSON, compact, the same bytes for the same trace.

    >>> from fwdpass.trace import traced_source
    >>> load(dump(traced_source("x = 1 + 1"))) == traced_source("x = 1 + 1")
    True
    """
    return json.dumps(_document(trace), ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def load(text: str) -> Trace:
    """Read a trace that :func:`dump` wrote. Raises :class:`~fwdpass.errors.TraceError` for anything else."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise TraceError(f"this is no trace: it is not JSON ({error}); a trace is what fwdpass trace writes") from None
    form = document.get("form") if isinstance(document, dict) else None
    if form != FORM:
        raise TraceError(
            f"this is no trace of form {FORM}: its form is {form!r}; write it again with this version of fwdpass"
        )
    try:
        return _trace(document)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise TraceError(f"this trace is damaged: {type(error).__name__}: {error}; write it again") from None


# Out ------------------------------------------------------------------------------------------------------------------


def _document(trace: Trace) -> dict[str, Any]:
    every: list[Statement | Node] = [*trace.statements, *trace.nodes]
    kinds = list(dict.fromkeys(each.kind for each in every))
    kind = {name: index for index, name in enumerate(kinds)}
    usual = asdict(Limits())
    frames: list[Any] = [None] * (1 + max((visit.frame for visit in trace.visits), default=-1))
    for visit in trace.visits:
        frames[visit.frame] = frames[visit.frame] or _short(_FRAME, visit.scope, visit.depth, visit.caller)
    return {
        "form": FORM,
        "script": trace.script,
        "source": trace.source,
        "written": trace.written,
        "ended": _short(_ENDED, trace.ended.how, trace.ended.sentence, trace.ended.status, trace.ended.visit),
        "limits": {name: value for name, value in asdict(trace.limits).items() if value != usual[name]},
        "kinds": kinds,
        "statements": [
            _short(_STATEMENT, _place(s.place), kind[s.kind], s.parent, s.runs, s.more) for s in trace.statements
        ],
        "nodes": [
            _short(_NODE, _place(n.place), kind[n.kind], n.parent, n.statement, n.label, n.callee) for n in trace.nodes
        ],
        "values": [_value(value) for value in trace.values],
        "frames": frames,
        "visits": [_visit(visit) for visit in trace.visits],
    }


_ENDED = ("finished", "", 0, None)
_STATEMENT: tuple[Any, ...] = ([], 0, None, 0, False)
_NODE: tuple[Any, ...] = ([], 0, None, 0, "", None)
_NAMED = ("", "", "", "")
_FRAME = ("", 0, None)
_VISIT: tuple[Any, ...] = (0, 0, [], [], "", 0, None, False)
_CHANGE = ("", None, None, 0)
"""What is usual in each kind of list, and left out where it is at the end."""


def _short(usual: tuple[Any, ...], *given: Any) -> list[Any]:
    """Leave out what is usual at the end."""
    parts = list(given)
    while parts and parts[-1] == usual[len(parts) - 1] and type(parts[-1]) is type(usual[len(parts) - 1]):
        parts.pop()
    return parts


def _place(place: Place) -> list[int]:
    lines = place.end_line - place.line
    return [place.line, place.column, place.end_column, *([lines] if lines else [])]


def _value(value: Value) -> list[Any]:
    letter = _LETTERS[type(value)]
    parts = [_json(getattr(value, field.name)) for field in fields(value)]
    return [letter, *(_short(_NAMED, *parts) if letter == "F" else parts)]


def _json(part: Any) -> Any:
    match part:
        case tuple():
            return [_json(each) for each in part]
        case bool() | str() | None:
            return part
        case int():
            return part if abs(part) <= _EXACT else {"int": str(part)}
        case float():
            return part if isfinite(part) else {"float": repr(part)}
        case complex():
            return {"complex": [repr(part.real), repr(part.imag)]}
    raise TypeError(part)


def _visit(visit: Visit) -> list[Any]:
    failure = visit.failure
    return _short(
        _VISIT,
        visit.statement,
        visit.frame,
        [index for pair in visit.values for index in pair],
        [_short(_CHANGE, change.name, change.before, change.after, _how(change.how)) for change in visit.changes],
        visit.printed,
        visit.written,
        failure and [failure.type, failure.message, failure.line, failure.node, _json(failure.operands)],
        visit.cut,
    )


_HOWS = ("assigned", "passed", "changed", "deleted")


def _how(how: str) -> int:
    return _HOWS.index(how)


# In -------------------------------------------------------------------------------------------------------------------


def _trace(document: dict[str, Any]) -> Trace:
    kinds, frames = document["kinds"], document["frames"]
    how, sentence, status, visit = _long(document["ended"], _ENDED)
    return Trace(
        script=document["script"],
        source=document["source"],
        statements=tuple(_read_statement(each, kinds) for each in document["statements"]),
        nodes=tuple(_read_node(each, kinds) for each in document["nodes"]),
        values=tuple(_read_value(each) for each in document["values"]),
        visits=tuple(_read_visit(each, frames) for each in document["visits"]),
        ended=Ended(how, sentence, status, visit),
        written=document["written"],
        limits=Limits(**document["limits"]),
    )


def _long(given: list[Any], usual: tuple[Any, ...]) -> list[Any]:
    """Fill up what was left out at the end."""
    return [*given, *usual[len(given) :]]


def _read_place(given: list[int]) -> Place:
    line, column, end, lines = _long(given, (0, 0, 0, 0))
    return Place(line, column, line + lines, end)


def _read_statement(given: list[Any], kinds: list[str]) -> Statement:
    place, kind, parent, runs, more = _long(given, _STATEMENT)
    return Statement(_read_place(place), kinds[kind], parent, runs, more)


def _read_node(given: list[Any], kinds: list[str]) -> Node:
    place, kind, parent, statement, label, callee = _long(given, _NODE)
    return Node(_read_place(place), kinds[kind], parent, statement, label, callee)


def _read_value(given: list[Any]) -> Value:
    kind = _CLASSES[given[0]]
    value: Value = kind(*map(_python, given[1:])) if kind is not Named else Named(*_long(given[1:], _NAMED))
    return value


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


def _read_visit(given: list[Any], frames: list[Any]) -> Visit:
    statement, frame, flat, changes, printed, written, failure, cut = _long(given, _VISIT)
    scope, depth, caller = _long(frames[frame], _FRAME)
    return Visit(
        statement=statement,
        scope=scope,
        frame=frame,
        depth=depth,
        caller=caller,
        values=tuple(zip(flat[::2], flat[1::2], strict=True)),
        changes=tuple(_read_changes(changes)),
        printed=printed,
        written=written,
        failure=failure and Failure(*map(_python, failure)),
        cut=cut,
    )


def _read_changes(given: Iterable[list[Any]]) -> Iterable[Change]:
    for each in given:
        name, before, after, how = _long(each, _CHANGE)
        yield Change(name, before, after, _HOWS[how])  # type: ignore[arg-type]
