"""What a page's numbers depend on besides its own text; a change of it reads every page again."""

from __future__ import annotations

import hashlib
import re
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import numpy as np
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from fwdpass.sphinxext import records

_LOADED = re.compile(r"^[ \t]*:?load:[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}


def fingerprint(files: Iterable[Path]) -> str:
    """Hash this Python, this NumPy, and the contents of files (not where they are)."""
    digest = hashlib.sha256(f"{sys.version}\n{np.__version__}\n".encode())
    for content in sorted(hashlib.sha256(path.read_bytes()).digest() for path in files):
        digest.update(content)
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def env_version() -> int:
    """Give a number for the form of what this package keeps between builds: another package, and Sphinx starts anew."""
    return int(fingerprint(_PACKAGE.rglob("*.py"))[:8], 16)


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Give the versions of the installed packages that modules belong to, by the names of the modules.

    NumPy's, and that of this package, are in the fingerprint of every page.
    """
    names = {name.partition(".")[0] for name in modules} - {*sys.stdlib_module_names, "numpy", "fwdpass"}
    found = {name: _version(name) for name in sorted(names)}
    return {name: version for name, version in found.items() if version is not None}


@lru_cache(maxsize=256)
def _version(module: str) -> str | None:
    """Give the version of the package that has a module, or "" if it says none; nothing for a module of no package.

    Most packages are called what their modules are. Whose another module is, is looked up in all that are installed,
    which takes long: so not for a module that lies elsewhere, as those beside a page do.
    """
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(module)
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is not None and not any(Path(file).is_relative_to(folder) for folder in _INSTALLED):
        return None
    for distribution in _distributions().get(module, ())[:1]:
        with suppress(metadata.PackageNotFoundError):
            return metadata.version(distribution)
        return ""
    return None


def stale(_: Sphinx, env: BuildEnvironment, __: object, ___: object, ____: object) -> list[str]:
    """Give the pages that imported another version of a package than there is now."""
    return [name for name, kept in records.records(env).items() if kept.versions != versions(kept.versions)]


def note_loaded(app: Sphinx, docname: str, content: list[str]) -> None:
    """Note the files that cells of a page load by the option ``load`` as what it depends on."""
    for found in _LOADED.finditer(content[0]):
        _, path = app.env.relfn2path(found[1], docname)
        app.env.note_dependency(path)


def set_fingerprint(app: Sphinx, config: Config) -> None:
    """Put the fingerprint among the settings, where Sphinx compares it with the last build's.

    It covers this package with its data, scripts and style sheets, Python files beside the pages, and what
    ``fwdpass_depends`` names: patterns, relative to the folder of ``conf.py``.
    """
    files = {path for kind in ("py", "npz", "js", "css") for path in _PACKAGE.rglob(f"*.{kind}")}
    files.update(Path(app.srcdir).rglob("*.py"))
    for pattern in config.fwdpass_depends:
        files.update(path for path in Path(app.confdir).glob(pattern) if path.is_file())
    config.fwdpass_fingerprint = fingerprint(files)
