r"""The syntax of a page: the role ``{n}``, and directives whose texts may have holes."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst.directives.images import Image
from docutils.statemachine import StringList
from sphinx.directives.patches import Figure, MathDirective
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole

from fwdpass.audit import Passage, Typed
from fwdpass.numerals.writing import Medium
from fwdpass.sphinxext import holes, records
from fwdpass.sphinxext.client import UNEXECUTED, client_of


class NumberRole(SphinxRole):
    """Place what an expression is worth: ``{n}`mse:.4f```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the text, marked as executed."""
        said, mark = place(self.inliner.document, self.env, self.text, self.lineno, "text")
        return [nodes.inline(self.rawtext, said, classes=["fp-n", mark])], []


class TypedRole(SphinxRole):
    """A number that nothing can compute, and the reason: ``{typed}`1986 | the year of the paper```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the number, and keep the reason for the list of exceptions."""
        said, bar, reason = (part.strip() for part in self.text.partition("|"))
        if not (said and bar and reason):
            message = f"{self.text!r} has no reason: write the number, a bar, and why nothing computes it"
            records.fault(self.env, self.lineno, "typed", message)
            return [], []
        records.record(self.env, self.env.docname).facts.typed.append(Typed(said, reason, self.lineno))
        return [nodes.inline(self.rawtext, said, classes=["fp-typed"])], []


class MathWithHoles(MathDirective):
    """Sphinx's ``math``, with its holes filled."""

    def run(self) -> list[nodes.Node]:
        """Fill the formula before Sphinx takes it."""
        document = self.state.document
        written = "\n".join(self.content)
        marks: list[str] = []
        said, skeleton = _filled(document, self.env, written, self.lineno, "latex", marks)
        self.content = StringList(said.split("\n"), source="")
        arguments = [_filled(document, self.env, text, self.lineno, "latex", marks) for text in self.arguments]
        self.arguments = [argument.text for argument in arguments]
        made = super().run()
        for block in made:
            if isinstance(block, nodes.math_block):
                if (client := client_of(document)) is not None and written:
                    block["at"] = client.place(written.splitlines()[0].strip(), self.lineno)
                block["skeleton"] = "\n".join((*(argument.skeleton for argument in arguments), skeleton))
                block["marks"] = " ".join(marks)
        return made


class ImageWithHoles(Image):
    """Docutils' ``image``, with the holes of its alt text filled."""

    def run(self) -> list[nodes.Node]:
        """Fill the alt text before docutils takes it."""
        _fill_alt(self)
        return list(super().run())


class FigureWithHoles(Figure):
    """Sphinx's ``figure``, with the holes of its alt text filled."""

    def run(self) -> list[nodes.Node]:
        """Fill the alt text before Sphinx takes it."""
        _fill_alt(self)
        return super().run()


def place(document: nodes.document, env: BuildEnvironment, written: str, line: int, medium: Medium) -> tuple[str, str]:
    """Give the text of an expression on the page that is being read, and the mark that names its entry."""
    client = client_of(document)
    if client is None:
        records.fault(env, line, "number", f"{written}: {UNEXECUTED}")
        return "", ""
    return client.text(written, line, medium) or "", records.mark(client.placed)


def _filled(
    document: nodes.document, env: BuildEnvironment, written: str, line: int, medium: Medium, marks: list[str]
) -> holes.Filled:
    """Fill the holes of a text, and add the mark of each to ``marks``."""

    def fill(expression: str, at: int, kind: Medium) -> str:
        said, mark = place(document, env, expression, at, kind)
        marks.append(mark)
        return said

    filled = holes.filled(written, line, medium, fill)
    if medium == "latex" and (client := client_of(document)) is not None:
        client.hold(written, line)
    return filled


def _fill_alt(directive: Image | Figure) -> None:
    if alt := directive.options.get("alt"):
        document = directive.state.document
        env = document.settings.env
        said, skeleton = _filled(document, env, alt, directive.lineno, "text", [])
        directive.options["alt"] = said
        records.record(env, env.docname).facts.passages.append(Passage(said, skeleton, directive.lineno))
