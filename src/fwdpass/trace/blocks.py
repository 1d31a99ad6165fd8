"""Blocks of statements, and what is put between these: that one begins, and which names to look at after it."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from fwdpass.trace.expressions import Expressions
from fwdpass.trace.heads import head_place, without_body
from fwdpass.trace.plan import HOOK, Plan
from fwdpass.trace.syntax import FUNCTIONS, assigned_in, called_names, certain_reads, leaves_early, may_change, names_of

_SILENT = (ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal)
_FINAL = 16
"""How many names are looked at after a loop, or after a call that may have changed them."""


class Blocks(Expressions):
    """Rewrites blocks, and enters their statements into a plan."""

    def __init__(self, plan: Plan, source: str) -> None:
        super().__init__(plan, source)
        self.parent: int | None = None
        self.nested = 0

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
            index = self.plan.statement(type(statement).__name__, head_place(statement, self._lines), self.parent)
            direct.append((statement, index))
            made += self._statement(statement, index)
        return made, direct

    def inside(self, parent: int, body: Iterable[ast.stmt]) -> list[ast.stmt]:
        """Rewrite the block of a statement."""
        outer, self.parent = self.parent, parent
        made, _ = self.block(body)
        self.parent = outer
        return made

    def repeated(self, parent: int, loop: int, body: list[ast.stmt]) -> list[ast.stmt]:
        """Rewrite a block that is repeated, and enter which of its statements run in each turn."""
        start = len(self.plan.statements)
        outer, self.parent = self.parent, parent
        made, direct = self.block(body)
        self.parent = outer
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
        return ast.copy_location(ast.Expr(self.call(hook, at, *arguments)), at)

    def done(self, node: ast.stmt, part: ast.AST | None = None) -> list[ast.stmt]:
        """Look, after a statement, at the names that it wrote, and at those whose objects it may have changed."""
        hows = {} if part is not None else names_of(node)
        busy = may_change(part or node) and not isinstance(node, (*FUNCTIONS, ast.ClassDef))
        if busy and self.function:
            head = part or without_body(node)
            gone = deleted(node)
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
        if not self.function:
            return [self.do("left", node, index, self.plan.look(hows, busy=True))]
        names_now = [self.load(name, node) for name in hows]
        left = self.do("left", node, index, self.plan.look(hows, busy=False), *names_now)
        # Where the loop has not come to all of them: those that there are.
        each = (self.look({name: "assigned"}, node, busy=False) for name in hows)
        one_by_one = [self.do("again", node, index), *(self._if_bound(look, [], node) for look in each)]
        return [self._if_bound(left, one_by_one, node)]

    def _if_bound(self, look: ast.stmt, otherwise: list[ast.stmt], node: ast.AST) -> ast.stmt:
        """Look at names, unless there is one that has no value."""
        unbound = ast.ExceptHandler(self.constant(HOOK + "NameError", node), None, otherwise or [at(ast.Pass(), node)])
        made: ast.stmt = at(ast.Try([look], [at(unbound, node)], [], []), node)
        return made


def is_future(statement: ast.stmt) -> bool:
    """Whether a statement has to come first."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def deleted(node: ast.stmt) -> list[str]:
    """Give the names that a statement deletes."""
    if not isinstance(node, ast.Delete):
        return []
    return [part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)
            and isinstance(part.ctx, ast.Del)]  # fmt: skip


def at(made: Any, node: ast.AST) -> Any:
    """Put a node in the place of another."""
    return ast.copy_location(made, node)
