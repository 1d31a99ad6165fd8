"""Put a question: for which unit, input or row, and with which of its options."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fwdpass.errors import ArgumentError, ExpressionError
from fwdpass.numerals.exact import agree
from fwdpass.numerals.writing import text

FEWEST, LEAST = 2, 3
"""Options that a question is written with, at least, and options that are put of as many or more."""


@dataclass(frozen=True)
class Each:
    """What a question may be put for: ``j in range(len(b1))``."""

    target: str
    names: tuple[str, ...]
    among: str
    """What is looked through."""

    @property
    def source(self) -> str:
        """An expression of Python that is worth the list of all that the question may be put for."""
        return f"[{self.target} for {self.target} in {self.among}]"

    @classmethod
    def of(cls, written: str) -> Each:
        """Read what an author has written; raises :class:`~fwdpass.errors.ExpressionError` for anything else.

        >>> Each.of("j in range(len(b1))").source
        '[j for j in range(len(b1))]'
        """
        try:
            tree = ast.parse(f"[None for {written}]", mode="eval").body
        except SyntaxError:
            tree = None
        match tree:
            case ast.ListComp(generators=[ast.comprehension(target, among, ifs=[], is_async=0)]):
                names = tuple(node.id for node in ast.walk(target) if isinstance(node, ast.Name))
                return cls(ast.unparse(target), names, ast.unparse(among))
        raise ExpressionError(f"{written!r} is not what a question may be put for, such as j in range(len(b1))")


@dataclass(frozen=True)
class Read:
    """What an option, or the answer, is worth, and its text."""

    value: Any
    text: str


def alike(a: Any, b: Any) -> bool:
    """Say whether two values are the same: numbers up to rounding, and anything else by its own equality."""
    try:
        return agree(a, b)
    except ArgumentError:
        return bool(a == b)


def right_of(answer: Read, options: Sequence[Read | None], marked: int | None) -> int | str:
    """Find the option that is right, or say in a sentence why none is, or which is not known.

    It is the one that is ``marked``, which has to equal the answer; without a mark, the only one that does. An option
    that cannot be computed is nothing.
    """
    equal = [place for place, one in enumerate(options) if one is not None and alike(one.value, answer.value)]
    if marked is not None:
        if marked in equal:
            return marked
        one = options[marked]
        said = one.text if one is not None else "nothing, since it cannot be computed"
        return f"the option that is marked as right is {said}, and the answer {answer.text}"
    if len(equal) == 1:
        return equal[0]
    if not equal:
        said = ", ".join(one.text for one in options if one is not None)
        return f"no option is the answer, {answer.text}: they are {said}"
    which = [f"the {text(place, 'place')}" for place in equal]
    said = f"{', '.join(which[:-1])} and {which[-1]}"
    return f"{text(len(equal), 'word')} of the options equal {answer.text}, {said}: mark the right one with [x]"


def put(options: Sequence[Read | None], right: int, most: int) -> tuple[int, ...]:
    """Choose the options that are put, in their order: the right one, and those before others that differ from all.

    Two that have the same value, or are read the same, are never put together. Gives none if fewer than
    :data:`LEAST` are left, where so many were written and asked for.

    >>> put([Read(1, "1"), Read(2, "2"), Read(1, "1"), Read(3, "3"), Read(4, "4")], right=2, most=3)
    (1, 2, 3)
    >>> put([Read(1, "1"), Read(2, "2"), Read(1, "1")], right=0, most=4)
    ()
    >>> put([Read(1, "1"), Read(2, "2")], right=1, most=4)
    (0, 1)
    """
    kept = [right]
    for place, one in enumerate(options):
        if one is None or len(kept) == most:
            continue
        if not any(_same(one, options[other]) for other in kept):
            kept.append(place)
    least = max(FEWEST, min(LEAST, len(options), most))
    return tuple(sorted(kept)) if len(kept) >= least else ()


def _same(a: Read, b: Read | None) -> bool:
    return b is not None and (a.text == b.text or alike(a.value, b.value))
