"""The public names are found when they are asked for, and nothing is loaded before."""

from __future__ import annotations

import subprocess
import sys

import pytest

import fwdpass as fp


@pytest.mark.parametrize("name", fp.__all__)
def test_every_public_name_is_found(name: str) -> None:
    assert getattr(fp, name) is not None
    assert name in dir(fp)


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'fwdpass' has no attribute 'forwards'"):
        fp.forwards  # noqa: B018


@pytest.mark.parametrize(
    ("asked", "spared"),
    [
        ("import fwdpass", ["numpy", "htpy", "fwdpass.nn"]),
        ("import fwdpass.trace", ["numpy", "htpy"]),
        ("import fwdpass.trace; fwdpass.trace.traced_source('a = 1')", ["numpy", "htpy"]),
        ("import fwdpass.__main__", ["numpy", "htpy"]),
        ("import fwdpass as fp; fp.Network", ["htpy", "fwdpass.figures", "fwdpass.trace"]),
    ],
)
def test_whoever_imports_little_loads_little(asked: str, spared: list[str]) -> None:
    code = f"{asked}\nimport sys\nprint(*(name for name in {spared!r} if name in sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == []


@pytest.mark.parametrize("first", ["import fwdpass.trace", "import fwdpass.trace.run", "import fwdpass"])
def test_trace_is_a_function_and_a_package_whatever_was_imported_first(first: str) -> None:
    code = f"{first}\nimport fwdpass as fp\nimport fwdpass.trace.run as run\nprint(fp.trace('a = 1\\n'), run.__name__)"
    assert "a → 1 fwdpass.trace.run" in subprocess.check_output([sys.executable, "-c", code], text=True)
