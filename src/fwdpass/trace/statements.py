"""Statements, so rewritten that each tells when it begins and which names it changed, the first times that it runs."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from fwdpass.trace.blocks import deleted
from fwdpass.trace.expressions import SIGNS
from fwdpass.trace.heads import handler_place
from fwdpass.trace.plan import Plan, raw
from fwdpass.trace.repeated import Repeated, docstring, lift
from fwdpass.trace.syntax import (
    COMPREHENSIONS,
    assigned_in,
    by_kind,
    captured,
    every_part,
    free_builtins,
    given_names,
    harmless_functions,
    imported_modules,
    imported_names,
    may_change,
    names_of,
    placed,
)

_NESTED = 7
"""Loops nested deeper than this run unrecorded: Python refuses more than twenty blocks in each other."""
_RUNS_TEXT = frozenset(("exec", "eval", "globals", "vars", "locals", "__import__"))


def instrument(tree: ast.Module, source: str, first: int) -> tuple[ast.Module, Plan]:
    """Rewrite a script; ``first`` is how often a place is recorded."""
    plan = Plan(first)
    maker = Statements(plan, source)
    return ast.Module(maker.script(tree.body), []), plan


class Statements(Repeated):
    """Rewrites statements, and enters them into a plan."""

    def script(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Rewrite a module."""
        lift(body)
        head = docstring(body)
        kinds = by_kind(every_part(*body))
        given = given_names(kinds)
        self.walrus = bool(kinds[ast.NamedExpr])
        self.modules = imported_modules(body, set(given))
        self._survey(kinds, [*given, *imported_names(kinds[ast.Import])])
        self.builtins = free_builtins(self.plan.written)
        if not self._runs_text(kinds) and "*" not in given:
            self.plan.harmless = harmless_functions(body, given)
        # What they change, they change where somebody reads them.
        late = [*kinds[ast.GeneratorExp], *(part for call in kinds[ast.Call] for part in _called_late(call))]
        self.plan.wild |= any(may_change(part, self.plan.harmless) for part in late)
        return [*head, *self.block(body[len(head) :])[0]]

    def _survey(self, kinds: Mapping[type, list[Any]], written: list[str]) -> None:
        """Find out what can happen in a script where no statement says so."""
        self.plan.wild = not kinds.keys().isdisjoint({ast.ClassDef, ast.Yield, ast.YieldFrom})
        self.plan.catches = not kinds.keys().isdisjoint({ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Raise})
        shared = [name for part in kinds[ast.Global] for name in part.names]
        inner = [name for part in kinds[ast.Nonlocal] for name in part.names]
        if kinds[ast.NamedExpr]:
            # An assignment within a comprehension binds a name of the function around it.
            inner += [
                part.target.id
                for kind in COMPREHENSIONS
                for part in every_part(*kinds[kind])
                if isinstance(part, ast.NamedExpr)
            ]
        self.plan.shared = list(dict.fromkeys(shared))
        self.plan.written = frozenset(written)
        # Text that is run as code may give a value to any name of the module.
        self.plan.elsewhere = self.plan.written if self._runs_text(kinds) else frozenset((*shared, *inner))

    def _runs_text(self, kinds: Mapping[type, list[Any]]) -> bool:
        """Whether text may be run as code."""
        return any(part.id in _RUNS_TEXT for part in kinds[ast.Name])

    def rewritten(self, node: ast.stmt, index: int) -> list[ast.stmt]:
        """Rewrite a statement, which is entered with this index."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                changed = self.changed(node)
                begin = self.begin(node, index, changed[0])
                return [*begin, self.function_definition(node, index), *self.done(node, changed)]
            case ast.ClassDef():
                changed = self.changed(node)
                begin = self.begin(node, index, changed[0])
                return [*begin, self.class_definition(node, index), *self.done(node, changed)]
            # Python nests a limited number of blocks, and what is rewritten needs some of them.
            case ast.For() | ast.While() | ast.AsyncFor() if self.nested >= _NESTED:
                names = [*names_of(node), *assigned_in(node.body)]
                return [*self.begin(node, index, names), node, *self.after(node, index)]
            case ast.For():
                return [*self.begin(node, index, names_of(node)), *self.for_loop(node, index)]
            case ast.While():
                return self.while_loop(node, index)
            case ast.AsyncFor():
                return [*self.begin(node, index, names_of(node)), *self.async_for_loop(node, index)]
            # The test is evaluated in the visit of the statement. Whichever branch is taken, it begins with looking at
            # names.
            case ast.If(test=test, body=body, orelse=other):
                changed = self.changed(node, test)
                begin = self.begin(node, index, changed[0])
                seen = self.done(node, changed)
                made: ast.stmt = ast.If(
                    self.expression(test),
                    [*seen, *self.inside(index, body)],
                    [*seen, *self.inside(index, other)],
                )
            case ast.Try() | ast.TryStar():
                return [self._try(node, index)]
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                changed = self.changed(node)
                begin = self.begin(node, index, changed[0])
                entered = [self._item(item) for item in items]
                made = type(node)(entered, [*self.done(node, changed), *self.inside(index, body)])
                # What is called at its end may change something, too.
                return [*begin, placed(made, node), *([] if self.function else self.after(node, index))]
            case ast.Match(subject=subject, cases=cases):
                begin = self.begin(node, index, [])
                made = ast.Match(self.expression(subject), [self._case(case, index) for case in cases])
            case _:
                return self._simple(node, index)
        return [*begin, placed(made, node)]

    # Simple statements ------------------------------------------------------------------------------------------------

    def _simple(self, node: ast.stmt, index: int) -> list[ast.stmt]:
        changed = self.changed(node)
        names = [*changed[0], *deleted(node)]
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and self.function:
            names.remove(node.target.id)  # its own operand is looked at anyway
        begin = self.begin(node, index, names)
        match node:
            case ast.Expr(value=value):
                made: ast.stmt = ast.Expr(self.expression(value))
            # The usual case, made fast: one name, whose value is the one that has just been recorded.
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return [*begin, self._named(node, name, value, busy=changed[1] and not self.function)]
            case ast.Assign(targets=targets, value=value):
                made = ast.Assign([self.target(target) for target in targets], self.expression(value))
            case ast.AugAssign(target=target, op=op, value=value):
                return [*begin, *self._augmented(node, target, op, value), *self.done(node, changed)]
            case ast.AnnAssign(target=target, annotation=annotation, value=value, simple=simple):
                whole: Any = self.target(target)
                made = ast.AnnAssign(whole, annotation, self.maybe(value), simple)
            case ast.Return(value=value):
                # Nothing runs after it that could look at names.
                return [*begin, placed(ast.Return(self.maybe(value)), node)]
            case ast.Raise(exc=error, cause=cause):
                return [*begin, placed(ast.Raise(self.maybe(error), self.maybe(cause)), node)]
            case ast.Assert(test=test, msg=message):
                made = ast.Assert(self.expression(test), self.maybe(message))
            case ast.Delete(targets=targets):
                made = placed(ast.Delete([self.target(target) for target in targets]), node)
                gone = self.plan.look(dict.fromkeys(deleted(node), "deleted"), busy=True)
                return [*begin, made, *self.done(node, changed), self.do("gone", node, gone)]
            case _:
                return [*begin, node, *self.done(node, changed)]
        return [*begin, placed(made, node), *self.done(node, changed)]

    def _named(self, node: ast.Assign, name: str, value: ast.expr, *, busy: bool) -> ast.stmt:
        """Rewrite ``name = value``: the value is kept once, for the expression and for the name."""
        me, made = self.bare(value)
        hook = "assigned busy" if busy else "assigned"
        # The constants one by one: -1 is no constant of Python's.
        noted = self.call(hook, value, max(me, 0), int(me >= 0), self.constant(name, value), made)
        return placed(ast.Assign(node.targets, noted), node)

    def _augmented(self, node: ast.stmt, target: Any, op: ast.operator, value: ast.expr) -> list[ast.stmt]:
        """Rewrite ``a += b``: an expression of its own, whose operands are known if it fails."""
        me = self.enter(node, None, _sign(op))
        before = []
        if isinstance(target, ast.Name) and self.function:
            # What it was before is known of local names; of others only if somebody looks.
            before = [self.do("before", target, self.enter(target, me, target.id), self.load(target.id, target))]
        whole: Any = self.target(target)
        made = ast.AugAssign(whole, op, self.expression(value, me))
        return [*before, placed(made, node)]

    # Blocks that run once ---------------------------------------------------------------------------------------------

    def _try(self, node: Any, index: int) -> ast.stmt:
        handlers = []
        for handler in node.handlers:
            caught = self.plan.statement("ExceptHandler", handler_place(handler), index, self.loop)
            outer, self.statement = self.statement, caught
            begin = [self.do("caught", handler, caught)]
            if handler.name:
                begin.append(self.look({handler.name: "assigned"}, handler, busy=False, sure=0))
            body = [*begin, *self.inside(caught, handler.body)]
            handlers.append(placed(ast.ExceptHandler(handler.type, handler.name, body), handler))
            self.statement = outer
        body, other, final = (self.inside(index, block) for block in (node.body, node.orelse, node.finalbody))
        return placed(type(node)(body, handlers, other, final), node)  # type: ignore[no-any-return]

    def _item(self, item: ast.withitem) -> ast.withitem:
        target = None if item.optional_vars is None else self.target(item.optional_vars)
        return ast.withitem(self.expression(item.context_expr), target)

    def _case(self, case: ast.match_case, index: int) -> ast.match_case:
        pattern = case.pattern
        inner = self.plan.statement("case", raw(pattern), index, self.loop)
        guard = self.maybe(case.guard)
        begin = [self.do("begin", pattern, inner)]
        if names := captured(pattern):
            begin.append(self.look(dict.fromkeys(names, "assigned"), pattern, busy=False, sure=0))
        return ast.match_case(pattern, guard, [*begin, *self.inside(inner, case.body)])


def _called_late(call: ast.Call) -> list[ast.expr]:
    """Give what a call lets others call when they read its result."""
    match call:
        case ast.Call(func=ast.Name(id="map" | "filter"), args=[ast.Lambda(body=body), *_]):
            return [body]
        case ast.Call(func=ast.Name(id="map" | "filter"), args=[function, *_]):
            return [ast.Call(function, [], [])]
    return []


def _sign(op: ast.operator) -> str:
    return SIGNS[type(op)] + "="
