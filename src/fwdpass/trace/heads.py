"""Where the heads of statements end, and what stands in them."""

from __future__ import annotations

import ast
from typing import Any

from fwdpass.trace.plan import Raw, raw
from fwdpass.trace.syntax import FUNCTIONS, head_end


def without_body(node: ast.stmt) -> ast.AST:
    """Give a statement without its body."""
    match node:
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return ast.Tuple([item.context_expr for item in items], ast.Load())
        case (
            ast.FunctionDef(args=given, decorator_list=called) | ast.AsyncFunctionDef(args=given, decorator_list=called)
        ):
            defaults = [*given.defaults, *(default for default in given.kw_defaults if default is not None)]
            # A decorator is called.
            return ast.Tuple([*(ast.Call(each, [], []) for each in called), *defaults], ast.Load())
    return node


def head_place(node: Any, lines: list[str]) -> Raw:
    """Give the place of a statement, or of its head."""
    line, column, end_line, end = raw(node)
    if (last := head_end(node)) is not None:
        _, _, end_line, end = raw(last)
    # Of a definition, Python knows where its parameters end, and not where its colon is: that is looked for behind the
    # last of them.
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        parts = [*getattr(node, "bases", ()), *getattr(node, "keywords", ())]
        if isinstance(node, FUNCTIONS):
            given = node.args
            parts += [*given.posonlyargs, *given.args, *given.kwonlyargs, *given.defaults]
            parts += [
                part for part in (*given.kw_defaults, given.vararg, given.kwarg, node.returns) if part is not None
            ]
        end_line, end = max([(part.end_lineno, part.end_col_offset) for part in parts], default=(node.lineno, column))
        end_line, end = _colon(lines, end_line, end, node.body[0].lineno)
    elif isinstance(node, (ast.Try, ast.TryStar)):
        # The word "try".
        end_line, end = line, column + 3
    return line, column, end_line, end


def _colon(lines: list[str], line: int, column: int, last: int) -> tuple[int, int]:
    """Find where the head of a definition ends."""
    for number in range(line, min(last, len(lines)) + 1):
        found = lines[number - 1].encode().find(b":", column if number == line else 0)
        if found >= 0:
            return number, found
    return line, column


def handler_place(node: ast.ExceptHandler) -> Raw:
    """Give the place of the head of a handler."""
    line, column, _, _ = raw(node)
    if node.type is None:
        return line, column, line, column + 6
    _, _, end_line, end = raw(node.type)
    return line, column, end_line, end
