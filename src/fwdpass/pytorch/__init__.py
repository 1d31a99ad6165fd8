"""The lesson's network as people write it for PyTorch, and what it says, where PyTorch is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def installed() -> bool:
    """Say whether there is a PyTorch to run."""
    return find_spec("torch") is not None


def answers(X: Any, W1: Any, b1: Any, W2: Any, b2: Any, dtype: str = "float64") -> Floats:
    """Put the numbers of a network into :class:`fwdpass.pytorch.flip.Flip`, and run it on a batch, ``X`` (n, n_in).

    The matrices are transposed on the way, since PyTorch stores them (out, in). Gives the answers, (n, n_out), in the
    float that ``dtype`` names. Raises ModuleNotFoundError without PyTorch.
    """
    import torch

    from fwdpass.pytorch.flip import Flip

    module: Any = Flip
    model = module(*np.shape(W1)).to(getattr(torch, dtype))
    state = {"fc1.weight": np.transpose(W1), "fc1.bias": b1, "fc2.weight": np.transpose(W2), "fc2.bias": b2}
    model.load_state_dict({name: torch.from_numpy(_floats(array, dtype)) for name, array in state.items()})
    with torch.no_grad():
        said: Floats = model(torch.from_numpy(_floats(X, dtype))).numpy()
    return said


def _floats(array: Any, dtype: str) -> Floats:
    """Copy numbers of any kind, exact rationals too, as floats."""
    return np.array(array, dtype=np.float64).astype(dtype)
