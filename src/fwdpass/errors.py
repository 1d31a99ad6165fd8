"""The sentences a caller can meet: every error that fwdpass raises on purpose.

An error says what was asked, what arrived, the rule, and the likely fix. Each is also the
builtin that a caller would expect, so ``except ValueError`` keeps working.
"""

from __future__ import annotations

from functools import partial
from typing import Any


class FwdpassError(Exception):
    """Anything that fwdpass refuses; its message is a sentence for a person."""


class ShapeError(FwdpassError, ValueError):
    """Arrays whose shapes do not fit the operation."""


class ArgumentError(FwdpassError, TypeError, ValueError):
    """An argument that is not what its function takes, as None where numbers are asked for."""


class NetworkError(FwdpassError, ValueError):
    """What is no network: an unknown activation, weights that are no finite numbers."""


class ModelError(FwdpassError, ValueError):
    """A model, or a file of one, that cannot be read or written as a network of plain layers."""


class LibraryError(FwdpassError, ImportError):
    """A library that is needed here, and is not installed."""


class NumeralError(FwdpassError, ValueError):
    """A value that cannot become text, or a format that does not exist."""


class ExpressionError(FwdpassError, ValueError):
    """An expression that a page may not hold: a typed number, a statement, a syntax error."""


class ScriptError(FwdpassError, RuntimeError):
    """A script that did not end well."""


class TraceError(FwdpassError, ValueError):
    """What is no trace, or a script that cannot be read."""


class PageError(FwdpassError, RuntimeError):
    """A page that cannot be read: a cell that fails, a name that is missing.

    ``line`` is the line of the page's source, counted from one, and ``kind`` the word that a
    warning carries after ``fwdpass.`` (``cell``, ``number``, ``page``). Errors with the same ``cause`` are one mistake,
    which is told once.
    """

    def __init__(self, message: str, *, line: int, kind: str, cause: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.kind = kind
        self.cause = cause

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error be sent to another process."""
        return partial(type(self), line=self.line, kind=self.kind, cause=self.cause), (str(self),)


def misfit(left: tuple[int, ...], right: tuple[int, ...]) -> ShapeError:
    """Say why a shape cannot be multiplied by another, and whether a transpose would fit.

    Parameters
    ----------
    left, right : tuple of int
        The shapes.

    Returns
    -------
    ShapeError
        The error, to be raised.

    Examples
    --------
    >>> print(misfit((3,), (4, 3)))
    cannot multiply (3,) @ (4, 3): the last axis on the left is 3 and the first on the right \
is 4, and they must be equal; (3,) @ (3, 4), the transpose, would fit
    """
    if not left or not right:
        return ShapeError(f"cannot multiply {left} @ {right}: a single number has no axis to sum over; use * to scale")
    inner = right[-2] if len(right) > 1 else right[0]
    said = (
        f"cannot multiply {left} @ {right}: the last axis on the left is {left[-1]} "
        f"and the first on the right is {inner}, and they must be equal"
    )
    flipped = right[:-2] + right[:-3:-1]
    if len(right) > 1 and left[-1] == right[-1]:
        said += f"; {left} @ {flipped}, the transpose, would fit"
    return ShapeError(said)
