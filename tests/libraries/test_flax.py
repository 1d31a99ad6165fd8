"""Flax's parameters, as a model of Flax's own has them."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from fwdpass import formats
from tests.networks import network, rows, same


class Model(nn.Module):  # type: ignore[misc]
    """A stack of two dense layers."""

    @nn.compact  # type: ignore[untyped-decorator]
    def __call__(self, x: Any) -> Any:
        h = nn.relu(nn.Dense(3)(x))
        return nn.Dense(2)(h)


def test_flax_parameters_come_and_go_and_predict_the_same() -> None:
    X = rows(9, 4).astype(np.float32)
    params = Model().init(jax.random.key(0), jnp.asarray(X))
    net = formats.from_flax(params, "relu")
    assert net.sizes == (4, 3, 2)
    theirs = np.asarray(Model().apply(params, X))
    assert np.abs(theirs - net.forward(X)).max() <= 16 * np.finfo(np.float32).eps
    back = formats.to_flax(network(4, 3, 2, dtype=np.float32))
    assert same(formats.from_flax(back, "relu"), network(4, 3, 2, dtype=np.float32))
    assert np.asarray(Model().apply(back, X)).shape == (9, 2)
