"""Arrays of any library with the array API pass through as themselves."""

from __future__ import annotations

import array_api_strict as xp
import numpy as np
import pytest

from fwdpass.errors import ShapeError
from tests.networks import ACTIVATIONS, network, rows


@pytest.mark.parametrize("act", ["identity", *ACTIVATIONS])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_an_array_of_the_standard_stays_one(act: str, kind: str) -> None:
    net, X = network(6, 5, 4, acts=[act, act]), rows(9, 6).astype(kind)
    y = net.forward(xp.asarray(X))
    assert type(y) is type(xp.asarray(X))
    assert y.dtype == getattr(xp, kind)
    assert np.abs(np.asarray(y) - net.forward(X)).max() <= 64 * np.finfo(kind).eps
    steps = net.forward(xp.asarray(X), steps=True)
    assert [step.z.shape for step in steps] == [(9, 5), (9, 4)]


def test_whole_numbers_become_floats_of_the_networks() -> None:
    net = network(3, 2)
    y = net.forward(xp.asarray([1, 2, 3]))
    assert y.dtype == xp.float64
    assert np.allclose(np.asarray(y), net.forward([1, 2, 3]))


def test_one_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"layer 1: cannot multiply \(4,\) @ \(3, 2\)"):
        network(3, 2).forward(xp.ones(4))
