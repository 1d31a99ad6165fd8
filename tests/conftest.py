"""The book, built once a run, for every test that reads it; and the switch for goldens."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from fwdpass.testing import Built, build

collect_ignore = ["corpus"]
"""Scripts that are run to be traced: they exit, and print, and raise."""

DOCS = Path(__file__).parent.parent / "docs"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the files of tests/golden anew")


def pytest_configure() -> None:
    """Let the tests' commands hear Ctrl-C, which a shell lets what it runs in the background ignore."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Built:
    built = build(DOCS, tmp_path_factory.mktemp("book"))
    assert built.status == 0, built.messages
    return built
