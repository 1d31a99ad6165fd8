"""What the reference page shows of functions is complete: each parameter, and what is given back."""

from __future__ import annotations

import importlib
import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from numpydoc.validate import validate

ROOT = Path(__file__).resolve().parents[2]
ASKED = {
    "GL06": "a section that NumPy's form does not know",
    "GL07": "sections in another order",
    "GL08": "no docstring",
    "PR01": "a parameter that is not described",
    "PR02": "a parameter that is not there",
    "PR07": "a parameter without a word about it",
    "RT01": "no word about what is given back",
    "RT03": "no word about what is given back",
    "SS03": "a summary without an end",
}
"""The checks of numpydoc that are asked; types are annotations, and parameters of a kind stand together."""


def named() -> Iterator[str]:
    """Give the dotted names that the page asks autodoc for, modules' and classes' members too."""
    module = owner = ""
    for line in (ROOT / "docs" / "reference.md").read_text("utf-8").splitlines():
        if directive := re.match(r"\.\. (\w+):: (\S+)", line):
            kind, name = directive.groups()
            full = name if name.startswith("fwdpass") else f"{module}.{name}"
            if kind == "currentmodule":
                module = name
            elif kind == "automodule":
                owner = name
            else:
                owner = full
                yield full
        elif members := re.match(r"\s+:members:(.*)", line):
            names = [name.strip() for name in members[1].split(",") if name.strip()]
            yield from (f"{owner}.{name}" for name in names or public(importlib.import_module(owner)))


def public(module: ModuleType) -> list[str]:
    """Give the names that a module shows when none is named."""
    own = (name for name, thing in vars(module).items() if getattr(thing, "__module__", None) == module.__name__)
    return list(getattr(module, "__all__", None) or (name for name in own if not name.startswith("_")))


def found(name: str) -> Any:
    """Give what a dotted name stands for."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            thing: Any = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            thing = getattr(thing, part, None)
        return thing
    return None


FUNCTIONS = [name for name in dict.fromkeys(named()) if inspect.isroutine(found(name))]


def faults(name: str) -> list[str]:
    return [f"{code}: {said}" for code, said in validate(name)["errors"] if code in ASKED]


def test_the_page_shows_functions_of_every_room() -> None:
    rooms = {name.split(".")[1] for name in FUNCTIONS if name.count(".") > 1}
    assert {"networks", "numerals", "page", "trace", "testing", "errors", "nn"} <= rooms


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_takes_and_what_it_gives(name: str) -> None:
    assert faults(name) == []


def bare(number: float) -> float:
    """Give the half of a number."""
    return number / 2


def other(number: float) -> float:
    """Give the half of a number.

    Parameters
    ----------
    count : float
        It.

    Returns
    -------
    float
        Its half.
    """
    return number / 2


@pytest.mark.parametrize(("function", "codes"), [(bare, {"PR01", "RT01"}), (other, {"PR01", "PR02"})])
def test_what_is_missing_is_found(function: Callable[[float], float], codes: set[str]) -> None:
    assert {fault.partition(":")[0] for fault in faults(f"{__name__}.{function.__name__}")} == codes
