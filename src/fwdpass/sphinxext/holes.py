r"""Holes such as ``\n{mse:.4f}``: where they are, and what is left when nobody filled one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
_TEXTS = ("alt", "title", "content")

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
    """Report a hole that stands where holes are not filled, so that no reader ever sees one."""
    for node in document.findall():
        if isinstance(node, nodes.Element):
            written = [str(node[name]) for name in _TEXTS if node.get(name)]
            if isinstance(node, nodes.math | nodes.math_block):
                written.append(node.astext())
        elif isinstance(node, nodes.Text) and "{" in node and not _is_code(node):
            written = [str(node)]
            for empty in _EMPTY.findall(str(node)):
                said = f"{empty} has nothing in its backticks: write the expression whose value stands there"
                records.fault(env, node.parent.line, "number", said)
        else:
            continue
        for found in HOLE.finditer(" ".join(written)):
            records.fault(
                env,
                node.line if isinstance(node, nodes.Element) else node.parent.line,
                "number",
                f"the hole {found[0]} is not filled here; in a sentence, write {{n}}`{found[1]}`",
            )


def _is_code(node: nodes.Node) -> bool:
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.literal | nodes.literal_block | nodes.raw | nodes.comment):
            return True
        if isinstance(node, nodes.math | nodes.math_block):
            return True
    return False
