r"""Quick checks: a question, and options that were executed, of which exactly one is the answer.

The directive's argument is the answer, an expression. Its content is the question, and below it a list: each option has
one number, text or array of the page, ``{n}`…```, and behind two colons the feedback for whoever chooses it. Right is
the option marked ``[x]``, which has to equal the answer; a wrong one comes of executing the mistake that its feedback
names. Where a mistake leads to the same as another option, the author's next takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from fwdpass.errors import ExpressionError, FwdpassError
from fwdpass.numerals.catalog import _
from fwdpass.page import Option, Question, parse_expression
from fwdpass.page.expression import parse_read
from fwdpass.page.question import FEWEST, Each
from fwdpass.page.record import SERIAL, VERDICT, WORD, verdict
from fwdpass.sphinxext import records
from fwdpass.sphinxext.client import UNEXECUTED, PageClient, client_of
from fwdpass.sphinxext.telling import Parts, ask

_ITEM = re.compile(r"- +(?=\S)")
_NUMBER = re.compile(r"\{n\}`([^`]+)`")
_COLONS = re.compile(r"\s::\s")


@dataclass(frozen=True)
class _Written:
    """One option as it was written: what is read, the feedback, on which line of the content it starts, and a mark."""

    label: str
    feedback: str
    at: int
    right: bool


class quick_check(nodes.General, nodes.Element):
    """A question with its options."""


class asked_question(nodes.General, nodes.TextElement):
    """What is asked."""


class choice(nodes.General, nodes.Element):
    """One option: what is read, and the feedback."""


class choice_label(nodes.General, nodes.TextElement):
    """What is read of an option."""


class QuizDirective(SphinxDirective):
    """A quick check."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {
        "for": directives.unchanged_required,
        "options": directives.positive_int,
        "otherwise": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Give the question and its options; say what is wrong with them at the line of the directive."""
        client = client_of(self.state.document)
        asked, options = _split(list(self.content))
        try:
            if client is None:
                raise FwdpassError(UNEXECUTED)
            question = self._question(client, options)
        except FwdpassError as error:
            line = client.place(self.arguments[0], self.lineno) if client is not None else self.lineno
            records.fault(self.env, line, "quiz", str(error))
            return []
        otherwise = self.options.get("otherwise", "")

        def say(part: int) -> Sequence[nodes.Node]:
            if part == 0:
                return self._blocks(asked, 0)
            if part > len(options):
                return self._blocks(otherwise.split("\n"), 0)
            one = options[part - 1]
            said, _ = self.parse_inline(one.label, lineno=self.lineno)
            feedback = nodes.container("", *self._blocks([one.feedback], one.at), classes=["fp-feedback"])
            return [choice("", choice_label("", "", *said), feedback)]

        if client.lost:
            return []  # below a cell that has failed, nothing can be asked
        parts = ask(client, question, say)
        if client.live:
            _keep(client, parts)
        if parts.right is None:
            return client.around(parts.at, parts.said.get(len(options) + 1, []))
        asks, *put = sorted(parts.said)
        made = []
        for serial, part in enumerate(put):
            (one,) = parts.said[part]
            made.append(_option_drawn(one, parts.at, str(serial), *verdict(part == parts.right)))
        return client.around(parts.at, [_drawn(_legend(parts.said[asks]), made)])

    def _question(self, client: PageClient, options: Sequence[_Written]) -> Question:
        """Read what was written; raises :class:`~fwdpass.errors.FwdpassError` for what is no question."""
        if len(options) < FEWEST:
            raise FwdpassError("a quick check has a question, and below it a list of at least two options")
        if sum(one.right for one in options) > 1:
            raise FwdpassError("a quick check has one right option: mark one with [x]")
        most = self.options.get("options", Question.most)
        if most < FEWEST:
            raise FwdpassError("a quick check puts at least two options")
        each = self.options.get("for", "")
        line = client.place(self.arguments[0].strip(), self.lineno)
        if each:
            parse_read(Each.of(each).among, "what a question may be put for")
        answer = parse_read(self.arguments[0], "an answer that Python can read")
        return Question(answer, line, tuple(_option(client, one, self.lineno) for one in options), each, most)

    def _blocks(self, lines: Sequence[str], at: int) -> list[nodes.Node]:
        holder = nodes.Element()
        self.state.nested_parse(StringList(list(lines), source=""), self.content_offset + at, holder)
        return holder.children


def _drawn(asked: Sequence[nodes.Node], options: Sequence[nodes.Node]) -> nodes.Element:
    return nodes.admonition(
        "", nodes.title("", _("Quick check")), quick_check("", *asked, *options), classes=["quick-check"]
    )


def _legend(asked: Sequence[nodes.Node]) -> list[nodes.Node]:
    """Let what is asked begin with its first paragraph, as a line."""
    first, *rest = asked or [nodes.paragraph()]
    assert isinstance(first, nodes.Element)  # noqa: S101 - as every block is
    line = asked_question(first.rawsource, "", *first.children)  # as a paragraph, it can be translated
    line.source, line.line = first.source, first.line
    return [line, *rest]


def _option_drawn(one: nodes.Node, at: int, serial: str, mark: str, word: str) -> nodes.Node:
    """Say of an option, which has just been made, which of the question's it is, and what its feedback says first.

    ``at`` is the question's step. ``mark`` and ``word`` are a verdict: colour alone would tell nothing to some.
    """
    assert isinstance(one, choice)  # noqa: S101 - as it was made
    one["group"], one["serial"] = f"fp-quiz-{at}", serial
    feedback = next(one.findall(nodes.container))
    feedback["classes"].append(mark)
    first = next(iter(feedback.findall(nodes.paragraph)), feedback)
    first.insert(0, [nodes.strong("", word), nodes.Text(" ")])
    return one


def _keep(client: PageClient, parts: Parts) -> None:
    """Keep every option of a question, and how it is put, for readings that put it otherwise."""
    copies = {part: [node.deepcopy() for node in said] for part, said in (parts.said | parts.untold).items()}
    *put, otherwise = sorted(copies)
    asked = client.around(f"{parts.at}.0", _legend(copies[0]))
    options: list[nodes.Node] = []
    for part in put[1:]:
        made = _option_drawn(copies[part][0], parts.at, SERIAL, VERDICT, WORD)
        options += client.around(f"{parts.at}.{part}", [made])
    client.keep(f"{parts.at}.whole", [_drawn(asked, options)])
    client.keep(f"{parts.at}.{otherwise}", copies[otherwise])


def _split(content: Sequence[str]) -> tuple[list[str], list[_Written]]:
    """Take the content apart: the question, and each item of the list at its end, its lines joined."""
    starts = [i for i, line in enumerate(content) if _ITEM.match(line)]
    options = []
    for start, end in pairwise([*starts, len(content)]):
        lines = [_ITEM.sub("", content[start], count=1), *(line.strip() for line in content[start + 1 : end])]
        label, *rest = _COLONS.split(" ".join(lines).strip(), maxsplit=1)
        mark = label[:3]
        words = label[3:].lstrip() if mark in ("[x]", "[ ]") else label
        options.append(_Written(words, rest[0] if rest else "", start, mark == "[x]"))
    return [*content[: starts[0] if starts else len(content)]], options


def _option(client: PageClient, one: _Written, line: int) -> Option:
    written = _NUMBER.findall(one.label)
    if len(written) != 1 or not one.feedback:
        raise ExpressionError(
            f"{one.label!r} is no option: write what is read, with one {{n}}`expression` in it, two colons, "
            "and the feedback for whoever chooses it"
        )
    return Option(parse_expression(written[0], client.place(written[0], line)), one.right)


# HTML: radio buttons in a fieldset. The feedback follows its button, so that a style sheet can show it.


def _open_quiz(self: Any, node: quick_check) -> None:
    self.body.append(self.starttag(node, "fieldset", CLASS="fp-quiz"))


def _open_question(self: Any, node: asked_question) -> None:
    self.body.append(self.starttag(node, "legend", ""))


def _open_option(self: Any, node: choice) -> None:
    self.body.append(self.starttag(node, "div", CLASS="fp-option", **{"aria-live": "polite"}))
    name = f"{node['group']}-{node['serial']}"
    self.body.append(self.emptytag(node, "input", "", type="radio", name=node["group"], ids=[name]))


def _open_reading(self: Any, node: choice_label) -> None:
    group, serial = node.parent["group"], node.parent["serial"]
    self.body.append(self.starttag(node, "label", "", **{"for": f"{group}-{serial}"}))


def _closing(tag: str) -> Callable[[Any, Any], None]:
    def close(self: Any, _: nodes.Element) -> None:
        self.body.append(f"</{tag}>\n")

    return close


def _pass(self: Any, node: nodes.Element) -> None:
    """Leave what is in it to other builders."""


def setup_quiz(app: Sphinx) -> None:
    """Register the directive and its nodes."""
    app.add_directive("quiz", QuizDirective)
    drawn: dict[type[nodes.Element], tuple[Callable[[Any, Any], None], str]] = {
        quick_check: (_open_quiz, "fieldset"),
        asked_question: (_open_question, "legend"),
        choice: (_open_option, "div"),
        choice_label: (_open_reading, "label"),
    }
    passed = (_pass, _pass)
    for node, (opening, tag) in drawn.items():
        app.add_node(
            node, html=(opening, _closing(tag)), latex=passed, text=passed, man=passed, texinfo=passed
        )  # fmt: skip
