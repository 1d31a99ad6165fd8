"""The book, built once a run, for every test that reads it; and the switch for goldens."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwdpass.testing import Built, build

collect_ignore = ["corpus"]
"""Scripts that are run to be traced: they exit, and print, and raise."""

DOCS = Path(__file__).parent.parent / "docs"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the files of tests/golden anew")


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Built:
    built = build(DOCS, tmp_path_factory.mktemp("book"))
    assert built.status == 0, built.messages
    return built
