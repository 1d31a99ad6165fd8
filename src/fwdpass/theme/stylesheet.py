"""Take out of a style sheet what no page uses: rules, custom properties, animations and fonts.

A selector is kept where each name in it stands on one page, or in a script. It may be kept in vain, but what a page
shows is the same without the others; the browser tests compare every style of every element.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_STRING = r'"(?:\\.|[^"\\])*"|' + r"'(?:\\.|[^'\\])*'"
_COMMENT = re.compile(rf"{_STRING}|/\*(?!!).*?\*/", re.DOTALL)
_TOKEN = re.compile(rf"/\*!.*?\*/|{_STRING}|url\([^)\"']*\)|[{{}};]", re.DOTALL)
_SPACE = re.compile(rf"({_STRING})|\s+", re.DOTALL)
_GROUPS = ("@media", "@supports", "@layer", "@container", "@scope")
_NAME = r"(?:[\w-]|\\.)+"
_NAMES = re.compile(rf"([.#]?)({_NAME})")
_PSEUDO = re.compile(rf"(?<!\\)::?{_NAME}")
_ATTRIBUTE = re.compile(rf"\[(?:{_STRING}|[^\]])*\]")
_INNER = re.compile(rf"(::?[\w-]+)\(((?:{_STRING}|[^()])*)\)")
_PROPERTY = re.compile(r"--[\w-]+")
_WEIGHT = re.compile(r"(?<![\w.-])[1-9]00(?![\w.%])")


@dataclass(frozen=True)
class Rule:
    """A rule: what stands before the braces and in them; no braces, no body."""

    prelude: str
    body: str | None

    def __str__(self) -> str:
        if self.prelude.endswith("*/"):
            return self.prelude
        return f"{self.prelude};" if self.body is None else f"{self.prelude}{{{self.body}}}"


@dataclass(frozen=True)
class Names:
    """The names that a selector can match: `tag`, `.class` and `#id`, page by page, and the words of scripts."""

    pages: tuple[frozenset[str], ...]
    words: frozenset[str]

    def allow(self, needed: frozenset[str]) -> bool:
        """Say whether some page has all of them."""
        missing = frozenset(name for name in needed if name.lstrip(".#") not in self.words)
        return any(missing <= page for page in self.pages)


def rules(css: str) -> Iterator[Rule]:
    """Split a style sheet, or the inside of a group of rules, into rules; comments are dropped, licences (`/*!`) kept.

    >>> [str(rule) for rule in rules("@charset 'utf-8'; a { color: red } /* no */ @media print { a { color: blue } }")]
    ["@charset 'utf-8';", 'a{color: red}', '@media print{a { color: blue }}']
    """
    css = _COMMENT.sub(lambda match: "" if match[0].startswith("/*") else match[0], css)
    depth = start = opened = 0
    for token in _TOKEN.finditer(css):
        match token[0]:
            case "{":
                depth += 1
                if depth == 1:
                    opened = token.start()
            case "}":
                depth -= 1
                if depth == 0:
                    yield Rule(_folded(css[start:opened]), css[opened + 1 : token.start()].strip())
                    start = token.end()
            case licence if licence.startswith("/*!") and depth == 0:
                yield Rule(licence, None)
                start = token.end()
            case ";" if depth == 0:
                if said := _folded(css[start : token.start()]):
                    yield Rule(said, None)
                start = token.end()


def needs(selector: str) -> list[frozenset[str]]:
    """Give the names that a selector needs on a page: any one of these sets will do.

    >>> [sorted(names) for names in needs("ul.nav > li:not(.x):is(.a, #b)::before, [data-x] em")]
    [['.a', '.nav', 'li', 'ul'], ['#b', '.nav', 'li', 'ul'], ['em']]
    """
    return [_of_one(one) for part in _split(_ATTRIBUTE.sub("*", selector), ",") for one in _alternatives(part)]


def purged(css: str, names: Names, mentioned: str = "") -> str:
    """Give a style sheet without what no page uses; ``mentioned`` is text that may name custom properties, too."""
    kept = _purge(css, names)
    while True:
        smaller = _without_unread(kept, mentioned)
        if smaller == kept:
            return "".join(f"{rule}\n" for rule in kept)
        kept = smaller


def _purge(css: str, names: Names) -> list[Rule]:
    kept = []
    for rule in rules(css):
        if rule.body is None:
            kept += [rule] if not rule.prelude.startswith("@charset") else []
        elif rule.prelude.startswith(_GROUPS):
            if inside := _purge(rule.body, names):
                kept.append(Rule(rule.prelude, "".join(map(str, inside))))
        elif rule.prelude.startswith("@"):
            kept.append(Rule(rule.prelude, _folded(rule.body)))
        elif rule.body and (selectors := [one for one in _split(rule.prelude, ",") if _used(one, names)]):
            kept.append(Rule(",".join(selectors), ";".join(map(_tight, _split(rule.body, ";")))))
    return kept


def _used(selector: str, names: Names) -> bool:
    return any(map(names.allow, needs(selector)))


def _without_unread(kept: list[Rule], mentioned: str) -> list[Rule]:
    """Drop custom properties that nothing reads, and the animations and fonts that nothing names."""
    text = "".join(str(rule) for rule in kept if not rule.prelude.startswith(("@font-face", "@keyframes")))
    read = {*re.findall(r"var\(\s*(--[\w-]+)", "".join(map(str, kept))), *_PROPERTY.findall(mentioned)}
    smaller = [_map_declarations(rule, lambda one: _is_read(one, read)) for rule in kept]
    left = [rule for rule in smaller if rule is not None and _is_named(rule, text)]
    return [rule for rule in left if not _is_idle(rule, left)]


def _is_read(declaration: str, read: set[str]) -> bool:
    match = _PROPERTY.match(declaration)
    return match is None or match[0] in read


def _is_named(rule: Rule, text: str) -> bool:
    if rule.prelude.startswith("@font-face"):
        family, _ = _face(rule)
        return not family or family in text
    if rule.prelude.startswith("@keyframes"):
        return re.search(rf"(?<![\w-]){re.escape(rule.prelude.split()[-1])}(?![\w-])", text) is not None
    return True


def _is_idle(rule: Rule, kept: list[Rule]) -> bool:
    """Say whether a face of a font is in a weight that nothing asks for: browsers load only what some element has."""
    if not rule.prelude.startswith("@font-face"):
        return False
    family, weight = _face(rule)
    there = {face[1] for one in kept if one.prelude.startswith("@font-face") and (face := _face(one))[0] == family}
    asked = _weights(family, list(_blocks(kept)))
    return weight not in asked and all(one.isdecimal() for one in there) and asked <= there


def _face(rule: Rule) -> tuple[str, str]:
    """Give the family and the weight of a face; one of any weight has none."""
    said = dict(_parted(rule.body or ""))
    return said.get("font-family", "").strip("\"' ").replace("\\", ""), said.get("font-weight", "")


def _weights(family: str, blocks: list[dict[str, str]]) -> frozenset[str]:
    """Give the weights in which rules ask for a font; the empty one where a rule leaves it to others."""
    given: dict[str, list[str]] = {}
    for block in blocks:
        for name, value in block.items():
            given.setdefault(name, []).append(value)
    asked: set[str] = set()
    for block in blocks:
        for name in ("font", "font-family"):
            if family in _worth(block.get(name, ""), given):
                said = _worth(block.get("font-weight", block.get("font", "")), given)
                asked.update(_WEIGHT.findall(said) or [""])
    return frozenset(asked)


def _worth(value: str, given: dict[str, list[str]]) -> str:
    """Write out all that a value may come to, whichever rules its custom properties are from."""
    seen: set[str] = set()
    while new := {*re.findall(r"var\(\s*(--[\w-]+)", value)} - seen:
        seen |= new
        value += "".join(f" {one}" for name in sorted(new) for one in given.get(name, ()))
    return value.replace("\\", "")


def _blocks(kept: Iterable[Rule]) -> Iterator[dict[str, str]]:
    """Give what each rule declares, those in groups of rules, too."""
    for rule in kept:
        if rule.prelude.startswith(_GROUPS):
            yield from _blocks(rules(rule.body or ""))
        elif not rule.prelude.startswith("@"):
            yield dict(_parted(rule.body or ""))


def _parted(body: str) -> Iterator[tuple[str, str]]:
    for declaration in _split(body, ";"):
        name, _, value = _tight(declaration).partition(":")
        yield name, value


def _map_declarations(rule: Rule, keep: Callable[[str], bool]) -> Rule | None:
    """Drop declarations from a rule, and the rule where none is left."""
    if rule.body is None or "--" not in rule.body or rule.prelude.startswith(("@font-face", "@keyframes")):
        return rule
    if rule.prelude.startswith(_GROUPS):
        inside = [one for inner in rules(rule.body) if (one := _map_declarations(inner, keep))]
        return Rule(rule.prelude, "".join(map(str, inside))) if inside else None
    left = [one for one in _split(rule.body, ";") if "{" in one or keep(one)]
    return Rule(rule.prelude, ";".join(left)) if left else None


def _split(text: str, sign: str) -> list[str]:
    """Split at a sign that stands in no string, parenthesis or brace."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(rf"{_STRING}|\\.|url\([^)\"']*\)|[(\[{{}}\])]|{re.escape(sign)}", text, re.DOTALL):
        if match[0] in ("(", "[", "{"):
            depth += 1
        elif match[0] in (")", "]", "}"):
            depth -= 1
        elif match[0] == sign and depth == 0:
            parts.append(text[start : match.start()])
            start = match.end()
    return [folded for part in [*parts, text[start:]] if (folded := _folded(part))]


def _alternatives(selector: str) -> Iterator[str]:
    """Write a selector without parentheses: choices of ``:is()`` and ``:where()`` in their place, other tests gone."""
    inner = _INNER.search(selector)
    if inner is None:
        yield selector
        return
    if inner[1] in (":is", ":where", ":-webkit-any", ":-moz-any"):
        choices: Iterable[str] = _split(inner[2], ",")
    else:
        choices = ["*"]
    for choice in choices:
        # A type may follow another name only after a space; for what is needed, its place does not matter.
        placed = f" {choice} " if choice[:1].isalpha() else choice
        yield from _alternatives(selector[: inner.start()] + placed + selector[inner.end() :])


def _of_one(selector: str) -> frozenset[str]:
    if re.search(r"\\[0-9a-fA-F]", selector):
        return frozenset()  # a sign by its number: rare enough not to be read
    found = _NAMES.findall(_PSEUDO.sub("", selector))
    return frozenset(sign + name.replace("\\", "") for sign, name in found if sign or name[:1].isalpha())


def _folded(text: str) -> str:
    return _SPACE.sub(lambda match: match[1] or " ", text).strip()


def _tight(declaration: str) -> str:
    name, sign, value = declaration.partition(":")
    return f"{name.strip()}:{value.strip()}" if sign and "{" not in declaration else declaration
