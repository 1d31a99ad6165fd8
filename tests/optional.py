"""Libraries that some tests need, and most who run the tests do not have."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest


def library(name: str) -> Any:
    """Import a library, or skip the test without it; where ``nox -s values`` has installed all, none is skipped."""
    return importlib.import_module(name) if os.environ.get("FWDPASS_VALUES") else pytest.importorskip(name)
