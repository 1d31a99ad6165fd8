"""What a file format is to the rest: a record that commands, help and errors read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fwdpass.errors import ModelError
from fwdpass.networks import Activation, Network
from fwdpass.networks.formats.common import LIMITS, Limits
from fwdpass.networks.formulas import Array

Activations = str | Activation | Sequence[str | Activation] | None
Order = Sequence[str] | None
Predict = Callable[[Array], Array]
"""One row of a network's input, ``(n_in,)``, to its prediction, ``(n_out,)``."""


@dataclass(frozen=True)
class Asked:
    """What whoever reads a file says beside it: what the file itself may leave open, and what it may take."""

    activations: Activations = None
    """What the layers do to their sums: one name for all but the last, or one for each."""
    order: Order = None
    """The layers' names in the order in which they are computed."""
    layout: str | None = None
    """How a matrix of weights is stored: ``"in, out"`` or ``"out, in"``."""
    limits: Limits = LIMITS
    runs: bool = True
    """Whether the file's own program is wanted, beside the network."""

    def check_nothing(self, what: str) -> None:
        """Refuse what would change nothing: the file says itself what its layers do, in which order, and how stored."""
        for name, given, says in (
            ("activations", self.activations, "what its layers do to their sums"),
            ("order", self.order, "in which order its layers follow each other"),
            ("layout", self.layout, "how its weights are stored"),
        ):
            if given is not None:
                raise ModelError(f"{what} says itself {says}, and {name}={given!r} would change nothing: leave it out")


@dataclass(frozen=True)
class Opened:
    """A network out of a file, what was assumed to read it, and the file's own program, where it has one."""

    network: Network
    format: str
    """What the file is, in a word or two."""
    runner: str = ""
    """Who runs the file's own program."""
    predict: Predict | None = None
    """The file's own program, run by its own library: never a model that was made out of ``network``."""
    arithmetic: str = ""
    """The type of float that the program computes with, where it is not the network's."""
    notes: Sequence[str] = field(default_factory=tuple)
    """Sentences for the page: what was assumed, what was folded together, what is left out."""


@dataclass(frozen=True)
class Format:
    """A format of files with networks in them."""

    name: str
    """What a file of it is, with its article: ``"an ONNX model"``."""
    endings: tuple[str, ...]
    """How the names of its files end, in lower case."""
    read: Callable[[Path, Asked], Opened]
    write: Callable[[Network, Path], Any] | None = None
    extra: str = ""
    """What to install for it: ``pip install 'fwdpass[extra]'``; empty where NumPy does."""
    complete: bool = False
    """Whether a file says itself what its layers do, and how they are joined."""

    @property
    def title(self) -> str:
        """Its name at the beginning of a sentence."""
        return self.name[0].upper() + self.name[1:]
