"""The book, built once a run, for every test that reads it; the switch for goldens; how laws are tried."""

from __future__ import annotations

import os
import pickle
import signal
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fwdpass.testing import Built, build

collect_ignore = ["corpus"]
"""Scripts that are run to be traced: they exit, and print, and raise."""

# The laws run the same examples on every computer, every time: a failure today is a failure tomorrow.
settings.register_profile(
    "laws",
    derandomize=True,
    deadline=None,  # other jobs share the machine: time is the benchmark's business
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("laws")

DOCS = Path(__file__).parent.parent / "docs"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the files of tests/golden anew")


def pytest_configure() -> None:
    """Let the tests' commands hear Ctrl-C, which a shell lets what it runs in the background ignore."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process build the book at once, while others run the files of tests/book that do without it."""
    needing = {item.path for item in items if "book" in getattr(item, "fixturenames", ())}
    first = next((item.path for item in items if item.path in needing), None)
    own = Path(__file__).parent / "book"
    items.sort(key=lambda item: (item.path != first, item.path in needing or item.path.parent != own))


LONGEST = 1800.0
"""Seconds that a process waits for another one that builds the book."""


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Give the book as it is published, built with two jobs by the process of the run that asks for it first."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "book-of-this-run"
    answer = folder / "built"
    try:
        folder.mkdir()
    except FileExistsError:
        until = time.monotonic() + LONGEST
        while not answer.exists():
            assert time.monotonic() < until, "the process that builds the book has not ended"
            time.sleep(0.1)
        # what another process of this run has written
        built: Built = pickle.loads(answer.read_bytes())  # noqa: S301
    else:
        built = Built(1, "the build was interrupted", folder, folder)
        try:
            built = build(DOCS, folder, "-j", "2")
        finally:
            unfinished = folder / "unfinished"
            unfinished.write_bytes(pickle.dumps(built))
            unfinished.rename(answer)
    assert built.status == 0, built.messages
    return built
