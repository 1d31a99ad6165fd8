r"""The syntax of a page: the role ``{n}``, and directives whose texts may have holes."""

from __future__ import annotations

from typing import NamedTuple

from docutils import nodes
from docutils.parsers.rst.directives.images import Image
from docutils.statemachine import StringList
from sphinx.directives.patches import Figure, MathDirective
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole

from fwdpass.audit import Typed
from fwdpass.errors import ExpressionError
from fwdpass.numerals.writing import Medium
from fwdpass.sphinxext import holes, records
from fwdpass.sphinxext.client import UNEXECUTED, client_of
from fwdpass.sphinxext.translated import keep_written, translated


class AskedNumber(NamedTuple):
    """The expression whose value is to be placed, and why it is executed and no more, if it is."""

    expression: str
    why: str = ""


class NumberRole(SphinxRole):
    """Place what an expression is worth: ``{n}`mse:.4f```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the text, marked as executed."""
        client = client_of(self.inliner.document)
        if client is None:
            records.fault(self.env, self.lineno, "number", f"{self.text}: {UNEXECUTED}")
            return [], []
        try:
            asked = self.asked()
        except ExpressionError as error:
            records.fault(self.env, client.place(self.text, self.lineno), "number", str(error))
            return [], []
        said = client.number(asked.expression, self.lineno, asked.why) or ""
        mark = records.mark(client.placed)
        # what was computed stands as it is: quotation marks and dashes in it are nobody's to mend
        return [nodes.inline(self.rawtext, said, classes=["fp-n", mark], support_smartquotes=False)], []

    def asked(self) -> AskedNumber:
        """Take the expression that is asked for."""
        return AskedNumber(self.text)


class ExecutedRole(NumberRole):
    """A number that is executed and no more, and the reason: ``{executed}`took:.1f | the time that it took```."""

    def asked(self) -> AskedNumber:
        """Take the expression, and the reason, which stands behind the last bar."""
        expression, bar, reason = (part.strip() for part in self.text.rpartition("|"))
        if not (expression and bar and reason):
            raise ExpressionError(
                f"{self.text!r} has no reason: write the expression, a bar, and why it cannot be the same everywhere"
            )
        return AskedNumber(expression, reason)


class TypedRole(SphinxRole):
    """A number that nothing can compute, and the reason: ``{typed}`1986 | the year of the paper```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the number, and keep the reason for the list of exceptions."""
        said, bar, reason = (part.strip() for part in self.text.rpartition("|"))
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
        steps: list[int] = []
        texts: list[str] = []
        skeleton = self._fill(written, steps, texts)
        self.content = StringList(holes.with_steps(written, steps).split("\n"), source="")
        made_of = []
        for at, argument in enumerate(self.arguments):
            before = len(steps)
            made_of.append(self._fill(argument, steps, texts))
            self.arguments[at] = holes.with_steps(argument, steps[before:])
        made = super().run()
        for block in made:
            if isinstance(block, nodes.math_block):
                if client := client_of(document):
                    client.settle(block, steps, texts)
                    if written:
                        block["at"] = client.place(written.splitlines()[0].strip(), self.lineno)
                block["skeleton"] = "\n".join((*made_of, skeleton))
        return made

    def _fill(self, written: str, steps: list[int], texts: list[str]) -> str:
        """Fill the holes of a formula; add the step and the text of each, and give the skeleton."""
        document = self.state.document

        def fill(expression: str, at: int, kind: Medium) -> str:
            said, _ = place(document, self.env, expression, at, kind)
            client = client_of(document)
            steps.append(client.placed if client is not None else 0)
            texts.append(said)
            return said

        skeleton = holes.filled(written, self.lineno, "latex", fill).skeleton
        if client := client_of(document):
            client.hold(written, client.place(written.strip().partition("\n")[0].strip(), self.lineno))
        return skeleton


class ImageWithHoles(Image):
    """Docutils' ``image``, with the holes of its alt text filled."""

    def run(self) -> list[nodes.Node]:
        """Fill the alt text before docutils takes it."""
        written = _fill_alt(self)
        return keep_written(super().run(), written)


class FigureWithHoles(Figure):
    """Sphinx's ``figure``, with the holes of its alt text filled."""

    def run(self) -> list[nodes.Node]:
        """Fill the alt text before Sphinx takes it."""
        written = _fill_alt(self)
        return keep_written(super().run(), written)


def place(document: nodes.document, env: BuildEnvironment, written: str, line: int, medium: Medium) -> tuple[str, str]:
    """Give the text of an expression on the page that is being read, and the mark that names its entry."""
    client = client_of(document)
    if client is None:
        records.fault(env, line, "number", f"{written}: {UNEXECUTED}")
        return "", ""
    return client.text(written, line, medium) or "", records.mark(client.placed)


def _fill_alt(directive: Image | Figure) -> str:
    """Fill the alt text of a directive, in the book's language; give it as it was written."""
    written = str(directive.options.get("alt") or "")
    if not written:
        return ""
    document = directive.state.document
    alt = translated(document.settings.env, written)
    if client := client_of(document):
        directive.options["alt"], marks = client.alternative(alt, directive.lineno)
        directive.options["class"] = [*directive.options.get("class", ()), *marks]
    else:
        env = document.settings.env
        holes.filled(alt, directive.lineno, "text", lambda *hole: place(document, env, *hole)[0])
    return written
