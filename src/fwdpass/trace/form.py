"""A trace as JSON.

The document is an object. Whatever refers to something else does so by its index in the lists of the document.

- ``form``: the number of this form, :data:`FORM`. A reader is to refuse a number that it does not know.
- ``script``, ``source``, ``written``: as in :class:`~fwdpass.trace.record.Trace`.
- ``ended``: ``[how, sentence, status, visit]``.
- ``limits``: those of the limits that are not the usual ones, by name.
- ``kinds``: the words that ``statements`` and ``nodes`` use.
- ``statements``: ``[place, kind, parent, runs, more]``.
- ``nodes``: ``[place, kind, parent, statement, label, callee]``.
- ``values``: ``[class, …]``, with a letter for the class (``N`` Number, ``T`` Text, ``A`` Array, ``L`` LargeArray,
  ``S`` Sequence, ``M`` Mapping, ``F`` Named, ``O`` Thing), and its fields in their order. A number that JSON lacks is
  an object: ``{"float": "nan"}``, ``{"int": "digits"}``, ``{"complex": ["real", "imaginary"]}``.
- ``loops``: ``[statement, turns, around, turn]``, each time that a loop is begun.
- ``frames``: ``[scope, depth, caller, call]``, by number; a frame of which there is no visit is null.
- ``visits``: ``[statement, frame, values, changes, printed, written, skipped, loop, turn, gap, left, failure, cut]``;
  ``values`` and ``skipped`` are node and value, or turns, by turns; ``changes`` are
  ``[name, before, after, how, claimed]``, with the index of the word in :data:`~fwdpass.trace.record.How`;
  ``failure`` has the fields of :class:`~fwdpass.trace.record.Failure`.
- ``output``: ``[visit, characters, waiting, …]``, only where it is not what the visits say by themselves; ``waiting``
  are the visits that waited for the one that printed.

A place is ``[line, column, end column, lines]``, where ``lines`` says how many lines further down the end is. What is
at the end of a list and has its usual value (null, nothing, false, empty) is left out.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from math import isfinite
from typing import Any

from fwdpass.trace.limits import Limits
from fwdpass.trace.record import (
    Array,
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

FORM = 2
"""The number of the form that this version writes.

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

    Parameters
    ----------
    trace : Trace
        The trace.

    Returns
    -------
    str
        JSON of the form :data:`FORM`.

    Examples
    --------
    >>> from fwdpass.trace import traced_source
    >>> json.loads(dump(traced_source("x = 1 + 1")))["visits"]
    [[0, 0, [0, 0], [['x', None, 0]]]]
    """
    return json.dumps(_document(trace), ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _document(trace: Trace) -> dict[str, Any]:
    every: list[Statement | Node] = [*trace.statements, *trace.nodes]
    # Kinds and frames are listed once, and named by their index from then on.
    kinds = list(dict.fromkeys(each.kind for each in every))
    kind = {name: index for index, name in enumerate(kinds)}
    usual = asdict(Limits())
    frames: list[Any] = [None] * (1 + max((visit.frame for visit in trace.visits), default=-1))
    for visit in trace.visits:
        # All visits of a frame say the same of it, so the first will do.
        frames[visit.frame] = frames[visit.frame] or _short(_FRAME, visit.scope, visit.depth, visit.caller, visit.call)
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
        "loops": [_short(_LOOP, loop.statement, loop.turns, loop.around, loop.turn) for loop in trace.loops],
        "frames": frames,
        "visits": [_visit(visit) for visit in trace.visits],
        **(
            {"output": [[at, characters, *waiting] for at, characters, waiting in trace.output]} if trace.output else {}
        ),
    }


_ENDED = ("finished", "", 0, None)
_STATEMENT: tuple[Any, ...] = ([], 0, None, 0, False)
_NODE: tuple[Any, ...] = ([], 0, None, 0, "", None)
_USUAL: dict[str, tuple[Any, ...]] = {"F": ("", "", "", "", []), "S": ("", -1, None, [])}
_LOOP = (0, 0, None, 0)
_FRAME = ("", 0, None, 0)
_VISIT: tuple[Any, ...] = (0, 0, [], [], "", 0, [], None, 0, 0, False, None, False)
_CHANGE = ("", None, None, 0, True)
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
    usual = _USUAL.get(letter)
    return [letter, *(parts if usual is None else _short(usual, *parts))]


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
        [
            _short(_CHANGE, change.name, change.before, change.after, _how(change.how), change.claimed)
            for change in visit.changes
        ],
        visit.printed,
        visit.written,
        [part for pair in visit.skipped for part in pair],
        visit.loop,
        visit.turn,
        visit.gap,
        visit.left,
        failure and [failure.type, failure.message, failure.line, failure.node, _json(failure.operands)],
        visit.cut,
    )


_HOWS = ("assigned", "passed", "changed", "deleted")


def _how(how: str) -> int:
    return _HOWS.index(how)
