"""Files of exporters, for tests: what writes one, what its own runtime gives, and whether ours agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass.errors import ModelError
from fwdpass.networks import formats, rounding


@dataclass(frozen=True)
class Case:
    """A file of an exporter's: what writes it, an input, what its own runtime gives, and how it is read."""

    write: Callable[[Path], Any]
    ending: str
    x: Any
    theirs: Callable[[Any], Any]
    """The prediction for one row, of as many numbers as the network has outputs."""
    refused: str = ""
    """What the refusal says, where it is refused."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    computed: str = "float32"
    """The type of float that its own runtime computes in."""


def check(name: str, case: Case, folder: Path) -> None:
    """Hold the network and the file's own program against the exporter's model, or the refusal against its reason."""
    for what, found in _outcome(case, folder / f"net{case.ending}"):
        if what == "refused":
            assert case.refused, f"{name} was refused: {found}"
            assert case.refused in found
            assert len(found) > 60
        else:
            ours, theirs, bound = found
            assert not case.refused
            assert ours.shape == theirs.shape
            assert np.all(np.abs(ours - theirs) <= bound), (what, np.abs(ours - theirs), bound)
            assert bound.max() <= 0.05 * max(1.0, np.abs(theirs).max()), f"a bound that says nothing: {bound}"


def _outcome(case: Case, path: Path) -> Iterator[tuple[str, Any]]:
    """Read a file, and say what came of it."""
    case.write(path)
    try:
        opened = formats.open_model(path, **case.asked)
    except ModelError as error:
        yield "refused", str(error)
        return
    x, y = case.x.reshape(-1), case.theirs(case.x)
    bound = rounding.bound(opened.network.layers, x, "float32", case.computed)
    yield "read", (opened.network.forward(x), y, bound)
    if opened.predict is not None:
        yield "run", (opened.predict(x), y, bound)
