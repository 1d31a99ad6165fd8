"""Put our execution behind MyST-NB: its client runs cells in this process, by a reading.

MyST-NB parses the page and renders what cells show. Its client and its renderer, which fills the
holes in formulas and alt texts, are ours; :mod:`fwdpass.borrowed` knows how they get there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
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
    Case,
    Cell,
    Choice,
    Level,
    Question,
    SideBySide,
    Told,
    ipython,
    parse_claim,
    parse_expression,
)
from fwdpass.page.hidden import modules
from fwdpass.page.lesson import broken, imported
from fwdpass.page.named import Equation, Side, beside, equations, in_plain, is_rank
from fwdpass.page.record import Template, code_of
from fwdpass.page.script import Script
from fwdpass.page.shell import Output, Printed, Raised, Shown, Strictness, is_python
from fwdpass.sphinxext import aside, fingerprint, holes, places, records, site

UNEXECUTED = (
    "the page has no cells that run, so it has no numbers: "
    "start it with the header that authors' pages have (file_format: mystnb)"
)
OTHERWISE = "otherwise"
"""What stands in the place of a predicate behind the words for when no other case holds."""
_ROLE = re.compile(r"\{n\}`([^`]*)`")
_VALUE = frozenset(("value", "its value", "is", "=", "worth"))
"""Heads of a table's column that has the values of the names before it."""
UNTOLD = "…"
"""What stands for a number in words that are read, and do not stand on the page."""
_PYTHON = re.compile(r"python|conda|^py|ipykernel|pyodide", re.IGNORECASE)
_LANGUAGES = (
    "julia",
    "ir",
    "r",
    "octave",
    "matlab",
    "bash",
    "xcpp",
    "xeus-cling",
    "javascript",
    "sagemath",
    "scala",
    "ruby",
)
"""How the names of kernels start that are for another language."""
_LOGGER = logging.getLogger(__name__)


@dataclass
class Parts:
    """What was made of the parts of a choice or a question: of those that stand on the page, and of the others.

    ``at`` is its place among the page's steps, ``right`` which part of a question is the right option, and ``sizes``
    are how many steps each part has.
    """

    at: int
    right: int | None
    said: dict[int, list[nodes.Node]] = field(default_factory=dict)
    untold: dict[int, list[nodes.Node]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)


class PageClient(NotebookClientBase):
    """Runs a page's cells, in order, in a reading of its own."""

    def start_client(self) -> None:
        """Say which language the cells are in; MyST-NB asks before it renders."""
        self._opened = False
        self._kernel = _other_language(self.notebook)
        code = [cell.source for cell in self.notebook.cells if cell.cell_type == "code"]
        plain = all(map(is_python, code)) or not ipython.is_installed()
        language = {"name": "python", "pygments_lexer": "python" if plain else "ipython3"}
        self.notebook.metadata["language_info"] = language

    def open(self, env: BuildEnvironment, renderer: PageRenderer) -> None:
        """Open the reading; the page is judged before anything runs."""
        self._env = env
        self._renderer = renderer
        self._ran = 0
        self._above = 1
        self._lost = False
        self._causes: set[str] = set()
        self._outputs: dict[int, list[NotebookNode]] = {}
        self._ran_at: dict[int, int] = {}
        self._parts_aside: list[tuple[str, Sequence[nodes.Node]]] = []
        self.live = places.is_live(env)
        self._lines = self.path.read_text("utf-8").splitlines() if self.path else []
        self._folder = self.path.parent if self.path else None
        cells = [cell.source for cell in self.notebook.cells if cell.cell_type == "code"]
        timeout = _seconds(self.nb_config.execution_timeout)
        self.held = records.record(env, env.docname).held
        least = self.held.least
        exact = least is Level.EXACT
        allowed = Strictness(addresses=exact, warnings=env.config.fwdpass_warnings == "error", jupyter=not exact)
        options: dict[str, Any] = {"folder": self._folder, "timeout": timeout, "least": least, "allowed": allowed}
        try:
            self.reading = SideBySide(env.docname, cells, **options, stable=self.held.stable)
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
        for line, message in _refusals(self.notebook, exact):
            self._fault(PageError(message, line=line or 1, kind="page"))
        if self._kernel:
            self._lost = True
            said = (
                f"the kernel of the page is {self._kernel}, and fwdpass reads Python: fwdpass_check: off leaves it be"
            )
            self._fault(PageError(said, line=1, kind="page"))
        for line in _stored(self.notebook):
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
        places.keep_aside(self._renderer.document, self._parts_aside)
        self.reading.close()
        for apart in self.reading.apart:
            _LOGGER.info("%s, and the page follows the latter", apart, location=(self._env.docname, apart.line))

    def text(self, written: str, line: int, medium: Medium) -> str | None:
        """Give the text of an expression, or nothing after a fault, which is reported."""
        if self._lost:
            return None
        line = self.place(written, line)
        try:
            expression = parse_expression(written, line, medium)
            if self._aside:
                self.reading.pass_over(expression)
                return UNTOLD
            self._check(expression.source, claimed=False)
            return self.reading.number(expression)
        except PageError as error:
            self._fault(error)
        except FwdpassError as error:
            self._fault(PageError(str(error), line=line, kind="number"))
        return None

    def drawn(self, expression: str, line: int, script: str) -> str | None:
        """Give the HTML of an expression that runs a script, or nothing after a fault, which is reported."""
        if self._lost:
            return None
        try:
            outputs = self._shown(Cell(expression, line, script=script))
        except PageError as error:
            self._fault(error)
            return None
        return next((output.data.get("text/html") for output in outputs if isinstance(output, Shown)), None)

    def hold(self, formula: str, line: int) -> None:
        """Compare what stands on the two sides of a formula's equations; its first line is known."""
        if self._lost or self._aside:
            return
        for one in equations(formula):
            self._compare(one, line + one.right.below)

    def number(self, written: str, line: int) -> str | None:
        """Give the text of an expression that stands in a sentence, and compare it with a name before it."""
        said = self.text(written, line, "text")
        if said is not None and not self._aside and not is_rank(written):
            value = Side(written, (parse_expression(written, line).source,), (written,))
            for name, spellings in _named_before(self._renderer.current_node):
                self._compare(Equation(Side(name, spellings), value, formula=False), self.place(written, line))
        return said

    def _compare(self, equation: Equation, line: int) -> None:
        try:
            self.reading.hold(equation, line)
        except PageError as error:
            self._fault(error)

    @contextmanager
    def about(self, script: Script | None) -> Iterator[None]:
        """Hold what is said within a ``with`` block against a script's own values."""
        before, self._script = self._script, script
        try:
            yield
        finally:
            self._script = before

    def _check(self, source: str, *, claimed: bool) -> None:
        """Raise :class:`~fwdpass.errors.ExpressionError` where a sentence about a script is about the page instead."""
        if self._script is not None:
            self.reading.check(source, self._script, claimed=claimed)

    def claim(self, predicate: str, line: int, said: str = "") -> list[str]:
        """Judge a claim, which stands behind some words; give the class by which these are found, if they are to be."""
        if self._lost:
            return []
        claim = parse_claim(predicate, self.place(_first(predicate), line), said)
        if self._aside:
            self.reading.pass_over(claim)
        else:
            self._check(claim.source, claimed=True)
            try:
                self.reading.claim(claim)
            except PageError as error:
                self._fault(error)
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

    def block_cell(self, source: str, line: int, tags: Sequence[str]) -> list[nodes.Node]:
        """Run a cell that stands in a directive, and give what the page shows of it.

        MyST-NB knows the cells of a page alone. So this one gets an index beyond theirs, and is handed to its renderer.
        """
        if self._lost:
            return []
        index = len(self.notebook.cells) + len(self._outputs)
        line = self.place(_first(source), line)
        try:
            outputs = self._shown(Cell(source, line, frozenset(tags)))
        except PageError as error:
            self._lost = True
            self._fault(error)
            return []
        if (self._aside and not self.live) or "remove-cell" in tags:
            return []
        self._ran_at[index] = self.placed
        shown = (Printed(UNTOLD),) if self._aside else outputs
        self._outputs[index] = [_as_notebook(output) for output in shown]
        meta = {"index": index, "metadata": {"tags": list(tags)}}
        token = Token("nb_cell_code", "code", 0, content=source, map=[line, line], meta=meta)
        holder = nodes.Element()
        with self._renderer.current_node_context(holder):
            self._renderer.render_nb_cell_code(SyntaxTreeNode([token]).children[0])
        return holder.children

    def choose(
        self,
        cases: Sequence[tuple[str, str]],
        line: int,
        say: Callable[[int], list[nodes.Node]],
        optional: bool = False,
    ) -> list[nodes.Node]:
        """Tell one of some cases, each a predicate and its words, or none of a phrase that is ``optional``.

        ``say`` makes what stands on the page of a case, and takes its steps. It is called for each of them in order:
        also for those that are not told, whose steps the page's program has, too. Gives what it made of the one that
        is told.

        Raises :class:`~fwdpass.errors.ExpressionError` for what is no predicate.
        """
        if self._lost:
            return []
        made = tuple(_case(predicate, self.place(_first(predicate), line), said) for predicate, said in cases)
        choice = Choice(made, made[0].line, optional)
        if not self._aside:
            for case in made:
                if case.source:
                    self._check(case.source, claimed=True)
        parts = self._parts(choice, len(made), say)
        counted = tuple(replace(case, steps=steps) for case, steps in zip(made, parts.sizes, strict=True))
        self.reading.replace(parts.at, replace(choice, cases=counted))
        for place, said in parts.untold.items():
            self.keep(f"{parts.at}.{place}", said)
        return self.around(parts.at, next(iter(parts.said.values()), []))

    def ask(self, question: Question, say: Callable[[int], Sequence[nodes.Node]]) -> Parts:
        """Put a question, or leave it out; give what ``say`` made of each part, and which of them is right.

        As in :meth:`choose`, it is called for all of them, in order: the question, every option, and what stands in
        the place of all of it.
        """
        if self._lost:
            return Parts(0, None)
        parts = self._parts(question, len(question.options) + 2, say)
        asked, *sizes, otherwise = parts.sizes
        options = tuple(replace(option, steps=steps) for option, steps in zip(question.options, sizes, strict=True))
        counted = replace(question, asked=asked, options=options, otherwise=otherwise)
        self.reading.replace(parts.at, counted)
        return parts

    def _parts(self, step: Choice | Question, n: int, say: Callable[[int], Sequence[nodes.Node]]) -> Parts:
        """Take a step that has parts, and the steps of these."""
        at = len(self.reading.program.steps)
        told = Told(0, step.line, None)
        if self._aside:
            self.reading.pass_over(step)
        else:
            try:
                told = self.reading.ask(step) if isinstance(step, Question) else self.reading.choose(step)
            except PageError as error:
                self._fault(error)
        parts = Parts(at, told.right)
        for part in range(n):
            before = len(self.reading.program.steps)
            if part in told.parts:
                counted = dict(self._renderer.md_env.get("wordcount", {}))
                parts.said[part] = list(say(part))
                if counted:  # the reading time of a page is that of what stands there whatever the lesson is
                    self._renderer.md_env["wordcount"] = counted
            else:
                with self._put_aside():
                    parts.untold[part] = list(say(part))
            parts.sizes.append(len(self.reading.program.steps) - before)
        if isinstance(step, Question) and not self._aside:
            self.reading.asked()
        return parts

    @contextmanager
    def _put_aside(self) -> Iterator[None]:
        """Read words that do not stand on the page: their steps are kept, and nothing else."""
        self._aside += 1
        try:
            with aside.forgotten(self._env, self._renderer):
                yield
        finally:
            self._aside -= 1

    @property
    def lost(self) -> bool:
        """Whether a cell has failed, so that nothing below it can be executed."""
        return self._lost

    def place(self, written: str, line: int) -> int:
        """Give the line of the page on which something is written, which a role or a directive says is at ``line``."""
        if part := records.record(self._env, self._env.docname).part:
            lines = Path(part).read_text("utf-8").splitlines()
            return self._line_of(written, max(line - 1, 1), lines)
        return self._line_of(written, self._true_line(line) if line > 0 else self._above)

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

    def description(self, written: str) -> str:
        """Fill the page's description, and keep its template."""
        first = self.placed + 1
        said = self.passage(written)
        steps = range(first, self.placed + 1)
        records.record(self._env, self._env.docname).description = Template(holes.with_steps(written, steps))
        return said

    def _run(self, index: int, cell: NotebookNode) -> None:
        tags = frozenset(cell.metadata.get("tags", ()))
        line = self._first_line(index, cell.source)
        if "skip-execution" in tags:
            return
        timeout = cell.metadata.get("timeout")
        try:
            outputs = self._shown(Cell(cell.source, line, tags, timeout=None if timeout is None else _seconds(timeout)))
        except PageError as error:
            self._lost = True
            self._fault(error)
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

    def _fault(self, error: PageError) -> None:
        if error.cause in self._causes:
            return
        self._causes |= {error.cause} - {""}
        records.fault(self._env, error.line, error.kind, str(error))

    def _first_line(self, index: int, source: str) -> int:
        """Give the line of a cell's first line of code: MyST-NB knows that of its fence."""
        return _seek(self._lines, source, self.cell_line(index) - 1) + 1

    def _line_of(self, written: str, start: int, lines: Sequence[str] = ()) -> int:
        """Give the line on which an expression stands: MyST knows that of the block around it."""
        below = enumerate((lines or self._lines)[start - 1 :], start)
        return next((number for number, line in below if written in line), start)

    def _true_line(self, line: int) -> int:
        """Undo two slips of MyST-NB's.

        It counts lines of text from one twice, and does not count the blank lines that it drops above a text.
        """
        line -= 1
        above = [i for i in range(len(self.notebook.cells)) if self.cell_line(i) <= line]
        if not above or self.notebook.cells[above[-1]].cell_type != "markdown":
            return line
        nominal = self.cell_line(above[-1]) - 1
        return line + _seek(self._lines, self.notebook.cells[above[-1]].source, nominal) - nominal


class PageRenderer(SphinxNbRenderer):
    """Fills the holes of formulas and alt texts as it comes to them."""

    nb_client: PageClient

    def render_nb_initialise(self, token: SyntaxTreeNode) -> None:
        """Open the reading before the page's first word."""
        self.nb_client.open(self.sphinx_env, self)
        super().render_nb_initialise(token)

    def nested_render_text(self, *args: Any, **options: Any) -> None:
        """Say of an included file's mistakes that they are in that file."""
        kept = records.record(self.sphinx_env, self.sphinx_env.docname)
        before, source = kept.part, str(self.document["source"])
        kept.part = "" if self.nb_client.path is None or Path(source) == Path(self.nb_client.path) else source
        try:
            super().nested_render_text(*args, **options)
        finally:
            kept.part = before

    def render_nb_cell_markdown(self, token: SyntaxTreeNode) -> None:
        """Run the cells above a text first: those tagged remove-cell are never rendered."""
        self.nb_client.run_above(token.meta["index"])
        super().render_nb_cell_markdown(token)

    def render_nb_finalise(self, token: SyntaxTreeNode) -> None:
        """Fill what describes the page as a whole, when all of it has run."""
        super().render_nb_finalise(token)
        for meta in self.document.findall(nodes.meta):
            filled = self.nb_client.description if meta.get("name") == "description" else self.nb_client.passage
            meta["content"] = filled(meta.get("content", ""))
        holes.report_leftovers(self.document, self.sphinx_env)
        self.nb_client.hand_over()

    def render_nb_cell_code(self, token: SyntaxTreeNode) -> None:
        """Let the code of a cell and what it shows be found again."""
        before = len(self.current_node.children)
        super().render_nb_cell_code(token)
        index, meta = token.meta["index"], token.meta["metadata"]

        def asked(field: str) -> bool:
            return bool(self.get_cell_level_config(field, meta))

        tags = {tag.replace("_", "-") for tag in meta.get("tags", ())}
        lexer = self._get_nb_source_code_lexer(index, warn_missing=False)
        code = lexer == "python" and not asked("number_source_lines")
        shows = "remove-output" not in tags and not asked("remove_code_outputs")
        for cell in self.current_node.children[before:]:
            if isinstance(cell, nodes.Element) and borrowed.is_code_cell(cell):
                self.nb_client.around_cell(index, cell, code, shows)

    def render_math_inline(self, token: SyntaxTreeNode) -> None:
        """Formulas such as ``$…$``."""
        with self._formula(token):
            super().render_math_inline(token)

    def render_math_inline_double(self, token: SyntaxTreeNode) -> None:
        """Formulas such as ``$$…$$`` within a line."""
        with self._formula(token):
            super().render_math_inline_double(token)

    def render_math_single(self, token: SyntaxTreeNode) -> None:
        """Formulas such as ``$…$`` in a definition or a footnote."""
        with self._formula(token):
            super().render_math_single(token)

    def render_math_block(self, token: SyntaxTreeNode) -> None:
        """Formulas such as ``$$…$$``."""
        with self._formula(token):
            super().render_math_block(token)

    def render_math_block_label(self, token: SyntaxTreeNode) -> None:
        """Formulas such as ``$$…$$ (label)``."""
        with self._formula(token):
            super().render_math_block_label(token)

    def render_amsmath(self, token: SyntaxTreeNode) -> None:
        """Environments such as ``align``."""
        with self._formula(token):
            super().render_amsmath(token)

    def render_image(self, token: SyntaxTreeNode) -> None:
        """Images: the alt text may have holes."""
        super().render_image(token)
        image = self.current_node[-1]
        assert isinstance(image, nodes.image)  # noqa: S101 - what MyST-Parser has just made
        image["alt"] = self.nb_client.passage(image["alt"], _line(token))

    @contextmanager
    def _formula(self, token: SyntaxTreeNode) -> Iterator[None]:
        """Fill a formula before it is rendered; the node that comes of it keeps what the author wrote."""
        if token.token is None:
            yield
            return
        first = self.nb_client.placed + 1
        texts: list[str] = []
        lines = token.content.strip().splitlines()
        at = self.nb_client.place(lines[0].strip() if lines else "", _line(token))
        if role := _ROLE.search(token.content):
            said = (
                f"{role[0]} stands between dollar signs, which make a formula: write \\$ for a price, "
                f"or a hole, \\n{{{role[1]}}}, in a formula"
            )
            records.fault(self.sphinx_env, at, "number", said)
        fill = partial(_noted, self.nb_client, texts)
        said, skeleton = holes.filled(token.content, _line(token), "latex", fill)
        self.nb_client.hold(token.content, at)
        steps = range(first, self.nb_client.placed + 1)
        token.token.content = holes.with_steps(token.content, steps) if len(steps) == len(texts) else said
        before = len(self.current_node.children)
        yield
        for node in self.current_node.children[before:]:
            for formula in (*node.findall(nodes.math), *node.findall(nodes.math_block)):
                self.nb_client.settle(formula, steps, texts)
                formula["skeleton"], formula["at"] = skeleton, at


def _named_before(words: nodes.Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Find the name whose value a sentence goes on to say: as it is written, and how it is spelled."""
    if not len(words):
        if isinstance(cell := words.parent, nodes.entry):
            yield from _named_in_row(cell)
    elif not isinstance(last := words[-1], nodes.Text):
        return
    elif found := in_plain(last.astext()):
        above, entry, said = found
        yield entry, beside(entry, True, above, said)
    elif len(words) > 1 and isinstance(name := words[-2], nodes.literal | nodes.math):
        above = "".join(node.astext() for node in words[:-2])
        code = isinstance(name, nodes.literal)
        yield (f"`{name.astext()}`" if code else name.astext()), beside(name.astext(), code, above, last.astext())


def _named_in_row(cell: nodes.entry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Find the name in the first column of a table whose second has the value, if its head says so."""
    row = cell.parent
    table = row.parent.parent
    heads = [head for each in table.findall(nodes.thead) for head in each.findall(nodes.entry)]
    if row.index(cell) != 1 or len(heads) < 2 or heads[1].astext().strip().lower() not in _VALUE:
        return
    first = row.children[0]
    for name in first.findall(lambda node: isinstance(node, nodes.literal | nodes.math)):
        if name.astext() == first.astext():
            yield name.astext(), beside(name.astext(), isinstance(name, nodes.literal), "", "is")


def client_of(document: nodes.document) -> PageClient | None:
    """Give the client of the page that is being read; a page without cells' header has none."""
    client = borrowed.client_of(document)
    return client if isinstance(client, PageClient) else None


def parser() -> type:
    """Give the parser of pages, for one application."""
    return borrowed.parser(_create_client, PageRenderer, _reads)


def _reads(document: nodes.document) -> bool:
    """Say whether a page is held to its numbers; MyST-NB alone runs any other."""
    env = document.settings.env
    return records.record(env, env.docname).held.check.reads


def _create_client(
    notebook: NotebookNode, source: str, nb_config: Any, logger: Any, read_fmt: Any = None
) -> PageClient:
    return PageClient(notebook, Path(source), nb_config, logger)


def _seconds(asked: Any) -> float:
    """Take a limit of time as Jupyter writes it: none, or less than nothing, is no limit."""
    return max(0.0, float(asked or 0))


def _other_language(notebook: NotebookNode) -> str:
    """Give the name of a page's kernel, if it is for another language than Python."""
    kernel = notebook.metadata.get("kernelspec", {})
    name = str(kernel.get("name", "python3"))
    language = str(kernel.get("language", "") or notebook.metadata.get("language_info", {}).get("name", "")).lower()
    if language == "python" or (not language and _PYTHON.search(name)):
        return ""
    known = language or any(name.lower().startswith(one) for one in _LANGUAGES)
    return name if known else ""


def _stored(notebook: NotebookNode) -> Iterator[int]:
    """Give the lines of cells that came with outputs, which are dropped."""
    lines: Sequence[int] = notebook.metadata.get("source_map", [])
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.get("outputs"):
            cell.outputs = []
            yield lines[index] + 1 if index < len(lines) else 1


def _refusals(notebook: NotebookNode, exact: bool) -> Iterator[tuple[int | None, str]]:
    """Give what a page may not ask for: anything that would publish what was not executed here."""
    lines: Sequence[int] = notebook.metadata.get("source_map", [])
    if overrides := notebook.metadata.get("mystnb", {}):
        asked = ", ".join(sorted(overrides))
        if any(name.startswith("execution") and name != "execution_timeout" for name in overrides):
            yield 1, f"the front matter sets {asked}: every page is executed, in one way"
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        line = lines[index] + 1 if index < len(lines) else None
        if exact and "skip-execution" in cell.metadata.get("tags", ()):
            yield (
                line,
                "the cell is tagged skip-execution: every cell of a page is executed, unless fwdpass_level is less",
            )


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


def _case(predicate: str, line: int, said: str) -> Case:
    if predicate == OTHERWISE:
        return Case("", line, said)
    return Case(parse_claim(predicate, line).source, line, said)


def _noted(client: PageClient, texts: list[str], expression: str, line: int, medium: Medium) -> str:
    """Give the text of an expression, and note it."""
    texts.append(client.text(expression, line, medium) or "")
    return texts[-1]


def _first(predicate: str) -> str:
    """Give the first line of a predicate, by which it is found on the page."""
    lines = predicate.strip().splitlines()
    return lines[0].strip() if lines else ""


def _seek(lines: Sequence[str], source: str, start: int) -> int:
    """Find the line (from zero) at or after ``start`` where a source begins."""
    first = source.splitlines()[0].strip() if source.strip() else ""
    return next((i for i in range(start, len(lines)) if lines[i].strip() == first), start)


def _line(token: SyntaxTreeNode) -> int:
    """Give the line of a token; inline tokens have that of the block around them."""
    at: SyntaxTreeNode | None = token
    while at is not None:
        if not at.is_root and at.map:
            return at.map[0]
        at = at.parent
    return 1
