r"""Holes such as ``\n{mse:.4f}``: where they are, and what is left when nobody filled one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from docutils import nodes
from sphinx.environment import BuildEnvironment

from fwdpass.numerals.scan import EXECUTED, numbers
from fwdpass.numerals.writing import Medium
from fwdpass.page.expression import HOLE
from fwdpass.page.record import hole
from fwdpass.sphinxext import records
from fwdpass.sphinxext.check import ROLE

_EMPTY = re.compile(rf"{ROLE}\s*`")
_WHOLE = re.compile(rf"{ROLE}[^`]*`")
_NUMBER = re.compile(r"\{n\}`([^`]*)`")
_TEXTS = ("alt", "title", "content")
_OPENED = re.compile(r"\\n\{\s*([\w.]*)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NAMED = {
    "alt": "an alternative text",
    "content": "what describes the page",
    "title": "a title",
    "reftitle": "a title",
    "names": "a name",
    "dupnames": "a name",
    "label": "a name",
    "entries": "an entry of the index",
}
"""What an author calls the attributes of a node; others have their own names."""
_KEPT = ("source", "skeleton", "written", "rawsource", "at", "ids", "target", "refuri", "reftarget")
"""Attributes that keep what was written, for nobody to read."""

Fill = Callable[[str, int, Medium], str | None]
"""Takes an expression as written, its line and the medium; gives its text, or nothing."""


class Filled(NamedTuple):
    """A text with its holes filled, and its skeleton: what the author wrote around them."""

    text: str
    skeleton: str


def filled(written: str, line: int, medium: Medium, fill: Fill) -> Filled:
    r"""Fill every hole of a text that starts on this line (0: on a line that nobody knows).

    >>> filled(r"z = \n{z1[0]}", 7, "latex", lambda expression, line, medium: "0.5")
    Filled(text='z = 0.5', skeleton='z = {\\square}')
    """
    said: list[str] = []

    def one(match: re.Match[str]) -> str:
        below = written.count("\n", 0, match.start()) if line else 0
        said.append(fill(match[1], line + below, medium) or "")
        return said[-1]

    text = HOLE.sub(one, written)
    signs = (_sign(of, medium) for of in said)
    return Filled(text, HOLE.sub(lambda _: next(signs), written))


def with_steps(written: str, steps: Iterable[int]) -> str:
    """Let the holes of a text name the steps that fill them."""
    names = iter(steps)
    return HOLE.sub(lambda _: hole(next(names, 0)), written)  # fewer where one was refused


def _sign(said: str, medium: Medium) -> str:
    """Give what stands for a filled hole: two numbers side by side are read as one, two matrices as a product."""
    if medium != "latex":
        return EXECUTED
    if said and not any(numbers(said)):
        return said  # a relation that the page chooses, such as = or ≈
    return r"{\boxplus}" if r"\begin" in said else r"{\square}"


def report_leftovers(document: nodes.document, env: BuildEnvironment) -> None:
    """Report a hole or a role that stands where nobody reads it, so that no reader ever sees one."""
    for node in document.findall():
        if isinstance(node, nodes.Element):
            line = _line(node)
            written = [str(node[name]) for name in _TEXTS if node.get(name)]
            if isinstance(node, nodes.math | nodes.math_block):
                written.append(node.astext())
            for where, role in dict.fromkeys(_roles_of(node)):
                records.fault(env, line, "number", unread(role, where))
        elif isinstance(node, nodes.Text) and "{" in node and not _is_code(node):
            line = _line(node.parent)
            written = [str(node)]
            for empty in _EMPTY.findall(str(node)):
                said = f"{empty} has nothing in its backticks: write the expression whose value stands there"
                records.fault(env, line, "number", said)
        else:
            continue
        whole = " ".join(written)
        for found in HOLE.finditer(whole):
            said = f"the hole {found[0]} is not filled here; in a sentence, write {{n}}`{found[1]}`"
            records.fault(env, line, "number", said)
        for opened in _OPENED.findall(HOLE.sub("", whole)):
            said = rf"the hole that starts with \n{{{opened}… is not closed: a brace ends it, as in \n{{y}}"
            records.fault(env, line, "number", said)
            if isinstance(node, nodes.math | nodes.math_block):
                node[:] = []  # what else is wrong with it follows from that


def _line(node: nodes.Element) -> int | None:
    """Give the line of a node, or of what it stands in; what describes a page stands in its front matter."""
    if isinstance(node, nodes.meta):
        return 1
    while node.line is None and isinstance(node.parent, nodes.Element):
        node = node.parent
    return node.line


def _roles_of(node: nodes.Element) -> Iterator[tuple[str, str]]:
    """Give the roles in what a node is called, titled or described by, or in HTML; and where each stands."""
    if isinstance(node, nodes.raw):
        yield from (("HTML", found[0]) for found in _WHOLE.finditer(_COMMENT.sub("", node.astext())))
    for name, said in node.attributes.items():
        where = _NAMED.get(name, f"the attribute {name}")
        if name not in _KEPT:
            yield from ((where, found[0]) for text in _texts(said) for found in _WHOLE.finditer(text))


def _texts(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _texts(one)


def unread(role: str, where: str) -> str:
    """Say of a role that it stands where no role is read, and what may stand there."""
    number = _NUMBER.fullmatch(role)
    fix = rf"alternative texts and descriptions take \n{{{number[1]}}}" if number else "write it into a sentence"
    return f"{role} stands in {where}, where no role is read: {fix}"


def _is_code(node: nodes.Node) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.literal | nodes.literal_block | nodes.raw | nodes.comment):
            return True
        if isinstance(node, nodes.math | nodes.math_block):
            return True
    return False
