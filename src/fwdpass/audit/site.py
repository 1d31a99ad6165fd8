"""Audit a built site: its pages, what is said about them elsewhere, and the files that they offer."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fwdpass.audit.facts import VERSION, Facts
from fwdpass.audit.page import Finding, PageAudit, article_of, css_texts, headings, shown
from fwdpass.audit.tree import Element, canonical, digest, parse
from fwdpass.errors import FwdpassError
from fwdpass.scan import numbers

LEDGER = "ledger.json"
"""The file beside the pages that says what the build knows."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Fault:
    """A typed number: the page's source and line where they are known, and what was found."""

    page: str
    source: str
    line: int
    finding: Finding

    def __str__(self) -> str:
        f = self.finding
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
    facts = load(site)
    pages = {
        path.relative_to(site).as_posix(): parse(path.read_text("utf-8"))
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    }
    titles = {title for page in pages.values() for _, title in headings(page)} | set(_read(site).get("titles", ()))
    found: list[tuple[str, Finding]] = []
    for name, page in pages.items():
        of_page = facts.get(name.removesuffix(".html"), Facts())
        audit = PageAudit(of_page, titles, _targets(name, facts))
        found += ((name, finding) for finding in audit.run(page))
    found += ((SEARCH, finding) for finding in _search_index(site, pages, titles))
    drawn = {known for of_page in facts.values() for known in of_page.outputs}
    found += ((name, finding) for name, finding in _files(site, drawn))
    faults = tuple(_located(name, finding, facts, sources) for name, finding in dict.fromkeys(found))
    typed = tuple((name, t.text, t.reason, t.line) for name, f in facts.items() for t in f.typed)
    executed = sum(len(f.ledger.entries) for f in facts.values() if f.ledger)
    return Report(len(pages), executed, typed, faults)


def load(site: Path) -> dict[str, Facts]:
    """Read what the build of a site knows about its pages."""
    return {name: Facts.from_json(name, of_page) for name, of_page in _read(site)["pages"].items()}


def _read(site: Path) -> dict[str, Any]:
    path = site / LEDGER
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise FwdpassError(
            f"{site} has no {LEDGER}: an audit takes the HTML of a Sphinx project that uses fwdpass.sphinxext"
        ) from None
    except ValueError as error:
        raise FwdpassError(f"{path} is not JSON ({error}): build the site again") from None
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise FwdpassError(f"{path} is not a ledger of version {VERSION}: build the site again with this fwdpass")
    return data


def dumped(facts: Mapping[str, Facts], title: str = "") -> str:
    """Write what a build knows, for :func:`load`; ``title`` is the project's name and release, part of many titles."""
    pages = {name: facts[name].as_json() for name in sorted(facts)}
    data = {"version": VERSION, "titles": [title] if title else [], "pages": pages}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _targets(page: str, facts: Mapping[str, Facts]) -> dict[str, str]:
    """Where each internal link may lead, and the number of what is there."""
    here = page.removesuffix(".html")
    depth = "../" * here.count("/")
    targets = {}
    for name, of_page in facts.items():
        for anchor, number in of_page.numbers.items():
            target = ("" if name == here else f"{depth}{name}.html") + anchor
            targets[target or "#"] = number
    return targets


SEARCH = "searchindex.js"


def _search_index(site: Path, pages: Mapping[str, Element], titles: set[str]) -> Iterator[Finding]:
    """What the search knows: titles that are on a page, and words that are on a page."""
    path = site / SEARCH
    if not path.exists():
        return
    text = path.read_text("utf-8")
    index: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    said = set(titles)
    for page in pages.values():
        said.update(_WORD.findall((article_of(page) or page).text().lower()))
        said.update(_WORD.findall(" ".join(v for e in page.find("meta") for v in e.attributes.values()).lower()))
        said.update(_WORD.findall(" ".join(v for e in page.elements() for v in e.attributes.values()).lower()))
    words = sorted(said)
    for title in (*index.get("titles", ()), *index.get("alltitles", ())):
        if title and not any(title in known for known in titles):
            yield from (Finding(f.text, "search index", title) for f in numbers(title))
    for term in (*index.get("terms", ()), *index.get("titleterms", ())):
        if not term.startswith("_") and not _begins_any(words, term):
            yield from (Finding(f.text, "search index", term) for f in numbers(term, words=False))


def _begins_any(words: list[str], term: str) -> bool:
    """Say whether a word of the pages starts as a term does; the index has cut off its ending, or changed a letter."""
    stem = term[:-1] if len(term) > 3 else term
    at = bisect_left(words, stem)
    return at < len(words) and words[at].startswith(stem)


def _files(site: Path, drawn: Container[str]) -> Iterator[tuple[str, Finding]]:
    """What pages load or offer beside themselves: names of downloads, pictures with text, texts of style sheets."""
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if "_downloads" in path.parts:
            texts = [("name of a download", path.stem)] if path.is_file() else []
        elif path.suffix == ".svg":
            picture = parse(path.read_text("utf-8"))
            if digest(canonical(picture)) in drawn:
                continue  # a cell drew it
            texts = [("picture", shown(e)) for e in picture.elements() if e.tag in ("text", "title", "desc")]
        elif path.suffix == ".css":
            texts = [("style sheet", said) for said in css_texts(path.read_text("utf-8"))]
        else:
            continue
        yield from ((name, Finding(f.text, where, text)) for where, text in texts for f in numbers(text))


def _located(name: str, finding: Finding, facts: Mapping[str, Facts], sources: Path | None) -> Fault:
    """Find the line of the source on which a number was typed."""
    of_page = facts.get(name.removesuffix(".html"), Facts())
    source, line = of_page.source, 0
    if sources is not None and source and (path := sources / source).is_file():
        wanted = set(_WORD.findall(finding.around))
        best = 0
        for number, written in enumerate(path.read_text("utf-8").splitlines(), 1):
            score = len(wanted & set(_WORD.findall(written))) + 3 * (finding.text in written)
            if score > best:
                best, line = score, number
    return Fault(name, source, line, finding)
