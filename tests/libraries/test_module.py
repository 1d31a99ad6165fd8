"""The page on production where PyTorch is installed: the module runs, and its numbers are the book's."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from fwdpass.testing import Built, build

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_pytorch_is_found() -> None:
    assert find_spec("torch") is not None


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(DOCS, tmp_path_factory.mktemp("book"))


def test_the_book_builds_strictly_and_the_page_says_what_ran(built: Built) -> None:
    assert built.status == 0, built.messages
    said = built.said("production.html")
    assert "PyTorch was installed when this page was built, so it ran:" in said
    assert "the module in beside Y_hat float64 the same, to every digit that this book believes" in said
    assert "float32 not the same to as many digits" in said
    assert "PyTorch was not installed" not in said
