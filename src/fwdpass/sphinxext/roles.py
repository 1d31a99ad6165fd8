r"""The syntax of a page: the role ``{n}``, and directives whose texts may have holes."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst.directives.images import Image
from docutils.statemachine import StringList
from sphinx.directives.patches import Figure, MathDirective
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole

from fwdpass.numerals import Medium
from fwdpass.sphinxext import holes, records
from fwdpass.sphinxext.client import UNEXECUTED, client_of


class NumberRole(SphinxRole):
    """Place what an expression is worth: ``{n}`mse:.4f```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the text, marked as executed."""
        said = place(self.inliner.document, self.env, self.text, self.lineno, "text")
        return [nodes.inline(self.rawtext, said, classes=["fp-n"])], []


class MathWithHoles(MathDirective):
    """Sphinx's ``math``, with its holes filled."""

    def run(self) -> list[nodes.Node]:
        """Fill the formula before Sphinx takes it."""
        document = self.state.document
        written = "\n".join(self.content)
        said = _filled(document, self.env, written, self.lineno, "latex")
        self.content = StringList(said.split("\n"), source="")
        self.arguments = [_filled(document, self.env, argument, self.lineno, "latex") for argument in self.arguments]
        return super().run()


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


def place(document: nodes.document, env: BuildEnvironment, written: str, line: int, medium: Medium) -> str:
    """Give the text of an expression on the page that is being read."""
    client = client_of(document)
    if client is None:
        records.fault(env, line, "number", f"{written}: {UNEXECUTED}")
        return ""
    return client.text(written, line, medium) or ""


def _filled(document: nodes.document, env: BuildEnvironment, written: str, line: int, medium: Medium) -> str:
    return holes.filled(written, line, medium, lambda text, at, kind: place(document, env, text, at, kind))


def _fill_alt(directive: Image | Figure) -> None:
    if alt := directive.options.get("alt"):
        document = directive.state.document
        directive.options["alt"] = _filled(document, document.settings.env, alt, directive.lineno, "text")
