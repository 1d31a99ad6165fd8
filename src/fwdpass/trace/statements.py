"""Statements, so rewritten that each tells when it begins and which names it changed, the first times that it runs."""

from __future__ import annotations

import ast
from typing import Any

from fwdpass.trace.blocks import at, deleted
from fwdpass.trace.expressions import SIGNS
from fwdpass.trace.heads import handler_place
from fwdpass.trace.plan import Plan, raw
from fwdpass.trace.repeated import Repeated, docstring, lift
from fwdpass.trace.syntax import captured, free_builtins, imported_modules, may_change

_NESTED = 7
"""Loops nested deeper than this run unrecorded: Python refuses more than twenty blocks in each other."""


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
        self.modules = imported_modules(body)
        self.builtins = free_builtins(body)
        return [*head, *self.block(body[len(head) :])[0]]

    def rewritten(self, node: ast.stmt, index: int) -> list[ast.stmt]:
        """Rewrite a statement, which is entered with this index."""
        begin = self.do("begin", node, index)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [begin, self.function_definition(node, index), *self.done(node)]
            case ast.ClassDef():
                return [begin, self.class_definition(node, index), *self.done(node)]
            case ast.For() | ast.While() | ast.AsyncFor() if self.nested >= _NESTED:
                return [begin, node]
            case ast.For():
                return [begin, *self.for_loop(node, index)]
            case ast.While():
                return self.while_loop(node, index)
            case ast.AsyncFor():
                return [begin, *self.async_for_loop(node, index)]
            case ast.If(test=test, body=body, orelse=other):
                seen = self.done(node, test) if may_change(test) else []
                made: ast.stmt = ast.If(
                    self.expression(test),
                    [*seen, *self.inside(index, body)],
                    [*seen, *self.inside(index, other)],
                )
            case ast.Try() | ast.TryStar():
                return [self._try(node, index)]
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                made = type(node)([self._item(item) for item in items], [*self.done(node), *self.inside(index, body)])
            case ast.Match(subject=subject, cases=cases):
                made = ast.Match(self.expression(subject), [self._case(case, index) for case in cases])
            case _:
                return [begin, *self._simple(node)]
        return [begin, ast.copy_location(made, node)]

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
                whole: Any = self.target(target)
                made = ast.AnnAssign(whole, annotation, self.maybe(value), simple)
            case ast.Return(value=value):
                return [ast.copy_location(ast.Return(self.maybe(value)), node)]
            case ast.Raise(exc=error, cause=cause):
                return [ast.copy_location(ast.Raise(self.maybe(error), self.maybe(cause)), node)]
            case ast.Assert(test=test, msg=message):
                made = ast.Assert(self.expression(test), self.maybe(message))
            case ast.Delete(targets=targets):
                made = ast.copy_location(ast.Delete([self.target(target) for target in targets]), node)
                gone = self.plan.look(dict.fromkeys(deleted(node), "deleted"), busy=True)
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
        whole: Any = self.target(target)
        made = ast.AugAssign(whole, op, self.expression(value, me))
        return [*before, ast.copy_location(made, node), *self.done(node)]

    # Blocks that run once ---------------------------------------------------------------------------------------------

    def _try(self, node: Any, index: int) -> ast.stmt:
        handlers = []
        for handler in node.handlers:
            caught = self.plan.statement("ExceptHandler", handler_place(handler), index)
            outer, self.statement = self.statement, caught
            begin = [self.do("caught", handler, caught)]
            if handler.name:
                begin.append(self.look({handler.name: "assigned"}, handler, busy=False))
            body = [*begin, *self.inside(caught, handler.body)]
            handlers.append(at(ast.ExceptHandler(handler.type, handler.name, body), handler))
            self.statement = outer
        body, other, final = (self.inside(index, block) for block in (node.body, node.orelse, node.finalbody))
        return at(type(node)(body, handlers, other, final), node)  # type: ignore[no-any-return]

    def _item(self, item: ast.withitem) -> ast.withitem:
        target = None if item.optional_vars is None else self.target(item.optional_vars)
        return ast.withitem(self.expression(item.context_expr), target)

    def _case(self, case: ast.match_case, index: int) -> ast.match_case:
        pattern = case.pattern
        inner = self.plan.statement("case", raw(pattern), index)
        guard = self.maybe(case.guard)
        begin = [self.do("begin", pattern, inner)]
        if names := captured(pattern):
            begin.append(self.look(dict.fromkeys(names, "assigned"), pattern, busy=False))
        return ast.match_case(pattern, guard, [*begin, *self.inside(inner, case.body)])


def _sign(op: ast.operator) -> str:
    return SIGNS[type(op)] + "="
