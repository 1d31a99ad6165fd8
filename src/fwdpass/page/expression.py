"""What a page may hold out of its readers' sight: what reads what was executed, and types no number."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import lru_cache

from fwdpass.errors import ExpressionError, PageError
from fwdpass.numerals import Medium, is_format
from fwdpass.page.program import Cell, Claim, Expression
from fwdpass.scan import numbers


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


def parse_claim(text: str, line: int) -> Claim:
    """Take a predicate as a claim; raises :class:`~fwdpass.errors.ExpressionError` for what can only ever be true.

    >>> parse_claim("len(states.dead) == 1", line=7)
    Claim(source='len(states.dead) == 1', line=7)
    """
    source = text.strip()
    tree = _parse(source)
    if tree is None:
        raise ExpressionError(f"{text!r} is not a predicate that Python can read, such as h[0] == 0")
    _refuse_unread(tree)
    return Claim(source, line)


@lru_cache(maxsize=1024)
def check_hidden(cell: Cell) -> None:
    """Refuse a number that is typed where no reader of the page sees the code.

    Raises :class:`~fwdpass.errors.PageError` for what an expression would be refused for.
    """
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return  # running it will say so
    shown = tree.body[-1:]
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and node not in shown}
    line = cell.line
    try:
        for constant, harmless in _constants(tree):
            line = cell.line + constant.lineno - 1
            if id(constant) not in docstrings:
                _refuse_constant(constant.value, harmless)
    except ExpressionError as error:
        raise PageError(f"in a cell whose code is not shown, {error}", line=line, kind="cell") from None


def _parse(source: str) -> ast.Expression | None:
    try:
        return ast.parse(source, mode="eval")
    except (SyntaxError, ValueError):
        return None


def _refuse_typed(tree: ast.Expression) -> None:
    """Refuse literals that would end up as digits on the page."""
    for constant, harmless in _constants(tree):
        _refuse_constant(constant.value, harmless)
    _refuse_unread(tree)


def _constants(tree: ast.AST) -> Iterator[tuple[ast.Constant, bool]]:
    """Give the literals, each with whether it can do no harm: as an index, or one side of a comparison.

    Raises :class:`~fwdpass.errors.ExpressionError` for a format within an f-string, which would round by another rule
    than the page's.
    """
    indices = {id(node) for sub in ast.walk(tree) if isinstance(sub, ast.Subscript) for node in ast.walk(sub.slice)}
    for parent in ast.walk(tree):
        if isinstance(parent, ast.FormattedValue) and parent.format_spec is not None:
            raise ExpressionError(
                f"{ast.unparse(parent)} formats a number by itself: fwdpass.numerals.text does it by the book's rule"
            )
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.Constant):
                yield node, id(node) in indices or isinstance(parent, ast.Compare)


def _refuse_unread(tree: ast.Expression) -> None:
    """Refuse what reads nothing that was executed."""
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
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str) and not harmless and (found := next(numbers(value), None)):
        raise ExpressionError(
            f"{value!r} has a typed number in it, {found.text}: compute it in a cell, and name it here"
        )
