"""Mutants of operations: one of them changed in all its homes, and in one of its homes alone.

An operation has three homes: the *script* (the lesson's source), the *package* (the functions of
:mod:`fwdpass.nn`, which the views call, too), and the *pages* (what cells and expressions spell
out, and the expressions that they hand to ``fp.shapes``). What is changed in each:

=====================  ===============================================================================
no ReLU                ``relu(z)`` gives ``z``; ``np.maximum(0, z)`` becomes ``z``
ReLU from one          ``maximum(0, z)`` becomes ``maximum(1, z)``
no bias                ``a @ W + b`` becomes ``a @ W``; a neuron's ``total + b`` becomes ``total``
transposed weights     ``a @ W`` becomes ``a @ W.T``, for a layer's matrix; ``W1 @ W2`` becomes ``W2 @ W1``
sum for mean           ``mean`` becomes ``sum``
=====================  ===============================================================================

The loop over neurons (``fp.neuron``, and views that write sums out) reads columns and is not
transposed: it is what the layers are checked against. A mutant of one home is there for sentences
such as "the same as by hand", which only a difference between homes makes false.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import CodeType

from fwdpass import nn
from fwdpass.page import Choice, Expression, Program, Question
from fwdpass.page.program import Step
from tests.mutation.forms import resized, sizes
from tests.mutation.mutant import Book, Mutant
from tests.mutation.values import put

LAYERS = frozenset(("W", "W1", "W2", "W_eff"))
"""Names of matrices that are a layer's weights."""
ALL = frozenset(("script", "package", "pages"))


class _NoRelu(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("maximum") | ast.Attribute(attr="maximum"), [ast.Constant(0), z]):
                return z
            case ast.Call(ast.Name("maximum") | ast.Attribute(attr="maximum"), [z, ast.Constant(0)]):
                return z
        return node


class _FromOne(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("maximum") | ast.Attribute(attr="maximum"), [ast.Constant(0), _]):
                node.args[0] = ast.Constant(1)
            case ast.Call(ast.Name("maximum") | ast.Attribute(attr="maximum"), [_, ast.Constant(0)]):
                node.args[1] = ast.Constant(1)
        return node


class _NoBias(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.BinOp(op=ast.MatMult()) as product, ast.Add(), _):
                return product
            case ast.BinOp(ast.Name("total") as total, ast.Add(), ast.Name("b")):
                return total
        return node


class _Transposed(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.Name(left) as first, ast.MatMult(), ast.Name(right) as then) if {left, right} <= LAYERS:
                return ast.BinOp(then, ast.MatMult(), first)
            case ast.BinOp(left, ast.MatMult(), ast.Name(right) as then) if right in LAYERS:
                return ast.BinOp(left, ast.MatMult(), ast.Attribute(then, "T", ast.Load()))
        return node


class _Sum(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name("sum", node.ctx) if node.id == "mean" else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return ast.Attribute(node.value, "sum", node.ctx) if node.attr == "mean" else node


OPERATIONS: Mapping[str, type[ast.NodeTransformer]] = {
    "no ReLU": _NoRelu,
    "ReLU from one": _FromOne,
    "no bias": _NoBias,
    "transposed weights": _Transposed,
    "sum for mean": _Sum,
}


def of_operations(book: Book) -> Iterator[Mutant]:
    """Give each operation's mutants: everywhere, and in each home alone; and the script, a line longer."""
    for name in OPERATIONS:
        yield replace(changed(book, name, ALL), name=name)
        for home in sorted(ALL):
            mutant = changed(book, name, frozenset((home,)))
            if mutant.functions or mutant.programs or mutant.lesson != book.lesson:
                yield replace(mutant, name=f"{name}, in the {home} alone", kind="one home")
    rows, columns, _ = sizes(book.lesson)
    square = replace(book, lesson=resized(book.lesson, rows, columns, rows * columns))
    mutant = changed(square, "transposed weights", ALL)
    yield replace(mutant, name=f"transposed weights, with {rows * columns} hidden neurons, where the shapes still fit")
    if (longer := _a_line_longer(book.lesson.source)) != book.lesson.source:
        yield Mutant("the hidden layer in a line more", "operation", replace(book.lesson, source=longer))


def changed(book: Book, operation: str, homes: frozenset[str]) -> Mutant:
    """Give the book with one operation changed in some of its homes."""
    transform = OPERATIONS[operation]
    lesson, programs, functions = book.lesson, {}, {}
    if "script" in homes:
        lesson = replace(lesson, source=rewritten(lesson.source, transform))
    if "pages" in homes:
        new = {name: _program(program, transform) for name, program in book.programs.items()}
        programs = {name: program for name, program in new.items() if program != book.programs[name]}
    if "package" in homes:
        functions = _functions(transform)
    return Mutant(
        operation,
        "operation",
        lesson,
        programs=programs,
        functions=functions,
        script=frozenset((operation,) if lesson != book.lesson else ()),
        package=frozenset((operation,) if functions else ()),
    )


def rewritten(source: str, transform: type[ast.NodeTransformer]) -> str:
    r"""Transform a source, and leave every statement that stays the same as it was written.

    >>> rewritten("z = x @ W + b  # the sum\nh = np.maximum(0, z)  # ReLU", _NoRelu)
    'z = x @ W + b  # the sum\nh = z  # ReLU'
    """
    for statement in reversed(ast.parse(source).body):
        before = ast.dump(statement)
        start, end = (
            (statement.lineno, statement.col_offset),
            (statement.end_lineno or 0, statement.end_col_offset or 0),
        )
        new = _InShapes(transform).visit(transform().visit(statement))
        if ast.dump(new) != before:
            source = put(source, start, end, ast.unparse(new))
    return source


class _InShapes(ast.NodeTransformer):
    """Transforms the expressions that are handed to ``fp.shapes`` as texts."""

    def __init__(self, transform: type[ast.NodeTransformer]) -> None:
        self._transform = transform

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(attr="shapes"), [ast.Constant(str() as written), *_]):
                new = ast.unparse(self._transform().visit(ast.parse(written, mode="eval")))
                if new != ast.unparse(ast.parse(written, mode="eval")):
                    node.args[0] = ast.Constant(new)
        return node


def _program(program: Program, transform: type[ast.NodeTransformer]) -> Program:
    def step(old: Step) -> Step:
        match old:
            case Question(options=options):  # an option is read twice: to choose among them, and where it stands
                return replace(old, options=tuple(replace(each, expression=new(each.expression)) for each in options))
            case Choice():
                return old
            case _:
                return replace(old, source=rewritten(old.source, transform))

    def new(old: Expression) -> Expression:
        return replace(old, source=rewritten(old.source, transform))

    return replace(program, steps=tuple(map(step, program.steps)))


def _functions(transform: type[ast.NodeTransformer]) -> dict[str, CodeType]:
    """Compile :mod:`fwdpass.nn` transformed, and give the code of the functions that it changed."""
    tree = ast.parse(inspect.getsource(nn))
    before = {node.name: ast.dump(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    new = transform().visit(tree)
    names = {n.name for n in new.body if isinstance(n, ast.FunctionDef) and ast.dump(n) != before[n.name]}
    module: CodeType = compile(ast.fix_missing_locations(new), nn.__file__, "exec")
    return {code.co_name: code for code in module.co_consts if isinstance(code, CodeType) and code.co_name in names}


def _a_line_longer(source: str) -> str:
    """Split the first line that is a product plus a bias: the same numbers, in two lines."""
    lines = source.splitlines(keepends=True)
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign([ast.Name(z)], ast.BinOp(ast.BinOp(op=ast.MatMult()) as product, ast.Add(), b)):
                two = f"{z} = {ast.unparse(product)}\n{z} = {z} + {ast.unparse(b)}\n"
                return "".join([*lines[: statement.lineno - 1], two, *lines[statement.lineno :]])
    return source
