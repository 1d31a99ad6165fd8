"""A script's run, line by line: what every expression was worth, what changed, what was printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import InspectLoader
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any, assert_never

import numpy as np

from fwdpass.errors import NumeralError, TraceError, misfit
from fwdpass.numerals.writing import Medium, cells, text
from fwdpass.trace.limits import Limits
from fwdpass.trace.panel.values import in_floats
from fwdpass.trace.panel.view import PanelView, panel_of
from fwdpass.trace.record import (
    Array,
    Branch,
    Change,
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
from fwdpass.trace.run import Script, traced

_INLINE = 16
"""An array with more entries than this is shown by its shape and dtype."""
_WIDE = 60
"""Source that is longer than this is cut where it is shown beside its value."""


@dataclass(frozen=True, repr=False)
class TraceView:
    """A trace that a terminal, a notebook and a page can show; ``trace`` has the facts."""

    trace: Trace

    def panel(self, **options: Any) -> PanelView:
        """Show the script with the state of each line; its options are those of ``panel_of``."""
        return PanelView(panel_of(self.trace, **options))

    def _repr_html_(self) -> str:
        return self.panel()._repr_html_()

    def __repr__(self) -> str:
        return "\n".join(lines(self.trace))

    def text(self, medium: Medium = "text") -> str:
        """Give the trace as text, with the minus signs of a medium."""
        return "\n".join(lines(self.trace, medium))


def trace(script: str | PathLike[str] | ModuleType, *arguments: str, limits: Limits | None = None) -> TraceView:
    r"""Run a script once, and show for each line what every expression in it was worth.

    ``script`` is a path, a module, or source with a line break in it; ``arguments`` are what the script finds in
    ``sys.argv``. However the script ends, there is a trace of the run until then; its ``ended`` says how.
    Raises :class:`~fwdpass.errors.TraceError` where there is no such file.

    >>> trace("a = [[0.1], [0.2]]\nb = a\nb[0][0] += 0.2\n")
    1  a = [[0.1], [0.2]]
         a → [[0.1], [0.2]]
    2  b = a
         b → [[0.1], [0.2]]
    3  b[0][0] += 0.2
         b = [[0.1], [0.2]]
         b[0] = [0.1]
         b: [[0.1], [0.2]] → [[0.3], [0.2]]
         a: [[0.1], [0.2]] → [[0.3], [0.2]]
    """
    found = script_of(script, list(arguments))
    recorded = traced(found, limits)
    return TraceView(in_floats(recorded) if found.transform is not None else recorded)


def script_of(script: str | PathLike[str] | ModuleType, arguments: list[str]) -> Script:
    """Find a script: a path, a module, or source."""
    if isinstance(script, ModuleType):
        return _of_module(script, arguments)
    if isinstance(script, str) and "\n" in script:
        return Script(script, "<script>", ["<script>", *arguments])
    path = Path(script)
    try:
        return Script.read(path, arguments)
    except FileNotFoundError:
        raise TraceError(
            f"there is no script {str(path)!r}: name a file, or give its source, with a line break in it"
        ) from None
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise TraceError(f"cannot read the script {str(path)!r}: {error}") from None


def _of_module(module: ModuleType, arguments: list[str]) -> Script:
    """Take a module's source from its loader: a page's reading may have replaced it, and how its decimals are read."""
    loader = module.__spec__ and module.__spec__.loader
    source = loader.get_source(module.__name__) if isinstance(loader, InspectLoader) else None
    if source is None:
        raise TraceError(f"{module.__name__} has no source to trace: is it a Python module?")
    name = f"{module.__name__.rpartition('.')[2]}.py"
    script = Script(source, name, [name, *arguments])
    script.transform = getattr(loader, "transform", None)
    return script


# Lines ----------------------------------------------------------------------------------------------------------------


def lines(trace: Trace, medium: Medium = "text") -> Iterator[str]:
    """Give a trace as lines of text: each visit under the line of the source that it is a visit of."""
    shown = Shown(trace, medium)
    width = len(str(len(trace.lines)))
    for index, visit in enumerate(trace.visits):
        statement = trace.statements[visit.statement]
        source = _one_line(trace.text(statement.place))
        indent = "  " * visit.depth
        often = (
            f"  (of {statement.runs}{'+' if statement.more else ''})" if statement.runs > 1 or statement.more else ""
        )
        yield f"{statement.place.line:>{width}}  {indent}{source}{often}"
        for line in shown.visit(index, visit):
            yield f"{'':{width}}    {indent}{line}"
    if trace.ended.how != "finished" or not trace.visits:
        yield trace.ended.sentence


class Shown:
    """Turns the parts of a trace into text."""

    def __init__(self, trace: Trace, medium: Medium = "text") -> None:
        self._trace = trace
        self._medium = medium

    def visit(self, index: int, visit: Visit) -> Iterator[str]:
        """Give what happened in a visit, a line for each value, change, text and failure."""
        trace = self._trace
        for branch in trace.tree(index):
            yield from self.branch(branch, visit)
        for change in visit.changes:
            yield self.change(change)
        for printed in visit.printed.splitlines():
            yield f"> {printed}"
        if visit.written > len(visit.printed):
            yield f"> … ({visit.written} characters in all)"
        if visit.failure is not None:
            yield from self.failure(visit.failure)
        if visit.cut:
            yield "… and more values"

    def branch(self, branch: Branch, visit: Visit, depth: int = 0) -> Iterator[str]:
        """Give a value, after those that it was made from."""
        for child in branch.children:
            yield from self.branch(child, visit, depth + 1)
        node = self._trace.nodes[branch.node]
        last = visit.changes[-1] if visit.changes else None
        named = depth == 0 and last is not None and last.how == "assigned" and last.after == branch.value
        if not (named or (node.kind == "Name" and depth == 0) or self._is_none(branch.value)):
            yield f"{_one_line(self._trace.text(node.place))} = {self.value(branch.value)}"

    def _is_none(self, value: int) -> bool:
        return self._trace.values[value] == Number(None, "NoneType")

    def change(self, change: Change) -> str:
        """Give a change: what a name was worth before, and is worth now."""
        if change.after is None:
            return f"{change.name} deleted"
        after = self.value(change.after)
        if change.before is None or change.how == "passed":
            return f"{change.name} → {after}"
        return f"{change.name}: {self.value(change.before)} → {after}"

    def failure(self, failure: Failure) -> Iterator[str]:
        """Give an exception, with the operands of the operation that raised it."""
        for node, value in failure.operands:
            yield f"! {_one_line(self._trace.text(self._trace.nodes[node].place))} is {self.value(value)}"
        operands = [self._trace.values[value] for _, value in failure.operands]
        match operands:
            case [Array() | LargeArray() as left, Array() | LargeArray() as right] if self._is_product(failure):
                yield f"! {misfit(left.shape, right.shape)}"
        yield f"! {failure.type}{': ' if failure.message else ''}{failure.message}"

    def _is_product(self, failure: Failure) -> bool:
        node = None if failure.node is None else self._trace.nodes[failure.node]
        return failure.type == "ValueError" and node is not None and node.label.startswith("@")

    def value(self, index: int) -> str:
        """Give a value in one line; its numbers are settled, and rounded as everywhere."""
        kept = self._trace.values[index]
        match kept:
            case Number(value=value):
                return number(value, self._medium)
            case Text(value=value, length=length, type=kind):
                return repr(value) + (f"… ({length} in all)" if length > len(value) else "")
            case Array(dtype=dtype, shape=shape, entries=entries):
                if int(np.prod(shape)) > _INLINE:
                    return f"{shape} {dtype}"
                return entries_text(entries, self._medium)
            case LargeArray(dtype=dtype, shape=shape):
                return f"{shape} {dtype}"
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
        inside = _rest([self.value(item) for item in sequence.items], sequence.length)
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


def _listed(entries: Entries) -> Any:
    return [_listed(entry) for entry in entries] if isinstance(entries, tuple) else entries


def _bracketed(nested: Any) -> str:
    return f"[{', '.join(map(_bracketed, nested))}]" if isinstance(nested, list) else str(nested)


def _rest(shown: list[str], length: int) -> list[str]:
    return [*shown, f"… ({length} in all)"] if length > len(shown) else shown


def _marked(kind: str, usual: str, shown: str) -> str:
    return shown if kind == usual else f"{kind}({shown})"


def _one_line(source: str) -> str:
    folded = " ".join(source.split())
    return folded if len(folded) <= _WIDE else folded[: _WIDE - 1] + "…"
