r"""Quick checks: a question, and options that were executed, of which exactly one is the answer.

The directive's argument is the answer, an expression. Its content is the question, and below it a list: each option has
one number, text or array of the page, ``{n}`…```, and behind two colons the feedback for whoever chooses it. Right is
the option that is the answer; a wrong one comes of executing the mistake that its feedback names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from fwdpass.errors import FwdpassError, NumeralError, PageError
from fwdpass.numerals.exact import agree
from fwdpass.page import parse_expression
from fwdpass.page.program import Expression
from fwdpass.sphinxext import records
from fwdpass.sphinxext.client import UNEXECUTED, PageClient, client_of

_ITEM = re.compile(r"- +(?=\S)")
_NUMBER = re.compile(r"\{n\}`([^`]+)`")
_COLONS = re.compile(r"\s::\s")


@dataclass(frozen=True)
class _Option:
    """One option as it was written: what is read, the feedback, and on which line of the content it starts."""

    label: str
    feedback: str
    at: int


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

    def run(self) -> list[nodes.Node]:
        """Give the question and its options; say what is wrong with them at the line of the directive."""
        client = client_of(self.state.document)
        asked, options = _split(list(self.content))
        if client is not None and client.lost:
            return []  # why, has been said
        try:
            if client is None:
                raise FwdpassError(UNEXECUTED)
            right = _right(client, self.arguments[0], options, self.lineno)
        except FwdpassError as error:
            line = error.line if isinstance(error, PageError) else self.lineno
            records.fault(self.env, line, "quiz", str(error))
            return []
        name = f"fp-quiz-{self.env.new_serialno('fp-quiz')}"
        made = quick_check("")
        first, *rest = self._blocks(asked, 0) or [nodes.paragraph()]
        made += [asked_question("", "", *first.children), *rest]  # a legend is a line
        for i, one in enumerate(options):
            said, _ = self.parse_inline(one.label, lineno=self.lineno)
            feedback = nodes.container("", classes=["fp-feedback", "fp-right" if i == right else "fp-wrong"])
            feedback += self._blocks([one.feedback], one.at)
            _verdict(feedback, i == right)
            made += choice("", choice_label("", "", *said), feedback, group=name, serial=i)
        title = nodes.title("", "Quick check")
        return [nodes.admonition("", title, made, classes=["quick-check"])]

    def _blocks(self, lines: Sequence[str], at: int) -> list[nodes.Node]:
        holder = nodes.Element()
        self.state.nested_parse(StringList(list(lines), source=""), self.content_offset + at, holder)
        return holder.children


def _split(content: Sequence[str]) -> tuple[list[str], list[_Option]]:
    """Take the content apart: the question, and each item of the list at its end, its lines joined."""
    starts = [i for i, line in enumerate(content) if _ITEM.match(line)]
    options = []
    for start, end in pairwise([*starts, len(content)]):
        lines = [_ITEM.sub("", content[start], count=1), *(line.strip() for line in content[start + 1 : end])]
        label, *rest = _COLONS.split(" ".join(lines).strip(), maxsplit=1)
        options.append(_Option(label, rest[0] if rest else "", start))
    return [*content[: starts[0] if starts else len(content)]], options


def _right(client: PageClient, answer: str, options: Sequence[_Option], line: int) -> int | None:
    """Find the option that is the answer, and have every reading of the page find it, too.

    Where it is not exactly one, the claim is false that says so, and the certificate ends the build; so a mutant ends
    it, too. What is to be found here is an option that only reads as the answer does.
    """
    if len(options) < 2:
        raise FwdpassError("a quick check has a question, and below it a list of at least two options")
    expressions = [_expression(client, one, line) for one in options]
    wanted = Expression(answer.strip(), client.place(answer.strip(), line))
    claim = f"[{', '.join(_comparable(client, e) for e in expressions)}].count({_comparable(client, wanted)}) == 1"
    alike = [i for i, e in enumerate(expressions) if _text(client, e) == _text(client, replace(wanted, spec=e.spec))]
    equal = [i for i, e in enumerate(expressions) if _same(client.preview(e)[0], client.preview(wanted)[0])]
    if len(equal) == 1 and alike != equal:
        read = ", ".join(_text(client, expressions[i]) for i in alike)
        raise FwdpassError(f"more than one option reads as the answer does, {read}: show more places of them")
    client.claim(claim, line)
    return equal[0] if equal else None


def _expression(client: PageClient, one: _Option, line: int) -> Expression:
    written = _NUMBER.findall(one.label)
    if len(written) != 1 or not one.feedback:
        raise FwdpassError(
            f"{one.label!r} is no option: write what is read, with one {{n}}`expression` in it, two colons, "
            "and the feedback for whoever chooses it"
        )
    return parse_expression(written[0], client.place(written[0], line))


def _text(client: PageClient, expression: Expression) -> str:
    return client.preview(expression)[1]


def _same(a: Any, b: Any) -> bool:
    """Compare values, numbers up to rounding."""
    try:
        return agree(a, b)
    except NumeralError:
        return bool(a == b)


def _comparable(client: PageClient, expression: Expression) -> str:
    """Write an expression so that its value has one truth when it is compared: of an array, as a list."""
    value: Any = client.preview(expression)[0]
    return f"({expression.source}).tolist()" if isinstance(value, np.ndarray) else expression.source


def _verdict(feedback: nodes.Element, right: bool) -> None:
    """Begin the feedback with a word: colour alone would tell nothing to some."""
    first = next(iter(feedback.findall(nodes.paragraph)), feedback)
    first.insert(0, [nodes.strong("", "Right." if right else "No."), nodes.Text(" ")])


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
