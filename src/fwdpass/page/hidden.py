"""What a cell that no reader sees takes its numbers from: it makes none of texts, and of nothing that nobody sees.

Its literals are judged by :func:`fwdpass.page.expression.check_hidden`. Here, behaviour is: what became of the names
that it has bound, and what else it needed to make them.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from fwdpass.errors import PageError
from fwdpass.numerals.scan import numbers
from fwdpass.page.constant import same_for_others
from fwdpass.page.expression import check_hidden
from fwdpass.page.lesson import Lesson, imported, is_own, searched
from fwdpass.page.program import Cell
from fwdpass.page.shell import limited
from fwdpass.page.verdict import short
from fwdpass.page.world import Source, undisturbed

_RUNS_TEXT = frozenset(("compile", "eval", "exec", "__import__", "import_module", "run_path", "run_module"))
"""What runs code that stands in a text, or finds a module by one."""
_SECONDS = 0.5
"""So long a text is tried with other values."""
_PURE = frozenset(
    """abs all any ascii bin bool bytearray bytes chr dict divmod enumerate filter float format frozenset hash hex int
    len list map max min oct ord pow range repr reversed round set slice sorted str sum tuple zip""".split()
)
"""Builtins that make something of what they are given, and of nothing else."""


def check_spliced(cell: Cell, before: Mapping[str, Any], after: Mapping[str, Any], spliced: set[str]) -> None:
    """Refuse a number that a hidden cell has made of texts, whatever the values are that it reads beside them.

    Parameters
    ----------
    cell
        The cell, which has run.
    before, after
        The page's names before it ran, and after.
    spliced
        The names that hidden cells have made of literals alone so far; those of this one are added.

    Raises
    ------
    PageError
        At the line of the statement.
    """
    tree = _parsed(cell.source)
    for node in ast.walk(tree):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in _RUNS_TEXT and (isinstance(node, ast.Name) or name not in vars(builtins)):
            _refuse(cell, node, f"{name} runs what stands in a text, where no reader can see it")
    known = _from_literals(tree.body, before, spliced)
    for statement in tree.body:
        for made in _folded(statement, known, after):
            _refuse(cell, statement, made)
        for name in sorted(_bound(statement) & known & after.keys()):
            if (found := _number_in(after[name])) and after[name] is not before.get(name):
                _refuse(cell, statement, f"{name} has the number {found}, which is made of texts alone")
    for at, statement in enumerate(tree.body):
        for said in _made(statement):
            if _is_constant(tree.body[: at + 1], said, before):
                _refuse(cell, statement, f"{said} says the same number whatever the values are that it reads")
    spliced |= known


def modules(cells: Iterable[Cell], folder: Path | None) -> Iterator[Source]:
    """Give the author's own modules that hidden cells import, and no cell that is shown.

    One that types no number is none of these, whether anybody sees it or not.

    Parameters
    ----------
    cells
        Those of a page.
    folder
        Where its cells run.

    Yields
    ------
    Source
        Where a module is imported, and its file.
    """
    cells = tuple(cells)
    shown = imported(cell.source for cell in cells if not cell.hidden)
    with searched(folder):
        for cell in (cell for cell in cells if cell.hidden):
            for node in ast.walk(_parsed(cell.source)):
                for name in _imports(node):
                    spec = importlib.util.find_spec(name) if name not in shown and is_own(name) else None
                    if spec is not None and spec.origin and types_numbers(name):
                        yield Source(cell.line + getattr(node, "lineno", 1) - 1, str(Path(spec.origin).absolute()))


def types_numbers(name: str, above: frozenset[str] = frozenset()) -> bool:
    """Say whether one of the author's own modules types a number, or imports one that does."""
    source = Lesson.of(name).source
    try:
        check_hidden(Cell(source, 1))
    except PageError:
        return True
    return any(is_own(one) and types_numbers(one, above | {name}) for one in imported([source]) - above - {name})


def _imports(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


class _LateError(BaseException):
    """A text takes too long to be tried with other values."""


# Texts beside values ------------------------------------------------------------------------------------------------


def _made(statement: ast.stmt) -> Iterator[str]:
    """Give what a statement makes a text of: a name that it binds, or what it shows."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(name)])
            | ast.AnnAssign(target=ast.Name(name))
            | ast.AugAssign(target=ast.Name(name))
        ):
            yield name
        case ast.Expr(ast.Call(ast.Name("print" | "display"), said)):
            yield from (ast.unparse(one) for one in said if not isinstance(one, ast.Starred))
        case ast.Expr(value):
            yield ast.unparse(value)


def _is_constant(body: list[ast.stmt], said: str, before: Mapping[str, Any]) -> bool:
    """Say whether a text has the same number in it, whatever the values are of what it was made of.

    The statements that it needs are run again, with other values. What they read must be known to have some: nothing
    is said of a figure, of what a library says of itself, or of what takes long.
    """
    needed = _needed(body, said)
    code = compile(ast.Module(needed, []), "<hidden>", "exec")
    wanted = compile(said, "<hidden>", "eval")
    read = {name for one in (*needed, ast.parse(said)) for name in _names(one)} & before.keys()
    held = {name: before[name] for name in read if not _is_tool(before[name])}
    if not held or any(map(_reads_of_library, (*needed, ast.parse(said)))):
        return False

    def text_of(values: Mapping[str, Any]) -> Any:
        if late:
            raise _LateError
        names = {**before, **values}
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, names)
            return eval(wanted, names)

    with undisturbed(), limited(_SECONDS) as late:
        try:
            value = text_of({})
            return isinstance(value, str | bytes) and bool(_number_in(value)) and same_for_others(text_of, value, held)
        except (Exception, _LateError):
            return False


def _needed(body: list[ast.stmt], said: str) -> list[ast.stmt]:
    """Give the statements by which a text was made, in order."""
    names = _names(ast.parse(said))
    needed: list[ast.stmt] = []
    for statement in reversed(body):
        if _bound(statement) & names:
            needed.insert(0, statement)
            names |= _names(statement)
    return needed


def _reads_of_library(node: ast.AST) -> bool:
    """Say whether code imports something, or reads what something has that it does not call, such as a version."""
    called = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
    return any(
        isinstance(one, ast.Import | ast.ImportFrom)
        or (isinstance(one, ast.Attribute) and one.attr.startswith("__") and id(one) not in called)
        for one in ast.walk(node)
    )


def _is_tool(value: Any) -> bool:
    return isinstance(value, ModuleType | type) or callable(value)


# Literals alone -------------------------------------------------------------------------------------------------------


def _from_literals(body: list[ast.stmt], before: Mapping[str, Any], spliced: set[str]) -> set[str]:
    """Find the names that are made of literals alone: whatever stands in a statement with a value that was not."""
    known, held = set(spliced), set(before) - spliced
    for statement in body:
        bound = _bound(statement)
        if _is_foreign(statement, known, held, bound):
            known -= bound | _names(statement)  # a list that something was added to, say
            held |= bound
        else:
            known |= bound
    return known


def _is_foreign(statement: ast.stmt, known: set[str], held: set[str], bound: set[str]) -> bool:
    """Say whether a statement reads a name that something else than literals was made of, or imports one."""
    if any(isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal) for node in ast.walk(statement)):
        return True
    own = known | (bound - held) | _PURE
    loaded = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return not loaded <= own or bool(_bound_in_place(statement) & held)


def _bound_in_place(statement: ast.stmt) -> set[str]:
    return (
        {statement.target.id}
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name)
        else set()
    )


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _bound(statement: ast.AST) -> set[str]:
    """Give all names that a statement binds, in whatever way, the arguments of its functions among them."""
    found = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}
    for node in ast.walk(statement):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(name):
                found.add(name)
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
    return found


def _folded(statement: ast.stmt, known: set[str], after: Mapping[str, Any]) -> Iterator[str]:
    """Find parts of a statement that make a number of literals alone, beside what else it has."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.BinOp | ast.Call | ast.Subscript | ast.JoinedStr) and _is_pure(node, known):
            try:
                value = eval(
                    compile(ast.Expression(node), "<folded>", "eval"),
                    {name: after[name] for name in known & after.keys()},
                )
            except Exception:  # noqa: S112 - running it has said so
                continue
            if not _is_harmless(value) and (found := _number_in(value)):
                yield f"{short(ast.unparse(node))} makes the number {found} of texts alone"
            continue
        waiting += ast.iter_child_nodes(node)


def _is_pure(node: ast.AST, known: set[str]) -> bool:
    """Say whether an expression is made of literals, and of what builtins and the methods of literals make of them."""
    for one in ast.walk(node):
        match one:
            case ast.Name(name) if name not in known and name not in _PURE:
                return False
            case ast.Lambda() | ast.Await() | ast.Yield() | ast.YieldFrom() | ast.NamedExpr() | ast.comprehension():
                return False
    return any(isinstance(one, ast.Constant) for one in ast.walk(node))


def _is_harmless(value: Any) -> bool:
    """Say whether a value may well be an index."""
    return isinstance(value, bool) or value in (0, 1, -1) if isinstance(value, int) else False


def _number_in(value: Any, depth: int = 3) -> str:
    """Give a number that a value is, or says, or has in it."""
    match value:
        case bool() | np.bool_() | None | ModuleType():
            return ""
        case int() | float() | complex() | np.number():
            return str(value)
        case bytes() | bytearray():
            return next((one.text for one in numbers(value.decode("latin-1"))), "")
        case str():
            return next((one.text for one in numbers(value)), "")
        case dict() if depth:
            return next(filter(None, (_number_in(one, depth - 1) for pair in value.items() for one in pair)), "")
        case list() | tuple() | set() | frozenset() if depth:
            return next(filter(None, (_number_in(one, depth - 1) for one in value)), "")
    return ""


def _refuse(cell: Cell, node: ast.AST, said: str) -> None:
    line = cell.line + getattr(node, "lineno", 1) - 1
    raise PageError(
        f"in a cell whose code is not shown, {said}: compute it from the page's names", line=line, kind="cell"
    )
