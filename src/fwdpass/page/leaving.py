"""What leaves exact arithmetic on a page, and by which line: the sentences about numbers that nobody knows to be exact.

It asks the exact reading which names hold floats, and reads the sources of the page's cells; it takes no step.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fwdpass.errors import PageError
from fwdpass.page.outputs import Output, Printed, Shown
from fwdpass.page.program import Cell, Expression, Step
from fwdpass.page.reading import Reading, is_rounded
from fwdpass.page.shell import is_python
from fwdpass.page.verdict import short

DIGIT = re.compile(r"\d")


def left_exact(exact: Reading, steps: Iterable[Step], expression: Expression) -> PageError:
    """Say of a number which step left exact arithmetic before it, and by which expression."""
    lost, line = "exact arithmetic for floating point, so nobody knows that its digits are right", expression.line
    part = exact.leaving(expression.source)
    if part and not _is_looked_up(part):
        return PageError(f"{expression.written}: {part} leaves {lost}", line=line, kind="exact", cause=part)
    by = _left_by(exact, steps, part or expression.source)
    return PageError(f"{expression.written}: a step before it left {lost}{by}", line=line, kind="exact", cause=by)


def _left_by(exact: Reading, steps: Iterable[Step], source: str) -> str:
    """Say which line of a cell made the first of the floats that an expression was computed from."""
    found = ""
    cells = [step for step in steps if isinstance(step, Cell) and is_python(step.source)]
    statements = [(cell.line + one.lineno - 1, one) for cell in cells for one in ast.parse(cell.source).body]
    name = exact.floating(source, within=True)
    for line, statement in reversed(statements):
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        if name and name in bound:
            said = short(ast.unparse(statement))
            value = getattr(statement, "value", None)
            part = exact.leaving(ast.unparse(value)) if isinstance(value, ast.expr) else ""
            by = "" if not part or _is_looked_up(part) or said.endswith(f" = {part}") else f", by {short(part)}"
            found = f"; line {line} did it, {said}{by}"
            added = any(isinstance(node, ast.AugAssign) for node in ast.walk(statement))
            others = ", ".join(sorted({node.id for node in names} - bound)) or "()"
            name = exact.floating(others, within=True) or (name if added else "")
    return found


def _is_looked_up(source: str) -> bool:
    """Say whether an expression is nothing but a name, and what is looked up in what it has."""
    node = ast.parse(source, mode="eval").body
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def may_be_rounded(output: Output) -> bool:
    """Say whether a cell shows a float, or a text that may be made of some; figures know what is exact."""
    match output:
        case Printed(said):
            return DIGIT.search(said) is not None
        case Shown(_, str(value)):
            return DIGIT.search(value) is not None
        case Shown(_, value):
            return is_rounded(value)
    return False


def left(said: str, line: int) -> PageError:
    """Say of what may have been made of floats that nobody knows it to be exact."""
    return PageError(
        f"{said}, which is a floating-point number, so nobody knows that its digits are right", line=line, kind="exact"
    )


@contextmanager
def read_exactly() -> Iterator[None]:
    """Say of what fails that it does so in exact arithmetic only."""
    try:
        yield
    except PageError as error:
        said = f"read with exact fractions, {error}; authors' pages say what exact arithmetic can do"
        raise PageError(said, line=error.line, kind="exact") from None
