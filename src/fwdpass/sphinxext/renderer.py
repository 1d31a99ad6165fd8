"""The renderer of pages: MyST-NB's, which opens the reading, and fills the holes of formulas and alt texts on its way.

It comes to the parts of a page in their order, which is the order in which expressions are evaluated: so a hole is
filled where it is met, and not in a transform of the finished document. What a hole is worth, the client says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from myst_nb.sphinx_ import SphinxNbRenderer
from nbformat import NotebookNode

from fwdpass import borrowed
from fwdpass.numerals.writing import Medium
from fwdpass.sphinxext import holes, records
from fwdpass.sphinxext.client import PageClient
from fwdpass.sphinxext.translated import translate_passages

_ROLE = re.compile(r"\{(?:n|executed)\}`([^`]*)`")


def _filling(name: str, kind: str) -> Any:
    """Let a method of MyST's, which renders a kind of formula, render it with its holes filled."""

    def render(self: PageRenderer, token: SyntaxTreeNode) -> None:
        with self._formula(token):
            getattr(SphinxNbRenderer, name)(self, token)

    render.__doc__ = f"Render a formula: {kind}."
    return render


class PageRenderer(SphinxNbRenderer):
    """Fills the holes of formulas and alt texts as it comes to them."""

    nb_client: PageClient

    def __init__(self, parser: MarkdownIt) -> None:
        """Let the page's passages be in the book's language from the start."""
        super().__init__(parser)
        translate_passages(parser)

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

    render_math_inline = _filling("render_math_inline", "$…$")
    render_math_inline_double = _filling("render_math_inline_double", "$$…$$ within a line")
    render_math_single = _filling("render_math_single", "$…$ in a definition or a footnote")
    render_math_block = _filling("render_math_block", "$$…$$")
    render_math_block_label = _filling("render_math_block_label", "$$…$$ (label)")
    render_amsmath = _filling("render_amsmath", "an environment such as align")

    def render_image(self, token: SyntaxTreeNode) -> None:
        """Images: the alt text may have holes."""
        super().render_image(token)
        image = self.current_node[-1]
        assert isinstance(image, nodes.image)  # noqa: S101 - what MyST-Parser has just made
        for role in (one for one in token.walk() if one.type == "myst_role"):  # MyST-Parser leaves it out
            whole = f"{{{role.meta['name']}}}`{role.content}`"
            records.fault(self.sphinx_env, _line(token), "number", holes.unread(whole, "an alternative text"))
        image["alt"], marks = self.nb_client.alternative(image["alt"], _line(token))
        image["classes"] += marks

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


def parser() -> type:
    """Give the parser of pages, for one application."""
    return borrowed.parser(_create_client, PageRenderer, _reads, _refuse)


def _reads(document: nodes.document) -> bool:
    """Say whether a page is held to its numbers; MyST-NB alone runs any other."""
    env = document.settings.env
    return records.record(env, env.docname).held.check.reads


def _refuse(document: nodes.document, kernel: str) -> None:
    said = f"the kernel of the page is {kernel}, which is not installed here: its cells are not executed"
    records.fault(document.settings.env, 1, "page", said)


def _create_client(
    notebook: NotebookNode, source: str, nb_config: Any, logger: Any, read_fmt: Any = None
) -> PageClient:
    return PageClient(notebook, Path(source), nb_config, logger)


def _noted(client: PageClient, texts: list[str], expression: str, line: int, medium: Medium) -> str:
    """Give the text of an expression, and note it."""
    texts.append(client.text(expression, line, medium) or "")
    return texts[-1]


def _line(token: SyntaxTreeNode) -> int:
    """Give the line of a token; inline tokens have that of the block around them."""
    at: SyntaxTreeNode | None = token
    while at is not None:
        if not at.is_root and at.map:
            return at.map[0]
        at = at.parent
    return 1
