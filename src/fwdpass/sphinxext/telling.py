"""The words of a page that stand there or not: cases, of which one is told, and the parts of a question.

All of them are read, in order, so that each is checked, and the page's program has the steps of each. What is not told
is put aside: :mod:`fwdpass.sphinxext.aside` forgets what came of reading it, and only the live page keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from docutils import nodes

from fwdpass.errors import PageError
from fwdpass.page import Case, Choice, Question, Told, parse_claim
from fwdpass.sphinxext.client import PageClient
from fwdpass.sphinxext.linenumbers import first_line

OTHERWISE = "otherwise"
"""What stands in the place of a predicate behind the words for when no other case holds."""


@dataclass
class Parts:
    """What was made of the parts of a choice or a question: of those that stand on the page, and of the others.

    ``at`` is its place among the page's steps, ``right`` which part of a question is the right option, and ``sizes``
    are how many steps each part has.
    """

    at: int
    right: int | None
    said: dict[int, list[nodes.Node]] = field(default_factory=dict)
    untold: dict[int, list[nodes.Node]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)


def choose(
    client: PageClient,
    cases: Sequence[tuple[str, str]],
    line: int,
    say: Callable[[int], list[nodes.Node]],
    optional: bool = False,
) -> list[nodes.Node]:
    """Tell one of some cases, each a predicate and its words, or none of a phrase that is ``optional``.

    ``say`` makes what stands on the page of a case, and takes its steps. It is called for each of them in order:
    also for those that are not told, whose steps the page's program has, too. Gives what it made of the one that
    is told.

    Raises :class:`~fwdpass.errors.ExpressionError` for what is no predicate.
    """
    if client.lost:
        return []
    made = tuple(_case(predicate, client.place(first_line(predicate), line), said) for predicate, said in cases)
    choice = Choice(made, made[0].line, optional)
    if not client.is_aside:
        for case in made:
            if case.source:
                client.check(case.source, claimed=True)
    parts = _parts(client, choice, len(made), say)
    counted = tuple(replace(case, steps=steps) for case, steps in zip(made, parts.sizes, strict=True))
    client.reading.replace(parts.at, replace(choice, cases=counted))
    for place, said in parts.untold.items():
        client.keep(f"{parts.at}.{place}", said)
    return client.around(parts.at, next(iter(parts.said.values()), []))


def ask(client: PageClient, question: Question, say: Callable[[int], Sequence[nodes.Node]]) -> Parts:
    """Put a question, or leave it out; give what ``say`` made of each part, and which of them is right.

    As in :func:`choose`, it is called for all of them, in order: the question, every option, and what stands in
    the place of all of it.
    """
    if client.lost:
        return Parts(0, None)
    parts = _parts(client, question, len(question.options) + 2, say)
    asked, *sizes, otherwise = parts.sizes
    options = tuple(replace(option, steps=steps) for option, steps in zip(question.options, sizes, strict=True))
    counted = replace(question, asked=asked, options=options, otherwise=otherwise)
    client.reading.replace(parts.at, counted)
    return parts


def _parts(client: PageClient, step: Choice | Question, n: int, say: Callable[[int], Sequence[nodes.Node]]) -> Parts:
    """Take a step that has parts, and the steps of these."""
    at = len(client.reading.program.steps)
    told = Told(0, step.line, None)
    if client.is_aside:
        client.reading.pass_over(step)
    else:
        try:
            told = client.reading.ask(step) if isinstance(step, Question) else client.reading.choose(step)
        except PageError as error:
            client.fault(error)
    parts = Parts(at, told.right)
    for part in range(n):
        before = len(client.reading.program.steps)
        if part in told.parts:
            counted = dict(client.renderer.md_env.get("wordcount", {}))
            parts.said[part] = list(say(part))
            if counted:  # the reading time of a page is that of what stands there whatever the lesson is
                client.renderer.md_env["wordcount"] = counted
        else:
            with client.put_aside():
                parts.untold[part] = list(say(part))
        parts.sizes.append(len(client.reading.program.steps) - before)
    if isinstance(step, Question) and not client.is_aside:
        client.reading.asked()
    return parts


def _case(predicate: str, line: int, said: str) -> Case:
    if predicate == OTHERWISE:
        return Case("", line, said)
    return Case(parse_claim(predicate, line).source, line, said)
