"""Questions to a syntax tree: which names a statement writes and reads, what may be left as it is, where heads end."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeVar

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
_MAYBE = (ast.IfExp, ast.BoolOp, *COMPREHENSIONS, ast.Lambda, ast.Compare)
_LITERAL = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.unaryop)
Node = TypeVar("Node", bound=ast.AST)


def every_part(*nodes: ast.AST) -> list[ast.AST]:
    """Give nodes and all that is in them, as ``ast.walk`` does, but for contexts, and faster."""
    found = list(nodes)
    for node in found:  # which grows while it is read
        for name in node._fields:
            part = getattr(node, name, None)
            if isinstance(part, list):
                found += [each for each in part if isinstance(each, ast.AST)]
            elif isinstance(part, ast.AST) and not isinstance(part, ast.expr_context):
                found.append(part)
    return found


def placed(made: Node, at: ast.AST) -> Node:
    """Put a node in the place of another, and give it back."""
    made.lineno, made.col_offset = at.lineno, at.col_offset  # type: ignore[attr-defined]
    made.end_lineno, made.end_col_offset = at.end_lineno, at.end_col_offset  # type: ignore[attr-defined]
    return made


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is written out, and so worth what it says."""
    if isinstance(node, ast.Constant):
        return True
    return isinstance(node, (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp)) and all(
        isinstance(part, _LITERAL) for part in every_part(node)
    )


def written(targets: Iterable[ast.expr]) -> dict[str, str]:
    """Give the names that an assignment to these targets writes: ``assigned``, or ``changed`` where only a part is."""
    found: dict[str, str] = {}
    for target in targets:
        match target:
            case ast.Name(id=name):
                found[name] = "assigned"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                found |= written(parts)
            case ast.Starred(value=part):
                found |= written([part])
            case ast.Subscript() | ast.Attribute():
                if owner := root(target):
                    found.setdefault(owner, "changed")
    return found


def root(node: ast.expr) -> str:
    """Give the name that ``a`` is in ``a.b[c].d``, if there is one."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def certain_reads(node: ast.AST) -> list[str]:
    """Give the names that are read whenever a node is evaluated, and so are bound after it."""
    found: dict[str, None] = {}

    def look(part: ast.AST) -> None:
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                found[part.id] = None
        elif not isinstance(part, (*_MAYBE, *SCOPES)):
            for child in ast.iter_child_nodes(part):
                look(child)

    look(node)
    return list(found)


def called_names(node: ast.AST) -> set[str]:
    """Give the names that are only called: functions, whose values say nothing new."""
    calls = [part.func for part in every_part(node) if isinstance(part, ast.Call)]
    return {func.id for func in calls if isinstance(func, ast.Name)}


_BUSY = (ast.Await, ast.Yield, ast.YieldFrom, ast.AugAssign, ast.With, ast.AsyncWith, ast.Delete)
_HARMLESS = frozenset("abs bool float id int isinstance len print range round str type".split())
_HARMLESS_METHODS = frozenset(
    "astype copy flatten max mean min ravel reshape squeeze std sum tolist transpose var".split()
)
"""Methods of arrays that change nothing, if they are given nothing but axes or a shape."""
_HARMLESS_NUMPY = {
    **dict.fromkeys("abs argmax argmin array asarray diag exp eye full log mean ravel round sqrt sum tanh".split(), 1),
    **dict.fromkeys("arange dot linspace matmul maximum minimum ones outer reshape zeros".split(), 2),
    "where": 3,
}
"""Functions of NumPy that change nothing, with how many arguments: one more may be the array to write into."""


_RUNS = (
    ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.FormattedValue, ast.Starred, ast.Call,
    ast.comprehension, ast.Import, ast.ImportFrom,
)  # fmt: skip
"""Operations that a class of the script may have methods for."""


def may_change(node: ast.AST, *, wild: bool = False) -> bool:
    """Whether a statement may change an object in place: it calls something, or writes a part of something.

    A few functions are known to leave everything as it is; looking around after each of these would cost too much.
    In a script with classes or generators of its own, every operation may be one of theirs (``wild``).
    """
    return isinstance(node, ast.ClassDef) or any(
        (wild and isinstance(part, _RUNS))
        or isinstance(part, _BUSY)
        or (isinstance(part, (ast.Subscript, ast.Attribute)) and isinstance(part.ctx, ast.Store))
        or (isinstance(part, ast.Call) and not _is_harmless(part))
        for part in every_part(node)
    )


def named_in(statement: ast.stmt) -> list[str]:
    """Give the names that a statement itself gives a value within its expressions, by ``:=``."""
    parts = [statement] if not hasattr(statement, "body") else [head_end(statement)]
    return [part.target.id for each in parts if each for part in every_part(each) if isinstance(part, ast.NamedExpr)]


def _is_harmless(call: ast.Call) -> bool:
    if any(keyword.arg not in {"axis", "dtype", "sep", "end", "flush", "keepdims"} for keyword in call.keywords):
        return False
    match call.func:
        case ast.Name(id=name):
            return name in _HARMLESS
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name):
            return len(call.args) <= _HARMLESS_NUMPY.get(name, -1)
        case ast.Attribute(attr=name):
            return name in _HARMLESS_METHODS and len(call.args) <= 1
    return False


def own_statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements of a scope, those in its blocks too, but not those of functions and classes in it."""
    for statement in body:
        yield statement
        if not isinstance(statement, SCOPES):
            yield from own_statements(part for block in blocks(statement) for part in block)


def blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Give the blocks of a statement."""
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(statement, name, None):
            yield block
    for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield inner.body


def imported_modules(body: list[ast.stmt], every: list[ast.AST]) -> dict[str, str]:
    """Give the names that are modules, and nothing else anywhere, each with its module: nothing worth recording."""
    modules: dict[str, str] = {}
    for statement in own_statements(body):
        for alias in statement.names if isinstance(statement, ast.Import) else ():
            first = alias.name.partition(".")[0]
            modules[alias.asname or first] = alias.name if alias.asname else first
    others = given_names(every, imports=False) if modules else set()
    return {name: module for name, module in modules.items() if name not in others}


def dotted(node: ast.expr) -> list[str]:
    """Give the names of ``a.b.c``; nothing for what is not made of names only."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def free_builtins(given: AbstractSet[str]) -> set[str]:
    """Give the names of Python's own functions that are not among those that a script gives to something."""
    return set() if "*" in given else set(dir(builtins)) - given


def given_names(every: Iterable[ast.AST], *, imports: bool) -> set[str]:
    """Give all names that parts of a script give to something, in whatever scope; ``*`` where they cannot be known."""
    given: set[str] = set()
    for part in every:
        match part:
            case ast.Name(id=name, ctx=context):
                if not isinstance(context, ast.Load):
                    given.add(name)
            case ast.expr() | ast.operator() | ast.Expr() | ast.Assign():
                pass  # most parts are one of these, and give nothing
            case ast.arg(arg=name):
                given.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                given.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                given.add(name)
            case ast.MatchMapping(rest=str(name)):
                given.add(name)
            case ast.ImportFrom(names=names):
                given.update(alias.asname or alias.name for alias in names)
            case ast.Import(names=names) if imports:
                given.update(alias.asname or alias.name.partition(".")[0] for alias in names)
    return given


def captured(pattern: ast.pattern) -> list[str]:
    """Give the names that a pattern binds."""
    found: dict[str, None] = {}
    for part in every_part(pattern):
        name = getattr(part, "name", None) or getattr(part, "rest", None)
        if isinstance(name, str):
            found[name] = None
    return list(found)


def assigned_in(body: Iterable[ast.stmt]) -> list[str]:
    """Give the names that the statements of a body write, in order."""
    found: dict[str, None] = {}
    for statement in own_statements(body):
        found |= dict.fromkeys(names_of(statement))
        for part in every_part(statement) if not isinstance(statement, SCOPES) else ():
            if isinstance(part, ast.NamedExpr):
                found[part.target.id] = None
    return list(found)


def names_of(statement: ast.stmt) -> dict[str, str]:
    """Give the names that a statement itself writes, and how."""
    match statement:
        case ast.Assign(targets=targets):
            return written(targets)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            return written([target])
        case ast.AnnAssign(target=target, value=value):
            return written([target]) if value is not None else {}
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return written(item.optional_vars for item in items if item.optional_vars is not None)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {alias.asname or alias.name.partition(".")[0]: "assigned" for alias in names if alias.name != "*"}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name: "assigned"}
    return {}


def argument_names(arguments: ast.arguments) -> list[str]:
    """Give the names of a function's parameters, in order."""
    named = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    return [argument.arg for argument in named if argument is not None]


def head_end(statement: ast.stmt) -> ast.AST | None:
    """Give the part of a statement with a body that its head ends with; nothing for a simple statement."""
    match statement:
        case ast.If(test=test) | ast.While(test=test):
            return test
        case ast.For(iter=source) | ast.AsyncFor(iter=source):
            return source
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return items[-1].optional_vars or items[-1].context_expr
        case ast.Match(subject=subject):
            return subject
    return None


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement, the first of its body, is a docstring."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def leaves_early(statement: ast.stmt) -> bool:
    """Whether what follows a statement may be passed over: it breaks, continues, returns, raises, or waits."""
    leaving = (ast.Break, ast.Continue, ast.Return, ast.Raise)
    waiting = (ast.Yield, ast.YieldFrom, ast.Await)
    return any(isinstance(part, leaving) for part in own_statements([statement])) or any(
        isinstance(part, waiting) for part in every_part(statement)
    )
