"""What is repeated, so rewritten that it exists twice: as it was written, and with the recorder's calls in it.

Loops take their first and last turns through the second, and all others through the first; so do functions, by a
counter. Where they are not recorded, turns cost what they always did.
"""

from __future__ import annotations

import ast
from typing import Any

from fwdpass.trace.blocks import Blocks
from fwdpass.trace.heads import head_place
from fwdpass.trace.plan import raw
from fwdpass.trace.syntax import (
    FUNCTIONS,
    argument_names,
    assigned_in,
    blocks,
    is_docstring,
    may_change,
    names_of,
    own_statements,
    placed,
)


class Repeated(Blocks):
    """Rewrites loops, functions and classes."""

    # Loops ------------------------------------------------------------------------------------------------------------

    def for_loop(self, node: ast.For, index: int) -> list[ast.stmt]:
        """Rewrite a ``for``: a loop over pieces of what it runs over, with both bodies in it."""
        turns = self.plan.statement("iteration", raw(node.target), index)
        loop = self.plan.loop(turns, index)
        self.plan.loops[loop].around, self.plan.statements[turns].loop = self.loop, loop
        self.plan.loops[loop].busy = may_change(node.iter, self.plan.harmless, wild=self.plan.wild)
        source = self.expression(node.iter)
        recorded = self.recorded_turn(node, index, loop)
        chunk = self.call("chunk", node.iter, loop)
        # The outer loop takes no value: it only says, chunk by chunk, how the next turns run.
        body = placed(
            ast.If(
                self.call("plain", node.iter, loop),
                [
                    placed(ast.For(node.target, chunk, node.body, [placed(ast.Continue(), node)]), node),
                    placed(ast.Break(), node),
                ],
                [
                    placed(ast.For(self.target(node.target), chunk, recorded, [placed(ast.Continue(), node)]), node),
                    placed(ast.Break(), node),
                ],
            ),
            node,
        )
        nothing = placed(ast.List([], ast.Store()), node.iter)
        pieces = self.call("turns", node.iter, loop, source)
        made = placed(ast.For(nothing, pieces, [body], self.otherwise(node, index, loop)), node)
        return [made, *self.after(node, index, loop)]

    def recorded_turn(self, node: ast.For | ast.AsyncFor, index: int, loop: int) -> list[ast.stmt]:
        """Rewrite what a turn of a ``for`` runs: it begins with the names that the loop writes."""
        self.nested += 1
        begin = [self.do("turn", node.target, loop), *self.done_target(node)]
        recorded = [*begin, *self.repeated(index, loop, node.body, loop)]
        self.nested -= 1
        return recorded

    def otherwise(self, node: Any, index: int, loop: int) -> list[ast.stmt]:
        """Rewrite the ``else`` of a loop: what its turns have left behind is looked at before that."""
        return [*self.after(node, index, loop), *self.inside(index, node.orelse)] if node.orelse else []

    def done_target(self, node: ast.For | ast.AsyncFor) -> list[ast.stmt]:
        """Look at the names that a loop writes in each turn."""
        names = names_of(node)
        # To take the next value may run a generator, or an iterator of the script.
        busy = not _is_range(node.iter)
        return [self.look(names, node.target, busy=busy, sure=1)] if names else []

    def async_for_loop(self, node: ast.AsyncFor, index: int) -> list[ast.stmt]:
        """Rewrite an ``async for``, whose iterator cannot be taken in pieces: a counter decides."""
        turns = self.plan.statement("iteration", raw(node.target), index)
        counter = self.plan.count()
        loop = self.plan.loop(turns, index, counter)
        self.plan.loops[loop].around, self.plan.statements[turns].loop = self.loop, loop
        source = self.expression(node.iter)
        recorded = self.recorded_turn(node, index, loop)
        body = placed(ast.If(self.hot(node, counter), [self.do("passed", node, loop), *node.body], recorded), node)
        made = placed(ast.AsyncFor(self.target(node.target), source, [body], self.otherwise(node, index, loop)), node)
        return [self.do("enters", node, loop), made, *self.after(node, index, loop)]

    def while_loop(self, node: ast.While, index: int) -> list[ast.stmt]:
        """Rewrite a ``while``: its first turns, and then the others, in a loop that counts them."""
        loop = self.plan.loop(index, index)
        enters = self.do("enters", node, loop)
        self.plan.loops[loop].around, self.plan.statements[index].loop = self.loop, loop
        self.plan.loops[loop].busy = busy = may_change(node.test, self.plan.harmless, wild=self.plan.wild)
        self.learned = set()
        test = self.expression(node.test)
        seen = [self.look({}, node, busy=True)] if busy else []
        self.nested += 1
        recorded = [*seen, *self.repeated(index, loop, node.body, loop)]
        self.nested -= 1
        # What is made:
        #     for [] in ((),):               one turn, so that "continue" and "break" have a loop to speak of
        #         while more and TEST:       the turns that are recorded
        #             BODY, with hooks
        #         else:
        #             if spent:              there may be more turns than are recorded
        #                 for [] in rest:    each of them, counted by the iterator
        #                     if not TEST: ended; break
        #                     BODY, as it is written
        #             ...                    go on to the loop's own "else", or leave it out after a "break"
        #         break
        both = placed(ast.BoolOp(ast.And(), [self.call("more", node.test, loop), test]), node.test)
        go_on, stop = placed(ast.Continue(), node), placed(ast.Break(), node)
        nothing = placed(ast.List([], ast.Store()), node)
        # A turn runs over nothing, and is counted; where the test is false, `break` is told from that of the body.
        failed = placed(ast.UnaryOp(ast.Not(), node.test), node.test)
        last = placed(ast.If(failed, [self.do("ended", node, loop), stop], []), node)
        rest = placed(ast.For(nothing, self.call("rest", node, loop), [last, *node.body], []), node)
        over = placed(ast.If(self.call("over", node, loop), [go_on], [stop]), node)
        spent = placed(ast.If(self.call("spent", node, loop), [rest, over], [go_on]), node)
        first = placed(ast.While(both, recorded, [spent]), node)
        # One turn of a loop that takes no value: its ``else`` is that of the loop in it.
        made = placed(
            ast.For(nothing, self.constant(((),), node), [first, stop], self.otherwise(node, index, loop)), node
        )
        return [enters, made, *self.after(node, index, loop)]

    # Definitions ------------------------------------------------------------------------------------------------------

    def function_definition(self, node: Any, index: int) -> ast.stmt:
        """Rewrite a function: a counter decides which of its two bodies runs."""
        old = node.args
        decorators = self.each(node.decorator_list)
        defaults, named = self.each(old.defaults), self.each(old.kw_defaults)
        arguments = ast.arguments(old.posonlyargs, old.args, old.vararg, old.kwonlyargs, named, old.kwarg, defaults)
        declared = lift(node.body)
        head = docstring(node.body)
        body = node.body[len(head) :] or [placed(ast.Pass(), node)]
        entered = self.plan.statement("arguments", head_place(node, self._lines), index)
        counter = self.plan.count()
        loop = self.plan.loop(entered, index, counter)
        # What is known of the place in the script is that of the body while it is rewritten, and comes back after it.
        outer = (self.function, self.module, self.nested, self.statement, self.modules)
        self.function, self.module, self.nested, self.statement = True, False, 0, entered
        # A name that the function binds is no module in it, whatever it is outside.
        own = {*argument_names(old), *assigned_in(body)}
        self.modules = {name: module for name, module in self.modules.items() if name not in own}
        names = argument_names(old)
        look = self.plan.look(dict.fromkeys(names, "passed"), busy=False)
        begin = self.do("entered", node, entered, look, *(self.load(name, node) for name in names))
        recorded = [begin, *self.ending("leave", body[0], self.repeated(entered, loop, body, -1), fell=True)]
        self.function, self.module, self.nested, self.statement, self.modules = outer
        # In the place of the first statement: a function's first line is not one that it runs.
        either = placed(ast.If(self.hot(body[0], counter), body, recorded), body[0])
        kind: Any = type(node)
        made = kind(**{
            **{field: getattr(node, field, None) for field in node._fields},
            "args": arguments,
            "body": [*head, *declared, either],
            "decorator_list": decorators,
        })  # fmt: skip
        return placed(made, node)  # type: ignore[no-any-return]

    def ending(self, hook: str, node: ast.stmt, body: list[ast.stmt], *, fell: bool = False) -> list[ast.stmt]:
        """Tell that a frame is left, in whatever way; where ``fell``, an exception is noticed before that."""
        again = [self.do("fell", node), placed(ast.Raise(None, None), node)]
        handlers = [placed(ast.ExceptHandler(None, None, again), node)] if fell else []
        return [placed(ast.Try(body, handlers, [], [self.do(hook, node)]), node)]

    def class_definition(self, node: ast.ClassDef, index: int) -> ast.stmt:
        """Rewrite a class, whose body is a frame of its own."""
        decorators, bases = self.each(node.decorator_list), self.each(node.bases)
        keywords = [placed(ast.keyword(each.arg, self.expression(each.value)), each) for each in node.keywords]
        declared = lift(node.body)
        head = docstring(node.body)
        body = node.body[len(head) :]
        outer = (self.function, self.module, self.nested, self.loop)
        self.function, self.module, self.nested, self.loop = False, False, 0, -1
        inside = self.ending("closed", body[0], self.inside(index, body)) if body else []
        self.function, self.module, self.nested, self.loop = outer
        kind: Any = type(node)
        made = kind(**{
            **{field: getattr(node, field, None) for field in node._fields},
            "bases": bases,
            "keywords": keywords,
            "body": [*head, *declared, self.do("opened", node), *inside],
            "decorator_list": decorators,
        })  # fmt: skip
        return placed(made, node)  # type: ignore[no-any-return]


def _is_range(source: ast.expr) -> bool:
    return isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id == "range"


def lift(body: list[ast.stmt]) -> list[ast.stmt]:
    """Take the ``global`` and ``nonlocal`` statements out of a scope: its code will exist twice, and they may not."""
    found: list[ast.stmt] = []

    def take(block: list[ast.stmt]) -> None:
        for place, statement in enumerate(block):
            if isinstance(statement, (ast.Global, ast.Nonlocal)):
                found.append(statement)
                block[place] = placed(ast.Pass(), statement)

    take(body)
    for statement in list(own_statements(body)):
        if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            for block in blocks(statement):
                take(block)
    return found


def docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Give the docstring, which has to stay first."""
    return body[:1] if body and is_docstring(body[0]) else []
