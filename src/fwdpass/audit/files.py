"""What pages load or offer beside themselves: pictures with text, style sheets, names of downloads."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from pathlib import Path

from fwdpass.audit.css import css_texts
from fwdpass.audit.facts import Facts
from fwdpass.audit.page import Finding, PageAudit
from fwdpass.audit.titles import Titles
from fwdpass.audit.tree import canonical, digest, parse, parse_xml
from fwdpass.numerals.scan import numbers

_QUOTED = re.compile(r"//[^\n]*|/\*.*?\*/|(?P<quote>[\"'`])(?P<said>(?:\\.|(?!(?P=quote)).)*)(?P=quote)", re.DOTALL)
_LENGTH = re.compile(r"-?[\d.]+(?:px|em|rem|ex|ch|vw|vh|fr|deg|turn|m?s|pt)\b")
_DECIMAL = re.compile(r"\s*[-−]?\d*[.,]\d+\s*%?\s*")
_SENTENCE = re.compile(r"[A-Za-z]{2,}[,:]? +[^<>#.=(]*\d|\d+ +[A-Za-z]{2,}")


def file_findings(site: Path, drawn: Container[str], own: Container[str]) -> Iterator[tuple[str, Finding]]:
    """Give the numbers of the files of a site, each with its file.

    ``drawn`` names what cells drew, and ``own`` the style sheets, scripts and pictures of the author, who may have them
    write numbers; those of themes count the steps of a list, and write what the audit reads on the pages.
    """
    for path in sorted(site.rglob("*")):
        found: Iterator[Finding]
        if not path.is_file():
            continue
        if path.relative_to(site).parts[0] == "_downloads":
            found = iter(()) if _is_of_page(site, path) else _said("name of a download", path.stem)
        elif path.suffix.lower() == ".svg":
            if path.relative_to(site).parts[0] == "_static" and _name(site, path) not in own:
                continue  # a theme's
            found = _picture(path.read_text("utf-8", "replace"), drawn)
        elif path.suffix.lower() == ".css":
            said = css_texts(path.read_text("utf-8", "replace"), own=_name(site, path) in own)
            found = (one for text in said for one in _said("style sheet", text))
        elif _name(site, path) in own:
            said = script_texts(path.read_text("utf-8", "replace"))
            found = (one for text in said for one in _said("script", text))
        else:
            continue
        yield from ((_name(site, path), finding) for finding in found)


def _name(site: Path, path: Path) -> str:
    return path.relative_to(site).as_posix()


def script_texts(script: str) -> Iterator[str]:
    r"""Give the quoted texts of a script that a reader could meet: a decimal alone, and words with a number.

    Lengths, angles and names of classes are none.

    >>> list(script_texts("// 0.5\nshow('0.5', `the loss is 0.7`, 'translate(2px, 1.5em)', 'h2 > a')"))
    ['0.5', 'the loss is 0.7']
    """
    for match in _QUOTED.finditer(script):
        said = _LENGTH.sub("", match["said"] or "")
        if _DECIMAL.fullmatch(said) or _SENTENCE.search(said):
            yield said


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
