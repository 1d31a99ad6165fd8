"""What pages load or offer beside themselves: pictures with text, style sheets, names of downloads."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from fwdpass.audit.css import css_texts
from fwdpass.audit.facts import Facts
from fwdpass.audit.page import Finding, PageAudit
from fwdpass.audit.titles import Titles
from fwdpass.audit.tree import canonical, digest, parse, parse_xml
from fwdpass.numerals.scan import numbers


def file_findings(site: Path, drawn: Container[str]) -> Iterator[tuple[str, Finding]]:
    """Give the numbers of the files of a site, each with its file; ``drawn`` names what cells drew."""
    for path in sorted(site.rglob("*")):
        found: Iterator[Finding]
        if not path.is_file():
            continue
        if path.relative_to(site).parts[0] == "_downloads":
            found = iter(()) if _is_of_page(site, path) else _said("name of a download", path.stem)
        elif path.suffix.lower() == ".svg":
            found = _picture(path.read_text("utf-8", "replace"), drawn)
        elif path.suffix.lower() == ".css":
            found = (
                one for said in css_texts(path.read_text("utf-8", "replace")) for one in _said("style sheet", said)
            )
        else:
            continue
        name = path.relative_to(site).as_posix()
        yield from ((name, finding) for finding in found)


def _is_of_page(site: Path, path: Path) -> bool:
    """Say whether a download is a page as a notebook: it is called as the page is."""
    page = site / path.relative_to(site / "_downloads").with_suffix(".html")
    return path.suffix == ".ipynb" and page.exists()


def _said(where: str, text: str) -> Iterator[Finding]:
    return (Finding(found.text, where, text) for found in numbers(text))


def _picture(drawing: str, drawn: Container[str]) -> Iterator[Finding]:
    picture = parse_xml(drawing)
    if digest(canonical(parse(drawing))) not in drawn:
        audit = PageAudit(Facts(), Titles(()), {})
        yield from (Finding(found.text, "picture", found.around) for found in audit.run(picture, article=picture))
