"""Hold a page against what the build knows about it: every number in it is vouched for, or was typed.

The page is walked once. Text is put together block by block, so that markup within a number hides nothing, and what
something vouches for is replaced by a sign. In what is left, each number is a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fwdpass.audit.attributes import attribute_texts
from fwdpass.audit.context import CODE, FORMULA, Context, is_pointed_at
from fwdpass.audit.counts import Counts, code_of
from fwdpass.audit.css import css_texts
from fwdpass.audit.facts import Facts, Formula
from fwdpass.audit.formula import ARRAY, HOLE, stated
from fwdpass.audit.titles import Titles, article_of, shown
from fwdpass.audit.titles import without as text_without
from fwdpass.audit.tree import INLINE, Element, canonical, code_digest, digest, tex_digest, without
from fwdpass.numerals.scan import EXECUTED, Found, code_numbers, numbers, touched
from fwdpass.numerals.words import LANGUAGES, NAMED, language

_WORDS = 6
"""So many words before a piece of code are told with it."""
_ENTRY = re.compile(r"fp-n(\d+)")
_YEARS = re.compile(
    r"(?:(?:©|\(c\)|copyright|updated on)\W*)+(?:[a-z]{3,9} \d{1,2}, )?\d{4}(?:\W{1,3}\d{4})*\b", re.IGNORECASE
)
_LINK_SIGNS = frozenset(("", "#", "¶", "\uf0c1"))
_DATA_SCRIPTS = frozenset(("application/json", "application/ld+json"))
_CODE = frozenset(("code", "pre", "samp", "kbd", "tt"))
_SHOWN = frozenset(("output", "pasted-text", "text_markdown", "fp-certificate", "fp-exceptions", "fp-follow"))
_PROSE = re.compile(r"(?:[\w\s,;!?’“”()-]|[.:](?!\w))*")
"""Code that may as well be words: names with points in them, brackets that call, and operators are code."""
_CALL = re.compile(r"\w\(")
_VARIABLE = re.compile(r"(?<![\w.])[A-Za-z][A-Za-z_]*\d{1,2}(?=\s*[=,()\[\]:.@+*/-])(?!\.\d)")
"""A name with a number in it that code binds, calls or computes with."""
_SAID_IN_CODE = re.compile(r"(?<![\w'\"])#[^\n]*|\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)
"""Comments and quoted texts, which say something in any code."""


CHANGED = "digits that the page was built with"
"""Where a finding is that no one place has: the page as a whole has other digits."""


def digits_of(page: Element) -> str:
    """Give a digest of the digits of a page's article, in order, so that a later change of any of them is seen."""
    return digest("".join(filter(str.isdecimal, (article_of(page) or page).text())))


@dataclass(frozen=True)
class Finding:
    """A number that nothing vouches for: what, where on the page, and in which words."""

    text: str
    where: str
    around: str
    line: int = 0
    """The line of the page's source, where the build knows it."""


class PageAudit:
    """One walk through one page; ``targets`` says which number stands at the end of a link."""

    def __init__(self, facts: Facts, titles: Titles, targets: Mapping[str, str]) -> None:
        self._facts = facts
        self._titles = titles
        self._targets = targets
        self._names = frozenset(facts.names)
        entries = facts.ledger.entries if facts.ledger else ()
        self._entries = {entry.step: entry for entry in entries if entry.kind == "number"}
        self._used: set[int] = set()
        self._passages: dict[str, str] = {}
        for passage in facts.passages:
            known = " ".join(passage.text.split())
            self._passages[known] = f"{self._passages.get(known, '')} {passage.skeleton}"
        self._outputs = Counter(facts.outputs)
        self._listings = Counter(facts.listings)
        self._starts = Counter(facts.starts)
        self._typed = Counter(typed.text for typed in facts.typed)
        self._counted = frozenset(facts.counted)
        self._cited = frozenset(facts.cited)
        self._minutes = Counter(facts.minutes)
        self._flow: list[str] = []
        self._above = self._written = ""
        """The text of the block above, and of this one as far as it was read, with its code."""
        self._inside = False
        self._language = LANGUAGES["en"]
        self._findings: list[Finding] = []
        self._texts = [""]
        """The texts of the article's blocks, with a sign for each piece of code and each formula."""
        self._open: list[tuple[int, int]] = []
        """Findings in formulas of the text that is being put together, and the place of each there."""
        self._perhaps: dict[int, tuple[int, Found]] = {}
        """Findings that are none if the page tells what they are: the number of its block, and its place there."""

    def run(self, page: Element, article: Element | None = None) -> list[Finding]:
        """Walk through the page; unless told, its article is found."""
        self._article = article or article_of(page)
        self._language = language(next((root.attributes.get("lang", "") for root in page.find("html")), ""))
        self._counts = Counts(self._article, self._facts.numbers, self._targets, self._titles)
        lines = (formula.line for formula in self._facts.formulas.values())
        self._context = Context(self._article, lines, self._names)
        self._walk(page)
        self._flush("text")
        self._findings = [
            one
            for at, one in enumerate(self._findings)
            if at not in self._perhaps or not self._is_told(one.where, *self._perhaps[at])
        ]
        if self._facts.digits not in ("", digits_of(page)) and not self._findings:
            # An index, or a digit within code: nothing that has to be executed, and yet not what was built.
            self._findings.append(Finding("", CHANGED, ""))
        return self._findings

    def _walk(self, element: Element) -> None:
        entered = element is self._article
        self._inside |= entered
        for where, said in attribute_texts(element, self._inside):
            self._attribute(said, where)
        block = element.tag not in INLINE and element.tag != "math"
        within = element.tag in _CODE and element.tag != "pre"  # code in a sentence, which goes on behind it
        if block:
            self._flush("text", within)
        if element.tag == "rt":  # it may go on what is below it, and stands by itself as well
            said = "".join(child for child in element.children if isinstance(child, str))
            around = " ".join([*"".join(self._flow).split()[-_WORDS:], said])  # by which the line is found
            self._findings += (Finding(one.text, "text", around) for one in numbers(said, self._names))
        if not self._is_judged(element):
            for child in element.children:
                if isinstance(child, str):
                    self._flow.append(child)
                else:
                    self._walk(child)
        if block:
            self._flush("title" if element.tag == "title" else "text", within)
        if entered:
            self._inside = False

    def _flush(self, where: str, within: bool = False) -> None:
        text, self._flow = "".join(self._flow), []
        for at, place in self._open:
            self._put(at, place, self._findings[at].around)
        self._open.clear()
        self._scan(text, where)
        self._note(touched(text), text, where)
        self._texts[-1] += text
        self._written += text
        if not within:
            self._texts.append("")
            self._above, self._written = self._written.strip() or self._above, ""

    def _put(self, at: int, place: int, said: str) -> None:
        """Take note of where in its block a finding stands, of which the page may tell what it is."""
        start = len(self._texts[-1]) + place
        self._perhaps[at] = len(self._texts) - 1, Found(start, start + len(said), said)

    def _scan(self, text: str, where: str, words: bool = True, names: Iterable[str] = ()) -> None:
        """Report the numbers of a text in which nothing is vouched for any more; ``names`` may have digits."""
        if not text or text.isspace():
            return
        if not self._inside:
            text = _YEARS.sub(EXECUTED, self._titles.without(" ".join(text.split())))
        self._note(numbers(text, self._names.union(names), words, self._language), text, where)

    def _note(self, found: Iterable[Found], text: str, where: str) -> None:
        for one in found:
            if where == "text" and self._inside:
                self._put(len(self._findings), one.start, one.text)
            around = " ".join(text[max(0, one.start - 40) : one.end + 40].split())
            self._findings.append(Finding(one.text, where, around.replace(EXECUTED, "□").replace(NAMED, FORMULA)))

    def _is_told(self, where: str, block: int, one: Found) -> bool:
        """Say whether the page itself tells what a number is: a label, a bound, a count of what the text has."""
        text = self._texts[block]
        before = text[: one.start]
        match where:
            case "formula":
                return self._context.counts(one.text, before, text[one.start + 1 :])
            case "code":
                return is_pointed_at(one.text, before, text[one.start + 1 :].removeprefix(" "))  # which ends a word
        return self._context.is_told(one, text) or is_pointed_at(one.text, before, text[one.end :])

    def _report(self, made_of: Formula) -> None:
        """Report the numbers of a formula that stand for values, and leave its sign in the text."""
        line, before = made_of.line, "".join(self._flow)
        self._flow.append(FORMULA if HOLE in line or ARRAY in line else NAMED)
        if not self._inside:
            self._findings += (Finding(text, "formula", line, made_of.at) for text in made_of.typed)
            return
        self._context.count(line, before)
        told = (
            self._context.is_interval(line)
            or self._context.is_bound(line, before)
            or self._context.is_point(line, before)
        )
        for text in () if told else made_of.typed:
            self._open.append((len(self._findings), len(before)))
            self._findings.append(Finding(text, "formula", line, made_of.at))

    def _attribute(self, said: str, where: str) -> None:
        said = " ".join(said.split())
        known = said in self._titles or (bool(self._cited) and code_digest(said) in self._cited)
        self._scan("" if known else self._passages.get(said, said), where)

    def _is_judged(self, element: Element) -> bool:
        """Judge an element as a whole, if something may vouch for it; otherwise its parts will be."""
        match element.tag:
            case "math":
                self._formula(element)
            case "script":
                if self._inside or element.attributes.get("type", "") in _DATA_SCRIPTS:
                    self._scan(element.text(), "script")
            case "style":
                for said in css_texts(element.text()):
                    self._scan(said, "style")
            case tag if tag in _CODE:
                self._code(element)
            case _:
                known = element.classes or element.attributes or tag == "fp-trace"
                return bool(known) and self._is_vouched(element)
        return True

    def _is_vouched(self, element: Element) -> bool:
        """Say whether the build knows an element, and put into the flow of the text what stands for it."""
        classes = set(element.classes)
        if not self._inside and "reference" not in classes:
            return False
        if "cell" in classes and not self._facts.held:
            return True
        if "math" in classes and self._is_tex(element):
            return True
        if not _SHOWN.isdisjoint(classes):
            names = (digest(canonical(element)), code_digest(code_of(element)))
            return any(_take(self._outputs, name) for name in names)
        if element.tag == "fp-trace":
            return self._is_panel(element)
        if "highlight" in classes:
            name = code_digest(code_of(element))
            return _take(self._listings, name)
        if "sig" in classes:
            return code_digest(shown(element)) in self._counted
        if "citation" in classes:
            return code_digest(text_without(element, "label", "backrefs")) in self._cited
        said = "" if "headerlink" in classes and element.text() in _LINK_SIGNS else self._said(element, classes)
        if said is None:
            return False
        self._flow.append(said)
        return True

    def _is_panel(self, element: Element) -> bool:
        """Say whether the build drew a panel; the author's notes in it are read as any text is."""
        drawn, notes = without(element, "fp-note")
        if not _take(self._outputs, digest(canonical(Element("", {}, [drawn])))):
            return False
        for note in notes:
            self._walk(note)
        return True

    def _is_tex(self, element: Element) -> bool:
        """Say whether the build knows a formula that stands on the page as LaTeX, for a script to draw."""
        drawn = any(element.find("math"))
        made_of = None if drawn else self._facts.formulas.get(tex_digest(text_without(element, "eqno")))
        if made_of is None:
            return False
        self._report(made_of)
        for number in element.find(cls="eqno"):
            self._walk(number)
        return True

    def _said(self, element: Element, classes: set[str]) -> str | None:
        """Give what an element within a line says, without what is vouched for."""
        if (
            ("fp-n" in classes and self._is_entry(element))
            or ("fp-typed" in classes and _take(self._typed, element.text()))
            or ("fp-counted" in classes and _take(self._minutes, element.text()))
        ):
            return EXECUTED
        return self._counts.read(element)

    def _is_entry(self, element: Element) -> bool:
        """Say whether an element is a number of the ledger, which stands once, and says what the ledger says."""
        mark = next((mark for name in element.classes if (mark := _ENTRY.fullmatch(name))), None)
        at = int(mark[1]) if mark else -1
        entry = self._entries.get(at)
        if at in self._used or entry is None or entry.text != element.text():
            return False
        self._used.add(at)
        return True

    def _formula(self, element: Element) -> None:
        name = digest(canonical(element))
        made_of = self._facts.formulas.get(name)
        if made_of is not None:
            self._report(made_of)
            return
        self._flow.append(FORMULA)
        if not _take(self._outputs, name):
            written = stated(element)
            self._findings += (Finding(text, "formula", written.line) for text in written.typed)
            for inner in element.elements():
                for where, said in attribute_texts(inner, self._inside) if inner is not element else ():
                    self._attribute(said, where)

    def _code(self, element: Element) -> None:
        """Code in a sentence: names, with their indices; a bare number or word in it is a number like any other."""
        self._flow.append(" " if element.tag != "pre" else "")
        text = code_of(element)
        if text[:1].isdigit() and _take(self._starts, code_digest(text)):
            line = without(element, "linenos")[0].text()
            text = text if _is_prose(line) else line  # "77 neurons" is no line of code, and its number counts none
        prose = _is_prose(text)
        if element.tag == "pre":
            self._scan(text, "code", words=prose, names=() if prose else _VARIABLE.findall(text))
            for said in () if prose else _SAID_IN_CODE.findall(text):
                in_digits = {found.text for found in numbers(said, words=False)}
                words = (found for found in numbers(said, self._names, True, self._language))
                self._note((found for found in words if found.text not in in_digits), said, "code")
        else:
            before = " ".join((self._written.strip() or self._above).split()[-_WORDS:])  # by which the line is found
            for one in code_numbers(text, self._names, prose):
                if one.text == text and self._inside:
                    self._put(len(self._findings), 0, text)
                self._findings.append(Finding(one.text, "code", f"{before} {text}".replace(EXECUTED, "□").strip()))
            self._texts[-1] += CODE
            self._written += text
        for inner in element.elements():
            for where, said in attribute_texts(inner, self._inside) if inner is not element else ():
                self._attribute(said, where)


def _is_prose(text: str) -> bool:
    return _PROSE.fullmatch(text) is not None and _CALL.search(text) is None


def _take(known: Counter[str], name: str) -> bool:
    """Say whether the build knows something, as often as it stands on the page."""
    known[name] -= 1
    return known[name] >= 0
