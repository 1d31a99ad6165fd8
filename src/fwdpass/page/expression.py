"""What a page may hold out of its readers' sight: what reads what was executed, and types no number."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from functools import lru_cache

from fwdpass.errors import ExpressionError, PageError
from fwdpass.numerals.scan import numbers
from fwdpass.numerals.world import WORDS
from fwdpass.numerals.writing import Medium, is_format, parted
from fwdpass.page.program import Cell, Claim, Expression

HOLE = re.compile(r"\\n\{((?:[^{}]|\{[^{}]*\})*)\}")
"""A hole such as ``\\n{mse:.4f}``, in which an expression stands."""


def parse_expression(text: str, line: int, medium: Medium = "text") -> Expression:
    """Split ``mse:.4f`` into the expression and its format, and refuse a typed number.

    What parses as an expression is one, whole; otherwise the last colon separates the format.
    Raises :class:`~fwdpass.errors.ExpressionError` for what Python cannot read, for an expression that reads no
    name of the page, and for a number that would be typed: a float literal anywhere, or an
    integer that is not an index or one side of a comparison.

    Parameters
    ----------
    text : str
        What stands in the role, such as ``mse:.4f``.
    line : int
        Its line in the page's source.
    medium : str
        What the number is written for.

    Returns
    -------
    Expression
        A step of the page's program.

    Examples
    --------
    >>> parse_expression("mse:.4f", line=7)
    Expression(source='mse', line=7, spec='.4f', medium='text', executed='')
    >>> parse_expression("0.8963", line=7)
    Traceback (most recent call last):
    fwdpass.errors.ExpressionError: 0.8963 is a typed number: compute it in a cell, and name it here
    """
    source, spec = text.strip(), ""
    tree = _parse(source)
    if tree is None:
        head, spec = _parted(source)
        tree = _parse(head)
        if tree is None:
            raise ExpressionError(
                f"{text!r} is not an expression that Python can read; it is one, "
                "or one with a format after a colon, such as mse:.4f"
            )
        source = head
        if not spec or not is_format(spec):
            raise ExpressionError(
                f"{spec!r} is no format; there are .2f, +.2f, .1e, % and the rest of Python's, fraction, factor, "
                "word, ordinal, place, count NOUN, 3 significant, si UNIT, currency EUR and p, formats of dates, "
                "yes/no, and 'else WORDS' for what is missing"
            )
        _refuse_noun(spec)
    _refuse_typed(tree)
    return Expression(source, line, spec, medium)


def _parted(written: str) -> tuple[str, str]:
    """Part an expression from its format, which may have colons of its own, as ``%H:%M`` has."""
    colons = [place for place, char in enumerate(written) if char == ":"]
    cut = [(written[:at].strip(), written[at + 1 :].strip()) for at in colons]
    known = (parts for parts in cut if is_format(parts[1]) and _parse(parts[0]) is not None)
    return next(known, cut[-1] if cut else ("", ""))


def _refuse_noun(spec: str) -> None:
    """Refuse a number in what a format is given to say, such as ``count neuron of seven``."""
    how, _, noun = spec.partition(" ") if spec.startswith(("count ", "Count ")) else ("else", "", parted(spec)[1])
    if WORDS.fullmatch(spec):
        how, noun = "a format of truth values", spec
    if noun and (found := next(numbers(noun), None)):
        raise ExpressionError(f"{found.text!r} is a typed number in the format {spec!r}: {how} takes words alone")


def parse_claim(text: str, line: int, said: str = "") -> Claim:
    """Take a predicate as a claim; raises :class:`~fwdpass.errors.ExpressionError` for what can only ever be true.

    Parameters
    ----------
    text : str
        The predicate.
    line : int
        Its line in the page's source.
    said : str
        The sentence that it holds.

    Returns
    -------
    Claim
        A step of the page's program.

    Examples
    --------
    >>> parse_claim("len(states.dead) == 1", line=7)
    Claim(source='len(states.dead) == 1', line=7, said='')
    """
    return Claim(parse_read(text, "a predicate that Python can read, such as h[0] == 0"), line, said)


def parse_read(text: str, what: str) -> str:
    """Take code that reads a name of the page, and is read by nobody; raises ExpressionError for anything else."""
    source = text.strip()
    tree = _parse(source)
    if tree is None:
        raise ExpressionError(f"{text!r} is not {what}")
    _refuse_unread(tree)
    return source


@lru_cache(maxsize=1024)
def check_hidden(cell: Cell) -> None:
    """Refuse a number that is typed where no reader of the page sees the code.

    Raises :class:`~fwdpass.errors.PageError` for what an expression would be refused for.
    """
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return  # running it will say so
    shown = tree.body[-1:]
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and node not in shown}
    line = cell.line
    try:
        for computed in _from_nothing(tree, files=True):
            line = cell.line + computed.lineno - 1
            _refuse_from_nothing(computed)
        for constant, harmless in _constants(tree):
            line = cell.line + constant.lineno - 1
            if id(constant) not in docstrings:
                _refuse_constant(constant.value, harmless)
    except ExpressionError as error:
        raise PageError(f"in a cell whose code is not shown, {error}", line=line, kind="cell") from None


def _parse(source: str) -> ast.Expression | None:
    try:
        return ast.parse(source, mode="eval")
    except (SyntaxError, ValueError):
        return None


def _refuse_typed(tree: ast.Expression) -> None:
    """Refuse literals that would end up as digits on the page."""
    for constant, harmless in _constants(tree):
        _refuse_constant(constant.value, harmless)
    for computed in _from_nothing(tree):
        _refuse_from_nothing(computed)
    _refuse_unread(tree)


_COUNTING = frozenset(("abs", "divmod", "float", "hash", "int", "len", "max", "min", "ord", "pow", "round", "sum"))
"""The builtins that make a number of what they are given."""


def _from_nothing(tree: ast.AST, *, files: bool = False) -> Iterator[ast.expr]:
    """Find numbers that are made of literals alone, such as ``len("seven")``: typed ones, in all but name.

    What is read from ``files`` is none of these, where they are judged elsewhere.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name(name), arguments) if (
                name in _COUNTING and arguments and not any(_reads(one, files=files) for one in arguments)
            ):
                yield node
            case ast.BinOp(left, _, right) if any(map(_is_truth_value, (left, right))):
                yield node


def _reads(node: ast.AST, *, files: bool = False) -> bool:
    """Say whether an expression reads a name of the page, or opens a file where these are asked for."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return not names <= vars(builtins).keys() or (files and "open" in names)


def _is_truth_value(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _refuse_from_nothing(computed: ast.expr) -> None:
    raise ExpressionError(
        f"{ast.unparse(computed)} makes a number of what is typed there: compute it from the page's names, in a cell"
    )


def _constants(tree: ast.AST) -> Iterator[tuple[ast.Constant, bool]]:
    """Give the literals, each with whether it can do no harm: as an index, or one side of a comparison.

    Raises :class:`~fwdpass.errors.ExpressionError` for a format within an f-string, which would round by another rule
    than the page's.
    """
    indices = {id(node) for sub in ast.walk(tree) if isinstance(sub, ast.Subscript) for node in ast.walk(sub.slice)}
    for parent in ast.walk(tree):
        if isinstance(parent, ast.FormattedValue) and parent.format_spec is not None:
            raise ExpressionError(
                f"{ast.unparse(parent)} formats a number by itself: fwdpass.numerals.text does it by the book's rule"
            )
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.Constant):
                yield node, id(node) in indices or isinstance(parent, ast.Compare)


def _refuse_unread(tree: ast.Expression) -> None:
    """Refuse what reads nothing that was executed."""
    if not _reads(tree):
        raise ExpressionError(
            f"{ast.unparse(tree)} reads no name of the page, so nothing executed it: "
            "compute it in a cell, and name it here"
        )


def _refuse_constant(value: object, harmless: bool) -> None:
    """Refuse a number, or a text with digits, unless it is an index or one side of a comparison."""
    if isinstance(value, float | complex) or (type(value) is int and not harmless):
        raise ExpressionError(f"{value!r} is a typed number: compute it in a cell, and name it here")
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str) and not harmless and (found := next(numbers(value), None)):
        raise ExpressionError(
            f"{value!r} has a typed number in it, {found.text}: compute it in a cell, and name it here"
        )
