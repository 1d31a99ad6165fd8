"""What an EPUB asks of a page that a site does not: XML, with namespaces, and style sheets that old readers parse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode
from sphinx.application import Sphinx

NAMESPACES = {"svg": "http://www.w3.org/2000/svg", "math": "http://www.w3.org/1998/Math/MathML"}
TYPES = {".woff2": "font/woff2", ".txt": "text/plain"}
"""Media types of files that Sphinx does not know, and that styles ask for."""

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_LEFT_OUT = frozenset({"script", "template", "fp-follow"})
"""Elements that nothing is to be seen of without scripts, which an EPUB has none of."""
_RENAMED = "-element"
"""Behind the name of an element that HTML does not know, in the class that it has instead, for its styles."""
_PHRASES = frozenset("p span a em strong code small sub sup li dt dd td th h1 h2 h3 h4 h5 h6 figcaption label".split())
_EVERYWHERE = re.compile("(?:class|id|title|lang|role|style|hidden|tabindex|(?:aria|data)-[a-z-]+)$")
"""Attributes that every element may have."""
_ITEM = re.compile(r'(<item\b[^>]* href="([^"]+\.xhtml)"[^>]*?)\s*/>')
_FILE = re.compile(r"(?!#|[a-z]+:|[^#?]*\.(?:xhtml|svg|png|jpe?g|gif)(?:[#?]|$)).")
"""An address of a file that is offered, and that a reader of an EPUB has no means to open."""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def setup_epub(app: Sphinx) -> None:
    """Register what an EPUB needs."""
    app.connect("builder-inited", know_types)
    app.connect("html-page-context", write_xml, priority=999)


def know_types(app: Sphinx) -> None:
    """Let Sphinx pack what pages need, and put it into a form that an EPUB may have.

    There is no event between what Sphinx writes and its packing.
    """
    builder: Any = app.builder
    if builder.name != "epub":
        return
    builder.media_types = {**builder.media_types, **TYPES}
    pack, folder = builder.build_epub, Path(app.outdir)

    def build_epub() -> None:
        sheets = {sheet: sheet.read_bytes() for sheet in (folder / "_static").rglob("*.css")}
        for sheet, css in sheets.items():
            sheet.write_text(plainer(css.decode("utf-8")), "utf-8")
        listed = folder / "content.opf"
        listed.write_text(_ITEM.sub(lambda item: _described(item, folder), listed.read_text("utf-8")), "utf-8")
        pack()
        for sheet, css in sheets.items():  # who copies one again expects what it was
            sheet.write_bytes(css)

    builder.build_epub = build_epub


def _described(item: re.Match[str], folder: Path) -> str:
    """Say of a page in the list of files which other languages than HTML it has in it."""
    page = folder / item[2]
    said = page.read_text("utf-8") if page.exists() and "properties=" not in item[1] else ""
    found = " ".join(name for tag, name in (("<math", "mathml"), ("<svg", "svg")) if tag in said)
    return f'{item[1]} properties="{found}" />' if found else item[0]


def write_xml(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Write what a page holds, and what it says of itself, as XML."""
    if app.builder.name == "epub":
        for part in ("body", "metatags", "title"):
            context[part] = as_xml(str(context.get(part) or ""))


def as_xml(html: str) -> str:
    r"""Write a part of a page as XML: what was left open closed, attributes quoted, pictures and formulas as such.

    An element that only a script gives a meaning is what HTML has for its place, with a class by which styles find it.

    Examples
    --------
    >>> as_xml("<p>a<br>b &nbsp;<input disabled><p><fp-x>c</fp-x><math><mi>x")
    '<p>a<br/>b \xa0<input disabled=""/></p><p><span class="fp-x-element">c</span><math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math></p>'
    """
    return "".join(_written(LexborHTMLParser(html, is_fragment=True).root))


def _written(node: LexborNode | None, within: str = "") -> Iterator[str]:
    """Write a node and those after it, which stand in an element of the tag ``within``."""
    while node is not None:
        tag = node.tag or ""
        if node.is_element_node and tag not in _LEFT_OUT:
            given = {name: value or "" for name, value in node.attributes.items()}
            if tag == "a" and _FILE.match(given.get("href", "")):
                tag = "span"
                del given["href"]
            if "-" in tag:
                renamed = f"{tag}{_RENAMED}"
                tag = "span" if within in _PHRASES else "div"
                given = {name: value for name, value in given.items() if _EVERYWHERE.match(name)}
                given["class"] = f"{given.get('class', '')} {renamed}".strip()
            if tag in NAMESPACES:
                given["xmlns"] = NAMESPACES[tag]
            if order := given.pop("paint-order", ""):  # newer than the SVG that an EPUB has, but for its style
                given["style"] = f"paint-order: {order}"
            if tag == "mfrac":
                given.pop("displaystyle", None)
            attributes = "".join(f' {name}="{_text(value)}"' for name, value in given.items())
            inside = "" if tag in _VOID else "".join(_written(node.first_child, tag))
            yield f"<{tag}{attributes}/>" if tag in _VOID else f"<{tag}{attributes}>{inside}</{tag}>"
        elif not node.is_element_node and not node.is_comment_node:
            yield _text(node.text_content or "")
        node = node.next


def _text(said: str) -> str:
    return escape(_UNWRITABLE.sub(" ", said))


# Style sheets ---------------------------------------------------------------------------------------------------------

_QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
_COMMENT = re.compile(rf"({_QUOTED})|/\*.*?\*/", re.DOTALL)
_PART = re.compile(rf"{_QUOTED}|url\([^)]*\)|[{{}};]", re.DOTALL)
_CHOICE = re.compile(r":(is|where|not)\(((?:[^()]|\([^()]*\))*)\)")
_GROUPS = ("@media", "@supports", "@layer")
_NEWER = re.compile(r":has\(|:is\(|:where\(|:not\([^)]*[,\s]|&")
"""What is left of a selector that cannot be written otherwise."""


def plainer(css: str) -> str:
    r"""Write a style sheet without rules in rules, choices in selectors, and what depends on what an element holds.

    Examples
    --------
    >>> plainer("a:is(.b, .c) { color: red; &:hover { color: blue } } /* no */ p:has(a) { margin: 0 }")
    'a.b,a.c{color: red;}\n'
    >>> plainer("fp-x > [data-y='a-b'] { color: red }")
    ".fp-x-element > [data-y='a-b']{color: red;}\n"
    """
    return "".join(f"{rule}\n" for rule in _rules(_COMMENT.sub(lambda match: match[1] or "", css)))


def _rules(css: str) -> Iterator[str]:
    for prelude, body in _blocks(css):
        if body is None:
            yield f"{prelude};"
        elif prelude.startswith(_GROUPS):
            if inside := "".join(_rules(body)):
                yield f"{prelude}{{{inside}}}" if not prelude.startswith("@layer") else inside
        elif prelude.startswith("@page"):
            continue  # it is the reader's
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body.strip()}}}"
        elif selectors := [
            plain for one in _split(_UNKNOWN.sub(_as_class, prelude))
            for plain in _chosen(one) if not _NEWER.search(plain)
        ]:  # fmt: skip
            said = (declaration for declaration, nested in _blocks(f"{body};") if nested is None)
            declared = "".join(f"{one};" for one in said if not one.endswith(":"))
            yield f"{','.join(selectors)}{{{declared}}}"


def _as_class(found: re.Match[str]) -> str:
    return f".{found[1]}{_RENAMED}" if found[1] else found[0]


def _blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Give what stands before each pair of braces and in it; a statement without braces has nothing in them."""
    depth = start = opened = 0
    for part in _PART.finditer(css):
        if part[0] == "{":
            depth += 1
            opened = part.start() if depth == 1 else opened
        elif part[0] == "}":
            depth -= 1
            if not depth:
                yield css[start:opened].strip(), css[opened + 1 : part.start()]
                start = part.end()
        elif part[0] == ";" and not depth:
            if said := css[start : part.start()].strip():
                yield said, None
            start = part.end()


def _split(selectors: str) -> list[str]:
    """Split at commas that stand in no parentheses, brackets or strings."""
    parts, depth, start = [], 0, 0
    for sign in re.finditer(rf"{_QUOTED}|[()\[\],]", selectors):
        depth += (sign[0] in "([") - (sign[0] in ")]")
        if sign[0] == "," and not depth:
            parts.append(selectors[start : sign.start()].strip())
            start = sign.end()
    return [*parts, selectors[start:].strip()]


def _chosen(selector: str) -> Iterator[str]:
    """Write out each choice that a selector leaves."""
    for choice in _CHOICE.finditer(selector):
        options = _split(choice[2])
        if choice[1] == "not" and len(options) > 1:
            every = "".join(f":not({option})" for option in options)
            yield from _chosen(f"{selector[: choice.start()]}{every}{selector[choice.end() :]}")
            return
        if choice[1] != "not":
            for option in options:
                if (joined := _joined(selector[: choice.start()], option)) is not None:
                    yield from _chosen(f"{joined}{selector[choice.end() :]}")
            return
    yield selector


def _joined(before: str, option: str) -> str | None:
    """Write what stands before a choice and one of its options as one: ``p .a`` that is ``td`` is ``p td.a``.

    Nothing, where an element would have to have two tags.
    """
    around, tested = _COMPOUND.fullmatch(before).groups()  # type: ignore[union-attr]  # it may be empty
    beside, last = _COMPOUND.fullmatch(option).groups()  # type: ignore[union-attr]
    own, tag = _TAG.match(tested), _TAG.match(last)
    if own and tag and own[0] != tag[0]:
        return None
    if tag and not own:
        tested = f"{tag[0]}{tested}"
    return f"{around}{beside}{tested}{last[tag.end() :] if tag else last}"


_UNKNOWN = re.compile(rf"{_QUOTED}|(?<![\w.#:@=\[-])([a-z]+-[\w-]+)(?![\w(=-])")
"""An element that HTML does not know, in a selector."""
_COMPOUND = re.compile(r"(.*[\s>+~]|)((?:\((?:[^()]|\([^()]*\))*\)|[^\s>+~()])*)", re.DOTALL)
_TAG = re.compile(r"[a-z][\w-]*")
