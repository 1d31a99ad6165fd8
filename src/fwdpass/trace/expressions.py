"""Expressions, so rewritten that each value is recorded when it is computed, once, in the order of evaluation.

New trees are built around the parts of the old one, which stays as it is: it is also the code that runs unrecorded,
when a place was recorded often enough.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

from fwdpass.trace.plan import HOOK, Plan, Raw, Spot, raw
from fwdpass.trace.syntax import COMPREHENSIONS, argument_names, dotted, is_literal, placed

_CHUNK = ".chunk"
"""A name that no script can have, in the scope of a comprehension, which nobody sees from outside."""
DEEPEST = 60
"""Expressions nested deeper than this are left as they are: the compiler's own stack is finite."""
SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&",
    ast.UAdd: "+", ast.USub: "-", ast.Not: "not", ast.Invert: "~", ast.And: "and", ast.Or: "or",
}  # fmt: skip


class Expressions:
    """Rewrites expressions, and enters them into a plan."""

    def __init__(self, plan: Plan, source: str) -> None:
        self.plan = plan
        self.statement = 0
        self._lines = source.split("\n")
        self._deep = 0
        self._shown: Raw | None = None
        self._inner = False
        self.walrus = True
        """Whether the script gives names in expressions, by ``:=``, anywhere."""
        self.learned: set[str] = set()
        """Names whose value is looked up when the statement begins."""
        self._around: int | None = None
        self.function = False
        self.module = True
        self.modules: dict[str, str] = {}
        self.builtins: set[str] = set()

    # What is put in ---------------------------------------------------------------------------------------------------

    def call(self, hook: str, at: ast.AST, *arguments: ast.expr | int) -> ast.Call:
        """Call one of the recorder's functions, in the place of a node."""
        given = [self.constant(each, at) if isinstance(each, int) else each for each in arguments]
        return placed(ast.Call(self.constant(HOOK + hook, at), given, []), at)

    def constant(self, value: Any, at: ast.AST) -> ast.Constant:
        """Write a constant in the place of a node."""
        made = ast.Constant(value)
        # It cannot fail, so nobody asks where it ends.
        made.lineno, made.col_offset = at.lineno, at.col_offset  # type: ignore[attr-defined]
        return made

    def hot(self, at: ast.AST, counter: int | None = None) -> ast.expr:
        """Ask whether this place was passed often enough: the counter is C all through, and costs next to nothing."""
        return self.call(f"count {self.plan.count() if counter is None else counter}", at)

    def either(self, plain: ast.expr, flag: int | None) -> ast.expr:
        """Rewrite an expression of a comprehension, to be recorded while its flag is up."""
        recorded = self.expression(plain, self._around)
        if recorded is plain:
            return plain
        if flag is None:
            return placed(ast.IfExp(self.hot(plain), plain, recorded), plain)
        # An attribute of a constant, since the compiler would take a bare constant for granted.
        raised = ast.Attribute(self.constant(f"{HOOK}flag {flag}", plain), "up", ast.Load())
        return placed(ast.IfExp(placed(raised, plain), recorded, plain), plain)

    # Expressions ------------------------------------------------------------------------------------------------------

    def expression(self, node: ast.expr, parent: int | None = None) -> ast.expr:
        """Rewrite an expression; ``parent`` is the recorded one around it."""
        if self._deep > DEEPEST or is_literal(node):
            return node
        self._deep += 1
        try:
            return self._expression(node, parent)
        finally:
            self._deep -= 1

    def maybe(self, node: ast.expr | None, parent: int | None = None) -> ast.expr | None:
        """Rewrite what may not be there."""
        return None if node is None else self.expression(node, parent)

    def each(self, nodes: list[Any], parent: int | None = None) -> list[Any]:
        """Rewrite several."""
        return [None if node is None else self.expression(node, parent) for node in nodes]

    def enter(self, node: ast.expr | ast.stmt, parent: int | None, label: str = "") -> int:
        """Enter an expression into the plan."""
        self.plan.nodes.append(Spot(raw(node), type(node).__name__, parent, self.statement, label, self._shown))
        return len(self.plan.nodes) - 1

    def _expression(self, node: ast.expr, parent: int | None) -> ast.expr:
        me, made = self._bare(node, parent)
        if me < 0:
            return made
        hook = "inner" if self._inner else self._quick
        return self.call(hook, node, me, made)

    @property
    def _quick(self) -> str:
        return "top" if self.module else "value"

    def bare(self, node: ast.expr) -> tuple[int, ast.expr]:
        """Rewrite an expression, but leave it to the caller to have its value kept; -1 where it need not be."""
        return (-1, node) if is_literal(node) else self._bare(node, None)

    def _bare(self, node: ast.expr, parent: int | None) -> tuple[int, ast.expr]:
        match node:
            # A module is worth nothing that a reader would look at.
            case ast.Name(id=name):
                return (-1, node) if name in self.modules else (self.enter(node, parent, name), node)
            case ast.Starred(value=value, ctx=context):
                # A starred expression, a slice and a format are no values: what is in them is.
                return -1, placed(ast.Starred(self.expression(value, parent), context), node)
            case ast.Lambda():
                return -1, self._lambda(node, parent)
            case ast.Yield(value=value):
                given = [] if value is None else [self.expression(value, parent)]
                made: ast.expr = ast.Yield(self.call("yielding", node, *given))
                return -1, self.call("resumed", node, placed(made, node))
            case ast.YieldFrom(value=value):
                made = ast.YieldFrom(self.call("delegating", node, self.expression(value, parent)))
                return -1, self.call("resumed", node, placed(made, node))
            case ast.Slice(lower=lower, upper=upper, step=step):
                parts = (self.maybe(part, parent) for part in (lower, upper, step))
                return -1, placed(ast.Slice(*parts), node)
            case ast.FormattedValue(value=value, conversion=conversion, format_spec=spec):
                inner = self._formatted(node, value, parent)
                written = None if spec is None else self._joined(spec, parent)
                return -1, placed(ast.FormattedValue(inner, conversion, written), node)
        return self._recorded(node, parent)

    def _recorded(self, node: ast.expr, parent: int | None) -> tuple[int, ast.expr]:
        """Rewrite an expression that has a value of its own."""
        me = self.enter(node, parent, _label(node))
        match node:
            case ast.NamedExpr(target=target, value=value):
                made: ast.expr = ast.NamedExpr(target, self.expression(value, me))
                sure = 2 if target.id in self.learned and not self._inner else 0
                return -1, self.call("walrus", node, me, sure, placed(made, node))
            case ast.Call():
                made = self._call(node, me)
            case ast.Attribute(value=value, attr=name, ctx=context):
                made = ast.Attribute(self.expression(value, me), name, context)
            case ast.Subscript(value=value, slice=index, ctx=context):
                made = ast.Subscript(self.expression(value, me), self._index(index, me), context)
            case ast.JoinedStr(values=values):
                made = ast.JoinedStr([self.expression(part, me) for part in values])
            case ast.BinOp(left=left, op=op, right=right):
                made = ast.BinOp(self.expression(left, me), op, self.expression(right, me))
            case ast.UnaryOp(op=op, operand=operand):
                made = ast.UnaryOp(op, self.expression(operand, me))
            case ast.BoolOp(op=joint, values=values):
                made = ast.BoolOp(joint, self.each(values, me))
            case ast.Compare(left=left, ops=ops, comparators=others):
                made = ast.Compare(self.expression(left, me), ops, self.each(others, me))
            case ast.IfExp(test=test, body=body, orelse=other):
                made = ast.IfExp(self.expression(test, me), self.expression(body, me), self.expression(other, me))
            case ast.List(elts=items, ctx=context):
                made = ast.List(self.each(items, me), context)
            case ast.Tuple(elts=items, ctx=context):
                made = ast.Tuple(self.each(items, me), context)
            case ast.Set(elts=items):
                made = ast.Set(self.each(items, me))
            case ast.Dict(keys=keys, values=values):
                made = ast.Dict(self.each(keys, me), self.each(values, me))
            case ast.Await(value=value):
                waited = ast.Await(self.call("delegating", node, self.expression(value, me)))
                made = self.call("resumed", node, placed(waited, node))
            case _ if isinstance(node, COMPREHENSIONS):
                made = self._comprehension(node, me)
            case _:  # syntax that is younger than this code
                made = node
        return me, placed(made, node)

    def _call(self, node: ast.Call, me: int) -> ast.expr:
        match node.func:
            # What is called needs no recording where it is known beforehand: a builtin that the script never binds, or
            # a function of a module that it imports.
            case ast.Name(id=name) if name in self.builtins:
                self.plan.callees[me] = ["builtins", name]
                function: ast.expr = node.func
            case ast.Attribute() if (names := dotted(node.func)) and names[0] in self.modules:
                self.plan.callees[me] = [self.modules[names[0]], *names[1:]]
                function = node.func
            case ast.Name():
                function = self.call("callee", node.func, me, node.func)
            case ast.Attribute(value=value, attr=name, ctx=context):
                made = placed(ast.Attribute(self.expression(value, me), name, context), node.func)
                function = self.call("callee", node.func, me, made)
            case other:
                function = self.call("callee", other, me, self.expression(other, me))
        given = [
            placed(ast.keyword(keyword.arg, self.expression(keyword.value, me)), keyword) for keyword in node.keywords
        ]
        return ast.Call(function, self.each(node.args, me), given)

    def _index(self, index: ast.expr, me: int) -> ast.expr:
        """Rewrite what stands in brackets: with slices in it, a tuple is no expression."""
        if isinstance(index, ast.Tuple):
            return placed(ast.Tuple(self.each(index.elts, me), index.ctx), index)
        return self.expression(index, me)

    def _comprehension(self, node: Any, me: int) -> ast.expr:
        first = node.generators[0]
        source = self.expression(first.iter, me)
        outer, start = (self._inner, self._around), len(self.plan.statements)
        self._inner, self._around = True, me
        flag = None
        generators = []
        if not first.is_async:
            # Chunk by chunk, so that what is not recorded costs next to nothing.
            flag = self.plan.flag(me, self.statement)
            chunk = placed(ast.Name(_CHUNK, ast.Store()), first.iter)
            pieces = self.call("pieces", first.iter, flag, source)
            generators.append(ast.comprehension(chunk, pieces, [], 0))
            source = placed(ast.Name(_CHUNK, ast.Load()), first.iter)
        for place, old in enumerate(node.generators):
            # Of the first generator, the source is evaluated outside of the comprehension, and of the others in each
            # turn.
            if place:
                source = self.either(old.iter, flag)
            tests = [self.either(test, flag) for test in old.ifs]
            generators.append(ast.comprehension(old.target, source, tests, old.is_async))
        if isinstance(node, ast.DictComp):
            made: ast.expr = ast.DictComp(self.either(node.key, flag), self.either(node.value, flag), generators)
        else:
            made = type(node)(self.either(node.elt, flag), generators)
        self._inner, self._around = outer
        if flag is not None:
            self.plan.flags[flag][2].extend(range(start, len(self.plan.statements)))
        return made

    def _lambda(self, node: ast.Lambda, parent: int | None) -> ast.expr:
        old = node.args
        defaults, named = self.each(old.defaults, parent), self.each(old.kw_defaults, parent)
        arguments = ast.arguments(old.posonlyargs, old.args, old.vararg, old.kwonlyargs, named, old.kwarg, defaults)
        outer = self.statement, self._inner, self.function, self.module, self.learned
        self._inner, self.function, self.module, self.learned = False, True, False, set()
        self.statement = inner = self.plan.statement("lambda", raw(node), self.statement)
        counter = self.plan.count()
        loop = self.plan.loop(inner, inner, counter)
        names = argument_names(old)
        look = self.plan.look(dict.fromkeys(names, "passed"), busy=False)
        begin = self.call("entered", node, inner, look, *(self.load(name, node) for name in names))
        recorded = self.expression(node.body)
        self.plan.loops[loop].perhaps += range(inner + 1, len(self.plan.statements))
        self.statement, self._inner, self.function, self.module, self.learned = outer
        # A lambda has room for one expression: (entered(...), returns(BODY))[1].
        pair = placed(ast.Tuple([begin, self.call("returns", node.body, recorded)], ast.Load()), node.body)
        second = placed(ast.Subscript(pair, self.constant(1, node.body), ast.Load()), node.body)
        body = placed(ast.IfExp(self.hot(node.body, counter), node.body, second), node.body)
        return placed(ast.Lambda(arguments, body), node)

    def load(self, name: str, at: ast.AST) -> ast.expr:
        """Read a name in the place of a node."""
        return placed(ast.Name(name, ast.Load()), at)

    # f-strings --------------------------------------------------------------------------------------------------------

    def _joined(self, node: ast.expr, parent: int | None) -> ast.expr:
        """Rewrite the format in an f-string, which is one in its turn."""
        if not isinstance(node, ast.JoinedStr):
            return node
        return placed(ast.JoinedStr(self.each(node.values, parent)), node)

    def _formatted(self, node: ast.AST, value: ast.expr, parent: int | None) -> ast.expr:
        """Rewrite what stands in braces; before Python 3.12 its place may be wrong, and is then that of the text."""
        outer = self._shown
        if sys.version_info < (3, 12) and outer is None and not self._is_there(value):
            self._shown = raw(node)
        try:
            return self.expression(value, parent)
        finally:
            self._shown = outer

    def _is_there(self, value: ast.expr) -> bool:
        line, start, end_line, end = raw(value)
        if line != end_line or line > len(self._lines):
            return False
        piece = self._lines[line - 1].encode()[start:end].decode(errors="replace")
        try:
            return ast.dump(ast.parse(piece.strip(), mode="eval").body) == ast.dump(value)
        except (SyntaxError, ValueError):
            return False

    # What is assigned to ----------------------------------------------------------------------------------------------

    def target(self, node: ast.expr) -> ast.expr:
        """Rewrite the expressions in the target of an assignment."""
        match node:
            case ast.Tuple(elts=parts, ctx=context):
                return placed(ast.Tuple([self.target(part) for part in parts], context), node)
            case ast.List(elts=parts, ctx=context):
                return placed(ast.List([self.target(part) for part in parts], context), node)
            case ast.Starred(value=part, ctx=context):
                return placed(ast.Starred(self.target(part), context), node)
            case ast.Subscript(value=value, slice=index, ctx=context):
                me = self.enter(node, None)
                made: ast.expr = ast.Subscript(self.expression(value, me), self._index(index, me), context)
                return placed(made, node)
            case ast.Attribute(value=value, attr=name, ctx=context):
                me = self.enter(node, None, name)
                return placed(ast.Attribute(self.expression(value, me), name, context), node)
        return node


def _label(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name):
            return name
        case ast.BinOp(op=op) | ast.UnaryOp(op=op) | ast.BoolOp(op=op):
            return SIGNS[type(op)]
        case ast.NamedExpr(target=target):
            return target.id
    return ""
