"""Decide claims and cases, and say of those that fail which values made them fail."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from numbers import Number
from types import ModuleType
from typing import Any

import numpy as np

from fwdpass.numerals.writing import text
from fwdpass.page.outputs import plain
from fwdpass.page.program import Choice, Claim

LONGEST = 60
"""Characters of a value, or of a sentence, that a message quotes, at most."""


def verdict(value: Any) -> str:
    """Say what the value of a predicate decides: ``true``, ``false``, or why it is neither."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    said = text(value, medium="code") if isinstance(value, Number) else type(value).__name__
    return f"is worth {said}, not true or false"


def decide(choice: Choice, verdicts: Sequence[str]) -> int | str | None:
    """Choose the case that is told: its place, nothing where none has to be, or a sentence that says what is wrong.

    ``verdicts`` are those of the cases with a predicate, in order.

    >>> from fwdpass.page import Case
    >>> choice = Choice((Case("z > 0", 7), Case("z < 0", 8), Case("", 9)), 7)
    >>> decide(choice, ["false", "true"]), decide(choice, ["false", "false"])
    (1, 2)
    >>> decide(choice, ["true", "true"])
    '2 of the cases hold, z > 0 and z < 0, and exactly one may'
    """
    asked = [(place, case.source) for place, case in enumerate(choice.cases) if case.source]
    for (_, source), said in zip(asked, verdicts, strict=True):
        if said not in ("true", "false"):
            return f"the case {source} {said}"
    holding = [(place, source) for (place, source), said in zip(asked, verdicts, strict=True) if said == "true"]
    if len(holding) == 1:
        return holding[0][0]
    if holding:
        named = " and ".join(source for _, source in holding)
        return f"{text(len(holding))} of the cases hold, {named}, and exactly one may"
    if len(asked) < len(choice.cases):
        return len(choice.cases) - 1
    if choice.optional:
        return None
    return f"none of the cases holds, {' nor '.join(source for _, source in asked)}, and exactly one has to"


def refused(claim: Claim, said: str, namespace: Mapping[str, Any]) -> str:
    """Say that a claim is not true: the predicate, what its names were worth, and the sentence."""
    why = "the claim is false" if said == "false" else f"the claim {said}"
    words = f"; it stands behind “{short(claim.said)}”" if claim.said else ""
    return f"{claim.source}: {why}{values([claim.source], namespace)}{words}"


def values(sources: Sequence[str], namespace: Mapping[str, Any]) -> str:
    """Say what the names in some expressions are worth; of an object, the attribute that is asked for.

    >>> values(["h.size > k + h.real.sum()"], {"k": 2, "h": np.array([1, 2, 3])})
    ', where h.size = 3, k = 2 and h.real = [1, 2, 3]'
    """
    found: dict[str, str] = {}
    for source in sources:
        for asked in _asked(ast.parse(source, mode="eval")):
            node, value = _valued(asked, namespace)
            if value is not None:
                found.setdefault(ast.unparse(node), short(plain(value)))
    *said, last = [f"{name} = {value}" for name, value in found.items()] or [""]
    return f", where {', '.join(said)} and {last}" if said else f", where {last}" if last else ""


def short(said: str) -> str:
    """Fold white space, and cut what is too long for a line."""
    said = " ".join(said.split())
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def sides(source: str) -> Iterator[ast.expr]:
    """Give what the comparisons of a predicate compare, but for what it takes as a float by name.

    There, rounding is what the sentence is about.

    >>> [ast.unparse(side) for side in sides("v[0] + v[1] > v[2] and (h == g).all()")]
    ['v[0] + v[1]', 'v[2]', 'h', 'g']
    """
    for node in ast.walk(ast.parse(source, mode="eval")):
        if isinstance(node, ast.Compare):
            yield from (side for side in (node.left, *node.comparators) if not _is_float_by_name(side))


def _is_float_by_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"


def _asked(node: ast.AST) -> Iterator[ast.expr]:
    """Find the names of the page that an expression reads, each with the attributes that it asks for."""
    if isinstance(node, ast.Name | ast.Attribute):
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name):
            yield node
            return
    for child in ast.iter_child_nodes(node):
        yield from _asked(child)


def _valued(node: ast.expr, namespace: Mapping[str, Any]) -> tuple[ast.expr, Any]:
    """Look up a name and its attributes, as far as they can be shown: of ``h.argmax``, a method, show ``h``.

    Gives nothing for a function, a module, and a name that the expression itself binds.
    """
    value = _looked_up(node, namespace)
    while isinstance(node, ast.Attribute) and callable(value):
        node = node.value
        value = _looked_up(node, namespace)
    return node, None if callable(value) or isinstance(value, ModuleType) else value


def _looked_up(node: ast.expr, namespace: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(_looked_up(node.value, namespace), node.attr, None)
    return namespace.get(node.id) if isinstance(node, ast.Name) and node.id not in vars(builtins) else None
