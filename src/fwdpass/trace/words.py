"""A trace in words: what a value is, what changed, and which turn of a loop or which call of a function a visit is."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, assert_never

from fwdpass.errors import NumeralError, misfit
from fwdpass.numerals.writing import Medium, cells, text
from fwdpass.trace.record import (
    Array,
    Entries,
    Failure,
    LargeArray,
    Mapping,
    Named,
    Number,
    Sequence,
    Text,
    Thing,
    Trace,
    Visit,
)

INLINE = 40
"""An array with more entries than this is shown by its shape and dtype."""
_WIDE = 60
"""Source that is longer than this is cut where it is shown beside its value."""
_HEADS = frozenset(("iteration", "While", "arguments", "lambda"))


class Wording:
    """Turns the parts of a trace into text, with the minus signs of a medium."""

    def __init__(self, trace: Trace, medium: Medium = "text") -> None:
        self._trace = trace
        self._medium = medium
        # The statement that a frame was entered with knows how many calls there were in all.
        self._entered: dict[int, int] = {}
        for visit in trace.visits:
            self._entered.setdefault(visit.frame, visit.statement)

    # Which one it is --------------------------------------------------------------------------------------------------

    def label(self, visit: Visit) -> str:
        """Say which turn of its loop a visit is, and which call of its function; nothing where there is only one."""
        parts = [self._call(visit), "after the loop" if visit.left and self._is_loop(visit) else self._turn(visit)]
        return ", ".join(part for part in parts if part)

    def _is_loop(self, visit: Visit) -> bool:
        return self._trace.statements[visit.statement].kind in ("For", "While", "AsyncFor")

    def _call(self, visit: Visit) -> str:
        statement = self._trace.statements[self._entered[visit.frame]]
        often = f"{'at least ' if statement.more else ''}{statement.runs}"
        return f"call {visit.call} of {often}" if visit.call and (statement.runs > 1 or statement.more) else ""

    def _turn(self, visit: Visit) -> str:
        if visit.loop is None:
            return ""
        loop = self._trace.loops[visit.loop]
        if visit.gap:
            last = visit.turn + visit.gap - 1
            which = f"turn {last}" if visit.gap == 1 else f"turns {visit.turn} to {last}"
            said = f"{which} of {loop.turns}, not recorded"
        elif visit.turn > loop.turns:
            said = f"the end, after {loop.turns} turn{'s' * (loop.turns != 1)}"
        else:
            said = f"turn {visit.turn} of {loop.turns}"
        while loop.around is not None:
            turn, loop = loop.turn, self._trace.loops[loop.around]
            said += f", in turn {turn} of {loop.turns}"
        return said

    # What happened ----------------------------------------------------------------------------------------------------

    def changes(self, visit: Visit) -> Iterator[str]:
        """Say what changed in a visit: what each name was worth before, where that is known, and is worth now."""
        for change in visit.changes:
            for name, before, after in self._trace.parts(change):
                if after is None:
                    yield f"{name} deleted"
                elif before is None or change.how == "passed":
                    yield f"{name} → {self.value(after)}"
                else:
                    yield f"{name}: {self.value(before)} → {self.value(after)}"

    def failure(self, failure: Failure) -> Iterator[str]:
        """Say what an exception was, with the operands of the operation that raised it."""
        for node, value in failure.operands:
            yield f"! {self.source(node)} is {self.value(value)}"
        operands = [self._trace.values[value] for _, value in failure.operands]
        match operands:
            case [Array() | LargeArray() as left, Array() | LargeArray() as right] if self._is_product(failure):
                yield f"! {misfit(left.shape, right.shape)}"
        yield f"! {failure.type}{': ' if failure.message else ''}{failure.message}"

    def _is_product(self, failure: Failure) -> bool:
        node = None if failure.node is None else self._trace.nodes[failure.node]
        return failure.type == "ValueError" and node is not None and node.label.startswith("@")

    def source(self, node: int) -> str:
        """Give the source of an expression in one line."""
        return one_line(self._trace.text(self._trace.nodes[node].place))

    def unrecorded(self, node: int, turns: int) -> str:
        """Say how many turns of a comprehension were not recorded."""
        return f"… {turns} more turn{'s' * (turns != 1)} of {self.source(node)}, not recorded"

    # Values -----------------------------------------------------------------------------------------------------------

    def value(self, index: int) -> str:
        """Give a value in one line; its numbers are settled, and rounded as everywhere."""
        kept = self._trace.values[index]
        match kept:
            case Number(value=value):
                return number(value, self._medium)
            case Text():
                return _quoted(kept)
            case Array(dtype=dtype, shape=shape, entries=entries, type=kind):
                if prod(shape) > INLINE:
                    return f"{'' if kind == 'ndarray' else kind + ' '}{shape} {dtype}"
                return _marked(kind, "ndarray", entries_text(entries, self._medium))
            case LargeArray(dtype=dtype, shape=shape, type=kind):
                return f"{'' if kind == 'ndarray' else kind + ' '}{shape} {dtype}"
            case Sequence() as sequence:
                return self._sequence(sequence)
            case Mapping(type=kind, length=length, items=items):
                inside = [f"{self.value(key)}: {self.value(value)}" for key, value in items]
                return _marked(kind, "dict", "{" + ", ".join(_rest(inside, length)) + "}")
            case Named(kind=kind, name=name):
                return f"<{kind} {name}>"
            case Thing(type=kind, text=said) if said.startswith(kind):
                return said
            case Thing(type=kind, text=said, fields=fields):
                inside = [f"{name}={self.value(value)}" for name, value in fields]
                return f"{kind}({', '.join([said] * bool(said) + inside)})"
            case _:
                assert_never(kept)

    def _sequence(self, sequence: Sequence) -> str:
        shown = [self.value(item) for item in sequence.items]
        shown += [f"… [{at}]: {self.value(value)}" for at, value in sequence.others]
        inside = _rest(shown, sequence.length)
        match sequence.type:
            case "tuple":
                return f"({', '.join(inside)}{',' * (sequence.length == 1)})"
            case "set":
                return "{" + ", ".join(inside) + "}" if inside else "set()"
            case kind:
                return _marked(kind, "list", f"[{', '.join(inside)}]")


def number(value: Any, medium: Medium = "text") -> str:
    """Give a number as text: settled, if it is finite; otherwise as Python writes it."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return text(value, medium=medium)
        except NumeralError:
            pass
    return repr(value)


def entries_text(entries: Entries, medium: Medium = "text") -> str:
    """Give the entries of an array as text, all with the same places, if they are numbers."""
    if not isinstance(entries, tuple):
        return number(entries, medium) if not isinstance(entries, str) else entries
    try:
        return _bracketed(cells(_listed(entries), medium=medium))
    except (NumeralError, ValueError, TypeError):
        return _bracketed(_listed(entries))


def one_line(source: str) -> str:
    """Give source in one line, which is cut where it is long."""
    folded = " ".join(source.split())
    return folded if len(folded) <= _WIDE else folded[: _WIDE - 1] + "…"


def _quoted(kept: Text) -> str:
    """Write a text as Python does; of bytes, each character stands for one."""
    said = repr(kept.value) if kept.type.startswith("str") else repr(kept.value.encode("latin-1", "replace"))
    said = f"bytearray({said})" if kept.type == "bytearray" else said
    return said + (f"… ({kept.length} in all)" if kept.length > len(kept.value) else "")


def _listed(entries: Entries) -> Any:
    return [_listed(entry) for entry in entries] if isinstance(entries, tuple) else entries


def _bracketed(nested: Any) -> str:
    return f"[{', '.join(map(_bracketed, nested))}]" if isinstance(nested, list) else str(nested)


def _rest(shown: list[str], length: int) -> list[str]:
    return [*shown, f"… ({length} in all)"] if length > len(shown) else shown


def _marked(kind: str, usual: str, shown: str) -> str:
    return shown if kind == usual else f"{kind}({shown})"
