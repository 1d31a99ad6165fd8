"""Hold a page against what the build knows about it: every number in it is vouched for, or was typed.

The page is walked once. Text is put together block by block, so that markup within a number hides nothing, and what
something vouches for is replaced by a sign. In what is left, each number is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fwdpass.audit.facts import Facts
from fwdpass.audit.tree import INLINE, Element, canonical, code_digest, digest
from fwdpass.scan import EXECUTED, numbers

QUIET = frozenset(
    """
    class id href src srcset style tabindex role width height colspan rowspan scope lang dir type rel name for method
    action charset media viewbox d x y x1 x2 y1 y2 cx cy r rx ry points transform fill stroke stroke-width opacity
    stroke-dasharray font-size font-weight font-family text-anchor xmlns version display lspace rspace stretchy
    accent columnalign columnspacing rowspacing displaystyle scriptlevel mathvariant maxsize minsize linethickness
    autocomplete autocorrect autocapitalize spellcheck loading decoding itemprop http-equiv property integrity
    crossorigin aria-labelledby aria-describedby aria-controls aria-hidden aria-level aria-expanded aria-live
    aria-current aria-selected
    """.split()
)
"""Attributes that no reader reads: names, addresses, and how things look."""
_QUIET_DATA = (
    "data-bs-",
    "data-sd-",
    "data-pst-",
    "data-toggle",
    "data-target",
    "data-content_root",
    "data-mode",
    "data-theme",
    "data-default-mode",
)
_ENTRY = re.compile(r"fp-n(\d+)")
_CSS_TEXT = re.compile(r"(?:content|quotes)\s*:\s*([^;}]*)|@counter-style[^}]*")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_YEAR = re.compile(r"(?:©|\(c\)|[Cc]opyright|[Uu]pdated on)[^.]*")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LINK_SIGNS = ("", "#", "¶", "\uf0c1")
_HEAD = ("link", "script", "input", "meta")
_TITLES = frozenset(
    ("caption-text", "admonition-title", "sd-card-title", "sd-summary-title", "sd-summary-text", "topic-title")
)
_SCRIPTED = frozenset(("application/json", "application/ld+json"))


@dataclass(frozen=True)
class Finding:
    """A number that nothing vouches for: what, where on the page, and in which words."""

    text: str
    where: str
    around: str


def article_of(page: Element) -> Element | None:
    """Find what the author wrote, whatever the theme."""
    for element in page.elements():
        if element.tag == "article" or element.attributes.get("role") == "main" or element.tag == "main":
            return next(element.find("article"), element)
    return None


def headings(page: Element) -> Iterator[tuple[str, str]]:
    """Give the titles of a page, each with its anchor, and the numbers that Sphinx put before them."""
    article = article_of(page)
    for element in article.elements() if article else ():
        if element.tag in (*_HEADINGS, "dt", "caption", "figcaption") or _TITLES & set(element.classes):
            yield element.attributes.get("id", ""), shown(element)
            if any(True for _ in element.find(cls="section-number")):
                unnumbered = _without(element, "headerlink", "section-number")
                yield element.attributes.get("id", ""), " ".join(unnumbered.split())


def shown(element: Element) -> str:
    """Give a title's text, without the sign that links to it."""
    return " ".join(_without(element, "headerlink").split())


class PageAudit:
    """One walk through one page."""

    def __init__(self, facts: Facts, titles: Collection[str], targets: dict[str, str]) -> None:
        self._facts = facts
        self._titles = sorted(
            (title for title in titles if any(map(str.isalpha, title)) and any(numbers(title))), key=len, reverse=True
        )
        self._targets = targets
        self._names = frozenset(facts.names)
        self._entries = facts.ledger.entries if facts.ledger else ()
        self._used: set[int] = set()
        self._passages = {" ".join(p.text.split()): p for p in facts.passages}
        self._known = frozenset((*facts.outputs, *facts.listings))
        self._counted = frozenset(facts.counted)
        self._typed = {typed.text for typed in facts.typed}
        self._flow: list[str] = []
        self._inside = False
        self._footnotes: list[str] = []
        self.findings: list[Finding] = []

    def run(self, page: Element) -> list[Finding]:
        """Walk through the page."""
        self._article = article_of(page)
        self._walk(page)
        self._flush("text")
        return self.findings

    # Text ---------------------------------------------------------------------------------------

    def _walk(self, element: Element) -> None:
        entered = element is self._article
        self._inside |= entered
        self._attributes(element)
        block = element.tag not in INLINE and element.tag != "math"
        if block:
            self._flush("text")
        if not self._special(element):
            for child in element.children:
                if isinstance(child, str):
                    self._flow.append(child)
                else:
                    self._walk(child)
        if block:
            self._flush("text" if element.tag != "title" else "title")
        if entered:
            self._inside = False

    def _flush(self, where: str) -> None:
        text, self._flow = "".join(self._flow), []
        self._scan(text, where)

    def _scan(self, text: str, where: str, words: bool = True) -> None:
        """Report the numbers of a text in which nothing is vouched for any more."""
        if not text.strip():
            return
        if not self._inside:
            text = self._without_titles(" ".join(text.split()))
            text = _YEAR.sub(EXECUTED, text)
        for found in numbers(text, self._names, words):
            around = " ".join(text[max(0, found.start - 40) : found.end + 40].split())
            self.findings.append(Finding(found.text, where, around))

    def _without_titles(self, text: str) -> str:
        for title in self._titles:
            if title in text:
                text = text.replace(title, EXECUTED)
        return text

    # Elements -----------------------------------------------------------------------------------

    def _special(self, element: Element) -> bool:
        """Deal with an element that something may vouch for, as a whole; say whether that was all."""
        match element.tag:
            case "math":
                self._formula(element)
            case "script":
                self._script(element)
            case "style":
                self._style(element)
            case "code" | "pre" | "samp" | "kbd" | "tt":
                return self._code(element)
            case "noscript" | "template" if not self._inside:
                return False
            case _:
                return self._marked(element)
        return True

    def _marked(self, element: Element) -> bool:
        classes = element.classes
        if "fp-n" in classes:
            return self._number(element)
        if "fp-typed" in classes and element.text() in self._typed:
            self._flow.append(EXECUTED)
            return True
        if "fp-counted" in classes and element.text() in self._counted:
            self._flow.append(EXECUTED)
            return True
        if "output" in classes or "fp-certificate" in classes or "fp-exceptions" in classes:
            return self._vouched(element)
        if "sig" in classes:
            return code_digest(shown(element)) in self._counted
        if "headerlink" in classes:
            return element.text() in _LINK_SIGNS
        if element.tag == "a" and "reference" in classes and "internal" in classes:
            return self._reference(element)
        if element.tag == "a" and "footnote-reference" in classes:
            return self._footnote(element.attributes.get("href", "").removeprefix("#"), element.text())
        if "label" in classes or element.attributes.get("role") == "doc-backlink":
            return self._label(element)
        if {"section-number", "eqno", "caption-number", "linenos"} & set(classes):
            return self._numbered(element)
        if "highlight" in classes:
            return code_digest(_code_of(element)) in self._known
        return False

    def _number(self, element: Element) -> bool:
        """A number of the ledger, which stands on the page once, and says what the ledger says."""
        mark = next((m for c in element.classes if (m := _ENTRY.fullmatch(c))), None)
        at = int(mark[1]) if mark else -1
        if not self._inside or at in self._used or not 0 <= at < len(self._entries):
            return False
        entry = self._entries[at]
        if entry.kind != "number" or entry.text != element.text():
            return False
        self._used.add(at)
        self._flow.append(EXECUTED)
        return True

    def _vouched(self, element: Element) -> bool:
        """What a cell shows, or the build itself has written."""
        return digest(canonical(element)) in self._known or code_digest(_code_of(element)) in self._known

    def _formula(self, element: Element) -> None:
        self._flow.append(EXECUTED)
        made_of = self._facts.formulas.get(digest(canonical(element)))
        if made_of is None and digest(canonical(element)) in self._known:
            return
        text = made_of.skeleton if made_of else formula_text(element)
        self._scan(text, "formula")

    def _code(self, element: Element) -> bool:
        """Code in a sentence: names, with their indices; a bare number or word in it is a number like any other."""
        text = _code_of(element)
        self._flow.append(" " if element.tag != "pre" else "")
        if code_digest(text) in self._known:
            return True
        plain = re.fullmatch(r"[\w\s-]*", text) is not None and element.tag != "pre"
        self._scan(text, "code", words=plain)
        return True

    def _script(self, element: Element) -> None:
        kind = element.attributes.get("type", "")
        if self._inside or kind in _SCRIPTED:
            self._scan(element.text(), "script")

    def _style(self, element: Element) -> None:
        for said in css_texts(element.text()):
            self._scan(said, "style")

    # What Sphinx numbers ------------------------------------------------------------------------

    def _reference(self, element: Element) -> bool:
        """A cross-reference: the number in it is that of its target, and a title is the target's title."""
        text = shown(element)
        if text in self._titles:
            self._flow.append(EXECUTED)
            return True
        number = self._targets.get(element.attributes.get("href", ""), "")
        if number and number in text:
            self._flow.append(text.replace(number, EXECUTED, 1))
            return True
        return False

    def _numbered(self, element: Element) -> bool:
        """The number of a section, an equation, a figure or a line, as Sphinx counted them."""
        number = re.sub(r"[^\d.]", "", shown(element)).strip(".")
        if "linenos" in element.classes or not number:
            return False
        if not self._inside and "section-number" in element.classes:
            return any(title.startswith(f"{number}.") for title in self._titles)
        return number in self._facts.numbers.values()

    def _footnote(self, target: str, text: str) -> bool:
        """The reference to a footnote: the page's footnotes are numbered in order."""
        if self._article is None:
            return False
        notes = [note.attributes.get("id", "") for note in self._article.find(cls="footnote") if note.tag == "aside"]
        return target in notes and text.strip("[]") == str(notes.index(target) + 1)

    def _label(self, element: Element) -> bool:
        """The number of a footnote, or a link back from it."""
        if self._article is None:
            return False
        for place, note in enumerate((n for n in self._article.find(cls="footnote") if n.tag == "aside"), 1):
            if any(inner is element for inner in note.elements()):
                digits = re.findall(r"\d+", element.text())
                links = sum(1 for inner in note.elements() if inner.attributes.get("role") == "doc-backlink")
                return all(int(n) <= max(place, links) for n in digits)
        return False

    # Attributes ---------------------------------------------------------------------------------

    def _attributes(self, element: Element) -> None:
        for name, value in element.attributes.items():
            if name in QUIET or name.startswith(_QUIET_DATA) or name.startswith("on"):
                if name == "style":
                    for said in css_texts(value):
                        self._scan(said, "style")
                continue
            if name == "content" and element.attributes.get("name") in ("viewport", "generator", "docsearch:version"):
                continue
            if element.tag in _HEAD and name not in ("content", "title", "placeholder", "aria-label", "value"):
                continue
            if name in ("start", "value") and element.tag in ("ol", "li"):
                self._scan(value, f"attribute {name}")
                continue
            if name == "alt" and value == element.attributes.get("src"):
                continue  # a cell's picture is named by its contents
            passage = self._passages.get(" ".join(value.split()))
            self._scan(passage.skeleton if passage else self._without_titles(value), f"attribute {name}")


def css_texts(css: str) -> Iterator[str]:
    """Give what a style sheet makes a browser write."""
    for match in _CSS_TEXT.finditer(css):
        said = match[1] if match[1] is not None else match[0]
        for quoted in re.findall(r"\"([^\"]*)\"|'([^']*)'", said):
            yield _CSS_ESCAPE.sub(
                lambda m: chr(int(m[1], 16)) if 0 < int(m[1], 16) < 0x110000 else "", quoted[0] or quoted[1]
            )


def formula_text(element: Element) -> str:
    """Write MathML as a line of text: what stands below belongs to its name, what stands above does not."""
    parts = [child if isinstance(child, str) else formula_text(child) for child in element.children]
    match element.tag:
        case "msub":
            return "_".join(part for part in parts if part.strip())
        case "msup" | "munder" | "mover" | "munderover" | "mfrac" | "mtd" | "mtr" | "mroot":
            return f" {' '.join(parts)} "
        case "msubsup":
            inner = [part for part in parts if part.strip()]
            return f"{'_'.join(inner[:2])} {' '.join(inner[2:])}"
        case "mspace":
            return " "
        case "mo":
            said = "".join(parts)
            return said if said in "[](),." else f" {said} " if said not in "-−+" else f" {said}"
        case _:
            joined = ""
            for child, part in zip(element.children, parts, strict=True):
                tag = "" if isinstance(child, str) else child.tag
                apart = (tag == "mn" and joined[-1:].isalpha()) or (joined[-1:].isdigit() and part[:1].isalpha())
                joined += f" {part}" if apart else part
            return joined


def _code_of(element: Element) -> str:
    """Give the code that an element shows, without its line numbers."""
    return _without(element, "linenos").strip("\n")


def _without(element: Element, *classes: str) -> str:
    """Give the text of an element, without that of the elements of some classes in it."""
    return "".join(
        child if isinstance(child, str) else "" if set(classes) & set(child.classes) else _without(child, *classes)
        for child in element.children
    )
