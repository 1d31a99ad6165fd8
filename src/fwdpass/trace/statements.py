"""Statements, so rewritten that each tells when it begins and which names it changed, the first times that it runs.

What is repeated exists twice: as it was written, and with the recorder's calls in it. Loops take their first and last
turns through the second, and all others through the first; so do functions, by a counter. Where they are not recorded,
turns cost what they always did.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from fwdpass.trace.expressions import SIGNS, Expressions
from fwdpass.trace.plan import HOOK, Plan, Raw, raw
from fwdpass.trace.syntax import (
    FUNCTIONS,
    argument_names,
    assigned_in,
    called_names,
    captured,
    certain_reads,
    free_builtins,
    head_end,
    imported_modules,
    is_docstring,
    leaves_early,
    may_change,
    names_of,
    own_statements,
    blocks,
)

_NESTED = 7
"""Loops nested deeper than this run unrecorded: Python refuses more than twenty blocks in each other."""
_SILENT = (ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal)
_FINAL = 16
"""How many names are looked at after a loop, or after a call that may have changed them."""


def instrument(tree: ast.Module, source: str, first: int) -> tuple[ast.Module, Plan]:
    """Rewrite a script; ``first`` is how often a place is recorded."""
    plan = Plan(first)
    maker = Statements(plan, source)
    return ast.Module(maker.script(tree.body), []), plan


class Statements(Expressions):
    """Rewrites statements, and enters them into a plan."""

    def __init__(self, plan: Plan, source: str) -> None:
        super().__init__(plan, source)
        self._parent: int | None = None
        self._nested = 0

    def script(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Rewrite a module."""
        lift(body)
        head = _head(body)
        self.modules = imported_modules(body)
        self.builtins = free_builtins(body)
        return [*head, *self._block(body[len(head) :])[0]]

    def _place(self, node: ast.stmt) -> Raw:
        return _head_place(node, self._lines)

    # Blocks -----------------------------------------------------------------------------------------------------------

    def _block(self, body: Iterable[ast.stmt]) -> tuple[list[ast.stmt], list[tuple[ast.stmt, int]]]:
        """Rewrite the statements of a block; give also the statements that are recorded, each with its index."""
        made: list[ast.stmt] = []
        direct: list[tuple[ast.stmt, int]] = []
        for statement in body:
            if isinstance(statement, _SILENT) or _is_future(statement):
                made.append(statement)
                direct.append((statement, -1))
                continue
            index = self.plan.statement(type(statement).__name__, self._place(statement), self._parent)
            direct.append((statement, index))
            made += self._statement(statement, index)
        return made, direct

    def _inside(self, parent: int, body: Iterable[ast.stmt]) -> list[ast.stmt]:
        """Rewrite the block of a statement."""
        outer, self._parent = self._parent, parent
        made, _ = self._block(body)
        self._parent = outer
        return made

    def _repeated(self, parent: int, loop: int, body: list[ast.stmt]) -> list[ast.stmt]:
        """Rewrite a block that is repeated, and enter which of its statements run in each turn."""
        start = len(self.plan.statements)
        outer, self._parent = self._parent, parent
        made, direct = self._block(body)
        self._parent = outer
        entry = self.plan.loops[loop]
        for statement, index in direct:
            if index >= 0:
                entry.exact.append(index)
            if leaves_early(statement):
                break
        entry.perhaps += sorted(set(range(start, len(self.plan.statements))) - set(entry.exact))
        return made

    def _statement(self, node: ast.stmt, index: int) -> list[ast.stmt]:
        outer, self.statement = self.statement, index
        try:
            return self._rewritten(node, index)
        finally:
            self.statement = outer

    def _rewritten(self, node: ast.stmt, index: int) -> list[ast.stmt]:
        begin = self.do("begin", node, index)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [begin, self._def(node, index), *self.done(node)]
            case ast.ClassDef():
                return [begin, self._class(node, index), *self.done(node)]
            case ast.For() | ast.While() | ast.AsyncFor() if self._nested >= _NESTED:
                return [begin, node]
            case ast.For():
                return [begin, *self._for(node, index)]
            case ast.While():
                return self._while(node, index)
            case ast.AsyncFor():
                return [begin, *self._async_for(node, index)]
            case ast.If(test=test, body=body, orelse=other):
                seen = self.done(node, test) if may_change(test) else []
                made: ast.stmt = ast.If(
                    self.expression(test),
                    [*seen, *self._inside(index, body)],
                    [*seen, *self._inside(index, other)],
                )
            case ast.Try() | ast.TryStar():
                return [self._try(node, index)]
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                made = type(node)([self._item(item) for item in items], [*self.done(node), *self._inside(index, body)])
            case ast.Match(subject=subject, cases=cases):
                made = ast.Match(self.expression(subject), [self._case(case, index) for case in cases])
            case _:
                return [begin, *self._simple(node)]
        return [begin, ast.copy_location(made, node)]

    # What is put in ---------------------------------------------------------------------------------------------------

    def do(self, hook: str, at: ast.AST, *arguments: ast.expr | int) -> ast.stmt:
        """Call one of the recorder's functions, as a statement in the place of another."""
        return ast.copy_location(ast.Expr(self.call(hook, at, *arguments)), at)

    def done(self, node: ast.stmt, part: ast.AST | None = None) -> list[ast.stmt]:
        """Look, after a statement, at the names that it wrote, and at those that it read, if it may have changed them."""
        hows = {} if part is not None else names_of(node)
        busy = may_change(part or node) and not isinstance(node, (*FUNCTIONS, ast.ClassDef))
        if busy and self.function:
            head = part or _head_only(node)
            gone = _deleted(node)
            calls = called_names(head)
            for name in [name for name in certain_reads(head) if name not in calls and name not in gone][:_FINAL]:
                hows.setdefault(name, "")
        if not hows and not busy:
            return []
        return [self.look(hows, node, busy=busy)]

    def look(self, hows: dict[str, str], at: ast.AST, *, busy: bool) -> ast.stmt:
        """Look at names: in a function they are handed over, elsewhere the namespace has them."""
        names = [self.load(name, at) for name in hows] if self.function else []
        return self.do("done", at, self.plan.look(hows, busy=busy), *names)

    def after_loop(self, node: Any, index: int) -> list[ast.stmt]:
        """Look at what a loop has left behind: the names that it writes, where they exist."""
        names = [*names_of(node), *assigned_in(node.body)]
        hows = dict.fromkeys(list(dict.fromkeys(names))[:_FINAL], "assigned")
        made = [self.do("again", node, index)]
        if not self.function:
            return [*made, self.look(hows, node, busy=True)]
        for name in hows:
            nothing = ast.ExceptHandler(self.constant(HOOK + "NameError", node), None, [_at(ast.Pass(), node)])
            look = self.look({name: "assigned"}, node, busy=False)
            made.append(_at(ast.Try([look], [_at(nothing, node)], [], []), node))
        return made

    # Simple statements ------------------------------------------------------------------------------------------------

    def _simple(self, node: ast.stmt) -> list[ast.stmt]:
        match node:
            case ast.Expr(value=value):
                made: ast.stmt = ast.Expr(self.expression(value))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return [self._named(node, name, value)]
            case ast.Assign(targets=targets, value=value):
                made = ast.Assign([self.target(target) for target in targets], self.expression(value))
            case ast.AugAssign(target=target, op=op, value=value):
                return self._augmented(node, target, op, value)
            case ast.AnnAssign(target=target, annotation=annotation, value=value, simple=simple):
                made = ast.AnnAssign(self.target(target), annotation, self.maybe(value), simple)
            case ast.Return(value=value):
                return [ast.copy_location(ast.Return(self.maybe(value)), node)]
            case ast.Raise(exc=error, cause=cause):
                return [ast.copy_location(ast.Raise(self.maybe(error), self.maybe(cause)), node)]
            case ast.Assert(test=test, msg=message):
                made = ast.Assert(self.expression(test), self.maybe(message))
            case ast.Delete(targets=targets):
                made = ast.copy_location(ast.Delete([self.target(target) for target in targets]), node)
                gone = self.plan.look(dict.fromkeys(_deleted(node), "deleted"), busy=True)
                return [made, *self.done(node), self.do("gone", node, gone)]
            case _:
                return [node, *self.done(node)]
        return [ast.copy_location(made, node), *self.done(node)]

    def _named(self, node: ast.Assign, name: str, value: ast.expr) -> ast.stmt:
        """Rewrite ``name = value``: the value is kept once, for the expression and for the name."""
        me, made = self.bare(value)
        look = self.plan.look({name: "assigned"}, busy=may_change(value))
        # The constants one by one: -1 is no constant of Python's.
        noted = self.call("assigned", value, max(me, 0), int(me >= 0), look, made)
        return ast.copy_location(ast.Assign(node.targets, noted), node)

    def _augmented(self, node: ast.stmt, target: Any, op: ast.operator, value: ast.expr) -> list[ast.stmt]:
        """Rewrite ``a += b``: an expression of its own, whose operands are known if it fails."""
        me = self.enter(node, None, _sign(op))
        before = []
        if isinstance(target, ast.Name) and self.function:
            # What it was before is known of local names; of others only if somebody looks.
            before = [self.do("before", target, self.enter(target, me, target.id), self.load(target.id, target))]
        made = ast.AugAssign(self.target(target), op, self.expression(value, me))
        return [*before, ast.copy_location(made, node), *self.done(node)]

    # Loops ------------------------------------------------------------------------------------------------------------

    def _for(self, node: ast.For, index: int) -> list[ast.stmt]:
        turns = self.plan.statement("iteration", raw(node.target), index)
        loop = self.plan.loop(turns)
        source = self.expression(node.iter)
        self._nested += 1
        begin = [self.do("begin", node.target, turns), *self.done_target(node)]
        recorded = [*begin, *self._repeated(index, loop, node.body)]
        self._nested -= 1
        chunk = self.call("chunk", node.iter, loop)
        # The outer loop takes no value: it only says, chunk by chunk, how the next turns run.
        body = _at(
            ast.If(
                self.call("plain", node.iter, loop),
                [_at(ast.For(node.target, chunk, node.body, [_at(ast.Continue(), node)]), node), _at(ast.Break(), node)],
                [
                    _at(ast.For(self.target(node.target), chunk, recorded, [_at(ast.Continue(), node)]), node),
                    _at(ast.Break(), node),
                ],
            ),
            node,
        )
        nothing = ast.copy_location(ast.List([], ast.Store()), node.iter)
        pieces = self.call("turns", node.iter, loop, source)
        made = _at(ast.For(nothing, pieces, [body], self._inside(index, node.orelse)), node)
        return [made, *self.after_loop(node, index)]

    def done_target(self, node: ast.For | ast.AsyncFor) -> list[ast.stmt]:
        """Look at the names that a loop writes in each turn."""
        return [self.look(names_of(node), node.target, busy=may_change(node.target))] if names_of(node) else []

    def _async_for(self, node: ast.AsyncFor, index: int) -> list[ast.stmt]:
        turns = self.plan.statement("iteration", raw(node.target), index)
        counter = self.plan.count()
        loop = self.plan.loop(turns, counter)
        source = self.expression(node.iter)
        self._nested += 1
        begin = [self.do("begin", node.target, turns), *self.done_target(node)]
        recorded = [*begin, *self._repeated(index, loop, node.body)]
        self._nested -= 1
        body = _at(ast.If(self.hot(node, counter), node.body, recorded), node)
        made = _at(ast.AsyncFor(self.target(node.target), source, [body], self._inside(index, node.orelse)), node)
        return [made, *self.after_loop(node, index)]

    def _while(self, node: ast.While, index: int) -> list[ast.stmt]:
        loop = self.plan.loop(index)
        test = self.expression(node.test)
        seen = self.done(node, node.test) if may_change(node.test) else []
        self._nested += 1
        recorded = [*seen, *self._repeated(index, loop, node.body)]
        self._nested -= 1
        both = ast.copy_location(ast.BoolOp(ast.And(), [self.call("more", node.test, loop), test]), node.test)
        go_on, stop = _at(ast.Continue(), node), _at(ast.Break(), node)
        rest = _at(ast.While(node.test, node.body, [go_on]), node)
        spent = _at(ast.If(self.call("spent", node, loop), [rest, stop], [go_on]), node)
        first = _at(ast.While(both, recorded, [spent]), node)
        # One turn of a loop that takes no value: its ``else`` is that of the loop in it.
        nothing = ast.copy_location(ast.List([], ast.Store()), node)
        made = _at(ast.For(nothing, self.constant(((),), node), [first, stop], self._inside(index, node.orelse)), node)
        return [made, *self.after_loop(node, index)]

    # Blocks that run once ---------------------------------------------------------------------------------------------

    def _try(self, node: Any, index: int) -> ast.stmt:
        handlers = []
        for handler in node.handlers:
            caught = self.plan.statement("ExceptHandler", _handler_place(handler), index)
            outer, self.statement = self.statement, caught
            begin = [self.do("caught", handler, caught)]
            if handler.name:
                begin.append(self.look({handler.name: "assigned"}, handler, busy=False))
            body = [*begin, *self._inside(caught, handler.body)]
            handlers.append(_at(ast.ExceptHandler(handler.type, handler.name, body), handler))
            self.statement = outer
        body, other, final = (self._inside(index, block) for block in (node.body, node.orelse, node.finalbody))
        return _at(type(node)(body, handlers, other, final), node)  # type: ignore[no-any-return]

    def _item(self, item: ast.withitem) -> ast.withitem:
        target = None if item.optional_vars is None else self.target(item.optional_vars)
        return ast.withitem(self.expression(item.context_expr), target)

    def _case(self, case: ast.match_case, index: int) -> ast.match_case:
        at = case.pattern
        inner = self.plan.statement("case", raw(at), index)
        guard = self.maybe(case.guard)
        begin = [self.do("begin", at, inner)]
        if names := captured(at):
            begin.append(self.look(dict.fromkeys(names, "assigned"), at, busy=False))
        return ast.match_case(at, guard, [*begin, *self._inside(inner, case.body)])

    # Definitions ------------------------------------------------------------------------------------------------------

    def _def(self, node: Any, index: int) -> ast.stmt:
        old = node.args
        decorators = self.each(node.decorator_list)
        defaults, named = self.each(old.defaults), self.each(old.kw_defaults)
        arguments = ast.arguments(old.posonlyargs, old.args, old.vararg, old.kwonlyargs, named, old.kwarg, defaults)
        declared = lift(node.body)
        head = _head(node.body)
        body = node.body[len(head) :] or [_at(ast.Pass(), node)]
        entered = self.plan.statement("arguments", self._place(node), index)
        counter = self.plan.count()
        loop = self.plan.loop(entered, counter)
        outer = (self.function, self._nested, self.statement, self.modules)
        self.function, self._nested, self.statement = True, 0, entered
        self.modules = self.modules - set(argument_names(old)) - set(assigned_in(body))
        names = argument_names(old)
        look = self.plan.look(dict.fromkeys(names, "passed"), busy=False)
        begin = self.do("entered", node, entered, look, *(self.load(name, node) for name in names))
        recorded = [begin, *self._repeated(entered, loop, body)]
        self.function, self._nested, self.statement, self.modules = outer
        # In the place of the first statement: a function's first line is not one that it runs.
        either = _at(ast.If(self.hot(body[0], counter), body, recorded), body[0])
        made = type(node)(**{
            **{field: getattr(node, field, None) for field in node._fields},
            "args": arguments,
            "body": [*head, *declared, either],
            "decorator_list": decorators,
        })  # fmt: skip
        return _at(made, node)  # type: ignore[no-any-return]

    def _class(self, node: ast.ClassDef, index: int) -> ast.stmt:
        decorators, bases = self.each(node.decorator_list), self.each(node.bases)
        keywords = [ast.copy_location(ast.keyword(each.arg, self.expression(each.value)), each) for each in node.keywords]
        declared = lift(node.body)
        head = _head(node.body)
        body = node.body[len(head) :]
        outer = (self.function, self._nested)
        self.function, self._nested = False, 0
        inside = self._inside(index, body)
        self.function, self._nested = outer
        made = type(node)(**{
            **{field: getattr(node, field, None) for field in node._fields},
            "bases": bases,
            "keywords": keywords,
            "body": [*head, *declared, self.do("opened", node), *inside],
            "decorator_list": decorators,
        })  # fmt: skip
        return _at(made, node)  # type: ignore[no-any-return]


def lift(body: list[ast.stmt]) -> list[ast.stmt]:
    """Take the ``global`` and ``nonlocal`` statements out of a scope: its code will exist twice, and they may not."""
    found: list[ast.stmt] = []

    def take(block: list[ast.stmt]) -> None:
        for place, statement in enumerate(block):
            if isinstance(statement, (ast.Global, ast.Nonlocal)):
                found.append(statement)
                block[place] = _at(ast.Pass(), statement)

    take(body)
    for statement in list(own_statements(body)):
        if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            for block in blocks(statement):
                take(block)
    return found


def _at(made: Any, node: ast.AST) -> Any:
    return ast.copy_location(made, node)


def _head(body: list[ast.stmt]) -> list[ast.stmt]:
    """Give the docstring, which has to stay first."""
    return body[:1] if body and is_docstring(body[0]) else []


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _deleted(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Delete):
        return []
    return [part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)
            and isinstance(part.ctx, ast.Del)]  # fmt: skip


def _sign(op: ast.operator) -> str:
    return SIGNS[type(op)] + "="


def _head_only(node: ast.stmt) -> ast.AST:
    """Give a statement without its body."""
    match node:
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return ast.Tuple([item.context_expr for item in items], ast.Load())
    return node


def _head_place(node: Any, lines: list[str]) -> Raw:
    """Give the place of a statement, or of its head."""
    line, column, end_line, end = raw(node)
    if (last := head_end(node)) is not None:
        _, _, end_line, end = raw(last)
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        parts = [*getattr(node, "bases", ()), *getattr(node, "keywords", ())]
        if isinstance(node, FUNCTIONS):
            given = node.args
            parts += [*given.posonlyargs, *given.args, *given.kwonlyargs, *given.defaults]
            parts += [part for part in (*given.kw_defaults, given.vararg, given.kwarg, node.returns) if part is not None]
        end_line, end = max([(part.end_lineno, part.end_col_offset) for part in parts], default=(node.lineno, column))
        end_line, end = _colon(lines, end_line, end, node.body[0].lineno)
    elif isinstance(node, (ast.Try, ast.TryStar)):
        end_line, end = line, column + 3
    return line, column, end_line, end


def _colon(lines: list[str], line: int, column: int, last: int) -> tuple[int, int]:
    """Find where the head of a definition ends."""
    for number in range(line, min(last, len(lines)) + 1):
        found = lines[number - 1].encode().find(b":", column if number == line else 0)
        if found >= 0:
            return number, found
    return line, column


def _handler_place(node: ast.ExceptHandler) -> Raw:
    line, column, _, _ = raw(node)
    return (line, column, node.type.end_lineno, node.type.end_col_offset) if node.type else (line, column, line, column + 6)
