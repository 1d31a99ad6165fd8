"""The expressions of a traced script as they are written: their code, their literals, and what they call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fwdpass.trace.record import Named, Place, Trace

CODE = 60
"""Characters of an expression that are shown."""


class ScriptSource:
    """Looks at the source of a trace's expressions, each of which it parses once."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._trees: dict[Place, ast.AST | None] = {}

    def tree(self, node: int) -> ast.AST | None:
        """Give the syntax tree of an expression; its columns are one more than in its text."""
        return self._parsed(self._trace.nodes[node].place, "eval")

    def code(self, node: int) -> str:
        """Give the code of an expression in one line, shortened where it is long."""
        code = " ".join(self._trace.text(self._trace.nodes[node].place).split())
        if len(code) <= CODE:
            return code
        tree = self.tree(node)
        if isinstance(tree, ast.Call) and len(called := ast.unparse(tree.func)) < CODE:
            return f"{called}(…)"
        return f"{code[: CODE - 1]}…"

    def operation(self, node: int) -> str:
        """Name what an expression does: an operator's sign, an attribute, or the function that is called."""
        recorded = self._trace.nodes[node]
        callee = None if recorded.callee is None else self._trace.values[recorded.callee]
        return callee.name.rpartition(".")[2] if isinstance(callee, Named) else recorded.label

    def about(self, node: int) -> tuple[str, str]:
        """Give the function of a library that an expression calls, and what the library says that it does."""
        called = self._trace.nodes[node].callee
        callee = self._trace.values[called] if called is not None else None
        if not isinstance(callee, Named) or not callee.summary or callee.module == "builtins":
            return "", ""
        tree = self.tree(node)
        code = ast.unparse(tree.func) if isinstance(tree, ast.Call) else callee.name
        return (f".{callee.name.rpartition('.')[2]}" if callee.kind == "method" else code), callee.summary

    def literals(self, node: int) -> Iterator[tuple[tuple[int, int], int | float]]:
        """Give the operands that are numbers written in the source, each with its line and column.

        A trace does not record them, since they are worth what they say.
        """
        place = self._trace.nodes[node].place
        lines = self._trace.text(place).split("\n")
        for operand in written_in(self.tree(node)):
            number = literal(operand)
            if isinstance(number, int | float) and not isinstance(number, bool):
                # Python counts columns in bytes, a trace in characters; the parenthesis around the text is one of them.
                first = operand.lineno == 1
                before = lines[operand.lineno - 1].encode()[: operand.col_offset - first].decode()
                yield (place.line + operand.lineno - 1, len(before) + (place.column if first else 0)), number

    def added(self, statement: int, name: str) -> tuple[str, int | float | None]:
        """Give the operator of an augmented assignment to a name or a field, and what it adds, if that is a literal.

        Of ``n += 2`` that is ``+`` and 2. The operator is "" for any other statement, and where another name changes.
        """
        found = self._trace.statements[statement]
        if found.kind != "AugAssign":
            return "", None
        tree = self._parsed(found.place, "exec")
        if not isinstance(tree, ast.AugAssign) or ast.unparse(tree.target) != name:
            return "", None
        sign = _OPERATORS.get(type(tree.op), "")
        number = literal(tree.value)
        return sign, number if isinstance(number, int | float) and not isinstance(number, bool) else None

    def _parsed(self, place: Place, mode: str) -> ast.AST | None:
        if place not in self._trees:
            text = self._trace.text(place)
            try:
                # in parentheses, an expression may go over several lines
                tree = ast.parse(f"({text}\n)", mode="eval").body if mode == "eval" else ast.parse(text).body[0]
            except (SyntaxError, ValueError):
                tree = None
            self._trees[place] = tree
        return self._trees[place]


_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@",
}  # fmt: skip


def written_in(tree: ast.AST | None) -> list[ast.expr]:
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


def literal(tree: ast.AST | None) -> object:
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
