"""What a page's numbers depend on besides its own text; a change of it reads every page again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from sphinx.application import Sphinx
from sphinx.config import Config

from fwdpass import elements

_PACKAGE = Path(__file__).resolve().parent.parent


def fingerprint(files: Iterable[Path]) -> str:
    """Hash this Python, this NumPy, and the contents of files (not where they are)."""
    digest = hashlib.sha256(f"{sys.version}\n{np.__version__}\n".encode())
    for content in sorted(hashlib.sha256(path.read_bytes()).digest() for path in files):
        digest.update(content)
    return digest.hexdigest()[:16]


def set_fingerprint(app: Sphinx, config: Config) -> None:
    """Put the fingerprint among the settings, where Sphinx compares it with the last build's.

    It covers this package with its data and its elements, Python files beside the pages, and what ``fwdpass_depends``
    names: patterns, relative to the folder of ``conf.py``.
    """
    files = set(_PACKAGE.rglob("*.py")) | set(_PACKAGE.rglob("*.npz")) | set(Path(app.srcdir).rglob("*.py"))
    files.update(path for kind in ("js", "css") for path in elements.FOLDER.glob(f"*.{kind}"))
    for pattern in config.fwdpass_depends:
        files.update(path for path in Path(app.confdir).glob(pattern) if path.is_file())
    config.fwdpass_fingerprint = fingerprint(files)
