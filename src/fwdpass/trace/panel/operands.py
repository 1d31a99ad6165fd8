"""An operation's operands as they are written, for those that are literals, which a trace does not record."""

from __future__ import annotations

import ast


def written_in(tree: ast.expr | None) -> list[ast.expr]:
    """Give the operands of an operation, in order.

    >>> [ast.unparse(operand) for operand in written_in(ast.parse("np.maximum(0, z)", mode="eval").body)]
    ['np', '0', 'z']
    """
    match tree:
        case ast.BinOp(left, _, right):
            return [left, right]
        case ast.Call(ast.Attribute(value), arguments):
            return [value, *arguments]
        case ast.Call(_, arguments):
            return arguments
        case ast.Attribute(value) | ast.UnaryOp(_, value):
            return [value]
    return []


def literal(tree: ast.expr | None) -> object:
    """Give what a literal is worth; None for what is none.

    >>> literal(ast.parse("-0.5", mode="eval").body), literal(ast.parse("x", mode="eval").body)
    (-0.5, None)
    """
    if not isinstance(tree, ast.Constant | ast.UnaryOp | ast.List | ast.Tuple | ast.Dict | ast.Set):
        return None
    try:
        return ast.literal_eval(tree)
    except ValueError:
        return None
