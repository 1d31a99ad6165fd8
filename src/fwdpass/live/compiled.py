"""Compile the modules of an archive, so that whoever imports them need not; and pack it as one.

Run by the Python that is to import them, since another one writes other bytecode: that for browsers, in Node.
"""

from __future__ import annotations

import ast
import marshal
import re
from importlib.util import MAGIC_NUMBER, source_hash
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_UNCHECKED = (1).to_bytes(4, "little")
"""Says that a module is not to be held against its source, which is not there."""
_SIGNATURE, _BETWEEN = re.compile(r"\s*[\w.]+\("), re.compile(r"\n\s*\n")
_RETURNS = re.compile(r"^ *Returns\n *-+\n.*", re.MULTILINE)
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_SHOWN = {"fwdpass/lesson.py", "fwdpass/nn.py"}
"""Modules that pages show and trace, so that they stay as they were written."""
_ZSTANDARD = 93
"""The method of zipfile that takes least time to unpack; only Python from 3.14 on has it, and its name."""


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
        files, comment = {name: whole.read(name) for name in sorted(whole.namelist())}, whole.comment
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        packed.comment = comment
        for name, content in files.items():
            is_module = name.endswith(".py") and name not in _SHOWN
            written = bytecode(content, f"{root}/{name}") if is_module else content
            packed.writestr(ZipInfo(f"{name}c" if is_module else name, _BEGINNING), written, ZIP_DEFLATED)


def pack_as_one(archive: str) -> None:
    """Pack the files of an archive anew, all as one: what they have in common counts once.

    The archive has one file then, and that is an archive, whose files are stored as they are. Its comment stays.
    """
    with ZipFile(archive) as whole:
        files, comment = {name: whole.read(name) for name in whole.namelist()}, whole.comment
    stored = BytesIO()
    with ZipFile(stored, "w", ZIP_STORED) as inner:
        for name in sorted(files, key=lambda name: (name.rpartition(".")[2], name)):  # those of one kind side by side
            inner.writestr(ZipInfo(name, _BEGINNING), files[name])
    with ZipFile(archive, "w") as packed:
        packed.comment = comment
        packed.writestr(ZipInfo("files.zip", _BEGINNING), stored.getvalue(), _ZSTANDARD, compresslevel=19)


def bytecode(source: bytes, filename: str) -> bytes:
    """Compile a module to what its file with bytecode has, of each docstring what a trace says of it: its beginning.

    Docstrings are half of a library. A trace says what public functions and classes do, by the first paragraph that is
    no signature. What they return stays, too: NumPy writes the docstrings of numpy.ma by it, and fails where it is not.
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
    if more and (not first.strip() or _SIGNATURE.match(first)):
        return f"{first}\n\n{_beginning(more[0])}"
    return "\n\n".join([first, *_RETURNS.findall(said)])
