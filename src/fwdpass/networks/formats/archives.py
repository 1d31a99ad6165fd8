"""What a zip archive and the arrays in it declare, read and held against limits before anything is unpacked."""

from __future__ import annotations

import struct
import tokenize
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks.formats.common import LIMITS, Limits, first_line
from fwdpass.networks.formulas import Array

_END = b"PK\x05\x06"
_DIRECTORY = 2**20
"""Bytes that a table of contents has at most: enough for thousands of arrays."""
_HEADER = 10_000
"""Bytes of an array's header: as many as NumPy trusts."""
_MUCH = 10**30
_AXES = 32
"""Axes that an array has at most."""
# A header is a literal of Python's, and what NumPy says of a strange one is whatever its parser ran into.
_DAMAGED = (
    ValueError, TypeError, OverflowError, MemoryError, RecursionError, SyntaxError, tokenize.TokenError,
    EOFError, OSError, zipfile.BadZipFile,
)  # fmt: skip
_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def is_pickle(path: Path) -> bool:
    """Say whether a file is a bare pickle, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) in _PICKLES


def refuse_pickle(path: Path) -> None:
    """Say what a pickle can do, and what to do instead."""
    with path.open("rb") as file:
        refuse_pickled(file.read(2), str(path))


def refuse_pickled(begun: bytes, what: str) -> None:
    """Refuse what begins as a pickle does."""
    if begun[:2] in _PICKLES:
        raise ModelError(
            f"{what} is a pickle: reading one runs whatever its author wished, so fwdpass reads none. Load it where "
            "you trust it, and hand the model over: fwdpass.networks.formats.from_sklearn(model), from_torch(model), …"
        )


def beside(path: Path, location: str, name: str) -> Path:
    """Find a file that a model has numbers in, in the model's own folder; what leads out of it is refused."""
    folder = path.resolve().parent
    found = folder / location
    if not location or Path(location).name != location or "\\" in location or found.resolve().parent != folder:
        raise ModelError(
            f"{name}: its numbers are in another file, which is not opened: {location!r} is not in the folder of {path}"
        )
    if not found.is_file():
        raise ModelError(f"{name}: its numbers are in {found}, and there is no such file: keep all in one folder")
    return found


def checked(path: Path, limits: Limits = LIMITS) -> zipfile.ZipFile:
    """Open an archive, once its table of contents is known to be short, and what it declares to fit."""
    refuse_pickle(path)
    _check_directory(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise ModelError(f"{path} is no archive that can be read: {error}") from None
    limits.check_bytes(sum(info.file_size for info in archive.infolist()), str(path))
    return archive


def _check_directory(path: Path) -> None:
    """Read the end of the archive alone: ``zipfile`` would make an object of each entry first."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 2**16 - 22))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise ModelError(f"{path} is no archive, or one that is cut short: its table of contents is missing")
    entries, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries == 0xFFFF or directory > _DIRECTORY:
        raise ModelError(
            f"{path} declares a table of contents of {directory} bytes, and at most {_DIRECTORY} are read: "
            "no network of this kind has so many arrays"
        )


def read_npy(file: IO[bytes], room: int, what: str, *, header: bool = False) -> Array:
    """Read an array, if the bytes for what its header declares are there; never a pickle.

    With ``header``, that alone is looked at, and what is given is an array of its shape that takes no memory.
    """
    try:
        version = np.lib.format.read_magic(file)
        _check_header(file, version, what)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    except ModelError:
        raise
    except _DAMAGED as error:
        raise ModelError(f"{what} is no array that can be read: {first_line(error)}") from None
    if dtype.hasobject:
        raise ModelError(f"{what} holds Python objects, which are pickles: fwdpass reads numbers alone")
    if not all(type(n) is int and n >= 0 for n in shape) or len(shape) > _AXES:
        raise ModelError(f"{what} is no array that can be read: it declares shape {str(shape)[:60]}")
    declared = _bytes(shape, dtype)
    if declared > room:
        said = f"shape {shape}, {declared} bytes" if declared < _MUCH else "more bytes than any computer has"
        raise ModelError(f"{what} declares {said}, and the file has {room}")
    if header and max(shape, default=0) < 2**62:
        return np.broadcast_to(np.zeros((), dtype), shape)
    file.seek(0)
    try:
        array: Array = np.lib.format.read_array(file, allow_pickle=False)
    except _DAMAGED as error:
        raise ModelError(f"{what} is cut short or damaged: {first_line(error)}") from None
    return array


def _check_header(file: IO[bytes], version: tuple[int, int], what: str) -> None:
    """Read how long the header says it is: NumPy would read all of it before it refuses one that is too long."""
    at = file.tell()
    size = int.from_bytes(file.read(2 if version == (1, 0) else 4), "little")
    file.seek(at)
    if size > _HEADER:
        raise ModelError(f"{what} declares a header of {size} bytes, and at most {_HEADER} are read")


def _bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    total = dtype.itemsize
    for n in shape:
        total *= n
    return total
