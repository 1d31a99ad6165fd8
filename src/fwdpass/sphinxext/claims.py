r"""Sentences that are bound to a predicate: where it is not true, the build fails at their line.

``{claim}`only the \n{rows} row contributes :: contributing == [k]``` within a paragraph, and the directive ``claim``,
with the predicate as its argument, around one or more. What stands in them is Markdown.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from fwdpass.errors import ExpressionError
from fwdpass.sphinxext import holes, records
from fwdpass.sphinxext.client import UNEXECUTED, client_of

_FORMULA = re.compile(r"(\$[^$]*\$)")


class ClaimRole(SphinxRole):
    """A claim within a paragraph: the sentence, two colons, the predicate."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the sentence, with its holes filled."""
        said, colons, predicate = self.text.rpartition("::")
        document = self.inliner.document
        if not colons or not said.strip():
            message = f"{self.text!r} is no claim: write the sentence, two colons, and the predicate that makes it true"
            records.fault(self.env, self.lineno, "claim", message)
            return [], []
        _judge(document, self.env, predicate, self.lineno)
        parsed, messages = self.inliner.parse(
            _with_roles(said.strip()), self.lineno, cast("SimpleNamespace", self), self.inliner.parent
        )
        return [nodes.inline(self.rawtext, "", *parsed, classes=["fp-claim"])], messages


class ClaimDirective(SphinxDirective):
    """A claim that takes one or more paragraphs."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        """Give the paragraphs, in a box that a style sheet may use and need not."""
        _judge(self.state.document, self.env, self.arguments[0], self.lineno)
        classes = ["fp-claim", *self.options.get("class", [])]
        return [nodes.container("", *self.parse_content_to_nodes(), classes=classes)]


def _judge(document: nodes.document, env: BuildEnvironment, predicate: str, line: int) -> None:
    client = client_of(document)
    if client is None:
        records.fault(env, line, "claim", f"{predicate.strip()}: {UNEXECUTED}")
        return
    try:
        client.claim(predicate, line)
    except ExpressionError as error:
        records.fault(env, line, "claim", str(error))


def _with_roles(said: str) -> str:
    """Turn holes into roles, except in formulas, where they are holes."""
    parts = _FORMULA.split(said)
    parts[::2] = [holes.HOLE.sub(r"{n}`\1`", part) for part in parts[::2]]
    return "".join(parts)
