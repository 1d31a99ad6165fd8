"""The directive ``trace``: a script, line by line with what happened there, and the author's notes on its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from fwdpass import numerals
from fwdpass.errors import FwdpassError, ScriptError
from fwdpass.numerals.catalog import _
from fwdpass.page.script import Script
from fwdpass.sphinxext import records, script, seen
from fwdpass.sphinxext.client import UNEXECUTED, client_of
from fwdpass.sphinxext.lines import ANCHORS, already, may_start
from fwdpass.trace.panel.blocks import line_of
from fwdpass.trace.panel.html import NOTE

_AXES = re.compile(r"([^\W\d]\w*)=([^\W\d]\w*(?:,[^\W\d]\w*)*)")
_OPTIONS = {"anchor": "anchor", "open": "opened"}
_HERE = "fwdpass-trace"
_ANCHORS = "fwdpass-anchors"


class LineDirective(SphinxDirective):
    """A note on a line of the script around it; its argument is the beginning of the line's code."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give the note, for the panel to put in its place."""
        code = self.arguments[0].strip()
        client = client_of(self.state.document)
        line = client.place(code, self.lineno) if client is not None else self.lineno
        if _HERE not in self.env.temp_data:
            records.fault(self.env, line, "page", "line: a note on a line of a script stands in the directive trace")
            return []
        note = nodes.container("", *self.parse_content_to_nodes(), code=code)
        note.line = line
        return [note]


class TraceDirective(SphinxDirective):
    """Run a module as a script, and show each of its lines with what its expressions were worth."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "axes": directives.unchanged_required,
        "filename": directives.unchanged_required,
        "anchor": directives.unchanged_required,
        "open": directives.unchanged_required,
        "raises-exception": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Give the panel, with the notes in it, and the link to the script if it has a file name."""
        module = self.arguments[0]
        client = client_of(self.state.document)
        self._line = client.place(module, self.lineno) if client is not None else self.lineno
        if client is None:
            return self._fault(UNEXECUTED)
        anchor = self.options.get("anchor", "L")
        if not may_start(anchor):
            return self._fault(f"{anchor!r} cannot be the anchor: {ANCHORS}")
        taken: tuple[str, ...] = self.env.temp_data.get(_ANCHORS) or ()
        if anchor in taken:
            return self._fault(already(anchor))
        self.env.temp_data[_ANCHORS] = (*taken, anchor)
        try:
            source = script.source_of(self.env, module)
            seen.note_text(self.env, source)
            # a script that is meant to fail leaves no values that a note could read
            own = None if "raises-exception" in self.options else Script(module, source)
            with client.about(own):
                notes = self._notes(source)
            expression = self._expression(module, [note["code"] for note in notes])
        except FwdpassError as error:
            return self._fault(str(error))
        drawn = client.drawn(expression, self._line, module)
        step = client.placed
        if drawn is None or records.record(self.env, self.env.docname).faults:
            return []
        offered = script.download(self.env, self.options["filename"], source) if "filename" in self.options else []
        for number, note in enumerate(notes):
            note[:] = client.around(f"{step}.{number}", note.children)
        panel = client.around(step, _interleaved(drawn, notes))
        return [_elsewhere(_listing(source)), *panel, *offered]

    def _notes(self, source: str) -> list[nodes.container]:
        """Parse the notes, and bring them in the order of the script."""
        self.env.temp_data[_HERE] = True
        found = self.parse_content_to_nodes()
        del self.env.temp_data[_HERE]
        notes = [node for node in found if isinstance(node, nodes.container) and "code" in node]
        if len(notes) < len(found):
            raise ScriptError("between its lines stand notes only, each in a directive line")
        placed: dict[int, nodes.container] = {}
        for note in notes:
            try:
                at = line_of(source.splitlines(), note["code"])
            except ScriptError as error:
                records.fault(self.env, note.line, "page", f"line: {error}")
                continue
            if at in placed:
                records.fault(self.env, note.line, "page", f"line: the line {note['code']!r} has a note already")
            placed[at] = note
            note["at"], note["whole"] = at, source.splitlines()[at - 1].strip()
        return [placed[at] for at in sorted(placed)]

    def _expression(self, module: str, notes: Sequence[str]) -> str:
        """Write the cell that runs the script: an expression, which binds no name of the page."""
        asked: dict[str, object] = {"axes": dict(_axes(self.options.get("axes", ""))), "notes": list(notes)}
        asked |= {name: self.options[option] for option, name in _OPTIONS.items() if option in self.options}
        asked["raises"] = "raises-exception" in self.options
        options = ", ".join(f"{name}={value!r}" for name, value in asked.items())
        script = f'__import__("fwdpass.figures.run", fromlist=["unrun"]).unrun({module!r})'
        return f'__import__("fwdpass").trace({script}).panel({options})'

    def _fault(self, said: str) -> list[nodes.Node]:
        records.fault(self.env, self._line, "page", f"trace: {said}")
        return []


def _axes(written: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read the names of axes: ``x=x W1=x,h``."""
    for pair in written.split():
        if not (match := _AXES.fullmatch(pair)):
            raise ScriptError(f"{pair!r} names no axes: write the array, and a name for each of its axes, as in W=x,h")
        yield match[1], tuple(match[2].split(","))


def _interleaved(drawn: str, notes: Sequence[nodes.container]) -> list[nodes.Node]:
    """Put the notes, which are Markdown, into the HTML around them; elsewhere each says which line it is about."""
    opening, closing = NOTE[: -len("</div>")], "</div>"
    pieces = drawn.split(NOTE)
    shown: list[nodes.Node] = [_raw(pieces[0])]
    for note, piece in zip(notes, pieces[1:], strict=True):
        about = nodes.paragraph("", _("Line {}: ").format(numerals.text(note["at"])))
        about += nodes.literal(note["whole"], note["whole"])
        shown += [_raw(opening), _elsewhere(about), *note.children, _raw(closing + piece)]
    return shown


def _listing(source: str) -> nodes.literal_block:
    """Give each line of a script its number, as the panel does; not every builder would do it."""
    lines = source.splitlines()
    width = len(str(len(lines)))
    listed = "\n".join(f"{numerals.text(at):>{width}}  {line}".rstrip() for at, line in enumerate(lines, 1))
    return nodes.literal_block(listed, listed, language="none")


def _elsewhere(node: nodes.Node) -> addnodes.only:
    """Keep a node for builders that make no HTML, which the panel is."""
    return addnodes.only("", node, expr="not html")


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")
