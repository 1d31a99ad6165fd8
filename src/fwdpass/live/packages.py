"""What the page's Python imports beside NumPy and its own library: this package, and those that it draws with."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path

import fwdpass

_ROOMS = ("elements", "figures", "live", "networks", "numerals", "page", "trace")
"""The rooms of this package that a reading needs."""
AT_HOME = {
    "fwdpass/__main__.py", "fwdpass/borrowed.py", "fwdpass/commands.py", "fwdpass/new.py", "fwdpass/testing.py",
    "fwdpass/live/compiled.py", "fwdpass/live/packages.py", "fwdpass/live/runtime.py",
    "fwdpass/networks/explain/__init__.py", "fwdpass/networks/explain/command.py",
    "fwdpass/networks/explain/inputs.py", "fwdpass/networks/explain/page.py", "fwdpass/networks/explain/tiles.py",
    "fwdpass/page/patches.py", "fwdpass/trace/command.py", "fwdpass/trace/magic.py", "fwdpass/trace/panel/law.py",
    "htpy/html2htpy.py",
}  # fmt: skip
"""Modules of no use where there is neither a book to be built nor a command to be given."""
_PYGMENTS = (
    "__init__", "console", "filter", "formatter", "lexer", "modeline", "plugin", "regexopt", "style", "token",
    "unistring", "util", "filters/__init__", "formatters/__init__", "formatters/_mapping", "formatters/html",
    "styles/__init__", "styles/_mapping", "styles/default", "lexers/__init__", "lexers/_mapping",
    "lexers/python",
)  # fmt: skip
"""The modules of Pygments that colour a script."""


def packages() -> dict[str, bytes]:
    """Give the modules of packages that a reading imports, this one among them: name in an archive → source."""
    return {name: path.read_bytes() for name, path in sorted(modules()) if name not in AT_HOME}


def signature(sources: Mapping[str, bytes]) -> bytes:
    """Give what tells modules from others: it is the comment of the archive in which they are compiled."""
    told = hashlib.sha256()
    for name, source in sources.items():
        told.update(f"{name} {len(source)}\n".encode() + source)
    return told.hexdigest().encode()


def modules() -> Iterator[tuple[str, Path]]:
    """Give the modules of these packages, with those of no use to a reader."""
    root = Path(fwdpass.__file__).parent
    for path in (*root.glob("*.py"), *(path for room in _ROOMS for path in (root / room).rglob("*.py"))):
        if "formats" not in path.parts or path.stem == "__init__":
            yield f"fwdpass/{path.relative_to(root).as_posix()}", path
    for name in ("htpy", "markupsafe", "pygments"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        if origin.stem != "__init__":
            yield origin.name, origin
            continue
        for path in origin.parent.rglob("*.py"):
            inner = path.relative_to(origin.parent)
            if name != "pygments" or inner.with_suffix("").as_posix() in _PYGMENTS:
                yield f"{name}/{inner.as_posix()}", path
