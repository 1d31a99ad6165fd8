"""A page in another language: its passages are translated before it is read, so that they have numbers and claims.

Sphinx translates a finished page, with a parser of its own for each message: there, nothing would be executed. What is
left to it are headings without numbers, whose addresses it keeps, and whatever else is no passage of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import init
from sphinx.util.i18n import docname_to_domain

from fwdpass.sphinxext import records
from fwdpass.sphinxext.check import ROLE

_EXECUTED = re.compile(rf"{ROLE}|\\n\{{")


def translate_passages(parser: MarkdownIt) -> None:
    """Let a parser translate what it has found before it looks for roles in it."""

    def translate(state: StateCore) -> None:
        document = state.md.options.get("document")
        env = document.settings.env if isinstance(document, nodes.document) else None
        if env is not None:
            before = ""
            for token in state.tokens:
                if token.type == "inline":
                    said = translated(env, token.content)
                    if before != "heading_open" or _EXECUTED.search(token.content):
                        token.content = said
                before = token.type
        inline(state)

    parser.core.ruler.at("inline", translate)


def translated(env: BuildEnvironment, passage: str) -> str:
    """Give a passage in the book's language, where its catalogue has it."""
    config = env.config
    domain = docname_to_domain(env.docname, config.gettext_compact)
    catalog, found = init([str(env.srcdir / folder) for folder in config.locale_dirs], config.language, domain)
    message = passage.replace("\n", " ").strip()
    said = catalog.gettext(message) if found and message else message
    if said == message:
        return passage
    records.record(env, env.docname).facts.translated[said] = passage
    return said


def keep_written(made: Iterable[nodes.Node], alt: str) -> list[nodes.Node]:
    """Keep an alternative text as it was written, with its holes, for whoever translates it."""
    kept = list(made)
    for node in kept:
        for image in node.findall(nodes.image):
            image["written"] = alt
    return kept


def show_written(app: Sphinx, doctree: nodes.document, _: str) -> None:
    """Give a catalogue the alternative texts that were written."""
    if app.builder.name == "gettext":
        for image in doctree.findall(nodes.image):
            image["alt"] = image.get("written") or image.get("alt", "")
