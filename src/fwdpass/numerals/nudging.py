"""Arithmetic that rounds otherwise: what an operation or a call gives is nudged at random in its last binary digits.

This is stochastic arithmetic, as CADNA and Verificarlo have it, for Python as it is. A program is compiled so that its
decimals, and what its operations and calls give, pass through :class:`~fwdpass.numerals.otherwise.Otherwise`. Digits
that depend on how a computer rounds differ from one reading of the program to the next, and the others do not.

Noise costs time, so it is put where floats meet: at what is added and subtracted, compared, bound, or given to a call,
and not at each factor of a product. The bodies of loops and functions are there twice, as they are and nudged, and
after some rounds most are taken as they are: a loop that has gone on for so long has had its noise.

Source: Parker, "Monte Carlo Arithmetic", 1997, for random rounding; Vignes, "Discrete stochastic arithmetic for
validating results of numerical software", 2004.
"""

from __future__ import annotations

import ast
import builtins
import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, cycle, repeat

from fwdpass.numerals.otherwise import NAMED, Otherwise, is_exact

_NUDGED, _CALLED, _PRODUCT = "_fwdpass_nudged", "_fwdpass_called", "_fwdpass_product"
_TOLD, _DIVIDED, _DIFFERENCE = "_fwdpass_told", "_fwdpass_divided", "_fwdpass_difference"
"""Names that compiled code calls: builtins while a reading lasts, so that the author's own modules have them, too."""
_TURN = "_fwdpass_turn"
"""The beginning of such names: each body of a loop or function has one, which says whether it is nudged this time."""
_EACH, _SOME = 64, 64
"""Rounds of a loop, or calls of a function, of which each is nudged; of those behind them, one in so many is."""
_SHAPES = frozenset("T shape size ndim dtype index columns name names at iloc loc".split())
"""Attributes that are no numbers, or views of an array that has been nudged."""
_NO_FLOATS = frozenset(
    "len range append extend print isinstance upper lower strip split join startswith endswith enumerate zip items keys"
    " str repr type format add update maximum minimum where reshape ravel flatten squeeze transpose copy concatenate"
    " stack vstack hstack column_stack zeros ones eye empty zeros_like ones_like".split()
)
"""Functions and methods that make no float, or none but those that they were given."""
_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


@contextmanager
def nudging(seed: int) -> Iterator[None]:
    """Let what was compiled by :func:`with_nudges` round in the way of a seed, for the length of a ``with`` block.

    >>> code = compile(with_nudges(ast.parse("0.1 + 0.2 > 0.3", mode="eval")), "<claim>", "eval")
    >>> with nudging(seed=2):
    ...     0.1 + 0.2 > 0.3, eval(code)
    (True, False)
    """
    nudges = Otherwise(seed)
    held = {
        _NUDGED: nudges.nudged, _CALLED: nudges.called, _PRODUCT: nudges.product,
        _TOLD: nudges.compared, _DIVIDED: nudges.divided, _DIFFERENCE: nudges.difference,
        **{name: _turns() for name in _BODIES},
    }  # fmt: skip
    before = {name: vars(builtins).get(name) for name in held}
    vars(builtins).update(held)
    try:
        yield
    finally:
        for name in (*held, *_BODIES):  # some of which were compiled within
            value = before.get(name)
            if value is None:
                vars(builtins).pop(name, None)
            else:
                vars(builtins)[name] = value


_BODIES: list[str] = []
"""The names of all bodies that have been compiled in this process."""


def _turns() -> Callable[[], bool]:
    """Give a function that says of a body, time after time, whether it is nudged."""
    return chain(repeat(True, _EACH), cycle((True, *repeat(False, _SOME - 1)))).__next__


def with_nudges(tree: ast.AST) -> ast.AST:
    """Let the decimals of a tree, and the results of its operations and calls, be nudged where it runs."""
    nudging_: ast.AST = ast.fix_missing_locations(_Nudging().visit(tree))
    return nudging_


class _Nudging(ast.NodeTransformer):
    """Put a call around each expression that gives a float, or may."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float | complex) and math.isfinite(abs(node.value)):
            if isinstance(node.value, float) and is_exact(node.value):
                return node
            now = vars(builtins).get(_NUDGED)
            return (
                _call(_NUDGED, node, [node]) if now is None else ast.copy_location(ast.Constant(now(node.value)), node)
            )
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        sides = (node.left, node.right)
        computed = all(isinstance(side, ast.BinOp | ast.Call) for side in sides) and len({*map(ast.dump, sides)}) == 2
        self.generic_visit(node)
        if isinstance(node.op, ast.Sub) and computed:
            return _call(_DIFFERENCE, node, [node.left, node.right])
        if isinstance(node.op, ast.MatMult):
            return _call(_PRODUCT, node, [node.left, node.right])
        if isinstance(node.op, ast.FloorDiv | ast.Mod):
            how = ast.Constant("//" if isinstance(node.op, ast.FloorDiv) else "%")
            return _call(_DIVIDED, node, [node.left, node.right, how])
        if isinstance(node.op, ast.Mult | ast.Div | ast.Pow):  # the product has the noise of its factors
            node.left = _bare(node.left)
        if isinstance(node.op, ast.Mult | ast.Div):
            node.right = _bare(node.right)
        return _call(_NUDGED, node, [node])

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        how = _COMPARED.get(type(node.ops[0]))
        if len(node.ops) > 1 or how is None:
            return node
        return _call(_TOLD, node, [node.left, node.comparators[0], ast.Constant(how)])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Attribute):  # a method is no number
            node.func.value = self.visit(node.func.value)
            name = node.func.attr
        else:
            node.func = self.visit(node.func)
            name = getattr(node.func, "id", "")
        node.args = [self.visit(given) for given in node.args]
        node.keywords = [self.visit(given) for given in node.keywords]
        if name in NAMED:
            return _call(_CALLED, node, [node.func, *node.args], node.keywords)
        return node if name in _NO_FLOATS else _call(_NUDGED, node, [node])

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Nudge what an object of a library holds, such as the coefficients of a model."""
        self.generic_visit(node)
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        if own or node.attr in _SHAPES or not isinstance(node.ctx, ast.Load):
            return node
        return _call(_NUDGED, node, [node])

    # Bodies, twice

    def visit_For(self, node: ast.For | ast.AsyncFor) -> ast.stmt:
        """Nudge some rounds."""
        node.target, node.iter = self.visit(node.target), self.visit(node.iter)
        node.body, node.orelse = self._twice(node.body), self._body(node.orelse)
        return node

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> ast.stmt:
        """Nudge some rounds, and the tests before them."""
        node.test = self._either(node.test)
        node.body, node.orelse = self._twice(node.body), self._body(node.orelse)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        """Nudge some calls."""
        self.visit(node.args)
        node.body = self._either(node.body)
        return node

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> ast.expr:
        """Nudge some entries."""
        node.generators = [self.visit(generator) for generator in node.generators]
        node.elt = self._either(node.elt)
        return node

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def _twice(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Give a body as it is and nudged, and a test which of them it is this time."""
        names = (ast.Global, ast.Nonlocal)
        first = body[0]
        says = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)  # a docstring
        kept = [one for one in body if isinstance(one, names) or (says and one is first)]
        rest = [one for one in body if one not in kept]
        within = any(isinstance(part, names) for one in rest for part in ast.walk(one))
        plain = copy.deepcopy(rest)
        nudged = self._body(rest)
        if within or not rest or not any(map(_computes, plain)):
            return [*kept, *nudged]
        return [*kept, ast.copy_location(ast.If(_turn(rest[0]), nudged, plain), rest[0])]

    def _either(self, node: ast.expr) -> ast.expr:
        if not _computes(node) or any(isinstance(part, ast.NamedExpr) for part in ast.walk(node)):
            return self.visit(node)  # type: ignore[no-any-return]
        plain = copy.deepcopy(node)
        return ast.copy_location(ast.IfExp(_turn(node), self.visit(node), plain), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """Leave what happens in place, and nudge what came of it."""
        twice = any(
            isinstance(part, ast.Call | ast.NamedExpr | ast.Await | ast.Yield) for part in ast.walk(node.target)
        )
        self.generic_visit(node)
        if twice:  # its target is evaluated once, and would be so again
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        after = ast.Assign([copy.deepcopy(node.target)], _call(_NUDGED, node, [read]))
        return [node, ast.copy_location(after, node)]

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        """Leave patterns alone: they may hold literals and names only."""
        node.guard = self.visit(node.guard) if node.guard is not None else None
        node.body = self._body(node.body)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        """Leave annotations alone."""
        node.value = self.visit(node.value) if node.value is not None else None
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        self.visit(node.args)
        node.body = self._twice(node.body)
        return node

    def _body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for statement in statements:
            after = self.visit(statement)
            done += after if isinstance(after, list) else [after]
        return done


def _bare(node: ast.expr) -> ast.expr:
    """Give an expression without the call that nudges it."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == _NUDGED:
            return node.args[0]
        if node.func.id == _PRODUCT:
            return _call(_PRODUCT, node, [*node.args, ast.Constant(True)])
    return node


def _computes(node: ast.AST) -> bool:
    """Say whether something in a piece of code may be nudged."""
    return any(isinstance(part, ast.BinOp | ast.Call | ast.Compare | ast.AugAssign) for part in ast.walk(node))


def _turn(node: ast.AST) -> ast.expr:
    name = f"{_TURN}{len(_BODIES)}"
    _BODIES.append(name)
    if _NUDGED in vars(builtins):
        vars(builtins)[name] = _turns()
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [], []), node)


def _call(
    name: str, node: ast.expr | ast.stmt, given: list[ast.expr], named: list[ast.keyword] | None = None
) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), given, named or []), node)
