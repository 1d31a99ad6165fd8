"""Audit a built site: its pages, what is said about them elsewhere, and the files that they offer."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from posixpath import relpath
from typing import Any

from fwdpass.audit.css import IMPLIED
from fwdpass.audit.facts import VERSION, Facts
from fwdpass.audit.files import file_findings
from fwdpass.audit.page import CHANGED, Finding, PageAudit
from fwdpass.audit.search import SEARCH, search_findings
from fwdpass.audit.titles import Titles, titles_of
from fwdpass.audit.tree import Element, parse
from fwdpass.errors import FwdpassError
from fwdpass.page.lines import NOTEBOOK, numbered

LEDGER = "ledger.json"
"""The file beside the pages that says what the build knows."""
_WORD = re.compile(r"\w+")
_KEPT: dict[Path, tuple[str, Element]] = {}
"""Pages that the build has read and the audit is to read, each with its text."""


@dataclass(frozen=True)
class Fault:
    """A typed number: the page's source and line where they are known, and what was found."""

    page: str
    source: str
    line: int
    finding: Finding
    file: str = ""
    """The file that it was typed in, where that is not the page's source but a part of it."""

    def __str__(self) -> str:
        f = self.finding
        if f.where == CHANGED:
            return "a digit of this page has been changed since it was built, or added, or taken away: build it again"
        return (
            f"{f.text!r} is a typed number, in the {f.where} “{f.around}”: "
            "have it computed, or give a reason with the role typed"
        )


@dataclass(frozen=True)
class Report:
    """What an audit found."""

    pages: int
    executed: int
    typed: tuple[tuple[str, str, str, int], ...]
    """The exceptions: (page, text, reason, line)."""
    faults: tuple[Fault, ...]


def audit_site(site: Path, sources: Path | None = None) -> Report:
    """Audit a folder of HTML; with the folder of its sources, faults have lines.

    Raises :class:`~fwdpass.errors.FwdpassError` where there is no ledger to hold the pages against.
    """
    if sources is not None and not sources.is_dir():
        raise FwdpassError(f"there is no folder {sources}, whose lines the faults would have")
    ledger = _read(site)
    facts = _facts(ledger)
    pages = {
        path.relative_to(site).as_posix(): page_of(path)
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] != "_static" and path.is_file()
    }
    # A page is known by its name in the ledger, and found by its file: builders choose where they put it.
    names = {of_page.file or f"{name}.html": name for name, of_page in facts.items()}
    known = {file: facts[names[file]] if file in names else Facts() for file in pages}
    # Titles stand on other pages, too, in lists and searches. So all of them are known before any page is judged.
    titles = Titles([*(title for page in pages.values() for title in titles_of(page)), *ledger.get("titles", ())])
    found: list[tuple[str, Finding]] = []
    for name, page in pages.items():
        audit = PageAudit(known[name], titles, targets(name, facts))
        found += ((name, finding) for finding in audit.run(page))
    formulas = [formula.text for of_page in facts.values() for formula in of_page.formulas.values()]
    found += search_findings(site, pages.values(), titles, formulas, list(facts))
    drawn = {known for of_page in facts.values() for known in of_page.outputs}
    found += file_findings(site, drawn, frozenset(ledger.get("own", ())))
    whole = [of_page for _, of_page in sorted(facts.items())]
    # A page's own facts say on which line a fault is. A fault in a file of the site, such as the search index, may be
    # that of any page, and is sought in all of them.
    faults = tuple(
        _located(file, finding, [known[file]], sources)
        if file in names
        else _located(
            file, finding, _told_by(file, facts, whole), sources, own=file.removeprefix(f"{SEARCH}:") in facts
        )
        for file, finding in dict.fromkeys(found)
    )
    typed = tuple((name, t.text, t.reason, t.line) for name, f in facts.items() for t in f.typed)
    executed = sum(len(f.ledger.entries) for f in facts.values() if f.ledger)
    return Report(len(pages), executed, typed, faults)


def page_of(path: Path, keep: bool = False) -> Element:
    """Read a page of a site.

    Parameters
    ----------
    path
        Its file.
    keep
        Whether the page will be read once more, by the audit; if the file has not changed, it is not parsed again.

    Returns
    -------
    Element
        The page.
    """
    text = path.read_text("utf-8", "replace")
    before = _KEPT.pop(path, None)
    page = before[1] if before is not None and before[0] == text else parse(text)
    if keep:
        _KEPT[path] = text, page
    return page


def load(site: Path) -> dict[str, Facts]:
    """Read what the build of a site knows about its pages."""
    return _facts(_read(site))


def _facts(ledger: Mapping[str, Any]) -> dict[str, Facts]:
    try:
        return {name: Facts.from_json(name, of_page) for name, of_page in ledger["pages"].items()}
    except (KeyError, TypeError, AttributeError):
        raise FwdpassError(f"{LEDGER} has not what the ledger of a build has: build the site again") from None


def _read(site: Path) -> dict[str, Any]:
    if not site.is_dir():
        raise FwdpassError(f"there is no folder {site}: an audit takes the folder of a site that was built")
    path = site / LEDGER
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise FwdpassError(
            f"{site} has no {LEDGER}: an audit takes the HTML of a Sphinx project that uses fwdpass.sphinxext"
        ) from None
    except (ValueError, RecursionError) as error:
        raise FwdpassError(f"{path} is not JSON ({error}): build the site again") from None
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise FwdpassError(f"{path} is not a ledger of version {VERSION}: build the site again with this fwdpass")
    return data


def dumped(facts: Mapping[str, Facts], title: str = "", own: Sequence[str] = ()) -> str:
    """Write what a build knows, for :func:`load`.

    ``title`` is the project's name and release, part of many titles; ``own`` are the author's style sheets and scripts.
    """
    pages = {name: facts[name].as_json() for name in sorted(facts)}
    data = {"version": VERSION, "titles": [title] if title else [], "own": list(own), "pages": pages}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def targets(page: str, facts: Mapping[str, Facts]) -> dict[str, str]:
    """Where each internal link may lead, and the number of what is there."""
    folder = page.rpartition("/")[0] or "."
    targets: dict[str, str] = {}
    for name, of_page in facts.items():
        file = of_page.file or f"{name}.html"
        address = "" if file == page else relpath(file, folder)
        # where a page is a folder, its link leads to that
        for link in {address, address.removesuffix("index.html") or address}:
            targets.update((f"{link}{anchor}" or "#", number) for anchor, number in of_page.numbers.items())
    return targets


def located(findings: Iterable[Finding], facts: Facts, sources: Path) -> Iterator[Fault]:
    """Give the findings of a page that was not written, each with its line."""
    yield from (_located("", finding, [facts], sources) for finding in dict.fromkeys(findings))


def _told_by(file: str, facts: Mapping[str, Facts], whole: Sequence[Facts]) -> Sequence[Facts]:
    """Give the pages that a file of the site says something about: of its search index, the one that has it."""
    page = file.removeprefix(f"{SEARCH}:")
    return [facts[page]] if page in facts else whole


def _located(page: str, finding: Finding, pages: Sequence[Facts], sources: Path | None, *, own: bool = True) -> Fault:
    """Find the line of the source on which a number was typed: that which shares most words with the finding.

    Where it is no page's ``own``, as in a script, or in the index, whose entries come from all pages, it is on a page
    that has the number itself, if there is one.
    """
    only = pages[0].source if own else ""
    if finding.line and only:
        return Fault(page, only, finding.line, finding)
    best, found = 0.0 if only else 3.0, Fault(page, only, 0, finding)
    ends = _ends(finding.around) if finding.where == "code" else []
    wanted = frozenset(_WORD.findall(finding.around))
    itself = re.compile(rf"(?<![\w.]){re.escape(finding.text)}(?!\w|\.\d)")
    for of_page in pages:
        for file in (of_page.source, *of_page.included):
            if sources is None or not file:
                continue
            for number, written, shared in _candidates(sources / file, of_page, wanted, finding.text):
                has = finding.text in written and not finding.around.startswith(IMPLIED)
                closer = sum(end in written for end in ends) / 10
                score = closer + shared + (0 if not has else 3 if itself.search(written) else 1)
                if score > best:
                    part = file if file != of_page.source else ""
                    best, found = score, Fault(page, of_page.source, number, finding, part)
    return found


def _ends(around: str) -> list[str]:
    """Give how a piece of code ends, from its last sign to all of it: lines that share its words may have others."""
    parts = around.split(" ")
    return [" ".join(parts[at:]) for at in range(max(0, len(parts) - 9), len(parts))]


def _candidates(path: Path, facts: Facts, wanted: frozenset[str], text: str) -> Iterator[tuple[int, str, int]]:
    """Give the lines of a source that have a text, and the first of those that have most of some words.

    Each has its number, and how many of the words it has. What the source says in the book's language counts for the
    line that it is written on.
    """
    lines = _lines(path)
    has = Counter(number for word in wanted for number in lines.having.get(word, ()))
    most = max(has.values(), default=0)
    first = min((number for number, words in has.items() if words == most), default=1)
    for number in sorted({first, *lines.containing(text)}) if lines.written else ():
        yield lines.numbers[number - 1], lines.written[number - 1], has[number]
    for said, written in facts.translated.items():
        start = written.partition("\n")[0].strip()
        if number := next((number for number, line in enumerate(lines.written, 1) if start in line), 0):
            yield lines.numbers[number - 1], said, len(wanted.intersection(_WORD.findall(said)))


class _Lines:
    """The lines of a source, found by what stands on them; they are counted from one.

    ``numbers`` has how a reader counts them, which is otherwise in a notebook.
    """

    def __init__(self, numbered: Iterable[tuple[int, str]]) -> None:
        self.numbers, self.written = [], list[str]()
        for number, line in numbered:
            self.numbers.append(number)
            self.written.append(line)
        self._text = "\n".join(self.written)
        self._starts = [0, *(at + 1 for at, char in enumerate(self._text) if char == "\n")]
        self.having: dict[str, list[int]] = {}
        for number, line in enumerate(self.written, 1):
            for word in set(_WORD.findall(line)):
                self.having.setdefault(word, []).append(number)

    def containing(self, text: str) -> Iterator[int]:
        """Give the numbers of the lines that contain a text."""
        if not text:
            yield from range(1, len(self.written) + 1)
            return
        at = self._text.find(text)
        while at >= 0:
            number = bisect_right(self._starts, at)
            yield number
            at = self._text.find(text, self._starts[number]) if number < len(self._starts) else -1


@lru_cache(maxsize=64)
def _lines(path: Path) -> _Lines:
    """Read a source."""
    source = path.read_text("utf-8", "replace") if path.is_file() else ""
    return _Lines(numbered(source) if path.suffix == NOTEBOOK else enumerate(source.splitlines(), 1))
