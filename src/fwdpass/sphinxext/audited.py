"""The audit at the end of a build, of any builder: each finding is a warning at its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.highlighting import PygmentsBridge
from sphinx.util import logging

from fwdpass import borrowed
from fwdpass.audit import Fault, audit_site
from fwdpass.audit.page import Finding, PageAudit
from fwdpass.audit.site import located, targets
from fwdpass.audit.titles import Titles, titles_of
from fwdpass.audit.tree import parse
from fwdpass.errors import FwdpassError
from fwdpass.numerals.letters import counted
from fwdpass.numerals.scan import numbers
from fwdpass.numerals.writing import text
from fwdpass.sphinxext import records, report, site
from fwdpass.sphinxext.check import Check

_NO_PAGES = frozenset(("changes", "coverage", "doctest", "dummy", "gettext", "linkcheck"))
"""Builders that write no page that anybody reads."""
_LENGTH = re.compile(
    r"\\\w+\*?\s*(?:\[[^\]]*\])?(?:\{-?[\d.]+\s*[a-z]{2}\})?|-?[\d.]+\s*(?:pt|em|ex|cm|mm|in)\b|<[^>]*>"
)
"""What is no text in LaTeX, in roff or in markup: commands, lengths and tags."""
_LOGGER = logging.getLogger(__name__)
_TYPED: Any = {"type": "fwdpass", "subtype": "typed"}
_STRICTNESS = tuple(Check)


class _Pages(StandaloneHTMLBuilder):
    """Writes the articles of pages, and nothing around them: so it loads no theme."""

    def init(self) -> None:
        """Get ready to write articles."""
        self.imagedir = "_images"
        self.highlighter = PygmentsBridge("html", "none")
        self.dark_highlighter = None
        self.secnumbers, self.fignumbers = {}, {}
        self.current_docname = ""


def audit_unwritten_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Audit the pages that no file of HTML will hold, before anything is written.

    Where one of them will end the build, so that one build says all that is wrong with the book; and where another
    builder puts them together in its own way.
    """
    builder = app.builder
    if not app.config.fwdpass_audit:
        return
    if builder.name in _NO_PAGES:
        _LOGGER.info("fwdpass: the builder %s writes no pages, so no number was audited", builder.name)
    elif builder.name not in site.WHOLE:
        _audit_otherwise(app)
    elif isinstance(builder, StandaloneHTMLBuilder):
        kept = records.records(env)
        if not any(one.faults for one in kept.values()):
            return
        held = [name for name, one in kept.items() if one.held.check.reads and name in env.found_docs]
        with borrowed.numbered(env):
            found = _unwritten(app, builder, held)
        for fault in found:
            _say(app, fault, fault.source.rpartition(".")[0])


def audit(app: Sphinx, exception: Exception | None) -> None:
    """Audit the pages that were written, and the files beside them."""
    if exception is not None or not app.config.fwdpass_audit or app.builder.name not in site.WHOLE:
        return
    try:
        found = audit_site(Path(app.outdir), Path(app.srcdir))
    except FwdpassError:
        if _strictest(app).reads:
            raise
        return  # a book that asked for nothing has a search of its own
    _judge(app, found.faults)
    _refuse_exceptions(app)


def _audit_otherwise(app: Sphinx) -> None:
    """Audit the pages of a book that its builder writes as no HTML, or puts together, as the pages that html writes.

    They are of the same doctrees, with what only this builder shows among them.
    """
    name, form = app.builder.name, app.builder.format
    pages = [page for page, kept in records.records(app.env).items() if kept.held.check is not Check.OFF]
    with borrowed.numbered(app.env), borrowed.other_builder(app, _Pages) as builder:
        found = _unwritten(app, builder, sorted(pages))
    for page in sorted(pages):
        raw = _raw(app.env.get_doctree(page), {name, form})
        found += located(raw, records.record(app.env, page).facts, Path(app.srcdir))
    _judge(app, found)
    _refuse_exceptions(app)
    _LOGGER.info(
        "fwdpass: the pages were audited as the builder html writes them; what %s adds by itself, such as a front "
        "page, was not",
        name,
    )


def _unwritten(app: Sphinx, builder: StandaloneHTMLBuilder, names: Sequence[str]) -> list[Fault]:
    """Audit pages that are in no file."""
    if not names:
        return []
    env, facts, pages = app.env, site.facts_of(app), {}
    resolve: Any = env.get_and_resolve_doctree
    tags = {"tags": builder.tags} if "tags" in signature(resolve).parameters else {}  # Sphinx 8 finds them by itself
    for name in names:
        builder.secnumbers = env.toc_secnumbers.get(name, {})  # what Sphinx sets before it writes a page
        builder.fignumbers = env.toc_fignumbers.get(name, {})
        builder.imgpath = builder.dlpath = ""
        builder.current_docname = name
        doctree = resolve(name, builder, **tags)
        pages[name] = parse(f"<main>{borrowed.rendered(builder, doctree)}</main>")
    titles = Titles(title for page in pages.values() for title in titles_of(page))
    found: list[Fault] = []
    for name, page in pages.items():
        leads = targets(facts[name].file or f"{name}.html", facts)
        of_page = replace(facts[name], digits="")  # those of its file, which a process may keep from the build before
        found += located(PageAudit(of_page, titles, leads).run(page), of_page, Path(app.srcdir))
    return found


def _raw(document: nodes.document, formats: set[str]) -> Iterator[Finding]:
    """Find the numbers in what a page hands to a writer as it is, such as LaTeX."""
    for node in document.findall(nodes.raw):
        if not formats.isdisjoint(node.get("format", "").split()) and "html" not in node.get("format", ""):
            said = _LENGTH.sub(" ", node.astext())
            yield from (Finding(one.text, node["format"], " ".join(said.split())) for one in numbers(said))


def _strictest(app: Sphinx) -> Check:
    kept = records.records(app.env).values()
    return max((one.held.check for one in kept), key=_STRICTNESS.index, default=Check.UNASKED)


def _judge(app: Sphinx, faults: Iterable[Fault]) -> None:
    """Say each fault as strictly as its page is held, and list those of pages that nobody holds."""
    kept, strictest = records.records(app.env), _strictest(app)
    unasked = []
    for fault in faults:
        docname = fault.source.rpartition(".")[0]
        check = kept[docname].held.check if docname in kept else strictest
        if check is Check.UNASKED and docname:
            unasked.append(fault)
        if check.reads:
            _say(app, fault, docname)
        if check is Check.ERROR:
            app.statuscode = 1
    report.write(app, unasked)


def _say(app: Sphinx, fault: Fault, docname: str) -> None:
    said = str(fault) if fault.source else f"{fault.page}: {fault}"
    where: Any = (docname, fault.line or None) if docname else None
    if fault.file:
        where = f"{Path(app.srcdir) / fault.file}:{fault.line}"
    _LOGGER.warning(said, location=where, **_TYPED)


def _refuse_exceptions(app: Sphinx) -> None:
    """Say that more numbers were typed with a reason than the book allows."""
    kept = records.records(app.env).items()
    typed = [(name, one) for name, of in kept if name in app.env.found_docs for one in of.facts.typed]
    if len(typed) > app.config.fwdpass_exceptions:
        name, last = typed[-1]
        _LOGGER.warning(
            "%s with a reason, and conf.py allows %s: compute %r, or raise fwdpass_exceptions",
            counted(len(typed), "typed number"),
            text(app.config.fwdpass_exceptions),
            last.text,
            location=(name, last.line),
            **_TYPED,
        )
