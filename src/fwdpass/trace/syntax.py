"""Questions to a syntax tree: which names a statement writes and reads, what may be left as it is, where heads end."""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NAMING = (*FUNCTIONS, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MAYBE = (ast.IfExp, ast.BoolOp, *COMPREHENSIONS, ast.Lambda, ast.Compare)
_LITERAL = frozenset((ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp))
Node = TypeVar("Node", bound=ast.AST)


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of each type of node that may have other nodes in them: of a constant or a name, none has."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        leaf = issubclass(kind, (ast.Constant, ast.Name, ast.alias))
        self[kind] = fields = () if leaf else tuple(name for name in kind._fields if name not in _NO_NODES)
        return fields


_NO_NODES = frozenset(("arg", "attr", "conversion", "ctx", "is_async", "level", "module", "op", "ops", "simple"))
_FIELDS = _Fields()


def every_part(*nodes: ast.AST) -> list[ast.AST]:
    """Give nodes and all that is in them, as ``ast.walk`` does, but for contexts and operators, and faster."""
    found = list(nodes)
    for node in found:  # which grows while it is read
        for name in _FIELDS[type(node)]:
            part = getattr(node, name, None)
            if type(part) is list:
                found += [each for each in part if isinstance(each, ast.AST)]
            elif isinstance(part, ast.AST):
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
    return type(node) in _LITERAL and _LITERAL.issuperset(map(type, every_part(node)))


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


_BUSY = frozenset((
    ast.Await, ast.Yield, ast.YieldFrom, ast.AugAssign, ast.With, ast.AsyncWith, ast.Delete
))  # fmt: skip
_PARTS = frozenset((ast.Subscript, ast.Attribute))
_FURTHER = frozenset((
    *FUNCTIONS, ast.ClassDef, ast.Lambda, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom
))  # fmt: skip
"""What a function has in it that may change something where it is not called."""
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


_RUNS = frozenset((
    ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.FormattedValue, ast.Starred, ast.Call,
    ast.comprehension, ast.Import, ast.ImportFrom,
))  # fmt: skip
"""Operations that a class of the script may have methods for."""


def may_change(node: ast.AST, harmless: AbstractSet[str], *, wild: bool = False) -> bool:
    """Whether a statement may change an object in place: it calls something, or writes a part of something.

    A few functions are known to leave everything as it is, by their names (``harmless``); looking around after each of
    these would cost too much. In a script with classes or generators of its own, every operation may be one of theirs
    (``wild``).
    """
    if isinstance(node, ast.ClassDef):
        return True
    for part in every_part(node):
        kind = type(part)
        if kind in _BUSY or (wild and kind in _RUNS):
            return True
        if kind is ast.Call:
            if not _is_harmless(part, harmless):  # type: ignore[arg-type]
                return True
        elif kind in _PARTS and isinstance(part.ctx, ast.Store):  # type: ignore[attr-defined]
            return True
    return False


def harmless_functions(body: Iterable[ast.stmt], given: list[str]) -> set[str]:
    """Give the names of functions that change nothing: of Python's own, and of those that a script defines.

    ``given`` are all names that the script gives to something, as often as it does: a name that is given again may be
    another function.
    """
    harmless = set(_HARMLESS - set(given))
    for statement in body:
        if isinstance(statement, ast.FunctionDef) and not statement.decorator_list and given.count(statement.name) == 1:
            inside = every_part(*statement.body)
            # It may call itself: what it does then, it does here.
            known = harmless | {statement.name}
            if _FURTHER.isdisjoint(map(type, inside)) and not any(may_change(part, known) for part in statement.body):
                harmless.add(statement.name)
    return harmless


def named_in(statement: ast.stmt) -> list[str]:
    """Give the names that a statement itself gives a value within its expressions, by ``:=``."""
    parts = [statement] if not hasattr(statement, "body") else [head_end(statement)]
    return [part.target.id for each in parts if each for part in every_part(each) if isinstance(part, ast.NamedExpr)]


def _is_harmless(call: ast.Call, harmless: AbstractSet[str]) -> bool:
    if any(keyword.arg not in {"axis", "dtype", "sep", "end", "flush", "keepdims"} for keyword in call.keywords):
        return False
    match call.func:
        case ast.Name(id=name):
            return name in harmless
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


def imported_modules(body: list[ast.stmt], others: AbstractSet[str]) -> dict[str, str]:
    """Give the names that are modules, and not given to anything else, each with its module: not worth recording."""
    modules: dict[str, str] = {}
    for statement in own_statements(body):
        for alias in statement.names if isinstance(statement, ast.Import) else ():
            first = alias.name.partition(".")[0]
            modules[alias.asname or first] = alias.name if alias.asname else first
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


def by_kind(every: Iterable[ast.AST]) -> defaultdict[type, list[Any]]:
    """Sort parts of a script by what they are."""
    kinds: defaultdict[type, list[Any]] = defaultdict(list)
    for part in every:
        kinds[type(part)].append(part)
    return kinds


def given_names(kinds: Mapping[type, list[Any]]) -> list[str]:
    """Give the names that parts of a script give to something, in whatever scope, as often as they do; no modules'.

    ``*`` stands for names that cannot be known.
    """
    given = [part.id for part in kinds.get(ast.Name, ()) if not isinstance(part.ctx, ast.Load)]
    given += [part.arg for part in kinds.get(ast.arg, ())]
    named = [part.name for kind in _NAMING for part in kinds.get(kind, ())]
    named += [part.rest for part in kinds.get(ast.MatchMapping, ())]
    given += [name for name in named if name is not None]
    return given + imported_names(kinds.get(ast.ImportFrom, ()))


def imported_names(statements: Iterable[Any]) -> list[str]:
    """Give the names that ``import`` statements give to something."""
    return [alias.asname or alias.name.partition(".")[0] for each in statements for alias in each.names]


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
