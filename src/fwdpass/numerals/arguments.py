"""What the arguments of public functions are to be, by their annotations; what is not is told in a sentence.

Words and mappings are looked at before a function runs. Numbers are looked at when it has failed, so that a call that
works costs nothing, and that the sentence names the argument and not what the failure was within.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import Parameter, signature
from numbers import Rational
from os import PathLike
from types import ModuleType
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from fwdpass.errors import ArgumentError, FwdpassError, NumeralError, ShapeError

P = ParamSpec("P")
R = TypeVar("R")
Numbers = Any
"""What NumPy makes an array of numbers of; ``ArrayLike`` leaves out fractions and other libraries' tensors."""


ROWS = (list, tuple, np.ndarray)


class Kind(NamedTuple):
    """What an argument is to be: in words, whether a value is that, and what to do where it is not.

    Without a remedy, it is numbers: what helps depends on what has arrived.
    """

    words: str
    fits: Callable[[Any], bool]
    remedy: str = ""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function say which of its arguments is not what it takes.

    Parameters
    ----------
    function : callable
        A function whose annotations are among those of this module; others are not looked at.

    Returns
    -------
    callable
        The function, which raises :class:`~fwdpass.errors.ArgumentError` for such a call.

    Examples
    --------
    >>> @checked
    ... def scaled(x: ArrayLike, *names: str) -> ArrayLike:
    ...     return np.asarray(x) * 2
    >>> scaled([1, None])
    Traceback (most recent call last):
    fwdpass.errors.ArgumentError: scaled() takes x as numbers in rows of one length, and got a list with None in it: \
is a value missing?
    >>> scaled([1], 2)
    Traceback (most recent call last):
    fwdpass.errors.ArgumentError: scaled() takes names as text, and got 2: a name stands in quotes
    """
    asked = signature(function)
    kinds = {name: kind for name, one in asked.parameters.items() if (kind := _kind(one)) is not None}
    early = {name: kind for name, kind in kinds.items() if kind.remedy}

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        if early:
            _refuse(early, args, kwargs)
        try:
            return function(*args, **kwargs)
        except (NumeralError, ArgumentError):  # they name no argument, or that of a function within this one
            _refuse(kinds, args, kwargs)
            raise
        except ShapeError:  # None has a shape for NumPy; what is wrong with rows, such an error says itself
            _refuse(kinds, args, kwargs, rows=False)
            raise
        except FwdpassError:
            raise
        except (TypeError, ValueError, AttributeError):
            _refuse(kinds, args, kwargs)
            raise

    def _refuse(kinds: Mapping[str, Kind], args: tuple[Any, ...], kwargs: dict[str, Any], *, rows: bool = True) -> None:
        try:
            given = asked.bind(*args, **kwargs).arguments
        except TypeError:
            return  # Python says itself what is missing, or too much
        for name, kind in kinds.items():
            several = asked.parameters[name].kind is Parameter.VAR_POSITIONAL
            for value in given.get(name, ()) if several else [given[name]] if name in given else []:
                allowed = value is None and asked.parameters[name].default is None
                if not (allowed or kind.fits(value) or (isinstance(value, ROWS) and not rows)):
                    raise refusal(function.__name__, name, kind, value) from None

    return called


def refusal(function: str, name: str, kind: Kind, value: Any) -> ArgumentError:
    """Say what a function takes, what has arrived, and what may help."""
    return ArgumentError(
        f"{function}() takes {name} as {kind.words}, and got {_arrived(value)}: {kind.remedy or _remedy(value)}"
    )


def _kind(parameter: Parameter) -> Kind | None:
    return KINDS.get(str(parameter.annotation).removesuffix(" | None").partition("[[")[0])


# What fits ------------------------------------------------------------------------------------------------------------


def is_array(value: Any) -> bool:
    """Say whether something has a shape, and entries that may be numbers; what another library has counts, too."""
    kind = getattr(getattr(value, "dtype", None), "kind", "f")
    return hasattr(value, "shape") and kind in tuple("biufcO")


def _is_numbers(value: Any) -> bool:
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):  # its rows differ in length; a tensor that wants to be detached
        return False
    if array.dtype.kind == "O":
        return all(isinstance(one, Rational | np.number) and not isinstance(one, bool) for one in array.flat)
    return array.dtype.kind in "iuf" and bool(np.isfinite(array).all())


def are_texts(value: Any) -> bool:
    """Say whether something is a list of texts, and not one text."""
    return isinstance(value, Iterable) and not isinstance(value, str) and all(isinstance(one, str) for one in value)


def _are_images(value: Any) -> bool:
    return isinstance(value, Iterable) and all(map(_is_numbers, value))


def _is_network(value: Any) -> bool:
    """Say so by the name of its class, which stands in a room above this one."""
    return any(one.__name__ == "Network" for one in type(value).__mro__)


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


ARRAY = Kind("an array of numbers", is_array)
_NUMBERS = Kind("numbers in rows of one length", _is_numbers)
_DICTIONARY = Kind("a dictionary", _is(Mapping), "a key and its value stand in braces")
_TEXTS = Kind("a list of texts", are_texts, "the texts stand in brackets, each in quotes")
_PATH = "it stands in quotes, or is a Path"
KINDS = {
    "ArrayLike": _NUMBERS,
    "Numbers": _NUMBERS,
    "Network | Numbers": Kind("a Network, or numbers", lambda value: _is_network(value) or _is_numbers(value)),
    "int": Kind("a number", _is_numbers),
    "Sequence[ArrayLike]": Kind("a list of arrays", _are_images),
    "str": Kind("text", _is(str), "a name stands in quotes"),
    "Sequence[str]": _TEXTS,
    "Collection[str]": _TEXTS,
    "Iterable[Sequence[str]]": Kind("rows of texts", _is(Iterable), "each row is a list of texts"),
    "Mapping[str, Any]": _DICTIONARY,
    "Mapping[str, str]": _DICTIONARY,
    "Mapping[str, Sequence[Any]]": _DICTIONARY,
    "str | os.PathLike[str]": Kind("a path", _is(str, PathLike), _PATH),
    "str | PathLike[str] | ModuleType": Kind(
        "a path, a module or source", _is(str, PathLike, ModuleType), f"{_PATH}; source stands in quotes, too"
    ),
    "ModuleType": Kind("a module", _is(ModuleType), "it is what import gives"),
    "Network": Kind("a Network", _is_network, "Network((W, b, activation), …) makes one"),
    "Callable": Kind("a function", callable, "its name stands without parentheses"),
}
"""What each annotation means. What is None by default may be None."""


# Sentences ------------------------------------------------------------------------------------------------------------


def _arrived(value: Any) -> str:
    """Say what has arrived, in so many words that a line holds it."""
    if (odd := _odd(value)) is not value:
        return f"{_a(type(value).__name__)} with {_shown(odd)} in it"
    if isinstance(value, ROWS) or hasattr(value, "shape"):
        shape = f" of shape {value.shape}" if hasattr(value, "shape") else ""
        return f"{_a(type(value).__name__)}{shape}"
    return _shown(value)


def _odd(value: Any) -> Any:
    """Give the first entry of an array that is no number; or the value itself, where all are, or there are none."""
    if not isinstance(value, ROWS):
        return value
    try:
        entries = np.asarray(value).flat
    except ValueError:  # its rows differ in length
        return value
    return next((one for one in entries if not _is_numbers(one)), value)


def _shown(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    simple = value is None or isinstance(value, str | bytes | bool | int | float | complex)
    return repr(value) if simple and len(repr(value)) <= SHOWN else _a(type(value).__name__)


SHOWN = 40
"""Characters that a value has at most where a sentence quotes it."""


def _a(noun: str) -> str:
    noun = noun.removeprefix("nd")  # NumPy's name for an array
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _remedy(value: Any) -> str:
    """Guess why something is not the numbers that were asked for."""
    odd = _odd(value)
    match odd.item() if isinstance(odd, np.generic) else odd:
        case None:
            return "is a value missing?"
        case str() | bytes():
            return "a variable's name stands without quotes, and float() makes a number of a text"
        case bool():
            return "truth values are no numbers, and .astype(int) makes numbers of them"
        case float() | complex():
            return "every number has to be real and finite"
        case list() | tuple() if _is_numbers(odd):
            return "np.array() makes an array of it"
        case list() | tuple():
            return "its rows differ in length"
    return "np.asarray() has to make numbers of it"
