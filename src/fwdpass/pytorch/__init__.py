"""The lesson's network as people write it for PyTorch, and whether there is a PyTorch to run it."""

from __future__ import annotations

from importlib.util import find_spec


def installed() -> bool:
    """Say whether there is a PyTorch to run."""
    return find_spec("torch") is not None
