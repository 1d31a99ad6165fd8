"""Compile the modules of an archive, so that whoever imports them need not.

Run by the Python that is to import them, since another one writes other bytecode: that for browsers, in Node.
"""

from __future__ import annotations

import ast
import marshal
import re
from importlib.util import MAGIC_NUMBER, source_hash
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_UNCHECKED = (1).to_bytes(4, "little")
"""Says that a module is not to be held against its source, which is not there."""
_SIGNATURE, _BETWEEN = re.compile(r"\s*[\w.]+\("), re.compile(r"\n\s*\n")
_BEGINNING = (1980, 1, 1, 0, 0, 0)


def compile_archive(archive: str, root: str) -> None:
    """Put bytecode in the place of each module of an archive, the same bytes each time.

    Parameters
    ----------
    archive : str
        The file, which is written anew.
    root : str
        The folder from which the modules will be imported, or that in which they will believe to be.
    """
    with ZipFile(archive) as whole:
        files = {name: whole.read(name) for name in sorted(whole.namelist())}
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in files.items():
            is_module = name.endswith(".py")
            written = bytecode(content, f"{root}/{name}") if is_module else content
            packed.writestr(ZipInfo(f"{name}c" if is_module else name, _BEGINNING), written, ZIP_DEFLATED)


def bytecode(source: bytes, filename: str) -> bytes:
    """Compile a module to what its file with bytecode has, of each docstring what a trace says of it: its beginning.

    Docstrings are half of a library. A trace says what public functions and classes do, by the first paragraph that is
    no signature.
    """
    tree = ast.parse(source, filename)
    for node in ast.walk(tree):
        match node:
            case (
                ast.Module(body=[ast.Expr(ast.Constant(str()) as said), *_])
                | ast.ClassDef(body=[ast.Expr(ast.Constant(str()) as said), *_])
                | ast.FunctionDef(body=[ast.Expr(ast.Constant(str()) as said), *_])
                | ast.AsyncFunctionDef(body=[ast.Expr(ast.Constant(str()) as said), *_])
            ):
                public = not getattr(node, "name", "_").startswith("_")
                said.value = _beginning(str(said.value)) if public else ""
    code = compile(tree, filename, "exec", dont_inherit=True, optimize=0)
    return MAGIC_NUMBER + _UNCHECKED + source_hash(source) + marshal.dumps(code)


def _beginning(said: str) -> str:
    first, *more = _BETWEEN.split(said, 1)
    return f"{first}\n\n{_beginning(more[0])}" if more and (not first.strip() or _SIGNATURE.match(first)) else first
