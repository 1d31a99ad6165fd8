"""What all formats share: limits against hostile files, optional libraries, and errors that name the layer."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import FwdpassError, LibraryError, ModelError
from fwdpass.networks import Activation, Layer, Network
from fwdpass.networks.formulas import Array


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at most: a file says how large it is, and may lie or mean harm."""

    layers: int = 1000
    bytes: int = 2**31

    def check_layers(self, n: int, what: str) -> None:
        """Refuse more layers than that."""
        if n > self.layers:
            raise ModelError(
                f"{what} declares {n} layers, and at most {self.layers} are read: "
                "raise Limits(layers=...) if you trust the file"
            )

    def check_bytes(self, n: int, what: str) -> None:
        """Refuse more bytes than that, before they are allocated."""
        if n > self.bytes:
            raise ModelError(
                f"{what} declares {n} bytes, and at most {self.bytes} are read: "
                "raise Limits(bytes=...) if you trust the file"
            )


LIMITS = Limits()


def present(path: Path) -> None:
    """Refuse a path where no file is."""
    if path.is_dir():
        raise ModelError(f"{path} is a folder, and what is read is a file")
    if not path.exists():
        raise ModelError(f"there is no file {path}")
    if not path.is_file():
        raise ModelError(f"{path} is a device or a pipe, and what is read is a file: save what it gives, and name that")


def library(name: str, extra: str) -> Any:
    """Import an optional library; where it is missing, say how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise LibraryError(
            f"this needs {name}, which cannot be imported ({error}): pip install 'fwdpass[{extra}]'"
        ) from None


def installed(name: str) -> Any:
    """Import an optional library, or give None: for what is better with it, and works without."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def first_line(error: BaseException) -> str:
    """Of a library's error, what fits into a sentence."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def network(layers: Iterable[Layer], what: str) -> Network:
    """Make a network of what was found in a file."""
    try:
        return Network(*layers)
    except FwdpassError as error:
        raise ModelError(f"{what}: {error}") from None


def layer(W: Any, b: Any, activation: str | Activation, name: str, parameters: int | None = None) -> Layer:
    """Make a layer; what is wrong with it carries its name."""
    try:
        return Layer(_known(W), _known(b), activation, name, parameters=parameters)
    except FwdpassError as error:
        raise ModelError(str(error) if name in str(error) else f"{name}: {error}") from None


def _known(given: Any) -> Any:
    return known(np.asarray(given)) if "float" in str(getattr(given, "dtype", "")) else given


def known(array: Array) -> Array:
    """Take numbers of a type that is not NumPy's own, bfloat16 or a float8, as float32, which has all of them."""
    return array.astype(np.float32) if array.dtype.kind == "V" and "float" in array.dtype.name else array
