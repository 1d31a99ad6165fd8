"""The directive ``typed-numbers``: the public list of the numbers that somebody typed, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable

import htpy as h
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from fwdpass.audit.tree import canonical, digest, parse
from fwdpass.numerals.catalog import _, ngettext
from fwdpass.numerals.letters import capital, in_words
from fwdpass.numerals.writing import text
from fwdpass.sphinxext import records


class here(nodes.General, nodes.Element):
    """The place on a page where the list will stand, once every page has been read."""


class TypedNumbersDirective(SphinxDirective):
    """Put the list here."""

    def run(self) -> list[nodes.Node]:
        """Keep the place."""
        records.record(self.env, self.env.docname).lists_typed = True
        return [here()]


def pages_with_list(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Write these pages anew whenever any page was read; and let the audit know what will stand on them."""
    listing = [name for name, kept in records.records(env).items() if kept.lists_typed]
    shown = digest(canonical(next(parse(str(_drawn(env))).find(cls="fp-exceptions"))))
    for name in listing:
        outputs = records.records(env)[name].facts.outputs
        outputs[:] = [*(known for known in outputs if known != shown), shown]
    return listing


def put_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the places by the list."""
    for place in list(doctree.findall(here)):
        place.replace_self(nodes.raw("", str(_drawn(app.env)), format="html"))


def _drawn(env: BuildEnvironment) -> h.Element:
    typed = [
        (kept.facts.source, one) for _name, kept in sorted(records.records(env).items()) for one in kept.facts.typed
    ]
    if not typed:
        return h.p(".fp-exceptions")[_("No number outside of code was typed.")]
    where = _("{source}, line {line}")
    rows = [
        h.tr[
            h.th(scope="row")[one.text],
            h.td[one.reason],
            h.td[where.format(source=source, line=text(one.line))],
        ]
        for source, one in typed
    ]
    about = ngettext("{} number that nothing computes", "{} numbers that nothing computes", len(typed))
    about = about.format(capital(in_words(len(typed))))
    return h.div(".fp-exceptions.fp-scroll", tabindex="0", role="group", aria_label=_("Typed numbers"))[
        h.table[
            h.caption[about],
            h.thead[h.tr[(h.th(scope="col")[name] for name in (_("number"), _("reason"), _("where")))]],
            h.tbody[rows],
        ]
    ]
