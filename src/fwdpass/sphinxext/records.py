"""What the pages of a build said: their programs and ledgers, and the faults that end it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util import logging

from fwdpass.audit import Facts
from fwdpass.errors import ExpressionError
from fwdpass.numerals.letters import counted
from fwdpass.page import Choice, Ledger, Program, Question
from fwdpass.page.record import Template
from fwdpass.page.world import Source
from fwdpass.sphinxext.check import Check, Held, held

_LOGGER = logging.getLogger(__name__)


@dataclass
class PageNotes:
    """What is kept of one page."""

    program: Program | None = None
    ledger: Ledger | None = None
    scripts: tuple[tuple[str, str], ...] = ()
    """The downloads that the page offers: (file name, source)."""
    faults: int = 0
    facts: Facts = field(default_factory=Facts)
    """What the audit holds the page against."""
    lists_typed: bool = False
    """Whether the list of typed numbers stands on the page."""
    sections: tuple[tuple[str, ...], ...] = ()
    """The names of each of the page's sections, with those of its labels; the page's title has the first."""
    documented: set[str] = field(default_factory=set)
    """What autodoc has documented on the page."""
    part: str = ""
    """The included file that is being read in the place of the page's own."""
    held: Held = field(default_factory=Held)
    """How strictly the page is held to its numbers."""
    opened: frozenset[Path] = frozenset()
    """The files that the page's cells have read."""
    taken: tuple[Source, ...] = ()
    """What cells whose code is not shown have taken from files and modules."""
    shows: set[str] = field(default_factory=set)
    """Digests of the listings that stand on the page, and the files that it includes."""
    versions: dict[str, str] = field(default_factory=dict)
    """The packages that they have imported, with their versions."""
    glued: frozenset[str] = frozenset()
    """The texts that cells have put aside for MyST-NB's role ``glue``."""
    why: tuple[tuple[int, str], ...] = ()
    """What kept the page from being exact: lines, and sentences."""
    templates: dict[int, Template] = field(default_factory=dict)
    """The formulas with holes, by the step of their first: of cases that are not told, too."""
    alts: dict[int, Template] = field(default_factory=dict)
    """The alternative texts with holes, likewise."""
    description: Template | None = None
    shown_scripts: dict[str, str] = field(default_factory=dict)
    """Place → the module whose source stands there."""
    aside: nodes.Element | None = None
    """The words that do not stand on the page, where its places are to be found again."""

    def told(self) -> Program | None:
        """Give the program without what the page does not tell: its cells, numbers and claims, one after the other."""
        if self.program is None or self.ledger is None:
            return None
        taken = self.program.taken(self.ledger.told)
        return Program(self.program.page, tuple(step for step in taken if not isinstance(step, Choice | Question)))


def record(env: BuildEnvironment, docname: str) -> PageNotes:
    """Give the record of a page, made when it is first asked for."""
    return records(env).setdefault(docname, PageNotes())


def records(env: BuildEnvironment) -> dict[str, PageNotes]:
    """Give the records of all pages."""
    kept: dict[str, PageNotes] = vars(env).setdefault("fwdpass_records", {})
    return kept


def fault(env: BuildEnvironment, line: int | None, kind: str, message: str, file: str = "", docname: str = "") -> None:
    """Say what is wrong with a page, in one line, and remember it if it is to end the build.

    It is the page that is being read, unless one is named.
    """
    docname = docname or env.docname
    kept = record(env, docname)
    kept.faults += kept.held.check is not Check.WARN
    location: Any = (docname, line) if line else docname
    if part := file or kept.part:
        location = f"{part}:{line}" if line else part
    _LOGGER.warning(message, location=location, type="fwdpass", subtype=kind)


def note_held(app: Sphinx, docname: str, content: list[str]) -> None:
    """Keep how a page is held, before it is parsed."""
    kept = record(app.env, docname)
    try:
        kept.held = held(app.config, docname, content[0])
    except ExpressionError as error:
        fault(app.env, 1, "check", f"the front matter: {error}")
    kept.facts.held = kept.held.check.reads


def mark(step: int) -> str:
    """Give the class that says which step of the page's program is worth what stands in an element.

    A step, and not an entry of the ledger: it has the same mark whatever cases stand before it.
    """
    return f"fp-n{step}"


def refuse_silence(app: Sphinx, config: Config) -> None:
    """End the build where conf.py would let it pass over a wrong number; the audit as a whole can be switched off."""
    for asked in config.suppress_warnings:
        if asked.partition(".")[0] == "fwdpass":
            raise SystemExit(
                f"fwdpass: conf.py suppresses the warnings {asked!r}, by which the build ends where a page is wrong: "
                "mend what they say, give a number its reason with the role typed, or set fwdpass_audit = False"
            )


def refuse_faulty_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """End the build before anything is written, or kept for the next one, if a page is faulty.

    By leaving, not by an exception: Sphinx prints a banner with versions and a traceback for
    every exception, and the lines above have said what is wrong.
    """
    faulty = sorted(name for name, kept in records(env).items() if kept.faults)
    if faulty:
        total = sum(records(env)[name].faults for name in faulty)
        raise SystemExit(
            f"fwdpass: {counted(total, 'fault')} in {counted(len(faulty), 'page')} "
            f"({', '.join(faulty)}); nothing was written"
        )


class RecordCollector(EnvironmentCollector):
    """Keep the records with the environment, through warm and parallel builds."""

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is read again."""
        records(env).pop(docname, None)

    def merge_other(
        self, app: Sphinx, env: BuildEnvironment, docnames: AbstractSet[str], other: BuildEnvironment
    ) -> None:
        """Take over what another process read."""
        theirs = records(other)
        records(env).update({name: theirs[name] for name in docnames if name in theirs})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Take nothing: the page's client has recorded everything while it was read."""
