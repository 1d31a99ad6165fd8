"""A script's run, line by line: the value of every expression, what changed, what was printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import InspectLoader
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

from fwdpass.errors import TraceError
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium
from fwdpass.trace.limits import Limits
from fwdpass.trace.panel.values import in_floats
from fwdpass.trace.panel.view import PanelView, panel_of
from fwdpass.trace.record import Branch, Number, Trace, Visit
from fwdpass.trace.run import traced
from fwdpass.trace.scripts import Script
from fwdpass.trace.words import Wording, one_line


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


@checked
def trace(script: str | PathLike[str] | ModuleType, *arguments: str, limits: Limits | None = None) -> TraceView:
    r"""Run a script once, and show for each line the value of every expression in it.

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
    shown = VisitWriter(trace, medium)
    width = len(str(len(trace.lines)))
    for index, visit in enumerate(trace.visits):
        statement = trace.statements[visit.statement]
        label = shown.words.label(visit)
        indent = "  " * visit.depth
        said = f"{one_line(trace.text(statement.place))}{'  (' if label else ''}{label}{')' if label else ''}"
        yield f"{statement.place.line:>{width}}  {indent}{said}"
        for line in shown.visit(index, visit):
            yield f"{'':{width}}    {indent}{line}"
    if trace.ended.how != "finished" or not trace.visits:
        yield trace.ended.sentence


_SAID = ("Expr", "Return")
"""Statements of which a name alone is worth telling what it is worth."""


class VisitWriter:
    """Turns the visits of a trace into text."""

    def __init__(self, trace: Trace, medium: Medium = "text") -> None:
        self._trace = trace
        self.words = Wording(trace, medium)

    def visit(self, index: int, visit: Visit) -> Iterator[str]:
        """Give what happened in a visit, a line for each value, change, text and failure."""
        skipped = dict(visit.skipped)
        for branch in self._trace.tree(index):
            yield from self.branch(branch, visit, skipped)
        yield from self.words.changes(visit)
        for printed in visit.printed.splitlines():
            yield f"> {printed}"
        if visit.written > len(visit.printed):
            yield f"> … ({visit.written} characters in all)"
        if visit.failure is not None:
            yield from self.words.failure(visit.failure)
        if visit.cut:
            yield "… and more values"

    def branch(self, branch: Branch, visit: Visit, skipped: dict[int, int], depth: int = 0) -> Iterator[str]:
        """Give a value, after those that it was made from."""
        for child in branch.children:
            yield from self.branch(child, visit, skipped, depth + 1)
        node = self._trace.nodes[branch.node]
        if turns := skipped.pop(branch.node, 0):
            yield self.words.unrecorded(branch.node, turns)
        last = visit.changes[-1] if visit.changes else None
        named = depth == 0 and last is not None and last.how == "assigned" and last.after == branch.value
        bare = depth == 0 and node.kind == "Name" and self._trace.statements[visit.statement].kind not in _SAID
        if not (named or bare or self._is_none(branch.value)):
            yield f"{self.words.source(branch.node)} = {self.words.value(branch.value)}"

    def _is_none(self, value: int) -> bool:
        return self._trace.values[value] == Number(None, "NoneType")
