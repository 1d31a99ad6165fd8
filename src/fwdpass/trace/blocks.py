"""Blocks of statements, and what is put between these: that one begins, and which names to look at after it."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from fwdpass.trace.expressions import Expressions
from fwdpass.trace.heads import head_place, without_body
from fwdpass.trace.plan import HOOK, Plan
from fwdpass.trace.syntax import (
    FUNCTIONS,
    assigned_in,
    called_names,
    certain_reads,
    every_part,
    leaves_early,
    may_change,
    named_in,
    names_of,
    placed,
)

_SILENT = (ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal)
_FINAL = 16
"""How many names are looked at after a loop, or after a call that may have changed them."""


class Blocks(Expressions):
    """Rewrites blocks, and enters their statements into a plan."""

    def __init__(self, plan: Plan, source: str) -> None:
        super().__init__(plan, source)
        self.parent: int | None = None
        self.nested = 0
        self.loop = -1

    @abstractmethod
    def rewritten(self, node: ast.stmt, index: int) -> list[ast.stmt]:
        """Rewrite a statement, which is entered with this index."""

    # Blocks -----------------------------------------------------------------------------------------------------------

    def block(self, body: Iterable[ast.stmt]) -> tuple[list[ast.stmt], list[tuple[ast.stmt, int]]]:
        """Rewrite the statements of a block; give also the statements that are recorded, each with its index."""
        made: list[ast.stmt] = []
        direct: list[tuple[ast.stmt, int]] = []
        for statement in body:
            if isinstance(statement, _SILENT) or is_future(statement):
                made.append(statement)
                direct.append((statement, -1))
                continue
            place = head_place(statement, self._lines)
            index = self.plan.statement(type(statement).__name__, place, self.parent, self.loop)
            direct.append((statement, index))
            made += self._statement(statement, index)
        return made, direct

    def inside(self, parent: int, body: Iterable[ast.stmt]) -> list[ast.stmt]:
        """Rewrite the block of a statement."""
        outer, self.parent = self.parent, parent
        made, _ = self.block(body)
        self.parent = outer
        return made

    def repeated(self, parent: int, loop: int, body: list[ast.stmt], within: int) -> list[ast.stmt]:
        """Rewrite a block that is repeated, and enter which of its statements run in each turn.

        ``within`` is the loop around them; the body of a function is repeated, and is in none.
        """
        start = len(self.plan.statements)
        outer, self.parent, self.loop = (self.parent, self.loop), parent, within
        made, direct = self.block(body)
        self.parent, self.loop = outer
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
            return self.rewritten(node, index)
        finally:
            self.statement = outer

    # What is put in ---------------------------------------------------------------------------------------------------

    def do(self, hook: str, at: ast.AST, *arguments: ast.expr | int) -> ast.stmt:
        """Call one of the recorder's functions, as a statement in the place of another."""
        return placed(ast.Expr(self.call(hook, at, *arguments)), at)

    def begin(self, node: ast.stmt, index: int, names: Iterable[str]) -> list[ast.stmt]:
        """Begin a visit, and see what the names are worth that it may change: a function's own may have no value."""
        learned = dict.fromkeys([*names, *(named_in(node) if self.walrus else ())], "")
        self.learned = set(learned)
        if not learned:
            return [self.do("begin", node, index)]
        if not self.function:
            return [self.do("starts", node, index, self.plan.look(learned, busy=False))]
        made = [self.do("begin", node, index)]
        for name in learned:
            look = self.plan.look({name: ""}, busy=False)
            seen = self.do("was", node, look, self.load(name, node))
            made.append(self._if_bound(seen, [self.do("unbound", node, look)], node))
        return made

    def changed(self, node: ast.stmt, part: ast.AST | None = None) -> tuple[dict[str, str], bool]:
        """Give the names that a statement writes, and those whose objects it may change; and whether others may be."""
        hows = {} if part is not None else names_of(node)
        busy = may_change(part or without_body(node), self.plan.harmless, wild=self.plan.wild)
        if busy and self.function and not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            head = part or without_body(node)
            gone = deleted(node)
            calls = called_names(head)
            for name in [name for name in certain_reads(head) if name not in calls and name not in gone][:_FINAL]:
                hows.setdefault(name, "")
        return hows, busy

    def done(self, node: ast.stmt, changed: tuple[dict[str, str], bool]) -> list[ast.stmt]:
        """Look, after a statement, at the names that it wrote, and at those whose objects it may have changed."""
        hows, busy = changed
        return [self.look(hows, node, busy=busy)] if hows or busy else []

    def look(self, hows: dict[str, str], at: ast.AST, *, busy: bool, sure: int = 2) -> ast.stmt:
        """Look at names: in a function they are handed over, elsewhere the namespace has them."""
        names = [self.load(name, at) for name in hows] if self.function else []
        return self.do("done", at, self.plan.look(hows, busy=busy, sure=sure), *names)

    def after(self, node: Any, index: int, loop: int = -1) -> list[ast.stmt]:
        """Look at what a loop has left behind: the names that it writes, where they exist."""
        named = named_in(node) if isinstance(node, ast.While) else ()
        names = [*names_of(node), *named, *assigned_in(node.body)]
        hows = dict.fromkeys(list(dict.fromkeys(names))[:_FINAL], "assigned")
        look = self.plan.look(hows, busy=True)
        if loop >= 0:
            self.plan.loops[loop].look = look
        if not self.function:
            return [self.do("left", node, index, loop, look)]
        left = self.do("left", node, index, loop, look, *(self.load(name, node) for name in hows))
        # Where the loop has not come to all of them: those that there are.
        each = [self.do("one", node, self.plan.look({name: ""}, busy=False), self.load(name, node)) for name in hows]
        one_by_one = [self.do("again", node, index, loop), *(self._if_bound(look, [], node) for look in each)]
        return [self._if_bound(left, one_by_one, node)]

    def _if_bound(self, look: ast.stmt, otherwise: list[ast.stmt], node: ast.AST) -> ast.stmt:
        """Look at names, unless there is one that has no value."""
        unbound = ast.ExceptHandler(
            self.constant(HOOK + "NameError", node), None, otherwise or [placed(ast.Pass(), node)]
        )
        made: ast.stmt = placed(ast.Try([look], [placed(unbound, node)], [], []), node)
        return made


def is_future(statement: ast.stmt) -> bool:
    """Whether a statement has to come first."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def deleted(node: ast.stmt) -> list[str]:
    """Give the names that a statement deletes."""
    if not isinstance(node, ast.Delete):
        return []
    return [part.id for target in node.targets for part in every_part(target) if isinstance(part, ast.Name)
            and isinstance(part.ctx, ast.Del)]  # fmt: skip
