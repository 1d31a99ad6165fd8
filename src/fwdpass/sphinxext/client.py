"""Put our execution behind MyST-NB: its client runs cells in this process, by a reading.

MyST-NB parses a page and asks this client for what its cells show; :mod:`fwdpass.sphinxext.renderer`, and the roles and
directives, ask it for what expressions are worth. The client evaluates nothing itself: it hands each cell, expression
and claim to the page's reading, in their order, and reports what this refuses, with its line. What was read, it leaves
in the page's record. :mod:`fwdpass.borrowed` knows how MyST-NB gets to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from myst_nb.core.execute.base import EvalNameError, NotebookClientBase
from myst_nb.ext.glue import extract_glue_data_cell
from myst_nb.sphinx_ import SphinxNbRenderer
from nbformat import NotebookNode, from_dict
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from fwdpass import borrowed
from fwdpass.audit import Passage
from fwdpass.errors import FwdpassError, PageError
from fwdpass.numerals.writing import Medium
from fwdpass.page import (
    Cell,
    Level,
    SideBySide,
    ipython,
    parse_claim,
    parse_expression,
)
from fwdpass.page.hidden import modules
from fwdpass.page.lesson import broken, imported
from fwdpass.page.named import Equation, Side, equations, is_rank
from fwdpass.page.outputs import Output, Printed, Raised, Shown
from fwdpass.page.record import Template, alt_of, code_of
from fwdpass.page.script import Script
from fwdpass.page.shell import Strictness, is_python
from fwdpass.sphinxext import aside, fingerprint, holes, places, records, site
from fwdpass.sphinxext.linenumbers import LineNumbers, first_line, line_of
from fwdpass.sphinxext.refusals import drop_stored, other_language, refusals
from fwdpass.sphinxext.subjects import named_before

UNEXECUTED = (
    "the page has no cells that run, so it has no numbers: "
    "start it with the header that authors' pages have (file_format: mystnb)"
)
UNTOLD = "…"
"""What stands for a number in words that are read, and do not stand on the page."""
_LOGGER = logging.getLogger(__name__)


class PageClient(NotebookClientBase):
    """Runs a page's cells, in order, in a reading of its own."""

    def start_client(self) -> None:
        """Say which language the cells are in; MyST-NB asks before it renders."""
        self._opened = False
        self._kernel = other_language(self.notebook)
        code = [cell.source for cell in self.notebook.cells if cell.cell_type == "code"]
        plain = all(map(is_python, code)) or not ipython.is_installed()
        language = {"name": "python", "pygments_lexer": "python" if plain else "ipython3"}
        self.notebook.metadata["language_info"] = language

    def open(self, env: BuildEnvironment, renderer: SphinxNbRenderer) -> None:
        """Open the reading; the page is judged before anything runs."""
        self._env = env
        self.renderer = renderer
        self._ran = 0
        self._above = 1
        self._lost = False
        self._causes: set[str] = set()
        self._outputs: dict[int, list[NotebookNode]] = {}
        self._ran_at: dict[int, int] = {}
        self._parts_aside: list[tuple[str, Sequence[nodes.Node]]] = []
        self.live = places.is_live(env)
        self._lines = LineNumbers(self.path, self.notebook.cells, self.cell_line)
        self._folder = self.path.parent if self.path else None
        cells = [cell.source for cell in self.notebook.cells if cell.cell_type == "code"]
        timeout = _seconds(self.nb_config.execution_timeout)
        self.held = records.record(env, env.docname).held
        least = self.held.least
        exact = least is Level.EXACT
        allowed = Strictness(addresses=exact, warnings=env.config.fwdpass_warnings == "error", jupyter=not exact)
        options: dict[str, Any] = {"folder": self._folder, "timeout": timeout, "least": least, "allowed": allowed}
        try:
            alone = not self.held.stable
            self.reading = SideBySide(
                env.docname, cells, **options, stable=self.held.stable, alone=alone, reason=self.held.reason
            )
        except Exception as error:
            if (found := broken(error, cells, self._folder)) is None:
                raise
            file, at, said = found
            records.fault(env, at, "cell", said, str(file))
            self._lost = True
            self.reading = SideBySide(env.docname, (), **options, stable=False)
        self._aside = 0
        self._script: Script | None = None
        self._opened = True
        for line, message in refusals(self.notebook, exact):
            self.fault(PageError(message, line=line or 1, kind="page"))
        if self._kernel:
            self._lost = True
            said = (
                f"the kernel of the page is {self._kernel}, and fwdpass reads Python: fwdpass_check: off leaves it be"
            )
            self.fault(PageError(said, line=1, kind="page"))
        for line in drop_stored(self.notebook):
            _LOGGER.info("the stored outputs give way to those of this build", location=(env.docname, line))

    def run_above(self, index: int) -> None:
        """Run every cell above this one that has not run yet."""
        if index < len(self.notebook.cells):
            self._above = self.cell_line(index)
        while self._ran < min(index, len(self.notebook.cells)):
            at, self._ran = self._ran, self._ran + 1
            cell = self.notebook.cells[at]
            if cell.cell_type == "code" and not self._lost:
                self._run(at, cell)

    def code_cell_outputs(self, cell_index: int) -> tuple[int | None, list[NotebookNode]]:
        """Give what a cell shows; MyST-NB asks for it when it renders the cell."""
        if cell_index < len(self.notebook.cells):
            self.run_above(cell_index + 1)
        return None, self._outputs.get(cell_index, [])

    def eval_variable(self, name: str) -> list[NotebookNode]:
        """Give what an expression shows, for MyST-NB's role ``eval``: it is read as a cell is."""
        if not re.match(self.nb_config.eval_name_regex, name):
            raise EvalNameError(name)
        return [] if self._lost else [_as_notebook(output) for output in self._shown(Cell(name, self._above))]

    def finalise_client(self) -> None:
        """Run what is left below the last text."""
        self.run_above(len(self.notebook.cells))

    def close_client(self, *_: object) -> None:
        """End the reading, however the page ended."""
        if self._opened:
            self.reading.close()

    def hand_over(self) -> None:
        """Keep what was read, when the last expression has been placed."""
        kept = records.record(self._env, self._env.docname)
        kept.program, kept.ledger = self.reading.program, self.reading.ledger
        kept.why = tuple(self.reading.why)
        kept.opened = self.reading.opened
        told = kept.told()
        cells = [step for step in told.steps if isinstance(step, Cell)] if told is not None else []
        kept.taken = (*self.reading.taken, *modules(cells, self._folder))
        kept.versions = fingerprint.versions(imported(self.reading.program.cells))
        for path in sorted(kept.opened):
            self._env.note_dependency(path)
        places.keep_aside(self.renderer.document, self._parts_aside)
        self.reading.close()
        for apart in self.reading.apart:
            _LOGGER.info("%s, and the page follows the latter", apart, location=(self._env.docname, apart.line))

    def text(self, written: str, line: int, medium: Medium, why: str = "") -> str | None:
        """Give the text of an expression, or nothing after a fault, which is reported.

        ``why`` is why it is executed and no more, where its author says so.
        """
        if self._lost:
            return None
        line = self.place(written, line)
        try:
            expression = replace(parse_expression(written, line, medium), executed=why)
            if self._aside:
                self.reading.pass_over(expression)
                return UNTOLD
            self.check(expression.source, claimed=False)
            return self.reading.number(expression)
        except PageError as error:
            self.fault(error)
        except FwdpassError as error:
            self.fault(PageError(str(error), line=line, kind="number"))
        return None

    def drawn(self, expression: str, line: int, script: str) -> str | None:
        """Give the HTML of an expression that runs a script, or nothing after a fault, which is reported."""
        if self._lost:
            return None
        try:
            outputs = self._shown(Cell(expression, line, script=script))
        except PageError as error:
            self.fault(error)
            return None
        return next((output.data.get("text/html") for output in outputs if isinstance(output, Shown)), None)

    def hold(self, formula: str, line: int) -> None:
        """Compare what stands on the two sides of a formula's equations; its first line is known."""
        if self._lost or self._aside:
            return
        for one in equations(formula):
            self._compare(one, line + one.right.below)

    def number(self, written: str, line: int, why: str = "") -> str | None:
        """Give the text of an expression that stands in a sentence, and compare it with a name before it."""
        said = self.text(written, line, "text", why)
        if said is not None and not self._aside and not is_rank(written):
            value = Side(written, (parse_expression(written, line).source,), (written,))
            for name, spellings in named_before(self.renderer.current_node):
                self._compare(Equation(Side(name, spellings), value, formula=False), self.place(written, line))
        return said

    def _compare(self, equation: Equation, line: int) -> None:
        try:
            self.reading.hold(equation, line)
        except PageError as error:
            self.fault(error)

    @contextmanager
    def about(self, script: Script | None) -> Iterator[None]:
        """Hold what is said within a ``with`` block against a script's own values."""
        before, self._script = self._script, script
        try:
            yield
        finally:
            self._script = before

    def check(self, source: str, *, claimed: bool) -> None:
        """Raise :class:`~fwdpass.errors.ExpressionError` where a sentence about a script is about the page instead."""
        if self._script is not None:
            self.reading.check(source, self._script, claimed=claimed)

    def claim(self, predicate: str, line: int, said: str = "") -> list[str]:
        """Judge a claim, which stands behind some words; give the class by which these are found, if they are to be."""
        if self._lost:
            return []
        claim = parse_claim(predicate, self.place(first_line(predicate), line), said)
        if self._aside:
            self.reading.pass_over(claim)
        else:
            self.check(claim.source, claimed=True)
            try:
                self.reading.claim(claim)
            except PageError as error:
                self.fault(error)
        return [f"fp-c{self.reading.step}"] if self.live else []

    def settle(self, formula: nodes.Element, steps: Sequence[int], texts: Sequence[str]) -> None:
        """Put the texts into a formula that was made with its holes, and keep how it is made."""
        if not steps or len(steps) != len(texts):
            return
        template = Template(formula.astext(), isinstance(formula, nodes.math_block))
        records.record(self._env, self._env.docname).templates[steps[0]] = template
        formula["marks"] = " ".join(map(records.mark, steps))
        said = template.filled(dict(zip(steps, texts, strict=True)))
        formula.rawsource = said
        formula[:] = [nodes.Text(said)]

    def block_cell(self, source: str, line: int, tags: Sequence[str], why: object = "") -> list[nodes.Node]:
        """Run a cell that stands in a directive, and give what the page shows of it.

        MyST-NB knows the cells of a page alone. So this one gets an index beyond theirs, and is handed to its renderer.
        """
        if self._lost:
            return []
        index = len(self.notebook.cells) + len(self._outputs)
        line = self.place(first_line(source), line)
        try:
            outputs = self._shown(Cell(source, line, frozenset(tags), executed=declared(why, line)))
        except PageError as error:
            self._lost = True
            self.fault(error)
            return []
        if (self._aside and not self.live) or "remove-cell" in tags:
            return []
        self._ran_at[index] = self.placed
        shown = (Printed(UNTOLD),) if self._aside else outputs
        self._outputs[index] = [_as_notebook(output) for output in shown]
        meta = {"index": index, "metadata": {"tags": list(tags)}}
        token = Token("nb_cell_code", "code", 0, content=source, map=[line, line], meta=meta)
        holder = nodes.Element()
        with self.renderer.current_node_context(holder):
            self.renderer.render_nb_cell_code(SyntaxTreeNode([token]).children[0])
        return holder.children

    @contextmanager
    def put_aside(self) -> Iterator[None]:
        """Read words that do not stand on the page: their steps are kept, and nothing else."""
        self._aside += 1
        try:
            with aside.forgotten(self._env, self.renderer):
                yield
        finally:
            self._aside -= 1

    @property
    def is_aside(self) -> bool:
        """Whether the words that are being read do not stand on the page."""
        return self._aside > 0

    @property
    def lost(self) -> bool:
        """Whether a cell has failed, so that nothing below it can be executed."""
        return self._lost

    def place(self, written: str, line: int) -> int:
        """Give the line of the page on which something is written, which a role or a directive says is at ``line``."""
        if part := records.record(self._env, self._env.docname).part:
            lines = Path(part).read_text("utf-8").splitlines()
            return line_of(written, max(line - 1, 1), lines)
        return self._lines.of(written, self._lines.true(line) if line > 0 else self._above)

    @property
    def placed(self) -> int:
        """The place among the page's steps of the number that was placed last."""
        return self.reading.step

    def around(self, place: int | str, said: Iterable[nodes.Node]) -> list[nodes.Node]:
        """Let what stands in a place be found again, where that is asked for."""
        return places.around(place, said) if self.live else list(said)

    def around_cell(self, index: int, cell: nodes.Element, code: bool, shows: bool) -> None:
        """Let the code of a cell be found again, if asked for, and what it shows, if it may show anything.

        What it shows is found with the box around it, which a cell that shows nothing has not; where the box is folded,
        what is in it.
        """
        at = self._ran_at.get(index)
        if at is None or not self.live:
            return
        within = [one for one in cell.children if isinstance(one, nodes.Element)]
        box = next(filter(borrowed.is_output_of_cell, within), None)
        source = next(filter(borrowed.is_code_of_cell, within), None)
        if code and source is not None:
            source[:] = self.around(code_of(at), source.children)
        if shows and cell.get("hide_mode", "all") in ("all", "input"):
            cell[:] = [*(one for one in within if one is not box), *self.around(at, [box] if box is not None else [])]
        elif box is not None:
            box[:] = self.around(at, box.children)

    def script(self, module: str, listing: nodes.Node) -> list[nodes.Node]:
        """Let a listing of a script be found again."""
        shown = records.record(self._env, self._env.docname).shown_scripts
        shown[name := f"s{len(shown)}"] = module
        return self.around(name, [listing])

    def keep(self, key: str, said: Sequence[nodes.Node]) -> None:
        """Keep a part of the page that does not stand on it now."""
        if self.live:
            self._parts_aside.append((key, said))

    def passage(self, written: str, line: int = 0) -> str:
        """Fill a text that is no Markdown, and note what the author wrote around its holes."""
        if not line:
            self._above = 1  # front matter
        said, skeleton = holes.filled(written, line, "text", self.text)
        if self._aside:
            return said
        records.record(self._env, self._env.docname).facts.passages.append(Passage(said, skeleton, line or 1))
        return said

    def alternative(self, written: str, line: int) -> tuple[str, list[str]]:
        """Fill an alternative text; give the class by which its picture is found, if it is to be."""
        first = self.placed + 1
        said = self.passage(written, line)
        steps = range(first, self.placed + 1)
        if not self.live or not steps:
            return said, []
        records.record(self._env, self._env.docname).alts[first] = Template(holes.with_steps(written, steps))
        return said, [f"fp-{alt_of(first)}"]

    def description(self, written: str) -> str:
        """Fill the page's description, and keep its template."""
        first = self.placed + 1
        said = self.passage(written)
        steps = range(first, self.placed + 1)
        records.record(self._env, self._env.docname).description = Template(holes.with_steps(written, steps))
        return said

    def _run(self, index: int, cell: NotebookNode) -> None:
        tags = frozenset(cell.metadata.get("tags", ()))
        line = self._lines.of_code(index, cell.source)
        if "skip-execution" in tags:
            return
        timeout = cell.metadata.get("timeout")
        seconds = None if timeout is None else _seconds(timeout)
        try:
            why = declared(cell.metadata.get("executed", ""), line)
            outputs = self._shown(Cell(cell.source, line, tags, timeout=seconds, executed=why))
        except PageError as error:
            self._lost = True
            self.fault(error)
        else:
            cell.outputs = [_as_notebook(output) for output in outputs]
            for key, glued in extract_glue_data_cell(cell):
                self._glue_data[key] = glued
                kept = records.record(self._env, self._env.docname)
                kept.glued |= {str(said) for mime, said in glued["data"].items() if mime == "text/plain"}
            self._outputs[index] = cell.outputs
            self._ran_at[index] = self.placed

    def _shown(self, cell: Cell) -> tuple[Output, ...]:
        """Run a cell, and note what it shows, which the audit will find on the page."""
        if self._aside:
            self.reading.pass_over(cell)
            return ()
        outputs = self.reading.cell(cell)
        facts = records.record(self._env, self._env.docname).facts
        facts.outputs += (digest for output in outputs for digest in site.output_digests(output))
        return outputs

    def fault(self, error: PageError) -> None:
        """Report what is wrong with the page, once for each cause."""
        if error.cause in self._causes:
            return
        self._causes |= {error.cause} - {""}
        records.fault(self._env, error.line, error.kind, str(error))


def client_of(document: nodes.document) -> PageClient | None:
    """Give the client of the page that is being read; a page without cells' header has none."""
    client = borrowed.client_of(document)
    return client if isinstance(client, PageClient) else None


def declared(why: object, line: int) -> str:
    """Take the reason for which a cell is executed and no more, if its author says so."""
    if why != "" and not (isinstance(why, str) and why.strip()):
        raise PageError(
            f"the cell's option executed is {why!r}: it takes the reason for which nothing more can be said of the "
            "cell than that it ran",
            line=line,
            kind="cell",
        )
    return " ".join(str(why).split())


def _seconds(asked: Any) -> float:
    """Take a limit of time as Jupyter writes it: none, or less than nothing, is no limit."""
    return max(0.0, float(asked or 0))


def _as_notebook(output: Output) -> NotebookNode:
    """Say in a notebook's terms what a cell shows."""
    match output:
        case Printed(text):
            return NotebookNode(output_type="stream", name="stdout", text=text)
        case Shown(data, metadata=metadata):
            return NotebookNode(output_type="display_data", data=dict(data), metadata=from_dict(metadata))
        case Raised(name, message):
            said = [f"{name}: {message}"]
            return NotebookNode(output_type="error", ename=name, evalue=message, traceback=said)
