"""What a page says of a script is held against the script's own values, not against the page's of the same names."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from fwdpass.errors import ExpressionError


@dataclass(frozen=True)
class Script:
    """A module that a page shows and speaks of, and its source."""

    module: str
    source: str

    def check(self, expression: str, namespace: Mapping[str, Any], *, claimed: bool) -> None:
        """Refuse an expression that takes the page's value of a name for the script's.

        Parameters
        ----------
        expression
            A Python expression, in a sentence about the script.
        namespace
            The names of the page.
        claimed
            Whether it is a predicate: then it has to read something of the script.

        Raises
        ------
        ExpressionError
            Where the script binds a name that the page has bound to something else, and where a predicate reads
            nothing that is the script's.

        Examples
        --------
        >>> from fwdpass import lesson
        >>> about = Script("fwdpass.lesson", "z1 = x @ W1 + b1")
        >>> about.check("(lesson.z1 < k).any()", {"lesson": lesson, "k": 0}, claimed=True)
        >>> about.check("(z1 < k).any()", {"z1": lesson.z1 * 2, "k": 0}, claimed=True)
        Traceback (most recent call last):
        fwdpass.errors.ExpressionError: (z1 < k).any(): z1 is the page's here, not the script's: in a note on the ...
        """
        own = False
        module = sys.modules.get(self.module)
        for node in _reads(ast.parse(expression, mode="eval")):
            if isinstance(node, ast.Attribute):
                own = own or _is_module(node.value, namespace, self.module)
            elif node.id in namespace and node.id in _bound(self.source):
                if module is None or namespace[node.id] is not vars(module).get(node.id):
                    raise ExpressionError(
                        f"{expression}: {node.id} is the page's here, not the script's: in a note on the script, write "
                        f"{self._name}.{node.id}, after import {self.module}"
                    )
                own = True
        if claimed and not own:
            raise ExpressionError(
                f"{expression} reads nothing of the script, so the script can change and the sentence stays: "
                f"compare a value of its own, such as {self._name}.{self._example}"
            )

    @property
    def _name(self) -> str:
        return self.module.rpartition(".")[2]

    @property
    def _example(self) -> str:
        return next(iter(sorted(_bound(self.source))), "result")


def _reads(tree: ast.AST) -> Iterator[ast.Attribute | ast.Name]:
    """Find attributes that are read, and names that the expression does not bind itself."""
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) or (
            isinstance(node, ast.Name) and node.id not in bound and node.id not in vars(builtins)
        ):
            yield node


def _is_module(node: ast.expr, namespace: Mapping[str, Any], module: str) -> bool:
    """Say whether a dotted name is that of a module."""
    value = _value(node, namespace)
    return isinstance(value, ModuleType) and value.__name__ == module


def _value(node: ast.expr, namespace: Mapping[str, Any]) -> Any:
    match node:
        case ast.Name(name):
            return namespace.get(name)
        case ast.Attribute(within, name):
            package = _value(within, namespace)
            return getattr(package, name, None) if isinstance(package, ModuleType) else None
    return None


@lru_cache(maxsize=64)
def _bound(source: str) -> frozenset[str]:
    """Find the names that a script gives a value at its top level; what it only imports is not its own."""
    tree = ast.parse(source)
    inner = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.ListComp
                      | ast.SetComp | ast.DictComp | ast.GeneratorExp)
        for node in ast.walk(outer)
    }  # fmt: skip
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in inner
    )
