"""Which expressions a page may hold: those that read what was executed, and type no number."""

from __future__ import annotations

import ast
import builtins
import re

from fwdpass.errors import ExpressionError
from fwdpass.numerals import Medium, is_format
from fwdpass.page.program import Expression


def parse_expression(text: str, line: int, medium: Medium = "text") -> Expression:
    """Split ``mse:.4f`` into the expression and its format, and refuse a typed number.

    What parses as an expression is one, whole; otherwise the last colon separates the format.
    Raises :class:`~fwdpass.errors.ExpressionError` for what Python cannot read, for an expression that reads no
    name of the page, and for a number that would be typed: a float literal anywhere, or an
    integer that is not an index or one side of a comparison.

    >>> parse_expression("mse:.4f", line=7)
    Expression(source='mse', line=7, spec='.4f', medium='text')
    >>> parse_expression("0.8963", line=7)
    Traceback (most recent call last):
    fwdpass.errors.ExpressionError: 0.8963 is a typed number: compute it in a cell, and name it here
    """
    source, spec = text.strip(), ""
    tree = _parse(source)
    if tree is None:
        head, colon, spec = source.rpartition(":")
        tree = _parse(head.strip())
        if not colon or tree is None:
            raise ExpressionError(
                f"{text!r} is not an expression that Python can read; it is one, "
                "or one with a format after a colon, such as mse:.4f"
            )
        source, spec = head.strip(), spec.strip()
        if not spec or not is_format(spec):
            raise ExpressionError(
                f"{spec!r} is no format; there are .2f, +.2f, .1e, %, fraction, factor, "
                "word, ordinal, place, and count NOUN"
            )
    _refuse_typed(tree)
    return Expression(source, line, spec, medium)


def _parse(source: str) -> ast.Expression | None:
    try:
        return ast.parse(source, mode="eval")
    except (SyntaxError, ValueError):
        return None


def _refuse_typed(tree: ast.Expression) -> None:
    """Refuse literals that would end up as digits on the page."""
    indices = {id(node) for sub in ast.walk(tree) if isinstance(sub, ast.Subscript) for node in ast.walk(sub.slice)}
    for parent in ast.walk(tree):
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.Constant):
                harmless = id(node) in indices or isinstance(parent, ast.Compare)
                _refuse_constant(node.value, harmless)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not read - vars(builtins).keys():
        raise ExpressionError(
            f"{ast.unparse(tree)} reads no name of the page, so nothing executed it: "
            "compute it in a cell, and name it here"
        )


def _refuse_constant(value: object, harmless: bool) -> None:
    """Refuse a number, or a text with digits, unless it is an index or one side of a comparison."""
    if isinstance(value, float | complex) or (type(value) is int and not harmless):
        raise ExpressionError(f"{value!r} is a typed number: compute it in a cell, and name it here")
    if isinstance(value, str | bytes) and not harmless and re.search(r"\d", str(value)):
        raise ExpressionError(f"{value!r} is a text with digits in it: compute it in a cell, and name it here")
