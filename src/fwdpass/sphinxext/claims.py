r"""Sentences that are bound to a predicate, and sentences with alternatives.

Within a paragraph: ``{claim}`words :: predicate```, which has to be true; ``{claim}`words :: predicate ;; other words
:: otherwise```; ``{cases}`` with as many as there are, of which exactly one holds; ``{when}``, whose words stand there
where the predicate holds. Around paragraphs: the directives ``claim``, ``when``, and ``cases`` with ``when`` and
``otherwise`` in it. What stands in them is Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from myst_nb.core.read import UnexpectedCellDirective
from sphinx.util.docutils import SphinxDirective, SphinxRole

from fwdpass.errors import ExpressionError
from fwdpass.page.expression import HOLE
from fwdpass.sphinxext import records
from fwdpass.sphinxext.client import UNEXECUTED, client_of
from fwdpass.sphinxext.telling import OTHERWISE, choose

_KEPT = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|\$[^$]*\$", re.DOTALL)
"""Code, roles and formulas within words: what separates cases may stand in them."""
_BETWEEN = re.compile(r"\s;;(?=\s|$)")
_IF = re.compile(r"\s::(?=\s|$)")
_FENCE = re.compile(r"(?P<fence>:{3,}|`{3,}|~{3,})\{(?P<name>when|otherwise)\}[ \t]*(?P<argument>.*)")

Saying = tuple[str, str]
"""Words, and the predicate behind them; :data:`~fwdpass.sphinxext.telling.OTHERWISE` for none."""


class ClaimRole(SphinxRole):
    """Words within a paragraph that a predicate stands behind, or several of them.

    ``kind`` is the role's name: it says how many there have to be.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the words that are told, with their holes filled."""
        client = client_of(self.inliner.document)
        said = self.text
        if client is None:
            records.fault(self.env, self.lineno, "claim", f"{' '.join(said.split())}: {UNEXECUTED}")
            return [], []
        try:
            sayings = _sayings(said, self._kind)
            if self._kind == "claim" and len(sayings) == 1:
                ((words, predicate),) = sayings
                mark = client.claim(predicate, self.lineno, words)
                return self._words(words, mark), []
            cases = [(predicate, words) for words, predicate in sayings]
            told = choose(
                client, cases, self.lineno, lambda place: self._words(sayings[place][0]), self._kind == "when"
            )
        except ExpressionError as error:
            records.fault(self.env, client.place(said.splitlines()[0], self.lineno), "claim", str(error))
            return [], []
        return told, []

    def _words(self, words: str, mark: Sequence[str] = ()) -> list[nodes.Node]:
        # MyST counts from zero here, and adds one to the line that it is told
        parsed, _ = self.inliner.parse(
            _with_roles(words), self.lineno - 1, cast("SimpleNamespace", self), self.inliner.parent
        )
        return [nodes.inline(self.rawtext, "", *parsed, classes=["fp-claim", *mark])]


class ClaimDirective(SphinxDirective):
    """A claim that takes one or more paragraphs."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        """Give the paragraphs, in a box that a style sheet may use and need not."""
        client = client_of(self.state.document)
        predicate = self.arguments[0]
        mark: list[str] = []
        if client is None:
            records.fault(self.env, self.lineno, "claim", f"{predicate.strip()}: {UNEXECUTED}")
        else:
            try:
                mark = client.claim(predicate, self.lineno, "\n".join(self.content).strip())
            except ExpressionError as error:
                records.fault(self.env, client.place(predicate, self.lineno), "claim", str(error))
        classes = ["fp-claim", *mark, *self.options.get("class", [])]
        return [nodes.container("", *self.parse_content_to_nodes(), classes=classes)]


class WhenDirective(SphinxDirective):
    """Paragraphs that stand there where a predicate holds."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give the paragraphs, or nothing."""
        cases = [(self.arguments[0].strip(), "\n".join(self.content).strip())]
        return _told(self, cases, lambda _: self.parse_content_to_nodes(), optional=True)


class CasesDirective(SphinxDirective):
    """Paragraphs for each of some cases, of which exactly one holds: directives ``when``, and an ``otherwise``."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give the paragraphs of the case that holds."""
        try:
            found = _blocks(list(self.content))
            _check([(words, predicate) for predicate, words, _ in found], "cases")
        except ExpressionError as error:
            client = client_of(self.state.document)
            line = client.place("{cases}", self.lineno) if client is not None else self.lineno
            records.fault(self.env, line, "claim", str(error))
            return []

        def say(place: int) -> list[nodes.Node]:
            _, words, at = found[place]
            holder = nodes.Element()
            self.state.nested_parse(StringList(words.split("\n"), source=""), self.content_offset + at, holder)
            return holder.children

        return _told(self, [(predicate, words) for predicate, words, _ in found], say)


class CellDirective(UnexpectedCellDirective):
    """A cell within a directive: it runs where the words around it are told."""

    option_spec: ClassVar = {"tags": directives.unchanged_required, "executed": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Give the cell as it is shown anywhere else; MyST-NB says what is wrong with a page without the header."""
        client = client_of(self.state.document)
        if client is None:
            return list(super().run())  # type: ignore[no-untyped-call]
        written = self.options.get("tags", "").strip().strip("[]")
        tags = [tag.strip().strip("'\"") for tag in written.split(",") if tag.strip()]
        return client.block_cell("\n".join(self.content), self.lineno, tags, self.options.get("executed", ""))


class OutsideDirective(SphinxDirective):
    """An ``otherwise`` that stands alone."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Say where it belongs."""
        records.fault(
            self.env, self.lineno, "claim", "otherwise stands at the end of the directive cases, and only there"
        )
        return []


def _told(
    directive: SphinxDirective,
    cases: Sequence[tuple[str, str]],
    say: Callable[[int], list[nodes.Node]],
    optional: bool = False,
) -> list[nodes.Node]:
    """Give what stands there of some cases; say what is wrong with them at their line."""
    client = client_of(directive.state.document)
    if client is None:
        records.fault(directive.env, directive.lineno, "claim", f"{cases[0][0]}: {UNEXECUTED}")
        return []
    try:
        return choose(client, cases, directive.lineno, say, optional)
    except ExpressionError as error:
        records.fault(directive.env, client.place(cases[0][0], directive.lineno), "claim", str(error))
        return []


def _sayings(written: str, kind: str) -> list[Saying]:
    """Take the words and predicates of a role apart; see that there are as many as its name says."""
    sayings = []
    for part in _split(_BETWEEN, written):
        *words, predicate = _split(_IF, part)
        if not words or not " :: ".join(words).strip() or not predicate.strip():
            raise ExpressionError(
                f"{' '.join(part.split())!r} is no {'claim' if kind == 'claim' else 'case'}: "
                "write the sentence, two colons, and the predicate that makes it true"
            )
        sayings.append((" :: ".join(words).strip(), " ".join(predicate.split())))
    _check(sayings, kind)
    return sayings


def _check(sayings: Sequence[Saying], kind: str) -> None:
    """Refuse what would always say the same, or what another role or directive is for."""
    asked = [predicate for _, predicate in sayings if predicate != OTHERWISE]
    if len(asked) < len(sayings) and (len(asked) < len(sayings) - 1 or sayings[-1][1] != OTHERWISE):
        raise ExpressionError("the otherwise stands last, and once: it is for when no other case holds")
    if not asked:
        raise ExpressionError(f"{kind} has no predicate: write the sentence, two colons, and when it is true")
    if kind == "when" and len(sayings) > 1:
        raise ExpressionError("when has one phrase, which stands there or not: write cases for several")
    if kind == "claim" and len(asked) > 1:
        raise ExpressionError("a claim has one predicate, and may have an otherwise: write cases for several")
    if kind == "cases" and len(sayings) < 2:
        raise ExpressionError(
            "cases are at least two: write claim for a sentence that is always true, and when for a phrase"
        )
    if twice := next((one for place, one in enumerate(asked) if one in asked[:place]), ""):
        raise ExpressionError(f"two cases have the same predicate, {twice}: where it holds, both would have to be told")


def _split(separator: re.Pattern[str], written: str) -> list[str]:
    """Split a text, except within its code, roles and formulas."""
    masked = _KEPT.sub(lambda kept: "x" * len(kept[0]), written)
    parts, start = [], 0
    for found in separator.finditer(masked):
        parts.append(written[start : found.start()])
        start = found.end()
    return [*parts, written[start:]]


def _blocks(lines: Sequence[str]) -> list[tuple[str, str, int]]:
    """Find what stands between the lines of ``cases``: predicate, words and the first line of these for each."""
    found, at = [], 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if not line.strip():
            continue
        opened = _FENCE.fullmatch(line.rstrip())
        if opened is None or bool(opened["argument"]) != (opened["name"] == "when"):
            raise ExpressionError(
                f"{line.strip()!r} is no case: between the lines of cases stand directives, "
                "when with a predicate, and otherwise without"
            )
        start, sign = at, opened["fence"]
        while at < len(lines) and not (lines[at].strip().startswith(sign) and not lines[at].strip().strip(sign[0])):
            at += 1
        if at == len(lines):
            raise ExpressionError(f"{line.strip()!r} is never closed: give the fence around it one more {sign[0]}")
        predicate = opened["argument"].strip() if opened["name"] == "when" else OTHERWISE
        found.append((predicate, "\n".join(lines[start:at]), start))
        at += 1
    return found


def _with_roles(said: str) -> str:
    """Turn holes into roles, except in formulas and code, where they are holes, or code."""
    parts, start = [], 0
    for kept in _KEPT.finditer(said):
        parts += [HOLE.sub(r"{n}`\1`", said[start : kept.start()]), kept[0]]
        start = kept.end()
    return "".join([*parts, HOLE.sub(r"{n}`\1`", said[start:])])
